/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

#include <string.h>
#include <sys/random.h>

#define MAX_CHANNEL  255       /* bytes of a channel's name */
#define PUMP_BUDGET  262144    /* bytes that a WebSocket gets in one turn */

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

  /* Up to 256 bytes come whole or not at all, and only before the kernel has its first entropy do they take a while. */
  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    g_error ("The kernel gives no random bytes, without which session ids would be guessable");

  for (guint i = 0; i < sizeof bytes; i++)
    {
      id[2 * i] = digits[bytes[i] >> 4];
      id[2 * i + 1] = digits[bytes[i] & 0xf];
    }
  id[ROCKETIO_SESSION_ID_LENGTH] = '\0';
}

static void
debug_wire (RocketIOSession *self,
            const char      *direction,
            const char      *text,
            gsize            length)
{
  if (self->host->debug_wire)
    g_printerr ("rocketio: %.6s... %s %.*s\n", self->id, direction, (int) MIN (length, 2048), text);
}

void
rocketio_session_set_channel (RocketIOSession *self,
                              const char      *channel)
{
  if (g_strcmp0 (channel, rocketio_feed_get_channel (&self->feed)) == 0)
    return;

  rocketio_feed_set_channel (&self->feed, channel, self->host->get_seq (self->host->user_data));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNEL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNELS]);
}

/* Pumping */

static gboolean
is_websocket (RocketIOSession *self)
{
  return rocketio_session_get_transport (self) == ROCKETIO_TRANSPORT_TYPE_WEBSOCKET;
}

static RocketIOMessage *
make_announcement (RocketIOSession *self)
{
  g_autofree char *data = g_strdup_printf ("\"%s\"", self->id);

  return rocketio_message_new_json ("__session_id", data, -1, NULL);
}

static void
send_batch (RocketIOSession *self,
            GPtrArray       *batch)
{
  for (guint i = 0; self->host->debug_wire && i < batch->len; i++)
    {
      gsize length;
      const char *text = g_bytes_get_data (rocketio_message_get_text (g_ptr_array_index (batch, i)), &length);

      debug_wire (self, "<-", text, length);
    }

  rocketio_transport_send (self->transport, (RocketIOMessage **) batch->pdata, batch->len);
  g_ptr_array_set_size (batch, 0);
}

/* Sends what comes next, up to `budget` bytes. */
static RocketIOFeedResult
send_next (RocketIOSession *self,
           GPtrArray       *batch,
           gsize            budget)
{
  RocketIOFeedResult result;

  if (self->announce)
    g_ptr_array_add (batch, make_announcement (self));
  self->announce = FALSE;

  result = rocketio_feed_take (&self->feed, batch, budget);
  if (batch->len > 0)
    send_batch (self, batch);

  return result;
}

static void
tell_flush (RocketIOSession    *self,
            RocketIOFeedResult  result)
{
  if (result == ROCKETIO_FEED_ALL)
    rocketio_flush_sent (self->flush);
  if (rocketio_transport_is_writable (self->transport))
    rocketio_flush_taken (self->flush);
}

RocketIOFeedResult
rocketio_session_pump (RocketIOSession *self,
                       GPtrArray       *batch,
                       gsize            max_queue)
{
  RocketIOFeedResult result;
  gsize pending;

  if (self->transport == NULL)
    return ROCKETIO_FEED_ALL;

  if (rocketio_transport_is_writable (self->transport))
    {
      /* A poll gets all there is: it may be the last one for a while. */
      if (self->flush != NULL)
        rocketio_flush_taken (self->flush);
      result = send_next (self, batch, is_websocket (self) ? PUMP_BUDGET : G_MAXSIZE);
      if (self->flush != NULL)
        tell_flush (self, result);
      return result;
    }

  pending = MIN (rocketio_transport_get_pending (self->transport), PUMP_BUDGET);

  return rocketio_feed_measure (&self->feed, pending, max_queue) == ROCKETIO_FEED_LOST ? ROCKETIO_FEED_LOST
                                                                                       : ROCKETIO_FEED_ALL;
}

RocketIOFeed *
rocketio_session_get_feed (RocketIOSession *self)
{
  return &self->feed;
}

GList *
rocketio_session_get_queue_link (RocketIOSession *self)
{
  return &self->queue_link;
}

guint
rocketio_session_get_position (RocketIOSession *self)
{
  return self->position;
}

void
rocketio_session_set_position (RocketIOSession *self,
                               guint            position)
{
  self->position = position;
}

/* What the client says */

void
rocketio_session_open (RocketIOSession *self)
{
  if (self->open || self->host == NULL)
    return;

  self->open = TRUE;
  rocketio_reactor_stop_timer (self->host->reactor, &self->opening);
  self->host->opened (self, self->host->user_data);
}

gboolean
rocketio_session_is_open (RocketIOSession *self)
{
  return self->open;
}

static void
opening_cb (RocketIOTimer *timer)
{
  g_autoptr (RocketIOSession) self = g_object_ref (rocketio_container_of (timer, RocketIOSession, opening));

  rocketio_session_open (self);
}

static void
handle_channel (RocketIOSession  *self,
                RocketIOEnvelope *envelope)
{
  g_autofree char *channel = envelope->data.start != NULL ? rocketio_json_dup_string (envelope->data) : NULL;

  if (channel != NULL && strlen (channel) > MAX_CHANNEL)
    {
      g_debug ("A channel's name of more than %d bytes was refused", MAX_CHANNEL);
      return;
    }

  rocketio_session_set_channel (self, channel);
  rocketio_session_open (self);
}

static void
handle_reserved (RocketIOSession  *self,
                 RocketIOEnvelope *envelope)
{
  if (g_str_equal (envelope->event, "__channel_id"))
    {
      handle_channel (self, envelope);
      return;
    }

  if (g_str_equal (envelope->event, "__session_id"))
    {
      self->announce = TRUE;
      self->host->dirty (self, self->host->user_data);
      return;
    }

  if (!g_str_equal (envelope->event, "__heartbeat"))
    g_debug ("An event named %s was refused: the name is reserved", envelope->event);
}

static void
received_cb (RocketIOTransport *transport,
             const char        *text,
             gsize              length,
             gpointer           user_data)
{
  g_autoptr (RocketIOSession) self = g_object_ref (user_data);
  g_auto (RocketIOEnvelope) envelope = { NULL };
  g_autoptr (GError) error = NULL;

  debug_wire (self, "->", text, length);

  if (!rocketio_envelope_parse (&envelope, text, length, &error))
    {
      g_debug ("A message was refused: %s", error->message);
      return;
    }

  if (rocketio_event_is_reserved (envelope.event))
    {
      handle_reserved (self, &envelope);
      return;
    }

  rocketio_session_open (self);
  if (self->host != NULL)
    self->host->event (self, &envelope, self->host->user_data);
}

/* The transport */

static void
writable_cb (RocketIOTransport *transport,
             gpointer           user_data)
{
  RocketIOSession *self = user_data;

  self->host->dirty (self, self->host->user_data);
}

static RocketIOMessage *
make_heartbeat (RocketIOTransportType type)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *data = NULL;

  /* The original wrote the time in two ways. */
  if (type == ROCKETIO_TRANSPORT_TYPE_WEBSOCKET)
    data = g_date_time_format (now, "{\"time\":\"%Y-%m-%d %H:%M:%S +0000\"}");
  else
    data = g_strdup_printf ("{\"time\":%" G_GINT64_FORMAT "}", g_date_time_to_unix (now));

  return rocketio_message_new_json ("__heartbeat", data, -1, NULL);
}

static void
idle_cb (RocketIOTransport *transport,
         gpointer           user_data)
{
  g_autoptr (RocketIOMessage) heartbeat = NULL;

  /* Whoever has still to take something else is not idle. */
  if (!rocketio_transport_is_writable (transport))
    return;

  heartbeat = make_heartbeat (rocketio_transport_get_type_of (transport));
  rocketio_transport_send (transport, &heartbeat, 1);
}

static void
alive_cb (RocketIOTransport *transport,
          gpointer           user_data)
{
  RocketIOSession *self = user_data;

  rocketio_reactor_start_timer (self->host->reactor, &self->silence, self->host->silence_time);
}

static void
silence_cb (RocketIOTimer *timer)
{
  g_autoptr (RocketIOSession) self = g_object_ref (rocketio_container_of (timer, RocketIOSession, silence));

  rocketio_session_end (self, ROCKETIO_CLOSE_REASON_TIMEOUT);
}

static void
closed_cb (RocketIOTransport   *transport,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  g_autoptr (RocketIOSession) self = g_object_ref (user_data);

  rocketio_session_end (self, reason);
}

static const RocketIOTransportFuncs transport_funcs = { received_cb, writable_cb, idle_cb, alive_cb, closed_cb };

static void
drop_transport (RocketIOSession     *self,
                RocketIOCloseReason  reason)
{
  g_autoptr (RocketIOTransport) transport = g_steal_pointer (&self->transport);

  if (transport == NULL)
    return;

  rocketio_transport_set_user (transport, NULL, NULL);
  rocketio_transport_close (transport, reason);
}

void
rocketio_session_attach (RocketIOSession   *self,
                         RocketIOTransport *transport)
{
  RocketIOTransportType before = rocketio_session_get_transport (self);

  /* A handler of the list of sessions may have closed the session as soon as it was there. */
  if (self->host == NULL)
    {
      rocketio_transport_close (transport, ROCKETIO_CLOSE_REASON_SERVER);
      return;
    }

  drop_transport (self, ROCKETIO_CLOSE_REASON_SERVER);
  rocketio_reactor_stop_timer (self->host->reactor, &self->silence);

  self->transport = rocketio_transport_ref (transport);
  rocketio_transport_set_user (transport, &transport_funcs, self);
  g_set_object (&self->remote, transport->remote);
  self->announce = TRUE;
  if (!self->open)
    rocketio_reactor_start_timer (self->host->reactor, &self->opening, self->host->open_time);
  self->host->dirty (self, self->host->user_data);

  if (before == ROCKETIO_TRANSPORT_TYPE_NONE)
    return;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REMOTE_ADDRESS]);
  if (before != rocketio_session_get_transport (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRANSPORT]);
}

RocketIOTransport *
rocketio_session_get_carrier (RocketIOSession *self)
{
  return self->transport;
}

/* What was pushed before the end is still sent: to a WebSocket in any case, which keeps what its peer does not take at
 * once, and to a poll if there is one. */
static void
flush (RocketIOSession *self)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);

  /* Also what the app pushed in this very thread went through the inbox if the main loop was not running. */
  self->host->get_seq (self->host->user_data);
  if (self->transport != NULL && (is_websocket (self) || rocketio_transport_is_writable (self->transport)))
    send_next (self, batch, G_MAXSIZE);
}

void
rocketio_session_end (RocketIOSession     *self,
                      RocketIOCloseReason  reason)
{
  g_autoptr (RocketIOSession) ref = g_object_ref (self);
  const RocketIOSessionHost *host = self->host;

  if (host == NULL || self->ending)
    return;

  self->ending = TRUE;
  g_debug ("Session %.6s... ended: reason %d", self->id, reason);
  if (reason == ROCKETIO_CLOSE_REASON_SERVER || reason == ROCKETIO_CLOSE_REASON_SHUTDOWN)
    flush (self);
  drop_transport (self, reason);
  rocketio_reactor_stop_timer (host->reactor, &self->opening);
  rocketio_reactor_stop_timer (host->reactor, &self->silence);
  rocketio_feed_end (&self->feed);
  if (self->flush != NULL)
    rocketio_flush_end (self->flush);
  host->closed (self, self->open, reason, host->user_data);

  /* The app has seen the channels of the session for the last time. */
  rocketio_feed_clear (&self->feed);
  self->host = NULL;
  host->ended (self, host->user_data);
}

/* GObject */

static void
rocketio_session_finalize (GObject *object)
{
  RocketIOSession *self = ROCKETIO_SESSION (object);

  g_clear_pointer (&self->inbox, rocketio_inbox_unref);
  g_clear_object (&self->remote);
  g_clear_object (&self->user_data_object);
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
  rocketio_timer_init (&self->opening, opening_cb);
  rocketio_timer_init (&self->silence, silence_cb);
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
  rocketio_feed_init (&self->feed, host->everybody, host->channels, self, self->id, host->get_seq (host->user_data));

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
 * rocketio_session_close:
 * @self: a session
 *
 * Closes the session. What was pushed to it before is still sent; [signal@Server::session-closed] is emitted before
 * this returns, if the session was open.
 *
 * A client comes back by itself unless it was told otherwise.
 */
void
rocketio_session_close (RocketIOSession *self)
{
  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return;

  rocketio_session_end (self, ROCKETIO_CLOSE_REASON_SERVER);
}
