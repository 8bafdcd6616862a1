/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-answer-private.h"
#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* HTTP long polling, version 2 of the wire (protocol 2, point 10). It need not know what became of an answer: each poll
 * says how far the client has come. */

/* `hold_time`: milliseconds that a poll is held; `timeout`: how long after that there may be none. */
RocketIOTransport *rocketio_poll_transport_2_new  (RocketIOReactor   *reactor,
                                                   GSocketAddress    *remote,
                                                   guint              hold_time,
                                                   guint              timeout);

/* Holds a poll, and takes `answer`. */
void               rocketio_poll_transport_2_hold (RocketIOTransport *transport,
                                                   RocketIOAnswer    *answer);
gboolean           rocketio_transport_is_poll_2   (RocketIOTransport *transport);

G_END_DECLS
