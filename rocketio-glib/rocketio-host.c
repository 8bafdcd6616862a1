/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-host-private.h"

#include <gio/gio.h>

#include <string.h>

/* Without port and the dot of the root. */
static char *
get_name (const char *host)
{
  const char *end = strrchr (host, ':');
  char *name = g_strndup (host, end != NULL ? (gsize) (end - host) : strlen (host));
  gsize length = strlen (name);

  if (length > 1 && name[length - 1] == '.')
    name[length - 1] = '\0';

  return name;
}

/* `[ADDRESS]`, with a port or without. */
static gboolean
is_ipv6 (const char *host)
{
  const char *end = *host == '[' ? strchr (host, ']') : NULL;
  g_autofree char *address = end != NULL ? g_strndup (host + 1, end - host - 1) : NULL;

  return address != NULL && (end[1] == '\0' || end[1] == ':') && g_hostname_is_ip_address (address);
}

static gboolean
is_below (const char *name,
          const char *domain)
{
  gsize length = strlen (name);
  gsize end = strlen (domain);

  return length > end + 1 && name[length - end - 1] == '.' && g_ascii_strcasecmp (name + length - end, domain) == 0;
}

static gboolean
is_safe (const char *name)
{
  return g_ascii_strcasecmp (name, "localhost") == 0 || g_ascii_strcasecmp (name, g_get_host_name ()) == 0 ||
         g_hostname_is_ip_address (name) || is_below (name, "localhost") || is_below (name, "local");
}

static gboolean
matches (const char *pattern,
         const char *name)
{
  if (g_str_equal (pattern, "*"))
    return TRUE;
  if (g_str_has_prefix (pattern, "*."))
    return is_below (name, pattern + strlen ("*."));

  return g_ascii_strcasecmp (pattern, name) == 0;
}

gboolean
rocketio_host_check (const char        *host,
                     const char *const *allowed)
{
  g_autofree char *name = NULL;

  if (host == NULL || is_ipv6 (host))
    return TRUE;

  name = get_name (host);
  if (is_safe (name))
    return TRUE;

  for (; allowed != NULL && *allowed != NULL; allowed++)
    {
      if (matches (*allowed, name))
        return TRUE;
    }

  return FALSE;
}

gboolean
rocketio_host_is_valid (const char *pattern)
{
  if (g_str_equal (pattern, "*"))
    return TRUE;
  if (g_str_has_prefix (pattern, "*."))
    pattern += strlen ("*.");

  return *pattern != '\0' && strpbrk (pattern, "/:*?#@[] ") == NULL;
}
