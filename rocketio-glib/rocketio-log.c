/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-log-private.h"

#define MIN_CAPACITY 4

/* A log lives in one thread. */
struct _RocketIOLog
{
  guint             refs;
  guint             capacity;   /* of `entries`: 0 or a power of two */
  guint             first;      /* where the oldest entry is */
  guint             length;
  RocketIOLogEntry *entries;    /* a ring */
  gsize             max_bytes;
  guint64           start;      /* bytes appended before the oldest entry */
  guint64           end;        /* bytes ever appended */
  guint64           last_seq;
  guint64           lost_seq;
  GDestroyNotify    audience_free;
};

static RocketIOLogEntry *
get_entry (RocketIOLog *self,
           guint        index)
{
  return &self->entries[(self->first + index) & (self->capacity - 1)];
}

static guint64
get_seq (RocketIOLog *self,
         guint        index)
{
  return rocketio_message_get_seq (get_entry (self, index)->message);
}

/* Moves the entries into a ring of `capacity`, which may be 0 if there are none. */
static void
resize (RocketIOLog *self,
        guint        capacity)
{
  RocketIOLogEntry *entries = g_new (RocketIOLogEntry, capacity);

  for (guint i = 0; i < self->length; i++)
    entries[i] = *get_entry (self, i);

  g_free (self->entries);
  self->entries = entries;
  self->capacity = capacity;
  self->first = 0;
}

/* Takes the oldest entry out; returns its bytes. */
static gsize
drop_first (RocketIOLog *self)
{
  RocketIOLogEntry entry = *get_entry (self, 0);
  gsize bytes = entry.end - self->start;

  self->first = (self->first + 1) & (self->capacity - 1);
  self->length--;
  self->start = entry.end;

  /* Shrinks late, so that a log whose length swings around a power of two does not copy all the time. */
  if (self->length == 0)
    resize (self, 0);
  else if (self->capacity > MIN_CAPACITY && self->length <= self->capacity / 4)
    resize (self, self->capacity / 2);

  if (self->audience_free != NULL && entry.audience != NULL)
    self->audience_free (entry.audience);
  rocketio_message_unref (entry.message);

  return bytes;
}

RocketIOLog *
rocketio_log_new (gsize          max_bytes,
                  GDestroyNotify audience_free)
{
  RocketIOLog *self = g_new0 (RocketIOLog, 1);

  self->refs = 1;
  self->max_bytes = max_bytes;
  self->audience_free = audience_free;

  return self;
}

RocketIOLog *
rocketio_log_ref (RocketIOLog *self)
{
  self->refs++;

  return self;
}

void
rocketio_log_unref (RocketIOLog *self)
{
  g_assert (self->refs > 0);

  if (--self->refs > 0)
    return;

  while (self->length > 0)
    drop_first (self);
  g_free (self);
}

void
rocketio_log_append (RocketIOLog     *self,
                     RocketIOMessage *message,
                     gpointer         audience,
                     gint64           now)
{
  guint64 seq = rocketio_message_get_seq (message);

  g_assert (seq > self->last_seq);

  if (self->length == self->capacity)
    resize (self, MAX (self->capacity * 2, MIN_CAPACITY));

  self->last_seq = seq;
  self->end += rocketio_message_get_size (message);
  self->length++;
  *get_entry (self, self->length - 1) = (RocketIOLogEntry) {
    .message = rocketio_message_ref (message),
    .audience = audience,
    .time = now,
    .end = self->end,
  };

  while (rocketio_log_get_bytes (self) > self->max_bytes && self->length > 1)
    rocketio_log_drop_oldest (self);
}

/* The place of the first entry above `seq`, `length` if there is none. */
static guint
bisect (RocketIOLog *self,
        guint64      seq)
{
  guint low = 0, high = self->length;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_seq (self, middle) > seq)
        high = middle;
      else
        low = middle + 1;
    }

  return low;
}

static guint
find_after (RocketIOLog *self,
            guint64      seq)
{
  guint length = self->length;

  /* Most cursors have all, or all but the newest. */
  if (length == 0 || seq >= self->last_seq)
    return length;
  if (length == 1 || seq >= get_seq (self, length - 2))
    return length - 1;

  return bisect (self, seq);
}

const RocketIOLogEntry *
rocketio_log_after (RocketIOLog *self,
                    guint64      seq)
{
  guint index = find_after (self, seq);

  return index < self->length ? get_entry (self, index) : NULL;
}

const RocketIOLogEntry *
rocketio_log_next (RocketIOLog            *self,
                   const RocketIOLogEntry *entry)
{
  guint place = entry - self->entries;
  guint index = (place - self->first) & (self->capacity - 1);

  g_assert (place < self->capacity && index < self->length);

  return index + 1 < self->length ? get_entry (self, index + 1) : NULL;
}

guint64
rocketio_log_get_last_seq (RocketIOLog *self)
{
  return self->last_seq;
}

guint64
rocketio_log_get_lost_seq (RocketIOLog *self)
{
  return self->lost_seq;
}

void
rocketio_log_set_lost_seq (RocketIOLog *self,
                           guint64      seq)
{
  self->lost_seq = seq;
}

guint
rocketio_log_get_length (RocketIOLog *self)
{
  return self->length;
}

gsize
rocketio_log_get_bytes (RocketIOLog *self)
{
  return self->end - self->start;
}

gsize
rocketio_log_bytes_after (RocketIOLog *self,
                          guint64      seq)
{
  guint index = find_after (self, seq);

  return self->end - (index > 0 ? get_entry (self, index - 1)->end : self->start);
}

void
rocketio_log_forget (RocketIOLog *self,
                     guint64      seq)
{
  while (self->length > 0 && get_seq (self, 0) <= seq)
    drop_first (self);
}

void
rocketio_log_expire (RocketIOLog *self,
                     gint64       time,
                     guint64      needed)
{
  while (rocketio_log_get_oldest (self) < time && get_seq (self, 0) <= needed)
    rocketio_log_drop_oldest (self);
}

gsize
rocketio_log_drop_oldest (RocketIOLog *self)
{
  if (self->length == 0)
    return 0;

  self->lost_seq = get_seq (self, 0);

  return drop_first (self);
}

gint64
rocketio_log_get_oldest (RocketIOLog *self)
{
  return self->length > 0 ? get_entry (self, 0)->time : G_MAXINT64;
}
