/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(ROCKETIO_GLIB_INSIDE) && !defined(ROCKETIO_GLIB_COMPILATION)
#error "Only <rocketio-glib/rocketio-glib.h> can be included directly."
#endif

#include <rocketio-glib/rocketio-types.h>

G_BEGIN_DECLS

#define ROCKETIO_TYPE_SESSION (rocketio_session_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (RocketIOSession, rocketio_session, ROCKETIO, SESSION, GObject)

ROCKETIO_AVAILABLE_IN_ALL
const char             *rocketio_session_get_id               (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOTransportType   rocketio_session_get_transport        (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
GSocketAddress         *rocketio_session_get_remote_address   (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
char                  **rocketio_session_dup_channels         (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
const char             *rocketio_session_get_channel          (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
const char             *rocketio_session_get_identity         (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_set_identity         (RocketIOSession  *self,
                                                               const char       *identity);
ROCKETIO_AVAILABLE_IN_ALL
GObject                *rocketio_session_get_user_data_object (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_set_user_data_object (RocketIOSession  *self,
                                                               GObject          *object);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_push                 (RocketIOSession  *self,
                                                               const char       *event,
                                                               JsonNode         *data,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_push_variant         (RocketIOSession  *self,
                                                               const char       *event,
                                                               GVariant         *data,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_push_json            (RocketIOSession  *self,
                                                               const char       *event,
                                                               const char       *json,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_push_bytes           (RocketIOSession  *self,
                                                               const char       *event,
                                                               GBytes           *data,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_flush_async          (RocketIOSession     *self,
                                                               GCancellable        *cancellable,
                                                               GAsyncReadyCallback  callback,
                                                               gpointer             user_data);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_flush_finish         (RocketIOSession  *self,
                                                               GAsyncResult     *result,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_request_async        (RocketIOSession     *self,
                                                               const char          *name,
                                                               JsonNode            *data,
                                                               guint                timeout,
                                                               GCancellable        *cancellable,
                                                               GAsyncReadyCallback  callback,
                                                               gpointer             user_data);
ROCKETIO_AVAILABLE_IN_ALL
JsonNode               *rocketio_session_request_finish       (RocketIOSession  *self,
                                                               GAsyncResult     *result,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_request_variant_async (RocketIOSession     *self,
                                                               const char          *name,
                                                               GVariant            *data,
                                                               guint                timeout,
                                                               GCancellable        *cancellable,
                                                               GAsyncReadyCallback  callback,
                                                               gpointer             user_data);
ROCKETIO_AVAILABLE_IN_ALL
JsonNode               *rocketio_session_request_variant_finish (RocketIOSession  *self,
                                                               GAsyncResult     *result,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_request_json_async   (RocketIOSession     *self,
                                                               const char          *name,
                                                               const char          *json,
                                                               guint                timeout,
                                                               GCancellable        *cancellable,
                                                               GAsyncReadyCallback  callback,
                                                               gpointer             user_data);
ROCKETIO_AVAILABLE_IN_ALL
JsonNode               *rocketio_session_request_json_finish  (RocketIOSession  *self,
                                                               GAsyncResult     *result,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_request_bytes_async  (RocketIOSession     *self,
                                                               const char          *name,
                                                               GBytes              *data,
                                                               guint                timeout,
                                                               GCancellable        *cancellable,
                                                               GAsyncReadyCallback  callback,
                                                               gpointer             user_data);
ROCKETIO_AVAILABLE_IN_ALL
JsonNode               *rocketio_session_request_bytes_finish (RocketIOSession  *self,
                                                               GAsyncResult     *result,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
GBytes                 *rocketio_session_request_get_bytes    (RocketIOSession  *self,
                                                               GAsyncResult     *result);
ROCKETIO_AVAILABLE_IN_ALL
const char             *rocketio_session_request_get_code     (RocketIOSession  *self,
                                                               GAsyncResult     *result);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_join                 (RocketIOSession  *self,
                                                               const char       *channel,
                                                               GError          **error);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_leave                (RocketIOSession  *self,
                                                               const char       *channel);
ROCKETIO_AVAILABLE_IN_ALL
gint64                  rocketio_session_get_round_trip_time  (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
guint64                 rocketio_session_get_buffered_bytes   (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
guint64                 rocketio_session_get_dropped          (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_get_pressure         (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
void                    rocketio_session_close                (RocketIOSession  *self);
ROCKETIO_AVAILABLE_IN_ALL
gboolean                rocketio_session_close_full           (RocketIOSession  *self,
                                                               guint             code,
                                                               const char       *reason,
                                                               GError          **error);

G_END_DECLS
