/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-flush-private.h"

#include "rocketio-task-private.h"

/* The data of a task. */
typedef struct
{
  GQueue  *queue;      /* the one that it is in, and that owns a reference to the task; NULL: about to complete */
  GList    link;
  gulong   handler;    /* of GCancellable::cancelled; 0: it cannot be cancelled, or was already */
  gboolean taken;      /* how it ends */
} Waiter;

/* Gives the queue's reference away. */
static GTask *
unlink_waiter (Waiter *waiter)
{
  GTask *task = waiter->link.data;

  g_queue_unlink (waiter->queue, &waiter->link);
  waiter->queue = NULL;

  /* Not g_cancellable_disconnect(), which never returns when the app gets here from another handler of the signal. */
  if (waiter->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), waiter->handler);

  return task;
}

static gboolean
cancel_cb (gpointer user_data)
{
  GTask *task = user_data;
  Waiter *waiter = g_task_get_task_data (task);

  /* It may have come to its end meanwhile. */
  if (waiter->queue == NULL)
    return G_SOURCE_REMOVE;

  g_object_unref (unlink_waiter (waiter));
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Waiting for the pushes to leave was cancelled");

  return G_SOURCE_REMOVE;
}

/* In whatever thread. There is no source before: one for each client that is waited for would slow all of them. */
static void
cancelled_cb (GCancellable *cancellable,
              GTask        *task)
{
  rocketio_task_call_later (task, cancel_cb);
}

static gboolean
complete_cb (gpointer user_data)
{
  GTask *task = user_data;
  Waiter *waiter = g_task_get_task_data (task);

  if (waiter->taken)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED,
                             "The session ended before everything pushed to it had left");

  return G_SOURCE_REMOVE;
}

static void
complete_all (GQueue  *queue,
              gboolean taken)
{
  while (queue->head != NULL)
    {
      g_autoptr (GTask) task = unlink_waiter (g_task_get_task_data (queue->head->data));

      ((Waiter *) g_task_get_task_data (task))->taken = taken;
      rocketio_task_call_later (task, complete_cb);
    }
}

void
rocketio_flush_add (RocketIOFlush *self,
                    GTask         *task)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->queue = &self->waiting;
  waiter->link.data = task;
  g_task_set_task_data (task, waiter, g_free);
  g_queue_push_tail_link (waiter->queue, &waiter->link);

  if (g_task_get_cancellable (task) != NULL)
    waiter->handler = g_cancellable_connect (g_task_get_cancellable (task), G_CALLBACK (cancelled_cb),
                                             g_object_ref (task), g_object_unref);
}

void
rocketio_flush_sent (RocketIOFlush *self)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->waiting)) != NULL)
    {
      ((Waiter *) g_task_get_task_data (link->data))->queue = &self->sent;
      g_queue_push_tail_link (&self->sent, link);
    }
}

void
rocketio_flush_taken (RocketIOFlush *self)
{
  complete_all (&self->sent, TRUE);
}

void
rocketio_flush_end (RocketIOFlush *self)
{
  complete_all (&self->sent, FALSE);
  complete_all (&self->waiting, FALSE);
}
