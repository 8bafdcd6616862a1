/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-bucket-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who comes from where: how many sessions an address has, and how fast it makes requests. IPv6 counts by /64, which is
 * what one subscriber has. Whatever the number of addresses, it remembers only those that have a session or were busy
 * within the last seconds. */
typedef struct _RocketIOPeers RocketIOPeers;

/* One address. */
typedef struct _RocketIOPeer RocketIOPeer;

RocketIOPeers *rocketio_peers_new           (void);
void           rocketio_peers_free          (RocketIOPeers       *self);

/* The peer at `address`; NULL if it is not counted: this machine, and what is no IP address. */
RocketIOPeer  *rocketio_peers_find          (RocketIOPeers       *self,
                                             GSocketAddress      *address);
guint          rocketio_peers_get_n         (RocketIOPeers       *self);

/* A session comes; and goes. */
void           rocketio_peer_add_session    (RocketIOPeer        *self);
void           rocketio_peer_remove_session (RocketIOPeer        *self);
guint          rocketio_peer_get_sessions   (RocketIOPeer        *self);

/* Whether it may make a request now. */
gboolean       rocketio_peer_take_request   (RocketIOPeer        *self,
                                             const RocketIORate  *rate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOPeers, rocketio_peers_free)

G_END_DECLS
