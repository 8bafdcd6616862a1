/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-websocket-transport-private.h"

#include "rocketio-frame-private.h"
#include "rocketio-pulse-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define READ_SIZE     16384
#define READ_BUDGET   4            /* reads a turn, so that one client does not keep out the others */
#define QUICK_READS   16
#define IDLE_TIME     300000       /* milliseconds between heartbeats, as in the original */
#define MESSAGE_TIME  30000        /* milliseconds that a message may take, ... */
#define MESSAGE_RATE  1024         /* and bytes a second that earn it more, as with bodies */
#define MAX_REST      10000        /* milliseconds at a time, well below MESSAGE_TIME */
#define CLOSE_REASON  "{\"type\":\"__close\"}"
#define MAX_PONGS     65536        /* bytes of answers to pings that a client may leave unread */

typedef struct
{
  RocketIOTransport    parent;
  RocketIOConnection  *connection;    /* NULL: given up */
  RocketIOFrameReader *reader;
  gint64               begun;         /* when the message under way began; 0: there is none */
  gsize                n_begun;       /* bytes of it, or some more */
  guint                message_time;
  guint                n_quick;       /* reads that are still acknowledged at once */
  RocketIOPulse        pulse;         /* `heartbeat` 0: version 1 */
  RocketIODeflate     *deflate;       /* NULL: nothing is compressed */
  guint                window;        /* of the client, as the base-2 logarithm */
} RocketIOWebsocketTransport;

static RocketIOWebsocketTransport *
from_transport (RocketIOTransport *transport)
{
  return (RocketIOWebsocketTransport *) transport;
}

static void
write_frame (RocketIOWebsocketTransport *self,
             GBytes                     *frame)
{
  rocketio_connection_write (self->connection, &frame, 1);
}

static gboolean
is_version_2 (RocketIOWebsocketTransport *self)
{
  return self->pulse.heartbeat > 0;
}

/* Lets go of the connection, which flushes and ends by itself. `reason` is for version 2. */
static void
give_up (RocketIOWebsocketTransport *self,
         guint                       code,
         const char                 *reason)
{
  g_autoptr (RocketIOConnection) connection = g_steal_pointer (&self->connection);

  if (connection == NULL)
    return;

  if (code != ROCKETIO_CLOSE_CODE_NONE)
    {
      g_autoptr (GBytes) frame = rocketio_frame_new_close (code, is_version_2 (self) ? reason : CLOSE_REASON);

      rocketio_connection_write (connection, &frame, 1);
    }
  rocketio_connection_finish (connection);
}

static void
fail (RocketIOWebsocketTransport *self,
      guint                       code,
      RocketIOCloseReason         reason)
{
  give_up (self, code, NULL);
  rocketio_transport_closed (&self->parent, reason);
}

static void
handle_close (RocketIOWebsocketTransport *self,
              guint                       code)
{
  /* Protocol 2, point 3.5 */
  gboolean is_goodbye = !is_version_2 (self) || code == ROCKETIO_CLOSE_CODE_NORMAL ||
                        code == ROCKETIO_CLOSE_CODE_GOING_AWAY;

  /* RFC 6455, section 5.5.1: the answer repeats the code. */
  fail (self, code != ROCKETIO_CLOSE_CODE_NONE ? code : ROCKETIO_CLOSE_CODE_NORMAL,
        is_goodbye ? ROCKETIO_CLOSE_REASON_CLIENT : ROCKETIO_CLOSE_REASON_LOST);
}

static void
handle_ping (RocketIOWebsocketTransport *self,
             const RocketIOFrame        *frame)
{
  g_autoptr (GBytes) pong = NULL;

  /* Section 5.5.3 lets us answer only the latest of many pings; a client that reads no answers gets no more. */
  if (rocketio_connection_get_pending (self->connection) > MAX_PONGS)
    return;

  pong = rocketio_frame_new (ROCKETIO_OPCODE_PONG, frame->data, frame->length);
  write_frame (self, pong);
}

static void
handle_frame (RocketIOWebsocketTransport *self,
              const RocketIOFrame        *frame)
{
  switch (frame->opcode)
    {
    case ROCKETIO_OPCODE_TEXT:
      rocketio_transport_received (&self->parent, (const char *) frame->data, frame->length);
      break;

    case ROCKETIO_OPCODE_PING:
      handle_ping (self, frame);
      break;

    case ROCKETIO_OPCODE_CLOSE:
      handle_close (self, frame->code);
      break;

    case ROCKETIO_OPCODE_BINARY:
      if (is_version_2 (self))
        rocketio_transport_bytes (&self->parent, frame->data, frame->length);
      break;

    /* Pongs mean nothing to a server that does not ping. */
    default:
      break;
    }
}

static void
handle_bytes (RocketIOWebsocketTransport *self,
              guint8                     *data,
              gsize                       length)
{
  /* To the very end, also without bytes left: only then does the reader free what it collected. */
  while (self->connection != NULL)
    {
      RocketIOFrame frame;
      gsize consumed = 0;
      RocketIOFrameResult result = rocketio_frame_reader_next (self->reader, data, length, &consumed, &frame);

      data += consumed;
      length -= consumed;

      if (result == ROCKETIO_FRAME_MORE)
        return;
      if (result == ROCKETIO_FRAME_MESSAGE)
        {
          if (frame.opcode < ROCKETIO_OPCODE_CLOSE)
            self->begun = 0;
          handle_frame (self, &frame);
          continue;
        }

      g_debug ("A WebSocket client broke the protocol: %s", frame.problem);
      fail (self, frame.code, ROCKETIO_CLOSE_REASON_PROTOCOL);
      return;
    }
}

static void
acknowledge_quickly (RocketIOWebsocketTransport *self)
{
#ifdef TCP_QUICKACK
  int on = 1;

  /* The Ruby client of 2013 begins with two small messages in a row: Nagle's algorithm there and the delayed
   * acknowledgement here would hold the second one for 40 ms. The kernel forgets this option, so it is set anew; but
   * not for ever, as it costs a packet each time. */
  if (self->n_quick == 0)
    return;

  self->n_quick--;
  setsockopt (rocketio_connection_get_fd (self->connection), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

/* There, but as good as gone: version 2 may come back. */
static void
give_up_as_lost (RocketIOWebsocketTransport *self)
{
  const RocketIOVerdict *verdict = rocketio_verdict_for (ROCKETIO_CLOSE_REASON_TIMEOUT);

  if (is_version_2 (self))
    rocketio_transport_send_verdict (&self->parent, verdict);
  give_up (self, is_version_2 (self) ? verdict->code : ROCKETIO_CLOSE_CODE_GOING_AWAY, verdict->reason);
  rocketio_transport_closed (&self->parent, ROCKETIO_CLOSE_REASON_LOST);
}

/* A client that sends a message drop by drop would keep its memory for ever. */
static gboolean
is_too_slow (RocketIOWebsocketTransport *self,
             gsize                       n_bytes)
{
  gint64 now;

  if (!rocketio_frame_reader_is_amid (self->reader))
    {
      self->begun = 0;
      return FALSE;
    }

  now = g_get_monotonic_time ();
  if (self->begun == 0)
    {
      self->begun = now;
      self->n_begun = 0;
    }
  self->n_begun += n_bytes;

  return (now - self->begun) / 1000 > self->message_time + (gint64) self->n_begun * 1000 / MESSAGE_RATE;
}

static void
readable_cb (RocketIOConnection *connection,
             gpointer            user_data)
{
  RocketIOWebsocketTransport *self = user_data;
  g_autoptr (RocketIOTransport) ref = rocketio_transport_ref (&self->parent);

  for (guint i = 0; i < READ_BUDGET && self->connection != NULL; i++)
    {
      guint8 buffer[READ_SIZE];
      gssize n = rocketio_connection_read (self->connection, buffer, sizeof buffer);

      if (n == -1)
        return;
      if (n <= 0)
        {
          /* In version 2 whoever goes says so. */
          fail (self, ROCKETIO_CLOSE_CODE_NONE,
                n == 0 && !is_version_2 (self) ? ROCKETIO_CLOSE_REASON_CLIENT : ROCKETIO_CLOSE_REASON_LOST);
          return;
        }

      if (is_version_2 (self))
        rocketio_pulse_heard (&self->pulse);
      acknowledge_quickly (self);
      handle_bytes (self, buffer, n);
      if (self->connection != NULL && is_too_slow (self, n))
        {
          give_up_as_lost (self);
          return;
        }
      if (self->connection == NULL || rocketio_connection_is_resting (self->connection))
        return;
      if (n < READ_SIZE && rocketio_connection_get_tls (self->connection) == NULL)
        return;
    }

  if (self->connection != NULL)
    rocketio_connection_read_again (self->connection);
}

static void
writable_cb (RocketIOConnection *connection,
             gpointer            user_data)
{
  RocketIOWebsocketTransport *self = user_data;

  rocketio_transport_writable (&self->parent);
}

static void
gone_cb (RocketIOConnection *connection,
         gboolean            cleanly,
         gpointer            user_data)
{
  fail (user_data, ROCKETIO_CLOSE_CODE_NONE, ROCKETIO_CLOSE_REASON_LOST);
}

static void
look_at_pulse (RocketIOWebsocketTransport *self)
{
  g_autoptr (RocketIOTransport) ref = rocketio_transport_ref (&self->parent);
  guint next;
  RocketIOPulseState state = rocketio_pulse_look (&self->pulse, &next);

  if (state == ROCKETIO_PULSE_DEAD)
    {
      give_up_as_lost (self);
      return;
    }

  rocketio_connection_set_deadline (self->connection, next);
  if (state == ROCKETIO_PULSE_ASK)
    rocketio_transport_idle (&self->parent);
}

static void
expired_cb (RocketIOConnection *connection,
            gpointer            user_data)
{
  RocketIOWebsocketTransport *self = user_data;

  if (is_version_2 (self))
    {
      look_at_pulse (self);
      return;
    }

  if (is_too_slow (self, 0))
    {
      give_up_as_lost (self);
      return;
    }

  rocketio_connection_set_deadline (connection, IDLE_TIME);
  rocketio_transport_idle (&self->parent);
}

static const RocketIOConnectionFuncs connection_funcs = { readable_cb, writable_cb, gone_cb, expired_cb };

static gboolean
is_writable (RocketIOTransport *transport)
{
  RocketIOWebsocketTransport *self = from_transport (transport);

  return rocketio_connection_get_pending (self->connection) == 0;
}

/* How many pieces it has, of up to two. */
static guint
get_frame (RocketIOWebsocketTransport *self,
           RocketIOMessage            *message,
           GBytes                     *pieces[2])
{
  if (self->deflate != NULL &&
      rocketio_message_get_packed (message, self->deflate, is_version_2 (self), self->window, pieces))
    return 2;

  if (is_version_2 (self))
    {
      rocketio_message_get_frame_2 (message, pieces);
      return 2;
    }

  pieces[0] = rocketio_message_get_frame (message);

  return 1;
}

static void
send_messages (RocketIOTransport      *transport,
               RocketIOMessage *const *messages,
               guint                   n_messages)
{
  RocketIOWebsocketTransport *self = from_transport (transport);
  GBytes *pieces[64];

  if (is_version_2 (self))
    rocketio_pulse_sent (&self->pulse);
  for (guint i = 0; i < n_messages;)
    {
      guint n = 0;

      for (; i < n_messages && n + 2 <= G_N_ELEMENTS (pieces); i++)
        n += get_frame (self, messages[i], &pieces[n]);
      rocketio_connection_write (self->connection, pieces, n);
    }
}

static gsize
get_pending (RocketIOTransport *transport)
{
  RocketIOWebsocketTransport *self = from_transport (transport);

  return self->connection != NULL ? rocketio_connection_get_pending (self->connection) : 0;
}

static void
close_transport (RocketIOTransport     *transport,
                 RocketIOCloseReason    reason,
                 const RocketIOVerdict *verdict)
{
  RocketIOWebsocketTransport *self = from_transport (transport);

  /* Who is too slow would not read a goodbye either. */
  if (reason == ROCKETIO_CLOSE_REASON_SLOW && self->connection != NULL)
    rocketio_connection_cut (self->connection);

  if (is_version_2 (self))
    give_up (self, verdict->code, verdict->reason);
  else
    give_up (self, ROCKETIO_CLOSE_CODE_GOING_AWAY, NULL);
}

static void
free_transport (RocketIOTransport *transport)
{
  RocketIOWebsocketTransport *self = from_transport (transport);

  give_up (self, ROCKETIO_CLOSE_CODE_NONE, NULL);
  rocketio_frame_reader_free (self->reader);
  g_clear_pointer (&self->deflate, rocketio_deflate_unref);
  g_free (self);
}

/* Not for so long that the client would be taken for dead, or for too slow. */
static void
rest (RocketIOTransport *transport,
      guint              milliseconds)
{
  RocketIOWebsocketTransport *self = from_transport (transport);

  guint longest = is_version_2 (self) ? MIN (MAX_REST, self->pulse.heartbeat) : MAX_REST;

  if (self->connection != NULL)
    rocketio_connection_rest (self->connection, MIN (milliseconds, longest));
}

static const RocketIOTransportClass websocket_class = {
  ROCKETIO_TRANSPORT_TYPE_WEBSOCKET,
  is_writable,
  send_messages,
  get_pending,
  close_transport,
  free_transport,
  NULL,
  rest,
};

static RocketIOTransport *
open_transport (RocketIOConnection *connection,
                gsize               max_message,
                guint               heartbeat,
                guint               timeout)
{
  RocketIOWebsocketTransport *self = g_new0 (RocketIOWebsocketTransport, 1);

  rocketio_transport_init (&self->parent, &websocket_class, rocketio_connection_get_remote (connection));
  self->connection = rocketio_connection_ref (connection);
  self->reader = rocketio_frame_reader_new (max_message);
  rocketio_pulse_init (&self->pulse, heartbeat, timeout);
  self->pulse.heard = 0;    /* until its hello, others look after it */
  self->message_time = MESSAGE_TIME;
  self->n_quick = QUICK_READS;
  acknowledge_quickly (self);
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_INPUT, &connection_funcs, self);
  rocketio_connection_set_deadline (connection, heartbeat > 0 ? heartbeat : IDLE_TIME);

  return &self->parent;
}

RocketIOTransport *
rocketio_websocket_transport_new (RocketIOConnection *connection,
                                  gsize               max_message)
{
  return open_transport (connection, max_message, 0, 0);
}

RocketIOTransport *
rocketio_websocket_transport_new_2 (RocketIOConnection *connection,
                                    gsize               max_message,
                                    guint               heartbeat,
                                    guint               timeout)
{
  return open_transport (connection, max_message, heartbeat, timeout);
}

void
rocketio_websocket_transport_set_deflate (RocketIOTransport *transport,
                                          RocketIODeflate   *deflate,
                                          guint              window)
{
  RocketIOWebsocketTransport *self = from_transport (transport);

  g_return_if_fail (self->deflate == NULL);

  self->deflate = rocketio_deflate_ref (deflate);
  self->window = window;
  rocketio_frame_reader_set_deflate (self->reader, deflate);
}

void
rocketio_websocket_transport_set_message_time (RocketIOTransport *transport,
                                               guint              milliseconds)
{
  from_transport (transport)->message_time = milliseconds;
}
