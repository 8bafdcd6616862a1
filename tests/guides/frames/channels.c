/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fragments of channels.md: "shout" goes to the moderator and two rooms, "list" prints who is there. */

#include <rocketio-glib/rocketio-glib.h>

static const char *
check_token (JsonNode *data)
{
  const char *token = json_node_get_string (data);

  return g_strcmp0 (token, "token of ann") == 0 ? "ann" : g_strcmp0 (token, "token of bob") == 0 ? "bob" : NULL;
}

/* @player@ */

/* @login@ */

/* @moved@ */

/* @full@ */

/* @list@ */

static void
on_shout (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  GListModel *sessions = rocketio_server_get_sessions (server);
  g_autoptr (RocketIOSession) moderator = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (RocketIOSession) one = g_list_model_get_item (sessions, i);

      if (g_strcmp0 (rocketio_session_get_identity (one), "ann") == 0)
        moderator = g_object_ref (one);
    }
  shout (server, data, session, rocketio_session_get_id (moderator));
}

static void
on_list (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  print_all (server);
}

static void
on_closed (RocketIOServer *server, RocketIOSession *session, RocketIOCloseReason reason, gpointer user_data)
{
  GObject *object = rocketio_session_get_user_data_object (session);

  g_print ("closed %s with %d points\n", rocketio_session_get_identity (session),
           object != NULL ? (int) GAME_PLAYER (object)->points : -1);
}

int
main (void)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "session-opened", G_CALLBACK (on_opened), NULL);
  g_signal_connect (server, "session-closed", G_CALLBACK (on_closed), NULL);
  g_signal_connect (server, "event::login", G_CALLBACK (on_login), NULL);
  g_signal_connect (server, "event::point", G_CALLBACK (on_point), NULL);
  g_signal_connect (server, "event::shout", G_CALLBACK (on_shout), NULL);
  g_signal_connect (server, "event::list", G_CALLBACK (on_list), NULL);
  if (!rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);
  rocketio_server_run (server);

  return 0;
}
