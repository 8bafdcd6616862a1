/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-envelope-private.h"
#include "rocketio-frame-private.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Messages as version 2 of the wire has them. */

static char *
get_text (RocketIOMessage *message)
{
  gsize length;
  const char *text = g_bytes_get_data (rocketio_message_get_text (message), &length);

  return g_strndup (text, length);
}

static char *
fill (char  byte,
      gsize length)
{
  char *string = g_malloc (length + 1);

  memset (string, byte, length);
  string[length] = '\0';

  return string;
}

static char *
join (GArray *values)
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; i < values->len; i++)
    {
      RocketIOSpan *value = &g_array_index (values, RocketIOSpan, i);

      g_string_append_printf (joined, "%s%.*s", i > 0 ? "|" : "", (int) value->length, value->start);
    }

  return g_string_free (joined, FALSE);
}

static GBytes *
join_pieces (GBytes *const pieces[2])
{
  GByteArray *frame = g_byte_array_new ();

  for (guint i = 0; i < 2; i++)
    g_byte_array_append (frame, g_bytes_get_data (pieces[i], NULL), g_bytes_get_size (pieces[i]));

  return g_byte_array_free_to_bytes (frame);
}

/* The two pieces of its frame, put together. */
static GBytes *
join_frame_2 (RocketIOMessage *message)
{
  GBytes *pieces[2];

  rocketio_message_get_frame_2 (message, pieces);

  return join_pieces (pieces);
}

static void
assert_frame_2 (RocketIOMessage *message,
                RocketIOOpcode   opcode,
                gconstpointer    payload,
                gsize            length)
{
  g_autoptr (GBytes) frame = join_frame_2 (message);
  g_autoptr (GBytes) again = join_frame_2 (message);
  g_autoptr (GBytes) expected = rocketio_frame_new (opcode, payload, length);

  g_assert_cmpmem (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame),
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  g_assert_true (g_bytes_equal (frame, again));
}

static void
assert_written_2 (RocketIOMessage *message,
                  const char      *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  rocketio_message_write_2 (message, text);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
check_members (RocketIOMessage *message,
               const char      *text,
               const char      *text_1)
{
  g_autofree char *old = get_text (message);

  assert_frame_2 (message, ROCKETIO_OPCODE_TEXT, text, strlen (text));
  assert_written_2 (message, text);
  g_assert_cmpstr (old, ==, text_1);
}

static void
test_members (void)
{
  g_autoptr (RocketIOMessage) plain = rocketio_message_new_json ("a", "[1]", -1, NULL);
  g_autoptr (RocketIOMessage) numbered = rocketio_message_new_json ("a", "1", -1, NULL);
  g_autoptr (RocketIOMessage) full = rocketio_message_new_json ("a", "1", -1, NULL);

  check_members (plain, "{\"type\":\"a\",\"data\":[1]}", "{\"type\":\"a\",\"data\":[1]}");

  rocketio_message_set_seq (numbered, 7, 0x2a);
  check_members (numbered, "{\"seq\":7,\"pos\":\"0000002a.7\",\"type\":\"a\",\"data\":1}",
                 "{\"type\":\"a\",\"data\":1}");

  rocketio_message_add_number (full, "id", ROCKETIO_MAX_NUMBER);
  rocketio_message_add_string (full, "ch", "a\"\n\303\266");
  rocketio_message_set_seq (full, ROCKETIO_MAX_NUMBER, G_MAXUINT32);
  check_members (full, "{\"seq\":9007199254740991,\"pos\":\"ffffffff.9007199254740991\",\"id\":9007199254740991,"
                 "\"ch\":\"a\\\"\\n\303\266\",\"type\":\"a\",\"data\":1}", "{\"type\":\"a\",\"data\":1}");
}

/* Around the lengths at which the header of a frame changes. */
static void
test_frames_2 (void)
{
  static const gsize lengths[] = { 125, 126, 127, 65535, 65536, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      const char start[] = "{\"seq\":3,\"pos\":\"00000001.3\",\"type\":\"a\",\"data\":\"";
      g_autofree char *string = fill ('x', lengths[i] - strlen (start) - 2);
      g_autofree char *data = g_strdup_printf ("\"%s\"", string);
      g_autofree char *expected = g_strdup_printf ("%s%s\"}", start, string);
      g_autoptr (RocketIOMessage) message = rocketio_message_new_json ("a", data, -1, NULL);

      rocketio_message_set_seq (message, 3, 1);
      g_assert_cmpuint (strlen (expected), ==, lengths[i]);
      assert_frame_2 (message, ROCKETIO_OPCODE_TEXT, expected, lengths[i]);
    }
}

/* A line of server-sent events: JSON that an app has laid out nicely must not end it. */
static void
test_one_line (void)
{
  const char *data = "{\r\n  \"a\": [\n    1,\r    \"\\n\"\n  ]\n}\n";
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json ("a\nb", data, -1, NULL);
  g_autoptr (GString) text = g_string_new ("before\n");
  g_auto (RocketIOEnvelope) envelope = { NULL };
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) expected = rocketio_json_parse ((RocketIOSpan) { data, strlen (data) });

  rocketio_message_write_2 (message, text);
  g_assert_true (g_str_has_prefix (text->str, "before\n{"));
  g_assert_null (strpbrk (text->str + strlen ("before\n"), "\r\n"));
  g_assert_true (rocketio_envelope_parse_2 (&envelope, text->str + strlen ("before\n"),
                                            text->len - strlen ("before\n"), NULL));
  g_assert_cmpstr (envelope.event, ==, "a\nb");
  node = rocketio_envelope_parse_data (&envelope);
  g_assert_true (json_node_equal (node, expected));

  /* Over WebSocket it is passed on as it is. */
  g_string_truncate (text, 0);
  g_string_append_printf (text, "{\"type\":\"a\\nb\",\"data\":%s}", data);
  assert_frame_2 (message, ROCKETIO_OPCODE_TEXT, text->str, text->len);
}

static void
test_write_several (void)
{
  g_autoptr (RocketIOMessage) one = rocketio_message_new_json ("a", "1", -1, NULL);
  g_autoptr (RocketIOMessage) two = rocketio_message_new_json ("b", "[\n]", -1, NULL);
  RocketIOMessage *both[] = { one, two };
  g_autoptr (GString) text = g_string_new (NULL);

  rocketio_messages_write_2 (both, 0, text);
  g_assert_cmpstr (text->str, ==, "[]");
  g_string_truncate (text, 0);
  rocketio_message_set_seq (two, 2, 1);
  rocketio_messages_write_2 (both, 2, text);
  g_assert_cmpstr (text->str, ==, "[{\"type\":\"a\",\"data\":1},"
                                  "{\"seq\":2,\"pos\":\"00000001.2\",\"type\":\"b\",\"data\":[ ]}]");

  g_string_truncate (text, 0);
  rocketio_message_write_id (one, text);
  g_assert_cmpstr (text->str, ==, "");
  rocketio_message_write_id (two, text);
  g_assert_cmpstr (text->str, ==, "id: 00000001.2\n");
}

/* Bytes */

/* Its own payload is read again. */
static void
check_binary_again (RocketIOMessage *message,
                    const char      *event,
                    GBytes          *bytes)
{
  g_autoptr (GBytes) frame = join_frame_2 (message);
  g_auto (RocketIOEnvelope) envelope = { NULL };
  g_auto (RocketIOEnvelope) from_text = { NULL };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  /* The header is short: the frame is. */
  g_assert_cmpuint (g_bytes_get_size (frame), <, 128);
  rocketio_envelope_parse_binary (&envelope, (const guint8 *) g_bytes_get_data (frame, NULL) + 2,
                                  g_bytes_get_size (frame) - 2, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (envelope.event, ==, event);
  g_assert_true (g_bytes_equal (envelope.bytes, bytes));

  rocketio_message_write_2 (message, text);
  rocketio_envelope_parse_2 (&from_text, text->str, text->len, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (from_text.event, ==, event);
  g_assert_true (g_bytes_equal (from_text.bytes, bytes));
}

static void
test_bytes (void)
{
  static const char payload[] = "\1\0\0\0\53{\"seq\":5,\"pos\":\"00000001.5\",\"type\":\"image\"}\0\377\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\377\n", 3);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (RocketIOMessage) message = rocketio_message_new_bytes ("image", bytes, NULL);
  g_autoptr (RocketIOMessage) empty = rocketio_message_new_bytes ("a\",\"data\":1", nothing, NULL);
  g_autofree char *text = get_text (message);
  g_autoptr (GError) error = NULL;

  rocketio_message_set_seq (message, 5, 1);
  assert_frame_2 (message, ROCKETIO_OPCODE_BINARY, payload, sizeof payload - 1);
  g_assert_cmpstr (text, ==, "{\"type\":\"image\",\"data\":\"AP8K\"}");
  assert_written_2 (message, "{\"seq\":5,\"pos\":\"00000001.5\",\"bin\":true,\"type\":\"image\",\"data\":\"AP8K\"}");
  g_assert_cmpuint (rocketio_message_get_size (message), >, strlen (text) + 3);
  check_binary_again (message, "image", bytes);
  check_binary_again (empty, "a\",\"data\":1", nothing);

  g_assert_null (rocketio_message_new_bytes ("", bytes, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME);
}

static const struct
{
  const char *bytes;
  gsize       length;
  const char *event;    /* NULL: refused */
  const char *data;
} binaries[] = {
  { "\1\0\0\0\14{\"type\":\"a\"}xyz", 20, "a", "xyz" },
  { "\1\0\0\0\14{\"type\":\"a\"}", 17, "a", "" },
  { "\1\0\0\0\15 {\"type\":\"a\"}{", 19, "a", "{" },
  { "", 0, NULL, NULL },
  { "\1", 1, NULL, NULL },
  { "\1\0\0\0", 4, NULL, NULL },
  { "\1\0\0\0\0", 5, NULL, NULL },
  { "\1\0\0\0\14{\"type\":\"a\"", 16, NULL, NULL },
  { "\2\0\0\0\14{\"type\":\"a\"}", 17, NULL, NULL },
  { "\0\0\0\0\14{\"type\":\"a\"}", 17, NULL, NULL },
  { "\1\377\377\377\377{\"type\":\"a\"}", 17, NULL, NULL },
  { "\1\14\0\0\0{\"type\":\"a\"}", 17, NULL, NULL },
  { "\1\0\0\0\13{\"type\":\"a\"}", 17, NULL, NULL },
  { "\1\0\0\0\15{\"type\":\"a\"}x", 18, NULL, NULL },
  { "\1\0\0\0\12{\"type\":1}", 15, NULL, NULL },
  { "\1\0\0\0\22{\"type\":\"a\",\"n\":0}", 23, NULL, NULL },
};

static void
test_binaries (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (binaries); i++)
    {
      g_auto (RocketIOEnvelope) envelope = { (char *) "left over" };
      g_autofree guint8 *copy = g_memdup2 (binaries[i].bytes, MAX (binaries[i].length, 1));
      g_autoptr (GError) error = NULL;

      g_test_message ("%u", i);
      if (rocketio_envelope_parse_binary (&envelope, copy, binaries[i].length, &error))
        {
          g_assert_cmpstr (envelope.event, ==, binaries[i].event);
          g_assert_cmpmem (g_bytes_get_data (envelope.bytes, NULL), g_bytes_get_size (envelope.bytes),
                           binaries[i].data, strlen (binaries[i].data));
          continue;
        }

      g_assert_null (binaries[i].event);
      g_assert_nonnull (error);
      g_assert_null (envelope.bytes);
    }
}

/* Envelopes of version 2 */

static const struct
{
  const char *more;    /* behind the type */
  gboolean    good;
  guint64     n;
  guint64     id;
  const char *bytes;   /* NULL: none */
} members_2[] = {
  { "", TRUE, 0, 0, NULL },
  { ",\"n\":1", TRUE, 1, 0, NULL },
  { ",\"id\":9007199254740991,\"n\":9007199254740991", TRUE, ROCKETIO_MAX_NUMBER, ROCKETIO_MAX_NUMBER, NULL },
  { ",\"n\":0,\"n\":3,\"seq\":\"x\",\"pos\":1,\"ch\":[]", TRUE, 3, 0, NULL },
  { ",\"\\u006e\":12", TRUE, 12, 0, NULL },
  { ",\"n\":0", FALSE },
  { ",\"n\":-1", FALSE },
  { ",\"n\":-0", FALSE },
  { ",\"n\":1.0", FALSE },
  { ",\"n\":1e1", FALSE },
  { ",\"n\":\"1\"", FALSE },
  { ",\"n\":null", FALSE },
  { ",\"n\":true", FALSE },
  { ",\"n\":[1]", FALSE },
  { ",\"n\":{}", FALSE },
  { ",\"n\":9007199254740992", FALSE },
  { ",\"n\":18446744073709551617", FALSE },
  { ",\"n\":10000000000000000000000000000000000000000000000000001", FALSE },
  { ",\"id\":0", FALSE },
  { ",\"id\":0.5", FALSE },
  { ",\"id\":null", FALSE },
  { ",\"id\":9007199254740992", FALSE },
  { ",\"bin\":true,\"data\":\"\"", TRUE, 0, 0, "" },
  { ",\"data\":\"eHl6\",\"bin\":true", TRUE, 0, 0, "xyz" },
  { ",\"bin\":true,\"data\":\"eHk\\u003d\"", TRUE, 0, 0, "xy" },
  { ",\"bin\":false,\"data\":\"eHl6\"", TRUE, 0, 0, NULL },
  { ",\"bin\":null,\"data\":\"eHl6\"", TRUE, 0, 0, NULL },
  { ",\"bin\":1", TRUE, 0, 0, NULL },
  { ",\"bin\":\"true\"", TRUE, 0, 0, NULL },
  { ",\"bin\":true", FALSE },
  { ",\"bin\":true,\"data\":null", FALSE },
  { ",\"bin\":true,\"data\":1", FALSE },
  { ",\"bin\":true,\"data\":[\"eHl6\"]", FALSE },
  { ",\"bin\":true,\"data\":\"eHk\"", FALSE },
  { ",\"bin\":true,\"data\":\"eHl=\"", FALSE },
  { ",\"bin\":true,\"data\":\"eH l6\"", FALSE },
  { ",\"bin\":true,\"data\":\"eHl6*\"", FALSE },
  { ",\"bin\":true,\"data\":\"-_-_\"", FALSE },
};

static void
test_envelopes_2 (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (members_2); i++)
    {
      g_auto (RocketIOEnvelope) envelope = { (char *) "left over" };
      g_autofree char *text = g_strdup_printf ("{\"type\":\"a\"%s}", members_2[i].more);
      g_autofree char *copy = g_memdup2 (text, strlen (text));   /* without a NUL */
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", text);
      g_assert_cmpint (rocketio_envelope_parse_2 (&envelope, copy, strlen (text), &error), ==, members_2[i].good);
      if (!members_2[i].good)
        {
          g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_MESSAGE);
          continue;
        }

      g_assert_cmpstr (envelope.event, ==, "a");
      g_assert_cmpuint (envelope.n, ==, members_2[i].n);
      g_assert_cmpuint (envelope.id, ==, members_2[i].id);
      g_assert_cmpint (envelope.bytes != NULL, ==, members_2[i].bytes != NULL);
      if (members_2[i].bytes != NULL)
        g_assert_cmpmem (g_bytes_get_data (envelope.bytes, NULL), g_bytes_get_size (envelope.bytes),
                         members_2[i].bytes, strlen (members_2[i].bytes));
    }
}

/* A message in the middle of others ends where it ends. */
static void
test_envelope_2_in_text (void)
{
  const char *all = "{\"type\":\"a\",\"n\":1}234,\"id\":5}";
  g_auto (RocketIOEnvelope) envelope = { NULL };

  g_assert_true (rocketio_envelope_parse_2 (&envelope, all, strlen ("{\"type\":\"a\",\"n\":1}"), NULL));
  g_assert_cmpuint (envelope.n, ==, 1);
  g_assert_cmpuint (envelope.id, ==, 0);
}

/* Behind what a client sends there is no NUL, and nothing that may be read. */
static void
test_envelope_2_at_the_end (void)
{
  const char *text = "{\"type\":\"a\",\"id\":12,\"n\":1234}";
  gsize length = strlen (text), page = sysconf (_SC_PAGESIZE);
  char *pages = mmap (NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *copy = pages + page - length;
  g_auto (RocketIOEnvelope) envelope = { NULL };

  g_assert_true (pages != MAP_FAILED);
  g_assert_cmpint (mprotect (pages + page, page, PROT_NONE), ==, 0);
  memcpy (copy, text, length);
  g_assert_true (rocketio_envelope_parse_2 (&envelope, copy, length, NULL));
  g_assert_cmpuint (envelope.id, ==, 12);
  g_assert_cmpuint (envelope.n, ==, 1234);
  munmap (pages, 2 * page);
}

/* Version 1 knows nothing of all that. */
static void
test_members_in_version_1 (void)
{
  const char *text = "{\"type\":\"a\",\"n\":\"x\",\"id\":-1,\"bin\":true,\"data\":[1]}";
  g_auto (RocketIOEnvelope) envelope = { NULL };

  g_assert_true (rocketio_envelope_parse (&envelope, text, strlen (text), NULL));
  g_assert_cmpstr (envelope.event, ==, "a");
  g_assert_cmpuint (envelope.n, ==, 0);
  g_assert_cmpuint (envelope.id, ==, 0);
  g_assert_null (envelope.bytes);
}

static const struct
{
  const char *text;
  const char *messages;    /* joined by |; NULL: refused */
} splits[] = {
  { "{\"type\":\"a\"}", "{\"type\":\"a\"}" },
  { " \t\r\n{\"type\":\"a\"} ", " \t\r\n{\"type\":\"a\"} " },
  { "[]", "" },
  { " \n[ ] ", "" },
  { "[{\"type\":\"a\"},{\"type\":\"b\",\"data\":[1,{}]}]", "{\"type\":\"a\"}|{\"type\":\"b\",\"data\":[1,{}]}" },
  { "\r\n[ {\"type\":\"a\"} ,\t5, \"[,]\" ,[ 1 ]]\n", "{\"type\":\"a\"}|5|\"[,]\"|[ 1 ]" },
  { "", "" },
  { "nonsense", "nonsense" },
  { "[", NULL },
  { "[1,]", "1" },
  { "[,1 2]", "1 2" },
  { "[{\"a\":\"]}\\\"\"},[}]", "{\"a\":\"]}\\\"\"}|[}" },
  { "[1]2", NULL },
  { "[1", NULL },
  { "[{\"type\":\"a\"},{]", NULL },
  { "[\"\xff\"]", "\"\xff\"" },
  { "[\"a]", NULL },
};

static void
test_split (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      gsize length = strlen (splits[i].text);
      g_autofree char *copy = g_memdup2 (splits[i].text, MAX (length, 1));
      g_autoptr (GArray) messages = rocketio_messages_split (copy, length);
      g_autofree char *joined = NULL;

      g_test_message ("%u", i);
      if (splits[i].messages == NULL)
        {
          g_assert_null (messages);
          continue;
        }

      joined = join (messages);
      g_assert_cmpstr (joined, ==, splits[i].messages);
    }
}

/* Positions */

static void
test_positions (void)
{
  static const char * const bad[] = {
    NULL, "", "0000002a", "0000002a.", "0000002a.-1", "0000002a.+1", "0000002a. 1", "0000002a.1 ", "0000002a.1x",
    "0000002A.1", "2a.1", "0000002b.1", "0000002a.0x1", "0000002a.9007199254740992", "0000002a.18446744073709551617",
    " 0000002a.1", ".1", "1",
  };
  static const guint64 numbers[] = { 0, 1, 4294967296, ROCKETIO_MAX_NUMBER };
  char position[ROCKETIO_POSITION_SIZE];
  guint64 seq;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      rocketio_position_write (position, G_MAXUINT32, numbers[i]);
      g_assert_true (rocketio_position_read (position, G_MAXUINT32, &seq));
      g_assert_cmpuint (seq, ==, numbers[i]);
      g_assert_false (rocketio_position_read (position, G_MAXUINT32 - 1, &seq));
      g_assert_cmpuint (strlen (position), <, ROCKETIO_POSITION_SIZE - 1);
    }

  rocketio_position_write (position, 0x2a, 7);
  g_assert_cmpstr (position, ==, "0000002a.7");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (rocketio_position_read (bad[i], 0x2a, &seq));
}

/* Compressed, RFC 7692 */

/* What the client has of it: the payload with the opcode before it. */
static char *
read_as_client (GBytes          *frame,
                RocketIODeflate *deflate)
{
  gsize length, start, consumed;
  const guint8 *data = g_bytes_get_data (frame, &length);
  g_autoptr (RocketIOFrameReader) reader = rocketio_frame_reader_new (1 << 20);
  g_autoptr (GByteArray) masked = g_byte_array_new ();
  guint8 second = data[1] | 0x80;
  RocketIOFrame read;

  /* a client's mask of zeros, as the reader wants one */
  start = data[1] == 127 ? 10 : data[1] == 126 ? 4 : 2;
  g_byte_array_append (masked, data, 1);
  g_byte_array_append (masked, &second, 1);
  g_byte_array_append (masked, data + 2, start - 2);
  g_byte_array_append (masked, (const guint8 *) "\0\0\0", 4);
  g_byte_array_append (masked, data + start, length - start);
  if (deflate != NULL)
    rocketio_frame_reader_set_deflate (reader, deflate);
  g_assert_cmpint (rocketio_frame_reader_next (reader, masked->data, masked->len, &consumed, &read), ==,
                   ROCKETIO_FRAME_MESSAGE);
  g_assert_cmpuint (consumed, ==, masked->len);
  g_assert_null (memchr (read.data + 5, 0, read.length - 5));

  return g_strdup_printf ("%d:%.5s%.*s", read.opcode, (char *) read.data, (int) read.length - 5,
                          (char *) read.data + 5);
}

/* The same comes out as without compression; in fewer bytes. */
static void
assert_packed (RocketIOMessage *message,
               RocketIODeflate *deflate,
               gboolean         is_version_2)
{
  GBytes *pieces[2], *again[2];
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autofree char *from_packed = NULL;
  g_autofree char *from_plain = NULL;

  g_assert_true (rocketio_message_get_packed (message, deflate, is_version_2, 15, pieces));
  packed = join_pieces (pieces);
  plain = is_version_2 ? join_frame_2 (message) : g_bytes_ref (rocketio_message_get_frame (message));
  g_assert_cmpuint (g_bytes_get_size (packed), <, g_bytes_get_size (plain));
  from_packed = read_as_client (packed, deflate);
  from_plain = read_as_client (plain, NULL);
  g_assert_cmpstr (from_packed, ==, from_plain);

  /* for the next client nothing is made anew */
  g_assert_true (rocketio_message_get_packed (message, deflate, is_version_2, 15, again));
  g_assert_true (pieces[0] == again[0] && pieces[1] == again[1]);
}

static RocketIOMessage *
make_long (gsize length)
{
  g_autofree char *text = fill ('x', length);
  g_autofree char *json = g_strdup_printf ("[\"%s\",1]", text);
  RocketIOMessage *message = rocketio_message_new_json ("long", json, -1, NULL);

  rocketio_message_set_seq (message, 7, 0xabcdef);
  rocketio_message_add_string (message, "channel", "c");

  return message;
}

static void
test_packed (void)
{
  static const gsize lengths[] = { 300, 5000, 70000, 200000 };
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (RocketIOMessage) message = make_long (lengths[i]);
      GBytes *one[2], *two[2];

      assert_packed (message, deflate, i % 2 == 0);
      assert_packed (message, deflate, i % 2 != 0);

      /* once for the clients of both versions */
      g_assert_true (rocketio_message_get_packed (message, deflate, FALSE, 15, one) ==
                     rocketio_message_get_packed (message, deflate, TRUE, 15, two));
      g_assert_true (one[1] == two[1]);
    }
}

static void
test_packed_bytes (void)
{
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autofree char *text = fill ('x', 1000);
  g_autoptr (GBytes) bytes = g_bytes_new (text, 1000);
  g_autoptr (RocketIOMessage) message = rocketio_message_new_bytes ("b", bytes, NULL);
  GBytes *pieces[2];

  assert_packed (message, deflate, FALSE);
  assert_packed (message, deflate, TRUE);
  g_assert_true (rocketio_message_get_packed (message, deflate, TRUE, 15, pieces));
  g_assert_cmphex (*(const guint8 *) g_bytes_get_data (pieces[0], NULL), ==, 0xc2);
}

static void
test_not_packed (void)
{
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autoptr (RocketIOMessage) small = rocketio_message_new_json ("small", "1", -1, NULL);
  g_autoptr (RocketIOMessage) message = make_long (900);
  g_autoptr (RocketIOMessage) random = NULL;
  g_autoptr (GBytes) noise = NULL;
  guint8 bytes[1000];
  GBytes *pieces[2];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = g_test_rand_int ();
  noise = g_bytes_new (bytes, sizeof bytes);
  random = rocketio_message_new_bytes ("random", noise, NULL);

  g_assert_false (rocketio_message_get_packed (small, deflate, FALSE, 15, pieces));
  g_assert_false (rocketio_message_get_packed (small, deflate, TRUE, 15, pieces));
  g_assert_false (rocketio_message_get_packed (random, deflate, TRUE, 15, pieces));

  /* the client's window */
  g_assert_false (rocketio_message_get_packed (message, deflate, TRUE, 9, pieces));
  g_assert_true (rocketio_message_get_packed (message, deflate, TRUE, 10, pieces));
  g_assert_false (rocketio_message_get_packed (message, deflate, FALSE, 9, pieces));
  g_assert_true (rocketio_message_get_packed (message, deflate, FALSE, 10, pieces));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-2/members", test_members);
  g_test_add_func ("/message-2/frames", test_frames_2);
  g_test_add_func ("/message-2/one-line", test_one_line);
  g_test_add_func ("/message-2/several", test_write_several);
  g_test_add_func ("/message-2/bytes", test_bytes);
  g_test_add_func ("/message-2/split", test_split);
  g_test_add_func ("/message-2/positions", test_positions);
  g_test_add_func ("/envelope-2/binary", test_binaries);
  g_test_add_func ("/envelope-2/parse", test_envelopes_2);
  g_test_add_func ("/envelope-2/in-text", test_envelope_2_in_text);
  g_test_add_func ("/envelope-2/at-the-end", test_envelope_2_at_the_end);
  g_test_add_func ("/envelope-2/in-version-1", test_members_in_version_1);
  g_test_add_func ("/message-2/packed", test_packed);
  g_test_add_func ("/message-2/packed-bytes", test_packed_bytes);
  g_test_add_func ("/message-2/not-packed", test_not_packed);

  return g_test_run ();
}
