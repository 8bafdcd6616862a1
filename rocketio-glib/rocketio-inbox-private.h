/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-message-private.h"
#include "rocketio-push-options.h"
#include "rocketio-reactor-private.h"

G_BEGIN_DECLS

/* Where pushes from other threads wait for the server's own. The order of each thread is kept. May be used from any
 * thread and outlives the server, so that a late push is lost and not a crash. */
typedef struct _RocketIOInbox RocketIOInbox;

typedef struct
{
  RocketIOMessage     *message;
  RocketIOPushOptions *options;    /* NULL: everybody */
} RocketIOPost;

RocketIOInbox *rocketio_inbox_new      (RocketIOReactor           *reactor);
RocketIOInbox *rocketio_inbox_ref      (RocketIOInbox             *self);
void           rocketio_inbox_unref    (RocketIOInbox             *self);

/* The server's main context. */
GMainContext  *rocketio_inbox_get_context (RocketIOInbox          *self);

/* Whether this is the thread that runs it. */
gboolean       rocketio_inbox_is_local (RocketIOInbox             *self);

/* Complains, naming `function`, if another thread runs the server's main context. */
gboolean       rocketio_inbox_check_thread (RocketIOInbox         *self,
                                            const char            *function);

/* Takes both. */
void           rocketio_inbox_post     (RocketIOInbox             *self,
                                        RocketIOMessage           *message,
                                        RocketIOPushOptions       *options);

/* How many posts there are now. */
guint          rocketio_inbox_get_n    (RocketIOInbox             *self);

/* The oldest post, or NULL. */
RocketIOPost  *rocketio_inbox_take     (RocketIOInbox             *self);
void           rocketio_post_free      (RocketIOPost              *post);

/* Whatever is in it or comes is dropped from now on. */
void           rocketio_inbox_close    (RocketIOInbox             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOInbox, rocketio_inbox_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOPost, rocketio_post_free)

G_END_DECLS
