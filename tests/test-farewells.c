/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-farewells-private.h"
#include "rocketio-secret-private.h"

#include <string.h>

static void
test_found (void)
{
  RocketIOFarewells *farewells = rocketio_farewells_new ();
  g_autofree char *reason = g_strdup ("go");
  const RocketIOVerdict *verdict;

  rocketio_farewells_add (farewells, "a", "secret", &(RocketIOVerdict) { 4600, reason, -1 });
  memset (reason, 'x', 2);
  g_assert_null (rocketio_farewells_find (farewells, "a", "secreT"));
  g_assert_null (rocketio_farewells_find (farewells, "b", "secret"));
  g_assert_null (rocketio_farewells_find (farewells, NULL, "secret"));
  g_assert_null (rocketio_farewells_find (farewells, "a", NULL));

  /* Again and again: an answer may get lost. */
  for (guint i = 0; i < 2; i++)
    {
      verdict = rocketio_farewells_find (farewells, "a", "secret");
      g_assert_nonnull (verdict);
      g_assert_cmpuint (verdict->code, ==, 4600);
      g_assert_cmpstr (verdict->reason, ==, "go");
    }
  rocketio_farewells_free (farewells);
}

static void
test_bound (void)
{
  RocketIOFarewells *farewells = rocketio_farewells_new ();
  RocketIOVerdict verdict = { 4500, "go", -1 };

  for (guint i = 0; i <= 10000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      rocketio_farewells_add (farewells, id, "secret", &verdict);
    }
  g_assert_null (rocketio_farewells_find (farewells, "0", "secret"));
  g_assert_nonnull (rocketio_farewells_find (farewells, "1", "secret"));
  g_assert_nonnull (rocketio_farewells_find (farewells, "10000", "secret"));
  rocketio_farewells_free (farewells);
}

static void
test_secrets (void)
{
  char a[ROCKETIO_TOKEN_LENGTH + 1], b[ROCKETIO_TOKEN_LENGTH + 1];

  rocketio_token_make (a);
  rocketio_token_make (b);
  g_assert_cmpuint (strlen (a), ==, ROCKETIO_TOKEN_LENGTH);
  g_assert_cmpuint (strspn (a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==,
                    ROCKETIO_TOKEN_LENGTH);
  g_assert_cmpstr (a, !=, b);
  g_assert_true (rocketio_is_same_secret (a, a));
  g_assert_false (rocketio_is_same_secret (a, b));
  g_assert_false (rocketio_is_same_secret (a, ""));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/farewells/found", test_found);
  g_test_add_func ("/farewells/bound", test_bound);
  g_test_add_func ("/secret/tokens", test_secrets);

  return g_test_run ();
}
