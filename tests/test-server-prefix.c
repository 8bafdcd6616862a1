/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

/* A server whose paths stand below another one's: RocketIOServer:path-prefix. */

#define HANDSHAKE "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: rocketio.v2\r\n"

static void
set_up (Fixture       *fixture,
        gconstpointer  prefix)
{
  RocketIOServer *server = rocketio_server_new ();
  g_autofree char *directory = g_test_build_filename (G_TEST_DIST, "..", "examples", "chat", NULL);
  g_autoptr (GError) error = NULL;

  /* In either order. */
  if (strlen (prefix) > 4)
    rocketio_server_set_path_prefix (server, prefix);
  rocketio_server_serve_directory (server, directory, ROCKETIO_SERVE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  rocketio_server_set_path_prefix (server, prefix);
  fixture_start (fixture, server, NULL);
}

static void
assert_status (Fixture    *fixture,
               const char *path,
               guint       status)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  guint got = peer_request (peer, "GET", path, NULL, NULL, NULL);

  if (got != status)
    g_error ("%s was answered with %u, and not with %u", path, got, status);
}

static void
assert_upgrades (Fixture    *fixture,
                 const char *prefix,
                 const char *path,
                 guint       status)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *target = g_strconcat (prefix, path, NULL);
  g_auto (Response) response = { 0 };

  peer_ask_websocket (peer, target, HANDSHAKE);
  peer_get_head (peer, &response);
  g_assert_cmpuint (response.status, ==, status);
}

static void
test_settings (Fixture       *fixture,
               gconstpointer  prefix)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *slash = g_strconcat (prefix, "//rocketio/settings", NULL);
  g_autofree char *target = g_strconcat (prefix, "/rocketio/settings", NULL);
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  g_autofree char *expected = g_strdup_printf (
    "{\"websocket\":\"ws://127.0.0.1%s/websocketio/io\",\"comet\":\"http://127.0.0.1%s/cometio/io\","
    "\"post_interval\":1,\"poll_timeout\":110,\"versions\":[1,2],\"paths\":{\"ws\":\"%s/rocketio/ws\","
    "\"send\":\"%s/rocketio/send\",\"sse\":\"%s/rocketio/sse\",\"poll\":\"%s/rocketio/poll\"}}",
    (const char *) prefix, (const char *) prefix, (const char *) prefix, (const char *) prefix,
    (const char *) prefix, (const char *) prefix);

  g_assert_cmpuint (peer_request (peer, "GET", target, NULL, NULL, &text), ==, 200);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (peer_request (peer, "GET", slash, NULL, NULL, &again), ==, 200);
  g_assert_cmpstr (again, ==, expected);
  assert_status (fixture, "/rocketio/settings", 404);
}

static void
test_websocket (Fixture       *fixture,
                gconstpointer  prefix)
{
  g_autofree char *old = g_strconcat (prefix, "/websocketio/io", NULL);
  g_autofree char *named = NULL;
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, old);
  g_autoptr (Peer) back = NULL;
  g_autofree char *id = peer_get_session (peer);
  g_autofree char *same = NULL;

  /* The id in the path of version 1 is found behind the prefix, too. */
  named = g_strdup_printf ("%s/session=%s", old, id);
  back = peer_new_websocket (fixture->port, named);
  same = peer_get_session (back);
  g_assert_cmpstr (same, ==, id);

  assert_upgrades (fixture, prefix, "/rocketio/ws", 101);
  assert_upgrades (fixture, "", "/rocketio/ws", 404);
  assert_upgrades (fixture, "", "/websocketio/io", 404);
}

static void
test_http (Fixture       *fixture,
           gconstpointer  prefix)
{
  static const char hello[] = "{\"messages\":[{\"type\":\"__hello\"}]}";
  g_autofree char *send = g_strconcat (prefix, "/rocketio/send", NULL);
  g_autofree char *poll = g_strconcat (prefix, "/cometio/io", NULL);
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *answer = NULL;

  g_assert_cmpuint (peer_request (peer, "POST", send, NULL, hello, &answer), ==, 200);
  g_assert_nonnull (strstr (answer, "__welcome"));
  g_clear_pointer (&answer, g_free);
  g_assert_cmpuint (peer_request (peer, "GET", poll, NULL, NULL, &answer), ==, 200);
  g_assert_nonnull (strstr (answer, "__session_id"));
  g_assert_cmpuint (peer_request (peer, "POST", "/rocketio/send", NULL, hello, NULL), ==, 404);
  assert_status (fixture, "/cometio/io", 404);
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  prefix)
{
  static const char * const there[] = {
    "/", "/chat.css", "/rocketio/rocketio.js", "/rocketio/rocketio.mjs", "/cometio/cometio.js",
  };
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *expected = g_strdup_printf ("./%s/?a=b", strrchr (prefix, '/') + 1);
  g_autofree char *longer = g_strconcat (prefix, "x/", NULL);
  g_auto (Response) response = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (there); i++)
    {
      g_autofree char *path = g_strconcat (prefix, there[i], NULL);

      assert_status (fixture, path, 200);
      assert_status (fixture, there[i], 404);
    }
  assert_status (fixture, longer, 404);

  /* Without a slash at its end the links of the page would lead elsewhere. */
  peer_send (peer, "GET %s?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n", (const char *) prefix);
  peer_get_response (peer, &response);
  g_assert_cmpuint (response.status, ==, 301);
  g_assert_cmpstr (response_get (&response, "Location"), ==, expected);
}

static void
test_uris (Fixture       *fixture,
           gconstpointer  prefix)
{
  GSList *uris = rocketio_server_get_uris (fixture->server);
  g_autofree char *expected = g_strconcat (prefix, "/", NULL);

  g_assert_cmpstr (g_uri_get_path (uris->data), ==, expected);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
test_two (void)
{
  g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);
  g_autoptr (RocketIOServer) one = rocketio_server_new_for_soup_server (soup);
  g_autoptr (RocketIOServer) two = rocketio_server_new_for_soup_server (soup);
  g_autoptr (GError) error = NULL;
  Fixture fixture = { NULL };

  rocketio_server_set_path_prefix (one, "/one");
  rocketio_server_set_path_prefix (two, "/two");
  g_assert_true (rocketio_server_listen (one, NULL, 0, NULL, &error));
  g_assert_no_error (error);
  fixture.port = fixture_get_port (one);

  {
    g_autoptr (Peer) peer = peer_new_websocket (fixture.port, "/one/websocketio/io");
    g_autofree char *id = peer_get_session (peer);

    g_assert_nonnull (rocketio_server_get_session (one, id));
    g_assert_null (rocketio_server_get_session (two, id));
  }

  /* One that ends takes its own paths away. */
  assert_status (&fixture, "/two/rocketio/settings", 200);
  rocketio_server_close (two);
  assert_status (&fixture, "/two/rocketio/settings", 404);
  assert_status (&fixture, "/one/rocketio/settings", 200);
}

static void
expect_refusal (RocketIOServer *server,
                const char     *prefix)
{
  g_autofree char *before = g_strdup (rocketio_server_get_path_prefix (server));

  fixture_let_complain ("path-prefix cannot");
  rocketio_server_set_path_prefix (server, prefix);
  g_assert_cmpuint (fixture_get_complaints (), ==, 1);
  fixture_let_complain (NULL);
  g_assert_cmpstr (rocketio_server_get_path_prefix (server), ==, before);
}

static void
test_values (void)
{
  static const char * const bad[] = {
    "app", "/", "/app/", "//app", "/a//b", "/a/../b", "/.", "/a b", "/a?b", "/a#b", "/a%20b", "/\xc3\xa4", "/a\"b",
  };
  g_autoptr (RocketIOServer) server = g_object_new (ROCKETIO_TYPE_SERVER, "path-prefix", "/a.b/~c_d-3", NULL);
  g_autofree char *too_long = g_strnfill (256, 'a');
  g_autofree char *got = NULL;
  g_autoptr (GError) error = NULL;

  g_object_get (server, "path-prefix", &got, NULL);
  g_assert_cmpstr (got, ==, "/a.b/~c_d-3");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    expect_refusal (server, bad[i]);
  too_long[0] = '/';
  expect_refusal (server, too_long);

  rocketio_server_set_path_prefix (server, "");
  g_assert_null (rocketio_server_get_path_prefix (server));
  rocketio_server_set_path_prefix (server, "/x");
  rocketio_server_set_path_prefix (server, NULL);
  g_assert_null (rocketio_server_get_path_prefix (server));

  g_assert_true (rocketio_server_listen (server, NULL, 0, NULL, &error));
  expect_refusal (server, "/late");
  rocketio_server_close (server);
  expect_refusal (server, "/later");
}

static void
add (const char *path,
     void      (*func) (Fixture *, gconstpointer))
{
  static const char * const prefixes[] = { "/app", "/deep/er" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *full = g_strconcat ("/server/prefix", prefixes[i], path, NULL);

      g_test_add (full, Fixture, prefixes[i], set_up, func, fixture_tear_down);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/settings", test_settings);
  add ("/websocket", test_websocket);
  add ("/http", test_http);
  add ("/pages", test_pages);
  add ("/uris", test_uris);
  g_test_add_func ("/server/prefix/two", test_two);
  g_test_add_func ("/server/prefix/values", test_values);

  return g_test_run ();
}
