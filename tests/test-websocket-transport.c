/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "websocket-fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Receiving */

static void
test_receive (Test          *test,
              gconstpointer  data)
{
  g_assert_cmpint (rocketio_transport_get_type_of (test->transport), ==, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  send_frame (test, FIN | TEXT, "one");
  send_frame (test, FIN | TEXT, "");
  send_frame (test, FIN | TEXT, "zw\303\266lf");
  send_frame (test, FIN | BINARY, "binary");
  send_frame (test, FIN | PONG, "pong");
  send_frame (test, FIN | TEXT, "end");
  assert_received (test, " one  zw\303\266lf end");
  assert_out (test, "");
  g_assert_cmpint (test->reason, ==, -1);
}

static void
send_mixture (GByteArray *bytes)
{
  static const struct { guint8 first; const char *payload; } frames[] = {
    { TEXT, "a\303" }, { FIN | PING, "p1" }, { CONT, "\266" }, { FIN | PONG, "" }, { FIN | PING, "" },
    { FIN | CONT, "b" }, { BINARY, "\377" }, { FIN | PING, "p2" }, { FIN | CONT, "\377" }, { FIN | TEXT, "c" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autoptr (GByteArray) frame = make_frame (frames[i].first, frames[i].payload, strlen (frames[i].payload));

      g_byte_array_append (bytes, frame->data, frame->len);
    }
}

static void
test_fragments (Test          *test,
                gconstpointer  data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  send_mixture (bytes);
  write_all (test->peer, bytes->data, bytes->len);
  assert_received (test, " a\303\266b c");
  assert_out (test, " pong:p1 pong: pong:p2");
}

static void
test_byte_by_byte (Test          *test,
                   gconstpointer  data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  send_mixture (bytes);
  for (guint i = 0; i < bytes->len; i++)
    {
      write_all (test->peer, bytes->data + i, 1);
      run_dry (test->context);
    }
  assert_received (test, " a\303\266b c");
  assert_out (test, " pong:p1 pong: pong:p2");
}

/* Bytes that were read with the handshake come first, and without an event. */
static void
test_with_handshake (Test          *test,
                     gconstpointer  data)
{
  g_autoptr (GByteArray) frame = make_frame (FIN | TEXT, "first", 5);
  g_autoptr (GByteArray) half = make_frame (FIN | TEXT, "second", 6);

  rocketio_connection_unread (test->connection, half->data, 5);
  rocketio_connection_unread (test->connection, frame->data, frame->len);
  start (test);
  assert_received (test, " first");
  write_all (test->peer, half->data + 5, half->len - 5);
  assert_received (test, " first second");
}

/* More than is read in one go, of messages as large as may be. */
static void
test_many (Test          *test,
           gconstpointer  data)
{
  g_autofree char *payload = g_strnfill (MAX_MESSAGE, 'x');
  gsize expected = 0;

  for (guint i = 0; i < 300; i++)
    {
      send_frame (test, FIN | TEXT, payload);
      expected += 1 + MAX_MESSAGE;
    }
  send_frame (test, FIN | PING, "ping");
  assert_out (test, " pong:ping");
  g_assert_cmpuint (test->received->len, ==, expected);
}

/* The end by the client */

static void
test_close (Test          *test,
            gconstpointer  data)
{
  send_frame (test, FIN | TEXT, "bye");
  send_close (test, 1001, "");
  send_frame (test, FIN | TEXT, "too late");
  assert_out (test, " close:1001:" GOODBYE " end");
  assert_received (test, " bye");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_CLIENT);
}

static void
test_close_codes (Test          *test,
                  gconstpointer  data)
{
  send_close (test, 4321, "because");
  assert_out (test, " close:4321:" GOODBYE " end");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_CLIENT);
}

static void
test_close_without_code (Test          *test,
                         gconstpointer  data)
{
  send_frame (test, FIN | CLOSE, "");
  assert_out (test, " close:1000:" GOODBYE " end");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_CLIENT);
}

static void
test_end (Test          *test,
          gconstpointer  data)
{
  send_frame (test, FIN | TEXT, "bye");
  shutdown (test->peer, SHUT_WR);
  assert_out (test, " end");
  assert_received (test, " bye");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_CLIENT);
}

static void
test_broken (Test          *test,
             gconstpointer  data)
{
  close_hard (test->peer);
  test->peer = -1;
  wait_for (test->context, test->reason >= 0)
    ;
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_LOST);
}

/* Protocol errors */

static void
assert_refused (Test  *test,
                guint  code)
{
  g_autofree char *out = g_strdup_printf (" close:%u:" GOODBYE " end", code);

  send (test->peer, "junk behind it", 14, MSG_NOSIGNAL);
  assert_out (test, out);
  assert_received (test, "");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_PROTOCOL);
}

static void
test_unmasked (Test          *test,
               gconstpointer  data)
{
  write_all (test->peer, "\201\001x", 3);
  assert_refused (test, 1002);
}

static void
test_reserved_bit (Test          *test,
                   gconstpointer  data)
{
  send_frame (test, FIN | RSV1 | TEXT, "x");
  assert_refused (test, 1002);
}

static void
test_lone_continuation (Test          *test,
                        gconstpointer  data)
{
  send_frame (test, FIN | CONT, "x");
  assert_refused (test, 1002);
}

static void
test_bad_close (Test          *test,
                gconstpointer  data)
{
  send_close (test, 1005, "");
  assert_refused (test, 1002);
}

static void
test_bad_utf8 (Test          *test,
               gconstpointer  data)
{
  send_frame (test, TEXT, "a\303");
  send_frame (test, FIN | CONT, "a");
  assert_refused (test, 1007);
}

static void
test_too_large (Test          *test,
                gconstpointer  data)
{
  g_autofree char *payload = g_strnfill (MAX_MESSAGE + 1, 'x');

  send_frame (test, FIN | TEXT, payload);
  assert_refused (test, 1009);
}

static void
test_too_large_together (Test          *test,
                         gconstpointer  data)
{
  g_autofree char *payload = g_strnfill (MAX_MESSAGE / 2, 'x');

  send_frame (test, TEXT, payload);
  send_frame (test, CONT, payload);
  send_frame (test, FIN | CONT, "x");
  assert_refused (test, 1009);
}

/* Sending */

static void
test_send (Test          *test,
           gconstpointer  data)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_ptr_array_add (messages, rocketio_message_new_json ("n", number, -1, NULL));
      g_string_append_printf (expected, " text:{\"type\":\"n\",\"data\":%u}", i);
    }
  rocketio_transport_send (test->transport, (RocketIOMessage **) messages->pdata, messages->len);
  assert_out (test, expected->str);
  g_assert_true (rocketio_transport_is_writable (test->transport));
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), ==, 0);
}

/* Sends more than fits between the two. */
static gsize
send_much (Test *test)
{
  g_autofree char *data = g_strnfill (60002, '"');
  g_autoptr (RocketIOMessage) message = NULL;
  gsize size = 0;

  memset (data + 1, 'x', 60000);
  message = rocketio_message_new_json ("big", data, -1, NULL);
  while (rocketio_transport_is_writable (test->transport))
    {
      rocketio_transport_send (test->transport, &message, 1);
      size += rocketio_message_get_size (message);
    }
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), >, 0);
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), <, size);

  return size;
}

static void
test_slow_reader (Test          *test,
                  gconstpointer  data)
{
  gsize size = send_much (test);

  run_for (test->context, 20);
  g_assert_cmpuint (test->n_writable, ==, 0);
  wait_for (test->context, test->bytes->len >= size)
    read_some (test->peer, test->bytes);
  wait_for (test->context, test->n_writable == 1)
    ;
  g_assert_true (rocketio_transport_is_writable (test->transport));
}

/* A client that reads no pongs gets no more, instead of costing memory. */
static void
test_ping_flood (Test          *test,
                 gconstpointer  data)
{
  g_autofree char *payload = g_strnfill (125, 'p');
  g_autoptr (GByteArray) frame = make_frame (FIN | PING, payload, 125);

  for (guint i = 0; i < 200000; i++)
    {
      if (send (test->peer, frame->data, frame->len, MSG_NOSIGNAL) < (gssize) frame->len)
        break;
      if (i % 100 == 0)
        run_dry (test->context);
    }
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), <=, 65536 + 200);
}

/* The end by the server */

static void
test_server_close (Test          *test,
                   gconstpointer  data)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new ("bye", NULL, NULL);

  rocketio_transport_send (test->transport, &message, 1);
  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  g_assert_false (rocketio_transport_is_writable (test->transport));
  assert_out (test, " text:{\"type\":\"bye\",\"data\":null} close:1001:" GOODBYE " end");
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_server_close_slow (Test          *test,
                        gconstpointer  data)
{
  gsize size = send_much (test);

  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SLOW, NULL);
  wait_for (test->context, !read_some (test->peer, test->bytes))
    ;
  g_assert_cmpuint (test->bytes->len, <, size);
}

static void
test_close_in_callback (Test          *test,
                        gconstpointer  data)
{
  test->close = TRUE;
  send_frame (test, FIN | TEXT, "one");
  send_frame (test, FIN | TEXT, "two");
  assert_out (test, " close:1001:" GOODBYE " end");
  assert_received (test, " one");
}

static void
test_drop_in_callback (Test          *test,
                       gconstpointer  data)
{
  test->drop = TRUE;
  send_frame (test, FIN | TEXT, "one");
  assert_out (test, " end");
  assert_received (test, " one");
}

/* Silence is no reason to ping: the clients of 2013 die of that. */
static void
test_silence (Test          *test,
              gconstpointer  data)
{
  run_for (test->context, 100);
  assert_out (test, "");
}

/* Version 2 */

static void
test_receive_2 (Test          *test,
                gconstpointer  data)
{
  send_frame (test, FIN | TEXT, "[one]");
  send_frame (test, BINARY, "bi");
  send_frame (test, FIN | CONT, "nary");
  send_frame (test, FIN | PONG, "pong");
  send_frame (test, FIN | BINARY, "");
  send_frame (test, FIN | TEXT, "end");
  assert_received (test, " [one] binary:binary binary: end");
  assert_out (test, "");
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_send_2 (Test          *test,
             gconstpointer  data)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\0\0", 3);
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 1; i <= 300; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      RocketIOMessage *message = i % 100 == 0 ? rocketio_message_new_bytes ("n", bytes, NULL)
                                              : rocketio_message_new_json ("n", number, -1, NULL);

      if (i % 2 == 0)
        rocketio_message_set_seq (message, i, 1);
      g_ptr_array_add (messages, message);
      if (i % 100 == 0)
        g_string_append_printf (expected, " binary:%u",
                                5 + (guint) strlen ("{\"seq\":100,\"pos\":\"00000001.100\",\"type\":\"n\"}") + 3);
      else if (i % 2 == 0)
        g_string_append_printf (expected, " text:{\"seq\":%u,\"pos\":\"00000001.%u\",\"type\":\"n\",\"data\":%u}",
                                i, i, i);
      else
        g_string_append_printf (expected, " text:{\"type\":\"n\",\"data\":%u}", i);
    }
  rocketio_transport_send (test->transport, (RocketIOMessage **) messages->pdata, messages->len);
  assert_out (test, expected->str);
}

/* Whoever goes says so; anything else may be an accident. */
static void
test_close_codes_2 (Test          *test,
                    gconstpointer  data)
{
  guint code = GPOINTER_TO_UINT (data);
  g_autofree char *out = g_strdup_printf (" close:%u: end", code != 0 ? code : 1000);
  gboolean is_goodbye = code == 1000 || code == 1001;

  if (code != 0)
    send_close (test, code, "because");
  else
    send_frame (test, FIN | CLOSE, "");
  assert_out (test, out);
  g_assert_cmpint (test->reason, ==, is_goodbye ? ROCKETIO_CLOSE_REASON_CLIENT : ROCKETIO_CLOSE_REASON_LOST);
}

static void
test_end_2 (Test          *test,
            gconstpointer  data)
{
  send_frame (test, FIN | TEXT, "last");
  shutdown (test->peer, SHUT_WR);
  assert_out (test, " end");
  assert_received (test, " last");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_LOST);
}

static void
test_protocol_errors_2 (Test          *test,
                        gconstpointer  data)
{
  g_autofree char *payload = g_strnfill (MAX_MESSAGE + 1, 'x');

  if (data == NULL)
    send_frame (test, FIN | RSV1 | TEXT, "x");
  else
    send_frame (test, FIN | BINARY, payload);
  assert_out (test, data == NULL ? " close:1002: end" : " close:1009: end");
  assert_received (test, "");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_PROTOCOL);
}

static const struct
{
  RocketIOCloseReason  reason;
  const char          *out;
} closings[] = {
  { ROCKETIO_CLOSE_REASON_SERVER, " close:4500:the app closed the session end" },
  { ROCKETIO_CLOSE_REASON_SHUTDOWN, " close:4000:the server goes away end" },
  { ROCKETIO_CLOSE_REASON_CLIENT, " close:1000:the client said goodbye end" },
};

static void
test_server_close_2 (Test          *test,
                     gconstpointer  data)
{
  guint index = GPOINTER_TO_UINT (data);

  rocketio_transport_close (test->transport, closings[index].reason, NULL);
  assert_out (test, closings[index].out);
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_idle_2 (Test          *test,
             gconstpointer  data)
{
  /* Until it has said something, nobody asks it. */
  run_for (test->context, 400);
  g_assert_cmpint (test->n_idle, ==, 0);
  g_assert_cmpint (test->reason, ==, -1);
  send_frame (test, FIN | TEXT, "hello");
  assert_received (test, " hello");

  wait_for (test->context, test->n_idle == 1)
    ;
  send_frame (test, FIN | TEXT, "here");
  wait_for (test->context, test->n_idle == 2)
    ;
  assert_received (test, " hello here");
  g_assert_cmpint (test->reason, ==, -1);
}

static void
send_text (Test *test)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new ("there", NULL, NULL);

  rocketio_transport_send (test->transport, &message, 1);
}

/* As long as anything is received and sent, it is not. */
static void
test_not_idle_2 (Test          *test,
                 gconstpointer  data)
{
  /* A machine that is too busy to send in time is no help. */
  for (guint i = 0; i < 30 && g_get_monotonic_time () - test->heard < 1000 * HEARTBEAT / 2; i++)
    {
      send_frame (test, FIN | (i % 3 == 0 ? PING : i % 3 == 1 ? PONG : TEXT), "");
      send_text (test);
      run_for (test->context, 15);
    }
  g_assert_cmpint (test->n_idle, ==, 0);
  g_assert_cmpint (test->reason, ==, -1);
}

/* Who hears nothing of us is to hear that we are there. */
static void
test_quiet_2 (Test          *test,
              gconstpointer  data)
{
  for (guint i = 0; i < 1000 && test->n_idle == 0; i++)
    {
      send_frame (test, FIN | TEXT, "");
      run_for (test->context, 10);
    }
  g_assert_cmpint (test->n_idle, >, 0);
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_dead_2 (Test          *test,
             gconstpointer  data)
{
  send_frame (test, FIN | TEXT, "here");
  assert_out (test, " text:{\"type\":\"__disconnect\",\"data\":{\"code\":4002,\"reason\":"
                    "\"the client was silent for too long\"}} close:4002:the client was silent for too long end");
  g_assert_cmpint (g_get_monotonic_time () - test->heard, >=, 1000 * (HEARTBEAT + TIMEOUT - 1));
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_LOST);
  g_assert_cmpuint (test->n_idle, <=, 3);
}

#define add(name, func) g_test_add ("/websocket-transport/" name, Test, NULL, setup_started, func, teardown)
#define add_narrow(name, func) \
  g_test_add ("/websocket-transport/" name, Test, GINT_TO_POINTER (1), setup_started, func, teardown)

#define add_2(name, func, data) \
  g_test_add ("/websocket-transport/2/" name, Test, GUINT_TO_POINTER (data), setup_started_2, func, teardown)
#define add_quick_2(name, func) \
  g_test_add ("/websocket-transport/2/" name, Test, NULL, setup_quick_2, func, teardown)

/* A message of which a byte comes now and then keeps nobody there, of either version; other messages do not help it. */
static void
test_dribble (Test          *test,
              gconstpointer  data)
{
  static const guint8 head[] = { TEXT, 0x80 | 126, 0x03, 0x00, 0, 0, 0, 0 };

  rocketio_websocket_transport_set_message_time (test->transport, 100);
  send_frame (test, FIN | TEXT, "whole");
  write_all (test->peer, head, sizeof head);
  wait_for (test->context, test->received->len > 0);

  for (guint i = 0; i < 700 && test->reason == -1; i++)
    {
      write_all (test->peer, "x", 1);
      run_for (test->context, 10);
    }
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_LOST);
  g_assert_cmpstr (test->received->str, ==, " whole");
}

/* One that comes slowly, but comes, is taken. */
static void
test_slow_message (Test          *test,
                   gconstpointer  data)
{
  g_autofree char *payload = g_strnfill (800, 'x');
  g_autoptr (GByteArray) frame = make_frame (FIN | TEXT, payload, 800);

  rocketio_websocket_transport_set_message_time (test->transport, 1);
  write_all (test->peer, frame->data, 600);
  run_for (test->context, 50);
  write_all (test->peer, frame->data + 600, frame->len - 600);
  wait_for (test->context, test->received->len > 0);
  g_assert_cmpint (test->reason, ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("receive", test_receive);
  add ("fragments", test_fragments);
  add ("byte-by-byte", test_byte_by_byte);
  g_test_add ("/websocket-transport/with-handshake", Test, NULL, setup, test_with_handshake, teardown);
  add ("many", test_many);
  add ("close", test_close);
  add ("close-codes", test_close_codes);
  add ("close-without-code", test_close_without_code);
  add ("end", test_end);
  add ("broken", test_broken);
  add ("unmasked", test_unmasked);
  add ("reserved-bit", test_reserved_bit);
  add ("lone-continuation", test_lone_continuation);
  add ("bad-close", test_bad_close);
  add ("bad-utf8", test_bad_utf8);
  add ("too-large", test_too_large);
  add ("too-large-together", test_too_large_together);
  add ("send", test_send);
  add_narrow ("slow-reader", test_slow_reader);
  add_narrow ("ping-flood", test_ping_flood);
  add ("server-close", test_server_close);
  add_narrow ("server-close-slow", test_server_close_slow);
  add ("close-in-callback", test_close_in_callback);
  add ("drop-in-callback", test_drop_in_callback);
  add ("silence", test_silence);
  add ("dribble", test_dribble);
  add ("slow-message", test_slow_message);
  g_test_add ("/websocket-transport/2/dribble", Test, NULL, setup_started_2, test_dribble, teardown);
  add_2 ("receive", test_receive_2, 0);
  add_2 ("send", test_send_2, 0);
  add_2 ("close-1000", test_close_codes_2, 1000);
  add_2 ("close-1001", test_close_codes_2, 1001);
  add_2 ("close-4321", test_close_codes_2, 4321);
  add_2 ("close-without-code", test_close_codes_2, 0);
  add_2 ("end", test_end_2, 0);
  add_2 ("broken", test_broken, 0);
  add_2 ("reserved-bit", test_protocol_errors_2, FALSE);
  add_2 ("too-large", test_protocol_errors_2, TRUE);
  add_2 ("closed-by-app", test_server_close_2, 0);
  add_2 ("closed-by-shutdown", test_server_close_2, 1);
  add_2 ("closed-by-client", test_server_close_2, 2);
  add_quick_2 ("idle", test_idle_2);
  add_quick_2 ("not-idle", test_not_idle_2);
  add_quick_2 ("quiet", test_quiet_2);
  add_quick_2 ("dead", test_dead_2);

  return g_test_run ();
}
