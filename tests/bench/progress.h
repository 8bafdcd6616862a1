/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is going on, on stderr: one line that is rewritten on a terminal, one line a phase elsewhere,
 * and nothing a step. */

#pragma once

#include <glib.h>

void progress_phase  (const char *format,
                      ...) G_GNUC_PRINTF (1, 2);
void progress_step   (const char *format,
                      ...) G_GNUC_PRINTF (1, 2);
void progress_update (guint       done,
                      guint       goal);
void progress_warn   (const char *format,
                      ...) G_GNUC_PRINTF (1, 2);
void progress_end    (void);
