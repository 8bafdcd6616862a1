/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-transport-private.h"

static const RocketIOTransportFuncs no_funcs = { NULL };

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

gsize
rocketio_transport_get_pending (RocketIOTransport *self)
{
  return self->klass->get_pending (self);
}

void
rocketio_transport_close (RocketIOTransport   *self,
                          RocketIOCloseReason  reason)
{
  if (self->closed)
    return;

  self->closed = TRUE;
  self->funcs = &no_funcs;
  self->klass->close (self, reason);
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
