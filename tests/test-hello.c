/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-hello-private.h"

#include <string.h>

static gboolean
parse (RocketIOHello *hello,
       const char    *text)
{
  gsize length = strlen (text);
  g_autofree char *copy = g_memdup2 (text, MAX (length, 1));    /* without a NUL */

  return rocketio_hello_parse (hello, (RocketIOSpan) { copy, length });
}

static void
test_full (void)
{
  g_auto (RocketIOHello) hello = { NULL };

  g_assert_true (parse (&hello, "{\"type\":\"__hello\",\"data\":{\"id\":\"i\",\"token\":\"t\",\"pos\":\"p\","
                                "\"join\":[\"a\",{\"ch\":\"b\",\"history\":3}],\"auth\":{\"who\":[1]},"
                                "\"client\":\"test/1\",\"more\":5}}"));
  g_assert_cmpstr (hello.id, ==, "i");
  g_assert_cmpstr (hello.token, ==, "t");
  g_assert_cmpstr (hello.position, ==, "p");
  g_assert_cmpuint (json_array_get_length (hello.channels), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (hello.channels, 0), ==, "a");
  g_assert_true (JSON_NODE_HOLDS_OBJECT (hello.auth));
  g_assert_cmpstr (hello.client, ==, "test/1");
}

static void
assert_empty (RocketIOHello *hello)
{
  g_assert_null (hello->id);
  g_assert_null (hello->token);
  g_assert_null (hello->position);
  g_assert_null (hello->channels);
  g_assert_null (hello->client);
}

/* All members are optional, and one of another kind is as good as none. */
static void
test_sparse (void)
{
  static const char * const texts[] = {
    "{\"type\":\"__hello\"}",
    "{\"type\":\"__hello\",\"data\":null}",
    "{\"type\":\"__hello\",\"data\":\"id\"}",
    "{\"type\":\"__hello\",\"data\":[{\"id\":\"x\"}]}",
    "{\"type\":\"__hello\",\"data\":{}}",
    "{\"n\":1,\"id\":2,\"type\":\"__hello\",\"data\":{}}",
    "{\"type\":\"__hello\",\"data\":{\"id\":1,\"token\":null,\"pos\":[],\"join\":\"a\",\"client\":{}}}",
    "{\"type\":\"__hello\",\"data\":{\"id\":true,\"token\":1.5,\"pos\":{},\"join\":{\"a\":1},\"client\":[]}}",
    "{\"type\":\"__hello\",\"data\":{\"id\":null,\"join\":null,\"client\":null}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (RocketIOHello) hello = { NULL, "left over", "left over", "left over" };

      g_test_message ("%s", texts[i]);
      g_assert_true (parse (&hello, texts[i]));
      assert_empty (&hello);
      g_assert_null (hello.auth);
    }
}

static void
test_auth (void)
{
  static const char * const values[] = { "null", "false", "\"x\"", "[1,2]", "{\"a\":1}" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"type\":\"__hello\",\"data\":{\"auth\":%s}}", values[i]);
      g_auto (RocketIOHello) hello = { NULL };
      g_autofree char *auth = NULL;

      g_assert_true (parse (&hello, text));
      auth = json_to_string (hello.auth, FALSE);
      g_assert_cmpstr (auth, ==, values[i]);
      assert_empty (&hello);
    }
}

static void
test_refused (void)
{
  static const char * const texts[] = {
    "", "x", "{}", "[]", "null", "\"__hello\"", "{\"type\":\"hello\"}", "{\"type\":\"__Hello\"}",
    "{\"type\":\"__hello\"", "{\"type\":\"__hello\"} x", "[{\"type\":\"__hello\"}",
    "[{\"type\":\"__hello\"},{\"type\":\"__hello\"}]", "[[{\"type\":\"__hello\"}]]",
    "{\"type\":\"__hello\",\"n\":0}", "{\"type\":[\"__hello\"]}", "{\"type\":\"chat\",\"data\":{}}",
    "{\"type\":\"__hello\",\"data\":{\"id\":\"\xff\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (RocketIOHello) hello = { NULL, "left over" };

      g_test_message ("%u", i);
      g_assert_false (parse (&hello, texts[i]));
      g_assert_null (hello.node);
      g_assert_null (hello.id);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hello/full", test_full);
  g_test_add_func ("/hello/sparse", test_sparse);
  g_test_add_func ("/hello/auth", test_auth);
  g_test_add_func ("/hello/refused", test_refused);

  return g_test_run ();
}
