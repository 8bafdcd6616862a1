/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-log-private.h"
#include "rocketio-retained-private.h"

G_BEGIN_DECLS

/* A plain index: channel -> members and log, and from the members' side, by the memberships that each of them keeps. A
 * channel is there as long as somebody is, or was in it and has still to get something from then. */
typedef struct _RocketIOChannels RocketIOChannels;
typedef struct _RocketIOChannel RocketIOChannel;

typedef struct
{
  RocketIOChannel *channel;
  gpointer         member;
  guint64          joined;    /* what was pushed after this number concerns the member ... */
  guint64          left;      /* ... up to this one; G_MAXUINT64 while it is in the channel */
  guint            index;     /* among the members of the channel, while it is in it */
} RocketIOMembership;

/* Each channel's log is bounded by `log_bytes`. */
RocketIOChannels   *rocketio_channels_new        (gsize                log_bytes,
                                                  GDestroyNotify       audience_free);
void                rocketio_channels_free       (RocketIOChannels    *self);

RocketIOMembership *rocketio_channels_join       (RocketIOChannels    *self,
                                                  const char          *name,
                                                  gpointer             member,
                                                  guint64              seq);

/* The member is no longer in the channel, but keeps its claim on what was pushed until `seq`. */
void                rocketio_channels_leave      (RocketIOChannels    *self,
                                                  RocketIOMembership  *membership,
                                                  guint64              seq);

/* Ends and frees a membership. */
void                rocketio_channels_release    (RocketIOChannels    *self,
                                                  RocketIOMembership  *membership);

RocketIOChannel    *rocketio_channels_lookup     (RocketIOChannels    *self,
                                                  const char          *name);
/* Of RocketIOChannel, those that have members or a past; transfer container. */
GPtrArray          *rocketio_channels_list       (RocketIOChannels    *self);

const char         *rocketio_channel_get_name    (RocketIOChannel     *self);
guint               rocketio_channel_get_size    (RocketIOChannel     *self);
gpointer            rocketio_channel_get_member  (RocketIOChannel     *self,
                                                  guint                index);

/* Made when it is first asked for with `create`, else NULL if there is none yet. */
RocketIOLog        *rocketio_channel_get_log     (RocketIOChannel     *self,
                                                  gboolean             create);

/* The same for what is volatile: it is emptied as soon as everybody has been pumped. */
RocketIOLog        *rocketio_channel_get_passing (RocketIOChannel     *self,
                                                  gboolean             create);

/* The last messages of a channel for those who come later: how many are kept, from now on. A channel that keeps some is
 * there without members too. */
void                rocketio_channels_set_history  (RocketIOChannels  *self,
                                                    const char        *name,
                                                    guint              n_messages);
guint               rocketio_channel_get_history   (RocketIOChannel   *self);

/* These; NULL if none ever were to be kept. */
RocketIOLog        *rocketio_channel_get_past      (RocketIOChannel   *self);

/* Takes `audience`. */
void                rocketio_channel_remember      (RocketIOChannel   *self,
                                                    RocketIOMessage   *message,
                                                    gpointer           audience);

/* What is kept for those who join. A channel with any of it is there without members too. */
void                rocketio_channels_retain       (RocketIOChannels  *self,
                                                    const char        *name,
                                                    RocketIOMessage   *message);
RocketIORetained   *rocketio_channel_get_retained  (RocketIOChannel   *self);

/* Keeps a channel, members or not, until it has been unpinned as often. */
void                rocketio_channel_pin         (RocketIOChannel     *self);
void                rocketio_channel_unpin       (RocketIOChannel     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOChannels, rocketio_channels_free)

G_END_DECLS
