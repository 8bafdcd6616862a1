/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <string.h>

/* Who may come in at all: hosts, proxies, and limits. All peers are on this machine; with a proxy to be trusted on it
 * they can say that they come from elsewhere. */

static const char * const loopback[] = { "127.0.0.0/8", "::1", NULL };

static void
set_up (Fixture       *fixture,
        gconstpointer  unused)
{
  client_fixture_set_up (fixture, NULL);
  rocketio_server_set_trusted_proxies (fixture->server, loopback);
}

static guint
ask (Fixture     *fixture,
     const char  *target,
     const char  *headers,
     char       **body)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) response = { 0 };

  peer_send (peer, "GET %s HTTP/1.1\r\n%s\r\n", target, headers);
  peer_get_response (peer, &response);
  if (body != NULL)
    *body = g_steal_pointer (&response.body);

  return response.status;
}

/* Hosts */

static void
assert_refused (Fixture    *fixture,
                const char *target,
                const char *headers)
{
  g_autofree char *body = NULL;

  g_assert_cmpuint (ask (fixture, target, headers, &body), ==, 421);
  g_assert_cmpstr (body, ==, "host evil.example refused; add it to RocketIOServer:allowed-hosts\n");
}

static void
test_hosts (Fixture       *fixture,
            gconstpointer  unused)
{
  static const char * const targets[] = { "/", "/rocketio/settings", "/rocketio/ws", "/cometio/io", "/rocketio/sse" };
  static const char * const allowed[] = { "evil.example", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      assert_refused (fixture, targets[i], "Host: evil.example\r\n");
      assert_refused (fixture, targets[i], "Host: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n"
                      "X-Forwarded-Host: evil.example\r\n");
      assert_refused (fixture, targets[i], "Host: evil.example\r\nX-Forwarded-For: 192.0.2.1\r\n"
                      "X-Forwarded-Host: localhost\r\n");
    }

  rocketio_server_set_allowed_hosts (fixture->server, allowed);
  g_assert_cmpuint (ask (fixture, "/rocketio/settings", "Host: evil.example\r\n", NULL), ==, 200);
  g_assert_cmpuint (ask (fixture, "/rocketio/settings", "Host: localhost\r\n", NULL), ==, 200);
}

static void
test_bad_names (Fixture       *fixture,
                gconstpointer  unused)
{
  static const char * const host[] = { "ok.example", "https://example.org", NULL };
  static const char * const proxy[] = { "10.0.0.1/8", NULL };

  fixture_let_complain ("RocketIOServer:");
  rocketio_server_set_allowed_hosts (fixture->server, host);
  rocketio_server_set_trusted_proxies (fixture->server, proxy);
  g_assert_cmpuint (fixture_get_complaints (), ==, 2);
  fixture_let_complain (NULL);
  g_assert_null (rocketio_server_get_allowed_hosts (fixture->server));
  g_assert_cmpstr (rocketio_server_get_trusted_proxies (fixture->server)[1], ==, "::1");
}

/* Proxies */

static void
test_remote_address (Fixture       *fixture,
                     gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (Peer) parked = peer_new (fixture->port);
  g_autofree char *text = NULL;
  GInetSocketAddress *address;

  peer_ask_websocket (peer, "/websocketio/io", "Sec-WebSocket-Version: 13\r\nX-Forwarded-For: 6.6.6.6, 192.0.2.7\r\n");
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"a\"}");
  wait_for_book (fixture, "opened a\n");
  address = G_INET_SOCKET_ADDRESS (rocketio_session_get_remote_address (fixture->last));
  text = g_inet_address_to_string (g_inet_socket_address_get_address (address));
  g_assert_cmpstr (text, ==, "192.0.2.7");

  /* What was said of one request of a connection does not go for the next one. */
  peer_send (parked, "GET /cometio/io HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.8\r\n\r\n");
  g_free (peer_get_poll (parked));
  peer_send (parked, "GET /cometio/io HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_free (peer_get_poll (parked));
  peer_idle (20);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (RocketIOSession) session = g_list_model_get_item (rocketio_server_get_sessions (fixture->server), i);

      g_clear_pointer (&text, g_free);
      address = G_INET_SOCKET_ADDRESS (rocketio_session_get_remote_address (session));
      text = g_inet_address_to_string (g_inet_socket_address_get_address (address));
      g_assert_true (g_str_equal (text, "192.0.2.7") || g_str_equal (text, "192.0.2.8") ||
                     g_str_equal (text, "127.0.0.1"));
    }
}

static void
test_origin (Fixture       *fixture,
             gconstpointer  unused)
{
  static const char * const allowed[] = { "app.example", NULL };

  rocketio_server_set_allowed_hosts (fixture->server, allowed);
  g_assert_cmpuint (ask (fixture, "/rocketio/ws", "Host: localhost\r\nOrigin: https://app.example\r\n", NULL), ==, 403);
  g_assert_cmpuint (ask (fixture, "/rocketio/ws", "Host: localhost\r\nOrigin: https://app.example\r\n"
                         "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Host: app.example\r\n", NULL), ==, 426);
}

static void
test_settings (Fixture       *fixture,
               gconstpointer  unused)
{
  static const char * const allowed[] = { "app.example", NULL };
  g_autofree char *body = NULL;

  rocketio_server_set_allowed_hosts (fixture->server, allowed);
  g_assert_cmpuint (ask (fixture, "/rocketio/settings", "Host: localhost\r\nForwarded: for=192.0.2.1;host=app.example;"
                         "proto=https\r\n", &body), ==, 200);
  g_assert_nonnull (strstr (body, "\"wss://app.example/websocketio/io\""));
}

/* Limits */

static void
test_request_rate (Fixture       *fixture,
                   gconstpointer  unused)
{
  static const char mine[] = "Host: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n";
  g_autofree char *body = NULL;

  g_object_set (fixture->server, "request-rate", 1, NULL);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (ask (fixture, "/rocketio/settings", mine, NULL), ==, 200);
  g_assert_cmpuint (ask (fixture, "/rocketio/settings", mine, &body), ==, 429);
  g_assert_cmpstr (body, ==, "too many requests from this address (RocketIOServer:request-rate)\n");

  /* Others, and this machine. */
  g_assert_cmpuint (ask (fixture, "/rocketio/settings", "Host: localhost\r\nX-Forwarded-For: 192.0.2.2\r\n", NULL),
                    ==, 200);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (ask (fixture, "/rocketio/settings", "Host: localhost\r\n", NULL), ==, 200);
}

static void
come (Client     *client,
      Fixture    *fixture,
      const char *address)
{
  g_autofree char *headers = g_strdup_printf ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: rocketio.v2\r\n"
                                              "X-Forwarded-For: %s\r\n", address);
  g_auto (Response) response = { 0 };

  client->peer = peer_new (fixture->port);
  peer_ask_websocket (client->peer, "/rocketio/ws", headers);
  peer_get_head (client->peer, &response);
  g_assert_cmpuint (response.status, ==, 101);
  peer_send_text (client->peer, "{\"type\":\"__hello\"}");
}

static void
test_sessions_per_address (Fixture       *fixture,
                           gconstpointer  unused)
{
  g_auto (Client) one = { NULL };
  g_auto (Client) two = { NULL };
  g_auto (Client) refused = { NULL };
  g_auto (Client) elsewhere = { NULL };

  g_object_set (fixture->server, "max-sessions-per-address", 2, NULL);
  come (&one, fixture, "192.0.2.1");
  expect_message (&one, "__welcome");
  come (&two, fixture, "192.0.2.1");
  expect_message (&two, "__welcome");
  come (&refused, fixture, "192.0.2.1");
  expect_end (refused.peer, 4005, "there are too many sessions from this address "
              "(RocketIOServer:max-sessions-per-address)");
  come (&elsewhere, fixture, "192.0.2.2");
  expect_message (&elsewhere, "__welcome");

  /* Who goes makes room. */
  peer_send_text (one.peer, "{\"type\":\"__bye\"}");
  wait_for_book (fixture, "opened -\nopened -\nopened -\nclosed CLIENT\n");
  client_clear (&one);
  come (&one, fixture, "192.0.2.1");
  expect_message (&one, "__welcome");
}

static void
test_sessions (Fixture       *fixture,
               gconstpointer  unused)
{
  g_auto (Client) one = { NULL };
  g_auto (Client) other = { NULL };
  g_autoptr (Peer) old = NULL;
  g_auto (Frame) frame = { 0 };

  g_object_set (fixture->server, "max-sessions", 1, NULL);
  begin (&one, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  say_hello (&other, fixture, "{}");
  expect_end (other.peer, 4005, "there are too many sessions (RocketIOServer:max-sessions)");
  old = peer_new_websocket (fixture->port, "/websocketio/io");
  peer_get_frame (old, &frame);
  g_assert_cmpuint (frame.first & 15, ==, 8);

  /* Who has a session keeps it. */
  break_off (&one, fixture);
  resume (&one, fixture);
  assert_welcome (&one, TRUE, TRUE);
}

/* All of it is heard, in time. */
static void
test_message_rate (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  gint64 start = g_get_monotonic_time ();

  g_object_set (fixture->server, "message-rate", 10, NULL);
  begin (&client, fixture, "{}");
  for (guint i = 0; i < 24; i++)
    peer_send_text (client.peer, "{\"type\":\"echo\",\"data\":%u}", i);
  for (guint i = 0; i < 24; i++)
    expect_message (&client, "echo");

  /* The next one has to wait until there are no more than twenty within a second again. */
  peer_send_text (client.peer, "{\"type\":\"echo\"}");
  expect_message (&client, "echo");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 390000);
}

static void
test_posts (Fixture       *fixture,
            gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *answer = NULL;
  g_autoptr (GString) many = g_string_new ("[");
  gint64 start = g_get_monotonic_time ();

  g_object_set (fixture->server, "message-rate", 10, NULL);
  begin_by_post (&client, fixture, "{}");
  for (guint i = 1; i <= 24; i++)
    g_string_append_printf (many, "%s{\"type\":\"nobody\",\"n\":%u}", i > 1 ? "," : "", i);
  g_string_append_c (many, ']');
  g_assert_cmpuint (send_messages (&client, many->str, &answer), ==, 200);
  g_assert_nonnull (strstr (answer, "{\"n\":24}"));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 390000);

  /* Who does not even wait for that. */
  g_string_assign (many, "[");
  for (guint i = 25; i <= 200; i++)
    g_string_append_printf (many, "%s{\"type\":\"nobody\",\"n\":%u}", i > 25 ? "," : "", i);
  g_string_append_c (many, ']');
  g_object_set (fixture->server, "message-rate", 1000000, NULL);
  g_assert_cmpuint (send_messages (&client, many->str, NULL), ==, 200);
}

static void
count_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  ++*(guint *) user_data;
}

/* In version 1 a client may post before the last answer is there. All that it owes counts then. */
static void
test_posts_1 (Fixture       *fixture,
              gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (Peer) poster = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  g_autoptr (GString) body = g_string_new (NULL);
  g_auto (Response) response = { 0 };
  guint n_heard = 0;

  g_signal_connect (fixture->server, "event::x", G_CALLBACK (count_cb), &n_heard);
  g_object_set (fixture->server, "message-rate", 10, NULL);
  g_string_printf (body, "{\"session\":\"%s\",\"events\":[", id);
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (body, "%s{\"type\":\"x\"}", i > 0 ? "," : "");
  g_string_append (body, "]}");
  peer_send (poster, "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", body->len, body->str);
  peer_wait_for_count (&n_heard, 1000);

  peer_send (peer, "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", body->len, body->str);
  peer_get_response (peer, &response);
  g_assert_cmpuint (response.status, ==, 429);
  g_assert_cmpuint (g_ascii_strtoull (response_get (&response, "Retry-After"), NULL, 10), >, 60);
  g_assert_cmpuint (n_heard, ==, 1000);
}

static void
test_join_rate (Fixture       *fixture,
                gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  g_object_set (fixture->server, "join-rate", 1, NULL);
  begin (&client, fixture, "{}");
  for (guint i = 1; i <= 21; i++)
    peer_send_text (client.peer, "{\"type\":\"__join\",\"data\":{\"ch\":\"c%u\"},\"id\":%u}", i, i);
  for (guint i = 1; i <= 20; i++)
    expect_message (&client, "__ack");
  g_assert_cmpuint (rocketio_server_count_channel (fixture->server, "c20", ROCKETIO_TRANSPORT_TYPE_NONE), ==, 1);
  expect_message (&client, "__ack");
  g_assert_cmpuint (rocketio_server_count_channel (fixture->server, "c21", ROCKETIO_TRANSPORT_TYPE_NONE), ==, 0);
}

static void
test_max_channels (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autoptr (GError) error = NULL;

  g_object_set (fixture->server, "max-channels", 2, NULL);
  begin (&client, fixture, "{\"join\":[\"a\",\"b\"]}");
  wait_for_book (fixture, "opened b\n");
  g_assert_false (rocketio_session_join (fixture->last, "c", &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_TOO_MANY);
  g_assert_nonnull (strstr (error->message, "max-channels"));
}

/* Those who say nothing make room for those who do. */
static void
test_handshakes (Fixture       *fixture,
                 gconstpointer  unused)
{
  Peer *silent[8];
  g_auto (Client) client = { NULL };

  g_object_set (fixture->server, "max-handshakes", 4, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = peer_new (fixture->port);
  begin (&client, fixture, "{}");
  peer_wait_for_end (silent[0]);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    peer_free (silent[i]);
}

static void
test_handshake_timeout (Fixture       *fixture,
                        gconstpointer  unused)
{
  g_autoptr (Peer) head = peer_new (fixture->port);
  g_autoptr (Peer) hello = NULL;

  g_object_set (fixture->server, "handshake-timeout", 1, NULL);
  hello = open_websocket (fixture);
  peer_send (head, "GET / HTTP/1.1\r\nHost: loc");
  peer_wait_for_end (head);
  expect_end (hello, 4003, "");
}

static void
test_notify (Fixture       *fixture,
             gconstpointer  unused)
{
  static const char * const names[] = {
    "max-sessions", "max-sessions-per-address", "max-handshakes", "handshake-timeout", "max-channels", "request-rate",
    "message-rate", "byte-rate", "join-rate",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);
      guint n_notified = 0;
      guint value;

      g_signal_connect_swapped (fixture->server, signal, G_CALLBACK (g_atomic_int_inc), &n_notified);
      g_object_set (fixture->server, names[i], 7, NULL);
      g_object_set (fixture->server, names[i], 7, NULL);
      g_object_get (fixture->server, names[i], &value, NULL);
      g_assert_cmpuint (value, ==, 7);
      g_assert_cmpuint (n_notified, ==, 1);
    }
}

#define add(path, func) g_test_add ("/server/access/" path, Fixture, NULL, set_up, func, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("hosts", test_hosts);
  add ("bad-names", test_bad_names);
  add ("remote-address", test_remote_address);
  add ("origin", test_origin);
  add ("settings", test_settings);
  add ("request-rate", test_request_rate);
  add ("sessions-per-address", test_sessions_per_address);
  add ("sessions", test_sessions);
  add ("message-rate", test_message_rate);
  add ("posts", test_posts);
  add ("posts-1", test_posts_1);
  add ("join-rate", test_join_rate);
  add ("max-channels", test_max_channels);
  add ("handshakes", test_handshakes);
  add ("handshake-timeout", test_handshake_timeout);
  add ("notify", test_notify);

  return g_test_run ();
}
