/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "rocketio-relief-private.h"

/* The system's monitor is one for the whole process: what it would say is said by the tests in its name. */

typedef struct
{
  GMainContext   *context;
  RocketIORelief *relief;
  guint           n_calls;
  int             level;
  GThread        *thread;
  gboolean        frees;
} Relief;

static void
relieve_cb (GMemoryMonitorWarningLevel level,
            gpointer                   user_data)
{
  Relief *test = user_data;

  test->n_calls++;
  test->level = level;
  test->thread = g_thread_self ();
  if (test->frees)
    g_clear_pointer (&test->relief, rocketio_relief_free);
}

static void
setup (Relief        *test,
       gconstpointer  unused)
{
  test->context = g_main_context_new ();
  test->relief = rocketio_relief_new (test->context, relieve_cb, test);
}

static void
teardown (Relief        *test,
          gconstpointer  unused)
{
  g_clear_pointer (&test->relief, rocketio_relief_free);
  g_main_context_unref (test->context);
}

static gpointer
warn (gpointer level)
{
  g_autoptr (GMemoryMonitor) monitor = g_memory_monitor_dup_default ();

  g_signal_emit_by_name (monitor, "low-memory-warning", GPOINTER_TO_INT (level));

  return NULL;
}

static void
test_context (Relief        *test,
              gconstpointer  unused)
{
  warn (GINT_TO_POINTER (G_MEMORY_MONITOR_WARNING_LEVEL_MEDIUM));
  g_assert_cmpuint (test->n_calls, ==, 0);
  wait_for (test->context, test->n_calls > 0);
  g_assert_cmpint (test->level, ==, G_MEMORY_MONITOR_WARNING_LEVEL_MEDIUM);

  run_dry (test->context);
  g_assert_cmpuint (test->n_calls, ==, 1);
}

static void
test_thread (Relief        *test,
             gconstpointer  unused)
{
  GThread *thread = g_thread_new ("warns", warn, GINT_TO_POINTER (G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL));

  wait_for (test->context, test->n_calls > 0);
  g_thread_join (thread);
  g_assert_true (test->thread == g_thread_self ());
  g_assert_cmpint (test->level, ==, G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL);
}

static void
test_freed (Relief        *test,
            gconstpointer  unused)
{
  warn (GINT_TO_POINTER (G_MEMORY_MONITOR_WARNING_LEVEL_LOW));
  g_clear_pointer (&test->relief, rocketio_relief_free);
  warn (GINT_TO_POINTER (G_MEMORY_MONITOR_WARNING_LEVEL_LOW));
  run_dry (test->context);
  g_assert_cmpuint (test->n_calls, ==, 0);
}

static void
test_freed_within (Relief        *test,
                   gconstpointer  unused)
{
  test->frees = TRUE;
  warn (GINT_TO_POINTER (G_MEMORY_MONITOR_WARNING_LEVEL_LOW));
  wait_for (test->context, test->n_calls > 0);
  warn (GINT_TO_POINTER (G_MEMORY_MONITOR_WARNING_LEVEL_LOW));
  run_dry (test->context);
  g_assert_cmpuint (test->n_calls, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/relief/context", Relief, NULL, setup, test_context, teardown);
  g_test_add ("/relief/thread", Relief, NULL, setup, test_thread, teardown);
  g_test_add ("/relief/freed", Relief, NULL, setup, test_freed, teardown);
  g_test_add ("/relief/freed-within", Relief, NULL, setup, test_freed_within, teardown);

  return g_test_run ();
}
