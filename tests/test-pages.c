/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-pages-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A directory with a page in it and something beside it that must not be served:
 *   TMP/secret.txt
 *   TMP/page/index.html ... */
typedef struct
{
  char          *tmp;
  char          *root;
  SoupServer    *server;
  guint16        port;
  RocketIOPages *pages;
  const char    *forced_path;   /* asked for whatever the client asks for, if not NULL */
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

static void
reply_free (Reply *reply)
{
  soup_message_headers_unref (reply->headers);
  g_bytes_unref (reply->body);
  g_free (reply);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

static gpointer
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
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), exchange->request, strlen (exchange->request), NULL,
                             NULL, &error);
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

static void
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

static gsize
find_body (GByteArray *bytes)
{
  const guint8 *end = memmem (bytes->data, bytes->len, "\r\n\r\n", 4);

  g_assert_nonnull (end);

  return end + 4 - bytes->data;
}

static Reply *
parse_reply (GByteArray *bytes)
{
  Reply *reply = g_new0 (Reply, 1);
  gsize head = find_body (bytes);

  reply->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_assert_true (soup_headers_parse_response ((const char *) bytes->data, head - 2, reply->headers, NULL, &reply->status,
                                              NULL));
  reply->body = g_bytes_new (bytes->data + head, bytes->len - head);

  return reply;
}

/* `headers` ends with CRLF, or is empty. */
static Reply *
request (Fixture    *fixture,
         const char *method,
         const char *path,
         const char *headers)
{
  g_autofree char *text = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", method, path, headers);
  Exchange exchange = { .port = fixture->port, .request = text };
  Reply *reply;

  run_exchange (&exchange);
  reply = parse_reply (exchange.answer);
  g_byte_array_unref (exchange.answer);

  return reply;
}

static const char *
get_header (Reply      *reply,
            const char *name)
{
  return soup_message_headers_get_one (reply->headers, name);
}

static void
assert_body (Reply      *reply,
             const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), expected, strlen (expected));
}

static void
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

static void
assert_page (Fixture    *fixture,
             const char *path,
             const char *body)
{
  g_autoptr (Reply) reply = request (fixture, "GET", path, "");

  g_assert_cmpuint (reply->status, ==, 200);
  assert_body (reply, body);
}

static char *
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

static void
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

static void
put_link (Fixture    *fixture,
          const char *name,
          const char *target)
{
  g_autofree char *path = g_build_filename (fixture->root, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
handle_cb (SoupServer        *server,
           SoupServerMessage *msg,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  Fixture *fixture = user_data;

  rocketio_pages_handle (fixture->pages, msg, fixture->forced_path != NULL ? fixture->forced_path : path);
}

static void
serve (Fixture            *fixture,
       RocketIOServeFlags  flags)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->pages, rocketio_pages_free);
  fixture->pages = rocketio_pages_new_for_directory (fixture->root, flags, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  fixture->tmp = g_dir_make_tmp ("rocketio-pages-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->root = g_build_filename (fixture->tmp, "page", NULL);
  put_files (fixture, "../secret.txt", "index.html", NULL);

  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, handle_cb, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  serve (fixture, ROCKETIO_SERVE_FLAGS_NONE);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  const char *argv[] = { "rm", "-rf", fixture->tmp, NULL };

  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_clear_pointer (&fixture->pages, rocketio_pages_free);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->root);
  g_free (fixture->tmp);
}

static void
test_files (Fixture       *fixture,
            gconstpointer  data)
{
  put_files (fixture, "a.txt", "deep/er/b.txt", "mit leer & ü.txt", "100%.txt", "no-extension", "a:b.txt", NULL);
  g_free (put (fixture, "empty.txt", ""));

  assert_page (fixture, "/a.txt", "a.txt");
  assert_page (fixture, "/a.txt?x=1", "a.txt");
  assert_page (fixture, "//a.txt", "a.txt");
  assert_page (fixture, "/deep//er/b.txt", "deep/er/b.txt");
  assert_page (fixture, "/mit%20leer%20&%20%C3%BC.txt", "mit leer & ü.txt");
  assert_page (fixture, "/100%25.txt", "100%.txt");
  assert_page (fixture, "/%61.txt", "a.txt");
  assert_page (fixture, "/no-extension", "no-extension");
  assert_page (fixture, "/a:b.txt", "a:b.txt");
  assert_page (fixture, "/empty.txt", "");
  assert_page (fixture, "http://h/a.txt", "a.txt");

  assert_status (fixture, "/missing.txt", "", 404);
  assert_status (fixture, "/a.txt/", "", 404);
  assert_status (fixture, "/a.txt/b", "", 404);
  assert_status (fixture, "/100%2525.txt", "", 404);
  assert_status (fixture, "/A.TXT", "", 404);
}

static void
test_not_found (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (Reply) reply = request (fixture, "GET", "/<script>", "Accept: text/html\r\n");
  g_autoptr (Reply) head = request (fixture, "HEAD", "/none", "");

  g_assert_cmpuint (reply->status, ==, 404);
  g_assert_cmpstr (get_header (reply, "Content-Type"), ==, "text/plain; charset=utf-8");
  assert_body (reply, "There is no page at this address.\n");
  g_assert_cmpuint (head->status, ==, 404);
  assert_body (head, "");
}

static void
test_types (Fixture       *fixture,
            gconstpointer  data)
{
  static const struct
  {
    const char *name;
    const char *type;
  } types[] = {
    { "a.html", "text/html; charset=utf-8" },
    { "a.HTM", "text/html; charset=utf-8" },
    { "a.css", "text/css; charset=utf-8" },
    { "a.js", "text/javascript; charset=utf-8" },
    { "a.min.js", "text/javascript; charset=utf-8" },
    { "a.mjs", "text/javascript; charset=utf-8" },
    { "a.txt", "text/plain; charset=utf-8" },
    { "a.json", "application/json" },
    { "a.js.map", "application/json" },
    { "a.webmanifest", "application/manifest+json" },
    { "a.wasm", "application/wasm" },
    { "a.pdf", "application/pdf" },
    { "a.svg", "image/svg+xml" },
    { "a.png", "image/png" },
    { "a.jpg", "image/jpeg" },
    { "a.gif", "image/gif" },
    { "a.webp", "image/webp" },
    { "a.avif", "image/avif" },
    { "a.ico", "image/vnd.microsoft.icon" },
    { "a.woff2", "font/woff2" },
    { "a.mp3", "audio/mpeg" },
    { "a.mp4", "video/mp4" },
    { "a.webm", "video/webm" },
    { "a.no-such-type", "application/octet-stream" },
    { "dot.d/none", "application/octet-stream" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = g_strconcat ("/", types[i].name, NULL);
      g_autoptr (Reply) reply = NULL;

      put_files (fixture, types[i].name, NULL);
      reply = request (fixture, "HEAD", path, "");
      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpstr (get_header (reply, "Content-Type"), ==, types[i].type);
    }
}

static void
assert_redirect (Fixture    *fixture,
                 const char *path,
                 const char *location)
{
  g_autoptr (Reply) reply = request (fixture, "GET", path, "");

  g_assert_cmpuint (reply->status, ==, 301);
  g_assert_cmpstr (get_header (reply, "Location"), ==, location);
}

static void
test_folders (Fixture       *fixture,
              gconstpointer  data)
{
  put_files (fixture, "chat/index.html", "chat/in ü?/index.html", "a:b/index.html", "bare/a.txt", "evil.com/index.html", NULL);

  assert_page (fixture, "/", "index.html");
  assert_page (fixture, "//", "index.html");
  assert_page (fixture, "/?q", "index.html");
  assert_page (fixture, "/chat/", "chat/index.html");
  assert_page (fixture, "/chat/index.html", "chat/index.html");
  assert_page (fixture, "/chat/in%20%c3%bc%3F/", "chat/in ü?/index.html");

  assert_redirect (fixture, "/chat", "./chat/");
  assert_redirect (fixture, "/chat?a=1&b=%2F", "./chat/?a=1&b=%2F");
  assert_redirect (fixture, "/chat?", "./chat/?");
  assert_redirect (fixture, "/chat/in%20%c3%bc%3F", "./in%20%C3%BC%3F/");
  assert_redirect (fixture, "/a:b", "./a%3Ab/");
  assert_redirect (fixture, "//evil.com", "./evil.com/");

  /* A folder without an index is not listed. */
  assert_status (fixture, "/bare", "", 404);
  assert_status (fixture, "/bare/", "", 404);
}

static void
test_outside (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const paths[] = {
    "/%2e%2e%2fsecret.txt", "/..%2Fsecret.txt", "/x/..%5c..%5csecret.txt", "/...", "/.hidden", "/.git/config", "/chat/.env",
    "/%2ehidden", "/..secret.txt", "/%2Fetc%2Fpasswd", "//etc/passwd", "/etc/passwd", "/chat%2f..%2f..%2fsecret.txt",
    "/../secret.txt", "/chat/../../secret.txt", "/%2e%2e/secret.txt", "/chat/%2e%2e/%2e%2e/secret.txt",
    "/a.txt%00", "/%00", "/chat%00/a.txt", "/%", "/%zz",
  };
  g_autofree char *deep = g_strnfill (5000, 'a');
  g_autofree char *many = g_strnfill (5000, '/');
  g_autofree char *deep_path = g_strconcat ("/", deep, NULL);
  g_autofree char *many_path = g_strconcat (many, "index.html", NULL);

  put_files (fixture, ".hidden", ".git/config", "chat/.env", "chat/a.txt", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (Reply) reply = request (fixture, "GET", paths[i], "");

      /* 400 is libsoup's own verdict, which nothing here relies on. */
      if (reply->status != 404 && reply->status != 400)
        g_error ("GET %s: %u", paths[i], reply->status);
    }

  assert_status (fixture, deep_path, "", 404);
  assert_page (fixture, many_path, "index.html");
}

/* In an app's own SoupServer that has raw paths, nothing is decoded or looked at before. */
static void
test_raw_paths (Fixture       *fixture,
                gconstpointer  data)
{
  static const char *const paths[] = {
    "/..", "/../secret.txt", "/chat/../../secret.txt", "/%2e%2e/secret.txt", "/chat/..%2f..%2fsecret.txt", "/a.txt%00",
  };

  put_files (fixture, "chat/a.txt", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      fixture->forced_path = paths[i];
      assert_status (fixture, "/", "", 404);
    }
}

static void
test_links (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *secret = g_build_filename (fixture->tmp, "secret.txt", NULL);
  g_autofree char *inside = g_build_filename (fixture->root, "chat/a.txt", NULL);
  g_autofree char *sibling = g_strconcat (fixture->root, "-2", NULL);

  put_files (fixture, "chat/a.txt", "../page-2/b.txt", NULL);
  put_link (fixture, "in.txt", "chat/a.txt");
  put_link (fixture, "in-absolute.txt", inside);
  put_link (fixture, "folder", "chat");
  put_link (fixture, "around", "../page/chat");
  put_link (fixture, "self", ".");

  assert_page (fixture, "/in.txt", "chat/a.txt");
  assert_page (fixture, "/in-absolute.txt", "chat/a.txt");
  assert_page (fixture, "/folder/a.txt", "chat/a.txt");
  assert_page (fixture, "/around/a.txt", "chat/a.txt");
  assert_page (fixture, "/self/self/index.html", "index.html");

  put_link (fixture, "out.txt", "../secret.txt");
  put_link (fixture, "out-absolute.txt", secret);
  put_link (fixture, "up", "..");
  put_link (fixture, "sibling", sibling);
  put_link (fixture, "zero", "/dev/zero");
  put_link (fixture, "loop", "loop");
  put_link (fixture, "dangling", "nowhere");

  assert_status (fixture, "/out.txt", "", 404);
  assert_status (fixture, "/out-absolute.txt", "", 404);
  assert_status (fixture, "/up", "", 404);
  assert_status (fixture, "/up/secret.txt", "", 404);
  assert_status (fixture, "/sibling/b.txt", "", 404);
  assert_status (fixture, "/zero", "", 404);
  assert_status (fixture, "/loop", "", 404);
  assert_status (fixture, "/dangling", "", 404);
  assert_status (fixture, "/self", "", 301);
}

/* A part of the path turns into a link that leads out, and back, while it is served. */

typedef struct
{
  char *served;
  char *inside;
  char *outside;
  int   stop;   /* atomic */
} Swapping;

static gpointer
swap_thread (gpointer user_data)
{
  Swapping *swapping = user_data;

  while (!g_atomic_int_get (&swapping->stop))
    {
      g_assert_cmpint (rename (swapping->served, swapping->inside), ==, 0);
      g_assert_cmpint (rename (swapping->outside, swapping->served), ==, 0);
      g_assert_cmpint (rename (swapping->served, swapping->outside), ==, 0);
      g_assert_cmpint (rename (swapping->inside, swapping->served), ==, 0);
    }

  return NULL;
}

static void
test_swapped_link (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *served = g_build_filename (fixture->root, "part", NULL);
  g_autofree char *inside = g_build_filename (fixture->root, "inside", NULL);
  g_autofree char *outside = g_build_filename (fixture->root, "outside", NULL);
  Swapping swapping = { served, inside, outside, FALSE };
  GThread *thread;

  put_files (fixture, "part/secret.txt", NULL);
  put_link (fixture, "outside", "..");
  thread = g_thread_new ("swap", swap_thread, &swapping);

  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (Reply) reply = request (fixture, "GET", "/part/secret.txt", "");

      g_assert_true (reply->status == 200 || reply->status == 404);
      if (reply->status == 200)
        assert_body (reply, "part/secret.txt");
    }

  g_atomic_int_set (&swapping.stop, TRUE);
  g_thread_join (thread);
}

static void
test_special_files (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (fixture->root, "fifo", NULL);
  g_autofree char *folder = g_build_filename (fixture->root, "folder.txt", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (mkfifo (fifo, 0644), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/socket", fixture->root);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);

  assert_status (fixture, "/fifo", "", 404);
  assert_status (fixture, "/fifo/", "", 404);
  assert_status (fixture, "/socket", "", 404);
  assert_status (fixture, "/folder.txt", "", 404);

  close (fd);
}

static void
test_unreadable (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *path = put (fixture, "mine.txt", "mine");
  gboolean is_root = geteuid () == 0;

  g_assert_cmpint (chmod (path, 0), ==, 0);
  g_assert_cmpint (chmod (fixture->tmp, 0755), ==, 0);

  /* Root may read everything; somebody else may not. */
  if (is_root)
    g_assert_cmpint (seteuid (65534), ==, 0);
  assert_page (fixture, "/", "index.html");
  assert_status (fixture, "/mine.txt", "", 403);
  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
}

static void
test_methods (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const refused[] = { "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "get" };
  g_autoptr (Reply) get = request (fixture, "GET", "/", "");
  g_autoptr (Reply) head = request (fixture, "HEAD", "/", "Range: bytes=2-3\r\n");

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (Reply) reply = request (fixture, refused[i], "/", "Content-Length: 0\r\n");

      g_assert_cmpuint (reply->status, ==, 405);
      g_assert_cmpstr (get_header (reply, "Allow"), ==, "GET, HEAD");
      assert_body (reply, "A page can only be read: use GET or HEAD.\n");
    }

  g_assert_cmpuint (head->status, ==, 200);
  assert_body (head, "");
  g_assert_cmpstr (get_header (head, "Content-Length"), ==, "10");
  g_assert_cmpstr (get_header (head, "ETag"), ==, get_header (get, "ETag"));
  g_assert_cmpstr (get_header (head, "Last-Modified"), ==, get_header (get, "Last-Modified"));
  g_assert_cmpstr (get_header (get, "Cache-Control"), ==, "no-cache");
  g_assert_cmpstr (get_header (get, "Accept-Ranges"), ==, "bytes");
}

static guint
ask (Fixture    *fixture,
     const char *format,
     ...) G_GNUC_PRINTF (2, 3);

static guint
ask (Fixture    *fixture,
     const char *format,
     ...)
{
  g_autofree char *headers = NULL;
  g_autoptr (Reply) reply = NULL;
  va_list args;

  va_start (args, format);
  headers = g_strdup_vprintf (format, args);
  va_end (args);
  reply = request (fixture, "GET", "/index.html", headers);

  if (reply->status == 304)
    {
      assert_body (reply, "");
      g_assert_null (get_header (reply, "Content-Length"));
      g_assert_null (get_header (reply, "Content-Type"));
      g_assert_nonnull (get_header (reply, "ETag"));
      g_assert_cmpstr (get_header (reply, "Cache-Control"), ==, "no-cache");
    }

  return reply->status;
}

static void
test_validators (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (Reply) reply = request (fixture, "GET", "/index.html", "");
  const char *etag = get_header (reply, "ETag");
  const char *modified = get_header (reply, "Last-Modified");

  g_assert_true (etag[0] == '"' && strlen (etag) > 2 && g_str_has_suffix (etag, "\""));

  g_assert_cmpuint (ask (fixture, "If-None-Match: %s\r\n", etag), ==, 304);
  g_assert_cmpuint (ask (fixture, "If-None-Match: W/%s\r\n", etag), ==, 304);
  g_assert_cmpuint (ask (fixture, "If-None-Match: \"a,b\", W/\"c\" ,%s\r\n", etag), ==, 304);
  g_assert_cmpuint (ask (fixture, "If-None-Match: \"a\"\r\nIf-None-Match: %s\r\n", etag), ==, 304);
  g_assert_cmpuint (ask (fixture, "If-None-Match: *\r\n"), ==, 304);
  g_assert_cmpuint (ask (fixture, "If-None-Match: \"a\"\r\n"), ==, 200);
  g_assert_cmpuint (ask (fixture, "If-None-Match: \r\n"), ==, 200);
  g_assert_cmpuint (ask (fixture, "If-None-Match: \"*\"\r\n"), ==, 200);
  g_assert_cmpuint (ask (fixture, "If-None-Match: \"a\r\n"), ==, 200);

  g_assert_cmpuint (ask (fixture, "If-Modified-Since: %s\r\n", modified), ==, 304);
  g_assert_cmpuint (ask (fixture, "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n"), ==, 304);
  g_assert_cmpuint (ask (fixture, "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n"), ==, 200);
  g_assert_cmpuint (ask (fixture, "If-Modified-Since: yesterday\r\n"), ==, 200);

  /* The ETag knows better. */
  g_assert_cmpuint (ask (fixture, "If-None-Match: \"a\"\r\nIf-Modified-Since: %s\r\n", modified), ==, 200);
  g_assert_cmpuint (ask (fixture, "If-None-Match: %s\r\nIf-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n", etag), ==,
                    304);

  /* Another page of the same length, in the same second */
  g_free (put (fixture, "index.html", "INDEX.HTML"));
  g_assert_cmpuint (ask (fixture, "If-None-Match: %s\r\n", etag), ==, 200);
}

static void
test_ranges (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct
  {
    const char *range;
    const char *content_range;   /* NULL: the whole page */
    const char *body;
  } cases[] = {
    { "bytes=0-3", "bytes 0-3/10", "inde" },
    { "Bytes=6-", "bytes 6-9/10", "html" },
    { "bytes=-4", "bytes 6-9/10", "html" },
    { "bytes=9-9", "bytes 9-9/10", "l" },
    { "bytes=0-", "bytes 0-9/10", "index.html" },
    { "bytes=0-999", "bytes 0-9/10", "index.html" },
    { "bytes=-999", "bytes 0-9/10", "index.html" },
    { "bytes=-99999999999999999999", "bytes 0-9/10", "index.html" },
    { "bytes=1-99999999999999999999", "bytes 1-9/10", "ndex.html" },
    { "bytes=10-", "bytes */10", "" },
    { "bytes=10-20", "bytes */10", "" },
    { "bytes=-0", "bytes */10", "" },
    { "bytes=99999999999999999999-", "bytes */10", "" },
    { "bytes=5-2", NULL, NULL },
    { "bytes=0-1,4-5", NULL, NULL },
    { "bytes=0-0,0-0,0-0,0-0,0-0,0-0,-1", NULL, NULL },
    { "bytes=", NULL, NULL },
    { "bytes=-", NULL, NULL },
    { "bytes=--1", NULL, NULL },
    { "bytes=-+1", NULL, NULL },
    { "bytes=a-b", NULL, NULL },
    { "bytes=0-3x", NULL, NULL },
    { "bytes= 0-3", NULL, NULL },
    { "lines=0-3", NULL, NULL },
    { "", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *header = g_strdup_printf ("Range: %s\r\n", cases[i].range);
      g_autoptr (Reply) reply = request (fixture, "GET", "/index.html", header);
      const char *expected = cases[i].content_range;
      guint status = expected == NULL ? 200 : strchr (expected, '*') != NULL ? 416 : 206;

      g_assert_cmpuint (reply->status, ==, status);
      g_assert_cmpstr (get_header (reply, "Content-Range"), ==, expected);
      if (status == 416)
        continue;
      assert_body (reply, expected == NULL ? "index.html" : cases[i].body);
      g_assert_cmpint (soup_message_headers_get_content_length (reply->headers), ==, g_bytes_get_size (reply->body));
    }

  g_free (put (fixture, "empty.txt", ""));
  assert_status (fixture, "/empty.txt", "Range: bytes=0-\r\n", 200);
  assert_status (fixture, "/empty.txt", "Range: bytes=-1\r\n", 200);
}

static void
test_conditional_ranges (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr (Reply) reply = request (fixture, "GET", "/index.html", "");
  const char *etag = get_header (reply, "ETag");

  g_assert_cmpuint (ask (fixture, "Range: bytes=0-3\r\nIf-Range: %s\r\n", etag), ==, 206);
  g_assert_cmpuint (ask (fixture, "Range: bytes=0-3\r\nIf-Range: \"a\"\r\n"), ==, 200);
  g_assert_cmpuint (ask (fixture, "Range: bytes=0-3\r\nIf-Range: W/%s\r\n", etag), ==, 200);
  g_assert_cmpuint (ask (fixture, "Range: bytes=99-\r\nIf-Range: \"a\"\r\n"), ==, 200);
  g_assert_cmpuint (ask (fixture, "Range: bytes=0-3\r\nIf-None-Match: %s\r\n", etag), ==, 304);

  /* A date is too coarse to tell that the file is the same. */
  g_assert_cmpuint (ask (fixture, "Range: bytes=0-3\r\nIf-Range: %s\r\n", get_header (reply, "Last-Modified")), ==, 200);
}

static void
test_fallback (Fixture       *fixture,
               gconstpointer  data)
{
  static const char html[] = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
  g_autoptr (Reply) reply = NULL;
  g_autoptr (Reply) head = NULL;

  put_files (fixture, "a.txt", "bare/a.txt", "chat/index.html", NULL);

  assert_status (fixture, "/room", html, 404);
  serve (fixture, ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX);

  reply = request (fixture, "GET", "/room/%C3%BC?x", html);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (get_header (reply, "Content-Type"), ==, "text/html; charset=utf-8");
  assert_body (reply, "index.html");
  head = request (fixture, "HEAD", "/room", html);
  g_assert_cmpuint (head->status, ==, 200);

  assert_status (fixture, "/room/", html, 200);
  assert_status (fixture, "/v1.2/room", html, 200);
  assert_status (fixture, "/bare", html, 200);
  assert_status (fixture, "/bare/", html, 200);
  assert_status (fixture, "/a.txt", html, 200);
  assert_status (fixture, "/chat", html, 301);

  assert_status (fixture, "/room", "", 404);
  assert_status (fixture, "/room", "Accept: */*\r\n", 404);
  assert_status (fixture, "/room", "Accept: application/json\r\n", 404);
  assert_status (fixture, "/missing.js", html, 404);
  assert_status (fixture, "/room/missing.html", html, 404);
  assert_status (fixture, "/.git/config", html, 404);

  g_clear_pointer (&reply, reply_free);
  reply = request (fixture, "POST", "/room", "Content-Length: 0\r\n");
  g_assert_cmpuint (reply->status, ==, 405);
}

static char *
put_sparse (Fixture    *fixture,
            const char *name,
            goffset     size)
{
  g_autofree char *path = put (fixture, name, "");

  g_assert_cmpint (truncate (path, size), ==, 0);

  return g_steal_pointer (&path);
}

static void
test_big_files (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (Reply) reply = NULL;
  g_autoptr (Reply) part = NULL;
  g_autoptr (Reply) head = NULL;

  for (guint i = 0; i < 500000; i++)
    g_string_append_printf (text, "%u,", i);
  g_free (put (fixture, "numbers.txt", text->str));
  g_free (put_sparse (fixture, "huge.txt", G_GINT64_CONSTANT (5) << 30));

  reply = request (fixture, "GET", "/numbers.txt", "");
  assert_body (reply, text->str);
  part = request (fixture, "GET", "/numbers.txt", "Range: bytes=100000-300000\r\n");
  g_assert_cmpmem (g_bytes_get_data (part->body, NULL), g_bytes_get_size (part->body), text->str + 100000, 200001);

  head = request (fixture, "HEAD", "/huge.txt", "");
  g_assert_cmpstr (get_header (head, "Content-Length"), ==, "5368709120");
  g_clear_pointer (&part, reply_free);
  part = request (fixture, "GET", "/huge.txt", "Range: bytes=-3\r\n");
  g_assert_cmpstr (get_header (part, "Content-Range"), ==, "bytes 5368709117-5368709119/5368709120");
  g_assert_cmpuint (g_bytes_get_size (part->body), ==, 3);
}

/* What follows a page on the same connection is where it should be. */
static void
test_keep_alive (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *filler = g_strnfill (200000, 'x');
  Exchange exchange = { .port = fixture->port };
  const char *at;

  g_free (put (fixture, "big.txt", filler));
  put_files (fixture, "chat/index.html", NULL);
  exchange.request = "GET /big.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                     "HEAD /big.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                     "GET /index.html HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n"
                     "GET /chat HTTP/1.1\r\nHost: h\r\n\r\n"
                     "GET /big.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=-2\r\n\r\n"
                     "GET /index.html HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  run_exchange (&exchange);
  g_byte_array_append (exchange.answer, (const guint8 *) "", 1);

  at = (const char *) exchange.answer->data;
  for (guint i = 0; i < 6; i++)
    {
      static const guint statuses[] = { 200, 200, 304, 301, 206, 200 };
      g_autofree char *line = g_strdup_printf ("HTTP/1.1 %u ", statuses[i]);

      g_assert_true (g_str_has_prefix (at, line));
      at = strstr (at, "\r\n\r\n") + 4;
      at += i == 0 ? strlen (filler) : 0;
      if (i < 5)
        at = strstr (at, "HTTP/1.1 ");
      g_assert_nonnull (at);
    }
  g_assert_cmpstr (at, ==, "index.html");

  g_byte_array_unref (exchange.answer);
}

static void
shorten (gpointer data)
{
  g_assert_cmpint (truncate (data, 1000), ==, 0);
}

static void
test_shortened_file (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *path = put_sparse (fixture, "log.txt", 256 << 20);
  Exchange exchange = { .port = fixture->port, .pause = shorten, .pause_data = path };

  exchange.request = "GET /log.txt HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n";
  run_exchange (&exchange);

  g_assert_cmpuint (exchange.answer->len - find_body (exchange.answer), <, 256 << 20);
  g_byte_array_unref (exchange.answer);
}

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
test_vanished_client (Fixture       *fixture,
                      gconstpointer  data)
{
  gint64 patience = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  guint before;

  g_free (put_sparse (fixture, "huge.txt", 256 << 20));
  assert_page (fixture, "/", "index.html");
  before = count_fds ();

  for (guint i = 0; i < 20; i++)
    {
      Exchange exchange = { .port = fixture->port, .max_bytes = 1 };

      exchange.request = "GET /huge.txt HTTP/1.1\r\nHost: h\r\n\r\n";
      run_exchange (&exchange);
      g_byte_array_unref (exchange.answer);
    }

  while (count_fds () > before && g_get_monotonic_time () < patience)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (count_fds (), <=, before);
}

/* A page that is built anew, or switched by a link, while it is served */
static void
test_replaced_directory (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autofree char *old = g_strconcat (fixture->root, "-old", NULL);

  assert_page (fixture, "/", "index.html");

  g_assert_cmpint (rename (fixture->root, old), ==, 0);
  assert_status (fixture, "/", "", 404);

  g_free (put (fixture, "index.html", "new"));
  assert_page (fixture, "/", "new");

  g_free (put (fixture, "../release/index.html", "linked"));
  put_link (fixture, "../page-link", "release");
  g_free (fixture->root);
  fixture->root = g_build_filename (fixture->tmp, "page-link", NULL);
  serve (fixture, ROCKETIO_SERVE_FLAGS_NONE);
  assert_page (fixture, "/", "linked");
}

static void
assert_no_directory (const char *path,
                     int         code,
                     const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RocketIOPages) pages = rocketio_pages_new_for_directory (path, ROCKETIO_SERVE_FLAGS_NONE, &error);

  g_assert_null (pages);
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_no_directory (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *file = g_build_filename (fixture->tmp, "secret.txt", NULL);
  g_autofree char *folder = g_get_current_dir ();
  g_autofree char *relative = g_build_filename (folder, "no-such-page", NULL);

  assert_no_directory ("/no/such/page", G_IO_ERROR_NOT_FOUND, "“/no/such/page”");
  assert_no_directory ("no-such-page", G_IO_ERROR_NOT_FOUND, relative);
  assert_no_directory (file, G_IO_ERROR_NOT_DIRECTORY, file);
}

/* Resources */

static GResource *
compile_resource (Fixture *fixture)
{
  g_autofree char *source = put (fixture, "test.gresource.xml",
    "<gresources><gresource prefix='/org/example/page'>"
    "<file>index.html</file><file>chat/index.html</file><file compressed='true'>app.js</file><file>.hidden</file>"
    "</gresource><gresource prefix='/org/example'><file>secret.txt</file></gresource></gresources>");
  g_autofree char *target = g_build_filename (fixture->tmp, "test.gresource", NULL);
  g_autofree char *directory = g_strconcat ("--sourcedir=", fixture->root, NULL);
  g_autofree char *output = g_strconcat ("--target=", target, NULL);
  const char *argv[] = { "glib-compile-resources", directory, output, source, NULL };
  g_autoptr (GError) error = NULL;
  GResource *resource;
  int status;

  put_files (fixture, "chat/index.html", "app.js", ".hidden", "secret.txt", NULL);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  resource = g_resource_load (target, &error);
  g_assert_no_error (error);

  return resource;
}

static void
assert_no_resource (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RocketIOPages) pages = rocketio_pages_new_for_resource (path, ROCKETIO_SERVE_FLAGS_NONE, &error);

  g_assert_null (pages);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_resource (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GResource) resource = compile_resource (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (Reply) reply = NULL;
  g_autofree char *header = NULL;

  g_resources_register (resource);
  rocketio_pages_free (fixture->pages);
  fixture->pages = rocketio_pages_new_for_resource ("/org/example/page/", ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX, &error);
  g_assert_no_error (error);

  assert_page (fixture, "/", "index.html");
  assert_page (fixture, "/chat/", "chat/index.html");
  assert_page (fixture, "//chat/index.html", "chat/index.html");
  assert_page (fixture, "/app.js", "app.js");
  assert_redirect (fixture, "/chat", "./chat/");
  assert_status (fixture, "/room", "Accept: text/html\r\n", 200);
  assert_status (fixture, "/room", "", 404);
  assert_status (fixture, "/app.js/", "", 404);
  assert_status (fixture, "/.hidden", "", 404);
  assert_status (fixture, "/..%2Fsecret.txt", "", 400);
  assert_status (fixture, "/secret.txt", "", 404);

  reply = request (fixture, "GET", "/app.js", "Range: bytes=1-3\r\n");
  g_assert_cmpuint (reply->status, ==, 206);
  g_assert_cmpstr (get_header (reply, "Content-Type"), ==, "text/javascript; charset=utf-8");
  assert_body (reply, "pp.");
  header = g_strdup_printf ("If-None-Match: %s\r\n", get_header (reply, "ETag"));
  assert_status (fixture, "/app.js", header, 304);
  assert_status (fixture, "/", header, 200);

  g_clear_pointer (&fixture->pages, rocketio_pages_free);
  fixture->pages = rocketio_pages_new_for_resource ("/", ROCKETIO_SERVE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  assert_page (fixture, "/org/example/secret.txt", "secret.txt");

  assert_no_resource ("/org/example/none");
  assert_no_resource ("org/example/page");
  assert_no_resource ("");
  g_resources_unregister (resource);
}

#define add(name, function) g_test_add ("/pages/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("files", test_files);
  add ("not-found", test_not_found);
  add ("types", test_types);
  add ("folders", test_folders);
  add ("outside", test_outside);
  add ("raw-paths", test_raw_paths);
  add ("links", test_links);
  add ("swapped-link", test_swapped_link);
  add ("special-files", test_special_files);
  add ("unreadable", test_unreadable);
  add ("methods", test_methods);
  add ("validators", test_validators);
  add ("ranges", test_ranges);
  add ("conditional-ranges", test_conditional_ranges);
  add ("fallback", test_fallback);
  add ("big-files", test_big_files);
  add ("keep-alive", test_keep_alive);
  add ("shortened-file", test_shortened_file);
  add ("vanished-client", test_vanished_client);
  add ("replaced-directory", test_replaced_directory);
  add ("no-directory", test_no_directory);
  add ("resource", test_resource);

  return g_test_run ();
}
