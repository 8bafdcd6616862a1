/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-arrival-private.h"
#include "session-fixture.h"

#include <string.h>

typedef struct
{
  SessionTest        session;      /* of whose host the arrival is */
  FakeTransport     *transport;
  RocketIOArrival   *arrival;
  guint              n_decided;
  guint              code;         /* of the verdict; 0: it comes in */
} Test;

static void
decided_cb (RocketIOArrival       *arrival,
            const RocketIOVerdict *verdict,
            gpointer               user_data)
{
  Test *test = user_data;

  g_assert_true (arrival == test->arrival);
  test->n_decided++;
  test->code = verdict != NULL ? verdict->code : 0;
}

static void
setup (Test          *test,
       gconstpointer  data)
{
  static const char text[] = "{\"type\":\"__hello\",\"data\":{\"auth\":7}}";
  g_auto (RocketIOHello) hello = { NULL };

  session_test_setup (&test->session, NULL);
  test->transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_assert_true (rocketio_hello_parse (&hello, (RocketIOSpan) { text, strlen (text) }));
  test->arrival = rocketio_arrival_new (test->session.host->reactor, test->session.session, &hello,
                                        &test->transport->parent, NULL, 10000, decided_cb, test);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  g_clear_pointer (&test->arrival, rocketio_arrival_unref);
  fake_transport_free (test->transport);
  session_test_teardown (&test->session, NULL);
}

static void
test_let_in (Test          *test,
             gconstpointer  data)
{
  g_autoptr (RocketIOTransport) transport = NULL;

  g_assert_true (rocketio_arrival_get_session (test->arrival) == test->session.session);
  g_assert_cmpint (json_node_get_int (rocketio_arrival_get_hello (test->arrival)->auth), ==, 7);

  /* What it says meanwhile is for nobody. */
  fake_transport_receive (test->transport, "{\"type\":\"a\"}");
  g_assert_cmpuint (test->n_decided, ==, 0);

  rocketio_arrival_decide (test->arrival, NULL);
  rocketio_arrival_decide (test->arrival, rocketio_verdict_for (ROCKETIO_CLOSE_REASON_SERVER));
  g_assert_cmpuint (test->n_decided, ==, 1);
  g_assert_cmpuint (test->code, ==, 0);

  transport = rocketio_arrival_take_transport (test->arrival);
  g_assert_true (transport == &test->transport->parent);
  g_assert_null (rocketio_arrival_take_transport (test->arrival));
  g_assert_null (rocketio_arrival_take_answer (test->arrival));
  g_assert_false (test->transport->gone);
}

static void
test_turned_away (Test          *test,
                  gconstpointer  data)
{
  RocketIOVerdict verdict = { 4503, "not you", -1 };

  rocketio_arrival_decide (test->arrival, &verdict);
  g_assert_cmpuint (test->code, ==, 4503);
  rocketio_arrival_turn_away (test->arrival, &verdict);
  g_assert_cmpstr (fake_transport_get_last_2 (test->transport), ==,
                   "{\"type\":\"__disconnect\",\"data\":{\"code\":4503,\"reason\":\"not you\"}}");
  g_assert_true (test->transport->gone);
  g_assert_cmpuint (test->transport->code, ==, 4503);
}

static void
test_gone (Test          *test,
           gconstpointer  data)
{
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_LOST);
  rocketio_arrival_decide (test->arrival, NULL);
  g_assert_cmpuint (test->n_decided, ==, 1);
  g_assert_null (rocketio_arrival_take_transport (test->arrival));
}

/* An app that never decides has decided. */
static void
test_undecided (Test          *test,
                gconstpointer  data)
{
  wait_for (test->session.host->context, test->n_decided > 0)
    ;
  g_assert_cmpuint (test->code, ==, 4004);
}

#define add(name, func) g_test_add ("/arrival/" name, Test, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("let-in", test_let_in);
  add ("turned-away", test_turned_away);
  add ("gone", test_gone);
  add ("undecided", test_undecided);

  return g_test_run ();
}
