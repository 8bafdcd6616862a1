/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "session-fixture.h"

#include <string.h>

#define MAX_CHANNELS 128
#define DEPTH        64     /* levels that data may have */

static void
expect_channels (SessionTest *test,
                 const char  *channels)
{
  g_auto (GStrv) names = rocketio_session_dup_channels (test->session);
  g_autofree char *joined = g_strjoinv (" ", names);

  g_assert_cmpstr (joined, ==, channels);
}

static void
keep_history (SessionTest *test,
              const char  *channel,
              guint        n_messages)
{
  rocketio_channels_set_history (rocketio_hub_get_channels (test->host->hub), channel, n_messages);
}

/* By the client */

static void
test_join (SessionTest   *test,
           gconstpointer  data)
{
  say (test, "{\"type\":\"__join\",\"id\":7,\"data\":{\"ch\":\"a\"}}");
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":{\"ch\":\"a\",\"history\":[]}}}");
  say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"\"}}");
  expect (test, "");
  expect_channels (test, " a");

  push_to_channel (test, "x", "a");
  push_to_channel (test, "y", "");
  fake_host_push (test->host, "z", NULL, "a b", NULL);
  expect (test, " {\"ch\":\"a\",\"type\":\"x\",\"data\":null} {\"ch\":\"\",\"type\":\"y\",\"data\":null}"
                " {\"type\":\"z\",\"data\":null}");

  /* What it is in already is no error. */
  say (test, "{\"type\":\"__join\",\"id\":8,\"data\":{\"ch\":\"a\"}}");
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":8,\"data\":{\"ch\":\"a\",\"history\":[]}}}");
  expect_channels (test, " a");
}

static void
test_leave (SessionTest   *test,
            gconstpointer  data)
{
  say (test, "[{\"type\":\"__join\",\"data\":{\"ch\":\"a\"}},{\"type\":\"__join\",\"data\":{\"ch\":\"b\"}}]");
  push_to_channel (test, "before", "a");
  say (test, "{\"type\":\"__leave\",\"id\":1,\"data\":{\"ch\":\"a\"}}");
  push_to_channel (test, "after", "a");
  push_to_channel (test, "other", "b");
  expect (test, " {\"ch\":\"a\",\"type\":\"before\",\"data\":null}"
                " {\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":null}}"
                " {\"ch\":\"b\",\"type\":\"other\",\"data\":null}");
  expect_channels (test, "b");

  say (test, "{\"type\":\"__leave\",\"id\":2,\"data\":{\"ch\":\"never\"}}");
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":2,\"data\":null}}");
  say (test, "{\"type\":\"__leave\",\"data\":{\"ch\":\"b\"}}");
  expect (test, "");
  expect_channels (test, "");
}

/* The answer to a join comes before anything that is pushed there afterwards, and after all from before. */
static void
test_join_order (SessionTest   *test,
                 gconstpointer  data)
{
  say (test, "{\"type\":\"__join\",\"id\":1,\"data\":{\"ch\":\"a\"}}");
  fake_host_push (test->host, "first", NULL, "a", NULL);
  say (test, "{\"type\":\"__join\",\"id\":2,\"data\":{\"ch\":\"b\"}}");
  fake_host_push (test->host, "second", NULL, "b", NULL);
  expect_names (test, " __ack first __ack second");
}

static void
assert_refused (SessionTest *test,
                const char  *code)
{
  g_autoptr (JsonObject) data = NULL;
  JsonObject *error;

  expect_names (test, " __ack");
  data = get_last_data (test);
  g_assert_cmpint (json_object_get_int_member (data, "id"), ==, 5);
  g_assert_false (json_object_has_member (data, "data"));
  error = json_object_get_object_member (data, "error");
  g_assert_cmpstr (json_object_get_string_member (error, "code"), ==, code);
  g_assert_cmpuint (strlen (json_object_get_string_member (error, "message")), >, 10);
}

static void
test_denied (SessionTest   *test,
             gconstpointer  data)
{
  say (test, "{\"type\":\"__join\",\"id\":5,\"data\":{\"ch\":\"private-x\"}}");
  assert_refused (test, "denied");
  say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"private-x\"}}");
  expect (test, "");
  expect_channels (test, "");

  /* What the app has put it into, it may ask for. */
  g_assert_true (rocketio_session_join (test->session, "private-x", NULL));
  say (test, "{\"type\":\"__join\",\"id\":5,\"data\":{\"ch\":\"private-x\"}}");
  expect (test, " {\"type\":\"__joined\",\"data\":{\"ch\":\"private-x\",\"history\":[]}}"
                " {\"type\":\"__ack\",\"data\":{\"id\":5,\"data\":{\"ch\":\"private-x\",\"history\":[]}}}");
}

static void
test_bad_request (SessionTest   *test,
                  gconstpointer  data)
{
  static const char * const bad[] = {
    "null", "{}", "[]", "\"a\"", "5", "{\"ch\":null}", "{\"ch\":5}", "{\"ch\":[\"a\"]}", "{\"channel\":\"a\"}",
  };
  g_autofree char *name = g_strnfill (256, 'n');

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      say (test, "{\"type\":\"__join\",\"id\":5,\"data\":%s}", bad[i]);
      assert_refused (test, "bad-request");
      say (test, "{\"type\":\"__leave\",\"id\":5,\"data\":%s}", bad[i]);
      assert_refused (test, "bad-request");
    }
  say (test, "{\"type\":\"__join\",\"id\":5}");
  assert_refused (test, "bad-request");
  say (test, "{\"type\":\"__join\",\"id\":5,\"data\":{\"ch\":\"%s\"}}", name);
  assert_refused (test, "bad-request");
  say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"%s\"}}", name + 1);
  expect_channels (test, name + 1);
}

static void
test_too_many (SessionTest   *test,
               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MAX_CHANNELS; i++)
    say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"%u\"}}", i);
  expect (test, "");
  say (test, "{\"type\":\"__join\",\"id\":5,\"data\":{\"ch\":\"one more\"}}");
  assert_refused (test, "too-many");
  say (test, "{\"type\":\"__join\",\"id\":5,\"data\":{\"ch\":\"0\"}}");
  expect_names (test, " __ack");
  g_assert_false (rocketio_session_join (test->session, "one more", &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_TOO_MANY);
  g_assert_true (rocketio_session_join (test->session, "0", NULL));

  say (test, "{\"type\":\"__leave\",\"data\":{\"ch\":\"0\"}}");
  say (test, "{\"type\":\"__join\",\"id\":6,\"data\":{\"ch\":\"one more\"}}");
  expect_names (test, " __ack");
  g_assert_cmpstr (rocketio_session_get_channel (test->session), ==, "one more");
}

/* Before and after is kept apart also when the client was away meanwhile. */
static void
test_recovered_joins (SessionTest   *test,
                      gconstpointer  data)
{
  g_autofree char *position = dup_position (test);

  say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"a\"}}");
  push_to_channel (test, "one", "a");
  say (test, "{\"type\":\"__leave\",\"data\":{\"ch\":\"a\"}}");
  push_to_channel (test, "two", "a");
  say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"a\"}}");
  push_to_channel (test, "three", "a");
  expect_names (test, " one three");
  cut (test);
  push_to_channel (test, "four", "a");
  g_assert_true (rocketio_session_join (test->session, "b", NULL));
  rocketio_session_leave (test->session, "a");
  push_to_channel (test, "five", "a");
  push_to_channel (test, "six", "b");

  come_back (test, position);
  expect_names (test, " __welcome one three four __joined __left six");
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 0), "\"channels\":[\"b\"]"));
}

/* History */

static void
expect_history (SessionTest *test,
                const char  *count,
                const char  *events)
{
  g_autoptr (JsonObject) data = NULL;
  g_autoptr (GString) got = g_string_new (NULL);
  JsonArray *history;

  say (test, "{\"type\":\"__join\",\"id\":1,\"data\":{\"ch\":\"a\",\"history\":%s}}", count);
  expect_names (test, " __ack");
  data = get_last_data (test);
  history = json_object_get_array_member (json_object_get_object_member (data, "data"), "history");
  for (guint i = 0; i < json_array_get_length (history); i++)
    {
      JsonObject *message = json_array_get_object_element (history, i);

      g_assert_true (json_object_has_member (message, "seq"));
      g_string_append_printf (got, " %s", json_object_get_string_member (message, "type"));
    }
  g_assert_cmpstr (got->str, ==, events);
}

static void
test_history (SessionTest   *test,
              gconstpointer  data)
{
  keep_history (test, "a", 3);
  push_to_channel (test, "one", "a");
  fake_host_push (test->host, "two", NULL, "a b", NULL);
  push_to_channel (test, "three", "a");
  push_to_channel (test, "four", "a");
  push_to_all (test, "all");
  forget_sent (test);

  expect_history (test, "2", " three four");
  expect_history (test, "3", " two three four");
  expect_history (test, "1000", " two three four");
  expect_history (test, "0", "");
  expect_history (test, "null", "");
  expect_history (test, "-1", "");
  expect_history (test, "1.5", "");
  expect_history (test, "\"2\"", "");
  expect_history (test, "123456789012345678901234567890", "");
}

/* A push that names a channel twice is one push. */
static void
test_history_once (SessionTest   *test,
                   gconstpointer  data)
{
  keep_history (test, "a", 5);
  fake_host_push (test->host, "one", NULL, "a a b a", NULL);
  fake_host_push (test->host, "two", NULL, "a a", NULL);
  expect_history (test, "5", " one two");
}

/* What was not for a session is not for it later; it still gets as many of the others as it wants. */
static void
test_history_except (SessionTest   *test,
                     gconstpointer  data)
{
  keep_history (test, "a", 4);
  push_to_channel (test, "one", "a");
  push_to_channel (test, "two", "a");
  fake_host_push (test->host, "secret", NULL, "a", rocketio_session_get_id (test->session));
  fake_host_push (test->host, "others", NULL, "a", "somebody");
  expect_history (test, "2", " two others");
  expect_history (test, "5", " one two others");
}

/* By the app */

static void
test_joined_by_app (SessionTest   *test,
                    gconstpointer  data)
{
  g_autofree char *name = g_strnfill (256, 'n');
  g_autoptr (GError) error = NULL;

  g_assert_true (rocketio_session_join (test->session, "private-a", NULL));
  g_assert_true (rocketio_session_join (test->session, "private-a", NULL));
  push_to_channel (test, "x", "private-a");
  rocketio_session_leave (test->session, "private-a");
  rocketio_session_leave (test->session, "private-a");
  rocketio_session_leave (test->session, "never");
  push_to_channel (test, "y", "private-a");
  expect (test, " {\"type\":\"__joined\",\"data\":{\"ch\":\"private-a\",\"history\":[]}}"
                " {\"ch\":\"private-a\",\"type\":\"x\",\"data\":null}"
                " {\"type\":\"__left\",\"data\":{\"ch\":\"private-a\"}}");

  g_assert_false (rocketio_session_join (test->session, name, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME);
  g_assert_false (rocketio_session_join (test->session, "\xff", NULL));
  g_assert_true (rocketio_session_join (test->session, name + 1, NULL));
  expect_channels (test, name + 1);
}

static void
test_joined_by_app_closed (SessionTest   *test,
                           gconstpointer  data)
{
  rocketio_session_close (test->session);
  forget_sent (test);
  g_assert_true (rocketio_session_join (test->session, "a", NULL));
  rocketio_session_leave (test->session, "a");
  expect (test, "");
  expect_channels (test, "");
}

/* One of version 1 is told nothing, but gets what is pushed there. */
static void
test_version_1 (SessionTest   *test,
                gconstpointer  data)
{
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) session = fake_host_connect (test->host, transport);

  g_assert_true (rocketio_session_join (session, "a", NULL));
  push_to_channel (test, "x", "a");
  rocketio_session_leave (session, "a");
  push_to_channel (test, "y", "a");
  fake_host_run (test->host);
  g_assert_cmpstr (transport->events->str, ==, " x");
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

static void
test_notified (SessionTest   *test,
               gconstpointer  data)
{
  guint n = 0;

  g_signal_connect (test->session, "notify::channels", G_CALLBACK (count_cb), &n);
  say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"a\"}}");
  g_assert_cmpuint (n, ==, 1);
  say (test, "{\"type\":\"__join\",\"data\":{\"ch\":\"a\"}}");
  say (test, "{\"type\":\"__leave\",\"data\":{\"ch\":\"b\"}}");
  g_assert_cmpuint (n, ==, 1);
  say (test, "{\"type\":\"__leave\",\"data\":{\"ch\":\"a\"}}");
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (rocketio_session_join (test->session, "c", NULL));
  rocketio_session_leave (test->session, "c");
  g_assert_cmpuint (n, ==, 4);
}

/* The app may do as it likes when it hears of a channel. */
static void
leave_cb (RocketIOSession *session,
          GParamSpec      *pspec,
          gpointer         user_data)
{
  rocketio_session_leave (session, "a");
}

static void
close_cb (RocketIOSession *session,
          GParamSpec      *pspec,
          gpointer         user_data)
{
  rocketio_session_close (session);
}

static void
test_left_when_joined (SessionTest   *test,
                       gconstpointer  data)
{
  g_signal_connect (test->session, "notify::channels", G_CALLBACK (leave_cb), NULL);
  say (test, "{\"type\":\"__join\",\"id\":5,\"data\":{\"ch\":\"a\",\"history\":3}}");
  expect_channels (test, "");
  expect_names (test, " __left __ack");
  g_assert_nonnull (strstr (fake_transport_get_last_2 (test->transport), "\"error\":{\"code\":\"denied\","));

  g_assert_true (rocketio_session_join (test->session, "a", NULL));
  expect_channels (test, "");
  expect (test, " {\"type\":\"__left\",\"data\":{\"ch\":\"a\"}}");
}

static void
test_closed_when_joined (SessionTest   *test,
                         gconstpointer  data)
{
  g_signal_connect (test->session, "notify::channels", G_CALLBACK (close_cb), NULL);
  say (test, "[{\"type\":\"__join\",\"id\":1,\"data\":{\"ch\":\"a\"}},{\"type\":\"b\"}]");
  expect_story (test, " closed:server");
}

/* In the hello */

static void
test_join_first (SessionTest   *test,
                 gconstpointer  data)
{
  g_autofree char *name = g_strnfill (256, 'n');
  g_autofree char *text = g_strdup_printf ("[\"a\",{\"ch\":\"b\",\"history\":1},\"private-c\",5,null,{\"x\":1},\"a\","
                                           "[\"d\"],\"%s\"]", name);
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  g_autofree char *start = NULL;

  keep_history (test, "b", 2);
  push_to_channel (test, "one", "b");
  push_to_channel (test, "two", "b");
  forget_sent (test);
  rocketio_session_join_first (test->session, json_node_get_array (node));
  expect_names (test, " __joined __joined __left __left __left __left __joined __left __left");
  expect_channels (test, "b a");

  start = g_strdup_printf ("\"data\":{\"ch\":\"b\",\"history\":[{\"seq\":2,");
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 2), start));
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 3),
                            "\"__left\",\"data\":{\"ch\":\"private-c\",\"error\":{\"code\":\"denied\","));
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 4),
                            "\"__left\",\"data\":{\"ch\":\"\",\"error\":{\"code\":\"bad-request\","));
  g_assert_nonnull (strstr (fake_transport_get_last_2 (test->transport), "\"error\":{\"code\":\"bad-request\","));
}

/* Data may be as deep as it may when it comes by itself, also in the middle of an answer. */
static void
test_deep_history (SessionTest   *test,
                   gconstpointer  data)
{
  g_autofree char *open = g_strnfill (DEPTH, '[');
  g_autofree char *close = g_strnfill (DEPTH, ']');
  g_autofree char *json = g_strconcat (open, close, NULL);
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json ("deep", json, -1, NULL);

  keep_history (test, "a", 2);
  rocketio_push_options_set_channels (options, (const char *const[]) { "a", NULL });
  rocketio_hub_push (test->host->hub, message, options);
  expect_history (test, "1", " deep");
}

#define add(name, func) session_test_add ("/session-channels/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("join", test_join);
  add ("leave", test_leave);
  add ("join-order", test_join_order);
  add ("denied", test_denied);
  add ("bad-request", test_bad_request);
  add ("too-many", test_too_many);
  add ("recovered-joins", test_recovered_joins);
  add ("history", test_history);
  add ("history-once", test_history_once);
  add ("history-except", test_history_except);
  add ("joined-by-app", test_joined_by_app);
  add ("joined-by-app-closed", test_joined_by_app_closed);
  add ("version-1", test_version_1);
  add ("notified", test_notified);
  add ("left-when-joined", test_left_when_joined);
  add ("closed-when-joined", test_closed_when_joined);
  add ("join-first", test_join_first);
  add ("deep-history", test_deep_history);

  return g_test_run ();
}
