/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include <glib.h>

G_BEGIN_DECLS

/* A token bucket: so much a second, and so much at once after a while. It is full at the beginning, and costs one
 * number. */
typedef struct
{
  guint per_second;    /* 0: no limit */
  guint burst;         /* seconds' worth that may come at once */
} RocketIORate;

typedef struct
{
  gint64 full_at;      /* monotonic, in microseconds */
} RocketIOBucket;

/* Takes `amount`, whether it is there or not. How long nothing more should be taken, in microseconds; 0: it was there. */
gint64   rocketio_bucket_spend   (RocketIOBucket     *self,
                                  const RocketIORate *rate,
                                  guint64             amount,
                                  gint64              now);

/* How long that is now. */
gint64   rocketio_bucket_get_debt (const RocketIOBucket *self,
                                   const RocketIORate   *rate,
                                   gint64                now);

/* Takes one if it is there. */
gboolean rocketio_bucket_take    (RocketIOBucket     *self,
                                  const RocketIORate *rate,
                                  gint64              now);

/* Whether it is as new. */
gboolean rocketio_bucket_is_full (const RocketIOBucket *self,
                                  gint64                now);

G_END_DECLS
