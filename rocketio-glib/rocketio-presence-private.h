/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-session-private.h"

G_BEGIN_DECLS

/* Who is in those channels that tell (protocol 2, point 7.4). People are told apart by the identity that the app has
 * given their sessions, or else by those: somebody with two windows, or one that is reloaded, is one who stays. */
typedef struct _RocketIOPresence RocketIOPresence;

/* `data` is what is to be pushed to `channel`. */
typedef void (*RocketIOPresenceFunc) (const char *channel, GString *data, gpointer user_data);

RocketIOPresence *rocketio_presence_new     (RocketIOReactor      *reactor,
                                             RocketIOPresenceFunc  func,
                                             gpointer              user_data);
void              rocketio_presence_free    (RocketIOPresence     *self);

/* Whether `channel` tells who is there. `members` are those who are; NULL: nobody. */
void              rocketio_presence_set     (RocketIOPresence     *self,
                                             const char           *channel,
                                             gboolean              tells,
                                             RocketIOChannel      *members);

void              rocketio_presence_joined  (RocketIOPresence     *self,
                                             RocketIOSession      *session,
                                             const char           *channel);
void              rocketio_presence_left    (RocketIOPresence     *self,
                                             RocketIOSession      *session,
                                             const char           *channel);

/* It is cut off, or over: it may be back soon, itself or another one of the same person. */
void              rocketio_presence_away    (RocketIOPresence     *self,
                                             RocketIOSession      *session);
void              rocketio_presence_back    (RocketIOPresence     *self,
                                             RocketIOSession      *session);

/* Writes `,"present":[...]`, or nothing if the channel does not tell. */
void              rocketio_presence_write   (RocketIOPresence     *self,
                                             const char           *channel,
                                             GString              *out);

G_END_DECLS
