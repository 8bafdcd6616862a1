/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <glib.h>

G_BEGIN_DECLS

/* Where a browser's request comes from (RFC 6454), and whether it may. */

typedef enum
{
  ROCKETIO_ORIGIN_SAME,       /* the server's own, or of no browser */
  ROCKETIO_ORIGIN_ALLOWED,    /* another one that the app allows */
  ROCKETIO_ORIGIN_ANY,        /* another one, and the app allows all */
  ROCKETIO_ORIGIN_REFUSED,
} RocketIOOrigin;

/* `origin` and `host` are the request's headers, or NULL. Hosts and ports are compared, not the schemes: behind a proxy
 * that ends TLS they differ. An origin without a scheme is of no browser (the npm client of 2013 sends one). */
RocketIOOrigin rocketio_origin_check    (const char         *origin,
                                         const char         *host,
                                         const char *const  *allowed);

/* Whether `pattern` may be in a list of allowed origins: `*`, or a scheme and a host as in
 * https://example.org:8080, with *. before the host for all below it. */
gboolean       rocketio_origin_is_valid (const char         *pattern);

G_END_DECLS
