/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-frame-private.h"

#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "frame-vectors.h"

#define MAX_MESSAGE (1 << 20)

/* Of the readers under test; NULL: they take nothing that is compressed. */
static RocketIODeflate *deflate;

/* The key of the examples in RFC 6455, section 5.7 */
static const guint8 rfc_key[4] = { 0x37, 0xfa, 0x21, 0x3d };

static void
append_hex (GByteArray *bytes,
            const char *hex)
{
  g_assert_cmpuint (strlen (hex) % 2, ==, 0);

  for (; *hex != '\0'; hex += 2)
    {
      guint8 byte = g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);

      g_byte_array_append (bytes, &byte, 1);
    }
}

/* A client's frame, by a path of its own: the header is not the library's. `key` NULL: a random one. */
static void
append_frame (GByteArray   *bytes,
              guint8        first,
              const guint8 *payload,
              gsize         length,
              const guint8  key[4])
{
  guint32 random_key = g_test_rand_int ();
  guint8 header[10] = { first, 0x80 | length };
  guint header_length = 2;

  if (key == NULL)
    key = (const guint8 *) &random_key;

  if (length > 125)
    {
      gboolean is_long = length > 0xffff;

      header[1] = is_long ? 0xff : 0xfe;
      header_length = is_long ? 10 : 4;
      for (guint i = 2; i < header_length; i++)
        header[i] = (guint64) length >> 8 * (header_length - 1 - i);
    }

  g_byte_array_append (bytes, header, header_length);
  g_byte_array_append (bytes, key, 4);
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = payload[i] ^ key[i % 4];

      g_byte_array_append (bytes, &byte, 1);
    }
}

static GByteArray *
build (const char *stream)
{
  g_auto (GStrv) tokens = g_strsplit (stream, " ", -1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; tokens[i] != NULL; i++)
    {
      g_autoptr (GByteArray) payload = g_byte_array_new ();

      if (tokens[i][0] == '=')
        append_hex (bytes, tokens[i] + 1);
      else if (tokens[i][0] != '\0')
        {
          append_hex (payload, tokens[i] + 3);
          append_frame (bytes, strtoul (tokens[i], NULL, 16), payload->data, payload->len, rfc_key);
        }
    }

  return g_steal_pointer (&bytes);
}

static void
append_digits (GString      *outcome,
               const guint8 *data,
               gsize         length)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < length; i++)
    {
      g_string_append_c (outcome, digits[data[i] >> 4]);
      g_string_append_c (outcome, digits[data[i] & 0xf]);
    }
}

static void
append_outcome (GString      *outcome,
                guint8        first,
                const guint8 *data,
                gsize         length)
{
  g_string_append_printf (outcome, "%s%02x:", outcome->len > 0 ? " " : "", first);
  append_digits (outcome, data, length);
}

static void
append_result (GString             *outcome,
               const RocketIOFrame *frame)
{
  guint8 code[2] = { frame->code >> 8, frame->code };
  gboolean has_code = frame->code != ROCKETIO_CLOSE_CODE_NONE;

  g_assert_nonnull (frame->data);
  g_assert_null (frame->problem);
  g_assert_false (has_code && frame->opcode != ROCKETIO_OPCODE_CLOSE);

  append_outcome (outcome, 0x80 | frame->opcode, code, has_code ? 2 : 0);
  append_digits (outcome, frame->data, frame->length);
}

static void
append_error (GString             *outcome,
              const RocketIOFrame *frame)
{
  g_auto (GStrv) words = g_strsplit_set (frame->problem, " :", 4);

  g_assert_cmpstr (words[0], ==, "RFC");
  g_string_append_printf (outcome, "%s!%u@%s", outcome->len > 0 ? " " : "", frame->code, words[2]);
}

/* Once closed or failed, the reader throws away whatever comes. */
static void
assert_done (RocketIOFrameReader *reader)
{
  guint8 bytes[] = { 0x81, 0x80, 0, 0, 0, 0, 0xff };
  RocketIOFrame frame;
  gsize consumed;

  g_assert_true (rocketio_frame_reader_next (reader, bytes, sizeof bytes, &consumed, &frame) == ROCKETIO_FRAME_MORE);
  g_assert_cmpuint (consumed, ==, sizeof bytes);
}

/* Feeds bytes in a buffer of their own, so that memory checkers see the slightest step aside. FALSE after an error. */
static gboolean
feed (RocketIOFrameReader *reader,
      const guint8        *data,
      gsize                length,
      GString             *outcome)
{
  g_autofree guint8 *buffer = g_memdup2 (data, length);
  gsize position = 0, consumed;
  RocketIOFrame frame;

  while (TRUE)
    {
      RocketIOFrameResult result = rocketio_frame_reader_next (reader, buffer + position, length - position,
                                                               &consumed, &frame);

      g_assert_cmpuint (consumed, <=, length - position);
      position += consumed;

      switch (result)
        {
        case ROCKETIO_FRAME_MORE:
          g_assert_cmpuint (position, ==, length);
          return TRUE;

        case ROCKETIO_FRAME_MESSAGE:
          append_result (outcome, &frame);
          break;

        case ROCKETIO_FRAME_ERROR:
          append_error (outcome, &frame);
          assert_done (reader);
          return FALSE;

        default:
          g_assert_not_reached ();
        }
    }
}

/* Feeds a piece of `first` bytes, then pieces of `step`, of random sizes if that is 0. */
static char *
run (GByteArray *bytes,
     gsize       max_message,
     gsize       first,
     gsize       step)
{
  g_autoptr (RocketIOFrameReader) reader = rocketio_frame_reader_new (max_message);
  g_autoptr (GString) outcome = g_string_new (NULL);
  guint max_step = 1 << g_test_rand_int_range (0, 16);

  if (deflate != NULL)
    rocketio_frame_reader_set_deflate (reader, deflate);
  for (gsize position = 0, length = first; position < bytes->len; position += length)
    {
      if (position > 0)
        length = step > 0 ? step : (gsize) g_test_rand_int_range (1, max_step + 1);
      length = MIN (length, bytes->len - position);
      if (!feed (reader, bytes->data + position, length, outcome))
        break;
    }

  return g_string_free (g_steal_pointer (&outcome), FALSE);
}

/* Shows the first difference of what may be long. */
static void
assert_same (const char *outcome,
             const char *expected)
{
  gsize same = 0;

  while (outcome[same] != '\0' && outcome[same] == expected[same])
    same++;
  if (outcome[same] != expected[same])
    g_error ("At %" G_GSIZE_FORMAT " '%.60s' instead of '%.60s'", same, outcome + same, expected + same);
}

/* Whole, byte by byte, and split at every place, the outcome is the same. */
static void
assert_outcome (GByteArray *bytes,
                gsize       max_message,
                const char *expected)
{
  for (gsize i = 1; i <= bytes->len; i++)
    {
      g_autofree char *split = run (bytes, max_message, i, bytes->len);
      g_autofree char *tail = run (bytes, max_message, i, 1);

      assert_same (split, expected);
      assert_same (tail, expected);
    }
}

static void
test_vector (gconstpointer data)
{
  const FrameVector *vector = data;
  g_autoptr (GByteArray) bytes = build (vector->stream);

  assert_outcome (bytes, vector->max_message != 0 ? vector->max_message : MAX_MESSAGE,
                  vector->outcome != NULL ? vector->outcome : vector->stream);
}

static void
test_deflate_vector (gconstpointer data)
{
  deflate = rocketio_deflate_new ();
  test_vector (data);
  g_clear_pointer (&deflate, rocketio_deflate_unref);
}

static void
assert_bytes (GBytes     *frame,
              const char *hex)
{
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (frame, &length);

  append_hex (expected, hex);
  g_assert_cmpmem (data, length, expected->data, expected->len);
}

/* Section 5.7 */
static void
test_examples (void)
{
  g_autoptr (GBytes) hello = rocketio_frame_new (ROCKETIO_OPCODE_TEXT, "Hello", 5);
  g_autoptr (GBytes) ping = rocketio_frame_new (ROCKETIO_OPCODE_PING, "Hello", 5);
  g_autoptr (GByteArray) masked = build ("=818537fa213d7f9f4d5158");
  g_autoptr (GByteArray) pong = build ("=8a8537fa213d7f9f4d5158");
  g_autoptr (GByteArray) fragments = g_byte_array_new ();
  const guint8 none[4] = { 0 };
  guint8 header[ROCKETIO_FRAME_MAX_HEADER];

  assert_bytes (hello, "810548656c6c6f");
  assert_bytes (ping, "890548656c6c6f");
  assert_outcome (masked, MAX_MESSAGE, "81:48656c6c6f");
  assert_outcome (pong, MAX_MESSAGE, "8a:48656c6c6f");

  /* The unmasked fragments 01 03 48 65 6c and 80 02 6c 6f, as a client would have to send them */
  append_frame (fragments, 0x01, (const guint8 *) "Hel", 3, none);
  append_frame (fragments, 0x80, (const guint8 *) "lo", 2, rfc_key);
  assert_outcome (fragments, MAX_MESSAGE, "81:48656c6c6f");

  g_assert_cmpuint (rocketio_frame_write_header (header, ROCKETIO_OPCODE_BINARY, 256), ==, 4);
  g_assert_cmpmem (header, 4, "\x82\x7e\x01\x00", 4);
  g_assert_cmpuint (rocketio_frame_write_header (header, ROCKETIO_OPCODE_BINARY, 65536), ==, 10);
  g_assert_cmpmem (header, 10, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10);
}

static void
test_lengths (void)
{
  static const gsize lengths[] = { 0, 1, 7, 8, 9, 124, 125, 126, 127, 255, 256, 65534, 65535, 65536, 65537, 200000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      gsize length = lengths[i];
      g_autofree guint8 *payload = g_malloc0 (length + 1);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GString) expected = g_string_new (NULL);
      g_autoptr (GBytes) frame = NULL;
      gsize size;
      guint8 *written;

      for (gsize n = 0; n < length; n++)
        payload[n] = n * 7 + n / 256;
      append_frame (bytes, 0x82, payload, length, rfc_key);
      append_outcome (expected, 0x82, payload, length);

      for (gsize step = length; step > 10; step /= 3)
        {
          g_autofree char *outcome = run (bytes, length, step, step);
          assert_same (outcome, expected->str);
        }

      /* What is written is what a client writes, but for the mask. */
      frame = rocketio_frame_new (ROCKETIO_OPCODE_BINARY, payload, length);
      written = (guint8 *) g_bytes_get_data (frame, &size);
      g_assert_cmpuint (size, ==, bytes->len - 4);
      g_assert_cmpmem (written + size - length, length, payload, length);
      written[1] |= 0x80;
      g_assert_cmpmem (written, size - length, bytes->data, size - length);
    }
}

static void
test_close_codes (void)
{
  for (guint code = 0; code <= 70000; code++)
    {
      gboolean standard = code >= 1000 && code < 1015 && code != 1004 && code != 1005 && code != 1006;
      gboolean registered = code >= 3000 && code < 5000;

      g_assert_cmpint (rocketio_close_code_is_valid (code), ==, standard || registered);
    }
}

static void
test_new_close (void)
{
  g_autofree char *long_reason = g_strnfill (130, 'a');
  g_autoptr (GString) wide = g_string_new ("a");
  g_autoptr (GBytes) none = rocketio_frame_new_close (ROCKETIO_CLOSE_CODE_NONE, NULL);
  g_autoptr (GBytes) code = rocketio_frame_new_close (4001, NULL);
  g_autoptr (GBytes) reason = rocketio_frame_new_close (ROCKETIO_CLOSE_CODE_NORMAL, "bye");
  g_autoptr (GBytes) cut = rocketio_frame_new_close (ROCKETIO_CLOSE_CODE_NORMAL, long_reason);

  assert_bytes (none, "8800");
  assert_bytes (code, "88020fa1");
  assert_bytes (reason, "880503e8627965");
  g_assert_cmpuint (g_bytes_get_size (cut), ==, 2 + 125);

  /* 1, 4, 7, ... bytes: 123 lies inside a character, and 121 is the last border before it. */
  for (guint i = 0; i < 42; i++)
    {
      g_autoptr (GBytes) frame = rocketio_frame_new_close (ROCKETIO_CLOSE_CODE_NORMAL, wide->str);

      g_assert_cmpuint (g_bytes_get_size (frame), ==, 4 + MIN (wide->len, 121));
      g_string_append (wide, "€");
    }
}

static void
test_unmask (void)
{
  for (guint length = 0; length < 40; length++)
    for (guint offset = 0; offset < 8; offset++)
      for (guint start = 0; start < 8; start++)
        {
          g_autofree guint8 *data = g_malloc (start + length + 1);

          for (guint i = 0; i <= start + length; i++)
            data[i] = i;
          rocketio_frame_unmask (data + start, length, rfc_key, offset);
          for (guint i = 0; i < start; i++)
            g_assert_cmpuint (data[i], ==, i);
          for (guint i = 0; i < length; i++)
            g_assert_cmpuint (data[start + i], ==, (start + i) ^ rfc_key[(offset + i) % 4]);
          g_assert_cmpuint (data[start + length], ==, start + length);
        }
}

/* What is whole in the caller's buffer is not copied, even behind an empty fragment. */
static void
test_no_copy (void)
{
  g_autoptr (GByteArray) bytes = build ("81:48656c6c6f 01: 80:48656c6c6f 89:48656c6c6f 88:03e848656c6c6f");
  g_autoptr (RocketIOFrameReader) reader = rocketio_frame_reader_new (MAX_MESSAGE);
  guint8 *data = bytes->data;
  guint8 *end = data + bytes->len;
  RocketIOFrame frame;
  gsize taken;

  for (guint i = 0; i < 4; i++)
    {
      g_assert_true (rocketio_frame_reader_next (reader, data, end - data, &taken, &frame) == ROCKETIO_FRAME_MESSAGE);
      data += taken;
      g_assert_cmpmem (frame.data, frame.length, "Hello", 5);
      g_assert_true (frame.data == data - 5);
    }
  g_assert_true (data == end);
}

static gsize
allocated (void)
{
#if defined (__GLIBC__) && __GLIBC_PREREQ (2, 33)
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

/* Announcing costs nothing, and neither does having had a long message. (Memory checkers replace malloc() and report
 * nothing here.) */
static void
test_memory (void)
{
  g_autoptr (GByteArray) announced = build ("=81ff0000000000020000 =00000000 =61");
  g_autoptr (GByteArray) fragment = g_byte_array_new ();
  g_autoptr (GPtrArray) readers = g_ptr_array_new_full (200, (GDestroyNotify) rocketio_frame_reader_free);
  g_autofree guint8 *payload = g_malloc0 (100000);
  g_autoptr (GByteArray) end = build ("80:61");
  gsize start;

  append_frame (fragment, 0x01, payload, 100000, rfc_key);
  start = allocated ();

  for (guint i = 0; i < 100; i++)
    {
      RocketIOFrameReader *waiting = rocketio_frame_reader_new (MAX_MESSAGE);
      RocketIOFrameReader *idle = rocketio_frame_reader_new (MAX_MESSAGE);
      g_autoptr (GString) outcome = g_string_new (NULL);

      g_ptr_array_add (readers, waiting);
      g_ptr_array_add (readers, idle);
      feed (waiting, announced->data, announced->len, outcome);
      feed (idle, fragment->data, fragment->len, outcome);
      feed (idle, end->data, end->len, outcome);
      g_assert_cmpuint (outcome->len, ==, 3 + 2 * 100001);
    }
  g_assert_cmpuint (allocated (), <, start + 64 * 1024);
}

/* UTF-8, section 8.1 */

static guint
character_length (guint8 first)
{
  return first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
}

/* Whether `bytes` begin a character, by the code points that they could still become. */
static gboolean
can_become_character (const guint8 *bytes,
                      guint         length)
{
  static const guint8 lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
  static const guint32 first[] = { 0, 0, 0x80, 0x800, 0x10000 };
  guint total = character_length (bytes[0]);
  guint32 low, high;

  if (total == 0)
    return FALSE;

  low = high = bytes[0] & lead_bits[total];
  for (guint i = 1; i < total; i++)
    {
      if (i < length && (bytes[i] & 0xc0) != 0x80)
        return FALSE;
      low = low << 6 | (i < length ? bytes[i] & 0x3f : 0);
      high = high << 6 | (i < length ? bytes[i] & 0x3f : 0x3f);
    }
  low = MAX (low, first[total]);
  high = MIN (high, 0x10ffff);

  return low <= high && !(low >= 0xd800 && high <= 0xdfff);
}

/* The first byte that cannot follow, `length` if there is none. */
static guint
find_bad_byte (const guint8 *bytes,
               guint         length)
{
  for (guint start = 0, i = 0; i < length; i++)
    {
      if (i == start + character_length (bytes[start]))
        start = i;
      if (!can_become_character (bytes + start, i - start + 1))
        return i;
    }

  return length;
}

/* Every sequence of four of the bytes at which something changes */
static void
test_utf8_first_bad_byte (void)
{
  static const guint8 borders[] = {
    0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
    0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff,
  };
  const guint n = G_N_ELEMENTS (borders);
  const guint step = g_test_thorough () ? 1 : 7;

  for (guint i = g_test_rand_int_range (0, step); i < n * n * n * n; i += step)
    {
      const guint8 text[] = { borders[i / n / n / n], borders[i / n / n % n], borders[i / n % n], borders[i % n] };
      guint8 bytes[6 + 4] = { 0x01, 0x84, 0, 0, 0, 0, text[0], text[1], text[2], text[3] };
      g_autoptr (RocketIOFrameReader) reader = rocketio_frame_reader_new (MAX_MESSAGE);
      guint expected = find_bad_byte (text, sizeof text);
      guint position = 0;

      for (; position < sizeof bytes; position++)
        {
          RocketIOFrame frame;
          gsize consumed;

          if (rocketio_frame_reader_next (reader, bytes + position, 1, &consumed, &frame) == ROCKETIO_FRAME_ERROR)
            break;
        }
      g_assert_cmpuint (position, ==, 6 + expected);
    }
}

/* Text is looked at in words: no place in one may be missed. */
static void
test_utf8_every_place (void)
{
  for (guint i = 0; i < 32; i++)
    {
      g_autofree char *text = g_strnfill (32, 'a');
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      text[i] = '\x80';
      append_frame (bytes, 0x81, (guint8 *) text, 32, rfc_key);
      assert_outcome (bytes, MAX_MESSAGE, "!1007@8.1");
    }
}

static void
test_utf8_all_characters (void)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) expected = g_string_new (NULL);

  for (gunichar c = 0; c <= 0x10ffff; c++)
    {
      char character[6];

      if (c < 0xd800 || c > 0xdfff)
        g_byte_array_append (text, (guint8 *) character, g_unichar_to_utf8 (c, character));
    }
  append_frame (bytes, 0x81, text->data, text->len, rfc_key);
  append_outcome (expected, 0x81, text->data, text->len);

  for (gsize step = 4093; step < 10000000; step *= 2000)
    {
      g_autofree char *outcome = run (bytes, 8 << 20, step, step);
      assert_same (outcome, expected->str);
    }
}

/* At random. The seed is printed first; `--seed` takes it. */

static void
append_random_payload (GByteArray *payload,
                       gboolean    is_text,
                       guint       length)
{
  while (payload->len < length)
    {
      char character[6] = { g_test_rand_int () };
      guint size = 1;

      if (is_text)
        {
          gunichar c = g_test_rand_int_range (0, 1 << g_test_rand_int_range (1, 21));

          size = g_unichar_to_utf8 (c >= 0xd800 && c <= 0xdfff ? 'a' : c, character);
        }
      g_byte_array_append (payload, (guint8 *) character, size);
    }
}

static void
append_random_control (GByteArray *bytes,
                       GString    *expected)
{
  guint8 first = 0x80 | (g_test_rand_bit () ? ROCKETIO_OPCODE_PING : ROCKETIO_OPCODE_PONG);
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  append_random_payload (payload, FALSE, g_test_rand_int_range (0, 126));
  append_frame (bytes, first, payload->data, payload->len, NULL);
  append_outcome (expected, first, payload->data, payload->len);
}

static void
append_random_message (GByteArray *bytes,
                       GString    *expected,
                       guint       max_length)
{
  guint8 opcode = g_test_rand_bit () ? ROCKETIO_OPCODE_TEXT : ROCKETIO_OPCODE_BINARY;
  guint8 first = opcode;
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  guint position = 0;

  append_random_payload (payload, opcode == ROCKETIO_OPCODE_TEXT, g_test_rand_int_range (0, max_length));

  while (g_test_rand_int_range (0, 3) > 0)
    {
      guint length = g_test_rand_int_range (0, payload->len - position + 1);

      append_frame (bytes, first, payload->data + position, length, NULL);
      position += length;
      first = ROCKETIO_OPCODE_CONTINUATION;
      if (g_test_rand_bit ())
        append_random_control (bytes, expected);
    }

  append_frame (bytes, 0x80 | first, payload->data + position, payload->len - position, NULL);
  append_outcome (expected, 0x80 | opcode, payload->data, payload->len);
}

static void
test_random_streams (void)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GString) expected = g_string_new (NULL);

      for (int n = g_test_rand_int_range (1, 10); n > 0; n--)
        append_random_message (bytes, expected, i % 50 == 0 ? 100000 : 300);

      for (guint n = 0; n < 4; n++)
        {
          g_autofree char *outcome = run (bytes, MAX_MESSAGE, g_test_rand_int_range (1, 32768), 0);
          assert_same (outcome, expected->str);
        }
    }
}

/* Whatever comes, the outcome is the same however it is split. */
static void
test_random_garbage (void)
{
  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GString) ignored = g_string_new (NULL);
      g_autofree char *whole = NULL;
      g_autofree char *pieces = NULL;

      if (i % 4 == 0)
        append_random_payload (bytes, FALSE, 200);
      else
        append_random_message (bytes, ignored, 100);
      for (int n = g_test_rand_int_range (0, 3); n >= 0; n--)
        bytes->data[g_test_rand_int_range (0, bytes->len)] ^= 1 << g_test_rand_int_range (0, 8);

      whole = run (bytes, MAX_MESSAGE, bytes->len, bytes->len);
      pieces = run (bytes, MAX_MESSAGE, g_test_rand_int_range (1, 32768), 0);
      assert_same (pieces, whole);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (frame_vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/frame/rfc6455/", frame_vectors[i].name, NULL);
      g_test_add_data_func (path, &frame_vectors[i], test_vector);
    }
  for (guint i = 0; i < G_N_ELEMENTS (deflate_vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/frame/rfc7692/", deflate_vectors[i].name, NULL);
      g_test_add_data_func (path, &deflate_vectors[i], test_deflate_vector);
    }
  g_test_add_func ("/frame/rfc6455/5.7", test_examples);
  g_test_add_func ("/frame/lengths", test_lengths);
  g_test_add_func ("/frame/close-codes", test_close_codes);
  g_test_add_func ("/frame/new-close", test_new_close);
  g_test_add_func ("/frame/unmask", test_unmask);
  g_test_add_func ("/frame/no-copy", test_no_copy);
  g_test_add_func ("/frame/memory", test_memory);
  g_test_add_func ("/frame/utf8/first-bad-byte", test_utf8_first_bad_byte);
  g_test_add_func ("/frame/utf8/every-place", test_utf8_every_place);
  g_test_add_func ("/frame/utf8/all-characters", test_utf8_all_characters);
  g_test_add_func ("/frame/random/streams", test_random_streams);
  g_test_add_func ("/frame/random/garbage", test_random_garbage);

  return g_test_run ();
}
