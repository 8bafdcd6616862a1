/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-message-private.h"

G_BEGIN_DECLS

/* A bounded ring of messages in the order of their numbers. It knows no clients: those keep a cursor, the number of the
 * last message they have, and ask for what comes after. */
typedef struct _RocketIOLog RocketIOLog;

typedef struct
{
  RocketIOMessage *message;
  gpointer         audience;  /* who gets it, as the log's owner sees it; NULL: everyone. Freed with the entry. */
  gint64           time;      /* when it was appended, monotonic, in microseconds */
  guint64          end;       /* bytes appended to this log up to the end of this entry */
} RocketIOLogEntry;

/* `max_bytes`: the oldest go when it is exceeded, but never the newest. */
RocketIOLog            *rocketio_log_new           (gsize            max_bytes,
                                                    GDestroyNotify   audience_free);
RocketIOLog            *rocketio_log_ref           (RocketIOLog     *self);
void                    rocketio_log_unref         (RocketIOLog     *self);

/* `message` has a number above all in the log. Takes `audience`. */
void                    rocketio_log_append        (RocketIOLog     *self,
                                                    RocketIOMessage *message,
                                                    gpointer         audience,
                                                    gint64           now);

/* The first entry with a number above `seq`, or NULL. Good until the log changes; the following ones by
 * rocketio_log_next(). O(1) for a cursor near the end, else by bisection. */
const RocketIOLogEntry *rocketio_log_after         (RocketIOLog     *self,
                                                    guint64          seq);
const RocketIOLogEntry *rocketio_log_next          (RocketIOLog            *self,
                                                    const RocketIOLogEntry *entry);

/* The number of the newest message ever appended, 0 for none. Stays when the entry goes. */
guint64                 rocketio_log_get_last_seq  (RocketIOLog     *self);

/* The number of the newest message that was dropped, 0 for none: a cursor below it has missed something. */
guint64                 rocketio_log_get_lost_seq  (RocketIOLog     *self);

void                    rocketio_log_set_lost_seq  (RocketIOLog     *self,
                                                    guint64          seq);

guint                   rocketio_log_get_length    (RocketIOLog     *self);
gsize                   rocketio_log_get_bytes     (RocketIOLog     *self);

/* Bytes after `seq`: what a cursor there has still to get. */
gsize                   rocketio_log_bytes_after   (RocketIOLog     *self,
                                                    guint64          seq);

/* Drops entries up to and with `seq`, as the owner says that nobody needs them: they do not count as lost. An empty log
 * keeps no memory but itself. */
void                    rocketio_log_forget        (RocketIOLog     *self,
                                                    guint64          seq);

/* Drops entries that were appended before `time` and are not above `needed`, the lowest cursor still at work. They
 * count as lost, since a cursor of somebody who is away may be below them. */
void                    rocketio_log_expire        (RocketIOLog     *self,
                                                    gint64           time,
                                                    guint64          needed);

/* Drops the oldest entry, lost to whoever needed it; returns the bytes gained, 0 if there is none. */
gsize                   rocketio_log_drop_oldest   (RocketIOLog     *self);

/* When the oldest entry was appended; G_MAXINT64 if there is none. */
gint64                  rocketio_log_get_oldest    (RocketIOLog     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOLog, rocketio_log_unref)

G_END_DECLS
