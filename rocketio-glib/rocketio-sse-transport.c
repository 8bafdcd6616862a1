/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-sse-transport-private.h"

#include "rocketio-pulse-private.h"

#define SEQ_SIZE 96    /* bytes around a message, at most */

typedef struct
{
  RocketIOTransport   parent;
  RocketIOConnection *connection;    /* NULL: given up */
  RocketIOPulse       pulse;
} RocketIOSseTransport;

static RocketIOSseTransport *
from_transport (RocketIOTransport *transport)
{
  return (RocketIOSseTransport *) transport;
}

/* Lets go of the connection, which flushes and ends by itself. */
static void
give_up (RocketIOSseTransport *self)
{
  g_autoptr (RocketIOConnection) connection = g_steal_pointer (&self->connection);

  if (connection != NULL)
    rocketio_connection_finish (connection);
}

static void
lose (RocketIOSseTransport *self)
{
  give_up (self);
  rocketio_transport_closed (&self->parent, ROCKETIO_CLOSE_REASON_LOST);
}

static void
writable_cb (RocketIOConnection *connection,
             gpointer            user_data)
{
  RocketIOSseTransport *self = user_data;

  rocketio_transport_writable (&self->parent);
}

static void
gone_cb (RocketIOConnection *connection,
         gboolean            cleanly,
         gpointer            user_data)
{
  lose (user_data);
}

static void
expired_cb (RocketIOConnection *connection,
            gpointer            user_data)
{
  RocketIOSseTransport *self = user_data;
  guint next;
  RocketIOPulseState state = rocketio_pulse_look (&self->pulse, &next);

  if (state == ROCKETIO_PULSE_DEAD)
    {
      rocketio_transport_send_verdict (&self->parent, rocketio_verdict_for (ROCKETIO_CLOSE_REASON_TIMEOUT));
      lose (self);
      return;
    }

  rocketio_connection_set_deadline (connection, next);
  if (state == ROCKETIO_PULSE_ASK)
    rocketio_transport_idle (&self->parent);
}

static const RocketIOConnectionFuncs connection_funcs = {
  .writable = writable_cb, .gone = gone_cb, .expired = expired_cb,
};

static gboolean
is_writable (RocketIOTransport *transport)
{
  return rocketio_connection_get_pending (from_transport (transport)->connection) == 0;
}

static void
send_messages (RocketIOTransport      *transport,
               RocketIOMessage *const *messages,
               guint                   n_messages)
{
  GString *stream = g_string_sized_new (n_messages * SEQ_SIZE);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < n_messages; i++)
    {
      rocketio_message_write_id (messages[i], stream);
      g_string_append (stream, "data: ");
      rocketio_message_write_2 (messages[i], stream);
      g_string_append (stream, "\n\n");
    }

  rocketio_pulse_sent (&from_transport (transport)->pulse);
  bytes = g_string_free_to_bytes (stream);
  rocketio_connection_write (from_transport (transport)->connection, &bytes, 1);
}

static gsize
get_pending (RocketIOTransport *transport)
{
  RocketIOSseTransport *self = from_transport (transport);

  return self->connection != NULL ? rocketio_connection_get_pending (self->connection) : 0;
}

static void
close_transport (RocketIOTransport     *transport,
                 RocketIOCloseReason    reason,
                 const RocketIOVerdict *verdict)
{
  RocketIOSseTransport *self = from_transport (transport);

  /* Who is too slow would not read what is left either. */
  if (reason == ROCKETIO_CLOSE_REASON_SLOW && self->connection != NULL)
    rocketio_connection_cut (self->connection);

  give_up (self);
}

static void
free_transport (RocketIOTransport *transport)
{
  give_up (from_transport (transport));
  g_free (transport);
}

static void
heard (RocketIOTransport *transport)
{
  rocketio_pulse_heard (&from_transport (transport)->pulse);
}

static const RocketIOTransportClass sse_class = {
  ROCKETIO_TRANSPORT_TYPE_SSE,
  is_writable,
  send_messages,
  get_pending,
  close_transport,
  free_transport,
  heard,
};

RocketIOTransport *
rocketio_sse_transport_new (RocketIOConnection *connection,
                            GBytes             *head,
                            guint               heartbeat,
                            guint               timeout)
{
  RocketIOSseTransport *self = g_new0 (RocketIOSseTransport, 1);
  g_autoptr (GBytes) end = g_bytes_new_static ("\r\n", 2);
  GBytes *chunks[] = { head, end };

  rocketio_transport_init (&self->parent, &sse_class, rocketio_connection_get_remote (connection));
  self->connection = rocketio_connection_ref (connection);
  rocketio_pulse_init (&self->pulse, heartbeat, timeout);
  rocketio_connection_set_user (connection, ROCKETIO_WATCH_HANGUP, &connection_funcs, self);
  rocketio_connection_set_deadline (connection, heartbeat);
  rocketio_connection_write (connection, chunks, G_N_ELEMENTS (chunks));

  return &self->parent;
}
