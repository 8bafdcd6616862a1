/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

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

/* Each is told a time of its own, so that they do not all come back at once. */
static void
send_away (RocketIODrain *self)
{
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (self->server->hub);
  guint n;

  for (guint i = 0; i < self->batch && (n = rocketio_session_list_get_n (sessions)) > 0; i++)
    {
      g_autoptr (RocketIOSession) session = g_object_ref (rocketio_session_list_get (sessions, n - 1));

      self->verdict.retry = self->spread > 0 ? g_random_int_range (0, self->spread) : 0;
      rocketio_session_end_with (session, ROCKETIO_CLOSE_REASON_SHUTDOWN, &self->verdict);
    }
}

/* Closes the server when nobody is left, and completes when nothing is on its way any more. */
static void
go_on (RocketIODrain  *self,
       RocketIOServer *server)
{
  gboolean is_late = g_get_monotonic_time () >= self->end;
  gboolean is_empty = rocketio_session_list_get_n (rocketio_hub_get_sessions (server->hub)) == 0;

  if (!self->is_closed && (is_empty || is_late))
    {
      self->is_closed = TRUE;
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
 * Closes the server gently, as before a restart: it takes nobody in any more, sends its clients away in batches over the
 * time of @spread, each with what was pushed to it before, and then closes as [method@Server.close] does. Clients of
 * version 2 of the wire protocol are told when to come back, each at another time within @spread, so that the next
 * server does not get all of them at once.
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
