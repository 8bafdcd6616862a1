/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-json-private.h"

static const struct
{
  const char *variant;
  const char *json;
} written[] = {
  { "true", "true" },
  { "false", "false" },
  { "byte 0x41", "65" },
  { "int16 -32768", "-32768" },
  { "uint16 65535", "65535" },
  { "-2147483648", "-2147483648" },
  { "uint32 4294967295", "4294967295" },
  { "int64 -9223372036854775808", "-9223372036854775808" },
  { "int64 9223372036854775807", "9223372036854775807" },
  { "uint64 18446744073709551615", "18446744073709551615" },
  { "handle 3", "3" },
  { "0.1", "0.1" },
  { "1.0", "1.0" },
  { "-0.0", "-0.0" },
  { "'a\"\\\\b\\n\\u00e9'", "\"a\\\"\\\\b\\n\303\251\"" },
  { "objectpath '/a/b'", "\"/a/b\"" },
  { "signature 'a{sv}'", "\"a{sv}\"" },
  { "<'boxed'>", "\"boxed\"" },
  { "<<<1>>>", "1" },
  { "@ms nothing", "null" },
  { "@ms 'just'", "\"just\"" },
  { "@mms just nothing", "null" },
  { "@as []", "[]" },
  { "[1, 2]", "[1,2]" },
  { "[<1>, <'a'>, <[<true>]>]", "[1,\"a\",[true]]" },
  { "@ay b'ab'", "[97,98,0]" },
  { "()", "[]" },
  { "(1, 'a', [true])", "[1,\"a\",[true]]" },
  { "@a{sv} {}", "{}" },
  { "{'name': <'x'>, 'age': <uint32 7>}", "{\"name\":\"x\",\"age\":7}" },
  { "{'a\"b': 1}", "{\"a\\\"b\":1}" },
  { "{1: 'a', -2: 'b'}", "{\"1\":\"a\",\"-2\":\"b\"}" },
  { "{true: 1.5}", "{\"true\":1.5}" },
  { "{objectpath '/a': 1}", "{\"/a\":1}" },
  { "{'a', <1>}", "{\"a\":1}" },
  { "[{'a': {'b': @av []}}]", "[{\"a\":{\"b\":[]}}]" },
};

static void
test_written (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = g_variant_parse (NULL, written[i].variant, NULL, NULL, &error);
      g_autoptr (GString) out = g_string_new (">");

      g_assert_no_error (error);
      g_assert_true (rocketio_json_write_variant (out, value, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (out->str + 1, ==, written[i].json);
      g_assert_true (rocketio_json_scan (out->str + 1, out->len - 1, NULL, 0, &error));
    }
}

static GVariant *
nest (guint    depth,
      gboolean boxes)
{
  GVariant *value = g_variant_new_boolean (TRUE);

  for (guint i = 0; i < depth; i++)
    value = boxes ? g_variant_new_variant (value) : g_variant_new ("(v)", value);

  return g_variant_ref_sink (value);
}

static void
refuse (GVariant   *value,
        const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (">");

  g_assert_false (rocketio_json_write_variant (out, value, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
  g_assert_nonnull (strstr (error->message, what));
  g_assert_cmpstr (out->str, ==, ">");
}

static void
test_refused (void)
{
  g_autoptr (GVariant) infinite = g_variant_ref_sink (g_variant_new_parsed ("[{'a': %d}]", G_MAXDOUBLE * 10));
  g_autoptr (GVariant) name = g_variant_ref_sink (g_variant_new_parsed ("{%d: 1}", -G_MAXDOUBLE * 10));
  g_autoptr (GVariant) deep = nest (ROCKETIO_JSON_MAX_DEPTH + 1, FALSE);

  refuse (infinite, "no NaN and no Infinity");
  refuse (name, "no NaN and no Infinity");
  refuse (deep, "nested more than 64 levels");
}

static void
test_depth (void)
{
  g_autoptr (GVariant) deep = nest (ROCKETIO_JSON_MAX_DEPTH, FALSE);
  g_autoptr (GVariant) boxes = nest (100000, TRUE);
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_true (rocketio_json_write_variant (out, deep, NULL));
  g_assert_true (rocketio_json_scan (out->str, out->len, NULL, 0, NULL));

  /* boxes are no levels */
  g_string_truncate (out, 0);
  g_assert_true (rocketio_json_write_variant (out, boxes, NULL));
  g_assert_cmpstr (out->str, ==, "true");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json-variant/written", test_written);
  g_test_add_func ("/json-variant/refused", test_refused);
  g_test_add_func ("/json-variant/depth", test_depth);

  return g_test_run ();
}
