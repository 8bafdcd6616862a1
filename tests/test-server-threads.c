/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

#define N_THREADS 4
#define N_PUSHES  500

typedef struct
{
  RocketIOServer  *server;
  RocketIOSession *session;
  guint            number;
} Pusher;

/* To everybody, to a session and to a channel in turn. */
static gpointer
push_thread (gpointer user_data)
{
  Pusher *pusher = user_data;
  const char *id = rocketio_session_get_id (pusher->session);

  for (guint i = 0; i < N_PUSHES; i++)
    {
      g_autofree char *event = g_strdup_printf ("t%u", pusher->number);
      g_autoptr (JsonNode) data = json_node_init_int (json_node_alloc (), i);
      g_autoptr (GError) error = NULL;

      if (i % 4 == 0)
        rocketio_server_push (pusher->server, event, data, &error);
      else if (i % 4 == 1)
        rocketio_server_push_to (pusher->server, id, event, data, &error);
      else if (i % 4 == 2)
        rocketio_server_push_to_channel (pusher->server, "c", event, data, &error);
      else
        rocketio_session_push (pusher->session, event, data, &error);
      g_assert_no_error (error);
    }

  return NULL;
}

static void
expect_in_order (Peer *peer)
{
  guint next[N_THREADS] = { 0 };

  for (guint i = 0; i < N_THREADS * N_PUSHES; i++)
    {
      g_autofree char *text = peer_get_text (peer);
      g_autoptr (JsonNode) node = fixture_parse (text);
      JsonObject *message = json_node_get_object (node);
      guint thread = json_object_get_string_member (message, "type")[1] - '0';

      g_assert_cmpuint (thread, <, N_THREADS);
      g_assert_cmpint (json_object_get_int_member (message, "data"), ==, next[thread]);
      next[thread]++;
    }
}

static void
test_order (Fixture       *fixture,
            gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  GThread *threads[N_THREADS];
  Pusher pushers[N_THREADS];

  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"c\"}");
  peer_wait_for_count (&fixture->n_opened, 1);
  for (guint i = 0; i < N_THREADS; i++)
    {
      pushers[i] = (Pusher) { fixture->server, fixture->last, i };
      threads[i] = g_thread_new ("pusher", push_thread, &pushers[i]);
    }
  expect_in_order (peer);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

/* A push from a thread wakes a main loop that waits. */
static gpointer
push_late_thread (gpointer user_data)
{
  g_usleep (100000);
  rocketio_server_push (user_data, "late", NULL, NULL);

  return NULL;
}

static gboolean
give_up_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
test_wakes (Fixture       *fixture,
            gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  GThread *thread;
  gint64 start = g_get_monotonic_time ();

  peer_idle (20);
  thread = g_thread_new ("late", push_late_thread, fixture->server);
  while (peer->in->len == 0 && g_get_monotonic_time () - start < 3 * G_USEC_PER_SEC)
    {
      /* Little else is there to end the wait. */
      guint timeout = g_timeout_add (3000, give_up_cb, NULL);

      g_main_context_iteration (NULL, TRUE);
      g_source_remove (timeout);
      peer_read (peer);
    }
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  peer_expect_text (peer, "{\"type\":\"late\",\"data\":null}");
  g_thread_join (thread);
}

/* Pushing while sessions and the server end. */
static gpointer
push_on_thread (gpointer user_data)
{
  Pusher *pusher = user_data;

  for (guint i = 0; g_atomic_int_get (&pusher->number) == 0; i++)
    rocketio_session_push (pusher->session, "x", NULL, NULL);

  return NULL;
}

static void
test_end_meanwhile (Fixture       *fixture,
                    gconstpointer  unused)
{
  for (guint i = 0; i < 3; i++)
    {
      Peer *peer = peer_new_websocket (fixture->port, "/websocketio/io");
      g_autofree char *id = peer_get_session (peer);
      g_autoptr (RocketIOSession) session = g_object_ref (rocketio_server_get_session (fixture->server, id));
      Pusher pusher = { fixture->server, session, 0 };
      GThread *thread = g_thread_new ("pusher", push_on_thread, &pusher);

      peer_idle (20);
      if (i == 0)
        peer_free (g_steal_pointer (&peer));
      else if (i == 1)
        rocketio_session_close (session);
      else
        {
          g_signal_handlers_disconnect_by_data (fixture->server, fixture);
          g_clear_object (&fixture->server);
        }
      peer_idle (20);
      g_atomic_int_set (&pusher.number, 1);
      g_thread_join (thread);
      g_clear_pointer (&peer, peer_free);
    }
}

/* Everything else belongs to the thread of the server. */

typedef struct
{
  Fixture *fixture;
  guint    done;
} Intruder;

static gpointer
intrude_thread (gpointer user_data)
{
  Intruder *intruder = user_data;
  RocketIOServer *server = intruder->fixture->server;
  RocketIOSession *session = intruder->fixture->last;
  guint n = 0;

  rocketio_server_listen (server, NULL, 0, NULL, NULL);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_close (server);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_serve_directory (server, "/", ROCKETIO_SERVE_FLAGS_NONE, NULL);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_session_close (session);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_get_session (server, "x");
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_count_sessions (server, ROCKETIO_TRANSPORT_TYPE_NONE);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_count_channel (server, "c", ROCKETIO_TRANSPORT_TYPE_NONE);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_list_channel (server, "c");
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  g_strfreev (rocketio_server_dup_channels (server));
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_get_uris (server);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  rocketio_server_set_allowed_origins (server, NULL);
  g_assert_cmpuint (fixture_get_complaints (), ==, ++n);
  g_atomic_int_set (&intruder->done, 1);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
test_wrong_thread (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  Intruder intruder = { fixture, 0 };
  GThread *thread;

  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"c\"}");
  peer_wait_for_count (&fixture->n_opened, 1);

  /* Only while somebody runs the context it can be told who does not. */
  fixture_let_complain ("may be called only from the thread that runs the main context");
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("intruder", intrude_thread, &intruder);
  peer_wait_for_count (&intruder.done, 1);
  g_thread_join (thread);
  g_main_context_release (NULL);
  fixture_let_complain (NULL);

  peer_send_text (peer, "{\"type\":\"echo\"}");
  peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
  fixture_expect_book (fixture, "opened c\nevent echo null\n");
}

/* A server in a thread of its own, with its own context. */

typedef struct
{
  GMainContext *context;
  GMainLoop    *loop;
  guint         port;
  guint         ready;
  guint         n_events;
} Home;

static void
count_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          Home            *home)
{
  g_assert_true (g_main_context_is_owner (home->context));
  home->n_events++;
  rocketio_session_push (session, "counted", data, NULL);
}

static gpointer
home_thread (gpointer user_data)
{
  Home *home = user_data;
  g_autoptr (RocketIOServer) server = NULL;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (home->context);
  server = rocketio_server_new ();
  g_signal_connect (server, "event", G_CALLBACK (count_cb), home);
  rocketio_server_listen (server, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  home->port = fixture_get_port (server);
  g_atomic_int_set (&home->ready, 1);
  g_main_loop_run (home->loop);
  rocketio_server_close (server);
  g_clear_object (&server);
  g_main_context_pop_thread_default (home->context);

  return NULL;
}

static void
test_own_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  Home home = { context, loop };
  GThread *thread = g_thread_new ("server", home_thread, &home);
  g_autoptr (Peer) peer = NULL;
  g_autoptr (Peer) comet = NULL;
  g_autofree char *id = NULL;
  g_autofree char *body = NULL;

  peer_wait_for_count (&home.ready, 1);
  peer = peer_new_websocket (home.port, "/websocketio/io");
  g_free (peer_get_session (peer));
  peer_send_text (peer, "{\"type\":\"e\",\"data\":1}");
  peer_expect_text (peer, "{\"type\":\"counted\",\"data\":1}");
  comet = peer_new (home.port);
  id = peer_open_comet (comet);
  g_assert_cmpuint (peer_post (comet, id, "[{\"type\":\"e\",\"data\":2}]"), ==, 200);
  peer_poll (comet, id);
  body = peer_get_poll (comet);
  g_assert_cmpstr (body, ==, "[{\"type\":\"counted\",\"data\":2}]");

  g_main_loop_quit (loop);
  g_thread_join (thread);
  peer_wait_for_end (peer);
  g_assert_cmpuint (home.n_events, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  fixture_add ("/server/threads/order", test_order);
  fixture_add ("/server/threads/wakes", test_wakes);
  fixture_add ("/server/threads/end-meanwhile", test_end_meanwhile);
  fixture_add ("/server/threads/wrong-thread", test_wrong_thread);
  g_test_add_func ("/server/threads/own-context", test_own_context);

  return g_test_run ();
}
