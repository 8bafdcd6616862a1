/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "rocketio-poll-transport-2-private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD      "HTTP/1.1 200 OK\r\nX: y\r\n"
#define HOLD_TIME 100    /* milliseconds, for those that look at the time */
#define TIMEOUT   150

typedef struct
{
  GMainContext      *context;
  RocketIOReactor   *reactor;
  SoupServer        *soup;
  RocketIOListener  *listener;
  RocketIOTransport *transport;
  guint              n_writable;
  int                reason;      /* of the end; -1: none */
  gboolean           drop;        /* at the end */
} Test;

/* The client's end of a poll. */
typedef struct
{
  Test       *test;
  int         fd;         /* -1: closed */
  GByteArray *bytes;
} Poll;

static void
writable_cb (RocketIOTransport *transport,
             gpointer           user_data)
{
  g_assert_true (rocketio_transport_is_writable (transport));
  ((Test *) user_data)->n_writable++;
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

static const RocketIOTransportFuncs funcs = { .writable = writable_cb, .closed = closed_cb };

/* `data`: whether the times are short. */
static void
setup (Test          *test,
       gconstpointer  data)
{
  g_autoptr (GSocketAddress) address = make_address ();
  g_autoptr (GError) error = NULL;

  test->context = g_main_context_new ();
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  test->soup = soup_server_new (NULL, NULL);
  test->listener = rocketio_listener_new (test->reactor, test->soup);
  test->transport = rocketio_poll_transport_2_new (test->reactor, address, data != NULL ? HOLD_TIME : 60000,
                                                   data != NULL ? TIMEOUT : 60000);
  test->reason = -1;
  rocketio_transport_set_user (test->transport, &funcs, test);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  g_clear_pointer (&test->transport, rocketio_transport_unref);
  rocketio_listener_close (test->listener);
  rocketio_listener_unref (test->listener);
  run_dry (test->context);
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  g_object_unref (test->soup);
  g_main_context_unref (test->context);
}

static void
send_event (Test       *test,
            guint64     seq,
            const char *event)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new (event, NULL, NULL);

  rocketio_message_set_seq (message, seq, 1);
  rocketio_transport_send (test->transport, &message, 1);
}

static void
poll_hold (Poll     *self,
           Test     *test,
           gboolean  keepalive)
{
  g_autoptr (RocketIOConnection) connection = NULL;
  g_autoptr (GBytes) head = g_bytes_new_static (HEAD, strlen (HEAD));
  int fds[2];

  make_tcp_pair (fds);
  *self = (Poll) { test, fds[1], g_byte_array_new () };
  connection = rocketio_connection_new (test->reactor, fds[0], NULL, make_address ());
  rocketio_poll_transport_2_hold (test->transport,
                                  rocketio_answer_new (test->listener, connection, head, keepalive));
}

static void
poll_clear (Poll *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->bytes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Poll, poll_clear)

static void
assert_answer (Poll       *self,
               const char *body)
{
  g_autofree char *expected =
    g_strdup_printf (HEAD "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", strlen (body), body);

  wait_for (self->test->context, self->bytes->len >= strlen (expected))
    read_some (self->fd, self->bytes);
  g_assert_cmpmem (self->bytes->data, self->bytes->len, expected, strlen (expected));
}

static void
assert_held (Poll *self)
{
  run_for (self->test->context, 20);
  g_assert_true (read_some (self->fd, self->bytes));
  g_assert_cmpuint (self->bytes->len, ==, 0);
}

/* Answers */

static void
test_answer (Test          *test,
             gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };

  g_assert_cmpint (rocketio_transport_get_type_of (test->transport), ==, ROCKETIO_TRANSPORT_TYPE_COMET);
  g_assert_true (rocketio_transport_is_poll_2 (test->transport));
  g_assert_false (rocketio_transport_is_poll_2 (NULL));
  g_assert_false (rocketio_transport_is_writable (test->transport));
  poll_hold (&poll, test, TRUE);
  g_assert_true (rocketio_transport_is_writable (test->transport));
  g_assert_cmpuint (test->n_writable, ==, 1);
  assert_held (&poll);

  send_event (test, 3, "one");
  g_assert_false (rocketio_transport_is_writable (test->transport));
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), ==, 0);
  assert_answer (&poll, "[{\"seq\":3,\"pos\":\"00000001.3\",\"type\":\"one\",\"data\":null}]");
  g_assert_cmpuint (test->n_writable, ==, 1);
}

static void
test_several (Test          *test,
              gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  g_autoptr (GString) expected = g_string_new ("[");

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_ptr_array_add (messages, rocketio_message_new_json ("n", number, -1, NULL));
      g_string_append_printf (expected, "%s{\"type\":\"n\",\"data\":%u}", i > 0 ? "," : "", i);
    }
  g_string_append_c (expected, ']');
  poll_hold (&poll, test, TRUE);
  rocketio_transport_send (test->transport, (RocketIOMessage **) messages->pdata, messages->len);
  assert_answer (&poll, expected->str);
}

static void
test_one_after_the_other (Test          *test,
                          gconstpointer  data)
{
  for (guint i = 1; i <= 5; i++)
    {
      g_auto (Poll) poll = { NULL };
      g_autofree char *expected =
        g_strdup_printf ("[{\"seq\":%u,\"pos\":\"00000001.%u\",\"type\":\"e\",\"data\":null}]", i, i);

      poll_hold (&poll, test, i % 2);
      send_event (test, i, "e");
      assert_answer (&poll, expected);
      if (i % 2 == 0)
        wait_for (test->context, !read_some (poll.fd, poll.bytes))
          ;
    }
  g_assert_cmpuint (test->n_writable, ==, 5);
}

/* A second poll replaces the first. */
static void
test_replaced (Test          *test,
               gconstpointer  data)
{
  g_auto (Poll) first = { NULL };
  g_auto (Poll) second = { NULL };

  poll_hold (&first, test, TRUE);
  poll_hold (&second, test, TRUE);
  assert_answer (&first, "[]");
  assert_held (&second);
  send_event (test, 1, "a");
  assert_answer (&second, "[{\"seq\":1,\"pos\":\"00000001.1\",\"type\":\"a\",\"data\":null}]");
  assert_answer (&first, "[]");
  g_assert_cmpint (test->reason, ==, -1);
}

/* Times */

static void
test_hold_time (Test          *test,
                gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_auto (Poll) next = { NULL };
  gint64 start = g_get_monotonic_time ();

  poll_hold (&poll, test, TRUE);
  assert_answer (&poll, "[]");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 1000 * (HOLD_TIME - 1));
  g_assert_false (rocketio_transport_is_writable (test->transport));

  poll_hold (&next, test, TRUE);
  g_assert_true (rocketio_transport_is_writable (test->transport));
  g_assert_cmpint (test->reason, ==, -1);
}

static void
wait_for_loss (Test   *test,
               gint64  start)
{
  wait_for (test->context, test->reason >= 0)
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 1000 * (HOLD_TIME + TIMEOUT - 1));
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_LOST);
}

static void
test_never_polled (Test          *test,
                   gconstpointer  data)
{
  wait_for_loss (test, g_get_monotonic_time () - 1000);
}

static void
test_polled_no_more (Test          *test,
                     gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  gint64 start;

  test->drop = TRUE;
  run_for (test->context, HOLD_TIME / 2);
  poll_hold (&poll, test, TRUE);
  start = g_get_monotonic_time ();
  send_event (test, 1, "a");
  wait_for_loss (test, start);
}

/* Who goes away while a poll is held has as long to come back. */
static void
test_gone (Test          *test,
           gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  gint64 start = g_get_monotonic_time ();

  poll_hold (&poll, test, TRUE);
  close_hard (poll.fd);
  poll.fd = -1;
  wait_for (test->context, !rocketio_transport_is_writable (test->transport))
    ;
  g_assert_cmpint (test->reason, ==, -1);
  wait_for_loss (test, start);
}

static void
test_back (Test          *test,
           gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_auto (Poll) next = { NULL };

  poll_hold (&poll, test, TRUE);
  close (poll.fd);
  poll.fd = -1;
  wait_for (test->context, !rocketio_transport_is_writable (test->transport))
    ;
  poll_hold (&next, test, TRUE);
  send_event (test, 1, "a");
  assert_answer (&next, "[{\"seq\":1,\"pos\":\"00000001.1\",\"type\":\"a\",\"data\":null}]");
  g_assert_cmpint (test->reason, ==, -1);
}

/* The end by the server */

static void
test_close (Test          *test,
            gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };

  poll_hold (&poll, test, TRUE);
  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  g_assert_false (rocketio_transport_is_writable (test->transport));
  assert_answer (&poll, "[]");
  run_for (test->context, HOLD_TIME + TIMEOUT + 50);
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_close_between (Test          *test,
                    gconstpointer  data)
{
  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  run_for (test->context, HOLD_TIME + TIMEOUT + 50);
  g_assert_cmpint (test->reason, ==, -1);
}

static void
test_drop (Test          *test,
           gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };

  poll_hold (&poll, test, TRUE);
  g_clear_pointer (&test->transport, rocketio_transport_unref);
  assert_answer (&poll, "[]");
}

#define add(name, func) g_test_add ("/poll-transport-2/" name, Test, NULL, setup, func, teardown)
#define add_quick(name, func) \
  g_test_add ("/poll-transport-2/" name, Test, GINT_TO_POINTER (1), setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("answer", test_answer);
  add ("several", test_several);
  add ("one-after-the-other", test_one_after_the_other);
  add ("replaced", test_replaced);
  add_quick ("hold-time", test_hold_time);
  add_quick ("never-polled", test_never_polled);
  add_quick ("polled-no-more", test_polled_no_more);
  add_quick ("gone", test_gone);
  add ("back", test_back);
  add_quick ("close", test_close);
  add_quick ("close-between", test_close_between);
  add ("drop", test_drop);

  return g_test_run ();
}
