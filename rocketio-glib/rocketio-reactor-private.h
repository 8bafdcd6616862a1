/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

/* All sockets and timers of a server behind ONE GSource. GMainContext walks every source and polls every descriptor on
 * each turn, so 10,000 of them would make each turn slow; here the turn costs what is ready, not what is open.
 *
 * The source may recurse: a handler that runs a main loop of its own does not stop the others. A watch whose function
 * is being run is left alone meanwhile. */
typedef struct _RocketIOReactor RocketIOReactor;
typedef struct _RocketIOWatch RocketIOWatch;
typedef struct _RocketIOTimer RocketIOTimer;

typedef enum
{
  ROCKETIO_EVENT_NONE   = 0,
  ROCKETIO_EVENT_READ   = 1 << 0,
  ROCKETIO_EVENT_WRITE  = 1 << 1,
  ROCKETIO_EVENT_HANGUP = 1 << 2,   /* the peer will send no more */
  ROCKETIO_EVENT_ERROR  = 1 << 3,   /* the connection is gone; always watched for */
} RocketIOEvents;

typedef void (*RocketIOWatchFunc) (RocketIOWatch *watch, RocketIOEvents events);
typedef void (*RocketIOTimerFunc) (RocketIOTimer *timer);

/* One descriptor. Lives in the struct of its owner, who finds itself by container_of. */
struct _RocketIOWatch
{
  RocketIOWatchFunc func;
  GList             ready;          /* in the list of those to run without an event of the kernel */
  int               fd;             /* -1: not watched */
  guint             slot;
  guint8            events;
  guint             running : 1;
  guint             muted : 1;      /* an event came while it was running */
  guint             again : 1;      /* it was its turn among the ready ones while it was running */
  guint             is_ready : 1;
};

struct _RocketIOTimer
{
  RocketIOTimerFunc func;
  RocketIOTimer    *next;
  RocketIOTimer   **link;           /* what points to this one; NULL: not started */
  gint64            tick;
};

#define rocketio_container_of(pointer, type, member) \
  ((type *) (gpointer) (((char *) (pointer)) - G_STRUCT_OFFSET (type, member)))

/* Attached to `context` until closed. */
RocketIOReactor *rocketio_reactor_new         (GMainContext      *context,
                                               GError           **error);
RocketIOReactor *rocketio_reactor_ref         (RocketIOReactor   *self);
void             rocketio_reactor_unref       (RocketIOReactor   *self);

/* Tells every watch that is left an error; then nothing runs any more, also when this is called from within one of the
 * reactor's functions. */
void             rocketio_reactor_close       (RocketIOReactor   *self);
gboolean         rocketio_reactor_is_closed   (RocketIOReactor   *self);

/* Whether nothing is watched any more. */
gboolean         rocketio_reactor_is_empty    (RocketIOReactor   *self);

void             rocketio_watch_init          (RocketIOWatch     *watch,
                                               RocketIOWatchFunc  func);
void             rocketio_reactor_add         (RocketIOReactor   *self,
                                               RocketIOWatch     *watch,
                                               int                fd,
                                               RocketIOEvents     events);
void             rocketio_reactor_modify      (RocketIOReactor   *self,
                                               RocketIOWatch     *watch,
                                               RocketIOEvents     events);
void             rocketio_reactor_remove      (RocketIOReactor   *self,
                                               RocketIOWatch     *watch);

/* Runs `watch` in the next batch as if it were readable: for bytes that the kernel no longer knows of. */
void             rocketio_reactor_make_ready  (RocketIOReactor   *self,
                                               RocketIOWatch     *watch);

/* Timers are coarse, some 16 ms late at most, and cost nothing while they wait. Starting one again moves it. */
void             rocketio_timer_init          (RocketIOTimer     *timer,
                                               RocketIOTimerFunc  func);
void             rocketio_reactor_start_timer (RocketIOReactor   *self,
                                               RocketIOTimer     *timer,
                                               gint64             milliseconds);
void             rocketio_reactor_stop_timer  (RocketIOReactor   *self,
                                               RocketIOTimer     *timer);

/* What is done once at the end of a turn that asked for it: all writing. Returns whether there is more to do. */
typedef gboolean (*RocketIOPumpFunc) (gpointer user_data, gint64 deadline);

void             rocketio_reactor_set_pump    (RocketIOReactor   *self,
                                               RocketIOPumpFunc   func,
                                               gpointer           user_data);

/* Asks for the pump. May be called from any thread. */
void             rocketio_reactor_kick        (RocketIOReactor   *self);

GMainContext    *rocketio_reactor_get_context (RocketIOReactor   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOReactor, rocketio_reactor_unref)

G_END_DECLS
