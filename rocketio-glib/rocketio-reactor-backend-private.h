/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-reactor-private.h"

G_BEGIN_DECLS

/* How the reactor asks the kernel: implemented once over epoll and once over the poll() of GMainContext. */
typedef struct _RocketIOBackend RocketIOBackend;

typedef struct
{
  guint64        key;
  RocketIOEvents events;
} RocketIOBackendEvent;

RocketIOBackend *rocketio_backend_new    (GSource              *source,
                                          GError              **error);
void             rocketio_backend_free   (RocketIOBackend      *self);
void             rocketio_backend_add    (RocketIOBackend      *self,
                                          int                   fd,
                                          guint64               key,
                                          RocketIOEvents        events);
void             rocketio_backend_modify (RocketIOBackend      *self,
                                          int                   fd,
                                          guint64               key,
                                          RocketIOEvents        events);

/* Reports nothing of `fd`, not even errors, until it is modified. */
void             rocketio_backend_mute   (RocketIOBackend      *self,
                                          int                   fd,
                                          guint64               key);
void             rocketio_backend_remove (RocketIOBackend      *self,
                                          int                   fd);

/* Whether the poll of this turn found something. */
gboolean         rocketio_backend_check  (RocketIOBackend      *self);

/* What is ready, without waiting. */
guint            rocketio_backend_take   (RocketIOBackend      *self,
                                          RocketIOBackendEvent *events,
                                          guint                 n_events);

G_END_DECLS
