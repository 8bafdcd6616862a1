/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <string.h>

/* The server to clients of version 2, by raw peers. */

/* WebSocket */

static void
test_settings (Fixture       *fixture,
               gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *paths;

  g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, &text), ==, 200);
  node = fixture_parse (text);
  g_assert_nonnull (strstr (text, "\"versions\":[1,2]"));
  paths = json_object_get_object_member (json_node_get_object (node), "paths");
  g_assert_cmpstr (json_object_get_string_member (paths, "ws"), ==, "/rocketio/ws");
  g_assert_cmpstr (json_object_get_string_member (paths, "send"), ==, "/rocketio/send");
  g_assert_cmpstr (json_object_get_string_member (paths, "sse"), ==, "/rocketio/sse");
  g_assert_cmpstr (json_object_get_string_member (paths, "poll"), ==, "/rocketio/poll");

  rocketio_server_set_comet (fixture->server, FALSE);
  g_clear_pointer (&text, g_free);
  peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, &text);
  g_assert_nonnull (strstr (text, "/rocketio/ws"));
  g_assert_null (strstr (text, "/rocketio/send"));
}

static void
test_subprotocol (Fixture       *fixture,
                  gconstpointer  unused)
{
  static const char * const headers[] = {
    "", "Sec-WebSocket-Protocol: chat\r\n", "Sec-WebSocket-Protocol: rocketio.v1, rocketio.v22\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_autofree char *all = g_strconcat ("Sec-WebSocket-Version: 13\r\n", headers[i], NULL);
      g_auto (Response) response = { 0 };

      peer_ask_websocket (peer, "/rocketio/ws", all);
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 400);
    }
}

static void
test_hello (Fixture       *fixture,
            gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  begin (&client, fixture, "{\"join\":[\"a\",\"b\"],\"client\":\"test\"}");
  assert_welcome (&client, FALSE, FALSE);
  g_assert_cmpuint (strlen (client.token), ==, 43);
  g_assert_nonnull (rocketio_server_get_session (fixture->server, client.id));
  expect_message (&client, "__joined");
  expect_message (&client, "__joined");
  wait_for_book (fixture, "opened b\n");

  peer_send_text (client.peer, "{\"type\":\"echo\",\"data\":[1],\"n\":1}");
  expect_message (&client, "echo");
  fixture_expect_book (fixture, "event echo [1]\n");
  expect_message (&client, "__ackn");
}

static void
test_no_hello (Fixture       *fixture,
               gconstpointer  unused)
{
  g_autoptr (Peer) peer = open_websocket (fixture);
  g_autoptr (Peer) binary = open_websocket (fixture);

  peer_send_text (peer, "{\"type\":\"echo\"}");
  expect_end (peer, 4400, "");
  peer_send_frame (binary, 0x82, "x", 1);
  expect_end (binary, 4400, "");
  fixture_expect_book (fixture, "");
}

static void
test_resume (Fixture       *fixture,
             gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *id = NULL;

  begin (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  id = g_strdup (client.id);
  peer_send_text (client.peer, "{\"type\":\"all\",\"n\":1}");
  expect_message (&client, "all");
  wait_for_book (fixture, "event all null\n");
  break_off (&client, fixture);
  push (fixture, "missed");
  push (fixture, "as-well");

  resume (&client, fixture);
  assert_welcome (&client, TRUE, TRUE);
  g_assert_cmpstr (client.id, ==, id);
  g_assert_nonnull (strstr (client.welcome, "\"ackn\":1,"));
  push (fixture, "new");
  expect_message (&client, "missed");
  expect_message (&client, "as-well");
  expect_message (&client, "new");
  wait_for_book (fixture, "resumed recovered\n");

  peer_send_text (client.peer, "[{\"type\":\"all\",\"n\":1},{\"type\":\"echo\",\"n\":2},{\"type\":\"__bye\"}]");
  wait_for_book (fixture, "event echo null\nclosed CLIENT\n");
  g_assert_null (rocketio_server_get_session (fixture->server, id));
}

/* It is somebody else without the token, and after a goodbye. */
static void
test_not_resumed (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *id = NULL;

  begin (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  break_off (&client, fixture);
  id = g_strdup (client.id);
  client.token[5] ^= 1;
  resume (&client, fixture);
  assert_welcome (&client, FALSE, FALSE);
  g_assert_cmpstr (client.id, !=, id);
  g_assert_nonnull (rocketio_server_get_session (fixture->server, id));
  wait_for_book (fixture, "opened -\n");

  peer_send_frame (client.peer, 0x88, "\x03\xe8", 2);
  wait_for_book (fixture, "closed CLIENT\n");
  resume (&client, fixture);
  assert_welcome (&client, FALSE, FALSE);
}

static void
test_take_over (Fixture       *fixture,
                gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autoptr (Peer) old = NULL;

  begin (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  old = g_steal_pointer (&client.peer);
  resume (&client, fixture);
  assert_welcome (&client, TRUE, TRUE);
  expect_end (old, 4501, "another connection");
  push (fixture, "a");
  expect_message (&client, "a");
  fixture_expect_book (fixture, "");
}

/* The end of a connection that is no goodbye. */
static void
test_detached (Fixture       *fixture,
               gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  begin (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  peer_half_close (client.peer);
  wait_for_book (fixture, "detached\n");
  resume (&client, fixture);
  wait_for_book (fixture, "resumed recovered\n");
  peer_send_frame (client.peer, 0x88, "\x0f\xa0", 2);
  wait_for_book (fixture, "detached\n");
  resume (&client, fixture);
  wait_for_book (fixture, "resumed recovered\n");
  peer_send_frame (client.peer, 0xc1, "x", 1);
  wait_for_book (fixture, "detached\n");
}

static void
test_window (Fixture       *fixture,
             gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  rocketio_server_set_resume_window (fixture->server, 1);
  begin (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  g_assert_nonnull (strstr (client.welcome, "\"window\":1,"));
  break_off (&client, fixture);
  wait_for_book (fixture, "closed TIMEOUT\n");
  resume (&client, fixture);
  assert_welcome (&client, FALSE, FALSE);
}

/* Neither version finds the sessions of the other. */
static void
test_versions (Fixture       *fixture,
               gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_auto (Client) thief = { NULL };
  g_autoptr (Peer) old = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) comet = peer_new (fixture->port);
  g_autoptr (Peer) websocket = NULL;
  g_autofree char *old_id = peer_get_session (old);
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  g_autofree char *third = NULL;
  g_autofree char *data = NULL;

  begin (&client, fixture, "{}");
  path = g_strconcat ("/websocketio/io/session=", client.id, NULL);
  websocket = peer_new_websocket (fixture->port, path);
  other = peer_get_session (websocket);
  g_assert_cmpstr (other, !=, client.id);
  g_assert_cmpuint (peer_post (comet, client.id, "[{\"type\":\"echo\"}]"), ==, 404);
  peer_poll (comet, client.id);
  third = peer_get_poll (comet);
  g_assert_null (strstr (third, client.id));

  data = g_strdup_printf ("{\"id\":\"%s\",\"token\":\"\"}", old_id);
  begin (&thief, fixture, data);
  assert_welcome (&thief, FALSE, FALSE);
  g_assert_cmpstr (thief.id, !=, old_id);
  wait_for_book (fixture, "opened -\nopened -\n");

  /* And nobody was disturbed by that. */
  push (fixture, "a");
  expect_message (&client, "a");
  peer_expect_text (old, "{\"type\":\"a\",\"data\":null}");
}

/* HTTP */

static void
test_send (Fixture       *fixture,
           gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  begin_by_post (&client, fixture, "{\"join\":[\"a\"]}");
  wait_for_book (fixture, "opened a\n");
  expect_ackn (&client, "[{\"type\":\"one\",\"n\":1},{\"type\":\"two\",\"n\":2}]",
               "[{\"type\":\"__ackn\",\"data\":{\"n\":2}}]");
  expect_ackn (&client, "[{\"type\":\"two\",\"n\":2},{\"type\":\"three\",\"n\":3}]",
               "[{\"type\":\"__ackn\",\"data\":{\"n\":3}}]");
  fixture_expect_book (fixture, "event one null\nevent two null\nevent three null\n");
  expect_ackn (&client, "[{\"type\":\"__bye\",\"n\":4}]", "[{\"type\":\"__ackn\",\"data\":{\"n\":4}}]");
  fixture_expect_book (fixture, "closed CLIENT\n");
  g_assert_cmpuint (send_messages (&client, "[]", NULL), ==, 404);
}

static void
test_send_refused (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *large = NULL;
  g_autofree char *message = NULL;

  rocketio_server_set_max_message_bytes (fixture->server, 1024);
  large = g_strnfill (1100, 'x');
  message = g_strdup_printf ("[{\"type\":\"a\",\"n\":1},{\"type\":\"%s\"}]", large);
  begin_by_post (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  g_assert_cmpuint (send_messages (&client, message, NULL), ==, 413);
  fixture_expect_book (fixture, "");

  g_assert_cmpuint (post (&client, "/rocketio/send", "nonsense", NULL), ==, 400);
  g_assert_cmpuint (post (&client, "/rocketio/send", "{}", NULL), ==, 400);
  g_assert_cmpuint (post (&client, "/rocketio/send", "{\"messages\":{}}", NULL), ==, 400);
  g_assert_cmpuint (post (&client, "/rocketio/send", "{\"messages\":[{\"type\":\"a\"}]}", NULL), ==, 404);
  client.token[0] ^= 1;
  g_assert_cmpuint (send_messages (&client, "[{\"type\":\"a\"}]", NULL), ==, 404);
  g_assert_cmpuint (peer_request (client.peer, "GET", "/rocketio/send", NULL, NULL, NULL), ==, 405);
  fixture_expect_book (fixture, "");

  rocketio_server_set_comet (fixture->server, FALSE);
  client.token[0] ^= 1;
  g_assert_cmpuint (send_messages (&client, "[{\"type\":\"a\"}]", NULL), ==, 404);
}

static void
test_poll (Fixture       *fixture,
           gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autoptr (Peer) second = peer_new (fixture->port);
  g_autofree char *first_pos = NULL;
  g_autofree char *second_pos = NULL;

  begin_by_post (&client, fixture, "{}");
  first_pos = g_strdup (client.pos);
  ask_poll (&client, client.peer, first_pos);
  g_assert_true (peer_is_silent (client.peer, 50));
  push (fixture, "a");
  push (fixture, "b");
  g_assert_cmpuint (get_answer (&client, client.peer, " a b"), ==, 200);
  second_pos = g_strdup (client.pos);

  /* The answer got lost: it comes again, and with what is new. */
  push (fixture, "c");
  ask_poll (&client, client.peer, first_pos);
  g_assert_cmpuint (get_answer (&client, client.peer, " a b c"), ==, 200);
  ask_poll (&client, client.peer, second_pos);
  g_assert_cmpuint (get_answer (&client, client.peer, " c"), ==, 200);

  /* A second poll replaces the first. */
  ask_poll (&client, client.peer, client.pos);
  g_assert_true (peer_is_silent (client.peer, 20));
  ask_poll (&client, second, client.pos);
  g_assert_cmpuint (get_answer (&client, client.peer, ""), ==, 200);
  push (fixture, "d");
  g_assert_cmpuint (get_answer (&client, second, " d"), ==, 200);

  /* What was confirmed is not there any more, and nonsense never was. */
  ask_poll (&client, client.peer, first_pos);
  g_assert_cmpuint (get_answer (&client, client.peer, NULL), ==, 409);
  ask_poll (&client, client.peer, "nonsense");
  g_assert_cmpuint (get_answer (&client, client.peer, NULL), ==, 409);
  client.token[0] ^= 1;
  ask_poll (&client, client.peer, client.pos);
  g_assert_cmpuint (get_answer (&client, client.peer, NULL), ==, 404);
  fixture_expect_book (fixture, "opened -\n");
}

static void
test_sse (Fixture       *fixture,
          gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autoptr (Peer) sender = NULL;

  begin_by_post (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  push (fixture, "before");
  sender = g_steal_pointer (&client.peer);
  client.peer = peer_new (fixture->port);
  g_assert_cmpuint (open_stream (&client, client.peer, client.ticket), ==, 200);
  expect_event (&client, "__heartbeat");
  expect_event (&client, "before");
  g_assert_cmpint (rocketio_session_get_transport (fixture->last), ==, ROCKETIO_TRANSPORT_TYPE_SSE);
  push (fixture, "after");
  expect_event (&client, "after");

  /* A ticket is good once. */
  {
    g_autoptr (Peer) thief = peer_new (fixture->port);

    g_assert_cmpuint (open_stream (&client, thief, client.ticket), ==, 403);
  }

  /* Its stream breaks, and it comes back by another hello. */
  break_off (&client, fixture);
  push (fixture, "missed");
  {
    g_autofree char *data =
      g_strdup_printf ("{\"id\":\"%s\",\"token\":\"%s\",\"pos\":\"%s\"}", client.id, client.token, client.pos);

    client.peer = g_steal_pointer (&sender);
    begin_by_post (&client, fixture, data);
    assert_welcome (&client, TRUE, TRUE);
    sender = g_steal_pointer (&client.peer);
  }
  wait_for_book (fixture, "resumed recovered\n");
  client.peer = peer_new (fixture->port);
  g_assert_cmpuint (open_stream (&client, client.peer, client.ticket), ==, 200);
  expect_event (&client, "__heartbeat");
  expect_event (&client, "missed");
  rocketio_session_close (fixture->last);
  expect_event (&client, "__disconnect");
  peer_wait_for_end (client.peer);
}

static void
test_bad_tickets (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  const char *tickets[] = { "", "nonsense", "%00", NULL, NULL };
  g_autofree char *wrong = NULL;

  begin_by_post (&client, fixture, "{}");
  wrong = g_strdup (client.ticket);
  wrong[40] = wrong[40] == 'A' ? 'B' : 'A';
  tickets[3] = client.id;
  tickets[4] = wrong;
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);

      g_assert_cmpuint (open_stream (&client, peer, tickets[i]), ==, 403);
    }
  g_assert_cmpuint (peer_request (client.peer, "GET", "/rocketio/sse", NULL, NULL, NULL), ==, 403);
}

/* From one transport to another, and nothing gets lost. */
static void
test_change (Fixture       *fixture,
             gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *pos = NULL;

  begin_by_post (&client, fixture, "{}");
  push (fixture, "a");
  ask_poll (&client, client.peer, client.pos);
  g_assert_cmpuint (get_answer (&client, client.peer, " a"), ==, 200);
  push (fixture, "b");
  resume (&client, fixture);
  assert_welcome (&client, TRUE, TRUE);
  expect_message (&client, "b");
  g_assert_cmpint (rocketio_session_get_transport (fixture->last), ==, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);

  pos = g_strdup (client.pos);
  push (fixture, "c");
  expect_message (&client, "c");
  {
    g_autoptr (Peer) websocket = g_steal_pointer (&client.peer);

    /* A poll of before that is late takes nothing over. */
    g_auto (Response) response = { 0 };

    client.peer = peer_new (fixture->port);
    ask_poll (&client, client.peer, pos);
    peer_get_response (client.peer, &response);
    g_assert_cmpuint (response.status, ==, 409);
    push (fixture, "d");
    g_assert_cmpint (rocketio_session_get_transport (fixture->last), ==, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
    peer_free (client.peer);
    client.peer = g_steal_pointer (&websocket);
    expect_message (&client, "d");
  }
  fixture_expect_book (fixture, "opened -\n");
}

/* Apps */

static gboolean
deny_cb (RocketIOServer  *server,
         RocketIOSession *session,
         const char      *channel,
         gpointer         user_data)
{
  return !g_str_has_prefix (channel, "private-");
}

static void
test_authorize (Fixture       *fixture,
                gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  g_signal_connect (fixture->server, "authorize-join", G_CALLBACK (deny_cb), NULL);
  begin (&client, fixture, "{\"join\":[\"private-a\",\"b\"]}");
  expect_message (&client, "__left");
  expect_message (&client, "__joined");
  peer_send_text (client.peer, "{\"type\":\"__join\",\"id\":1,\"data\":{\"ch\":\"private-c\"}}");
  expect_message (&client, "__ack");
  g_assert_cmpuint (rocketio_server_count_channel (fixture->server, "private-c", ROCKETIO_TRANSPORT_TYPE_NONE), ==, 0);
  g_assert_cmpuint (rocketio_server_count_channel (fixture->server, "b", ROCKETIO_TRANSPORT_TYPE_NONE), ==, 1);
  fixture_expect_book (fixture, "opened b\n");
}

static void
test_history (Fixture       *fixture,
              gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *text = NULL;

  rocketio_server_set_history (fixture->server, "news", 2);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("e%u", i);

      g_assert_true (rocketio_server_push_to_channel (fixture->server, "news", name, NULL, NULL));
    }
  begin (&client, fixture, "{\"join\":[{\"ch\":\"news\",\"history\":5}]}");
  text = peer_get_text (client.peer);
  g_assert_nonnull (strstr (text, "\"__joined\""));
  g_assert_null (strstr (text, "\"e0\""));
  g_assert_nonnull (strstr (text, "\"e1\""));
  g_assert_cmpint (strstr (text, "\"e2\"") - strstr (text, "\"e1\""), >, 0);
}

static void
sum_cb (RocketIOServer  *server,
        RocketIORequest *request,
        RocketIOSession *session,
        const char      *name,
        gpointer         user_data)
{
  rocketio_request_reply_json (request, "[3]", NULL);
}

static void
expect_ack (Client     *self,
            const char *part)
{
  g_autofree char *text = peer_get_text (self->peer);

  g_assert_nonnull (strstr (text, "\"type\":\"__ack\""));
  g_assert_nonnull (strstr (text, part));
}

static void
test_request (Fixture       *fixture,
              gconstpointer  unused)
{
  g_auto (Client) client = { NULL };

  g_signal_connect (fixture->server, "request::sum", G_CALLBACK (sum_cb), NULL);
  begin (&client, fixture, "{}");
  peer_send_text (client.peer, "{\"type\":\"sum\",\"id\":1,\"data\":[1,2]}");
  expect_ack (&client, "\"data\":{\"id\":1,\"data\":[3]}");
  peer_send_text (client.peer, "{\"type\":\"product\",\"id\":2}");
  expect_ack (&client, "{\"id\":2,\"error\":{\"code\":\"unknown-name\",");
  fixture_expect_book (fixture, "opened -\n");
}

static void
authenticate_cb (RocketIOServer  *server,
                 RocketIORequest *request,
                 RocketIOSession *session,
                 gpointer         user_data)
{
  const char *who = json_node_get_string (rocketio_request_get_data (request));

  if (g_strcmp0 (who, "me") != 0)
    {
      rocketio_request_fail (request, "denied", "who are you?", NULL);
      return;
    }

  rocketio_session_set_identity (session, who);
  rocketio_request_reply (request, NULL, NULL);
}

static void
test_authenticate (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_auto (Client) other = { NULL };

  g_signal_connect (fixture->server, "authenticate", G_CALLBACK (authenticate_cb), NULL);
  say_hello (&other, fixture, "{\"auth\":\"you\",\"join\":[\"a\"]}");
  expect_end (other.peer, 4503, "who are you?");
  fixture_expect_book (fixture, "");
  begin (&client, fixture, "{\"auth\":\"me\",\"join\":[\"a\"]}");
  wait_for_book (fixture, "opened a\n");
  g_assert_cmpstr (rocketio_session_get_identity (fixture->last), ==, "me");
}

static void
test_close_codes (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_auto (Client) polling = { NULL };

  begin (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  g_assert_true (rocketio_session_close_full (fixture->last, 4777, "enough", NULL));
  fixture_expect_book (fixture, "closed SERVER\n");
  expect_end (client.peer, 4777, "enough");

  begin_by_post (&polling, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  ask_poll (&polling, polling.peer, polling.pos);
  g_assert_true (peer_is_silent (polling.peer, 20));
  g_assert_true (rocketio_session_close_full (fixture->last, 4777, "enough", NULL));
  g_assert_cmpuint (get_answer (&polling, polling.peer, " __disconnect"), ==, 200);

  begin (&client, fixture, "{}");
  rocketio_server_close (fixture->server);
  expect_end (client.peer, 4000, "");
}

/* Whoever is closed as soon as it is there, or back. */
static void
close_new_cb (GListModel *model,
              guint       position,
              guint       removed,
              guint       added,
              gpointer    user_data)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (RocketIOSession) session = g_list_model_get_item (model, position + i);

      rocketio_session_close (session);
    }
}

static void
test_closed_at_once (Fixture       *fixture,
                     gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *answer = NULL;

  g_signal_connect (rocketio_server_get_sessions (fixture->server), "items-changed", G_CALLBACK (close_new_cb), NULL);
  client.peer = peer_new (fixture->port);
  g_assert_cmpuint (post (&client, "/rocketio/send", "{\"messages\":[{\"type\":\"__hello\"}]}", &answer), ==, 200);
  expect_array (&client, answer, " __disconnect");
  say_hello (&client, fixture, "{}");
  peer_wait_for_end (client.peer);
  fixture_expect_book (fixture, "");
}

static void
close_resumed_cb (RocketIOServer  *server,
                  RocketIOSession *session,
                  gboolean         recovered,
                  gpointer         user_data)
{
  rocketio_session_close (session);
}

static void
test_closed_when_back (Fixture       *fixture,
                       gconstpointer  unused)
{
  g_auto (Client) client = { NULL };
  g_autofree char *body = NULL;

  begin (&client, fixture, "{}");
  wait_for_book (fixture, "opened -\n");
  break_off (&client, fixture);
  g_signal_connect (fixture->server, "session-resumed", G_CALLBACK (close_resumed_cb), NULL);
  body = g_strdup_printf ("{\"messages\":[{\"type\":\"__hello\",\"data\":{\"id\":\"%s\",\"token\":\"%s\"}}]}",
                          client.id, client.token);
  client.peer = peer_new (fixture->port);
  g_assert_cmpuint (post (&client, "/rocketio/send", body, NULL), ==, 200);
  wait_for_book (fixture, "resumed anew\nclosed SERVER\n");
  g_assert_cmpuint (send_messages (&client, "[]", NULL), ==, 404);
}

#define add(name, func) g_test_add ("/server/2/" name, Fixture, NULL, client_fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("settings", test_settings);
  add ("subprotocol", test_subprotocol);
  add ("hello", test_hello);
  add ("no-hello", test_no_hello);
  add ("resume", test_resume);
  add ("not-resumed", test_not_resumed);
  add ("take-over", test_take_over);
  add ("detached", test_detached);
  add ("window", test_window);
  add ("versions", test_versions);
  add ("send", test_send);
  add ("send-refused", test_send_refused);
  add ("poll", test_poll);
  add ("sse", test_sse);
  add ("bad-tickets", test_bad_tickets);
  add ("change", test_change);
  add ("authorize", test_authorize);
  add ("history", test_history);
  add ("request", test_request);
  add ("authenticate", test_authenticate);
  add ("close-codes", test_close_codes);
  add ("closed-at-once", test_closed_at_once);
  add ("closed-when-back", test_closed_when_back);

  return g_test_run ();
}
