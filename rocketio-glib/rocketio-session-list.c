/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-list-private.h"

struct _RocketIOSessionList
{
  GObject     parent_instance;
  GPtrArray  *sessions;
  GHashTable *by_id;       /* id, owned by the session -> RocketIOSession */
  GPtrArray  *frozen;      /* what the model shows for ever; NULL: what there is */
};

static GPtrArray *
get_shown (gpointer self)
{
  RocketIOSessionList *list = self;

  return list->frozen != NULL ? list->frozen : list->sessions;
}

static GType
rocketio_session_list_get_item_type (GListModel *model)
{
  return ROCKETIO_TYPE_SESSION;
}

static guint
rocketio_session_list_get_n_items (GListModel *model)
{
  return get_shown (model)->len;
}

static gpointer
rocketio_session_list_get_item (GListModel *model,
                                guint       position)
{
  GPtrArray *shown = get_shown (model);

  return position < shown->len ? g_object_ref (g_ptr_array_index (shown, position)) : NULL;
}

static void
rocketio_session_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = rocketio_session_list_get_item_type;
  iface->get_n_items = rocketio_session_list_get_n_items;
  iface->get_item = rocketio_session_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (RocketIOSessionList, rocketio_session_list, G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, rocketio_session_list_model_init))

static void
rocketio_session_list_finalize (GObject *object)
{
  RocketIOSessionList *self = ROCKETIO_SESSION_LIST (object);

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->sessions);
  g_clear_pointer (&self->frozen, g_ptr_array_unref);

  G_OBJECT_CLASS (rocketio_session_list_parent_class)->finalize (object);
}

static void
rocketio_session_list_class_init (RocketIOSessionListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rocketio_session_list_finalize;
}

static void
rocketio_session_list_init (RocketIOSessionList *self)
{
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

RocketIOSessionList *
rocketio_session_list_new (void)
{
  return g_object_new (ROCKETIO_TYPE_SESSION_LIST, NULL);
}

void
rocketio_session_list_add (RocketIOSessionList *self,
                           RocketIOSession     *session)
{
  rocketio_session_set_position (session, self->sessions->len);
  g_ptr_array_add (self->sessions, g_object_ref (session));
  g_hash_table_insert (self->by_id, (gpointer) rocketio_session_get_id (session), session);
  g_list_model_items_changed (G_LIST_MODEL (self), self->sessions->len - 1, 0, 1);
}

void
rocketio_session_list_remove (RocketIOSessionList *self,
                              RocketIOSession     *session)
{
  g_autoptr (RocketIOSession) ref = g_object_ref (session);
  guint position = rocketio_session_get_position (session);
  guint last = self->sessions->len - 1;

  g_hash_table_remove (self->by_id, rocketio_session_get_id (session));
  rocketio_session_set_position (g_ptr_array_index (self->sessions, last), position);
  g_ptr_array_remove_index_fast (self->sessions, position);

  /* One change, since a model must never look other than it says: from the place on, all but one are there again. */
  if (self->frozen == NULL)
    g_list_model_items_changed (G_LIST_MODEL (self), position, last - position + 1, last - position);
}

static gpointer
ref_session (gconstpointer session,
             gpointer      user_data)
{
  return g_object_ref ((gpointer) session);
}

void
rocketio_session_list_freeze (RocketIOSessionList *self)
{
  if (self->frozen == NULL)
    self->frozen = g_ptr_array_copy (self->sessions, ref_session, NULL);
}

RocketIOSession *
rocketio_session_list_lookup (RocketIOSessionList *self,
                              const char          *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

guint
rocketio_session_list_get_n (RocketIOSessionList *self)
{
  return self->sessions->len;
}

RocketIOSession *
rocketio_session_list_get (RocketIOSessionList *self,
                           guint                index)
{
  return g_ptr_array_index (self->sessions, index);
}
