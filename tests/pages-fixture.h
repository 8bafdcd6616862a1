/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "rocketio-pages-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A directory with a page in it and something beside it that must not be served:
 *   TMP/secret.txt
 *   TMP/page/index.html ... */
typedef struct
{
  char           *tmp;
  char           *root;
  SoupServer     *server;
  GSocketService *service;
  guint16         port;
  RocketIOPages  *pages;
  const char     *forced_path;   /* asked for whatever the client asks for, if not NULL */
} Fixture;

typedef struct
{
  guint               status;
  SoupMessageHeaders *headers;
  GBytes             *body;
} Reply;

/* One exchange over a connection of its own, in a thread: the server runs in the test's. */
typedef struct
{
  guint16     port;
  const char *request;
  gsize       max_bytes;   /* hang up after that many */
  void      (*pause) (gpointer data);   /* after the first bytes have come */
  gpointer    pause_data;
  GByteArray *answer;
  int         done;        /* atomic */
} Exchange;

static inline void
reply_free (Reply *reply)
{
  soup_message_headers_unref (reply->headers);
  g_bytes_unref (reply->body);
  g_free (reply);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

static inline gpointer
exchange_thread (gpointer user_data)
{
  Exchange *exchange = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  guint8 buffer[65536];
  GIOStream *stream;
  gssize n;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 50);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", exchange->port, NULL, &error);
  g_assert_no_error (error);
  stream = G_IO_STREAM (connection);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), exchange->request, strlen (exchange->request),
                             NULL, NULL, &error);
  g_assert_no_error (error);

  while (exchange->answer->len < exchange->max_bytes &&
         (n = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer, NULL, &error)) > 0)
    {
      if (exchange->answer->len == 0 && exchange->pause != NULL)
        exchange->pause (exchange->pause_data);
      g_byte_array_append (exchange->answer, buffer, n);
    }
  g_clear_error (&error);
  g_io_stream_close (stream, NULL, NULL);
  g_atomic_int_set (&exchange->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static inline void
run_exchange (Exchange *exchange)
{
  GThread *thread;

  exchange->answer = g_byte_array_new ();
  if (exchange->max_bytes == 0)
    exchange->max_bytes = G_MAXSIZE;
  thread = g_thread_new ("client", exchange_thread, exchange);
  while (!g_atomic_int_get (&exchange->done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
}

static inline gsize
find_body (GByteArray *bytes)
{
  const guint8 *end = memmem (bytes->data, bytes->len, "\r\n\r\n", 4);

  g_assert_nonnull (end);

  return end + 4 - bytes->data;
}

static inline Reply *
parse_reply (GByteArray *bytes)
{
  Reply *reply = g_new0 (Reply, 1);
  gsize head = find_body (bytes);

  reply->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_assert_true (soup_headers_parse_response ((const char *) bytes->data, head - 2, reply->headers, NULL,
                                              &reply->status, NULL));
  reply->body = g_bytes_new (bytes->data + head, bytes->len - head);

  return reply;
}

/* `headers` ends with CRLF, or is empty. */
static inline Reply *
request (Fixture    *fixture,
         const char *method,
         const char *path,
         const char *headers)
{
  g_autofree char *text = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n",
                                           method, path, headers);
  Exchange exchange = { .port = fixture->port, .request = text };
  Reply *reply;

  run_exchange (&exchange);
  reply = parse_reply (exchange.answer);
  g_byte_array_unref (exchange.answer);

  /* The client knows where the answer ends. */
  if (strcmp (method, "HEAD") != 0 && reply->status != 304)
    g_assert_cmpint (soup_message_headers_get_content_length (reply->headers), ==, g_bytes_get_size (reply->body));

  return reply;
}

static inline const char *
get_header (Reply      *reply,
            const char *name)
{
  return soup_message_headers_get_one (reply->headers, name);
}

static inline void
assert_body (Reply      *reply,
             const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), expected, strlen (expected));
}

static inline void
assert_status (Fixture    *fixture,
               const char *path,
               const char *headers,
               guint       status)
{
  g_autoptr (Reply) reply = request (fixture, "GET", path, headers);

  if (reply->status != status)
    g_error ("GET %s %s: %u instead of %u", path, headers, reply->status, status);
  g_assert_cmpstr (get_header (reply, "X-Content-Type-Options"), ==, status == 400 ? NULL : "nosniff");
}

static inline void
assert_page (Fixture    *fixture,
             const char *path,
             const char *body)
{
  g_autoptr (Reply) reply = request (fixture, "GET", path, "");

  g_assert_cmpuint (reply->status, ==, 200);
  assert_body (reply, body);
}

static inline char *
put (Fixture    *fixture,
     const char *name,
     const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&path);
}

static inline void
put_files (Fixture    *fixture,
           const char *first,
           ...)
{
  va_list names;

  va_start (names, first);
  for (const char *name = first; name != NULL; name = va_arg (names, const char *))
    g_free (put (fixture, name, name));
  va_end (names);
}

static inline void
put_link (Fixture    *fixture,
          const char *name,
          const char *target)
{
  g_autofree char *path = g_build_filename (fixture->root, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static inline void
handle_cb (SoupServer        *server,
           SoupServerMessage *msg,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  Fixture *fixture = user_data;

  rocketio_pages_handle (fixture->pages, msg, fixture->forced_path != NULL ? fixture->forced_path : path);
}

/* A listener of its own: libsoup's leaks a bit of memory with each connection. */
static inline gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GError) error = NULL;

  soup_server_accept_iostream (user_data, G_IO_STREAM (connection), local, remote, &error);
  g_assert_no_error (error);

  return TRUE;
}

static inline void
serve (Fixture            *fixture,
       RocketIOServeFlags  flags)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->pages, rocketio_pages_free);
  fixture->pages = rocketio_pages_new_for_directory (fixture->root, flags, &error);
  g_assert_no_error (error);
}

static inline void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->tmp = g_dir_make_tmp ("rocketio-pages-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->root = g_build_filename (fixture->tmp, "page", NULL);
  put_files (fixture, "../secret.txt", "index.html", NULL);

  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, handle_cb, fixture, NULL);
  fixture->service = g_socket_service_new ();
  fixture->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (fixture->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->service, "incoming", G_CALLBACK (incoming_cb), fixture->server);

  serve (fixture, ROCKETIO_SERVE_FLAGS_NONE);
}

static inline void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  const char *argv[] = { "rm", "-rf", fixture->tmp, NULL };

  g_socket_service_stop (fixture->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->service));
  g_object_unref (fixture->service);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_clear_pointer (&fixture->pages, rocketio_pages_free);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->root);
  g_free (fixture->tmp);
}

static inline void
assert_redirect (Fixture    *fixture,
                 const char *path,
                 const char *location)
{
  g_autoptr (Reply) reply = request (fixture, "GET", path, "");

  g_assert_cmpuint (reply->status, ==, 301);
  g_assert_cmpstr (get_header (reply, "Location"), ==, location);
}

#define add_page_test(name, function) \
  g_test_add ("/pages/" name, Fixture, NULL, set_up, function, tear_down)
