/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

static gboolean
push_message (RocketIOServer      *self,
              RocketIOMessage     *message,
              RocketIOPushOptions *options)
{
  if (message == NULL)
    return FALSE;

  if (rocketio_inbox_is_local (self->inbox))
    {
      rocketio_hub_push (self->hub, message, options);
      rocketio_message_unref (message);
    }
  else
    {
      rocketio_inbox_post (self->inbox, message, options != NULL ? rocketio_push_options_copy (options) : NULL);
    }

  return TRUE;
}

/**
 * rocketio_server_push:
 * @self: a server
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: (nullable) (transfer none): what to tell, or %NULL for null
 * @error: return location for a #GError
 *
 * Calls @event at every client.
 *
 * Who gets it is settled now; it is written at the end of this turn of the main loop, together with whatever else is
 * pushed until then. What a client gets is in the order of the pushes.
 *
 * May be called from any thread. The order of the pushes of each thread is kept.
 *
 * Returns: whether @event and @data can be pushed at all: %FALSE with %ROCKETIO_ERROR_INVALID_NAME or
 *   %ROCKETIO_ERROR_INVALID_JSON otherwise
 */
gboolean
rocketio_server_push (RocketIOServer  *self,
                      const char      *event,
                      JsonNode        *data,
                      GError         **error)
{
  return rocketio_server_push_full (self, event, data, NULL, error);
}

/**
 * rocketio_server_push_to:
 * @self: a server
 * @session_id: the id of a session
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: (nullable) (transfer none): what to tell, or %NULL for null
 * @error: return location for a #GError
 *
 * Calls @event at one client, like [method@Session.push].
 *
 * An id that nobody has is no error: the client may be gone at any time. May be called from any thread.
 *
 * Returns: whether @event and @data can be pushed at all, as for [method@Server.push]
 */
gboolean
rocketio_server_push_to (RocketIOServer  *self,
                         const char      *session_id,
                         const char      *event,
                         JsonNode        *data,
                         GError         **error)
{
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();

  g_return_val_if_fail (session_id != NULL, FALSE);

  rocketio_push_options_set_to (options, (const char *const[]) { session_id, NULL });

  return rocketio_server_push_full (self, event, data, options, error);
}

/**
 * rocketio_server_push_to_channel:
 * @self: a server
 * @channel: the name of a channel; the empty one is a channel like any other
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: (nullable) (transfer none): what to tell, or %NULL for null
 * @error: return location for a #GError
 *
 * Calls @event at every client that is in @channel now.
 *
 * A channel that nobody is in is no error. May be called from any thread; called from another one than the server's, it
 * is for those who are in the channel when the server's comes to it.
 *
 * Returns: whether @event and @data can be pushed at all, as for [method@Server.push]
 */
gboolean
rocketio_server_push_to_channel (RocketIOServer  *self,
                                 const char      *channel,
                                 const char      *event,
                                 JsonNode        *data,
                                 GError         **error)
{
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();

  g_return_val_if_fail (channel != NULL, FALSE);

  rocketio_push_options_set_channels (options, (const char *const[]) { channel, NULL });

  return rocketio_server_push_full (self, event, data, options, error);
}

/**
 * rocketio_server_push_full:
 * @self: a server
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: (nullable) (transfer none): what to tell, or %NULL for null
 * @options: (nullable): whom it is for, or %NULL for everybody
 * @error: return location for a #GError
 *
 * Calls @event at the clients that @options name.
 *
 * May be called from any thread.
 *
 * Returns: whether @event and @data can be pushed at all, as for [method@Server.push]
 */
gboolean
rocketio_server_push_full (RocketIOServer       *self,
                           const char           *event,
                           JsonNode             *data,
                           RocketIOPushOptions  *options,
                           GError              **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  if (!rocketio_event_check (event, error))
    return FALSE;

  return push_message (self, rocketio_message_new (event, data, error), options);
}

/**
 * rocketio_server_push_variant:
 * @self: a server
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: what to tell; sunk if it is floating
 * @options: (nullable): whom it is for, or %NULL for everybody
 * @error: return location for a #GError
 *
 * Calls @event at the clients that @options name, with JSON made of a variant. In C this makes a push one line:
 *
 * ```c
 * rocketio_server_push_variant (server, "chat", g_variant_new_parsed ("{'name': <%s>, 'age': <%u>}", name, age),
 *                               NULL, NULL);
 * ```
 *
 * Arrays and tuples become arrays; dictionaries become objects, with their keys as text; what is in a variant or maybe
 * type counts as if it were not, and nothing is null. Numbers keep their value, also great unsigned ones, though the
 * JavaScript of a browser has exact integers only up to 2^53.
 *
 * May be called from any thread.
 *
 * Returns: whether @event and @data can be pushed at all, as for [method@Server.push]
 */
gboolean
rocketio_server_push_variant (RocketIOServer       *self,
                              const char           *event,
                              GVariant             *data,
                              RocketIOPushOptions  *options,
                              GError              **error)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (data != NULL, FALSE);

  value = g_variant_ref_sink (data);

  return rocketio_event_check (event, error) &&
         push_message (self, rocketio_message_new_variant (event, value, error), options);
}

/**
 * rocketio_server_push_json:
 * @self: a server
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @json: what to tell, as the text of one JSON value (RFC 8259)
 * @options: (nullable): whom it is for, or %NULL for everybody
 * @error: return location for a #GError
 *
 * Calls @event at the clients that @options name, with data that is JSON already. It is checked and passed on as it is.
 *
 * May be called from any thread.
 *
 * Returns: whether @event and @json can be pushed at all, as for [method@Server.push]
 */
gboolean
rocketio_server_push_json (RocketIOServer       *self,
                           const char           *event,
                           const char           *json,
                           RocketIOPushOptions  *options,
                           GError              **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (json != NULL, FALSE);

  if (!rocketio_event_check (event, error))
    return FALSE;

  return push_message (self, rocketio_message_new_json (event, json, -1, error), options);
}

/**
 * rocketio_server_push_bytes:
 * @self: a server
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: what to tell
 * @options: (nullable): whom it is for, or %NULL for everybody
 * @error: return location for a #GError
 *
 * Calls @event at the clients that @options name, with bytes. Over a WebSocket they travel as they are. A client of
 * version 1 of the wire protocol, which has no bytes, gets a string in base64.
 *
 * May be called from any thread.
 *
 * Returns: whether @event can be pushed at all, as for [method@Server.push]
 */
gboolean
rocketio_server_push_bytes (RocketIOServer       *self,
                            const char           *event,
                            GBytes               *data,
                            RocketIOPushOptions  *options,
                            GError              **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (data != NULL, FALSE);

  if (!rocketio_event_check (event, error))
    return FALSE;

  return push_message (self, rocketio_message_new_bytes (event, data, error), options);
}
