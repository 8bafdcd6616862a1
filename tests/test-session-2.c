/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "session-fixture.h"

#include <string.h>

/* A session of version 2: how it is welcomed, counted, lost and found. What it does with channels, requests and HTTP is
 * in test-session-channels.c, test-session-request.c and test-session-http.c. */

/* The welcome */

static void
test_welcome (SessionTest   *test,
              gconstpointer  data)
{
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) session = fake_host_connect_2 (test->host, transport);
  g_autofree char *pattern = NULL;
  g_autofree char *other = g_strdup (fake_transport_get_last_2 (test->transport));

  /* Nothing comes before it. */
  push_to_all (test, "early");
  fake_host_run (test->host);
  g_assert_cmpstr (transport->events->str, ==, " __welcome early");

  pattern = g_strdup_printf ("^{\"type\":\"__welcome\",\"data\":{\"id\":\"%s\",\"token\":\"[-_A-Za-z0-9]{43}\","
                             "\"pos\":\"[0-9a-f]{8}\\.0\",\"resumed\":false,\"recovered\":false,\"ackn\":0,"
                             "\"window\":60,\"heartbeat\":60,\"timeout\":60,\"max\":131072,\"channels\":\\[\\]}}$",
                             rocketio_session_get_id (session));
  g_assert_true (g_regex_match_simple (pattern, g_ptr_array_index (transport->texts_2, 0), 0, 0));
  g_assert_cmpstr (g_ptr_array_index (transport->texts_2, 0), !=, other);
}

static void
test_welcome_waits (SessionTest   *test,
                    gconstpointer  data)
{
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) session = NULL;

  transport->writable = FALSE;
  session = fake_host_connect_2 (test->host, transport);
  push_to_all (test, "early");
  fake_host_run (test->host);
  g_assert_cmpuint (transport->texts->len, ==, 0);
  fake_transport_open_up (transport);
  fake_host_run (test->host);
  g_assert_cmpstr (transport->events->str, ==, " __welcome early");
}

/* Nor a heartbeat, which would take a client that was not recovered past what it has missed. */
static void
test_welcome_before_heartbeat (SessionTest   *test,
                               gconstpointer  data)
{
  g_autofree char *position = dup_position (test);

  cut (test);
  push (test, "missed");
  come_back (test, "nonsense");
  rocketio_transport_idle (&test->transport->parent);
  g_assert_cmpuint (test->transport->texts->len, ==, 0);
  cut (test);
  come_back (test, position);
  rocketio_transport_idle (&test->transport->parent);
  expect_names (test, " __welcome __heartbeat");
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 0), "\"recovered\":false"));
}

static void
test_token (SessionTest   *test,
            gconstpointer  data)
{
  g_autoptr (JsonObject) welcome = get_last_data (test);
  g_autofree char *token = g_strdup (json_object_get_string_member (welcome, "token"));

  g_assert_true (rocketio_session_has_token (test->session, token));
  g_assert_false (rocketio_session_has_token (test->session, NULL));
  g_assert_false (rocketio_session_has_token (test->session, ""));
  token[42] ^= 1;
  g_assert_false (rocketio_session_has_token (test->session, token));
  token[42] = '\0';
  g_assert_false (rocketio_session_has_token (test->session, token));
}

/* Numbers of the client */

static void
test_count (SessionTest   *test,
            gconstpointer  data)
{
  say (test, "{\"type\":\"a\",\"n\":1}");
  say (test, "{\"type\":\"b\",\"n\":2}");
  expect_story (test, " event:a event:b");
  expect (test, "");

  /* Doubles and gaps are dropped, and it hears at once how far we are. */
  say (test, "{\"type\":\"b\",\"n\":2}");
  expect_story (test, "");
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":2}}");
  say (test, "{\"type\":\"d\",\"n\":4}");
  say (test, "{\"type\":\"e\",\"n\":9007199254740991}");
  expect_story (test, "");
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":2}}");

  say (test, "{\"type\":\"c\"}");
  say (test, "{\"type\":\"c\",\"n\":3}");
  expect_story (test, " event:c event:c");
  expect (test, "");
}

/* What is numbered counts, also if it is nothing that we know. */
static void
test_count_reserved (SessionTest   *test,
                     gconstpointer  data)
{
  static const char * const names[] = { "connect", "disconnect", "error", "start", "*", "__unknown", "__hello" };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    say (test, "{\"type\":\"%s\",\"n\":%u}", names[i], ++n);
  expect_story (test, "");
  say (test, "{\"type\":\"a\",\"n\":%u}", ++n);
  expect_story (test, " event:a");
  expect (test, "");
}

/* What cannot be read is dropped; it ends nothing, and takes nothing else with it. */
static void
test_refused (SessionTest   *test,
              gconstpointer  data)
{
  static const char * const texts[] = {
    "", "x", "null", "[", "[1,{}]", "{}", "{\"type\":\"\"}", "{\"type\":\"a\",\"n\":0}", "{\"type\":\"a\",\"n\":\"1\"}",
    "{\"type\":\"a\",\"n\":1.5}", "{\"type\":\"a\",\"id\":-1}", "{\"type\":\"a\",\"bin\":true}", "{\"n\":",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    say (test, "%s", texts[i]);
  expect (test, "");
  expect_story (test, "");
  say (test, "[{\"type\":\"a\",\"n\":1},7,{\"type\":\"b\",\"n\":2},{\"type\":\"c\",\"data\":1e999}]");
  expect_story (test, " event:a event:b");
}

/* If its number can be seen, it counts, or it would be sent for ever. */
static void
test_refused_with_number (SessionTest   *test,
                          gconstpointer  data)
{
  static const char * const texts[] = {
    "{\"type\":1,\"n\":%u}", "{\"n\":%u}", "{\"n\":%u,\"type\":\"a\",\"data\":1e999}",
    "{\"n\":%u,\"type\":\"a\",\"id\":-1}",
    "{\"n\":%u,\"type\":\"a\",\"data\":\"\\u0000\"}", "{\"n\":%u,\"type\":\"a\",\"bin\":true,\"data\":\"*\"}",
  };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GString) text = g_string_new (texts[i]);
      g_autofree char *number = g_strdup_printf ("%u", ++n);
      g_autofree char *start = g_strdup_printf ("\"data\":{\"n\":%u,\"code\":\"bad-request\",\"message\":\"", n);

      g_string_replace (text, "%u", number, 0);
      say (test, "%s", text->str);
      expect_names (test, " __refused");
      g_assert_nonnull (strstr (fake_transport_get_last_2 (test->transport), start));

      /* Once. */
      say (test, "%s", text->str);
      expect_names (test, " __ackn");
    }

  say (test, "{\"type\":\"a\",\"data\":1e999,\"id\":5,\"n\":%u}", ++n);
  expect_names (test, " __ack");
  g_assert_nonnull (strstr (fake_transport_get_last_2 (test->transport),
                            "{\"id\":5,\"error\":{\"code\":\"bad-request\","));
  say (test, "{\"type\":\"a\",\"data\":1e999,\"id\":6}");
  expect_names (test, " __ack");
  say (test, "{\"type\":\"a\",\"n\":%u}", ++n);
  expect_story (test, " event:a");
}

static void
test_binary (SessionTest   *test,
             gconstpointer  data)
{
  static const guint8 bytes[] = "\1\0\0\0\26{\"type\":\"image\",\"n\":1}xyz";

  rocketio_transport_bytes (&test->transport->parent, bytes, sizeof bytes - 1);
  rocketio_transport_bytes (&test->transport->parent, bytes, sizeof bytes - 1);
  rocketio_transport_bytes (&test->transport->parent, bytes, 10);
  rocketio_transport_bytes (&test->transport->parent, (const guint8 *) "xyz", 3);
  expect_story (test, " binary:image");
  say (test, "{\"type\":\"image\",\"n\":2,\"bin\":true,\"data\":\"eHl6\"}");
  expect_story (test, " binary:image");
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":2}}");
}

static void
test_ackn_after_32 (SessionTest   *test,
                    gconstpointer  data)
{
  guint n = 0;

  while (n < 31)
    say (test, "{\"type\":\"__unknown\",\"n\":%u}", ++n);
  expect (test, "");
  say (test, "{\"type\":\"__unknown\",\"n\":%u}", ++n);
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":32}}");
  while (n < 63)
    say (test, "{\"type\":\"__unknown\",\"n\":%u}", ++n);
  expect (test, "");
  say (test, "{\"type\":\"__unknown\",\"n\":%u}", ++n);
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":64}}");
}

static void
test_ackn_in_time (SessionTest   *test,
                   gconstpointer  data)
{
  gint64 start = g_get_monotonic_time ();
  guint n_sent = test->transport->texts_2->len;

  say (test, "{\"type\":\"__unknown\",\"n\":1}");
  say (test, "{\"type\":\"__unknown\",\"n\":2}");
  expect (test, "");
  wait_for (test->host->context, test->transport->texts_2->len > n_sent)
    ;
  g_test_message ("after %d ms", (int) ((g_get_monotonic_time () - start) / 1000));
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":2}}");

  /* Once is enough; and there is a next time. */
  run_for (test->host->context, 700);
  expect (test, "");
  say (test, "{\"type\":\"__unknown\",\"n\":3}");
  wait_for (test->host->context, test->transport->texts_2->len > n_sent + 1)
    ;
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":3}}");
}

/* It goes on over the connections of a session. */
static void
test_count_goes_on (SessionTest   *test,
                    gconstpointer  data)
{
  g_autoptr (JsonObject) welcome = NULL;

  say (test, "{\"type\":\"a\",\"n\":1}");
  say (test, "{\"type\":\"b\",\"n\":2}");
  cut (test);
  come_back (test, NULL);
  fake_host_run (test->host);
  welcome = get_last_data (test);
  g_assert_cmpint (json_object_get_int_member (welcome, "ackn"), ==, 2);
  forget_sent (test);

  say (test, "[{\"type\":\"b\",\"n\":2},{\"type\":\"c\",\"n\":3}]");
  expect_story (test, " event:a event:b detached resumed:anew event:c");
  expect (test, " {\"type\":\"__ackn\",\"data\":{\"n\":3}}");
}

/* Positions */

static char *
make_position (SessionTest *test,
               guint64      seq)
{
  char position[ROCKETIO_POSITION_SIZE];

  rocketio_position_write (position, rocketio_hub_get_epoch (test->host->hub), seq);

  return g_strdup (position);
}

/* Each message has its number, and the position that goes with it. */
static void
test_positions (SessionTest   *test,
                gconstpointer  data)
{
  g_autofree char *first = make_position (test, 1);
  g_autofree char *third = make_position (test, 3);
  g_autofree char *expected = NULL;

  push (test, "a");
  fake_host_push (test->host, "others", "nobody", NULL, NULL);
  push_to_all (test, "b");
  fake_host_run (test->host);
  expected = g_strdup_printf ("{\"seq\":1,\"pos\":\"%s\",\"type\":\"a\",\"data\":null}", first);
  g_assert_cmpstr (g_ptr_array_index (test->transport->texts_2, 1), ==, expected);
  g_free (expected);
  expected = g_strdup_printf ("{\"seq\":3,\"pos\":\"%s\",\"type\":\"b\",\"data\":null}", third);
  g_assert_cmpstr (g_ptr_array_index (test->transport->texts_2, 2), ==, expected);
}

static void
test_pong_confirms (SessionTest   *test,
                    gconstpointer  data)
{
  RocketIOFeed *feed = rocketio_session_get_feed (test->session);
  g_autofree char *second = make_position (test, 2);
  g_autofree char *future = make_position (test, 1000);

  push (test, "a");
  push (test, "b");
  push (test, "c");
  fake_host_run (test->host);
  g_assert_cmpuint (rocketio_log_get_length (feed->log), ==, 3);
  say (test, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", second);
  g_assert_cmpuint (rocketio_log_get_length (feed->log), ==, 1);
  g_assert_cmpuint (feed->kept, ==, 2);

  /* Whatever it says, what it was not given yet is not thrown away. */
  push (test, "d");
  say (test, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", future);
  expect_names (test, " a b c d");
}

static void
test_bad_pongs (SessionTest   *test,
                gconstpointer  data)
{
  static const char * const data_of_pongs[] = {
    "null", "{}", "[]", "1", "{\"pos\":null}", "{\"pos\":1}", "{\"pos\":\"\"}", "{\"pos\":\"12345678.2\"}",
    "{\"pos\":\"2\"}", "{\"pos\":[\"\"]}", "\"00000000.2\"",
  };
  RocketIOFeed *feed = rocketio_session_get_feed (test->session);

  push (test, "a");
  push (test, "b");
  fake_host_run (test->host);
  say (test, "{\"type\":\"__pong\"}");
  for (guint i = 0; i < G_N_ELEMENTS (data_of_pongs); i++)
    say (test, "{\"type\":\"__pong\",\"data\":%s}", data_of_pongs[i]);
  g_assert_cmpuint (feed->kept, ==, 0);
  g_assert_cmpuint (rocketio_log_get_length (feed->log), ==, 2);
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

static void
test_heartbeat (SessionTest   *test,
                gconstpointer  data)
{
  g_autofree char *position = NULL;
  g_autofree char *expected = NULL;
  guint n_notified = 0;

  push (test, "a");
  fake_host_run (test->host);
  position = dup_position (test);
  forget_sent (test);
  g_signal_connect (test->session, "notify::round-trip-time", G_CALLBACK (count_cb), &n_notified);
  g_assert_cmpint (rocketio_session_get_round_trip_time (test->session), ==, -1);

  rocketio_transport_idle (&test->transport->parent);
  expected = g_strdup_printf (" {\"type\":\"__heartbeat\",\"data\":{\"pos\":\"%s\"}}", position);
  expect (test, expected);
  run_for (test->host->context, 2);
  say (test, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", position);
  g_assert_cmpint (rocketio_session_get_round_trip_time (test->session), >=, 2000);
  g_assert_cmpint (rocketio_session_get_round_trip_time (test->session), <, 30 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_notified, ==, 1);

  /* A pong that was not asked for tells nothing of that. */
  say (test, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", position);
  g_assert_cmpuint (n_notified, ==, 1);

  test->transport->writable = FALSE;
  rocketio_transport_idle (&test->transport->parent);
  expect (test, "");
}

/* A pong that was under way when the heartbeat went out, for what was given before, says how far the client is and
 * nothing of the time: only the one for the heartbeat's position does, or for a later one. */
static void
test_older_pong (SessionTest   *test,
                 gconstpointer  data)
{
  g_autofree char *older = NULL;
  g_autofree char *newer = NULL;

  push (test, "a");
  fake_host_run (test->host);
  older = dup_position (test);
  push (test, "b");
  fake_host_run (test->host);
  newer = dup_position (test);
  g_assert_cmpstr (older, !=, newer);

  rocketio_transport_idle (&test->transport->parent);
  say (test, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", older);
  g_assert_cmpint (rocketio_session_get_round_trip_time (test->session), ==, -1);
  run_for (test->host->context, 2);
  say (test, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", newer);
  g_assert_cmpint (rocketio_session_get_round_trip_time (test->session), >=, 2000);
}

/* The end of a connection */

static void
assert_detached (SessionTest *test)
{
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (test->host->hub);

  expect_story (test, " detached");
  g_assert_cmpint (rocketio_session_get_transport (test->session), ==, ROCKETIO_TRANSPORT_TYPE_NONE);
  g_assert_true (rocketio_session_list_lookup (sessions, rocketio_session_get_id (test->session)) == test->session);
}

static void
test_detached (SessionTest   *test,
               gconstpointer  data)
{
  static const RocketIOCloseReason reasons[] = {
    ROCKETIO_CLOSE_REASON_LOST, ROCKETIO_CLOSE_REASON_TIMEOUT, ROCKETIO_CLOSE_REASON_PROTOCOL,
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autofree char *position = dup_position (test);

      fake_transport_break (test->transport, reasons[i]);
      assert_detached (test);
      fake_host_run (test->host);
      come_back (test, position);
      expect_names (test, " __welcome");
      expect_story (test, " resumed:recovered");
    }
}

static void
test_goodbye (SessionTest   *test,
              gconstpointer  data)
{
  say (test, "[{\"type\":\"a\"},{\"type\":\"__bye\"},{\"type\":\"b\"}]");
  expect_story (test, " event:a closed:client");
  g_assert_true (test->transport->gone);
  g_assert_cmpuint (test->transport->code, ==, 1000);
  g_assert_cmpuint (rocketio_session_list_get_n (rocketio_hub_get_sessions (test->host->hub)), ==, 0);
}

static void
test_closed_by_client (SessionTest   *test,
                       gconstpointer  data)
{
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_CLIENT);
  expect_story (test, " closed:client");
}

static void
test_window (SessionTest   *test,
             gconstpointer  data)
{
  gint64 start = g_get_monotonic_time ();
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (test->host->hub);

  test->host->settings.resume_window = 1;
  cut (test);
  wait_for (test->host->context, rocketio_session_list_get_n (sessions) == 0)
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, G_USEC_PER_SEC - 1000);
  expect_story (test, " detached closed:timeout");
}

/* Coming back in time stops the clock. */
static void
test_window_stops (SessionTest   *test,
                   gconstpointer  data)
{
  g_autofree char *position = dup_position (test);

  test->host->settings.resume_window = 1;
  cut (test);
  run_for (test->host->context, 300);
  come_back (test, position);
  run_for (test->host->context, 1000);
  expect_story (test, " detached resumed:recovered");
}

static void
test_no_window (SessionTest   *test,
                gconstpointer  data)
{
  test->host->settings.resume_window = 0;
  cut (test);
  expect_story (test, " closed:lost");
}

static void
test_fall_behind (SessionTest   *test,
                  gconstpointer  data)
{
  g_autofree char *position = dup_position (test);

  rocketio_hub_set_max_queue (test->host->hub, 1000);
  test->transport->writable = FALSE;
  fake_host_push_big (test->host, "a", NULL, 1000);
  fake_host_push_big (test->host, "b", NULL, 1000);
  fake_host_run (test->host);
  g_assert_true (test->transport->gone);
  g_assert_cmpuint (test->transport->code, ==, 4001);
  assert_detached (test);

  /* The log of everybody keeps more than one client may leave lying. */
  come_back (test, position);
  expect_names (test, " __welcome a b");
  expect_story (test, " resumed:recovered");
}

/* Coming back */

static void
test_recovered (SessionTest   *test,
                gconstpointer  data)
{
  g_autofree char *position = NULL;
  g_autoptr (JsonObject) welcome = NULL;

  push (test, "a");
  expect_names (test, " a");
  position = dup_position (test);

  /* On their way when the connection broke, and after that. */
  push (test, "b");
  push_to_all (test, "c");
  fake_host_run (test->host);
  cut (test);
  push (test, "d");
  push_to_all (test, "e");
  fake_host_run (test->host);
  expect_story (test, " detached");

  come_back (test, position);
  push (test, "f");
  expect_names (test, " __welcome b c d e f");
  expect_story (test, " resumed:recovered");
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 0),
                            "\"resumed\":true,\"recovered\":true,\"ackn\":0,"));
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 0), position));
}

/* And once more from the same place, as long as that was not confirmed. */
static void
test_recovered_twice (SessionTest   *test,
                      gconstpointer  data)
{
  g_autofree char *position = dup_position (test);
  g_autofree char *later = NULL;

  push (test, "a");
  push (test, "b");
  for (guint i = 0; i < 3; i++)
    {
      cut (test);
      come_back (test, position);
      expect_names (test, " __welcome a b");
    }
  later = dup_position (test);
  cut (test);
  come_back (test, later);
  expect_names (test, " __welcome");

  /* What it named in its hello it has. */
  cut (test);
  come_back (test, position);
  expect_names (test, " __welcome");
  g_assert_nonnull (strstr (fake_transport_get_last_2 (test->transport), "\"recovered\":false"));
}

static void
test_not_recovered (SessionTest   *test,
                    gconstpointer  data)
{
  g_autofree char *future = make_position (test, 1000);
  const char *positions[] = { NULL, "", "nonsense", "12345678.0", future };

  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    {
      g_autoptr (JsonObject) welcome = NULL;
      g_autofree char *now = NULL;

      push (test, "lost");
      fake_host_run (test->host);
      cut (test);
      push (test, "lost");
      push_to_all (test, "lost");
      come_back (test, positions[i]);
      expect_names (test, " __welcome");
      expect_story (test, " detached resumed:anew");
      welcome = get_last_data (test);
      g_assert_true (json_object_get_boolean_member (welcome, "resumed"));
      g_assert_false (json_object_get_boolean_member (welcome, "recovered"));

      /* From where it is now, it can go on. */
      now = g_strdup (json_object_get_string_member (welcome, "pos"));
      push (test, "new");
      expect_names (test, " new");
      cut (test);
      come_back (test, now);
      expect_names (test, " __welcome new");
      expect_story (test, " detached resumed:recovered");
    }
}

static void
test_not_recovered_before_pong (SessionTest   *test,
                                gconstpointer  data)
{
  g_autofree char *before = dup_position (test);
  g_autofree char *at = NULL;

  push (test, "a");
  fake_host_run (test->host);
  at = dup_position (test);
  say (test, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", at);
  cut (test);
  come_back (test, before);
  expect_names (test, " __welcome");
  expect_story (test, " detached resumed:anew");
}

/* More was pushed while it was away than is kept: then it gets none of that. */
static void
test_not_recovered_for_size (SessionTest   *test,
                             gconstpointer  data)
{
  g_autofree char *position = dup_position (test);

  rocketio_hub_set_max_queue (test->host->hub, 5000);
  cut (test);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *json = g_strnfill (1002, '"');

      memset (json + 1, 'x', 1000);
      g_assert_true (rocketio_session_push_json (test->session, "big", json, NULL));
      fake_host_run (test->host);
    }
  come_back (test, position);
  push (test, "new");
  expect_names (test, " __welcome new");
  expect_story (test, " detached resumed:anew");
}

static void
test_take_over (SessionTest   *test,
                gconstpointer  data)
{
  FakeTransport *old = test->transport;
  g_autofree char *position = dup_position (test);

  push (test, "a");
  fake_host_run (test->host);
  come_back (test, position);
  expect_names (test, " __welcome a");
  g_assert_true (old->gone);
  g_assert_cmpuint (old->code, ==, 4501);
  g_assert_true (g_str_has_prefix (fake_transport_get_last_2 (old),
                                   "{\"type\":\"__disconnect\",\"data\":{\"code\":4501,"));

  /* To the app nothing has happened; and what the old one still says is nobody's. */
  fake_transport_receive (old, "{\"type\":\"a\"}");
  fake_transport_break (old, ROCKETIO_CLOSE_REASON_CLIENT);
  expect_story (test, "");
  say (test, "{\"type\":\"b\"}");
  expect_story (test, " event:b");
}

static void
test_take_over_anew (SessionTest   *test,
                     gconstpointer  data)
{
  FakeTransport *old = test->transport;

  come_back (test, NULL);
  expect_names (test, " __welcome");
  expect_story (test, " detached resumed:anew");
  g_assert_cmpuint (old->code, ==, 4501);
}

static void
close_session (FakeHost        *host,
               RocketIOSession *session,
               gpointer         user_data)
{
  rocketio_session_close (session);
}

/* The app may close it when it hears that it is away, or back. */
static void
test_closed_when_detached (SessionTest   *test,
                           gconstpointer  data)
{
  test->host->on_detached = close_session;
  cut (test);
  expect_story (test, " detached untold:4500 closed:server");
  fake_host_run (test->host);
}

static void
test_closed_when_resumed (SessionTest   *test,
                          gconstpointer  data)
{
  test->host->on_resumed = close_session;
  cut (test);
  come_back (test, NULL);
  expect_names (test, " __welcome __disconnect");
  expect_story (test, " detached resumed:anew closed:server");
  g_assert_true (test->transport->gone);
  g_assert_cmpuint (test->transport->code, ==, 4500);
}

/* The end */

static void
test_close (SessionTest   *test,
            gconstpointer  data)
{
  push (test, "bye");
  rocketio_session_close (test->session);
  expect (test, " {\"type\":\"bye\",\"data\":null}"
                " {\"type\":\"__disconnect\",\"data\":{\"code\":4500,\"reason\":\"the app closed the session\"}}");
  g_assert_cmpuint (test->transport->code, ==, 4500);
  expect_story (test, " closed:server");
}

static void
test_close_full (SessionTest   *test,
                 gconstpointer  data)
{
  g_assert_true (rocketio_session_close_full (test->session, 4321, "off\n to \"bed\"", NULL));
  expect (test, " {\"type\":\"__disconnect\",\"data\":{\"code\":4321,\"reason\":\"off\\n to \\\"bed\\\"\"}}");
  g_assert_cmpuint (test->transport->code, ==, 4321);
  expect_story (test, " closed:server");
  g_assert_true (rocketio_session_close_full (test->session, 4321, "", NULL));
}

static void
test_close_refused (SessionTest   *test,
                    gconstpointer  data)
{
  static const guint codes[] = { 0, 1000, 3999, 5000, G_MAXUINT };
  g_autofree char *longest = g_strnfill (100, 'x');
  g_autofree char *too_long = g_strnfill (101, 'x');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_assert_false (rocketio_session_close_full (test->session, codes[i], "", &error));
      g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING);
      g_clear_error (&error);
    }
  g_assert_false (rocketio_session_close_full (test->session, 4000, too_long, NULL));
  g_assert_false (rocketio_session_close_full (test->session, 4000, "\xff", NULL));
  expect_story (test, "");
  g_assert_false (test->transport->gone);
  g_assert_true (rocketio_session_close_full (test->session, 4999, longest, NULL));
}

/* One that is away is to be told when it asks. */
static void
test_close_detached (SessionTest   *test,
                     gconstpointer  data)
{
  cut (test);
  push (test, "a");
  rocketio_session_close (test->session);
  expect_story (test, " detached untold:4500 closed:server");
  fake_host_run (test->host);
  g_assert_cmpuint (rocketio_session_list_get_n (rocketio_hub_get_sessions (test->host->hub)), ==, 0);
}

#define add(name, func) session_test_add ("/session-2/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("welcome", test_welcome);
  add ("welcome-waits", test_welcome_waits);
  add ("welcome-before-heartbeat", test_welcome_before_heartbeat);
  add ("token", test_token);
  add ("count", test_count);
  add ("count-reserved", test_count_reserved);
  add ("refused", test_refused);
  add ("refused-with-number", test_refused_with_number);
  add ("binary", test_binary);
  add ("ackn-after-32", test_ackn_after_32);
  add ("ackn-in-time", test_ackn_in_time);
  add ("count-goes-on", test_count_goes_on);
  add ("positions", test_positions);
  add ("pong-confirms", test_pong_confirms);
  add ("bad-pongs", test_bad_pongs);
  add ("heartbeat", test_heartbeat);
  add ("older-pong", test_older_pong);
  add ("detached", test_detached);
  add ("goodbye", test_goodbye);
  add ("closed-by-client", test_closed_by_client);
  add ("window", test_window);
  add ("window-stops", test_window_stops);
  add ("no-window", test_no_window);
  add ("fall-behind", test_fall_behind);
  add ("recovered", test_recovered);
  add ("recovered-twice", test_recovered_twice);
  add ("not-recovered", test_not_recovered);
  add ("not-recovered-before-pong", test_not_recovered_before_pong);
  add ("not-recovered-for-size", test_not_recovered_for_size);
  add ("take-over", test_take_over);
  add ("take-over-anew", test_take_over_anew);
  add ("closed-when-detached", test_closed_when_detached);
  add ("closed-when-resumed", test_closed_when_resumed);
  add ("close", test_close);
  add ("close-full", test_close_full);
  add ("close-refused", test_close_refused);
  add ("close-detached", test_close_detached);

  return g_test_run ();
}
