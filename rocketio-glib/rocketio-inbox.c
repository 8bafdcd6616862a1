/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-inbox-private.h"

struct _RocketIOInbox
{
  gatomicrefcount  refs;
  GMainContext    *context;
  GMutex           lock;
  RocketIOReactor *reactor;    /* NULL: closed */
  GQueue           posts;      /* of RocketIOPost */
  int              n_posts;    /* atomic, to look without the lock */
};

RocketIOInbox *
rocketio_inbox_new (RocketIOReactor *reactor)
{
  RocketIOInbox *self = g_new0 (RocketIOInbox, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  g_queue_init (&self->posts);
  self->reactor = rocketio_reactor_ref (reactor);
  self->context = g_main_context_ref (rocketio_reactor_get_context (reactor));

  return self;
}

RocketIOInbox *
rocketio_inbox_ref (RocketIOInbox *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_inbox_unref (RocketIOInbox *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_assert (self->reactor == NULL);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

GMainContext *
rocketio_inbox_get_context (RocketIOInbox *self)
{
  return self->context;
}

gboolean
rocketio_inbox_is_local (RocketIOInbox *self)
{
  return g_main_context_is_owner (self->context);
}

gboolean
rocketio_inbox_check_thread (RocketIOInbox *self,
                             const char    *function)
{
  if (self == NULL)
    {
      g_critical ("%s was called for a session that no server has made", function);
      return FALSE;
    }

  /* Whoever can have the context now is not in the way of the thread that runs it. */
  if (g_main_context_acquire (self->context))
    {
      g_main_context_release (self->context);
      return TRUE;
    }

  g_critical ("%s may be called only from the thread that runs the main context of the server, the one that was the "
              "default of the thread when the server was made; only pushes may come from other threads", function);

  return FALSE;
}

void
rocketio_inbox_post (RocketIOInbox       *self,
                     RocketIOMessage     *message,
                     RocketIOPushOptions *options)
{
  g_autoptr (RocketIOPost) post = g_new (RocketIOPost, 1);

  *post = (RocketIOPost) { message, options };
  g_mutex_lock (&self->lock);
  if (self->reactor != NULL)
    {
      g_queue_push_tail (&self->posts, g_steal_pointer (&post));
      g_atomic_int_inc (&self->n_posts);
      rocketio_reactor_kick (self->reactor);
    }
  g_mutex_unlock (&self->lock);
}

guint
rocketio_inbox_get_n (RocketIOInbox *self)
{
  return g_atomic_int_get (&self->n_posts);
}

RocketIOPost *
rocketio_inbox_take (RocketIOInbox *self)
{
  RocketIOPost *post;

  if (g_atomic_int_get (&self->n_posts) == 0)
    return NULL;

  g_mutex_lock (&self->lock);
  post = g_queue_pop_head (&self->posts);
  if (post != NULL)
    g_atomic_int_add (&self->n_posts, -1);
  g_mutex_unlock (&self->lock);

  return post;
}

void
rocketio_post_free (RocketIOPost *post)
{
  rocketio_message_unref (post->message);
  g_clear_pointer (&post->options, rocketio_push_options_free);
  g_free (post);
}

void
rocketio_inbox_close (RocketIOInbox *self)
{
  GQueue posts;
  RocketIOReactor *reactor;

  g_mutex_lock (&self->lock);
  posts = self->posts;
  g_queue_init (&self->posts);
  g_atomic_int_set (&self->n_posts, 0);
  reactor = g_steal_pointer (&self->reactor);
  g_mutex_unlock (&self->lock);

  g_queue_clear_full (&posts, (GDestroyNotify) rocketio_post_free);
  g_clear_pointer (&reactor, rocketio_reactor_unref);
}
