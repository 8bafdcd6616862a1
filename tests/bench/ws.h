/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* N WebSocket clients of one server, in one of three dialects. */

#pragma once

#include "load.h"
#include "server.h"

typedef struct _WsFleet WsFleet;

WsFleet *ws_fleet_new     (Load    *load,
                           Dialect  dialect,
                           guint    n);
void     ws_fleet_free    (WsFleet *self);

/* Each FALSE with the trouble noted in the load. */
gboolean ws_fleet_connect (WsFleet *self,
                           double  *seconds);
gboolean ws_fleet_push    (WsFleet *self,
                           double  *seconds);
gboolean ws_fleet_echo    (WsFleet *self,
                           guint    active,
                           double   for_seconds,
                           double  *messages,
                           double  *seconds);
gboolean ws_fleet_close   (WsFleet *self);

/* One of them sends so many bytes to the session `id` of another fleet. */
gboolean ws_fleet_send    (WsFleet    *self,
                           const char *id,
                           guint       size);

/* Of double: seconds from a push until each client has it. NULL: they are not noted. */
void     ws_fleet_note_latencies (WsFleet *self,
                                  GArray  *latencies);

/* The session of the last one that got in; not with Socket.IO. */
const char *ws_fleet_get_id (WsFleet *self);

/* None of them reads any more. */
void     ws_fleet_stall   (WsFleet *self);

guint    ws_fleet_lost    (WsFleet *self);
guint    ws_fleet_missed  (WsFleet *self);
guint    ws_fleet_strays  (WsFleet *self);
