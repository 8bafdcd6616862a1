/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-reactor-backend-private.h"

#include <poll.h>

/* Where poll() cannot tell that only the peer's sending half is closed, a held poll notices at its next write. */
#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

typedef struct
{
  GPollFD  poll;     /* not by g_source_add_unix_fd(): that makes the source ready without asking it */
  gboolean polled;
  guint64  key;
  guint    index;
} Entry;

struct _RocketIOBackend
{
  GSource    *source;
  GPtrArray  *entries;
  GHashTable *by_fd;    /* fd -> Entry */
  guint       next;     /* where the next look starts, so that nobody starves */
};

RocketIOBackend *
rocketio_backend_new (GSource  *source,
                      GError  **error)
{
  RocketIOBackend *self = g_new0 (RocketIOBackend, 1);

  self->source = source;
  self->entries = g_ptr_array_new_with_free_func (g_free);
  self->by_fd = g_hash_table_new (NULL, NULL);

  return self;
}

void
rocketio_backend_free (RocketIOBackend *self)
{
  while (self->entries->len > 0)
    rocketio_backend_remove (self, ((Entry *) g_ptr_array_index (self->entries, 0))->poll.fd);

  g_hash_table_unref (self->by_fd);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static GIOCondition
events_to_poll (RocketIOEvents events)
{
  return ((events & ROCKETIO_EVENT_READ) != 0 ? POLLIN : 0) |
         ((events & ROCKETIO_EVENT_WRITE) != 0 ? POLLOUT : 0) |
         ((events & ROCKETIO_EVENT_HANGUP) != 0 ? POLLRDHUP : 0) |
         POLLERR | POLLHUP;
}

static RocketIOEvents
events_from_poll (guint events)
{
  return ((events & POLLIN) != 0 ? ROCKETIO_EVENT_READ : 0) |
         ((events & POLLOUT) != 0 ? ROCKETIO_EVENT_WRITE : 0) |
         ((events & POLLRDHUP) != 0 ? ROCKETIO_EVENT_HANGUP : 0) |
         ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0 ? ROCKETIO_EVENT_ERROR : 0);
}

static Entry *
lookup (RocketIOBackend *self,
        int              fd)
{
  return g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));
}

/* A source that is destroyed has let go of its descriptors, and does not like to be told so. */
static void
set_polled (RocketIOBackend *self,
            Entry           *entry,
            gboolean         polled)
{
  if (entry->polled == polled)
    return;

  entry->polled = polled;
  entry->poll.revents = 0;
  if (g_source_is_destroyed (self->source))
    return;

  if (polled)
    g_source_add_poll (self->source, &entry->poll);
  else
    g_source_remove_poll (self->source, &entry->poll);
}

void
rocketio_backend_add (RocketIOBackend *self,
                      int              fd,
                      guint64          key,
                      RocketIOEvents   events)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->poll = (GPollFD) { fd, events_to_poll (events), 0 };
  entry->key = key;
  entry->index = self->entries->len;
  set_polled (self, entry, TRUE);
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_fd, GINT_TO_POINTER (fd), entry);
}

void
rocketio_backend_modify (RocketIOBackend *self,
                         int              fd,
                         guint64          key,
                         RocketIOEvents   events)
{
  Entry *entry = lookup (self, fd);

  entry->key = key;
  entry->poll.events = events_to_poll (events);
  set_polled (self, entry, TRUE);
}

void
rocketio_backend_mute (RocketIOBackend *self,
                       int              fd,
                       guint64          key)
{
  set_polled (self, lookup (self, fd), FALSE);
}

void
rocketio_backend_remove (RocketIOBackend *self,
                         int              fd)
{
  Entry *entry = lookup (self, fd);
  Entry *last = g_ptr_array_index (self->entries, self->entries->len - 1);

  set_polled (self, entry, FALSE);
  g_hash_table_remove (self->by_fd, GINT_TO_POINTER (fd));
  last->index = entry->index;
  g_ptr_array_remove_index_fast (self->entries, entry->index);
}

gboolean
rocketio_backend_check (RocketIOBackend *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      if (((Entry *) g_ptr_array_index (self->entries, i))->poll.revents != 0)
        return TRUE;
    }

  return FALSE;
}

guint
rocketio_backend_take (RocketIOBackend      *self,
                       RocketIOBackendEvent *events,
                       guint                 n_events)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len && n < n_events; i++, self->next++)
    {
      Entry *entry = g_ptr_array_index (self->entries, self->next % self->entries->len);
      guint found = entry->poll.revents;

      if (found != 0)
        events[n++] = (RocketIOBackendEvent) { entry->key, events_from_poll (found) };
    }

  return n;
}
