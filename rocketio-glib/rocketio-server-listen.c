/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#define MAX_TRIES  16    /* to find a port that is free in both families */
#define MAX_PREFIX 255

static GInetAddress *
parse_address (const char  *address,
               GError     **error)
{
  GInetAddress *parsed = g_inet_address_new_from_string (address);

  if (parsed == NULL)
    g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING,
                 "Cannot listen on %s, which is no IP address; give one, \"*\" for all of this machine's, or none for "
                 "the loopback addresses", address);

  return parsed;
}

/* The addresses to listen on: one, or one of each family. */
static GPtrArray *
find_addresses (const char  *address,
                GError     **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  GInetAddress *parsed;

  if (g_strcmp0 (address, "*") == 0)
    {
      g_ptr_array_add (found, g_inet_address_new_any (G_SOCKET_FAMILY_IPV4));
      g_ptr_array_add (found, g_inet_address_new_any (G_SOCKET_FAMILY_IPV6));
      return g_steal_pointer (&found);
    }

  if (address == NULL || g_str_equal (address, "localhost"))
    {
      g_ptr_array_add (found, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
      g_ptr_array_add (found, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6));
      return g_steal_pointer (&found);
    }

  parsed = parse_address (address, error);
  if (parsed == NULL)
    return NULL;

  g_ptr_array_add (found, parsed);

  return g_steal_pointer (&found);
}

static gboolean
is_missing_family (GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* Listens on each of `addresses`, all on one port. */
static gboolean
listen_on_all (RocketIOServer   *self,
               GPtrArray        *addresses,
               guint             port,
               GTlsCertificate  *certificate,
               GError          **error)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (g_ptr_array_index (addresses, i), port);
      g_autoptr (GError) local_error = NULL;
      GSocketAddress *got = rocketio_listener_listen (self->listener, wanted, certificate, &local_error);

      if (got != NULL)
        {
          port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
          continue;
        }

      /* A system without IPv6 does with IPv4. */
      if (i > 0 && is_missing_family (local_error))
        continue;

      for (; i > 0; i--)
        rocketio_listener_forget_last (self->listener);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/**
 * rocketio_server_listen:
 * @self: a server
 * @address: (nullable): an IP address, `*` for all addresses of this machine, or %NULL for the loopback addresses
 * @port: the port, or 0 for any that is free
 * @certificate: (nullable): a certificate with its key, to speak TLS (https and wss) there; %NULL for plain text
 * @error: return location for a #GError
 *
 * Accepts connections: WebSocket, Comet and plain HTTP on one port.
 *
 * May be called several times. Also for a server that lives in the app's own [class@Soup.Server] this is the way to
 * listen, for the app's own handlers too: connections that are idle then cost the app nothing. On those that the app
 * accepts through [method@Soup.Server.listen] everything works, but the limits of libsoup apply.
 *
 * Returns: %TRUE, or %FALSE with an error of [error@Gio.IOErrorEnum] (the port is taken, say) or
 *   %ROCKETIO_ERROR_INVALID_SETTING
 */
gboolean
rocketio_server_listen (RocketIOServer   *self,
                        const char       *address,
                        guint             port,
                        GTlsCertificate  *certificate,
                        GError          **error)
{
  g_autoptr (GPtrArray) addresses = NULL;

  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (certificate == NULL || G_IS_TLS_CERTIFICATE (certificate), FALSE);
  if (!rocketio_server_check_thread (self, G_STRFUNC) || !rocketio_server_read_environment (self, error))
    return FALSE;

  if (self->endpoints == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The server has been closed; make a new one");
      return FALSE;
    }
  if (port > G_MAXUINT16)
    {
      g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING,
                   "Cannot listen on port %u; ports go up to %u", port, G_MAXUINT16);
      return FALSE;
    }
  if (!self->settings.websocket && !self->settings.comet)
    {
      g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING,
                           "Both WebSocket and Comet are switched off, so nobody could connect; switch one on");
      return FALSE;
    }

  addresses = find_addresses (address, error);
  if (addresses == NULL)
    return FALSE;

  /* A port that is free for IPv4 may be taken for IPv6: with any port to choose from, look further. */
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (listen_on_all (self, addresses, port, certificate, &local_error))
        {
          rocketio_server_load_state (self);
          return TRUE;
        }
      if (port == 0 && i + 1 < MAX_TRIES && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        continue;

      g_propagate_error (error, g_steal_pointer (&local_error));
      break;
    }

  return FALSE;
}

static GUri *
make_uri (GInetAddress *address,
          guint         port,
          gboolean      is_tls,
          const char   *prefix)
{
  g_autofree char *host = g_inet_address_to_string (address);
  g_autofree char *path = g_strconcat (prefix, "/", NULL);

  return g_uri_build (G_URI_FLAGS_NONE, is_tls ? "https" : "http", NULL, host, port, path, NULL, NULL);
}

static GInetAddress *
get_interface_address (struct ifaddrs *interface)
{
  g_autoptr (GSocketAddress) address = NULL;
  gsize size;

  if (interface->ifa_addr == NULL || (interface->ifa_flags & IFF_UP) == 0)
    return NULL;

  size = interface->ifa_addr->sa_family == AF_INET ? sizeof (struct sockaddr_in) :
         interface->ifa_addr->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : 0;
  if (size == 0)
    return NULL;

  address = g_socket_address_new_from_native (interface->ifa_addr, size);
  if (address == NULL)
    return NULL;

  return g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* A socket on the any-address is reached at those of the interfaces. */
static GSList *
prepend_interfaces (GSList       *uris,
                    GSocketFamily family,
                    guint         port,
                    gboolean      is_tls,
                    const char   *prefix)
{
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) != 0)
    return uris;

  for (struct ifaddrs *interface = interfaces; interface != NULL; interface = interface->ifa_next)
    {
      g_autoptr (GInetAddress) address = get_interface_address (interface);

      /* A link-local address means nothing without its interface, which has no place in a URL. */
      if (address != NULL && g_inet_address_get_family (address) == family &&
          !g_inet_address_get_is_link_local (address))
        uris = g_slist_prepend (uris, make_uri (address, port, is_tls, prefix));
    }
  freeifaddrs (interfaces);

  return uris;
}

/**
 * rocketio_server_get_uris:
 * @self: a server
 *
 * Gets the addresses that the server can be reached at, after [method@Server.listen]: real ones also where it listens
 * on all, with the ports that were chosen, and with [property@Server:path-prefix] as their path.
 *
 * Returns: (transfer full) (element-type GUri): a list of [struct@GLib.Uri], the first one on top
 */
GSList *
rocketio_server_get_uris (RocketIOServer *self)
{
  GSList *uris = NULL;
  GSocketAddress *socket;
  gboolean is_tls;

  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return NULL;

  for (guint i = 0; (socket = rocketio_listener_get_address (self->listener, i, &is_tls)) != NULL; i++)
    {
      GInetAddress *address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket));
      guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (socket));

      if (g_inet_address_get_is_any (address))
        uris = prepend_interfaces (uris, g_inet_address_get_family (address), port, is_tls, self->path_prefix);
      else
        uris = g_slist_prepend (uris, make_uri (address, port, is_tls, self->path_prefix));
    }

  return g_slist_reverse (uris);
}

/* The prefix */

static gboolean
is_segment (const char *segment)
{
  return strspn (segment, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._~") == strlen (segment) &&
         strspn (segment, ".") != strlen (segment);
}

static gboolean
is_prefix (const char *prefix)
{
  g_auto (GStrv) segments = NULL;

  if (*prefix == '\0')
    return TRUE;
  if (*prefix != '/' || strlen (prefix) > MAX_PREFIX)
    return FALSE;

  /* An empty one has nothing but dots, too. */
  segments = g_strsplit (prefix + 1, "/", -1);
  for (guint i = 0; segments[i] != NULL; i++)
    {
      if (!is_segment (segments[i]))
        return FALSE;
    }

  return segments[0] != NULL;
}

/**
 * rocketio_server_get_path_prefix: (get-property path-prefix)
 * @self: a server
 *
 * Gets what stands before all paths of the server.
 *
 * Returns: (nullable): the prefix, such as `/app`, or %NULL if there is none
 */
const char *
rocketio_server_get_path_prefix (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);

  return *self->path_prefix != '\0' ? self->path_prefix : NULL;
}

/**
 * rocketio_server_set_path_prefix: (set-property path-prefix)
 * @self: a server
 * @prefix: (nullable): a prefix such as `/app` or `/app/chat`, up to 255 bytes; `""` or %NULL for none
 *
 * Sets what stands before all paths of the server; see [property@Server:path-prefix]. If it is malformed, or the server
 * listens already, nothing is changed and a critical warning says so.
 */
void
rocketio_server_set_path_prefix (RocketIOServer *self,
                                 const char     *prefix)
{
  gboolean is_tls;

  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (prefix == NULL)
    prefix = "";
  if (g_str_equal (self->path_prefix, prefix))
    return;

  if (!is_prefix (prefix))
    {
      g_critical ("RocketIOServer:path-prefix cannot be \"%s\"; it is a path with a slash before each part and none at "
                  "its end, as in /app or /app/chat, of letters, digits and -._~", prefix);
      return;
    }
  if (self->endpoints == NULL || rocketio_listener_get_address (self->listener, 0, &is_tls) != NULL)
    {
      g_critical ("RocketIOServer:path-prefix cannot change once the server listens or is closed; set it before "
                  "rocketio_server_listen()");
      return;
    }

  rocketio_server_remove_pages (self);
  g_free (self->path_prefix);
  self->path_prefix = g_strdup (prefix);
  rocketio_endpoints_set_prefix (self->endpoints, prefix);
  rocketio_server_add_pages (self);
  g_object_notify (G_OBJECT (self), "path-prefix");
}
