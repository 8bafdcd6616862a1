/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs `func` with `task` from the main loop that the task belongs to: an app is never called back from within the
 * function that it called. */
void rocketio_task_call_later (GTask       *task,
                               GSourceFunc  func);

G_END_DECLS
