/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "worker.h"

#include <sched.h>

struct _Worker
{
  GThread   *thread;
  GMutex     mutex;
  GCond      cond;
  WorkerFunc func; /* NULL: nothing to do */
  gpointer   data;
  gboolean   stop;
};

static gpointer
worker_main (gpointer data)
{
  Worker *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->stop)
    {
      if (self->func == NULL)
        {
          g_cond_wait (&self->cond, &self->mutex);
          continue;
        }
      self->func (self->data);
      self->func = NULL;
      g_cond_broadcast (&self->cond);
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

static void
leave_table (gpointer data)
{
  gboolean *left = data;

  *left = unshare (CLONE_FILES) == 0;
}

Worker *
worker_new (void)
{
  Worker *self = g_new0 (Worker, 1);
  gboolean left;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("clients", worker_main, self);
  worker_call (self, leave_table, &left);

  return self;
}

void
worker_call (Worker    *self,
             WorkerFunc func,
             gpointer   data)
{
  g_mutex_lock (&self->mutex);
  self->func = func;
  self->data = data;
  g_cond_broadcast (&self->cond);
  while (self->func != NULL)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

void
worker_free (Worker *self)
{
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_thread_join (self->thread);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* Tried once, before it matters. */
gboolean
worker_has_own_fds (void)
{
  static gboolean tried;
  static gboolean left;

  if (!tried)
    {
      Worker *worker = worker_new ();

      worker_call (worker, leave_table, &left);
      worker_free (worker);
      tried = TRUE;
    }

  return left;
}
