/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-hub-private.h"

#include "rocketio-relief-private.h"

#include <string.h>

#define SUM_STEP       1048576     /* bytes appended after which all logs are added up */
#define SHORT_AGE      30          /* seconds that a log keeps what nobody waits for while memory is short */
#define EXPIRY_TIME    10          /* seconds between two looks at what is too old, at most */

struct _RocketIOHub
{
  grefcount            refs;
  RocketIOReactor     *reactor;
  RocketIOInbox       *inbox;
  RocketIOSessionList *sessions;
  RocketIOChannels    *channels;
  RocketIOLog         *everybody;
  RocketIOLog         *passing;        /* volatile pushes to everybody, until they have been pumped */
  guint64              seq;            /* of the last push */
  guint32              epoch;          /* tells our numbers from those of another run */
  gsize                max_queue;
  RocketIOLogBounds    bounds;
  RocketIORetained    *retained;       /* for everybody; NULL: nothing */
  gsize                appended;       /* bytes since all logs were last added up */
  gboolean             closed;

  gboolean             all_marked;
  GHashTable          *marked;         /* of RocketIOChannel, pinned: pushed to since the last pump */
  GHashTable          *pumped;         /* the same, being pumped */
  GQueue               queue;          /* of RocketIOSession: to be pumped; its links are in the sessions */
  GPtrArray           *lost;           /* of RocketIOSession: to be closed after the pump */
  GPtrArray           *news;           /* of RocketIOSession: the app is to hear of a change after it */
  GPtrArray           *batch;          /* scratch */
  RocketIOTimer        expiry;
  RocketIORelief      *relief;         /* NULL: there has been too little in the logs to give any back */
};

static void
enqueue (RocketIOHub     *self,
         RocketIOSession *session)
{
  GList *link = rocketio_session_get_queue_link (session);

  /* The queue keeps nobody alive, so one that is over, without a transport, must not get in again. */
  if (link->data != NULL || self->closed || rocketio_session_get_carrier (session) == NULL)
    return;

  link->data = session;
  g_queue_push_tail_link (&self->queue, link);
}

void
rocketio_hub_mark (RocketIOHub     *self,
                   RocketIOSession *session)
{
  enqueue (self, session);
  rocketio_reactor_kick (self->reactor);
}

static void
unmark (RocketIOHub     *self,
        RocketIOSession *session)
{
  GList *link = rocketio_session_get_queue_link (session);

  if (link->data == NULL)
    return;

  g_queue_unlink (&self->queue, link);
  link->data = NULL;
}


void
rocketio_hub_remove (RocketIOHub     *self,
                     RocketIOSession *session)
{
  unmark (self, session);
  rocketio_session_list_remove (self->sessions, session);
}

/* Pushing */

/* The set of ids that a push is not for, as the audience of its log entries; NULL: none. */
static GHashTable *
make_audience (const char *const *except)
{
  GHashTable *audience = NULL;

  for (; except != NULL && *except != NULL; except++)
    {
      if (audience == NULL)
        audience = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_add (audience, g_strdup (*except));
    }

  return audience;
}

static void
append (RocketIOHub     *self,
        RocketIOLog     *log,
        RocketIOMessage *message,
        GHashTable      *audience)
{
  /* The same session or channel may have been named twice. */
  if (rocketio_log_get_last_seq (log) == self->seq)
    return;

  rocketio_log_append (log, message, audience != NULL ? g_hash_table_ref (audience) : NULL, g_get_monotonic_time ());
  self->appended += rocketio_message_get_size (message);
}

static void
trim_to (RocketIOLog *log,
         gsize        bytes)
{
  while (rocketio_log_get_bytes (log) > bytes && rocketio_log_get_length (log) > 1)
    rocketio_log_drop_oldest (log);
}

static void
append_to_session (RocketIOHub     *self,
                   RocketIOSession *session,
                   RocketIOMessage *message,
                   GHashTable      *audience)
{
  RocketIOLog *log;

  if (rocketio_message_is_volatile (message) && rocketio_session_get_carrier (session) == NULL)
    return;

  log = rocketio_feed_get_log (rocketio_session_get_feed (session), TRUE);
  append (self, log, message, audience);
  if (rocketio_session_get_carrier (session) == NULL)
    trim_to (log, self->max_queue);
  rocketio_hub_mark (self, session);
}

static void
append_to_channel (RocketIOHub     *self,
                   const char      *name,
                   RocketIOMessage *message,
                   GHashTable      *audience)
{
  RocketIOChannel *channel = rocketio_channels_lookup (self->channels, name);
  gboolean is_volatile = rocketio_message_is_volatile (message);

  if (channel == NULL)
    return;

  if (!is_volatile)
    rocketio_channel_remember (channel, message, audience != NULL ? g_hash_table_ref (audience) : NULL);
  if (rocketio_channel_get_size (channel) == 0)
    return;

  append (self, is_volatile ? rocketio_channel_get_passing (channel, TRUE) : rocketio_channel_get_log (channel, TRUE),
          message, audience);
  if (g_hash_table_add (self->marked, channel))
    rocketio_channel_pin (channel);
}

static void
set_fate (RocketIOMessage     *message,
          RocketIOPushOptions *options)
{
  guint ttl = rocketio_push_options_get_ttl (options);

  rocketio_message_set_fate (message,
                             rocketio_push_options_get_volatile (options),
                             ttl > 0 ? g_get_monotonic_time () + ttl * G_GINT64_CONSTANT (1000) : 0,
                             rocketio_push_options_get_conflate_key (options),
                             rocketio_push_options_get_policy (options));
}

/* For those who come later. */

RocketIORetained *
rocketio_hub_get_retained (RocketIOHub *self)
{
  return self->retained;
}

void
rocketio_hub_retain (RocketIOHub     *self,
                     RocketIOMessage *message)
{
  if (self->retained == NULL)
    self->retained = rocketio_retained_new ();
  rocketio_retained_put (self->retained, message);
}

static void
retain (RocketIOHub         *self,
        RocketIOMessage     *message,
        RocketIOPushOptions *options)
{
  const char *const *channels = rocketio_push_options_get_channels (options);

  if (!rocketio_push_options_get_retain (options) || rocketio_push_options_get_volatile (options) ||
      rocketio_push_options_get_to (options) != NULL)
    return;

  for (const char *const *name = channels; name != NULL && *name != NULL; name++)
    rocketio_channels_retain (self->channels, *name, message);
  if (channels != NULL)
    return;

  rocketio_hub_retain (self, message);
}

static void
push (RocketIOHub         *self,
      RocketIOMessage     *message,
      RocketIOPushOptions *options)
{
  const char *const *to = options != NULL ? rocketio_push_options_get_to (options) : NULL;
  const char *const *channels = options != NULL ? rocketio_push_options_get_channels (options) : NULL;
  g_autoptr (GHashTable) audience = options != NULL ? make_audience (rocketio_push_options_get_except (options)) : NULL;

  if (self->closed)
    return;

  rocketio_message_set_seq (message, ++self->seq, self->epoch);
  if (options != NULL)
    set_fate (message, options);
  if (to == NULL && channels != NULL && channels[0] != NULL && channels[1] == NULL)
    rocketio_message_add_string (message, "ch", channels[0]);
  if (options != NULL)
    retain (self, message, options);
  if (to == NULL && channels == NULL)
    {
      append (self, rocketio_message_is_volatile (message) ? self->passing : self->everybody, message, audience);
      self->all_marked = TRUE;
    }

  for (; to != NULL && *to != NULL; to++)
    {
      RocketIOSession *session = rocketio_session_list_lookup (self->sessions, *to);

      if (session != NULL)
        append_to_session (self, session, message, audience);
    }

  for (; channels != NULL && *channels != NULL; channels++)
    append_to_channel (self, *channels, message, audience);

  rocketio_reactor_kick (self->reactor);
}

/* What other threads have pushed up to now goes first. Not what they push meanwhile: that might never end. */
static void
empty_inbox (RocketIOHub *self)
{
  RocketIOPost *post;

  for (guint n = rocketio_inbox_get_n (self->inbox); n > 0 && (post = rocketio_inbox_take (self->inbox)) != NULL; n--)
    {
      push (self, post->message, post->options);
      rocketio_post_free (post);
    }
}

void
rocketio_hub_push (RocketIOHub         *self,
                   RocketIOMessage     *message,
                   RocketIOPushOptions *options)
{
  empty_inbox (self);
  push (self, message, options);
}

void
rocketio_hub_push_to (RocketIOHub     *self,
                      RocketIOMessage *message,
                      RocketIOSession *session)
{
  empty_inbox (self);
  if (self->closed)
    return;

  rocketio_message_set_seq (message, ++self->seq, self->epoch);
  append_to_session (self, session, message, NULL);
}

/* Retained */

static void
give (RocketIOHub      *self,
      RocketIOSession  *session,
      RocketIORetained *retained)
{
  g_autoptr (GPtrArray) messages = retained != NULL ? rocketio_retained_copy (retained) : NULL;

  for (guint i = 0; messages != NULL && i < messages->len; i++)
    rocketio_hub_push_to (self, g_ptr_array_index (messages, i), session);
}

void
rocketio_hub_give_retained (RocketIOHub     *self,
                            RocketIOSession *session,
                            const char      *name)
{
  RocketIOChannel *channel = rocketio_channels_lookup (self->channels, name);

  if (channel != NULL)
    give (self, session, rocketio_channel_get_retained (channel));
}

void
rocketio_hub_add (RocketIOHub     *self,
                  RocketIOSession *session)
{
  rocketio_session_list_add (self->sessions, session);
  give (self, session, self->retained);
}

/* Bounds */

static gsize
get_log_bound (RocketIOHub *self)
{
  return MAX (self->bounds.log_bytes, self->max_queue);
}

/* Logs are cut to their bound only when everybody has been pumped: a burst of any size in one turn reaches all who can
 * take it. */
static void
trim (RocketIOHub *self,
      RocketIOLog *log)
{
  if (log != NULL)
    trim_to (log, get_log_bound (self));
}

static RocketIOFeed *
get_feed (RocketIOHub *self,
          guint        index)
{
  return rocketio_session_get_feed (rocketio_session_list_get (self->sessions, index));
}

static void
add_log (GPtrArray   *logs,
         RocketIOLog *log)
{
  if (log != NULL)
    g_ptr_array_add (logs, log);
}

/* The logs of everybody, of all channels and of all sessions that have one. */
static GPtrArray *
list_logs (RocketIOHub *self)
{
  g_autoptr (GPtrArray) channels = rocketio_channels_list (self->channels);
  GPtrArray *logs = g_ptr_array_new ();

  add_log (logs, self->everybody);
  add_log (logs, self->passing);
  for (guint i = 0; i < channels->len; i++)
    {
      add_log (logs, rocketio_channel_get_log (g_ptr_array_index (channels, i), FALSE));
      add_log (logs, rocketio_channel_get_passing (g_ptr_array_index (channels, i), FALSE));
    }
  for (guint i = 0; i < rocketio_session_list_get_n (self->sessions); i++)
    add_log (logs, get_feed (self, i)->log);

  return logs;
}

static RocketIOLog *
find_largest (GPtrArray *logs,
              gsize     *total)
{
  RocketIOLog *largest = NULL;

  *total = 0;
  for (guint i = 0; i < logs->len; i++)
    {
      RocketIOLog *log = g_ptr_array_index (logs, i);
      gsize bytes = rocketio_log_get_bytes (log);

      *total += bytes;
      if (largest == NULL || bytes > rocketio_log_get_bytes (largest))
        largest = log;
    }

  return largest;
}

/* Drops what was appended before `oldest` and nobody who is there waits for. Returns how many entries are left. */
static guint
expire (RocketIOHub *self,
        gint64       oldest)
{
  g_autoptr (GPtrArray) logs = list_logs (self);
  guint64 needed = G_MAXUINT64;
  guint n_entries = 0;

  for (guint i = 0; i < rocketio_session_list_get_n (self->sessions); i++)
    {
      gboolean away = rocketio_session_get_carrier (rocketio_session_list_get (self->sessions, i)) == NULL;

      needed = MIN (needed, rocketio_feed_get_needed (get_feed (self, i), away));
    }

  for (guint i = 0; i < logs->len; i++)
    {
      rocketio_log_expire (g_ptr_array_index (logs, i), oldest, needed);
      n_entries += rocketio_log_get_length (g_ptr_array_index (logs, i));
    }

  return n_entries;
}

static void
start_expiry (RocketIOHub *self)
{
  guint seconds = CLAMP (self->bounds.age, 1, EXPIRY_TIME);

  rocketio_reactor_start_timer (self->reactor, &self->expiry, seconds * 1000);
}

static void
expiry_cb (RocketIOTimer *timer)
{
  RocketIOHub *self = rocketio_container_of (timer, RocketIOHub, expiry);

  if (expire (self, g_get_monotonic_time () - (gint64) self->bounds.age * G_USEC_PER_SEC) > 0)
    start_expiry (self);
}

/* The more urgent it is, the less is kept for those who are away. */
static void
relieve_cb (GMemoryMonitorWarningLevel level,
            gpointer                   user_data)
{
  gint64 young = g_get_monotonic_time () - SHORT_AGE * G_USEC_PER_SEC;

  expire (user_data, level < G_MEMORY_MONITOR_WARNING_LEVEL_MEDIUM ? young : G_MAXINT64);
}

static void
bound_all (RocketIOHub *self)
{
  g_autoptr (GPtrArray) logs = NULL;
  RocketIOLog *largest;
  gsize total;

  if (self->appended < MIN (SUM_STEP, self->bounds.total_bytes))
    return;

  self->appended = 0;
  if (self->relief == NULL && !self->closed)
    self->relief = rocketio_relief_new (rocketio_reactor_get_context (self->reactor), relieve_cb, self);
  logs = list_logs (self);
  for (largest = find_largest (logs, &total); total > self->bounds.total_bytes; largest = find_largest (logs, &total))
    {
      gsize goal = rocketio_log_get_bytes (largest) / 8 * 7;

      while (rocketio_log_get_bytes (largest) > goal && rocketio_log_drop_oldest (largest) > 0)
        ;
    }
}

/* The pump */

static void
expand_marks (RocketIOHub *self)
{
  GHashTableIter iter;
  gpointer channel;

  for (guint i = 0; self->all_marked && i < rocketio_session_list_get_n (self->sessions); i++)
    enqueue (self, rocketio_session_list_get (self->sessions, i));
  self->all_marked = FALSE;

  g_hash_table_iter_init (&iter, self->marked);
  while (g_hash_table_iter_next (&iter, &channel, NULL))
    {
      for (guint i = 0; i < rocketio_channel_get_size (channel); i++)
        enqueue (self, rocketio_channel_get_member (channel, i));
      g_hash_table_iter_steal (&iter);
      if (!g_hash_table_add (self->pumped, channel))
        rocketio_channel_unpin (channel);
    }
}

static void
pump_session (RocketIOHub     *self,
              RocketIOSession *session)
{
  RocketIOFeedResult result = rocketio_session_pump (session, self->batch, self->max_queue);

  if (rocketio_session_has_news (session))
    g_ptr_array_add (self->news, g_object_ref (session));

  switch (result)
    {
    case ROCKETIO_FEED_MORE:
      enqueue (self, session);
      break;

    case ROCKETIO_FEED_LOST:
      g_ptr_array_add (self->lost, g_object_ref (session));
      break;

    case ROCKETIO_FEED_ALL:
    default:
      break;
    }
}

/* Whoever has not got what is volatile by now does not get it. */
static void
empty (RocketIOLog *log)
{
  if (log != NULL)
    rocketio_log_forget (log, G_MAXUINT64);
}

static void
finish_pump (RocketIOHub *self)
{
  GHashTableIter iter;
  gpointer channel;

  trim (self, self->everybody);
  empty (self->passing);
  g_hash_table_iter_init (&iter, self->pumped);
  while (g_hash_table_iter_next (&iter, &channel, NULL))
    {
      g_hash_table_iter_steal (&iter);
      trim (self, rocketio_channel_get_log (channel, FALSE));
      empty (rocketio_channel_get_passing (channel, FALSE));
      rocketio_channel_unpin (channel);
    }
}

/* Apart from the writing, since it calls the app. */
static void
close_lost (RocketIOHub *self)
{
  while (self->lost->len > 0)
    {
      g_autoptr (RocketIOSession) session = g_ptr_array_steal_index_fast (self->lost, self->lost->len - 1);

      rocketio_session_fall_behind (session);
    }
}

static void
tell_news (RocketIOHub *self)
{
  while (self->news->len > 0)
    {
      g_autoptr (RocketIOSession) session = g_ptr_array_steal_index_fast (self->news, self->news->len - 1);

      rocketio_session_tell_news (session);
    }
}

static gboolean
pump_cb (gpointer user_data,
         gint64   deadline)
{
  g_autoptr (RocketIOHub) self = rocketio_hub_ref (user_data);

  empty_inbox (self);
  expand_marks (self);

  for (guint n = 1; self->queue.length > 0; n++)
    {
      RocketIOSession *session = self->queue.head->data;

      unmark (self, session);
      pump_session (self, session);
      if (n % 16 == 0 && g_get_monotonic_time () > deadline)
        break;
    }

  if (self->queue.length == 0)
    finish_pump (self);

  /* With more to do than there is time for, that never happens, but memory has its bound all the same. */
  bound_all (self);
  if (self->expiry.link == NULL && self->seq > 0)
    start_expiry (self);

  tell_news (self);
  close_lost (self);

  return self->queue.length > 0;
}

/* Life */

RocketIOHub *
rocketio_hub_new (RocketIOReactor *reactor)
{
  RocketIOHub *self = g_new0 (RocketIOHub, 1);
  GDestroyNotify audience_free = (GDestroyNotify) g_hash_table_unref;

  g_ref_count_init (&self->refs);
  self->epoch = g_random_int ();
  self->bounds = (RocketIOLogBounds) ROCKETIO_LOG_BOUNDS;
  self->reactor = rocketio_reactor_ref (reactor);
  self->inbox = rocketio_inbox_new (reactor);
  self->sessions = rocketio_session_list_new ();
  self->channels = rocketio_channels_new (G_MAXSIZE, audience_free);
  self->everybody = rocketio_log_new (G_MAXSIZE, audience_free);
  self->passing = rocketio_log_new (G_MAXSIZE, audience_free);
  self->marked = g_hash_table_new (NULL, NULL);
  self->pumped = g_hash_table_new (NULL, NULL);
  self->lost = g_ptr_array_new_with_free_func (g_object_unref);
  self->news = g_ptr_array_new_with_free_func (g_object_unref);
  self->batch = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  g_queue_init (&self->queue);
  rocketio_timer_init (&self->expiry, expiry_cb);
  rocketio_reactor_set_pump (reactor, pump_cb, self);

  return self;
}

RocketIOHub *
rocketio_hub_ref (RocketIOHub *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_hub_unref (RocketIOHub *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  rocketio_hub_close (self);
  g_hash_table_unref (self->marked);
  g_hash_table_unref (self->pumped);
  g_ptr_array_unref (self->lost);
  g_ptr_array_unref (self->news);
  g_ptr_array_unref (self->batch);
  rocketio_log_unref (self->everybody);
  rocketio_log_unref (self->passing);
  g_clear_pointer (&self->retained, rocketio_retained_free);
  rocketio_channels_free (self->channels);
  g_object_unref (self->sessions);
  rocketio_inbox_unref (self->inbox);
  rocketio_reactor_unref (self->reactor);
  g_free (self);
}

void
rocketio_hub_close (RocketIOHub *self)
{
  if (self->closed)
    return;

  /* From here on nobody is marked any more, but channels are let go. */
  self->closed = TRUE;
  rocketio_inbox_close (self->inbox);
  rocketio_reactor_set_pump (self->reactor, NULL, NULL);
  rocketio_reactor_stop_timer (self->reactor, &self->expiry);
  g_clear_pointer (&self->relief, rocketio_relief_free);

  expand_marks (self);
  finish_pump (self);
}

void
rocketio_hub_set_max_queue (RocketIOHub *self,
                            gsize        bytes)
{
  self->max_queue = bytes;
}

void
rocketio_hub_set_log_bounds (RocketIOHub             *self,
                             const RocketIOLogBounds *bounds)
{
  self->bounds = *bounds;
  if (self->expiry.link != NULL)
    start_expiry (self);
}

RocketIOSessionList *
rocketio_hub_get_sessions (RocketIOHub *self)
{
  return self->sessions;
}

RocketIOChannels *
rocketio_hub_get_channels (RocketIOHub *self)
{
  return self->channels;
}

RocketIOLog *
rocketio_hub_get_everybody (RocketIOHub *self)
{
  return self->everybody;
}

RocketIOLog *
rocketio_hub_get_passing (RocketIOHub *self)
{
  return self->passing;
}

RocketIOInbox *
rocketio_hub_get_inbox (RocketIOHub *self)
{
  return self->inbox;
}

void
rocketio_hub_go_on_from (RocketIOHub *self,
                         guint64      seq,
                         guint32      epoch)
{
  self->seq = seq;
  self->epoch = epoch;
}

guint32
rocketio_hub_get_epoch (RocketIOHub *self)
{
  return self->epoch;
}

guint64
rocketio_hub_get_seq (RocketIOHub *self)
{
  empty_inbox (self);

  return self->seq;
}
