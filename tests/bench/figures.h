/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The samples of one figure. Medians are what is compared: on a shared machine a mean is the neighbours' figure. What
 * was measured while the machine was quiet counts alone, as soon as there is enough of it. */

#pragma once

#include <glib.h>

typedef struct
{
  GArray *values;  /* of double, NULL as long as there is none */
  GArray *quiet;   /* those of them that were measured in quiet */
} Samples;

void     samples_add          (Samples       *self,
                               double         value,
                               gboolean       quiet);
void     samples_clear        (Samples       *self);
guint    samples_count        (const Samples *self);
guint    samples_quiet        (const Samples *self);
gboolean samples_enough_quiet (const Samples *self);
double   samples_median       (const Samples *self);
double   samples_min          (const Samples *self);
double   samples_max          (const Samples *self);
double   samples_ratio        (const Samples *self,
                               const Samples *base);
double   samples_slope        (const Samples *self);
