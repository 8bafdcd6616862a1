/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

#define OTHER_ID "0123456789abcdef0123456789abcdef"

static void
push (Fixture    *fixture,
      const char *event)
{
  g_autoptr (GError) error = NULL;

  rocketio_server_push (fixture->server, event, NULL, &error);
  g_assert_no_error (error);
}

static void
expect_poll (Peer       *peer,
             const char *expected)
{
  g_autofree char *body = peer_get_poll (peer);

  g_assert_cmpstr (body, ==, expected);
}

/* Sessions */

static const char * const no_session_yet[] = {
  "/cometio/io", "/cometio/io?", "/cometio/io?session=", "/cometio/io?1700000000000&session=", "/cometio/io?session",
  "/cometio/io?session=me", "/cometio/io?session=%FF", "/cometio/io?session[]=a", "/cometio/io?session[a]=b",
  "/cometio/io?session=<script>", "/cometio/io?session=" OTHER_ID "&session=", "//cometio/io?session=",
  "/cometio/io?&&&=&=x&session=" OTHER_ID "x",
};

static void
test_no_session_yet (Fixture       *fixture,
                     gconstpointer  unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (no_session_yet); i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_auto (Response) response = { 0 };

      g_test_message ("%s", no_session_yet[i]);
      peer_send (peer, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", no_session_yet[i]);
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 200);
      g_assert_true (g_str_has_prefix (response.body, "[{\"type\":\"__session_id\",\"data\":\""));
      g_assert_cmpuint (response.length, ==, strlen ("[{\"type\":\"__session_id\",\"data\":\"\"}]") + 32);
      g_assert_null (strstr (response.body, OTHER_ID));
      g_assert_null (response_get (&response, "Access-Control-Allow-Origin"));
      g_assert_cmpstr (response_get (&response, "Cache-Control"), ==, "no-store");
    }

  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_COMET), ==,
                    G_N_ELEMENTS (no_session_yet));
}

static void
test_adopted_session (Fixture       *fixture,
                      gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);

  /* After a restart of the server clients come with the ids they had. */
  peer_poll (peer, "x&session=" OTHER_ID);
  expect_poll (peer, "[{\"type\":\"__session_id\",\"data\":\"" OTHER_ID "\"}]");
  g_assert_cmpuint (peer_post (peer, OTHER_ID, "[{\"type\":\"__channel_id\",\"data\":\"c\"}]"), ==, 200);
  fixture_expect_book (fixture, "opened c\n");
}

static void
test_null_channel (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);

  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"__channel_id\",\"data\":null}]"), ==, 200);
  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"__channel_id\",\"data\":\"d\"}]"), ==, 200);
  fixture_expect_book (fixture, "opened -\n");
  g_assert_cmpstr (rocketio_session_get_channel (fixture->last), ==, "d");
}

/* Polls */

static void
test_hold (Fixture       *fixture,
           gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);

  /* Not even a head is sent before there is a body. */
  peer_poll (peer, id);
  g_assert_true (peer_is_silent (peer, 100));
  push (fixture, "a");
  expect_poll (peer, "[{\"type\":\"a\",\"data\":null}]");

  /* Between two polls everything waits, and goes out in one array. */
  push (fixture, "b");
  push (fixture, "c");
  peer_idle (20);
  push (fixture, "d");
  peer_poll (peer, id);
  expect_poll (peer, "[{\"type\":\"b\",\"data\":null},{\"type\":\"c\",\"data\":null},{\"type\":\"d\",\"data\":null}]");

  /* So do those of one turn. */
  peer_poll (peer, id);
  g_assert_true (peer_is_silent (peer, 20));
  push (fixture, "e");
  push (fixture, "f");
  expect_poll (peer, "[{\"type\":\"e\",\"data\":null},{\"type\":\"f\",\"data\":null}]");
}

static void
test_time_out (Fixture       *fixture,
               gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = NULL;
  g_autofree char *body = NULL;
  static const char pattern[] = "^\\[{\"type\":\"__heartbeat\",\"data\":{\"time\":[0-9]{10,}}}\\]$";
  gint64 start;

  rocketio_server_set_poll_time (fixture->server, 1);
  id = peer_open_comet (peer);
  start = g_get_monotonic_time ();
  peer_poll (peer, id);
  body = peer_get_poll (peer);
  g_assert_true (g_regex_match_simple (pattern, body, 0, 0));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 950000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2000000);
}

/* 2 * poll time + 10 s after the last poll. */
static void
test_silence_ends (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *id = NULL;
  gint64 start, end;

  rocketio_server_set_poll_time (fixture->server, 1);
  id = peer_open_comet (peer);
  start = g_get_monotonic_time ();
  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"__channel_id\",\"data\":\"c\"}]"), ==, 200);
  peer_idle (8000);
  g_assert_cmpuint (peer_post (peer, id, "[{\"type\":\"x\"}]"), ==, 200);    /* is no poll */
  peer_wait_for_count (&fixture->n_closed, 1);
  end = g_get_monotonic_time ();
  g_assert_cmpint (end - start, >=, 11500000);
  g_assert_cmpint (end - start, <, 13500000);
  fixture_expect_book (fixture, "opened c\nevent x null\nclosed TIMEOUT\n");
  g_assert_cmpuint (peer_post (peer, id, "[]"), ==, 404);
}

static void
test_two_polls (Fixture       *fixture,
                gconstpointer  unused)
{
  g_autoptr (Peer) first = peer_new (fixture->port);
  g_autoptr (Peer) second = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (first);

  /* The later one gets what there is; the first is an orphan, which is no harm. */
  peer_poll (first, id);
  g_assert_true (peer_is_silent (first, 50));
  peer_poll (second, id);
  g_assert_true (peer_is_silent (second, 50));
  push (fixture, "a");
  expect_poll (second, "[{\"type\":\"a\",\"data\":null}]");
  g_assert_true (peer_is_silent (first, 50));

  /* Any number of orphans is bounded, and each that is let go gets an array. */
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (Peer) orphan = peer_new (fixture->port);

      peer_poll (orphan, id);
      g_assert_true (peer_is_silent (orphan, 10));
    }
  peer_poll (second, id);
  g_assert_true (peer_is_silent (second, 50));
  push (fixture, "b");
  expect_poll (second, "[{\"type\":\"b\",\"data\":null}]");
}

static void
test_too_many_polls (Fixture       *fixture,
                     gconstpointer  unused)
{
  Peer *peers[8];
  g_autofree char *id = NULL;
  guint n_held = 0;

  peers[0] = peer_new (fixture->port);
  id = peer_open_comet (peers[0]);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      if (i > 0)
        peers[i] = peer_new (fixture->port);
      peer_poll (peers[i], id);
      g_assert_true (peer_is_silent (peers[i], 20));
    }

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peer_read (peers[i]);
      if (peers[i]->in->len > 0)
        expect_poll (peers[i], "[]");
      else
        n_held++;
    }
  g_assert_cmpuint (n_held, ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peer_free (peers[i]);
}

/* Nothing is lost */

static void
test_half_close (Fixture       *fixture,
                 gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autoptr (Peer) next = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);

  peer_poll (peer, id);
  g_assert_true (peer_is_silent (peer, 50));
  peer_half_close (peer);
  peer_wait_for_end (peer);
  g_assert_cmpuint (peer->in->len, ==, 0);
  push (fixture, "a");
  peer_poll (next, id);
  expect_poll (next, "[{\"type\":\"a\",\"data\":null}]");
}

static void
test_reset (Fixture       *fixture,
            gconstpointer  unused)
{
  Peer *peer = peer_new (fixture->port);
  g_autoptr (Peer) next = peer_new (fixture->port);
  g_autofree char *id = peer_open_comet (peer);

  /* Noticed before the push, and only after the push was written to it. */
  peer_poll (peer, id);
  g_assert_true (peer_is_silent (peer, 50));
  peer_reset (peer);
  push (fixture, "a");
  peer_idle (50);
  peer = peer_new (fixture->port);
  peer_poll (peer, id);
  expect_poll (peer, "[{\"type\":\"a\",\"data\":null}]");
  peer_poll (peer, id);
  g_assert_true (peer_is_silent (peer, 50));
  push (fixture, "b");
  peer_idle (50);
  peer_reset (peer);
  peer_idle (50);
  push (fixture, "c");
  peer_poll (next, id);
  expect_poll (next, "[{\"type\":\"b\",\"data\":null}]");
  peer_poll (next, id);
  expect_poll (next, "[{\"type\":\"c\",\"data\":null}]");
}

static void
test_answer_counts_once (Fixture       *fixture,
                         gconstpointer  unused)
{
  g_autofree char *id = NULL;
  g_autoptr (Peer) a = peer_new (fixture->port);
  g_autoptr (Peer) b = peer_new (fixture->port);

  /* Connections taken in turn, as out of a pool: each answer arrived, though its acknowledgement may be on the way. */
  id = peer_open_comet (a);
  for (guint i = 0; i < 40; i++)
    {
      Peer *peer = i % 2 == 0 ? b : a;
      g_autofree char *event = g_strdup_printf ("e%u", i);
      g_autofree char *expected = g_strdup_printf ("[{\"type\":\"e%u\",\"data\":null}]", i);

      peer_poll (peer, id);
      if (i % 4 < 2)
        peer_idle (5);
      push (fixture, event);
      expect_poll (peer, expected);
    }
}

static void
test_clean_end_counts (Fixture       *fixture,
                       gconstpointer  unused)
{
  g_autofree char *id = NULL;
  g_autoptr (Peer) last = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (Peer) peer = peer_new (fixture->port);

      if (id == NULL)
        id = peer_open_comet (peer);
      peer_poll (peer, id);
      peer_idle (20);
      push (fixture, "a");
      expect_poll (peer, "[{\"type\":\"a\",\"data\":null}]");
    }

  peer_idle (20);
  last = peer_new (fixture->port);
  peer_poll (last, id);
  g_assert_true (peer_is_silent (last, 50));
}

/* Old HTTP */

static const char * const closing[] = {
  "GET /cometio/io?session=%s HTTP/1.0\r\nHost: localhost\r\n\r\n",
  "GET /cometio/io?session=%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
};

static void
test_closing_polls (Fixture       *fixture,
                    gconstpointer  unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (closing); i++)
    {
      g_autoptr (Peer) opening = peer_new (fixture->port);
      g_autoptr (Peer) peer = peer_new (fixture->port);
      g_autoptr (Peer) next = peer_new (fixture->port);
      g_autofree char *id = peer_open_comet (opening);
      g_auto (GStrv) parts = g_strsplit (closing[i], "%s", 2);
      g_auto (Response) response = { 0 };

      peer_send (peer, "%s%s%s", parts[0], id, parts[1]);
      g_assert_true (peer_is_silent (peer, 50));
      push (fixture, "a");
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 200);
      g_assert_cmpstr (response.body, ==, "[{\"type\":\"a\",\"data\":null}]");
      g_assert_cmpstr (response_get (&response, "Connection"), ==, "close");
      peer_wait_for_end (peer);

      /* A client that takes its time to close its own end has got its answer all the same. */
      peer_idle (i == 0 ? 2300 : 0);
      peer_poll (next, id);
      g_assert_true (peer_is_silent (next, 50));
      push (fixture, "b");
      expect_poll (next, "[{\"type\":\"b\",\"data\":null}]");
    }
}

static void
test_old_keepalive (Fixture       *fixture,
                    gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) response = { 0 };

  peer_send (peer, "GET /cometio/io HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  peer_get_response (peer, &response);
  g_assert_cmpuint (response.status, ==, 200);
  if (g_strcmp0 (response_get (&response, "Connection"), "close") == 0)
    peer_wait_for_end (peer);
  else
    g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
}

/* Other methods */

static void
test_methods (Fixture       *fixture,
              gconstpointer  unused)
{
  static const char * const refused[] = { "PUT", "DELETE", "PATCH", "TRACE", "BREW" };
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) head = { 0 };
  g_auto (Response) options = { 0 };

  peer_send (peer, "HEAD /cometio/io HTTP/1.1\r\nHost: localhost\r\n\r\n");
  peer_get_head (peer, &head);
  g_assert_cmpuint (head.status, ==, 200);

  peer_send (peer, "OPTIONS /cometio/io HTTP/1.1\r\nHost: localhost\r\nAccess-Control-Request-Method: POST\r\n\r\n");
  peer_get_response (peer, &options);
  g_assert_cmpuint (options.status, ==, 204);
  g_assert_nonnull (strstr (response_get (&options, "Access-Control-Allow-Methods"), "POST"));

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_auto (Response) response = { 0 };

      peer_send (peer, "%s /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", refused[i]);
      peer_get_response (peer, &response);
      g_assert_cmpuint (response.status, ==, 405);
      g_assert_cmpstr (response_get (&response, "Allow"), ==, "GET, HEAD, POST, OPTIONS");
    }
  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_NONE), ==, 0);
}

/* Two requests in one segment are both answered. */
static void
test_pipelined (Fixture       *fixture,
                gconstpointer  unused)
{
  static const char body[] = "{\"session\":\"" OTHER_ID "\",\"events\":[{\"type\":\"echo\",\"data\":7}]}";
  g_autoptr (Peer) opening = peer_new (fixture->port);
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_auto (Response) answer = { 0 };

  peer_poll (opening, OTHER_ID);
  expect_poll (opening, "[{\"type\":\"__session_id\",\"data\":\"" OTHER_ID "\"}]");

  push (fixture, "a");
  peer_send (peer, "GET /cometio/io?session=" OTHER_ID " HTTP/1.1\r\nHost: localhost\r\n\r\n"
             "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %u\r\n\r\n%s"
             "GET /cometio/io?session=" OTHER_ID " HTTP/1.1\r\nHost: localhost\r\n\r\n",
             (guint) strlen (body), body);
  expect_poll (peer, "[{\"type\":\"a\",\"data\":null}]");
  peer_get_response (peer, &answer);
  g_assert_cmpuint (answer.status, ==, 200);
  expect_poll (peer, "[{\"type\":\"echo\",\"data\":7}]");
  fixture_expect_book (fixture, "opened -\nevent echo 7\n");

  /* A POST behind a poll that is held waits for it, but is not lost. */
  peer_send (peer, "GET /cometio/io?session=" OTHER_ID " HTTP/1.1\r\nHost: localhost\r\n\r\n"
             "POST /cometio/io HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %u\r\n\r\n%s",
             (guint) strlen (body), body);
  g_assert_true (peer_is_silent (peer, 50));
  push (fixture, "b");
  expect_poll (peer, "[{\"type\":\"b\",\"data\":null}]");
  response_clear (&answer);
  peer_get_response (peer, &answer);
  g_assert_cmpuint (answer.status, ==, 200);
}

/* Switched off */

static void
test_switched_off (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new (fixture->port);
  g_autofree char *text = NULL;
  g_autofree char *id = peer_open_comet (peer);
  gint64 start;

  /* Some clients of 2013 come back at once, so refusing a poll takes its time. */
  rocketio_server_set_comet (fixture->server, FALSE);
  start = g_get_monotonic_time ();
  g_assert_cmpuint (peer_request (peer, "GET", "/cometio/io", NULL, NULL, &text), ==, 404);
  g_assert_nonnull (strstr (text, "RocketIOServer:comet"));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 950000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2500000);
  g_assert_cmpuint (peer_post (peer, id, "[]"), ==, 404);

  rocketio_server_set_comet (fixture->server, TRUE);
  rocketio_server_set_websocket (fixture->server, FALSE);
  g_assert_cmpuint (peer_post (peer, id, "[]"), ==, 200);
  g_assert_cmpuint (peer_request (peer, "GET", "/websocketio/io", "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                                  NULL, NULL), ==, 404);
  rocketio_server_set_version_1 (fixture->server, FALSE);
  g_assert_cmpuint (peer_request (peer, "GET", "/cometio/io", NULL, NULL, NULL), ==, 404);
  g_clear_pointer (&text, g_free);
  g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, &text), ==, 200);
  g_assert_null (strstr (text, "cometio"));
  g_assert_nonnull (strstr (text, "\"versions\":[2]"));
}

/* A client whose poll is refused may go meanwhile. */
static void
test_refused_and_gone (Fixture       *fixture,
                       gconstpointer  unused)
{
  rocketio_server_set_comet (fixture->server, FALSE);
  for (guint i = 0; i < 3; i++)
    {
      Peer *peer = peer_new (fixture->port);

      peer_poll (peer, "");
      peer_idle (50);
      if (i == 0)
        peer_free (peer);
      else if (i == 1)
        peer_reset (peer);
      else
        {
          rocketio_server_close (fixture->server);
          peer_idle (1200);
          peer_free (peer);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  fixture_add ("/server/comet/no-session-yet", test_no_session_yet);
  fixture_add ("/server/comet/adopted-session", test_adopted_session);
  fixture_add ("/server/comet/null-channel", test_null_channel);
  fixture_add ("/server/comet/hold", test_hold);
  fixture_add ("/server/comet/time-out", test_time_out);
  fixture_add ("/server/comet/silence-ends", test_silence_ends);
  fixture_add ("/server/comet/two-polls", test_two_polls);
  fixture_add ("/server/comet/too-many-polls", test_too_many_polls);
  fixture_add ("/server/comet/half-close", test_half_close);
  fixture_add ("/server/comet/reset", test_reset);
  fixture_add ("/server/comet/answer-counts-once", test_answer_counts_once);
  fixture_add ("/server/comet/clean-end-counts", test_clean_end_counts);
  fixture_add ("/server/comet/closing-polls", test_closing_polls);
  fixture_add ("/server/comet/old-keepalive", test_old_keepalive);
  fixture_add ("/server/comet/methods", test_methods);
  fixture_add ("/server/comet/pipelined", test_pipelined);
  fixture_add ("/server/comet/switched-off", test_switched_off);
  fixture_add ("/server/comet/refused-and-gone", test_refused_and_gone);

  return g_test_run ();
}
