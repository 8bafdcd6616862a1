/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "session-fixture.h"

#include <string.h>

#define DEPTH 64    /* levels that data may have */

/* What clients ask */

static void
keep_request (FakeHost        *host,
              RocketIOSession *session,
              gpointer         user_data)
{
  g_set_object ((RocketIORequest **) user_data, host->request);
}

/* The client asks, with id 7; the app keeps the request. */
static RocketIORequest *
ask (SessionTest *test,
     const char  *more)
{
  RocketIORequest *request = NULL;

  test->host->on_request = keep_request;
  test->host->hook_data = &request;
  say (test, "{\"type\":\"sum\",\"id\":7%s}", more);
  expect_story (test, " request:sum");
  g_assert_nonnull (request);
  test->host->on_request = NULL;

  return request;
}

static void
test_request (SessionTest   *test,
              gconstpointer  data)
{
  g_autoptr (RocketIORequest) request = ask (test, ",\"data\":[1,2]");
  JsonNode *node = rocketio_request_get_data (request);

  g_assert_cmpstr (rocketio_request_get_name (request), ==, "sum");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 2);
  g_assert_null (rocketio_request_get_bytes (request));
  g_assert_true (rocketio_request_get_session (request) == test->session);
  g_assert_false (rocketio_request_get_answered (request));

  /* Whatever else happens meanwhile. */
  push (test, "other");
  expect_names (test, " other");
  g_assert_true (rocketio_request_reply_json (request, "{\"x\":[3]}", NULL));
  g_assert_true (rocketio_request_get_answered (request));
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":{\"x\":[3]}}}");
}

static void
test_replies (SessionTest   *test,
              gconstpointer  data)
{
  g_autoptr (RocketIORequest) null = ask (test, "");
  g_autoptr (RocketIORequest) variant = ask (test, ",\"data\":null");
  g_autoptr (RocketIORequest) bytes = ask (test, ",\"bin\":true,\"data\":\"eHl6\"");
  g_autoptr (GBytes) xyz = g_bytes_new_static ("xyz", 3);

  g_assert_true (JSON_NODE_HOLDS_NULL (rocketio_request_get_data (null)));
  g_assert_true (rocketio_request_reply (null, NULL, NULL));
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":null}}");
  g_assert_true (rocketio_request_reply_variant (variant, g_variant_new ("(ib)", 3, TRUE), NULL));
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":[3,true]}}");
  g_assert_true (g_bytes_equal (rocketio_request_get_bytes (bytes), xyz));
  g_assert_true (rocketio_request_reply_bytes (bytes, xyz, NULL));
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"bin\":true,\"data\":\"eHl6\"}}");
}

/* A name of the protocol's is nobody's, and that is an answer. What is no request has no answer whatever its `id`. */
static void
test_reserved_names (SessionTest   *test,
                     gconstpointer  data)
{
  static const char * const names[] = { "__nonsense", "__hello", "__welcome", "connect", "disconnect", "error", "*" };
  static const char * const notes[] = { "__pong", "__ack", "__heartbeat" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      say (test, "{\"type\":\"%s\",\"id\":7}", names[i]);
      expect_names (test, " __ack");
      g_assert_nonnull (strstr (fake_transport_get_last_2 (test->transport), "\"unknown-name\""));
    }
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    say (test, "{\"type\":\"%s\",\"id\":7}", notes[i]);
  expect_names (test, "");
  expect_story (test, "");
}

static void
test_fail (SessionTest   *test,
           gconstpointer  data)
{
  g_autoptr (RocketIORequest) request = ask (test, "");
  g_autofree char *code = g_strnfill (256, 'c');
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (rocketio_request_fail (request, "", "x", &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME);
  g_assert_false (rocketio_request_fail (request, code, "x", NULL));
  g_assert_false (rocketio_request_fail (request, "\xff", "x", NULL));
  g_assert_false (rocketio_request_fail (request, "x", "\xff", NULL));
  g_assert_false (rocketio_request_get_answered (request));
  g_assert_true (rocketio_request_fail (request, code + 1, "not \"here\"\n", NULL));
  expected = g_strdup_printf (" {\"type\":\"__ack\",\"data\":{\"id\":7,\"error\":{\"code\":\"%s\","
                              "\"message\":\"not \\\"here\\\"\\n\"}}}", code + 1);
  expect (test, expected);
}

static void
test_let_go (SessionTest   *test,
             gconstpointer  data)
{
  say (test, "{\"type\":\"sum\",\"id\":9007199254740991}");
  expect_story (test, " request:sum");
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":9007199254740991,\"error\":"
                "{\"code\":\"unanswered\",\"message\":\"the app let go of the request\"}}}");
}

static void
test_answered_twice (SessionTest   *test,
                     gconstpointer  data)
{
  g_autoptr (RocketIORequest) request = ask (test, "");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (rocketio_request_reply_json (request, "1", NULL));
  g_assert_false (rocketio_request_reply_json (request, "2", &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_ANSWERED);
  g_assert_nonnull (strstr (error->message, "\"sum\""));
  g_assert_false (rocketio_request_reply (request, NULL, NULL));
  g_assert_false (rocketio_request_reply_bytes (request, bytes, NULL));
  g_assert_false (rocketio_request_fail (request, "x", "y", NULL));
  g_clear_object (&request);
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":1}}");
}

/* What cannot be sent is no answer: there can still be one. */
static void
test_bad_reply (SessionTest   *test,
                gconstpointer  data)
{
  g_autoptr (RocketIORequest) request = ask (test, "");
  g_autoptr (JsonNode) node = json_node_init_double (json_node_alloc (), G_MAXDOUBLE * 2);
  g_autoptr (GError) error = NULL;

  g_assert_false (rocketio_request_reply_json (request, "1}", &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
  g_assert_false (rocketio_request_reply (request, node, NULL));
  g_assert_false (rocketio_request_get_answered (request));
  expect (test, "");
  g_assert_true (rocketio_request_reply_json (request, "1", NULL));
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":1}}");
}

/* What a client may ask with, it may be answered with. */
static void
test_deep (SessionTest   *test,
           gconstpointer  data)
{
  g_autofree char *open = g_strnfill (DEPTH, '[');
  g_autofree char *close = g_strnfill (DEPTH, ']');
  g_autofree char *deep = g_strconcat (open, close, NULL);
  g_autofree char *more = g_strdup_printf (",\"data\":%s", deep);
  g_autofree char *expected = g_strdup_printf (" {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":%s}}", deep);
  g_autoptr (RocketIORequest) request = ask (test, more);

  g_assert_true (rocketio_request_reply (request, rocketio_request_get_data (request), NULL));
  expect (test, expected);
}

static gpointer
reply_thread (gpointer user_data)
{
  g_autoptr (RocketIORequest) request = user_data;

  g_assert_true (rocketio_request_reply_json (request, "1", NULL));

  return NULL;
}

static gpointer
let_go_thread (gpointer user_data)
{
  g_object_unref (user_data);

  return NULL;
}

static void
test_thread (SessionTest   *test,
             gconstpointer  data)
{
  g_thread_join (g_thread_new ("reply", reply_thread, ask (test, "")));
  expect (test, " {\"type\":\"__ack\",\"data\":{\"id\":7,\"data\":1}}");
  g_thread_join (g_thread_new ("let go", let_go_thread, ask (test, "")));
  expect_names (test, " __ack");
  g_assert_nonnull (strstr (fake_transport_get_last_2 (test->transport), "\"unanswered\""));
}

/* The answer finds the client also when that was away meanwhile, and it is asked only once. */
static void
test_recovered (SessionTest   *test,
                gconstpointer  data)
{
  g_autofree char *position = dup_position (test);
  g_autoptr (RocketIORequest) request = ask (test, ",\"n\":1");

  cut (test);
  g_assert_true (rocketio_request_reply_json (request, "1", NULL));
  come_back (test, position);
  expect_names (test, " __welcome __ack");
  g_assert_nonnull (strstr (g_ptr_array_index (test->transport->texts_2, 0), "\"ackn\":1,"));
  expect_story (test, " detached resumed:recovered");
  say (test, "{\"type\":\"sum\",\"id\":7,\"n\":1}");
  expect_story (test, "");
  expect_names (test, " __ackn");
}

static void
test_answered_late (SessionTest   *test,
                    gconstpointer  data)
{
  g_autoptr (RocketIORequest) request = ask (test, "");
  g_autoptr (RocketIORequest) other = ask (test, "");
  g_autoptr (GError) error = NULL;

  rocketio_session_close (test->session);
  forget_sent (test);
  g_assert_true (rocketio_request_reply_json (request, "1", NULL));
  g_assert_false (rocketio_request_reply_json (request, "1", &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_ANSWERED);
  g_clear_object (&other);
  expect (test, "");
}

/* What we ask clients */

typedef struct
{
  guint     n;
  JsonNode *answer;
  GBytes   *bytes;
  char     *code;
  GError   *error;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->answer, json_node_unref);
  g_clear_pointer (&outcome->bytes, g_bytes_unref);
  g_clear_pointer (&outcome->code, g_free);
  g_clear_error (&outcome->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
asked_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  RocketIOSession *session = ROCKETIO_SESSION (object);
  Outcome *outcome = user_data;
  GBytes *bytes;

  outcome->n++;
  outcome->answer = rocketio_session_request_finish (session, result, &outcome->error);
  outcome->code = g_strdup (rocketio_session_request_get_code (session, result));
  bytes = rocketio_session_request_get_bytes (session, result);
  outcome->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

static void
ask_client (SessionTest  *test,
            guint         timeout,
            GCancellable *cancellable,
            Outcome      *outcome)
{
  rocketio_session_request_async (test->session, "who", NULL, timeout, cancellable, asked_cb, outcome);
}

static void
assert_answer (SessionTest *test,
               Outcome     *outcome,
               const char  *json)
{
  g_autofree char *answer = NULL;

  fake_host_run (test->host);
  g_assert_cmpuint (outcome->n, ==, 1);
  g_assert_no_error (outcome->error);
  answer = json_to_string (outcome->answer, FALSE);
  g_assert_cmpstr (answer, ==, json);
}

#define assert_failed(test, outcome, domain, code) \
  G_STMT_START \
    { \
      fake_host_run ((test)->host); \
      g_assert_cmpuint ((outcome)->n, ==, 1); \
      g_assert_null ((outcome)->answer); \
      g_assert_error ((outcome)->error, domain, code); \
    } \
  G_STMT_END

static void
test_ask (SessionTest   *test,
          gconstpointer  data)
{
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };

  ask_client (test, 0, NULL, &first);
  ask_client (test, 0, NULL, &second);
  expect (test, " {\"id\":1,\"type\":\"who\",\"data\":null} {\"id\":2,\"type\":\"who\",\"data\":null}");
  g_assert_cmpuint (first.n, ==, 0);

  /* In whatever order. Never from within: the app may ask where it holds a lock. */
  say (test, "{\"type\":\"__ack\",\"n\":1,\"data\":{\"id\":2,\"data\":[\"me\"]}}");
  g_assert_cmpuint (second.n, ==, 0);
  assert_answer (test, &second, "[\"me\"]");
  g_assert_true (json_node_is_immutable (second.answer));
  g_assert_cmpuint (first.n, ==, 0);
  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1}}");
  assert_answer (test, &first, "null");
}

static void
test_ask_with_data (SessionTest   *test,
                    gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (JsonNode) node = json_from_string ("{\"a\":[1]}", NULL);

  rocketio_session_request_async (test->session, "who", node, 0, NULL, asked_cb, &outcome);
  expect (test, " {\"id\":1,\"type\":\"who\",\"data\":{\"a\":[1]}}");
  say (test, "{\"type\":\"__ack\",\"data\":{\"data\":{\"id\":5},\"id\":1}}");
  assert_answer (test, &outcome, "{\"id\":5}");
}

#define finish_cb(kind) \
  static void \
  kind##_cb (GObject      *object, \
             GAsyncResult *result, \
             gpointer      user_data) \
  { \
    Outcome *outcome = user_data; \
    outcome->n++; \
    outcome->answer = rocketio_session_request_##kind##_finish (ROCKETIO_SESSION (object), result, &outcome->error); \
  }

finish_cb (variant)
finish_cb (json)
finish_cb (bytes)

static void
test_ask_in_other_ways (SessionTest   *test,
                        gconstpointer  data)
{
  g_autoptr (GBytes) xyz = g_bytes_new_static ("xyz", 3);
  g_auto (Outcome) one = { 0 };
  g_auto (Outcome) two = { 0 };
  g_auto (Outcome) three = { 0 };
  g_auto (Outcome) failed = { 0 };
  Outcome *outcomes[] = { &one, &two, &three };

  rocketio_session_request_variant_async (test->session, "who", g_variant_new ("(ib)", 3, TRUE), 0, NULL, variant_cb,
                                          &one);
  expect (test, " {\"id\":1,\"type\":\"who\",\"data\":[3,true]}");
  rocketio_session_request_json_async (test->session, "who", "{\"x\": [1]}", 0, NULL, json_cb, &two);
  expect (test, " {\"id\":2,\"type\":\"who\",\"data\":{\"x\": [1]}}");
  rocketio_session_request_bytes_async (test->session, "who", xyz, 0, NULL, bytes_cb, &three);
  expect (test, " {\"id\":3,\"bin\":true,\"type\":\"who\",\"data\":\"eHl6\"}");
  for (guint i = 0; i < 3; i++)
    {
      say (test, "{\"type\":\"__ack\",\"data\":{\"id\":%u,\"data\":1}}", i + 1);
      assert_answer (test, outcomes[i], "1");
    }

  rocketio_session_request_json_async (test->session, "who", "[1", 0, NULL, json_cb, &failed);
  assert_failed (test, &failed, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
}

static void
test_answer_with_bytes (SessionTest   *test,
                        gconstpointer  data)
{
  static const char * const bad[] = { "", ",\"data\":1", ",\"data\":\"eHl6=\"" };
  g_autoptr (GBytes) xyz = g_bytes_new_static ("xyz", 3);
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) text = { 0 };

  ask_client (test, 0, NULL, &outcome);
  say (test, "{\"type\":\"__ack\",\"data\":{\"bin\":true,\"data\":\"eHl6\",\"id\":1}}");
  assert_answer (test, &outcome, "null");
  g_assert_true (g_bytes_equal (outcome.bytes, xyz));

  ask_client (test, 0, NULL, &text);
  say (test, "{\"type\":\"__ack\",\"data\":{\"bin\":false,\"data\":\"eHl6\",\"id\":2}}");
  assert_answer (test, &text, "\"eHl6\"");
  g_assert_null (text.bytes);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (Outcome) failed = { 0 };

      ask_client (test, 0, NULL, &failed);
      say (test, "{\"type\":\"__ack\",\"data\":{\"id\":%u,\"bin\":true%s}}", i + 3, bad[i]);
      assert_failed (test, &failed, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_MESSAGE);
      g_assert_null (failed.bytes);
    }
}

static void
test_error_answers (SessionTest   *test,
                    gconstpointer  data)
{
  static const struct { const char *error, *code, *message; } errors[] = {
    { "{\"code\":\"busy\",\"message\":\"not now\"}", "busy", "busy: not now" },
    { "{\"code\":\"a: b\",\"message\":\"c\"}", "a: b", "a: b: c" },
    { "{\"code\":\"busy\"}", "busy", "busy: " },
    { "{}", "error", "error: " },
    { "{\"code\":5,\"message\":[]}", "error", "error: " },
    { "\"no\"", "error", "error: " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      ask_client (test, 0, NULL, &outcome);
      say (test, "{\"type\":\"__ack\",\"data\":{\"id\":%u,\"error\":%s}}", i + 1, errors[i].error);
      assert_failed (test, &outcome, ROCKETIO_ERROR, ROCKETIO_ERROR_REFUSED);
      g_assert_cmpstr (outcome.code, ==, errors[i].code);
      g_assert_true (g_str_has_prefix (outcome.error->message, errors[i].message));
    }
}

/* Answers that nobody waits for, or that are none, change nothing. */
static void
test_stray_answers (SessionTest   *test,
                    gconstpointer  data)
{
  static const char * const strays[] = {
    "null", "{}", "[]", "1",
    "{\"id\":2}", "{\"id\":0}", "{\"id\":-1}", "{\"id\":\"1\"}", "{\"id\":1.0}", "{\"id\":null}",
    "{\"id\":9007199254740991}", "{\"id\":11111111111111111111111111111111111111111111}", "{\"data\":1}",
  };
  g_auto (Outcome) outcome = { 0 };

  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":\"early\"}}");
  ask_client (test, 0, NULL, &outcome);
  say (test, "{\"type\":\"__ack\"}");
  for (guint i = 0; i < G_N_ELEMENTS (strays); i++)
    say (test, "{\"type\":\"__ack\",\"data\":%s}", strays[i]);
  fake_host_run (test->host);
  g_assert_cmpuint (outcome.n, ==, 0);

  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":\"once\"}}");
  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":\"twice\"}}");
  assert_answer (test, &outcome, "\"once\"");
  expect_story (test, "");
}

static void
test_timeout (SessionTest   *test,
              gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  gint64 start = g_get_monotonic_time ();

  ask_client (test, 100, NULL, &outcome);
  wait_for (test->host->context, outcome.n > 0)
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 99000);
  assert_failed (test, &outcome, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  /* Too late. */
  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":1}}");
  fake_host_run (test->host);
  g_assert_cmpuint (outcome.n, ==, 1);
}

static void
test_cancel (SessionTest   *test,
             gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  ask_client (test, 0, cancellable, &outcome);
  fake_host_run (test->host);
  g_cancellable_cancel (cancellable);
  g_assert_cmpuint (outcome.n, ==, 0);
  assert_failed (test, &outcome, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":1}}");
  fake_host_run (test->host);
  g_assert_cmpuint (outcome.n, ==, 1);
}

static void
test_cancelled_before (SessionTest   *test,
                       gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  ask_client (test, 0, cancellable, &outcome);
  assert_failed (test, &outcome, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gpointer
cancel_thread (gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return NULL;
}

static void
test_cancel_from_thread (SessionTest   *test,
                         gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  ask_client (test, 0, cancellable, &outcome);
  g_thread_join (g_thread_new ("cancel", cancel_thread, cancellable));
  assert_failed (test, &outcome, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Answered and cancelled in the same turn: one of them counts. */
static void
test_cancel_answered (SessionTest   *test,
                      gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  ask_client (test, 0, cancellable, &outcome);
  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":1}}");
  g_cancellable_cancel (cancellable);
  fake_host_run (test->host);
  g_assert_cmpuint (outcome.n, ==, 1);
}

static void
test_session_ends (SessionTest   *test,
                   gconstpointer  data)
{
  Outcome outcomes[3] = { { 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    ask_client (test, 0, NULL, &outcomes[i]);
  fake_host_run (test->host);
  rocketio_session_close (test->session);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    assert_failed (test, &outcomes[i], G_IO_ERROR, G_IO_ERROR_CLOSED);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    outcome_clear (&outcomes[i]);

  outcomes[0] = (Outcome) { 0 };
  ask_client (test, 0, NULL, &outcomes[0]);
  assert_failed (test, &outcomes[0], G_IO_ERROR, G_IO_ERROR_CLOSED);
  outcome_clear (&outcomes[0]);
}

/* It is asked again when it comes back, and what it answers by then counts. */
static void
test_asked_again (SessionTest   *test,
                  gconstpointer  data)
{
  g_autofree char *position = dup_position (test);
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };

  ask_client (test, 0, NULL, &first);
  expect_names (test, " who");
  cut (test);
  ask_client (test, 0, NULL, &second);
  come_back (test, position);
  expect_names (test, " __welcome who who");
  say (test, "[{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":1}},"
       "{\"type\":\"__ack\",\"data\":{\"id\":2,\"data\":2}}]");
  assert_answer (test, &first, "1");
  assert_answer (test, &second, "2");
}

static void
test_cannot_ask (SessionTest   *test,
                 gconstpointer  data)
{
  static const char * const names[] = { "", "__ack", "connect", "\xff" };
  g_autoptr (JsonNode) node = json_node_init_double (json_node_alloc (), G_MAXDOUBLE * 2);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      rocketio_session_request_async (test->session, names[i], NULL, 0, NULL, asked_cb, &outcome);
      assert_failed (test, &outcome, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME);
    }

  {
    g_auto (Outcome) outcome = { 0 };

    rocketio_session_request_async (test->session, "who", node, 0, NULL, asked_cb, &outcome);
    assert_failed (test, &outcome, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
  }
  expect (test, "");
}

static void
test_version_1 (SessionTest   *test,
                gconstpointer  data)
{
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) session = fake_host_connect (test->host, transport);
  g_auto (Outcome) outcome = { 0 };

  rocketio_session_request_async (session, "who", NULL, 0, NULL, asked_cb, &outcome);
  assert_failed (test, &outcome, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_cmpstr (transport->events->str, ==, "");
}

static void
ask_next (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  asked_cb (object, result, user_data);
  rocketio_session_request_async (ROCKETIO_SESSION (object), "next", NULL, 0, NULL, NULL, NULL);
}

/* Without anybody who wants to know; and from the callback of another one. */
static void
test_no_callback (SessionTest   *test,
                  gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };

  rocketio_session_request_async (test->session, "who", NULL, 0, NULL, ask_next, &outcome);
  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":1,\"data\":1}}");
  expect_names (test, " who next");
  assert_answer (test, &outcome, "1");
  say (test, "{\"type\":\"__ack\",\"data\":{\"id\":2,\"data\":1}}");
  fake_host_run (test->host);
}

#define add(name, func) session_test_add ("/session-request/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("request", test_request);
  add ("replies", test_replies);
  add ("fail", test_fail);
  add ("let-go", test_let_go);
  add ("answered-twice", test_answered_twice);
  add ("bad-reply", test_bad_reply);
  add ("deep", test_deep);
  add ("thread", test_thread);
  add ("recovered", test_recovered);
  add ("answered-late", test_answered_late);
  add ("ask", test_ask);
  add ("ask-with-data", test_ask_with_data);
  add ("ask-in-other-ways", test_ask_in_other_ways);
  add ("answer-with-bytes", test_answer_with_bytes);
  add ("reserved-names", test_reserved_names);
  add ("error-answers", test_error_answers);
  add ("stray-answers", test_stray_answers);
  add ("timeout", test_timeout);
  add ("cancel", test_cancel);
  add ("cancelled-before", test_cancelled_before);
  add ("cancel-from-thread", test_cancel_from_thread);
  add ("cancel-answered", test_cancel_answered);
  add ("session-ends", test_session_ends);
  add ("asked-again", test_asked_again);
  add ("cannot-ask", test_cannot_ask);
  add ("version-1", test_version_1);
  add ("no-callback", test_no_callback);

  return g_test_run ();
}
