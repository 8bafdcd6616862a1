/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK      5         /* milliseconds between two looks at a condition, if nothing else happens */
#define PATIENCE  30        /* seconds: valgrind on a busy machine is slow */

struct _Wait
{
  GMainContext *context;
  GSource      *tick;
  const char   *condition;
  const char   *place;
  gint64        deadline;
};

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

Wait *
wait_begin (GMainContext *context,
            const char   *condition,
            const char   *place)
{
  Wait *self = g_new0 (Wait, 1);

  self->context = context;
  self->condition = condition;
  self->place = place;
  self->deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;
  self->tick = g_timeout_source_new (TICK);
  g_source_set_callback (self->tick, tick_cb, NULL, NULL);
  g_source_attach (self->tick, context);

  return self;
}

void
wait_step (Wait *self)
{
  if (g_get_monotonic_time () > self->deadline)
    g_error ("%s: in %d s this did not come true: %s", self->place, PATIENCE, self->condition);

  g_main_context_iteration (self->context, TRUE);
}

void
wait_end (Wait *self)
{
  g_source_destroy (self->tick);
  g_source_unref (self->tick);
  g_free (self);
}

void
run_for (GMainContext *context,
         guint         milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  wait_for (context, g_get_monotonic_time () >= end)
    ;
}

guint
run_dry (GMainContext *context)
{
  guint turns = 0;

  /* A reactor leaves a turn out now and then. */
  for (guint n_idle = 0; n_idle < 2;)
    {
      gboolean was_busy = g_main_context_iteration (context, FALSE);

      n_idle = was_busy ? 0 : n_idle + 1;
      turns += was_busy;
      g_assert_cmpuint (turns, <, 100000);
    }

  return turns;
}

static void
set_nonblocking (int fd)
{
  g_assert_cmpint (fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK), ==, 0);
}

void
make_unix_pair (int fds[2])
{
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);
}

static void
set_int (int fd,
         int level,
         int name,
         int value)
{
  g_assert_cmpint (setsockopt (fd, level, name, &value, sizeof value), ==, 0);
}

static void
make_pair (int fds[2],
           int buffer)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  /* Sizes of windows are settled when a connection is made. */
  if (buffer > 0)
    set_int (listener, SOL_SOCKET, SO_SNDBUF, buffer);
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &length), ==, 0);

  fds[1] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (buffer > 0)
    set_int (fds[1], SOL_SOCKET, SO_RCVBUF, buffer);
  g_assert_cmpint (connect (fds[1], (struct sockaddr *) &address, sizeof address), ==, 0);
  fds[0] = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (fds[0], >=, 0);
  close (listener);

  for (guint i = 0; i < 2; i++)
    {
      set_nonblocking (fds[i]);
      set_int (fds[i], IPPROTO_TCP, TCP_NODELAY, 1);
    }
}

void
make_tcp_pair (int fds[2])
{
  make_pair (fds, 0);
}

gsize
make_narrow_pair (int fds[2])
{
  make_pair (fds, 8192);

  return 65536;
}

void
close_hard (int fd)
{
  struct linger linger = { 1, 0 };

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), ==, 0);
  close (fd);
}

GSocketAddress *
make_address (void)
{
  return g_inet_socket_address_new_from_string ("127.0.0.1", 12345);
}

gboolean
read_some (int         fd,
           GByteArray *bytes)
{
  guint8 buffer[16384];
  gssize n;

  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_byte_array_append (bytes, buffer, n);

  return n < 0 && errno == EAGAIN;
}

void
write_all (int           fd,
           gconstpointer data,
           gsize         size)
{
  g_assert_cmpint (send (fd, data, size, MSG_NOSIGNAL), ==, size);
}

GBytes *
make_bytes (gsize size,
            guint seed)
{
  guint32 *words = g_new (guint32, size / 4 + 1);

  for (gsize i = 0; i <= size / 4; i++)
    words[i] = (guint32) (i + 1) * 2654435761u + seed;

  return g_bytes_new_take (words, size);
}

GRand *
make_rand (void)
{
  const char *text = g_getenv ("SEED");
  guint32 seed = text != NULL ? (guint32) g_ascii_strtoull (text, NULL, 0) : g_random_int ();

  g_test_message ("SEED=%u", seed);

  return g_rand_new_with_seed (seed);
}
