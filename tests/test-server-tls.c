/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>
#include <unistd.h>

static void
set_up (Fixture       *fixture,
        gconstpointer  unused)
{
  g_autoptr (GTlsCertificate) certificate = fixture_make_certificate ();

  fixture_start (fixture, rocketio_server_new (), certificate);
}

static Peer *
open_websocket (Fixture *fixture)
{
  Peer *peer = peer_new_tls (fixture->port);

  peer_upgrade (peer, "/websocketio/io");
  g_free (peer_get_session (peer));

  return peer;
}

/* How long the main loop has been kept from running at the worst. */

typedef struct
{
  gint64 last;
  gint64 worst;
  guint  id;
} Pulse;

static gboolean
pulse_cb (gpointer user_data)
{
  Pulse *pulse = user_data;
  gint64 now = g_get_monotonic_time ();

  pulse->worst = MAX (pulse->worst, now - pulse->last);
  pulse->last = now;

  return G_SOURCE_CONTINUE;
}

static void
pulse_begin (Pulse *pulse)
{
  *pulse = (Pulse) { g_get_monotonic_time (), 0, g_timeout_add (10, pulse_cb, pulse) };
}

static void
pulse_end (Pulse *pulse)
{
  peer_idle (20);
  pulse_cb (pulse);
  g_source_remove (pulse->id);
  g_assert_cmpint (pulse->worst, <, G_USEC_PER_SEC);
}

static void
test_websocket (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = open_websocket (fixture);

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *expected = g_strdup_printf ("{\"type\":\"echo\",\"data\":%u}", i);

      peer_send_text (peer, "%s", expected);
      peer_expect_text (peer, expected);
    }
}

static void
test_comet (Fixture       *fixture,
            gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_tls (fixture->port);
  g_autoptr (Peer) poster = peer_new_tls (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  g_autofree char *body = NULL;
  g_autofree char *late = NULL;

  peer_poll (peer, id);
  g_assert_true (peer_is_silent (peer, 50));
  g_assert_cmpuint (peer_post (poster, id, "[{\"type\":\"echo\",\"data\":[1]}]"), ==, 200);
  body = peer_get_poll (peer);
  g_assert_cmpstr (body, ==, "[{\"type\":\"echo\",\"data\":[1]}]");

  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"echo\",\"data\":2},{\"type\":\"echo\",\"data\":3}]"), ==, 200);
  peer_poll (peer, id);
  late = peer_get_poll (peer);
  g_assert_cmpstr (late, ==, "[{\"type\":\"echo\",\"data\":2},{\"type\":\"echo\",\"data\":3}]");
}

static void
test_settings (Fixture       *fixture,
               gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_tls (fixture->port);
  g_autofree char *text = NULL;
  GSList *uris = rocketio_server_get_uris (fixture->server);

  g_assert_cmpstr (g_uri_get_scheme (uris->data), ==, "https");
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, &text), ==, 200);
  g_assert_nonnull (strstr (text, "\"wss://127.0.0.1/websocketio/io\""));
  g_assert_nonnull (strstr (text, "\"https://127.0.0.1/cometio/io\""));
}

/* All in one record: what TLS has decrypted already, no socket tells of. */
static void
test_pipelined (Fixture       *fixture,
                gconstpointer  unused)
{
  static const char frame[] = "\x81\x8f\0\0\0\0{\"type\":\"echo\"}";
  static const char head[] = "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  static const char settings[] = "GET /rocketio/settings HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autoptr (Peer) peer = peer_new_tls (fixture->port);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *id = NULL;

  for (guint i = 0; i < 20; i++)
    g_byte_array_append (bytes, (guint8 *) settings, strlen (settings));
  g_byte_array_append (bytes, (guint8 *) head, strlen (head));
  for (guint i = 0; i < 500; i++)
    g_byte_array_append (bytes, (guint8 *) frame, sizeof frame - 1);
  peer_send_bytes (peer, bytes->data, bytes->len);

  for (guint i = 0; i < 21; i++)
    {
      g_auto (Response) response = { 0 };

      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, i < 20 ? 200 : 101);
    }
  id = peer_get_session (peer);
  for (guint i = 0; i < 500; i++)
    peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
}

static void
test_large (Fixture       *fixture,
            gconstpointer  unused)
{
  g_autoptr (Peer) peer = open_websocket (fixture);
  g_autofree char *filler = g_strnfill (120000, 'x');
  g_autofree char *huge = g_strnfill (3000000, 'y');
  g_autofree char *expected = g_strdup_printf ("{\"type\":\"echo\",\"data\":\"%s\"}", filler);
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), huge);
  g_autofree char *text = NULL;

  for (guint i = 0; i < 5; i++)
    peer_send_text (peer, "%s", expected);
  for (guint i = 0; i < 5; i++)
    peer_expect_text (peer, expected);

  rocketio_server_push (fixture->server, "huge", node, NULL);
  text = peer_get_text (peer);
  g_assert_cmpuint (strlen (text), ==, strlen ("{\"type\":\"huge\",\"data\":\"\"}") + 3000000);
  g_assert_nonnull (strstr (text, "yyy\"}"));
  peer_send_text (peer, "{\"type\":\"echo\"}");
  peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
}

/* One that reads nothing must not stop the main loop, whatever becomes of it. */
static void
test_does_not_read (Fixture       *fixture,
                    gconstpointer  how)
{
  g_autoptr (Peer) peer = open_websocket (fixture);
  g_autofree char *huge = g_strnfill (8000000, 'y');
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), huge);
  Pulse pulse;

  peer_send_text (peer, "{\"type\":\"__channel_id\"}");
  peer_wait_for_count (&fixture->n_opened, 1);
  pulse_begin (&pulse);
  rocketio_server_push (fixture->server, "huge", node, NULL);
  peer_idle (100);
  if (GPOINTER_TO_INT (how) == 0)
    rocketio_session_close (fixture->last);
  else if (GPOINTER_TO_INT (how) == 1)
    rocketio_server_close (fixture->server);
  else
    {
      g_signal_handlers_disconnect_by_data (fixture->server, fixture);
      g_clear_object (&fixture->last);
      g_clear_object (&fixture->server);
    }
  peer_idle (2300);
  pulse_end (&pulse);
}

static const char * const garbage[] = {
  "GET /rocketio/settings HTTP/1.1\r\nHost: localhost\r\n\r\n", "\x16\x03\x01\xff\xff", "\x80\x2e\x01\x03\x01", "\n", "hello",
  "\x16\x03\x01\x00\x05hello",
};

static void
test_garbage (Fixture       *fixture,
              gconstpointer  unused)
{
  guint n_fds = fixture_count_fds ();

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      Peer *peer = peer_new (fixture->port);

      peer_send (peer, "%s", garbage[i]);
      peer_is_silent (peer, 50);
      if (i % 2 == 0)
        peer_half_close (peer);
      else
        peer_free (g_steal_pointer (&peer));
      if (peer != NULL)
        {
          peer_wait_for_end (peer);
          g_assert_null (g_strstr_len ((char *) peer->in->data, peer->in->len, "HTTP"));
          peer_free (peer);
        }
    }

  /* Others are served as ever, and nothing is left. */
  {
    g_autoptr (Peer) peer = peer_new_tls (fixture->port);

    g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
  }
  peer_idle (100);
  g_assert_cmpuint (fixture_count_fds (), <=, n_fds + 1);
}

/* A handshake takes a thread of a pool, which those who say nothing must not use up. */
static void
test_silent (Fixture       *fixture,
             gconstpointer  unused)
{
  Peer *silent[40];
  gint64 start;

  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = peer_new (fixture->port);
  peer_idle (50);
  start = g_get_monotonic_time ();
  {
    g_autoptr (Peer) peer = peer_new_tls (fixture->port);

    g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
  }
  g_assert_cmpint (g_get_monotonic_time () - start, <, 6 * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    peer_free (silent[i]);
}

static void
app_cb (SoupServer        *soup,
        SoupServerMessage *message,
        const char        *path,
        GHashTable        *query,
        gpointer           user_data)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  g_autofree char *address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (remote));
  g_autofree char *text = g_strdup_printf ("%s %s", g_uri_get_scheme (soup_server_message_get_uri (message)), address);

  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
test_app_handlers (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_tls (fixture->port);
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (G_SOCKET_CONNECTION (peer->stream), NULL);
  g_autofree char *address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (local));
  g_autofree char *expected = g_strdup_printf ("https %s", address);

  soup_server_add_handler (rocketio_server_get_soup_server (fixture->server), "/app", app_cb, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = NULL;

      g_assert_cmpuint (peer_request (peer, "POST", "/app", NULL, "x", &text), ==, 200);
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_bodies (Fixture       *fixture,
             gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_tls (fixture->port);
  g_autofree char *body = g_strnfill (500000, 'x');
  g_autofree char *large = g_strnfill (2000000, 'x');

  g_assert_cmpuint (peer_request (peer, "POST", "/cometio/io", NULL, body, NULL), ==, 400);
  g_assert_cmpuint (peer_request (peer, "POST", "/cometio/io", NULL, large, NULL), ==, 413);
  peer_wait_for_end (peer);
}

static void
test_departures (Fixture       *fixture,
                 gconstpointer  unused)
{
  guint n_fds = fixture_count_fds ();

  for (guint i = 0; i < 3; i++)
    {
      Peer *peer = open_websocket (fixture);

      peer_send_text (peer, "{\"type\":\"__channel_id\"}");
      peer_wait_for_count (&fixture->n_opened, i + 1);
      if (i == 0)
        peer_free (peer);
      else if (i == 1)
        {
          peer_half_close (peer);
          peer_wait_for_end (peer);
          peer_free (peer);
        }
      else
        peer_reset (peer);
      peer_wait_for_count (&fixture->n_closed, i + 1);
    }
  peer_idle (50);
  g_assert_cmpuint (fixture_count_fds (), <=, n_fds + 1);
}

static void
authenticate_cb (RocketIOServer  *server,
                 RocketIORequest *request,
                 RocketIOSession *session,
                 gpointer         user_data)
{
  g_set_object ((GTlsCertificate **) user_data,
                rocketio_handshake_get_peer_certificate (rocketio_request_get_handshake (request)));
  rocketio_request_fail (request, "no", "that is all", NULL);
}

/* Of whom the server vouches for; a client that has none may come as well, and the app decides. */
static void
test_peer_certificate (Fixture       *fixture,
                       gconstpointer  unused)
{
  static const char body[] = "{\"messages\":[{\"type\":\"__hello\"}]}";
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GTlsCertificate) certificate = fixture_make_certificate ();
  g_autoptr (GTlsCertificate) shown = NULL;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp (NULL, &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_object_get (certificate, "certificate-pem", &pem, NULL);
  g_file_set_contents (path, pem, -1, &error);
  g_assert_no_error (error);
  database = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  g_object_set (rocketio_server_get_soup_server (server), "tls-database", database,
                "tls-auth-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
  g_signal_connect (server, "authenticate", G_CALLBACK (authenticate_cb), &shown);
  rocketio_server_listen (server, NULL, 0, certificate, &error);
  g_assert_no_error (error);

  for (gboolean shows = FALSE; shows <= TRUE; shows++)
    {
      g_autoptr (Peer) peer = peer_new_tls_as (fixture_get_port (server), shows ? certificate : NULL);

      g_assert_cmpuint (peer_request (peer, "POST", "/rocketio/send", NULL, body, NULL), ==, 200);
      g_assert_true (shows ? g_tls_certificate_is_same (shown, certificate) : shown == NULL);
    }
  unlink (path);
}

#define tls_add(path, data, func) g_test_add (path, Fixture, data, set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  tls_add ("/server/tls/websocket", NULL, test_websocket);
  tls_add ("/server/tls/comet", NULL, test_comet);
  tls_add ("/server/tls/settings", NULL, test_settings);
  tls_add ("/server/tls/pipelined", NULL, test_pipelined);
  tls_add ("/server/tls/large", NULL, test_large);
  tls_add ("/server/tls/does-not-read/session-closed", GINT_TO_POINTER (0), test_does_not_read);
  tls_add ("/server/tls/does-not-read/server-closed", GINT_TO_POINTER (1), test_does_not_read);
  tls_add ("/server/tls/does-not-read/server-dropped", GINT_TO_POINTER (2), test_does_not_read);
  tls_add ("/server/tls/garbage", NULL, test_garbage);
  tls_add ("/server/tls/silent", NULL, test_silent);
  tls_add ("/server/tls/app-handlers", NULL, test_app_handlers);
  tls_add ("/server/tls/bodies", NULL, test_bodies);
  tls_add ("/server/tls/departures", NULL, test_departures);
  tls_add ("/server/tls/peer-certificate", NULL, test_peer_certificate);

  return g_test_run ();
}
