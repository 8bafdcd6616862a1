/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "peer.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="          /* RFC 6455, section 1.3, with the answer to it */
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

/* Waiting */

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* One turn of the main context, for at most so long; `source`, which is taken, ends it too. */
static void
turn (GSource *source,
      gint64   microseconds)
{
  guint id = g_timeout_add (MAX (microseconds, 0) / 1000 + 1, wake_cb, NULL);

  if (source != NULL)
    {
      g_source_set_callback (source, wake_cb, NULL, NULL);
      g_source_attach (source, NULL);
    }

  g_main_context_iteration (NULL, TRUE);

  if (source != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
  if (g_main_context_find_source_by_id (NULL, id) != NULL)
    g_source_remove (id);
}

gboolean
peer_wait_for (PeerCondition condition,
               gpointer      user_data,
               guint         milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (!condition (user_data))
    {
      gint64 left = end - g_get_monotonic_time ();

      if (left <= 0)
        return FALSE;
      turn (NULL, MIN (left, 5000));
    }

  return TRUE;
}

static gboolean
never_cb (gpointer user_data)
{
  return FALSE;
}

void
peer_idle (guint milliseconds)
{
  peer_wait_for (never_cb, NULL, milliseconds);
}

typedef struct
{
  guint *counter;
  guint  goal;
} Count;

static gboolean
count_reached_cb (gpointer user_data)
{
  Count *count = user_data;

  return *count->counter >= count->goal;
}

void
peer_wait_for_count (guint *counter,
                     guint  n)
{
  Count count = { counter, n };

  g_assert_true (peer_wait_for (count_reached_cb, &count, PEER_PATIENCE));
  g_assert_cmpuint (*counter, ==, n);
}

/* Sockets */

Peer *
peer_new_at (const char *address,
             guint       port)
{
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (remote), G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, &error);
  Peer *self = g_new0 (Peer, 1);

  /* A connect on the loopback is done by the system, whether or not the server accepts yet. */
  g_assert_no_error (error);
  g_socket_connect (socket, remote, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);

  self->fd = g_socket_get_fd (socket);
  self->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  self->in = g_byte_array_sized_new (1024);

  return self;
}

Peer *
peer_new (guint port)
{
  return peer_new_at ("127.0.0.1", port);
}

static gboolean
accept_certificate_cb (GTlsConnection       *connection,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  return TRUE;
}

static void
handshake_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  *(guint *) user_data = 1;
}

Peer *
peer_new_tls (guint port)
{
  return peer_new_tls_as (port, NULL);
}

Peer *
peer_new_tls_as (guint            port,
                 GTlsCertificate *certificate)
{
  Peer *self = peer_new (port);
  g_autoptr (GError) error = NULL;
  guint done = 0;

  self->tls = g_tls_client_connection_new (self->stream, NULL, &error);
  g_assert_no_error (error);
  if (certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (self->tls), certificate);
  g_signal_connect (self->tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (self->tls), G_PRIORITY_DEFAULT, NULL, handshake_cb, &done);
  peer_wait_for_count (&done, 1);

  return self;
}

void
peer_free (Peer *self)
{
  /* Closing TLS might wait for the server, which cannot run meanwhile. */
  if (self->tls != NULL)
    {
      shutdown (self->fd, SHUT_RDWR);
      g_io_stream_close (self->tls, NULL, NULL);
      g_object_unref (self->tls);
    }
  g_io_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  g_byte_array_unref (self->in);
  g_free (self);
}

void
peer_reset (Peer *self)
{
  struct linger linger = { 1, 0 };

  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  peer_free (self);
}

void
peer_half_close (Peer *self)
{
  /* The other side may have been quicker. */
  if (shutdown (self->fd, SHUT_WR) != 0)
    g_assert_cmpint (errno, ==, ENOTCONN);
}

static GSource *
create_source (Peer    *self,
               gboolean output)
{
  if (self->tls == NULL)
    return g_unix_fd_source_new (self->fd, output ? G_IO_OUT : G_IO_IN);
  if (output)
    return g_pollable_output_stream_create_source (
             G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->tls)), NULL);

  return g_pollable_input_stream_create_source (
           G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->tls)), NULL);
}

gsize
peer_try_send (Peer          *self,
               gconstpointer  data,
               gsize          length)
{
  GIOStream *stream = self->tls != NULL ? self->tls : self->stream;
  GPollableOutputStream *output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_output_stream_write_nonblocking (output, data, MIN (length, 16384), NULL, &error);

  if (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    self->broken = TRUE;

  return MAX (n, 0);
}

void
peer_send_bytes (Peer          *self,
                 gconstpointer  data,
                 gsize          length)
{
  gint64 end = g_get_monotonic_time () + PEER_PATIENCE * 1000;

  /* A server may refuse in the middle of what it is sent. */
  while (length > 0 && !self->broken)
    {
      gsize n = peer_try_send (self, data, length);

      data = (const char *) data + n;
      length -= n;
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (n == 0 && !self->broken)
        turn (create_source (self, TRUE), 5000);
    }
}

void
peer_send (Peer       *self,
           const char *format,
           ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  peer_send_bytes (self, text, strlen (text));
}

void
peer_read (Peer *self)
{
  GIOStream *stream = self->tls != NULL ? self->tls : self->stream;
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  guint8 buffer[65536];
  gssize n;

  do
    {
      g_autoptr (GError) error = NULL;

      n = g_pollable_input_stream_read_nonblocking (input, buffer, sizeof buffer, NULL, &error);
      if (n > 0)
        g_byte_array_append (self->in, buffer, n);
      else if (n == 0)
        self->ended = TRUE;
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        /* A server that ends TCP without TLS's own goodbye has ended too. */
        self->ended = self->broken = TRUE;
    }
  while (n > 0);
}

static gboolean
wait_for_bytes (Peer  *self,
                gsize  n,
                guint  milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  for (peer_read (self); self->in->len < n && !self->ended; peer_read (self))
    {
      gint64 left = end - g_get_monotonic_time ();

      if (left <= 0)
        return FALSE;
      turn (create_source (self, FALSE), MIN (left, 20000));
    }

  return TRUE;
}

void
peer_need (Peer *self,
           gsize n)
{
  g_assert_true (wait_for_bytes (self, n, PEER_PATIENCE));
}

void
peer_take (Peer *self,
           gsize n)
{
  g_assert_cmpuint (self->in->len, >=, n);
  g_byte_array_remove_range (self->in, 0, n);
}

void
peer_wait_for_end (Peer *self)
{
  peer_need (self, G_MAXSIZE);
}

gboolean
peer_is_silent (Peer  *self,
                guint  milliseconds)
{
  return !wait_for_bytes (self, self->in->len + 1, milliseconds);
}

static char *
dup_bytes (gconstpointer data,
           gsize         length)
{
  char *copy = g_malloc (length + 1);

  memcpy (copy, data, length);
  copy[length] = '\0';

  return copy;
}

/* HTTP */

void
peer_get_head (Peer     *self,
               Response *response)
{
  char *end;

  while ((end = g_strstr_len ((char *) self->in->data, self->in->len, "\r\n\r\n")) == NULL)
    {
      if (self->ended)
        g_error ("The connection ended before an answer: \"%.*s\"", (int) self->in->len, (char *) self->in->data);
      peer_need (self, self->in->len + 1);
    }

  *response = (Response) { 0 };
  response->head = g_strndup ((char *) self->in->data, end + 4 - (char *) self->in->data);
  response->status = g_ascii_strtoull (response->head + strlen ("HTTP/1.1 "), NULL, 10);
  response->body = g_strdup ("");
  g_assert_true (g_str_has_prefix (response->head, "HTTP/1."));
  peer_take (self, strlen (response->head));
}

void
peer_get_response (Peer     *self,
                   Response *response)
{
  const char *length;
  gsize n;

  peer_get_head (self, response);
  if (response->status == 204 || response->status == 304 || response->status == 101)
    return;

  length = response_get (response, "Content-Length");
  if (length == NULL)
    peer_wait_for_end (self);
  n = length != NULL ? g_ascii_strtoull (length, NULL, 10) : self->in->len;
  peer_need (self, n);
  g_assert_cmpuint (self->in->len, >=, n);

  g_free (response->body);
  response->body = dup_bytes (self->in->data, n);
  response->length = n;
  peer_take (self, n);
}

const char *
response_get (Response   *response,
              const char *name)
{
  static char value[1024];
  g_auto (GStrv) lines = g_strsplit (response->head, "\r\n", -1);

  for (guint i = 1; lines[i] != NULL; i++)
    {
      if (g_ascii_strncasecmp (lines[i], name, strlen (name)) != 0 || lines[i][strlen (name)] != ':')
        continue;

      g_strlcpy (value, lines[i] + strlen (name) + 1, sizeof value);
      return g_strstrip (value);
    }

  return NULL;
}

void
response_clear (Response *response)
{
  g_clear_pointer (&response->head, g_free);
  g_clear_pointer (&response->body, g_free);
}

guint
peer_request (Peer        *self,
              const char  *method,
              const char  *target,
              const char  *headers,
              const char  *body,
              char       **answer)
{
  g_auto (Response) response = { 0 };

  peer_send (self, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s", method, target, headers != NULL ? headers : "");
  if (body != NULL)
    peer_send (self, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", strlen (body), body);
  else
    peer_send (self, "\r\n");

  peer_get_response (self, &response);
  if (answer != NULL)
    *answer = g_steal_pointer (&response.body);

  return response.status;
}

/* WebSocket */

void
peer_ask_websocket (Peer       *self,
                    const char *target,
                    const char *headers)
{
  peer_send (self, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: " KEY "\r\n%s\r\n", target, headers);
}

void
peer_upgrade (Peer       *self,
              const char *target)
{
  g_auto (Response) response = { 0 };

  peer_ask_websocket (self, target, "Sec-WebSocket-Version: 13\r\n");
  peer_get_head (self, &response);
  g_assert_cmpuint (response.status, ==, 101);
  g_assert_cmpstr (response_get (&response, "Sec-WebSocket-Accept"), ==, ACCEPT);
}

Peer *
peer_new_websocket (guint       port,
                    const char *target)
{
  Peer *self = peer_new (port);

  peer_upgrade (self, target);

  return self;
}

void
peer_send_frame (Peer          *self,
                 guint8         first,
                 gconstpointer  payload,
                 gsize          length)
{
  static const guint8 mask[] = { 0x37, 0xfa, 0x21, 0x3d };
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 header[10] = { first };
  gsize n = 2;

  if (length < 126)
    header[1] = 0x80 | length;
  else
    {
      n = length < 65536 ? 4 : 10;
      header[1] = 0x80 | (n == 4 ? 126 : 127);
      for (gsize i = 2; i < n; i++)
        header[i] = (guint64) length >> (8 * (n - 1 - i));
    }

  g_byte_array_append (frame, header, n);
  g_byte_array_append (frame, mask, sizeof mask);
  g_byte_array_append (frame, payload, length);
  for (gsize i = 0; i < length; i++)
    frame->data[n + sizeof mask + i] ^= mask[i % sizeof mask];
  peer_send_bytes (self, frame->data, frame->len);
}

void
peer_send_text (Peer       *self,
                const char *format,
                ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  peer_send_frame (self, 0x81, text, strlen (text));
}

void
peer_get_frame (Peer  *self,
                Frame *frame)
{
  gsize n = 2, length = 0;

  peer_need (self, n);
  g_assert_cmpuint (self->in->len, >=, n);
  length = self->in->data[1];
  g_assert_cmpuint (length, <, 128);    /* a server never masks */

  if (length >= 126)
    {
      n = length == 126 ? 4 : 10;
      peer_need (self, n);
      g_assert_cmpuint (self->in->len, >=, n);
      length = 0;
      for (gsize i = 2; i < n; i++)
        length = length << 8 | self->in->data[i];
    }

  peer_need (self, n + length);
  g_assert_cmpuint (self->in->len, >=, n + length);
  *frame = (Frame) { self->in->data[0], dup_bytes (self->in->data + n, length), length };
  peer_take (self, n + length);
}

void
frame_clear (Frame *frame)
{
  g_clear_pointer (&frame->payload, g_free);
}

char *
peer_get_text (Peer *self)
{
  g_auto (Frame) frame = { 0 };

  peer_get_frame (self, &frame);
  g_assert_cmphex (frame.first, ==, 0x81);

  return g_steal_pointer (&frame.payload);
}

void
peer_expect_text (Peer       *self,
                  const char *expected)
{
  g_autofree char *text = peer_get_text (self);

  g_assert_cmpstr (text, ==, expected);
}

static char *
find_session (const char *text,
              const char *before,
              const char *after)
{
  g_assert_true (g_str_has_prefix (text, before));
  g_assert_cmpstr (text + strlen (before) + 32, ==, after);

  return g_strndup (text + strlen (before), 32);
}

char *
peer_get_session (Peer *self)
{
  g_autofree char *text = peer_get_text (self);

  return find_session (text, "{\"type\":\"__session_id\",\"data\":\"", "\"}");
}

/* Comet */

void
peer_poll (Peer       *self,
           const char *session)
{
  peer_send (self, "GET /cometio/io?session=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", session);
}

char *
peer_get_poll (Peer *self)
{
  g_auto (Response) response = { 0 };

  peer_get_response (self, &response);
  g_assert_cmpuint (response.status, ==, 200);
  g_assert_cmpstr (response_get (&response, "Content-Type"), ==, "application/json");
  g_assert_cmpint (response.body[0], ==, '[');
  g_assert_cmpint (response.body[response.length - 1], ==, ']');

  return g_steal_pointer (&response.body);
}

char *
peer_open_comet (Peer *self)
{
  g_autofree char *body = NULL;

  peer_poll (self, "");
  body = peer_get_poll (self);

  return find_session (body, "[{\"type\":\"__session_id\",\"data\":\"", "\"}]");
}

guint
peer_post (Peer       *self,
           const char *session,
           const char *events)
{
  g_autofree char *json = g_strdup_printf ("{\"session\":\"%s\",\"events\":%s}", session, events);

  return peer_request (self, "POST", "/cometio/io", "Content-Type: application/json\r\n", json, NULL);
}
