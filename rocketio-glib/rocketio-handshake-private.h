/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-connection-private.h"
#include "rocketio-handshake.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Keeps what is asked of it from `message`, which may be gone afterwards, and from `connection`, that it came by. */
RocketIOHandshake *rocketio_handshake_new (SoupServerMessage  *message,
                                           RocketIOConnection *connection,
                                           guint               version);

G_END_DECLS
