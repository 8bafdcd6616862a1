/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "connection-fixture.h"

static void
assert_reads (ConnectionTest *test,
              gsize           size,
              const char     *text)
{
  char buffer[100];
  gssize n = rocketio_connection_read (test->connection, buffer, size);

  g_assert_cmpint (n, ==, strlen (text));
  g_assert_cmpmem (buffer, n, text, n);
}

/* Reading */

static void
test_read (ConnectionTest *test,
           gconstpointer   data)
{
  char buffer[10];

  g_assert_cmpint (rocketio_connection_read (test->connection, buffer, sizeof buffer), ==, -1);
  watch (test, ROCKETIO_WATCH_INPUT);
  run_dry (test->context);
  g_assert_cmpuint (test->n_readable, ==, 0);

  send_text (test, "hello");
  wait_for (test->context, test->got->len == 5)
    ;
  g_assert_cmpint (test->end, ==, -1);
  send_text (test, ", world");
  end_peer (test);
  wait_for (test->context, test->end == 0)
    ;
  assert_text (test->got, "hello, world");
  g_assert_cmpuint (test->n_gone, ==, 0);
}

static void
test_read_broken (ConnectionTest *test,
                  gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_INPUT);
  break_peer (test);
  wait_for (test->context, test->end == -2)
    ;
  g_assert_cmpuint (test->n_gone, ==, 0);
}

static void
test_unread (ConnectionTest *test,
             gconstpointer   data)
{
  rocketio_connection_unread (test->connection, "", 0);
  g_assert_cmpint (rocketio_connection_peek (test->connection), ==, -1);
  rocketio_connection_unread (test->connection, "cdefgh", 6);
  rocketio_connection_unread (test->connection, "ab", 2);
  g_assert_cmpint (rocketio_connection_peek (test->connection), ==, 1);
  assert_reads (test, 3, "abc");
  rocketio_connection_unread (test->connection, "C", 1);
  assert_reads (test, 1, "C");

  /* The kernel knows nothing of the rest, but the user hears of it at once. */
  watch (test, ROCKETIO_WATCH_INPUT);
  g_assert_cmpuint (test->n_readable, ==, 0);
  run_dry (test->context);
  assert_text (test->got, "defgh");
  g_assert_cmpuint (test->n_readable, ==, 1);
}

static void
test_dry (ConnectionTest *test,
          gconstpointer   data)
{
  char buffer[10];

  send_text (test, "later");
  wait_for (test->context, rocketio_connection_peek (test->connection) == 1)
    ;
  rocketio_connection_unread (test->connection, "now", 3);
  rocketio_connection_set_dry (test->connection, TRUE);
  assert_reads (test, sizeof buffer, "now");
  g_assert_cmpint (rocketio_connection_read (test->connection, buffer, sizeof buffer), ==, -1);
  rocketio_connection_set_dry (test->connection, FALSE);
  assert_reads (test, sizeof buffer, "later");
}

static void
test_peek (ConnectionTest *test,
           gconstpointer   data)
{
  g_assert_cmpint (rocketio_connection_peek (test->connection), ==, -1);
  send_text (test, "x");
  wait_for (test->context, rocketio_connection_peek (test->connection) == 1)
    ;
  assert_reads (test, 10, "x");
  end_peer (test);
  wait_for (test->context, rocketio_connection_peek (test->connection) == 0)
    ;
  rocketio_connection_cut (test->connection);
  g_assert_cmpint (rocketio_connection_peek (test->connection), ==, -2);
}

/* Also where the kernel has just said that there is something. */
static void
peek_cb (RocketIOConnection *connection,
         gpointer            user_data)
{
  ConnectionTest *test = user_data;
  guint8 buffer[10];

  g_assert_cmpint (rocketio_connection_peek (connection), ==, 1);
  g_assert_cmpint (rocketio_connection_read (connection, buffer, sizeof buffer), ==, 1);
  g_assert_cmpint (rocketio_connection_peek (connection), ==, -1);
  test->n_readable++;
}

static void
test_peek_in_callback (ConnectionTest *test,
                       gconstpointer   data)
{
  static const RocketIOConnectionFuncs peek_funcs = { .readable = peek_cb };

  rocketio_connection_set_user (test->connection, ROCKETIO_WATCH_INPUT, &peek_funcs, test);
  send_text (test, "x");
  wait_for (test->context, test->n_readable == 1)
    ;
}

static void
test_read_again (ConnectionTest *test,
                 gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_INPUT);
  rocketio_connection_read_again (test->connection);
  rocketio_connection_read_again (test->connection);
  run_dry (test->context);
  g_assert_cmpuint (test->n_readable, ==, 1);
}

/* Whether the peer goes */

static void
test_hangup (ConnectionTest *test,
             gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_HANGUP);
  send_text (test, "the next request");
  run_for (test->context, 20);
  g_assert_cmpuint (test->n_readable + test->n_gone, ==, 0);

  end_peer (test);
  wait_for (test->context, test->n_gone == 1)
    ;
  g_assert_true (test->cleanly);
  g_assert_cmpuint (test->n_readable, ==, 0);
}

static void
test_hangup_broken (ConnectionTest *test,
                    gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_HANGUP);
  break_peer (test);
  wait_for (test->context, test->n_gone == 1)
    ;
  g_assert_false (test->cleanly);
}

static void
test_nothing (ConnectionTest *test,
              gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_NOTHING);
  send_text (test, "x");
  end_peer (test);
  run_for (test->context, 20);
  g_assert_cmpuint (test->n_readable + test->n_gone, ==, 0);
  watch (test, ROCKETIO_WATCH_INPUT);
  wait_for (test->context, test->end == 0)
    ;
  assert_text (test->got, "x");
}

/* Writing */

/* Chunks of all sizes, nothing and more than fits included, some of them written while others wait. */
static void
test_write (ConnectionTest *test,
            gconstpointer   data)
{
  g_autoptr (GRand) rand = make_rand ();
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();

  watch (test, ROCKETIO_WATCH_INPUT);
  for (guint i = 0; i < 40; i++)
    {
      guint n = g_rand_int_range (rand, 1, 200);
      g_autoptr (GPtrArray) chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

      for (guint j = 0; j < n; j++)
        {
          gsize size = g_rand_boolean (rand) ? g_rand_int_range (rand, 0, 30) : g_rand_int_range (rand, 0, 2000);
          GBytes *chunk = make_bytes (g_rand_int_range (rand, 0, 50) == 0 ? 100000 : size, i * 1000 + j);

          g_ptr_array_add (chunks, chunk);
          g_byte_array_append (expected, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
        }
      rocketio_connection_write (test->connection, (GBytes **) chunks->pdata, n);
      if (g_rand_boolean (rand))
        read_some (test->peer, got);
      if (g_rand_boolean (rand))
        g_main_context_iteration (test->context, FALSE);
    }

  g_assert_cmpuint (rocketio_connection_get_pending (test->connection), >, 0);
  test->n_writable = 0;
  wait_for (test->context, got->len == expected->len)
    read_some (test->peer, got);
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
  g_assert_cmpuint (rocketio_connection_get_pending (test->connection), ==, 0);
  run_dry (test->context);
  g_assert_cmpuint (test->n_writable, ==, 1);
}

static void
test_pending (ConnectionTest *test,
              gconstpointer   data)
{
  gsize size = 20 * test->room;
  g_autoptr (GBytes) bytes = make_bytes (size, 1);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  watch (test, ROCKETIO_WATCH_NOTHING);
  g_assert_true (rocketio_connection_is_acknowledged (test->connection));
  write_bytes (test, bytes);
  g_assert_cmpuint (rocketio_connection_get_pending (test->connection), >, 0);
  g_assert_cmpuint (rocketio_connection_get_pending (test->connection), <, size);
  g_assert_false (rocketio_connection_is_acknowledged (test->connection));
  g_assert_cmpint (rocketio_connection_write_some (test->connection, "x", 1), ==, -1);

  /* It is written even while its user wants to know nothing of the other end. */
  wait_for (test->context, got->len == size)
    read_some (test->peer, got);
  wait_for (test->context, rocketio_connection_is_acknowledged (test->connection))
    ;
  g_assert_cmpuint (test->n_writable, ==, 1);
  g_assert_cmpuint (rocketio_connection_get_pending (test->connection), ==, 0);
  g_assert_cmpint (rocketio_connection_write_some (test->connection, "x", 1), ==, 1);
}

/* What the peer's system has not taken is not acknowledged, though nothing is left over here. */
static void
test_acknowledged (ConnectionTest *test,
                   gconstpointer   data)
{
  g_autofree char *block = g_malloc0 (1000);
  g_autoptr (GByteArray) got = g_byte_array_new ();
  gsize size = 0;
  gssize n;

  while ((n = rocketio_connection_write_some (test->connection, block, 1000)) > 0)
    size += n;
  g_assert_cmpint (n, ==, -1);
  g_assert_cmpuint (rocketio_connection_get_pending (test->connection), ==, 0);
  run_for (test->context, 20);
  g_assert_false (rocketio_connection_is_acknowledged (test->connection));
  wait_for (test->context, got->len == size)
    read_some (test->peer, got);
  wait_for (test->context, rocketio_connection_is_acknowledged (test->connection))
    ;
}

/* What a peer had when it broke off is not acknowledged by that. */
static void
test_not_acknowledged (ConnectionTest *test,
                       gconstpointer   data)
{
  write_text (test, "hello");
  wait_for (test->context, rocketio_connection_is_acknowledged (test->connection))
    ;
  break_peer (test);
  wait_for (test->context, !rocketio_connection_is_acknowledged (test->connection))
    ;
}

static void
test_write_broken (ConnectionTest *test,
                   gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_INPUT);
  break_peer (test);

  /* The user is not told from inside its own writing. */
  while (rocketio_connection_write_some (test->connection, "x", 1) != -2)
    ;
  write_text (test, "swallowed");
  g_assert_cmpuint (rocketio_connection_get_pending (test->connection), ==, 0);
  g_assert_cmpuint (test->n_gone, ==, 0);
  run_dry (test->context);
  g_assert_cmpuint (test->n_gone, ==, 1);
  g_assert_false (test->cleanly);
}

static void
test_pending_broken (ConnectionTest *test,
                     gconstpointer   data)
{
  g_autoptr (GBytes) bytes = make_bytes (20 * test->room, 1);

  watch (test, ROCKETIO_WATCH_HANGUP);
  write_bytes (test, bytes);
  break_peer (test);
  wait_for (test->context, test->n_gone == 1)
    ;
  g_assert_false (test->cleanly);
  g_assert_cmpuint (test->n_writable, ==, 0);
}

/* Deadlines */

static void
test_deadline (ConnectionTest *test,
               gconstpointer   data)
{
  gint64 start;

  watch (test, ROCKETIO_WATCH_INPUT);
  rocketio_connection_set_deadline (test->connection, 30);
  rocketio_connection_clear_deadline (test->connection);
  rocketio_connection_set_deadline (test->connection, 30);
  watch (test, ROCKETIO_WATCH_NOTHING);
  run_for (test->context, 80);
  g_assert_cmpuint (test->n_expired, ==, 0);

  rocketio_connection_set_deadline (test->connection, 20);
  start = g_get_monotonic_time ();
  rocketio_connection_set_deadline (test->connection, 80);
  wait_for (test->context, test->n_expired == 1)
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 80000);
  run_for (test->context, 100);
  g_assert_cmpuint (test->n_expired, ==, 1);
}

/* References that go in callbacks */

static void
test_drop_readable (ConnectionTest *test,
                    gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_INPUT);
  test->drop = TRUE;
  send_text (test, "x");
  wait_for (test->context, test->connection == NULL)
    ;
  g_assert_true (is_closed (test));
}

static void
test_drop_writable (ConnectionTest *test,
                    gconstpointer   data)
{
  g_autoptr (GBytes) bytes = make_bytes (20 * test->room, 1);
  g_autoptr (GByteArray) got = g_byte_array_new ();

  watch (test, ROCKETIO_WATCH_INPUT);
  test->drop = TRUE;
  write_bytes (test, bytes);
  wait_for (test->context, test->connection == NULL)
    read_some (test->peer, got);
  g_assert_cmpuint (test->n_writable, ==, 1);
}

static void
test_drop_gone (ConnectionTest *test,
                gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_HANGUP);
  test->drop = TRUE;
  break_peer (test);
  wait_for (test->context, test->connection == NULL)
    ;
  g_assert_cmpuint (test->n_gone, ==, 1);
}

static void
test_drop_expired (ConnectionTest *test,
                   gconstpointer   data)
{
  watch (test, ROCKETIO_WATCH_INPUT);
  test->drop = TRUE;
  rocketio_connection_set_deadline (test->connection, 1);
  wait_for (test->context, test->connection == NULL)
    ;
  g_assert_cmpuint (test->n_expired, ==, 1);
}

static void
test_addresses (ConnectionTest *test,
                gconstpointer   data)
{
  GInetSocketAddress *local = G_INET_SOCKET_ADDRESS (rocketio_connection_get_local (test->connection));
  GInetSocketAddress *remote = G_INET_SOCKET_ADDRESS (rocketio_connection_get_remote (test->connection));

  g_assert_true (g_inet_address_get_is_loopback (g_inet_socket_address_get_address (local)));
  g_assert_cmpuint (g_inet_socket_address_get_port (local), >, 0);
  g_assert_cmpuint (g_inet_socket_address_get_port (remote), ==, 12345);
  g_assert_null (rocketio_connection_get_tls (test->connection));
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

  add ("read", test_read);
  add ("read-broken", test_read_broken);
  add ("unread", test_unread);
  add ("dry", test_dry);
  add ("peek", test_peek);
  add ("peek-in-callback", test_peek_in_callback);
  add ("read-again", test_read_again);
  add ("hangup", test_hangup);
  add ("hangup-broken", test_hangup_broken);
  add ("nothing", test_nothing);
  add_narrow ("write", test_write);
  add_narrow ("pending", test_pending);
  add_narrow ("acknowledged", test_acknowledged);
  add ("not-acknowledged", test_not_acknowledged);
  add ("write-broken", test_write_broken);
  add_narrow ("pending-broken", test_pending_broken);
  add ("deadline", test_deadline);
  add ("drop-readable", test_drop_readable);
  add_narrow ("drop-writable", test_drop_writable);
  add ("drop-gone", test_drop_gone);
  add ("drop-expired", test_drop_expired);
  add ("addresses", test_addresses);

  return g_test_run ();
}
