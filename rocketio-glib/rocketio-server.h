/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(ROCKETIO_GLIB_INSIDE) && !defined(ROCKETIO_GLIB_COMPILATION)
#error "Only <rocketio-glib/rocketio-glib.h> can be included directly."
#endif

#include <rocketio-glib/rocketio-push-options.h>
#include <rocketio-glib/rocketio-session.h>
#include <rocketio-glib/rocketio-types.h>

G_BEGIN_DECLS

#define ROCKETIO_TYPE_SERVER (rocketio_server_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (RocketIOServer, rocketio_server, ROCKETIO, SERVER, GObject)

ROCKETIO_AVAILABLE_IN_ALL
RocketIOServer      *rocketio_server_new                   (void);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOServer      *rocketio_server_new_for_soup_server   (SoupServer            *soup_server);
ROCKETIO_AVAILABLE_IN_ALL
SoupServer          *rocketio_server_get_soup_server       (RocketIOServer        *self);

ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_listen                (RocketIOServer        *self,
                                                            const char            *address,
                                                            guint                  port,
                                                            GTlsCertificate       *certificate,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
GSList              *rocketio_server_get_uris              (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_serve_directory       (RocketIOServer        *self,
                                                            const char            *path,
                                                            RocketIOServeFlags     flags,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_serve_resource        (RocketIOServer        *self,
                                                            const char            *path,
                                                            RocketIOServeFlags     flags,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_run                   (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_close                 (RocketIOServer        *self);

ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_push                  (RocketIOServer        *self,
                                                            const char            *event,
                                                            JsonNode              *data,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_push_to               (RocketIOServer        *self,
                                                            const char            *session_id,
                                                            const char            *event,
                                                            JsonNode              *data,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_push_to_channel       (RocketIOServer        *self,
                                                            const char            *channel,
                                                            const char            *event,
                                                            JsonNode              *data,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_push_full             (RocketIOServer        *self,
                                                            const char            *event,
                                                            JsonNode              *data,
                                                            RocketIOPushOptions   *options,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_push_variant          (RocketIOServer        *self,
                                                            const char            *event,
                                                            GVariant              *data,
                                                            RocketIOPushOptions   *options,
                                                            GError               **error);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_push_json             (RocketIOServer        *self,
                                                            const char            *event,
                                                            const char            *json,
                                                            RocketIOPushOptions   *options,
                                                            GError               **error);

ROCKETIO_AVAILABLE_IN_ALL
GListModel          *rocketio_server_get_sessions          (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOSession     *rocketio_server_get_session           (RocketIOServer        *self,
                                                            const char            *id);
ROCKETIO_AVAILABLE_IN_ALL
guint                rocketio_server_count_sessions        (RocketIOServer        *self,
                                                            RocketIOTransportType  transport);
ROCKETIO_AVAILABLE_IN_ALL
char               **rocketio_server_dup_channels          (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
GSList              *rocketio_server_list_channel          (RocketIOServer        *self,
                                                            const char            *channel);
ROCKETIO_AVAILABLE_IN_ALL
guint                rocketio_server_count_channel         (RocketIOServer        *self,
                                                            const char            *channel,
                                                            RocketIOTransportType  transport);

ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_get_websocket         (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_websocket         (RocketIOServer        *self,
                                                            gboolean               websocket);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_get_comet             (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_comet             (RocketIOServer        *self,
                                                            gboolean               comet);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_get_compression       (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_compression       (RocketIOServer        *self,
                                                            gboolean               compression);
ROCKETIO_AVAILABLE_IN_ALL
gboolean             rocketio_server_get_version_1         (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_version_1         (RocketIOServer        *self,
                                                            gboolean               version_1);
ROCKETIO_AVAILABLE_IN_ALL
guint                rocketio_server_get_poll_time         (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_poll_time         (RocketIOServer        *self,
                                                            guint                  seconds);
ROCKETIO_AVAILABLE_IN_ALL
guint                rocketio_server_get_post_interval     (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_post_interval     (RocketIOServer        *self,
                                                            guint                  seconds);
ROCKETIO_AVAILABLE_IN_ALL
const char *const   *rocketio_server_get_allowed_hosts     (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_allowed_hosts     (RocketIOServer        *self,
                                                            const char *const     *hosts);
ROCKETIO_AVAILABLE_IN_ALL
const char *const   *rocketio_server_get_trusted_proxies   (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_trusted_proxies   (RocketIOServer        *self,
                                                            const char *const     *proxies);
ROCKETIO_AVAILABLE_IN_ALL
const char *const   *rocketio_server_get_allowed_origins   (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_allowed_origins   (RocketIOServer        *self,
                                                            const char *const     *origins);
ROCKETIO_AVAILABLE_IN_ALL
gsize                rocketio_server_get_max_message_bytes (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_max_message_bytes (RocketIOServer        *self,
                                                            gsize                  bytes);
ROCKETIO_AVAILABLE_IN_ALL
gsize                rocketio_server_get_max_body_bytes    (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_max_body_bytes    (RocketIOServer        *self,
                                                            gsize                  bytes);
ROCKETIO_AVAILABLE_IN_ALL
gsize                rocketio_server_get_max_queue_bytes   (RocketIOServer        *self);
ROCKETIO_AVAILABLE_IN_ALL
void                 rocketio_server_set_max_queue_bytes   (RocketIOServer        *self,
                                                            gsize                  bytes);

ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_server_push_bytes (RocketIOServer       *self,
                                             const char           *event,
                                             GBytes               *data,
                                             RocketIOPushOptions  *options,
                                             GError              **error);
ROCKETIO_AVAILABLE_IN_ALL
const char      *rocketio_server_get_path_prefix (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_path_prefix (RocketIOServer *self,
                                                  const char     *prefix);
ROCKETIO_AVAILABLE_IN_ALL
gsize            rocketio_server_get_log_bytes (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_log_bytes (RocketIOServer *self,
                                                gsize           bytes);
ROCKETIO_AVAILABLE_IN_ALL
gsize            rocketio_server_get_total_log_bytes (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_total_log_bytes (RocketIOServer *self,
                                                      gsize           bytes);
ROCKETIO_AVAILABLE_IN_ALL
guint            rocketio_server_get_log_age (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_log_age (RocketIOServer *self,
                                              guint           seconds);
ROCKETIO_AVAILABLE_IN_ALL
guint            rocketio_server_get_resume_window (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_resume_window (RocketIOServer *self,
                                                    guint           seconds);
ROCKETIO_AVAILABLE_IN_ALL
guint            rocketio_server_get_heartbeat (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_heartbeat (RocketIOServer *self,
                                                guint           seconds);
ROCKETIO_AVAILABLE_IN_ALL
guint            rocketio_server_get_heartbeat_timeout (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_heartbeat_timeout (RocketIOServer *self,
                                                        guint           seconds);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOSlowPolicy rocketio_server_get_slow_policy (RocketIOServer     *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_slow_policy (RocketIOServer     *self,
                                                  RocketIOSlowPolicy  policy);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_history (RocketIOServer *self,
                                              const char     *channel,
                                              guint           n_messages);
ROCKETIO_AVAILABLE_IN_ALL
GFile           *rocketio_server_get_state_file (RocketIOServer *self);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_state_file (RocketIOServer *self,
                                                 GFile          *file);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_drain_async (RocketIOServer      *self,
                                              guint                spread,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
ROCKETIO_AVAILABLE_IN_ALL
gboolean         rocketio_server_drain_finish (RocketIOServer  *self,
                                               GAsyncResult    *result,
                                               GError         **error);
ROCKETIO_AVAILABLE_IN_ALL
void             rocketio_server_set_presence (RocketIOServer *self,
                                               const char     *channel,
                                               gboolean        tells);

G_END_DECLS
