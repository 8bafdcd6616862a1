/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables, the goals and the JSON file. */

#pragma once

#include "suites.h"

void     report_tables (const Settings *settings,
                        Result         *results,
                        guint           n);

/* FALSE when something failed that must not: a goal at full size, a server, a message. */
gboolean report_goals  (const Settings *settings,
                        Result         *results,
                        guint           n);
gboolean report_json   (const char     *path,
                        const Settings *settings,
                        Result         *results,
                        guint           n,
                        double          others_cpu,
                        GError        **error);
