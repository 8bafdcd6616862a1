/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "rocketio-sse-transport-private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
#define HEARTBEAT 100    /* milliseconds, for those that look at the time */
#define TIMEOUT   150

typedef struct
{
  GMainContext      *context;
  RocketIOReactor   *reactor;
  RocketIOTransport *transport;
  int                peer;        /* -1: closed */
  GByteArray        *bytes;       /* that the peer got */
  gsize              room;
  gint64             heard;       /* when something was heard for the last time */
  guint              n_writable;
  guint              n_idle;
  int                reason;      /* of the end; -1: none */
  gboolean           drop;        /* at the end */
} Test;

static gint64
get_silence (Test *test)
{
  return (g_get_monotonic_time () - test->heard) / 1000;
}

static void
writable_cb (RocketIOTransport *transport,
             gpointer           user_data)
{
  g_assert_true (rocketio_transport_is_writable (transport));
  ((Test *) user_data)->n_writable++;
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
  if (test->drop)
    g_clear_pointer (&test->transport, rocketio_transport_unref);
}

static const RocketIOTransportFuncs funcs = { NULL, NULL, writable_cb, idle_cb, NULL, closed_cb };

static void
setup_with (Test     *test,
            guint     heartbeat,
            guint     timeout,
            gboolean  narrow)
{
  g_autoptr (RocketIOConnection) connection = NULL;
  g_autoptr (GBytes) head = g_bytes_new_static (HEAD, strlen (HEAD));
  g_autoptr (GError) error = NULL;
  int fds[2];

  test->context = g_main_context_new ();
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  if (narrow)
    test->room = make_narrow_pair (fds);
  else
    make_tcp_pair (fds);
  test->peer = fds[1];
  test->bytes = g_byte_array_new ();
  test->reason = -1;
  connection = rocketio_connection_new (test->reactor, fds[0], NULL, make_address ());
  test->transport = rocketio_sse_transport_new (connection, head, heartbeat, timeout);
  test->heard = g_get_monotonic_time ();
  rocketio_transport_set_user (test->transport, &funcs, test);
}

/* `data`: whether the way to the peer is narrow. */
static void
setup (Test          *test,
       gconstpointer  data)
{
  setup_with (test, 60000, 60000, data != NULL);
}

static void
setup_quick (Test          *test,
             gconstpointer  data)
{
  setup_with (test, HEARTBEAT, TIMEOUT, FALSE);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  g_clear_pointer (&test->transport, rocketio_transport_unref);
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  g_main_context_unref (test->context);
  if (test->peer >= 0)
    close (test->peer);
  g_byte_array_unref (test->bytes);
}

static void
hear (Test *test)
{
  test->heard = g_get_monotonic_time ();
  rocketio_transport_heard (test->transport);
}

static void
send_json (Test       *test,
           guint64     seq,
           const char *event,
           const char *json)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json (event, json, -1, NULL);

  if (seq > 0)
    rocketio_message_set_seq (message, seq, 1);
  rocketio_transport_send (test->transport, &message, 1);
}

static void
assert_stream (Test       *test,
               const char *expected)
{
  wait_for (test->context, test->bytes->len >= strlen (HEAD "\r\n") + strlen (expected))
    read_some (test->peer, test->bytes);
  g_assert_cmpmem (test->bytes->data, strlen (HEAD "\r\n"), HEAD "\r\n", strlen (HEAD "\r\n"));
  g_assert_cmpmem (test->bytes->data + strlen (HEAD "\r\n"), test->bytes->len - strlen (HEAD "\r\n"),
                   expected, strlen (expected));
}

static void
assert_end (Test *test)
{
  wait_for (test->context, !read_some (test->peer, test->bytes))
    ;
}

/* The stream */

static void
test_head (Test          *test,
           gconstpointer  data)
{
  g_assert_cmpint (rocketio_transport_get_type_of (test->transport), ==, ROCKETIO_TRANSPORT_TYPE_SSE);
  g_assert_true (rocketio_transport_is_writable (test->transport));
  assert_stream (test, "");
}

static void
test_events (Test          *test,
             gconstpointer  data)
{
  send_json (test, 0, "__heartbeat", "{}");
  send_json (test, 7, "a\nb", "[\n  1,\r\n  \"\\n\"\n]\n");
  assert_stream (test, "data: {\"type\":\"__heartbeat\",\"data\":{}}\n\n"
                       "id: 00000001.7\ndata: {\"seq\":7,\"pos\":\"00000001.7\",\"type\":\"a\\nb\","
                       "\"data\":[   1,    \"\\n\" ] }\n\n");
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), ==, 0);
}

static void
test_bytes (Test          *test,
            gconstpointer  data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\n\0\n", 3);
  g_autoptr (RocketIOMessage) message = rocketio_message_new_bytes ("image", bytes, NULL);

  rocketio_transport_send (test->transport, &message, 1);
  assert_stream (test, "data: {\"bin\":true,\"type\":\"image\",\"data\":\"CgAK\"}\n\n");
}

static void
test_many (Test          *test,
           gconstpointer  data)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_ptr_array_add (messages, rocketio_message_new_json ("n", number, -1, NULL));
      g_string_append_printf (expected, "data: {\"type\":\"n\",\"data\":%u}\n\n", i);
    }
  rocketio_transport_send (test->transport, (RocketIOMessage **) messages->pdata, messages->len);
  assert_stream (test, expected->str);
}

/* Sends more than fits between the two. */
static gsize
send_much (Test *test)
{
  g_autofree char *data = g_strnfill (60002, '"');
  gsize size = 0;

  memset (data + 1, 'x', 60000);
  while (rocketio_transport_is_writable (test->transport))
    {
      send_json (test, 0, "big", data);
      size += 60000;
    }
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), >, 0);
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), <, size + 1000);

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
    read_some (test->peer, test->bytes);
  g_assert_true (rocketio_transport_is_writable (test->transport));
}

/* Silence: what counts is what is heard by POST. */

static void
test_idle (Test          *test,
           gconstpointer  data)
{
  wait_for (test->context, test->n_idle > 0)
    ;
  hear (test);

  /* Once in each silence. */
  wait_for (test->context, test->n_idle > 1)
    ;
  g_assert_cmpint (test->reason, ==, -1);
}

/* As long as something is heard, it is not idle: idle_cb() looks at the time. */
static void
test_not_idle (Test          *test,
               gconstpointer  data)
{
  for (guint i = 0; i < 20; i++)
    {
      hear (test);
      run_for (test->context, 20);
    }
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_dead (Test          *test,
           gconstpointer  data)
{
  test->drop = data != NULL;
  hear (test);
  wait_for (test->context, test->reason >= 0)
    ;
  g_assert_cmpint (get_silence (test), >=, HEARTBEAT + TIMEOUT - 1);
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_LOST);
  g_assert_cmpuint (test->n_idle, <=, 3);
  assert_end (test);
}

/* The end */

static void
test_client_ends (Test          *test,
                  gconstpointer  data)
{
  close (test->peer);
  test->peer = -1;
  test->drop = data != NULL;
  wait_for (test->context, test->reason >= 0)
    ;
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_LOST);
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

static void
test_server_close (Test          *test,
                   gconstpointer  data)
{
  send_json (test, 0, "bye", "null");
  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  g_assert_false (rocketio_transport_is_writable (test->transport));
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), ==, 0);
  assert_stream (test, "data: {\"type\":\"bye\",\"data\":null}\n\n");
  assert_end (test);
  rocketio_transport_heard (test->transport);
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_server_close_slow (Test          *test,
                        gconstpointer  data)
{
  gsize size = send_much (test);

  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SLOW, NULL);
  assert_end (test);
  g_assert_cmpuint (test->bytes->len, <, size);
}

static void
test_server_close_flushes (Test          *test,
                           gconstpointer  data)
{
  gsize size = send_much (test);

  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SHUTDOWN, NULL);
  assert_end (test);
  g_assert_cmpuint (test->bytes->len, >, size);
}

#define add(name, func) g_test_add ("/sse-transport/" name, Test, NULL, setup, func, teardown)
#define add_narrow(name, func) g_test_add ("/sse-transport/" name, Test, GINT_TO_POINTER (1), setup, func, teardown)
#define add_quick(name, func, drop) \
  g_test_add ("/sse-transport/" name, Test, GINT_TO_POINTER (drop), setup_quick, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("head", test_head);
  add ("events", test_events);
  add ("bytes", test_bytes);
  add ("many", test_many);
  add_narrow ("slow-reader", test_slow_reader);
  add_quick ("idle", test_idle, FALSE);
  add_quick ("not-idle", test_not_idle, FALSE);
  add_quick ("dead", test_dead, FALSE);
  add_quick ("dead-and-dropped", test_dead, TRUE);
  add ("client-ends", test_client_ends);
  add_quick ("client-ends-and-dropped", test_client_ends, TRUE);
  add ("broken", test_broken);
  add ("server-close", test_server_close);
  add_narrow ("server-close-slow", test_server_close_slow);
  add_narrow ("server-close-flushes", test_server_close_flushes);

  return g_test_run ();
}
