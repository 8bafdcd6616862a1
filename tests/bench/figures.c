/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "figures.h"

#include <math.h>

#define ENOUGH 5 /* or half of all, where there are few */

static void
append (GArray **array,
        double   value)
{
  if (*array == NULL)
    *array = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_val (*array, value);
}

void
samples_add (Samples *self,
             double   value,
             gboolean quiet)
{
  append (&self->values, value);
  if (quiet)
    append (&self->quiet, value);
}

void
samples_clear (Samples *self)
{
  g_clear_pointer (&self->values, g_array_unref);
  g_clear_pointer (&self->quiet, g_array_unref);
}

guint
samples_count (const Samples *self)
{
  return self->values != NULL ? self->values->len : 0;
}

guint
samples_quiet (const Samples *self)
{
  return self->quiet != NULL ? self->quiet->len : 0;
}

gboolean
samples_enough_quiet (const Samples *self)
{
  return samples_quiet (self) >= MIN (ENOUGH, (samples_count (self) + 1) / 2);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* At a fraction of the sorted samples, NAN where there is none. */
static double
quantile (const Samples *self,
          double         at)
{
  g_autoptr (GArray) sorted = NULL;
  double place;
  guint below;

  if (samples_count (self) == 0)
    return NAN;

  sorted = g_array_copy (samples_enough_quiet (self) ? self->quiet : self->values);
  g_array_sort (sorted, compare);
  place = at * (sorted->len - 1);
  below = (guint) place;
  if (below + 1 >= sorted->len)
    return g_array_index (sorted, double, sorted->len - 1);

  return g_array_index (sorted, double, below) * (1 - (place - below)) +
         g_array_index (sorted, double, below + 1) * (place - below);
}

double
samples_median (const Samples *self)
{
  return quantile (self, 0.5);
}

double
samples_min (const Samples *self)
{
  return quantile (self, 0);
}

double
samples_max (const Samples *self)
{
  return quantile (self, 1);
}

/* Median over median, NAN where one is missing. */
double
samples_ratio (const Samples *self,
               const Samples *base)
{
  return samples_median (self) / samples_median (base);
}

/* What a sample is above the one before it: the median of all pairs, so that one jump up or down does not count, and
 * growth that never ends does (Theil and Sen). NAN when there are not two. */
double
samples_slope (const Samples *self)
{
  Samples slopes = { NULL, NULL };
  double slope;

  for (guint i = 0; i < samples_count (self); i++)
    {
      for (guint k = 0; k < i; k++)
        samples_add (&slopes, (g_array_index (self->values, double, i) - g_array_index (self->values, double, k)) /
                     (i - k), TRUE);
    }
  slope = samples_median (&slopes);
  samples_clear (&slopes);

  return slope;
}
