/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#define DEFAULT_POLL_TIME      110        /* seconds: below the 120 s after which the Ruby client gives a poll up */
#define MAX_POLL_TIME          120
#define DEFAULT_MESSAGE_BYTES  131072
#define DEFAULT_BODY_BYTES     1048576
#define DEFAULT_QUEUE_BYTES    1048576
#define DEFAULT_WINDOW         120        /* seconds, as those that follow */
#define MAX_WINDOW             86400
#define DEFAULT_HEARTBEAT      25
#define DEFAULT_TIMEOUT        20
#define MAX_HEARTBEAT          3600

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

enum
{
  PROP_SOUP_SERVER = 1,
  PROP_SESSIONS,
  PROP_WEBSOCKET,
  PROP_COMET,
  PROP_VERSION_1,
  PROP_POLL_TIME,
  PROP_POST_INTERVAL,
  PROP_ALLOWED_ORIGINS,
  PROP_MAX_MESSAGE_BYTES,
  PROP_MAX_BODY_BYTES,
  PROP_MAX_QUEUE_BYTES,
  PROP_RESUME_WINDOW,
  PROP_HEARTBEAT,
  PROP_HEARTBEAT_TIMEOUT,
  PROP_SLOW_POLICY,
  PROP_STATE_FILE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
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
  self->inbox = rocketio_inbox_ref (rocketio_hub_get_inbox (self->hub));
  self->listener = rocketio_listener_new (self->reactor, self->soup);
  rocketio_listener_set_max_body (self->listener, self->max_body);
  rocketio_server_init_sessions (self);
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
  if (self->pages != NULL)
    soup_server_remove_handler (self->soup, "/");
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
  g_clear_object (&self->state_file);

  G_OBJECT_CLASS (rocketio_server_parent_class)->finalize (object);
}

static void
rocketio_server_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  RocketIOServer *self = ROCKETIO_SERVER (object);

  switch (property_id)
    {
    case PROP_SOUP_SERVER:
      g_value_set_object (value, self->soup);
      break;

    case PROP_SESSIONS:
      g_value_set_object (value, rocketio_server_get_sessions (self));
      break;

    case PROP_WEBSOCKET:
      g_value_set_boolean (value, self->settings.websocket);
      break;

    case PROP_COMET:
      g_value_set_boolean (value, self->settings.comet);
      break;

    case PROP_VERSION_1:
      g_value_set_boolean (value, self->settings.version_1);
      break;

    case PROP_POLL_TIME:
      g_value_set_uint (value, self->settings.poll_time);
      break;

    case PROP_POST_INTERVAL:
      g_value_set_uint (value, self->settings.post_interval);
      break;

    case PROP_ALLOWED_ORIGINS:
      g_value_set_boxed (value, self->allowed_origins);
      break;

    case PROP_MAX_MESSAGE_BYTES:
      g_value_set_uint64 (value, self->settings.session.max_message);
      break;

    case PROP_MAX_BODY_BYTES:
      g_value_set_uint64 (value, self->max_body);
      break;

    case PROP_MAX_QUEUE_BYTES:
      g_value_set_uint64 (value, self->max_queue);
      break;

    case PROP_RESUME_WINDOW:
      g_value_set_uint (value, self->settings.session.resume_window);
      break;

    case PROP_HEARTBEAT:
      g_value_set_uint (value, self->settings.session.heartbeat);
      break;

    case PROP_HEARTBEAT_TIMEOUT:
      g_value_set_uint (value, self->settings.session.timeout);
      break;

    case PROP_SLOW_POLICY:
      g_value_set_enum (value, self->settings.session.slow_policy);
      break;

    case PROP_STATE_FILE:
      g_value_set_object (value, self->state_file);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
rocketio_server_set_property (GObject      *object,
                              guint         property_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  RocketIOServer *self = ROCKETIO_SERVER (object);

  switch (property_id)
    {
    case PROP_SOUP_SERVER:
      self->soup = g_value_dup_object (value);
      break;

    case PROP_WEBSOCKET:
      rocketio_server_set_websocket (self, g_value_get_boolean (value));
      break;

    case PROP_COMET:
      rocketio_server_set_comet (self, g_value_get_boolean (value));
      break;

    case PROP_VERSION_1:
      rocketio_server_set_version_1 (self, g_value_get_boolean (value));
      break;

    case PROP_POLL_TIME:
      rocketio_server_set_poll_time (self, g_value_get_uint (value));
      break;

    case PROP_POST_INTERVAL:
      rocketio_server_set_post_interval (self, g_value_get_uint (value));
      break;

    case PROP_ALLOWED_ORIGINS:
      rocketio_server_set_allowed_origins (self, g_value_get_boxed (value));
      break;

    case PROP_MAX_MESSAGE_BYTES:
      rocketio_server_set_max_message_bytes (self, g_value_get_uint64 (value));
      break;

    case PROP_MAX_BODY_BYTES:
      rocketio_server_set_max_body_bytes (self, g_value_get_uint64 (value));
      break;

    case PROP_MAX_QUEUE_BYTES:
      rocketio_server_set_max_queue_bytes (self, g_value_get_uint64 (value));
      break;

    case PROP_RESUME_WINDOW:
      rocketio_server_set_resume_window (self, g_value_get_uint (value));
      break;

    case PROP_HEARTBEAT:
      rocketio_server_set_heartbeat (self, g_value_get_uint (value));
      break;

    case PROP_HEARTBEAT_TIMEOUT:
      rocketio_server_set_heartbeat_timeout (self, g_value_get_uint (value));
      break;

    case PROP_SLOW_POLICY:
      rocketio_server_set_slow_policy (self, g_value_get_enum (value));
      break;

    case PROP_STATE_FILE:
      rocketio_server_set_state_file (self, g_value_get_object (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * RocketIOServer:soup-server: (getter get_soup_server)
   *
   * The HTTP server that this one lives in: the app's, or one of its own, to which the app may add handlers.
   */
  properties[PROP_SOUP_SERVER] =
    g_param_spec_object ("soup-server", NULL, NULL, SOUP_TYPE_SERVER,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * RocketIOServer:sessions: (getter get_sessions)
   *
   * All sessions, as a list that tells its changes. The order means nothing.
   */
  properties[PROP_SESSIONS] = g_param_spec_object ("sessions", NULL, NULL, G_TYPE_LIST_MODEL, readable);

  /**
   * RocketIOServer:websocket: (getter get_websocket) (setter set_websocket)
   *
   * Whether clients may connect by WebSocket. The environment variable `ROCKETIO_WEBSOCKET=disable` switches it off
   * from outside.
   */
  properties[PROP_WEBSOCKET] = g_param_spec_boolean ("websocket", NULL, NULL, TRUE, writable);

  /**
   * RocketIOServer:comet: (getter get_comet) (setter set_comet)
   *
   * Whether clients may connect by Comet (HTTP long polling). The environment variable `ROCKETIO_COMET=disable`
   * switches it off from outside.
   */
  properties[PROP_COMET] = g_param_spec_boolean ("comet", NULL, NULL, TRUE, writable);

  /**
   * RocketIOServer:version-1: (getter get_version_1) (setter set_version_1)
   *
   * Whether clients that speak version 1 of the wire protocol, that of 2013, may connect.
   */
  properties[PROP_VERSION_1] = g_param_spec_boolean ("version-1", NULL, NULL, TRUE, writable);

  /**
   * RocketIOServer:poll-time: (getter get_poll_time) (setter set_poll_time)
   *
   * How long a poll is held at most, in seconds, from 20 to 120. Less works, with a warning, and is for tests. It goes
   * for sessions that begin afterwards.
   *
   * A Comet client that has not polled for twice this time and ten seconds is taken for gone.
   */
  properties[PROP_POLL_TIME] =
    g_param_spec_uint ("poll-time", NULL, NULL, 1, MAX_POLL_TIME, DEFAULT_POLL_TIME, writable);

  /**
   * RocketIOServer:post-interval: (getter get_post_interval) (setter set_post_interval)
   *
   * How long Comet clients may collect what they push before they send it, in seconds.
   */
  properties[PROP_POST_INTERVAL] =
    g_param_spec_uint ("post-interval", NULL, NULL, 1, 3600, 1, writable);

  /**
   * RocketIOServer:allowed-origins: (getter get_allowed_origins) (setter set_allowed_origins)
   *
   * The origins (RFC 6454), besides the server's own, whose pages may connect: `https://example.org`,
   * the same with `*.` before the host for all below a domain, or `*` for all there are.
   */
  properties[PROP_ALLOWED_ORIGINS] = g_param_spec_boxed ("allowed-origins", NULL, NULL, G_TYPE_STRV, writable);

  /**
   * RocketIOServer:max-message-bytes: (getter get_max_message_bytes) (setter set_max_message_bytes)
   *
   * The bytes that one message of a client may have, all fragments together. A WebSocket client that sends more is
   * disconnected with code 1009, a POST with more is refused with 413. It goes for connections made afterwards.
   */
  properties[PROP_MAX_MESSAGE_BYTES] =
    g_param_spec_uint64 ("max-message-bytes", NULL, NULL, 1024, G_MAXUINT32, DEFAULT_MESSAGE_BYTES, writable);

  /**
   * RocketIOServer:max-body-bytes: (getter get_max_body_bytes) (setter set_max_body_bytes)
   *
   * The bytes that the body of an HTTP request may have: of any request on the connections that the server accepts,
   * those for the app's own handlers included, and of requests for the server's own paths wherever they come in. More
   * is refused with 413.
   */
  properties[PROP_MAX_BODY_BYTES] =
    g_param_spec_uint64 ("max-body-bytes", NULL, NULL, 1024, G_MAXINT64, DEFAULT_BODY_BYTES, writable);

  /**
   * RocketIOServer:max-queue-bytes: (getter get_max_queue_bytes) (setter set_max_queue_bytes)
   *
   * The bytes that may wait for one client that reads too slowly, or has not polled yet. With more,
   * [property@Server:slow-policy] says what happens: by default the client is disconnected, with
   * %ROCKETIO_CLOSE_REASON_SLOW if that is the end of its session. A single push of any size goes out.
   */
  properties[PROP_MAX_QUEUE_BYTES] =
    g_param_spec_uint64 ("max-queue-bytes", NULL, NULL, 1024, G_MAXUINT32, DEFAULT_QUEUE_BYTES, writable);

  /**
   * RocketIOServer:resume-window: (getter get_resume_window) (setter set_resume_window)
   *
   * How long the session of a client that was cut off waits for it, in seconds; 0: not at all. A client of version 2 of
   * the wire protocol that comes back in time goes on where it was, and gets what it has missed.
   */
  properties[PROP_RESUME_WINDOW] =
    g_param_spec_uint ("resume-window", NULL, NULL, 0, MAX_WINDOW, DEFAULT_WINDOW, writable);

  /**
   * RocketIOServer:heartbeat: (getter get_heartbeat) (setter set_heartbeat)
   *
   * How long a client of version 2 of the wire protocol may be silent before it is asked whether it is there, in
   * seconds. It is also how long a poll of such a client is held. It goes for connections made afterwards.
   */
  properties[PROP_HEARTBEAT] =
    g_param_spec_uint ("heartbeat", NULL, NULL, 1, MAX_HEARTBEAT, DEFAULT_HEARTBEAT, writable);

  /**
   * RocketIOServer:heartbeat-timeout: (getter get_heartbeat_timeout) (setter set_heartbeat_timeout)
   *
   * How long it has for the answer, in seconds, before its connection is taken for dead.
   */
  properties[PROP_HEARTBEAT_TIMEOUT] =
    g_param_spec_uint ("heartbeat-timeout", NULL, NULL, 1, MAX_HEARTBEAT, DEFAULT_TIMEOUT, writable);

  /**
   * RocketIOServer:slow-policy: (getter get_slow_policy) (setter set_slow_policy)
   *
   * What becomes of pushes without a policy of their own for a client that reads too slowly.
   */
  properties[PROP_SLOW_POLICY] =
    g_param_spec_enum ("slow-policy", NULL, NULL,
                       ROCKETIO_TYPE_SLOW_POLICY, ROCKETIO_SLOW_POLICY_DISCONNECT, writable);

  /**
   * RocketIOServer:state-file: (getter get_state_file) (setter set_state_file)
   *
   * A file in which the server, when it is drained, leaves what the next one needs so that clients of version 2 of the
   * wire protocol can resume there: sessions, and what was pushed of late. %NULL: none, and a restart begins anew.
   *
   * It is read, and taken away, when the server first listens. Nobody else can read it: clients' secrets are in it.
   */
  properties[PROP_STATE_FILE] = g_param_spec_object ("state-file", NULL, NULL, G_TYPE_FILE, writable);

  g_object_class_install_properties (object_class, N_PROPS, properties);
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
   * @request: the question whether the client may come in. Its data is what the client shows: the `auth` of its hello
   * @session: the client, that nobody else knows of yet
   *
   * Emitted when a client of version 2 of the wire protocol wants to come in. A handler looks at what it shows, sets
   * [property@Session:identity] if it likes, and answers the request: any reply lets it in, a failure keeps it out for
   * good, with the text of the failure. That may take up to 10 seconds. Without a handler everybody comes in.
   *
   * A client that resumes its session has proved who it is, and is not asked again. Clients of version 1 have no way to
   * show anything: an app that needs it turns [property@Server:version-1] off.
   */
  rocketio_server_signals[ROCKETIO_SERVER_AUTHENTICATE] =
    g_signal_new ("authenticate", ROCKETIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, ROCKETIO_TYPE_REQUEST, ROCKETIO_TYPE_SESSION);

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
  object_class->get_property = rocketio_server_get_property;
  object_class->set_property = rocketio_server_set_property;
  install_properties (object_class);

  install_signals ();
}

static void
rocketio_server_init (RocketIOServer *self)
{
  self->websocket = TRUE;
  self->comet = TRUE;
  self->max_body = DEFAULT_BODY_BYTES;
  self->max_queue = DEFAULT_QUEUE_BYTES;
  self->settings = (RocketIOEndpointsSettings) {
    .version_1 = TRUE,
    .websocket = TRUE,
    .comet = TRUE,
    .poll_time = DEFAULT_POLL_TIME,
    .post_interval = 1,
    .session = {
      .resume_window = DEFAULT_WINDOW,
      .heartbeat = DEFAULT_HEARTBEAT,
      .timeout = DEFAULT_TIMEOUT,
      .max_message = DEFAULT_MESSAGE_BYTES,
      .slow_policy = ROCKETIO_SLOW_POLICY_DISCONNECT,
    },
  };
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
pages_cb (SoupServer        *soup,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  rocketio_pages_handle (((RocketIOServer *) user_data)->pages, message, path);
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

  if (self->pages == NULL)
    soup_server_add_handler (self->soup, "/", pages_cb, self, NULL);
  g_clear_pointer (&self->pages, rocketio_pages_free);
  self->pages = pages;

  return TRUE;
}

/**
 * rocketio_server_serve_directory:
 * @self: a server
 * @path: (type filename): a directory
 * @flags: how
 * @error: return location for a #GError
 *
 * Serves the files of a directory, with those below it, at `/`: the app's page. A folder is answered with its
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
