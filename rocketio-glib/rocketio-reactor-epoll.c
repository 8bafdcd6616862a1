/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-reactor-backend-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 256

struct _RocketIOBackend
{
  GSource *source;
  GPollFD  poll;       /* not by g_source_add_unix_fd(): that makes the source ready without asking it */
  int      epoll_fd;
};

RocketIOBackend *
rocketio_backend_new (GSource  *source,
                      GError  **error)
{
  RocketIOBackend *self;
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  if (fd < 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "epoll_create1: %s", g_strerror (code));
      return NULL;
    }

  self = g_new0 (RocketIOBackend, 1);
  self->source = source;
  self->epoll_fd = fd;
  self->poll = (GPollFD) { fd, G_IO_IN, 0 };
  g_source_add_poll (source, &self->poll);

  return self;
}

void
rocketio_backend_free (RocketIOBackend *self)
{
  if (!g_source_is_destroyed (self->source))
    g_source_remove_poll (self->source, &self->poll);
  close (self->epoll_fd);
  g_free (self);
}

static guint32
events_to_epoll (RocketIOEvents events)
{
  return ((events & ROCKETIO_EVENT_READ) != 0 ? EPOLLIN : 0) |
         ((events & ROCKETIO_EVENT_WRITE) != 0 ? EPOLLOUT : 0) |
         ((events & ROCKETIO_EVENT_HANGUP) != 0 ? EPOLLRDHUP : 0);
}

static RocketIOEvents
events_from_epoll (guint32 events)
{
  return ((events & EPOLLIN) != 0 ? ROCKETIO_EVENT_READ : 0) |
         ((events & EPOLLOUT) != 0 ? ROCKETIO_EVENT_WRITE : 0) |
         ((events & EPOLLRDHUP) != 0 ? ROCKETIO_EVENT_HANGUP : 0) |
         ((events & (EPOLLERR | EPOLLHUP)) != 0 ? ROCKETIO_EVENT_ERROR : 0);
}

static void
control (RocketIOBackend *self,
         int              operation,
         int              fd,
         guint64          key,
         guint32          events)
{
  struct epoll_event event = { .events = events, .data.u64 = key };

  if (epoll_ctl (self->epoll_fd, operation, fd, &event) < 0)
    g_critical ("epoll_ctl on descriptor %d: %s", fd, g_strerror (errno));
}

void
rocketio_backend_add (RocketIOBackend *self,
                      int              fd,
                      guint64          key,
                      RocketIOEvents   events)
{
  control (self, EPOLL_CTL_ADD, fd, key, events_to_epoll (events));
}

void
rocketio_backend_modify (RocketIOBackend *self,
                         int              fd,
                         guint64          key,
                         RocketIOEvents   events)
{
  control (self, EPOLL_CTL_MOD, fd, key, events_to_epoll (events));
}

void
rocketio_backend_mute (RocketIOBackend *self,
                       int              fd,
                       guint64          key)
{
  /* Errors cannot be masked; edge-triggered they are told once more at most, instead of spinning. */
  control (self, EPOLL_CTL_MOD, fd, key, EPOLLET);
}

void
rocketio_backend_remove (RocketIOBackend *self,
                         int              fd)
{
  control (self, EPOLL_CTL_DEL, fd, 0, 0);
}

gboolean
rocketio_backend_check (RocketIOBackend *self)
{
  return self->poll.revents != 0;
}

guint
rocketio_backend_take (RocketIOBackend      *self,
                       RocketIOBackendEvent *events,
                       guint                 n_events)
{
  struct epoll_event found[MAX_EVENTS];
  int n = epoll_wait (self->epoll_fd, found, MIN (n_events, MAX_EVENTS), 0);

  for (int i = 0; i < n; i++)
    events[i] = (RocketIOBackendEvent) { found[i].data.u64, events_from_epoll (found[i].events) };

  return MAX (n, 0);
}
