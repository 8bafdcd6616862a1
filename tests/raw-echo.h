/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <rocketio-glib/rocketio-glib.h>

/* `/ws-echo`: a WebSocket that sends back each message as it came, through the library's own handshake, frames and
 * transport, for tests of RFC 6455 and RFC 7692. It has the limits of the suites that are known for that, and not those
 * of the server. */
typedef struct _RawEcho RawEcho;

RawEcho *raw_echo_new  (RocketIOServer *server,
                        gboolean        compression);
void     raw_echo_free (RawEcho        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawEcho, raw_echo_free)
