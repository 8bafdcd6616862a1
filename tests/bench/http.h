/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plain HTTP clients: as fast as they can, idle, or used once. */

#pragma once

#include "load.h"

#define HTTP_MUTE "" /* the request of a connection that never speaks */

typedef struct
{
  guint       status;
  const char *body;
  gsize       length;
  gboolean    last; /* the server closes the connection behind it */
} HttpReply;

/* The bytes it fills, 0 when they are not all there, -1 when it is none, or without a Content-Length. */
gssize     http_parse_reply    (HttpReply  *reply,
                                const char *data,
                                gsize       length);
char      *http_get            (guint16     port,
                                const char *path);
char      *http_post_events    (guint16     port,
                                const char *session,
                                const char *events);

typedef struct _HttpFleet HttpFleet;

HttpFleet *http_fleet_new      (Load       *load,
                                guint       n,
                                const char *request);
void       http_fleet_free     (HttpFleet  *self);

/* Each FALSE with the trouble noted in the load. */
gboolean   http_fleet_connect  (HttpFleet  *self);
gboolean   http_fleet_run      (HttpFleet  *self,
                                double      for_seconds,
                                double     *answers,
                                double     *seconds);
gboolean   http_fleet_use_once (HttpFleet  *self);
guint      http_fleet_lost     (HttpFleet  *self);
guint      http_fleet_reopened (HttpFleet  *self);
