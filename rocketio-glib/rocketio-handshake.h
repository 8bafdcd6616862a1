/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(ROCKETIO_GLIB_INSIDE) && !defined(ROCKETIO_GLIB_COMPILATION)
#error "Only <rocketio-glib/rocketio-glib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <rocketio-glib/rocketio-version.h>

G_BEGIN_DECLS

#define ROCKETIO_TYPE_HANDSHAKE (rocketio_handshake_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (RocketIOHandshake, rocketio_handshake, ROCKETIO, HANDSHAKE, GObject)

ROCKETIO_AVAILABLE_IN_ALL
guint            rocketio_handshake_get_version          (RocketIOHandshake *self);
ROCKETIO_AVAILABLE_IN_ALL
GUri            *rocketio_handshake_get_uri              (RocketIOHandshake *self);
ROCKETIO_AVAILABLE_IN_ALL
char            *rocketio_handshake_dup_query            (RocketIOHandshake *self,
                                                          const char        *name);
ROCKETIO_AVAILABLE_IN_ALL
const char      *rocketio_handshake_get_header           (RocketIOHandshake *self,
                                                          const char        *name);
ROCKETIO_AVAILABLE_IN_ALL
char            *rocketio_handshake_dup_cookie           (RocketIOHandshake *self,
                                                          const char        *name);
ROCKETIO_AVAILABLE_IN_ALL
GTlsCertificate *rocketio_handshake_get_peer_certificate (RocketIOHandshake *self);

G_END_DECLS
