/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which pages are found, and which are not. */
#include "pages-fixture.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

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
test_folders (Fixture       *fixture,
              gconstpointer  data)
{
  put_files (fixture, "chat/index.html", "chat/in ü?/index.html", "a:b/index.html", "bare/a.txt",
             "evil.com/index.html", NULL);

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
    "/%2e%2e%2fsecret.txt", "/..%2Fsecret.txt", "/x/..%5c..%5csecret.txt", "/...", "/.hidden", "/.git/config",
    "/chat/.env", "/%2ehidden", "/..secret.txt", "/%2Fetc%2Fpasswd", "//etc/passwd", "/etc/passwd",
    "/chat%2f..%2f..%2fsecret.txt", "/../secret.txt", "/chat/../../secret.txt", "/%2e%2e/secret.txt", "/chat/%2e%2e/%2e%2e/secret.txt",
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
      g_usleep (1);   /* Valgrind would let nobody else run */
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
  fixture->pages = rocketio_pages_new_for_resource ("/org/example/page/", ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX,
                                                    &error);
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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_page_test ("files", test_files);
  add_page_test ("not-found", test_not_found);
  add_page_test ("types", test_types);
  add_page_test ("folders", test_folders);
  add_page_test ("outside", test_outside);
  add_page_test ("raw-paths", test_raw_paths);
  add_page_test ("links", test_links);
  add_page_test ("swapped-link", test_swapped_link);
  add_page_test ("special-files", test_special_files);
  add_page_test ("unreadable", test_unreadable);
  add_page_test ("replaced-directory", test_replaced_directory);
  add_page_test ("no-directory", test_no_directory);
  add_page_test ("resource", test_resource);

  return g_test_run ();
}
