/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-hello-private.h"
#include "rocketio-session-private.h"

G_BEGIN_DECLS

/* A client that wants to come in: over a WebSocket, or by a request that waits for the answer, which is the POST of its
 * hello, or the poll of version 1. The app may take some seconds to decide whether it lets it in. What a WebSocket says
 * meanwhile is not heard: one of version 2 waits for its welcome, one of version 1 for its id. */
typedef struct _RocketIOArrival RocketIOArrival;

/* `verdict` NULL: it comes in. Called once. */
typedef void (*RocketIOArrivalFunc) (RocketIOArrival       *self,
                                     const RocketIOVerdict *verdict,
                                     gpointer               user_data);

/* One of `transport` and `answer`, which it takes. `timeout`: milliseconds that the app has. */
RocketIOArrival   *rocketio_arrival_new           (RocketIOReactor       *reactor,
                                                   RocketIOSession       *session,
                                                   RocketIOHello         *hello,
                                                   RocketIOTransport     *transport,
                                                   RocketIOAnswer        *answer,
                                                   guint                  timeout,
                                                   RocketIOArrivalFunc    func,
                                                   gpointer               user_data);
RocketIOArrival   *rocketio_arrival_ref           (RocketIOArrival       *self);
void               rocketio_arrival_unref         (RocketIOArrival       *self);

RocketIOSession   *rocketio_arrival_get_session   (RocketIOArrival       *self);
RocketIOHello     *rocketio_arrival_get_hello     (RocketIOArrival       *self);

/* Gives up watching it. NULL: it has the other one, or is gone meanwhile. */
RocketIOTransport *rocketio_arrival_take_transport (RocketIOArrival      *self);
RocketIOAnswer    *rocketio_arrival_take_answer    (RocketIOArrival      *self);

/* The first verdict counts. */
void               rocketio_arrival_decide        (RocketIOArrival       *self,
                                                   const RocketIOVerdict *verdict);

/* Tells it why it does not come in. */
void               rocketio_arrival_turn_away     (RocketIOArrival       *self,
                                                   const RocketIOVerdict *verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOArrival, rocketio_arrival_unref)

G_END_DECLS
