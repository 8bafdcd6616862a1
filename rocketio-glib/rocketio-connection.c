/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-connection-private.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_VECTORS   64
#define MAX_TLS_WRITE 16384    /* one TLS record */
#define LINGER_TIME   2000     /* how long a peer may take to end its side */

typedef struct
{
  RocketIOTimer       timer;
  RocketIOConnection *connection;
} Rest;

struct _RocketIOConnection
{
  grefcount                      refs;
  RocketIOReactor               *reactor;
  RocketIOWatch                  watch;
  RocketIOTimer                  deadline;

  int                            fd;
  GIOStream                     *stream;       /* owns the fd where it is not NULL */
  GPollableInputStream          *tls_input;    /* of `stream`, with TLS */
  GPollableOutputStream         *tls_output;
  GSocketAddress                *local;
  GSocketAddress                *remote;
  GSocketAddress                *client;       /* NULL: it is the peer itself */
  Rest                          *rest;         /* NULL: not now */

  const RocketIOConnectionFuncs *funcs;
  gpointer                       user_data;
  guint8                         mode;         /* RocketIOConnectionWatch */
  guint8                         events;       /* of the event being handled */
  guint8                         depth;        /* events being handled; more than one in a main loop within */
  guint                          dry : 1;
  guint                          broken : 1;
  guint                          finishing : 1;

  GByteArray                    *unread;       /* NULL: none */

  GQueue                         pending;      /* of GBytes, the first of them from `written` on */
  gsize                          written;
  gsize                          n_pending;
  gsize                          tls_offered;  /* TLS wants to see the very same bytes again after it blocked */

  RocketIOReceiptFunc            receipt;
  gpointer                       receipt_data;
};

static const RocketIOConnectionFuncs no_funcs = { NULL };

static void flush_pending (RocketIOConnection *self);

/* While an event is handled this waits: a request is mostly answered within, and the kernel need not know. */
static void
update_events (RocketIOConnection *self)
{
  RocketIOEvents events = self->n_pending > 0 ? ROCKETIO_EVENT_WRITE : ROCKETIO_EVENT_NONE;

  if (self->depth > 0)
    return;

  if (self->mode == ROCKETIO_WATCH_INPUT && self->rest == NULL)
    events |= ROCKETIO_EVENT_READ;
  if (self->mode != ROCKETIO_WATCH_NOTHING && self->rest == NULL)
    events |= ROCKETIO_EVENT_HANGUP;

  if (events == ROCKETIO_EVENT_NONE)
    rocketio_reactor_remove (self->reactor, &self->watch);
  else if (self->watch.fd < 0)
    rocketio_reactor_add (self->reactor, &self->watch, self->fd, events);
  else
    rocketio_reactor_modify (self->reactor, &self->watch, events);
}

static void
mark_broken (RocketIOConnection *self)
{
  if (self->broken)
    return;

  self->broken = TRUE;
  g_queue_clear_full (&self->pending, (GDestroyNotify) g_bytes_unref);
  self->n_pending = 0;
  update_events (self);
  if (self->watch.fd >= 0)
    rocketio_reactor_make_ready (self->reactor, &self->watch);
}

static void
handle_events (RocketIOConnection *self,
               RocketIOEvents      events)
{
  const RocketIOConnectionFuncs *funcs = self->funcs;
  gpointer user_data = self->user_data;

  if ((events & ROCKETIO_EVENT_WRITE) != 0 && self->n_pending > 0)
    {
      flush_pending (self);
      if (self->n_pending == 0 && !self->broken && funcs->writable != NULL)
        funcs->writable (self, user_data);
      if (self->funcs != funcs || self->user_data != user_data)
        return;
    }

  /* Reading comes first: it finds what the peer sent before it went. */
  if (self->mode == ROCKETIO_WATCH_INPUT && !self->broken)
    {
      /* Who is gone for good is not waited for. */
      if (self->rest != NULL && (events & ROCKETIO_EVENT_ERROR) == 0)
        return;
      if ((events & ~ROCKETIO_EVENT_WRITE) != 0 && funcs->readable != NULL)
        funcs->readable (self, user_data);
      return;
    }

  if (self->mode == ROCKETIO_WATCH_NOTHING)
    return;

  if (!self->broken && (events & (ROCKETIO_EVENT_HANGUP | ROCKETIO_EVENT_ERROR)) == 0)
    return;

  if (funcs->gone != NULL)
    funcs->gone (self, !self->broken && (events & ROCKETIO_EVENT_ERROR) == 0, user_data);
}

static void
watch_cb (RocketIOWatch  *watch,
          RocketIOEvents  events)
{
  RocketIOConnection *self = rocketio_connection_ref (rocketio_container_of (watch, RocketIOConnection, watch));

  self->depth++;
  self->events = events;
  handle_events (self, events);
  self->events = ROCKETIO_EVENT_NONE;
  self->depth--;
  update_events (self);
  rocketio_connection_unref (self);
}

static void
end_rest (RocketIOConnection *self)
{
  Rest *rest = g_steal_pointer (&self->rest);

  if (rest == NULL)
    return;

  rocketio_reactor_stop_timer (self->reactor, &rest->timer);
  g_free (rest);
}

static void
rest_cb (RocketIOTimer *timer)
{
  RocketIOConnection *self = rocketio_container_of (timer, Rest, timer)->connection;

  end_rest (self);
  update_events (self);
  if (self->watch.fd >= 0)
    rocketio_reactor_make_ready (self->reactor, &self->watch);
}

void
rocketio_connection_rest (RocketIOConnection *self,
                          guint               milliseconds)
{
  if (self->rest == NULL)
    {
      self->rest = g_new0 (Rest, 1);
      self->rest->connection = self;
      rocketio_timer_init (&self->rest->timer, rest_cb);
    }
  rocketio_reactor_start_timer (self->reactor, &self->rest->timer, milliseconds);
  update_events (self);
}

gboolean
rocketio_connection_is_resting (RocketIOConnection *self)
{
  return self->rest != NULL;
}

static void
deadline_cb (RocketIOTimer *timer)
{
  RocketIOConnection *owner = rocketio_container_of (timer, RocketIOConnection, deadline);
  g_autoptr (RocketIOConnection) self = rocketio_connection_ref (owner);

  if (self->funcs->expired != NULL)
    self->funcs->expired (self, self->user_data);
}

RocketIOConnection *
rocketio_connection_new (RocketIOReactor *reactor,
                         int              fd,
                         GSocketAddress  *local,
                         GSocketAddress  *remote)
{
  RocketIOConnection *self = g_new0 (RocketIOConnection, 1);

  g_ref_count_init (&self->refs);
  self->reactor = rocketio_reactor_ref (reactor);
  self->fd = fd;
  self->local = local != NULL ? g_object_ref (local) : NULL;
  self->remote = remote;
  self->funcs = &no_funcs;
  g_queue_init (&self->pending);
  rocketio_watch_init (&self->watch, watch_cb);
  rocketio_timer_init (&self->deadline, deadline_cb);

  return self;
}

static GSocket *
find_socket (GIOStream *stream)
{
  g_autoptr (GIOStream) base = NULL;

  if (G_IS_SOCKET_CONNECTION (stream))
    return g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  if (!G_IS_TLS_CONNECTION (stream))
    return NULL;

  g_object_get (stream, "base-io-stream", &base, NULL);

  return base != NULL ? find_socket (base) : NULL;
}

static void
set_tls (RocketIOConnection *self,
         GIOStream          *tls)
{
  self->tls_input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (tls));
  self->tls_output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (tls));
}

RocketIOConnection *
rocketio_connection_new_for_stream (RocketIOReactor *reactor,
                                    GIOStream       *stream,
                                    GSocketAddress  *local,
                                    GSocketAddress  *remote)
{
  GSocket *socket = find_socket (stream);
  RocketIOConnection *self;

  if (socket == NULL)
    return NULL;

  self = rocketio_connection_new (reactor, g_socket_get_fd (socket), local, g_object_ref (remote));
  self->stream = g_object_ref (stream);
  if (G_IS_TLS_CONNECTION (stream))
    set_tls (self, stream);

  return self;
}

RocketIOConnection *
rocketio_connection_ref (RocketIOConnection *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_connection_unref (RocketIOConnection *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  rocketio_connection_settle (self, FALSE);
  end_rest (self);
  rocketio_reactor_stop_timer (self->reactor, &self->deadline);
  rocketio_reactor_remove (self->reactor, &self->watch);
  g_queue_clear_full (&self->pending, (GDestroyNotify) g_bytes_unref);

  /* Closing TLS writes to the peer and would wait for it; on a socket that is shut it cannot. */
  if (self->stream != NULL)
    {
      shutdown (self->fd, SHUT_RDWR);
      g_io_stream_close (self->stream, NULL, NULL);
      g_object_unref (self->stream);
    }
  else
    {
      close (self->fd);
    }

  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  g_clear_object (&self->client);
  g_clear_pointer (&self->unread, g_byte_array_unref);
  rocketio_reactor_unref (self->reactor);
  g_free (self);
}

/* GIO takes no client's certificate by itself. */
static gboolean
accept_certificate_cb (GTlsConnection       *tls,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  problems,
                       gpointer              user_data)
{
  return problems == 0;
}

gboolean
rocketio_connection_start_tls (RocketIOConnection      *self,
                               GTlsCertificate         *certificate,
                               GTlsDatabase            *database,
                               GTlsAuthenticationMode   mode,
                               GError                 **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (self->fd, error);
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GIOStream) tls = NULL;

  if (socket == NULL)
    return FALSE;

  g_socket_set_blocking (socket, FALSE);
  base = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  self->stream = g_object_ref (base);

  tls = g_tls_server_connection_new (base, certificate, error);
  if (tls == NULL)
    return FALSE;

  g_object_set (tls,
                "database", database,
                "authentication-mode", mode,
                "require-close-notify", FALSE,
                "advertised-protocols", (const char *[]) { "http/1.1", NULL },
                NULL);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  g_set_object (&self->stream, tls);
  set_tls (self, tls);

  return TRUE;
}

GTlsConnection *
rocketio_connection_get_tls (RocketIOConnection *self)
{
  return self->tls_input != NULL ? G_TLS_CONNECTION (self->stream) : NULL;
}

GSocketAddress *
rocketio_connection_get_local (RocketIOConnection *self)
{
  struct sockaddr_storage storage = { .ss_family = AF_UNSPEC };
  socklen_t length = sizeof storage;

  if (self->local != NULL)
    return self->local;

  if (getsockname (self->fd, (struct sockaddr *) &storage, &length) == 0)
    self->local = g_socket_address_new_from_native (&storage, length);

  /* libsoup wants one in any case. */
  if (self->local == NULL)
    self->local = g_inet_socket_address_new_from_string ("0.0.0.0", 0);

  return self->local;
}

GSocketAddress *
rocketio_connection_get_remote (RocketIOConnection *self)
{
  return self->client != NULL ? self->client : self->remote;
}

void
rocketio_connection_set_client (RocketIOConnection *self,
                                GSocketAddress     *client)
{
  g_set_object (&self->client, client);
}

int
rocketio_connection_get_fd (RocketIOConnection *self)
{
  return self->fd;
}

/* Bytes that the kernel does not report. */
static gboolean
has_hidden_input (RocketIOConnection *self)
{
  return self->unread != NULL ||
         (self->tls_input != NULL && g_pollable_input_stream_is_readable (self->tls_input));
}

void
rocketio_connection_set_user (RocketIOConnection            *self,
                              RocketIOConnectionWatch        watch,
                              const RocketIOConnectionFuncs *funcs,
                              gpointer                       user_data)
{
  g_assert (!self->finishing);

  rocketio_reactor_stop_timer (self->reactor, &self->deadline);
  end_rest (self);
  self->funcs = funcs != NULL ? funcs : &no_funcs;
  self->user_data = user_data;
  self->mode = watch;
  update_events (self);
  if (self->watch.fd >= 0 && (self->broken || (watch == ROCKETIO_WATCH_INPUT && has_hidden_input (self))))
    rocketio_reactor_make_ready (self->reactor, &self->watch);
}

void
rocketio_connection_set_deadline (RocketIOConnection *self,
                                  guint               milliseconds)
{
  rocketio_reactor_start_timer (self->reactor, &self->deadline, milliseconds);
}

void
rocketio_connection_clear_deadline (RocketIOConnection *self)
{
  rocketio_reactor_stop_timer (self->reactor, &self->deadline);
}

/* Reading */

static gssize
result_of_errno (void)
{
  return errno == EAGAIN || errno == EINTR ? -1 : -2;
}

static gssize
read_unread (RocketIOConnection *self,
             gpointer            buffer,
             gsize               size)
{
  gsize n = MIN (size, self->unread->len);

  memcpy (buffer, self->unread->data, n);
  if (n == self->unread->len)
    g_clear_pointer (&self->unread, g_byte_array_unref);
  else
    g_byte_array_remove_range (self->unread, 0, n);

  return n;
}

static gssize
read_tls (RocketIOConnection *self,
          gpointer            buffer,
          gsize               size)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (self->tls_input, buffer, size, NULL, &error);

  if (n >= 0)
    return n;

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? -1 : -2;
}

gssize
rocketio_connection_read (RocketIOConnection *self,
                          gpointer            buffer,
                          gsize               size)
{
  gssize n;

  self->events = ROCKETIO_EVENT_NONE;
  if (self->unread != NULL)
    return read_unread (self, buffer, size);
  if (self->dry)
    return -1;
  if (self->broken)
    return -2;
  if (self->tls_input != NULL)
    return read_tls (self, buffer, size);

  do
    n = recv (self->fd, buffer, size, 0);
  while (n < 0 && errno == EINTR);

  if (n >= 0)
    return n;

  return result_of_errno ();
}

void
rocketio_connection_read_again (RocketIOConnection *self)
{
  if (self->watch.fd >= 0)
    rocketio_reactor_make_ready (self->reactor, &self->watch);
}

void
rocketio_connection_unread (RocketIOConnection *self,
                            gconstpointer       data,
                            gsize               size)
{
  if (size == 0)
    return;

  if (self->unread == NULL)
    self->unread = g_byte_array_sized_new (size);
  g_byte_array_prepend (self->unread, data, size);
}

void
rocketio_connection_set_dry (RocketIOConnection *self,
                             gboolean            dry)
{
  self->dry = dry;
}

int
rocketio_connection_peek (RocketIOConnection *self)
{
  char byte;
  int n;

  if (self->unread != NULL)
    return 1;
  if (self->broken)
    return -2;
  if (self->tls_input != NULL)
    return g_pollable_input_stream_is_readable (self->tls_input) ? 1 : -1;

  /* The kernel has just said what it would say again. */
  if (self->events == ROCKETIO_EVENT_READ)
    return 1;

  n = recv (self->fd, &byte, 1, MSG_PEEK);
  if (n >= 0)
    return n;

  return result_of_errno ();
}

/* Writing */

static gssize
write_tls (RocketIOConnection *self,
           gconstpointer       data,
           gsize               size)
{
  g_autoptr (GError) error = NULL;
  gsize offered = self->tls_offered > 0 ? MIN (self->tls_offered, size) : MIN (size, MAX_TLS_WRITE);
  gssize n = g_pollable_output_stream_write_nonblocking (self->tls_output, data, offered, NULL, &error);

  self->tls_offered = 0;
  if (n >= 0)
    return n;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return -2;

  self->tls_offered = offered;

  return -1;
}

static gssize
write_plain (RocketIOConnection *self,
             struct iovec       *vectors,
             guint               n_vectors)
{
  struct msghdr header = { .msg_iov = vectors, .msg_iovlen = n_vectors };
  gssize n;

  /* One piece is what a push mostly is, and costs the kernel less in this way. */
  do
    n = n_vectors == 1 ? send (self->fd, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                       : sendmsg (self->fd, &header, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  if (n >= 0)
    return n;

  return result_of_errno ();
}

static gssize
write_vectors (RocketIOConnection *self,
               struct iovec       *vectors,
               guint               n_vectors)
{
  if (self->tls_output != NULL)
    return write_tls (self, vectors[0].iov_base, vectors[0].iov_len);

  return write_plain (self, vectors, n_vectors);
}

gssize
rocketio_connection_write_some (RocketIOConnection *self,
                                gconstpointer       data,
                                gsize               size)
{
  struct iovec vector = { (gpointer) data, size };
  gssize n;

  if (self->broken)
    return -2;
  if (self->n_pending > 0)
    return -1;

  n = write_vectors (self, &vector, 1);
  if (n == -2)
    mark_broken (self);

  return n;
}

static void
set_vector (struct iovec *vector,
            GBytes       *chunk,
            gsize         skip)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (chunk, &size);

  vector->iov_base = (gpointer) (data + skip);
  vector->iov_len = size - skip;
}

/* Takes `n` written bytes off the queue. */
static void
advance (RocketIOConnection *self,
         gsize               n)
{
  self->n_pending -= n;
  self->written += n;

  while (!g_queue_is_empty (&self->pending) &&
         self->written >= g_bytes_get_size (g_queue_peek_head (&self->pending)))
    {
      g_autoptr (GBytes) chunk = g_queue_pop_head (&self->pending);

      self->written -= g_bytes_get_size (chunk);
    }
}

static void
flush_pending (RocketIOConnection *self)
{
  while (self->n_pending > 0)
    {
      struct iovec vectors[MAX_VECTORS];
      guint n_vectors = 0;
      gssize n;

      for (GList *l = self->pending.head; l != NULL && n_vectors < MAX_VECTORS; l = l->next, n_vectors++)
        set_vector (&vectors[n_vectors], l->data, n_vectors == 0 ? self->written : 0);

      n = write_vectors (self, vectors, n_vectors);
      if (n == -2)
        mark_broken (self);
      if (n < 0)
        break;
      advance (self, n);
    }

  update_events (self);
}

/* Writes from `chunks` without touching the queue, which is empty. Returns how many chunks are done; `skip` of the next
 * one are done as well. */
static guint
write_directly (RocketIOConnection *self,
                GBytes *const      *chunks,
                guint               n_chunks,
                gsize              *skip)
{
  guint done = 0;

  *skip = 0;
  while (done < n_chunks)
    {
      struct iovec vectors[MAX_VECTORS];
      guint n_vectors = MIN (n_chunks - done, MAX_VECTORS);
      gssize n;

      for (guint i = 0; i < n_vectors; i++)
        set_vector (&vectors[i], chunks[done + i], i == 0 ? *skip : 0);

      n = write_vectors (self, vectors, n_vectors);
      if (n == -2)
        mark_broken (self);
      if (n < 0)
        return done;

      for (*skip += n; done < n_chunks && *skip >= g_bytes_get_size (chunks[done]); done++)
        *skip -= g_bytes_get_size (chunks[done]);
    }

  return done;
}

void
rocketio_connection_write (RocketIOConnection *self,
                           GBytes *const      *chunks,
                           guint               n_chunks)
{
  gboolean was_empty = self->n_pending == 0;
  guint done = 0;
  gsize skip = 0;

  if (self->broken || self->finishing)
    return;

  if (was_empty)
    done = write_directly (self, chunks, n_chunks, &skip);
  if (self->broken || done == n_chunks)
    return;

  if (was_empty)
    self->written = skip;
  for (guint i = done; i < n_chunks; i++)
    {
      g_queue_push_tail (&self->pending, g_bytes_ref (chunks[i]));
      self->n_pending += g_bytes_get_size (chunks[i]);
    }
  self->n_pending -= skip;
  update_events (self);
}

gsize
rocketio_connection_get_pending (RocketIOConnection *self)
{
  return self->n_pending;
}

gboolean
rocketio_connection_is_acknowledged (RocketIOConnection *self)
{
  struct pollfd state = { self->fd, 0, 0 };
  int unsent = 0;

  if (self->n_pending > 0 || self->broken)
    return FALSE;

  /* After a reset nothing is on the way either. */
  if (poll (&state, 1, 0) > 0 && (state.revents & POLLERR) != 0)
    return FALSE;

#ifdef SIOCOUTQ
  if (ioctl (self->fd, SIOCOUTQ, &unsent) < 0)
    return FALSE;
#endif

  return unsent == 0;
}

/* Receipts */

void
rocketio_connection_set_receipt (RocketIOConnection  *self,
                                 RocketIOReceiptFunc  func,
                                 gpointer             user_data)
{
  g_assert (self->receipt == NULL);

  self->receipt = func;
  self->receipt_data = user_data;
}

void
rocketio_connection_settle (RocketIOConnection *self,
                            gboolean            delivered)
{
  RocketIOReceiptFunc func = g_steal_pointer (&self->receipt);

  if (func != NULL)
    func (self, delivered, self->receipt_data);
}

void
rocketio_connection_forget_receipt (RocketIOConnection *self)
{
  self->receipt = NULL;
}

/* The end */

static void
release (RocketIOConnection *self)
{
  rocketio_reactor_stop_timer (self->reactor, &self->deadline);
  self->funcs = &no_funcs;
  self->mode = ROCKETIO_WATCH_NOTHING;
  self->n_pending = 0;
  update_events (self);
  rocketio_connection_unref (self);
}

static void
end_sending (RocketIOConnection *self)
{
  shutdown (self->fd, SHUT_WR);
}

static void
finishing_readable_cb (RocketIOConnection *self,
                       gpointer            user_data)
{
  char buffer[4096];
  gssize n;

  /* TLS or not, nobody wants to know what it says. */
  for (guint i = 0; i < 64; i++)
    {
      n = recv (self->fd, buffer, sizeof buffer, 0);
      if (n <= 0)
        break;
    }

  if ((n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR))) && !rocketio_reactor_is_closed (self->reactor))
    return;

  /* A peer that has said its last word may still listen. */
  if (n == 0 && self->n_pending > 0 && !rocketio_reactor_is_closed (self->reactor))
    {
      self->mode = ROCKETIO_WATCH_NOTHING;
      update_events (self);
      return;
    }

  if (n == 0 && rocketio_connection_is_acknowledged (self))
    rocketio_connection_settle (self, TRUE);
  release (self);
}

static void
finishing_writable_cb (RocketIOConnection *self,
                       gpointer            user_data)
{
  end_sending (self);
  if (self->mode == ROCKETIO_WATCH_NOTHING)
    release (self);
}

static void
finishing_gone_cb (RocketIOConnection *self,
                   gboolean            cleanly,
                   gpointer            user_data)
{
  release (self);
}

static void
finishing_expired_cb (RocketIOConnection *self,
                      gpointer            user_data)
{
  /* The peer has it all, and only takes its time to end its side. */
  if (rocketio_connection_is_acknowledged (self))
    rocketio_connection_settle (self, TRUE);
  release (self);
}

static const RocketIOConnectionFuncs finishing_funcs = {
  finishing_readable_cb,
  finishing_writable_cb,
  finishing_gone_cb,
  finishing_expired_cb,
};

void
rocketio_connection_finish (RocketIOConnection *self)
{
  if (self->finishing)
    return;
  if (self->broken || rocketio_reactor_is_closed (self->reactor))
    {
      rocketio_connection_set_user (self, ROCKETIO_WATCH_NOTHING, NULL, NULL);
      return;
    }

  rocketio_connection_ref (self);
  rocketio_connection_set_user (self, ROCKETIO_WATCH_INPUT, &finishing_funcs, NULL);
  self->finishing = TRUE;
  rocketio_connection_set_deadline (self, LINGER_TIME);
  if (self->n_pending == 0)
    end_sending (self);
}

void
rocketio_connection_cut (RocketIOConnection *self)
{
  g_autoptr (RocketIOConnection) ref = rocketio_connection_ref (self);

  shutdown (self->fd, SHUT_RDWR);
  mark_broken (self);
  rocketio_connection_settle (self, FALSE);
}
