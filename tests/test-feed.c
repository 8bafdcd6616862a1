/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-feed-private.h"

#include <string.h>

#define MAX_KEPT 1048576    /* bytes, as in rocketio-feed.c */
#define MAX_PAST 256      /* channels */
#define ID       "me"
#define ALL      G_MAXSIZE

typedef struct
{
  RocketIOLog      *everybody;
  RocketIOLog      *passing;
  RocketIOChannels *channels;
  RocketIOFeed      feed;
  RocketIOFeed      other;    /* which is in all channels, so that they go on without us */
  guint64           seq;      /* of the last push */
} Test;

static void
start_at (Test    *test,
          guint64  seq)
{
  GDestroyNotify audience_free = (GDestroyNotify) g_hash_table_unref;

  test->seq = seq;
  test->everybody = rocketio_log_new (G_MAXSIZE, audience_free);
  test->passing = rocketio_log_new (G_MAXSIZE, audience_free);
  test->channels = rocketio_channels_new (G_MAXSIZE, audience_free);
  rocketio_feed_init (&test->feed, test->everybody, test->passing, test->channels, &test->feed, ID, seq);
  rocketio_feed_init (&test->other, test->everybody, test->passing, test->channels, &test->other, "other", seq);
  test->feed.keeps = TRUE;
}

static void
setup (Test          *test,
       gconstpointer  data)
{
  start_at (test, 0);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  rocketio_feed_clear (&test->feed);
  rocketio_feed_clear (&test->other);
  rocketio_channels_free (test->channels);
  rocketio_log_unref (test->everybody);
  rocketio_log_unref (test->passing);
}

/* Pushing */

static GHashTable *
make_audience (const char *except)
{
  GHashTable *audience = NULL;

  if (except != NULL)
    {
      audience = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_add (audience, g_strdup (except));
    }

  return audience;
}

static RocketIOFeedResult
measure (Test  *test,
         gsize  bound)
{
  return rocketio_feed_measure (&test->feed, 0, bound, ROCKETIO_SLOW_POLICY_DISCONNECT, NULL);
}

static RocketIOMessage *
message_new (Test  *test,
             gsize  size)
{
  g_autofree char *data = g_strnfill (size + 2, '"');
  RocketIOMessage *message;

  memset (data + 1, 'x', size);
  message = rocketio_message_new_json ("x", data, -1, NULL);
  rocketio_message_set_seq (message, ++test->seq, 1);

  return message;
}

static void
push_to_all (Test       *test,
             const char *except)
{
  g_autoptr (RocketIOMessage) message = message_new (test, 10);

  rocketio_log_append (test->everybody, message, make_audience (except), 0);
}

static void
push_to_us (Test  *test,
            gsize  size)
{
  g_autoptr (RocketIOMessage) message = message_new (test, size);

  rocketio_log_append (rocketio_feed_get_log (&test->feed, TRUE), message, NULL, 0);
}

static void
push_to (Test       *test,
         const char *channel)
{
  RocketIOChannel *index = rocketio_channels_lookup (test->channels, channel);
  g_autoptr (RocketIOMessage) message = message_new (test, 10);

  if (index != NULL)
    rocketio_log_append (rocketio_channel_get_log (index, TRUE), message, NULL, 0);
}

/* The same push to both. */
static void
push_to_two (Test       *test,
             const char *one,
             const char *another)
{
  const char *names[] = { one, another };
  g_autoptr (RocketIOMessage) message = message_new (test, 10);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      RocketIOChannel *channel = rocketio_channels_lookup (test->channels, names[i]);

      rocketio_log_append (rocketio_channel_get_log (channel, TRUE), message, NULL, 0);
    }
}

static void
lose_oldest (Test       *test,
             const char *channel)
{
  RocketIOChannel *index = rocketio_channels_lookup (test->channels, channel);

  g_assert_cmpuint (rocketio_log_drop_oldest (rocketio_channel_get_log (index, FALSE)), >, 0);
}

/* Our side */

static void
join (Test       *test,
      const char *channel)
{
  rocketio_feed_join (&test->other, channel, test->seq);
  g_assert_true (rocketio_feed_join (&test->feed, channel, test->seq));
}

static void
leave (Test       *test,
       const char *channel)
{
  g_assert_true (rocketio_feed_leave (&test->feed, channel));
}

static RocketIOFeedResult
take (Test    *test,
      gsize    budget,
      GString *numbers)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  RocketIOFeedResult result = rocketio_feed_take (&test->feed, batch, budget);

  for (guint i = 0; i < batch->len; i++)
    g_string_append_printf (numbers, " %" G_GUINT64_FORMAT, rocketio_message_get_seq (g_ptr_array_index (batch, i)));

  return result;
}

/* That this, and no more, is what comes next. */
static void
assert_next (Test       *test,
             const char *numbers)
{
  g_autoptr (GString) taken = g_string_new (NULL);

  g_assert_cmpint (take (test, ALL, taken), ==, ROCKETIO_FEED_ALL);
  g_assert_cmpstr (taken->str, ==, numbers);
}

/* That it can go back to `seq`, and gets this then. */
static void
assert_again (Test       *test,
              guint64     seq,
              const char *numbers)
{
  g_assert_true (rocketio_feed_rewind (&test->feed, seq));
  assert_next (test, numbers);
}

/* That it cannot, and goes on where it was. */
static void
assert_no_way_back (Test    *test,
                    guint64  seq)
{
  guint64 cursor = test->feed.cursor, kept = test->feed.kept;

  g_assert_false (rocketio_feed_rewind (&test->feed, seq));
  g_assert_cmpuint (test->feed.cursor, ==, cursor);
  g_assert_cmpuint (test->feed.kept, ==, kept);
}

/* Channels */

static void
test_channels (Test          *test,
               gconstpointer  data)
{
  g_auto (GStrv) none = rocketio_feed_dup_channels (&test->feed);
  g_auto (GStrv) three = NULL;
  g_autofree char *names = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_null (rocketio_feed_get_channel (&test->feed));
  g_assert_false (rocketio_feed_leave (&test->feed, "a"));

  join (test, "a");
  join (test, "");
  join (test, "c");
  g_assert_false (rocketio_feed_join (&test->feed, "a", test->seq));
  three = rocketio_feed_dup_channels (&test->feed);
  names = g_strjoinv ("/", three);
  g_assert_cmpstr (names, ==, "c//a");
  g_assert_cmpuint (rocketio_feed_count (&test->feed), ==, 3);
  g_assert_cmpstr (rocketio_feed_get_channel (&test->feed), ==, "c");

  leave (test, "c");
  g_assert_false (rocketio_feed_leave (&test->feed, "c"));
  g_assert_cmpstr (rocketio_feed_get_channel (&test->feed), ==, "");
  leave (test, "a");
  g_assert_cmpuint (rocketio_feed_count (&test->feed), ==, 1);
  leave (test, "");
  g_assert_cmpuint (rocketio_feed_count (&test->feed), ==, 0);
  g_assert_null (rocketio_feed_get_channel (&test->feed));
}

static void
test_order (Test          *test,
            gconstpointer  data)
{
  join (test, "a");
  join (test, "b");
  push_to (test, "b");
  push_to_us (test, 10);
  push_to_all (test, NULL);
  push_to (test, "a");
  push_to_all (test, ID);
  push_to (test, "nobody's");
  push_to_us (test, 10);
  push_to (test, "b");
  assert_next (test, " 1 2 3 4 7 8");
  assert_next (test, "");
  assert_again (test, 0, " 1 2 3 4 7 8");
  assert_again (test, 3, " 4 7 8");
}

/* A push to several channels that it is in comes once, also when it is given again. */
static void
test_doubled (Test          *test,
              gconstpointer  data)
{
  join (test, "a");
  join (test, "b");
  push_to_two (test, "a", "b");
  push_to (test, "b");
  push_to_two (test, "b", "a");
  assert_next (test, " 1 2 3");
  leave (test, "a");
  assert_again (test, 0, " 1 2 3");
  push_to_two (test, "a", "b");
  assert_again (test, 1, " 2 3 4");
}

/* What was pushed to a channel before it joined or after it left is not for it, however it goes back. */
static void
test_intervals (Test          *test,
                gconstpointer  data)
{
  rocketio_feed_join (&test->other, "a", 0);
  push_to (test, "a");
  join (test, "a");
  push_to (test, "a");
  leave (test, "a");
  push_to (test, "a");
  assert_next (test, " 2");

  join (test, "a");
  push_to (test, "a");
  assert_next (test, " 4");
  leave (test, "a");
  push_to (test, "a");
  assert_next (test, "");
  assert_again (test, 0, " 2 4");
  assert_again (test, 2, " 4");
  assert_again (test, 3, " 4");
}

/* Without anything to get there is nothing to keep. */
static void
test_nothing_kept (Test          *test,
                   gconstpointer  data)
{
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_true (rocketio_feed_join (&test->feed, "a", test->seq));
      leave (test, "a");
      push_to_all (test, NULL);
    }
  g_assert_null (test->feed.memberships);
  g_assert_null (rocketio_channels_lookup (test->channels, "a"));
}

/* A channel that was left is there until it is sure that the last of it arrived. */
static void
test_kept_channel (Test          *test,
                   gconstpointer  data)
{
  g_assert_true (rocketio_feed_join (&test->feed, "a", 0));
  push_to (test, "a");
  leave (test, "a");
  assert_next (test, " 1");
  g_assert_nonnull (rocketio_channels_lookup (test->channels, "a"));
  assert_again (test, 0, " 1");

  rocketio_feed_confirm (&test->feed, 1);
  g_assert_null (rocketio_channels_lookup (test->channels, "a"));
  assert_no_way_back (test, 0);

  /* One that keeps nothing lets go at once. */
  test->feed.keeps = FALSE;
  g_assert_true (rocketio_feed_join (&test->feed, "a", test->seq));
  push_to (test, "a");
  leave (test, "a");
  assert_next (test, " 2");
  g_assert_null (rocketio_channels_lookup (test->channels, "a"));
}

/* Going back */

static void
test_confirm (Test          *test,
              gconstpointer  data)
{
  for (guint i = 0; i < 5; i++)
    push_to_us (test, 10);
  assert_next (test, " 1 2 3 4 5");

  rocketio_feed_confirm (&test->feed, 2);
  g_assert_cmpuint (rocketio_log_get_length (test->feed.log), ==, 3);
  assert_no_way_back (test, 0);
  assert_no_way_back (test, 1);
  assert_again (test, 2, " 3 4 5");

  /* Neither back nor to what was not given. */
  rocketio_feed_confirm (&test->feed, 1);
  assert_again (test, 2, " 3 4 5");
  push_to_us (test, 10);
  rocketio_feed_confirm (&test->feed, 6);
  g_assert_cmpuint (test->feed.kept, ==, 5);
  assert_next (test, " 6");
  rocketio_feed_confirm (&test->feed, G_MAXUINT64);
  g_assert_cmpuint (rocketio_log_get_length (test->feed.log), ==, 0);
  assert_no_way_back (test, 5);
  assert_again (test, 6, "");
}

static void
test_refused (Test          *test,
              gconstpointer  data)
{
  push_to_all (test, NULL);
  push_to_all (test, NULL);
  assert_next (test, " 1 2");
  push_to_all (test, NULL);
  assert_no_way_back (test, 3);
  assert_no_way_back (test, G_MAXUINT64);
  assert_again (test, 2, " 3");

  rocketio_feed_confirm (&test->feed, 1);
  assert_no_way_back (test, 0);
  assert_again (test, 1, " 2 3");
}

/* What is given again in parts is all of it, and can be given again from anywhere. */
static void
test_in_parts (Test          *test,
               gconstpointer  data)
{
  g_autoptr (GString) taken = g_string_new (NULL);

  join (test, "a");
  for (guint i = 0; i < 3; i++)
    {
      push_to (test, "a");
      push_to_all (test, NULL);
      push_to_us (test, 10);
    }
  assert_next (test, " 1 2 3 4 5 6 7 8 9");
  g_assert_true (rocketio_feed_rewind (&test->feed, 2));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (take (test, 1, taken), ==, ROCKETIO_FEED_MORE);
  g_assert_cmpstr (taken->str, ==, " 3 4 5 6");

  /* Who has got it all before all the same may go on from there, too. */
  assert_no_way_back (test, 10);
  assert_again (test, 6, " 7 8 9");
  g_assert_true (rocketio_feed_rewind (&test->feed, 0));
  assert_again (test, 8, " 9");
}

/* Never a part: if any of the logs has dropped something, nothing is given again. */
static void
test_lost_by_all (Test          *test,
                  gconstpointer  data)
{
  push_to_all (test, NULL);
  push_to_us (test, 10);
  push_to_all (test, NULL);
  assert_next (test, " 1 2 3");
  rocketio_log_drop_oldest (test->everybody);
  assert_no_way_back (test, 0);
  assert_again (test, 1, " 2 3");
  rocketio_log_drop_oldest (test->everybody);
  assert_no_way_back (test, 1);
  assert_no_way_back (test, 2);
  assert_again (test, 3, "");
}

static void
test_lost_by_channel (Test          *test,
                      gconstpointer  data)
{
  rocketio_feed_join (&test->other, "a", 0);
  push_to (test, "a");
  join (test, "a");
  push_to_us (test, 10);
  push_to (test, "a");
  push_to (test, "a");
  assert_next (test, " 2 3 4");

  /* What was there before it joined does not count. */
  lose_oldest (test, "a");
  assert_again (test, 0, " 2 3 4");
  lose_oldest (test, "a");
  assert_no_way_back (test, 0);
  assert_no_way_back (test, 2);
  assert_again (test, 3, " 4");
}

static void
test_lost_after_leaving (Test          *test,
                         gconstpointer  data)
{
  join (test, "a");
  push_to (test, "a");
  push_to (test, "a");
  leave (test, "a");
  push_to (test, "a");
  push_to_us (test, 10);
  assert_next (test, " 1 2 4");
  lose_oldest (test, "a");
  assert_no_way_back (test, 0);
  assert_again (test, 1, " 2 4");

  /* What comes after it left may go, as long as that takes nothing of before. */
  lose_oldest (test, "a");
  lose_oldest (test, "a");
  assert_no_way_back (test, 1);
  assert_again (test, 2, " 4");
}

static void
test_lost_by_ourselves (Test          *test,
                        gconstpointer  data)
{
  push_to_us (test, 10);
  push_to_all (test, NULL);
  push_to_us (test, 10);
  assert_next (test, " 1 2 3");
  rocketio_log_drop_oldest (test->feed.log);
  assert_no_way_back (test, 0);
  assert_again (test, 1, " 2 3");
}

/* Lost between going back and getting it. */
static void
test_lost_meanwhile (Test          *test,
                     gconstpointer  data)
{
  g_autoptr (GString) taken = g_string_new (NULL);

  push_to_all (test, NULL);
  push_to_us (test, 10);
  assert_next (test, " 1 2");
  g_assert_true (rocketio_feed_rewind (&test->feed, 0));
  rocketio_log_drop_oldest (test->everybody);
  g_assert_cmpint (take (test, ALL, taken), ==, ROCKETIO_FEED_LOST);
  g_assert_cmpint (measure (test, ALL), ==, ROCKETIO_FEED_LOST);
  g_assert_cmpstr (taken->str, ==, "");
}

static void
test_skip (Test          *test,
           gconstpointer  data)
{
  g_autoptr (GString) taken = g_string_new (NULL);

  join (test, "a");
  push_to_us (test, 10);
  push_to (test, "a");
  push_to_all (test, NULL);
  g_assert_cmpint (take (test, 1, taken), ==, ROCKETIO_FEED_MORE);
  leave (test, "a");
  rocketio_log_drop_oldest (test->everybody);

  rocketio_feed_skip (&test->feed, 3);
  assert_next (test, "");
  assert_no_way_back (test, 1);
  assert_no_way_back (test, 2);
  g_assert_cmpuint (rocketio_log_get_length (test->feed.log), ==, 0);
  g_assert_null (test->feed.memberships);
  g_assert_cmpuint (rocketio_feed_get_needed (&test->feed, FALSE), ==, G_MAXUINT64);
  push_to_all (test, NULL);
  assert_next (test, " 4");
  assert_again (test, 3, " 4");
}

static void
test_needed (Test          *test,
             gconstpointer  data)
{
  g_autoptr (GString) taken = g_string_new (NULL);

  push_to_all (test, NULL);
  push_to_all (test, NULL);
  push_to_all (test, NULL);
  g_assert_cmpint (take (test, 1, taken), ==, ROCKETIO_FEED_MORE);
  g_assert_cmpuint (rocketio_feed_get_needed (&test->feed, FALSE), ==, 1);
  assert_next (test, " 2 3");
  g_assert_cmpuint (rocketio_feed_get_needed (&test->feed, FALSE), ==, G_MAXUINT64);

  /* Who is away may go back as far as it has confirmed. */
  g_assert_cmpuint (rocketio_feed_get_needed (&test->feed, TRUE), ==, 0);
  rocketio_feed_confirm (&test->feed, 2);
  g_assert_cmpuint (rocketio_feed_get_needed (&test->feed, TRUE), ==, 2);
  test->feed.keeps = FALSE;
  g_assert_cmpuint (rocketio_feed_get_needed (&test->feed, TRUE), ==, 3);
}

static void
test_measure (Test          *test,
              gconstpointer  data)
{
  push_to_us (test, 1000);
  g_assert_cmpint (measure (test, 100), ==, ROCKETIO_FEED_MORE);
  push_to_us (test, 1000);
  g_assert_cmpint (measure (test, 100), ==, ROCKETIO_FEED_LOST);
  g_assert_cmpint (measure (test, 10000), ==, ROCKETIO_FEED_MORE);
  assert_next (test, " 1 2");

  /* What was given and is kept does not wait, until it is to be given again. */
  g_assert_cmpint (measure (test, 100), ==, ROCKETIO_FEED_ALL);
  g_assert_true (rocketio_feed_rewind (&test->feed, 0));
  g_assert_cmpint (measure (test, 100), ==, ROCKETIO_FEED_LOST);
}

/* Bounds */

static void
test_max_kept (Test          *test,
               gconstpointer  data)
{
  g_autoptr (GString) taken = g_string_new (NULL);
  g_autoptr (GString) rest = g_string_new (NULL);
  guint64 lost;

  for (guint i = 0; i < 200; i++)
    push_to_us (test, 10000);

  /* What has still to be given is not bounded here. */
  g_assert_cmpint (take (test, 1, taken), ==, ROCKETIO_FEED_MORE);
  g_assert_cmpuint (rocketio_log_get_length (test->feed.log), ==, 200);
  g_assert_cmpint (take (test, ALL, taken), ==, ROCKETIO_FEED_ALL);
  g_assert_cmpuint (rocketio_log_get_bytes (test->feed.log), <=, MAX_KEPT);
  g_assert_cmpuint (rocketio_log_get_bytes (test->feed.log), >, MAX_KEPT - 20000);

  lost = rocketio_log_get_lost_seq (test->feed.log);
  g_assert_cmpuint (lost, >, 50);
  for (guint64 seq = lost + 1; seq <= 200; seq++)
    g_string_append_printf (rest, " %" G_GUINT64_FORMAT, seq);
  assert_no_way_back (test, 0);
  assert_no_way_back (test, lost - 1);
  assert_again (test, lost, rest->str);

  test->feed.keeps = FALSE;
  push_to_us (test, 10000);
  assert_next (test, " 201");
  g_assert_cmpuint (rocketio_log_get_length (test->feed.log), ==, 0);
}

static void
visit (Test     *test,
       guint     n_channels,
       gboolean  takes)
{
  g_autoptr (GString) taken = g_string_new (NULL);

  for (guint i = 0; i < n_channels; i++)
    {
      g_autofree char *name = g_strdup_printf ("room-%u", i);

      g_assert_true (rocketio_feed_join (&test->feed, name, test->seq));
      push_to (test, name);
      if (takes)
        take (test, ALL, taken);
      leave (test, name);
    }
}

/* Who never confirms can go back over so many channels, and no further. */
static void
test_max_past (Test          *test,
               gconstpointer  data)
{
  g_autoptr (GPtrArray) channels = NULL;
  g_autoptr (GString) rest = g_string_new (NULL);

  visit (test, MAX_PAST + 44, TRUE);
  channels = rocketio_channels_list (test->channels);
  g_assert_cmpuint (channels->len, ==, MAX_PAST);
  for (guint i = 45; i <= MAX_PAST + 44; i++)
    g_string_append_printf (rest, " %u", i);
  assert_no_way_back (test, 0);
  assert_no_way_back (test, 43);
  assert_again (test, 44, rest->str);
}

/* What it has not been given yet, it gets all the same. */
static void
test_max_past_waiting (Test          *test,
                       gconstpointer  data)
{
  g_autoptr (GString) all = g_string_new (NULL);

  visit (test, MAX_PAST + 44, FALSE);
  for (guint i = 1; i <= MAX_PAST + 44; i++)
    g_string_append_printf (all, " %u", i);
  assert_next (test, all->str);
}

static void
test_large_numbers (void)
{
  const guint64 last = ROCKETIO_MAX_NUMBER;
  Test test;

  start_at (&test, last - 4);
  join (&test, "a");
  push_to (&test, "a");
  push_to_all (&test, NULL);
  leave (&test, "a");
  push_to (&test, "a");
  push_to_us (&test, 10);
  g_assert_cmpuint (test.seq, ==, last);
  assert_next (&test, " 9007199254740988 9007199254740989 9007199254740991");
  assert_no_way_back (&test, last - 5);
  assert_no_way_back (&test, last + 1);
  assert_again (&test, last - 4, " 9007199254740988 9007199254740989 9007199254740991");
  assert_again (&test, last - 3, " 9007199254740989 9007199254740991");
  assert_again (&test, last - 1, " 9007199254740991");
  assert_again (&test, last, "");
  rocketio_feed_confirm (&test.feed, last - 1);
  assert_no_way_back (&test, last - 2);
  assert_again (&test, last - 1, " 9007199254740991");
  teardown (&test, NULL);
}

/* The end */

static void
test_end (Test          *test,
          gconstpointer  data)
{
  g_auto (GStrv) channels = NULL;
  g_autofree char *names = NULL;

  g_assert_true (rocketio_feed_join (&test->feed, "past", 0));
  push_to (test, "past");
  leave (test, "past");
  g_assert_true (rocketio_feed_join (&test->feed, "a", test->seq));
  g_assert_true (rocketio_feed_join (&test->feed, "b", test->seq));

  rocketio_feed_end (&test->feed);
  channels = rocketio_feed_dup_channels (&test->feed);
  names = g_strjoinv ("/", channels);
  g_assert_cmpstr (names, ==, "b/a");
  g_assert_null (rocketio_channels_lookup (test->channels, "past"));
  g_assert_cmpuint (rocketio_channel_get_size (rocketio_channels_lookup (test->channels, "a")), ==, 0);

  rocketio_feed_clear (&test->feed);
  g_assert_null (rocketio_channels_lookup (test->channels, "a"));
  g_assert_null (rocketio_channels_lookup (test->channels, "b"));
}

#define add(name, func) g_test_add ("/feed/" name, Test, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("channels", test_channels);
  add ("order", test_order);
  add ("doubled", test_doubled);
  add ("intervals", test_intervals);
  add ("nothing-kept", test_nothing_kept);
  add ("kept-channel", test_kept_channel);
  add ("confirm", test_confirm);
  add ("refused", test_refused);
  add ("in-parts", test_in_parts);
  add ("lost-by-all", test_lost_by_all);
  add ("lost-by-channel", test_lost_by_channel);
  add ("lost-after-leaving", test_lost_after_leaving);
  add ("lost-by-ourselves", test_lost_by_ourselves);
  add ("lost-meanwhile", test_lost_meanwhile);
  add ("skip", test_skip);
  add ("needed", test_needed);
  add ("measure", test_measure);
  add ("max-kept", test_max_kept);
  add ("max-past", test_max_past);
  add ("max-past-waiting", test_max_past_waiting);
  g_test_add_func ("/feed/large-numbers", test_large_numbers);
  add ("end", test_end);

  return g_test_run ();
}
