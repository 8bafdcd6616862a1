/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(ROCKETIO_GLIB_INSIDE) && !defined(ROCKETIO_GLIB_COMPILATION)
#error "Only <rocketio-glib/rocketio-glib.h> can be included directly."
#endif

#include <rocketio-glib/rocketio-handshake.h>
#include <rocketio-glib/rocketio-session.h>

G_BEGIN_DECLS

#define ROCKETIO_TYPE_REQUEST (rocketio_request_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (RocketIORequest, rocketio_request, ROCKETIO, REQUEST, GObject)

ROCKETIO_AVAILABLE_IN_ALL
const char      *rocketio_request_get_name      (RocketIORequest  *self);
ROCKETIO_AVAILABLE_IN_ALL
JsonNode        *rocketio_request_get_data      (RocketIORequest  *self);
ROCKETIO_AVAILABLE_IN_ALL
GBytes          *rocketio_request_get_bytes     (RocketIORequest  *self);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOSession *rocketio_request_get_session   (RocketIORequest  *self);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOHandshake *rocketio_request_get_handshake (RocketIORequest *self);
ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_request_get_answered  (RocketIORequest  *self);
ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_request_reply         (RocketIORequest  *self,
                                                 JsonNode         *data,
                                                 GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_request_reply_variant (RocketIORequest  *self,
                                                 GVariant         *data,
                                                 GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_request_reply_json    (RocketIORequest  *self,
                                                 const char       *json,
                                                 GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_request_reply_bytes   (RocketIORequest  *self,
                                                 GBytes           *data,
                                                 GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_request_fail          (RocketIORequest  *self,
                                                 const char       *code,
                                                 const char       *message,
                                                 GError          **error);

G_END_DECLS
