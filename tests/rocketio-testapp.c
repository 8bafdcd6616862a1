/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The server that tests of clients speak to. It answers the events of the original's test app, and what the conformance
 * runner needs of an app (tests/conformance/README.md). */

#include <rocketio-glib/rocketio-glib.h>
#include <stdio.h>

#include "raw-echo.h"

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

static gint64
get_int (JsonNode   *data,
         const char *name)
{
  JsonNode *member = get_member (data, name);

  return member != NULL && JSON_NODE_HOLDS_VALUE (member) ? json_node_get_int (member) : 0;
}

static const char *
get_string (JsonNode   *data,
            const char *name)
{
  JsonNode *member = get_member (data, name);

  return member != NULL && JSON_NODE_HOLDS_VALUE (member) ? json_node_get_string (member) : NULL;
}

/* `n` events to the session `to`, or back. */
static void
on_burst (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  const char *to = get_string (data, "to");
  gint64 n = MIN (get_int (data, "n"), 100000);

  for (gint64 i = 0; i < n; i++)
    {
      g_autoptr (JsonNode) number = json_node_init_int (json_node_alloc (), i);

      rocketio_server_push_to (server, to != NULL ? to : rocketio_session_get_id (session), name, number, NULL);
    }
}

static void
on_join (RocketIOServer  *server,
         JsonNode        *data,
         RocketIOSession *session,
         const char      *name,
         gpointer         user_data)
{
  const char *channel = get_string (data, "channel");

  if (channel != NULL)
    rocketio_session_join (session, channel, NULL);
}

static void
on_leave (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  const char *channel = get_string (data, "channel");

  if (channel != NULL)
    rocketio_session_leave (session, channel);
}

static void
on_close (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  const char *reason = get_string (data, "reason");
  gint64 code = get_int (data, "code");

  if (code == 0 || !rocketio_session_close_full (session, code, reason != NULL ? reason : "as asked", NULL))
    rocketio_session_close (session);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  RocketIOSession *session = ROCKETIO_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = rocketio_session_request_finish (session, result, &error);
  g_autoptr (JsonObject) outcome = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  if (answer != NULL)
    json_object_set_member (outcome, "data", g_steal_pointer (&answer));
  else
    json_object_set_string_member (outcome, "error", error->message);
  json_node_set_object (node, outcome);
  rocketio_session_push (session, "asked", node, NULL);
}

/* The server asks back, and tells what came of it. */
static void
on_ask (RocketIOServer  *server,
        JsonNode        *data,
        RocketIOSession *session,
        const char      *name,
        gpointer         user_data)
{
  const char *request = get_string (data, "name");

  rocketio_session_request_async (session, request != NULL ? request : "", get_member (data, "data"),
                                  get_int (data, "timeout"), NULL, asked_cb, NULL);
}

static void
on_add (RocketIOServer  *server,
        RocketIORequest *request,
        RocketIOSession *session,
        const char      *name,
        gpointer         user_data)
{
  JsonNode *data = rocketio_request_get_data (request);

  rocketio_request_reply_variant (request, g_variant_new_int64 (get_int (data, "a") + get_int (data, "b")), NULL);
}

static gboolean
reply_cb (gpointer user_data)
{
  rocketio_request_reply (user_data, NULL, NULL);

  return G_SOURCE_REMOVE;
}

static void
on_slow (RocketIOServer  *server,
         RocketIORequest *request,
         RocketIOSession *session,
         const char      *name,
         gpointer         user_data)
{
  g_timeout_add_full (G_PRIORITY_DEFAULT, get_int (rocketio_request_get_data (request), "ms"), reply_cb,
                      g_object_ref (request), g_object_unref);
}

static void
on_fail (RocketIOServer  *server,
         RocketIORequest *request,
         RocketIOSession *session,
         const char      *name,
         gpointer         user_data)
{
  rocketio_request_fail (request, "refused-by-app", "as asked", NULL);
}

static void
on_silent (RocketIOServer  *server,
           RocketIORequest *request,
           RocketIOSession *session,
           const char      *name,
           gpointer         user_data)
{
}

static void
on_binary (RocketIOServer  *server,
           GBytes          *data,
           RocketIOSession *session,
           const char      *name,
           gpointer         user_data)
{
  rocketio_session_push_bytes (session, name, data, NULL);
}

/* Events that may get lost. */
static void
on_volatile (RocketIOServer  *server,
             JsonNode        *data,
             RocketIOSession *session,
             const char      *name,
             gpointer         user_data)
{
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();

  rocketio_push_options_set_to (options, (const char *const[]) { rocketio_session_get_id (session), NULL });
  rocketio_push_options_set_volatile (options, TRUE);
  for (gint64 i = 0; i < MIN (get_int (data, "n"), 1000); i++)
    {
      g_autoptr (JsonNode) number = json_node_init_int (json_node_alloc (), i);

      rocketio_server_push_full (server, name, number, options, NULL);
    }
}

/* Events of which the oldest may be left out: `n` of 1,000 bytes. */
static void
on_droppable (RocketIOServer  *server,
              JsonNode        *data,
              RocketIOSession *session,
              const char      *name,
              gpointer         user_data)
{
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
  g_autofree char *filler = g_strnfill (1000, 'x');

  rocketio_push_options_set_to (options, (const char *const[]) { rocketio_session_get_id (session), NULL });
  rocketio_push_options_set_policy (options, ROCKETIO_SLOW_POLICY_DROP_OLDEST);
  for (gint64 i = 0; i < MIN (get_int (data, "n"), 100000); i++)
    rocketio_server_push_variant (server, name, g_variant_new ("(xs)", i, filler), options, NULL);
}

/* `{channel, value}`: kept for those who join. */
static void
on_retain (RocketIOServer  *server,
           JsonNode        *data,
           RocketIOSession *session,
           const char      *name,
           gpointer         user_data)
{
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
  const char *channel = get_string (data, "channel");

  rocketio_push_options_set_retain (options, TRUE);
  if (channel != NULL)
    rocketio_push_options_set_channels (options, (const char *const[]) { channel, NULL });
  rocketio_server_push_full (server, "retained", get_member (data, "value"), options, NULL);
}

static void
on_identify (RocketIOServer  *server,
             JsonNode        *data,
             RocketIOSession *session,
             const char      *name,
             gpointer         user_data)
{
  rocketio_session_set_identity (session, get_string (data, "identity"));
}

static void
on_authenticate (RocketIOServer  *server,
                 RocketIORequest *request,
                 RocketIOSession *session,
                 gpointer         user_data)
{
  const char *name = get_string (rocketio_request_get_data (request), "name");

  rocketio_session_set_identity (session, name);
  if (name != NULL)
    rocketio_request_reply (request, NULL, NULL);
  else
    rocketio_request_fail (request, "no-name", "say who you are", NULL);
}

static gboolean
on_authorize_join (RocketIOServer  *server,
                   RocketIOSession *session,
                   const char      *channel,
                   gpointer         user_data)
{
  return !g_str_has_prefix (channel, "private");
}

static gboolean
on_authorize_event (RocketIOServer  *server,
                    RocketIOSession *session,
                    const char      *name,
                    gpointer         user_data)
{
  return FALSE;
}

/* "S/S" */
static gboolean
set_heartbeat (RocketIOServer  *server,
               const char      *text,
               GError         **error)
{
  g_auto (GStrv) times = g_strsplit (text, "/", 2);
  guint64 heartbeat, timeout;

  if (!g_ascii_string_to_unsigned (times[0], 10, 1, 3600, &heartbeat, error) ||
      !g_ascii_string_to_unsigned (times[1] != NULL ? times[1] : "", 10, 1, 3600, &timeout, error))
    return FALSE;

  rocketio_server_set_heartbeat (server, heartbeat);
  rocketio_server_set_heartbeat_timeout (server, timeout);

  return TRUE;
}

/* "BYTES,S" */
static gboolean
set_log (RocketIOServer  *server,
         const char      *text,
         GError         **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", 2);
  guint64 bytes, age;

  if (!g_ascii_string_to_unsigned (words[0], 10, 1024, G_MAXUINT32, &bytes, error) ||
      !g_ascii_string_to_unsigned (words[0] != NULL && words[1] != NULL ? words[1] : "", 10, 0, 86400, &age, error))
    return FALSE;

  rocketio_server_set_log_bytes (server, bytes);
  rocketio_server_set_log_age (server, age);

  /* Logs keep what may wait for one client in any case. */
  if (rocketio_server_get_max_queue_bytes (server) > bytes)
    rocketio_server_set_max_queue_bytes (server, bytes);

  return TRUE;
}

static void
drained_cb (GObject      *server,
            GAsyncResult *result,
            gpointer      user_data)
{
  rocketio_server_drain_finish (ROCKETIO_SERVER (server), result, NULL);
}

/* `{spread}`, in milliseconds: everybody is sent away, and the program ends. */
static void
on_drain (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  rocketio_server_drain_async (server, CLAMP (get_int (data, "spread"), 0, 60000), NULL, drained_cb, NULL);
}

int
main (int    argc,
      char **argv)
{
  int port = 0, comet_timeout = 0, resume_window = -1;
  int max_queue = 0;
  g_autofree char *heartbeat = NULL;
  g_autofree char *log = NULL;
  g_autofree char *path_prefix = NULL;
  gboolean drain = FALSE;
  g_autofree char *state_file = NULL;
  gboolean authenticate = FALSE;
  gboolean cross_domain = FALSE;
  gboolean compression = FALSE;
  gboolean has_raw_echo = FALSE;
  gboolean has_limits = FALSE;
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "The port to listen on; 0 is any that is free", "N" },
    { "comet-timeout", 0, 0, G_OPTION_ARG_INT, &comet_timeout, "How long a poll is held", "SECONDS" },
    { "cross-domain", 0, 0, G_OPTION_ARG_NONE, &cross_domain, "Let pages of any origin in", NULL },
    { "resume-window", 0, 0, G_OPTION_ARG_INT, &resume_window, "How long a client that was cut off may come back",
      "SECONDS" },
    { "heartbeat", 0, 0, G_OPTION_ARG_STRING, &heartbeat, "How long a client may be silent, and has for its answer",
      "SECONDS/SECONDS" },
    { "path-prefix", 0, 0, G_OPTION_ARG_STRING, &path_prefix, "What stands before all paths", "PATH" },
    { "log", 0, 0, G_OPTION_ARG_STRING, &log, "How much each log keeps, and for how long", "BYTES,SECONDS" },
    { "drain", 0, 0, G_OPTION_ARG_NONE, &drain, "Let clients end the server, by an event drain {spread}", NULL },
    { "max-queue", 0, 0, G_OPTION_ARG_INT, &max_queue, "How much may wait for one client", "BYTES" },
    { "state-file", 0, 0, G_OPTION_ARG_FILENAME, &state_file, "Where to leave what the next server goes on from",
      "FILE" },
    { "authenticate", 0, 0, G_OPTION_ARG_NONE, &authenticate, "Let in only whoever tells a name", NULL },
    { "compression", 0, 0, G_OPTION_ARG_NONE, &compression, "Turn on permessage-deflate", NULL },
    { "limits", 0, 0, G_OPTION_ARG_NONE, &has_limits, "Limit the rates of clients, as servers do", NULL },
    { "raw-echo", 0, 0, G_OPTION_ARG_NONE, &has_raw_echo, "Send back whatever comes to /ws-echo, up to 32 MiB", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the server that tests speak to");
  g_autoptr (RocketIOServer) server = NULL;
  g_autoptr (RawEcho) raw_echo = NULL;
  g_autoptr (GError) error = NULL;
  GSList *uris;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  server = rocketio_server_new ();
  if (path_prefix != NULL)
    rocketio_server_set_path_prefix (server, path_prefix);
  if (comet_timeout > 0)
    rocketio_server_set_poll_time (server, comet_timeout);
  if (cross_domain)
    rocketio_server_set_allowed_origins (server, (const char *const[]) { "*", NULL });

  rocketio_server_set_compression (server, compression);
  if (!has_limits)
    g_object_set (server, "request-rate", 0, "message-rate", 0, "byte-rate", 0, "join-rate", 0, NULL);
  if (has_raw_echo)
    raw_echo = raw_echo_new (server, compression);
  if (resume_window >= 0)
    rocketio_server_set_resume_window (server, resume_window);
  if (heartbeat != NULL && !set_heartbeat (server, heartbeat, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  rocketio_server_set_history (server, "history", 100);
  rocketio_server_set_presence (server, "presence", TRUE);
  if (max_queue > 0)
    rocketio_server_set_max_queue_bytes (server, max_queue);
  if (log != NULL && !set_log (server, log, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  if (drain)
    g_signal_connect (server, "event::drain", G_CALLBACK (on_drain), NULL);
  if (state_file != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (state_file);

      rocketio_server_set_state_file (server, file);
    }
  if (authenticate)
    g_signal_connect (server, "authenticate", G_CALLBACK (on_authenticate), NULL);

  g_signal_connect (server, "event::volatile", G_CALLBACK (on_volatile), NULL);
  g_signal_connect (server, "event::droppable", G_CALLBACK (on_droppable), NULL);
  g_signal_connect (server, "event::retain", G_CALLBACK (on_retain), NULL);
  g_signal_connect (server, "event::identify", G_CALLBACK (on_identify), NULL);

  g_signal_connect (server, "event::burst", G_CALLBACK (on_burst), NULL);
  g_signal_connect (server, "event::join", G_CALLBACK (on_join), NULL);
  g_signal_connect (server, "event::leave", G_CALLBACK (on_leave), NULL);
  g_signal_connect (server, "event::close", G_CALLBACK (on_close), NULL);
  g_signal_connect (server, "event::ask", G_CALLBACK (on_ask), NULL);
  g_signal_connect (server, "binary", G_CALLBACK (on_binary), NULL);
  g_signal_connect (server, "request::add", G_CALLBACK (on_add), NULL);
  g_signal_connect (server, "request::slow", G_CALLBACK (on_slow), NULL);
  g_signal_connect (server, "request::fail", G_CALLBACK (on_fail), NULL);
  g_signal_connect (server, "request::silent", G_CALLBACK (on_silent), NULL);
  g_signal_connect (server, "authorize-join", G_CALLBACK (on_authorize_join), NULL);
  g_signal_connect (server, "authorize-event::forbidden", G_CALLBACK (on_authorize_event), NULL);
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
  g_print ("listening on http://127.0.0.1:%d%s\n", g_uri_get_port (uris->data), g_uri_get_path (uris->data));
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  rocketio_server_run (server);

  return 0;
}
