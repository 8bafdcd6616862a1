/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-extensions-private.h"
#include "rocketio-listener-private.h"

G_BEGIN_DECLS

/* The opening handshake of a WebSocket, RFC 6455, section 4.2. */

/* Takes the connection of `message`, with the answer on its way; NULL: the handshake was refused. `protocol` is the
 * subprotocol that the client has to offer (NULL: none is chosen), `extensions` what was agreed on: nothing unless
 * `compression` is on. `message` is gone but for whoever has a reference. */
RocketIOConnection *rocketio_upgrade_open (RocketIOListener   *listener,
                                           SoupServerMessage  *message,
                                           const char         *protocol,
                                           gboolean            compression,
                                           RocketIOExtensions *extensions);

G_END_DECLS
