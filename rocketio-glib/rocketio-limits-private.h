/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-bucket-private.h"

G_BEGIN_DECLS

/* What strangers may do to a server: the properties of RocketIOServer that are just a number. 0: no limit. */
typedef struct
{
  guint        max_sessions;
  guint        max_sessions_per_address;
  guint        max_handshakes;       /* connections that have not said anything yet */
  guint        handshake_timeout;    /* seconds, for each step until a session is there */
  guint        max_channels;         /* of a session */
  RocketIORate requests;             /* of an address */
  RocketIORate messages;             /* of a session, as those that follow */
  RocketIORate bytes;
  RocketIORate joins;
} RocketIOLimits;

#define ROCKETIO_N_LIMITS 9

typedef struct
{
  const char *property;
  gsize       offset;      /* of a guint in RocketIOLimits */
  guint       minimum;
  guint       maximum;
  guint       usual;
} RocketIOLimit;

extern const RocketIOLimit rocketio_limits[ROCKETIO_N_LIMITS];

/* The usual ones. */
void   rocketio_limits_init (RocketIOLimits *self);

/* Where the number of the property is. */
guint *rocketio_limits_get  (RocketIOLimits *self,
                             guint           index);

G_END_DECLS
