/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-pulse-private.h"

void
rocketio_pulse_init (RocketIOPulse *self,
                     guint          heartbeat,
                     guint          timeout)
{
  gint64 now = g_get_monotonic_time ();

  *self = (RocketIOPulse) { heartbeat, timeout, now, now, FALSE };
}

void
rocketio_pulse_heard (RocketIOPulse *self)
{
  self->heard = g_get_monotonic_time ();
  self->asked = FALSE;
}

void
rocketio_pulse_sent (RocketIOPulse *self)
{
  self->sent = g_get_monotonic_time ();
}

RocketIOPulseState
rocketio_pulse_look (RocketIOPulse *self,
                     guint         *next)
{
  gint64 now = g_get_monotonic_time ();
  gint64 silence = (now - self->heard) / 1000;
  gint64 quiet = (now - self->sent) / 1000;
  gboolean is_quiet = quiet >= self->heartbeat;
  gboolean was_asked = self->asked;
  gint64 left;

  *next = self->heartbeat;
  if (self->heard == 0)
    return ROCKETIO_PULSE_ALIVE;

  *next = 0;
  if (silence >= (gint64) self->heartbeat + self->timeout)
    return ROCKETIO_PULSE_DEAD;

  self->asked = silence >= self->heartbeat;
  left = (self->asked ? self->heartbeat + self->timeout : self->heartbeat) - silence;
  *next = MIN (left, is_quiet ? self->heartbeat : self->heartbeat - quiet);

  return is_quiet || (self->asked && !was_asked) ? ROCKETIO_PULSE_ASK : ROCKETIO_PULSE_ALIVE;
}
