/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reactor-fixture.h"

#include <sys/socket.h>
#include <unistd.h>

/* A main loop within a callback */

/* Runs a loop until the other one has been called, and some more to see that it does not spin. */
static void
loop_for_other (Line *self)
{
  gint64 end;
  guint turns = 0;

  if (self->n > 1)
    return;

  line_poke (self->other);
  wait_for (self->test->context, self->other->n > 0)
    ;

  end = g_get_monotonic_time () + 50000;
  wait_for (self->test->context, g_get_monotonic_time () >= end)
    turns++;
  g_assert_cmpuint (turns, <, 40);
}

static void
poke_first (Line *self)
{
  line_poke (self->other);
}

static void
setup_pair (ReactorTest *test,
            Line        *a,
            Line        *b)
{
  line_init (a, test, 'a');
  line_init (b, test, 'b');
  a->other = b;
  b->other = a;
  a->action = loop_for_other;
  line_poke (a);
}

/* The others go on; the one that is being run is not run once more, but gets its event afterwards. */
static void
test_loop (ReactorTest   *test,
           gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;

  setup_pair (test, &a, &b);
  b.action = poke_first;
  run_dry (test->context);
  assert_story (test, "aba");
  g_assert_cmpint (a.events, ==, ROCKETIO_EVENT_READ);
}

static void
break_first (Line *self)
{
  Line *other = self->other;

  close (other->peer);
  other->peer = -1;
}

static void
remove_when_broken (Line *self)
{
  loop_for_other (self);
  if ((self->events & ROCKETIO_EVENT_ERROR) != 0)
    rocketio_reactor_remove (self->test->reactor, &self->watch);
}

static void
test_loop_and_error (ReactorTest   *test,
                     gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;

  setup_pair (test, &a, &b);
  a.action = remove_when_broken;
  b.action = break_first;
  run_dry (test->context);
  assert_story (test, "aba");
  g_assert_true ((a.events & ROCKETIO_EVENT_ERROR) != 0);
}

static void
make_first_ready (Line *self)
{
  rocketio_reactor_make_ready (self->test->reactor, &self->other->watch);
}

static void
test_loop_and_ready (ReactorTest   *test,
                     gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;

  setup_pair (test, &a, &b);
  b.action = make_first_ready;
  run_dry (test->context);
  assert_story (test, "aba");
}

static void
modify_first (Line *self)
{
  line_poke (self->other);
  run_for (self->test->context, 10);
  rocketio_reactor_modify (self->test->reactor, &self->other->watch, ROCKETIO_EVENT_HANGUP);
}

/* What is wanted of it changes while its events are held back. */
static void
test_loop_and_modify (ReactorTest   *test,
                      gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;

  setup_pair (test, &a, &b);
  b.action = modify_first;
  run_dry (test->context);
  assert_story (test, "ab");
  rocketio_reactor_modify (test->reactor, &a.watch, ROCKETIO_EVENT_READ);
  run_dry (test->context);
  assert_story (test, "aba");
}

static void
remove_first (Line *self)
{
  line_poke (self->other);
  run_for (self->test->context, 10);
  rocketio_reactor_make_ready (self->test->reactor, &self->other->watch);
  rocketio_reactor_remove (self->test->reactor, &self->other->watch);
}

static void
test_loop_and_remove (ReactorTest   *test,
                      gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;

  setup_pair (test, &a, &b);
  b.action = remove_first;
  run_dry (test->context);
  assert_story (test, "ab");
  line_watch (&a, ROCKETIO_EVENT_READ);
  run_dry (test->context);
  assert_story (test, "aba");
}

/* The pump */

typedef struct
{
  ReactorTest *test;
  Line        *line;
  guint        n;
  guint        more;     /* how often there is more to do */
  gboolean     close;
} Pump;

static gboolean
pump_cb (gpointer user_data,
         gint64   deadline)
{
  Pump *self = user_data;

  g_assert_cmpint (deadline, >, g_get_monotonic_time () - G_USEC_PER_SEC);
  self->n++;
  g_string_append_c (self->test->story, 'P');
  if (self->close)
    rocketio_reactor_close (self->test->reactor);

  return self->more > 0 && self->more-- > 0;
}

static void
kick (Line *self)
{
  rocketio_reactor_kick (self->test->reactor);
  rocketio_reactor_kick (self->test->reactor);
}

static void
test_pump (ReactorTest   *test,
           gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;
  Pump pump = { test };

  line_init (&a, test, '.');
  line_init (&b, test, '.');
  a.action = b.action = kick;
  rocketio_reactor_set_pump (test->reactor, pump_cb, &pump);
  run_dry (test->context);
  g_assert_cmpuint (pump.n, ==, 0);

  /* Once, at the end of the turn in which it was asked for. */
  line_poke (&a);
  line_poke (&b);
  g_assert_cmpuint (run_dry (test->context), ==, 1);
  assert_story (test, "..P");

  pump.more = 3;
  rocketio_reactor_kick (test->reactor);
  g_assert_cmpuint (run_dry (test->context), ==, 4);
  assert_story (test, "..PPPPP");

  rocketio_reactor_set_pump (test->reactor, NULL, NULL);
  rocketio_reactor_kick (test->reactor);
  g_assert_cmpuint (run_dry (test->context), <=, 1);
}

static gpointer
kick_thread (gpointer user_data)
{
  ReactorTest *test = user_data;

  rocketio_reactor_kick (test->reactor);

  return NULL;
}

/* A loop that waits, with nothing else to wake it. */
static void
test_pump_from_threads (ReactorTest   *test,
                        gconstpointer  data)
{
  Pump pump = { test };

  rocketio_reactor_set_pump (test->reactor, pump_cb, &pump);
  for (guint i = 1; i <= 200; i++)
    {
      GThread *thread = g_thread_new ("kick", kick_thread, test);

      while (pump.n < i)
        g_main_context_iteration (test->context, TRUE);
      g_thread_join (thread);
    }
  g_assert_cmpuint (pump.n, ==, 200);
}

/* Closing */

static void
let_go (Line *self)
{
  g_assert_cmpint (self->events, ==, ROCKETIO_EVENT_ERROR);
  rocketio_reactor_remove (self->test->reactor, &self->watch);
}

static void
close_or_let_go (Line *self)
{
  /* Its own error comes from within its closing. */
  self->depth--;
  self->action = let_go;
  rocketio_reactor_close (self->test->reactor);
  self->depth++;
}

static void
test_close_in_watch (ReactorTest   *test,
                     gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;
  g_auto (Line) c;
  g_auto (Clock) clock;

  line_init (&a, test, 'x');
  line_init (&b, test, 'x');
  line_init (&c, test, 'x');
  clock_init (&clock, test, 'T');
  a.action = b.action = close_or_let_go;
  c.action = let_go;
  line_poke (&a);
  line_poke (&b);
  clock_start (&clock, 0);
  dawdle (40);

  /* Whichever of the two comes first closes, and no event is told after that but the error. */
  g_main_context_iteration (test->context, FALSE);
  assert_story (test, "xxxx");
  g_assert_true (rocketio_reactor_is_closed (test->reactor));
  run_dry (test->context);
  assert_story (test, "xxxx");
}

static void
close_reactor (Clock *self)
{
  rocketio_reactor_close (self->test->reactor);
}

static void
test_close_in_timer (ReactorTest   *test,
                     gconstpointer  data)
{
  g_auto (Line) line;
  g_auto (Clock) a;
  g_auto (Clock) b;
  Pump pump = { test };

  line_init (&line, test, 'l');
  line.action = let_go;
  clock_init (&a, test, 'x');
  clock_init (&b, test, 'x');
  a.action = b.action = close_reactor;
  rocketio_reactor_set_pump (test->reactor, pump_cb, &pump);
  rocketio_reactor_kick (test->reactor);
  clock_start (&a, 0);
  clock_start (&b, 20);
  dawdle (60);
  run_dry (test->context);
  assert_story (test, "xl");
}

static void
test_close_in_pump (ReactorTest   *test,
                    gconstpointer  data)
{
  g_auto (Line) line;
  Pump pump = { test, .more = 5, .close = TRUE };

  line_init (&line, test, 'l');
  line.action = let_go;
  rocketio_reactor_set_pump (test->reactor, pump_cb, &pump);
  rocketio_reactor_kick (test->reactor);
  run_dry (test->context);
  assert_story (test, "Pl");

  /* What comes late does no harm. */
  line_watch (&line, ROCKETIO_EVENT_READ);
  rocketio_reactor_modify (test->reactor, &line.watch, ROCKETIO_EVENT_WRITE);
  rocketio_reactor_kick (test->reactor);
  run_dry (test->context);
  assert_story (test, "Pl");
}

/* Fairness */

#define N_CROWD 450

static void
setup_crowd (ReactorTest *test,
             Line        *lines)
{
  for (guint i = 0; i < N_CROWD; i++)
    {
      line_init (&lines[i], test, '.');
      lines[i].keep = TRUE;
      line_poke (&lines[i]);
    }
}

static void
clear_crowd (Line *lines)
{
  for (guint i = 0; i < N_CROWD; i++)
    line_clear (&lines[i]);
}

/* More than fit into a turn, all of them always ready. */
static void
test_fair (ReactorTest   *test,
           gconstpointer  data)
{
  g_autofree Line *lines = g_new (Line, N_CROWD);
  guint most = 0;

  setup_crowd (test, lines);
  g_main_context_iteration (test->context, FALSE);
  g_assert_cmpuint (test->story->len, <=, 256);
  for (guint i = 0; i < 400; i++)
    g_main_context_iteration (test->context, FALSE);
  for (guint i = 0; i < N_CROWD; i++)
    most = MAX (most, lines[i].n);
  for (guint i = 0; i < N_CROWD; i++)
    g_assert_cmpuint (lines[i].n + 20, >=, most / 2);
  clear_crowd (lines);
}

static gboolean
idle_cb (gpointer user_data)
{
  ++*(guint *) user_data;

  return G_SOURCE_CONTINUE;
}

static gboolean
pump_for_ever (gpointer user_data,
               gint64   deadline)
{
  return TRUE;
}

/* Whatever is always ready, somebody with a lower priority (a GTK frame) has his turn, again and again. */
static void
test_give_way (ReactorTest   *test,
               gconstpointer  data)
{
  g_auto (Line) line;
  g_autoptr (GSource) idle = g_idle_source_new ();
  guint n_idle = 0;

  line_init (&line, test, '.');
  line.keep = TRUE;
  g_source_set_callback (idle, idle_cb, &n_idle, NULL);
  g_source_attach (idle, test->context);

  line_poke (&line);
  wait_for (test->context, n_idle >= 5)
    ;
  g_assert_cmpuint (line.n, >, n_idle);
  rocketio_reactor_remove (test->reactor, &line.watch);

  rocketio_reactor_set_pump (test->reactor, pump_for_ever, NULL);
  rocketio_reactor_kick (test->reactor);
  n_idle = 0;
  wait_for (test->context, n_idle >= 5)
    ;
  rocketio_reactor_set_pump (test->reactor, NULL, NULL);
  g_source_destroy (idle);
}

static void
take_time (Line *self)
{
  dawdle (1);
}

static void
test_turn_ends (ReactorTest   *test,
                gconstpointer  data)
{
  g_autofree Line *lines = g_new (Line, N_CROWD);

  setup_crowd (test, lines);
  for (guint i = 0; i < N_CROWD; i++)
    lines[i].action = take_time;
  g_main_context_iteration (test->context, FALSE);
  g_assert_cmpuint (test->story->len, >, 0);
  g_assert_cmpuint (test->story->len, <=, 16);
  clear_crowd (lines);
}

#define add(name, func) \
  g_test_add ("/reactor/" name, ReactorTest, NULL, reactor_test_setup, func, reactor_test_teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("loop", test_loop);
  add ("loop-and-error", test_loop_and_error);
  add ("loop-and-ready", test_loop_and_ready);
  add ("loop-and-modify", test_loop_and_modify);
  add ("loop-and-remove", test_loop_and_remove);
  add ("pump", test_pump);
  add ("pump-from-threads", test_pump_from_threads);
  add ("close-in-watch", test_close_in_watch);
  add ("close-in-timer", test_close_in_timer);
  add ("close-in-pump", test_close_in_pump);
  add ("fair", test_fair);
  add ("give-way", test_give_way);
  add ("turn-ends", test_turn_ends);

  return g_test_run ();
}
