/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-answer-private.h"
#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* HTTP long polling, version 1 of the wire: a poll is held until there is something to say, and answered with an array
 * of envelopes. It outlives its polls: between two of them it is not writable. What went into an answer is kept until
 * the client is known to have it, and goes out again with the next poll otherwise. */
typedef struct _RocketIOPollTransport RocketIOPollTransport;

/* `poll_time`: milliseconds that a poll is held. */
RocketIOTransport *rocketio_poll_transport_new  (GSocketAddress     *remote,
                                                 guint               poll_time);

/* Holds a poll, that is to be answered with `answer`, which it takes. */
void               rocketio_poll_transport_hold (RocketIOTransport  *transport,
                                                 RocketIOAnswer     *answer);

G_END_DECLS
