/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "websocket-fixture.h"

#include <string.h>
#include <unistd.h>

#include "helpers.h"

static void
received_cb (RocketIOTransport *transport,
             const char        *text,
             gsize              length,
             gpointer           user_data)
{
  Test *test = user_data;

  g_string_append_c (test->received, ' ');
  g_string_append_len (test->received, text, length);
  if (test->close)
    rocketio_transport_close (transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  if (test->drop)
    g_clear_pointer (&test->transport, rocketio_transport_unref);
}

static void
writable_cb (RocketIOTransport *transport,
             gpointer           user_data)
{
  ((Test *) user_data)->n_writable++;
}

static void
bytes_cb (RocketIOTransport *transport,
          const guint8      *data,
          gsize              length,
          gpointer           user_data)
{
  Test *test = user_data;

  g_string_append (test->received, " binary:");
  g_string_append_len (test->received, (const char *) data, length);
}

static void
idle_cb (RocketIOTransport *transport,
         gpointer           user_data)
{
  Test *test = user_data;

  test->n_idle++;
}

static void
closed_cb (RocketIOTransport   *transport,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  Test *test = user_data;

  g_assert_cmpint (test->reason, ==, -1);
  test->reason = reason;
}

static const RocketIOTransportFuncs funcs = { received_cb, bytes_cb, writable_cb, idle_cb, NULL, closed_cb };

void
setup (Test          *test,
       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  test->context = g_main_context_new ();
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  if (data != NULL)
    test->room = make_narrow_pair (fds);
  else
    make_tcp_pair (fds);
  test->connection = rocketio_connection_new (test->reactor, fds[0], NULL, make_address ());
  test->peer = fds[1];
  test->received = g_string_new (NULL);
  test->out = g_string_new (NULL);
  test->bytes = g_byte_array_new ();
  test->reason = -1;
}

void
start (Test *test)
{
  test->transport = rocketio_websocket_transport_new (test->connection, MAX_MESSAGE);
  rocketio_transport_set_user (test->transport, &funcs, test);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
}

void
setup_started (Test          *test,
               gconstpointer  data)
{
  setup (test, data);
  start (test);
}

void
start_2 (Test  *test,
         guint  heartbeat,
         guint  timeout)
{
  test->transport = rocketio_websocket_transport_new_2 (test->connection, MAX_MESSAGE, heartbeat, timeout);
  test->heard = g_get_monotonic_time ();
  rocketio_transport_set_user (test->transport, &funcs, test);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
}

/* Version 2. `data` is for the test. */
void
setup_started_2 (Test          *test,
                 gconstpointer  data)
{
  setup (test, NULL);
  start_2 (test, 60000, 60000);
}

void
setup_quick_2 (Test          *test,
               gconstpointer  data)
{
  setup (test, data);
  start_2 (test, HEARTBEAT, TIMEOUT);
}

void
teardown (Test          *test,
          gconstpointer  data)
{
  g_clear_pointer (&test->transport, rocketio_transport_unref);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  g_main_context_unref (test->context);
  if (test->peer >= 0)
    close (test->peer);
  g_string_free (test->received, TRUE);
  g_string_free (test->out, TRUE);
  g_byte_array_unref (test->bytes);
  g_clear_pointer (&test->deflate, rocketio_deflate_unref);
}

/* The client's side */

GByteArray *
make_frame (guint8      first,
            const void *payload,
            gsize       length)
{
  static const guint8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };
  GByteArray *frame = g_byte_array_new ();
  guint8 header[4] = { first, 0x80 | (length < 126 ? length : 126), length >> 8, length & 0xff };
  gsize start;

  g_assert_cmpuint (length, <, 65536);
  g_byte_array_append (frame, header, length < 126 ? 2 : 4);
  g_byte_array_append (frame, mask, 4);
  start = frame->len;
  g_byte_array_append (frame, payload, length);
  rocketio_frame_unmask (frame->data + start, length, mask, 0);

  return frame;
}

void
send_frame (Test       *test,
            guint8      first,
            const char *payload)
{
  g_autoptr (GByteArray) frame = make_frame (first, payload, strlen (payload));

  test->heard = g_get_monotonic_time ();
  write_all (test->peer, frame->data, frame->len);
}

void
send_close (Test       *test,
            guint       code,
            const char *reason)
{
  g_autofree char *payload = g_strdup_printf ("%c%c%s", code >> 8, code & 0xff, reason);
  g_autoptr (GByteArray) frame = make_frame (FIN | CLOSE, payload, 2 + strlen (reason));

  write_all (test->peer, frame->data, frame->len);
}

/* Of a compressed one. */
static void
append_packed (Test         *test,
               guint8        first,
               const guint8 *packed,
               gsize         length)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  g_assert_nonnull (test->deflate);
  g_assert_cmpint (rocketio_deflate_unpack (test->deflate, packed, length, 100000, payload), ==,
                   ROCKETIO_DEFLATE_DONE);
  if (first == (FIN | RSV1 | TEXT))
    g_string_append_printf (test->out, " packed text:%.*s", (int) payload->len, (char *) payload->data);
  else if (first == (FIN | RSV1 | BINARY))
    g_string_append_printf (test->out, " packed binary:%u", payload->len);
  else
    g_error ("A frame that starts with %02x was sent", first);
}

/* Takes a frame off what has come; FALSE if there is none. */
static gboolean
read_frame (Test *test)
{
  const guint8 *data = test->bytes->data;
  gsize header = 2, length;
  const char *text;

  if (test->bytes->len < 4 && !(test->bytes->len >= 2 && data[1] <= test->bytes->len - 2))
    return FALSE;

  /* Whole, and never masked. */
  g_assert_cmpuint (data[0] & 0xf0 & ~RSV1, ==, FIN);
  length = data[1];
  g_assert_cmpuint (length, <, 127);
  if (length == 126)
    {
      length = data[2] << 8 | data[3];
      header = 4;
    }
  if (test->bytes->len < header + length)
    return FALSE;

  text = (const char *) data + header;
  if ((data[0] & RSV1) != 0)
    {
      append_packed (test, data[0], data + header, length);
      g_byte_array_remove_range (test->bytes, 0, header + length);
      return TRUE;
    }

  switch (data[0] & 0xf)
    {
    case TEXT:
      g_string_append_printf (test->out, " text:%.*s", (int) length, text);
      break;

    case BINARY:
      g_string_append_printf (test->out, " binary:%" G_GSIZE_FORMAT, length);
      break;

    case PONG:
      g_string_append_printf (test->out, " pong:%.*s", (int) length, text);
      break;

    case CLOSE:
      g_string_append_printf (test->out, " close:%u:%.*s", data[header] << 8 | data[header + 1],
                              (int) length - 2, text + 2);
      break;

    default:
      g_error ("A frame of type %u was sent", data[0] & 0xf);
    }
  g_byte_array_remove_range (test->bytes, 0, header + length);

  return TRUE;
}

static gboolean
has_out (Test       *test,
         const char *out)
{
  gboolean more = read_some (test->peer, test->bytes);

  while (read_frame (test))
    ;
  if (!more && !g_str_has_suffix (test->out->str, " end"))
    g_string_append (test->out, " end");

  return strlen (test->out->str) >= strlen (out);
}

/* That the peer gets just this. */
void
assert_out (Test       *test,
            const char *out)
{
  wait_for (test->context, has_out (test, out))
    ;
  run_for (test->context, 10);
  has_out (test, out);
  g_assert_cmpstr (test->out->str, ==, out);
}

void
assert_received (Test       *test,
                 const char *texts)
{
  wait_for (test->context, test->received->len >= strlen (texts))
    ;
  run_for (test->context, 10);
  g_assert_cmpstr (test->received->str, ==, texts);
}
