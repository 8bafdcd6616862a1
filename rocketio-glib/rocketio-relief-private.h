/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks for memory when the system runs short of it. The system's monitor tells so in a context of its own choice; here
 * it is told in the one of the owner. */
typedef struct _RocketIORelief RocketIORelief;

typedef void (*RocketIOReliefFunc) (GMemoryMonitorWarningLevel level,
                                    gpointer                   user_data);

RocketIORelief *rocketio_relief_new  (GMainContext       *context,
                                      RocketIOReliefFunc  func,
                                      gpointer            user_data);
void            rocketio_relief_free (RocketIORelief     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIORelief, rocketio_relief_free)

G_END_DECLS
