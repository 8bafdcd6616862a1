/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-upgrade-private.h"

#include "rocketio-http-private.h"

static gboolean
check_upgrade (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *version = rocketio_http_get_header (message, "Sec-WebSocket-Version");

  if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket") ||
      !soup_message_headers_header_contains (headers, "Connection", "upgrade"))
    {
      rocketio_http_set_header (message, "Upgrade", "websocket");
      rocketio_http_refuse (message, ROCKETIO_HTTP_UPGRADE_REQUIRED, "this address speaks WebSocket (RFC 6455)");
      return FALSE;
    }

  /* RFC 6455, section 4.4 */
  if (g_strcmp0 (version, "13") != 0)
    {
      rocketio_http_set_header (message, "Sec-WebSocket-Version", "13");
      rocketio_http_refuse (message, ROCKETIO_HTTP_UPGRADE_REQUIRED, "WebSocket version %s is not supported; 13 is",
              version != NULL ? version : "(none)");
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_extensions (SoupServerMessage  *message,
                  gboolean            compression,
                  RocketIOExtensions *extensions)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *offers = soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions");

  if (!rocketio_extensions_parse (extensions, offers != NULL ? offers : ""))
    {
      rocketio_http_refuse (message, SOUP_STATUS_BAD_REQUEST,
                            "Sec-WebSocket-Extensions is malformed (RFC 6455, section 9.1)");
      return FALSE;
    }
  extensions->has_deflate = extensions->has_deflate && compression;

  return TRUE;
}

/* Sets the answer, refusals included. */
static gboolean
check (SoupServerMessage  *message,
       const char         *protocol,
       gboolean            compression,
       RocketIOExtensions *extensions)
{
  char *protocols[] = { (char *) protocol, NULL };
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (!check_upgrade (message))
    return FALSE;

  if (protocol != NULL && !soup_message_headers_header_contains (headers, "Sec-WebSocket-Protocol", protocol))
    {
      rocketio_http_refuse (message, SOUP_STATUS_BAD_REQUEST, "this address speaks the subprotocol %s", protocol);
      return FALSE;
    }

  if (!check_extensions (message, compression, extensions))
    return FALSE;

  /* It may name others as well, RFC 6455, section 4.2.1, which libsoup 3.2 does not take. */
  soup_message_headers_replace (headers, "Upgrade", "websocket");

  return soup_websocket_server_process_handshake (message, NULL, protocol != NULL ? protocols : NULL, NULL, NULL);
}

RocketIOConnection *
rocketio_upgrade_open (RocketIOListener   *listener,
                       SoupServerMessage  *message,
                       const char         *protocol,
                       gboolean            compression,
                       RocketIOExtensions *extensions)
{
  RocketIOConnection *connection;
  g_autoptr (GBytes) bytes = NULL;
  GString *head;

  if (!check (message, protocol, compression, extensions))
    return NULL;

  if (extensions->has_deflate)
    {
      g_autofree char *answer = rocketio_extensions_answer (extensions);

      rocketio_http_set_header (message, "Sec-WebSocket-Extensions", answer);
    }

  head = rocketio_http_build_head (message, TRUE);
  g_string_append (head, "\r\n");
  bytes = g_string_free_to_bytes (head);
  connection = rocketio_listener_take (listener, message);
  if (connection != NULL)
    rocketio_connection_write (connection, &bytes, 1);

  return connection;
}
