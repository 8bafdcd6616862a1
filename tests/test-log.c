/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-log-private.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#define UNBOUNDED G_MAXSIZE
#define TWO_53    (G_GUINT64_CONSTANT (1) << 53)

/* An audience that is counted, to see that each is freed once. */
static guint n_audiences;

static gpointer
audience_new (void)
{
  n_audiences++;

  return g_strdup ("audience");
}

static void
audience_free (gpointer audience)
{
  g_assert_cmpstr (audience, ==, "audience");
  g_assert_cmpuint (n_audiences, >, 0);

  n_audiences--;
  g_free (audience);
}

static RocketIOMessage *
message_new (guint64 seq,
             guint   length)
{
  g_autofree char *data = g_strnfill (length + 2, '"');
  g_autoptr (GError) error = NULL;
  RocketIOMessage *message;

  for (guint i = 1; i <= length; i++)
    data[i] = 'a';
  message = rocketio_message_new_json ("x", data, -1, &error);
  g_assert_no_error (error);
  rocketio_message_set_seq (message, seq, 1);

  return message;
}

/* All messages of this size cost the same. */
static gsize
message_size (void)
{
  g_autoptr (RocketIOMessage) message = message_new (1, 10);

  return rocketio_message_get_size (message);
}

static void
append (RocketIOLog *log,
        guint64      seq,
        gint64       now)
{
  g_autoptr (RocketIOMessage) message = message_new (seq, 10);

  rocketio_log_append (log, message, NULL, now);
}

/* Appends `first` to `last`, each at the time that is its number. */
static void
append_range (RocketIOLog *log,
              guint64      first,
              guint64      last)
{
  for (guint64 seq = first; seq <= last; seq++)
    append (log, seq, seq);
}

static guint64
seq_after (RocketIOLog *log,
           guint64      seq)
{
  const RocketIOLogEntry *entry = rocketio_log_after (log, seq);

  return entry != NULL ? rocketio_message_get_seq (entry->message) : 0;
}

/* That the log has `first` to `last` without a gap, seen from every cursor. */
static void
assert_range (RocketIOLog *log,
              guint64      first,
              guint64      last)
{
  gsize size = message_size ();

  g_assert_cmpuint (rocketio_log_get_length (log), ==, last - first + 1);
  g_assert_cmpuint (rocketio_log_get_bytes (log), ==, (last - first + 1) * size);
  g_assert_cmpint (rocketio_log_get_oldest (log), ==, first);
  g_assert_cmpuint (seq_after (log, last), ==, 0);
  g_assert_cmpuint (seq_after (log, G_MAXUINT64), ==, 0);
  g_assert_cmpuint (seq_after (log, 0), ==, first);

  for (guint64 seq = first - 1; seq < last; seq++)
    {
      const RocketIOLogEntry *entry = rocketio_log_after (log, seq);
      guint64 n = seq;

      g_assert_cmpuint (rocketio_log_bytes_after (log, seq), ==, (last - seq) * size);
      for (; entry != NULL; entry = rocketio_log_next (log, entry))
        g_assert_cmpuint (rocketio_message_get_seq (entry->message), ==, ++n);
      g_assert_cmpuint (n, ==, last);
    }
}

static void
assert_empty (RocketIOLog *log)
{
  g_assert_cmpuint (rocketio_log_get_length (log), ==, 0);
  g_assert_cmpuint (rocketio_log_get_bytes (log), ==, 0);
  g_assert_cmpuint (rocketio_log_bytes_after (log, 0), ==, 0);
  g_assert_cmpint (rocketio_log_get_oldest (log), ==, G_MAXINT64);
  g_assert_null (rocketio_log_after (log, 0));
  g_assert_cmpuint (rocketio_log_drop_oldest (log), ==, 0);
}

static void
test_empty (void)
{
  g_autoptr (RocketIOLog) log = rocketio_log_new (UNBOUNDED, NULL);

  assert_empty (log);
  g_assert_cmpuint (rocketio_log_get_last_seq (log), ==, 0);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 0);
  rocketio_log_forget (log, G_MAXUINT64);
  rocketio_log_expire (log, G_MAXINT64, G_MAXUINT64);
  assert_empty (log);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 0);
}

static void
test_entry (void)
{
  g_autoptr (RocketIOLog) log = rocketio_log_new (UNBOUNDED, audience_free);
  g_autoptr (RocketIOMessage) first = message_new (7, 3);
  g_autoptr (RocketIOMessage) second = message_new (9, 200);
  gpointer audience = audience_new ();
  const RocketIOLogEntry *entry;

  rocketio_log_append (log, first, audience, 1000);
  rocketio_log_append (log, second, NULL, 2000);

  entry = rocketio_log_after (log, 6);
  g_assert_true (entry->message == first);
  g_assert_true (entry->audience == audience);
  g_assert_cmpint (entry->time, ==, 1000);
  g_assert_cmpuint (entry->end, ==, rocketio_message_get_size (first));

  entry = rocketio_log_next (log, entry);
  g_assert_true (entry->message == second);
  g_assert_true (entry == rocketio_log_after (log, 7) && entry == rocketio_log_after (log, 8));
  g_assert_null (entry->audience);
  g_assert_cmpint (entry->time, ==, 2000);
  g_assert_cmpuint (entry->end, ==, rocketio_message_get_size (first) + rocketio_message_get_size (second));
  g_assert_null (rocketio_log_next (log, entry));
}

/* More than once around the ring, at every fill */
static void
test_wrap (void)
{
  for (guint fill = 1; fill < 20; fill++)
    {
      g_autoptr (RocketIOLog) log = rocketio_log_new (UNBOUNDED, NULL);

      append_range (log, 1, fill);
      for (guint64 seq = fill + 1; seq < fill + 70; seq++)
        {
          append (log, seq, seq);
          g_assert_cmpuint (rocketio_log_drop_oldest (log), ==, message_size ());
          assert_range (log, seq - fill + 1, seq);
        }
    }
}

/* Growing while the ring's start lies in its middle, and shrinking back */
static void
test_grow_and_shrink (void)
{
  g_autoptr (RocketIOLog) log = rocketio_log_new (UNBOUNDED, NULL);
  guint64 last = 0, first = 1;

  for (guint round = 0; round < 4; round++)
    {
      append_range (log, last + 1, last + 100);
      last += 100;
      assert_range (log, first, last);

      first = last - round;
      rocketio_log_forget (log, first - 1);
      assert_range (log, first, last);
    }

  rocketio_log_forget (log, last);
  assert_empty (log);
  append_range (log, last + 1, last + 5);
  assert_range (log, last + 1, last + 5);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 0);
}

static void
test_evict (void)
{
  gsize size = message_size ();
  g_autoptr (RocketIOLog) log = rocketio_log_new (3 * size, NULL);
  g_autoptr (RocketIOMessage) big = message_new (10, 1000);

  append_range (log, 1, 3);
  assert_range (log, 1, 3);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 0);

  append_range (log, 4, 5);
  assert_range (log, 3, 5);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 2);

  /* The newest stays, be it above the bound. */
  rocketio_log_append (log, big, NULL, 10);
  g_assert_cmpuint (rocketio_log_get_length (log), ==, 1);
  g_assert_cmpuint (rocketio_log_get_bytes (log), ==, rocketio_message_get_size (big));
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 5);

  append_range (log, 11, 13);
  assert_range (log, 11, 13);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 10);
}

static void
test_evict_nothing_allowed (void)
{
  g_autoptr (RocketIOLog) log = rocketio_log_new (0, NULL);

  append_range (log, 1, 10);
  assert_range (log, 10, 10);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 9);
}

/* What is forgotten was needed by nobody, so it is not lost. */
static void
test_forget (void)
{
  g_autoptr (RocketIOLog) log = rocketio_log_new (UNBOUNDED, NULL);

  append_range (log, 5, 10);
  rocketio_log_forget (log, 4);
  assert_range (log, 5, 10);
  rocketio_log_forget (log, 7);
  assert_range (log, 8, 10);
  rocketio_log_forget (log, 7);
  assert_range (log, 8, 10);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 0);

  rocketio_log_forget (log, 100);
  assert_empty (log);
  g_assert_cmpuint (rocketio_log_get_last_seq (log), ==, 10);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 0);

  /* Forgotten first and lost later keep apart. */
  append_range (log, 11, 13);
  rocketio_log_forget (log, 11);
  rocketio_log_drop_oldest (log);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 12);
  rocketio_log_forget (log, 13);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 12);
}

static void
test_expire (void)
{
  g_autoptr (RocketIOLog) log = rocketio_log_new (UNBOUNDED, NULL);

  append_range (log, 1, 10);

  /* The time is the number here: `time` itself stays. */
  rocketio_log_expire (log, 1, G_MAXUINT64);
  assert_range (log, 1, 10);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 0);
  rocketio_log_expire (log, 4, G_MAXUINT64);
  assert_range (log, 4, 10);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 3);

  /* What a cursor at work still has to get stays, however old. */
  rocketio_log_expire (log, 9, 3);
  assert_range (log, 4, 10);
  rocketio_log_expire (log, 9, 5);
  assert_range (log, 6, 10);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 5);

  rocketio_log_expire (log, G_MAXINT64, G_MAXUINT64);
  assert_empty (log);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, 10);
  g_assert_cmpuint (rocketio_log_get_last_seq (log), ==, 10);
}

/* Numbers that JavaScript could no longer tell apart must be told apart here, up to the last. */
static void
test_large_numbers (void)
{
  g_autoptr (RocketIOLog) log = rocketio_log_new (UNBOUNDED, NULL);

  append (log, 1, 1);
  append (log, TWO_53 - 3, 2);
  append (log, TWO_53 - 2, 3);
  append (log, TWO_53 - 1, 4);

  g_assert_cmpuint (seq_after (log, 0), ==, 1);
  g_assert_cmpuint (seq_after (log, 1), ==, TWO_53 - 3);
  g_assert_cmpuint (seq_after (log, G_MAXUINT32), ==, TWO_53 - 3);
  g_assert_cmpuint (seq_after (log, TWO_53 - 4), ==, TWO_53 - 3);
  g_assert_cmpuint (seq_after (log, TWO_53 - 3), ==, TWO_53 - 2);
  g_assert_cmpuint (seq_after (log, TWO_53 - 2), ==, TWO_53 - 1);
  g_assert_cmpuint (seq_after (log, TWO_53 - 1), ==, 0);
  g_assert_cmpuint (rocketio_log_get_last_seq (log), ==, TWO_53 - 1);

  rocketio_log_drop_oldest (log);
  rocketio_log_drop_oldest (log);
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, TWO_53 - 3);
}

/* A log holds a reference of its own, and gives back each audience once, in whatever way an entry goes. */
static void
test_ownership (void)
{
  RocketIOLog *log = rocketio_log_new (9 * message_size (), audience_free);
  RocketIOMessage *messages[10];

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      messages[i] = message_new (i + 1, 10);
      rocketio_log_append (log, messages[i], audience_new (), i + 1);
      if (i % 2 == 0)
        rocketio_message_unref (messages[i]);
    }
  g_assert_cmpuint (n_audiences, ==, 9);

  rocketio_log_forget (log, 3);
  g_assert_cmpuint (n_audiences, ==, 7);
  rocketio_log_expire (log, 5, G_MAXUINT64);
  g_assert_cmpuint (n_audiences, ==, 6);
  rocketio_log_drop_oldest (log);
  g_assert_cmpuint (n_audiences, ==, 5);

  g_assert_true (rocketio_log_ref (log) == log);
  rocketio_log_unref (log);
  g_assert_cmpuint (n_audiences, ==, 5);
  rocketio_log_unref (log);
  g_assert_cmpuint (n_audiences, ==, 0);

  for (guint i = 1; i < G_N_ELEMENTS (messages); i += 2)
    {
      g_assert_cmpuint (rocketio_message_get_seq (messages[i]), ==, i + 1);
      rocketio_message_unref (messages[i]);
    }
}

static gsize
allocated (void)
{
#if defined (__GLIBC__) && __GLIBC_PREREQ (2, 33)
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

/* A log that has been long keeps nothing of it. (Memory checkers replace malloc() and report nothing here.) */
static void
test_memory (void)
{
  g_autoptr (RocketIOMessage) message = message_new (1, 10);
  g_autoptr (RocketIOLog) emptied = rocketio_log_new (UNBOUNDED, NULL);
  g_autoptr (RocketIOLog) shortened = rocketio_log_new (UNBOUNDED, NULL);
  gsize start = allocated ();

  for (guint seq = 1; seq <= 20000; seq++)
    {
      rocketio_message_set_seq (message, seq, 1);
      rocketio_log_append (emptied, message, NULL, seq);
      rocketio_log_append (shortened, message, NULL, seq);
    }

  for (guint i = 0; i < 19999; i++)
    {
      rocketio_log_drop_oldest (emptied);
      rocketio_log_drop_oldest (shortened);
    }
  rocketio_log_drop_oldest (emptied);
  g_assert_cmpuint (allocated (), <, start + 1024);
}

/* One message may lie in several logs. Without a function to free it, an audience stays its owner's. */
static void
test_shared_message (void)
{
  g_autoptr (RocketIOLog) one = rocketio_log_new (UNBOUNDED, NULL);
  g_autoptr (RocketIOLog) two = rocketio_log_new (UNBOUNDED, NULL);
  g_autoptr (RocketIOMessage) message = message_new (3, 10);

  rocketio_log_append (one, message, two, 3);
  rocketio_log_append (two, message, NULL, 3);
  rocketio_log_drop_oldest (one);
  assert_range (two, 3, 3);
}

/* The same in the plainest way: all entries ever, and how many of them are gone. */
typedef struct
{
  guint64 seq;
  gint64  time;
  gsize   size;
} ModelEntry;

typedef struct
{
  GArray  *entries;   /* of ModelEntry */
  guint    gone;
  gsize    max_bytes;
  guint64  lost_seq;
} Model;

static ModelEntry *
model_get (Model *model,
           guint  index)
{
  return &g_array_index (model->entries, ModelEntry, index);
}

static gsize
model_bytes_after (Model   *model,
                   guint64  seq)
{
  gsize bytes = 0;

  for (guint i = model->gone; i < model->entries->len; i++)
    if (model_get (model, i)->seq > seq)
      bytes += model_get (model, i)->size;

  return bytes;
}

static void
model_lose_oldest (Model *model)
{
  model->lost_seq = model_get (model, model->gone++)->seq;
}

static void
assert_like_model (RocketIOLog *log,
                   Model       *model,
                   guint64      seq)
{
  const RocketIOLogEntry *entry = rocketio_log_after (log, seq);

  g_assert_cmpuint (rocketio_log_bytes_after (log, seq), ==, model_bytes_after (model, seq));
  for (guint i = model->gone; i < model->entries->len; i++)
    {
      ModelEntry *expected = model_get (model, i);

      if (expected->seq <= seq)
        continue;
      g_assert_nonnull (entry);
      g_assert_cmpuint (rocketio_message_get_seq (entry->message), ==, expected->seq);
      g_assert_cmpuint (rocketio_message_get_size (entry->message), ==, expected->size);
      g_assert_cmpint (entry->time, ==, expected->time);
      entry = rocketio_log_next (log, entry);
    }
  g_assert_null (entry);
}

static void
assert_all_like_model (RocketIOLog *log,
                       Model       *model)
{
  guint length = model->entries->len - model->gone;
  gint64 oldest = length > 0 ? model_get (model, model->gone)->time : G_MAXINT64;
  guint64 last = model->entries->len > 0 ? model_get (model, model->entries->len - 1)->seq : 0;

  g_assert_cmpuint (rocketio_log_get_length (log), ==, length);
  g_assert_cmpuint (rocketio_log_get_bytes (log), ==, model_bytes_after (model, 0));
  g_assert_cmpuint (rocketio_log_get_lost_seq (log), ==, model->lost_seq);
  g_assert_cmpuint (rocketio_log_get_last_seq (log), ==, last);
  g_assert_cmpint (rocketio_log_get_oldest (log), ==, oldest);
  g_assert_cmpuint (n_audiences, ==, length);

  /* Cursors on, before and between all that are there, and before what is gone */
  assert_like_model (log, model, 0);
  assert_like_model (log, model, last + 1);
  for (guint i = model->gone - MIN (model->gone, 2); i < model->entries->len; i++)
    for (guint step = 0; step < 2; step++)
      assert_like_model (log, model, model_get (model, i)->seq - step);
}

static void
append_at_random (RocketIOLog *log,
                  Model       *model)
{
  ModelEntry *last = model->entries->len > 0 ? model_get (model, model->entries->len - 1) : NULL;
  ModelEntry entry = {
    .seq = (last != NULL ? last->seq : 0) + g_test_rand_int_range (1, 4),
    .time = (last != NULL ? last->time : 0) + g_test_rand_int_range (0, 3),
  };
  g_autoptr (RocketIOMessage) message = message_new (entry.seq, g_test_rand_int_range (0, 50));

  entry.size = rocketio_message_get_size (message);
  rocketio_log_append (log, message, audience_new (), entry.time);

  g_array_append_val (model->entries, entry);
  while (model_bytes_after (model, 0) > model->max_bytes && model->gone < model->entries->len - 1)
    model_lose_oldest (model);
}

/* A number or time somewhere near the oldest entries. */
static ModelEntry
pick_at_random (Model *model)
{
  guint length = model->entries->len - model->gone;

  if (length == 0)
    return (ModelEntry) { .seq = g_test_rand_int_range (0, 10), .time = g_test_rand_int_range (0, 10) };

  return *model_get (model, model->gone + g_test_rand_int_range (0, g_test_rand_bit () ? length : MIN (length, 3)));
}

static void
drop_at_random (RocketIOLog *log,
                Model       *model)
{
  guint64 seq = pick_at_random (model).seq;
  gint64 time = pick_at_random (model).time;

  switch (g_test_rand_int_range (0, 3))
    {
    case 0:
      rocketio_log_forget (log, seq);
      while (model->gone < model->entries->len && model_get (model, model->gone)->seq <= seq)
        model->gone++;
      break;

    case 1:
      rocketio_log_expire (log, time, seq);
      while (model->gone < model->entries->len && model_get (model, model->gone)->seq <= seq &&
             model_get (model, model->gone)->time < time)
        model_lose_oldest (model);
      break;

    default:
      rocketio_log_drop_oldest (log);
      if (model->gone < model->entries->len)
        model_lose_oldest (model);
    }
}

/* The seed is printed first; `--seed` takes it. */
static void
test_random (void)
{
  for (guint round = 0; round < 60; round++)
    {
      gsize max_bytes = g_test_rand_bit () ? UNBOUNDED : (gsize) g_test_rand_int_range (0, 2000);
      Model model = { g_array_new (FALSE, FALSE, sizeof (ModelEntry)), 0, max_bytes, 0 };
      g_autoptr (RocketIOLog) log = rocketio_log_new (max_bytes, audience_free);
      int appends = g_test_rand_int_range (3, 10);

      for (guint i = 0; i < 80; i++)
        {
          if (g_test_rand_int_range (0, 10) < appends)
            append_at_random (log, &model);
          else
            drop_at_random (log, &model);
          assert_all_like_model (log, &model);
        }

      g_array_unref (model.entries);
      g_clear_pointer (&log, rocketio_log_unref);
      g_assert_cmpuint (n_audiences, ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log/empty", test_empty);
  g_test_add_func ("/log/entry", test_entry);
  g_test_add_func ("/log/wrap", test_wrap);
  g_test_add_func ("/log/grow-and-shrink", test_grow_and_shrink);
  g_test_add_func ("/log/evict", test_evict);
  g_test_add_func ("/log/evict-nothing-allowed", test_evict_nothing_allowed);
  g_test_add_func ("/log/forget", test_forget);
  g_test_add_func ("/log/expire", test_expire);
  g_test_add_func ("/log/large-numbers", test_large_numbers);
  g_test_add_func ("/log/ownership", test_ownership);
  g_test_add_func ("/log/memory", test_memory);
  g_test_add_func ("/log/shared-message", test_shared_message);
  g_test_add_func ("/log/random", test_random);

  return g_test_run ();
}
