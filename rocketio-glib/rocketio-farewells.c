/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-farewells-private.h"

#include "rocketio-secret-private.h"

#define MAX_FAREWELLS 10000
#define KEPT_TIME     (5 * G_TIME_SPAN_MINUTE)

struct _RocketIOFarewells
{
  GHashTable *by_id;    /* id -> link in `order` */
  GQueue      order;    /* of Farewell, the oldest first */
};

typedef struct
{
  char   *id;
  char   *token;
  char   *reason;
  gint64  end;          /* monotonic, in microseconds */
  RocketIOVerdict verdict;
} Farewell;

static void
forget (RocketIOFarewells *self,
        GList             *link)
{
  Farewell *farewell = link->data;

  g_hash_table_remove (self->by_id, farewell->id);
  g_queue_delete_link (&self->order, link);
  g_free (farewell->id);
  g_free (farewell->token);
  g_free (farewell->reason);
  g_free (farewell);
}

static void
forget_old (RocketIOFarewells *self)
{
  gint64 now = g_get_monotonic_time ();

  while (self->order.length > MAX_FAREWELLS ||
         (self->order.length > 0 && ((Farewell *) self->order.head->data)->end < now))
    forget (self, self->order.head);
}

RocketIOFarewells *
rocketio_farewells_new (void)
{
  RocketIOFarewells *self = g_new0 (RocketIOFarewells, 1);

  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->order);

  return self;
}

void
rocketio_farewells_free (RocketIOFarewells *self)
{
  while (self->order.length > 0)
    forget (self, self->order.head);
  g_hash_table_unref (self->by_id);
  g_free (self);
}

void
rocketio_farewells_add (RocketIOFarewells     *self,
                        const char            *id,
                        const char            *token,
                        const RocketIOVerdict *verdict)
{
  Farewell *farewell = g_new (Farewell, 1);

  *farewell = (Farewell) {
    g_strdup (id), g_strdup (token), g_strdup (verdict->reason), g_get_monotonic_time () + KEPT_TIME, *verdict,
  };
  farewell->verdict.reason = farewell->reason;
  g_queue_push_tail (&self->order, farewell);
  g_hash_table_insert (self->by_id, farewell->id, self->order.tail);
  forget_old (self);
}

const RocketIOVerdict *
rocketio_farewells_find (RocketIOFarewells *self,
                         const char        *id,
                         const char        *token)
{
  GList *link;
  Farewell *farewell;

  forget_old (self);
  link = id != NULL && token != NULL ? g_hash_table_lookup (self->by_id, id) : NULL;
  if (link == NULL)
    return NULL;

  farewell = link->data;

  return rocketio_is_same_secret (farewell->token, token) ? &farewell->verdict : NULL;
}
