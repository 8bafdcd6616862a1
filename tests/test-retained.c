/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-retained-private.h"

#include <string.h>

static void
put (RocketIORetained *retained,
     const char       *event,
     const char       *data,
     const char       *key)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json (event, data, -1, NULL);

  rocketio_message_set_fate (message, FALSE, 0, key, ROCKETIO_SLOW_POLICY_DEFAULT);
  rocketio_message_set_seq (message, 5, 1);
  rocketio_retained_put (retained, message);
}

static void
expect (RocketIORetained *retained,
        const char       *texts)
{
  g_autoptr (GPtrArray) copies = rocketio_retained_copy (retained);
  g_autoptr (GString) got = g_string_new (NULL);

  for (guint i = 0; i < copies->len; i++)
    {
      /* A copy has no number yet. */
      g_assert_cmpuint (rocketio_message_get_seq (g_ptr_array_index (copies, i)), ==, 0);
      rocketio_message_write_2 (g_ptr_array_index (copies, i), got);
    }
  g_assert_cmpstr (got->str, ==, texts);
  g_assert_cmpuint (rocketio_retained_get_n (retained), ==, copies->len);
}

static void
test_newest (void)
{
  RocketIORetained *retained = rocketio_retained_new ();

  put (retained, "a", "1", NULL);
  put (retained, "b", "2", NULL);
  put (retained, "a", "3", NULL);
  expect (retained, "{\"type\":\"b\",\"data\":2}{\"type\":\"a\",\"data\":3}");
  put (retained, "a", "null", NULL);
  expect (retained, "{\"type\":\"b\",\"data\":2}");
  put (retained, "x", "null", NULL);
  put (retained, "b", "null", NULL);
  expect (retained, "");
  rocketio_retained_free (retained);
}

static void
test_keys (void)
{
  RocketIORetained *retained = rocketio_retained_new ();

  put (retained, "a", "1", "x");
  put (retained, "a", "2", "y");
  put (retained, "a", "3", NULL);
  put (retained, "a", "4", "x");
  expect (retained, "{\"type\":\"a\",\"data\":2}{\"type\":\"a\",\"data\":3}{\"type\":\"a\",\"data\":4}");
  put (retained, "a", "null", "y");
  expect (retained, "{\"type\":\"a\",\"data\":3}{\"type\":\"a\",\"data\":4}");
  rocketio_retained_free (retained);
}

static void
test_bounds (void)
{
  RocketIORetained *retained = rocketio_retained_new ();
  g_autofree char *big = g_strnfill (600002, '"');

  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      put (retained, "a", "1", key);
    }
  g_assert_cmpuint (rocketio_retained_get_n (retained), ==, 1000);

  memset (big + 1, 'x', 600000);
  put (retained, "b", big, NULL);
  put (retained, "c", big, NULL);
  g_assert_cmpuint (rocketio_retained_get_n (retained), ==, 1);
  rocketio_retained_free (retained);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retained/newest", test_newest);
  g_test_add_func ("/retained/keys", test_keys);
  g_test_add_func ("/retained/bounds", test_bounds);

  return g_test_run ();
}
