/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#define DEFAULT_POLL_TIME      110        /* seconds: below the 120 s after which the Ruby client gives a poll up */
#define MAX_POLL_TIME          120
#define DEFAULT_MESSAGE_BYTES  131072
#define DEFAULT_BODY_BYTES     1048576
#define DEFAULT_QUEUE_BYTES    1048576
#define DEFAULT_LOG_BYTES      1048576
#define DEFAULT_TOTAL_BYTES    67108864
#define DEFAULT_WINDOW         120        /* seconds, as those that follow */
#define MAX_WINDOW             86400
#define DEFAULT_HEARTBEAT      25
#define DEFAULT_TIMEOUT        20
#define MAX_HEARTBEAT          3600

enum
{
  PROP_SOUP_SERVER = 1,
  PROP_SESSIONS,
  PROP_WEBSOCKET,
  PROP_COMET,
  PROP_COMPRESSION,
  PROP_VERSION_1,
  PROP_POLL_TIME,
  PROP_POST_INTERVAL,
  PROP_ALLOWED_ORIGINS,
  PROP_PATH_PREFIX,
  PROP_MAX_MESSAGE_BYTES,
  PROP_MAX_BODY_BYTES,
  PROP_MAX_QUEUE_BYTES,
  PROP_LOG_BYTES,
  PROP_TOTAL_LOG_BYTES,
  PROP_LOG_AGE,
  PROP_RESUME_WINDOW,
  PROP_HEARTBEAT,
  PROP_HEARTBEAT_TIMEOUT,
  PROP_SLOW_POLICY,
  PROP_STATE_FILE,
  PROP_TRUSTED_PROXIES,
  PROP_ALLOWED_HOSTS,
  PROP_LIMITS,                                  /* the first of them */
  N_PROPS = PROP_LIMITS + ROCKETIO_N_LIMITS
};

void
rocketio_server_init_settings (RocketIOServer *self)
{
  self->path_prefix = g_strdup ("");
  self->websocket = TRUE;
  self->comet = TRUE;
  self->max_body = DEFAULT_BODY_BYTES;
  self->max_queue = DEFAULT_QUEUE_BYTES;
  self->log_bounds = (RocketIOLogBounds) { DEFAULT_LOG_BYTES, DEFAULT_TOTAL_BYTES, 0 };
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
  rocketio_limits_init (&self->settings.session.limits);
}

static gboolean
is_limit (guint property_id)
{
  return property_id >= PROP_LIMITS && property_id < N_PROPS;
}

static void
set_limit (RocketIOServer *self,
           guint           property_id,
           guint           value,
           GParamSpec     *pspec)
{
  guint *limit = rocketio_limits_get (&self->settings.session.limits, property_id - PROP_LIMITS);

  if (!rocketio_server_check_thread (self, pspec->name) || *limit == value)
    return;

  *limit = value;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
get_property (GObject    *object,
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

    case PROP_COMPRESSION:
      g_value_set_boolean (value, self->settings.compression);
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

    case PROP_PATH_PREFIX:
      g_value_set_string (value, rocketio_server_get_path_prefix (self));
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

    case PROP_LOG_BYTES:
      g_value_set_uint64 (value, self->log_bounds.log_bytes);
      break;

    case PROP_TOTAL_LOG_BYTES:
      g_value_set_uint64 (value, self->log_bounds.total_bytes);
      break;

    case PROP_LOG_AGE:
      g_value_set_uint (value, self->log_bounds.age);
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

    case PROP_TRUSTED_PROXIES:
      g_value_set_boxed (value, self->trusted_proxies);
      break;

    case PROP_ALLOWED_HOSTS:
      g_value_set_boxed (value, self->allowed_hosts);
      break;

    default:
      if (is_limit (property_id))
        {
          g_value_set_uint (value, *rocketio_limits_get (&self->settings.session.limits, property_id - PROP_LIMITS));
          break;
        }
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
set_property (GObject      *object,
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

    case PROP_COMPRESSION:
      rocketio_server_set_compression (self, g_value_get_boolean (value));
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

    case PROP_PATH_PREFIX:
      rocketio_server_set_path_prefix (self, g_value_get_string (value));
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

    case PROP_LOG_BYTES:
      rocketio_server_set_log_bytes (self, g_value_get_uint64 (value));
      break;

    case PROP_TOTAL_LOG_BYTES:
      rocketio_server_set_total_log_bytes (self, g_value_get_uint64 (value));
      break;

    case PROP_LOG_AGE:
      rocketio_server_set_log_age (self, g_value_get_uint (value));
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

    case PROP_TRUSTED_PROXIES:
      rocketio_server_set_trusted_proxies (self, g_value_get_boxed (value));
      break;

    case PROP_ALLOWED_HOSTS:
      rocketio_server_set_allowed_hosts (self, g_value_get_boxed (value));
      break;

    default:
      if (is_limit (property_id))
        {
          set_limit (self, property_id, g_value_get_uint (value), pspec);
          break;
        }
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/**
 * RocketIOServer:max-sessions:
 *
 * The sessions there may be; 0: no limit. With more, clients are told to come back later (code 4005).
 */

/**
 * RocketIOServer:max-sessions-per-address:
 *
 * The sessions that one address may have, or in IPv6 one network of 64 bits; 0: no limit. With more, its clients are
 * told to come back later (code 4005). This machine is exempt, so that a proxy on it is; proxies elsewhere have to be
 * in [property@Server:trusted-proxies] for their clients to be told apart.
 */

/**
 * RocketIOServer:max-handshakes:
 *
 * The connections that may have said nothing yet, or may be in the middle of a TLS handshake; 0: no limit. With more,
 * those that have been silent for longest, and for a second at least, are closed.
 */

/**
 * RocketIOServer:handshake-timeout:
 *
 * How long a client has for each step on its way in, in seconds: for the TLS handshake, for the head of a request, and
 * for its hello; and how long the app has for [signal@Server::authenticate]. It goes for what begins afterwards.
 */

/**
 * RocketIOServer:max-channels:
 *
 * The channels that a session may be in.
 */

/**
 * RocketIOServer:request-rate:
 *
 * The HTTP requests that an address, or in IPv6 a network of 64 bits, may make, in one second; 0: no limit. Four times
 * as many may come at once. More are refused with 429 and a Retry-After. This machine is exempt, as above.
 */

/**
 * RocketIOServer:message-rate:
 *
 * The messages that a session may send, in one second; 0: no limit. Twice as many may come at once. Who sends more is
 * not refused but slowed down: it is not read from, or its POST is answered late, until it has come down to that.
 */

/**
 * RocketIOServer:byte-rate:
 *
 * The bytes of messages that a session may send, in one second; 0: no limit. Twice as many may come at once. Who sends
 * more is slowed down, as above.
 */

/**
 * RocketIOServer:join-rate:
 *
 * The channels that a client may join, in one second; 0: no limit. Twenty times as many may come at once. More are
 * refused with the code `too-many`.
 */
static void
install_limits (GParamSpec **properties,
                GParamFlags  flags)
{
  for (guint i = 0; i < ROCKETIO_N_LIMITS; i++)
    {
      const RocketIOLimit *limit = &rocketio_limits[i];

      properties[PROP_LIMITS + i] =
        g_param_spec_uint (limit->property, NULL, NULL, limit->minimum, limit->maximum, limit->usual, flags);
    }
}

void
rocketio_server_install_properties (GObjectClass *object_class)
{
  GParamSpec *properties[N_PROPS] = { NULL };
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
   * RocketIOServer:compression: (getter get_compression) (setter set_compression)
   *
   * Whether messages are compressed on WebSockets whose clients offer it (permessage-deflate, RFC 7692), as browsers
   * do. It goes for connections made afterwards.
   *
   * A push is compressed once, whatever the number of clients; those of less than 256 bytes, and what does not get
   * smaller, go out as they are. [property@Server:max-message-bytes] bounds what a message of a client comes to when it
   * is unpacked. It costs CPU time, and up to as much memory again for what is kept of the last pushes.
   *
   * Over TLS, do not compress what is secret together with what somebody else may choose: the length tells about it.
   */
  properties[PROP_COMPRESSION] = g_param_spec_boolean ("compression", NULL, NULL, FALSE, writable);

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
   * RocketIOServer:path-prefix: (getter get_path_prefix) (setter set_path_prefix)
   *
   * What stands before all paths of the server, such as `/app`: with it the browser client is at
   * `/app/rocketio/rocketio.mjs`, and what [method@Server.serve_directory] serves at `/app/`. It is for servers that
   * share a host name. Clients learn the rest from `/app/rocketio/settings`, those of version 1 of the wire protocol
   * too. To be set before the server listens.
   *
   * A proxy in front must pass the paths on as they are, prefix and all.
   */
  properties[PROP_PATH_PREFIX] = g_param_spec_string ("path-prefix", NULL, NULL, NULL, writable);

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
   * RocketIOServer:log-bytes: (getter get_log_bytes) (setter set_log_bytes)
   *
   * The bytes of pushes that are kept for clients that come back: of those to everybody, and of those to each channel.
   * More than [property@Server:max-queue-bytes] may wait for nobody, so that much is kept in any case. A client that
   * was away for more than is kept is not recovered.
   */
  properties[PROP_LOG_BYTES] =
    g_param_spec_uint64 ("log-bytes", NULL, NULL, 1024, G_MAXUINT32, DEFAULT_LOG_BYTES, writable);

  /**
   * RocketIOServer:total-log-bytes: (getter get_total_log_bytes) (setter set_total_log_bytes)
   *
   * The bytes of pushes that the server keeps in all, those included that go to single sessions. With more, the oldest
   * are dropped where most is kept; who had still to get them is cut off, or not recovered when it comes back.
   */
  properties[PROP_TOTAL_LOG_BYTES] =
    g_param_spec_uint64 ("total-log-bytes", NULL, NULL, 1024, G_MAXINT64, DEFAULT_TOTAL_BYTES, writable);

  /**
   * RocketIOServer:log-age: (getter get_log_age) (setter set_log_age)
   *
   * How long a push is kept that every client with a connection has got, in seconds; 0: as long as
   * [property@Server:resume-window], which is as long as a client may come back for it.
   */
  properties[PROP_LOG_AGE] = g_param_spec_uint ("log-age", NULL, NULL, 0, MAX_WINDOW, 0, writable);

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

  /**
   * RocketIOServer:trusted-proxies: (getter get_trusted_proxies) (setter set_trusted_proxies)
   *
   * The proxies before the server, by address or network: `10.0.0.7`, `10.0.0.0/8`. What they say of a client by
   * `X-Forwarded-For`, `-Host` and `-Proto`, or where they do not, by `Forwarded` (RFC 7239), is believed, and what the
   * client itself has put there is not: the client is the first from the right that is no such proxy. %NULL: there is
   * none. A proxy that sets only `Forwarded` has to take out the others.
   *
   * It decides about [property@Session:remote-address], limits by address, and the host that a request is for.
   */
  properties[PROP_TRUSTED_PROXIES] = g_param_spec_boxed ("trusted-proxies", NULL, NULL, G_TYPE_STRV, writable);

  /**
   * RocketIOServer:allowed-hosts: (getter get_allowed_hosts) (setter set_allowed_hosts)
   *
   * The names by which the server may be asked for, besides those that are good anyway: IP addresses, `localhost` and
   * what is below it, `*.local`, and the name of this machine. `example.org`, `*.example.org` for all below it, or `*` for all there are. Requests
   * for other names are refused with 421. So no page can make its own name lead here (DNS rebinding) and then pass for
   * the server's own.
   */
  properties[PROP_ALLOWED_HOSTS] = g_param_spec_boxed ("allowed-hosts", NULL, NULL, G_TYPE_STRV, writable);

  install_limits (properties, writable);

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  g_object_class_install_properties (object_class, N_PROPS, properties);
}
