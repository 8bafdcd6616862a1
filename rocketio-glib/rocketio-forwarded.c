/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-forwarded-private.h"

#include <string.h>

#define MAX_HOPS 32    /* from the right: whoever says more is not believed there */

static GInetAddressMask *
parse_proxy (const char *text)
{
  return g_inet_address_mask_new_from_string (text, NULL);
}

gboolean
rocketio_proxy_is_valid (const char *text)
{
  g_autoptr (GInetAddressMask) mask = parse_proxy (text);

  return mask != NULL;
}

GPtrArray *
rocketio_proxies_parse (const char *const *texts)
{
  GPtrArray *masks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      GInetAddressMask *mask = parse_proxy (texts[i]);

      if (mask != NULL)
        g_ptr_array_add (masks, mask);
    }

  return masks;
}

/* An IPv4 address in its own form, also where it came over a socket for both families. */
static GInetAddress *
unmap (GInetAddress *address)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 && memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);

  return g_object_ref (address);
}

static gboolean
is_trusted (GPtrArray    *trusted,
            GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = unmap (address);

  for (guint i = 0; i < trusted->len; i++)
    {
      if (g_inet_address_mask_matches (g_ptr_array_index (trusted, i), plain))
        return TRUE;
    }

  return FALSE;
}

/* `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`; NULL for `unknown` and other words. */
static GInetAddress *
parse_node (const char *text)
{
  g_autofree char *host = NULL;
  const char *end;

  if (*text == '[')
    {
      end = strchr (text, ']');
      host = end != NULL ? g_strndup (text + 1, end - text - 1) : NULL;
    }
  else
    {
      end = strchr (text, ':');
      host = end != NULL && strchr (end + 1, ':') == NULL ? g_strndup (text, end - text) : g_strdup (text);
    }

  return host != NULL ? g_inet_address_new_from_string (host) : NULL;
}

/* RFC 7239, section 4: a token, or a string in quotes, in which no backslash is needed. */
static char *
get_parameter (const char *element,
               const char *name)
{
  g_auto (GStrv) pairs = g_strsplit (element, ";", -1);
  gsize length = strlen (name);

  for (guint i = 0; pairs[i] != NULL; i++)
    {
      char *value = g_strstrip (pairs[i]);
      gsize end;

      if (g_ascii_strncasecmp (value, name, length) != 0 || value[length] != '=')
        continue;

      value += length + 1;
      end = strlen (value);
      if (end >= 2 && value[0] == '"' && value[end - 1] == '"')
        return g_strndup (value + 1, end - 2);

      return g_strdup (value);
    }

  return NULL;
}

/* The elements of a header that has one for each proxy, at most MAX_HOPS of them from the right. */
static GStrv
split_hops (const char *header)
{
  GStrv hops = g_strsplit (header, ",", -1);
  guint n = g_strv_length (hops);

  for (guint i = 0; i < n; i++)
    g_strstrip (hops[i]);

  if (n > MAX_HOPS)
    {
      GStrv last = g_strdupv (hops + n - MAX_HOPS);

      g_strfreev (hops);
      return last;
    }

  return hops;
}

/* Which of the hops made the first connection to a proxy that is trusted; -1: there is none that can be read. */
static int
find_client (GStrv         hops,
             gboolean      is_rfc_7239,
             GPtrArray    *trusted,
             GInetAddress **client)
{
  int found = -1;

  for (int i = g_strv_length (hops) - 1; i >= 0; i--)
    {
      g_autofree char *node = is_rfc_7239 ? get_parameter (hops[i], "for") : g_strdup (hops[i]);
      GInetAddress *address = node != NULL ? parse_node (node) : NULL;

      if (address == NULL)
        break;

      g_clear_object (client);
      *client = address;
      found = i;
      if (!is_trusted (trusted, address))
        break;
    }

  return found;
}

/* Of a header that may have one value for each proxy, or one alone: that of the hop, else the last. */
static char *
get_of_hop (const char *header,
            guint       from_right)
{
  g_auto (GStrv) hops = header != NULL ? split_hops (header) : NULL;
  guint n = hops != NULL ? g_strv_length (hops) : 0;

  if (n == 0)
    return NULL;

  return g_strdup (hops[n > from_right ? n - 1 - from_right : n - 1]);
}

static void
read_rfc_7239 (RocketIOForwarded *self,
               const char        *header,
               GPtrArray         *trusted)
{
  g_auto (GStrv) hops = split_hops (header);
  g_autoptr (GInetAddress) client = NULL;
  g_autofree char *proto = NULL;
  int hop = find_client (hops, TRUE, trusted, &client);

  if (hop < 0)
    return;

  self->client = g_inet_socket_address_new (client, 0);
  self->host = get_parameter (hops[hop], "host");
  proto = get_parameter (hops[hop], "proto");
  self->is_secure = proto != NULL && g_ascii_strcasecmp (proto, "https") == 0;
}

static void
read_older (RocketIOForwarded              *self,
            const RocketIOForwardedHeaders *headers,
            GPtrArray                      *trusted)
{
  g_auto (GStrv) hops = headers->for_ != NULL ? split_hops (headers->for_) : NULL;
  g_autoptr (GInetAddress) client = NULL;
  g_autofree char *proto = NULL;
  int hop = hops != NULL ? find_client (hops, FALSE, trusted, &client) : -1;
  guint from_right = hop >= 0 ? g_strv_length (hops) - 1 - hop : 0;

  if (hop >= 0)
    self->client = g_inet_socket_address_new (client, 0);
  self->host = get_of_hop (headers->host, from_right);
  proto = get_of_hop (headers->proto, from_right);
  self->is_secure = proto != NULL && g_ascii_strcasecmp (proto, "https") == 0;
}

void
rocketio_forwarded_read (RocketIOForwarded              *self,
                         const RocketIOForwardedHeaders *headers,
                         GSocketAddress                 *peer,
                         GPtrArray                      *trusted)
{
  *self = (RocketIOForwarded) { NULL };
  if (trusted->len == 0 || !G_IS_INET_SOCKET_ADDRESS (peer) ||
      !is_trusted (trusted, g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer))))
    return;

  if (headers->forwarded != NULL)
    read_rfc_7239 (self, headers->forwarded, trusted);
  else
    read_older (self, headers, trusted);
}

void
rocketio_forwarded_clear (RocketIOForwarded *self)
{
  g_clear_object (&self->client);
  g_clear_pointer (&self->host, g_free);
}
