/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* A transport without a network, which takes messages as it is told to, and keeps them. */
typedef struct
{
  RocketIOTransport    parent;
  gboolean             writable;
  guint                appetite;    /* stops being writable after so many sends; 0: never */
  guint                sloth;       /* milliseconds that it takes to send; such a one keeps nothing */
  gsize                pending;
  GPtrArray           *texts;       /* of char *: the envelopes that were sent */
  GPtrArray           *texts_2;     /* the same as version 2 of the wire has them */
  GString             *events;      /* their names, each with a blank before it, without __session_id */
  guint                n_sends;
  gboolean             gone;        /* closed by its user */
  RocketIOCloseReason  reason;
  guint                code;        /* that a client of version 2 is told */
} FakeTransport;

FakeTransport *fake_transport_new          (RocketIOTransportType  type);

/* Whether one of them is sending right now. */
gboolean       fake_transport_is_sending   (void);

/* Can send from now on, and says so. */
void           fake_transport_open_up      (FakeTransport         *self);

/* The client says something. */
void           fake_transport_receive      (FakeTransport         *self,
                                            const char            *text);

/* The network ends it. */
void           fake_transport_break        (FakeTransport         *self,
                                            RocketIOCloseReason    reason);

/* The last envelope sent. */
const char    *fake_transport_get_last     (FakeTransport         *self);
const char    *fake_transport_get_last_2   (FakeTransport         *self);

void           fake_transport_free         (FakeTransport         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeTransport, fake_transport_free)

G_END_DECLS
