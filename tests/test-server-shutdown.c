/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <string.h>

/* The end of a server in whatever state its clients are: each is told or cut off, nothing is left, and the app hears
 * nothing afterwards. */

typedef struct
{
  Fixture          fixture;
  Client           client;
  Peer            *peer;        /* a second connection of it; NULL: none */
  RocketIORequest *question;    /* that the app has not answered; NULL: none */
  guint            n_answers;   /* that the app got to its own */
  guint            n_asked;
  guint            n_drains;
  guint            n_drained;
} Shutdown;

static void
authenticate_cb (RocketIOServer  *server,
                 RocketIORequest *request,
                 RocketIOSession *session,
                 Shutdown        *test)
{
  g_set_object (&test->question, request);
}

static void
request_cb (RocketIOServer  *server,
            RocketIORequest *request,
            RocketIOSession *session,
            const char      *name,
            Shutdown        *test)
{
  g_set_object (&test->question, request);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (rocketio_session_request_finish (ROCKETIO_SESSION (source), result, &error));
  g_assert_nonnull (error);
  ((Shutdown *) user_data)->n_answers++;
}

static void
drained_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  rocketio_server_drain_finish (ROCKETIO_SERVER (source), result, NULL);
  ((Shutdown *) user_data)->n_drained++;
}

static gboolean
has_question_cb (gpointer user_data)
{
  return ((Shutdown *) user_data)->question != NULL;
}

static void
wait_for_question (Shutdown *test)
{
  g_assert_true (peer_wait_for (has_question_cb, test, PEER_PATIENCE));
}

static void
connect_only (Shutdown *test)
{
  test->peer = peer_new (test->fixture.port);
}

static void
send_half_a_head (Shutdown *test)
{
  connect_only (test);
  peer_send (test->peer, "GET /rocketio/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgr");
}

static void
send_half_a_body (Shutdown *test)
{
  connect_only (test);
  peer_send (test->peer, "POST /rocketio/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{\"messages\":");
}

static void
say_no_hello (Shutdown *test)
{
  test->peer = open_websocket (&test->fixture);
}

static void
begin_websocket (Shutdown *test)
{
  begin (&test->client, &test->fixture, "{}");
}

static void
be_judged (Shutdown *test)
{
  g_signal_connect (test->fixture.server, "authenticate", G_CALLBACK (authenticate_cb), test);
  say_hello (&test->client, &test->fixture, "{\"auth\":1}");
  wait_for_question (test);
}

static void
be_judged_by_post (Shutdown *test)
{
  static const char body[] = "{\"messages\":[{\"type\":\"__hello\",\"data\":{\"auth\":1}}]}";

  g_signal_connect (test->fixture.server, "authenticate", G_CALLBACK (authenticate_cb), test);
  connect_only (test);
  peer_send (test->peer, "POST /rocketio/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %u\r\n\r\n%s",
             (guint) strlen (body), body);
  wait_for_question (test);
}

static void
ask (Shutdown *test)
{
  g_signal_connect (test->fixture.server, "request", G_CALLBACK (request_cb), test);
  begin_websocket (test);
  peer_send_text (test->client.peer, "{\"type\":\"ask\",\"id\":1,\"n\":1}");
  wait_for_question (test);
}

static void
be_asked (Shutdown *test)
{
  begin_websocket (test);
  test->n_asked = 1;
  rocketio_session_request_async (rocketio_server_get_session (test->fixture.server, test->client.id), "ask", NULL, 0,
                                  NULL, answered_cb, test);
  expect_message (&test->client, "ask");
}

static void
hold_poll (Shutdown *test)
{
  begin_by_post (&test->client, &test->fixture, "{}");
  connect_only (test);
  ask_poll (&test->client, test->peer, test->client.pos);
}

static void
hold_stream (Shutdown *test)
{
  begin_by_post (&test->client, &test->fixture, "{}");
  connect_only (test);
  g_assert_cmpuint (open_stream (&test->client, test->peer, test->client.ticket), ==, 200);
}

static void
hold_poll_1 (Shutdown *test)
{
  g_autofree char *id = NULL;

  connect_only (test);
  id = peer_open_comet (test->peer);
  peer_poll (test->peer, id);
}

static void
be_away (Shutdown *test)
{
  begin_websocket (test);
  g_clear_pointer (&test->client.peer, peer_reset);
  push (&test->fixture, "missed");
}

static void
drain (Shutdown *test)
{
  begin_websocket (test);
  test->n_drains = 1;
  rocketio_server_drain_async (test->fixture.server, 1000, NULL, drained_cb, test);
}

static const struct
{
  const char *name;
  void      (*prepare) (Shutdown *test);
} states[] = {
  { "connected", connect_only },
  { "half-a-head", send_half_a_head },
  { "half-a-body", send_half_a_body },
  { "no-hello", say_no_hello },
  { "websocket", begin_websocket },
  { "authenticate", be_judged },
  { "authenticate-post", be_judged_by_post },
  { "asks", ask },
  { "is-asked", be_asked },
  { "poll", hold_poll },
  { "stream", hold_stream },
  { "poll-1", hold_poll_1 },
  { "away", be_away },
  { "drain", drain },
};

static gboolean
is_answered_cb (gpointer user_data)
{
  Shutdown *test = user_data;

  return test->n_answers == test->n_asked && test->n_drained == test->n_drains;
}

/* What the app has kept is of no use any more, and does no harm. */
static void
answer_too_late (Shutdown *test)
{
  if (test->question != NULL && !rocketio_request_get_answered (test->question))
    rocketio_request_reply (test->question, NULL, NULL);
  g_clear_object (&test->question);
}

static void
end (guint number)
{
  gboolean closes = number % 2 == 0;
  Shutdown test = { { NULL } };
  RocketIOServer *left;
  gsize said;

  client_fixture_set_up (&test.fixture, NULL);
  states[number / 2].prepare (&test);
  peer_idle (20);

  if (closes)
    rocketio_server_close (test.fixture.server);
  g_clear_object (&test.fixture.last);
  said = test.fixture.book->len;
  left = test.fixture.server;
  g_object_add_weak_pointer (G_OBJECT (left), (gpointer *) &left);
  g_clear_object (&test.fixture.server);
  g_assert_true (peer_wait_for (is_answered_cb, &test, PEER_PATIENCE));
  answer_too_late (&test);
  peer_idle (20);
  g_assert_null (left);

  if (test.peer != NULL)
    peer_wait_for_end (test.peer);
  if (test.client.peer != NULL)
    peer_wait_for_end (test.client.peer);
  peer_idle (20);

  /* a drain holds the server until it is done */
  if (test.n_drains == 0)
    g_assert_cmpuint (test.fixture.book->len, ==, said);

  g_clear_pointer (&test.peer, peer_free);
  client_clear (&test.client);
  fixture_tear_down (&test.fixture, NULL);
}

static void
test_end (gconstpointer data)
{
  guint n_fds;

  /* GLib takes some descriptors for good when it first needs them */
  end (GPOINTER_TO_UINT (data));
  n_fds = fixture_count_fds ();
  end (GPOINTER_TO_UINT (data));
  g_assert_cmpuint (fixture_count_fds (), ==, n_fds);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (states); i++)
    {
      g_autofree char *path = g_strdup_printf ("/server/shutdown/%s/%s", states[i / 2].name,
                                               i % 2 == 0 ? "closed" : "dropped");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end);
    }

  return g_test_run ();
}
