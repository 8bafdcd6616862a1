/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "ws.h"

#include <string.h>

/* Handshakes under way at once. Below Node's listen backlog of 511, so that what is measured is how fast a server
 * accepts, and not the second the kernel waits before it repeats a SYN. */
#define BURST 256

/* The client chooses 16 bytes, and may choose the same again; so there is one answer to compare with. */
#define KEY "cm9ja2V0aW8tYmVuY2ghIQ=="
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

#define SMALL_FRAME 125
#define LARGE_FRAME 16384
#define ID_LENGTH 32

#define HELLO "{\"type\":\"__hello\",\"data\":{\"client\":\"rocketio-bench\"}}"
#define TELL_EVERY 32 /* messages with a seq (protocol 2, point 4.4) */

enum
{
  OPCODE_TEXT = 1,
  OPCODE_CLOSE = 8,
  OPCODE_PING = 9,
  OPCODE_PONG = 10,
};

typedef enum
{
  STATE_CLOSED,
  STATE_HANDSHAKE,
  STATE_OPEN,  /* answered 101 */
  STATE_READY, /* has its session id */
} State;

typedef struct
{
  Conn    conn; /* first: a Conn is its client */
  State   state;
  guint   received; /* the last push */
  guint   sent;     /* the last echo, 0 when it has come back */
  guint   said;     /* version 2: the number of what it said last, */
  guint   untold;   /* and what it has heard since it told how far it is */
} WsClient;

struct _WsFleet
{
  Load     *load;
  Dialect   dialect;
  WsClient *clients;
  guint     n;
  guint     n_opened;
  guint     n_pending;
  guint     n_ready;
  guint     n_lost;
  guint     n_strays; /* messages nobody should have got: doubles, gaps, broken frames */
  gboolean  connecting;
  gboolean  closing;

  char      id[ID_LENGTH + 1]; /* of the last one that got in */
  GArray   *latencies;         /* of double, s; NULL: nobody asked */
  gint64    pushed_at;
  guint     push;   /* the number of the push under way or last made */
  gboolean  pushing;
  gboolean  echoing;
  guint     n_echoes;
  guint32   random;
  Tally     tally; /* of what the current step waits for */
  char     *request;
  gsize     request_length;
  char     *accept;
};

/* --- frames --- */

static guint32
next_random (WsFleet *self)
{
  self->random ^= self->random << 13;
  self->random ^= self->random >> 17;
  self->random ^= self->random << 5;

  return self->random;
}

static void
send_frame (WsClient   *client,
            guint8      opcode,
            const char *data,
            gsize       length)
{
  guint8 frame[8 + LARGE_FRAME];
  guint32 mask = next_random (client->conn.owner);
  gsize head = length <= SMALL_FRAME ? 2 : 4;

  g_assert (length <= LARGE_FRAME);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (length <= SMALL_FRAME ? length : 126);
  frame[2] = length >> 8;
  frame[3] = length & 0xff;
  memcpy (frame + head, &mask, 4);
  for (gsize i = 0; i < length; i++)
    frame[head + 4 + i] = data[i] ^ frame[head + i % 4];

  conn_send (&client->conn, frame, head + 4 + length);
}

static void
send_text (WsClient   *client,
           const char *text)
{
  send_frame (client, OPCODE_TEXT, text, strlen (text));
}

typedef struct
{
  guint8      first; /* FIN, reserved bits, opcode */
  const char *data;
  gsize       length;
} Frame;

/* The bytes it fills, 0 when they are not all there. Only what these servers send: unmasked, below 64 KiB. */
static gsize
parse_frame (Frame      *frame,
             const char *data,
             gsize       length)
{
  const guint8 *bytes = (const guint8 *) data;
  gsize head = 2;

  if (length < 2)
    return 0;
  frame->first = bytes[0];
  frame->length = bytes[1];
  if (bytes[1] == 126)
    {
      if (length < 4)
        return 0;
      frame->length = bytes[2] << 8 | bytes[3];
      head = 4;
    }
  frame->data = data + head;

  return length >= head + frame->length ? head + frame->length : 0;
}

/* --- what the clients say and hear --- */

static void
say (WsClient   *client,
     const char *event,
     guint       number)
{
  WsFleet *self = client->conn.owner;
  char text[SMALL_FRAME + 1];

  if (self->dialect == DIALECT_SOCKET_IO)
    g_snprintf (text, sizeof text, "42[\"%s\",{\"n\":%u}]", event, number);
  else if (self->dialect == DIALECT_VERSION_2)
    g_snprintf (text, sizeof text, "{\"type\":\"%s\",\"data\":{\"n\":%u},\"n\":%u}", event, number, ++client->said);
  else
    g_snprintf (text, sizeof text, "{\"type\":\"%s\",\"data\":{\"n\":%u}}", event, number);
  send_text (client, text);
}

static void
fleet_open_more (WsFleet *self)
{
  while (self->n_opened < self->n && self->n_pending < BURST)
    {
      WsClient *client = &self->clients[self->n_opened++];

      client->state = STATE_HANDSHAKE;
      if (conn_open (&client->conn))
        {
          self->n_pending++;
          continue;
        }
      client->state = STATE_CLOSED;
      self->n_lost++;
      tally_add (&self->tally);
    }
}

static void
client_ready (WsClient *client)
{
  WsFleet *self = client->conn.owner;

  if (client->state != STATE_OPEN)
    return;

  client->state = STATE_READY;
  self->n_ready++;
  self->n_pending--;
  tally_add (&self->tally);
  fleet_open_more (self);
}

static void
client_pushed (WsClient *client,
               guint     number)
{
  WsFleet *self = client->conn.owner;

  if (!self->pushing || number != self->push || client->received == number)
    {
      self->n_strays++;
      return;
    }

  client->received = number;
  if (self->latencies != NULL)
    {
      double latency = (g_get_monotonic_time () - self->pushed_at) / 1e6;

      g_array_append_val (self->latencies, latency);
    }
  tally_add (&self->tally);
}

static void
client_echoed (WsClient *client,
               guint     number)
{
  WsFleet *self = client->conn.owner;

  if (number == 0 || number != client->sent)
    {
      self->n_strays++;
      return;
    }

  self->n_echoes++;
  if (!self->echoing)
    {
      client->sent = 0;
      tally_add (&self->tally);
      return;
    }
  say (client, "echo", ++client->sent);
}

/* The number behind the name of this event; version 2 has other numbers before it. */
static gboolean
find_event (const char *text,
            gsize       length,
            const char *event,
            guint      *number)
{
  const char *at = memmem (text, length, event, strlen (event));

  return at != NULL && load_find_number (at, text + length, number) != NULL;
}

/* TRUE when it was one of the two events. */
static gboolean
client_event (WsClient   *client,
              const char *text,
              gsize       length)
{
  guint number = 0;

  if (find_event (text, length, "\"broadcast\"", &number))
    client_pushed (client, number);
  else if (find_event (text, length, "\"echo\"", &number))
    client_echoed (client, number);
  else
    return FALSE;

  return TRUE;
}

/* The session's id follows this text. */
static void
note_id (WsFleet    *self,
         const char *text,
         gsize       length,
         const char *before)
{
  const char *at = memmem (text, length, before, strlen (before));

  if (at == NULL || (gsize) (text + length - at) < strlen (before) + ID_LENGTH)
    return;

  memcpy (self->id, at + strlen (before), ID_LENGTH);
}

/* As the original's clients do: told the id, it tells its channel (none here). */
static void
hear_version_1 (WsClient   *client,
                const char *text,
                gsize       length)
{
  if (client_event (client, text, length))
    return;
  if (client->state != STATE_OPEN || memmem (text, length, "\"__session_id\"", 14) == NULL)
    return;

  note_id (client->conn.owner, text, length, "\"data\":\"");
  send_text (client, "{\"type\":\"__channel_id\",\"data\":null}");
  client_ready (client);
}

/* Where the server said last that the client is, back to it. */
static void
tell_position (WsClient   *client,
               const char *text,
               gsize       length)
{
  static const char member[] = "\"pos\":\"";
  const char *end = text + length;
  const char *position = NULL;
  char answer[SMALL_FRAME + 1];

  for (const char *at = text; (at = memmem (at, end - at, member, strlen (member))) != NULL; position = at)
    at += strlen (member);
  if (position == NULL)
    return;

  client->untold = 0;
  g_snprintf (answer, sizeof answer, "{\"type\":\"__pong\",\"data\":{\"pos\":\"%.*s\"}}",
              (int) strcspn (position, "\""), position);
  send_text (client, answer);
}

/* Several messages in one array count as one: they are of the same moment. */
static void
hear_version_2 (WsClient   *client,
                const char *text,
                gsize       length)
{
  if (client->state == STATE_OPEN && memmem (text, length, "\"__welcome\"", 11) != NULL)
    {
      note_id (client->conn.owner, text, length, "\"id\":\"");
      client_ready (client);
    }
  client_event (client, text, length);
  if (memmem (text, length, "\"seq\":", 6) != NULL)
    client->untold++;
  if (client->untold >= TELL_EVERY || memmem (text, length, "\"__heartbeat\"", 13) != NULL)
    tell_position (client, text, length);
}

/* "0{...}" opens Engine.IO, "40" and "40{...}" Socket.IO in it, "2" is its ping and "3" the pong. */
static void
hear_socket_io (WsClient   *client,
                const char *text,
                gsize       length)
{
  if (length >= 2 && memcmp (text, "42", 2) == 0)
    client_event (client, text, length);
  else if (length >= 2 && memcmp (text, "40", 2) == 0)
    client_ready (client);
  else if (length >= 1 && text[0] == '0')
    send_text (client, "40");
  else if (length >= 1 && text[0] == '2')
    send_text (client, "3");
}

static void
client_lost (Conn *conn)
{
  WsClient *client = (WsClient *) conn;
  WsFleet *self = conn->owner;
  State before = client->state;

  client->state = STATE_CLOSED;
  self->n_ready -= before == STATE_READY;
  if (self->closing)
    {
      tally_add (&self->tally);
      return;
    }

  self->n_lost++;
  if (before == STATE_HANDSHAKE || before == STATE_OPEN)
    {
      self->n_pending--;
      tally_add (&self->tally);
      fleet_open_more (self);
    }
  else if (self->pushing && client->received != self->push)
    tally_add (&self->tally);
  else if (client->sent != 0 && !self->echoing)
    tally_add (&self->tally);
}

static void
drop (WsClient   *client,
      const char *why)
{
  load_note (client->conn.load, why);
  conn_close (&client->conn);
  client_lost (&client->conn);
}

static void
hear_frame (WsClient *client,
            Frame    *frame)
{
  WsFleet *self = client->conn.owner;

  if (frame->first == (0x80 | OPCODE_TEXT))
    {
      if (self->dialect == DIALECT_SOCKET_IO)
        hear_socket_io (client, frame->data, frame->length);
      else if (self->dialect == DIALECT_VERSION_2)
        hear_version_2 (client, frame->data, frame->length);
      else
        hear_version_1 (client, frame->data, frame->length);
    }
  else if (frame->first == (0x80 | OPCODE_PING))
    send_frame (client, OPCODE_PONG, frame->data, MIN (frame->length, SMALL_FRAME));
  else if (frame->first == (0x80 | OPCODE_CLOSE))
    drop (client, "a close frame");
  else if (frame->first != (0x80 | OPCODE_PONG))
    drop (client, "a frame that was not expected");
}

/* --- connections --- */

static void
client_connected (Conn *conn)
{
  WsFleet *self = conn->owner;

  conn_send (conn, self->request, self->request_length);
}

static gsize
take_handshake (WsClient   *client,
                const char *data,
                gsize       length)
{
  WsFleet *self = client->conn.owner;
  const char *end = memmem (data, length, "\r\n\r\n", 4);

  if (end == NULL)
    return 0;

  end += 4;
  if (length < 12 || memcmp (data, "HTTP/1.1 101", 12) != 0 ||
      memmem (data, end - data, self->accept, strlen (self->accept)) == NULL)
    {
      drop (client, "a handshake that was not accepted");
      return end - data;
    }

  client->state = STATE_OPEN;
  if (self->dialect == DIALECT_VERSION_2)
    send_text (client, HELLO);

  return end - data;
}

static gsize
client_received (Conn       *conn,
                 const char *data,
                 gsize       length)
{
  WsClient *client = (WsClient *) conn;
  gsize taken = 0;
  gsize size = 0;
  Frame frame;

  if (client->state == STATE_HANDSHAKE)
    {
      taken = take_handshake (client, data, length);
      if (taken == 0)
        return 0;
    }

  while (conn_is_open (conn) && (size = parse_frame (&frame, data + taken, length - taken)) > 0)
    {
      taken += size;
      hear_frame (client, &frame);
    }

  return taken;
}

static const ConnClass client_class = { client_connected, client_received, client_lost };

/* --- the fleet --- */

static char *
expected_accept (void)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) KEY GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

static char *
make_request (Dialect dialect,
              guint16 port)
{
  static const char *const paths[] = {
    [DIALECT_VERSION_1] = "/websocketio/io",
    [DIALECT_VERSION_2] = "/rocketio/ws",
    [DIALECT_SOCKET_IO] = "/socket.io/?EIO=4&transport=websocket",
  };

  return g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n%s"
                          "Sec-WebSocket-Key: " KEY "\r\n\r\n", paths[dialect], port,
                          dialect == DIALECT_VERSION_2 ? "Sec-WebSocket-Protocol: rocketio.v2\r\n" : "");
}

WsFleet *
ws_fleet_new (Load    *load,
              Dialect  dialect,
              guint    n)
{
  WsFleet *self = g_new0 (WsFleet, 1);

  self->load = load;
  self->dialect = dialect;
  self->n = n;
  self->random = 2463534242;
  self->accept = expected_accept ();
  self->request = make_request (dialect, load_port (load));
  self->request_length = strlen (self->request);
  self->clients = g_new0 (WsClient, n);
  for (guint i = 0; i < n; i++)
    conn_init (&self->clients[i].conn, &client_class, load, self);

  return self;
}

void
ws_fleet_free (WsFleet *self)
{
  for (guint i = 0; i < self->n; i++)
    conn_close (&self->clients[i].conn);
  g_free (self->clients);
  g_free (self->request);
  g_free (self->accept);
  g_free (self);
}

/* Clients that did not get in or did not stay. */
guint
ws_fleet_lost (WsFleet *self)
{
  return self->n_lost;
}

/* Clients that believe they are connected and have not got the last push. */
guint
ws_fleet_missed (WsFleet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    n += self->clients[i].state == STATE_READY && self->clients[i].received != self->push;

  return n;
}

/* Messages that nobody should have got. */
guint
ws_fleet_strays (WsFleet *self)
{
  return self->n_strays;
}

/* Until the last one has its session id. Some may be lost: that is told, and the rest is measured. */
gboolean
ws_fleet_connect (WsFleet *self,
                  double  *seconds)
{
  gint64 start = g_get_monotonic_time ();

  tally_start (&self->tally, self->n);
  fleet_open_more (self);
  if (!load_wait (self->load, "connecting", &self->tally))
    return FALSE;

  *seconds = (self->tally.reached_at - start) / 1e6;
  if (self->n_ready == 0)
    load_blame (self->load, "nobody of %u got in", self->n);

  return self->n_ready > 0;
}

/* Another one each time, NULL when nobody is left. */
static WsClient *
next_pusher (WsFleet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      WsClient *client = &self->clients[(self->push + i) % self->n];

      if (client->state == STATE_READY)
        return client;
    }

  load_blame (self->load, "all %u clients lost", self->n);

  return NULL;
}

/* One client pushes, until the last one has it. Each client notes the number it got, so the round is full only when
 * everyone has got exactly this message; a double is a stray, in this round or in the next. */
gboolean
ws_fleet_push (WsFleet *self,
               double  *seconds)
{
  WsClient *pusher = next_pusher (self);
  gint64 start;
  gboolean full;

  if (pusher == NULL)
    return FALSE;

  tally_start (&self->tally, self->n_ready);
  self->push++;
  self->pushing = TRUE;
  start = self->pushed_at = g_get_monotonic_time ();
  say (pusher, "broadcast", self->push);
  full = load_wait (self->load, "fanning out", &self->tally);
  self->pushing = FALSE;
  *seconds = (self->tally.reached_at - start) / 1e6;

  return full;
}

gboolean
ws_fleet_send (WsFleet    *self,
               const char *id,
               guint       size)
{
  WsClient *client = next_pusher (self);
  g_autofree char *fill = g_strnfill (MIN (size, LARGE_FRAME / 2), 'x');
  g_autofree char *text = NULL;

  if (client == NULL)
    return FALSE;
  if (self->dialect == DIALECT_VERSION_2)
    text = g_strdup_printf ("{\"type\":\"message\",\"data\":{\"to\":\"%s\",\"fill\":\"%s\"},\"n\":%u}", id, fill,
                            ++client->said);
  else
    text = g_strdup_printf ("{\"type\":\"message\",\"data\":{\"to\":\"%s\",\"fill\":\"%s\"}}", id, fill);
  send_text (client, text);

  return TRUE;
}

void
ws_fleet_note_latencies (WsFleet *self,
                         GArray  *latencies)
{
  self->latencies = latencies;
}

const char *
ws_fleet_get_id (WsFleet *self)
{
  return self->id;
}

void
ws_fleet_stall (WsFleet *self)
{
  for (guint i = 0; i < self->n; i++)
    conn_stall (&self->clients[i].conn);
}

static guint
start_echoes (WsFleet *self,
              guint    active)
{
  guint started = 0;

  for (guint i = 0; i < active; i++)
    {
      WsClient *client = &self->clients[(guint64) i * self->n / active];

      if (client->state != STATE_READY)
        continue;
      client->sent = 1;
      say (client, "echo", 1);
      started++;
    }

  return started;
}

static guint
count_echoes_under_way (WsFleet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    n += self->clients[i].state == STATE_READY && self->clients[i].sent != 0;

  return n;
}

/* So many clients, spread over all, each with one message under way, for so long. */
gboolean
ws_fleet_echo (WsFleet *self,
               guint    active,
               double   for_seconds,
               double  *messages,
               double  *seconds)
{
  gint64 start = g_get_monotonic_time ();

  self->n_echoes = 0;
  self->echoing = TRUE;
  if (start_echoes (self, MIN (active, self->n)) == 0)
    load_blame (self->load, "none of the %u active clients is left", active);
  if (load_trouble (self->load) != NULL || !load_spin (self->load, "echoing", for_seconds * 1000))
    return FALSE;

  *messages = self->n_echoes;
  *seconds = (g_get_monotonic_time () - start) / 1e6;

  tally_start (&self->tally, count_echoes_under_way (self));
  self->echoing = FALSE;

  return load_wait (self->load, "waiting for the last echoes", &self->tally);
}

/* As a browser that leaves its page: a close frame, then until the server has closed the connection. */
gboolean
ws_fleet_close (WsFleet *self)
{
  guint open = 0;

  self->closing = TRUE;
  for (guint i = 0; i < self->n; i++)
    {
      if (!conn_is_open (&self->clients[i].conn))
        continue;
      open++;
      send_frame (&self->clients[i], OPCODE_CLOSE, "\x03\xe8", 2);
    }
  tally_start (&self->tally, open);

  return load_wait (self->load, "closing", &self->tally);
}
