/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

/* Payloads of messages <-> what stands for them with permessage-deflate (RFC 7692, section 7.2). No message knows of
 * another one (no context takeover), so that one of these serves all connections of a server, and what is packed for
 * one client is good for all. Only in one thread. */
typedef struct _RocketIODeflate RocketIODeflate;

/* Below, a payload is sent as it is: it would hardly get smaller. */
#define ROCKETIO_DEFLATE_MIN_PAYLOAD 256

/* The base-2 logarithm of how far back DEFLATE may refer, RFC 7692, section 7.1.2. */
#define ROCKETIO_DEFLATE_MIN_WINDOW  8
#define ROCKETIO_DEFLATE_MAX_WINDOW  15

typedef enum
{
  ROCKETIO_DEFLATE_DONE,
  ROCKETIO_DEFLATE_BROKEN,       /* no DEFLATE, or not the whole of it */
  ROCKETIO_DEFLATE_TOO_LARGE,
} RocketIODeflateResult;

RocketIODeflate      *rocketio_deflate_new    (void);
RocketIODeflate      *rocketio_deflate_ref    (RocketIODeflate *self);
void                  rocketio_deflate_unref  (RocketIODeflate *self);

/* The payload packed; NULL if it is too small to be worth it, or does not get smaller. */
GBytes               *rocketio_deflate_pack   (RocketIODeflate *self,
                                               gconstpointer    data,
                                               gsize            length);

/* Whether a packed payload that has `length` bytes suits a client with this window: it refers to nothing but itself. */
gboolean              rocketio_deflate_suits  (gsize            length,
                                               guint            window);

/* Appends `length` bytes, at most G_MAXUINT16, as they are: what comes before other things that are packed. */
void                  rocketio_deflate_store  (GString         *packed,
                                               gconstpointer    data,
                                               gsize            length);

/* Unpacks to the end of `payload`, which is to have up to `max` bytes in all; stops as soon as there are more. */
RocketIODeflateResult rocketio_deflate_unpack (RocketIODeflate *self,
                                               const guint8    *data,
                                               gsize            length,
                                               gsize            max,
                                               GByteArray      *payload);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIODeflate, rocketio_deflate_unref)

G_END_DECLS
