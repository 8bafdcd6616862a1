/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* rocketio-bench-bare: the limit that the other servers are measured against.
 *
 * One epoll loop, the system calls that any server has to make, and next to nothing between them: requests are told
 * apart by a few bytes, no HTTP and no JSON is parsed, nothing is queued, nothing is checked. It speaks just what the
 * load generator says: a WebSocket that answers `broadcast` to all and `echo` to the sender, Comet, and one page. A
 * request or a frame that does not arrive whole, or a client that does not read, is dropped. It is no server. */

#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define BACKLOG 4096
#define MAX_EVENTS 512

typedef enum
{
  PEER_HTTP,
  PEER_WEBSOCKET,
  PEER_POLL, /* an HTTP connection with a held poll */
} PeerKind;

typedef struct
{
  PeerKind kind;
  guint    place; /* in the list of its kind */
} Peer;

/* Descriptors, close together, so that going through all of them touches as little memory as can be. */
typedef struct
{
  int  *fds;
  guint n;
} List;

static Peer *peers; /* by descriptor */
static List lists[3];
static int epoll_fd;
static int listen_fd;
static guint64 n_sessions;
static char buffer[65536];

static void
list_add (int      fd,
          PeerKind kind)
{
  List *list = &lists[kind];

  peers[fd] = (Peer) { kind, list->n };
  list->fds[list->n++] = fd;
}

static void
list_remove (int fd)
{
  List *list = &lists[peers[fd].kind];
  int last = list->fds[--list->n];

  list->fds[peers[fd].place] = last;
  peers[last].place = peers[fd].place;
}

static void
move (int      fd,
      PeerKind kind)
{
  list_remove (fd);
  list_add (fd, kind);
}

static void
drop (int fd)
{
  list_remove (fd);
  close (fd);
}

/* A short write ends the client: the loop notices the shutdown. */
static void
write_all (int         fd,
           const char *data,
           gsize       length)
{
  if (send (fd, data, length, MSG_NOSIGNAL) != (ssize_t) length)
    shutdown (fd, SHUT_RDWR);
}

/* --- WebSocket --- */

static gsize
frame_text (char       *frame,
            const char *text,
            gsize       length)
{
  gsize head = length < 126 ? 2 : 4;

  frame[0] = (char) 0x81;
  frame[1] = length < 126 ? length : 126;
  if (head == 4)
    {
      frame[2] = length >> 8;
      frame[3] = length & 0xff;
    }
  memcpy (frame + head, text, length);

  return head + length;
}

static void
accept_websocket (int         fd,
                  const char *key)
{
  static const char session[] = "{\"type\":\"__session_id\",\"data\":\"%032" G_GINT64_MODIFIER "x\"}";
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *text = NULL;
  guint8 digest[20];
  gsize size = sizeof digest;
  char reply[512];
  char id[128];
  int length;

  g_checksum_update (checksum, (const guchar *) key, 24);
  g_checksum_update (checksum, (const guchar *) GUID, -1);
  g_checksum_get_digest (checksum, digest, &size);
  text = g_base64_encode (digest, size);

  length = g_snprintf (reply, sizeof reply, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", text);
  length += frame_text (reply + length, id, g_snprintf (id, sizeof id, session, ++n_sessions));
  move (fd, PEER_WEBSOCKET);
  write_all (fd, reply, length);
}

static void
hear_text (int         fd,
           const char *text,
           gsize       length)
{
  char frame[4 + 1024];
  gsize size;

  if (length > 1024)
    {
      shutdown (fd, SHUT_RDWR);
      return;
    }

  size = frame_text (frame, text, length);
  if (memmem (text, length, "\"echo\"", 6) != NULL)
    write_all (fd, frame, size);
  else if (memmem (text, length, "\"broadcast\"", 11) != NULL)
    {
      for (guint i = 0; i < lists[PEER_WEBSOCKET].n; i++)
        write_all (lists[PEER_WEBSOCKET].fds[i], frame, size);
    }
}

/* The bytes of the next frame, 0 when it is none that we take. */
static gsize
unmask (char *data,
        gsize length,
        char **text,
        gsize *text_length)
{
  gsize n = length > 6 ? data[1] & 0x7f : 0;
  gsize head = n == 126 ? 8 : 6;

  if (length < 6 || (data[1] & 0x80) == 0 || n == 127)
    return 0;
  if (n == 126)
    n = (guint8) data[2] << 8 | (guint8) data[3];
  if (length < head + n)
    return 0;

  for (gsize i = 0; i < n; i++)
    data[head + i] ^= data[head - 4 + i % 4];
  *text = data + head;
  *text_length = n;

  return head + n;
}

/* FALSE when the connection is over: a text frame is all that we take. */
static gboolean
hear_frames (int   fd,
             char *data,
             gsize length)
{
  while (length > 0)
    {
      char *text;
      gsize text_length;
      gsize size = unmask (data, length, &text, &text_length);

      if (size == 0 || (guint8) data[0] != 0x81)
        return FALSE;
      hear_text (fd, text, text_length);
      data += size;
      length -= size;
    }

  return TRUE;
}

/* --- HTTP and Comet --- */

static void
answer (int         fd,
        const char *body)
{
  char reply[512];
  int length = g_snprintf (reply, sizeof reply, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           "Content-Length: %u\r\n\r\n%s", (guint) strlen (body), body);

  write_all (fd, reply, length);
}

static void
hear_poll (int         fd,
           const char *query)
{
  char body[128];

  if (g_str_has_prefix (query, "?session="))
    {
      move (fd, PEER_POLL);
      return;
    }

  g_snprintf (body, sizeof body, "[{\"type\":\"__session_id\",\"data\":\"%032" G_GINT64_MODIFIER "x\"}]",
              ++n_sessions);
  answer (fd, body);
}

/* `"n":` in a form. */
static void
hear_post (int         fd,
           const char *request)
{
  const char *number = strstr (request, "broadcast") != NULL ? strstr (request, "%22n%22%3A") : NULL;
  List *polls = &lists[PEER_POLL];
  char body[128];

  answer (fd, "{\"session\":\"\",\"success\":true}");
  if (number == NULL)
    return;

  g_snprintf (body, sizeof body, "[{\"type\":\"broadcast\",\"data\":{\"n\":%u}}]", atoi (number + 10));
  while (polls->n > 0)
    {
      int poll_fd = polls->fds[polls->n - 1];

      answer (poll_fd, body);
      move (poll_fd, PEER_HTTP);
    }
}

static void
hear_request (int         fd,
              const char *request)
{
  const char *key = strstr (request, "Sec-WebSocket-Key: ");

  if (key != NULL && strlen (key) > 19 + 24)
    accept_websocket (fd, key + 19);
  else if (g_str_has_prefix (request, "POST "))
    hear_post (fd, request);
  else if (g_str_has_prefix (request, "GET /cometio/io"))
    hear_poll (fd, request + strlen ("GET /cometio/io"));
  else
    answer (fd, "{\"websocket\":\"ws://127.0.0.1/websocketio/io\",\"comet\":\"http://127.0.0.1/cometio/io\"}");
}

/* --- the loop --- */

static void
on_readable (int fd)
{
  ssize_t n = recv (fd, buffer, sizeof buffer - 1, 0);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0)
    {
      drop (fd);
      return;
    }

  buffer[n] = '\0';
  if (peers[fd].kind == PEER_WEBSOCKET)
    {
      if (!hear_frames (fd, buffer, n))
        drop (fd);
    }
  else
    hear_request (fd, buffer);
}

static void
on_connection (void)
{
  int fd = accept4 (listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

  if (fd < 0 && errno != EAGAIN && errno != ECONNABORTED)
    {
      perror ("accept4");
      exit (1);
    }
  if (fd < 0)
    return;

  list_add (fd, PEER_HTTP);
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void
allocate (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = MIN (limit.rlim_max, 1 << 20);
  setrlimit (RLIMIT_NOFILE, &limit);
  peers = g_new0 (Peer, limit.rlim_cur);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    lists[i].fds = g_new (int, limit.rlim_cur);
}

/* TCP_NODELAY is inherited by every accepted socket. */
static void
listen_on (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct epoll_event event = { .events = EPOLLIN };
  socklen_t length = sizeof address;
  int on = 1;

  epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  listen_fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt (listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt (listen_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  event.data.fd = listen_fd;
  if (bind (listen_fd, (struct sockaddr *) &address, sizeof address) < 0 || listen (listen_fd, BACKLOG) < 0 ||
      epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listen_fd, &event) < 0)
    {
      perror ("listen");
      exit (1);
    }

  getsockname (listen_fd, (struct sockaddr *) &address, &length);
  printf ("listening on http://127.0.0.1:%u/\n", ntohs (address.sin_port));
  fflush (stdout);
}

int
main (int    argc,
      char **argv)
{
  struct epoll_event events[MAX_EVENTS];

  if (argc != 3 || !g_str_equal (argv[1], "--port"))
    {
      fprintf (stderr, "usage: %s --port N\n", argv[0]);
      return 2;
    }

  allocate ();
  listen_on (atoi (argv[2]));
  for (;;)
    {
      int n = epoll_wait (epoll_fd, events, MAX_EVENTS, -1);

      for (int i = 0; i < n; i++)
        {
          if (events[i].data.fd == listen_fd)
            on_connection ();
          else
            on_readable (events[i].data.fd);
        }
    }
}
