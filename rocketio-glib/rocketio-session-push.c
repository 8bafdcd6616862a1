/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

void
rocketio_session_push_message (RocketIOSession *self,
                               RocketIOMessage *message)
{
  RocketIOPushOptions *options;

  if (rocketio_inbox_is_local (self->inbox))
    {
      if (self->host != NULL)
        self->host->pushed (self, message, self->host->user_data);
      rocketio_message_unref (message);
      return;
    }

  options = rocketio_push_options_new ();
  rocketio_push_options_set_to (options, (const char *const[]) { self->id, NULL });
  rocketio_inbox_post (self->inbox, message, options);
}

/* NULL: it could not be made. */
static gboolean
push_message (RocketIOSession *self,
              RocketIOMessage *message)
{
  if (message == NULL)
    return FALSE;

  /* One that no server has made is as good as closed. */
  if (self->inbox != NULL)
    rocketio_session_push_message (self, message);
  else
    rocketio_message_unref (message);

  return TRUE;
}

/**
 * rocketio_session_push:
 * @self: a session
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: (nullable) (transfer none): what to tell, or %NULL for null
 * @error: return location for a #GError
 *
 * Calls @event at this one client.
 *
 * Pushing to a session that is closed is no error: the client may be gone at any time. May be called from any thread.
 *
 * Returns: whether @event and @data can be pushed at all: %FALSE with %ROCKETIO_ERROR_INVALID_NAME or
 *   %ROCKETIO_ERROR_INVALID_JSON otherwise
 */
gboolean
rocketio_session_push (RocketIOSession  *self,
                       const char       *event,
                       JsonNode         *data,
                       GError          **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  return rocketio_event_check (event, error) &&
         push_message (self, rocketio_message_new (event, data, error));
}

/**
 * rocketio_session_push_variant:
 * @self: a session
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: what to tell; sunk if it is floating
 * @error: return location for a #GError
 *
 * Calls @event at this one client, with the JSON that [method@Server.push_variant] makes of @data.
 *
 * May be called from any thread.
 *
 * Returns: whether @event and @data can be pushed at all, as for [method@Session.push]
 */
gboolean
rocketio_session_push_variant (RocketIOSession  *self,
                               const char       *event,
                               GVariant         *data,
                               GError          **error)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (data != NULL, FALSE);

  value = g_variant_ref_sink (data);

  return rocketio_event_check (event, error) &&
         push_message (self, rocketio_message_new_variant (event, value, error));
}

/**
 * rocketio_session_push_json:
 * @self: a session
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @json: what to tell, as the text of one JSON value (RFC 8259)
 * @error: return location for a #GError
 *
 * Calls @event at this one client, with data that is JSON already. It is checked and passed on as it is.
 *
 * May be called from any thread.
 *
 * Returns: whether @event and @json can be pushed at all, as for [method@Session.push]
 */
gboolean
rocketio_session_push_json (RocketIOSession  *self,
                            const char       *event,
                            const char       *json,
                            GError          **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (json != NULL, FALSE);

  return rocketio_event_check (event, error) &&
         push_message (self, rocketio_message_new_json (event, json, -1, error));
}

/**
 * rocketio_session_push_bytes:
 * @self: a session
 * @event: the name of the event: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: what to tell
 * @error: return location for a #GError
 *
 * Calls @event at this one client, with bytes, as [method@Server.push_bytes] does.
 *
 * May be called from any thread.
 *
 * Returns: whether @event can be pushed at all, as for [method@Session.push]
 */
gboolean
rocketio_session_push_bytes (RocketIOSession  *self,
                             const char       *event,
                             GBytes           *data,
                             GError          **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (data != NULL, FALSE);

  return rocketio_event_check (event, error) &&
         push_message (self, rocketio_message_new_bytes (event, data, error));
}

/**
 * rocketio_session_flush_async:
 * @self: a session
 * @cancellable: (nullable): what can end the waiting
 * @callback: (scope async): what to call when it is done
 * @user_data: for @callback
 *
 * Waits until everything that was pushed to the session before has left: a WebSocket is waited for until the kernel has
 * taken all of it, a Comet client until it comes with the poll after the one that got the last of it.
 *
 * With this, an app can send a client as much as it likes, at the client's pace: what waits for a client is limited by
 * [property@Server:max-queue-bytes].
 *
 * To cancel it takes nothing back of what was pushed.
 */
void
rocketio_session_flush_async (RocketIOSession     *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rocketio_session_flush_async);
  if (self->flush == NULL)
    self->flush = g_new0 (RocketIOFlush, 1);
  rocketio_flush_add (self->flush, g_steal_pointer (&task));

  if (self->host == NULL || self->ending)
    {
      rocketio_flush_end (self->flush);
      return;
    }

  /* What this thread pushed without a running main loop is in the inbox; this gets it out. */
  self->host->get_seq (self->host->user_data);
  self->host->dirty (self, self->host->user_data);
}

/**
 * rocketio_session_flush_finish:
 * @self: a session
 * @result: what the callback of [method@Session.flush_async] was given
 * @error: return location for a #GError
 *
 * Ends the waiting that [method@Session.flush_async] began.
 *
 * Returns: %TRUE if everything has left, %FALSE with %G_IO_ERROR_CLOSED if the session ended before that, or with
 *   %G_IO_ERROR_CANCELLED
 */
gboolean
rocketio_session_flush_finish (RocketIOSession  *self,
                               GAsyncResult     *result,
                               GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
