/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-bucket-private.h"

#define MAX_AMOUNT G_GUINT64_CONSTANT (0xffffffff)    /* far above any limit; times a million it is still a gint64 */

gint64
rocketio_bucket_get_debt (const RocketIOBucket *self,
                          const RocketIORate   *rate,
                          gint64                now)
{
  if (rate->per_second == 0)
    return 0;

  return MAX (self->full_at - now - (gint64) rate->burst * G_USEC_PER_SEC, 0);
}

gint64
rocketio_bucket_spend (RocketIOBucket     *self,
                       const RocketIORate *rate,
                       guint64             amount,
                       gint64              now)
{
  if (rate->per_second == 0)
    return 0;

  self->full_at = MAX (self->full_at, now) + (gint64) MIN (amount, MAX_AMOUNT) * G_USEC_PER_SEC / rate->per_second;

  return rocketio_bucket_get_debt (self, rate, now);
}

gboolean
rocketio_bucket_take (RocketIOBucket     *self,
                      const RocketIORate *rate,
                      gint64              now)
{
  RocketIOBucket after = *self;

  if (rocketio_bucket_spend (&after, rate, 1, now) > 0)
    return FALSE;

  *self = after;

  return TRUE;
}

gboolean
rocketio_bucket_is_full (const RocketIOBucket *self,
                         gint64                now)
{
  return self->full_at <= now;
}
