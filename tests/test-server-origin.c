/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

static const struct
{
  const char *allowed;     /* NULL: none */
  const char *origin;      /* NULL: none */
  const char *host;
  const char *answer;      /* of Access-Control-Allow-Origin; "": none; NULL: refused */
} origins[] = {
  { NULL, NULL, "example.org", "" },
  { NULL, "http://example.org", "example.org", "" },
  { NULL, "https://example.org", "example.org", "" },       /* behind a proxy that speaks TLS */
  { NULL, "http://EXAMPLE.org:80", "example.org", "" },
  { NULL, "http://example.org", "example.org:80", "" },
  { NULL, "https://example.org", "example.org:443", "" },
  { NULL, "http://example.org:8080", "example.org:8080", "" },
  { NULL, "http://[::1]:5000", "[::1]:5000", "" },
  { NULL, "localhost:9010", "example.org", "" },            /* no scheme: what the npm client sends */
  { NULL, "http://example.org", "example.org:8080", NULL },
  { NULL, "http://evil.example", "example.org", NULL },
  { NULL, "http://example.org.evil.example", "example.org", NULL },
  { NULL, "http://example.org@evil.example", "example.org", NULL },
  { NULL, "null", "example.org", NULL },
  { NULL, "null", "null", NULL },
  { NULL, "http://evil.example", "", NULL },
  { "http://friend.example", "http://friend.example", "example.org", "http://friend.example" },
  { "http://friend.example", "HTTP://Friend.example", "example.org", "HTTP://Friend.example" },
  { "http://friend.example", "https://friend.example", "example.org", NULL },
  { "http://friend.example", "http://friend.example:81", "example.org", NULL },
  { "http://friend.example", "http://a.friend.example", "example.org", NULL },
  { "https://*.friend.example", "https://a.b.friend.example", "example.org", "https://a.b.friend.example" },
  { "https://*.friend.example", "https://friend.example", "example.org", NULL },
  { "https://*.friend.example", "https://evilfriend.example", "example.org", NULL },
  { "https://*.friend.example", "https://.friend.example", "example.org", NULL },
  { "https://*.friend.example", "https://evil.example/.friend.example", "example.org", NULL },
  { "*", "http://anybody.example", "example.org", "*" },
  { "*", "null", "example.org", "*" },
};

static void
allow (Fixture    *fixture,
       const char *origin)
{
  const char *allowed[] = { origin, NULL };

  rocketio_server_set_allowed_origins (fixture->server, origin != NULL ? allowed : NULL);
}

static char *
make_headers (guint i)
{
  if (origins[i].origin == NULL)
    return g_strdup_printf ("Host: %s\r\n", origins[i].host);

  return g_strdup_printf ("Host: %s\r\nOrigin: %s\r\n", origins[i].host, origins[i].origin);
}

static void
check_answer (guint     i,
              Response *response,
              guint     status)
{
  const char *allowed = response_get (response, "Access-Control-Allow-Origin");

  if (origins[i].answer == NULL)
    {
      g_autofree char *text = g_strdup_printf ("origin %s refused; add it to RocketIOServer:allowed-origins\n",
                                               origins[i].origin);

      g_assert_null (allowed);
      g_assert_cmpuint (response->status, ==, 403);
      g_assert_cmpstr (response->body, ==, text);
      return;
    }

  g_assert_cmpstr (allowed != NULL ? allowed : "", ==, origins[i].answer);
  g_assert_cmpuint (response->status, ==, status);
  if (strlen (origins[i].answer) > 1)
    g_assert_cmpstr (response_get (response, "Vary"), ==, "Origin");
}

/* `rest` is what follows the headers of the origin, the empty line and the body included. */
static void
ask (Fixture    *fixture,
     const char *line,
     const char *rest,
     guint       status)
{
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_autofree char *headers = make_headers (i);
      g_auto (Response) response = { 0 };

      g_test_message ("%s, %s", line, headers);
      allow (fixture, origins[i].allowed);
      peer_send (peer, "%s HTTP/1.1\r\n%s%s", line, headers, rest);
      if (origins[i].answer != NULL && status == 101)
        peer_get_head (peer, &response);
      else
        peer_get_response (peer, &response);
      check_answer (i, &response, status);
    }
}

/* That an answer comes for those who are allowed, and can be read by them, is enough: also where it says no. */
static void
post (Fixture    *fixture,
      const char *path,
      const char *body)
{
  g_autofree char *line = g_strconcat ("POST ", path, NULL);
  g_autofree char *rest = g_strdup_printf ("Content-Type: application/json\r\nContent-Length: %u\r\n\r\n%s",
                                           (guint) strlen (body), body);

  ask (fixture, line, rest, 404);
}

static void
test_websocket (Fixture       *fixture,
                gconstpointer  unused)
{
  ask (fixture, "GET /websocketio/io",
       "Upgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 101);
}

static void
test_websocket_2 (Fixture       *fixture,
                  gconstpointer  unused)
{
  ask (fixture, "GET /rocketio/ws",
       "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: rocketio.v2\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 101);
}

static void
test_post (Fixture       *fixture,
           gconstpointer  unused)
{
  post (fixture, "/cometio/io", "{\"session\":\"nobody\",\"events\":[]}");
}

static void
test_send_2 (Fixture       *fixture,
             gconstpointer  unused)
{
  post (fixture, "/rocketio/send", "{\"id\":\"nobody\",\"token\":\"none\",\"messages\":[]}");
}

static void
test_poll_2 (Fixture       *fixture,
             gconstpointer  unused)
{
  post (fixture, "/rocketio/poll", "{\"id\":\"nobody\",\"token\":\"none\"}");
}

/* 403 is also what a ticket gets that was never given; the texts differ. */
static void
test_stream_2 (Fixture       *fixture,
               gconstpointer  unused)
{
  ask (fixture, "GET /rocketio/sse?ticket=none", "\r\n", 403);
}

/* All at once, since a refusal takes a second. */
static void
test_poll (Fixture       *fixture,
           gconstpointer  unused)
{
  Peer *peers[G_N_ELEMENTS (origins)];
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      g_autofree char *headers = make_headers (i);

      peers[i] = peer_new (fixture->port);
      allow (fixture, origins[i].allowed);
      peer_send (peers[i], "GET /cometio/io HTTP/1.1\r\n%s\r\n", headers);
      peer_is_silent (peers[i], 10);
    }
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      g_auto (Response) response = { 0 };

      peer_get_response (peers[i], &response);
      check_answer (i, &response, 200);
      peer_free (peers[i]);
    }
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 950000);
}

static void
check_preflight (Fixture    *fixture,
                 const char *path,
                 guint       i)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *headers = make_headers (i);
  g_auto (Response) response = { 0 };

  allow (fixture, origins[i].allowed);
  peer_send (peer, "OPTIONS %s HTTP/1.1\r\n%sAccess-Control-Request-Method: POST\r\n\r\n", path, headers);
  peer_get_response (peer, &response);
  check_answer (i, &response, 204);

  /* The request it asks for comes on the same connection. */
  if (origins[i].answer != NULL)
    g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
}

static void
test_preflight (Fixture       *fixture,
                gconstpointer  unused)
{
  static const char * const paths[] = { "/cometio/io", "/rocketio/send", "/rocketio/sse", "/rocketio/poll" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (origins); j++)
        check_preflight (fixture, paths[i], j);
    }
}

/* Settings are for every page: with them it can tell its user why it is refused. */
static void
test_settings (Fixture       *fixture,
               gconstpointer  unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_autofree char *headers = make_headers (i);
      g_auto (Response) response = { 0 };

      allow (fixture, origins[i].allowed);
      peer_send (peer, "GET /rocketio/settings HTTP/1.1\r\n%s\r\n", headers);
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 200);
      g_assert_cmpstr (response_get (&response, "Access-Control-Allow-Origin"), ==, "*");
    }
}

/* A page may post text anywhere without asking first (no preflight), though it cannot read the answer. */
static void
test_hello (Fixture       *fixture,
            gconstpointer  unused)
{
  static const char body[] = "{\"messages\":[{\"type\":\"__hello\"}]}";
  GListModel *sessions = rocketio_server_get_sessions (fixture->server);

  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      guint before = g_list_model_get_n_items (sessions);
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_autofree char *headers = make_headers (i);
      g_auto (Response) response = { 0 };

      allow (fixture, origins[i].allowed);
      peer_send (peer, "POST /rocketio/send HTTP/1.1\r\n%sContent-Type: text/plain\r\nContent-Length: %u\r\n\r\n%s",
                 headers, (guint) strlen (body), body);
      peer_get_response (peer, &response);
      check_answer (i, &response, 200);
      g_assert_cmpuint (g_list_model_get_n_items (sessions) - before, ==, origins[i].answer != NULL ? 1 : 0);
    }
}

static void
test_malformed (Fixture       *fixture,
                gconstpointer  unused)
{
  static const char * const malformed[] = { "example.org", "http://", "http://a/b", "http://*", "", "http://a*b" };

  allow (fixture, "http://friend.example");
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_test_message ("%s", malformed[i]);
      fixture_let_complain ("allowed-origins cannot contain");
      allow (fixture, malformed[i]);
      g_assert_cmpuint (fixture_get_complaints (), ==, 1);
    }
  fixture_let_complain (NULL);
  g_assert_cmpstr (rocketio_server_get_allowed_origins (fixture->server)[0], ==, "http://friend.example");
}

/* The names that it is asked for by are not what this is about. */
static void
set_up (Fixture       *fixture,
        gconstpointer  unused)
{
  static const char * const all[] = { "*", NULL };

  fixture_set_up (fixture, NULL);
  rocketio_server_set_allowed_hosts (fixture->server, all);
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/server/origin/websocket", test_websocket);
  add ("/server/origin/websocket-2", test_websocket_2);
  add ("/server/origin/post", test_post);
  add ("/server/origin/send-2", test_send_2);
  add ("/server/origin/poll-2", test_poll_2);
  add ("/server/origin/stream-2", test_stream_2);
  add ("/server/origin/poll", test_poll);
  add ("/server/origin/preflight", test_preflight);
  add ("/server/origin/hello", test_hello);
  add ("/server/origin/settings", test_settings);
  add ("/server/origin/malformed", test_malformed);

  return g_test_run ();
}
