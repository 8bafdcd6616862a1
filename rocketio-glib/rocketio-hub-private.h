/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-session-list-private.h"

G_BEGIN_DECLS

/* Where pushes go out: the logs, who gets what, and the pump. A push is numbered, appended and marked, nothing more;
 * once a turn the pump writes to everybody concerned. Nothing here knows HTTP or signals. */
typedef struct _RocketIOHub RocketIOHub;

/* What the logs may keep. */
typedef struct
{
  gsize log_bytes;      /* that each of them may keep, though always as much as may wait for one session */
  gsize total_bytes;    /* that all of them may keep together */
  guint age;            /* seconds that they keep what nobody waits for */
} RocketIOLogBounds;

#define ROCKETIO_LOG_BOUNDS { 1048576, 67108864, 120 }

RocketIOHub         *rocketio_hub_new            (RocketIOReactor           *reactor);
RocketIOHub         *rocketio_hub_ref            (RocketIOHub               *self);
void                 rocketio_hub_unref          (RocketIOHub               *self);

/* Nothing is sent any more. All sessions have been removed before. */
void                 rocketio_hub_close          (RocketIOHub               *self);

/* Bytes that may wait for one session. */
void                 rocketio_hub_set_max_queue  (RocketIOHub               *self,
                                                  gsize                      bytes);
void                 rocketio_hub_set_log_bounds (RocketIOHub               *self,
                                                  const RocketIOLogBounds   *bounds);

RocketIOSessionList *rocketio_hub_get_sessions   (RocketIOHub               *self);
RocketIOChannels    *rocketio_hub_get_channels   (RocketIOHub               *self);
RocketIOLog         *rocketio_hub_get_everybody  (RocketIOHub               *self);
RocketIOLog         *rocketio_hub_get_passing    (RocketIOHub               *self);
RocketIOInbox       *rocketio_hub_get_inbox      (RocketIOHub               *self);
guint64              rocketio_hub_get_seq        (RocketIOHub               *self);
guint32              rocketio_hub_get_epoch      (RocketIOHub               *self);

void                 rocketio_hub_add            (RocketIOHub               *self,
                                                  RocketIOSession           *session);
void                 rocketio_hub_remove         (RocketIOHub               *self,
                                                  RocketIOSession           *session);

/* `session` has joined `channel`: gives it what is kept for those who do. */
void                 rocketio_hub_give_retained  (RocketIOHub               *self,
                                                  RocketIOSession           *session,
                                                  const char                *channel);

/* What is kept for everybody who comes; NULL: nothing. And keeps one more. */
RocketIORetained    *rocketio_hub_get_retained   (RocketIOHub               *self);
void                 rocketio_hub_retain         (RocketIOHub               *self,
                                                  RocketIOMessage           *message);

/* Pushes go on after this number, as they were numbered before a restart. */
void                 rocketio_hub_go_on_from     (RocketIOHub               *self,
                                                  guint64                    seq,
                                                  guint32                    epoch);

/* There may be something for `session`. */
void                 rocketio_hub_mark           (RocketIOHub               *self,
                                                  RocketIOSession           *session);

/* Pushes to whom `options` say (NULL: everybody), as they are now. */
void                 rocketio_hub_push           (RocketIOHub               *self,
                                                  RocketIOMessage           *message,
                                                  RocketIOPushOptions       *options);
void                 rocketio_hub_push_to        (RocketIOHub               *self,
                                                  RocketIOMessage           *message,
                                                  RocketIOSession           *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOHub, rocketio_hub_unref)

G_END_DECLS
