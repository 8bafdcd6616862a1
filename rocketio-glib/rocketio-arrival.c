/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-arrival-private.h"

struct _RocketIOArrival
{
  grefcount            refs;
  RocketIOReactor     *reactor;
  RocketIOSession     *session;
  RocketIOHello        hello;
  RocketIOTransport   *transport;    /* NULL: it came by a POST, or is gone */
  RocketIOAnswer      *answer;       /* NULL: it has a WebSocket, or is gone */
  RocketIOTimer        timer;
  RocketIOArrivalFunc  func;         /* NULL: it has been decided */
  gpointer             user_data;
};

static const RocketIOVerdict undecided = { 4004, "the app took too long to decide", -1 };

static void
transport_closed_cb (RocketIOTransport   *transport,
                     RocketIOCloseReason  reason,
                     gpointer             user_data)
{
  RocketIOArrival *self = user_data;

  g_clear_pointer (&self->transport, rocketio_transport_unref);
}

static const RocketIOTransportFuncs transport_funcs = { .closed = transport_closed_cb };

static void
answer_gone_cb (RocketIOConnection *connection,
                gboolean            cleanly,
                gpointer            user_data)
{
  RocketIOArrival *self = user_data;

  rocketio_answer_drop (g_steal_pointer (&self->answer));
}

static const RocketIOConnectionFuncs answer_funcs = { .gone = answer_gone_cb };

static void
timer_cb (RocketIOTimer *timer)
{
  rocketio_arrival_decide (rocketio_container_of (timer, RocketIOArrival, timer), &undecided);
}

RocketIOArrival *
rocketio_arrival_new (RocketIOReactor     *reactor,
                      RocketIOSession     *session,
                      RocketIOHello       *hello,
                      RocketIOTransport   *transport,
                      RocketIOAnswer      *answer,
                      guint                timeout,
                      RocketIOArrivalFunc  func,
                      gpointer             user_data)
{
  RocketIOArrival *self = g_new0 (RocketIOArrival, 1);

  g_ref_count_init (&self->refs);
  self->reactor = rocketio_reactor_ref (reactor);
  self->session = g_object_ref (session);
  self->hello = *hello;
  *hello = (RocketIOHello) { NULL };
  self->func = func;
  self->user_data = user_data;
  rocketio_timer_init (&self->timer, timer_cb);
  rocketio_reactor_start_timer (reactor, &self->timer, timeout);

  self->answer = answer;
  if (answer != NULL)
    rocketio_connection_set_user (answer->connection, ROCKETIO_WATCH_HANGUP, &answer_funcs, self);
  if (transport != NULL)
    {
      self->transport = rocketio_transport_ref (transport);
      rocketio_transport_set_user (transport, &transport_funcs, self);
    }

  return self;
}

RocketIOArrival *
rocketio_arrival_ref (RocketIOArrival *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_arrival_unref (RocketIOArrival *self)
{
  RocketIOAnswer *answer;
  RocketIOTransport *transport;

  if (!g_ref_count_dec (&self->refs))
    return;

  transport = rocketio_arrival_take_transport (self);
  g_clear_pointer (&transport, rocketio_transport_unref);
  answer = rocketio_arrival_take_answer (self);
  g_clear_pointer (&answer, rocketio_answer_drop);
  rocketio_reactor_stop_timer (self->reactor, &self->timer);
  rocketio_hello_clear (&self->hello);
  g_object_unref (self->session);
  rocketio_reactor_unref (self->reactor);
  g_free (self);
}

RocketIOSession *
rocketio_arrival_get_session (RocketIOArrival *self)
{
  return self->session;
}

RocketIOHello *
rocketio_arrival_get_hello (RocketIOArrival *self)
{
  return &self->hello;
}

RocketIOTransport *
rocketio_arrival_take_transport (RocketIOArrival *self)
{
  if (self->transport != NULL)
    rocketio_transport_set_user (self->transport, NULL, NULL);

  return g_steal_pointer (&self->transport);
}

RocketIOAnswer *
rocketio_arrival_take_answer (RocketIOArrival *self)
{
  if (self->answer != NULL)
    rocketio_connection_set_user (self->answer->connection, ROCKETIO_WATCH_NOTHING, NULL, NULL);

  return g_steal_pointer (&self->answer);
}

void
rocketio_arrival_decide (RocketIOArrival       *self,
                         const RocketIOVerdict *verdict)
{
  RocketIOArrivalFunc func = g_steal_pointer (&self->func);

  if (func == NULL)
    return;

  rocketio_reactor_stop_timer (self->reactor, &self->timer);
  func (self, verdict, self->user_data);
}

/* A client of version 1 has no way to be told that it should not come again. */
static void
refuse_poll_1 (RocketIOAnswer *answer,
               const char     *reason)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GBytes) body = NULL;

  rocketio_json_write_string (text, reason);
  body = g_string_free_to_bytes (text);
  rocketio_answer_set_status (answer, SOUP_STATUS_FORBIDDEN);
  rocketio_answer_give_late (answer, body, ROCKETIO_REFUSAL_TIME);
}

void
rocketio_arrival_turn_away (RocketIOArrival       *self,
                            const RocketIOVerdict *verdict)
{
  g_autoptr (RocketIOMessage) message = rocketio_verdict_to_message (verdict);
  g_autoptr (RocketIOTransport) transport = rocketio_arrival_take_transport (self);
  RocketIOAnswer *answer = rocketio_arrival_take_answer (self);

  if (answer != NULL && self->session->wire == NULL)
    refuse_poll_1 (answer, verdict->reason);
  else if (answer != NULL)
    rocketio_answer_give_messages (answer, &message, 1);
  if (transport == NULL)
    return;

  if (self->session->wire != NULL)
    rocketio_transport_send (transport, &message, 1);
  rocketio_transport_close (transport, ROCKETIO_CLOSE_REASON_SERVER, verdict);
}
