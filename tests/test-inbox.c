/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "rocketio-inbox-private.h"

#include <stdlib.h>

#define N_THREADS 4
#define N_POSTS   2000

typedef struct
{
  GMainContext    *context;
  RocketIOReactor *reactor;
  RocketIOInbox   *inbox;
  guint            n_taken;
  guint            last[N_THREADS];    /* what each thread posted last of those taken */
  guint            n_pumps;
} Test;

static void
setup (Test          *test,
       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  test->context = g_main_context_new ();
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  test->inbox = rocketio_inbox_new (test->reactor);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  rocketio_inbox_close (test->inbox);
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  rocketio_inbox_unref (test->inbox);
  g_main_context_unref (test->context);
}

static RocketIOMessage *
make_message (guint number)
{
  g_autofree char *data = g_strdup_printf ("%u", number);

  return rocketio_message_new_json ("n", data, -1, NULL);
}

/* The number in a message. */
static guint
get_number (RocketIOPost *post)
{
  GBytes *bytes = rocketio_message_get_text (post->message);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  return strtoul (strstr (text, "\"data\":") + strlen ("\"data\":"), NULL, 10);
}

static void
test_order (Test          *test,
            gconstpointer  data)
{
  RocketIOPushOptions *options = rocketio_push_options_new ();

  g_assert_null (rocketio_inbox_take (test->inbox));
  rocketio_push_options_set_channels (options, (const char *const[]) { "x", NULL });
  rocketio_inbox_post (test->inbox, make_message (0), options);
  for (guint i = 1; i < 10; i++)
    rocketio_inbox_post (test->inbox, make_message (i), NULL);

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (RocketIOPost) post = rocketio_inbox_take (test->inbox);

      g_assert_cmpuint (get_number (post), ==, i);
      if (i == 0)
        g_assert_cmpstr (rocketio_push_options_get_channels (post->options)[0], ==, "x");
      else
        g_assert_null (post->options);
    }
  g_assert_null (rocketio_inbox_take (test->inbox));
}

static gboolean
pump_cb (gpointer user_data,
         gint64   deadline)
{
  Test *test = user_data;

  g_assert_true (rocketio_inbox_is_local (test->inbox));
  test->n_pumps++;
  while (TRUE)
    {
      g_autoptr (RocketIOPost) post = rocketio_inbox_take (test->inbox);
      guint thread, number;

      if (post == NULL)
        return FALSE;

      thread = get_number (post) / N_POSTS;
      number = get_number (post) % N_POSTS;
      g_assert_cmpuint (number, ==, test->last[thread]);
      test->last[thread]++;
      test->n_taken++;
    }
}

typedef struct
{
  RocketIOInbox *inbox;
  guint          first;
} Poster;

static gpointer
post_thread (gpointer user_data)
{
  Poster *poster = user_data;

  for (guint i = 0; i < N_POSTS; i++)
    {
      RocketIOPushOptions *options = i % 2 == 0 ? rocketio_push_options_new () : NULL;

      g_assert_false (rocketio_inbox_is_local (poster->inbox));
      rocketio_inbox_post (poster->inbox, make_message (poster->first + i), options);
      if (i % 100 == 0)
        g_thread_yield ();
    }
  rocketio_inbox_unref (poster->inbox);

  return NULL;
}

static void
start_threads (Test     *test,
               Poster   *posters,
               GThread **threads)
{
  for (guint i = 0; i < N_THREADS; i++)
    {
      posters[i] = (Poster) { rocketio_inbox_ref (test->inbox), i * N_POSTS };
      threads[i] = g_thread_new ("post", post_thread, &posters[i]);
    }
}

static void
test_threads (Test          *test,
              gconstpointer  data)
{
  Poster posters[N_THREADS];
  GThread *threads[N_THREADS];

  rocketio_reactor_set_pump (test->reactor, pump_cb, test);
  start_threads (test, posters, threads);

  /* Nothing else wakes the loop. */
  while (test->n_taken < N_THREADS * N_POSTS)
    g_main_context_iteration (test->context, TRUE);

  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (test->last[i], ==, N_POSTS);
    }
}

/* A server that goes while others push: what comes late is lost, and neither a leak nor a crash. */
static void
test_close (Test          *test,
            gconstpointer  data)
{
  Poster posters[N_THREADS];
  GThread *threads[N_THREADS];

  rocketio_reactor_set_pump (test->reactor, pump_cb, test);
  start_threads (test, posters, threads);
  while (test->n_taken < N_POSTS)
    g_main_context_iteration (test->context, TRUE);
  rocketio_inbox_close (test->inbox);
  g_assert_null (rocketio_inbox_take (test->inbox));
  rocketio_reactor_close (test->reactor);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  rocketio_inbox_post (test->inbox, make_message (1), rocketio_push_options_new ());
  rocketio_inbox_close (test->inbox);
  g_assert_null (rocketio_inbox_take (test->inbox));
}

static void
test_local (Test          *test,
            gconstpointer  data)
{
  /* Nobody runs the context. */
  g_assert_false (rocketio_inbox_is_local (test->inbox));
  g_assert_true (g_main_context_acquire (test->context));
  g_assert_true (rocketio_inbox_is_local (test->inbox));
  g_main_context_release (test->context);
}

#define add(name, func) g_test_add ("/inbox/" name, Test, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("order", test_order);
  add ("threads", test_threads);
  add ("close", test_close);
  add ("local", test_local);

  return g_test_run ();
}
