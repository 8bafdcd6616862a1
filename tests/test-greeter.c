/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-transport.h"
#include "helpers.h"
#include "rocketio-greeter-private.h"

#define HELLO "{\"type\":\"__hello\",\"data\":{\"client\":\"test\"}}"

typedef struct
{
  GMainContext      *context;
  RocketIOReactor   *reactor;
  RocketIOGreeter   *greeter;
  FakeTransport     *transport;
  RocketIOTransport *greeted;    /* owned: the one that said hello */
  guint              n_greeted;
  GString           *received;   /* afterwards */
} Test;

static void
received_cb (RocketIOTransport *transport,
             const char        *text,
             gsize              length,
             gpointer           user_data)
{
  g_string_append_len (((Test *) user_data)->received, text, length);
}

static const RocketIOTransportFuncs funcs = { .received = received_cb };

static void
hello_cb (RocketIOTransport *transport,
          RocketIOHello     *hello,
          gpointer           user_data)
{
  Test *test = user_data;

  g_assert_cmpstr (hello->client, ==, "test");
  test->n_greeted++;
  test->greeted = rocketio_transport_ref (transport);
  rocketio_transport_set_user (transport, &funcs, test);
}

static void
setup (Test          *test,
       gconstpointer  data)
{
  static const guint timeout = 10;
  g_autoptr (GError) error = NULL;

  test->context = g_main_context_new ();
  g_assert_true (g_main_context_acquire (test->context));
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  test->greeter = rocketio_greeter_new (test->reactor, &timeout, hello_cb, test);
  test->transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  test->received = g_string_new (NULL);
  rocketio_greeter_add (test->greeter, &test->transport->parent, NULL);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  g_clear_pointer (&test->greeted, rocketio_transport_unref);
  g_clear_pointer (&test->greeter, rocketio_greeter_free);
  fake_transport_free (test->transport);
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  g_main_context_release (test->context);
  g_main_context_unref (test->context);
  g_string_free (test->received, TRUE);
}

/* That it was told why, and then closed. */
static void
assert_turned_away (Test                *test,
                    RocketIOCloseReason  reason,
                    guint                code)
{
  g_autofree char *start = g_strdup_printf ("{\"type\":\"__disconnect\",\"data\":{\"code\":%u,\"reason\":\"", code);

  g_assert_true (test->transport->gone);
  g_assert_cmpint (test->transport->reason, ==, reason);
  g_assert_cmpuint (test->transport->code, ==, code);
  g_assert_cmpuint (test->transport->texts->len, ==, 1);
  g_assert_true (g_str_has_prefix (fake_transport_get_last_2 (test->transport), start));
  g_assert_cmpuint (test->n_greeted, ==, 0);
}

static void
test_hello (Test          *test,
            gconstpointer  data)
{
  fake_transport_receive (test->transport, HELLO);
  g_assert_cmpuint (test->n_greeted, ==, 1);
  g_assert_true (test->greeted == &test->transport->parent);
  g_assert_false (test->transport->gone);

  /* From here on it is somebody else's. */
  fake_transport_receive (test->transport, HELLO);
  g_assert_cmpstr (test->received->str, ==, HELLO);
  g_assert_cmpuint (test->n_greeted, ==, 1);
  g_clear_pointer (&test->greeter, rocketio_greeter_free);
  g_assert_false (test->transport->gone);
}

static void
test_array (Test          *test,
            gconstpointer  data)
{
  fake_transport_receive (test->transport, " [" HELLO "]");
  g_assert_cmpuint (test->n_greeted, ==, 1);
}

static void
test_another (Test          *test,
              gconstpointer  data)
{
  fake_transport_receive (test->transport, "{\"type\":\"chat\"}");
  assert_turned_away (test, ROCKETIO_CLOSE_REASON_PROTOCOL, 4400);

  /* It has had its chance. */
  fake_transport_receive (test->transport, HELLO);
  g_assert_cmpuint (test->n_greeted, ==, 0);
}

static void
test_bytes (Test          *test,
            gconstpointer  data)
{
  rocketio_transport_bytes (&test->transport->parent, (const guint8 *) HELLO, strlen (HELLO));
  assert_turned_away (test, ROCKETIO_CLOSE_REASON_PROTOCOL, 4400);
}

static void
test_gone (Test          *test,
           gconstpointer  data)
{
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_LOST);
  g_assert_cmpuint (test->transport->texts->len, ==, 0);
  g_assert_false (test->transport->gone);
  g_clear_pointer (&test->greeter, rocketio_greeter_free);
}

static void
test_late (Test          *test,
           gconstpointer  data)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (FakeTransport) quick = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);

  rocketio_greeter_add (test->greeter, &quick->parent, NULL);
  fake_transport_receive (quick, HELLO);
  wait_for (test->context, test->transport->gone)
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 10 * G_USEC_PER_SEC - 1000);
  g_assert_false (quick->gone);
  test->n_greeted = 0;
  assert_turned_away (test, ROCKETIO_CLOSE_REASON_TIMEOUT, 4003);
}

static void
test_end (Test          *test,
          gconstpointer  data)
{
  FakeTransport *others[5];

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
      rocketio_greeter_add (test->greeter, &others[i]->parent, NULL);
    }
  g_clear_pointer (&test->greeter, rocketio_greeter_free);
  assert_turned_away (test, ROCKETIO_CLOSE_REASON_SHUTDOWN, 4000);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_cmpuint (others[i]->code, ==, 4000);
      fake_transport_free (others[i]);
    }
}

#define add(name, func) g_test_add ("/greeter/" name, Test, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("hello", test_hello);
  add ("array", test_array);
  add ("another", test_another);
  add ("bytes", test_bytes);
  add ("gone", test_gone);
  add ("late", test_late);
  add ("end", test_end);

  return g_test_run ();
}
