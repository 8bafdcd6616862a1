/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include "rocketio-state-private.h"
#include "rocketio-task-private.h"


#define BATCH_TIME 100      /* milliseconds between two batches of clients that are sent away */
#define MIN_BATCH  50       /* how many go in one at least */
#define LOOK_TIME  20       /* milliseconds between two looks whether the last of them is gone */

struct _RocketIODrain
{
  RocketIOServer *server;
  GTask          *task;
  RocketIOTimer   timer;
  guint           batch;       /* sessions that go in one */
  guint           n_passed;    /* sessions at the end of the list that wait for the next server */
  guint           spread;      /* milliseconds over which they come back */
  gint64          end;         /* monotonic, in microseconds */
  gboolean        is_closed;   /* everybody has been sent away: what is left is on its way */
  RocketIOVerdict verdict;
};

static const RocketIOVerdict draining = { 4000, "the server goes away", 1000 };

const RocketIOVerdict *
rocketio_server_get_objection (RocketIOServer *self)
{
  return self->drain != NULL ? &draining : NULL;
}

static gboolean
complete_cb (gpointer user_data)
{
  g_task_return_boolean (user_data, TRUE);

  return G_SOURCE_REMOVE;
}

void
rocketio_server_end_drain (RocketIOServer *self)
{
  RocketIODrain *drain = g_steal_pointer (&self->drain);

  if (drain == NULL)
    return;

  rocketio_reactor_stop_timer (self->reactor, &drain->timer);
  rocketio_task_call_later (drain->task, complete_cb);
  g_object_unref (drain->task);
  g_free (drain);
}

/* Somebody else has closed the server. */
void
rocketio_server_call_off_drain (RocketIOServer *self)
{
  if (self->drain != NULL && !self->drain->is_closed)
    rocketio_server_end_drain (self);
}

/* The state */

/* With a state file, sessions of version 2 are not over: the next server goes on with them. */
static gboolean
is_to_be_saved (RocketIOServer  *self,
                RocketIOSession *session)
{
  return self->state_file != NULL && session->wire != NULL && self->settings.session.resume_window > 0;
}

/* It may be read by nobody else, also before it is complete. */
static gboolean
write_state (RocketIOServer  *self,
             GError         **error)
{
  g_autoptr (GVariant) state = rocketio_state_save (self->hub);
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (state);

  stream = g_file_replace (self->state_file, NULL, FALSE,
                           G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, error);

  return stream != NULL &&
         g_output_stream_write_all (G_OUTPUT_STREAM (stream), g_bytes_get_data (bytes, NULL),
                                    g_bytes_get_size (bytes), NULL, NULL, error) &&
         g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
}

static gboolean
read_state (RocketIOServer  *self,
            GError         **error)
{
  g_autoptr (GBytes) bytes = g_file_load_bytes (self->state_file, NULL, NULL, error);
  g_autoptr (GVariant) state = NULL;

  /* Whatever comes of it, a second server must not go on from it too. */
  if (bytes == NULL || !g_file_delete (self->state_file, NULL, error))
    return FALSE;

  state = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (ROCKETIO_STATE_TYPE), bytes, FALSE));
  if (!rocketio_state_load (self->hub, state, &self->host, error))
    return FALSE;

  self->host.epoch = rocketio_hub_get_epoch (self->hub);

  return TRUE;
}

/* A server without it is better than none. */
void
rocketio_server_load_state (RocketIOServer *self)
{
  g_autoptr (GError) error = NULL;

  if (self->state_file == NULL || self->has_state)
    return;

  self->has_state = TRUE;
  if (!read_state (self, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_warning ("The state of the server before could not be used, so it begins anew: %s", error->message);
}

/**
 * rocketio_server_get_state_file: (get-property state-file)
 * @self: a server
 *
 * Gets the file in which a drained server leaves its state.
 *
 * Returns: (transfer none) (nullable): the file, or %NULL
 */
GFile *
rocketio_server_get_state_file (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);

  return self->state_file;
}

/**
 * rocketio_server_set_state_file: (set-property state-file)
 * @self: a server
 * @file: (nullable): a file, which need not exist, in a folder that does; %NULL: none
 *
 * Sets the file in which a drained server leaves its state, and which it reads when it first listens.
 */
void
rocketio_server_set_state_file (RocketIOServer *self,
                                GFile          *file)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (file == NULL || G_IS_FILE (file));

  if (g_set_object (&self->state_file, file))
    g_object_notify (G_OBJECT (self), "state-file");
}

/* Draining */

/* Those that wait already for the next server are passed over. */
static RocketIOSession *
next_session (RocketIODrain *self)
{
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (self->server->hub);

  while (self->n_passed < rocketio_session_list_get_n (sessions))
    {
      guint index = rocketio_session_list_get_n (sessions) - 1 - self->n_passed;
      RocketIOSession *session = rocketio_session_list_get (sessions, index);

      if (!is_to_be_saved (self->server, session) || rocketio_session_get_carrier (session) != NULL)
        return session;

      self->n_passed++;
    }

  return NULL;
}

/* Each is told a time of its own, so that they do not all come back at once. */
static void
send_away (RocketIODrain *self)
{
  RocketIOSession *next;

  for (guint i = 0; i < self->batch && (next = next_session (self)) != NULL; i++)
    {
      g_autoptr (RocketIOSession) session = g_object_ref (next);

      self->verdict.retry = self->spread > 0 ? g_random_int_range (0, self->spread) : 0;
      if (is_to_be_saved (self->server, session))
        rocketio_session_detach_with (session, ROCKETIO_CLOSE_REASON_SHUTDOWN, &self->verdict);
      else
        rocketio_session_end_with (session, ROCKETIO_CLOSE_REASON_SHUTDOWN, &self->verdict);
    }
}

static void
leave_state (RocketIOServer *server)
{
  g_autoptr (GError) error = NULL;

  if (server->state_file != NULL && !write_state (server, &error))
    g_warning ("The state of the server could not be saved: %s", error->message);
}

/* Closes the server when nobody is left, and completes when nothing is on its way any more. */
static void
go_on (RocketIODrain  *self,
       RocketIOServer *server)
{
  gboolean is_late = g_get_monotonic_time () >= self->end;
  gboolean is_empty = next_session (self) == NULL;

  if (!self->is_closed && (is_empty || is_late))
    {
      self->is_closed = TRUE;
      leave_state (server);
      rocketio_server_close (server);
    }

  if (self->is_closed && (is_late || rocketio_reactor_is_empty (server->reactor)))
    rocketio_server_end_drain (server);
  else
    rocketio_reactor_start_timer (server->reactor, &self->timer, self->is_closed ? LOOK_TIME : BATCH_TIME);
}

static void
timer_cb (RocketIOTimer *timer)
{
  RocketIODrain *self = rocketio_container_of (timer, RocketIODrain, timer);
  g_autoptr (RocketIOServer) server = g_object_ref (self->server);

  send_away (self);

  /* A handler of session-closed may have closed the server. */
  if (server->drain == self)
    go_on (self, server);
}

/**
 * rocketio_server_drain_async:
 * @self: a server
 * @spread: milliseconds over which the clients are sent away, and over which they are asked to come back
 * @cancellable: (nullable): what can end the waiting; it does not call the draining off
 * @callback: (scope async): what to call when the server is closed
 * @user_data: for @callback
 *
 * Closes the server gently, as before a restart: it takes nobody in any more, sends its clients away in batches over
 * the time of @spread, each with what was pushed to it before, and then closes as [method@Server.close] does. Clients
 * of version 2 of the wire protocol are told when to come back, each at another time within @spread, so that the next
 * server does not get all of them at once.
 *
 * With a [property@Server:state-file], those clients can resume their sessions at the next server.
 *
 * It ends at the latest 30 seconds after @spread, with clients that did not take their last pushes left behind.
 */
void
rocketio_server_drain_async (RocketIOServer      *self,
                             guint                spread,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  RocketIODrain *drain;
  guint n_batches = spread / BATCH_TIME + 1;

  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rocketio_server_drain_async);
  if (self->drain != NULL || self->endpoints == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, self->drain != NULL ? G_IO_ERROR_PENDING : G_IO_ERROR_CLOSED,
                               "The server is being drained already, or is closed");
      return;
    }

  drain = g_new0 (RocketIODrain, 1);
  drain->server = self;
  drain->task = g_steal_pointer (&task);
  drain->spread = spread;
  drain->batch = MAX (MIN_BATCH, rocketio_session_list_get_n (rocketio_hub_get_sessions (self->hub)) / n_batches + 1);
  drain->end = g_get_monotonic_time () + (spread + 30000) * G_GINT64_CONSTANT (1000);
  drain->verdict = draining;
  rocketio_timer_init (&drain->timer, timer_cb);
  self->drain = drain;

  rocketio_listener_stop (self->listener);
  rocketio_reactor_start_timer (self->reactor, &drain->timer, 0);
}

/**
 * rocketio_server_drain_finish:
 * @self: a server
 * @result: what the callback of [method@Server.drain_async] was given
 * @error: return location for a #GError
 *
 * Ends what [method@Server.drain_async] began.
 *
 * Returns: %TRUE if the server is closed, %FALSE with %G_IO_ERROR_PENDING if it was being drained already, with
 *   %G_IO_ERROR_CLOSED if it was closed, or with %G_IO_ERROR_CANCELLED
 */
gboolean
rocketio_server_drain_finish (RocketIOServer  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
