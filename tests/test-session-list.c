/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-host.h"

/* Whoever follows a GListModel by its signal alone has a copy of it at any time. */
typedef struct
{
  GListModel *model;
  GPtrArray  *copy;
  guint       n_changes;
} Mirror;

static void
mirror_cb (GListModel *model,
           guint       position,
           guint       removed,
           guint       added,
           gpointer    user_data)
{
  Mirror *self = user_data;

  g_assert_cmpuint (position + removed, <=, self->copy->len);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, self->copy->len - removed + added);
  if (removed > 0)
    g_ptr_array_remove_range (self->copy, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (self->copy, position + i, g_list_model_get_item (model, position + i));

  for (guint i = 0; i < self->copy->len; i++)
    {
      g_autoptr (RocketIOSession) item = g_list_model_get_item (model, i);

      g_assert_true (item == g_ptr_array_index (self->copy, i));
      g_assert_cmpuint (rocketio_session_get_position (item), ==, i);
    }
  self->n_changes++;
}

static Mirror *
mirror_new (GListModel *model)
{
  Mirror *self = g_new0 (Mirror, 1);

  self->model = model;
  self->copy = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (model, "items-changed", G_CALLBACK (mirror_cb), self);

  return self;
}

static void
mirror_free (Mirror *self)
{
  g_ptr_array_unref (self->copy);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Mirror, mirror_free)

static void
test_model (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_autoptr (RocketIOSessionList) list = rocketio_session_list_new ();
  g_autoptr (Mirror) mirror = mirror_new (G_LIST_MODEL (list));
  g_autoptr (GRand) rand = make_rand ();
  guint n_changes = 0;

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (list)) == ROCKETIO_TYPE_SESSION);
  for (guint i = 0; i < 2000; i++)
    {
      guint n = rocketio_session_list_get_n (list);

      g_assert_cmpuint (n, ==, mirror->copy->len);
      if (n == 0 || g_rand_int_range (rand, 0, 40) >= (int) n)
        {
          g_autoptr (RocketIOSession) session = rocketio_session_new (&host->host, NULL);

          rocketio_session_list_add (list, session);
          g_assert_true (rocketio_session_list_lookup (list, rocketio_session_get_id (session)) == session);
        }
      else
        {
          g_autoptr (RocketIOSession) session =
            g_object_ref (rocketio_session_list_get (list, g_rand_int_range (rand, 0, n)));

          rocketio_session_list_remove (list, session);
          g_assert_null (rocketio_session_list_lookup (list, rocketio_session_get_id (session)));
        }
      g_assert_cmpuint (mirror->n_changes, ==, ++n_changes);
    }

  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), rocketio_session_list_get_n (list)));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), G_MAXUINT));
}

/* Only the list keeps the session: it goes with its removal, after the signal. */
static void
test_last_reference (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_autoptr (RocketIOSessionList) list = rocketio_session_list_new ();
  RocketIOSession *session = rocketio_session_new (&host->host, NULL);

  rocketio_session_list_add (list, session);
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  g_object_unref (session);
  g_assert_nonnull (session);
  rocketio_session_list_remove (list, session);
  g_assert_null (session);
}

static void
never_cb (void)
{
  g_assert_not_reached ();
}

static void
test_freeze (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_autoptr (RocketIOSessionList) list = rocketio_session_list_new ();
  g_autoptr (RocketIOSession) one = rocketio_session_new (&host->host, NULL);
  g_autoptr (RocketIOSession) two = rocketio_session_new (&host->host, NULL);
  g_autoptr (RocketIOSession) shown = NULL;

  rocketio_session_list_add (list, one);
  rocketio_session_list_add (list, two);
  rocketio_session_list_freeze (list);
  g_signal_connect (list, "items-changed", G_CALLBACK (never_cb), NULL);
  rocketio_session_list_remove (list, one);

  g_assert_cmpuint (rocketio_session_list_get_n (list), ==, 1);
  g_assert_null (rocketio_session_list_lookup (list, rocketio_session_get_id (one)));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
  shown = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (shown == one);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 2));
  rocketio_session_list_remove (list, two);
}

/* A session that ends in a handler of the list's signal */
static void
end_another_cb (GListModel *model,
                guint       position,
                guint       removed,
                guint       added,
                gpointer    user_data)
{
  RocketIOSession **session = user_data;
  g_autoptr (RocketIOSession) victim = g_steal_pointer (session);

  if (victim != NULL)
    rocketio_session_close (victim);
}

static void
test_end_in_handler (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  RocketIOSessionList *list = rocketio_hub_get_sessions (host->hub);
  FakeTransport *transports[4];
  RocketIOSession *sessions[4];
  gulong id;

  for (guint i = 0; i < 4; i++)
    {
      transports[i] = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
      sessions[i] = fake_host_connect (host, transports[i]);
    }
  id = g_signal_connect (list, "items-changed", G_CALLBACK (end_another_cb), &sessions[3]);
  rocketio_session_close (sessions[0]);
  g_assert_null (sessions[3]);
  g_assert_cmpuint (rocketio_session_list_get_n (list), ==, 2);
  g_assert_true (rocketio_session_list_lookup (list, rocketio_session_get_id (sessions[1])) == sessions[1]);
  g_assert_true (rocketio_session_list_get (list, rocketio_session_get_position (sessions[2])) == sessions[2]);
  g_signal_handler_disconnect (list, id);

  for (guint i = 0; i < 4; i++)
    {
      g_clear_object (&sessions[i]);
      fake_transport_free (transports[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session-list/model", test_model);
  g_test_add_func ("/session-list/last-reference", test_last_reference);
  g_test_add_func ("/session-list/freeze", test_freeze);
  g_test_add_func ("/session-list/end-in-handler", test_end_in_handler);

  return g_test_run ();
}
