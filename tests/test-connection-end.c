/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "connection-fixture.h"

#include <sys/socket.h>

static void
receipt_cb (RocketIOConnection *connection,
            gboolean            delivered,
            gpointer            user_data)
{
  ConnectionTest *test = user_data;

  if (delivered)
    test->n_delivered++;
  else
    test->n_lost++;
}

/* Receipts */

static void
expect_receipt (ConnectionTest *test)
{
  rocketio_connection_set_receipt (test->connection, receipt_cb, test);
}

static void
assert_receipts (ConnectionTest *test,
                 guint           n_delivered,
                 guint           n_lost)
{
  g_assert_cmpuint (test->n_delivered, ==, n_delivered);
  g_assert_cmpuint (test->n_lost, ==, n_lost);
}

static void
test_receipts (ConnectionTest *test,
               gconstpointer   data)
{
  rocketio_connection_settle (test->connection, TRUE);
  assert_receipts (test, 0, 0);

  expect_receipt (test);
  rocketio_connection_settle (test->connection, TRUE);
  rocketio_connection_settle (test->connection, FALSE);
  assert_receipts (test, 1, 0);

  expect_receipt (test);
  rocketio_connection_settle (test->connection, FALSE);
  assert_receipts (test, 1, 1);

  expect_receipt (test);
  rocketio_connection_forget_receipt (test->connection);
  rocketio_connection_settle (test->connection, FALSE);
  assert_receipts (test, 1, 1);

  expect_receipt (test);
  rocketio_connection_cut (test->connection);
  assert_receipts (test, 1, 2);

  expect_receipt (test);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  assert_receipts (test, 1, 3);
}

static void
test_receipt_at_the_end (ConnectionTest *test,
                         gconstpointer   data)
{
  gboolean cleanly = GPOINTER_TO_INT (data) == 0;
  g_autoptr (GByteArray) got = g_byte_array_new ();

  expect_receipt (test);
  write_text (test, "bye");
  if (!cleanly)
    {
      g_autoptr (GBytes) bytes = make_bytes (20 * test->room, 1);

      write_bytes (test, bytes);
    }
  rocketio_connection_finish (test->connection);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  assert_receipts (test, 0, 0);

  if (cleanly)
    {
      wait_for (test->context, !read_some (test->peer, got))
        ;
      assert_text (got, "bye");
      end_peer (test);
    }
  else
    {
      break_peer (test);
    }
  wait_for (test->context, is_closed (test))
    ;
  assert_receipts (test, cleanly, !cleanly);
}

/* The end */

static void
test_finish (ConnectionTest *test,
             gconstpointer   data)
{
  gsize size = 20 * test->room;
  g_autoptr (GBytes) bytes = make_bytes (size, 1);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  write_bytes (test, bytes);
  rocketio_connection_finish (test->connection);
  rocketio_connection_finish (test->connection);
  write_text (test, "too late");
  g_clear_pointer (&test->connection, rocketio_connection_unref);

  /* The peer chats on, and the end comes only after the last byte. */
  wait_for (test->context, !read_some (test->peer, got))
    send (test->peer, "chatter", 7, MSG_NOSIGNAL);
  g_assert_cmpmem (got->data, got->len, g_bytes_get_data (bytes, NULL), size);
  g_assert_false (is_closed (test));
  g_assert_cmpint (send (test->peer, "more", 4, MSG_NOSIGNAL), ==, 4);
  run_for (test->context, 20);
  g_assert_false (is_closed (test));

  end_peer (test);
  wait_for (test->context, is_closed (test))
    ;
}

/* Closing at once would destroy what is on the way, since the peer's data has not been read. */
static void
test_finish_with_input (ConnectionTest *test,
                        gconstpointer   data)
{
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree char *block = g_malloc0 (100000);

  write_all (test->peer, block, 100000);
  run_for (test->context, 10);
  write_text (test, "last words");
  rocketio_connection_finish (test->connection);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  run_for (test->context, 50);
  wait_for (test->context, !read_some (test->peer, got))
    ;
  assert_text (got, "last words");
  break_peer (test);
  wait_for (test->context, is_closed (test))
    ;
}

/* A peer that has said its last word still wants to hear ours. */
static void
test_finish_half_closed (ConnectionTest *test,
                         gconstpointer   data)
{
  gsize size = 20 * test->room;
  g_autoptr (GBytes) bytes = make_bytes (size, 1);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  end_peer (test);
  write_bytes (test, bytes);
  rocketio_connection_finish (test->connection);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  run_for (test->context, 50);
  wait_for (test->context, !read_some (test->peer, got))
    ;
  g_assert_cmpmem (got->data, got->len, g_bytes_get_data (bytes, NULL), size);
  wait_for (test->context, is_closed (test))
    ;
}

static void
test_finish_limit (ConnectionTest *test,
                   gconstpointer   data)
{
  g_autoptr (GBytes) bytes = make_bytes (20 * test->room, 1);
  gint64 start = g_get_monotonic_time ();

  write_bytes (test, bytes);
  rocketio_connection_finish (test->connection);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  wait_for (test->context, is_closed (test))
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 2 * G_USEC_PER_SEC);
}

static void
test_finish_broken (ConnectionTest *test,
                    gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_INPUT);
  break_peer (test);
  while (rocketio_connection_write_some (test->connection, "x", 1) != -2)
    ;
  rocketio_connection_finish (test->connection);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  g_assert_true (is_closed (test));
}

static void
test_finish_closed_reactor (ConnectionTest *test,
                            gconstpointer   data)
{
  if (GPOINTER_TO_INT (data) != 0)
    rocketio_reactor_close (test->reactor);
  rocketio_connection_finish (test->connection);
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  rocketio_reactor_close (test->reactor);
  g_assert_true (is_closed (test));
}

static void
test_cut (ConnectionTest *test,
          gconstpointer   data)
{
  g_autoptr (GByteArray) got = g_byte_array_new ();

  watch (test, ROCKETIO_WATCH_INPUT);
  rocketio_connection_cut (test->connection);
  rocketio_connection_cut (test->connection);
  g_assert_cmpuint (test->n_gone, ==, 0);
  wait_for (test->context, !read_some (test->peer, got))
    ;
  run_dry (test->context);
  g_assert_cmpuint (test->n_gone, ==, 1);
  g_assert_false (test->cleanly);
}

#define add(name, func) \
  g_test_add ("/connection/" name, ConnectionTest, NULL, connection_test_setup, func, connection_test_teardown)
#define add_narrow(name, func) \
  g_test_add ("/connection/" name, ConnectionTest, GINT_TO_POINTER (1), \
              connection_test_setup, func, connection_test_teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("receipts", test_receipts);
  add ("receipt-at-a-clean-end", test_receipt_at_the_end);
  add_narrow ("receipt-at-a-broken-end", test_receipt_at_the_end);
  add_narrow ("finish", test_finish);
  add ("finish-with-input", test_finish_with_input);
  add_narrow ("finish-half-closed", test_finish_half_closed);
  add_narrow ("finish-limit", test_finish_limit);
  add ("finish-broken", test_finish_broken);
  add ("finish-before-close", test_finish_closed_reactor);
  add_narrow ("finish-after-close", test_finish_closed_reactor);
  add ("cut", test_cut);

  return g_test_run ();
}
