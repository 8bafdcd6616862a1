/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The server that tests of clients speak to. It answers the events of the original's test app. */

#include <glib-unix.h>
#include <rocketio-glib/rocketio-glib.h>
#include <stdio.h>

static JsonNode *
get_member (JsonNode   *data,
            const char *name)
{
  if (!JSON_NODE_HOLDS_OBJECT (data))
    return NULL;

  return json_object_get_member (json_node_get_object (data), name);
}

static void
on_broadcast (RocketIOServer  *server,
              JsonNode        *data,
              RocketIOSession *session,
              const char      *name,
              gpointer         user_data)
{
  rocketio_server_push (server, name, data, NULL);
}

static void
add_id (GStrvBuilder *builder,
        JsonNode     *id)
{
  if (JSON_NODE_HOLDS_VALUE (id) && json_node_get_string (id) != NULL)
    g_strv_builder_add (builder, json_node_get_string (id));
}

/* `to` is an id or an array of ids. */
static void
on_message (RocketIOServer  *server,
            JsonNode        *data,
            RocketIOSession *session,
            const char      *name,
            gpointer         user_data)
{
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;
  JsonNode *to = get_member (data, "to");
  JsonArray *array = to != NULL && JSON_NODE_HOLDS_ARRAY (to) ? json_node_get_array (to) : NULL;

  if (to != NULL && array == NULL)
    add_id (builder, to);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    add_id (builder, json_array_get_element (array, i));

  ids = g_strv_builder_end (builder);
  rocketio_push_options_set_to (options, (const char *const *) ids);
  rocketio_server_push_full (server, name, data, options, NULL);
}

static void
on_to_channel (RocketIOServer  *server,
               JsonNode        *data,
               RocketIOSession *session,
               const char      *name,
               gpointer         user_data)
{
  const char *channel = rocketio_session_get_channel (session);

  if (channel != NULL)
    rocketio_server_push_to_channel (server, channel, name, data, NULL);
}

static void
on_echo (RocketIOServer  *server,
         JsonNode        *data,
         RocketIOSession *session,
         const char      *name,
         gpointer         user_data)
{
  rocketio_session_push (session, name, data, NULL);
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

int
main (int    argc,
      char **argv)
{
  int port = 0, comet_timeout = 0;
  gboolean cross_domain = FALSE;
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "The port to listen on; 0 is any that is free", "N" },
    { "comet-timeout", 0, 0, G_OPTION_ARG_INT, &comet_timeout, "How long a poll is held", "SECONDS" },
    { "cross-domain", 0, 0, G_OPTION_ARG_NONE, &cross_domain, "Let pages of any origin in", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the server that tests speak to");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (RocketIOServer) server = NULL;
  g_autoptr (GError) error = NULL;
  GSList *uris;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  server = rocketio_server_new ();
  if (comet_timeout > 0)
    rocketio_server_set_poll_time (server, comet_timeout);
  if (cross_domain)
    rocketio_server_set_allowed_origins (server, (const char *const[]) { "*", NULL });

  g_signal_connect (server, "event::broadcast", G_CALLBACK (on_broadcast), NULL);
  g_signal_connect (server, "event::foo", G_CALLBACK (on_broadcast), NULL);
  g_signal_connect (server, "event::message", G_CALLBACK (on_message), NULL);
  g_signal_connect (server, "event::to_channel", G_CALLBACK (on_to_channel), NULL);
  g_signal_connect (server, "event::echo", G_CALLBACK (on_echo), NULL);

  if (!rocketio_server_listen (server, NULL, port, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  uris = rocketio_server_get_uris (server);
  g_print ("listening on http://127.0.0.1:%d/\n", g_uri_get_port (uris->data));
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_unix_signal_add (SIGINT, quit_cb, loop);
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_main_loop_run (loop);
  rocketio_server_close (server);

  return 0;
}
