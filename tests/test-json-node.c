/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-json.h"
#include "test-json-util.h"

#include <locale.h>
#include <math.h>

/* What is let in, and how it is written again */

static const struct
{
  const char *text;
  const char *written;
} accepted[] = {
  { "null", "null" },
  { "true", "true" },
  { "false", "false" },
  { " \t\r\n null \t\r\n ", "null" },
  { "[]", "[]" },
  { "{}", "{}" },
  { " [ ] ", "[]" },
  { " { } ", "{}" },
  { "[[],{},[[]]]", "[[],{},[[]]]" },
  { "[ 1 , true , null , \"x\" ]", "[1,true,null,\"x\"]" },
  { "{ \"b\" : 1 , \"a\" : { \"c\" : [ ] } }", "{\"b\":1,\"a\":{\"c\":[]}}" },
  { "{\"\":\"\"}", "{\"\":\"\"}" },
  { "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
  { "{\"a\":{\"x\":1},\"\\u0061\":[2]}", "{\"a\":[2]}" },
  { "{\"a\":\"x\",\"a\":null,\"a\":{\"a\":0,\"a\":true}}", "{\"a\":{\"a\":true}}" },

  { "0", "0" },
  { "-0", "0" },
  { "-1", "-1" },
  { "10", "10" },
  { "9223372036854775807", "9223372036854775807" },
  { "-9223372036854775808", "-9223372036854775808" },
  { "9223372036854775808", "9.223372036854776e+18" },
  { "-9223372036854775809", "-9.223372036854776e+18" },
  { "18446744073709551615", "1.8446744073709552e+19" },
  { "18446744073709551616", "1.8446744073709552e+19" },
  { "100000000000000000000000000000", "1e+29" },
  { "[18446744073709551616,1]", "[1.8446744073709552e+19,1]" },

  { "0.0", "0.0" },
  { "-0.0", "-0.0" },
  { "1.0", "1.0" },
  { "1.50", "1.5" },
  { "0.1", "0.1" },
  { "-0.1e1", "-1.0" },
  { "1E5", "100000.0" },
  { "1e+5", "100000.0" },
  { "1e05", "100000.0" },
  { "1e-7", "1e-07" },
  { "999999999999999.0", "999999999999999.0" },
  { "1e15", "1e+15" },
  { "9007199254740993.0", "9007199254740992.0" },
  { "0.30000000000000004", "0.30000000000000004" },
  { "123456789012.34567", "123456789012.34567" },
  { "1.7976931348623157e308", "1.7976931348623157e+308" },
  { "1.7976931348623158e308", "1.7976931348623157e+308" },
  { "17976931348623157e292", "1.7976931348623157e+308" },
  { "0.00017976931348623157e312", "1.7976931348623157e+308" },
  { "2.2250738585072014e-308", "2.2250738585072014e-308" },
  { "5e-324", "5e-324" },
  { "1e-400", "0.0" },
  { "0e400", "0.0" },
  { "0.000e99999999999999999999", "0.0" },
  { "123e-99999999999999999999", "0.0" },

  { "\"\"", "\"\"" },
  { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
  { "\"\\u0001\\u001F\\u007f\\u0041\"", "\"\\u0001\\u001f\x7f" "A\"" },
  { "\"\\u00e9\\u20AC\\ud83d\\uDE00\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
  { "\"\\ud800\\udc00\\udbff\\udfff\"", "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"" },
  { "\"\\uD7FF\\uE000\\uFFFF\"", "\"\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"" },
  { "\"\\u2028\xe2\x80\xa9\"", "\"\xe2\x80\xa8\xe2\x80\xa9\"" },
  { "\"/ ' \x7f // /* */ [1,] \"", "\"/ ' \x7f // /* */ [1,] \"" },
  { "\"\xef\xbb\xbf\"", "\"\xef\xbb\xbf\"" },
};

static void
test_accepted (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_autofree char *written = check_round_trip (accepted[i].text, strlen (accepted[i].text));

      g_assert_cmpstr (written, ==, accepted[i].written);
    }
}

/* Trees */

static void
check_number (const char *text,
              GType       type,
              gint64      whole,
              double      real)
{
  g_autoptr (JsonNode) node = parse (text, strlen (text));

  g_assert_true (json_node_get_value_type (node) == type);
  if (type == G_TYPE_INT64)
    g_assert_cmpint (json_node_get_int (node), ==, whole);
  else
    g_assert_cmpfloat (json_node_get_double (node), ==, real);
}

static void
test_numbers (void)
{
  g_autofree char *digits = repeat ("7", MIB);
  g_autofree char *fraction = g_strconcat ("0.", digits, NULL);
  g_autofree char *zeros = repeat ("0", 400);
  g_autofree char *small = g_strconcat ("0.", zeros, "15e401", NULL);
  g_autofree char *greatest = g_strdup_printf ("%.0f", G_MAXDOUBLE);
  g_autofree char *too_great = g_strconcat (greatest, "0", NULL);

  check_number ("-0", G_TYPE_INT64, 0, 0);
  check_number ("9223372036854775807", G_TYPE_INT64, G_MAXINT64, 0);
  check_number ("-9223372036854775808", G_TYPE_INT64, G_MININT64, 0);
  check_number ("9223372036854775808", G_TYPE_DOUBLE, 0, 9223372036854775808.0);
  check_number ("-9223372036854775809", G_TYPE_DOUBLE, 0, -9223372036854775808.0);
  check_number ("18446744073709551616", G_TYPE_DOUBLE, 0, 18446744073709551616.0);
  check_number ("92233720368547758070", G_TYPE_DOUBLE, 0, 92233720368547758070.0);
  check_number ("1E5", G_TYPE_DOUBLE, 0, 1e5);
  check_number ("1e0", G_TYPE_DOUBLE, 0, 1);
  check_number ("-2.50", G_TYPE_DOUBLE, 0, -2.5);
  check_number (fraction, G_TYPE_DOUBLE, 0, 7.0 / 9);
  check_number (small, G_TYPE_DOUBLE, 0, 1.5);
  check_number (greatest, G_TYPE_DOUBLE, 0, G_MAXDOUBLE);
  for (guint length = 60; length < 70; length++)   /* around the size of a buffer */
    {
      g_autofree char *cut = g_strndup (fraction, length);

      check_number (cut, G_TYPE_DOUBLE, 0, 7.0 / 9);
    }
  g_assert_false (scan (digits, MIB, NULL));
  g_assert_false (scan (too_great, strlen (too_great), NULL));
}

static void
check_sealed (JsonNode *node)
{
  g_assert_true (json_node_is_immutable (node));
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      g_assert_true (json_array_is_immutable (json_node_get_array (node)));
      for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
        check_sealed (json_array_get_element (json_node_get_array (node), i));
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) values = json_object_get_values (json_node_get_object (node));

      g_assert_true (json_object_is_immutable (json_node_get_object (node)));
      for (GList *value = values; value != NULL; value = value->next)
        check_sealed (value->data);
    }
}

static void
test_tree (void)
{
  const char *text = "{\"a\":[{\"b\":\"c\"},2],\"d\":true}";
  g_autoptr (JsonNode) node = parse (text, strlen (text));
  g_autoptr (JsonReader) reader = json_reader_new (node);

  check_sealed (node);
  g_assert_null (json_node_get_parent (node));

  /* the way back up is by the parents of the nodes */
  g_assert_true (json_reader_read_member (reader, "a"));
  g_assert_true (json_reader_read_element (reader, 0));
  g_assert_true (json_reader_read_member (reader, "b"));
  g_assert_cmpstr (json_reader_get_string_value (reader), ==, "c");
  json_reader_end_member (reader);
  json_reader_end_element (reader);
  g_assert_true (json_reader_read_element (reader, 1));
  g_assert_cmpint (json_reader_get_int_value (reader), ==, 2);
  json_reader_end_element (reader);
  json_reader_end_member (reader);
  g_assert_true (json_reader_read_member (reader, "d"));
  g_assert_true (json_reader_get_boolean_value (reader));
}

/* Writing */

static void
check_refusal (JsonNode   *node,
               const char *cause)
{
  g_autoptr (JsonNode) taken = node;
  g_autoptr (GString) out = g_string_new ("before");
  g_autoptr (GError) error = NULL;

  g_assert_false (rocketio_json_write (out, taken, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
  g_assert_nonnull (strstr (error->message, cause));
  g_assert_cmpstr (out->str, ==, "before");
}

static JsonNode *
wrap (JsonNode *node,
      guint     depth)
{
  for (guint i = 0; i < depth; i++)
    {
      JsonNode *outer = json_node_new (JSON_NODE_ARRAY);

      json_node_take_array (outer, json_array_new ());
      json_array_add_element (json_node_get_array (outer), node);
      node = outer;
    }

  return node;
}

static JsonNode *
new_double (double value)
{
  return json_node_init_double (json_node_alloc (), value);
}

static JsonNode *
new_object (const char *name,
            JsonNode   *value)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, json_object_new ());
  json_object_set_member (json_node_get_object (node), name, value);

  return node;
}

static void
test_write_refused (void)
{
  const char *bad[] = { "\xff", "abcdefgh\xc3", "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      check_refusal (json_node_init_string (json_node_alloc (), bad[i]), "a string is not valid UTF-8");
      check_refusal (new_object (bad[i], new_double (1)), "name of a member is not valid UTF-8");
    }
  check_refusal (new_double (NAN), "NaN");
  check_refusal (new_double (INFINITY), "Infinity");
  check_refusal (new_object ("a", wrap (new_double (-INFINITY), 3)), "Infinity");
  check_refusal (wrap (json_node_new (JSON_NODE_NULL), 65), "nested more than 64 levels");
  check_refusal (wrap (new_object ("a", new_double (1)), 64), "nested more than 64 levels");
}

static void
check_written (JsonNode   *node,
               const char *expected)
{
  g_autoptr (JsonNode) taken = node;
  g_autofree char *written = write_node (taken);

  g_assert_cmpstr (written, ==, expected);
}

static void
test_write (void)
{
  g_autoptr (GString) out = g_string_new ("x");
  g_autofree char *open = repeat ("[", 64);
  g_autofree char *close = repeat ("]", 64);
  g_autofree char *deep = g_strconcat (open, "0.0", close, NULL);

  check_written (NULL, "null");
  check_written (json_node_new (JSON_NODE_NULL), "null");
  check_written (json_node_new (JSON_NODE_VALUE), "null");
  check_written (json_node_new (JSON_NODE_ARRAY), "null");
  check_written (json_node_new (JSON_NODE_OBJECT), "null");
  check_written (json_node_init_string (json_node_alloc (), NULL), "null");
  check_written (new_object ("\"\n", new_double (0.25)), "{\"\\\"\\n\":0.25}");
  check_written (wrap (new_double (0), 64), deep);

  rocketio_json_write_string (out, "a\"\\\b\f\n\r\t\x01\x1f\x7f/\xe2\x80\xa8");
  g_assert_cmpstr (out->str, ==, "x\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f/\xe2\x80\xa8\"");
}

static GLogWriterOutput
count_criticals (GLogLevelFlags   level,
                 const GLogField *fields,
                 gsize            n_fields,
                 gpointer         data)
{
  if ((level & G_LOG_LEVEL_CRITICAL) == 0)
    return g_log_writer_default (level, fields, n_fields, NULL);
  *(guint *) data += 1;

  return G_LOG_WRITER_HANDLED;
}

/* What json_to_string() of JSON-GLib writes in another way. */
static void
test_to_string (void)
{
  g_autoptr (JsonNode) great = json_node_init_double (json_node_alloc (), 1e21);
  g_autoptr (JsonNode) control = json_node_init_string (json_node_alloc (), "a\037b");
  g_autoptr (JsonNode) nan = json_node_init_double (json_node_alloc (), (double) NAN);
  g_autoptr (GError) error = NULL;
  g_autofree char *null_text = rocketio_json_to_string (NULL, &error);
  g_autofree char *great_text = rocketio_json_to_string (great, &error);
  g_autofree char *control_text = rocketio_json_to_string (control, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (null_text, ==, "null");
  g_assert_cmpstr (great_text, ==, "1e+21");
  g_assert_cmpstr (control_text, ==, "\"a\\u001fb\"");

  g_assert_null (rocketio_json_to_string (nan, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
}

static void
test_write_string_misused (void)
{
  static guint n_criticals;
  g_autoptr (GString) out = g_string_new ("x");
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  g_log_set_writer_func (count_criticals, &n_criticals, NULL);
  rocketio_json_write_string (out, "a\xff");
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (n_criticals, ==, 1);
  g_assert_cmpstr (out->str, ==, "x\"\"");
}

/* Any double is written as JSON that reads back as the same double. */
static void
test_doubles (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      guint64 bits = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      g_autofree char *text = NULL;
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (JsonNode) again = NULL;
      double value, read;

      memcpy (&value, &bits, sizeof value);
      if (i % 4 == 1)
        value = g_test_rand_int_range (-1000000, 1000000) / 1000.0;   /* what people send */
      if (i % 4 == 2)
        value = ldexp (value, -1200);                                 /* often subnormal or 0 */
      if (!isfinite (value))
        continue;

      node = new_double (value);
      text = write_node (node);
      again = parse (text, strlen (text));
      read = json_node_get_double (again);
      g_assert_true (json_node_get_value_type (again) == G_TYPE_DOUBLE);
      g_assert_cmpmem (&read, sizeof read, &value, sizeof value);
      if (i % 4 == 1)
        g_assert_cmpuint (strlen (text), <=, strlen ("-999999.999"));
    }
}

static void
test_locale (void)
{
  static const char * const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8", "pt_BR.UTF-8", NULL };
  guint i;

  for (i = 0; names[i] != NULL && setlocale (LC_NUMERIC, names[i]) == NULL; i++)
    ;
  if (names[i] == NULL)
    {
      g_test_skip ("no locale with a decimal comma is installed");
      return;
    }

  g_assert_cmpstr (localeconv ()->decimal_point, ==, ",");
  check_number ("1.5", G_TYPE_DOUBLE, 0, 1.5);
  check_written (new_double (0.1), "0.1");
  check_written (new_double (1e300), "1e+300");
  setlocale (LC_NUMERIC, "C");
}

/* Texts with damage: whatever is let in must be sound. */
static void
test_mutations (void)
{
  static const char alphabet[] = "\"\\{}[],:0123456789.eE+-tfnu/dDbB \n\x01\x7f\x80\xbf\xc3\xe2\xed\xf0\xf4\xff";
  guint n_accepted = 0;

  for (guint i = 0; i < 60000; i++)
    {
      const char *seed = accepted[g_test_rand_int_range (0, G_N_ELEMENTS (accepted))].text;
      g_autoptr (GString) text = g_string_new (seed);
      g_autoptr (GError) error = NULL;

      if (g_test_rand_bit ())
        g_string_append_printf (g_string_prepend (text, "{\"type\":"), ",\"data\":[%s,\"\\ud83d\\ude00\"]}", seed);
      for (int damage = g_test_rand_int_range (1, 4); damage > 0; damage--)
        {
          gsize place = g_test_rand_int_range (0, text->len);
          char byte = alphabet[g_test_rand_int_range (0, sizeof alphabet)];

          if (g_test_rand_bit ())
            text->str[place] = byte;
          else if (g_test_rand_bit ())
            g_string_insert_c (text, place, byte);
          else if (text->len > 1)
            g_string_erase (text, place, 1);
        }

      if (scan (text->str, text->len, &error))
        {
          g_free (check_round_trip (text->str, text->len));
          n_accepted++;
        }
      else
        g_assert_cmpuint (g_ascii_strtoull (error->message + strlen ("byte "), NULL, 10), <=, text->len);
    }
  g_test_message ("%u of the damaged texts were accepted", n_accepted);
  g_assert_cmpuint (n_accepted, >, 1000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/scan/accepted", test_accepted);
  g_test_add_func ("/json/parse/numbers", test_numbers);
  g_test_add_func ("/json/parse/tree", test_tree);
  g_test_add_func ("/json/write/refused", test_write_refused);
  g_test_add_func ("/json/write/written", test_write);
  g_test_add_func ("/json/to-string", test_to_string);
  g_test_add_func ("/json/write/string-misused", test_write_string_misused);
  g_test_add_func ("/json/write/doubles", test_doubles);
  g_test_add_func ("/json/locale", test_locale);
  g_test_add_func ("/json/mutations", test_mutations);

  return g_test_run ();
}
