/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What one client that never reads costs the others. */

#pragma once

#include "suites.h"

void        suite_stalled (const Settings *settings,
                           const Target   *target,
                           StalledFigures *figures);
const char *stalled_name  (guint           side);
