/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-http-private.h"

#include "rocketio-origin-private.h"

#include <string.h>

const char *
rocketio_http_get_header (SoupServerMessage *message,
            const char        *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (message), name);
}

void
rocketio_http_set_header (SoupServerMessage *message,
            const char        *name,
            const char        *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), name, value);
}

gboolean
rocketio_http_is_method (SoupServerMessage *message,
           const char        *method)
{
  return g_strcmp0 (soup_server_message_get_method (message), method) == 0;
}

/* Those that libsoup does not know; NULL: it does. */
static const char *
get_phrase (guint status)
{
  switch (status)
    {
    case ROCKETIO_HTTP_UPGRADE_REQUIRED:
      return "Upgrade Required";

    case ROCKETIO_HTTP_TOO_MANY_REQUESTS:
      return "Too Many Requests";

    default:
      return NULL;
    }
}

void
rocketio_http_answer (SoupServerMessage *message,
        guint              status,
        const char        *type,
        const char        *body)
{
  rocketio_http_set_header (message, "X-Content-Type-Options", "nosniff");
  soup_server_message_set_status (message, status, get_phrase (status));
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, strlen (body));
}

void
rocketio_http_answer_json (SoupServerMessage *message,
             const char        *body)
{
  rocketio_http_set_header (message, "Cache-Control", "no-store");
  rocketio_http_answer (message, SOUP_STATUS_OK, "application/json", body);
}

void
rocketio_http_refuse (SoupServerMessage *message,
        guint              status,
        const char        *format,
        ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_debug ("%s %s: %u, %s", soup_server_message_get_method (message),
           g_uri_get_path (soup_server_message_get_uri (message)), status, text);
  line = g_strconcat (text, "\n", NULL);
  rocketio_http_answer (message, status, "text/plain; charset=utf-8", line);
}

GString *
rocketio_http_build_head (SoupServerMessage *message,
            gboolean           keepalive)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gboolean is_old = soup_server_message_get_http_version (message) == SOUP_HTTP_1_0;
  GString *head = g_string_sized_new (256);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  g_string_append_printf (head, "HTTP/1.%c %u %s\r\n", is_old ? '0' : '1',
                          soup_server_message_get_status (message),
                          soup_server_message_get_reason_phrase (message));
  if (!keepalive)
    soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_remove (headers, "Content-Length");

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    g_string_append_printf (head, "%s: %s\r\n", name, value);

  return head;
}

static const char *
get_list (SoupServerMessage *message,
          const char        *name)
{
  return soup_message_headers_get_list (soup_server_message_get_request_headers (message), name);
}

void
rocketio_http_read_forwarded (SoupServerMessage *message,
                              GPtrArray         *trusted,
                              RocketIOForwarded *forwarded)
{
  RocketIOForwardedHeaders headers;

  /* Each request comes by here, and mostly there are none. */
  *forwarded = (RocketIOForwarded) { FALSE };
  if (trusted->len == 0)
    return;

  headers = (RocketIOForwardedHeaders) {
    get_list (message, "Forwarded"), get_list (message, "X-Forwarded-For"),
    get_list (message, "X-Forwarded-Host"), get_list (message, "X-Forwarded-Proto"),
  };

  rocketio_forwarded_read (forwarded, &headers, soup_server_message_get_remote_address (message), trusted);
}

gboolean
rocketio_http_check_origin (SoupServerMessage *message,
                            const char        *host,
              const char *const *allowed)
{
  const char *origin = rocketio_http_get_header (message, "Origin");

  switch (rocketio_origin_check (origin, host, allowed))
    {
    case ROCKETIO_ORIGIN_SAME:
      return TRUE;

    case ROCKETIO_ORIGIN_ANY:
      rocketio_http_set_header (message, "Access-Control-Allow-Origin", "*");
      return TRUE;

    case ROCKETIO_ORIGIN_ALLOWED:
      rocketio_http_set_header (message, "Access-Control-Allow-Origin", origin);
      rocketio_http_set_header (message, "Vary", "Origin");
      return TRUE;

    case ROCKETIO_ORIGIN_REFUSED:
    default:
      rocketio_http_refuse (message, SOUP_STATUS_FORBIDDEN,
                            "origin %s refused; add it to RocketIOServer:allowed-origins", origin);
      return FALSE;
    }
}
