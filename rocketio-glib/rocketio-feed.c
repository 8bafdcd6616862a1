/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-feed-private.h"

#define MAX_KEPT 1048576  /* bytes of what was given from its own log that are kept until it has confirmed them */
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

  for (guint i = 0, n = 0; i < count_memberships (self); i++)
    {
      RocketIOMembership *membership = get_membership (self, i);

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

void
rocketio_feed_add_membership (RocketIOFeed *self,
                              const char   *channel,
                              guint64       joined,
                              guint64       left)
{
  RocketIOMembership *membership = rocketio_channels_join (self->channels, channel, self->member, joined);

  if (self->memberships == NULL)
    self->memberships = g_ptr_array_new ();
  g_ptr_array_add (self->memberships, membership);
  if (left != G_MAXUINT64)
    rocketio_channels_leave (self->channels, membership, left);
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
  return 3 + 2 * count_memberships (self);
}

static void
add_reader (Reader      *readers,
            guint       *n,
            RocketIOLog *log,
            guint64      after,
            guint64      until)
{
  if (log != NULL && until > after)
    reader_init (&readers[(*n)++], log, after, until);
}

/* Of what came after `after` up to `until`. */
static guint
get_readers_between (RocketIOFeed *self,
                     Reader       *readers,
                     guint64       after,
                     guint64       until)
{
  guint n = 0;

  add_reader (readers, &n, self->everybody, after, until);
  add_reader (readers, &n, self->log, after, until);

  for (guint i = 0; i < count_memberships (self); i++)
    {
      RocketIOMembership *membership = get_membership (self, i);

      add_reader (readers, &n, rocketio_channel_get_log (membership->channel, FALSE),
                  MAX (after, membership->joined), MIN (until, membership->left));
    }

  return n;
}

/* What is volatile, as far as it is there: mostly it is not. */
static guint
add_passing (RocketIOFeed *self,
             Reader       *readers,
             guint         n)
{
  if (rocketio_log_get_length (self->passing) > 0)
    add_reader (readers, &n, self->passing, self->cursor, G_MAXUINT64);

  for (guint i = 0; i < count_memberships (self); i++)
    {
      RocketIOMembership *membership = get_membership (self, i);
      RocketIOLog *log = rocketio_channel_get_passing (membership->channel, FALSE);

      if (log != NULL && rocketio_log_get_length (log) > 0)
        add_reader (readers, &n, log, MAX (self->cursor, membership->joined), membership->left);
    }

  return n;
}

/* What is still in the logs for it begins after this number. */
static guint64
get_log_start (RocketIOFeed *self)
{
  return self->stash != NULL ? self->stash->end : self->cursor;
}

static guint
get_readers (RocketIOFeed *self,
             Reader       *readers)
{
  return get_readers_between (self, readers, get_log_start (self), G_MAXUINT64);
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
gboolean
rocketio_feed_is_for (RocketIOFeed           *self,
                      const RocketIOLogEntry *entry)
{
  return entry->audience == NULL || !g_hash_table_contains (entry->audience, self->id);
}

/* Whether it is too late for a message. */
static gboolean
is_late (RocketIOFeed    *self,
         RocketIOMessage *message)
{
  gint64 expiry = rocketio_message_get_expiry (message);

  return (rocketio_message_is_volatile (message) && rocketio_message_get_seq (message) <= self->stale) ||
         (expiry > 0 && expiry < g_get_monotonic_time ());
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
      gboolean is_next = seq > *cursor && rocketio_feed_is_for (self, entry);

      if (is_next && rocketio_message_has_fate (entry->message))
        is_next = !is_late (self, entry->message);

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
        gsize        *budget)
{
  RocketIOMessage *message;

  while (*budget > 0 && (message = next_message (self, readers, n_readers, &self->cursor)) != NULL)
    {
      g_ptr_array_add (batch, rocketio_message_ref (message));
      *budget -= MIN (*budget, rocketio_message_get_size (message));
    }

  return find_oldest (readers, n_readers) == NULL;
}

/* Stash */

static void
free_stash (RocketIOFeed *self)
{
  g_clear_pointer (&self->stash, rocketio_stash_free);
}

/* What was given before, and is to be given again, comes before it. Returns whether it is empty now. */
static gboolean
take_stash (RocketIOFeed *self,
            GPtrArray    *batch,
            gsize        *budget)
{
  RocketIOMessage *message;

  if (self->cursor < self->stash->begin)
    {
      Reader *readers = g_newa (Reader, max_readers (self));
      guint n_readers = get_readers_between (self, readers, self->cursor, self->stash->begin);

      if (!gather (self, readers, n_readers, batch, budget))
        return FALSE;
    }

  while (*budget > 0 && (message = rocketio_stash_take (self->stash)) != NULL)
    {
      self->cursor = MAX (self->cursor, rocketio_message_get_seq (message));
      self->stash->begin = self->cursor;
      if (is_late (self, message))
        {
          rocketio_message_unref (message);
          continue;
        }

      *budget -= MIN (*budget, rocketio_message_get_size (message));
      g_ptr_array_add (batch, message);
    }

  if (!g_queue_is_empty (&self->stash->messages))
    return FALSE;

  self->cursor = MAX (self->cursor, self->stash->end);
  free_stash (self);

  return TRUE;
}

/* Moves what waits in the logs to the stash, and leaves out what may be. Returns whether no more than `room` is
 * left. */
static gboolean
make_room (RocketIOFeed       *self,
           Reader             *readers,
           guint               n_readers,
           gsize               room,
           RocketIOSlowPolicy  policy)
{
  guint64 cursor = get_log_start (self);
  RocketIOMessage *message;

  if (self->stash == NULL)
    self->stash = rocketio_stash_new (self->cursor);
  while ((message = next_message (self, readers, n_readers, &cursor)) != NULL)
    rocketio_stash_add (self->stash, message);

  self->stash->end = cursor;
  self->dropped += rocketio_stash_trim (self->stash, room, policy);

  return self->stash->bytes <= room || self->stash->messages.length <= 1;
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

/* Whether what has to be given again is there. */
static gboolean
has_given (RocketIOFeed *self)
{
  Reader *readers;

  if (self->stash == NULL || self->cursor >= self->stash->begin)
    return TRUE;

  readers = g_newa (Reader, max_readers (self));

  return !have_lost (readers, get_readers_between (self, readers, self->cursor, self->stash->begin));
}

RocketIOFeedResult
rocketio_feed_take (RocketIOFeed *self,
                    GPtrArray    *batch,
                    gsize         budget)
{
  Reader *readers = g_newa (Reader, max_readers (self));
  guint n_readers = get_readers (self, readers);
  gboolean was_lagging = self->lagging;

  if (have_lost (readers, n_readers) || !has_given (self))
    return ROCKETIO_FEED_LOST;

  self->lagging = self->stash != NULL && !take_stash (self, batch, &budget);
  if (!self->lagging)
    self->lagging = !gather (self, readers, add_passing (self, readers, n_readers), batch, &budget);
  if (was_lagging && batch->len > 1)
    self->dropped += rocketio_messages_conflate (batch);
  if (self->log != NULL)
    forget_given (self);
  if (self->lagging)
    return ROCKETIO_FEED_MORE;

  if (!self->ended)
    release_memberships (self, FALSE);

  return ROCKETIO_FEED_ALL;
}

static gsize
get_waiting (RocketIOFeed *self,
             Reader       *readers,
             guint         n_readers)
{
  gsize waiting = self->stash != NULL ? self->stash->bytes : 0;

  for (guint i = 0; i < n_readers; i++)
    {
      if (readers[i].entry != NULL)
        waiting += rocketio_log_bytes_after (readers[i].log, readers[i].after);
    }

  return waiting;
}

gsize
rocketio_feed_get_waiting (RocketIOFeed *self)
{
  Reader *readers = g_newa (Reader, max_readers (self));

  return get_waiting (self, readers, get_readers (self, readers));
}

/* It cannot take anything now, and what is volatile does not wait. */
static void
pass_by_volatile (RocketIOFeed *self)
{
  if (self->log != NULL)
    self->stale = MAX (self->stale, rocketio_log_get_last_seq (self->log));
}

RocketIOFeedResult
rocketio_feed_measure (RocketIOFeed       *self,
                       gsize               pending,
                       gsize               bound,
                       RocketIOSlowPolicy  policy,
                       gsize              *waiting)
{
  Reader *readers = g_newa (Reader, max_readers (self));
  guint n_readers = get_readers (self, readers);
  gsize n_waiting = get_waiting (self, readers, n_readers);

  pass_by_volatile (self);
  if (have_lost (readers, n_readers) || !has_given (self))
    return ROCKETIO_FEED_LOST;

  /* Not all of that may be for us, which takes longer to tell. */
  if (pending + n_waiting > bound && !make_room (self, readers, n_readers, bound - MIN (pending, bound), policy))
    return ROCKETIO_FEED_LOST;

  self->lagging = n_waiting > 0;
  if (waiting != NULL)
    *waiting = n_waiting;

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

/* It has got what the stash begins with. */
static void
skip_stash (RocketIOFeed *self)
{
  RocketIOMessage *message;

  while (self->stash != NULL && (message = g_queue_peek_head (&self->stash->messages)) != NULL &&
         rocketio_message_get_seq (message) <= self->cursor)
    rocketio_message_unref (rocketio_stash_take (self->stash));
}

gboolean
rocketio_feed_rewind (RocketIOFeed *self,
                      guint64       seq)
{
  guint64 cursor = self->cursor;
  Reader *readers = g_newa (Reader, max_readers (self));

  self->given = MAX (self->given, cursor);
  if (seq < self->kept || seq > self->given)
    return FALSE;

  self->cursor = seq;
  if (!have_lost (readers, get_readers (self, readers)) && has_given (self))
    {
      skip_stash (self);
      pass_by_volatile (self);
      return TRUE;
    }

  self->cursor = cursor;

  return FALSE;
}

void
rocketio_feed_skip (RocketIOFeed *self,
                    guint64       seq)
{
  free_stash (self);
  self->cursor = seq;
  self->given = seq;
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
                    RocketIOLog      *passing,
                    RocketIOChannels *channels,
                    gpointer          member,
                    const char       *id,
                    guint64           seq)
{
  *self = (RocketIOFeed) {
    .everybody = everybody,
    .passing = passing,
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
  free_stash (self);
  g_clear_pointer (&self->log, rocketio_log_unref);
}
