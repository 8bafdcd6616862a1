/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#define MAX_AGE 86400

/* What the logs may keep. */

void
rocketio_server_bound_logs (RocketIOServer *self)
{
  RocketIOLogBounds bounds = self->log_bounds;

  if (bounds.age == 0)
    bounds.age = self->settings.session.resume_window;
  if (self->hub != NULL)
    rocketio_hub_set_log_bounds (self->hub, &bounds);
}

static void
set_bytes (RocketIOServer *self,
           gsize          *place,
           gsize           bytes,
           const char     *property)
{
  if (*place == bytes)
    return;

  *place = bytes;
  rocketio_server_bound_logs (self);
  g_object_notify (G_OBJECT (self), property);
}

/**
 * rocketio_server_get_log_bytes: (get-property log-bytes)
 * @self: a server
 *
 * Gets how many bytes of the pushes to everybody, and of those to each channel, are kept.
 *
 * Returns: bytes
 */
gsize
rocketio_server_get_log_bytes (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->log_bounds.log_bytes;
}

/**
 * rocketio_server_set_log_bytes: (set-property log-bytes)
 * @self: a server
 * @bytes: bytes, 1024 or more
 *
 * Sets how many bytes of the pushes to everybody, and of those to each channel, are kept.
 */
void
rocketio_server_set_log_bytes (RocketIOServer *self,
                               gsize           bytes)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (bytes >= 1024);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  set_bytes (self, &self->log_bounds.log_bytes, bytes, "log-bytes");
}

/**
 * rocketio_server_get_total_log_bytes: (get-property total-log-bytes)
 * @self: a server
 *
 * Gets how many bytes of pushes the server keeps in all.
 *
 * Returns: bytes
 */
gsize
rocketio_server_get_total_log_bytes (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->log_bounds.total_bytes;
}

/**
 * rocketio_server_set_total_log_bytes: (set-property total-log-bytes)
 * @self: a server
 * @bytes: bytes, 1024 or more
 *
 * Sets how many bytes of pushes the server keeps in all.
 */
void
rocketio_server_set_total_log_bytes (RocketIOServer *self,
                                     gsize           bytes)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (bytes >= 1024);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  set_bytes (self, &self->log_bounds.total_bytes, bytes, "total-log-bytes");
}

/**
 * rocketio_server_get_log_age: (get-property log-age)
 * @self: a server
 *
 * Gets how long a push is kept that every client with a connection has got.
 *
 * Returns: seconds; 0: as long as [property@Server:resume-window]
 */
guint
rocketio_server_get_log_age (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), 0);

  return self->log_bounds.age;
}

/**
 * rocketio_server_set_log_age: (set-property log-age)
 * @self: a server
 * @seconds: 0 to 86400; 0: as long as [property@Server:resume-window]
 *
 * Sets how long a push is kept that every client with a connection has got.
 */
void
rocketio_server_set_log_age (RocketIOServer *self,
                             guint           seconds)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (seconds <= MAX_AGE);
  if (!rocketio_server_check_thread (self, G_STRFUNC))
    return;

  if (self->log_bounds.age == seconds)
    return;

  self->log_bounds.age = seconds;
  rocketio_server_bound_logs (self);
  g_object_notify (G_OBJECT (self), "log-age");
}
