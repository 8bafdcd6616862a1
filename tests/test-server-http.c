/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SETTINGS "GET /rocketio/settings HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define POST     "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"

typedef struct
{
  guint goal;
} Descriptors;

static gboolean
has_descriptors_cb (gpointer user_data)
{
  return fixture_count_fds () == ((Descriptors *) user_data)->goal;
}

static void
wait_for_fds (guint goal)
{
  Descriptors descriptors = { goal };

  if (!peer_wait_for (has_descriptors_cb, &descriptors, PEER_PATIENCE))
    g_assert_cmpuint (fixture_count_fds (), ==, goal);
}

/* Connections */

static void
test_keepalive (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (peer_request (peer, "GET", i % 2 == 0 ? "/rocketio/settings" : "/nothing", NULL, NULL, NULL), ==,
                      i % 2 == 0 ? 200 : 404);
}

static void
test_many_connections (Fixture       *fixture,
                       gconstpointer  unused)
{
  guint n_fds = fixture_count_fds ();

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);

      if (i % 3 == 0)
        g_assert_cmpuint (peer_request (peer, "POST", "/cometio/io", NULL, "json={", NULL), ==, 400);
      else
        g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
    }
  wait_for_fds (n_fds);
}

static void
test_idle_connections (Fixture       *fixture,
                       gconstpointer  unused)
{
  guint n_fds = fixture_count_fds ();
  Peer *peers[60];

  /* Idle ones that never spoke, that did, and that are in the middle of something; all go at once. */
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peers[i] = peer_new (fixture->port);
      if (i % 3 == 1)
        g_assert_cmpuint (peer_request (peers[i], "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
      if (i % 3 == 2)
        peer_send (peers[i], i % 2 == 0 ? "GET /rocketio/set" : POST "1");
    }
  wait_for_fds (n_fds + 2 * G_N_ELEMENTS (peers));

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      if (i % 4 == 0)
        peer_reset (peers[i]);
      else
        peer_free (peers[i]);
    }
  wait_for_fds (n_fds);
}

static void
test_pipelined (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (GString) requests = g_string_new (NULL);

  for (guint i = 0; i < 200; i++)
    g_string_append (requests, i % 2 == 0 ? SETTINGS : POST "hello");
  peer_send_bytes (peer, requests->str, requests->len);
  for (guint i = 0; i < 200; i++)
    {
      g_auto (Response) response = { 0 };

      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, i % 2 == 0 ? 200 : 404);
    }
}

/* Byte by byte, as over the worst of lines. */
static void
test_in_pieces (Fixture       *fixture,
                gconstpointer  unused)
{
  static const char request[] = "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\njson={";
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) response = { 0 };

  for (const char *byte = request; *byte != '\0'; byte++)
    {
      peer_send_bytes (peer, byte, 1);
      g_assert_true (byte[1] == '\0' || peer_is_silent (peer, 1));
    }
  peer_get_response (peer, &response);
  g_assert_cmpuint (response.status, ==, 400);
}

static const struct
{
  const char *request;
  guint       status;
} odd[] = {
  { "GARBAGE\r\n\r\n", 400 },
  { "GET /rocketio/settings HTTP/1.1\r\n\r\n", 400 },
  { "GET http://other/rocketio/settings HTTP/1.1\r\nHost: localhost\r\n\r\n", 200 },
  { "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501 },
  { "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 404 },
  { "GET /cometio/io?% HTTP/1.1\r\nHost: localhost\r\n\r\n", 400 },
  { "GET /cometio/io?session=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400 },
  { "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404 },
};

static void
test_odd_requests (Fixture       *fixture,
                   gconstpointer  unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_auto (Response) response = { 0 };

      g_test_message ("%s", odd[i].request);
      peer_send (peer, "%s", odd[i].request);
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, odd[i].status);
    }
}

/* A head that does not end. */
static void
test_slow_head (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  gint64 start = g_get_monotonic_time ();

  peer_send (peer, "GET / HTTP/1.1\r\n");
  while (!peer->ended && g_get_monotonic_time () - start < 14 * G_USEC_PER_SEC)
    {
      peer_send (peer, "X: y\r\n");
      peer_is_silent (peer, 500);
    }
  g_assert_true (peer->ended);
  g_assert_cmpint (g_get_monotonic_time () - start, >, 9 * G_USEC_PER_SEC);
}

/* Bodies */

static gsize
get_memory (void)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));

  return strtoul (strchr (text, ' '), NULL, 10) * sysconf (_SC_PAGESIZE);
}

static void
test_large_length (Fixture       *fixture,
                   gconstpointer  unused)
{
  static const char * const targets[] = { "/cometio/io", "/nothing", "/rocketio/settings" };
  g_autofree char *body = g_strnfill (2000000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_autofree char *text = NULL;

      g_assert_cmpuint (peer_request (peer, "POST", targets[i], NULL, body, &text), ==, 413);
      g_assert_nonnull (strstr (text, "1048576"));
      peer_wait_for_end (peer);
    }

  /* Who asks before sending is told before. */
  {
    g_autoptr (Peer) peer = peer_new (fixture->port);
    g_auto (Response) response = { 0 };

    peer_send (peer, "POST /x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
    peer_get_response (peer, &response);
    g_assert_cmpuint (response.status, ==, 413);
  }
}

static void
test_expect (Fixture       *fixture,
             gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) response = { 0 };
  g_auto (Response) next = { 0 };

  peer_send (peer, "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n");
  peer_get_head (peer, &response);
  g_assert_cmpuint (response.status, ==, 100);
  peer_send (peer, "json={");
  peer_get_response (peer, &next);
  g_assert_cmpuint (next.status, ==, 400);
  g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
}

static void
test_endless_chunks (Fixture       *fixture,
                     gconstpointer  unused)
{
  static const char * const targets[] = { "/cometio/io", "/nothing" };
  g_autofree char *chunk = g_strnfill (0x10000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_auto (Response) response = { 0 };
      gsize before = 0, after;

      peer_send (peer, "POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", targets[i]);
      for (guint n = 0; n < 640; n++)
        {
          if (n == 64)    /* the limit has been passed long ago */
            before = get_memory ();
          peer_send (peer, "10000\r\n%s\r\n", chunk);
        }
      /* 38 MB have come since; a sanitizer keeps what is freed for a while, and valgrind some of it. */
      after = get_memory ();
#ifndef __SANITIZE_ADDRESS__
      g_assert_cmpuint (after, <, before + 25000000);
#endif
      g_test_message ("%" G_GSIZE_FORMAT " kB more", (after - before) / 1024);
      peer_send (peer, "0\r\n\r\n");
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 413);
      peer_wait_for_end (peer);
    }
}

/* Answers */

static char *
make_page (gsize size)
{
  g_autoptr (GError) error = NULL;
  char *directory = g_dir_make_tmp ("rocketio-XXXXXX", &error);
  g_autofree char *path = g_build_filename (directory, "large.bin", NULL);
  g_autofree char *bytes = g_malloc (size);

  g_assert_no_error (error);
  for (gsize i = 0; i < size; i++)
    bytes[i] = (i * 2654435761u) >> 16;
  g_file_set_contents (path, bytes, size, &error);
  g_assert_no_error (error);

  return directory;
}

static void
remove_page (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "large.bin", NULL);

  g_unlink (path);
  g_rmdir (directory);
}

static void
test_slow_reader (Fixture       *fixture,
                  gconstpointer  unused)
{
  const gsize size = 6000000;
  g_autofree char *directory = make_page (size);
  g_autoptr (Peer) slow = peer_new (fixture->port);
  Peer *leaver = peer_new (fixture->port);
  g_autoptr (Peer) quick = peer_new (fixture->port);
  g_autoptr (GError) error = NULL;
  g_auto (Response) response = { 0 };

  rocketio_server_serve_directory (fixture->server, directory, ROCKETIO_SERVE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  peer_send (slow, "GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n" SETTINGS);
  peer_send (leaver, "GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (guint i = 0; i < 50; i++)
    g_assert_cmpuint (peer_request (quick, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
  peer_free (leaver);

  peer_get_response (slow, &response);
  g_assert_cmpuint (response.status, ==, 200);
  g_assert_cmpuint (response.length, ==, size);
  for (gsize i = 0; i < size; i++)
    if ((guint8) response.body[i] != (guint8) ((i * 2654435761u) >> 16))
      g_error ("Byte %" G_GSIZE_FORMAT " is wrong", i);
  response_clear (&response);
  peer_get_response (slow, &response);
  g_assert_cmpuint (response.status, ==, 200);
  remove_page (directory);
}

/* A WebSocket client that does not read, and one that does. */
static void
test_slow_websocket (Fixture       *fixture,
                     gconstpointer  unused)
{
  g_autoptr (Peer) slow = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) quick = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (quick);
  g_autofree char *filler = g_strnfill (60000, 'x');
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), filler);

  peer_send_text (slow, "{\"type\":\"__channel_id\"}");
  peer_wait_for_count (&fixture->n_opened, 1);
  for (guint i = 0; i < 400 && fixture->n_closed == 0; i++)
    {
      g_autofree char *text = NULL;

      rocketio_server_push (fixture->server, "x", node, NULL);
      text = peer_get_text (quick);
      g_assert_cmpuint (strlen (text), >, 60000);
    }
  peer_wait_for_count (&fixture->n_closed, 1);
  fixture_expect_book (fixture, "opened -\nclosed SLOW\n");
}

/* Descriptors run out */

/* Of this process, in microseconds. */
static gint64
get_cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

static void
run_out_of_descriptors (void)
{
  struct rlimit limit = { 80, 80 };
  g_autofree char *id = NULL;
  g_autoptr (Peer) early = NULL;
  Peer *peers[50];
  Fixture fixture = { 0 };
  gint64 before, spent;

  fixture_set_up (&fixture, NULL);
  early = peer_new_websocket (fixture.port, "/websocketio/io");
  id = peer_get_session (early);
  fixture_let_complain ("Cannot accept connections");
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  /* The system connects them; the server cannot take them all. */
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = peer_new (fixture.port);
  before = get_cpu_time ();
  peer_idle (1000);
  spent = get_cpu_time () - before;

  /* It tries again some times a second, which costs next to nothing, and says so once. A loop that spins would take all
   * the time that it gets. */
  g_assert_cmpint (spent, <, 300000);
  g_assert_cmpuint (fixture_get_complaints (), ==, 1);
  peer_send_text (early, "{\"type\":\"echo\",\"data\":1}");
  peer_expect_text (early, "{\"type\":\"echo\",\"data\":1}");
  g_assert_cmpuint (peer_request (peers[0], "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);

  for (guint i = 0; i < 40; i++)
    peer_free (peers[i]);
  for (guint i = 40; i < G_N_ELEMENTS (peers); i++)
    {
      g_assert_cmpuint (peer_request (peers[i], "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
      peer_free (peers[i]);
    }
  fixture_let_complain (NULL);
  g_clear_pointer (&early, peer_free);
  fixture_tear_down (&fixture, NULL);
}

static void
test_descriptors (void)
{
  if (fixture_in_subprocess (30))
    run_out_of_descriptors ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  fixture_add ("/server/http/keepalive", test_keepalive);
  fixture_add ("/server/http/many-connections", test_many_connections);
  fixture_add ("/server/http/idle-connections", test_idle_connections);
  fixture_add ("/server/http/pipelined", test_pipelined);
  fixture_add ("/server/http/in-pieces", test_in_pieces);
  fixture_add ("/server/http/odd-requests", test_odd_requests);
  fixture_add ("/server/http/slow-head", test_slow_head);
  fixture_add ("/server/http/large-length", test_large_length);
  fixture_add ("/server/http/expect", test_expect);
  fixture_add ("/server/http/endless-chunks", test_endless_chunks);
  fixture_add ("/server/http/slow-reader", test_slow_reader);
  fixture_add ("/server/http/slow-websocket", test_slow_websocket);
  g_test_add_func ("/server/http/descriptors", test_descriptors);

  return g_test_run ();
}
