/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-retained-private.h"

#define MAX_MESSAGES 1000
#define MAX_BYTES    1048576

struct _RocketIORetained
{
  GHashTable *by_name;    /* event and key -> link in `order` */
  GQueue      order;      /* of Item, the oldest first */
  gsize       bytes;
};

typedef struct
{
  char            *name;
  RocketIOMessage *message;
} Item;

static void
drop (RocketIORetained *self,
      GList            *link)
{
  Item *item = link->data;

  g_hash_table_remove (self->by_name, item->name);
  g_queue_delete_link (&self->order, link);
  self->bytes -= rocketio_message_get_size (item->message);
  rocketio_message_unref (item->message);
  g_free (item->name);
  g_free (item);
}

RocketIORetained *
rocketio_retained_new (void)
{
  RocketIORetained *self = g_new0 (RocketIORetained, 1);

  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->order);

  return self;
}

void
rocketio_retained_free (RocketIORetained *self)
{
  while (!g_queue_is_empty (&self->order))
    drop (self, self->order.head);
  g_hash_table_unref (self->by_name);
  g_free (self);
}

/* No event's name ends in the way that one with a key goes on. */
static char *
make_name (RocketIOMessage *message)
{
  g_autofree char *event = rocketio_message_dup_event (message);
  const char *key = rocketio_message_get_key (message);

  return g_strdup_printf ("%s\n%s", event, key != NULL ? key : "");
}

void
rocketio_retained_put (RocketIORetained *self,
                       RocketIOMessage  *message)
{
  g_autofree char *name = make_name (message);
  GList *before = g_hash_table_lookup (self->by_name, name);
  Item *item;

  if (before != NULL)
    drop (self, before);
  if (rocketio_message_is_null (message))
    return;

  item = g_new (Item, 1);
  *item = (Item) { g_steal_pointer (&name), rocketio_message_ref (message) };
  g_queue_push_tail (&self->order, item);
  g_hash_table_insert (self->by_name, item->name, self->order.tail);
  self->bytes += rocketio_message_get_size (message);

  while (self->order.length > MAX_MESSAGES || (self->bytes > MAX_BYTES && self->order.length > 1))
    drop (self, self->order.head);
}

guint
rocketio_retained_get_n (RocketIORetained *self)
{
  return self->order.length;
}

GPtrArray *
rocketio_retained_copy (RocketIORetained *self)
{
  GPtrArray *copies = g_ptr_array_new_full (self->order.length, (GDestroyNotify) rocketio_message_unref);

  for (GList *l = self->order.head; l != NULL; l = l->next)
    g_ptr_array_add (copies, rocketio_message_copy (((Item *) l->data)->message));

  return copies;
}
