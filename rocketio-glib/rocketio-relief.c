/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-relief-private.h"

/* What the monitor wakes, from any thread. */
typedef struct
{
  GSource         source;
  RocketIORelief *relief;
  int             level;     /* atomic */
} Alarm;

struct _RocketIORelief
{
  GMemoryMonitor     *monitor;
  gulong              warning_id;
  GSource            *alarm;
  RocketIOReliefFunc  func;
  gpointer            user_data;
};

static gboolean
dispatch_cb (GSource     *source,
             GSourceFunc  callback,
             gpointer     user_data)
{
  Alarm *alarm = (Alarm *) source;

  g_source_set_ready_time (source, -1);
  alarm->relief->func (g_atomic_int_get (&alarm->level), alarm->relief->user_data);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs alarm_funcs = { .dispatch = dispatch_cb };

static void
warning_cb (GMemoryMonitor             *monitor,
            GMemoryMonitorWarningLevel  level,
            Alarm                      *alarm)
{
  g_atomic_int_set (&alarm->level, level);
  g_source_set_ready_time (&alarm->source, 0);
}

RocketIORelief *
rocketio_relief_new (GMainContext       *context,
                     RocketIOReliefFunc  func,
                     gpointer            user_data)
{
  RocketIORelief *self = g_new0 (RocketIORelief, 1);

  self->func = func;
  self->user_data = user_data;
  self->alarm = g_source_new (&alarm_funcs, sizeof (Alarm));
  ((Alarm *) self->alarm)->relief = self;
  g_source_set_static_name (self->alarm, "RocketIO memory");
  g_source_attach (self->alarm, context);

  /* It may be telling in another thread while this ends here: the alarm stays until it has told. */
  self->monitor = g_memory_monitor_dup_default ();
  self->warning_id = g_signal_connect_data (self->monitor, "low-memory-warning", G_CALLBACK (warning_cb),
                                            g_source_ref (self->alarm), (GClosureNotify) (GCallback) g_source_unref, 0);

  return self;
}

void
rocketio_relief_free (RocketIORelief *self)
{
  g_clear_signal_handler (&self->warning_id, self->monitor);
  g_object_unref (self->monitor);
  g_source_destroy (self->alarm);
  g_source_unref (self->alarm);
  g_free (self);
}
