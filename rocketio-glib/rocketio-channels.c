/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-channels-private.h"

#define MAX_HISTORY 1048576    /* bytes of the messages that one channel keeps for later */

struct _RocketIOChannel
{
  RocketIOChannels *channels;
  char             *name;
  RocketIOLog      *log;            /* NULL: nothing was pushed yet */
  RocketIOLog      *passing;        /* NULL: nothing volatile was */
  GPtrArray        *members;        /* of RocketIOMembership */
  guint             n_memberships;  /* those who left but still have a claim included */
  guint             n_pins;
  guint             history;        /* messages that are kept for those who come later */
  RocketIOLog      *past;           /* these; NULL: none ever were */
  RocketIORetained *retained;       /* NULL: nothing */
};

struct _RocketIOChannels
{
  GHashTable     *by_name;          /* name, owned by the channel -> RocketIOChannel */
  gsize           log_bytes;
  GDestroyNotify  audience_free;
};

static void
channel_free (gpointer data)
{
  RocketIOChannel *self = data;

  g_clear_pointer (&self->log, rocketio_log_unref);
  g_clear_pointer (&self->passing, rocketio_log_unref);
  g_clear_pointer (&self->past, rocketio_log_unref);
  g_clear_pointer (&self->retained, rocketio_retained_free);
  g_ptr_array_unref (self->members);
  g_free (self->name);
  g_free (self);
}

static RocketIOChannel *
channel_new (RocketIOChannels *channels,
             const char       *name)
{
  RocketIOChannel *self = g_new0 (RocketIOChannel, 1);

  self->channels = channels;
  self->name = g_strdup (name);
  self->members = g_ptr_array_new ();

  return self;
}

static void
drop_if_unused (RocketIOChannel *self)
{
  if (self->n_memberships == 0 && self->n_pins == 0 && self->history == 0 && self->retained == NULL)
    g_hash_table_remove (self->channels->by_name, self->name);
}

RocketIOChannels *
rocketio_channels_new (gsize          log_bytes,
                       GDestroyNotify audience_free)
{
  RocketIOChannels *self = g_new0 (RocketIOChannels, 1);

  self->log_bytes = log_bytes;
  self->audience_free = audience_free;
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, channel_free);

  return self;
}

void
rocketio_channels_free (RocketIOChannels *self)
{
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, self->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    g_warn_if_fail (((RocketIOChannel *) channel)->n_memberships == 0);

  g_hash_table_unref (self->by_name);
  g_free (self);
}

static RocketIOChannel *
ensure (RocketIOChannels *self,
        const char       *name)
{
  RocketIOChannel *channel = rocketio_channels_lookup (self, name);

  if (channel != NULL)
    return channel;

  channel = channel_new (self, name);
  g_hash_table_insert (self->by_name, channel->name, channel);

  return channel;
}

RocketIOMembership *
rocketio_channels_join (RocketIOChannels *self,
                        const char       *name,
                        gpointer          member,
                        guint64           seq)
{
  RocketIOMembership *membership = g_new0 (RocketIOMembership, 1);
  RocketIOChannel *channel = ensure (self, name);

  *membership = (RocketIOMembership) { channel, member, seq, G_MAXUINT64, channel->members->len };
  g_ptr_array_add (channel->members, membership);
  channel->n_memberships++;

  return membership;
}

void
rocketio_channels_leave (RocketIOChannels   *self,
                         RocketIOMembership *membership,
                         guint64             seq)
{
  GPtrArray *members = membership->channel->members;
  RocketIOMembership *last;

  if (membership->left != G_MAXUINT64)
    return;

  membership->left = seq;
  last = g_ptr_array_index (members, members->len - 1);
  last->index = membership->index;
  g_ptr_array_remove_index_fast (members, membership->index);
}

void
rocketio_channels_release (RocketIOChannels   *self,
                           RocketIOMembership *membership)
{
  RocketIOChannel *channel = membership->channel;

  rocketio_channels_leave (self, membership, 0);
  g_free (membership);

  channel->n_memberships--;
  drop_if_unused (channel);
}

RocketIOChannel *
rocketio_channels_lookup (RocketIOChannels *self,
                          const char       *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

GPtrArray *
rocketio_channels_list (RocketIOChannels *self)
{
  GPtrArray *list = g_ptr_array_sized_new (g_hash_table_size (self->by_name));
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, self->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    g_ptr_array_add (list, channel);

  return list;
}

const char *
rocketio_channel_get_name (RocketIOChannel *self)
{
  return self->name;
}

guint
rocketio_channel_get_size (RocketIOChannel *self)
{
  return self->members->len;
}

gpointer
rocketio_channel_get_member (RocketIOChannel *self,
                             guint            index)
{
  return ((RocketIOMembership *) g_ptr_array_index (self->members, index))->member;
}

RocketIOLog *
rocketio_channel_get_log (RocketIOChannel *self,
                          gboolean         create)
{
  if (self->log == NULL && create)
    self->log = rocketio_log_new (self->channels->log_bytes, self->channels->audience_free);

  return self->log;
}

RocketIOLog *
rocketio_channel_get_passing (RocketIOChannel *self,
                              gboolean         create)
{
  if (self->passing == NULL && create)
    self->passing = rocketio_log_new (self->channels->log_bytes, self->channels->audience_free);

  return self->passing;
}

/* History */

static void
bound_past (RocketIOChannel *self)
{
  while (rocketio_log_get_length (self->past) > self->history)
    rocketio_log_drop_oldest (self->past);
}

void
rocketio_channels_set_history (RocketIOChannels *self,
                               const char       *name,
                               guint             n_messages)
{
  RocketIOChannel *channel = ensure (self, name);

  channel->history = n_messages;
  if (channel->past == NULL)
    channel->past = rocketio_log_new (MAX_HISTORY, self->audience_free);
  bound_past (channel);
  drop_if_unused (channel);
}

guint
rocketio_channel_get_history (RocketIOChannel *self)
{
  return self->history;
}

RocketIOLog *
rocketio_channel_get_past (RocketIOChannel *self)
{
  return self->past;
}

void
rocketio_channel_remember (RocketIOChannel *self,
                           RocketIOMessage *message,
                           gpointer         audience)
{
  /* The same push may name the channel twice. */
  if (self->history == 0 || rocketio_log_get_last_seq (self->past) >= rocketio_message_get_seq (message))
    {
      if (audience != NULL)
        self->channels->audience_free (audience);
      return;
    }

  rocketio_log_append (self->past, message, audience, g_get_monotonic_time ());
  bound_past (self);
}

void
rocketio_channels_retain (RocketIOChannels *self,
                          const char       *name,
                          RocketIOMessage  *message)
{
  RocketIOChannel *channel = ensure (self, name);

  if (channel->retained == NULL)
    channel->retained = rocketio_retained_new ();
  rocketio_retained_put (channel->retained, message);

  if (rocketio_retained_get_n (channel->retained) == 0)
    g_clear_pointer (&channel->retained, rocketio_retained_free);
  drop_if_unused (channel);
}

RocketIORetained *
rocketio_channel_get_retained (RocketIOChannel *self)
{
  return self->retained;
}

void
rocketio_channel_pin (RocketIOChannel *self)
{
  self->n_pins++;
}

void
rocketio_channel_unpin (RocketIOChannel *self)
{
  self->n_pins--;
  drop_if_unused (self);
}
