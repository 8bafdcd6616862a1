/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-state-private.h"

#define FORMAT 2

/* What a server has left of its numbers at least: enough for twelve days of a million a second. */
#define NUMBERS_LEFT (G_GUINT64_CONSTANT (1) << 40)

/* An event: number, members of version 2, text of version 1, bytes or nothing, key, policy, microseconds that it is
 * good (0: for ever). An entry of a log: that, who does not get it, its age in microseconds. */
#define EVENT_TYPE      "(tsaymayst" "u)"
#define ENTRY_TYPE      "(" EVENT_TYPE "ast)"
#define LOG_TYPE        "(ta" ENTRY_TYPE ")"    /* the number of the newest that it has lost */
#define CHANNEL_TYPE    "(su" LOG_TYPE LOG_TYPE "a" EVENT_TYPE ")"    /* name, history; log, past, retained */
#define MEMBERSHIP_TYPE "(stt)"
#define SESSION_TYPE    "(ssmsttttt" "a" MEMBERSHIP_TYPE LOG_TYPE ")"
G_STATIC_ASSERT (sizeof ROCKETIO_STATE_TYPE ==
                 sizeof "(uutx" LOG_TYPE "a" EVENT_TYPE "a" CHANNEL_TYPE "a" SESSION_TYPE ")");

/* Saving */

static GVariant *
save_event (RocketIOMessage *message,
            gint64           now)
{
  gint64 expiry = rocketio_message_get_expiry (message);
  GBytes *bytes = rocketio_message_get_bytes (message);
  GVariant *data = NULL;

  if (bytes != NULL)
    data = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);

  return g_variant_new ("(ts@ay@mayst" "u)", rocketio_message_get_seq (message),
                        rocketio_message_get_members (message),
                        g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, rocketio_message_get_text (message), TRUE),
                        g_variant_new_maybe (G_VARIANT_TYPE_BYTESTRING, data),
                        rocketio_message_get_key (message) != NULL ? rocketio_message_get_key (message) : "",
                        expiry > 0 ? (guint64) MAX (expiry - now, 1) : 0,
                        (guint) rocketio_message_get_policy (message));
}

static GVariant *
save_audience (GHashTable *audience)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer id;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  if (audience != NULL)
    {
      g_hash_table_iter_init (&iter, audience);
      while (g_hash_table_iter_next (&iter, &id, NULL))
        g_variant_builder_add (&builder, "s", id);
    }

  return g_variant_builder_end (&builder);
}

static GVariant *
save_log (RocketIOLog *log,
          gint64       now)
{
  const RocketIOLogEntry *entry = log != NULL ? rocketio_log_after (log, 0) : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" ENTRY_TYPE));
  for (; entry != NULL; entry = rocketio_log_next (log, entry))
    {
      if (!rocketio_message_is_volatile (entry->message))
        g_variant_builder_add (&builder, "(@" EVENT_TYPE "@ast)", save_event (entry->message, now),
                               save_audience (entry->audience), (guint64) MAX (now - entry->time, 0));
    }

  return g_variant_new ("(t@a" ENTRY_TYPE ")", log != NULL ? rocketio_log_get_lost_seq (log) : 0,
                        g_variant_builder_end (&builder));
}

static GVariant *
save_events (GPtrArray *messages,
             gint64     now)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" EVENT_TYPE));
  for (guint i = 0; messages != NULL && i < messages->len; i++)
    g_variant_builder_add_value (&builder, save_event (g_ptr_array_index (messages, i), now));

  return g_variant_builder_end (&builder);
}

static GVariant *
save_retained (RocketIORetained *retained,
               gint64            now)
{
  g_autoptr (GPtrArray) messages = retained != NULL ? rocketio_retained_copy (retained) : NULL;

  return save_events (messages, now);
}

static GVariant *
save_channels (RocketIOHub *self,
               gint64       now)
{
  g_autoptr (GPtrArray) channels = rocketio_channels_list (rocketio_hub_get_channels (self));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" CHANNEL_TYPE));
  for (guint i = 0; i < channels->len; i++)
    {
      RocketIOChannel *channel = g_ptr_array_index (channels, i);

      g_variant_builder_add (&builder, "(su@" LOG_TYPE "@" LOG_TYPE "@a" EVENT_TYPE ")",
                             rocketio_channel_get_name (channel), rocketio_channel_get_history (channel),
                             save_log (rocketio_channel_get_log (channel, FALSE), now),
                             save_log (rocketio_channel_get_past (channel), now),
                             save_retained (rocketio_channel_get_retained (channel), now));
    }

  return g_variant_builder_end (&builder);
}

static GVariant *
save_memberships (RocketIOFeed *feed)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" MEMBERSHIP_TYPE));
  for (guint i = 0; feed->memberships != NULL && i < feed->memberships->len; i++)
    {
      RocketIOMembership *membership = g_ptr_array_index (feed->memberships, i);

      g_variant_builder_add (&builder, MEMBERSHIP_TYPE, rocketio_channel_get_name (membership->channel),
                             membership->joined, membership->left);
    }

  return g_variant_builder_end (&builder);
}

static GVariant *
save_sessions (RocketIOHub *self,
               gint64       now)
{
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (self);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" SESSION_TYPE));
  for (guint i = 0; i < rocketio_session_list_get_n (sessions); i++)
    {
      RocketIOSession *session = rocketio_session_list_get (sessions, i);
      RocketIOFeed *feed = &session->feed;

      if (session->wire == NULL)
        continue;

      g_variant_builder_add (&builder, "(ssmsttttt@a" MEMBERSHIP_TYPE "@" LOG_TYPE ")", session->id,
                             session->wire->token, session->identity, session->wire->n, session->wire->last_id,
                             feed->cursor, feed->kept, feed->dropped, save_memberships (feed),
                             save_log (feed->log, now));
    }

  return g_variant_builder_end (&builder);
}

GVariant *
rocketio_state_save (RocketIOHub *self)
{
  gint64 now = g_get_monotonic_time ();

  return g_variant_ref_sink (g_variant_new ("(uutx@" LOG_TYPE "@a" EVENT_TYPE "@a" CHANNEL_TYPE "@a" SESSION_TYPE ")",
                                            FORMAT, rocketio_hub_get_epoch (self), rocketio_hub_get_seq (self),
                                            g_get_real_time (),
                                            save_log (rocketio_hub_get_everybody (self), now),
                                            save_retained (rocketio_hub_get_retained (self), now),
                                            save_channels (self, now), save_sessions (self, now)));
}

/* Loading */

typedef struct
{
  RocketIOHub               *hub;
  const RocketIOSessionHost *host;
  guint32                    epoch;
  gint64                     now;
  gint64                     pause;    /* microseconds since the state was saved */
} Loader;

static RocketIOMessage *
load_event (Loader   *self,
            GVariant *event)
{
  g_autoptr (GVariant) text = NULL;
  g_autoptr (GVariant) bytes = NULL;
  g_autoptr (GBytes) text_bytes = NULL;
  g_autoptr (GBytes) data = NULL;
  const char *members, *key;
  guint64 seq, good;
  gint64 expiry = 0;
  guint policy;
  RocketIOMessage *message;

  g_variant_get (event, "(t&s@ay@may&stu)", &seq, &members, &text, &bytes, &key, &good, &policy);
  text_bytes = g_variant_get_data_as_bytes (text);
  if (g_variant_n_children (bytes) > 0)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (bytes, 0);

      data = g_variant_get_data_as_bytes (child);
    }

  message = rocketio_message_restore (text_bytes, data, members);
  if (message == NULL)
    return NULL;

  if (good > 0)
    expiry = MAX (self->now - self->pause + (gint64) good, 1);
  rocketio_message_set_seq (message, seq, self->epoch);
  rocketio_message_set_fate (message, FALSE, expiry, *key != '\0' ? key : NULL,
                             MIN (policy, ROCKETIO_SLOW_POLICY_DROP_NEWEST));

  return message;
}

static GHashTable *
load_audience (GVariant *ids)
{
  GHashTable *audience = NULL;
  GVariantIter iter;
  char *id;

  g_variant_iter_init (&iter, ids);
  while (g_variant_iter_next (&iter, "s", &id))
    {
      if (audience == NULL)
        audience = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_add (audience, id);
    }

  return audience;
}

static void
load_log (Loader      *self,
          RocketIOLog *log,
          GVariant    *saved)
{
  g_autoptr (GVariant) entries = NULL;
  guint64 lost;

  g_variant_get (saved, "(t@a" ENTRY_TYPE ")", &lost, &entries);
  rocketio_log_set_lost_seq (log, lost);
  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);
      g_autoptr (GVariant) event = NULL;
      g_autoptr (GVariant) ids = NULL;
      g_autoptr (RocketIOMessage) message = NULL;
      guint64 age;

      g_variant_get (entry, "(@" EVENT_TYPE "@ast)", &event, &ids, &age);
      message = load_event (self, event);
      if (message != NULL && rocketio_message_get_seq (message) > rocketio_log_get_last_seq (log))
        rocketio_log_append (log, message, load_audience (ids), self->now - self->pause - (gint64) age);
    }
}

static GPtrArray *
load_events (Loader   *self,
             GVariant *events)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);

  for (gsize i = 0; i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);
      RocketIOMessage *message = load_event (self, event);

      if (message != NULL)
        g_ptr_array_add (messages, message);
    }

  return messages;
}

static void
load_channel_messages (Loader     *self,
                       const char *name,
                       guint       history,
                       GVariant   *past,
                       GVariant   *retained)
{
  RocketIOChannels *channels = rocketio_hub_get_channels (self->hub);
  g_autoptr (GPtrArray) kept = load_events (self, retained);

  if (history > 0)
    {
      rocketio_channels_set_history (channels, name, history);
      load_log (self, rocketio_channel_get_past (rocketio_channels_lookup (channels, name)), past);
    }
  for (guint i = 0; i < kept->len; i++)
    rocketio_channels_retain (channels, name, g_ptr_array_index (kept, i));
}

/* After the sessions, whose memberships keep the channels. */
static void
load_channels (Loader   *self,
               GVariant *saved)
{
  for (gsize i = 0; i < g_variant_n_children (saved); i++)
    {
      g_autoptr (GVariant) channel = g_variant_get_child_value (saved, i);
      g_autoptr (GVariant) log = NULL;
      g_autoptr (GVariant) past = NULL;
      g_autoptr (GVariant) retained = NULL;
      RocketIOChannel *index;
      const char *name;
      guint history;

      g_variant_get (channel, "(&su@" LOG_TYPE "@" LOG_TYPE "@a" EVENT_TYPE ")", &name, &history, &log, &past,
                     &retained);
      load_channel_messages (self, name, history, past, retained);
      index = rocketio_channels_lookup (rocketio_hub_get_channels (self->hub), name);
      if (index != NULL)
        load_log (self, rocketio_channel_get_log (index, TRUE), log);
    }
}

static void
load_memberships (RocketIOFeed *feed,
                  GVariant     *saved)
{
  GVariantIter iter;
  const char *name;
  guint64 joined, left;

  g_variant_iter_init (&iter, saved);
  while (g_variant_iter_next (&iter, "(&stt)", &name, &joined, &left))
    rocketio_feed_add_membership (feed, name, joined, left);
}

static void
load_sessions (Loader   *self,
               GVariant *saved)
{
  for (gsize i = 0; i < g_variant_n_children (saved); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (saved, i);
      g_autoptr (GVariant) memberships = NULL;
      g_autoptr (GVariant) log = NULL;
      g_autoptr (RocketIOSession) session = NULL;
      const char *id, *token, *identity;
      guint64 n, last_id, cursor, kept, dropped;

      g_variant_get (item, "(&s&sm&sttttt@a" MEMBERSHIP_TYPE "@" LOG_TYPE ")", &id, &token, &identity, &n, &last_id,
                     &cursor, &kept, &dropped, &memberships, &log);
      session = rocketio_session_restore (self->host, id, token);
      if (session == NULL)
        continue;

      rocketio_session_set_identity (session, identity);
      session->wire->n = n;
      session->wire->last_id = last_id;
      session->wire->dropped = dropped;
      session->feed.cursor = cursor;
      session->feed.given = cursor;
      session->feed.kept = kept;
      session->feed.dropped = dropped;
      load_memberships (&session->feed, memberships);
      load_log (self, rocketio_feed_get_log (&session->feed, TRUE), log);
      rocketio_session_list_add (rocketio_hub_get_sessions (self->hub), session);
      rocketio_session_wait_2 (session);
    }
}

gboolean
rocketio_state_load (RocketIOHub                *self,
                     GVariant                   *state,
                     const RocketIOSessionHost  *host,
                     GError                    **error)
{
  g_autoptr (GVariant) everybody = NULL;
  g_autoptr (GVariant) retained = NULL;
  g_autoptr (GVariant) channels = NULL;
  g_autoptr (GVariant) sessions = NULL;
  g_autoptr (GPtrArray) kept = NULL;
  Loader loader = { self, host };
  guint format;
  guint64 seq;
  gint64 time;

  if (!g_variant_is_normal_form (state))
    {
      g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "this is not the state of a server");
      return FALSE;
    }

  g_variant_get (state, "(uutx@" LOG_TYPE "@a" EVENT_TYPE "@a" CHANNEL_TYPE "@a" SESSION_TYPE ")", &format,
                 &loader.epoch, &seq, &time, &everybody, &retained, &channels, &sessions);
  if (format != FORMAT || rocketio_hub_get_seq (self) > 0)
    {
      g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING,
                           format != FORMAT ? "this is the state of a server of another version"
                                            : "a state can be loaded only before the first push");
      return FALSE;
    }

  /* Beyond 2^53 the clients could not tell one message from the next. */
  if (seq > ROCKETIO_MAX_NUMBER - NUMBERS_LEFT)
    {
      g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING,
                           "the numbers of that server's messages are coming to their end");
      return FALSE;
    }

  loader.now = g_get_monotonic_time ();
  loader.pause = MAX (g_get_real_time () - time, 0);
  rocketio_hub_go_on_from (self, seq, loader.epoch);
  load_log (&loader, rocketio_hub_get_everybody (self), everybody);
  kept = load_events (&loader, retained);
  for (guint i = 0; i < kept->len; i++)
    rocketio_hub_retain (self, g_ptr_array_index (kept, i));
  load_sessions (&loader, sessions);
  load_channels (&loader, channels);

  return TRUE;
}
