/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* Server-sent events (protocol 2, point 9): messages go out on a stream without an end, and come in by POST. */

/* Takes over `connection`, on which `head` is sent first: the answer's, without its empty line. What is received is
 * told it by rocketio_transport_heard(): after `heartbeat` milliseconds without it is idle, after `timeout` more
 * lost. */
RocketIOTransport *rocketio_sse_transport_new (RocketIOConnection *connection,
                                               GBytes             *head,
                                               guint               heartbeat,
                                               guint               timeout);

G_END_DECLS
