/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-channels-private.h"
#include "rocketio-stash-private.h"

G_BEGIN_DECLS

/* What one client has still to get: a cursor into the log of everybody, into its own, and into those of the channels
 * that it is in or was in. What is in several logs comes once, and all in the order of its numbers. */
typedef struct
{
  RocketIOLog      *everybody;
  RocketIOLog      *passing;        /* of everybody, what is volatile: only what is pumped now */
  RocketIOChannels *channels;
  gpointer          member;         /* whose feed it is, for the channels */
  const char       *id;             /* and for the audience of an entry */

  guint64           cursor;         /* the number of the last push that it was given, or that was not for it */
  guint64           given;          /* the highest that `cursor` has been */
  guint64           kept;           /* the same of the last that it is known to have; `cursor` may go back to here */
  RocketIOLog      *log;            /* pushes to it alone; NULL: none yet */
  GPtrArray        *memberships;    /* of RocketIOMembership, the newest first; NULL: none */
  guint64           stale;          /* what is volatile in its own log up to here is too late */
  RocketIOStash    *stash;          /* what waits for it instead of in the logs, because something of it is left out;
                                     * NULL: nothing */
  guint64           dropped;        /* how many were left out, ever */
  gboolean          keeps;          /* what was given is kept until rocketio_feed_confirm() */
  gboolean          lagging;        /* there was more, when it was last looked at, than was taken */
  gboolean          ended;
} RocketIOFeed;

typedef enum
{
  ROCKETIO_FEED_ALL,     /* there is no more */
  ROCKETIO_FEED_MORE,    /* there is */
  ROCKETIO_FEED_LOST,    /* there was, but the logs do not have it any more; or there is too much */
} RocketIOFeedResult;

/* What is pushed after `seq` is for it. */
void                rocketio_feed_init         (RocketIOFeed     *self,
                                                RocketIOLog      *everybody,
                                                RocketIOLog      *passing,
                                                RocketIOChannels *channels,
                                                gpointer          member,
                                                const char       *id,
                                                guint64           seq);

/* It leaves its channels, but still names them. */
void                rocketio_feed_end          (RocketIOFeed     *self);
void                rocketio_feed_clear        (RocketIOFeed     *self);

/* Puts it into `channel` (NULL: none) and out of every other one, for what is pushed after `seq`. */
void                rocketio_feed_set_channel  (RocketIOFeed     *self,
                                                const char       *channel,
                                                guint64           seq);

/* Puts it into one more channel, or takes it out of one. FALSE: it was there already; it was not in it. */
gboolean            rocketio_feed_join         (RocketIOFeed     *self,
                                                const char       *channel,
                                                guint64           seq);
gboolean            rocketio_feed_leave        (RocketIOFeed     *self,
                                                const char       *channel);
guint               rocketio_feed_count        (RocketIOFeed     *self);

/* It was in `channel` in this interval, or is since `joined`: of a feed that is restored, the newest first. */
void                rocketio_feed_add_membership (RocketIOFeed   *self,
                                                  const char     *channel,
                                                  guint64         joined,
                                                  guint64         left);

/* What was given up to `seq` has arrived: it need not be kept, as it is from now on otherwise. */
void                rocketio_feed_confirm      (RocketIOFeed     *self,
                                                guint64           seq);

/* Goes back to `seq`, to give again what came after it; FALSE, and nothing is changed, if that is not all there any
 * more, or `seq` was never given or lies before what has been confirmed. */
gboolean            rocketio_feed_rewind       (RocketIOFeed     *self,
                                                guint64           seq);

/* Passes over everything up to `seq`. */
void                rocketio_feed_skip         (RocketIOFeed     *self,
                                                guint64           seq);

/* What it may still ask for comes after this number; G_MAXUINT64: it asks for nothing but what is new. `away`: it may
 * go back. */
guint64             rocketio_feed_get_needed   (RocketIOFeed     *self,
                                                gboolean          away);

/* The channel that it joined last and is in, or NULL; and all of them, the newest first. */
const char         *rocketio_feed_get_channel  (RocketIOFeed     *self);
char              **rocketio_feed_dup_channels (RocketIOFeed     *self);

/* Where pushes to it alone are logged; made when it is first asked for with `create`. */
RocketIOLog        *rocketio_feed_get_log      (RocketIOFeed     *self,
                                                gboolean          create);

/* Whether its session is not among those that the entry of a log is not for. */
gboolean            rocketio_feed_is_for       (RocketIOFeed           *self,
                                                const RocketIOLogEntry *entry);

/* Takes what comes next into `batch`, an array of RocketIOMessage, until that has `budget` bytes or more. */
RocketIOFeedResult  rocketio_feed_take         (RocketIOFeed     *self,
                                                GPtrArray        *batch,
                                                gsize             budget);

/* Takes nothing, but looks whether more than `bound` bytes wait, with `pending` ones that were taken and are still on
 * the way. Then it leaves out what the policies of the pushes, or else `policy`, allow. A single push of any size is
 * not too much. `waiting` (may be NULL): about how many bytes there are. */
RocketIOFeedResult  rocketio_feed_measure      (RocketIOFeed      *self,
                                                gsize              pending,
                                                gsize              bound,
                                                RocketIOSlowPolicy policy,
                                                gsize             *waiting);

/* The same without consequences. */
gsize               rocketio_feed_get_waiting  (RocketIOFeed     *self);

G_END_DECLS
