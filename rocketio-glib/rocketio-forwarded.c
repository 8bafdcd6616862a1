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

/* Splits at `separator` but not within quotes; NULL if a quote is left open, or has a backslash, which nobody needs. */
static GStrv
split (const char *text,
       char        separator)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  const char *start = text;
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        quoted = !quoted;
      else if (*text == '\\' && quoted)
        return NULL;
      else if (*text == separator && !quoted)
        {
          g_ptr_array_add (parts, g_strstrip (g_strndup (start, text - start)));
          start = text + 1;
        }
    }
  if (quoted)
    return NULL;

  g_ptr_array_add (parts, g_strstrip (g_strdup (start)));
  g_ptr_array_add (parts, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&parts), FALSE);
}

/* RFC 7239, section 4: a token, or a string in quotes. */
static char *
get_parameter (const char *element,
               const char *name)
{
  g_auto (GStrv) pairs = split (element, ';');
  gsize length = strlen (name);

  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      const char *value = pairs[i];
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
  GStrv hops = split (header, ',');
  guint n = hops != NULL ? g_strv_length (hops) : 0;

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

/* Of a header that has one value for each of `n_hops`: that of the hop. Otherwise the last, which a proxy has set. */
static char *
get_of_hop (const char *header,
            guint       n_hops,
            guint       hop)
{
  g_auto (GStrv) hops = header != NULL ? split_hops (header) : NULL;
  guint n = hops != NULL ? g_strv_length (hops) : 0;

  if (n == 0)
    return NULL;

  return g_strdup (hops[n == n_hops ? hop : n - 1]);
}

static void
read_rfc_7239 (RocketIOForwarded *self,
               const char        *header,
               GPtrArray         *trusted)
{
  g_auto (GStrv) hops = split_hops (header);
  g_autoptr (GInetAddress) client = NULL;
  g_autofree char *proto = NULL;
  int hop = hops != NULL ? find_client (hops, TRUE, trusted, &client) : -1;

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
  g_auto (GStrv) hops = split_hops (headers->for_);
  g_autoptr (GInetAddress) client = NULL;
  g_autofree char *proto = NULL;
  int hop = hops != NULL ? find_client (hops, FALSE, trusted, &client) : -1;

  if (hop < 0)
    return;

  self->client = g_inet_socket_address_new (client, 0);
  self->host = get_of_hop (headers->host, g_strv_length (hops), hop);
  proto = get_of_hop (headers->proto, g_strv_length (hops), hop);
  self->is_secure = proto != NULL && g_ascii_strcasecmp (proto, "https") == 0;
}

void
rocketio_forwarded_read (RocketIOForwarded              *self,
                         const RocketIOForwardedHeaders *headers,
                         GSocketAddress                 *peer,
                         GPtrArray                      *trusted)
{
  *self = (RocketIOForwarded) { FALSE };
  if (trusted->len == 0 || !G_IS_INET_SOCKET_ADDRESS (peer) ||
      !is_trusted (trusted, g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer))))
    return;

  self->is_proxy = TRUE;

  /* A proxy that knows the older headers alone passes on whatever the client has put into the newer one. */
  if (headers->for_ != NULL)
    read_older (self, headers, trusted);
  else if (headers->forwarded != NULL)
    read_rfc_7239 (self, headers->forwarded, trusted);
}

void
rocketio_forwarded_clear (RocketIOForwarded *self)
{
  g_clear_object (&self->client);
  g_clear_pointer (&self->host, g_free);
}
