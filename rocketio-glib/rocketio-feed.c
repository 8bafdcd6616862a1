/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-feed-private.h"

#define MAX_KEPT 65536    /* bytes of what was given from its own log that are kept until it has confirmed them */
#define MAX_PAST 256      /* channels that it was in and may still want something from */

/* Channels */

static RocketIOMembership *
get_membership (RocketIOFeed *self,
                guint         index)
{
  return g_ptr_array_index (self->memberships, index);
}

static guint
count_memberships (RocketIOFeed *self)
{
  return self->memberships != NULL ? self->memberships->len : 0;
}

static gboolean
is_present (RocketIOFeed       *self,
            RocketIOMembership *membership)
{
  return self->ended || membership->left == G_MAXUINT64;
}

/* What it has up to here it will not ask for again. */
static guint64
get_floor (RocketIOFeed *self)
{
  return self->keeps ? self->kept : self->cursor;
}

/* Lets go of channels that were left and of which there is nothing more to get; or of all. */
static void
release_memberships (RocketIOFeed *self,
                     gboolean      all)
{
  for (guint i = count_memberships (self); i > 0; i--)
    {
      RocketIOMembership *membership = get_membership (self, i - 1);

      if (!all && membership->left > MAX (get_floor (self), membership->joined))
        continue;

      g_ptr_array_remove_index (self->memberships, i - 1);
      rocketio_channels_release (self->channels, membership);
    }

  if (count_memberships (self) == 0)
    g_clear_pointer (&self->memberships, g_ptr_array_unref);
}

/* In `channel`; NULL: in any, the newest. */
static RocketIOMembership *
find_membership (RocketIOFeed *self,
                 const char   *channel)
{
  for (guint i = 0; i < count_memberships (self); i++)
    {
      RocketIOMembership *membership = get_membership (self, i);

      if (is_present (self, membership) &&
          (channel == NULL || g_str_equal (channel, rocketio_channel_get_name (membership->channel))))
        return membership;
    }

  return NULL;
}

/* What was pushed there last is the last that concerns us: with nothing to wait for, nothing is kept. */
static void
leave (RocketIOFeed       *self,
       RocketIOMembership *membership)
{
  RocketIOLog *log = rocketio_channel_get_log (membership->channel, FALSE);

  rocketio_channels_leave (self->channels, membership, log != NULL ? rocketio_log_get_last_seq (log) : 0);
}

static void
join (RocketIOFeed *self,
      const char   *channel,
      guint64       seq)
{
  if (self->memberships == NULL)
    self->memberships = g_ptr_array_new ();
  g_ptr_array_insert (self->memberships, 0, rocketio_channels_join (self->channels, channel, self->member, seq));
}

/* Who goes in and out without ever saying what it got can go back less far. */
static void
bound_past (RocketIOFeed *self)
{
  guint64 left = 0;

  for (guint i = count_memberships (self), n = 0; i > 0; i--)
    {
      RocketIOMembership *membership = get_membership (self, i - 1);

      if (!is_present (self, membership) && ++n > MAX_PAST)
        left = MAX (left, membership->left);
    }

  if (left > 0)
    rocketio_feed_confirm (self, left);
}

void
rocketio_feed_set_channel (RocketIOFeed *self,
                           const char   *channel,
                           guint64       seq)
{
  RocketIOMembership *present = find_membership (self, NULL);

  if (present != NULL)
    leave (self, present);
  if (channel != NULL)
    join (self, channel, seq);

  release_memberships (self, FALSE);
}

gboolean
rocketio_feed_join (RocketIOFeed *self,
                    const char   *channel,
                    guint64       seq)
{
  if (find_membership (self, channel) != NULL)
    return FALSE;

  join (self, channel, seq);

  return TRUE;
}

gboolean
rocketio_feed_leave (RocketIOFeed *self,
                     const char   *channel)
{
  RocketIOMembership *present = find_membership (self, channel);

  if (present == NULL)
    return FALSE;

  leave (self, present);
  bound_past (self);
  release_memberships (self, FALSE);

  return TRUE;
}

guint
rocketio_feed_count (RocketIOFeed *self)
{
  guint n = 0;

  for (guint i = 0; i < count_memberships (self); i++)
    n += is_present (self, get_membership (self, i)) ? 1 : 0;

  return n;
}

const char *
rocketio_feed_get_channel (RocketIOFeed *self)
{
  RocketIOMembership *present = find_membership (self, NULL);

  return present != NULL ? rocketio_channel_get_name (present->channel) : NULL;
}

char **
rocketio_feed_dup_channels (RocketIOFeed *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < count_memberships (self); i++)
    {
      if (is_present (self, get_membership (self, i)))
        g_strv_builder_add (builder, rocketio_channel_get_name (get_membership (self, i)->channel));
    }

  return g_strv_builder_end (builder);
}

/* Reading */

/* A log that is read between two numbers. */
typedef struct
{
  RocketIOLog            *log;
  const RocketIOLogEntry *entry;    /* the next one; NULL: no more */
  guint64                 after;
  guint64                 until;
} Reader;

static void
reader_init (Reader      *reader,
             RocketIOLog *log,
             guint64      after,
             guint64      until)
{
  *reader = (Reader) { log, NULL, after, until };
  if (rocketio_log_get_last_seq (log) > after)
    reader->entry = rocketio_log_after (log, after);
  if (reader->entry != NULL && rocketio_message_get_seq (reader->entry->message) > until)
    reader->entry = NULL;
}

static void
reader_next (Reader *reader)
{
  reader->entry = rocketio_log_next (reader->log, reader->entry);
  if (reader->entry != NULL && rocketio_message_get_seq (reader->entry->message) > reader->until)
    reader->entry = NULL;
}

static guint
max_readers (RocketIOFeed *self)
{
  return 2 + count_memberships (self);
}

static guint
get_readers (RocketIOFeed *self,
             Reader       *readers)
{
  guint n = 0;

  reader_init (&readers[n++], self->everybody, self->cursor, G_MAXUINT64);
  if (self->log != NULL)
    reader_init (&readers[n++], self->log, self->cursor, G_MAXUINT64);

  for (guint i = 0; i < count_memberships (self); i++)
    {
      RocketIOMembership *membership = get_membership (self, i);
      RocketIOLog *log = rocketio_channel_get_log (membership->channel, FALSE);

      if (log != NULL)
        reader_init (&readers[n++], log, MAX (self->cursor, membership->joined), membership->left);
    }

  return n;
}

/* Whether a log has dropped something of what is to be read. */
static gboolean
have_lost (Reader *readers,
           guint   n_readers)
{
  for (guint i = 0; i < n_readers; i++)
    {
      /* There is an entry at the end of the interval, so whatever went beyond its start took some of it. */
      if (readers[i].until > readers[i].after && rocketio_log_get_lost_seq (readers[i].log) > readers[i].after)
        return TRUE;
    }

  return FALSE;
}

static Reader *
find_oldest (Reader *readers,
             guint   n_readers)
{
  Reader *oldest = NULL;

  for (guint i = 0; i < n_readers; i++)
    {
      if (readers[i].entry != NULL &&
          (oldest == NULL || rocketio_message_get_seq (readers[i].entry->message) <
                               rocketio_message_get_seq (oldest->entry->message)))
        oldest = &readers[i];
    }

  return oldest;
}

/* An entry's audience is the set of the ids that do not get it. */
static gboolean
is_for_us (RocketIOFeed           *self,
           const RocketIOLogEntry *entry)
{
  return entry->audience == NULL || !g_hash_table_contains (entry->audience, self->id);
}

/* The next message for us, or NULL; moves `cursor` to it and past those that are not. */
static RocketIOMessage *
next_message (RocketIOFeed *self,
              Reader       *readers,
              guint         n_readers,
              guint64      *cursor)
{
  Reader *oldest;

  while ((oldest = find_oldest (readers, n_readers)) != NULL)
    {
      const RocketIOLogEntry *entry = oldest->entry;
      guint64 seq = rocketio_message_get_seq (entry->message);

      /* A push to several channels is in the log of each. */
      gboolean is_next = seq > *cursor && is_for_us (self, entry);

      *cursor = seq;
      reader_next (oldest);
      if (is_next)
        return entry->message;
    }

  return NULL;
}

/* Fills `batch` with what comes next, up to `budget` bytes; moves the cursor. Returns whether that is all. */
static gboolean
gather (RocketIOFeed *self,
        Reader       *readers,
        guint         n_readers,
        GPtrArray    *batch,
        gsize         budget)
{
  gsize size = 0;
  RocketIOMessage *message;

  while (size < budget && (message = next_message (self, readers, n_readers, &self->cursor)) != NULL)
    {
      g_ptr_array_add (batch, rocketio_message_ref (message));
      size += rocketio_message_get_size (message);
    }

  return find_oldest (readers, n_readers) == NULL;
}

/* Whether several messages wait for us that have more than `room` bytes together. */
static gboolean
is_more_than (RocketIOFeed *self,
              Reader       *readers,
              guint         n_readers,
              gsize         room)
{
  guint64 cursor = self->cursor;
  gsize size = 0;
  guint n = 0;
  RocketIOMessage *message;

  while ((size <= room || n < 2) && (message = next_message (self, readers, n_readers, &cursor)) != NULL)
    {
      size += rocketio_message_get_size (message);
      n++;
    }

  return size > room && n > 1;
}

/* Of its own log, which nobody else reads. */
static void
forget_given (RocketIOFeed *self)
{
  rocketio_log_forget (self->log, get_floor (self));

  while (self->keeps &&
         rocketio_log_get_bytes (self->log) - rocketio_log_bytes_after (self->log, self->cursor) > MAX_KEPT)
    rocketio_log_drop_oldest (self->log);
}

RocketIOFeedResult
rocketio_feed_take (RocketIOFeed *self,
                    GPtrArray    *batch,
                    gsize         budget)
{
  Reader *readers = g_newa (Reader, max_readers (self));
  guint n_readers = get_readers (self, readers);

  if (have_lost (readers, n_readers))
    return ROCKETIO_FEED_LOST;

  self->lagging = !gather (self, readers, n_readers, batch, budget);
  if (self->log != NULL)
    forget_given (self);
  if (self->lagging)
    return ROCKETIO_FEED_MORE;

  if (!self->ended)
    release_memberships (self, FALSE);

  return ROCKETIO_FEED_ALL;
}

RocketIOFeedResult
rocketio_feed_measure (RocketIOFeed *self,
                       gsize         pending,
                       gsize         bound)
{
  Reader *readers = g_newa (Reader, max_readers (self));
  guint n_readers = get_readers (self, readers);
  gsize waiting = 0;

  if (have_lost (readers, n_readers))
    return ROCKETIO_FEED_LOST;

  for (guint i = 0; i < n_readers; i++)
    {
      if (readers[i].entry != NULL)
        waiting += rocketio_log_bytes_after (readers[i].log, readers[i].after);
    }
  self->lagging = waiting > 0;

  /* Not all of that may be for us, which takes longer to tell. */
  if (pending + waiting > bound && is_more_than (self, readers, n_readers, bound - MIN (pending, bound)))
    return ROCKETIO_FEED_LOST;

  return self->lagging ? ROCKETIO_FEED_MORE : ROCKETIO_FEED_ALL;
}

/* Going back */

void
rocketio_feed_confirm (RocketIOFeed *self,
                       guint64       seq)
{
  seq = MIN (seq, self->cursor);
  if (seq <= self->kept)
    return;

  self->kept = seq;
  if (self->log != NULL)
    rocketio_log_forget (self->log, seq);
  release_memberships (self, FALSE);
}

gboolean
rocketio_feed_rewind (RocketIOFeed *self,
                      guint64       seq)
{
  guint64 cursor = self->cursor;
  Reader *readers = g_newa (Reader, max_readers (self));
  guint n_readers;

  if (seq < self->kept || seq > cursor)
    return FALSE;

  self->cursor = seq;
  n_readers = get_readers (self, readers);
  if (!have_lost (readers, n_readers))
    return TRUE;

  self->cursor = cursor;

  return FALSE;
}

void
rocketio_feed_skip (RocketIOFeed *self,
                    guint64       seq)
{
  self->cursor = seq;
  self->lagging = FALSE;
  rocketio_feed_confirm (self, seq);
}

guint64
rocketio_feed_get_needed (RocketIOFeed *self,
                          gboolean      away)
{
  if (away)
    return get_floor (self);

  return self->lagging ? self->cursor : G_MAXUINT64;
}

RocketIOLog *
rocketio_feed_get_log (RocketIOFeed *self,
                       gboolean      create)
{
  if (self->log == NULL && create)
    self->log = rocketio_log_new (G_MAXSIZE, (GDestroyNotify) g_hash_table_unref);

  return self->log;
}

/* Life */

void
rocketio_feed_init (RocketIOFeed     *self,
                    RocketIOLog      *everybody,
                    RocketIOChannels *channels,
                    gpointer          member,
                    const char       *id,
                    guint64           seq)
{
  *self = (RocketIOFeed) {
    .everybody = everybody,
    .channels = channels,
    .member = member,
    .id = id,
    .cursor = seq,
    .kept = seq,
  };
}

void
rocketio_feed_end (RocketIOFeed *self)
{
  for (guint i = count_memberships (self); i > 0; i--)
    {
      RocketIOMembership *membership = get_membership (self, i - 1);

      if (membership->left == G_MAXUINT64)
        {
          leave (self, membership);
          continue;
        }

      g_ptr_array_remove_index (self->memberships, i - 1);
      rocketio_channels_release (self->channels, membership);
    }
  self->ended = TRUE;
}

void
rocketio_feed_clear (RocketIOFeed *self)
{
  release_memberships (self, TRUE);
  g_clear_pointer (&self->log, rocketio_log_unref);
}
