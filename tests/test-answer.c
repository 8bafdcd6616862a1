/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "rocketio-answer-private.h"

#include <string.h>
#include <unistd.h>

#define HEAD "HTTP/1.1 200 OK\r\nX: y\r\n"

typedef struct
{
  GMainContext       *context;
  RocketIOReactor    *reactor;
  SoupServer         *soup;
  RocketIOListener   *listener;
  int                 peer;
  GByteArray         *bytes;    /* that the peer got */
} Test;

static void
setup (Test          *test,
       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  test->context = g_main_context_new ();
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  test->soup = soup_server_new (NULL, NULL);
  test->listener = rocketio_listener_new (test->reactor, test->soup);
  test->bytes = g_byte_array_new ();
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  rocketio_listener_close (test->listener);
  rocketio_listener_unref (test->listener);
  run_dry (test->context);
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  g_object_unref (test->soup);
  g_main_context_unref (test->context);
  close (test->peer);
  g_byte_array_unref (test->bytes);
}

static RocketIOAnswer *
make_answer (Test     *test,
             gboolean  keepalive)
{
  g_autoptr (RocketIOConnection) connection = NULL;
  g_autoptr (GBytes) head = g_bytes_new_static (HEAD, strlen (HEAD));
  int fds[2];

  make_tcp_pair (fds);
  test->peer = fds[1];
  connection = rocketio_connection_new (test->reactor, fds[0], NULL, make_address ());

  return rocketio_answer_new (test->listener, connection, head, keepalive);
}

static void
assert_bytes (Test       *test,
              const char *expected)
{
  wait_for (test->context, test->bytes->len >= strlen (expected))
    read_some (test->peer, test->bytes);
  g_assert_cmpmem (test->bytes->data, test->bytes->len, expected, strlen (expected));
}

static void
assert_end (Test *test)
{
  gsize length = test->bytes->len;

  wait_for (test->context, !read_some (test->peer, test->bytes))
    ;
  g_assert_cmpuint (test->bytes->len, ==, length);
}

static void
test_chunks (Test          *test,
             gconstpointer  data)
{
  GBytes *body[] = { g_bytes_new_static ("[1", 2), g_bytes_new_static ("", 0), g_bytes_new_static (",22]", 4) };

  rocketio_answer_give (make_answer (test, FALSE), body, G_N_ELEMENTS (body));
  for (guint i = 0; i < G_N_ELEMENTS (body); i++)
    g_bytes_unref (body[i]);
  assert_bytes (test, HEAD "Content-Length: 6\r\n\r\n[1,22]");
  assert_end (test);
}

static void
test_nothing (Test          *test,
              gconstpointer  data)
{
  rocketio_answer_give (make_answer (test, FALSE), NULL, 0);
  assert_bytes (test, HEAD "Content-Length: 0\r\n\r\n");
  assert_end (test);
}

/* The listener has the connection again, with whom the next request is answered. */
static void
test_keepalive (Test          *test,
                gconstpointer  data)
{
  static const char request[] = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";

  rocketio_answer_give_text (make_answer (test, TRUE), "[]", 2);
  assert_bytes (test, HEAD "Content-Length: 2\r\n\r\n[]");

  g_byte_array_set_size (test->bytes, 0);
  write_all (test->peer, request, strlen (request));
  wait_for (test->context, test->bytes->len > 0)
    read_some (test->peer, test->bytes);
  g_assert_true (g_str_has_prefix ((char *) test->bytes->data, "HTTP/1.1 404"));
}

static void
test_drop (Test          *test,
           gconstpointer  data)
{
  rocketio_answer_drop (make_answer (test, TRUE));
  assert_end (test);
}

#define add(name, func) g_test_add ("/answer/" name, Test, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("chunks", test_chunks);
  add ("nothing", test_nothing);
  add ("keepalive", test_keepalive);
  add ("drop", test_drop);

  return g_test_run ();
}
