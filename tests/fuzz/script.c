/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "script.h"

#include "peer.h"

#include <rocketio-glib/rocketio-glib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PEERS 8
#define MAX_TURNS 50
#define MAX_HEARD (64 * 1024)    /* of what the server says, to be looked through */

#define WEBSOCKET "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

typedef struct
{
  RocketIOServer *server;
  guint           port;
  Peer           *peers[MAX_PEERS];
  guint           n_peers;
  guint           peer;             /* that speaks */
  GByteArray     *out;              /* to be sent by it */
  gsize           mark;             /* where the frame or body in it begins */
  char            kind;             /* of that: `[`, `(` or `<`; 0: none */
  guint           piece;
  char           *told[4];          /* id, token, position, ticket */
} Script;

/* The app */

static void
event_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  if (g_str_equal (name, "all"))
    rocketio_server_push (server, "all", data, NULL);
  else if (g_str_equal (name, "join"))
    rocketio_session_join (session, "a", NULL);
  else if (g_str_equal (name, "leave"))
    rocketio_session_leave (session, "a");
  else if (g_str_equal (name, "close"))
    rocketio_session_close (session);
  else if (g_str_equal (name, "end"))
    rocketio_server_close (server);
  else
    rocketio_session_push (session, "echo", data, NULL);
}

static void
binary_cb (RocketIOServer  *server,
           GBytes          *data,
           RocketIOSession *session,
           const char      *name,
           gpointer         user_data)
{
  rocketio_session_push_bytes (session, "echo", data, NULL);
}

static void
request_cb (RocketIOServer  *server,
            RocketIORequest *request,
            RocketIOSession *session,
            const char      *name,
            gpointer         user_data)
{
  if (g_str_equal (name, "fail"))
    rocketio_request_fail (request, "bad", "no", NULL);
  else if (!g_str_equal (name, "wait"))
    rocketio_request_reply (request, rocketio_request_get_data (request), NULL);
}

/* Whoever shows nothing comes in, as does who shows a string; who shows a number is kept waiting. */
static void
authenticate_cb (RocketIOServer  *server,
                 RocketIORequest *request,
                 RocketIOSession *session,
                 gpointer         user_data)
{
  JsonNode *data = rocketio_request_get_data (request);

  if (JSON_NODE_HOLDS_OBJECT (data))
    rocketio_request_fail (request, "no", "not you", NULL);
  else if (!JSON_NODE_HOLDS_VALUE (data) || json_node_get_value_type (data) == G_TYPE_STRING)
    rocketio_request_reply (request, NULL, NULL);
}

static gboolean
join_cb (RocketIOServer  *server,
         RocketIOSession *session,
         const char      *channel,
         gpointer         user_data)
{
  return channel == NULL || *channel != 'x';
}

/* 0: it listens no more */
static guint
get_port (RocketIOServer *server)
{
  GSList *uris = rocketio_server_get_uris (server);
  guint port = uris != NULL ? g_uri_get_port (uris->data) : 0;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return port;
}

static void
start (Script *self)
{
  g_autoptr (GError) error = NULL;

  self->server = rocketio_server_new ();
  g_signal_connect (self->server, "event", G_CALLBACK (event_cb), NULL);
  g_signal_connect (self->server, "binary", G_CALLBACK (binary_cb), NULL);
  g_signal_connect (self->server, "request", G_CALLBACK (request_cb), NULL);
  g_signal_connect (self->server, "authenticate", G_CALLBACK (authenticate_cb), NULL);
  g_signal_connect (self->server, "authorize-join", G_CALLBACK (join_cb), NULL);
  rocketio_server_listen (self->server, "127.0.0.1", 0, NULL, &error);
  g_assert_no_error (error);
  self->port = get_port (self->server);
}

/* What the server says */

static void
find_told (Script     *self,
           const char *text,
           guint       which,
           const char *before)
{
  const char *found = g_strrstr (text, before);
  const char *end;

  if (found == NULL)
    return;

  found += strlen (before);
  end = strchr (found, '"');
  if (end == NULL)
    return;

  g_free (self->told[which]);
  self->told[which] = g_strndup (found, end - found);
}

static void
listen_to (Script *self,
           Peer   *peer)
{
  g_autofree char *text = NULL;

  peer_read (peer);
  text = g_strndup ((const char *) peer->in->data, peer->in->len);
  for (gsize i = 0; i < peer->in->len && i < MAX_HEARD; i++)
    {
      /* frame headers may have NULs in them */
      if (peer->in->data[i] == '\0')
        peer->in->data[i] = ' ';
    }
  g_free (text);
  text = g_strndup ((const char *) peer->in->data, MIN (peer->in->len, MAX_HEARD));
  find_told (self, text, 0, "{\"type\":\"__session_id\",\"data\":\"");
  find_told (self, text, 0, "{\"id\":\"");
  find_told (self, text, 1, "\"token\":\"");
  find_told (self, text, 2, "\"pos\":\"");
  find_told (self, text, 3, "\"ticket\":\"");
  g_byte_array_set_size (peer->in, 0);
}

static void
turn (Script *self)
{
  for (guint i = 0; i < MAX_TURNS && g_main_context_iteration (NULL, FALSE); i++)
    ;
  for (guint i = 0; i < self->n_peers; i++)
    {
      if (self->peers[i] != NULL)
        listen_to (self, self->peers[i]);
    }
}

/* What the clients say */

static void
flush (Script *self)
{
  Peer *peer = self->n_peers > 0 ? self->peers[self->peer] : NULL;
  gsize piece = self->piece > 0 ? self->piece : self->out->len;

  for (gsize sent = 0; peer != NULL && !peer->broken && sent < self->out->len; sent += piece)
    {
      peer_try_send (peer, self->out->data + sent, MIN (piece, self->out->len - sent));
      if (self->piece > 0)
        turn (self);
    }
  g_byte_array_set_size (self->out, 0);
  self->kind = 0;
}

static void
say (Script     *self,
     const char *text)
{
  g_byte_array_append (self->out, (const guint8 *) text, strlen (text));
}

static void
insert (Script       *self,
        gconstpointer head,
        gsize         size)
{
  g_autoptr (GByteArray) tail = g_byte_array_new ();

  g_byte_array_append (tail, self->out->data + self->mark, self->out->len - self->mark);
  g_byte_array_set_size (self->out, self->mark);
  g_byte_array_append (self->out, head, size);
  g_byte_array_append (self->out, tail->data, tail->len);
  self->kind = 0;
}

static void
begin (Script *self,
       char    kind)
{
  self->kind = kind;
  self->mark = self->out->len;
}

static void
end_frame (Script *self)
{
  gsize length = self->out->len - self->mark;
  guint8 head[] = { self->kind == '[' ? 0x81 : 0x82, 0x80 | length, 0, 0, 0, 0, 0, 0 };

  if (self->kind == 0 || length > G_MAXUINT16)
    return;

  if (length < 126)
    {
      insert (self, head, 6);
      return;
    }

  head[1] = 0x80 | 126;
  head[2] = length >> 8;
  head[3] = length;
  insert (self, head, 8);
}

static void
end_body (Script *self)
{
  g_autofree char *head = g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", self->out->len - self->mark);

  if (self->kind != 0)
    insert (self, head, strlen (head));
}

static void
connect_peer (Script *self)
{
  flush (self);
  if (self->n_peers == MAX_PEERS || get_port (self->server) == 0)
    return;

  self->peer = self->n_peers++;
  self->peers[self->peer] = peer_new (self->port);
}

static void
cut_peer (Script *self)
{
  flush (self);
  if (self->n_peers > 0 && self->peers[self->peer] != NULL)
    peer_reset (g_steal_pointer (&self->peers[self->peer]));
}

static void
end_peer (Script *self)
{
  flush (self);
  if (self->n_peers > 0 && self->peers[self->peer] != NULL)
    peer_half_close (self->peers[self->peer]);
}

static void
obey (Script *self,
      char    command)
{
  static const char tells[] = "itpk";
  const char *told = strchr (tells, command);

  if (told != NULL && command != '\0')
    say (self, self->told[told - tells] != NULL ? self->told[told - tells] : "0123456789abcdef0123456789abcdef");
  else if (command >= '0' && command < '0' + MAX_PEERS)
    {
      flush (self);
      self->peer = MIN ((guint) (command - '0'), MAX (self->n_peers, 1) - 1);
    }
  else if (command == '[' || command == '(' || command == '<')
    begin (self, command);
  else if (command == ']')
    end_frame (self);
  else if (command == '>')
    end_body (self);
  else if (command == '+')
    connect_peer (self);
  else if (command == '|')
    end_peer (self);
  else if (command == '!')
    cut_peer (self);
  else if (command == 'v')
    say (self, "GET /websocketio/io HTTP/1.1\r\n" WEBSOCKET "\r\n");
  else if (command == 'w')
    say (self, "GET /rocketio/ws HTTP/1.1\r\n" WEBSOCKET "Sec-WebSocket-Protocol: rocketio.v2\r\n\r\n");
  else if (command == 'q')
    {
      flush (self);
      rocketio_server_close (self->server);
    }
  else if (command == '.')
    {
      flush (self);
      turn (self);
    }
}

static void
stop (Script *self)
{
  RocketIOServer *left = self->server;

  for (guint i = 0; i < self->n_peers; i++)
    g_clear_pointer (&self->peers[i], peer_reset);
  turn (self);

  g_object_add_weak_pointer (G_OBJECT (left), (gpointer *) &left);
  g_object_unref (self->server);
  g_assert_null (left);
  turn (self);

  for (guint i = 0; i < G_N_ELEMENTS (self->told); i++)
    g_free (self->told[i]);
  g_byte_array_unref (self->out);
}

static guint
count_descriptors (void)
{
  int fd = dup (STDIN_FILENO);

  g_assert_cmpint (fd, >=, 0);
  close (fd);

  return fd;
}

void
script_run (const guint8 *data,
            gsize         size)
{
  Script self = { NULL };
  guint n_descriptors;

  /* the main context has one of its own from its first turn on */
  g_main_context_iteration (NULL, FALSE);
  n_descriptors = count_descriptors ();

  self.out = g_byte_array_new ();
  start (&self);
  connect_peer (&self);
  for (gsize i = 0; i < size; i++)
    {
      if (data[i] != '`')
        g_byte_array_append (self.out, data + i, 1);
      else if (++i < size && data[i] == '/')
        self.piece = ++i < size ? data[i] : 0;
      else if (i < size)
        obey (&self, data[i]);
    }
  flush (&self);
  turn (&self);
  stop (&self);
  g_assert_cmpuint (count_descriptors (), ==, n_descriptors);
}
