/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-message-private.h"

G_BEGIN_DECLS

/* What waits for one client that reads too slowly, in its order, once some of it is to be left out. */
typedef struct
{
  GQueue  messages;    /* of RocketIOMessage */
  gsize   bytes;
  guint64 begin;       /* it has what was for the client after this number ... */
  guint64 end;         /* ... up to this one */
} RocketIOStash;

RocketIOStash   *rocketio_stash_new  (guint64              begin);
void             rocketio_stash_free (RocketIOStash       *self);

/* Takes a reference. */
void             rocketio_stash_add  (RocketIOStash       *self,
                                      RocketIOMessage     *message);

/* The oldest; transfer full. NULL: it is empty. */
RocketIOMessage *rocketio_stash_take (RocketIOStash       *self);

/* Leaves out what a later one with the same key has made useless, and then, until no more than `room` bytes are left,
 * what the policies allow (`policy` for those without one). Returns how many went. */
guint            rocketio_stash_trim (RocketIOStash       *self,
                                      gsize                room,
                                      RocketIOSlowPolicy   policy);

/* The same, keys alone, for an array of RocketIOMessage. */
guint            rocketio_messages_conflate (GPtrArray    *messages);

G_END_DECLS
