/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-poll-transport-2-private.h"

#include <string.h>

typedef struct
{
  RocketIOTransport  parent;
  RocketIOReactor   *reactor;
  RocketIOAnswer    *held;         /* NULL: between two polls */
  guint              hold_time;
  guint              timeout;
  RocketIOTimer      timer;        /* while there is none */
} RocketIOPollTransport2;

static RocketIOPollTransport2 *
from_transport (RocketIOTransport *transport)
{
  return (RocketIOPollTransport2 *) transport;
}

static void
wait_for_poll (RocketIOPollTransport2 *self)
{
  rocketio_reactor_start_timer (self->reactor, &self->timer, self->hold_time + self->timeout);
}

static void
timer_cb (RocketIOTimer *timer)
{
  RocketIOPollTransport2 *self = rocketio_container_of (timer, RocketIOPollTransport2, timer);

  rocketio_transport_closed (&self->parent, ROCKETIO_CLOSE_REASON_LOST);
}

static void
answer_nothing (RocketIOPollTransport2 *self)
{
  if (self->held != NULL)
    rocketio_answer_give_text (g_steal_pointer (&self->held), "[]", strlen ("[]"));
}

static void
gone_cb (RocketIOConnection *connection,
         gboolean            cleanly,
         gpointer            user_data)
{
  RocketIOPollTransport2 *self = user_data;

  rocketio_answer_drop (g_steal_pointer (&self->held));
  wait_for_poll (self);
}

static void
expired_cb (RocketIOConnection *connection,
            gpointer            user_data)
{
  RocketIOPollTransport2 *self = user_data;

  answer_nothing (self);
  wait_for_poll (self);
}

static const RocketIOConnectionFuncs held_funcs = { .gone = gone_cb, .expired = expired_cb };

void
rocketio_poll_transport_2_hold (RocketIOTransport *transport,
                                RocketIOAnswer    *answer)
{
  RocketIOPollTransport2 *self = from_transport (transport);

  answer_nothing (self);
  rocketio_reactor_stop_timer (self->reactor, &self->timer);
  self->held = answer;
  rocketio_connection_set_user (answer->connection, ROCKETIO_WATCH_HANGUP, &held_funcs, self);
  rocketio_connection_set_deadline (answer->connection, self->hold_time);
  rocketio_transport_writable (transport);
}

static gboolean
is_writable (RocketIOTransport *transport)
{
  return from_transport (transport)->held != NULL;
}

static void
send_messages (RocketIOTransport      *transport,
               RocketIOMessage *const *messages,
               guint                   n_messages)
{
  RocketIOPollTransport2 *self = from_transport (transport);

  rocketio_answer_give_messages (g_steal_pointer (&self->held), messages, n_messages);
  wait_for_poll (self);
}

/* What it was sent went into an answer: it does not know what became of that, and need not. */
static gsize
get_pending (RocketIOTransport *transport)
{
  return 0;
}

static void
close_transport (RocketIOTransport     *transport,
                 RocketIOCloseReason    reason,
                 const RocketIOVerdict *verdict)
{
  RocketIOPollTransport2 *self = from_transport (transport);

  answer_nothing (self);
  rocketio_reactor_stop_timer (self->reactor, &self->timer);
}

static void
free_transport (RocketIOTransport *transport)
{
  RocketIOPollTransport2 *self = from_transport (transport);

  close_transport (transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  rocketio_reactor_unref (self->reactor);
  g_free (self);
}

static const RocketIOTransportClass poll_class = {
  ROCKETIO_TRANSPORT_TYPE_COMET,
  is_writable,
  send_messages,
  get_pending,
  close_transport,
  free_transport,
};

RocketIOTransport *
rocketio_poll_transport_2_new (RocketIOReactor *reactor,
                               GSocketAddress  *remote,
                               guint            hold_time,
                               guint            timeout)
{
  RocketIOPollTransport2 *self = g_new0 (RocketIOPollTransport2, 1);

  rocketio_transport_init (&self->parent, &poll_class, remote);
  self->reactor = rocketio_reactor_ref (reactor);
  self->hold_time = hold_time;
  self->timeout = timeout;
  rocketio_timer_init (&self->timer, timer_cb);
  wait_for_poll (self);

  return &self->parent;
}

gboolean
rocketio_transport_is_poll_2 (RocketIOTransport *transport)
{
  return transport != NULL && transport->klass == &poll_class;
}
