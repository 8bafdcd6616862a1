/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-handshake-private.h"

#include <string.h>

/**
 * RocketIOHandshake:
 *
 * The HTTP request by which a client comes in, for [signal@Server::authenticate] to judge by.
 *
 * Of a WebSocket it is the request that opened it, of a client without one the POST of its hello, and of a client of
 * version 1 of the wire protocol that has no WebSocket its first poll. It does not change.
 */

struct _RocketIOHandshake
{
  GObject             parent_instance;

  guint               version;
  GUri               *uri;
  SoupMessageHeaders *headers;
  GTlsCertificate    *certificate;    /* NULL: none */
};

enum
{
  PROP_VERSION = 1,
  PROP_URI,
  PROP_PEER_CERTIFICATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RocketIOHandshake, rocketio_handshake, G_TYPE_OBJECT)

static void
rocketio_handshake_finalize (GObject *object)
{
  RocketIOHandshake *self = ROCKETIO_HANDSHAKE (object);

  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_object (&self->certificate);

  G_OBJECT_CLASS (rocketio_handshake_parent_class)->finalize (object);
}

static void
rocketio_handshake_get_property (GObject    *object,
                                 guint       property_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  RocketIOHandshake *self = ROCKETIO_HANDSHAKE (object);

  switch (property_id)
    {
    case PROP_VERSION:
      g_value_set_uint (value, self->version);
      break;

    case PROP_URI:
      g_value_set_boxed (value, self->uri);
      break;

    case PROP_PEER_CERTIFICATE:
      g_value_set_object (value, self->certificate);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
rocketio_handshake_class_init (RocketIOHandshakeClass *klass)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rocketio_handshake_finalize;
  object_class->get_property = rocketio_handshake_get_property;

  /**
   * RocketIOHandshake:version: (getter get_version)
   *
   * The version of the wire protocol that the client speaks: 1 or 2.
   */
  properties[PROP_VERSION] = g_param_spec_uint ("version", NULL, NULL, 1, 2, 2, readable);

  /**
   * RocketIOHandshake:uri: (getter get_uri)
   *
   * The address that was asked for, with its query.
   */
  properties[PROP_URI] = g_param_spec_boxed ("uri", NULL, NULL, G_TYPE_URI, readable);

  /**
   * RocketIOHandshake:peer-certificate: (getter get_peer_certificate)
   *
   * The certificate that the client showed, if it came over TLS and was asked for one.
   */
  properties[PROP_PEER_CERTIFICATE] =
    g_param_spec_object ("peer-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, readable);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rocketio_handshake_init (RocketIOHandshake *self)
{
  self->version = 2;
}

RocketIOHandshake *
rocketio_handshake_new (SoupServerMessage  *message,
                        RocketIOConnection *connection,
                        guint               version)
{
  RocketIOHandshake *self = g_object_new (ROCKETIO_TYPE_HANDSHAKE, NULL);
  GTlsConnection *tls = rocketio_connection_get_tls (connection);

  self->version = version;
  self->uri = g_uri_ref (soup_server_message_get_uri (message));
  self->headers = soup_message_headers_ref (soup_server_message_get_request_headers (message));

  /* libsoup loses it on connections that it was handed. */
  if (tls != NULL)
    g_set_object (&self->certificate, g_tls_connection_get_peer_certificate (tls));

  return self;
}

/**
 * rocketio_handshake_get_version: (get-property version)
 * @self: a handshake
 *
 * Gets which version of the wire protocol the client speaks. One of version 1 shows nothing but this request.
 *
 * Returns: 1 or 2
 */
guint
rocketio_handshake_get_version (RocketIOHandshake *self)
{
  g_return_val_if_fail (ROCKETIO_IS_HANDSHAKE (self), 2);

  return self->version;
}

/**
 * rocketio_handshake_get_uri: (get-property uri)
 * @self: a handshake
 *
 * Gets the address that was asked for, with its query. Behind a proxy it is what the proxy asked for.
 *
 * Returns: (transfer none): the address
 */
GUri *
rocketio_handshake_get_uri (RocketIOHandshake *self)
{
  g_return_val_if_fail (ROCKETIO_IS_HANDSHAKE (self), NULL);

  return self->uri;
}

/**
 * rocketio_handshake_dup_query:
 * @self: a handshake
 * @name: the name of a field
 *
 * Gets a field of the query of the address, decoded; of several with one name the last.
 *
 * Addresses are written to logs, by proxies too: a secret has no place in a query.
 *
 * Returns: (transfer full) (nullable): its value, or %NULL if there is none
 */
char *
rocketio_handshake_dup_query (RocketIOHandshake *self,
                              const char        *name)
{
  g_autoptr (GHashTable) fields = NULL;
  const char *query;

  g_return_val_if_fail (ROCKETIO_IS_HANDSHAKE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  query = g_uri_get_query (self->uri);
  if (query == NULL)
    return NULL;

  fields = soup_form_decode (query);

  return g_strdup (g_hash_table_lookup (fields, name));
}

/**
 * rocketio_handshake_get_header:
 * @self: a handshake
 * @name: the name of a header, in whatever case
 *
 * Gets a header. Of several with one name it gives all, with commas between (RFC 9110, section 5.3).
 *
 * Returns: (nullable): its value, or %NULL if there is none
 */
const char *
rocketio_handshake_get_header (RocketIOHandshake *self,
                               const char        *name)
{
  g_return_val_if_fail (ROCKETIO_IS_HANDSHAKE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return soup_message_headers_get_list (self->headers, name);
}

/* `pair` is `NAME=VALUE`. */
static const char *
get_value (const char *pair,
           const char *name)
{
  gsize length = strlen (name);

  return strncmp (pair, name, length) == 0 && pair[length] == '=' ? pair + length + 1 : NULL;
}

/* RFC 6265, section 4.1.1, lets a value be in quotes. */
static char *
dup_unquoted (const char *value)
{
  gsize length = strlen (value);

  if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
    return g_strndup (value + 1, length - 2);

  return g_strdup (value);
}

/**
 * rocketio_handshake_dup_cookie:
 * @self: a handshake
 * @name: the name of a cookie, in its very case
 *
 * Gets a cookie (RFC 6265). Of several with one name it gives the first, which browsers take from the longest path.
 *
 * A browser sends cookies also for pages of other origins: [property@Server:allowed-origins] says which may connect.
 *
 * Returns: (transfer full) (nullable): its value, or %NULL if there is none
 */
char *
rocketio_handshake_dup_cookie (RocketIOHandshake *self,
                               const char        *name)
{
  g_auto (GStrv) pairs = NULL;
  const char *cookies;

  g_return_val_if_fail (ROCKETIO_IS_HANDSHAKE (self), NULL);
  g_return_val_if_fail (name != NULL && *name != '\0', NULL);

  cookies = soup_message_headers_get_one (self->headers, "Cookie");
  if (cookies == NULL)
    return NULL;

  pairs = g_strsplit (cookies, ";", -1);
  for (guint i = 0; pairs[i] != NULL; i++)
    {
      const char *value = get_value (g_strstrip (pairs[i]), name);

      if (value != NULL)
        return dup_unquoted (value);
    }

  return NULL;
}

/**
 * rocketio_handshake_get_peer_certificate: (get-property peer-certificate)
 * @self: a handshake
 *
 * Gets the certificate that the client showed. Clients are asked for one if the [class@Soup.Server] has a
 * `tls-auth-mode`, and only those that its `tls-database` vouches for get as far as this.
 *
 * Returns: (transfer none) (nullable): the certificate, or %NULL if there is none
 */
GTlsCertificate *
rocketio_handshake_get_peer_certificate (RocketIOHandshake *self)
{
  g_return_val_if_fail (ROCKETIO_IS_HANDSHAKE (self), NULL);

  return self->certificate;
}
