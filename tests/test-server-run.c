/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#define BIG 200000

/* Waiting until pushes have left, and a server that runs a program. */

typedef struct
{
  RocketIOSession *session;    /* whose pushes are waited for, where that is not clear */
  guint            n_done;
  GError          *error;      /* of the last one */
} Waiter;

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Waiter *waiter = user_data;

  waiter->n_done++;
  g_clear_error (&waiter->error);
  g_assert_cmpint (rocketio_session_flush_finish (ROCKETIO_SESSION (source), result, &waiter->error), ==,
                   waiter->error == NULL);
}

static void
push_big (RocketIOSession *session)
{
  g_autofree char *text = g_strnfill (BIG, 'x');

  g_assert_true (rocketio_session_push_variant (session, "big", g_variant_new_string (text), NULL));
}

/* More than the kernel takes, in pieces that each stay below what may wait for a client. */
static void
test_flush (Fixture       *fixture,
            gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  RocketIOSession *session = rocketio_server_get_session (fixture->server, id);
  Waiter waiter = { 0 };
  guint n_sent = 0, n_read = 0;

  rocketio_session_flush_async (session, NULL, done_cb, &waiter);
  g_assert_cmpuint (waiter.n_done, ==, 0);
  peer_wait_for_count (&waiter.n_done, 1);
  g_assert_no_error (waiter.error);

  /* until the kernel takes no more */
  while (waiter.n_done == n_sent + 1)
    {
      n_sent++;
      push_big (session);
      rocketio_session_flush_async (session, NULL, done_cb, &waiter);
      peer_idle (50);
      g_assert_cmpuint (n_sent, <, 1000);
    }

  for (; n_read < n_sent; n_read++)
    {
      g_autofree char *text = peer_get_text (peer);

      g_assert_cmpuint (strlen (text), >, BIG);
    }
  peer_wait_for_count (&waiter.n_done, n_sent + 1);
  g_assert_no_error (waiter.error);
}

static void
test_flush_comet (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  RocketIOSession *session = rocketio_server_get_session (fixture->server, id);
  g_autofree char *answer = NULL;
  Waiter waiter = { 0 };

  /* between two polls */
  g_assert_true (rocketio_session_push (session, "x", NULL, NULL));
  rocketio_session_flush_async (session, NULL, done_cb, &waiter);
  peer_idle (50);
  g_assert_cmpuint (waiter.n_done, ==, 0);

  peer_poll (peer, id);
  answer = peer_get_poll (peer);
  peer_idle (50);
  g_assert_cmpuint (waiter.n_done, ==, 0);

  peer_poll (peer, id);
  peer_wait_for_count (&waiter.n_done, 1);
  g_assert_no_error (waiter.error);
}

static void
test_flush_ends (Fixture       *fixture,
                 gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  g_autoptr (RocketIOSession) session = g_object_ref (rocketio_server_get_session (fixture->server, id));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Waiter waiter = { 0 };

  g_assert_true (rocketio_session_push (session, "x", NULL, NULL));
  rocketio_session_flush_async (session, cancellable, done_cb, &waiter);
  g_cancellable_cancel (cancellable);
  peer_wait_for_count (&waiter.n_done, 1);
  g_assert_error (waiter.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  rocketio_session_flush_async (session, NULL, done_cb, &waiter);
  rocketio_session_close (session);
  peer_wait_for_count (&waiter.n_done, 2);
  g_assert_error (waiter.error, G_IO_ERROR, G_IO_ERROR_CLOSED);

  rocketio_session_flush_async (session, NULL, done_cb, &waiter);
  peer_wait_for_count (&waiter.n_done, 3);
  g_assert_error (waiter.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&waiter.error);
}

/* Running */

typedef struct
{
  Fixture *fixture;
  Peer    *peer;
  int      signal;    /* 0: close instead */
} End;

/* As browsers do: whoever is told that it is over ends its side, too. */
static gboolean
readable_cb (int           fd,
             GIOCondition  condition,
             gpointer      user_data)
{
  End *end = user_data;

  peer_read (end->peer);
  if (end->peer->ended)
    peer_half_close (end->peer);

  return !end->peer->ended;
}

static gboolean
end_cb (gpointer user_data)
{
  End *end = user_data;

  end->peer = peer_new_websocket (end->fixture->port, "/websocketio/io");
  g_free (peer_get_session (end->peer));
  g_unix_fd_add (end->peer->fd, G_IO_IN, readable_cb, end);
  rocketio_server_push (end->fixture->server, "last", NULL, NULL);
  if (end->signal != 0)
    kill (getpid (), end->signal);
  else
    rocketio_server_close (end->fixture->server);

  return G_SOURCE_REMOVE;
}

static void
test_run (Fixture       *fixture,
          gconstpointer  data)
{
  End end = { .fixture = fixture, .signal = GPOINTER_TO_INT (data) };
  g_autoptr (Peer) peer = NULL;

  g_idle_add (end_cb, &end);
  rocketio_server_run (fixture->server);

  peer = end.peer;
  peer_expect_text (peer, "{\"type\":\"last\",\"data\":null}");
  peer_wait_for_end (peer);

  /* closed: it returns at once */
  rocketio_server_run (fixture->server);
}

/* Who waits at the end is told before it is over. */
static gboolean
wait_and_end_cb (gpointer user_data)
{
  Waiter *waiter = user_data;

  g_assert_true (rocketio_session_push (waiter->session, "x", NULL, NULL));
  rocketio_session_flush_async (waiter->session, NULL, done_cb, waiter);
  kill (getpid (), SIGTERM);

  return G_SOURCE_REMOVE;
}

static void
test_run_waiting (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  Waiter waiter = { .session = rocketio_server_get_session (fixture->server, id) };

  g_idle_add (wait_and_end_cb, &waiter);
  rocketio_server_run (fixture->server);
  g_assert_cmpuint (waiter.n_done, ==, 1);
  g_assert_error (waiter.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&waiter.error);
}

/* A client that reads nothing and does not end its side keeps nobody for long. */
static gboolean
stall_cb (gpointer user_data)
{
  End *end = user_data;
  RocketIOSession *session;
  g_autofree char *id = NULL;

  end->peer = peer_new_websocket (end->fixture->port, "/websocketio/io");
  id = peer_get_session (end->peer);
  session = rocketio_server_get_session (end->fixture->server, id);
  for (guint i = 0; i < 5; i++)
    push_big (session);
  kill (getpid (), SIGTERM);

  return G_SOURCE_REMOVE;
}

static void
test_run_stalled (Fixture       *fixture,
                  gconstpointer  data)
{
  End end = { .fixture = fixture };

  if (!fixture_in_subprocess (20))
    return;

  g_idle_add (stall_cb, &end);
  rocketio_server_run (fixture->server);
  peer_free (end.peer);
}

#define run_add(path, data, func) \
  g_test_add ("/server/run/" path, Fixture, GINT_TO_POINTER (data), fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  fixture_add ("/server/flush/websocket", test_flush);
  fixture_add ("/server/flush/comet", test_flush_comet);
  fixture_add ("/server/flush/ends", test_flush_ends);
  run_add ("close", 0, test_run);
  run_add ("int", SIGINT, test_run);
  run_add ("term", SIGTERM, test_run);
  run_add ("waiting", SIGTERM, test_run_waiting);
  run_add ("stalled", SIGTERM, test_run_stalled);

  return g_test_run ();
}
