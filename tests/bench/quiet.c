/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "quiet.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A fifth of one CPU; the ticks it is counted in make less no sense in a tenth of a second. */
#define QUIET_SHARE 0.2

/* Seconds of all CPUs that were not idle. */
static double
machine_cpu (void)
{
  g_autofree char *text = NULL;
  unsigned long v[8] = { 0 };

  if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL) ||
      sscanf (text, "cpu %lu %lu %lu %lu %lu %lu %lu %lu", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) != 8)
    return NAN;

  /* All but 3 and 4, idle and waiting; 7 is what the host took away. */
  return (double) (v[0] + v[1] + v[2] + v[5] + v[6] + v[7]) / sysconf (_SC_CLK_TCK);
}

static double
own_cpu (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);

  return time.tv_sec + time.tv_nsec / 1e9;
}

void
quiet_begin (Quiet *self,
             double servers)
{
  self->start = g_get_monotonic_time ();
  self->busy = machine_cpu ();
  self->own = own_cpu () + servers;
}

double
quiet_others (const Quiet *self,
              double       servers)
{
  double seconds = (g_get_monotonic_time () - self->start) / 1e6;
  double others = machine_cpu () - self->busy - (own_cpu () + servers - self->own);

  return fmax (others / seconds, 0);
}

gboolean
quiet_end (const Quiet *self,
           double       servers)
{
  return quiet_others (self, servers) < QUIET_SHARE;
}
