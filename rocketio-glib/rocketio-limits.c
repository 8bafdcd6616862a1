/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-limits-private.h"

#define REQUEST_BURST 4      /* seconds' worth */
#define MESSAGE_BURST 2
#define BYTE_BURST    2
#define JOIN_BURST    20     /* a page that begins joins all of its channels at once */

#define AT(member) G_STRUCT_OFFSET (RocketIOLimits, member)

const RocketIOLimit rocketio_limits[ROCKETIO_N_LIMITS] = {
  { "max-sessions",             AT (max_sessions),             0, G_MAXUINT, 100000 },
  { "max-sessions-per-address", AT (max_sessions_per_address), 0, G_MAXUINT, 1000 },
  { "max-handshakes",           AT (max_handshakes),           0, G_MAXUINT, 1024 },
  { "handshake-timeout",        AT (handshake_timeout),        1, 3600,      10 },
  { "max-channels",             AT (max_channels),             1, 1024,      128 },
  { "request-rate",             AT (requests.per_second),      0, G_MAXUINT, 50 },
  { "message-rate",             AT (messages.per_second),      0, G_MAXUINT, 100 },
  { "byte-rate",                AT (bytes.per_second),         0, G_MAXUINT, 1048576 },
  { "join-rate",                AT (joins.per_second),         0, G_MAXUINT, 10 },
};

guint *
rocketio_limits_get (RocketIOLimits *self,
                     guint           index)
{
  return (guint *) G_STRUCT_MEMBER_P (self, rocketio_limits[index].offset);
}

void
rocketio_limits_init (RocketIOLimits *self)
{
  *self = (RocketIOLimits) {
    .requests.burst = REQUEST_BURST,
    .messages.burst = MESSAGE_BURST,
    .bytes.burst = BYTE_BURST,
    .joins.burst = JOIN_BURST,
  };
  for (guint i = 0; i < ROCKETIO_N_LIMITS; i++)
    *rocketio_limits_get (self, i) = rocketio_limits[i].usual;
}
