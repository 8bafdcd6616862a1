/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

/* The server in a SoupServer of the app's, with handlers of the app's. */
typedef struct
{
  Fixture            base;
  SoupServer        *soup;
  guint              own_port;    /* opened by the app on its SoupServer */
  guint              n_started;
  guint              n_finished;
  guint              n_aborted;
  SoupServerMessage *paused;
} App;

static void
started_cb (SoupServer        *soup,
            SoupServerMessage *message,
            App               *app)
{
  app->n_started++;
}

static void
finished_cb (SoupServer        *soup,
             SoupServerMessage *message,
             App               *app)
{
  app->n_finished++;
}

static void
aborted_cb (SoupServer        *soup,
            SoupServerMessage *message,
            App               *app)
{
  app->n_aborted++;
}

static void
answer (SoupServerMessage *message,
        const char        *text)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
app_cb (SoupServer        *soup,
        SoupServerMessage *message,
        const char        *path,
        GHashTable        *query,
        gpointer           user_data)
{
  App *app = user_data;
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
  g_autofree char *text = g_strdup_printf ("%s %s %s", soup_server_message_get_method (message),
                                           g_uri_get_scheme (soup_server_message_get_uri (message)), host);

  if (g_str_equal (path, "/app/pause"))
    {
      g_set_object (&app->paused, message);
      soup_server_message_pause (message);
      return;
    }
  if (g_str_equal (path, "/app/echo"))
    {
      g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));

      soup_server_message_set_status (message, 200, NULL);
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, g_bytes_get_data (body, NULL),
                                        g_bytes_get_size (body));
      return;
    }
  if (g_str_equal (path, "/app/chunked"))
    {
      soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
      soup_server_message_set_status (message, 200, NULL);
      soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, "abc", 3);
      soup_message_body_complete (soup_server_message_get_response_body (message));
      return;
    }
  answer (message, text);
}

static void
app_websocket_cb (SoupServer              *soup,
                  SoupServerMessage       *message,
                  const char              *path,
                  SoupWebsocketConnection *connection,
                  gpointer                 user_data)
{
  g_object_set_data_full (G_OBJECT (soup), "websocket", g_object_ref (connection), g_object_unref);
  soup_websocket_connection_send_text (connection, "from the app");
}

static void
app_set_up (App           *app,
            gconstpointer  unused)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  app->soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (app->soup, "/app", app_cb, app, NULL);
  soup_server_add_websocket_handler (app->soup, "/ws", NULL, NULL, app_websocket_cb, app, NULL);
  g_signal_connect (app->soup, "request-started", G_CALLBACK (started_cb), app);
  g_signal_connect (app->soup, "request-finished", G_CALLBACK (finished_cb), app);
  g_signal_connect (app->soup, "request-aborted", G_CALLBACK (aborted_cb), app);
  fixture_start (&app->base, rocketio_server_new_for_soup_server (app->soup), NULL);

  soup_server_listen_local (app->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (app->soup);
  app->own_port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
app_tear_down (App           *app,
               gconstpointer  unused)
{
  fixture_tear_down (&app->base, NULL);
  g_clear_object (&app->paused);
  g_signal_handlers_disconnect_by_data (app->soup, app);
  soup_server_disconnect (app->soup);
  g_object_set_data (G_OBJECT (app->soup), "websocket", NULL);
  peer_idle (5);

  /* Nobody has kept it. */
  g_object_add_weak_pointer (G_OBJECT (app->soup), (gpointer *) &app->soup);
  g_object_unref (app->soup);
  g_assert_null (app->soup);
}

/* Both the ports of the server and those that the app opened itself. */
static guint
get_port (App   *app,
          guint  index)
{
  return index == 0 ? app->base.port : app->own_port;
}

static void
test_handlers (App           *app,
               gconstpointer  unused)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Peer) peer = peer_new (get_port (app, i));
      g_autofree char *text = NULL;
      g_autofree char *echoed = NULL;

      g_assert_true (rocketio_server_get_soup_server (app->base.server) == app->soup);
      g_assert_cmpuint (peer_request (peer, "GET", "/app/x", NULL, NULL, &text), ==, 200);
      g_assert_cmpstr (text, ==, "GET http 127.0.0.1");
      g_assert_cmpuint (peer_request (peer, "POST", "/app/echo", NULL, "posted", &echoed), ==, 200);
      g_assert_cmpstr (echoed, ==, "posted");
      g_assert_cmpuint (peer_request (peer, "GET", "/else", NULL, NULL, NULL), ==, 404);
      peer_wait_for_count (&app->n_finished, 3 * (i + 1));
      g_assert_cmpuint (app->n_started, ==, 3 * (i + 1));
      g_assert_cmpuint (app->n_aborted, ==, 0);
    }
}

static void
test_chunked_answer (App           *app,
                     gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (app->base.port);

  for (guint i = 0; i < 3; i++)
    {
      static const char body[] = "3\r\nabc\r\n0\r\n\r\n";
      g_auto (Response) response = { 0 };

      peer_send (peer, "GET /app/chunked HTTP/1.1\r\nHost: localhost\r\n\r\n");
      peer_get_head (peer, &response);
      g_assert_cmpuint (response.status, ==, 200);
      peer_need (peer, strlen (body));
      g_assert_cmpmem (peer->in->data, strlen (body), body, strlen (body));
      peer_take (peer, strlen (body));
    }
}

static gboolean
is_paused_cb (gpointer user_data)
{
  return ((App *) user_data)->paused != NULL;
}

static void
test_paused (App           *app,
             gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (app->base.port);
  g_autoptr (Peer) other = peer_new (app->base.port);
  g_auto (Response) response = { 0 };

  peer_send (peer, "GET /app/pause HTTP/1.1\r\nHost: localhost\r\n\r\nGET /app/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_true (peer_wait_for (is_paused_cb, app, PEER_PATIENCE));
  g_assert_true (peer_is_silent (peer, 50));
  g_assert_cmpuint (peer_request (other, "GET", "/app/x", NULL, NULL, NULL), ==, 200);

  answer (app->paused, "at last");
  soup_server_message_unpause (app->paused);
  peer_get_response (peer, &response);
  g_assert_cmpstr (response.body, ==, "at last");
  response_clear (&response);
  peer_get_response (peer, &response);
  g_assert_cmpstr (response.body, ==, "GET http 127.0.0.1");
  peer_wait_for_count (&app->n_finished, 3);
}

/* The client goes while its request is paused, or the server does; then the app answers. */
static void
test_paused_and_gone (App           *app,
                      gconstpointer  how)
{
  Peer *peer = peer_new (app->base.port);

  peer_send (peer, "GET /app/pause HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_true (peer_wait_for (is_paused_cb, app, PEER_PATIENCE));
  if (GPOINTER_TO_INT (how) == 0)
    peer_free (g_steal_pointer (&peer));
  else if (GPOINTER_TO_INT (how) == 1)
    peer_reset (g_steal_pointer (&peer));
  else if (GPOINTER_TO_INT (how) == 2)
    rocketio_server_close (app->base.server);
  else
    {
      g_signal_handlers_disconnect_by_data (app->base.server, &app->base);
      g_clear_object (&app->base.server);
    }
  peer_idle (20);
  answer (app->paused, "too late");
  soup_server_message_unpause (app->paused);
  peer_idle (50);
  g_clear_object (&app->paused);
  g_clear_pointer (&peer, peer_free);
  peer_idle (20);
  g_assert_cmpuint (app->n_finished + app->n_aborted, ==, 1);
}

static void
test_app_websocket (App           *app,
                    gconstpointer  unused)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Peer) peer = peer_new (get_port (app, i));

      peer_upgrade (peer, "/ws");
      peer_expect_text (peer, "from the app");
      g_object_set_data (G_OBJECT (app->soup), "websocket", NULL);
      peer_wait_for_end (peer);
    }
}

static void
test_own_listener (App           *app,
                   gconstpointer  unused)
{
  g_autoptr (Peer) websocket = peer_new_websocket (app->own_port, "/websocketio/io");
  g_autoptr (Peer) comet = peer_new (app->own_port);
  g_autoptr (Peer) poster = peer_new (app->own_port);
  g_autofree char *websocket_id = peer_get_session (websocket);
  g_autofree char *id = peer_open_comet (comet);
  g_autofree char *body = NULL;

  peer_poll (comet, id);
  g_assert_true (peer_is_silent (comet, 30));
  g_assert_cmpuint (peer_post (poster, id, "[{\"type\":\"all\",\"data\":1}]"), ==, 200);
  peer_expect_text (websocket, "{\"type\":\"all\",\"data\":1}");
  body = peer_get_poll (comet);
  g_assert_cmpstr (body, ==, "[{\"type\":\"all\",\"data\":1}]");

  /* The poll's connection is as good as new. */
  g_assert_cmpuint (peer_request (comet, "GET", "/app/x", NULL, NULL, NULL), ==, 200);
  g_assert_cmpuint (peer_post (comet, id, "[{\"type\":\"e\"}]"), ==, 200);
}

static void
test_pipelined_on_own_listener (App           *app,
                                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (app->own_port);
  g_auto (Response) first = { 0 };
  g_auto (Response) second = { 0 };
  g_autofree char *padding = g_strnfill (20000, 'x');
  static const char frame[] = "\x81\x8f\0\0\0\0{\"type\":\"echo\"}";
  g_autoptr (Peer) early = peer_new (app->own_port);
  g_autofree char *id = NULL;

  peer_send (peer, "GET /cometio/io HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /app/echo HTTP/1.1\r\nHost: localhost\r\n"
             "Content-Length: 20000\r\n\r\n%s", padding);
  peer_get_response (peer, &first);
  g_assert_cmpuint (first.status, ==, 200);
  g_assert_true (g_str_has_prefix (first.body, "[{\"type\":\"__session_id\""));
  peer_get_response (peer, &second);
  g_assert_cmpuint (second.length, ==, 20000);

  peer_ask_websocket (early, "/websocketio/io", "Sec-WebSocket-Version: 13\r\n");
  peer_send_bytes (early, frame, sizeof frame - 1);
  response_clear (&first);
  peer_get_head (early, &first);
  id = peer_get_session (early);
  peer_expect_text (early, "{\"type\":\"echo\",\"data\":null}");
}

/* On connections that libsoup accepts it bounds nothing itself. */
static void
test_bound_on_own_listener (App           *app,
                            gconstpointer  unused)
{
  static const char * const heads[] = { "Transfer-Encoding: chunked", "Content-Length: 99999999" };
  g_autofree char *chunk = g_strnfill (0x10000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (Peer) peer = peer_new (app->own_port);
      g_auto (Response) response = { 0 };

      peer_send (peer, "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n%s\r\n\r\n", heads[i]);
      if (i == 0)
        {
          peer_get_head (peer, &response);
          g_assert_cmpuint (response.status, ==, 100);
          response_clear (&response);
          for (guint n = 0; n < 32; n++)
            peer_send (peer, "10000\r\n%s\r\n", chunk);
          peer_send (peer, "0\r\n\r\n");
        }
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 413);
    }
}

static void
test_close_leaves_the_app (App           *app,
                           gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (app->own_port);

  g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
  rocketio_server_close (app->base.server);
  g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 404);
  g_assert_cmpuint (peer_request (peer, "GET", "/app/x", NULL, NULL, NULL), ==, 200);
  g_signal_handlers_disconnect_by_data (app->base.server, &app->base);
  g_clear_object (&app->base.server);
  g_assert_cmpuint (peer_request (peer, "GET", "/app/x", NULL, NULL, NULL), ==, 200);
}

#define app_add(path, data, func) g_test_add (path, App, data, app_set_up, func, app_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  app_add ("/server/embedded/handlers", NULL, test_handlers);
  app_add ("/server/embedded/chunked-answer", NULL, test_chunked_answer);
  app_add ("/server/embedded/paused", NULL, test_paused);
  app_add ("/server/embedded/paused-and-closed-by-client", GINT_TO_POINTER (0), test_paused_and_gone);
  app_add ("/server/embedded/paused-and-reset", GINT_TO_POINTER (1), test_paused_and_gone);
  app_add ("/server/embedded/paused-and-closed", GINT_TO_POINTER (2), test_paused_and_gone);
  app_add ("/server/embedded/paused-and-finalized", GINT_TO_POINTER (3), test_paused_and_gone);
  app_add ("/server/embedded/app-websocket", NULL, test_app_websocket);
  app_add ("/server/embedded/own-listener", NULL, test_own_listener);
  app_add ("/server/embedded/pipelined-on-own-listener", NULL, test_pipelined_on_own_listener);
  app_add ("/server/embedded/bound-on-own-listener", NULL, test_bound_on_own_listener);
  app_add ("/server/embedded/close-leaves-the-app", NULL, test_close_leaves_the_app);

  return g_test_run ();
}
