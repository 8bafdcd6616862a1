/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

/**
 * RocketIOServer:
 *
 * Talks with the pages of browsers, and with other clients, by events.
 *
 * A server is its own HTTP and WebSocket server, or lives in a [class@Soup.Server] that the app has already. What
 * clients push arrives as the detailed signal [signal@Server::event]; [method@Server.push] and its kin call events at
 * the clients.
 *
 * ```c
 * static void
 * on_chat (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
 * {
 *   rocketio_server_push (server, "chat", data, NULL);
 * }
 *
 * g_autoptr (RocketIOServer) server = rocketio_server_new ();
 * g_signal_connect (server, "event::chat", G_CALLBACK (on_chat), NULL);
 * rocketio_server_listen (server, NULL, 5000, NULL, &error);
 * ```
 *
 * A server belongs to the [struct@GLib.MainContext] that was the thread's default when it was made. It works whenever
 * that context runs: signals are emitted there, one at a time, and methods may be called only from the thread that runs
 * it. The exception are the pushes ([method@Server.push] and its kin), which may come from any thread.
 *
 * A server lives as long as somebody holds a reference to it; neither its sessions nor the main context does. The last
 * reference is to be dropped in the thread of the server, where a handler may do it, too. A server that is finalized
 * closes all connections and emits nothing more; to have [signal@Server::session-closed] emitted and last pushes sent,
 * call [method@Server.close] before. [method@Server.run] does that by itself.
 *
 * Clients reconnect by themselves, also to a server that is made anew at the same address.
 *
 * The guides tell more: [A first server](first-server.html), [Channels](channels.html), [Embedding](embedding.html).
 */

guint rocketio_server_signals[ROCKETIO_SERVER_N_SIGNALS];

G_DEFINE_FINAL_TYPE (RocketIOServer, rocketio_server, G_TYPE_OBJECT)

gboolean
rocketio_server_check_thread (RocketIOServer *self,
                              const char     *function)
{
  return rocketio_inbox_check_thread (self->inbox, function);
}

/* Settings */

static gboolean
is_disabled (const char  *variable,
             GError     **error)
{
  const char *value = g_getenv (variable);

  if (value == NULL || *value == '\0')
    return FALSE;
  if (g_str_equal (value, "disable") || g_str_equal (value, "false"))
    return TRUE;

  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING,
               "The environment variable %s is \"%s\"; set it to \"disable\" or not at all", variable, value);

  return FALSE;
}

gboolean
rocketio_server_read_environment (RocketIOServer  *self,
                                  GError         **error)
{
  g_autoptr (GError) local_error = NULL;

  self->settings.websocket = self->websocket && !is_disabled ("ROCKETIO_WEBSOCKET", &local_error);
  self->settings.comet = self->comet &&
                         !is_disabled ("ROCKETIO_COMET", local_error == NULL ? &local_error : NULL);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static void
warn_about_environment (RocketIOServer *self)
{
  g_autoptr (GError) error = NULL;

  if (!rocketio_server_read_environment (self, &error))
    g_warning ("%s", error->message);
}

/* The original's rule; milliseconds. */
guint
rocketio_server_get_silence_time (RocketIOServer *self)
{
  return (2 * self->settings.poll_time + 10) * 1000;
}

/* GObject */

static void
rocketio_server_constructed (GObject *object)
{
  RocketIOServer *self = ROCKETIO_SERVER (object);
  g_autoptr (GError) error = NULL;

  G_OBJECT_CLASS (rocketio_server_parent_class)->constructed (object);

  self->context = g_main_context_ref_thread_default ();
  self->reactor = rocketio_reactor_new (self->context, &error);
  if (self->reactor == NULL)
    g_error ("RocketIOServer cannot watch sockets: %s", error->message);

  if (self->soup == NULL)
    self->soup = soup_server_new (NULL, NULL);
  self->hub = rocketio_hub_new (self->reactor);
  rocketio_hub_set_max_queue (self->hub, self->max_queue);
  rocketio_server_bound_logs (self);
  self->inbox = rocketio_inbox_ref (rocketio_hub_get_inbox (self->hub));
  self->listener = rocketio_listener_new (self->reactor, self->soup);
  rocketio_listener_set_max_body (self->listener, self->max_body);
  rocketio_server_init_sessions (self);
  rocketio_server_guard (self);
  warn_about_environment (self);
}

static void
end_sessions (RocketIOServer *self)
{
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (self->hub);
  guint n;

  /* A handler of session-closed may close others. */
  while ((n = rocketio_session_list_get_n (sessions)) > 0)
    {
      g_autoptr (RocketIOSession) session = g_object_ref (rocketio_session_list_get (sessions, n - 1));

      rocketio_session_end (session, ROCKETIO_CLOSE_REASON_SHUTDOWN);
    }
}

static void
shut (RocketIOServer *self)
{
  if (self->endpoints == NULL)
    return;

  if (self->loop != NULL)
    g_main_loop_quit (self->loop);
  g_clear_pointer (&self->endpoints, rocketio_endpoints_free);
  rocketio_server_call_off_drain (self);
  g_clear_pointer (&self->greeter, rocketio_greeter_free);
  while (!g_queue_is_empty (&self->arrivals))
    rocketio_arrival_decide (g_queue_peek_head (&self->arrivals),
                             rocketio_verdict_for (ROCKETIO_CLOSE_REASON_SHUTDOWN));
  rocketio_server_remove_pages (self);
  end_sessions (self);
  rocketio_listener_close (self->listener);
}

static void
rocketio_server_dispose (GObject *object)
{
  RocketIOServer *self = ROCKETIO_SERVER (object);

  if (self->reactor != NULL)
    {
      self->silent = TRUE;
      rocketio_session_list_freeze (rocketio_hub_get_sessions (self->hub));
      shut (self);
      rocketio_hub_close (self->hub);
      rocketio_reactor_close (self->reactor);
    }

  g_clear_pointer (&self->listener, rocketio_listener_unref);
  g_clear_pointer (&self->presence, rocketio_presence_free);
  g_clear_pointer (&self->farewells, rocketio_farewells_free);
  g_clear_pointer (&self->pages, rocketio_pages_free);
  g_clear_pointer (&self->hub, rocketio_hub_unref);
  g_clear_pointer (&self->reactor, rocketio_reactor_unref);

  G_OBJECT_CLASS (rocketio_server_parent_class)->dispose (object);
}

static void
rocketio_server_finalize (GObject *object)
{
  RocketIOServer *self = ROCKETIO_SERVER (object);

  g_clear_object (&self->soup);
  g_clear_pointer (&self->inbox, rocketio_inbox_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_strfreev (self->allowed_origins);
  g_strfreev (self->allowed_hosts);
  g_strfreev (self->trusted_proxies);
  g_clear_pointer (&self->settings.trusted_proxies, g_ptr_array_unref);
  g_clear_pointer (&self->peers, rocketio_peers_free);
  g_free (self->path_prefix);
  g_clear_object (&self->state_file);

  G_OBJECT_CLASS (rocketio_server_parent_class)->finalize (object);
}

static gboolean
all_agree (GSignalInvocationHint *hint,
           GValue                *result,
           const GValue          *answer,
           gpointer               user_data)
{
  g_value_copy (answer, result);

  return g_value_get_boolean (answer);
}

static void
install_signals (void)
{
  /**
   * RocketIOServer::event:
   * @self: the server
   * @data: what the client told; a null node where it told nothing. Immutable
   * @session: the client
   * @name: the name of the event
   *
   * Emitted when a client pushes an event.
   *
   * The detail is the name of the event: connect to `event::chat` for the events named `chat`, or to plain `event` for
   * all of them. A name that nobody in the process has connected to comes without a detail, so @name tells it.
   *
   * The names `connect`, `disconnect`, `error`, `start`, `*` and those that start with `__` are the library's own and
   * never get here.
   */
  rocketio_server_signals[ROCKETIO_SERVER_EVENT] =
    g_signal_new ("event", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3,
                  JSON_TYPE_NODE | G_SIGNAL_TYPE_STATIC_SCOPE,
                  ROCKETIO_TYPE_SESSION,
                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * RocketIOServer::session-opened:
   * @self: the server
   * @session: the client
   *
   * Emitted once for each session, when the client has told which channel it wants to be in. For a client that tells
   * none it is emitted before its first event, or three seconds after it connected.
   */
  rocketio_server_signals[ROCKETIO_SERVER_SESSION_OPENED] =
    g_signal_new ("session-opened", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, ROCKETIO_TYPE_SESSION);

  /**
   * RocketIOServer::session-closed:
   * @self: the server
   * @session: the client; its channels are still those that it was in
   * @reason: why
   *
   * Emitted once for each session that was opened, when it is over.
   */
  rocketio_server_signals[ROCKETIO_SERVER_SESSION_CLOSED] =
    g_signal_new ("session-closed", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, ROCKETIO_TYPE_SESSION, ROCKETIO_TYPE_CLOSE_REASON);

  /**
   * RocketIOServer::binary:
   * @self: the server
   * @data: what the client sent
   * @session: the client
   * @name: the name of the event
   *
   * Emitted when a client pushes an event whose data is bytes.
   *
   * The detail is the name of the event, as for [signal@Server::event].
   */
  rocketio_server_signals[ROCKETIO_SERVER_BINARY] =
    g_signal_new ("binary", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3,
                  G_TYPE_BYTES,
                  ROCKETIO_TYPE_SESSION,
                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * RocketIOServer::request:
   * @self: the server
   * @request: what the client asks
   * @session: the client
   * @name: the name of the request
   *
   * Emitted when a client asks something and waits for the answer.
   *
   * The detail is the name of the request, as for [signal@Server::event]: connect to `request::add` for the requests
   * named `add`. A name that nobody has connected to is answered with the code `unknown-name`.
   */
  rocketio_server_signals[ROCKETIO_SERVER_REQUEST] =
    g_signal_new ("request", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3,
                  ROCKETIO_TYPE_REQUEST,
                  ROCKETIO_TYPE_SESSION,
                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * RocketIOServer::session-detached:
   * @self: the server
   * @session: the client; its transport is %ROCKETIO_TRANSPORT_TYPE_NONE
   *
   * Emitted when a client of version 2 of the wire protocol has lost its connection. Its session goes on: what is
   * pushed to it waits. Either [signal@Server::session-resumed] follows, or [signal@Server::session-closed] when
   * [property@Server:resume-window] is over.
   */
  rocketio_server_signals[ROCKETIO_SERVER_SESSION_DETACHED] =
    g_signal_new ("session-detached", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, ROCKETIO_TYPE_SESSION);

  /**
   * RocketIOServer::session-resumed:
   * @self: the server
   * @session: the client
   * @recovered: whether it gets everything that it has missed. Otherwise it gets nothing of that, and knows: more was
   *   pushed than is kept
   *
   * Emitted when a client is back.
   */
  rocketio_server_signals[ROCKETIO_SERVER_SESSION_RESUMED] =
    g_signal_new ("session-resumed", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, ROCKETIO_TYPE_SESSION, G_TYPE_BOOLEAN);

  /**
   * RocketIOServer::authenticate:
   * @self: the server
   * @request: the question whether the client may come in. Its data is what the client shows, the `auth` of its hello;
   *   its [property@Request:handshake] has the headers, cookies and so on that it came with
   * @session: the client, that nobody else knows of yet
   *
   * Emitted when a client wants to come in. A handler looks at what it shows, sets [property@Session:identity] if it
   * likes, and answers the request: any reply lets it in, a failure keeps it out for good, with the text of the failure.
   * That may take up to 10 seconds. Without a handler everybody comes in.
   *
   * A client that resumes its session has proved who it is, and is not asked again. A client of version 1 of the wire
   * protocol shows nothing but its handshake: the data is null. It knows no refusal that is final, and comes back.
   */
  rocketio_server_signals[ROCKETIO_SERVER_AUTHENTICATE] =
    g_signal_new ("authenticate", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, ROCKETIO_TYPE_REQUEST, ROCKETIO_TYPE_SESSION);

  /**
   * RocketIOServer::authorize-event:
   * @self: the server
   * @session: the client
   * @name: the name of the event or the request
   *
   * Emitted before what a client says is told by [signal@Server::event], [signal@Server::binary] or
   * [signal@Server::request], with the same detail. The first handler that returns %FALSE keeps it from the app; without
   * a handler every client may say everything.
   *
   * A client of version 2 of the wire protocol is told `denied`. One of version 1 is told nothing.
   *
   * Returns: whether it may
   */
  rocketio_server_signals[ROCKETIO_SERVER_AUTHORIZE_EVENT] =
    g_signal_new ("authorize-event", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, all_agree, NULL,
                  NULL, G_TYPE_BOOLEAN, 2, ROCKETIO_TYPE_SESSION, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * RocketIOServer::authorize-join:
   * @self: the server
   * @session: the client
   * @channel: the name of the channel
   *
   * Emitted when a client wants to join a channel. The first handler that returns %FALSE keeps it out; without a
   * handler every client may join every channel.
   *
   * A client of version 1 of the wire protocol that is kept out is in no channel.
   *
   * Returns: whether it may
   */
  rocketio_server_signals[ROCKETIO_SERVER_AUTHORIZE_JOIN] =
    g_signal_new ("authorize-join", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, all_agree, NULL, NULL,
                  G_TYPE_BOOLEAN, 2, ROCKETIO_TYPE_SESSION, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
rocketio_server_class_init (RocketIOServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = rocketio_server_constructed;
  object_class->dispose = rocketio_server_dispose;
  object_class->finalize = rocketio_server_finalize;
  rocketio_server_install_properties (object_class);
  install_signals ();
}

static void
rocketio_server_init (RocketIOServer *self)
{
  rocketio_server_init_settings (self);
}

/**
 * rocketio_server_new:
 *
 * Makes a server, for the main context that is the thread's default now. It does nothing before
 * [method@Server.listen].
 *
 * Returns: (transfer full): a new server
 */
RocketIOServer *
rocketio_server_new (void)
{
  return g_object_new (ROCKETIO_TYPE_SERVER, NULL);
}

/**
 * rocketio_server_new_for_soup_server:
 * @soup_server: the app's HTTP server, running in the main context that is the thread's default now
 *
 * Makes a server that lives in one that the app has already, next to the app's own handlers. It adds handlers for its
 * paths below `/rocketio`, `/cometio` and `/websocketio`, and takes them away again when it is closed.
 *
 * Returns: (transfer full): a new server
 */
RocketIOServer *
rocketio_server_new_for_soup_server (SoupServer *soup_server)
{
  g_return_val_if_fail (SOUP_IS_SERVER (soup_server), NULL);

  return g_object_new (ROCKETIO_TYPE_SERVER, "soup-server", soup_server, NULL);
}

/**
 * rocketio_server_get_soup_server: (get-property soup-server)
 * @self: a server
 *
 * Gets the HTTP server that this one lives in.
 *
 * Returns: (transfer none): the HTTP server
 */
SoupServer *
rocketio_server_get_soup_server (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);

  return self->soup;
}

/**
 * rocketio_server_close:
 * @self: a server
 *
 * Closes all sessions, with [signal@Server::session-closed], and stops listening. What was pushed before is still sent.
 * The server cannot be used again.
 */
void
rocketio_server_close (RocketIOServer *self)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  g_object_ref (self);
  shut (self);
  g_object_unref (self);
}

/* Pages */

static void
not_found (SoupServerMessage *message)
{
  static const char text[] = "There is nothing here.\n";

  soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_STATIC, text, sizeof text - 1);
}

void
rocketio_server_answer_page (RocketIOServer    *self,
                             SoupServerMessage *message,
                             const char        *path)
{
  const char *rest = path + strlen (self->path_prefix);

  if (self->pages == NULL)
    not_found (message);
  else if (*rest == '\0')
    rocketio_pages_redirect_to_folder (message, path);
  else
    rocketio_pages_handle (self->pages, message, rest);
}

static void
pages_cb (SoupServer        *soup,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  rocketio_server_answer_page (user_data, message, path);
}

static const char *
get_pages_path (RocketIOServer *self)
{
  return *self->path_prefix != '\0' ? self->path_prefix : "/";
}

void
rocketio_server_add_pages (RocketIOServer *self)
{
  if (self->pages != NULL)
    soup_server_add_handler (self->soup, get_pages_path (self), pages_cb, self, NULL);
}

void
rocketio_server_remove_pages (RocketIOServer *self)
{
  if (self->pages != NULL)
    soup_server_remove_handler (self->soup, get_pages_path (self));
}

static gboolean
serve (RocketIOServer *self,
       RocketIOPages  *pages)
{
  if (pages == NULL)
    return FALSE;

  if (self->endpoints == NULL)
    {
      rocketio_pages_free (pages);
      return TRUE;
    }

  rocketio_server_remove_pages (self);
  g_clear_pointer (&self->pages, rocketio_pages_free);
  self->pages = pages;
  rocketio_server_add_pages (self);

  return TRUE;
}

/**
 * rocketio_server_serve_directory:
 * @self: a server
 * @path: (type filename): a directory
 * @flags: how
 * @error: return location for a #GError
 *
 * Serves the files of a directory, with those below it, at `/`, or at the [property@Server:path-prefix]: the app's page.
 * A folder is answered with its
 * `index.html`. Files whose name starts with a dot, and links that lead out of the directory, are not served.
 *
 * It takes the place of what was served before.
 *
 * Returns: %TRUE, or %FALSE with an error if @path is no directory that can be read
 */
gboolean
rocketio_server_serve_directory (RocketIOServer      *self,
                                 const char          *path,
                                 RocketIOServeFlags   flags,
                                 GError             **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return FALSE;

  return serve (self, rocketio_pages_new_for_directory (path, flags, error));
}

/**
 * rocketio_server_serve_resource:
 * @self: a server
 * @path: a folder among the [struct@Gio.Resource]s of the process, such as `/org/example/page`
 * @flags: how
 * @error: return location for a #GError
 *
 * Serves the files of a resource folder, with those below it, at `/`, like [method@Server.serve_directory].
 *
 * Returns: %TRUE, or %FALSE with an error if there is nothing below @path
 */
gboolean
rocketio_server_serve_resource (RocketIOServer      *self,
                                const char          *path,
                                RocketIOServeFlags   flags,
                                GError             **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return FALSE;

  return serve (self, rocketio_pages_new_for_resource (path, flags, error));
}
