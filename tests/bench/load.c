/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "load.h"

#include "progress.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_EVENTS 512
#define TICK_MS 100

/* Connections a source address: far below the 28,000 ephemeral ports, so that the kernel finds a free one at once and
 * those of the last round may still be in TIME_WAIT. */
#define PORTS_PER_ADDRESS 4000

struct _Load
{
  int                epoll_fd;
  int                pid_fd; /* readable when the server is dead, -1 where the kernel has none */
  guint16            port;
  guint              patience_ms;
  gboolean           died;
  char              *trouble;
  char              *note; /* why the last connection was lost */
  struct epoll_event events[MAX_EVENTS];
  char               buffer[65536];
};

static volatile sig_atomic_t interrupted;

void
load_interrupt (void)
{
  interrupted = 1;
}

gboolean
load_is_interrupted (void)
{
  return interrupted != 0;
}

/* --- connections --- */

void
conn_init (Conn            *conn,
           const ConnClass *class,
           Load            *load,
           gpointer         owner)
{
  *conn = (Conn) { .class = class, .load = load, .owner = owner, .fd = -1 };
}

/* All of 127.0.0.0/8 is ours; the port is chosen by connect(), which looks at the whole pair of addresses. */
static gboolean
bind_source (int fd)
{
  static guint opened;
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK + 1 + opened / PORTS_PER_ADDRESS % 60000),
  };
  int on = 1;

  opened++;
  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  return bind (fd, (struct sockaddr *) &address, sizeof address) == 0;
}

static gboolean
start_connect (Conn *conn,
               int   fd)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = conn };
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (conn->load->port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };

  if (!bind_source (fd))
    return FALSE;
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0 && errno != EINPROGRESS)
    return FALSE;

  return epoll_ctl (conn->load->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* FALSE when it could not even begin; why is noted in the load. */
gboolean
conn_open (Conn *conn)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0 || !start_connect (conn, fd))
    {
      load_note (conn->load, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return FALSE;
    }

  conn->fd = fd;
  conn->serial++;
  conn->established = FALSE;

  return TRUE;
}

void
conn_close (Conn *conn)
{
  if (conn->fd < 0)
    return;

  close (conn->fd);
  conn->fd = -1;
  conn->serial++;
  g_clear_pointer (&conn->rest, g_byte_array_unref);
  g_clear_pointer (&conn->unsent, g_byte_array_unref);
}

/* Nobody reads from it any more, whatever comes; the kernel takes little of it. */
void
conn_stall (Conn *conn)
{
  int size = 4096;

  if (conn->fd < 0)
    return;
  setsockopt (conn->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  epoll_ctl (conn->load->epoll_fd, EPOLL_CTL_DEL, conn->fd, NULL);
}

static void
conn_lost (Conn       *conn,
           const char *why)
{
  load_note (conn->load, why);
  conn_close (conn);
  conn->class->closed (conn);
}

/* An error shows up as an event and is handled there. */
static gsize
send_some (Conn         *conn,
           gconstpointer data,
           gsize         length)
{
  ssize_t n = send (conn->fd, data, length, MSG_NOSIGNAL);

  return MAX (n, 0);
}

void
conn_send (Conn         *conn,
           gconstpointer data,
           gsize         length)
{
  gsize sent = 0;

  if (conn->fd < 0)
    return;
  if (conn->unsent == NULL)
    sent = send_some (conn, data, length);
  if (sent == length)
    return;

  if (conn->unsent == NULL)
    conn->unsent = g_byte_array_new ();
  g_byte_array_append (conn->unsent, (const guint8 *) data + sent, length - sent);
}

static void
conn_flush (Conn *conn)
{
  gsize sent = send_some (conn, conn->unsent->data, conn->unsent->len);

  if (sent == conn->unsent->len)
    g_clear_pointer (&conn->unsent, g_byte_array_unref);
  else
    g_byte_array_remove_range (conn->unsent, 0, sent);
}

static void
keep_rest (Conn       *conn,
           const char *data,
           gsize       length)
{
  if (length == 0)
    return;
  if (conn->rest == NULL)
    conn->rest = g_byte_array_new ();
  g_byte_array_append (conn->rest, (const guint8 *) data, length);
}

static void
feed_rest (Conn *conn)
{
  guint32 serial = conn->serial;
  gsize taken = conn->class->received (conn, (const char *) conn->rest->data, conn->rest->len);

  if (conn->serial != serial)
    return;
  if (taken == conn->rest->len)
    g_clear_pointer (&conn->rest, g_byte_array_unref);
  else if (taken > 0)
    g_byte_array_remove_range (conn->rest, 0, taken);
}

static void
conn_feed (Conn       *conn,
           const char *data,
           gsize       length)
{
  guint32 serial = conn->serial;
  gsize taken;

  if (conn->rest != NULL)
    {
      keep_rest (conn, data, length);
      feed_rest (conn);
      return;
    }

  taken = conn->class->received (conn, data, length);
  if (conn->serial == serial)
    keep_rest (conn, data + taken, length - taken);
}

/* A read that fills less than the buffer has emptied the socket: the second recv() that only says EAGAIN is saved,
 * except when the end of the stream has been announced. */
static void
conn_read (Conn    *conn,
           gboolean to_end)
{
  Load *load = conn->load;
  guint32 serial = conn->serial;

  while (conn->serial == serial)
    {
      ssize_t n = recv (conn->fd, load->buffer, sizeof load->buffer, 0);

      if (n > 0)
        conn_feed (conn, load->buffer, n);
      else if (n == 0)
        conn_lost (conn, "closed by the server");
      else if (errno == EAGAIN)
        return;
      else if (errno != EINTR)
        conn_lost (conn, g_strerror (errno));

      if (n > 0 && n < (ssize_t) sizeof load->buffer && !to_end)
        return;
    }
}

static gboolean
conn_establish (Conn   *conn,
                guint32 events)
{
  guint32 serial = conn->serial;
  int code = 0;
  socklen_t length = sizeof code;

  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    {
      getsockopt (conn->fd, SOL_SOCKET, SO_ERROR, &code, &length);
      conn_lost (conn, g_strerror (code != 0 ? code : ECONNRESET));
      return FALSE;
    }
  if ((events & EPOLLOUT) == 0)
    return FALSE;

  conn->established = TRUE;
  conn->class->connected (conn);

  return conn->serial == serial;
}

static void
conn_event (Conn   *conn,
            guint32 events)
{
  if (conn->fd < 0)
    return; /* closed by an earlier event of this batch */
  if (!conn->established && !conn_establish (conn, events))
    return;

  if (conn->unsent != NULL && (events & EPOLLOUT) != 0)
    conn_flush (conn);
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    conn_read (conn, (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
}

/* --- the loop --- */

static void
watch_server (Load *self,
              pid_t server)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };

  self->pid_fd = syscall (SYS_pidfd_open, server, 0);
  if (self->pid_fd >= 0)
    epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->pid_fd, &event);
}

/* To be called, used and freed in one thread: its descriptors may be in that thread's own table (worker.h). */
Load *
load_new (pid_t   server,
          guint16 port,
          guint   patience_ms)
{
  Load *self = g_new0 (Load, 1);

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("epoll_create1: %s", g_strerror (errno));
  self->port = port;
  self->patience_ms = patience_ms;
  watch_server (self, server);

  return self;
}

void
load_free (Load *self)
{
  if (self->pid_fd >= 0)
    close (self->pid_fd);
  close (self->epoll_fd);
  g_free (self->trouble);
  g_free (self->note);
  g_free (self);
}

guint16
load_port (Load *self)
{
  return self->port;
}

static void
dispatch (Load *self,
          int   timeout_ms)
{
  int n = epoll_wait (self->epoll_fd, self->events, MAX_EVENTS, timeout_ms);

  for (int i = 0; i < n; i++)
    {
      if (self->events[i].data.ptr != self)
        {
          conn_event (self->events[i].data.ptr, self->events[i].events);
          continue;
        }
      self->died = TRUE;
      epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, self->pid_fd, NULL);
    }
}

void
load_note (Load       *self,
           const char *why)
{
  if (g_strcmp0 (self->note, why) == 0)
    return;
  g_free (self->note);
  self->note = g_strdup (why);
}

const char *
load_last_loss (Load *self)
{
  return self->note != NULL ? self->note : "unknown";
}

/* The first trouble is the cause, what follows are its effects. */
void
load_blame (Load       *self,
            const char *format,
            ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (self->trouble != NULL)
    return;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->note != NULL)
    self->trouble = g_strdup_printf ("%s (last connection lost: %s)", text, self->note);
  else
    self->trouble = g_steal_pointer (&text);
}

/* What went wrong, NULL as long as nothing did. */
const char *
load_trouble (Load *self)
{
  return self->trouble;
}

/* TRUE when there is no sense in waiting on. */
static gboolean
give_up (Load       *self,
         const char *what,
         const char *done)
{
  if (load_is_interrupted ())
    load_blame (self, "interrupted while %s%s", what, done);
  else if (self->died)
    load_blame (self, "the server died while %s%s", what, done);
  else
    return FALSE;

  return TRUE;
}

static void
describe (Tally *tally,
          char  *text,
          gsize  size)
{
  g_snprintf (text, size, ": %u of %u done", tally->count, tally->goal);
}

/* Runs the loop until the tally is full. FALSE, with the trouble noted, when the server dies, or when nothing at all
 * is counted for as long as the patience lasts: slow is no trouble, standing still is. */
gboolean
load_wait (Load       *self,
           const char *what,
           Tally      *tally)
{
  gint64 moved_at = g_get_monotonic_time ();
  guint seen = tally->count;
  char done[64];

  while (tally->count < tally->goal)
    {
      gint64 now;

      dispatch (self, TICK_MS);
      now = g_get_monotonic_time ();
      progress_update (tally->count, tally->goal);

      describe (tally, done, sizeof done);
      if (tally->count < tally->goal && give_up (self, what, done))
        return FALSE;
      if (tally->count != seen)
        moved_at = now;
      seen = tally->count;
      if (now - moved_at > (gint64) self->patience_ms * 1000)
        {
          load_blame (self, "stalled while %s%s", what, done);
          return FALSE;
        }
    }

  return TRUE;
}

/* Runs the loop for so long, whatever happens in it. FALSE when the server died. */
gboolean
load_spin (Load       *self,
           const char *what,
           guint       ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) ms * 1000;
  gint64 now;

  do
    {
      gint64 left = end - g_get_monotonic_time ();

      dispatch (self, CLAMP ((left + 999) / 1000, 0, TICK_MS));
      if (give_up (self, what, ""))
        return FALSE;
      now = g_get_monotonic_time ();
    }
  while (now < end);

  return TRUE;
}

const char *
load_find_number (const char *text,
                  const char *end,
                  guint      *number)
{
  const char *at = memmem (text, end - text, "\"n\":", 4);
  guint value = 0;

  if (at == NULL)
    return NULL;

  at += 4;
  while (at < end && *at == ' ')
    at++;
  while (at < end && g_ascii_isdigit (*at))
    value = value * 10 + (*at++ - '0');
  *number = value;

  return at;
}
