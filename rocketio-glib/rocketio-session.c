/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

#include <string.h>

#define MAX_REASON 100    /* bytes: a close frame of WebSocket has room for 123 */

/**
 * RocketIOSession:
 *
 * One client at a [class@Server].
 *
 * A session is made by its server when a client connects, and announced by [signal@Server::session-opened]. It goes on
 * until [signal@Server::session-closed], across the polls of a Comet client and across a change of transport. A client
 * that reconnects after that gets a new session, with the id that it had.
 *
 * The server holds a reference until then, so that handlers and [method@Server.get_session] need none. An app may hold
 * one for longer; it keeps what the app hung on the session, but the session is in no channel any more, its transport
 * is %ROCKETIO_TRANSPORT_TYPE_NONE, and pushing to it does nothing. It may even outlive its server.
 *
 * What the app knows of the client it may keep in [property@Session:identity] and [property@Session:user-data-object].
 *
 * Except for [method@Session.push] and its kin, which work from any thread, a session belongs to the thread that runs
 * the main context of its server.
 */

enum
{
  PROP_ID = 1,
  PROP_TRANSPORT,
  PROP_REMOTE_ADDRESS,
  PROP_CHANNEL,
  PROP_CHANNELS,
  PROP_ROUND_TRIP_TIME,
  PROP_BUFFERED_BYTES,
  PROP_DROPPED,
  PROP_PRESSURE,
  PROP_IDENTITY,
  PROP_USER_DATA_OBJECT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RocketIOSession, rocketio_session, G_TYPE_OBJECT)

gboolean
rocketio_session_id_is_valid (const char *id)
{
  return id != NULL && strlen (id) == ROCKETIO_SESSION_ID_LENGTH &&
         strspn (id, "0123456789abcdef") == ROCKETIO_SESSION_ID_LENGTH;
}

static void
make_id (char id[ROCKETIO_SESSION_ID_LENGTH + 1])
{
  static const char digits[] = "0123456789abcdef";
  guint8 bytes[ROCKETIO_SESSION_ID_LENGTH / 2];

  rocketio_get_random (bytes, sizeof bytes);
  for (guint i = 0; i < sizeof bytes; i++)
    {
      id[2 * i] = digits[bytes[i] >> 4];
      id[2 * i + 1] = digits[bytes[i] & 0xf];
    }
  id[ROCKETIO_SESSION_ID_LENGTH] = '\0';
}

void
rocketio_session_notify_channels (RocketIOSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNEL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNELS]);
}

void
rocketio_session_set_channel (RocketIOSession *self,
                              const char      *channel)
{
  g_autofree char *before = g_strdup (rocketio_feed_get_channel (&self->feed));

  if (g_strcmp0 (channel, before) == 0)
    return;

  rocketio_feed_set_channel (&self->feed, channel, self->host->get_seq (self->host->user_data));
  rocketio_session_notify_channels (self);
  if (before != NULL && self->host != NULL)
    self->host->left (self, before, self->host->user_data);
  if (channel != NULL && self->host != NULL)
    self->host->joined (self, channel, self->host->user_data);
}

/* GObject */

static void
rocketio_session_finalize (GObject *object)
{
  RocketIOSession *self = ROCKETIO_SESSION (object);

  g_clear_pointer (&self->inbox, rocketio_inbox_unref);
  g_clear_object (&self->remote);
  g_clear_object (&self->user_data_object);
  g_clear_pointer (&self->wire, rocketio_wire_2_free);
  g_free (self->flush);
  g_free (self->identity);

  G_OBJECT_CLASS (rocketio_session_parent_class)->finalize (object);
}

static void
rocketio_session_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  RocketIOSession *self = ROCKETIO_SESSION (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;

    case PROP_TRANSPORT:
      g_value_set_enum (value, rocketio_session_get_transport (self));
      break;

    case PROP_REMOTE_ADDRESS:
      g_value_set_object (value, self->remote);
      break;

    case PROP_CHANNEL:
      g_value_set_string (value, rocketio_session_get_channel (self));
      break;

    case PROP_CHANNELS:
      g_value_take_boxed (value, rocketio_feed_dup_channels (&self->feed));
      break;

    case PROP_ROUND_TRIP_TIME:
      g_value_set_int64 (value, rocketio_session_get_round_trip_time (self));
      break;

    case PROP_BUFFERED_BYTES:
      g_value_set_uint64 (value, rocketio_session_get_buffered_bytes (self));
      break;

    case PROP_DROPPED:
      g_value_set_uint64 (value, rocketio_session_get_dropped (self));
      break;

    case PROP_PRESSURE:
      g_value_set_boolean (value, rocketio_session_get_pressure (self));
      break;

    case PROP_IDENTITY:
      g_value_set_string (value, self->identity);
      break;

    case PROP_USER_DATA_OBJECT:
      g_value_set_object (value, self->user_data_object);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
rocketio_session_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  RocketIOSession *self = ROCKETIO_SESSION (object);

  switch (property_id)
    {
    case PROP_IDENTITY:
      rocketio_session_set_identity (self, g_value_get_string (value));
      break;

    case PROP_USER_DATA_OBJECT:
      rocketio_session_set_user_data_object (self, g_value_get_object (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
rocketio_session_class_init (RocketIOSessionClass *klass)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rocketio_session_finalize;
  object_class->get_property = rocketio_session_get_property;
  object_class->set_property = rocketio_session_set_property;

  /**
   * RocketIOSession:id: (getter get_id)
   *
   * The id of the session: 32 hexadecimal digits, 128 bits from the kernel's random source.
   *
   * In version 1 of the wire protocol it is also the client's credential: show it to nobody else.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, readable);

  /**
   * RocketIOSession:transport: (getter get_transport)
   *
   * How the client is connected.
   */
  properties[PROP_TRANSPORT] =
    g_param_spec_enum ("transport", NULL, NULL,
                       ROCKETIO_TYPE_TRANSPORT_TYPE, ROCKETIO_TRANSPORT_TYPE_NONE, readable);

  /**
   * RocketIOSession:remote-address: (getter get_remote_address)
   *
   * The address of the other end of the client's connection; behind a proxy, the proxy's.
   */
  properties[PROP_REMOTE_ADDRESS] =
    g_param_spec_object ("remote-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS, readable);

  /**
   * RocketIOSession:channel: (getter get_channel)
   *
   * The channel that the session joined last and is still in, or %NULL.
   */
  properties[PROP_CHANNEL] = g_param_spec_string ("channel", NULL, NULL, NULL, readable);

  /**
   * RocketIOSession:channels: (getter dup_channels)
   *
   * The names of the channels that the session is in. A client of version 1 of the wire protocol is in one at most.
   */
  properties[PROP_CHANNELS] = g_param_spec_boxed ("channels", NULL, NULL, G_TYPE_STRV, readable);

  /**
   * RocketIOSession:round-trip-time: (getter get_round_trip_time)
   *
   * How long the last heartbeat took to the client and back, in microseconds, or -1 if there was none yet. A client
   * that has just said something gets none.
   */
  properties[PROP_ROUND_TRIP_TIME] =
    g_param_spec_int64 ("round-trip-time", NULL, NULL, -1, G_MAXINT64, -1, readable);

  /**
   * RocketIOSession:buffered-bytes: (getter get_buffered_bytes)
   *
   * About how many bytes wait for the client. There is no notification: [property@Session:pressure] has one.
   */
  properties[PROP_BUFFERED_BYTES] = g_param_spec_uint64 ("buffered-bytes", NULL, NULL, 0, G_MAXUINT64, 0, readable);

  /**
   * RocketIOSession:dropped: (getter get_dropped)
   *
   * How many pushes were left out because the client read too slowly for them; see [enum@SlowPolicy] and
   * [method@PushOptions.set_conflate_key].
   */
  properties[PROP_DROPPED] = g_param_spec_uint64 ("dropped", NULL, NULL, 0, G_MAXUINT64, 0, readable);

  /**
   * RocketIOSession:pressure: (getter get_pressure)
   *
   * Whether the client reads so slowly that more than a quarter of [property@Server:max-queue-bytes] waits for it. An
   * app that can push less, should. It ends when less than an eighth does.
   */
  properties[PROP_PRESSURE] = g_param_spec_boolean ("pressure", NULL, NULL, FALSE, readable);

  /**
   * RocketIOSession:identity: (getter get_identity) (setter set_identity)
   *
   * Who the app takes the client for. The library does not look at it.
   */
  properties[PROP_IDENTITY] = g_param_spec_string ("identity", NULL, NULL, NULL, writable);

  /**
   * RocketIOSession:user-data-object: (getter get_user_data_object) (setter set_user_data_object)
   *
   * An object of the app's that lives as long as the session.
   */
  properties[PROP_USER_DATA_OBJECT] =
    g_param_spec_object ("user-data-object", NULL, NULL, G_TYPE_OBJECT, writable);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rocketio_session_init (RocketIOSession *self)
{
  rocketio_session_init_life (self);
}

RocketIOSession *
rocketio_session_new (const RocketIOSessionHost *host,
                      const char                *id)
{
  RocketIOSession *self = g_object_new (ROCKETIO_TYPE_SESSION, NULL);

  self->host = host;
  self->inbox = rocketio_inbox_ref (host->inbox);
  if (id != NULL)
    g_strlcpy (self->id, id, sizeof self->id);
  else
    make_id (self->id);
  rocketio_feed_init (&self->feed, host->everybody, host->passing, host->channels, self, self->id,
                      host->get_seq (host->user_data));

  return self;
}

/* The public side */

/**
 * rocketio_session_get_id: (get-property id)
 * @self: a session
 *
 * Gets the id of the session.
 *
 * Returns: (transfer none): 32 hexadecimal digits
 */
const char *
rocketio_session_get_id (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), NULL);

  return self->id;
}

/**
 * rocketio_session_get_transport: (get-property transport)
 * @self: a session
 *
 * Gets how the client is connected.
 *
 * Returns: the transport, or %ROCKETIO_TRANSPORT_TYPE_NONE once the session is closed
 */
RocketIOTransportType
rocketio_session_get_transport (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), ROCKETIO_TRANSPORT_TYPE_NONE);

  if (self->transport == NULL)
    return ROCKETIO_TRANSPORT_TYPE_NONE;

  return rocketio_transport_get_type_of (self->transport);
}

/**
 * rocketio_session_get_remote_address: (get-property remote-address)
 * @self: a session
 *
 * Gets the address of the other end of the client's connection.
 *
 * Returns: (transfer none): the address, also once the session is closed
 */
GSocketAddress *
rocketio_session_get_remote_address (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), NULL);

  return self->remote;
}

/**
 * rocketio_session_get_channel: (get-property channel)
 * @self: a session
 *
 * Gets the channel that the session joined last and is still in.
 *
 * In a handler of [signal@Server::session-closed] this is still the channel that it was in.
 *
 * Returns: (transfer none) (nullable): the name of the channel, or %NULL
 */
const char *
rocketio_session_get_channel (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), NULL);
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return NULL;

  return rocketio_feed_get_channel (&self->feed);
}

/**
 * rocketio_session_dup_channels: (get-property channels)
 * @self: a session
 *
 * Gets the names of the channels that the session is in.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, the newest first
 */
char **
rocketio_session_dup_channels (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), NULL);
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return NULL;

  return rocketio_feed_dup_channels (&self->feed);
}

/**
 * rocketio_session_get_identity: (get-property identity)
 * @self: a session
 *
 * Gets who the app takes the client for.
 *
 * Returns: (transfer none) (nullable): what was set, or %NULL
 */
const char *
rocketio_session_get_identity (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), NULL);

  return self->identity;
}

/**
 * rocketio_session_set_identity: (set-property identity)
 * @self: a session
 * @identity: (nullable): a name, an account, whatever the app tells its users apart by
 *
 * Sets who the app takes the client for.
 */
void
rocketio_session_set_identity (RocketIOSession *self,
                               const char      *identity)
{
  g_return_if_fail (ROCKETIO_IS_SESSION (self));

  if (g_strcmp0 (self->identity, identity) == 0)
    return;

  g_free (self->identity);
  self->identity = g_strdup (identity);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDENTITY]);
}

/**
 * rocketio_session_get_user_data_object: (get-property user-data-object)
 * @self: a session
 *
 * Gets the app's own object.
 *
 * Returns: (transfer none) (nullable): what was set, or %NULL
 */
GObject *
rocketio_session_get_user_data_object (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), NULL);

  return self->user_data_object;
}

/**
 * rocketio_session_set_user_data_object: (set-property user-data-object)
 * @self: a session
 * @object: (nullable): an object of the app's
 *
 * Hangs an object of the app's on the session.
 */
void
rocketio_session_set_user_data_object (RocketIOSession *self,
                                       GObject         *object)
{
  g_return_if_fail (ROCKETIO_IS_SESSION (self));

  if (g_set_object (&self->user_data_object, object))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER_DATA_OBJECT]);
}

/**
 * rocketio_session_get_round_trip_time: (get-property round-trip-time)
 * @self: a session
 *
 * Gets how long the last heartbeat took to the client and back.
 *
 * Returns: microseconds, or -1 if it is not known: there was no heartbeat yet, or the client speaks version 1 of the
 *   wire protocol
 */
gint64
rocketio_session_get_round_trip_time (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), -1);

  return self->wire != NULL ? self->wire->round_trip : -1;
}

/**
 * rocketio_session_get_buffered_bytes: (get-property buffered-bytes)
 * @self: a session
 *
 * Gets about how many bytes wait for the client: those that its connection has not taken, and those that are to follow.
 *
 * Returns: bytes
 */
guint64
rocketio_session_get_buffered_bytes (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), 0);
  if (self->host == NULL || !rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return 0;

  return rocketio_feed_get_waiting (&self->feed) +
         (self->transport != NULL ? rocketio_transport_get_pending (self->transport) : 0);
}

/**
 * rocketio_session_get_dropped: (get-property dropped)
 * @self: a session
 *
 * Gets how many pushes were left out because the client read too slowly for them.
 *
 * Returns: how many
 */
guint64
rocketio_session_get_dropped (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), 0);

  return self->feed.dropped;
}

/**
 * rocketio_session_get_pressure: (get-property pressure)
 * @self: a session
 *
 * Gets whether the client reads so slowly that much waits for it.
 *
 * Returns: whether it does
 */
gboolean
rocketio_session_get_pressure (RocketIOSession *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), FALSE);

  return self->pressure_told;
}

/**
 * rocketio_session_close:
 * @self: a session
 *
 * Closes the session. What was pushed to it before is still sent; [signal@Server::session-closed] is emitted before
 * this returns, if the session was open.
 *
 * A client of version 1 of the wire protocol comes back by itself, with a new session. One of version 2 does not: it is
 * told the code 4500. [method@Session.close_full] tells it something else.
 */
void
rocketio_session_close (RocketIOSession *self)
{
  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return;

  rocketio_session_end (self, ROCKETIO_CLOSE_REASON_SERVER);
}

/**
 * rocketio_session_close_full:
 * @self: a session
 * @code: what the client is told: 4000 to 4499 if it may come back, 4500 to 4999 if it shall not; the app's own, apart
 *   from those that the protocol uses (protocol 2, point 11.2)
 * @reason: the same for people: up to 100 bytes
 * @error: return location for a #GError
 *
 * Closes the session like [method@Session.close], and tells a client of version 2 of the wire protocol why.
 *
 * Returns: %TRUE, or %FALSE with %ROCKETIO_ERROR_INVALID_SETTING if there can be no such @code or @reason
 */
gboolean
rocketio_session_close_full (RocketIOSession  *self,
                             guint             code,
                             const char       *reason,
                             GError          **error)
{
  RocketIOVerdict verdict = { code, reason, -1 };

  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), FALSE);
  g_return_val_if_fail (reason != NULL, FALSE);
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return FALSE;

  if (code < 4000 || code > 4999 || strlen (reason) > MAX_REASON || !g_utf8_validate (reason, -1, NULL))
    {
      g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING,
                   "a session is closed with a code from 4000 to 4999 and a reason of up to %d bytes of UTF-8",
                   MAX_REASON);
      return FALSE;
    }

  rocketio_session_end_with (self, ROCKETIO_CLOSE_REASON_SERVER, &verdict);

  return TRUE;
}
