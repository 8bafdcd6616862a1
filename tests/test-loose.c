/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-loose-private.h"

#include <string.h>

static const struct
{
  const char *text;
  const char *n;       /* NULL: it is no object, or has none */
  const char *id;
} objects[] = {
  { "{\"n\":1,\"id\":\"x\"}", "1", "\"x\"" },
  { " {\"data\":{\"n\":5,\"id\":[6]},\"n\" : 2 } ", "2", NULL },
  { "{\"data\":\"\\\"n\\\":3,}{\",\"id\":7}", NULL, "7" },
  { "{\"data\":\"\\u0000\\ud800\",\"n\":4}", "4", NULL },
  { "{\"data\":1e999,\"n\":4,\"n\":5}", "5", NULL },
  { "{\"data\":nonsense,\"id\":8}", NULL, "8" },
  { "{n:1,id}", NULL, NULL },
  { "{\"n\":}", "", NULL },
  { "{}", NULL, NULL },
  { "{\"n\":1", NULL, NULL },
  { "{\"n\":1}}", NULL, NULL },
  { "{\"n\":\"1}", NULL, NULL },
  { "[\"n\",1]", NULL, NULL },
  { "\"n\"", NULL, NULL },
  { "", NULL, NULL },
};

static void
assert_span (RocketIOSpan  span,
             const char   *text)
{
  g_autofree char *copy = span.start != NULL ? g_strndup (span.start, span.length) : NULL;

  g_assert_cmpstr (copy, ==, text);
}

static void
test_members (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      RocketIOJsonMember members[] = { { "n" }, { "id" } };
      gsize length = strlen (objects[i].text);
      g_autofree char *copy = g_memdup2 (objects[i].text, MAX (length, 1));    /* without a NUL */

      g_test_message ("%s", objects[i].text);
      if (!rocketio_loose_members ((RocketIOSpan) { copy, length }, members, G_N_ELEMENTS (members)))
        {
          g_assert_null (objects[i].n);
          g_assert_null (objects[i].id);
          continue;
        }

      assert_span (members[0].value, objects[i].n);
      assert_span (members[1].value, objects[i].id);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *text;
    guint64     number;
  } numbers[] = {
    { "1", 1 }, { "9007199254740991", 9007199254740991 }, { "9007199254740992", 0 }, { "0", 0 }, { "-1", 0 },
    { "1.0", 0 }, { "1e3", 0 }, { "\"1\"", 0 }, { "", 0 }, { "99999999999999999999999999", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_assert_cmpuint (rocketio_loose_get_number ((RocketIOSpan) { numbers[i].text, strlen (numbers[i].text) }), ==,
                      numbers[i].number);
  g_assert_cmpuint (rocketio_loose_get_number ((RocketIOSpan) { NULL, 0 }), ==, 0);
}

static void
test_strings (void)
{
  static const char * const bad[] = { "\"\\u0000\"", "\"a", "\"\xff\"", "nonsense", "1", "" };
  g_autofree char *good = rocketio_loose_dup_string ((RocketIOSpan) { "\"a\\n\"", 5 });

  g_assert_cmpstr (good, ==, "a\n");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (rocketio_loose_dup_string ((RocketIOSpan) { bad[i], strlen (bad[i]) }));
  g_assert_null (rocketio_loose_dup_string ((RocketIOSpan) { NULL, 0 }));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loose/members", test_members);
  g_test_add_func ("/loose/numbers", test_numbers);
  g_test_add_func ("/loose/strings", test_strings);

  return g_test_run ();
}
