/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-flush-private.h"

/* The data of a task. */
typedef struct
{
  GQueue  *queue;        /* the one that it is in, and that owns a reference to the task; NULL: about to complete */
  GList    link;
  GSource *cancelled;    /* NULL: it cannot be */
  gboolean taken;        /* how it ends */
} Waiter;

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  g_clear_pointer (&waiter->cancelled, g_source_unref);
  g_free (waiter);
}

/* Gives the queue's reference away. */
static GTask *
unlink_waiter (Waiter *waiter)
{
  g_queue_unlink (waiter->queue, &waiter->link);
  waiter->queue = NULL;
  if (waiter->cancelled != NULL)
    g_source_destroy (waiter->cancelled);

  return waiter->link.data;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (GTask) task = unlink_waiter (g_task_get_task_data (user_data));

  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
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
      g_autoptr (GSource) source = g_idle_source_new ();

      ((Waiter *) g_task_get_task_data (task))->taken = taken;
      g_source_set_priority (source, g_task_get_priority (task));
      g_task_attach_source (task, source, complete_cb);
    }
}

void
rocketio_flush_add (RocketIOFlush *self,
                    GTask         *task)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->queue = &self->waiting;
  waiter->link.data = task;
  g_task_set_task_data (task, waiter, waiter_free);
  g_queue_push_tail_link (waiter->queue, &waiter->link);

  if (g_task_get_cancellable (task) == NULL)
    return;

  waiter->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_task_attach_source (task, waiter->cancelled, G_SOURCE_FUNC (cancelled_cb));
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
