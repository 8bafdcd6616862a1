/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-secret-private.h"

#include <string.h>
#include <sys/random.h>

void
rocketio_get_random (gpointer bytes,
                     gsize    size)
{
  /* Up to 256 bytes come whole or not at all, and only before the kernel has its first entropy do they take a while. */
  if (getrandom (bytes, size, 0) != (gssize) size)
    g_error ("The kernel gives no random bytes, without which session ids would be guessable");
}

void
rocketio_token_make (char token[ROCKETIO_TOKEN_LENGTH + 1])
{
  guint8 bytes[32];
  g_autofree char *base64 = NULL;

  rocketio_get_random (bytes, sizeof bytes);
  base64 = g_base64_encode (bytes, sizeof bytes);
  g_strdelimit (base64, "+", '-');
  g_strdelimit (base64, "/", '_');
  g_strlcpy (token, base64, ROCKETIO_TOKEN_LENGTH + 1);
}

gboolean
rocketio_is_same_secret (const char *a,
                         const char *b)
{
  gsize length = strlen (a);
  guint difference = 0;

  if (strlen (b) != length)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    difference |= (guchar) a[i] ^ (guchar) b[i];

  return difference == 0;
}
