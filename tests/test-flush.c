/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-flush-private.h"

/* What ended, in that order: a letter for each task, a capital one if it succeeded. */
typedef struct
{
  RocketIOFlush flush;
  GString      *story;
} Test;

typedef struct
{
  Test *test;
  char  letter;
} Call;

static void
set_up (Test          *test,
        gconstpointer  unused)
{
  test->story = g_string_new (NULL);
}

static void
tear_down (Test          *test,
           gconstpointer  unused)
{
  g_string_free (test->story, TRUE);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autofree Call *call = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_string_append_c (call->test->story, g_ascii_toupper (call->letter));
  else
    g_string_append_c (call->test->story, call->letter);

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
add (Test         *test,
     char          letter,
     GCancellable *cancellable)
{
  Call *call = g_new0 (Call, 1);

  call->test = test;
  call->letter = letter;
  rocketio_flush_add (&test->flush, g_task_new (NULL, cancellable, done_cb, call));
}

static void
expect (Test       *test,
        const char *story)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (test->story->str, ==, story);
}

static void
test_order (Test          *test,
            gconstpointer  unused)
{
  add (test, 'a', NULL);
  rocketio_flush_taken (&test->flush);
  expect (test, "");

  rocketio_flush_sent (&test->flush);
  add (test, 'b', NULL);
  rocketio_flush_taken (&test->flush);
  g_assert_cmpstr (test->story->str, ==, "");    /* never from within */
  expect (test, "A");

  rocketio_flush_sent (&test->flush);
  add (test, 'c', NULL);
  rocketio_flush_sent (&test->flush);
  rocketio_flush_taken (&test->flush);
  expect (test, "ABC");
}

static void
test_end (Test          *test,
          gconstpointer  unused)
{
  add (test, 'a', NULL);
  rocketio_flush_sent (&test->flush);
  add (test, 'b', NULL);
  rocketio_flush_end (&test->flush);
  g_assert_cmpstr (test->story->str, ==, "");
  expect (test, "ab");
}

static void
test_cancel (Test          *test,
             gconstpointer  unused)
{
  g_autoptr (GCancellable) waiting = g_cancellable_new ();
  g_autoptr (GCancellable) sent = g_cancellable_new ();
  g_autoptr (GCancellable) before = g_cancellable_new ();

  add (test, 'a', sent);
  rocketio_flush_sent (&test->flush);
  add (test, 'b', waiting);
  g_cancellable_cancel (before);
  add (test, 'c', before);
  add (test, 'd', NULL);
  expect (test, "c");

  g_cancellable_cancel (waiting);
  expect (test, "cb");
  g_cancellable_cancel (sent);
  expect (test, "cba");

  rocketio_flush_sent (&test->flush);
  rocketio_flush_taken (&test->flush);
  expect (test, "cbaD");
}

/* Cancelled when it has its end already, but has not told it. */
static void
test_cancel_late (Test          *test,
                  gconstpointer  unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add (test, 'a', cancellable);
  rocketio_flush_end (&test->flush);
  g_cancellable_cancel (cancellable);
  expect (test, "a");
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_cancel_in_thread (Test          *test,
                       gconstpointer  unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add (test, 'a', cancellable);
  add (test, 'b', cancellable);
  g_thread_join (g_thread_new ("cancel", cancel_thread, cancellable));
  g_assert_cmpstr (test->story->str, ==, "");
  expect (test, "ab");
}

/* What ends all of them may be another handler of the same signal. */
static void
end_cb (GCancellable  *cancellable,
        RocketIOFlush *flush)
{
  rocketio_flush_end (flush);
}

static void
test_end_while_cancelled (Test          *test,
                          gconstpointer  unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_signal_connect (cancellable, "cancelled", G_CALLBACK (end_cb), &test->flush);
  add (test, 'a', cancellable);
  g_cancellable_cancel (cancellable);
  expect (test, "a");
  g_assert_cmpuint (G_OBJECT (cancellable)->ref_count, ==, 1);
}

#define flush_add(path, func) g_test_add ("/flush/" path, Test, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  flush_add ("order", test_order);
  flush_add ("end", test_end);
  flush_add ("cancel", test_cancel);
  flush_add ("cancel-late", test_cancel_late);
  flush_add ("cancel-in-thread", test_cancel_in_thread);
  flush_add ("end-while-cancelled", test_end_while_cancelled);

  return g_test_run ();
}
