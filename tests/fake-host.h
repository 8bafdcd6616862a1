/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "fake-transport.h"
#include "helpers.h"
#include "rocketio-hub-private.h"

G_BEGIN_DECLS

/* A hub with what a server is to its sessions, but without a network. */
typedef struct _FakeHost FakeHost;

typedef void (*FakeHostHook) (FakeHost *self, RocketIOSession *session, gpointer user_data);

struct _FakeHost
{
  GMainContext        *context;
  RocketIOReactor     *reactor;
  RocketIOHub         *hub;
  RocketIOSessionHost  host;
  RocketIOSessionSettings settings;

  GString             *story;      /* what sessions told: " opened", " event:NAME", " closed:REASON", " binary:NAME",
                                    * " request:NAME", " detached", " resumed:recovered", " resumed:anew",
                                    * " untold:CODE" */
  RocketIOEnvelope    *envelope;   /* while on_event runs */
  RocketIORequest     *request;    /* while on_request runs */
  FakeHostHook         on_opened;
  FakeHostHook         on_event;
  FakeHostHook         on_request;
  FakeHostHook         on_detached;
  FakeHostHook         on_resumed;
  FakeHostHook         on_closed;
  gpointer             hook_data;
};

FakeHost        *fake_host_new      (void);
void             fake_host_free     (FakeHost              *self);

/* A session with the transport `transport`, of which it takes a reference of its own. Owned by the caller too. */
RocketIOSession *fake_host_connect  (FakeHost              *self,
                                     FakeTransport         *transport);

/* The same with version 2, as after its hello. */
RocketIOSession *fake_host_connect_2 (FakeHost             *self,
                                     FakeTransport         *transport);

/* Pushes `event` to whom the lists of words name; NULL: not given. */
void             fake_host_push     (FakeHost              *self,
                                     const char            *event,
                                     const char            *to,
                                     const char            *channels,
                                     const char            *except);

/* Pushes `event` with about `size` bytes of data. */
void             fake_host_push_big (FakeHost              *self,
                                     const char            *event,
                                     const char            *channel,
                                     gsize                  size);

/* Everybody has been pumped. */
void             fake_host_run      (FakeHost              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeHost, fake_host_free)

G_END_DECLS
