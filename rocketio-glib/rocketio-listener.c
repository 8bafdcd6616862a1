/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-listener-private.h"

#include "rocketio-loan-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG          4096
#define MAX_ACCEPTS      256       /* a turn */
#define COMPLAIN_PAUSE   60000000  /* microseconds between two warnings of that */
#define ACCEPT_PAUSE     250       /* when descriptors have run out; times in milliseconds */
#define FIRST_IDLE_TIME  30000     /* for a connection that has not spoken yet */
#define STRANGER_TIME    1000000   /* microseconds that it has in any case, however many there are */
#define IDLE_TIME        330000    /* longer than browsers and proxies keep one, so that they close first */
#define BODY_TIME        30000
#define BODY_RATE        1024      /* bytes a second that earn a body more time */
#define KEEPALIVE_IDLE   40        /* seconds of silence, at least, until the kernel asks whether the peer is there, */
#define KEEPALIVE_SPREAD 30        /* at most so many more, */
#define KEEPALIVE_AGAIN  10        /* and between its questions, */
#define KEEPALIVE_COUNT  6         /* of which all but one may get lost */
#define USER_TIMEOUT     ((KEEPALIVE_IDLE + KEEPALIVE_SPREAD + KEEPALIVE_AGAIN * KEEPALIVE_COUNT) * 1000)
#define MAX_OVERREAD     131072
#define REQUEST_KEY      "rocketio-request"

typedef struct
{
  RocketIOListener *listener;
  RocketIOWatch     watch;
  int               fd;
  GSocketAddress   *address;
  GSocketAddress   *local;         /* the same if all connections have it; NULL: the any-address */
  GTlsCertificate  *certificate;
} Socket;

/* A connection that has not spoken yet. */
typedef struct
{
  GList               link;
  RocketIOConnection *connection;
  gint64              since;
} Stranger;

/* What is known of a request while libsoup has its connection. */
typedef struct
{
  RocketIOListener   *listener;
  RocketIOConnection *connection;    /* NULL: libsoup accepted it itself, so there is no time limit of ours */
  gint64              body_start;
  gsize               body_bytes;
  gboolean            refused;
} Request;

struct _RocketIOListener
{
  grefcount           refs;
  RocketIOReactor    *reactor;
  SoupServer         *soup;
  GPtrArray          *sockets;
  GHashTable         *connections;    /* idle or lent, with a reference to each; Stranger, or NULL: it has spoken */
  GQueue              strangers;      /* of Stranger, the oldest first */
  const RocketIOLimits *limits;
  RocketIOGateFunc    gate;           /* NULL: none */
  gpointer            gate_data;
  RocketIOConnection *lending;        /* while libsoup makes a message of it */
  RocketIOTimer       accept_pause;
  gint64              complained;     /* when; 0: never */
  gulong              started_id;
  gsize               max_body;
  gboolean            closed;
};

static void lend (RocketIOListener *self, RocketIOConnection *connection);
static void got_body_cb (SoupServerMessage *message, gpointer user_data);

/* It has spoken, or is gone. */
static void
know (RocketIOListener   *self,
      RocketIOConnection *connection)
{
  Stranger *stranger = g_hash_table_lookup (self->connections, connection);

  if (stranger == NULL)
    return;

  g_hash_table_insert (self->connections, rocketio_connection_ref (connection), NULL);
  g_queue_unlink (&self->strangers, &stranger->link);
  g_free (stranger);
}

/* Ends our part in a connection; nobody else's begins. */
static void
drop (RocketIOListener   *self,
      RocketIOConnection *connection)
{
  know (self, connection);
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_NOTHING, NULL, NULL);
  g_hash_table_remove (self->connections, connection);
}

/* TLS */

typedef struct
{
  RocketIOListener   *listener;
  RocketIOConnection *connection;
} Handshake;

static void
handshake_expired_cb (RocketIOConnection *connection,
                      gpointer            user_data)
{
  /* The handshake fails then, and says so. */
  shutdown (rocketio_connection_get_fd (connection), SHUT_RDWR);
}

static const RocketIOConnectionFuncs handshake_funcs = { .expired = handshake_expired_cb };

static void
handshake_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Handshake *handshake = user_data;
  g_autoptr (RocketIOListener) self = handshake->listener;
  g_autoptr (RocketIOConnection) connection = handshake->connection;
  g_autoptr (GError) error = NULL;

  g_free (handshake);
  if (self->closed)
    return;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    {
      rocketio_listener_park (self, connection);
      return;
    }

  g_debug ("TLS handshake failed: %s", error->message);
  drop (self, connection);
}

static void
start_handshake (RocketIOListener   *self,
                 RocketIOConnection *connection)
{
  GMainContext *context = rocketio_reactor_get_context (self->reactor);
  Handshake *handshake = g_new (Handshake, 1);

  *handshake = (Handshake) { rocketio_listener_ref (self), rocketio_connection_ref (connection) };
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_NOTHING, &handshake_funcs, self);
  rocketio_connection_set_deadline (connection, self->limits->handshake_timeout * 1000);

  g_main_context_push_thread_default (context);
  g_tls_connection_handshake_async (rocketio_connection_get_tls (connection), G_PRIORITY_DEFAULT, NULL,
                                    handshake_cb, handshake);
  g_main_context_pop_thread_default (context);
}

/* Waiting for the first bytes before the handshake: it takes a thread, which a silent peer shall not hold. */
static void
hello_readable_cb (RocketIOConnection *connection,
                   gpointer            user_data)
{
  start_handshake (user_data, connection);
}

static void
idle_gone_cb (RocketIOConnection *connection,
              gboolean            cleanly,
              gpointer            user_data)
{
  drop (user_data, connection);
}

static void
idle_expired_cb (RocketIOConnection *connection,
                 gpointer            user_data)
{
  drop (user_data, connection);
}

static const RocketIOConnectionFuncs hello_funcs = {
  .readable = hello_readable_cb,
  .gone = idle_gone_cb,
  .expired = idle_expired_cb,
};

/* Idle */

static void
idle_readable_cb (RocketIOConnection *connection,
                  gpointer            user_data)
{
  RocketIOListener *self = user_data;
  int found = rocketio_connection_peek (connection);

  if (found == -1)
    return;
  if (found > 0)
    {
      lend (self, connection);
      return;
    }

  if (found == 0 && rocketio_connection_is_acknowledged (connection))
    rocketio_connection_settle (connection, TRUE);
  drop (self, connection);
}

static const RocketIOConnectionFuncs idle_funcs = {
  .readable = idle_readable_cb,
  .gone = idle_gone_cb,
  .expired = idle_expired_cb,
};

void
rocketio_listener_park (RocketIOListener   *self,
                        RocketIOConnection *connection)
{
  if (self->closed)
    {
      rocketio_connection_finish (connection);
      return;
    }

  if (!g_hash_table_contains (self->connections, connection))
    g_hash_table_insert (self->connections, rocketio_connection_ref (connection), NULL);
  rocketio_connection_set_client (connection, NULL);
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_INPUT, &idle_funcs, self);
  rocketio_connection_set_deadline (connection, IDLE_TIME);
}

/* Lending */

static void
lent_expired_cb (RocketIOConnection *connection,
                 gpointer            user_data)
{
  /* libsoup finds the connection broken and gives it up. */
  g_debug ("A request took too long and was cut off");
  rocketio_connection_cut (connection);
}

static const RocketIOConnectionFuncs lent_funcs = { .expired = lent_expired_cb };

static void
loan_closed_cb (RocketIOConnection *connection,
                gpointer            user_data)
{
  RocketIOListener *self = user_data;

  rocketio_connection_cut (connection);
  drop (self, connection);
  rocketio_listener_unref (self);
}

static void
lend (RocketIOListener   *self,
      RocketIOConnection *connection)
{
  GMainContext *context = rocketio_reactor_get_context (self->reactor);
  g_autoptr (RocketIOConnection) ref = rocketio_connection_ref (connection);
  g_autoptr (GIOStream) loan = NULL;
  g_autoptr (GError) error = NULL;

  know (self, connection);
  rocketio_connection_settle (connection, TRUE);
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_NOTHING, &lent_funcs, self);
  rocketio_connection_set_deadline (connection, self->limits->handshake_timeout * 1000);

  loan = rocketio_loan_new (connection, loan_closed_cb, rocketio_listener_ref (self));
  self->lending = connection;
  g_main_context_push_thread_default (context);
  soup_server_accept_iostream (self->soup, loan,
                               rocketio_connection_get_local (connection),
                               rocketio_connection_get_remote (connection),
                               &error);
  g_main_context_pop_thread_default (context);
}

static void
drain (RocketIOConnection *connection,
       GInputStream       *input,
       gsize               size)
{
  g_autofree char *buffer = g_malloc (size);
  g_autoptr (GByteArray) overread = g_byte_array_new ();
  gssize n;

  /* A loan has been made dry, so this ends where libsoup's buffer ends. Of a stream of libsoup's own we read once. */
  do
    {
      n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer, size, NULL, NULL);
      if (n > 0)
        g_byte_array_append (overread, (guint8 *) buffer, n);
    }
  while (n > 0 && size < MAX_OVERREAD);

  rocketio_connection_unread (connection, overread->data, overread->len);
}

static RocketIOConnection *
take_loan (RocketIOListener *self,
           GIOStream        *stream,
           GIOStream        *loan)
{
  RocketIOConnection *connection = rocketio_connection_ref (rocketio_loan_get_connection (loan));

  rocketio_connection_set_dry (connection, TRUE);
  drain (connection, g_io_stream_get_input_stream (stream), 4096);
  rocketio_connection_set_dry (connection, FALSE);
  rocketio_loan_end (loan);
  drop (self, connection);
  rocketio_listener_unref (self);

  return connection;
}

RocketIOConnection *
rocketio_listener_take (RocketIOListener  *self,
                        SoupServerMessage *message)
{
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) remote = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GIOStream) base = NULL;
  RocketIOConnection *connection;

  g_set_object (&local, soup_server_message_get_local_address (message));
  g_set_object (&remote, soup_server_message_get_remote_address (message));

  stream = soup_server_message_steal_connection (message);
  if (stream == NULL)
    return NULL;

  g_object_get (stream, "base-iostream", &base, NULL);
  if (rocketio_loan_get_connection (base) != NULL)
    {
      /* The handler of a request runs in the same signal, before us; its deadline is its own. */
      g_signal_handlers_disconnect_matched (message, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, got_body_cb, NULL);
      return take_loan (self, stream, base);
    }

  if (local == NULL || remote == NULL)
    return NULL;

  connection = rocketio_connection_new_for_stream (self->reactor, base, local, remote);
  if (connection != NULL)
    drain (connection, g_io_stream_get_input_stream (stream), MAX_OVERREAD);

  return connection;
}

/* Some answers have none whatever their head says (RFC 9110, section 6.4.1). */
static gboolean
has_body (SoupServerMessage *message)
{
  guint status = soup_server_message_get_status (message);

  return status != SOUP_STATUS_NO_CONTENT && status != SOUP_STATUS_NOT_MODIFIED &&
         g_strcmp0 (soup_server_message_get_method (message), "HEAD") != 0;
}

gboolean
rocketio_message_is_keepalive (SoupServerMessage *message)
{
  SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);

  if (has_body (message) && soup_message_headers_get_encoding (response) == SOUP_ENCODING_EOF)
    return FALSE;
  if (soup_server_message_get_http_version (message) == SOUP_HTTP_1_0)
    return soup_message_headers_header_contains (response, "Connection", "Keep-Alive");

  return !soup_message_headers_header_contains (request, "Connection", "close") &&
         !soup_message_headers_header_contains (response, "Connection", "close");
}

/* Requests on a loan */

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->connection, rocketio_connection_unref);
  rocketio_listener_unref (request->listener);
  g_free (request);
}

/* The body, or the rest of it, is read and thrown away, for as long as the time allows. */
static void
take_no_body (Request           *request,
              SoupServerMessage *message)
{
  request->refused = TRUE;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  soup_message_body_truncate (soup_server_message_get_request_body (message));
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
}

static void
refuse_body (Request           *request,
             SoupServerMessage *message)
{
  g_autofree char *text = g_strdup_printf ("The body of a request may have %" G_GSIZE_FORMAT " bytes here.\n",
                                           request->listener->max_body);

  take_no_body (request, message);
  soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
  soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
set_deadline (Request *request,
              gint64   milliseconds)
{
  if (request->connection != NULL)
    rocketio_connection_set_deadline (request->connection, milliseconds);
}

static void
got_headers_cb (SoupServerMessage *message,
                gpointer           user_data)
{
  Request *request = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  RocketIOListener *self = request->listener;

  request->body_start = g_get_monotonic_time ();
  set_deadline (request, BODY_TIME);

  if (self->gate != NULL && !self->gate (message, self->gate_data))
    take_no_body (request, message);
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      (guint64) soup_message_headers_get_content_length (headers) > request->listener->max_body)
    refuse_body (request, message);
}

static void
got_chunk_cb (SoupServerMessage *message,
              GBytes            *chunk,
              gpointer           user_data)
{
  Request *request = user_data;
  gint64 spent = (g_get_monotonic_time () - request->body_start) / 1000;
  gint64 allowed;

  request->body_bytes += g_bytes_get_size (chunk);
  if (request->refused)
    return;

  if (request->body_bytes > request->listener->max_body)
    {
      refuse_body (request, message);
      return;
    }

  allowed = BODY_TIME + (gint64) request->body_bytes * 1000 / BODY_RATE;
  set_deadline (request, MAX (allowed - spent, 1));
}

static void
got_body_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  /* From here on the app may take its time; a client that does not read its answer is the loan's affair. */
  rocketio_connection_clear_deadline (((Request *) user_data)->connection);
}

static void
wrote_body_cb (SoupServerMessage *message,
               gpointer           user_data)
{
  Request *request = user_data;
  g_autoptr (RocketIOListener) self = rocketio_listener_ref (request->listener);
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  gboolean keepalive = rocketio_message_is_keepalive (message);
  gboolean failed = soup_server_message_get_status (message) == SOUP_STATUS_INTERNAL_SERVER_ERROR;
  g_autoptr (RocketIOConnection) connection = rocketio_listener_take (self, message);

  if (connection == NULL)
    return;

  if (keepalive)
    rocketio_listener_park (self, connection);
  else
    rocketio_connection_finish (connection);

  /* libsoup says these at the end of an answer, but not of one whose connection is taken away. */
  if (soup_server_message_get_method (message) == NULL)
    return;
  g_signal_emit_by_name (message, "finished");
  g_signal_emit_by_name (self->soup, failed ? "request-aborted" : "request-finished", message);
}

static Request *
request_new (RocketIOListener   *listener,
             SoupServerMessage  *message,
             RocketIOConnection *connection)
{
  Request *request = g_new0 (Request, 1);

  request->listener = rocketio_listener_ref (listener);
  request->connection = connection != NULL ? rocketio_connection_ref (connection) : NULL;

  /* Not with the last of the handlers, which go one by one: the SoupServer that may end then still has some there. */
  g_object_set_data_full (G_OBJECT (message), REQUEST_KEY, request, request_free);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), request);

  return request;
}

void
rocketio_listener_bound_body (RocketIOListener  *self,
                              SoupServerMessage *message)
{
  if (g_object_get_data (G_OBJECT (message), REQUEST_KEY) == NULL)
    got_headers_cb (message, request_new (self, message, NULL));
}

static void
connect_request (Request           *request,
                 SoupServerMessage *message)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), request);
  g_signal_connect (message, "got-body", G_CALLBACK (got_body_cb), request);
  g_signal_connect (message, "wrote-body", G_CALLBACK (wrote_body_cb), request);
}

static void
request_started_cb (SoupServer        *soup,
                    SoupServerMessage *message,
                    gpointer           user_data)
{
  RocketIOListener *self = user_data;
  RocketIOConnection *connection = g_steal_pointer (&self->lending);

  /* The first message on a connection starts while it is being handed over; any other is the app's own listener's. */
  if (connection != NULL)
    connect_request (request_new (self, message, connection), message);
}

/* Accepting */

static void
set_option (int fd,
            int level,
            int name,
            int value)
{
  /* All of these are improvements that a system may lack. */
  if (setsockopt (fd, level, name, &value, sizeof value) < 0)
    g_debug ("setsockopt %d/%d: %s", level, name, g_strerror (errno));
}

/* A push to everybody starts all clocks of silence at once. Had all peers the same time, the kernel would ask all of
 * them in the same instant, and drop most questions. */
static void
spread_keepalive (int fd)
{
  set_option (fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE + g_random_int_range (0, KEEPALIVE_SPREAD + 1));
}

static void
adopt (RocketIOListener *self,
       Socket           *socket,
       int               fd,
       GSocketAddress   *remote)
{
  g_autoptr (RocketIOConnection) connection = rocketio_connection_new (self->reactor, fd, socket->local, remote);
  g_autoptr (GError) error = NULL;
  Stranger *stranger;

  spread_keepalive (fd);
  if (socket->certificate != NULL &&
      !rocketio_connection_start_tls (connection, socket->certificate,
                                      soup_server_get_tls_database (self->soup),
                                      soup_server_get_tls_auth_mode (self->soup), &error))
    {
      g_warning ("A TLS connection could not be set up: %s", error->message);
      return;
    }

  stranger = g_new0 (Stranger, 1);
  *stranger = (Stranger) { .link.data = stranger, .connection = connection, .since = g_get_monotonic_time () };
  g_queue_push_tail_link (&self->strangers, &stranger->link);
  g_hash_table_insert (self->connections, rocketio_connection_ref (connection), stranger);
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_INPUT,
                                socket->certificate != NULL ? &hello_funcs : &idle_funcs, self);
  rocketio_connection_set_deadline (connection, FIRST_IDLE_TIME);
}

static void
set_accepting (RocketIOListener *self,
               gboolean          accepting)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (self->sockets, i);

      if (accepting && socket->watch.fd < 0)
        rocketio_reactor_add (self->reactor, &socket->watch, socket->fd, ROCKETIO_EVENT_READ);
      else if (!accepting)
        rocketio_reactor_remove (self->reactor, &socket->watch);
    }
}

static void
accept_pause_cb (RocketIOTimer *timer)
{
  set_accepting (rocketio_container_of (timer, RocketIOListener, accept_pause), TRUE);
}

static void
pause_accepting (RocketIOListener *self,
                 int               code)
{
  gint64 now = g_get_monotonic_time ();

  if (self->complained == 0 || now - self->complained >= COMPLAIN_PAUSE)
    {
      self->complained = now;
      g_warning ("Cannot accept connections for now: %s; raise the limit of open files (ulimit -n) to serve more "
                 "clients", g_strerror (code));
    }
  set_accepting (self, FALSE);
  rocketio_reactor_start_timer (self->reactor, &self->accept_pause, ACCEPT_PAUSE);
}

/* Makes room for one more stranger. Returns whether there is; otherwise there will be in a moment. */
static gboolean
make_room (RocketIOListener *self)
{
  Stranger *oldest = g_queue_peek_head (&self->strangers);
  gint64 left;

  if (self->limits->max_handshakes == 0 || self->strangers.length < self->limits->max_handshakes)
    return TRUE;

  left = oldest->since + STRANGER_TIME - g_get_monotonic_time ();
  if (left > 0)
    {
      set_accepting (self, FALSE);
      rocketio_reactor_start_timer (self->reactor, &self->accept_pause, left / 1000 + 1);
      return FALSE;
    }

  g_debug ("A connection that says nothing was closed: there are many of them (RocketIOServer:max-handshakes)");
  rocketio_connection_cut (oldest->connection);
  drop (self, oldest->connection);

  return TRUE;
}

static void
accept_cb (RocketIOWatch  *watch,
           RocketIOEvents  events)
{
  Socket *socket = rocketio_container_of (watch, Socket, watch);
  RocketIOListener *self = socket->listener;

  for (guint i = 0; i < MAX_ACCEPTS; i++)
    {
      struct sockaddr_storage storage;
      socklen_t length = sizeof storage;
      int fd;

      if (!make_room (self))
        return;

      fd = accept4 (socket->fd, (struct sockaddr *) &storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0)
        adopt (self, socket, fd, g_socket_address_new_from_native (&storage, length));
      else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        {
          pause_accepting (self, errno);
          return;
        }
      else if (errno == EAGAIN)
        return;
    }
}

static void
socket_free (gpointer data)
{
  Socket *socket = data;

  rocketio_reactor_remove (socket->listener->reactor, &socket->watch);
  close (socket->fd);
  g_clear_object (&socket->address);
  g_clear_object (&socket->local);
  g_clear_object (&socket->certificate);
  g_free (socket);
}

/* On Linux the accepted sockets inherit these. */
static void
set_options (int fd,
             int family)
{
  set_option (fd, SOL_SOCKET, SO_REUSEADDR, 1);
  set_option (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option (fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_AGAIN);
  set_option (fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
#ifdef TCP_USER_TIMEOUT
  set_option (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT);
#endif
  if (family == AF_INET6)
    set_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

static int
open_socket (GSocketAddress  *address,
             GError         **error)
{
  g_autofree char *name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  int family = g_socket_address_get_family (address);
  struct sockaddr_storage storage;
  int fd, code;

  if (!g_socket_address_to_native (address, &storage, sizeof storage, error))
    return -1;

  fd = socket (family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0)
    set_options (fd, family);
  if (fd >= 0 &&
      bind (fd, (struct sockaddr *) &storage, g_socket_address_get_native_size (address)) == 0 &&
      listen (fd, BACKLOG) == 0)
    return fd;

  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Cannot listen on %s: %s", name, g_strerror (code));
  if (fd >= 0)
    close (fd);

  return -1;
}

GSocketAddress *
rocketio_listener_listen (RocketIOListener  *self,
                          GSocketAddress    *address,
                          GTlsCertificate   *certificate,
                          GError           **error)
{
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  int fd = open_socket (address, error);
  Socket *socket;

  if (fd < 0)
    return NULL;

  getsockname (fd, (struct sockaddr *) &storage, &length);
  socket = g_new0 (Socket, 1);
  socket->listener = self;
  socket->fd = fd;
  socket->address = g_socket_address_new_from_native (&storage, length);
  if (!g_inet_address_get_is_any (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket->address))))
    g_set_object (&socket->local, socket->address);
  g_set_object (&socket->certificate, certificate);
  rocketio_watch_init (&socket->watch, accept_cb);
  g_ptr_array_add (self->sockets, socket);
  set_accepting (self, TRUE);

  return socket->address;
}

void
rocketio_listener_forget_last (RocketIOListener *self)
{
  g_ptr_array_set_size (self->sockets, self->sockets->len - 1);
}

GSocketAddress *
rocketio_listener_get_address (RocketIOListener *self,
                               guint             index,
                               gboolean         *is_tls)
{
  Socket *socket;

  if (index >= self->sockets->len)
    return NULL;

  socket = g_ptr_array_index (self->sockets, index);
  *is_tls = socket->certificate != NULL;

  return socket->address;
}

void
rocketio_listener_set_max_body (RocketIOListener *self,
                                gsize             bytes)
{
  self->max_body = bytes;
}

void
rocketio_listener_set_limits (RocketIOListener     *self,
                              const RocketIOLimits *limits)
{
  self->limits = limits;
}

void
rocketio_listener_set_gate (RocketIOListener *self,
                            RocketIOGateFunc  gate,
                            gpointer          user_data)
{
  self->gate = gate;
  self->gate_data = user_data;
}

/* Life */

static const RocketIOLimits usual_limits = { .handshake_timeout = 10 };

RocketIOListener *
rocketio_listener_new (RocketIOReactor *reactor,
                       SoupServer      *soup)
{
  RocketIOListener *self = g_new0 (RocketIOListener, 1);

  g_ref_count_init (&self->refs);
  self->reactor = rocketio_reactor_ref (reactor);
  self->soup = g_object_ref (soup);
  self->max_body = G_MAXSIZE;
  self->limits = &usual_limits;
  g_queue_init (&self->strangers);
  self->sockets = g_ptr_array_new_with_free_func (socket_free);
  self->connections = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) rocketio_connection_unref, NULL);
  rocketio_timer_init (&self->accept_pause, accept_pause_cb);
  self->started_id = g_signal_connect (soup, "request-started", G_CALLBACK (request_started_cb), self);

  return self;
}

RocketIOListener *
rocketio_listener_ref (RocketIOListener *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_listener_unref (RocketIOListener *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  rocketio_listener_close (self);
  g_ptr_array_unref (self->sockets);
  g_hash_table_unref (self->connections);
  g_object_unref (self->soup);
  rocketio_reactor_unref (self->reactor);
  g_free (self);
}

void
rocketio_listener_stop (RocketIOListener *self)
{
  rocketio_reactor_stop_timer (self->reactor, &self->accept_pause);
  g_ptr_array_set_size (self->sockets, 0);
}

void
rocketio_listener_close (RocketIOListener *self)
{
  g_autofree RocketIOConnection **connections = NULL;
  guint n_connections;

  if (self->closed)
    return;

  self->closed = TRUE;
  g_clear_signal_handler (&self->started_id, self->soup);
  rocketio_listener_stop (self);

  connections = (RocketIOConnection **) g_hash_table_get_keys_as_array (self->connections, &n_connections);
  for (guint i = 0; i < n_connections; i++)
    {
      know (self, connections[i]);
      rocketio_connection_cut (connections[i]);
      rocketio_connection_set_user (connections[i], ROCKETIO_WATCH_NOTHING, NULL, NULL);
    }
  g_hash_table_remove_all (self->connections);
}
