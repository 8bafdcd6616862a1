/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <string.h>

/* Who may come in and what they may say, of both versions and over all transports. */

#define VISIT "/rocketio/ws?room=a%20b&room=c&empty="
#define HEADERS \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: rocketio.v2\r\n" \
  "Cookie: other=1; login=\"secret of me\"; login=no; loginx=2\r\nX-Two: a\r\nX-Two: b\r\n"

/* What the app was asked, and has not answered. */
static GQueue questions = G_QUEUE_INIT;

static void
keep_cb (RocketIOServer  *server,
         RocketIORequest *request,
         RocketIOSession *session,
         gpointer         user_data)
{
  g_assert_true (rocketio_request_get_session (request) == session);
  g_queue_push_tail (&questions, g_object_ref (request));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  unused)
{
  client_fixture_set_up (fixture, NULL);
  g_signal_connect (fixture->server, "authenticate", G_CALLBACK (keep_cb), NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  unused)
{
  g_queue_clear_full (&questions, g_object_unref);
  fixture_tear_down (fixture, NULL);
}

static gboolean
is_asked (gpointer user_data)
{
  return !g_queue_is_empty (&questions);
}

static RocketIORequest *
next_question (void)
{
  g_assert_true (peer_wait_for (is_asked, NULL, PEER_PATIENCE));

  return g_queue_pop_head (&questions);
}

static void
allow_next (void)
{
  g_autoptr (RocketIORequest) request = next_question ();

  g_assert_true (rocketio_request_reply (request, NULL, NULL));
}

static void
refuse_next (const char *why)
{
  g_autoptr (RocketIORequest) request = next_question ();

  g_assert_true (rocketio_request_fail (request, "no", why, NULL));
}

/* What the app is shown */

static void
assert_query (RocketIOHandshake *handshake,
              const char        *name,
              const char        *expected)
{
  g_autofree char *value = rocketio_handshake_dup_query (handshake, name);

  g_assert_cmpstr (value, ==, expected);
}

static void
assert_cookie (RocketIOHandshake *handshake,
               const char        *name,
               const char        *expected)
{
  g_autofree char *value = rocketio_handshake_dup_cookie (handshake, name);

  g_assert_cmpstr (value, ==, expected);
}

static void
test_handshake (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (RocketIORequest) request = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_auto (Response) response = { 0 };
  RocketIOHandshake *handshake;
  g_autoptr (GUri) uri = NULL;
  guint version;

  peer_ask_websocket (peer, VISIT, HEADERS);
  peer_get_head (peer, &response);
  peer_send_text (peer, "{\"type\":\"__hello\",\"data\":{\"auth\":5}}");
  request = next_question ();
  handshake = rocketio_request_get_handshake (request);

  g_object_get (handshake, "version", &version, "uri", &uri, "peer-certificate", &certificate, NULL);
  g_assert_cmpuint (version, ==, 2);
  g_assert_cmpstr (g_uri_get_path (uri), ==, "/rocketio/ws");
  g_assert_null (certificate);
  assert_query (handshake, "room", "c");
  assert_query (handshake, "empty", "");
  assert_query (handshake, "roo", NULL);
  assert_cookie (handshake, "login", "secret of me");
  assert_cookie (handshake, "other", "1");
  assert_cookie (handshake, "log", NULL);
  assert_cookie (handshake, "Login", NULL);
  g_assert_cmpstr (rocketio_handshake_get_header (handshake, "x-two"), ==, "a, b");
  g_assert_null (rocketio_handshake_get_header (handshake, "X-Three"));
  g_assert_cmpint (json_node_get_int (rocketio_request_get_data (request)), ==, 5);
}

/* There is no query, and no cookie; it outlives the request and the server. */
static void
test_bare (Fixture       *fixture,
           gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autoptr (RocketIORequest) request = NULL;
  g_autoptr (RocketIOHandshake) handshake = NULL;

  client.peer = peer_new (fixture->port);
  peer_send (client.peer, "POST /rocketio/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 33\r\n\r\n%s",
             "{\"messages\":[{\"type\":\"__hello\"}]}");
  request = next_question ();
  handshake = g_object_ref (rocketio_request_get_handshake (request));
  rocketio_server_close (fixture->server);
  g_clear_pointer (&client.peer, peer_free);

  g_assert_cmpuint (rocketio_handshake_get_version (handshake), ==, 2);
  g_assert_cmpstr (g_uri_get_path (rocketio_handshake_get_uri (handshake)), ==, "/rocketio/send");
  assert_query (handshake, "room", NULL);
  assert_cookie (handshake, "login", NULL);
  g_assert_null (rocketio_handshake_get_peer_certificate (handshake));
}

static void
on_ask (RocketIOServer  *server,
        RocketIORequest *request,
        RocketIOSession *session,
        gpointer         user_data)
{
  g_assert_null (rocketio_request_get_handshake (request));
}

static void
test_other_request (Fixture       *fixture,
                    gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  g_signal_connect (fixture->server, "request::ask", G_CALLBACK (on_ask), NULL);
  say_hello (&client, fixture, "{}");
  allow_next ();
  expect_message (&client, "__welcome");
  peer_send_text (client.peer, "{\"type\":\"ask\",\"id\":1}");
  expect_message (&client, "__ack");
}

/* Version 1 */

static void
test_websocket_1 (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (RocketIORequest) request = next_question ();
  g_autofree char *id = NULL;

  g_assert_cmpuint (rocketio_handshake_get_version (rocketio_request_get_handshake (request)), ==, 1);
  g_assert_true (JSON_NODE_HOLDS_NULL (rocketio_request_get_data (request)));
  g_assert_true (peer_is_silent (peer, 20));
  rocketio_session_set_identity (rocketio_request_get_session (request), "me");
  rocketio_request_reply (request, NULL, NULL);

  id = peer_get_session (peer);
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"a\"}");
  wait_for_book (fixture, "opened a\n");
  g_assert_cmpstr (rocketio_session_get_identity (fixture->last), ==, "me");
  g_assert_cmpstr (rocketio_session_get_id (fixture->last), ==, id);
}

static void
test_websocket_1_refused (Fixture       *fixture,
                          gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_auto (Frame) frame = { 0 };

  refuse_next ("who are you?");
  peer_get_frame (peer, &frame);
  g_assert_cmpuint (frame.first & 15, ==, 8);
  peer_wait_for_end (peer);
  fixture_expect_book (fixture, "");
  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_NONE), ==, 0);
}

static void
test_comet_1 (Fixture       *fixture,
              gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *answer = NULL;
  g_autofree char *id = NULL;

  peer_poll (peer, "");
  allow_next ();
  answer = peer_get_poll (peer);
  g_assert_true (g_str_has_prefix (answer, "[{\"type\":\"__session_id\",\"data\":\""));
  id = g_strndup (answer + strlen ("[{\"type\":\"__session_id\",\"data\":\""), 32);

  /* Who is known is not asked again. */
  peer_poll (peer, id);
  peer_idle (20);
  g_assert_true (g_queue_is_empty (&questions));
  push (fixture, "hey");
  g_clear_pointer (&answer, g_free);
  answer = peer_get_poll (peer);
  g_assert_cmpstr (answer, ==, "[{\"type\":\"hey\",\"data\":null}]");
}

static void
test_comet_1_refused (Fixture       *fixture,
                      gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Response) response = { 0 };

      peer_poll (peer, "");
      refuse_next ("not \"you\"");
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 403);
      g_assert_cmpstr (response.body, ==, "\"not \\\"you\\\"\"");
    }
  fixture_expect_book (fixture, "");
}

/* The second poll for an id waits like the first: it is one session in the end. */
static void
test_comet_1_twice (Fixture       *fixture,
                    gconstpointer  unused)
{
  static const char id[] = "0123456789abcdef0123456789abcdef";
  g_autoptr (Peer) one = peer_new (fixture->port);
  g_autoptr (Peer) other = peer_new (fixture->port);
  g_autofree char *answer = NULL;

  peer_poll (one, id);
  peer_poll (other, id);
  allow_next ();
  answer = peer_get_poll (one);
  g_assert_nonnull (strstr (answer, id));
  allow_next ();
  push (fixture, "hey");
  g_clear_pointer (&answer, g_free);
  answer = peer_get_poll (other);
  g_assert_cmpstr (answer, ==, "[{\"type\":\"hey\",\"data\":null}]");
  g_assert_nonnull (rocketio_server_get_session (fixture->server, id));
  g_assert_cmpuint (g_list_model_get_n_items (rocketio_server_get_sessions (fixture->server)), ==, 1);
}

/* Who has gone meanwhile is nobody, whatever the app says. */
static void
test_gone (Fixture       *fixture,
           gconstpointer  unused)
{
  Peer *peers[] = {
    peer_new (fixture->port), peer_new_websocket (fixture->port, "/websocketio/io"), open_websocket (fixture),
  };

  peer_poll (peers[0], "");
  peer_send_text (peers[2], "{\"type\":\"__hello\"}");
  while (g_queue_get_length (&questions) < G_N_ELEMENTS (peers))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peer_reset (peers[i]);
  peer_idle (50);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    allow_next ();
  peer_idle (20);
  g_assert_cmpuint (g_list_model_get_n_items (rocketio_server_get_sessions (fixture->server)), ==, 0);
  fixture_expect_book (fixture, "");
}

/* What they may say */

static gboolean
authorize_cb (RocketIOServer  *server,
              RocketIOSession *session,
              const char      *name,
              gpointer         user_data)
{
  ++*(guint *) user_data;

  return FALSE;
}

static void
refuse_all_cb (RocketIOServer  *server,
               RocketIORequest *request,
               RocketIOSession *session,
               gpointer         user_data)
{
  g_assert_not_reached ();
}

static void
test_authorize_event (Fixture       *fixture,
                      gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  guint n_asked = 0;

  g_signal_connect (fixture->server, "authorize-event::echo", G_CALLBACK (authorize_cb), &n_asked);
  g_signal_connect (fixture->server, "request::echo", G_CALLBACK (refuse_all_cb), NULL);
  say_hello (&client, fixture, "{}");
  allow_next ();
  expect_message (&client, "__welcome");
  wait_for_book (fixture, "opened -\n");

  peer_send_text (client.peer, "{\"type\":\"echo\",\"n\":1}");
  expect_message (&client, "__refused");
  peer_send_text (client.peer, "{\"type\":\"echo\",\"n\":2,\"id\":7}");
  expect_message (&client, "__ack");
  peer_send_text (client.peer, "{\"type\":\"echo\",\"n\":3,\"bin\":true,\"data\":\"\"}");
  expect_message (&client, "__refused");
  peer_send_text (client.peer, "{\"type\":\"all\",\"n\":4}");
  expect_message (&client, "all");
  fixture_expect_book (fixture, "event all null\n");
  g_assert_cmpuint (n_asked, ==, 3);
}

static void
test_authorize_event_1 (Fixture       *fixture,
                        gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  guint n_asked = 0;

  g_signal_connect (fixture->server, "authorize-event::echo", G_CALLBACK (authorize_cb), &n_asked);
  allow_next ();
  g_free (peer_get_session (peer));
  peer_send_text (peer, "{\"type\":\"echo\"}");
  peer_send_text (peer, "{\"type\":\"all\"}");
  peer_expect_text (peer, "{\"type\":\"all\",\"data\":null}");
  fixture_expect_book (fixture, "opened -\nevent all null\n");
  g_assert_cmpuint (n_asked, ==, 1);
}

static gboolean
close_cb (RocketIOServer  *server,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  rocketio_session_close (session);

  return GPOINTER_TO_INT (user_data);
}

/* A handler that ends the session it is asked about, whatever it says then. */
static void
test_authorize_event_closing (Fixture       *fixture,
                              gconstpointer  unused)
{
  for (gboolean allow = FALSE; allow <= TRUE; allow++)
    {
      g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
      g_auto (Client) client = { NULL };
      gulong handler = g_signal_connect (fixture->server, "authorize-event", G_CALLBACK (close_cb),
                                         GINT_TO_POINTER (allow));

      allow_next ();
      g_free (peer_get_session (peer));
      peer_send_text (peer, "{\"type\":\"echo\"}");
      wait_for_book (fixture, "opened -\nclosed SERVER\n");

      say_hello (&client, fixture, "{}");
      allow_next ();
      expect_message (&client, "__welcome");
      peer_send_text (client.peer, "[{\"type\":\"echo\",\"n\":1},{\"type\":\"echo\",\"n\":2,\"id\":1}]");
      wait_for_book (fixture, "opened -\nclosed SERVER\n");
      g_signal_handler_disconnect (fixture->server, handler);
    }
}

#define add(path, func) g_test_add ("/server/authenticate/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("handshake", test_handshake);
  add ("bare", test_bare);
  add ("other-request", test_other_request);
  add ("websocket-1", test_websocket_1);
  add ("websocket-1-refused", test_websocket_1_refused);
  add ("comet-1", test_comet_1);
  add ("comet-1-refused", test_comet_1_refused);
  add ("comet-1-twice", test_comet_1_twice);
  add ("gone", test_gone);
  add ("authorize-event", test_authorize_event);
  add ("authorize-event-1", test_authorize_event_1);
  add ("authorize-event-closing", test_authorize_event_closing);

  return g_test_run ();
}
