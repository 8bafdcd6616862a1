/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-bucket-private.h"

#define SECOND G_USEC_PER_SEC

static void
test_spend (void)
{
  const RocketIORate rate = { 100, 2 };
  RocketIOBucket bucket = { 0 };
  gint64 now = 1000 * SECOND;

  g_assert_true (rocketio_bucket_is_full (&bucket, now));
  g_assert_cmpint (rocketio_bucket_spend (&bucket, &rate, 200, now), ==, 0);
  g_assert_false (rocketio_bucket_is_full (&bucket, now));
  g_assert_cmpint (rocketio_bucket_spend (&bucket, &rate, 1, now), ==, SECOND / 100);
  g_assert_cmpint (rocketio_bucket_spend (&bucket, &rate, 99, now), ==, SECOND);
  g_assert_cmpint (rocketio_bucket_get_debt (&bucket, &rate, now + SECOND / 2), ==, SECOND / 2);
  g_assert_cmpint (rocketio_bucket_get_debt (&bucket, &rate, now + SECOND), ==, 0);
  g_assert_false (rocketio_bucket_is_full (&bucket, now + 3 * SECOND - 1));
  g_assert_true (rocketio_bucket_is_full (&bucket, now + 3 * SECOND));

  /* After a long time there is no more than the burst. */
  g_assert_cmpint (rocketio_bucket_spend (&bucket, &rate, 201, now + 1000 * SECOND), ==, SECOND / 100);
}

static void
test_take (void)
{
  const RocketIORate rate = { 10, 1 };
  RocketIOBucket bucket = { 0 };
  gint64 now = 5 * SECOND;

  for (guint i = 0; i < 10; i++)
    g_assert_true (rocketio_bucket_take (&bucket, &rate, now));

  /* What is refused costs nothing. */
  for (guint i = 0; i < 100; i++)
    g_assert_false (rocketio_bucket_take (&bucket, &rate, now + SECOND / 10 - 1));
  g_assert_true (rocketio_bucket_take (&bucket, &rate, now + SECOND / 10));
  g_assert_false (rocketio_bucket_take (&bucket, &rate, now + SECOND / 10));
}

static void
test_extremes (void)
{
  const RocketIORate none = { 0, 0 };
  const RocketIORate slow = { 1, 1 };
  const RocketIORate fast = { G_MAXUINT, 2 };
  RocketIOBucket bucket = { 0 };
  gint64 debt;

  g_assert_cmpint (rocketio_bucket_spend (&bucket, &none, G_MAXUINT64, 1), ==, 0);
  g_assert_cmpint (rocketio_bucket_get_debt (&bucket, &none, 1), ==, 0);
  g_assert_true (rocketio_bucket_take (&bucket, &none, 1));
  g_assert_true (rocketio_bucket_is_full (&bucket, 1));
  g_assert_cmpint (rocketio_bucket_spend (&bucket, &fast, G_MAXUINT, 1), ==, 0);

  debt = rocketio_bucket_spend (&bucket, &slow, G_MAXUINT64, 1);
  g_assert_cmpint (debt, >, 0);
  g_assert_cmpint (rocketio_bucket_spend (&bucket, &slow, 1, 1), ==, debt + SECOND);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bucket/spend", test_spend);
  g_test_add_func ("/bucket/take", test_take);
  g_test_add_func ("/bucket/extremes", test_extremes);

  return g_test_run ();
}
