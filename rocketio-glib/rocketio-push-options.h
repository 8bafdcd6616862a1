/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(ROCKETIO_GLIB_INSIDE) && !defined(ROCKETIO_GLIB_COMPILATION)
#error "Only <rocketio-glib/rocketio-glib.h> can be included directly."
#endif

#include <rocketio-glib/rocketio-types.h>

G_BEGIN_DECLS

/**
 * RocketIOPushOptions:
 *
 * Whom a push is for, and what becomes of it where it cannot be delivered at once.
 *
 * Without any option it is for everybody. `to` and `channels` add up: a session that is named and in one of the
 * channels, or in several of them, gets the push once. `except` takes away.
 *
 * ```c
 * g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
 *
 * rocketio_push_options_set_channels (options, (const char *const[]) { "lobby", NULL });
 * rocketio_push_options_set_except (options, (const char *const[]) { rocketio_session_get_id (sender), NULL });
 * rocketio_server_push_full (server, "chat", data, options, NULL);
 * ```
 *
 * Options belong to who made them: a push takes what it needs, so they may be freed right after it, with
 * [method@PushOptions.free], or be used for any number of pushes. They may be made and used in any thread, by one
 * thread at a time.
 */
typedef struct _RocketIOPushOptions RocketIOPushOptions;

#define ROCKETIO_TYPE_PUSH_OPTIONS (rocketio_push_options_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
GType                 rocketio_push_options_get_type     (void);

ROCKETIO_AVAILABLE_IN_ALL
RocketIOPushOptions  *rocketio_push_options_new          (void);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOPushOptions  *rocketio_push_options_copy         (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_free         (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_to       (RocketIOPushOptions *self,
                                                          const char *const   *session_ids);
ROCKETIO_AVAILABLE_IN_ALL
const char *const    *rocketio_push_options_get_to       (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_channels (RocketIOPushOptions *self,
                                                          const char *const   *channels);
ROCKETIO_AVAILABLE_IN_ALL
const char *const    *rocketio_push_options_get_channels (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_except   (RocketIOPushOptions *self,
                                                          const char *const   *session_ids);
ROCKETIO_AVAILABLE_IN_ALL
const char *const    *rocketio_push_options_get_except   (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_volatile     (RocketIOPushOptions *self,
                                                              gboolean             is_volatile);
ROCKETIO_AVAILABLE_IN_ALL
gboolean              rocketio_push_options_get_volatile     (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_ttl          (RocketIOPushOptions *self,
                                                              guint                milliseconds);
ROCKETIO_AVAILABLE_IN_ALL
guint                 rocketio_push_options_get_ttl          (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_retain       (RocketIOPushOptions *self,
                                                              gboolean             retain);
ROCKETIO_AVAILABLE_IN_ALL
gboolean              rocketio_push_options_get_retain       (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_conflate_key (RocketIOPushOptions *self,
                                                              const char          *key);
ROCKETIO_AVAILABLE_IN_ALL
const char           *rocketio_push_options_get_conflate_key (RocketIOPushOptions *self);
ROCKETIO_AVAILABLE_IN_ALL
void                  rocketio_push_options_set_policy       (RocketIOPushOptions *self,
                                                              RocketIOSlowPolicy   policy);
ROCKETIO_AVAILABLE_IN_ALL
RocketIOSlowPolicy    rocketio_push_options_get_policy       (RocketIOPushOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOPushOptions, rocketio_push_options_free)

G_END_DECLS
