/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

/* Settings */

static JsonObject *
get_settings (Peer       *peer,
              const char *request,
              JsonNode  **node)
{
  g_auto (Response) response = { 0 };

  peer_send (peer, "%s", request);
  peer_get_response (peer, &response);
  g_assert_cmpuint (response.status, ==, 200);
  g_assert_cmpstr (response_get (&response, "Content-Type"), ==, "application/json");
  g_assert_cmpstr (response_get (&response, "Access-Control-Allow-Origin"), ==, "*");
  *node = fixture_parse (response.body);

  return json_node_get_object (*node);
}

static void
test_fields (Fixture       *fixture,
             gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *settings = get_settings (peer, "GET /rocketio/settings HTTP/1.1\r\nHost: example.org:81\r\n\r\n", &node);

  g_assert_cmpstr (json_object_get_string_member (settings, "websocket"), ==, "ws://example.org:81/websocketio/io");
  g_assert_cmpstr (json_object_get_string_member (settings, "comet"), ==, "http://example.org:81/cometio/io");

  /* What is switched off is not there. */
  rocketio_server_set_websocket (fixture->server, FALSE);
  g_clear_pointer (&node, json_node_unref);
  settings = get_settings (peer, "GET //rocketio/settings HTTP/1.1\r\nHost: localhost\r\n\r\n", &node);
  g_assert_false (json_object_has_member (settings, "websocket"));
  g_assert_true (json_object_has_member (settings, "comet"));

  rocketio_server_set_websocket (fixture->server, TRUE);
  rocketio_server_set_comet (fixture->server, FALSE);
  g_clear_pointer (&node, json_node_unref);
  settings = get_settings (peer, "GET /rocketio/settings?x=y HTTP/1.1\r\nHost: localhost\r\n\r\n", &node);
  g_assert_true (json_object_has_member (settings, "websocket"));
  g_assert_false (json_object_has_member (settings, "comet"));
}

static const struct
{
  const char *host;       /* the header */
  const char *expected;   /* NULL: the address */
} hosts[] = {
  { "Host: [::1]:1234\r\n", "[::1]:1234" },
  { "Host: example.org\r\n", "example.org" },
  { "Host:\r\n", NULL },
  { "Host: a b\r\n", NULL },
  { "Host: \"x\r\n", NULL },
  { "Host: <script>\r\n", NULL },
  { "Host: user@x\r\n", NULL },
  { "Host: a\\\"b\r\n", NULL },
};

static void
test_hosts (Fixture       *fixture,
            gconstpointer  unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *request = g_strconcat ("GET /rocketio/settings HTTP/1.1\r\n", hosts[i].host, "\r\n", NULL);
      g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", fixture->port);
      g_autofree char *expected = g_strdup_printf ("http://%s/cometio/io",
                                                   hosts[i].expected != NULL ? hosts[i].expected : address);

      g_test_message ("%s", hosts[i].host);
      g_assert_cmpstr (json_object_get_string_member (get_settings (peer, request, &node), "comet"), ==, expected);
    }
}

static void
test_old_http (Fixture       *fixture,
               gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *expected = g_strdup_printf ("ws://127.0.0.1:%u/websocketio/io", fixture->port);
  JsonObject *settings = get_settings (peer, "GET /rocketio/settings HTTP/1.0\r\n\r\n", &node);

  g_assert_cmpstr (json_object_get_string_member (settings, "websocket"), ==, expected);
  peer_wait_for_end (peer);
}

static void
test_ipv6 (Fixture       *fixture,
           gconstpointer  unused)
{
  g_autoptr (Peer) peer = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *expected = g_strdup_printf ("ws://[::1]:%u/websocketio/io", fixture->port);
  GSList *uris = rocketio_server_get_uris (fixture->server);
  gboolean has_both = uris->next != NULL;
  JsonObject *settings;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  if (!has_both)
    {
      g_test_skip ("there is no IPv6 here");
      return;
    }

  peer = peer_new_at ("::1", fixture->port);
  settings = get_settings (peer, "GET /rocketio/settings HTTP/1.1\r\nHost:\r\n\r\n", &node);
  g_assert_cmpstr (json_object_get_string_member (settings, "websocket"), ==, expected);
}

static const struct
{
  const char *method;
  const char *target;
  guint       status;
} requests[] = {
  { "POST", "/rocketio/settings", 405 },
  { "OPTIONS", "/rocketio/settings", 405 },
  { "GET", "/rocketio/settingsX", 404 },
  { "GET", "/rocketio/settings/", 404 },
  { "GET", "/rocketio/settings/x", 404 },
  { "GET", "/rocketio", 404 },
  { "GET", "/rocketioX", 404 },
  { "GET", "/cometio/io/", 404 },
  { "GET", "/cometio/iox", 404 },
  { "GET", "/", 404 },
  { "GET", "/rocketio/rocketio.js", 200 },
  { "GET", "/rocketio/rocketio.mjs", 200 },
  { "GET", "/cometio/cometio.js", 200 },
  { "GET", "/websocketio/websocketio.js", 200 },
  { "GET", "//rocketio/rocketio.js", 200 },
  { "POST", "/rocketio/rocketio.js", 405 },
};

static void
test_routes (Fixture       *fixture,
             gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      const char *body = g_str_equal (requests[i].method, "POST") ? "" : NULL;

      g_test_message ("%s %s", requests[i].method, requests[i].target);
      g_assert_cmpuint (peer_request (peer, requests[i].method, requests[i].target, NULL, body, NULL), ==,
                        requests[i].status);
    }
}

static void
test_heads (Fixture       *fixture,
            gconstpointer  unused)
{
  static const char * const targets[] = { "/rocketio/settings", "/rocketio/rocketio.js" };
  g_autoptr (Peer) peer = peer_new (fixture->port);

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_auto (Response) head = { 0 };
      g_auto (Response) full = { 0 };
      g_autofree char *length = NULL;

      peer_send (peer, "HEAD %s HTTP/1.1\r\nHost: localhost\r\n\r\nGET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", targets[i], targets[i]);
      peer_get_head (peer, &head);
      peer_get_response (peer, &full);
      g_assert_cmpuint (head.status, ==, 200);
      length = g_strdup (response_get (&head, "Content-Length"));
      g_assert_cmpstr (length, ==, response_get (&full, "Content-Length"));
      g_assert_cmpstr (response_get (&head, "Access-Control-Allow-Origin"), ==, "*");
    }
}

static void
test_script_is_cached (Fixture       *fixture,
                       gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) first = { 0 };
  g_auto (Response) second = { 0 };
  g_autofree char *tag = NULL;

  peer_send (peer, "GET /rocketio/rocketio.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
  peer_get_response (peer, &first);
  g_assert_cmpstr (response_get (&first, "Content-Type"), ==, "text/javascript; charset=utf-8");
  tag = g_strdup (response_get (&first, "ETag"));
  peer_send (peer, "GET /rocketio/rocketio.js HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: %s\r\n\r\n", tag);
  peer_get_response (peer, &second);
  g_assert_cmpuint (second.status, ==, 304);

  /* An answer without a body is no reason to close. */
  g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
}

/* libsoup would answer those of its own accord, with criticals where they reach past the end. */
static void
test_no_ranges (Fixture       *fixture,
                gconstpointer  unused)
{
  static const char * const ranges[] = { "bytes=0-3", "bytes=0-99999999", "bytes=-99999999", "bytes=99999999-" };
  g_autoptr (Peer) peer = peer_new (fixture->port);

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_auto (Response) response = { 0 };

      peer_send (peer, "GET /rocketio/settings HTTP/1.1\r\nHost: localhost\r\nRange: %s\r\n\r\n", ranges[i]);
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 200);
      g_assert_true (g_str_has_suffix (response.body, "}"));
    }
}

/* What a POST may hold */

static const struct
{
  const char *headers;
  const char *body;      /* %s is the session */
  guint       status;
  const char *text;
} posts[] = {
  { "", "json={\"session\":\"%s\",\"events\":[]}", 200, "{\"session\":\"%s\",\"success\":true}" },
  { "Content-Type: application/x-www-form-urlencoded\r\n",
    "json=%%7B%%22session%%22:%%22%s%%22,%%22events%%22:{}}", 200, "" },
  { "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n",
    "a=b&json={\"session\":\"%s\",\"events\":[{\"type\":\"e\",\"data\":\"a+b%%2Bc\"}]}&c", 200, "" },
  { "Content-Type: application/json\r\n",
    "{\"session\":\"%s\",\"events\":[{\"type\":\"e\",\"data\":\"a+b\"}]}", 200, "" },
  { "Content-Type: application/json; charset=utf-8\r\n", " {\"events\":{\"1\":{\"type\":\"e\",\"data\":1},"
    "\"10\":{\"type\":\"e\",\"data\":10},\"0\":{\"type\":\"e\",\"data\":0},\"2\":{\"type\":\"e\",\"data\":2}},"
    "\"session\":\"%s\",\"x\":[]} ", 200, "" },
  { "", "", 400, "JSON parse error" },
  { "", "json", 400, "JSON parse error" },
  { "", "json=", 400, "JSON parse error" },
  { "", "json={", 400, "JSON parse error" },
  { "", "json=%%", 400, "" },
  { "", "json=NaN", 400, "JSON parse error" },
  { "", "json={\"session\":\"%s\",\"events\":[01]}", 400, "JSON parse error" },
  { "", "json={\"session\":\"%s\",\"events\":[\"\n\"]}", 400, "JSON parse error" },
  { "", "json={\"session\":\"%s\",\"events\":[\"\\ud800\"]}", 400, "JSON parse error" },
  { "", "json={\"session\":\"%s\",\"events\":[{\"type\":\"e\",\"data\":\"%%FF\"}]}", 400, "JSON parse error" },
  { "", "json={\"session\":\"%s\",\"events\":[{\"type\":\"e\",\"data\":1e400}]}", 400, "JSON parse error" },
  { "", "json={\"session\":\"%s\",\"events\":[]}x", 400, "JSON parse error" },
  { "", "json={\"events\":[]}", 400, "no session" },
  { "", "json={\"session\":null,\"events\":[]}", 400, "no session" },
  { "", "json={\"session\":\"\",\"events\":[]}", 400, "no session" },
  { "", "json={\"session\":[],\"events\":[]}", 400, "no session" },
  { "", "json={\"session\":[\"%s\"],\"events\":[]}", 400, "no session" },
  { "", "json={\"session\":{\"a\":\"%s\"},\"events\":[]}", 400, "no session" },
  { "", "json={\"session\":5,\"events\":[]}", 400, "no session" },
  { "", "json={\"session\":true,\"events\":[]}", 400, "no session" },
  { "", "json=null", 400, "no session" },
  { "", "json=[]", 400, "no session" },
  { "", "json=5", 400, "no session" },
  { "", "json=\"%s\"", 400, "no session" },
  { "", "json={\"session\":\"%s\"}", 400, "no events" },
  { "", "json={\"session\":\"%s\",\"events\":null}", 400, "no events" },
  { "", "json={\"session\":\"%s\",\"events\":\"x\"}", 400, "no events" },
  { "", "json={\"session\":\"%s\",\"events\":5}", 400, "no events" },
  { "", "json={\"session\":\"nobody\",\"events\":[]}", 404, "unknown session" },
  { "", "json={\"session\":\"<script>\\\"\",\"events\":[]}", 404, "unknown session" },
  { "", "json={\"session\":\"%s\",\"events\":[5,null,\"x\",true,[],{},{\"type\":null},{\"type\":\"\"},{\"type\":5},"
    "{\"type\":[]},{\"data\":1},{\"type\":\"disconnect\"},{\"type\":\"*\",\"data\":{}},{\"type\":\"connect\"},"
    "{\"type\":\"error\"},{\"type\":\"__connect\"},{\"type\":\"e\",\"data\":\"last\"}]}", 200, "" },
};

static void
test_posts (Fixture       *fixture,
            gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);

  for (guint i = 0; i < G_N_ELEMENTS (posts); i++)
    {
      g_auto (GStrv) parts = g_strsplit (posts[i].body, "%s", 2);
      g_auto (GStrv) text = g_strsplit (posts[i].text, "%s", 2);
      g_autofree char *joined = g_strjoinv (id, parts);
      g_autofree char *expected = g_strjoinv (id, text);
      g_auto (GStrv) percents = g_strsplit (joined, "%%", -1);
      g_autofree char *body = g_strjoinv ("%", percents);
      g_autofree char *answer = NULL;

      g_test_message ("%s", body);
      g_assert_cmpuint (peer_request (peer, "POST", "/cometio/io", posts[i].headers, body, &answer), ==,
                        posts[i].status);
      g_assert_nonnull (strstr (answer, expected));
      if (posts[i].status == 404)
        g_assert_null (strstr (answer, "script"));
    }

  fixture_expect_book (fixture, "opened -\nevent e \"a b+c\"\nevent e \"a+b\"\nevent e 0\nevent e 1\nevent e 10\n"
                       "event e 2\nevent e \"last\"\n");
}

static void
test_post_in_query (Fixture       *fixture,
                    gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  g_autofree char *target = g_strdup_printf ("/cometio/io?json=%%7B%%22session%%22:%%22%s%%22,%%22events%%22:"
                                             "%%5B%%7B%%22type%%22:%%22e%%22%%7D%%5D%%7D", id);

  g_assert_cmpuint (peer_request (peer, "POST", target, NULL, "", NULL), ==, 200);
  fixture_expect_book (fixture, "opened -\nevent e null\n");
}

static void
test_deep_post (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *large = g_strnfill (140000, ' ');
  g_autofree char *event = g_strdup_printf ("[{\"type\":\"e\",\"data\":\"%s\"}]", large);

  g_assert_cmpuint (peer_request (peer, "POST", "/cometio/io", "Content-Type: application/json\r\n", deep, NULL),
                    ==, 400);
  g_assert_cmpuint (peer_post (peer, id, deep), ==, 400);
  g_assert_cmpuint (peer_post (peer, id, event), ==, 413);
  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"echo\",\"data\":18446744073709551616}]"), ==, 200);
  g_assert_cmpuint (fixture->n_events, ==, 1);
}

static void
test_post_for_websocket (Fixture       *fixture,
                         gconstpointer  unused)
{
  g_autoptr (Peer) websocket = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_get_session (websocket);

  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"e\"}]"), ==, 404);
  fixture_expect_book (fixture, "");
}

static void
test_move_between_transports (Fixture       *fixture,
                              gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);
  g_autofree char *target = g_strdup_printf ("/websocketio/io/session=%s", id);
  g_autofree char *again = NULL;
  g_autofree char *body = NULL;
  g_autoptr (Peer) websocket = NULL;
  RocketIOSession *session = rocketio_server_get_session (fixture->server, id);

  peer_poll (peer, id);
  g_assert_true (peer_is_silent (peer, 30));
  websocket = peer_new_websocket (fixture->port, target);
  again = peer_get_session (websocket);
  g_assert_cmpstr (again, ==, id);
  g_assert_true (rocketio_server_get_session (fixture->server, id) == session);
  g_assert_cmpint (rocketio_session_get_transport (session), ==, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  body = peer_get_poll (peer);
  g_assert_cmpstr (body, ==, "[]");

  /* And back; the WebSocket is closed then. */
  g_clear_pointer (&body, g_free);
  peer_poll (peer, id);
  body = peer_get_poll (peer);
  g_assert_true (g_str_has_prefix (body, "[{\"type\":\"__session_id\""));
  g_assert_cmpint (rocketio_session_get_transport (session), ==, ROCKETIO_TRANSPORT_TYPE_COMET);
  peer_wait_for_end (websocket);
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

  add ("/server/settings/fields", test_fields);
  add ("/server/settings/hosts", test_hosts);
  add ("/server/settings/old-http", test_old_http);
  add ("/server/settings/ipv6", test_ipv6);
  add ("/server/settings/routes", test_routes);
  add ("/server/settings/heads", test_heads);
  add ("/server/settings/script-is-cached", test_script_is_cached);
  add ("/server/settings/no-ranges", test_no_ranges);
  add ("/server/post/all-kinds", test_posts);
  add ("/server/post/in-query", test_post_in_query);
  add ("/server/post/deep", test_deep_post);
  add ("/server/post/for-websocket", test_post_for_websocket);
  add ("/server/post/move-between-transports", test_move_between_transports);

  return g_test_run ();
}
