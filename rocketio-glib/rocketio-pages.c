/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-pages-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX      "index.html"
#define CHUNK_SIZE 65536

struct _RocketIOPages
{
  char               *root;       /* without a slash at its end, unless it is "/" */
  RocketIOServeFlags  flags;
  GHashTable         *etags;      /* of resources: path -> ETag; NULL for a directory */
};

typedef struct
{
  GBytes  *bytes;      /* of a resource; NULL for a file, which is read from `fd` */
  int      fd;
  goffset  size;
  gint64   modified;   /* seconds since 1970, or -1 */
  char    *etag;
} Page;

/* A file on its way to a client, read piece by piece: nobody can make the server keep a big file in memory. It is not
 * mapped, because a file that somebody shortens meanwhile would kill the process with SIGBUS. */
typedef struct
{
  int     fd;
  goffset at;
  goffset left;
} Transfer;

/* The types that pages are made of: a browser insists on some of them, and not every system has a database of types, or
 * a current one. */
static const struct
{
  const char *extension;
  const char *type;
} web_types[] = {
  { "html", "text/html" },
  { "htm", "text/html" },
  { "css", "text/css" },
  { "js", "text/javascript" },
  { "mjs", "text/javascript" },
  { "json", "application/json" },
  { "map", "application/json" },
  { "webmanifest", "application/manifest+json" },
  { "wasm", "application/wasm" },
  { "txt", "text/plain" },
  { "xml", "application/xml" },
  { "pdf", "application/pdf" },
  { "svg", "image/svg+xml" },
  { "png", "image/png" },
  { "jpg", "image/jpeg" },
  { "jpeg", "image/jpeg" },
  { "gif", "image/gif" },
  { "webp", "image/webp" },
  { "avif", "image/avif" },
  { "ico", "image/vnd.microsoft.icon" },
  { "woff", "font/woff" },
  { "woff2", "font/woff2" },
  { "mp3", "audio/mpeg" },
  { "mp4", "video/mp4" },
  { "webm", "video/webm" },
};

static void
page_clear (Page *page)
{
  g_clear_pointer (&page->bytes, g_bytes_unref);
  g_clear_pointer (&page->etag, g_free);
  if (page->fd >= 0)
    close (page->fd);
  page->fd = -1;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

static char *
get_type (const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *content_type = NULL;
  g_autofree char *guessed = NULL;
  const char *type = NULL;

  for (guint i = 0; dot != NULL && type == NULL && i < G_N_ELEMENTS (web_types); i++)
    {
      if (g_ascii_strcasecmp (dot + 1, web_types[i].extension) == 0)
        type = web_types[i].type;
    }

  if (type == NULL)
    {
      content_type = g_content_type_guess (name, NULL, 0, NULL);
      type = guessed = g_content_type_get_mime_type (content_type);
    }
  if (type == NULL)
    type = "application/octet-stream";

  return g_strconcat (type, g_str_has_prefix (type, "text/") ? "; charset=utf-8" : "", NULL);
}

/* Finding a page. The functions return an HTTP status; with 200 they have filled in `page`. */

/* `path` without its slashes at either end and the doubled ones between. NULL if a part of it starts with a dot: that
 * leads out (`..`), or is hidden. */
static char *
normalize (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr (GString) result = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (parts[i][0] == '.')
        return NULL;
      if (parts[i][0] == '\0')
        continue;

      if (result->len > 0)
        g_string_append_c (result, '/');
      g_string_append (result, parts[i]);
    }

  return g_string_free (g_steal_pointer (&result), FALSE);
}

static guint
find_resource (RocketIOPages *self,
               const char    *path,
               Page          *page)
{
  g_autofree char *full = g_build_path ("/", self->root, path, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (full, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  const char *etag = g_hash_table_lookup (self->etags, full);

  if (bytes == NULL)
    return SOUP_STATUS_NOT_FOUND;

  /* What is compiled in does not change, so its bytes are summed up once. */
  if (etag == NULL)
    {
      g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
      char *new_etag = g_strdup_printf ("\"%.32s\"", sum);

      g_hash_table_insert (self->etags, g_steal_pointer (&full), new_etag);
      etag = new_etag;
    }

  page->etag = g_strdup (etag);
  page->size = g_bytes_get_size (bytes);
  page->bytes = g_steal_pointer (&bytes);
  page->modified = -1;

  return SOUP_STATUS_OK;
}

/* Opens a file below `directory` for reading, or fails with `errno`. No part of `path` may be a symbolic link, and
 * opening waits for nobody (a FIFO would). */
static int
open_below (const char *directory,
            const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && parts[i] != NULL; i++)
    {
      int type = parts[i + 1] != NULL ? O_DIRECTORY : O_NONBLOCK | O_NOCTTY;
      int next = openat (fd, parts[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | type);
      int code = errno;

      close (fd);
      errno = code;
      fd = next;
    }

  return fd;
}

/* Links are followed as long as they stay inside the directory. The path free of links is checked first and then
 * walked without following any, so a link that somebody puts in between cannot lead out. */
static int
open_inside (RocketIOPages *self,
             const char    *path)
{
  g_autofree char *full = g_build_filename (self->root, path, NULL);
  g_autofree char *root = realpath (self->root, NULL);
  g_autofree char *target = root != NULL ? realpath (full, NULL) : NULL;
  gsize length;

  if (target == NULL)
    return -1;

  length = strcmp (root, "/") == 0 ? 0 : strlen (root);
  if (strncmp (target, root, length) != 0 || target[length] != '/')
    {
      errno = ENOENT;
      return -1;
    }

  return open_below (root, target + length + 1);
}

static guint
status_for_errno (const char *path,
                  int         code)
{
  switch (code)
    {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:
      return SOUP_STATUS_NOT_FOUND;

    case EACCES:
    case EPERM:
      return SOUP_STATUS_FORBIDDEN;

    default:
      g_warning ("Cannot serve “%s”: %s", path, g_strerror (code));
      return SOUP_STATUS_INTERNAL_SERVER_ERROR;
    }
}

static guint
find_file (RocketIOPages *self,
           const char    *path,
           Page          *page)
{
  struct stat info;

  page->fd = open_inside (self, path);
  if (page->fd < 0 || fstat (page->fd, &info) < 0)
    return status_for_errno (path, errno);
  if (!S_ISREG (info.st_mode))
    {
      page_clear (page);
      return SOUP_STATUS_NOT_FOUND;
    }

  page->size = info.st_size;
  page->modified = info.st_mtim.tv_sec;
  page->etag = g_strdup_printf ("\"%" G_GINT64_MODIFIER "x-%lx-%" G_GINT64_MODIFIER "x\"", (gint64) info.st_mtim.tv_sec,
                                (long) info.st_mtim.tv_nsec, (gint64) info.st_size);

  return SOUP_STATUS_OK;
}

static guint
find (RocketIOPages *self,
      const char    *path,
      Page          *page)
{
  return self->etags != NULL ? find_resource (self, path, page) : find_file (self, path, page);
}

/* Whether a browser asks for `path` to show it as a page of its own. */
static gboolean
is_navigation (SoupServerMessage *msg,
               const char        *path)
{
  const char *accept = soup_message_headers_get_list (soup_server_message_get_request_headers (msg), "Accept");
  const char *slash = strrchr (path, '/');

  return accept != NULL && strstr (accept, "text/html") != NULL && strchr (slash != NULL ? slash : path, '.') == NULL;
}

/* Answering */

static void
say (SoupServerMessage *msg,
     guint              status,
     const char        *text)
{
  soup_server_message_set_status (msg, status, NULL);
  soup_server_message_set_response (msg, "text/plain; charset=utf-8", SOUP_MEMORY_STATIC, text, strlen (text));
}

static void
say_problem (SoupServerMessage *msg,
             guint              status)
{
  if (status == SOUP_STATUS_NOT_FOUND)
    say (msg, status, "There is no page at this address.\n");
  else if (status == SOUP_STATUS_FORBIDDEN)
    say (msg, status, "The server has no permission to read the file of this page.\n");
  else
    say (msg, status, "The server cannot read this page; its log says why.\n");
}

/* It is said relative to the address, because that is right behind a proxy as well. */
void
rocketio_pages_redirect_to_folder (SoupServerMessage *msg,
                                   const char        *path)
{
  const char *slash = strrchr (path, '/');
  const char *query = g_uri_get_query (soup_server_message_get_uri (msg));
  g_autofree char *name = g_uri_escape_string (slash != NULL ? slash + 1 : path, NULL, FALSE);
  g_autofree char *rest = g_uri_escape_string (query != NULL ? query : "", "!$&'()*+,;=:@/?%", FALSE);
  g_autofree char *location = g_strconcat ("./", name, "/", query != NULL ? "?" : "", rest, NULL);

  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Location", location);
  say (msg, SOUP_STATUS_MOVED_PERMANENTLY, "This page has a slash at the end of its address.\n");
}

static gboolean
etag_matches (const char *header,
              const char *etag)
{
  GSList *list = soup_header_parse_list (header);
  gboolean matches = FALSE;

  for (GSList *l = list; l != NULL && !matches; l = l->next)
    {
      const char *item = l->data;

      matches = strcmp (item, "*") == 0 || strcmp (g_str_has_prefix (item, "W/") ? item + 2 : item, etag) == 0;
    }
  soup_header_free_list (list);

  return matches;
}

/* Whether the client has the page already (RFC 9110, section 13). */
static gboolean
is_unchanged (SoupServerMessage *msg,
              const Page        *page)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  const char *etags = soup_message_headers_get_list (headers, "If-None-Match");
  const char *since = soup_message_headers_get_one (headers, "If-Modified-Since");
  g_autoptr (GDateTime) date = NULL;

  if (etags != NULL)
    return etag_matches (etags, page->etag);
  if (since == NULL || page->modified < 0)
    return FALSE;

  date = soup_date_time_new_from_http_string (since);

  return date != NULL && page->modified <= g_date_time_to_unix (date);
}

static gboolean
read_number (const char **text,
             guint64     *number)
{
  char *end = NULL;

  if (!g_ascii_isdigit (**text))
    return FALSE;

  *number = g_ascii_strtoull (*text, &end, 10);
  *text = end;

  return TRUE;
}

/* The first and last byte of `range`, which says `FIRST-LAST`, `FIRST-` or `-COUNT`. Returns an HTTP status, 200 for
 * the whole page, whatever the numbers then are: that is the answer to several ranges at once, and to what makes no
 * sense (RFC 9110, section 14.2). */
static guint
parse_range (const char *range,
             guint64     size,
             guint64    *first,
             guint64    *last)
{
  guint64 count;

  if (g_ascii_strncasecmp (range, "bytes=", 6) != 0 || size == 0)
    return SOUP_STATUS_OK;

  range += 6;
  *last = size - 1;
  if (*range == '-')
    {
      range++;
      if (!read_number (&range, &count) || *range != '\0')
        return SOUP_STATUS_OK;
      *first = size - MIN (count, size);
    }
  else
    {
      if (!read_number (&range, first) || *range++ != '-')
        return SOUP_STATUS_OK;
      if (*range != '\0' && (!read_number (&range, last) || *range != '\0' || *last < *first))
        return SOUP_STATUS_OK;
      *last = MIN (*last, size - 1);
    }

  return *first < size ? SOUP_STATUS_PARTIAL_CONTENT : SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE;
}

/* libsoup 3.2 answers ranges too, but wrongly when they reach past the end, and it does not know If-Range. */
static guint
choose_range (SoupServerMessage *msg,
              const Page        *page,
              guint64           *first,
              guint64           *last)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  const char *range = soup_message_headers_get_one (headers, "Range");
  const char *condition = soup_message_headers_get_one (headers, "If-Range");

  if (range == NULL || soup_server_message_get_method (msg) != SOUP_METHOD_GET)
    return SOUP_STATUS_OK;
  if (condition != NULL && strcmp (condition, page->etag) != 0)
    return SOUP_STATUS_OK;

  return parse_range (range, page->size, first, last);
}

static void
transfer_free (gpointer  data,
               GClosure *closure)
{
  Transfer *transfer = data;

  close (transfer->fd);
  g_free (transfer);
}

static void
send_piece (SoupServerMessage *msg,
            Transfer          *transfer)
{
  SoupMessageBody *body = soup_server_message_get_response_body (msg);
  gsize size = MIN (transfer->left, CHUNK_SIZE);
  g_autofree guchar *piece = g_malloc (size);
  gssize n;

  do
    n = pread (transfer->fd, piece, size, transfer->at);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    {
      transfer->at += n;
      transfer->left -= n;
      soup_message_body_append_take (body, g_steal_pointer (&piece), n);
      return;
    }

  /* The file is shorter than it was, or broken. The length has been promised, so that the connection ends too early is
   * the only way to tell the client. */
  transfer->left = 0;
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Connection", "close");
  soup_message_body_complete (body);
}

static void
wrote_chunk_cb (SoupServerMessage *msg,
                gpointer           user_data)
{
  Transfer *transfer = user_data;

  if (transfer->left > 0)
    send_piece (msg, transfer);
}

static void
send_body (SoupServerMessage *msg,
           Page              *page,
           goffset            first,
           goffset            length)
{
  SoupMessageBody *body = soup_server_message_get_response_body (msg);
  Transfer *transfer;

  /* What has been sent is let go. (This also keeps libsoup from answering ranges.) */
  soup_message_body_set_accumulate (body, FALSE);

  if (page->bytes != NULL)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (page->bytes, first, length);

      soup_message_body_append_bytes (body, part);
      return;
    }

  transfer = g_new0 (Transfer, 1);
  transfer->fd = g_steal_fd (&page->fd);
  transfer->at = first;
  transfer->left = length;
  g_signal_connect_data (msg, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), transfer, transfer_free, 0);
  send_piece (msg, transfer);
}

static void
set_validators (SoupMessageHeaders *headers,
                const Page         *page)
{
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_message_headers_replace (headers, "ETag", page->etag);
  if (page->modified >= 0)
    {
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (page->modified);
      g_autofree char *text = date != NULL ? soup_date_time_to_string (date, SOUP_DATE_HTTP) : NULL;

      if (text != NULL)
        soup_message_headers_replace (headers, "Last-Modified", text);
    }
}

static void
send_page (SoupServerMessage *msg,
           Page              *page,
           const char        *name)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  g_autofree char *type = get_type (name);
  guint64 first, last, length;
  guint status;

  set_validators (headers, page);
  if (is_unchanged (msg, page))
    {
      soup_message_headers_set_encoding (headers, SOUP_ENCODING_NONE);
      soup_server_message_set_status (msg, SOUP_STATUS_NOT_MODIFIED, NULL);
      return;
    }

  status = choose_range (msg, page, &first, &last);
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    {
      g_autofree char *range = g_strdup_printf ("bytes */%" G_GOFFSET_FORMAT, page->size);

      soup_message_headers_replace (headers, "Content-Range", range);
      say (msg, status, "The page ends before this range of bytes; Content-Range tells its size.\n");
      return;
    }

  if (status == SOUP_STATUS_OK)
    {
      first = 0;
      last = page->size - 1;
    }
  length = last - first + 1;
  soup_server_message_set_status (msg, status, NULL);
  soup_message_headers_replace (headers, "Content-Type", type);
  soup_message_headers_set_content_length (headers, length);
  if (status == SOUP_STATUS_PARTIAL_CONTENT)
    soup_message_headers_set_content_range (headers, first, last, page->size);
  if (length > 0 && soup_server_message_get_method (msg) == SOUP_METHOD_GET)
    send_body (msg, page, first, length);
}

/* Looks for the file at `path`, then for the index of a folder there, which lives at the address with a slash at its
 * end. `name` is given the name that tells the type. */
static guint
locate (RocketIOPages  *self,
        const char     *path,
        gboolean        has_slash,
        Page           *page,
        const char    **name)
{
  g_autofree char *index = g_build_path ("/", path, INDEX, NULL);
  guint status = has_slash ? SOUP_STATUS_NOT_FOUND : find (self, path, page);

  *name = path;
  if (status != SOUP_STATUS_NOT_FOUND)
    return status;

  *name = INDEX;
  status = find (self, index, page);

  return status == SOUP_STATUS_OK && !has_slash ? SOUP_STATUS_MOVED_PERMANENTLY : status;
}

static void
answer (RocketIOPages     *self,
        SoupServerMessage *msg,
        const char        *address)
{
  g_autofree char *path = normalize (address);
  g_auto (Page) page = { .fd = -1 };
  guint status = SOUP_STATUS_NOT_FOUND;
  const char *name = NULL;

  if (path != NULL)
    status = locate (self, path, g_str_has_suffix (address, "/"), &page, &name);
  if (path != NULL && status == SOUP_STATUS_NOT_FOUND && self->flags & ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX &&
      is_navigation (msg, path))
    status = find (self, INDEX, &page);

  if (status == SOUP_STATUS_OK)
    send_page (msg, &page, name);
  else if (status == SOUP_STATUS_MOVED_PERMANENTLY)
    rocketio_pages_redirect_to_folder (msg, path);
  else
    say_problem (msg, status);
}

void
rocketio_pages_handle (RocketIOPages     *self,
                       SoupServerMessage *msg,
                       const char        *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  const char *method = soup_server_message_get_method (msg);

  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");

  if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
    {
      answer (self, msg, path);
      return;
    }

  soup_message_headers_replace (headers, "Allow", "GET, HEAD");
  say (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, "A page can only be read: use GET or HEAD.\n");
}

/* Life */

static RocketIOPages *
pages_new (char               *root,
           RocketIOServeFlags  flags)
{
  RocketIOPages *self = g_new0 (RocketIOPages, 1);

  self->root = root;
  self->flags = flags;

  return self;
}

RocketIOPages *
rocketio_pages_new_for_directory (const char          *path,
                                  RocketIOServeFlags   flags,
                                  GError             **error)
{
  /* Kept as it is, links and all, and looked up for each request: it may be replaced while it is served. */
  g_autofree char *root = g_canonicalize_filename (path, NULL);
  int fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Cannot serve the directory “%s”: %s%s", root, g_strerror (code),
                   g_path_is_absolute (path) ? "" : " (a relative path is looked up in the directory that the program "
                                                    "is started in)");
      return NULL;
    }
  close (fd);

  return pages_new (g_steal_pointer (&root), flags);
}

RocketIOPages *
rocketio_pages_new_for_resource (const char          *path,
                                 RocketIOServeFlags   flags,
                                 GError             **error)
{
  g_autofree char *root = g_strdup (path);
  g_auto (GStrv) children = NULL;
  RocketIOPages *self;

  while (strlen (root) > 1 && g_str_has_suffix (root, "/"))
    root[strlen (root) - 1] = '\0';

  if (root[0] == '/')
    children = g_resources_enumerate_children (root, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (children == NULL || children[0] == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "Cannot serve the resource folder “%s”: no resource of this program is in it; it has to be a prefix "
                   "in the program's .gresource.xml, starting with a slash", path);
      return NULL;
    }

  self = pages_new (g_steal_pointer (&root), flags);
  self->etags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

void
rocketio_pages_free (RocketIOPages *self)
{
  g_clear_pointer (&self->etags, g_hash_table_unref);
  g_free (self->root);
  g_free (self);
}
