/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include "rocketio-origin-private.h"

#define SHORT_POLL_TIME 20

/* What the app can set and ask. */

/**
 * rocketio_server_get_websocket: (get-property websocket)
 * @self: a server
 *
 * Gets whether clients may connect by WebSocket.
 *
 * Returns: whether they may, with regard to `ROCKETIO_WEBSOCKET`
 */
gboolean
rocketio_server_get_websocket (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);

  return self->settings.websocket;
}

/**
 * rocketio_server_set_websocket: (set-property websocket)
 * @self: a server
 * @websocket: whether they may
 *
 * Sets whether clients may connect by WebSocket. Those that are connected stay so.
 */
void
rocketio_server_set_websocket (RocketIOServer *self,
                               gboolean        websocket)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->websocket == !!websocket)
    return;

  self->websocket = !!websocket;
  rocketio_server_read_environment (self, NULL);
  g_object_notify (G_OBJECT (self), "websocket");
}

/**
 * rocketio_server_get_comet: (get-property comet)
 * @self: a server
 *
 * Gets whether clients may connect by Comet.
 *
 * Returns: whether they may, with regard to `ROCKETIO_COMET`
 */
gboolean
rocketio_server_get_comet (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);

  return self->settings.comet;
}

/**
 * rocketio_server_set_comet: (set-property comet)
 * @self: a server
 * @comet: whether they may
 *
 * Sets whether clients may connect by Comet. The polls of those that are connected are refused from now on.
 */
void
rocketio_server_set_comet (RocketIOServer *self,
                           gboolean        comet)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->comet == !!comet)
    return;

  self->comet = !!comet;
  rocketio_server_read_environment (self, NULL);
  g_object_notify (G_OBJECT (self), "comet");
}

/**
 * rocketio_server_get_compression: (get-property compression)
 * @self: a server
 *
 * Gets whether messages are compressed on WebSockets whose clients offer it.
 *
 * Returns: whether they are
 */
gboolean
rocketio_server_get_compression (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);

  return self->settings.compression;
}

/**
 * rocketio_server_set_compression: (set-property compression)
 * @self: a server
 * @compression: whether they are
 *
 * Sets whether messages are compressed on WebSockets whose clients offer it (RFC 7692). Connections that are there stay
 * as they are.
 */
void
rocketio_server_set_compression (RocketIOServer *self,
                                 gboolean        compression)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->settings.compression == !!compression)
    return;

  self->settings.compression = !!compression;
  g_object_notify (G_OBJECT (self), "compression");
}

/**
 * rocketio_server_get_version_1: (get-property version-1)
 * @self: a server
 *
 * Gets whether clients of version 1 of the wire protocol may connect.
 *
 * Returns: whether they may
 */
gboolean
rocketio_server_get_version_1 (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);

  return self->settings.version_1;
}

/**
 * rocketio_server_set_version_1: (set-property version-1)
 * @self: a server
 * @version_1: whether they may
 *
 * Sets whether clients of version 1 of the wire protocol may connect.
 */
void
rocketio_server_set_version_1 (RocketIOServer *self,
                               gboolean        version_1)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->settings.version_1 == !!version_1)
    return;

  self->settings.version_1 = !!version_1;
  g_object_notify (G_OBJECT (self), "version-1");
}

/**
 * rocketio_server_get_poll_time: (get-property poll-time)
 * @self: a server
 *
 * Gets how long a poll is held at most.
 *
 * Returns: seconds
 */
guint
rocketio_server_get_poll_time (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->settings.poll_time;
}

/**
 * rocketio_server_set_poll_time: (set-property poll-time)
 * @self: a server
 * @seconds: seconds, from 20 to 120; less is for tests
 *
 * Sets how long a poll is held at most, for sessions that begin afterwards.
 */
void
rocketio_server_set_poll_time (RocketIOServer *self,
                               guint           seconds)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (seconds >= 1 && seconds <= 120);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->settings.poll_time == seconds)
    return;

  if (seconds < SHORT_POLL_TIME)
    g_message ("A poll time of %u s makes clients poll very often; outside of tests set RocketIOServer:poll-time to %u "
               "or more", seconds, SHORT_POLL_TIME);
  self->settings.poll_time = seconds;
  self->host.silence_time = rocketio_server_get_silence_time (self);
  g_object_notify (G_OBJECT (self), "poll-time");
}

/**
 * rocketio_server_get_post_interval: (get-property post-interval)
 * @self: a server
 *
 * Gets how long Comet clients may collect what they push.
 *
 * Returns: seconds
 */
guint
rocketio_server_get_post_interval (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->settings.post_interval;
}

/**
 * rocketio_server_set_post_interval: (set-property post-interval)
 * @self: a server
 * @seconds: seconds, 1 or more
 *
 * Sets how long Comet clients may collect what they push.
 */
void
rocketio_server_set_post_interval (RocketIOServer *self,
                                   guint           seconds)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (seconds >= 1 && seconds <= 3600);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->settings.post_interval == seconds)
    return;

  self->settings.post_interval = seconds;
  g_object_notify (G_OBJECT (self), "post-interval");
}

/**
 * rocketio_server_get_max_message_bytes: (get-property max-message-bytes)
 * @self: a server
 *
 * Gets how many bytes one message of a client may have.
 *
 * Returns: bytes
 */
gsize
rocketio_server_get_max_message_bytes (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->settings.session.max_message;
}

/**
 * rocketio_server_set_max_message_bytes: (set-property max-message-bytes)
 * @self: a server
 * @bytes: bytes, 1024 or more
 *
 * Sets how many bytes one message of a client may have, for connections made afterwards.
 */
void
rocketio_server_set_max_message_bytes (RocketIOServer *self,
                                       gsize           bytes)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (bytes >= 1024);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->settings.session.max_message == bytes)
    return;

  self->settings.session.max_message = bytes;
  g_object_notify (G_OBJECT (self), "max-message-bytes");
}

/**
 * rocketio_server_get_max_body_bytes: (get-property max-body-bytes)
 * @self: a server
 *
 * Gets how many bytes the body of an HTTP request may have.
 *
 * Returns: bytes
 */
gsize
rocketio_server_get_max_body_bytes (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->max_body;
}

/**
 * rocketio_server_set_max_body_bytes: (set-property max-body-bytes)
 * @self: a server
 * @bytes: bytes, 1024 or more
 *
 * Sets how many bytes the body of an HTTP request may have.
 */
void
rocketio_server_set_max_body_bytes (RocketIOServer *self,
                                    gsize           bytes)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (bytes >= 1024);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->max_body == bytes)
    return;

  self->max_body = bytes;
  if (self->listener != NULL)
    rocketio_listener_set_max_body (self->listener, bytes);
  g_object_notify (G_OBJECT (self), "max-body-bytes");
}

/**
 * rocketio_server_get_max_queue_bytes: (get-property max-queue-bytes)
 * @self: a server
 *
 * Gets how many bytes may wait for one client.
 *
 * Returns: bytes
 */
gsize
rocketio_server_get_max_queue_bytes (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->max_queue;
}

/**
 * rocketio_server_set_max_queue_bytes: (set-property max-queue-bytes)
 * @self: a server
 * @bytes: bytes, 1024 or more
 *
 * Sets how many bytes may wait for one client.
 */
void
rocketio_server_set_max_queue_bytes (RocketIOServer *self,
                                     gsize           bytes)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (bytes >= 1024);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->max_queue == bytes)
    return;

  self->max_queue = bytes;
  if (self->hub != NULL)
    rocketio_hub_set_max_queue (self->hub, bytes);
  g_object_notify (G_OBJECT (self), "max-queue-bytes");
}

/**
 * rocketio_server_get_sessions: (get-property sessions)
 * @self: a server
 *
 * Gets all sessions, those included that have not been opened yet. The list tells its changes; the order means nothing.
 * Once the server is finalized, it stays as it was then.
 *
 * Returns: (transfer none): a list model of [class@Session]
 */
GListModel *
rocketio_server_get_sessions (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);

  return G_LIST_MODEL (rocketio_hub_get_sessions (self->hub));
}

/**
 * rocketio_server_get_session:
 * @self: a server
 * @id: the id of a session
 *
 * Gets a session by its id.
 *
 * Returns: (transfer none) (nullable): the session, or %NULL if there is none with that id (any more)
 */
RocketIOSession *
rocketio_server_get_session (RocketIOServer *self,
                             const char     *id)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return NULL;

  return rocketio_session_list_lookup (rocketio_hub_get_sessions (self->hub), id);
}

static gboolean
is_counted (RocketIOSession       *session,
            RocketIOTransportType  transport)
{
  return transport == ROCKETIO_TRANSPORT_TYPE_NONE || rocketio_session_get_transport (session) == transport;
}

/**
 * rocketio_server_count_sessions:
 * @self: a server
 * @transport: which to count: those on this transport, or all with %ROCKETIO_TRANSPORT_TYPE_NONE
 *
 * Counts the sessions.
 *
 * Returns: how many there are
 */
guint
rocketio_server_count_sessions (RocketIOServer        *self,
                                RocketIOTransportType  transport)
{
  RocketIOSessionList *sessions;
  guint n = 0;

  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return 0;

  sessions = rocketio_hub_get_sessions (self->hub);
  for (guint i = 0; i < rocketio_session_list_get_n (sessions); i++)
    n += is_counted (rocketio_session_list_get (sessions, i), transport) ? 1 : 0;

  return n;
}

/**
 * rocketio_server_dup_channels:
 * @self: a server
 *
 * Gets the names of the channels that somebody is in.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, in no order
 */
char **
rocketio_server_dup_channels (RocketIOServer *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GPtrArray) channels = NULL;

  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return NULL;

  channels = rocketio_channels_list (rocketio_hub_get_channels (self->hub));
  for (guint i = 0; i < channels->len; i++)
    {
      RocketIOChannel *channel = g_ptr_array_index (channels, i);

      if (rocketio_channel_get_size (channel) > 0)
        g_strv_builder_add (builder, rocketio_channel_get_name (channel));
    }

  return g_strv_builder_end (builder);
}

/**
 * rocketio_server_list_channel:
 * @self: a server
 * @channel: the name of a channel
 *
 * Gets the sessions in a channel.
 *
 * Returns: (transfer container) (element-type RocketIOSession): the sessions, in no order
 */
GSList *
rocketio_server_list_channel (RocketIOServer *self,
                              const char     *channel)
{
  RocketIOChannel *found;
  GSList *sessions = NULL;

  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);
  g_return_val_if_fail (channel != NULL, NULL);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return NULL;

  found = rocketio_channels_lookup (rocketio_hub_get_channels (self->hub), channel);
  for (guint i = 0; found != NULL && i < rocketio_channel_get_size (found); i++)
    sessions = g_slist_prepend (sessions, rocketio_channel_get_member (found, i));

  return sessions;
}

/**
 * rocketio_server_count_channel:
 * @self: a server
 * @channel: the name of a channel
 * @transport: which to count: those on this transport, or all with %ROCKETIO_TRANSPORT_TYPE_NONE
 *
 * Counts the sessions in a channel.
 *
 * Returns: how many there are
 */
guint
rocketio_server_count_channel (RocketIOServer        *self,
                               const char            *channel,
                               RocketIOTransportType  transport)
{
  RocketIOChannel *found;
  guint n = 0;

  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);
  g_return_val_if_fail (channel != NULL, 0);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return 0;

  found = rocketio_channels_lookup (rocketio_hub_get_channels (self->hub), channel);
  for (guint i = 0; found != NULL && i < rocketio_channel_get_size (found); i++)
    n += is_counted (rocketio_channel_get_member (found, i), transport) ? 1 : 0;

  return n;
}

/* Version 2 */

static void
set_seconds (RocketIOServer *self,
             guint          *place,
             guint           seconds,
             const char     *property)
{
  GParamSpecUInt *range = G_PARAM_SPEC_UINT (g_object_class_find_property (G_OBJECT_GET_CLASS (self), property));

  if (*place == seconds)
    return;

  *place = CLAMP (seconds, range->minimum, range->maximum);
  g_object_notify (G_OBJECT (self), property);
}

/**
 * rocketio_server_get_resume_window: (get-property resume-window)
 * @self: a server
 *
 * Gets how long the session of a client that was cut off waits for it.
 *
 * Returns: seconds
 */
guint
rocketio_server_get_resume_window (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->settings.session.resume_window;
}

/**
 * rocketio_server_set_resume_window: (set-property resume-window)
 * @self: a server
 * @seconds: 0 to 86400; 0: not at all
 *
 * Sets how long the session of a client that was cut off waits for it.
 */
void
rocketio_server_set_resume_window (RocketIOServer *self,
                                   guint           seconds)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));

  set_seconds (self, &self->settings.session.resume_window, seconds, "resume-window");
  rocketio_server_bound_logs (self);
}

/**
 * rocketio_server_get_heartbeat: (get-property heartbeat)
 * @self: a server
 *
 * Gets how long a client may be silent before it is asked whether it is there.
 *
 * Returns: seconds
 */
guint
rocketio_server_get_heartbeat (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->settings.session.heartbeat;
}

/**
 * rocketio_server_set_heartbeat: (set-property heartbeat)
 * @self: a server
 * @seconds: 1 to 3600
 *
 * Sets how long a client may be silent before it is asked whether it is there.
 */
void
rocketio_server_set_heartbeat (RocketIOServer *self,
                               guint           seconds)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));

  set_seconds (self, &self->settings.session.heartbeat, seconds, "heartbeat");
}

/**
 * rocketio_server_get_heartbeat_timeout: (get-property heartbeat-timeout)
 * @self: a server
 *
 * Gets how long a client has for the answer to a heartbeat.
 *
 * Returns: seconds
 */
guint
rocketio_server_get_heartbeat_timeout (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->settings.session.timeout;
}

/**
 * rocketio_server_set_heartbeat_timeout: (set-property heartbeat-timeout)
 * @self: a server
 * @seconds: 1 to 3600
 *
 * Sets how long a client has for the answer to a heartbeat.
 */
void
rocketio_server_set_heartbeat_timeout (RocketIOServer *self,
                                       guint           seconds)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));

  set_seconds (self, &self->settings.session.timeout, seconds, "heartbeat-timeout");
}

/**
 * rocketio_server_get_slow_policy: (get-property slow-policy)
 * @self: a server
 *
 * Gets what becomes of pushes for a client that reads too slowly.
 *
 * Returns: the policy, never %ROCKETIO_SLOW_POLICY_DEFAULT
 */
RocketIOSlowPolicy
rocketio_server_get_slow_policy (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), ROCKETIO_SLOW_POLICY_DISCONNECT);

  return self->settings.session.slow_policy;
}

/**
 * rocketio_server_set_slow_policy: (set-property slow-policy)
 * @self: a server
 * @policy: the policy; %ROCKETIO_SLOW_POLICY_DEFAULT is %ROCKETIO_SLOW_POLICY_DISCONNECT
 *
 * Sets what becomes of pushes for a client that reads too slowly.
 */
void
rocketio_server_set_slow_policy (RocketIOServer     *self,
                                 RocketIOSlowPolicy  policy)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));

  if (policy == ROCKETIO_SLOW_POLICY_DEFAULT)
    policy = ROCKETIO_SLOW_POLICY_DISCONNECT;
  if (self->settings.session.slow_policy == policy)
    return;

  self->settings.session.slow_policy = policy;
  g_object_notify (G_OBJECT (self), "slow-policy");
}

/**
 * rocketio_server_set_history:
 * @self: a server
 * @channel: the name of a channel
 * @n_messages: how many messages of the channel are kept; 0: none
 *
 * Keeps the last messages that are pushed to a channel, up to 1 MiB of them, for clients that ask for them when they
 * join. They stay when everybody has left. Nobody gets a message in this way that was pushed with his session among
 * those that are left out ([method@PushOptions.set_except]).
 */
void
rocketio_server_set_history (RocketIOServer *self,
                             const char     *channel,
                             guint           n_messages)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (channel != NULL);
  if (!rocketio_server_check_thread (self, G_STRFUNC) || self->endpoints == NULL)
    return;

  rocketio_channels_set_history (rocketio_hub_get_channels (self->hub), channel, n_messages);
}

/**
 * rocketio_server_set_presence:
 * @self: a server
 * @channel: the name of a channel
 * @tells: whether its members are told who is there
 *
 * Sets whether clients of version 2 of the wire protocol that join a channel are told who is there, and then who comes
 * and goes. Changes within 250 ms go together, and whoever comes back within 2 s was never gone.
 *
 * People are told apart by [property@Session:identity] as it is when they join; those without are told apart by their
 * sessions.
 */
void
rocketio_server_set_presence (RocketIOServer *self,
                              const char     *channel,
                              gboolean        tells)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (channel != NULL);
  if (!rocketio_server_check_thread (self, G_STRFUNC) || self->endpoints == NULL)
    return;

  rocketio_presence_set (self->presence, channel, tells,
                         rocketio_channels_lookup (rocketio_hub_get_channels (self->hub), channel));
}
