/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <glib.h>

G_BEGIN_DECLS

/* Whether a peer is alive (protocol 2, point 3.6). Hearing it costs a look at the clock and no timer: how long it has
 * been silent is found out when that may be long. */
typedef struct
{
  guint    heartbeat;    /* milliseconds of silence until it is asked */
  guint    timeout;      /* and until it is taken for dead after that */
  gint64   heard;        /* monotonic, in microseconds; 0: never, and it need not be yet */
  gint64   sent;         /* the same of what was sent: a peer that hears nothing is to hear that we are there */
  gboolean asked;
} RocketIOPulse;

typedef enum
{
  ROCKETIO_PULSE_ALIVE,
  ROCKETIO_PULSE_ASK,      /* now is the time */
  ROCKETIO_PULSE_DEAD,
} RocketIOPulseState;

void               rocketio_pulse_init  (RocketIOPulse *self,
                                         guint          heartbeat,
                                         guint          timeout);
void               rocketio_pulse_heard (RocketIOPulse *self);
void               rocketio_pulse_sent  (RocketIOPulse *self);

/* `next`: milliseconds until the next look. */
RocketIOPulseState rocketio_pulse_look  (RocketIOPulse *self,
                                         guint         *next);

G_END_DECLS
