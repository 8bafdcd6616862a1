/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-feed-private.h"
#include "rocketio-flush-private.h"
#include "rocketio-inbox-private.h"
#include "rocketio-session.h"
#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* What a session shares with all others of its server, and what it tells it. A session knows no more of the server. */
typedef struct
{
  RocketIOReactor  *reactor;
  RocketIOChannels *channels;
  RocketIOLog      *everybody;     /* the log of pushes to everybody */
  RocketIOInbox    *inbox;
  guint             open_time;     /* milliseconds until a session that has not told its channel is open all the same */
  guint             silence_time;  /* milliseconds without a poll after which a Comet session is over */
  gboolean          debug_wire;
  gpointer          user_data;

  /* The number of the last push, with all that was pushed in whatever thread up to now. */
  guint64 (*get_seq) (gpointer user_data);

  /* It is open: the client told its channel, did something else, or the time is up. */
  void (*opened)     (RocketIOSession *session, gpointer user_data);
  void (*event)      (RocketIOSession *session, RocketIOEnvelope *envelope, gpointer user_data);

  /* There may be something to pump. */
  void (*dirty)      (RocketIOSession *session, gpointer user_data);

  /* The app pushes to this session, from the thread of the server. */
  void (*pushed)     (RocketIOSession *session, RocketIOMessage *message, gpointer user_data);

  /* It is over, but still looks as it did; and then, when this struct and what is in it are needed no longer. */
  void (*closed)     (RocketIOSession *session, gboolean was_open, RocketIOCloseReason reason, gpointer user_data);
  void (*ended)      (RocketIOSession *session, gpointer user_data);
} RocketIOSessionHost;

#define ROCKETIO_SESSION_ID_LENGTH 32    /* hexadecimal digits: 128 random bits */

/* A session is one type in two files: -session.c is the object and what becomes of it, -session-push.c its pushes. */
struct _RocketIOSession
{
  GObject                    parent_instance;

  const RocketIOSessionHost *host;           /* NULL: closed */
  RocketIOInbox             *inbox;          /* good in any thread, closed or not */
  char                       id[ROCKETIO_SESSION_ID_LENGTH + 1];
  RocketIOTransport         *transport;      /* NULL: closed, or about to get one */
  GSocketAddress            *remote;

  RocketIOFeed               feed;           /* what it has still to get */
  RocketIOFlush             *flush;          /* who waits until it got that; NULL: nobody ever did */
  gboolean                   announce;       /* the client waits for its __session_id */

  GList                      queue_link;
  guint                      position;
  gboolean                   open;
  gboolean                   ending;
  RocketIOTimer              opening;
  RocketIOTimer              silence;

  char                      *identity;
  GObject                   *user_data_object;
};

/* `id` NULL: a new one. `host` lives until the session is closed. */
RocketIOSession    *rocketio_session_new            (const RocketIOSessionHost *host,
                                                     const char                *id);

/* `transport` carries the session from now on, instead of the one before it. */
void                rocketio_session_attach         (RocketIOSession           *self,
                                                     RocketIOTransport         *transport);
RocketIOTransport  *rocketio_session_get_carrier    (RocketIOSession           *self);

/* What it has still to get. */
RocketIOFeed       *rocketio_session_get_feed       (RocketIOSession           *self);

/* Sends what the session has not got yet, as far as its transport takes it. `batch` is an empty array of
 * RocketIOMessage, for its use. Emits nothing.
 *
 * ROCKETIO_FEED_ALL: it has everything, or will say when it can take more; _MORE: it had its share of this turn and
 * could take more; _LOST: more waited for it than is kept, and it is to be closed. */
RocketIOFeedResult  rocketio_session_pump           (RocketIOSession           *self,
                                                     GPtrArray                 *batch,
                                                     gsize                      max_queue);

/* Wire 1: it is in this channel (NULL: in none) and in no other. */
void                rocketio_session_set_channel    (RocketIOSession           *self,
                                                     const char                *channel);

/* Says that it is open, if it did not yet. */
void                rocketio_session_open           (RocketIOSession           *self);
gboolean            rocketio_session_is_open        (RocketIOSession           *self);

void                rocketio_session_end            (RocketIOSession           *self,
                                                     RocketIOCloseReason        reason);

/* The session's place in the queue of those to be pumped; for that queue. */
GList              *rocketio_session_get_queue_link (RocketIOSession           *self);

/* The session's place in the list of all; for that list. */
guint               rocketio_session_get_position   (RocketIOSession           *self);
void                rocketio_session_set_position   (RocketIOSession           *self,
                                                     guint                      position);

/* Whether `id` looks like one of ours: 32 hexadecimal digits. */
gboolean            rocketio_session_id_is_valid    (const char                *id);

G_END_DECLS
