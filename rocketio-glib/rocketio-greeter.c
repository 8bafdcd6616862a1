/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-greeter-private.h"

#include "rocketio-envelope-private.h"

struct _RocketIOGreeter
{
  RocketIOReactor   *reactor;
  const guint       *timeout;
  GQueue             guests;     /* of Guest */
  RocketIOHelloFunc  func;
  gpointer           user_data;
};

typedef struct
{
  RocketIOGreeter   *greeter;
  RocketIOTransport *transport;
  RocketIOHandshake *handshake;
  RocketIOTimer      timer;
  GList              link;
} Guest;

static const RocketIOVerdict late = { 4003, "there was no __hello in time", -1 };
static const RocketIOVerdict unknown = { 4400, "the first message has to be __hello", -1 };

/* Returns its transport. */
static RocketIOTransport *
let_go (Guest *guest)
{
  RocketIOTransport *transport = guest->transport;

  rocketio_reactor_stop_timer (guest->greeter->reactor, &guest->timer);
  g_queue_unlink (&guest->greeter->guests, &guest->link);
  rocketio_transport_set_user (transport, NULL, NULL);
  g_clear_object (&guest->handshake);
  g_free (guest);

  return transport;
}

static void
turn_away (Guest                 *guest,
           RocketIOCloseReason    reason,
           const RocketIOVerdict *verdict)
{
  g_autoptr (RocketIOTransport) transport = let_go (guest);

  rocketio_transport_send_verdict (transport, verdict);
  rocketio_transport_close (transport, reason, verdict);
}

/* What comes in an array after the hello is for whoever has the transport then. */
static void
received_cb (RocketIOTransport *transport,
             const char        *text,
             gsize              length,
             gpointer           user_data)
{
  Guest *guest = user_data;
  RocketIOGreeter *self = guest->greeter;
  g_auto (RocketIOHello) hello = { NULL };
  g_autoptr (GArray) messages = rocketio_messages_split (text, length);
  g_autoptr (RocketIOTransport) ref = NULL;

  if (messages == NULL || messages->len == 0 ||
      !rocketio_hello_parse (&hello, g_array_index (messages, RocketIOSpan, 0)))
    {
      turn_away (guest, ROCKETIO_CLOSE_REASON_PROTOCOL, &unknown);
      return;
    }

  hello.handshake = g_steal_pointer (&guest->handshake);
  ref = let_go (guest);
  self->func (ref, &hello, self->user_data);
  for (guint i = 1; i < messages->len; i++)
    {
      RocketIOSpan message = g_array_index (messages, RocketIOSpan, i);

      rocketio_transport_received (ref, message.start, message.length);
    }
}

static void
bytes_cb (RocketIOTransport *transport,
          const guint8      *data,
          gsize              length,
          gpointer           user_data)
{
  turn_away (user_data, ROCKETIO_CLOSE_REASON_PROTOCOL, &unknown);
}

static void
closed_cb (RocketIOTransport   *transport,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  g_autoptr (RocketIOTransport) ref = let_go (user_data);
}

static void
timer_cb (RocketIOTimer *timer)
{
  turn_away (rocketio_container_of (timer, Guest, timer), ROCKETIO_CLOSE_REASON_TIMEOUT, &late);
}

static const RocketIOTransportFuncs funcs = { .received = received_cb, .bytes = bytes_cb, .closed = closed_cb };

void
rocketio_greeter_add (RocketIOGreeter   *self,
                      RocketIOTransport *transport,
                      RocketIOHandshake *handshake)
{
  Guest *guest = g_new0 (Guest, 1);

  guest->greeter = self;
  guest->transport = rocketio_transport_ref (transport);
  g_set_object (&guest->handshake, handshake);
  guest->link.data = guest;
  g_queue_push_tail_link (&self->guests, &guest->link);
  rocketio_timer_init (&guest->timer, timer_cb);
  rocketio_reactor_start_timer (self->reactor, &guest->timer, *self->timeout * 1000);
  rocketio_transport_set_user (transport, &funcs, guest);
}

RocketIOGreeter *
rocketio_greeter_new (RocketIOReactor   *reactor,
                      const guint       *timeout,
                      RocketIOHelloFunc  func,
                      gpointer           user_data)
{
  RocketIOGreeter *self = g_new0 (RocketIOGreeter, 1);

  self->reactor = rocketio_reactor_ref (reactor);
  self->timeout = timeout;
  self->func = func;
  self->user_data = user_data;
  g_queue_init (&self->guests);

  return self;
}

void
rocketio_greeter_free (RocketIOGreeter *self)
{
  while (!g_queue_is_empty (&self->guests))
    turn_away (g_queue_peek_head (&self->guests), ROCKETIO_CLOSE_REASON_SHUTDOWN,
               rocketio_verdict_for (ROCKETIO_CLOSE_REASON_SHUTDOWN));

  rocketio_reactor_unref (self->reactor);
  g_free (self);
}
