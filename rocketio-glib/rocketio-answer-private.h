/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-listener-private.h"
#include "rocketio-message-private.h"

G_BEGIN_DECLS

/* An HTTP answer that is still to be given, on a connection that was taken away from libsoup. */
typedef struct
{
  RocketIOListener   *listener;
  RocketIOConnection *connection;
  GBytes             *head;         /* status line and all, but for Content-Length and the empty line */
  gboolean            keepalive;
} RocketIOAnswer;

/* `listener` gets the connection back after the answer if `keepalive`. */
RocketIOAnswer *rocketio_answer_new       (RocketIOListener   *listener,
                                           RocketIOConnection *connection,
                                           GBytes             *head,
                                           gboolean            keepalive);

/* Another status than that of `head`. */
void            rocketio_answer_set_status (RocketIOAnswer    *self,
                                           SoupStatus          status);

/* Gives it, with the chunks of `body` as they are, and frees it. */
void            rocketio_answer_give      (RocketIOAnswer     *self,
                                           GBytes *const      *body,
                                           guint               n_body);
void            rocketio_answer_give_text (RocketIOAnswer     *self,
                                           const char         *text,
                                           gsize               length);

/* The same with an array of messages of version 2. */
void            rocketio_answer_give_messages (RocketIOAnswer         *self,
                                               RocketIOMessage *const *messages,
                                               guint                   n_messages);

/* The same after a while. A refusal takes its time: some clients of 2013 come back at once. */
#define ROCKETIO_REFUSAL_TIME 1000    /* milliseconds */

void            rocketio_answer_give_late (RocketIOAnswer     *self,
                                           GBytes             *body,
                                           guint               milliseconds);

/* Nobody is there any more to be given it: frees it. */
void            rocketio_answer_drop      (RocketIOAnswer     *self);

G_END_DECLS
