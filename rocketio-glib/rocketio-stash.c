/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-stash-private.h"

RocketIOStash *
rocketio_stash_new (guint64 begin)
{
  RocketIOStash *self = g_new0 (RocketIOStash, 1);

  g_queue_init (&self->messages);
  self->begin = begin;
  self->end = begin;

  return self;
}

void
rocketio_stash_free (RocketIOStash *self)
{
  g_queue_clear_full (&self->messages, (GDestroyNotify) rocketio_message_unref);
  g_free (self);
}

void
rocketio_stash_add (RocketIOStash   *self,
                    RocketIOMessage *message)
{
  g_queue_push_tail (&self->messages, rocketio_message_ref (message));
  self->bytes += rocketio_message_get_size (message);
}

RocketIOMessage *
rocketio_stash_take (RocketIOStash *self)
{
  RocketIOMessage *message = g_queue_pop_head (&self->messages);

  if (message != NULL)
    self->bytes -= rocketio_message_get_size (message);

  return message;
}

static void
leave_out (RocketIOStash *self,
           GList         *link)
{
  self->bytes -= rocketio_message_get_size (link->data);
  rocketio_message_unref (link->data);
  g_queue_delete_link (&self->messages, link);
}

/* Whether a message with this key has been seen before; notes it down. */
static gboolean
is_seen (GHashTable      **keys,
         RocketIOMessage  *message)
{
  const char *key = rocketio_message_get_key (message);

  if (key == NULL)
    return FALSE;

  if (*keys == NULL)
    *keys = g_hash_table_new (g_str_hash, g_str_equal);

  /* Not added a second time: the table would keep the key of a message that goes. */
  if (g_hash_table_contains (*keys, key))
    return TRUE;

  g_hash_table_add (*keys, (gpointer) key);

  return FALSE;
}

static guint
conflate (RocketIOStash *self)
{
  g_autoptr (GHashTable) keys = NULL;
  guint n = 0;

  for (GList *l = self->messages.tail, *before; l != NULL; l = before)
    {
      before = l->prev;
      if (!is_seen (&keys, l->data))
        continue;

      leave_out (self, l);
      n++;
    }

  return n;
}

static gboolean
has_policy (RocketIOMessage    *message,
            RocketIOSlowPolicy  wanted,
            RocketIOSlowPolicy  policy)
{
  RocketIOSlowPolicy own = rocketio_message_get_policy (message);

  return (own != ROCKETIO_SLOW_POLICY_DEFAULT ? own : policy) == wanted;
}

/* A single one of any size is not too much. */
static gboolean
is_too_much (RocketIOStash *self,
             gsize          room)
{
  return self->bytes > room && self->messages.length > 1;
}

guint
rocketio_stash_trim (RocketIOStash      *self,
                     gsize               room,
                     RocketIOSlowPolicy  policy)
{
  guint n = conflate (self);

  for (GList *l = self->messages.head, *next; l != NULL && is_too_much (self, room); l = next)
    {
      next = l->next;
      if (!has_policy (l->data, ROCKETIO_SLOW_POLICY_DROP_OLDEST, policy))
        continue;

      leave_out (self, l);
      n++;
    }

  for (GList *l = self->messages.tail, *before; l != NULL && is_too_much (self, room); l = before)
    {
      before = l->prev;
      if (!has_policy (l->data, ROCKETIO_SLOW_POLICY_DROP_NEWEST, policy))
        continue;

      leave_out (self, l);
      n++;
    }

  return n;
}

guint
rocketio_messages_conflate (GPtrArray *messages)
{
  g_autoptr (GHashTable) keys = NULL;
  guint n = 0;

  for (guint i = messages->len; i > 0; i--)
    {
      if (!is_seen (&keys, g_ptr_array_index (messages, i - 1)))
        continue;

      g_ptr_array_remove_index (messages, i - 1);
      n++;
    }

  return n;
}
