/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-listener-private.h"
#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* HTTP long polling, version 1 of the wire: a poll is held until there is something to say, and answered with an array
 * of envelopes. It outlives its polls: between two of them it is not writable. What went into an answer is kept until
 * the client is known to have it, and goes out again with the next poll otherwise. */
typedef struct _RocketIOPollTransport RocketIOPollTransport;

/* `listener` gets the connections back when their poll is answered. `poll_time`: milliseconds that one is held. */
RocketIOTransport *rocketio_poll_transport_new  (RocketIOListener   *listener,
                                                 GSocketAddress     *remote,
                                                 guint               poll_time);

/* Holds the poll on `connection`. `head` is the answer's, status line and all, but for Content-Length and the empty
 * line; after the answer the connection waits for more if `keepalive`. */
void               rocketio_poll_transport_hold (RocketIOTransport  *transport,
                                                 RocketIOConnection *connection,
                                                 GBytes             *head,
                                                 gboolean            keepalive);

G_END_DECLS
