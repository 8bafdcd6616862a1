/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reactor-fixture.h"

#include <sys/socket.h>
#include <unistd.h>

#define ROUND 67109    /* milliseconds that the wheel of timers takes to turn once */

/* Timers */

static void
test_timers (ReactorTest   *test,
             gconstpointer  data)
{
  Clock clocks[400];
  g_autoptr (GRand) rand = make_rand ();

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      clock_init (&clocks[i], test, '.');
      clock_start (&clocks[i], g_rand_int_range (rand, 0, 300));
    }
  for (guint i = 0; i < G_N_ELEMENTS (clocks); i += 3)
    clock_start (&clocks[i], g_rand_int_range (rand, 0, 300));

  wait_for (test->context, test->story->len == G_N_ELEMENTS (clocks))
    ;
  run_for (test->context, 50);
  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    g_assert_cmpuint (clocks[i].n, ==, 1);
}

/* Some 16 ms late at most, if nothing else is in the way. Being late on a busy machine is no fault of the reactor's, so
 * the best of several tries counts. */
static void
test_timer_in_time (ReactorTest   *test,
                    gconstpointer  data)
{
  g_auto (Clock) clock;
  gint64 best = G_MAXINT64;

  clock_init (&clock, test, 'a');
  for (guint i = 0; i < 5; i++)
    {
      guint n = clock.n;

      clock_start (&clock, 20);
      while (clock.n == n)
        g_main_context_iteration (test->context, TRUE);
      best = MIN (best, g_get_monotonic_time () - clock.due);
    }
  g_assert_cmpint (best, <, 30000);
}

static void
test_timer_order (ReactorTest   *test,
                  gconstpointer  data)
{
  static const guint delays[] = { 90, 30, 150, 60, 120, 0 };
  Clock clocks[G_N_ELEMENTS (delays)];

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      clock_init (&clocks[i], test, 'a' + delays[i] / 30);
      clock_start (&clocks[i], delays[i]);
    }

  /* They are all due in the same turn. */
  dawdle (200);
  run_dry (test->context);
  assert_story (test, "abcdef");
}

static void
test_timer_restart (ReactorTest   *test,
                    gconstpointer  data)
{
  g_auto (Clock) earlier;
  g_auto (Clock) later;
  g_auto (Clock) never;

  clock_init (&earlier, test, 'e');
  clock_init (&later, test, 'l');
  clock_init (&never, test, 'n');
  clock_start (&earlier, 60000);
  clock_start (&earlier, 20);
  clock_start (&later, 20);
  clock_start (&later, 100);
  clock_start (&never, 20);
  rocketio_reactor_stop_timer (test->reactor, &never.timer);
  rocketio_reactor_stop_timer (test->reactor, &never.timer);
  wait_for (test->context, later.n == 1)
    ;
  run_for (test->context, 50);
  assert_story (test, "el");
}

static void
stop_other (Clock *self)
{
  rocketio_reactor_stop_timer (self->test->reactor, &self->other->timer);
}

static void
start_again (Clock *self)
{
  clock_start (self, 0);
}

static void
test_timer_in_callback (ReactorTest   *test,
                        gconstpointer  data)
{
  g_auto (Clock) a;
  g_auto (Clock) b;
  g_auto (Clock) again;

  clock_init (&a, test, 'x');
  clock_init (&b, test, 'x');
  clock_init (&again, test, '.');
  a.action = b.action = stop_other;
  a.other = &b;
  b.other = &a;
  again.action = start_again;

  /* Both have expired when one stops the other; which one is first does not matter. */
  clock_start (&a, 10);
  clock_start (&b, 10);
  dawdle (50);
  run_dry (test->context);
  assert_story (test, "x");

  /* One that starts itself does not fill the turn. */
  g_string_truncate (test->story, 0);
  clock_start (&again, 0);
  dawdle (50);
  g_main_context_iteration (test->context, FALSE);
  assert_story (test, ".");
  wait_for (test->context, again.n == 5)
    ;
}

static void
test_timer_rounds (ReactorTest   *test,
                   gconstpointer  data)
{
  Clock far[300];
  Clock near[300];

  /* Those of the next rounds are in the same places of the wheel as those of this one. */
  for (guint i = 0; i < G_N_ELEMENTS (far); i++)
    {
      clock_init (&far[i], test, 'f');
      clock_start (&far[i], ROUND * (1 + i % 3) + i / 3);
      clock_init (&near[i], test, 'n');
      clock_start (&near[i], i / 3);
    }
  wait_for (test->context, test->story->len >= G_N_ELEMENTS (near))
    ;
  run_for (test->context, 50);
  for (guint i = 0; i < G_N_ELEMENTS (far); i++)
    {
      g_assert_cmpuint (far[i].n, ==, 0);
      g_assert_cmpuint (near[i].n, ==, 1);
      clock_clear (&far[i]);
    }
}

static void
loop_for_other (Clock *self)
{
  wait_for (self->test->context, self->other->n == 1)
    ;
}

static void
test_timer_loop (ReactorTest   *test,
                 gconstpointer  data)
{
  g_auto (Clock) outer;
  g_auto (Clock) same_turn;
  g_auto (Clock) later;

  clock_init (&outer, test, 'o');
  clock_init (&same_turn, test, 's');
  clock_init (&later, test, 'l');
  outer.action = loop_for_other;
  outer.other = &later;
  clock_start (&outer, 0);
  clock_start (&same_turn, 0);
  clock_start (&later, 60);
  dawdle (40);
  wait_for (test->context, outer.n == 1 && later.n == 1)
    ;
  assert_story (test, "osl");
}

/* Watches */

static void
test_events (ReactorTest   *test,
             gconstpointer  data)
{
  g_auto (Line) line;

  line_init (&line, test, 'x');
  run_dry (test->context);
  g_assert_cmpuint (line.n, ==, 0);
  line_poke (&line);
  run_dry (test->context);
  g_assert_cmpuint (line.n, ==, 1);
  g_assert_cmpint (line.events, ==, ROCKETIO_EVENT_READ);

  rocketio_reactor_modify (test->reactor, &line.watch, ROCKETIO_EVENT_WRITE);
  g_main_context_iteration (test->context, FALSE);
  g_assert_cmpint (line.events, ==, ROCKETIO_EVENT_WRITE);
  rocketio_reactor_modify (test->reactor, &line.watch, ROCKETIO_EVENT_HANGUP);
  line_poke (&line);
  line.n = 0;
  run_dry (test->context);
  g_assert_cmpuint (line.n, ==, 0);
  shutdown (line.peer, SHUT_WR);
  g_main_context_iteration (test->context, FALSE);
  g_assert_cmpint (line.events, ==, ROCKETIO_EVENT_HANGUP);

  rocketio_reactor_modify (test->reactor, &line.watch, ROCKETIO_EVENT_NONE);
  line.n = 0;
  run_dry (test->context);
  g_assert_cmpuint (line.n, ==, 0);
  close (line.peer);
  line.peer = -1;
  g_main_context_iteration (test->context, FALSE);
  g_assert_cmpint (line.events, ==, ROCKETIO_EVENT_ERROR);
}

static void
remove_self (Line *self)
{
  rocketio_reactor_remove (self->test->reactor, &self->watch);
}

static void
remove_other (Line *self)
{
  rocketio_reactor_remove (self->test->reactor, &self->other->watch);
}

static void
test_remove (ReactorTest   *test,
             gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;
  g_auto (Line) c;

  line_init (&a, test, 'x');
  line_init (&b, test, 'x');
  line_init (&c, test, 'c');
  a.action = b.action = remove_other;
  a.other = &b;
  b.other = &a;
  c.action = remove_self;
  c.keep = TRUE;
  line_poke (&a);
  line_poke (&b);
  line_poke (&c);
  run_dry (test->context);
  g_assert_cmpuint (a.n + b.n, ==, 1);
  g_assert_cmpuint (c.n, ==, 1);
}

/* Takes the place of the other one, whose event may be still to come in this turn. */
static void
replace_other (Line *self)
{
  Line *other = self->other;

  if (other->watch.fd < 0)
    return;

  rocketio_reactor_remove (self->test->reactor, &self->watch);
  rocketio_reactor_remove (self->test->reactor, &other->watch);
  line_watch (self, ROCKETIO_EVENT_READ);
}

static void
test_stale_event (ReactorTest   *test,
                  gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;

  line_init (&a, test, 'x');
  line_init (&b, test, 'x');
  a.action = b.action = replace_other;
  a.other = &b;
  b.other = &a;
  line_poke (&a);
  line_poke (&b);
  run_dry (test->context);
  assert_story (test, "x");
}

static void
add_again (Line *self)
{
  if (self->n > 1)
    return;

  rocketio_reactor_remove (self->test->reactor, &self->watch);
  line_watch (self, ROCKETIO_EVENT_READ);
}

static void
test_add_again (ReactorTest   *test,
                gconstpointer  data)
{
  g_auto (Line) a;

  line_init (&a, test, 'a');
  a.action = add_again;
  line_poke (&a);
  run_dry (test->context);
  assert_story (test, "a");
  line_poke (&a);
  run_dry (test->context);
  assert_story (test, "aa");
}

static void
make_ready_again (Line *self)
{
  if (self->n < 5)
    rocketio_reactor_make_ready (self->test->reactor, &self->watch);
}

static void
test_make_ready (ReactorTest   *test,
                 gconstpointer  data)
{
  g_auto (Line) a;
  g_auto (Line) b;

  line_init (&a, test, 'a');
  line_init (&b, test, 'b');
  rocketio_reactor_make_ready (test->reactor, &a.watch);
  rocketio_reactor_make_ready (test->reactor, &a.watch);
  rocketio_reactor_make_ready (test->reactor, &b.watch);
  rocketio_reactor_remove (test->reactor, &b.watch);
  assert_story (test, "");
  run_dry (test->context);
  assert_story (test, "a");
  g_assert_cmpint (a.events, ==, ROCKETIO_EVENT_READ);

  /* What it asks for while it runs is for the next batch. */
  a.n = 0;
  a.action = make_ready_again;
  rocketio_reactor_make_ready (test->reactor, &a.watch);
  g_main_context_iteration (test->context, FALSE);
  assert_story (test, "aa");
  g_assert_cmpuint (run_dry (test->context), ==, 4);
  assert_story (test, "aaaaaa");
}

#define add(name, func) \
  g_test_add ("/reactor/" name, ReactorTest, NULL, reactor_test_setup, func, reactor_test_teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("timers", test_timers);
  add ("timer-in-time", test_timer_in_time);
  add ("timer-order", test_timer_order);
  add ("timer-restart", test_timer_restart);
  add ("timer-in-callback", test_timer_in_callback);
  add ("timer-rounds", test_timer_rounds);
  add ("timer-loop", test_timer_loop);
  add ("events", test_events);
  add ("remove", test_remove);
  add ("stale-event", test_stale_event);
  add ("add-again", test_add_again);
  add ("make-ready", test_make_ready);

  return g_test_run ();
}
