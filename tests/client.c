/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <string.h>

#define VERSION_2 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, rocketio.v2\r\n"

void
client_clear (Client *self)
{
  g_clear_pointer (&self->peer, peer_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->pos, g_free);
  g_clear_pointer (&self->ticket, g_free);
  g_clear_pointer (&self->welcome, g_free);
}

static void
detached_cb (RocketIOServer  *server,
             RocketIOSession *session,
             Fixture         *fixture)
{
  g_assert_cmpint (rocketio_session_get_transport (session), ==, ROCKETIO_TRANSPORT_TYPE_NONE);
  g_string_append (fixture->book, "detached\n");
}

static void
resumed_cb (RocketIOServer  *server,
            RocketIOSession *session,
            gboolean         recovered,
            Fixture         *fixture)
{
  g_string_append (fixture->book, recovered ? "resumed recovered\n" : "resumed anew\n");
}

void
client_fixture_set_up (Fixture       *fixture,
        gconstpointer  unused)
{
  fixture_set_up (fixture, unused);
  g_signal_connect (fixture->server, "session-detached", G_CALLBACK (detached_cb), fixture);
  g_signal_connect (fixture->server, "session-resumed", G_CALLBACK (resumed_cb), fixture);
}

static gboolean
book_has_cb (gpointer user_data)
{
  gpointer *data = user_data;

  return strlen (((Fixture *) data[0])->book->str) >= strlen (data[1]);
}

void
wait_for_book (Fixture    *fixture,
               const char *expected)
{
  gpointer data[] = { fixture, (gpointer) expected };

  peer_wait_for (book_has_cb, data, PEER_PATIENCE);
  fixture_expect_book (fixture, expected);
}

void
push (Fixture    *fixture,
      const char *event)
{
  g_autoptr (GError) error = NULL;

  rocketio_server_push (fixture->server, event, NULL, &error);
  g_assert_no_error (error);
}

static JsonObject *
get_data (JsonNode *message)
{
  JsonNode *data = json_object_get_member (json_node_get_object (message), "data");

  return JSON_NODE_HOLDS_OBJECT (data) ? json_node_get_object (data) : NULL;
}

static void
set_string (char       **string,
            JsonObject  *object,
            const char  *name)
{
  if (object == NULL || !json_object_has_member (object, name))
    return;

  g_free (*string);
  *string = g_strdup (json_object_get_string_member (object, name));
}

/* The name of the message; what it tells of the client is kept. */
static char *
take_message (Client   *self,
              JsonNode *message)
{
  JsonObject *object = json_node_get_object (message);
  const char *type = json_object_get_string_member (object, "type");

  set_string (&self->pos, object, "pos");
  if (g_str_equal (type, "__welcome"))
    {
      g_free (self->welcome);
      self->welcome = json_to_string (message, FALSE);
      set_string (&self->id, get_data (message), "id");
      set_string (&self->token, get_data (message), "token");
      set_string (&self->pos, get_data (message), "pos");
      set_string (&self->ticket, get_data (message), "ticket");
    }

  return g_strdup (type);
}

void
expect_message (Client     *self,
                const char *type)
{
  g_autofree char *text = peer_get_text (self->peer);
  g_autoptr (JsonNode) node = fixture_parse (text);
  g_autofree char *got = take_message (self, node);

  g_assert_cmpstr (got, ==, type);
}

void
expect_array (Client     *self,
              const char *text,
              const char *types)
{
  g_autoptr (JsonNode) node = fixture_parse (text);
  JsonArray *array = json_node_get_array (node);
  g_autoptr (GString) got = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *type = take_message (self, json_array_get_element (array, i));

      g_string_append_printf (got, " %s", type);
    }
  g_assert_cmpstr (got->str, ==, types);
}

void
expect_end (Peer       *peer,
            guint       code,
            const char *reason)
{
  g_autofree char *data =
    g_strdup_printf ("{\"type\":\"__disconnect\",\"data\":{\"code\":%u,\"reason\":\"%s", code, reason);
  g_autofree char *text = peer_get_text (peer);
  g_auto (Frame) frame = { 0 };

  g_assert_true (g_str_has_prefix (text, data));
  peer_get_frame (peer, &frame);
  g_assert_cmphex (frame.first, ==, 0x88);
  g_assert_cmpuint ((guint8) frame.payload[0] << 8 | (guint8) frame.payload[1], ==, code);
  g_assert_true (g_str_has_prefix (frame.payload + 2, reason));
  peer_wait_for_end (peer);
}

Peer *
open_websocket (Fixture *fixture)
{
  Peer *peer = peer_new (fixture->port);
  g_auto (Response) response = { 0 };

  peer_ask_websocket (peer, "/rocketio/ws", VERSION_2);
  peer_get_head (peer, &response);
  g_assert_cmpuint (response.status, ==, 101);
  g_assert_cmpstr (response_get (&response, "Sec-WebSocket-Protocol"), ==, "rocketio.v2");

  return peer;
}

void
say_hello (Client     *self,
           Fixture    *fixture,
           const char *data)
{
  g_clear_pointer (&self->peer, peer_free);
  self->peer = open_websocket (fixture);
  peer_send_text (self->peer, "{\"type\":\"__hello\",\"data\":%s}", data);
}

void
begin (Client     *self,
       Fixture    *fixture,
       const char *data)
{
  say_hello (self, fixture, data);
  expect_message (self, "__welcome");
}

void
resume (Client  *self,
        Fixture *fixture)
{
  g_autofree char *data =
    g_strdup_printf ("{\"id\":\"%s\",\"token\":\"%s\",\"pos\":\"%s\"}", self->id, self->token, self->pos);

  begin (self, fixture, data);
}

void
assert_welcome (Client   *self,
                gboolean  resumed,
                gboolean  recovered)
{
  g_autofree char *text = g_strdup_printf ("\"resumed\":%s,\"recovered\":%s,", resumed ? "true" : "false",
                                           recovered ? "true" : "false");

  g_assert_nonnull (strstr (self->welcome, text));
}

void
break_off (Client  *self,
           Fixture *fixture)
{
  peer_reset (g_steal_pointer (&self->peer));
  wait_for_book (fixture, "detached\n");
}

guint
post (Client      *self,
      const char  *path,
      const char  *body,
      char       **answer)
{
  return peer_request (self->peer, "POST", path, "Content-Type: text/plain\r\n", body, answer);
}

void
begin_by_post (Client     *self,
               Fixture    *fixture,
               const char *data)
{
  g_autofree char *body = g_strdup_printf ("{\"messages\":[{\"type\":\"__hello\",\"data\":%s}]}", data);
  g_autofree char *answer = NULL;

  if (self->peer == NULL)
    self->peer = peer_new (fixture->port);
  g_assert_cmpuint (post (self, "/rocketio/send", body, &answer), ==, 200);
  expect_array (self, answer, " __welcome");
  g_assert_nonnull (self->ticket);
}

guint
send_messages (Client      *self,
               const char  *messages,
               char       **answer)
{
  g_autofree char *body =
    g_strdup_printf ("{\"id\":\"%s\",\"token\":\"%s\",\"messages\":%s}", self->id, self->token, messages);

  return post (self, "/rocketio/send", body, answer);
}

void
expect_ackn (Client     *self,
             const char *messages,
             const char *answer)
{
  g_autofree char *got = NULL;

  g_assert_cmpuint (send_messages (self, messages, &got), ==, 200);
  g_assert_cmpstr (got, ==, answer);
}

void
ask_poll (Client     *self,
          Peer       *peer,
          const char *pos)
{
  g_autofree char *body =
    g_strdup_printf ("{\"id\":\"%s\",\"token\":\"%s\",\"pos\":\"%s\"}", self->id, self->token, pos);

  peer_send (peer, "POST /rocketio/poll HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
             strlen (body), body);
}

guint
get_answer (Client     *self,
            Peer       *peer,
            const char *types)
{
  g_auto (Response) response = { 0 };

  peer_get_response (peer, &response);
  if (response.status == 200)
    expect_array (self, response.body, types);

  return response.status;
}

void
expect_event (Client     *self,
              const char *type)
{
  const char *end, *data;
  g_autofree char *text = NULL;
  g_autofree char *got = NULL;
  g_autoptr (JsonNode) node = NULL;

  while ((end = g_strstr_len ((char *) self->peer->in->data, self->peer->in->len, "\n\n")) == NULL)
    {
      g_assert_false (self->peer->ended);
      peer_need (self->peer, self->peer->in->len + 1);
    }
  text = g_strndup ((char *) self->peer->in->data, end - (char *) self->peer->in->data);
  peer_take (self->peer, strlen (text) + 2);
  data = strstr (text, "data: ");
  g_assert_nonnull (data);
  node = fixture_parse (data + strlen ("data: "));
  got = take_message (self, node);
  g_assert_cmpstr (got, ==, type);
  if (data > text)
    {
      g_autofree char *id = g_strdup_printf ("id: %s\n", self->pos);

      g_assert_true (g_str_has_prefix (text, id));
    }
}

guint
open_stream (Client     *self,
             Peer       *peer,
             const char *ticket)
{
  g_auto (Response) response = { 0 };

  peer_send (peer, "GET /rocketio/sse?ticket=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", ticket);
  peer_get_head (peer, &response);
  if (response.status == 200)
    {
      g_assert_cmpstr (response_get (&response, "Content-Type"), ==, "text/event-stream");
      g_assert_cmpstr (response_get (&response, "Cache-Control"), ==, "no-store");
      g_assert_null (response_get (&response, "Content-Length"));
    }

  return response.status;
}
