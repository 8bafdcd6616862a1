/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How pages are sent: methods, validators, ranges, files of any size. */
#include "pages-fixture.h"

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
  g_assert_cmpuint (ask (fixture, "If-None-Match: %s\r\nIf-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n", etag),
                    ==, 304);

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
  g_assert_cmpuint (ask (fixture, "Range: bytes=0-3\r\nIf-Range: %s\r\n", get_header (reply, "Last-Modified")),
                    ==, 200);
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

static void
shorten (gpointer data)
{
  g_assert_cmpint (truncate (data, 1000), ==, 0);
}

static void
finished_cb (SoupServer        *server,
             SoupServerMessage *msg,
             gpointer           user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  *(gboolean *) user_data = soup_message_headers_header_contains (headers, "Connection", "close");
}

static void
test_shortened_file (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *path = put_sparse (fixture, "log.txt", 256 << 20);
  Exchange exchange = { .port = fixture->port, .pause = shorten, .pause_data = path };
  gboolean closed = FALSE;

  g_signal_connect (fixture->server, "request-finished", G_CALLBACK (finished_cb), &closed);
  exchange.request = "GET /log.txt HTTP/1.1\r\nHost: localhost\r\n\r\n";
  run_exchange (&exchange);

  g_assert_true (closed);
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

      exchange.request = "GET /huge.txt HTTP/1.1\r\nHost: localhost\r\n\r\n";
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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_page_test ("http/methods", test_methods);
  add_page_test ("http/validators", test_validators);
  add_page_test ("http/ranges", test_ranges);
  add_page_test ("http/conditional-ranges", test_conditional_ranges);
  add_page_test ("http/fallback", test_fallback);
  add_page_test ("http/big-files", test_big_files);
  add_page_test ("http/shortened-file", test_shortened_file);
  add_page_test ("http/vanished-client", test_vanished_client);

  return g_test_run ();
}
