/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

/* The end of servers and sessions, at the worst moments. */

typedef enum
{
  IN_EVENT,
  IN_OPENED,
  IN_CLOSED,
  IN_NOTIFY,
  IN_ITEMS_CHANGED,
  N_PLACES
} Place;

typedef enum
{
  CLOSE_SERVER,
  DROP_SERVER,
  CLOSE_SESSION,
  NEST_AND_CLOSE,
  N_ACTIONS
} Action;

static const char * const place_names[] = { "event", "opened", "closed", "notify", "items-changed" };
static const char * const action_names[] = { "close", "drop", "close-session", "nest-and-close" };

typedef struct
{
  Fixture   fixture;
  Place     place;
  Action    action;
  gboolean  is_comet;
  gboolean  armed;
  guint     n_done;
  gsize     said;        /* by the server, when it had been dropped */
} Life;

static void
drop_server (Life *life)
{
  RocketIOServer *server = g_steal_pointer (&life->fixture.server);

  life->said = life->fixture.book->len;
  g_object_unref (server);
}

static void
act (Life            *life,
     RocketIOSession *session)
{
  if (!life->armed)
    return;

  life->armed = FALSE;
  life->n_done++;
  switch (life->action)
    {
    case CLOSE_SERVER:
      rocketio_server_close (life->fixture.server);
      break;

    case DROP_SERVER:
      drop_server (life);
      break;

    case CLOSE_SESSION:
      rocketio_session_close (session);
      break;

    case NEST_AND_CLOSE:
    default:
      peer_idle (30);
      rocketio_server_close (life->fixture.server);
      peer_idle (30);
    }
}

static void
event_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          Life            *life)
{
  if (life->place == IN_EVENT)
    act (life, session);
}

static void
opened_cb (RocketIOServer  *server,
           RocketIOSession *session,
           Life            *life)
{
  if (life->place == IN_OPENED)
    act (life, session);
}

static void
closed_cb (RocketIOServer      *server,
           RocketIOSession     *session,
           RocketIOCloseReason  reason,
           Life                *life)
{
  if (life->place == IN_CLOSED)
    act (life, session);
}

static void
notify_cb (RocketIOSession *session,
           GParamSpec      *pspec,
           Life            *life)
{
  if (life->place == IN_NOTIFY)
    act (life, session);
}

static void
items_changed_cb (GListModel *sessions,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Life       *life)
{
  g_autoptr (RocketIOSession) session = NULL;

  if (life->place != IN_ITEMS_CHANGED || added <= removed)
    return;

  session = g_list_model_get_item (sessions, position);
  g_assert_nonnull (session);
  act (life, session);
}

static void
finalized_cb (gpointer  data,
              GObject  *object)
{
  *(guint *) data = 1;
}

/* Everything that a server can have to do with at a time. */
typedef struct
{
  Peer *peers[8];
  guint n;
} Crowd;

static Peer *
join_crowd (Crowd *crowd,
            Peer  *peer)
{
  return crowd->peers[crowd->n++] = peer;
}

static void
make_crowd (Crowd *crowd,
            guint  port)
{
  g_autofree char *id = NULL;
  Peer *peer;

  *crowd = (Crowd) { .n = 0 };
  peer = join_crowd (crowd, peer_new_websocket (port, "/websocketio/io"));
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"c\"}");
  join_crowd (crowd, peer_new_websocket (port, "/websocketio/io"));
  peer = join_crowd (crowd, peer_new (port));
  id = peer_open_comet (peer);
  peer_poll (peer, id);
  peer_poll (join_crowd (crowd, peer_new (port)), id);    /* one of the two is an orphan */
  join_crowd (crowd, peer_new (port));
  peer_send (join_crowd (crowd, peer_new (port)), "GET / HT");
  peer_send (join_crowd (crowd, peer_new (port)), "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n");
  peer = join_crowd (crowd, peer_new (port));
  peer_send (peer, "GET /cometio/io HTTP/1.1\r\nHost: localhost\r\nOrigin: http://foreign\r\n\r\n");
  peer_idle (20);
}

static void
free_crowd (Crowd    *crowd,
            gboolean  is_over)
{
  /* All of them have been told. */
  for (guint i = 0; i < crowd->n; i++)
    {
      if (is_over)
        peer_wait_for_end (crowd->peers[i]);
      peer_free (crowd->peers[i]);
    }
}

static void
provoke (Life *life,
         Peer *peer)
{
  g_autofree char *id = NULL;
  RocketIOSession *session;

  if (life->place == IN_ITEMS_CHANGED)
    life->armed = TRUE;
  if (life->is_comet)
    {
      peer_poll (peer, "");
      if (life->place == IN_ITEMS_CHANGED)
        return;
      peer_need (peer, 1);
      peer_take (peer, peer->in->len);
      session = g_list_model_get_item (rocketio_server_get_sessions (life->fixture.server),
                                       rocketio_server_count_sessions (life->fixture.server, 0) - 1);
      id = g_strdup (rocketio_session_get_id (session));
    }
  else
    {
      peer_ask_websocket (peer, "/websocketio/io", "Sec-WebSocket-Version: 13\r\n");
      if (life->place == IN_ITEMS_CHANGED)
        return;
      peer_need (peer, 180);
      peer_take (peer, peer->in->len);
      session = g_list_model_get_item (rocketio_server_get_sessions (life->fixture.server),
                                       rocketio_server_count_sessions (life->fixture.server, 0) - 1);
    }

  g_signal_connect (session, "notify::channel", G_CALLBACK (notify_cb), life);
  life->armed = TRUE;
  if (life->is_comet)
    {
      g_autofree char *body = g_strdup_printf ("{\"session\":\"%s\",\"events\":["
                                               "{\"type\":\"__channel_id\",\"data\":\"c\"},"
                                               "{\"type\":\"e\"},{\"type\":\"e\"}]}", id);

      peer_send (peer, "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Content-Length: %u\r\n\r\n%s", (guint) strlen (body), body);
    }
  else
    {
      peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"c\"}");
      peer_send_text (peer, "{\"type\":\"e\"}");
      peer_send_text (peer, "{\"type\":\"e\"}");
    }
  if (life->place == IN_CLOSED)
    {
      peer_wait_for_count (&life->fixture.n_events, 2);
      rocketio_session_close (session);
    }
  peer_idle (10);
  g_signal_handlers_disconnect_by_data (session, life);
  g_object_unref (session);
}

static void
test_end (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  Life life = {
    .place = number % N_PLACES, .action = number / N_PLACES % N_ACTIONS, .is_comet = number / N_PLACES / N_ACTIONS,
  };
  Fixture *fixture = &life.fixture;
  g_autoptr (Peer) peer = NULL;
  GListModel *sessions;
  Crowd crowd;
  guint finalized = 0;
  guint n_fds;

  /* The first use of a main context takes some for good. */
  peer_idle (1);
  n_fds = fixture_count_fds ();

  fixture_set_up (fixture, NULL);
  g_object_weak_ref (G_OBJECT (fixture->server), finalized_cb, &finalized);
  make_crowd (&crowd, fixture->port);
  sessions = g_object_ref (rocketio_server_get_sessions (fixture->server));
  g_signal_connect (fixture->server, "event", G_CALLBACK (event_cb), &life);
  g_signal_connect (fixture->server, "session-opened", G_CALLBACK (opened_cb), &life);
  g_signal_connect (fixture->server, "session-closed", G_CALLBACK (closed_cb), &life);
  g_signal_connect (sessions, "items-changed", G_CALLBACK (items_changed_cb), &life);

  peer = peer_new (fixture->port);
  provoke (&life, peer);
  peer_wait_for_count (&life.n_done, 1);
  peer_idle (20);

  g_clear_object (&fixture->last);
  if (life.action == DROP_SERVER)
    {
      g_assert_cmpuint (finalized, ==, 1);
      g_assert_cmpuint (fixture->book->len, ==, life.said);
    }
  else if (life.action != CLOSE_SESSION)
    g_assert_cmpuint (g_list_model_get_n_items (sessions), ==, 0);
  if (life.action != CLOSE_SESSION)
    peer_wait_for_end (peer);
  free_crowd (&crowd, life.action != CLOSE_SESSION);
  g_clear_pointer (&peer, peer_free);
  peer_idle (20);
  g_assert_cmpuint (fixture->n_closed, <=, fixture->n_opened);

  g_signal_handlers_disconnect_by_data (sessions, &life);
  g_object_unref (sessions);
  fixture_tear_down (fixture, NULL);
  g_assert_cmpuint (finalized, ==, 1);
  peer_idle (5);
  g_assert_cmpuint (fixture_count_fds (), ==, n_fds);
}

/* A server that goes says nothing, not even by its list: languages with a collector of garbage could not hear it. */
static void
count_changes_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  guint      *n_changes)
{
  (*n_changes)++;
}

static void
test_silent_list (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  g_autoptr (GListModel) sessions = g_object_ref (rocketio_server_get_sessions (fixture->server));
  g_autoptr (RocketIOSession) session = NULL;
  guint n_changes = 0;

  g_signal_connect (sessions, "items-changed", G_CALLBACK (count_changes_cb), &n_changes);
  g_clear_object (&fixture->last);
  g_clear_object (&fixture->server);
  peer_wait_for_end (peer);

  g_assert_cmpuint (n_changes, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (sessions), ==, 1);
  session = g_list_model_get_item (sessions, 0);
  g_assert_cmpint (rocketio_session_get_transport (session), ==, ROCKETIO_TRANSPORT_TYPE_NONE);
}

/* Closing, told to everybody */

static void
test_close (Fixture       *fixture,
            gconstpointer  unused)
{
  g_autoptr (Peer) websocket = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) comet = peer_new (fixture->port);
  g_autofree char *id = peer_get_session (websocket);
  g_autofree char *comet_id = peer_open_comet (comet);
  g_autofree char *body = NULL;
  g_auto (Frame) frame = { 0 };

  peer_send_text (websocket, "{\"type\":\"__channel_id\",\"data\":\"c\"}");
  g_assert_cmpuint (peer_post (comet, comet_id, "[{\"type\":\"__channel_id\",\"data\":\"d\"}]"), ==, 200);
  peer_wait_for_count (&fixture->n_opened, 2);
  peer_poll (comet, comet_id);
  peer_idle (20);
  g_string_truncate (fixture->book, 0);

  /* In this order, without the main loop in between: as at the end of a program. */
  rocketio_server_push (fixture->server, "bye", NULL, NULL);
  rocketio_server_close (fixture->server);
  fixture_expect_book (fixture, "closed SHUTDOWN\nclosed SHUTDOWN\n");
  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_NONE), ==, 0);
  peer_expect_text (websocket, "{\"type\":\"bye\",\"data\":null}");
  peer_get_frame (websocket, &frame);
  g_assert_cmphex (frame.first, ==, 0x88);
  body = peer_get_poll (comet);
  g_assert_cmpstr (body, ==, "[{\"type\":\"bye\",\"data\":null}]");
  peer_wait_for_end (websocket);
  peer_wait_for_end (comet);

  /* And is over for good. */
  rocketio_server_close (fixture->server);
  g_assert_true (rocketio_server_push (fixture->server, "x", NULL, NULL));
  g_assert_null (rocketio_server_get_uris (fixture->server));
}

/* A held poll ends with an array, and the session with it. */
static void
test_close_session (Fixture       *fixture,
                    gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  g_autofree char *body = NULL;
  RocketIOSession *session = rocketio_server_get_session (fixture->server, id);

  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"e\"}]"), ==, 200);
  peer_poll (peer, id);
  peer_idle (20);
  g_object_ref (session);
  rocketio_session_close (session);
  rocketio_session_close (session);
  fixture_expect_book (fixture, "opened -\nevent e null\nclosed SERVER\n");
  body = peer_get_poll (peer);
  g_assert_cmpstr (body, ==, "[]");
  g_assert_true (rocketio_session_push (session, "x", NULL, NULL));
  g_object_unref (session);
}

/* A handler that runs a main loop stops nobody else. */

static void
nest_cb (RocketIOServer  *server,
         JsonNode        *data,
         RocketIOSession *session,
         const char      *name,
         Peer           **peers)
{
  g_autofree char *body = NULL;

  peer_send_text (peers[0], "{\"type\":\"echo\",\"data\":\"inside\"}");
  peer_expect_text (peers[0], "{\"type\":\"echo\",\"data\":\"inside\"}");
  g_assert_cmpuint (peer_request (peers[1], "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
  peer_free (g_steal_pointer (&peers[2]));
  peer_idle (30);
}

static void
test_nested_loop (Fixture       *fixture,
                  gconstpointer  unused)
{
  Peer *peers[] = {
    peer_new_websocket (fixture->port, "/websocketio/io"), peer_new (fixture->port),
    peer_new_websocket (fixture->port, "/websocketio/io"),
  };
  g_autoptr (Peer) nester = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *first = peer_get_session (peers[0]);
  g_autofree char *id = peer_get_session (nester);

  g_signal_connect (fixture->server, "event::nest", G_CALLBACK (nest_cb), peers);
  for (guint i = 0; i < 3; i++)
    peer_send_text (nester, "{\"type\":\"%s\",\"data\":%u}", i == 0 ? "nest" : "echo", i);

  /* Its own messages wait, in order, and are all there afterwards. */
  peer_expect_text (nester, "{\"type\":\"echo\",\"data\":1}");
  peer_expect_text (nester, "{\"type\":\"echo\",\"data\":2}");
  g_assert_null (peers[2]);
  fixture_expect_book (fixture,
                       "opened -\nevent nest 0\nopened -\nevent echo \"inside\"\nevent echo 1\nevent echo 2\n");
  peer_free (peers[0]);
  peer_free (peers[1]);
}

/* A server may go without having been used. */
static void
test_unused (void)
{
  guint n_fds = fixture_count_fds ();
  g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);

  g_object_unref (rocketio_server_new ());
  g_object_unref (rocketio_server_new_for_soup_server (soup));
  g_assert_cmpuint (fixture_count_fds (), <=, n_fds + 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < 2 * N_PLACES * N_ACTIONS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/server/life/%s/%s/in-%s",
                                               i < N_PLACES * N_ACTIONS ? "websocket" : "comet",
                                               action_names[i / N_PLACES % N_ACTIONS], place_names[i % N_PLACES]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end);
    }
  fixture_add ("/server/life/close", test_close);
  fixture_add ("/server/life/close-session", test_close_session);
  fixture_add ("/server/life/nested-loop", test_nested_loop);
  g_test_add_func ("/server/life/unused", test_unused);
  fixture_add ("/server/life/silent-list", test_silent_list);

  return g_test_run ();
}
