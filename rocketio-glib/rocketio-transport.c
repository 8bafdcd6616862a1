/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-transport-private.h"

static const RocketIOTransportFuncs no_funcs = { NULL };

const RocketIOVerdict *
rocketio_verdict_for (RocketIOCloseReason reason)
{
  static const RocketIOVerdict verdicts[] = {
    [ROCKETIO_CLOSE_REASON_CLIENT] = { 1000, "the client said goodbye", -1 },
    [ROCKETIO_CLOSE_REASON_LOST] = { 4002, "the connection was lost", -1 },
    [ROCKETIO_CLOSE_REASON_TIMEOUT] = { 4002, "the client was silent for too long", -1 },
    [ROCKETIO_CLOSE_REASON_SERVER] = { 4500, "the app closed the session", -1 },
    [ROCKETIO_CLOSE_REASON_PROTOCOL] = { 4400, "the client broke the protocol", -1 },
    [ROCKETIO_CLOSE_REASON_SLOW] = { 4001, "more waited for the client than is kept", -1 },
    [ROCKETIO_CLOSE_REASON_SHUTDOWN] = { 4000, "the server goes away", -1 },
  };

  return &verdicts[reason];
}

const RocketIOVerdict *
rocketio_verdict_replaced (void)
{
  static const RocketIOVerdict replaced = { 4501, "another connection took the session over", -1 };

  return &replaced;
}

RocketIOMessage *
rocketio_verdict_to_message (const RocketIOVerdict *self)
{
  g_autoptr (GString) data = g_string_new (NULL);

  g_string_printf (data, "{\"code\":%u,\"reason\":", self->code);
  rocketio_json_write_string (data, self->reason);
  if (self->retry >= 0)
    g_string_append_printf (data, ",\"retry\":%d", self->retry);
  g_string_append_c (data, '}');

  return rocketio_message_new_json ("__disconnect", data->str, data->len, NULL);
}

void
rocketio_transport_init (RocketIOTransport            *self,
                         const RocketIOTransportClass *klass,
                         GSocketAddress               *remote)
{
  g_ref_count_init (&self->refs);
  self->klass = klass;
  self->funcs = &no_funcs;
  self->remote = g_object_ref (remote);
}

RocketIOTransport *
rocketio_transport_ref (RocketIOTransport *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_transport_unref (RocketIOTransport *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  g_clear_object (&self->remote);
  self->klass->free (self);
}

void
rocketio_transport_set_user (RocketIOTransport            *self,
                             const RocketIOTransportFuncs *funcs,
                             gpointer                      user_data)
{
  self->funcs = funcs != NULL ? funcs : &no_funcs;
  self->user_data = user_data;
}

RocketIOTransportType
rocketio_transport_get_type_of (RocketIOTransport *self)
{
  return self->klass->type;
}

gboolean
rocketio_transport_is_writable (RocketIOTransport *self)
{
  return !self->closed && self->klass->is_writable (self);
}

void
rocketio_transport_send (RocketIOTransport      *self,
                         RocketIOMessage *const *messages,
                         guint                   n_messages)
{
  g_assert (!self->closed);

  self->klass->send (self, messages, n_messages);
}

void
rocketio_transport_heard (RocketIOTransport *self)
{
  if (self->klass->heard != NULL)
    self->klass->heard (self);
}

void
rocketio_transport_send_verdict (RocketIOTransport     *self,
                                 const RocketIOVerdict *verdict)
{
  g_autoptr (RocketIOMessage) message = rocketio_verdict_to_message (verdict);

  rocketio_transport_send (self, &message, 1);
}

void
rocketio_transport_rest (RocketIOTransport *self,
                         gint64             microseconds)
{
  if (self->closed)
    return;

  self->rest_end = g_get_monotonic_time () + microseconds;
  if (self->klass->rest != NULL)
    self->klass->rest (self, MIN ((microseconds + 999) / 1000, G_MAXINT));
}

gint64
rocketio_transport_get_rest (RocketIOTransport *self)
{
  return self->rest_end > 0 ? MAX (self->rest_end - g_get_monotonic_time (), 0) : 0;
}

gsize
rocketio_transport_get_pending (RocketIOTransport *self)
{
  return self->klass->get_pending (self);
}

void
rocketio_transport_close (RocketIOTransport     *self,
                          RocketIOCloseReason    reason,
                          const RocketIOVerdict *verdict)
{
  if (self->closed)
    return;

  self->closed = TRUE;
  self->funcs = &no_funcs;
  self->klass->close (self, reason, verdict != NULL ? verdict : rocketio_verdict_for (reason));
}

void
rocketio_transport_received (RocketIOTransport *self,
                             const char        *text,
                             gsize              length)
{
  if (!self->closed && self->funcs->received != NULL)
    self->funcs->received (self, text, length, self->user_data);
}

void
rocketio_transport_bytes (RocketIOTransport *self,
                          const guint8      *data,
                          gsize              length)
{
  if (!self->closed && self->funcs->bytes != NULL)
    self->funcs->bytes (self, data, length, self->user_data);
}

void
rocketio_transport_writable (RocketIOTransport *self)
{
  if (!self->closed && self->funcs->writable != NULL)
    self->funcs->writable (self, self->user_data);
}

void
rocketio_transport_idle (RocketIOTransport *self)
{
  if (!self->closed && self->funcs->idle != NULL)
    self->funcs->idle (self, self->user_data);
}

void
rocketio_transport_alive (RocketIOTransport *self)
{
  if (!self->closed && self->funcs->alive != NULL)
    self->funcs->alive (self, self->user_data);
}

void
rocketio_transport_closed (RocketIOTransport   *self,
                           RocketIOCloseReason  reason)
{
  const RocketIOTransportFuncs *funcs = self->funcs;

  if (self->closed)
    return;

  self->closed = TRUE;
  self->funcs = &no_funcs;
  if (funcs->closed != NULL)
    funcs->closed (self, reason, self->user_data);
}
