/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "rocketio-poll-transport-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD "HTTP/1.1 200 OK\r\nX: y\r\n"

typedef struct
{
  GMainContext      *context;
  RocketIOReactor   *reactor;
  SoupServer        *soup;
  RocketIOListener  *listener;
  RocketIOTransport *transport;
  guint              n_writable;
  guint              n_idle;
  guint              n_alive;
  gboolean           beat;       /* says something when idle */
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
send_event (Test       *test,
            const char *event)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new (event, NULL, NULL);

  rocketio_transport_send (test->transport, &message, 1);
}

static void
idle_cb (RocketIOTransport *transport,
         gpointer           user_data)
{
  Test *test = user_data;

  test->n_idle++;
  if (test->beat)
    send_event (test, "beat");
}

static void
alive_cb (RocketIOTransport *transport,
          gpointer           user_data)
{
  ((Test *) user_data)->n_alive++;
}

static void
closed_cb (RocketIOTransport   *transport,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  /* Between two polls there is nothing that could end. */
  g_assert_not_reached ();
}

static const RocketIOTransportFuncs funcs = { NULL, NULL, writable_cb, idle_cb, alive_cb, closed_cb };

static void
setup (Test          *test,
       gconstpointer  data)
{
  guint poll_time = data != NULL ? GPOINTER_TO_UINT (data) : 60000;
  g_autoptr (GSocketAddress) address = make_address ();
  g_autoptr (GError) error = NULL;

  test->context = g_main_context_new ();
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  test->soup = soup_server_new (NULL, NULL);
  test->listener = rocketio_listener_new (test->reactor, test->soup);
  test->transport = rocketio_poll_transport_new (address, poll_time);
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
poll_hold (Poll     *self,
           Test     *test,
           int       fds[2],
           gboolean  keepalive)
{
  g_autoptr (RocketIOConnection) connection = rocketio_connection_new (test->reactor, fds[0], NULL, make_address ());
  g_autoptr (GBytes) head = g_bytes_new_static (HEAD, strlen (HEAD));

  *self = (Poll) { test, fds[1], g_byte_array_new () };
  rocketio_poll_transport_hold (test->transport, rocketio_answer_new (test->listener, connection, head, keepalive));
}

static void
poll_init (Poll *self,
           Test *test)
{
  int fds[2];

  make_tcp_pair (fds);
  poll_hold (self, test, fds, TRUE);
}

static void
poll_end (Poll *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static void
poll_clear (Poll *self)
{
  poll_end (self);
  g_byte_array_unref (self->bytes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Poll, poll_clear)

/* Whether a whole answer has come, with nothing behind. */
static gboolean
is_answered (Poll *self)
{
  g_autofree char *text = NULL;
  const char *length, *body;

  read_some (self->fd, self->bytes);
  if (self->bytes->len == 0)
    return FALSE;

  text = g_strndup ((char *) self->bytes->data, self->bytes->len);
  body = strstr (text, "\r\n\r\n");
  if (body == NULL)
    return FALSE;

  g_assert_true (g_str_has_prefix (text, HEAD "Content-Length: "));
  length = text + strlen (HEAD "Content-Length: ");
  g_assert_cmpuint (strlen (body + 4), <=, strtoul (length, NULL, 10));

  return strlen (body + 4) == strtoul (length, NULL, 10);
}

static void
assert_answer (Poll       *self,
               const char *body)
{
  g_autofree char *text = NULL;

  wait_for (self->test->context, is_answered (self))
    ;
  text = g_strndup ((char *) self->bytes->data, self->bytes->len);
  g_assert_cmpstr (strstr (text, "\r\n\r\n") + 4, ==, body);
}

static void
assert_held (Poll *self)
{
  run_for (self->test->context, 20);
  read_some (self->fd, self->bytes);
  g_assert_cmpuint (self->bytes->len, ==, 0);
}

/* Answers */

static void
test_answer (Test          *test,
             gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_autofree char *text = NULL;

  g_assert_cmpint (rocketio_transport_get_type_of (test->transport), ==, ROCKETIO_TRANSPORT_TYPE_COMET);
  g_assert_false (rocketio_transport_is_writable (test->transport));
  poll_init (&poll, test);
  g_assert_true (rocketio_transport_is_writable (test->transport));
  g_assert_cmpuint (test->n_writable, ==, 1);
  g_assert_cmpuint (test->n_alive, ==, 1);
  assert_held (&poll);
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), ==, 0);

  send_event (test, "one");
  g_assert_false (rocketio_transport_is_writable (test->transport));
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), >, 0);
  assert_answer (&poll, "[{\"type\":\"one\",\"data\":null}]");
  text = g_strndup ((char *) poll.bytes->data, poll.bytes->len);
  g_assert_cmpstr (text, ==, HEAD "Content-Length: 28\r\n\r\n[{\"type\":\"one\",\"data\":null}]");
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
  poll_init (&poll, test);
  rocketio_transport_send (test->transport, (RocketIOMessage **) messages->pdata, messages->len);
  assert_answer (&poll, expected->str);
}

static void
test_without_keepalive (Test          *test,
                        gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_auto (Poll) next = { NULL };
  int fds[2];

  make_tcp_pair (fds);
  poll_hold (&poll, test, fds, FALSE);
  send_event (test, "one");
  assert_answer (&poll, "[{\"type\":\"one\",\"data\":null}]");
  wait_for (test->context, !read_some (poll.fd, poll.bytes))
    ;
  poll_end (&poll);
  run_for (test->context, 20);
  poll_init (&next, test);
  assert_held (&next);
}

static void
test_timeout (Test          *test,
              gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_auto (Poll) next = { NULL };
  gint64 start = g_get_monotonic_time ();

  poll_init (&poll, test);
  assert_answer (&poll, "[]");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 1000 * (gint64) GPOINTER_TO_UINT (data));
  g_assert_cmpuint (test->n_idle, ==, 1);
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), ==, 0);

  test->beat = TRUE;
  poll_init (&next, test);
  assert_answer (&next, "[{\"type\":\"beat\",\"data\":null}]");
  g_assert_cmpuint (test->n_idle, ==, 2);
}

/* What has become of an answer */

static void
answer_one (Test *test,
            Poll *poll)
{
  poll_init (poll, test);
  send_event (test, "one");
  assert_answer (poll, "[{\"type\":\"one\",\"data\":null}]");
}

/* On the next poll there is something else. */
static void
assert_delivered (Test *test)
{
  g_auto (Poll) next = { NULL };

  poll_init (&next, test);
  wait_for (test->context, rocketio_transport_is_writable (test->transport))
    ;
  assert_held (&next);
  send_event (test, "two");
  assert_answer (&next, "[{\"type\":\"two\",\"data\":null}]");
}

static void
assert_repeated (Test *test)
{
  g_auto (Poll) next = { NULL };

  poll_init (&next, test);
  assert_answer (&next, "[{\"type\":\"one\",\"data\":null}]");
}

static void
test_confirmed_by_request (Test          *test,
                           gconstpointer  data)
{
  static const char request[] = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_auto (Poll) poll = { NULL };

  answer_one (test, &poll);
  g_byte_array_set_size (poll.bytes, 0);
  write_all (poll.fd, request, strlen (request));
  wait_for (test->context, poll.bytes->len > 0)
    read_some (poll.fd, poll.bytes);
  close_hard (poll.fd);
  poll.fd = -1;
  assert_delivered (test);
}

static void
test_confirmed_by_end (Test          *test,
                       gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };

  answer_one (test, &poll);
  poll_end (&poll);
  run_for (test->context, 20);
  assert_delivered (test);
}

/* It is in the peer's system, whoever reads it there. */
static void
test_confirmed_by_acknowledgement (Test          *test,
                                   gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };

  poll_init (&poll, test);
  send_event (test, "one");
  assert_delivered (test);
}

static void
test_lost (Test          *test,
           gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };

  poll_init (&poll, test);
  send_event (test, "one");
  close_hard (poll.fd);
  poll.fd = -1;
  run_for (test->context, 20);
  g_assert_false (rocketio_transport_is_writable (test->transport));
  g_assert_cmpuint (rocketio_transport_get_pending (test->transport), >, 0);
  assert_repeated (test);
}

/* The next poll is here already when the answer to the last one turns out to be lost. */
static void
test_lost_late (Test          *test,
                gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_auto (Poll) next = { NULL };

  poll_init (&poll, test);
  send_event (test, "one");
  close_hard (poll.fd);
  poll.fd = -1;
  poll_init (&next, test);
  assert_answer (&next, "[{\"type\":\"one\",\"data\":null}]");
}

/* A peer that does not read: the answer is stuck half way, and goes out with the next poll. */
static void
test_stuck (Test          *test,
            gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_auto (Poll) next = { NULL };
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (RocketIOMessage) message = NULL;
  int fds[2];
  gsize room = make_narrow_pair (fds);

  text = g_strnfill (20 * room, '"');
  memset (text + 1, 'x', 20 * room - 2);
  expected = g_strdup_printf ("[{\"type\":\"big\",\"data\":%s}]", text);
  message = rocketio_message_new_json ("big", text, -1, NULL);

  poll_hold (&poll, test, fds, TRUE);
  rocketio_transport_send (test->transport, &message, 1);
  run_for (test->context, 20);
  poll_init (&next, test);
  assert_answer (&next, expected);

  /* The first one is cut: it must not end as if it were whole. */
  run_for (test->context, 20);
  wait_for (test->context, !read_some (poll.fd, poll.bytes))
    ;
  g_assert_cmpuint (poll.bytes->len, <, strlen (expected));
}

/* Several polls at a time */

static void
test_orphans (Test          *test,
              gconstpointer  data)
{
  Poll polls[8];

  for (guint i = 0; i < G_N_ELEMENTS (polls); i++)
    poll_init (&polls[i], test);

  /* The oldest are let go, a few wait for their time, and the last one gets the answer. */
  send_event (test, "one");
  assert_answer (&polls[7], "[{\"type\":\"one\",\"data\":null}]");
  for (guint i = 0; i < 3; i++)
    assert_answer (&polls[i], "[]");
  for (guint i = 3; i < 7; i++)
    assert_answer (&polls[i], "[]");
  g_assert_cmpuint (test->n_idle, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (polls); i++)
    poll_clear (&polls[i]);
}

static void
test_orphan_stays (Test          *test,
                   gconstpointer  data)
{
  g_auto (Poll) first = { NULL };
  g_auto (Poll) second = { NULL };

  poll_init (&first, test);
  poll_init (&second, test);
  assert_held (&first);
  assert_held (&second);
  poll_end (&first);
  run_for (test->context, 20);
  send_event (test, "one");
  assert_answer (&second, "[{\"type\":\"one\",\"data\":null}]");
}

static void
test_gone (Test          *test,
           gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };
  g_auto (Poll) broken = { NULL };
  g_auto (Poll) next = { NULL };

  poll_init (&poll, test);
  poll_end (&poll);
  wait_for (test->context, !rocketio_transport_is_writable (test->transport))
    ;
  poll_init (&broken, test);
  close_hard (broken.fd);
  broken.fd = -1;
  wait_for (test->context, !rocketio_transport_is_writable (test->transport))
    ;
  poll_init (&next, test);
  send_event (test, "one");
  assert_answer (&next, "[{\"type\":\"one\",\"data\":null}]");
}

/* Pipelined behind a held poll, a request waits for its answer. */
static void
test_pipelined (Test          *test,
                gconstpointer  data)
{
  static const char request[] = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_auto (Poll) poll = { NULL };

  poll_init (&poll, test);
  write_all (poll.fd, request, strlen (request));
  assert_held (&poll);
  send_event (test, "one");
  wait_for (test->context, poll.bytes->len > 0)
    read_some (poll.fd, poll.bytes);
  wait_for (test->context, memmem (poll.bytes->data, poll.bytes->len, "404 Not Found", 13) != NULL)
    read_some (poll.fd, poll.bytes);
  assert_delivered (test);
}

/* The end */

static void
test_close (Test          *test,
            gconstpointer  data)
{
  g_auto (Poll) orphan = { NULL };
  g_auto (Poll) held = { NULL };
  g_auto (Poll) late = { NULL };

  poll_init (&orphan, test);
  poll_init (&held, test);
  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  assert_answer (&orphan, "[]");
  assert_answer (&held, "[]");
  g_assert_false (rocketio_transport_is_writable (test->transport));

  /* A poll that was on its way gets an answer too, at the latest when the transport goes. */
  poll_init (&late, test);
  g_clear_pointer (&test->transport, rocketio_transport_unref);
  assert_answer (&late, "[]");
}

static void
test_close_after_answer (Test          *test,
                         gconstpointer  data)
{
  g_auto (Poll) poll = { NULL };

  poll_init (&poll, test);
  send_event (test, "bye");
  rocketio_transport_close (test->transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  g_clear_pointer (&test->transport, rocketio_transport_unref);
  assert_answer (&poll, "[{\"type\":\"bye\",\"data\":null}]");
}

#define add(name, func) g_test_add ("/poll-transport/" name, Test, NULL, setup, func, teardown)
#define add_short(name, func) g_test_add ("/poll-transport/" name, Test, GUINT_TO_POINTER (300), setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("answer", test_answer);
  add ("several", test_several);
  add ("without-keepalive", test_without_keepalive);
  add_short ("timeout", test_timeout);
  add ("confirmed-by-request", test_confirmed_by_request);
  add ("confirmed-by-end", test_confirmed_by_end);
  add ("confirmed-by-acknowledgement", test_confirmed_by_acknowledgement);
  add ("lost", test_lost);
  add ("lost-late", test_lost_late);
  add ("stuck", test_stuck);
  add_short ("orphans", test_orphans);
  add ("orphan-stays", test_orphan_stays);
  add ("gone", test_gone);
  add ("pipelined", test_pipelined);
  add ("close", test_close);
  add ("close-after-answer", test_close_after_answer);

  return g_test_run ();
}
