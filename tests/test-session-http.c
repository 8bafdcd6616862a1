/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "session-fixture.h"

#include <string.h>

/* What a session of version 2 does without a WebSocket. */

static void
post (SessionTest *test,
      const char  *text,
      const char  *expected)
{
  g_autoptr (GArray) messages = rocketio_messages_split (text, strlen (text));
  g_autofree char *answer = rocketio_session_receive_post (test->session, messages);

  g_assert_cmpstr (answer, ==, expected);
}

static void
test_ticket (SessionTest   *test,
             gconstpointer  data)
{
  g_autofree char *ticket = NULL;
  g_autofree char *second = NULL;

  g_assert_false (rocketio_session_take_ticket (test->session, ""));
  ticket = g_strdup (rocketio_session_make_ticket (test->session));
  g_assert_true (g_str_has_prefix (ticket, rocketio_session_get_id (test->session)));
  g_assert_cmpuint (strlen (ticket), ==, ROCKETIO_SESSION_ID_LENGTH + ROCKETIO_TOKEN_LENGTH);
  g_assert_false (rocketio_session_take_ticket (test->session, "nonsense"));
  g_assert_true (rocketio_session_take_ticket (test->session, ticket));
  g_assert_false (rocketio_session_take_ticket (test->session, ticket));

  /* A new one makes the old one void. */
  g_free (ticket);
  ticket = g_strdup (rocketio_session_make_ticket (test->session));
  second = g_strdup (rocketio_session_make_ticket (test->session));
  g_assert_cmpstr (ticket, !=, second);
  g_assert_false (rocketio_session_take_ticket (test->session, ticket));
  g_assert_true (rocketio_session_take_ticket (test->session, second));
}

static void
test_old_ticket (SessionTest   *test,
                 gconstpointer  data)
{
  g_autofree char *ticket = g_strdup (rocketio_session_make_ticket (test->session));

  g_assert_cmpint (test->session->wire->ticket_end, <=, g_get_monotonic_time () + 30 * G_USEC_PER_SEC);
  test->session->wire->ticket_end = g_get_monotonic_time () - 1;
  g_assert_false (rocketio_session_take_ticket (test->session, ticket));
}

static void
test_ticket_of_version_1 (SessionTest   *test,
                          gconstpointer  data)
{
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) session = fake_host_connect (test->host, transport);

  g_assert_false (rocketio_session_take_ticket (session, rocketio_session_get_id (session)));
  g_assert_false (rocketio_session_has_token (session, ""));
}

static void
test_post (SessionTest   *test,
           gconstpointer  data)
{
  post (test, "[]", "[{\"type\":\"__ackn\",\"data\":{\"n\":0}}]");
  post (test, "[{\"type\":\"a\",\"n\":1},7,{\"type\":\"b\"},{\"type\":\"c\",\"n\":2}]",
        "[{\"type\":\"__ackn\",\"data\":{\"n\":2}}]");
  expect_story (test, " event:a event:b event:c");

  /* Posted again because the answer got lost. */
  post (test, "[{\"type\":\"c\",\"n\":2},{\"type\":\"d\",\"n\":3}]", "[{\"type\":\"__ackn\",\"data\":{\"n\":3}}]");
  expect_story (test, " event:d");
  expect (test, "");

  /* In an answer to a post it has heard it, and need not be told in another way. */
  run_for (test->host->context, 700);
  expect (test, "");
}

static void
test_post_bye (SessionTest   *test,
               gconstpointer  data)
{
  post (test, "[{\"type\":\"a\",\"n\":1},{\"type\":\"__bye\",\"n\":2},{\"type\":\"b\",\"n\":3}]",
        "[{\"type\":\"__ackn\",\"data\":{\"n\":2}}]");
  expect_story (test, " event:a closed:client");
}

/* While it is away, too. */
static void
test_post_detached (SessionTest   *test,
                    gconstpointer  data)
{
  cut (test);
  post (test, "[{\"type\":\"a\",\"n\":1}]", "[{\"type\":\"__ackn\",\"data\":{\"n\":1}}]");
  expect_story (test, " detached event:a");
}

static void
test_stream (SessionTest   *test,
             gconstpointer  data)
{
  g_autofree char *position = dup_position (test);
  g_autofree char *heartbeat = g_strdup_printf (" {\"type\":\"__heartbeat\",\"data\":{\"pos\":\"%s\"}}", position);

  cut (test);
  rocketio_session_expect_stream (test->session);
  rocketio_session_resume (test->session, position);
  rocketio_session_tell_resumed (test->session);
  expect_story (test, " detached resumed:recovered");

  use_new_transport (test, ROCKETIO_TRANSPORT_TYPE_SSE);
  rocketio_session_stream (test->session, &test->transport->parent);
  expect (test, heartbeat);
  push (test, "a");
  expect_names (test, " a");
  expect_story (test, "");
}

/* Its stream may come when it has been given up for away already; then it is back. */
static void
test_late_stream (SessionTest   *test,
                  gconstpointer  data)
{
  cut (test);
  expect_story (test, " detached");
  use_new_transport (test, ROCKETIO_TRANSPORT_TYPE_SSE);
  push (test, "a");
  rocketio_session_stream (test->session, &test->transport->parent);
  expect_names (test, " __heartbeat a");
  expect_story (test, " resumed:recovered");

  /* So that the next time it is away is told as well. */
  cut (test);
  expect_story (test, " detached");
}

/* What the one before it was given but did not get there. */
static void
test_stream_position (SessionTest   *test,
                      gconstpointer  data)
{
  g_autofree char *position = dup_position (test);

  push (test, "a");
  push (test, "b");
  fake_host_run (test->host);
  cut (test);
  use_new_transport (test, ROCKETIO_TRANSPORT_TYPE_SSE);
  g_assert_true (rocketio_session_poll (test->session, position));
  rocketio_session_stream (test->session, &test->transport->parent);
  expect_names (test, " __heartbeat a b");
  expect_story (test, " detached resumed:recovered");
}

static void
test_no_stream (SessionTest   *test,
                gconstpointer  data)
{
  gint64 start = g_get_monotonic_time ();

  rocketio_session_expect_stream (test->session);
  g_assert_true (test->transport->gone);
  expect_story (test, "");
  wait_for (test->host->context, test->host->story->len > 0)
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 10 * G_USEC_PER_SEC - 1000);
  expect_story (test, " detached");
}

/* A browser posts it again when the connection broke before the answer; once its stream is there it is only late. */
static void
test_repeated_hello (SessionTest   *test,
                     gconstpointer  data)
{
  g_autofree char *position = dup_position (test);

  cut (test);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (rocketio_session_is_newest (test->session, 7));
      rocketio_session_expect_stream (test->session);
      rocketio_session_resume (test->session, position);
    }
  g_assert_false (rocketio_session_is_newest (test->session, 6));

  use_new_transport (test, ROCKETIO_TRANSPORT_TYPE_SSE);
  rocketio_session_stream (test->session, &test->transport->parent);
  g_assert_false (rocketio_session_is_newest (test->session, 7));
  g_assert_true (rocketio_session_is_newest (test->session, 8));
  g_assert_true (rocketio_session_is_newest (test->session, 0));
}

static void
test_poll_position (SessionTest   *test,
                    gconstpointer  data)
{
  g_autofree char *first = dup_position (test);
  g_autofree char *second = NULL;

  push (test, "a");
  push (test, "b");
  expect_names (test, " a b");
  second = dup_position (test);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (rocketio_session_poll (test->session, first));
      rocketio_hub_mark (test->host->hub, test->session);
      expect_names (test, " a b");
    }

  /* Each counts as a pong. */
  g_assert_true (rocketio_session_poll (test->session, second));
  g_assert_false (rocketio_session_poll (test->session, first));
  g_assert_false (rocketio_session_poll (test->session, NULL));
  g_assert_false (rocketio_session_poll (test->session, "nonsense"));
  expect_story (test, "");

  cut (test);
  g_assert_true (rocketio_session_poll (test->session, second));
  expect_story (test, " detached resumed:recovered");
}

#define add(name, func) session_test_add ("/session-http/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("ticket", test_ticket);
  add ("old-ticket", test_old_ticket);
  add ("ticket-of-version-1", test_ticket_of_version_1);
  add ("post", test_post);
  add ("post-bye", test_post_bye);
  add ("post-detached", test_post_detached);
  add ("stream", test_stream);
  add ("late-stream", test_late_stream);
  add ("stream-position", test_stream_position);
  add ("no-stream", test_no_stream);
  add ("repeated-hello", test_repeated_hello);
  add ("poll-position", test_poll_position);

  return g_test_run ();
}
