/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* A WebSocket after its handshake, version 1 of the wire: one envelope a text message, both ways. No pings, and close
 * frames whose reason is a JSON object: the clients of 2013 die of anything else. */

/* Takes over `connection`; the handshake has been answered. `max_message` bounds what a client may send at once. */
RocketIOTransport *rocketio_websocket_transport_new (RocketIOConnection *connection,
                                                     gsize               max_message);

/* The same for version 2: several envelopes a message, bytes, close codes that say why. After `heartbeat` milliseconds
 * in which nothing was received it is idle, after `timeout` more it is lost. */
RocketIOTransport *rocketio_websocket_transport_new_2 (RocketIOConnection *connection,
                                                       gsize               max_message,
                                                       guint               heartbeat,
                                                       guint               timeout);

/* Compresses what it sends from now on, for a client that can refer back 2^`window` bytes, and takes what is
 * compressed. */
void               rocketio_websocket_transport_set_deflate (RocketIOTransport *transport,
                                                             RocketIODeflate   *deflate,
                                                             guint              window);

/* How many milliseconds a message may take from its first byte to its last, besides one second for each KiB. */
void               rocketio_websocket_transport_set_message_time (RocketIOTransport *transport,
                                                                  guint              milliseconds);

G_END_DECLS
