/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the proxies before a server say of its clients, as far as it can be believed: X-Forwarded-For and its kin, or,
 * where there is none, Forwarded (RFC 7239). */

/* Of the request's headers; those that are missing NULL, those that come several times joined by commas. */
typedef struct
{
  const char *forwarded;
  const char *for_;      /* X-Forwarded-For, */
  const char *host;      /* -Host */
  const char *proto;     /* and -Proto */
} RocketIOForwardedHeaders;

typedef struct
{
  gboolean        is_proxy;  /* it comes from a proxy that is trusted */
  GSocketAddress *client;    /* NULL: nothing that can be believed is said of it */
  char           *host;      /* NULL: the same */
  gboolean        is_secure; /* the client used https */
} RocketIOForwarded;

/* `trusted` are those proxies: addresses and networks as in rocketio_proxy_is_valid(). `peer` is who made the
 * connection. Each proxy adds to the right; the client is the first one from there that is not trusted. */
void     rocketio_forwarded_read   (RocketIOForwarded              *self,
                                    const RocketIOForwardedHeaders *headers,
                                    GSocketAddress                 *peer,
                                    GPtrArray                      *trusted);
void     rocketio_forwarded_clear  (RocketIOForwarded              *self);

/* `10.0.0.0/8`, `::1`; and all of them, of GInetAddressMask. */
gboolean   rocketio_proxy_is_valid (const char                     *text);
GPtrArray *rocketio_proxies_parse  (const char *const              *texts);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RocketIOForwarded, rocketio_forwarded_clear)

G_END_DECLS
