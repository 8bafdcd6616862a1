/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-pulse-private.h"

#define HEARTBEAT 60000    /* milliseconds */
#define TIMEOUT   30000
#define SLACK     5000     /* that a look may come late on a busy machine */

/* As if nothing had been heard for so many milliseconds. */
static void
let_pass (RocketIOPulse *pulse,
          guint          milliseconds)
{
  pulse->heard = g_get_monotonic_time () - (gint64) milliseconds * 1000;
}

static void
assert_look (RocketIOPulse      *pulse,
             RocketIOPulseState  state,
             guint               most)
{
  guint next = G_MAXUINT;

  g_assert_cmpint (rocketio_pulse_look (pulse, &next), ==, state);
  g_assert_cmpuint (next, <=, most);
  g_assert_cmpuint (next + SLACK, >=, most);
}

static void
test_alive (void)
{
  RocketIOPulse pulse;

  rocketio_pulse_init (&pulse, HEARTBEAT, TIMEOUT);
  assert_look (&pulse, ROCKETIO_PULSE_ALIVE, HEARTBEAT);
  let_pass (&pulse, 20000);
  assert_look (&pulse, ROCKETIO_PULSE_ALIVE, 40000);
  rocketio_pulse_heard (&pulse);
  assert_look (&pulse, ROCKETIO_PULSE_ALIVE, HEARTBEAT);
}

/* It is asked once. */
static void
test_asked (void)
{
  RocketIOPulse pulse;

  rocketio_pulse_init (&pulse, HEARTBEAT, TIMEOUT);
  let_pass (&pulse, HEARTBEAT);
  assert_look (&pulse, ROCKETIO_PULSE_ASK, TIMEOUT);
  assert_look (&pulse, ROCKETIO_PULSE_ALIVE, TIMEOUT);
  let_pass (&pulse, HEARTBEAT + 10000);
  assert_look (&pulse, ROCKETIO_PULSE_ALIVE, TIMEOUT - 10000);

  /* And again in the next silence. */
  rocketio_pulse_heard (&pulse);
  assert_look (&pulse, ROCKETIO_PULSE_ALIVE, HEARTBEAT);
  let_pass (&pulse, HEARTBEAT + 1000);
  assert_look (&pulse, ROCKETIO_PULSE_ASK, TIMEOUT - 1000);
}

static void
test_dead (void)
{
  RocketIOPulse pulse;

  rocketio_pulse_init (&pulse, HEARTBEAT, TIMEOUT);
  let_pass (&pulse, HEARTBEAT);
  assert_look (&pulse, ROCKETIO_PULSE_ASK, TIMEOUT);
  let_pass (&pulse, HEARTBEAT + TIMEOUT);
  assert_look (&pulse, ROCKETIO_PULSE_DEAD, 0);
}

/* Whoever is looked at too late has had no chance to answer, but has been silent for as long. */
static void
test_late_look (void)
{
  RocketIOPulse pulse;

  rocketio_pulse_init (&pulse, HEARTBEAT, TIMEOUT);
  let_pass (&pulse, G_MAXINT32);
  assert_look (&pulse, ROCKETIO_PULSE_DEAD, 0);
}

/* Each fits in 32 bits, but not both together. */
static void
test_long (void)
{
  RocketIOPulse pulse;

  rocketio_pulse_init (&pulse, G_MAXUINT32 - 1, G_MAXUINT32 - 1);
  let_pass (&pulse, 10000);
  assert_look (&pulse, ROCKETIO_PULSE_ALIVE, G_MAXUINT32 - 1 - 10000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pulse/alive", test_alive);
  g_test_add_func ("/pulse/asked", test_asked);
  g_test_add_func ("/pulse/dead", test_dead);
  g_test_add_func ("/pulse/late-look", test_late_look);
  g_test_add_func ("/pulse/long", test_long);

  return g_test_run ();
}
