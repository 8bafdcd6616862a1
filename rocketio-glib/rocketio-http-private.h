/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-forwarded-private.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What the endpoints do to requests and answers of libsoup. */

/* libsoup has no names for these. */
#define ROCKETIO_HTTP_UPGRADE_REQUIRED  426    /* RFC 9110, section 15.5.22 */
#define ROCKETIO_HTTP_TOO_MANY_REQUESTS 429    /* RFC 6585, section 4 */

const char *rocketio_http_get_header   (SoupServerMessage *message,
                                        const char        *name);
void        rocketio_http_set_header   (SoupServerMessage *message,
                                        const char        *name,
                                        const char        *value);
gboolean    rocketio_http_is_method    (SoupServerMessage *message,
                                        const char        *method);
void        rocketio_http_answer       (SoupServerMessage *message,
                                        guint              status,
                                        const char        *type,
                                        const char        *body);
void        rocketio_http_answer_json  (SoupServerMessage *message,
                                        const char        *body);
void        rocketio_http_refuse       (SoupServerMessage *message,
                                        guint              status,
                                        const char        *format,
                                        ...) G_GNUC_PRINTF (3, 4);

/* What the proxies that are trusted say of who asks. */
void        rocketio_http_read_forwarded (SoupServerMessage *message,
                                          GPtrArray         *trusted,
                                          RocketIOForwarded *forwarded);

/* Sets the CORS headers and lets the request, which was made to `host`, pass, or refuses it. */
gboolean    rocketio_http_check_origin (SoupServerMessage *message,
                                        const char        *host,
                                        const char *const *allowed);

/* The head of an answer that we write ourselves, from what is set on the message: the app's headers survive. */
GString    *rocketio_http_build_head   (SoupServerMessage *message,
                                        gboolean           keepalive);

G_END_DECLS
