/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Was the machine ours while something was measured?
 *
 * On two cores a neighbour that compiles makes any server look half as fast. So each sample is marked quiet or not by
 * what others used meanwhile, which says nothing about the server measured; rounds are repeated until enough of them
 * were quiet, and the medians are those of the quiet ones. */

#pragma once

#include <glib.h>

typedef struct
{
  gint64 start;
  double busy;
  double own;
} Quiet;

/* `servers` is what the servers have used so far, in seconds. */
void     quiet_begin      (Quiet       *self,
                           double       servers);
gboolean quiet_end        (const Quiet *self,
                           double       servers);

/* As a fraction of one CPU. */
double   quiet_others     (const Quiet *self,
                           double       servers);
