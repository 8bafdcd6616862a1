/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <glib.h>

G_BEGIN_DECLS

#define ROCKETIO_TOKEN_LENGTH 43    /* characters of base64url: 256 random bits */

/* Random bytes that nobody can guess; up to 256. */
void     rocketio_get_random     (gpointer    bytes,
                                  gsize       size);
void     rocketio_token_make     (char        token[ROCKETIO_TOKEN_LENGTH + 1]);

/* In a time that does not tell how much of it is right. */
gboolean rocketio_is_same_secret (const char *a,
                                  const char *b);

G_END_DECLS
