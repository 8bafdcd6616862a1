/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"
#include "rocketio-origin-private.h"

#include <string.h>

/* Three lines: the headers Origin and Host, and what the app allows. What is let in as one that is allowed is so by
 * GLib's reading of it too. */

static gboolean
has_host (GUri *uri)
{
  return uri != NULL && g_uri_get_host (uri) != NULL;
}

static gboolean
is_below (const char *host,
          const char *domain)
{
  gsize length = strlen (host), end = strlen (domain);

  return length > end && g_ascii_strcasecmp (host + length - end, domain) == 0;
}

/* The pattern, without a star, as an address that GLib can read. */
static void
check_allowed (const char *pattern,
               const char *origin)
{
  const char *star = strstr (pattern, "://*.");
  g_autoptr (GUri) theirs = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) ours = NULL;
  g_autofree char *plain = NULL;

  if (star == NULL)
    {
      g_assert_cmpint (g_ascii_strcasecmp (pattern, origin), ==, 0);
      return;
    }

  plain = g_strdup_printf ("%.*s%s", (int) (star + strlen ("://") - pattern), pattern, star + strlen ("://*."));
  ours = g_uri_parse (plain, G_URI_FLAGS_NONE, NULL);
  if (!has_host (ours) || !has_host (theirs))
    return;

  g_assert_cmpstr (g_uri_get_scheme (theirs), ==, g_uri_get_scheme (ours));
  g_assert_null (g_uri_get_userinfo (theirs));
  g_assert_cmpint (g_uri_get_port (theirs), ==, g_uri_get_port (ours));
  g_assert_true (is_below (g_uri_get_host (theirs), g_uri_get_host (ours)));
}

static void
check_same (const char *origin,
            const char *host)
{
  g_autoptr (GUri) theirs = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);
  g_autofree char *address = g_strconcat ("http://", host, NULL);
  g_autoptr (GUri) ours = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);

  if (!has_host (theirs) || !has_host (ours) || strstr (origin, "://") == NULL)
    return;

  g_assert_cmpint (g_ascii_strcasecmp (g_uri_get_host (theirs), g_uri_get_host (ours)), ==, 0);
}

int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);
  const char *allowed[] = { NULL, NULL };
  RocketIOOrigin origin;

  if (g_strv_length (lines) < 3)
    return 0;

  if (rocketio_origin_is_valid (lines[2]))
    allowed[0] = lines[2];

  rocketio_origin_check (NULL, lines[1], allowed);
  rocketio_origin_check (lines[0], NULL, allowed);
  origin = rocketio_origin_check (lines[0], lines[1], allowed);
  if (origin == ROCKETIO_ORIGIN_ALLOWED)
    check_allowed (lines[2], lines[0]);
  else if (origin == ROCKETIO_ORIGIN_SAME)
    check_same (lines[0], lines[1]);
  else if (origin == ROCKETIO_ORIGIN_ANY)
    g_assert_cmpstr (lines[2], ==, "*");

  return 0;
}
