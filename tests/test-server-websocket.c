/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-deflate-private.h"
#include "server-fixture.h"

#include <string.h>

#define OTHER_ID "0123456789abcdef0123456789abcdef"

/* The handshake */

static void
test_handshake (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) response = { 0 };
  g_autofree char *id = NULL;

  /* Subprotocols and extensions that a client offers are not chosen. */
  peer_ask_websocket (peer, "/websocketio/io",
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, rocketio.v2\r\n"
                      "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  peer_get_head (peer, &response);
  g_assert_cmpuint (response.status, ==, 101);
  g_assert_cmpstr (response_get (&response, "Sec-WebSocket-Accept"), ==, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  g_assert_cmpint (g_ascii_strcasecmp (response_get (&response, "Upgrade"), "websocket"), ==, 0);
  g_assert_cmpint (g_ascii_strcasecmp (response_get (&response, "Connection"), "upgrade"), ==, 0);
  g_assert_null (response_get (&response, "Sec-WebSocket-Protocol"));
  g_assert_null (response_get (&response, "Sec-WebSocket-Extensions"));
  g_assert_null (response_get (&response, "Content-Length"));

  id = peer_get_session (peer);
  g_assert_cmpuint (strspn (id, "0123456789abcdef"), ==, 32);
  g_assert_nonnull (rocketio_server_get_session (fixture->server, id));
}

static const struct
{
  const char *request;
  guint       status;
  const char *header;
  const char *value;
  const char *text;
} refusals[] = {
  { "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n",
    426, "Sec-WebSocket-Version", "13", "version 8" },
  { "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    426, "Sec-WebSocket-Version", "13", "13" },
  { "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n",
    400, NULL, NULL, "" },
  { "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\n\r\n", 426, "Upgrade", "websocket", "WebSocket" },
  { "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    426, "Upgrade", "websocket", "WebSocket" },
  { "POST /websocketio/io HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 405, "Allow", "GET", "POST" },
  { "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate;\r\n\r\n",
    400, NULL, NULL, "Extensions" },
  { "DELETE /websocketio/io/session=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "Allow", "GET", "DELETE" },
  { "GET /websocketio/iox HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, NULL, NULL, "" },
  { "GET /websocketio HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, NULL, NULL, "" },
};

static void
test_refused_handshakes (Fixture       *fixture,
                         gconstpointer  unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_auto (Response) response = { 0 };

      g_test_message ("%s", refusals[i].request);
      peer_send (peer, "%s", refusals[i].request);
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, refusals[i].status);
      g_assert_nonnull (strstr (response.body, refusals[i].text));
      if (refusals[i].header != NULL)
        g_assert_cmpstr (response_get (&response, refusals[i].header), ==, refusals[i].value);
    }

  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_NONE), ==, 0);
}

/* Compression, RFC 7692 */

#define OFFER  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
#define AGREED "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

static void
ask_for_deflate (Peer       *peer,
                 const char *target,
                 const char *headers)
{
  g_auto (Response) response = { 0 };
  g_autofree char *all = g_strconcat (OFFER, headers, NULL);

  peer_ask_websocket (peer, target, all);
  peer_get_head (peer, &response);
  g_assert_cmpuint (response.status, ==, 101);
  g_assert_cmpstr (response_get (&response, "Sec-WebSocket-Extensions"), ==, AGREED);
}

/* Of the next frame, which is compressed. */
static char *
get_packed (Peer *peer)
{
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  g_auto (Frame) frame = { 0 };

  peer_get_frame (peer, &frame);
  g_assert_cmphex (frame.first, ==, 0xc1);
  g_assert_cmpint (rocketio_deflate_unpack (deflate, (const guint8 *) frame.payload, frame.length, 10000, payload), ==,
                   ROCKETIO_DEFLATE_DONE);

  return g_strndup ((const char *) payload->data, payload->len);
}

static void
send_packed (Peer       *peer,
             const char *text)
{
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autoptr (GBytes) packed = rocketio_deflate_pack (deflate, text, strlen (text));

  g_assert_nonnull (packed);
  peer_send_frame (peer, 0xc1, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
}

static void
test_compression (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_autoptr (Peer) packed = peer_new (fixture->port);
  g_autoptr (Peer) plain = NULL;
  g_autofree char *filler = g_strnfill (500, 'x');
  g_autofree char *envelope = g_strdup_printf ("{\"type\":\"all\",\"data\":\"%s\"}", filler);
  g_autofree char *session = NULL;
  g_autofree char *other = NULL;
  g_autofree char *got = NULL;

  g_assert_false (rocketio_server_get_compression (fixture->server));
  rocketio_server_set_compression (fixture->server, TRUE);
  g_assert_true (rocketio_server_get_compression (fixture->server));
  ask_for_deflate (packed, "/websocketio/io", "");
  session = peer_get_session (packed);
  plain = peer_new_websocket (fixture->port, "/websocketio/io");
  other = peer_get_session (plain);

  send_packed (packed, envelope);
  got = get_packed (packed);
  g_assert_cmpstr (got, ==, envelope);
  peer_expect_text (plain, envelope);

  /* What is off goes for those who come afterwards. */
  rocketio_server_set_compression (fixture->server, FALSE);
  send_packed (packed, envelope);
  g_free (g_steal_pointer (&got));
  got = get_packed (packed);
  g_assert_cmpstr (got, ==, envelope);
}

static void
test_compression_2 (Fixture       *fixture,
                    gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *filler = g_strnfill (500, 'x');
  g_autofree char *envelope = g_strdup_printf ("{\"type\":\"echo\",\"data\":\"%s\"}", filler);
  g_autofree char *welcome = NULL;
  g_autofree char *got = NULL;

  rocketio_server_set_compression (fixture->server, TRUE);
  ask_for_deflate (peer, "/rocketio/ws", "Sec-WebSocket-Protocol: rocketio.v2\r\n");
  peer_send_text (peer, "{\"type\":\"__hello\",\"data\":{\"v\":2}}");
  welcome = peer_get_text (peer);
  g_assert_nonnull (strstr (welcome, "__welcome"));

  send_packed (peer, envelope);
  got = get_packed (peer);
  g_assert_true (g_str_has_prefix (got, "{\"seq\":"));
  g_assert_true (g_str_has_suffix (got, envelope + 1));
}

/* A small message that inflates to more than max-message-bytes. */
static void
test_bomb (Fixture       *fixture,
           gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *filler = g_strnfill (2000, 'x');
  g_autofree char *envelope = g_strdup_printf ("{\"type\":\"echo\",\"data\":\"%s\"}", filler);
  g_autofree char *session = NULL;
  g_auto (Frame) frame = { 0 };

  rocketio_server_set_compression (fixture->server, TRUE);
  rocketio_server_set_max_message_bytes (fixture->server, 2000);
  ask_for_deflate (peer, "/websocketio/io", "");
  session = peer_get_session (peer);
  send_packed (peer, envelope);
  peer_get_frame (peer, &frame);
  g_assert_cmphex (frame.first, ==, 0x88);
  g_assert_cmpuint ((guint8) frame.payload[0] << 8 | (guint8) frame.payload[1], ==, 1009);
  peer_wait_for_end (peer);
  g_assert_cmpuint (fixture->n_events, ==, 0);
}

/* The id in the path */

static const struct
{
  const char *path;
  gboolean    is_taken;
} paths[] = {
  { "/websocketio/io/session=" OTHER_ID, TRUE },
  { "/websocketio/io/session==" OTHER_ID, TRUE },
  { "//websocketio/io/session=" OTHER_ID, TRUE },
  { "/websocketio/io/session=" OTHER_ID "?x=1", TRUE },
  { "/websocketio/io", FALSE },
  { "/websocketio/io/", FALSE },
  { "/websocketio/io?session=" OTHER_ID, FALSE },
  { "/websocketio/io/a/session=" OTHER_ID, FALSE },
  { "/websocketio/io/session=", FALSE },
  { "/websocketio/io/session", FALSE },
  { "/websocketio/io/session=me", FALSE },
  { "/websocketio/io/session=" OTHER_ID "/", FALSE },
  { "/websocketio/io/session=0123456789ABCDEF0123456789ABCDEF", FALSE },
  { "/websocketio/io/session=" OTHER_ID "0", FALSE },
  { "/websocketio/io/session=%3Cscript%3E", FALSE },
};

static void
test_paths (Fixture       *fixture,
            gconstpointer  unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (Peer) peer = NULL;
      g_autofree char *id = NULL;

      g_test_message ("%s", paths[i].path);
      peer = peer_new_websocket (fixture->port, paths[i].path);
      id = peer_get_session (peer);
      if (paths[i].is_taken)
        g_assert_cmpstr (id, ==, OTHER_ID);
      else
        g_assert_cmpstr (id, !=, OTHER_ID);
    }
}

static void
test_take_over (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) old = peer_new_websocket (fixture->port, "/websocketio/io/session=" OTHER_ID);
  g_autoptr (Peer) new = NULL;
  g_autoptr (RocketIOSession) session = NULL;
  g_autofree char *id = peer_get_session (old);
  g_autofree char *again = NULL;
  g_auto (Frame) frame = { 0 };

  peer_send_text (old, "{\"type\":\"__channel_id\",\"data\":\"a\"}");
  peer_wait_for_count (&fixture->n_opened, 1);
  session = g_object_ref (fixture->last);

  new = peer_new_websocket (fixture->port, "/websocketio/io/session=" OTHER_ID);
  again = peer_get_session (new);
  g_assert_cmpstr (again, ==, id);
  peer_get_frame (old, &frame);
  g_assert_cmphex (frame.first, ==, 0x88);
  peer_wait_for_end (old);

  /* It is the session it was, in its channel, and is not opened again. */
  g_assert_true (rocketio_server_get_session (fixture->server, id) == session);
  g_assert_cmpstr (rocketio_session_get_channel (session), ==, "a");
  peer_send_text (new, "{\"type\":\"__channel_id\",\"data\":\"a\"}");
  peer_send_text (new, "{\"type\":\"echo\",\"data\":1}");
  peer_expect_text (new, "{\"type\":\"echo\",\"data\":1}");
  g_assert_true (fixture->last == session);
  fixture_expect_book (fixture, "opened a\nevent echo 1\n");
  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_NONE), ==, 1);
}

/* Messages */

static void
test_session_id_comes_first (Fixture       *fixture,
                             gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  g_autofree char *again = NULL;

  /* The EventMachine client asks for it: what came with the handshake it has lost. */
  peer_send_text (peer, "{\"type\":\"__session_id\",\"session\":\"nonsense\"}");
  again = peer_get_session (peer);
  g_assert_cmpstr (again, ==, id);
  g_assert_cmpuint (fixture->n_opened, ==, 0);
}

static void
greet_cb (RocketIOServer  *server,
          RocketIOSession *session,
          gpointer         user_data)
{
  rocketio_server_push_to_channel (server, "", "greeting", NULL, NULL);
}

static void
notify_cb (RocketIOSession *session,
           GParamSpec      *pspec,
           guint           *n)
{
  (*n)++;
}

static void
test_channel (Fixture       *fixture,
              gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  RocketIOSession *session = rocketio_server_get_session (fixture->server, id);
  g_auto (GStrv) channels = NULL;
  guint n = 0;

  /* What is pushed to the channel while the session is being opened gets there; "" is a channel like any other. */
  g_signal_connect (fixture->server, "session-opened", G_CALLBACK (greet_cb), NULL);
  g_signal_connect (session, "notify::channel", G_CALLBACK (notify_cb), &n);
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"\",\"session\":\"%s\"}", id);
  peer_expect_text (peer, "{\"type\":\"greeting\",\"data\":null}");
  fixture_expect_book (fixture, "opened \n");
  g_assert_cmpuint (n, ==, 1);

  /* A repetition moves it. */
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"\"}");
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"b\"}");
  peer_send_text (peer, "{\"type\":\"echo\"}");
  peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
  g_assert_cmpstr (rocketio_session_get_channel (session), ==, "b");
  channels = rocketio_server_dup_channels (fixture->server);
  g_assert_cmpuint (g_strv_length (channels), ==, 1);
  g_assert_cmpstr (channels[0], ==, "b");
  g_assert_cmpuint (n, ==, 2);

  /* Null is no channel, and so is what is no string. */
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":null}");
  peer_send_text (peer, "{\"type\":\"echo\"}");
  peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
  g_assert_null (rocketio_session_get_channel (session));
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":5}");
  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":{\"a\":[]}}");
  peer_send_text (peer, "{\"type\":\"__channel_id\"}");
  peer_send_text (peer, "{\"type\":\"echo\"}");
  peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
  g_assert_null (rocketio_session_get_channel (session));
  fixture_expect_book (fixture, "event echo null\nevent echo null\nevent echo null\n");
  g_signal_handlers_disconnect_by_data (session, &n);
}

static void
test_null_channel_opens (Fixture       *fixture,
                         gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");

  peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":null}");
  peer_wait_for_count (&fixture->n_opened, 1);
  fixture_expect_book (fixture, "opened -\n");
}

static void
test_event_opens (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");

  /* The npm client tells no channel. */
  peer_send_text (peer, "{\"type\":\"hello\",\"data\":{\"a\":1}}");
  peer_wait_for_count (&fixture->n_events, 1);
  fixture_expect_book (fixture, "opened -\nevent hello {\"a\":1}\n");
}

static void
test_time_opens (Fixture       *fixture,
                 gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  gint64 start = g_get_monotonic_time ();

  peer_send_text (peer, "{\"type\":\"__heartbeat\",\"data\":{\"time\":1}}");
  peer_wait_for_count (&fixture->n_opened, 1);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 2900000);
  fixture_expect_book (fixture, "opened -\n");
}

static const char * const ignored[] = {
  "123", "true", "\"abc\"", "null", "[1]", "{}", "[]", "{\"type\":null}", "{\"type\":5}", "{\"type\":[\"echo\"]}",
  "{\"type\":\"\"}", "{\"data\":1}", "", " ", "{", "}", "echo", "{\"type\":\"echo\",}", "{'type':'echo'}",
  "{\"type\":\"echo\",\"data\":01}", "{\"type\":\"echo\",\"data\":1e400}", "{\"type\":\"echo\",\"data\":NaN}",
  "{\"type\":\"echo\",\"data\":\"\\u0000\"}", "{\"type\":\"echo\",\"data\":\"\\udc00x\"}",
  "{\"type\":\"echo\",\"data\":\"\\ud800\"}", "{\"type\":\"echo\"} {\"type\":\"echo\"}", "{\"type\":\"echo\"}x",
  "{\"type\":\"connect\"}", "{\"type\":\"disconnect\"}", "{\"type\":\"disconnect\",\"data\":{\"session\":\"x\"}}",
  "{\"type\":\"*\",\"data\":\"disconnect\"}", "{\"type\":\"*\",\"data\":{}}", "{\"type\":\"error\"}",
  "{\"type\":\"start\"}", "{\"type\":\"__connect\"}", "{\"type\":\"__close\"}", "{\"type\":\"__\"}",
  "{\"type\":\"__heartbeat\",\"data\":{\"time\":1}}", "{\"type\":\"__heartbeat\"}",
  "{\"type\":\"__channel_id_\",\"data\":\"x\"}", "{\"type\":\"\\u005f\\u005fconnect\"}",
};

static void
test_bad_messages (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  g_autofree char *deep = g_strnfill (100000, '[');

  /* None is answered, none reaches the app, and none is the end. */
  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    peer_send_text (peer, "%s", ignored[i]);
  peer_send_text (peer, "%s", deep);
  peer_send_text (peer, "{\"type\":\"echo\",\"data\":%s}", deep);
  peer_send_frame (peer, 0x82, "{\"type\":\"echo\"}", 15);
  g_assert_cmpuint (fixture->n_opened, ==, 0);
  peer_send_text (peer, "{\"type\":\"echo\",\"data\":\"end\",\"more\":{}}");
  peer_expect_text (peer, "{\"type\":\"echo\",\"data\":\"end\"}");
  fixture_expect_book (fixture, "opened -\nevent echo \"end\"\n");
}

static const struct
{
  const char *in;
  const char *out;
} values[] = {
  { "18446744073709551616", "18446744073709551616" },
  { "9223372036854775807", "9223372036854775807" },
  { "-9223372036854775808", "-9223372036854775808" },
  { "1e308", "1e+308" },
  { "0.1", "0.1" },
  { "\"a\\/b\"", "\"a/b\"" },
  { "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" },
  { "\"\xe2\x80\xa8\"", "\"\xe2\x80\xa8\"" },
  { "\"\\n\\u001f\\\"\\\\\"", "\"\\n\\u001f\\\"\\\\\"" },
  { "{\"a\":1,\"b\":[],\"a\":2}", "{\"a\":2,\"b\":[]}" },
};

static void
test_values_reach_another (Fixture       *fixture,
                           gconstpointer  unused)
{
  g_autoptr (Peer) sender = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) other = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (other);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = NULL;
      g_autoptr (JsonNode) got = NULL;
      g_autoptr (JsonNode) expected = fixture_parse (values[i].out);
      JsonNode *data;

      g_test_message ("%s", values[i].in);
      peer_send_text (sender, "{\"type\":\"all\",\"data\":%s}", values[i].in);
      text = peer_get_text (other);
      got = fixture_parse (text);
      data = json_object_get_member (json_node_get_object (got), "data");
      if (i == 0)    /* json-glib, of all things, cannot read this one */
        g_assert_nonnull (strstr (text, "1.8446744073709552e"));
      else
        g_assert_true (json_node_equal (data, expected));
    }
}

static void
named_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          guint           *n)
{
  g_assert_cmpstr (name, ==, "named");
  (*n)++;
}

static void
test_details (Fixture       *fixture,
              gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  guint n = 0;
  gulong handler = g_signal_connect (fixture->server, "event::named", G_CALLBACK (named_cb), &n);

  /* Names that nobody has asked for reach `event` alone, and leave nothing behind. */
  peer_send_text (peer, "{\"type\":\"named\"}");
  for (guint i = 0; i < 50; i++)
    peer_send_text (peer, "{\"type\":\"unheard-of-%u\"}", i);
  peer_wait_for_count (&fixture->n_events, 51);
  g_assert_cmpuint (n, ==, 1);
  g_assert_nonnull (strstr (fixture->book->str, "event unheard-of-49 null\n"));
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("unheard-of-%u", i);

      g_assert_cmpuint (g_quark_try_string (name), ==, 0);
    }
  g_signal_handler_disconnect (fixture->server, handler);
}

/* Frames */

static void
test_fragments (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  g_auto (Frame) pong = { 0 };

  peer_send_frame (peer, 0x01, "{\"type\":\"ec", 11);
  peer_send_frame (peer, 0x89, "are you there", 13);
  peer_send_frame (peer, 0x00, "", 0);
  peer_send_frame (peer, 0x80, "ho\"}", 4);
  peer_get_frame (peer, &pong);
  g_assert_cmphex (pong.first, ==, 0x8a);
  g_assert_cmpstr (pong.payload, ==, "are you there");
  peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
}

static const struct
{
  guint8      first;
  const char *payload;
  gssize      length;
  guint       code;
  const char *book;
} endings[] = {
  { 0x88, "\x03\xe8", 2, 1000, "closed CLIENT\n" },
  { 0x88, "\x0b\xb8" "bye", 5, 3000, "closed CLIENT\n" },
  { 0x88, "", 0, 1000, "closed CLIENT\n" },
  { 0x88, "\x03\xe7", 2, 1002, "closed PROTOCOL\n" },
  { 0x81, "\xff", 1, 1007, "closed PROTOCOL\n" },
  { 0x83, "", 0, 1002, "closed PROTOCOL\n" },
  { 0xc1, "", 0, 1002, "closed PROTOCOL\n" },
  { 0x80, "", 0, 1002, "closed PROTOCOL\n" },
  { 0x09, "", 0, 1002, "closed PROTOCOL\n" },
  { 0x81, NULL, 131073, 1009, "closed PROTOCOL\n" },
};

static void
test_endings (Fixture       *fixture,
              gconstpointer  unused)
{
  g_autofree char *filler = g_strnfill (200000, ' ');

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
      g_autofree char *id = peer_get_session (peer);
      g_auto (Frame) frame = { 0 };

      peer_send_text (peer, "{\"type\":\"__channel_id\"}");
      peer_wait_for_count (&fixture->n_opened, i + 1);
      g_string_truncate (fixture->book, 0);
      peer_send_frame (peer, endings[i].first, endings[i].payload != NULL ? endings[i].payload : filler,
                       endings[i].length);
      peer_get_frame (peer, &frame);
      g_assert_cmphex (frame.first, ==, 0x88);
      g_assert_cmpuint (frame.length, >=, 2);
      g_assert_cmpuint ((guint8) frame.payload[0] << 8 | (guint8) frame.payload[1], ==, endings[i].code);
      peer_wait_for_end (peer);
      g_assert_cmpuint (peer->in->len, ==, 0);
      fixture_expect_book (fixture, endings[i].book);
    }
}

static void
test_unmasked (Fixture       *fixture,
               gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  g_auto (Frame) frame = { 0 };

  peer_send_bytes (peer, "\x81\x02{}", 4);
  peer_get_frame (peer, &frame);
  g_assert_cmphex (frame.first, ==, 0x88);
  g_assert_cmpint (memcmp (frame.payload, "\x03\xea", 2), ==, 0);
}

/* To clients of 2013 a close frame is a message whose text they parse. */
static void
test_close_reason (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  RocketIOSession *session = rocketio_server_get_session (fixture->server, id);
  g_auto (Frame) frame = { 0 };

  rocketio_session_push (session, "last", NULL, NULL);
  rocketio_session_close (session);
  peer_expect_text (peer, "{\"type\":\"last\",\"data\":null}");
  peer_get_frame (peer, &frame);
  g_assert_cmphex (frame.first, ==, 0x88);
  g_assert_cmpint (memcmp (frame.payload, "\x03\xe9", 2), ==, 0);
  g_assert_cmpstr (frame.payload + 2, ==, "{\"type\":\"__close\"}");
  peer_wait_for_end (peer);

  /* It was never open, so it is not closed either. */
  fixture_expect_book (fixture, "");
}

static void
test_departures (Fixture       *fixture,
                 gconstpointer  unused)
{
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new_websocket (fixture->port, "/websocketio/io");

      peer_send_text (peer, "{\"type\":\"__channel_id\",\"data\":\"c\"}");
      peer_wait_for_count (&fixture->n_opened, i + 1);
      if (i == 0)
        peer_free (peer);
      else
        peer_reset (peer);
      peer_wait_for_count (&fixture->n_closed, i + 1);
      g_assert_cmpstr (rocketio_session_get_id (fixture->last), !=, "");
      g_assert_cmpint (rocketio_session_get_transport (fixture->last), ==, ROCKETIO_TRANSPORT_TYPE_NONE);
      g_assert_nonnull (rocketio_session_get_remote_address (fixture->last));

      /* Pushing to the departed is no error. */
      g_assert_true (rocketio_session_push (fixture->last, "x", NULL, NULL));
      g_assert_true (rocketio_server_push_to (fixture->server, rocketio_session_get_id (fixture->last),
                                              "x", NULL, NULL));
    }
  fixture_expect_book (fixture, "opened c\nclosed CLIENT\nopened c\nclosed LOST\n");
}

/* A client that does nothing is never sent anything: those of 2013 die of a ping. */
static void
test_silence (Fixture       *fixture,
              gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);

  g_assert_true (peer_is_silent (peer, 300));
}

/* All that a client sends in one segment with the handshake counts. */
static void
test_early_bird (Fixture       *fixture,
                 gconstpointer  unused)
{
  static const char frame[] = "\x81\x8f\0\0\0\0{\"type\":\"echo\"}";
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const char head[] = "GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  g_auto (Response) response = { 0 };
  g_autofree char *id = NULL;

  g_byte_array_append (bytes, (guint8 *) head, strlen (head));
  for (guint i = 0; i < 1000; i++)
    g_byte_array_append (bytes, (guint8 *) frame, sizeof frame - 1);
  peer_send_bytes (peer, bytes->data, bytes->len);
  peer_get_head (peer, &response);
  g_assert_cmpuint (response.status, ==, 101);
  id = peer_get_session (peer);
  for (guint i = 0; i < 1000; i++)
    peer_expect_text (peer, "{\"type\":\"echo\",\"data\":null}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  fixture_add ("/server/websocket/handshake", test_handshake);
  fixture_add ("/server/websocket/refused-handshakes", test_refused_handshakes);
  fixture_add ("/server/websocket/compression", test_compression);
  fixture_add ("/server/websocket/compression-2", test_compression_2);
  fixture_add ("/server/websocket/bomb", test_bomb);
  fixture_add ("/server/websocket/paths", test_paths);
  fixture_add ("/server/websocket/take-over", test_take_over);
  fixture_add ("/server/websocket/session-id-comes-first", test_session_id_comes_first);
  fixture_add ("/server/websocket/channel", test_channel);
  fixture_add ("/server/websocket/null-channel-opens", test_null_channel_opens);
  fixture_add ("/server/websocket/event-opens", test_event_opens);
  fixture_add ("/server/websocket/time-opens", test_time_opens);
  fixture_add ("/server/websocket/bad-messages", test_bad_messages);
  fixture_add ("/server/websocket/values-reach-another", test_values_reach_another);
  fixture_add ("/server/websocket/details", test_details);
  fixture_add ("/server/websocket/fragments", test_fragments);
  fixture_add ("/server/websocket/endings", test_endings);
  fixture_add ("/server/websocket/unmasked", test_unmasked);
  fixture_add ("/server/websocket/close-reason", test_close_reason);
  fixture_add ("/server/websocket/departures", test_departures);
  fixture_add ("/server/websocket/silence", test_silence);
  fixture_add ("/server/websocket/early-bird", test_early_bird);

  return g_test_run ();
}
