/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "connection-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static void
drop_in_callback (ConnectionTest *test)
{
  if (test->drop)
    g_clear_pointer (&test->connection, rocketio_connection_unref);
}

static void
readable_cb (RocketIOConnection *connection,
             gpointer            user_data)
{
  ConnectionTest *test = user_data;
  guint8 buffer[1000];

  test->n_readable++;
  while ((test->end = rocketio_connection_read (connection, buffer, sizeof buffer)) > 0)
    g_byte_array_append (test->got, buffer, test->end);
  if (test->end != -1)
    rocketio_connection_set_user (connection, ROCKETIO_WATCH_NOTHING, NULL, NULL);
  drop_in_callback (test);
}

static void
writable_cb (RocketIOConnection *connection,
             gpointer            user_data)
{
  ConnectionTest *test = user_data;

  test->n_writable++;
  drop_in_callback (test);
}

static void
gone_cb (RocketIOConnection *connection,
         gboolean            cleanly,
         gpointer            user_data)
{
  ConnectionTest *test = user_data;

  test->n_gone++;
  test->cleanly = cleanly;
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_NOTHING, NULL, NULL);
  drop_in_callback (test);
}

static void
expired_cb (RocketIOConnection *connection,
            gpointer            user_data)
{
  ConnectionTest *test = user_data;

  test->n_expired++;
  drop_in_callback (test);
}

static const RocketIOConnectionFuncs funcs = { readable_cb, writable_cb, gone_cb, expired_cb };

void
connection_test_setup (ConnectionTest *test,
                       gconstpointer   data)
{
  gboolean narrow = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  int fds[2];

  test->context = g_main_context_new ();
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  if (narrow)
    test->room = make_narrow_pair (fds);
  else
    make_tcp_pair (fds);
  test->fd = fds[0];
  test->peer = fds[1];
  test->connection = rocketio_connection_new (test->reactor, test->fd, NULL, make_address ());
  test->got = g_byte_array_new ();
  test->end = G_MAXSSIZE;
}

gboolean
is_closed (ConnectionTest *test)
{
  return fcntl (test->fd, F_GETFD) < 0 && errno == EBADF;
}

void
connection_test_teardown (ConnectionTest *test,
                          gconstpointer   data)
{
  g_clear_pointer (&test->connection, rocketio_connection_unref);
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  g_main_context_unref (test->context);
  g_assert_true (is_closed (test));
  if (test->peer >= 0)
    close (test->peer);
  g_byte_array_unref (test->got);
}

void
watch (ConnectionTest          *test,
       RocketIOConnectionWatch  mode)
{
  rocketio_connection_set_user (test->connection, mode, &funcs, test);
}

void
send_text (ConnectionTest *test,
           const char     *text)
{
  write_all (test->peer, text, strlen (text));
}

void
end_peer (ConnectionTest *test)
{
  g_assert_cmpint (shutdown (test->peer, SHUT_WR), ==, 0);
}

void
break_peer (ConnectionTest *test)
{
  close_hard (test->peer);
  test->peer = -1;
}

void
write_bytes (ConnectionTest *test,
             GBytes         *bytes)
{
  rocketio_connection_write (test->connection, &bytes, 1);
}

void
write_text (ConnectionTest *test,
            const char     *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  write_bytes (test, bytes);
}

void
assert_text (GByteArray *bytes,
             const char *text)
{
  g_assert_cmpmem (bytes->data, bytes->len, text, strlen (text));
}
