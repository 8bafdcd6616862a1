/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-origin-private.h"

#include <string.h>

static const char *
skip_scheme (const char *origin)
{
  const char *colon = strstr (origin, "://");

  return colon != NULL && colon > origin ? colon + strlen ("://") : NULL;
}

/* HOST:PORT without the port that `scheme` means anyway, in lower case. */
static char *
normalize_host (const char *host,
                const char *scheme)
{
  char *lower = g_ascii_strdown (host, -1);
  const char *port = g_ascii_strncasecmp (scheme, "https:", 6) == 0 ? ":443" : ":80";

  if (g_str_has_suffix (lower, port))
    lower[strlen (lower) - strlen (port)] = '\0';

  return lower;
}

static gboolean
is_same_host (const char *origin,
              const char *host)
{
  g_autofree char *ours = normalize_host (host, origin);
  g_autofree char *theirs = normalize_host (skip_scheme (origin), origin);

  return g_str_equal (ours, theirs);
}

static gboolean
matches (const char *pattern,
         const char *origin)
{
  const char *star = strstr (pattern, "://*.");
  gsize head;

  if (star == NULL)
    return g_ascii_strcasecmp (pattern, origin) == 0;

  /* The head up to the star, then at least a letter, then what is behind the star. */
  head = star + strlen ("://") - pattern;
  if (g_ascii_strncasecmp (pattern, origin, head) != 0)
    return FALSE;

  pattern += head + 1;
  origin += head;

  /* Of the host alone: nothing may end it before the part that is asked for. */
  return strpbrk (origin, "/@?#") == NULL && strlen (origin) > strlen (pattern) &&
         g_ascii_strcasecmp (origin + strlen (origin) - strlen (pattern), pattern) == 0;
}

RocketIOOrigin
rocketio_origin_check (const char        *origin,
                       const char        *host,
                       const char *const *allowed)
{
  gboolean is_opaque = g_strcmp0 (origin, "null") == 0;

  if (origin == NULL || (!is_opaque && skip_scheme (origin) == NULL))
    return ROCKETIO_ORIGIN_SAME;
  if (!is_opaque && host != NULL && is_same_host (origin, host))
    return ROCKETIO_ORIGIN_SAME;

  for (; allowed != NULL && *allowed != NULL; allowed++)
    {
      if (g_str_equal (*allowed, "*"))
        return ROCKETIO_ORIGIN_ANY;
      if (matches (*allowed, origin))
        return ROCKETIO_ORIGIN_ALLOWED;
    }

  return ROCKETIO_ORIGIN_REFUSED;
}

gboolean
rocketio_origin_is_valid (const char *pattern)
{
  const char *host = skip_scheme (pattern);

  if (g_str_equal (pattern, "*"))
    return TRUE;
  if (host == NULL)
    return FALSE;
  if (g_str_has_prefix (host, "*."))
    host += strlen ("*.");

  return *host != '\0' && strpbrk (host, "/*?# ") == NULL;
}
