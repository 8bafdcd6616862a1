/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-endpoints-private.h"

#include "rocketio-http-private.h"
#include "rocketio-js.h"
#include "rocketio-answer-private.h"
#include "rocketio-message-private.h"
#include "rocketio-poll-transport-private.h"
#include "rocketio-session-private.h"
#include "rocketio-upgrade-private.h"
#include "rocketio-websocket-transport-private.h"

#include <string.h>

#define MAX_DELAY        (5 * G_USEC_PER_SEC)     /* of the answer to a POST: clients do not wait for ever */
#define MAX_DEBT         (9 * G_USEC_PER_SEC)     /* with which a POST is still taken */
#define RESOURCE_PATH    "/org/rocketio/js/"
#define WEBSOCKET        "/websocketio/io"
#define COMET            "/cometio/io"
#define WEBSOCKET_2      "/rocketio/ws"
#define SEND_2           "/rocketio/send"
#define SSE_2            "/rocketio/sse"
#define POLL_2           "/rocketio/poll"
#define SUBPROTOCOL_2    "rocketio.v2"

typedef struct _Route Route;

typedef void (*RouteFunc) (RocketIOEndpoints *self, const Route *route, SoupServerMessage *message, const char *path);

struct _Route
{
  const char *path;
  const char *methods;    /* for the Allow header */
  RouteFunc   func;
  gboolean    is_tree;    /* what is below belongs to it as well */
  gboolean    is_old;     /* version 1 only */
};

gboolean
rocketio_endpoints_check_origin (RocketIOEndpoints *self,
                                 SoupServerMessage *message)
{
  g_auto (RocketIOForwarded) forwarded = { FALSE };
  const char *host;

  rocketio_http_read_forwarded (message, self->settings->trusted_proxies, &forwarded);
  host = forwarded.host != NULL ? forwarded.host : rocketio_http_get_header (message, "Host");

  return rocketio_http_check_origin (message, host, self->settings->allowed_origins);
}

/* `connection` NULL: it could not be had. */
static RocketIOConnection *
with_client (RocketIOConnection      *connection,
             const RocketIOForwarded *forwarded)
{
  if (connection != NULL)
    rocketio_connection_set_client (connection, forwarded->client);

  return connection;
}

RocketIOConnection *
rocketio_endpoints_take_connection (RocketIOEndpoints *self,
                                    SoupServerMessage *message)
{
  g_auto (RocketIOForwarded) forwarded = { FALSE };

  rocketio_http_read_forwarded (message, self->settings->trusted_proxies, &forwarded);

  return with_client (rocketio_listener_take (self->listener, message), &forwarded);
}

RocketIOAnswer *
rocketio_endpoints_take (RocketIOEndpoints *self,
                         SoupServerMessage *message)
{
  gboolean keepalive = rocketio_message_is_keepalive (message);
  g_autoptr (GBytes) head = g_string_free_to_bytes (rocketio_http_build_head (message, keepalive));
  g_autoptr (RocketIOConnection) connection = rocketio_endpoints_take_connection (self, message);

  return connection != NULL ? rocketio_answer_new (self->listener, connection, head, keepalive) : NULL;
}

void
rocketio_endpoints_delay_answer (RocketIOEndpoints *self,
                                 SoupServerMessage *message,
                                 guint              milliseconds)
{
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_response_body (message));
  RocketIOAnswer *answer = rocketio_endpoints_take (self, message);

  if (answer != NULL)
    rocketio_answer_give_late (answer, body, milliseconds);
}

/* Who says too much */

gboolean
rocketio_endpoints_check_debt (RocketIOEndpoints *self,
                               SoupServerMessage *message,
                               gint64             debt)
{
  g_autofree char *seconds = NULL;

  if (debt < MAX_DEBT)
    return TRUE;

  seconds = g_strdup_printf ("%" G_GINT64_FORMAT, debt / G_USEC_PER_SEC + 1);
  rocketio_http_set_header (message, "Retry-After", seconds);
  rocketio_http_refuse (message, ROCKETIO_HTTP_TOO_MANY_REQUESTS,
                        "too much was sent (RocketIOServer:message-rate, RocketIOServer:byte-rate)");

  return FALSE;
}

void
rocketio_endpoints_answer_in_time (RocketIOEndpoints *self,
                                   SoupServerMessage *message,
                                   gint64             debt)
{
  guint milliseconds = MIN (debt, MAX_DELAY) / 1000;

  if (milliseconds > 0)
    rocketio_endpoints_delay_answer (self, message, milliseconds);
}

/* Settings and scripts */

static gboolean
is_host (const char *host)
{
  return host != NULL && *host != '\0' &&
         strspn (host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == strlen (host);
}

static char *
get_host (SoupServerMessage *message,
          const char        *forwarded)
{
  const char *host = rocketio_http_get_header (message, "Host");
  GSocketAddress *address;

  if (is_host (forwarded))
    return g_strdup (forwarded);
  if (is_host (host))
    return g_strdup (host);

  address = soup_server_message_get_local_address (message);

  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

static void
settings_cb (RocketIOEndpoints *self,
             const Route       *route,
             SoupServerMessage *message,
             const char        *path)
{
  g_autoptr (GString) json = g_string_new ("{");
  gboolean is_secure = g_str_equal (g_uri_get_scheme (soup_server_message_get_uri (message)), "https");
  g_auto (RocketIOForwarded) forwarded = { FALSE };
  g_autofree char *host = NULL;
  const char *secure;

  rocketio_http_read_forwarded (message, self->settings->trusted_proxies, &forwarded);
  host = get_host (message, forwarded.host);
  secure = is_secure || forwarded.is_secure ? "s" : "";
  if (self->settings->websocket && self->settings->version_1)
    g_string_append_printf (json, "\"websocket\":\"ws%s://%s%s" WEBSOCKET "\",", secure, host, self->prefix);
  if (self->settings->comet && self->settings->version_1)
    g_string_append_printf (json, "\"comet\":\"http%s://%s%s" COMET "\",", secure, host, self->prefix);
  g_string_append_printf (json, "\"post_interval\":%u,\"poll_timeout\":%u,",
                          self->settings->post_interval, self->settings->poll_time);
  g_string_append_printf (json, "\"versions\":%s,\"paths\":{", self->settings->version_1 ? "[1,2]" : "[2]");
  if (self->settings->websocket)
    g_string_append_printf (json, "\"ws\":\"%s" WEBSOCKET_2 "\"", self->prefix);
  if (self->settings->websocket && self->settings->comet)
    g_string_append_c (json, ',');
  if (self->settings->comet)
    g_string_append_printf (json, "\"send\":\"%s" SEND_2 "\",\"sse\":\"%s" SSE_2 "\",\"poll\":\"%s" POLL_2 "\"",
                            self->prefix, self->prefix, self->prefix);
  g_string_append (json, "}}");

  rocketio_http_set_header (message, "Access-Control-Allow-Origin", "*");
  rocketio_http_answer_json (message, json->str);
}

static void
script_cb (RocketIOEndpoints *self,
           const Route       *route,
           SoupServerMessage *message,
           const char        *path)
{
  g_autofree char *name = g_strconcat (RESOURCE_PATH, strrchr (path, '/') + 1, NULL);
  g_autoptr (GBytes) script = g_resource_lookup_data (rocketio_js_get_resource (), name, 0, NULL);
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, script);
  g_autofree char *tag = g_strdup_printf ("\"%s\"", sum);
  const char *known = rocketio_http_get_header (message, "If-None-Match");

  /* A page of another origin may load the script; what it may do with it is decided where it connects. */
  rocketio_http_set_header (message, "Access-Control-Allow-Origin", "*");
  rocketio_http_set_header (message, "Cache-Control", "no-cache");
  rocketio_http_set_header (message, "ETag", tag);
  if (known != NULL && strstr (known, tag) != NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
      return;
    }

  rocketio_http_answer (message, SOUP_STATUS_OK, "text/javascript; charset=utf-8", "");
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), script);
}

/* WebSocket */

/* Of `/session=ID` behind the route's path, the id if it is one of ours. */
static char *
get_id_from_path (const char *path)
{
  const char *rest = path + strlen (WEBSOCKET);

  if (!g_str_has_prefix (rest, "/session="))
    return NULL;

  rest += strlen ("/session");
  rest += strspn (rest, "=");

  return rocketio_session_id_is_valid (rest) ? g_strdup (rest) : NULL;
}

/* The connection after its handshake, whose answer is on its way; NULL: it was refused. */
static RocketIOConnection *
open_websocket (RocketIOEndpoints  *self,
                SoupServerMessage  *message,
                const char         *protocol,
                RocketIOExtensions *extensions)
{
  g_auto (RocketIOForwarded) forwarded = { FALSE };

  if (!self->settings->websocket)
    {
      rocketio_http_refuse (message, SOUP_STATUS_NOT_FOUND,
                            "WebSocket is switched off here (RocketIOServer:websocket)");
      return NULL;
    }
  if (!rocketio_endpoints_check_origin (self, message))
    return NULL;

  rocketio_http_read_forwarded (message, self->settings->trusted_proxies, &forwarded);

  return with_client (rocketio_upgrade_open (self->listener, message, protocol, self->settings->compression,
                                             extensions), &forwarded);
}

static void
agree_on_deflate (RocketIOEndpoints        *self,
                  RocketIOTransport        *transport,
                  const RocketIOExtensions *extensions)
{
  if (!extensions->has_deflate)
    return;

  if (self->deflate == NULL)
    self->deflate = rocketio_deflate_new ();
  rocketio_websocket_transport_set_deflate (transport, self->deflate, extensions->server_window);
}

static void
websocket_cb (RocketIOEndpoints *self,
              const Route       *route,
              SoupServerMessage *message,
              const char        *path)
{
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  g_autofree char *id = get_id_from_path (path);
  RocketIOExtensions extensions;
  g_autoptr (RocketIOConnection) connection = open_websocket (self, message, NULL, &extensions);
  g_autoptr (RocketIOTransport) transport = NULL;
  g_autoptr (RocketIOHandshake) handshake = NULL;

  if (connection == NULL)
    return;

  handshake = rocketio_handshake_new (message, connection, 1);
  transport = rocketio_websocket_transport_new (connection, self->settings->session.max_message);
  agree_on_deflate (self, transport, &extensions);
  self->funcs->websocket_opened (transport, id, handshake, self->user_data);
}

static void
websocket_2_cb (RocketIOEndpoints *self,
                const Route       *route,
                SoupServerMessage *message,
                const char        *path)
{
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  RocketIOExtensions extensions;
  g_autoptr (RocketIOConnection) connection = open_websocket (self, message, SUBPROTOCOL_2, &extensions);
  g_autoptr (RocketIOTransport) transport = NULL;
  g_autoptr (RocketIOHandshake) handshake = NULL;
  const RocketIOSessionSettings *settings = &self->settings->session;

  if (connection == NULL)
    return;

  handshake = rocketio_handshake_new (message, connection, 2);
  transport = rocketio_websocket_transport_new_2 (connection, settings->max_message,
                                                  settings->heartbeat * 1000, settings->timeout * 1000);
  agree_on_deflate (self, transport, &extensions);
  self->funcs->websocket_2_opened (transport, handshake, self->user_data);
}

/* Comet */

static char *
get_id_from_query (SoupServerMessage *message)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_auto (GStrv) pairs = query != NULL ? g_strsplit (query, "&", 64) : NULL;
  const char *id = NULL;

  /* The last one counts. What does not look like an id of ours means: a new session, please. */
  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      if (g_str_has_prefix (pairs[i], "session="))
        id = pairs[i] + strlen ("session=");
    }

  return rocketio_session_id_is_valid (id) ? g_strdup (id) : NULL;
}

static void
hold_poll (RocketIOEndpoints *self,
           SoupServerMessage *message)
{
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  g_autofree char *id = get_id_from_query (message);
  g_autoptr (RocketIOHandshake) handshake = NULL;
  RocketIOAnswer *answer;

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  rocketio_http_set_header (message, "Content-Type", "application/json");
  rocketio_http_set_header (message, "Cache-Control", "no-store");
  rocketio_http_set_header (message, "X-Content-Type-Options", "nosniff");
  answer = rocketio_endpoints_take (self, message);
  if (answer == NULL)
    return;

  handshake = rocketio_handshake_new (message, answer->connection, 1);
  self->funcs->polled (id, handshake, answer, self->user_data);
}

static void
poll_cb (RocketIOEndpoints *self,
         SoupServerMessage *message)
{
  if (!self->settings->comet)
    rocketio_http_refuse (message, SOUP_STATUS_NOT_FOUND, "Comet is switched off here (RocketIOServer:comet)");
  else if (rocketio_endpoints_check_origin (self, message))
    {
      hold_poll (self, message);
      return;
    }

  rocketio_endpoints_delay_answer (self, message, ROCKETIO_REFUSAL_TIME);
}

static char *
get_posted_json (SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  const char *type = soup_message_headers_get_content_type (soup_server_message_get_request_headers (message), NULL);
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (GHashTable) form = NULL;
  const char *json;

  if (g_strcmp0 (type, "application/json") == 0)
    return g_steal_pointer (&text);

  form = soup_form_decode (text);
  json = g_hash_table_lookup (form, "json");
  if (json != NULL || query == NULL)
    return g_strdup (json);

  g_hash_table_unref (form);
  form = soup_form_decode (query);

  return g_strdup (g_hash_table_lookup (form, "json"));
}

static gboolean
check_sizes (RocketIOEndpoints *self,
             SoupServerMessage *message,
             RocketIOBatch     *batch)
{
  for (guint i = 0; i < batch->events->len; i++)
    {
      gsize length = g_array_index (batch->events, RocketIOSpan, i).length;

      if (length <= self->settings->session.max_message)
        continue;

      rocketio_http_refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
              "an event of %" G_GSIZE_FORMAT " bytes is too large; %" G_GSIZE_FORMAT " are allowed "
              "(RocketIOServer:max-message-bytes)", length, self->settings->session.max_message);
      return FALSE;
    }

  return TRUE;
}

static void
receive_batch (RocketIOEndpoints *self,
               SoupServerMessage *message,
               RocketIOBatch     *batch)
{
  g_autoptr (RocketIOTransport) transport = NULL;
  g_autofree char *json = NULL;

  if (!check_sizes (self, message, batch))
    return;

  transport = self->funcs->get_post (batch->session, self->user_data);
  if (transport == NULL)
    {
      rocketio_http_refuse (message, SOUP_STATUS_NOT_FOUND, "unknown session; poll to get one");
      return;
    }
  if (!rocketio_endpoints_check_debt (self, message, rocketio_transport_get_rest (transport)))
    return;

  json = g_strdup_printf ("{\"session\":\"%s\",\"success\":true}", batch->session);
  rocketio_http_answer_json (message, json);
  for (guint i = 0; i < batch->events->len; i++)
    {
      RocketIOSpan event = g_array_index (batch->events, RocketIOSpan, i);

      rocketio_transport_received (transport, event.start, event.length);
    }
  rocketio_endpoints_answer_in_time (self, message, rocketio_transport_get_rest (transport));
}

static void
post_cb (RocketIOEndpoints *self,
         SoupServerMessage *message)
{
  g_auto (RocketIOBatch) batch = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  if (!self->settings->comet)
    {
      rocketio_http_refuse (message, SOUP_STATUS_NOT_FOUND, "Comet is switched off here (RocketIOServer:comet)");
      return;
    }
  if (!rocketio_endpoints_check_origin (self, message))
    return;

  json = get_posted_json (message);
  if (json == NULL)
    rocketio_http_refuse (message, SOUP_STATUS_BAD_REQUEST, "JSON parse error: there is no form field json");
  else if (rocketio_batch_parse (&batch, json, strlen (json), &error))
    receive_batch (self, message, &batch);
  else if (g_error_matches (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON))
    rocketio_http_refuse (message, SOUP_STATUS_BAD_REQUEST, "JSON parse error: %s", error->message);
  else
    rocketio_http_refuse (message, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
}

void
rocketio_endpoints_answer_preflight (SoupServerMessage *message)
{
  rocketio_http_set_header (message, "Access-Control-Allow-Methods", "GET, POST");
  rocketio_http_set_header (message, "Access-Control-Allow-Headers", "Content-Type");
  rocketio_http_set_header (message, "Access-Control-Max-Age", "86400");
  soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
}

static void
comet_cb (RocketIOEndpoints *self,
          const Route       *route,
          SoupServerMessage *message,
          const char        *path)
{
  if (rocketio_http_is_method (message, "GET"))
    poll_cb (self, message);
  else if (rocketio_http_is_method (message, "POST"))
    post_cb (self, message);
  else if (!rocketio_http_is_method (message, "OPTIONS"))
    rocketio_http_answer_json (message, "");    /* HEAD makes no session */
  else if (rocketio_endpoints_check_origin (self, message))
    rocketio_endpoints_answer_preflight (message);
}

static void
send_cb (RocketIOEndpoints *self,
         const Route       *route,
         SoupServerMessage *message,
         const char        *path)
{
  rocketio_endpoints_handle_send (self, message);
}

static void
sse_cb (RocketIOEndpoints *self,
        const Route       *route,
        SoupServerMessage *message,
        const char        *path)
{
  rocketio_endpoints_handle_sse (self, message);
}

static void
poll_2_cb (RocketIOEndpoints *self,
           const Route       *route,
           SoupServerMessage *message,
           const char        *path)
{
  rocketio_endpoints_handle_poll (self, message);
}

/* Routes */

static const Route routes[] = {
  { "/rocketio/settings", "GET, HEAD", settings_cb, FALSE, FALSE },
  { "/rocketio/rocketio.js", "GET, HEAD", script_cb, FALSE, FALSE },
  { "/rocketio/rocketio.mjs", "GET, HEAD", script_cb, FALSE, FALSE },
  { "/cometio/cometio.js", "GET, HEAD", script_cb, FALSE, FALSE },
  { "/websocketio/websocketio.js", "GET, HEAD", script_cb, FALSE, FALSE },
  { COMET, "GET, HEAD, POST, OPTIONS", comet_cb, FALSE, TRUE },
  { WEBSOCKET, "GET", websocket_cb, TRUE, TRUE },
  { WEBSOCKET_2, "GET", websocket_2_cb, FALSE, FALSE },
  { SEND_2, "POST, OPTIONS", send_cb, FALSE, FALSE },
  { SSE_2, "GET, OPTIONS", sse_cb, FALSE, FALSE },
  { POLL_2, "POST, OPTIONS", poll_2_cb, FALSE, FALSE },
};

static const Route *
find_route (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      const char *rest;

      if (!g_str_has_prefix (path, routes[i].path))
        continue;

      rest = path + strlen (routes[i].path);
      if (*rest == '\0' || (routes[i].is_tree && *rest == '/'))
        return &routes[i];
    }

  return NULL;
}

static gboolean
allows (const Route       *route,
        SoupServerMessage *message)
{
  g_auto (GStrv) methods = g_strsplit (route->methods, ", ", -1);

  return g_strv_contains ((const char *const *) methods, soup_server_message_get_method (message));
}

/* Before the body: also where the app listens itself, nobody shall fill the memory through our paths. */
static void
early_cb (SoupServer        *soup,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  rocketio_listener_bound_body (((RocketIOEndpoints *) user_data)->listener, message);
}

static void
handler_cb (SoupServer        *soup,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  RocketIOEndpoints *self = user_data;
  const char *rest = path + strlen (self->prefix);
  const char *single = g_str_has_prefix (rest, "//") ? rest + 1 : rest;
  const Route *route = find_route (single);

  if (route == NULL || (route->is_old && !self->settings->version_1))
    {
      self->funcs->other (message, path, self->user_data);
      return;
    }

  /* libsoup 3.2 answers ranges of its own accord, and those beyond the end with criticals. Here all are passed over, as
   * RFC 9110, section 14.2, allows. */
  soup_message_headers_remove (soup_server_message_get_request_headers (message), "Range");

  if (soup_server_message_get_http_version (message) == SOUP_HTTP_2_0)
    rocketio_http_refuse (message, SOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED,
                          "HTTP/1.1, please: a connection of HTTP/2 cannot be kept");
  else if (allows (route, message))
    route->func (self, route, message, single);
  else
    {
      rocketio_http_set_header (message, "Allow", route->methods);
      rocketio_http_refuse (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "%s is not possible here; %s is",
              soup_server_message_get_method (message), route->methods);
    }
}

static void
add_handlers (RocketIOEndpoints *self,
              const char        *path)
{
  soup_server_add_early_handler (self->soup, path, early_cb, self, NULL);
  soup_server_add_handler (self->soup, path, handler_cb, self, NULL);
}

static void
remove_handlers (RocketIOEndpoints *self,
                 const char        *path)
{
  soup_server_remove_handler (self->soup, path);
}

static void
for_each_path (RocketIOEndpoints *self,
               void             (*func) (RocketIOEndpoints *self, const char *path))
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      /* The clients of 2013 put the paths behind a base URL that may end in a slash. */
      g_autofree char *path = g_strconcat (self->prefix, routes[i].path, NULL);
      g_autofree char *doubled = g_strconcat (self->prefix, "/", routes[i].path, NULL);

      func (self, path);
      func (self, doubled);
    }
}

void
rocketio_endpoints_set_prefix (RocketIOEndpoints *self,
                               const char        *prefix)
{
  for_each_path (self, remove_handlers);
  g_free (self->prefix);
  self->prefix = g_strdup (prefix);
  for_each_path (self, add_handlers);
}

RocketIOEndpoints *
rocketio_endpoints_new (SoupServer                      *soup,
                        RocketIOListener                *listener,
                        const RocketIOEndpointsSettings *settings,
                        const RocketIOEndpointsFuncs    *funcs,
                        gpointer                         user_data)
{
  RocketIOEndpoints *self = g_new0 (RocketIOEndpoints, 1);

  self->soup = g_object_ref (soup);
  self->prefix = g_strdup ("");
  self->listener = rocketio_listener_ref (listener);
  self->settings = settings;
  self->funcs = funcs;
  self->user_data = user_data;
  for_each_path (self, add_handlers);

  return self;
}

void
rocketio_endpoints_free (RocketIOEndpoints *self)
{
  for_each_path (self, remove_handlers);

  g_clear_pointer (&self->deflate, rocketio_deflate_unref);
  rocketio_listener_unref (self->listener);
  g_object_unref (self->soup);
  g_free (self->prefix);
  g_free (self);
}
