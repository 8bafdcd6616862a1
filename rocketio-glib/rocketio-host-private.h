/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <glib.h>

G_BEGIN_DECLS

/* Whether a request may ask for `host`, its Host header (NULL: it has none). A page whose own name leads to this
 * machine (DNS rebinding) would be of the same origin as the server. Names that nobody else can own are good: IP
 * addresses, localhost and *.localhost (RFC 6761), *.local (RFC 6762), and the name of this machine. Of others those `allowed`: a name, `*.` before a
 * name for all below it, or `*`. Ports do not count. */
gboolean rocketio_host_check    (const char        *host,
                                 const char *const *allowed);

/* Whether `pattern` may be in that list. */
gboolean rocketio_host_is_valid (const char        *pattern);

G_END_DECLS
