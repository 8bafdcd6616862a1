/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-answer-private.h"
#include "rocketio-envelope-private.h"
#include "rocketio-feed-private.h"
#include "rocketio-flush-private.h"
#include "rocketio-inbox-private.h"
#include "rocketio-limits-private.h"
#include "rocketio-peers-private.h"
#include "rocketio-request.h"
#include "rocketio-secret-private.h"
#include "rocketio-session.h"
#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* What can be set for all sessions; read when it is needed. */
typedef struct
{
  guint resume_window;    /* seconds that a session of version 2 is kept without a connection; 0: not at all */
  guint heartbeat;        /* seconds of silence after which a client of version 2 is asked whether it is there */
  guint timeout;          /* seconds that it has for the answer */
  gsize max_message;      /* bytes that a message of a client may have */
  RocketIOSlowPolicy slow_policy;
  RocketIOLimits limits;
} RocketIOSessionSettings;

/* What a session shares with all others of its server, and what it tells it. A session knows no more of the server. */
typedef struct
{
  RocketIOReactor  *reactor;
  RocketIOChannels *channels;
  RocketIOLog      *everybody;     /* the log of pushes to everybody */
  RocketIOLog      *passing;       /* the same for volatile ones */
  RocketIOInbox    *inbox;
  guint             open_time;     /* milliseconds until a session that has not told its channel is open all the same */
  guint             silence_time;  /* milliseconds without a poll after which a Comet session is over */
  gboolean          debug_wire;
  guint32           epoch;
  const RocketIOSessionSettings *settings;
  gpointer          user_data;

  /* The number of the last push, with all that was pushed in whatever thread up to now. */
  guint64 (*get_seq) (gpointer user_data);

  /* It is open: the client told its channel, did something else, or the time is up. */
  void (*opened)     (RocketIOSession *session, gpointer user_data);
  void (*event)      (RocketIOSession *session, RocketIOEnvelope *envelope, gpointer user_data);

  /* The same for one whose data is bytes. */
  void (*binary)     (RocketIOSession *session, RocketIOEnvelope *envelope, gpointer user_data);

  /* The client asks for an answer; takes `request`. */
  void (*request)    (RocketIOSession *session, RocketIORequest *request, gpointer user_data);

  /* Whether the app lets it push, or ask for, what has this name. */
  gboolean (*may_send) (RocketIOSession *session, const char *name, gpointer user_data);

  /* Whether the app lets it into a channel. */
  gboolean (*may_join) (RocketIOSession *session, const char *channel, gpointer user_data);

  /* It is in a channel, and has been told; it is not in it any more. */
  void (*joined)     (RocketIOSession *session, const char *channel, gpointer user_data);
  void (*left)       (RocketIOSession *session, const char *channel, gpointer user_data);

  /* Writes who is in a channel as JSON, with its key and a comma before it; nothing if that is not told. */
  void (*write_present) (RocketIOSession *session, const char *channel, GString *out, gpointer user_data);

  /* It is without a connection; it has one again. */
  void (*detached)   (RocketIOSession *session, gpointer user_data);
  void (*resumed)    (RocketIOSession *session, gboolean recovered, gpointer user_data);

  /* There may be something to pump. */
  void (*dirty)      (RocketIOSession *session, gpointer user_data);

  /* The app pushes to this session, from the thread of the server. */
  void (*pushed)     (RocketIOSession *session, RocketIOMessage *message, gpointer user_data);

  /* It is about to be over, and its client could not be told why. */
  void (*untold)     (RocketIOSession *session, const RocketIOVerdict *verdict, gpointer user_data);

  /* It is over, but still looks as it did; and then, when this struct and what is in it are needed no longer. */
  void (*closed)     (RocketIOSession *session, gboolean was_open, RocketIOCloseReason reason, gpointer user_data);
  void (*ended)      (RocketIOSession *session, gpointer user_data);
} RocketIOSessionHost;

#define ROCKETIO_SESSION_ID_LENGTH 32    /* hexadecimal digits: 128 random bits */

#define ROCKETIO_SESSION_MAX_CHANNEL 255    /* bytes of a channel's name */

/* What a session of version 2 has besides. */
typedef struct
{
  RocketIOSession *session;
  char             token[ROCKETIO_TOKEN_LENGTH + 1];
  guint64          n;            /* of the last numbered message that was handled */
  guint64          n_told;       /* of the last one that the client was told of */
  guint64          dropped;      /* of the messages that were left out, those that the client was told of */
  guint64          attempt;      /* of the last hello that counted them */
  guint64          last_id;      /* of our own requests */
  GPtrArray       *refusals;     /* of RocketIOMessage: for the answer to a POST; NULL: none is being handled */
  GHashTable      *questions;    /* those without an answer yet, by id; NULL: there never was one */
  gint64           asked_at;     /* when the heartbeat went out that waits for its pong; 0: there is none */
  guint64          asked_seq;    /* what that told to be the last */
  gint64           round_trip;   /* microseconds that the last one took; -1: not known yet */
  RocketIOTimer    window;       /* while there is no connection */
  RocketIOTimer    telling;      /* while there is something to be told of */
  RocketIOBucket   joins;
  char            *ticket;       /* for a stream, once; NULL: there is none */
  gint64           ticket_end;
  guint            owes_ackn : 1;
  guint            owes_heartbeat : 1;
  guint            resumed : 1;    /* what the client was, or is to be, told in the welcome */
  guint            recovered : 1;
  guint            detached : 1;   /* so the app has been told */
  guint            by_post : 1;    /* its last hello came by a POST: it may have a stream or a poll */
  guint            expected : 1;   /* it was greeted by a POST, and its stream or poll has not come yet */
} RocketIOWire2;

/* A session is one type in some files: -session.c is the object, -session-life.c what becomes of it, -session-push.c
 * its pushes, -session-request.c what it is asked, -session-channels.c its channels; -session-1.c and -session-2.c are
 * what the versions of the wire differ in, -session-http.c what version 2 does without a WebSocket. */
struct _RocketIOSession
{
  GObject                    parent_instance;

  const RocketIOSessionHost *host;           /* NULL: closed */
  RocketIOInbox             *inbox;          /* good in any thread, closed or not */
  char                       id[ROCKETIO_SESSION_ID_LENGTH + 1];
  RocketIOTransport         *transport;      /* NULL: closed, or about to get one */
  GSocketAddress            *remote;
  RocketIOPeer              *peer;           /* that it counts for; NULL: none, or no longer */
  RocketIOBucket             messages;       /* what it says */
  RocketIOBucket             bytes;

  RocketIOFeed               feed;           /* what it has still to get */
  RocketIOFlush             *flush;          /* who waits until it got that; NULL: nobody ever did */
  gboolean                   announce;       /* the client waits to be told its id */
  RocketIOWire2             *wire;           /* NULL: version 1 */

  GList                      queue_link;
  guint                      position;
  guint64                    dropped_told;   /* of the messages that were left out, those that were told of */
  gboolean                   pressure;       /* much waits for the client */
  gboolean                   pressure_told;  /* so the app has been told */
  gboolean                   in_debt;        /* as of its last message */
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

/* One of version 2. */
RocketIOSession    *rocketio_session_new_2          (const RocketIOSessionHost *host);

/* The same one as before a restart; NULL: with these there can be none. */
RocketIOSession    *rocketio_session_restore        (const RocketIOSessionHost *host,
                                                     const char                *id,
                                                     const char                *token);
gboolean            rocketio_session_has_token      (RocketIOSession           *self,
                                                     const char                *token);

/* FALSE: this hello is older than the last one, and was only late. */
gboolean            rocketio_session_is_newest      (RocketIOSession           *self,
                                                     guint64                    attempt);

/* It comes back, having got everything up to `position`. Then it is attached, or greeted in the answer to a POST, which
 * begins its time for a stream or poll. */
void                rocketio_session_resume         (RocketIOSession           *self,
                                                     const char                *position);
void                rocketio_session_announce       (RocketIOSession           *self);
RocketIOMessage    *rocketio_session_make_welcome   (RocketIOSession           *self,
                                                     const char                *ticket);
RocketIOMessage    *rocketio_session_make_ackn      (RocketIOSession           *self);
void                rocketio_session_expect_stream  (RocketIOSession           *self);

/* It polls, having got everything up to `position`. FALSE: not all is there that came after. */
gboolean            rocketio_session_poll           (RocketIOSession           *self,
                                                     const char                *position);

/* Whether it may stream and poll. */
gboolean            rocketio_session_may_poll       (RocketIOSession           *self);

/* It has said something; and for how many microseconds it should say nothing more. */
void                rocketio_session_spend          (RocketIOSession           *self,
                                                     gsize                      bytes);
gint64              rocketio_session_get_debt       (RocketIOSession           *self);

/* What it posts: spans of RocketIOSpan. Returns the answer. */
char               *rocketio_session_receive_post   (RocketIOSession           *self,
                                                     GArray                    *messages);

/* Its stream has been opened. And its poll: takes `answer`. */
void                rocketio_session_stream         (RocketIOSession           *self,
                                                     RocketIOTransport         *transport);
void                rocketio_session_hold_poll      (RocketIOSession           *self,
                                                     RocketIOAnswer            *answer);

/* A ticket of this session, instead of the one before; whether `ticket` is the one, which it is no longer after
 * that. */
const char         *rocketio_session_make_ticket    (RocketIOSession           *self);
gboolean            rocketio_session_take_ticket    (RocketIOSession           *self,
                                                     const char                *ticket);

/* Joins what a new session asked for in its hello. */
void                rocketio_session_join_first     (RocketIOSession           *self,
                                                     JsonArray                 *channels);

/* `transport` carries the session from now on, instead of the one before it. */
void                rocketio_session_attach         (RocketIOSession           *self,
                                                     RocketIOTransport         *transport);
/* Another connection is about to carry it. */
void                rocketio_session_uncarry        (RocketIOSession           *self);
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

/* The same, with what to tell a client of version 2; NULL: what goes with `reason`. */
void                rocketio_session_end_with       (RocketIOSession           *self,
                                                     RocketIOCloseReason        reason,
                                                     const RocketIOVerdict     *verdict);

/* Tells the app what has changed while it was pumped. */
gboolean            rocketio_session_has_news       (RocketIOSession           *self);
void                rocketio_session_tell_news      (RocketIOSession           *self);

/* Version 2: it is without a connection, but may come back. */
void                rocketio_session_detach         (RocketIOSession           *self,
                                                     RocketIOCloseReason        reason);

void                rocketio_session_detach_with    (RocketIOSession           *self,
                                                     RocketIOCloseReason        reason,
                                                     const RocketIOVerdict     *verdict);

/* More waits for it than is kept for one. */
void                rocketio_session_fall_behind    (RocketIOSession           *self);

/* For the files of this type. */
void                rocketio_session_init_life       (RocketIOSession           *self);
void                rocketio_session_notify_channels (RocketIOSession           *self);
gboolean            rocketio_session_may_join        (RocketIOSession           *self,
                                                      const char                *channel);

/* What a client of version 1 says, and is told. */
void                rocketio_session_received_1       (RocketIOSession         *self,
                                                       const char              *text,
                                                       gsize                    length);
RocketIOMessage    *rocketio_session_make_greeting_1  (RocketIOSession         *self);
RocketIOMessage    *rocketio_session_make_heartbeat_1 (RocketIOSession         *self);

/* The same for version 2: and what it is told that is no push. */
void                rocketio_session_received_2       (RocketIOSession         *self,
                                                       const char              *text,
                                                       gsize                    length);
void                rocketio_session_received_bytes_2 (RocketIOSession         *self,
                                                       const guint8            *data,
                                                       gsize                    length);
void                rocketio_session_add_notes_2      (RocketIOSession         *self,
                                                       GPtrArray               *batch);
RocketIOMessage    *rocketio_session_make_dropped     (RocketIOSession         *self);
RocketIOMessage    *rocketio_session_make_heartbeat_2 (RocketIOSession         *self);
void                rocketio_session_tell_resumed     (RocketIOSession         *self);
void                rocketio_session_wait_2           (RocketIOSession         *self);
void                rocketio_session_carried_2        (RocketIOSession         *self);
void                rocketio_session_end_2            (RocketIOSession         *self);
void                rocketio_wire_2_free              (RocketIOWire2           *wire);
void                rocketio_session_handle_ack       (RocketIOSession         *self,
                                                       RocketIOEnvelope        *envelope);
void                rocketio_session_handle_join      (RocketIOSession         *self,
                                                       RocketIOEnvelope        *envelope);
void                rocketio_session_handle_leave     (RocketIOSession         *self,
                                                       RocketIOEnvelope        *envelope);
void                rocketio_session_end_questions    (RocketIOSession         *self);

/* Numbers, appends and in time sends `message`, which it takes. From any thread. */
void                rocketio_session_push_message     (RocketIOSession         *self,
                                                       RocketIOMessage         *message);


/* The session's place in the queue of those to be pumped; for that queue. */
GList              *rocketio_session_get_queue_link (RocketIOSession           *self);

/* The session's place in the list of all; for that list. */
guint               rocketio_session_get_position   (RocketIOSession           *self);
void                rocketio_session_set_position   (RocketIOSession           *self,
                                                     guint                      position);

/* Whether `id` looks like one of ours: 32 hexadecimal digits. */
gboolean            rocketio_session_id_is_valid    (const char                *id);

G_END_DECLS
