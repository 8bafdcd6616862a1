/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who waits until what was pushed before has left: GTasks, in the order they came. They are completed from the main
 * loop, never from within these functions. */
typedef struct
{
  GQueue waiting;    /* for the transport to get what was pushed before them */
  GQueue sent;       /* for it to be rid of that */
} RocketIOFlush;

/* Takes `task`, which returns a boolean. It ends by itself when it is cancelled. */
void rocketio_flush_add   (RocketIOFlush *self,
                           GTask         *task);

/* The transport has got all that there was; and, it has nothing left that was sent before. */
void rocketio_flush_sent  (RocketIOFlush *self);
void rocketio_flush_taken (RocketIOFlush *self);

/* It never will: all of them fail. */
void rocketio_flush_end   (RocketIOFlush *self);

G_END_DECLS
