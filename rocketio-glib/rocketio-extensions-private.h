/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <glib.h>

G_BEGIN_DECLS

/* What a client offers in Sec-WebSocket-Extensions (RFC 6455, section 9.1), of which there is one that we know:
 * permessage-deflate (RFC 7692). */

typedef struct
{
  gboolean has_deflate;      /* an offer of permessage-deflate that we can accept */
  guint    server_window;    /* of what we send, as the base-2 logarithm */
  gboolean names_window;     /* the answer has to repeat it */
} RocketIOExtensions;

/* Reads the header, and takes the first offer that is sound. FALSE if it is no such header: the handshake fails. */
gboolean rocketio_extensions_parse  (RocketIOExtensions       *self,
                                     const char               *header);

/* The header of the answer, which accepts it. */
char    *rocketio_extensions_answer (const RocketIOExtensions *self);

G_END_DECLS
