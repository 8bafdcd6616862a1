/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-pulse-private.h"

void
rocketio_pulse_init (RocketIOPulse *self,
                     guint          heartbeat,
                     guint          timeout)
{
  *self = (RocketIOPulse) { heartbeat, timeout, g_get_monotonic_time (), FALSE };
}

void
rocketio_pulse_heard (RocketIOPulse *self)
{
  self->heard = g_get_monotonic_time ();
  self->asked = FALSE;
}

RocketIOPulseState
rocketio_pulse_look (RocketIOPulse *self,
                     guint         *next)
{
  gint64 silence = (g_get_monotonic_time () - self->heard) / 1000;
  gboolean was_asked = self->asked;

  *next = self->heartbeat;
  if (self->heard == 0)
    return ROCKETIO_PULSE_ALIVE;

  *next = 0;
  if (silence >= (gint64) self->heartbeat + self->timeout)
    return ROCKETIO_PULSE_DEAD;

  self->asked = silence >= self->heartbeat;
  *next = (self->asked ? self->heartbeat + self->timeout : self->heartbeat) - silence;

  return self->asked && !was_asked ? ROCKETIO_PULSE_ASK : ROCKETIO_PULSE_ALIVE;
}
