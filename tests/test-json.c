/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-json-private.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#define MIB (1024 * 1024)

/* Texts are handed over in a block of exactly their size, so that valgrind and ASan see every byte read behind the end. */
static char *
exact (const char *text,
       gsize       length)
{
  return g_memdup2 (text, MAX (length, 1));
}

static gboolean
scan (const char  *text,
      gsize        length,
      GError     **error)
{
  g_autofree char *copy = exact (text, length);

  return rocketio_json_scan (copy, length, NULL, 0, error);
}

static JsonNode *
parse (const char *text,
       gsize       length)
{
  g_autofree char *copy = exact (text, length);
  g_autoptr (GError) error = NULL;

  rocketio_json_scan_wrapped (copy, length, ROCKETIO_JSON_MAX_WRAPPING, NULL, 0, &error);
  g_assert_no_error (error);

  return rocketio_json_parse ((RocketIOSpan) { copy, length });
}

static char *
write_node (JsonNode *node)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  rocketio_json_write (out, node, &error);
  g_assert_no_error (error);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* What was let in must be read, written, and read again as the same. */
static char *
check_round_trip (const char *text,
                  gsize       length)
{
  g_autoptr (JsonNode) node = parse (text, length);
  g_autofree char *written = write_node (node);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *rewritten = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (json_node_is_immutable (node));
  scan (written, strlen (written), &error);
  g_assert_no_error (error);
  again = parse (written, strlen (written));
  g_assert_true (json_node_equal (node, again));
  rewritten = write_node (again);
  g_assert_cmpstr (rewritten, ==, written);

  return g_steal_pointer (&written);
}

static char *
repeat (const char *text,
        guint       times)
{
  GString *string = g_string_sized_new (strlen (text) * times);

  for (guint i = 0; i < times; i++)
    g_string_append (string, text);

  return g_string_free (string, FALSE);
}

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

/* What is refused, where, and why */

#define TEXT(literal) literal, sizeof (literal) - 1

static const struct
{
  const char *text;
  gsize       length;
  gsize       offset;
  const char *cause;
} refused[] = {
  { TEXT (""), 0, "empty" },
  { TEXT ("  \n "), 4, "empty" },
  { TEXT ("\xef\xbb\xbf{}"), 0, "byte order mark" },
  { TEXT ("\xff\xfe{\0}\0"), 0, "not JSON" },
  { TEXT ("1 2"), 2, "after the value" },
  { TEXT ("[1] [2]"), 4, "after the value" },
  { TEXT ("{}}"), 2, "after the value" },
  { TEXT ("null\0"), 4, "after the value" },
  { TEXT ("nullx"), 4, "after the value" },
  { TEXT ("\v1"), 0, "not JSON" },
  { TEXT ("\xc2\xa0" "1"), 0, "not JSON" },
  { TEXT ("\0"), 0, "not JSON" },
  { TEXT ("x"), 0, "not JSON" },
  { TEXT ("]"), 0, "value is missing" },

  { TEXT ("nul"), 0, "words" },
  { TEXT ("True"), 0, "not JSON" },
  { TEXT ("tRue"), 0, "words" },
  { TEXT ("fals"), 0, "words" },
  { TEXT ("NaN"), 0, "NaN" },
  { TEXT ("Infinity"), 0, "Infinity" },
  { TEXT ("-Infinity"), 1, "digit is missing" },
  { TEXT ("undefined"), 0, "not JSON" },

  { TEXT ("012"), 0, "leading zero" },
  { TEXT ("-012"), 1, "leading zero" },
  { TEXT ("{\"n\":00}"), 5, "leading zero" },
  { TEXT ("0x10"), 1, "number" },
  { TEXT ("1a"), 1, "number" },
  { TEXT ("1.2.3"), 3, "number" },
  { TEXT ("-"), 1, "digit is missing" },
  { TEXT ("+1"), 0, "digit or a minus" },
  { TEXT (".5"), 0, "digit or a minus" },
  { TEXT ("1."), 2, "after the point" },
  { TEXT ("1.e5"), 2, "after the point" },
  { TEXT ("1e"), 2, "exponent" },
  { TEXT ("1e+"), 3, "exponent" },
  { TEXT ("1-2"), 1, "after the value" },
  { TEXT ("1_000"), 1, "after the value" },
  { TEXT ("1e400"), 0, "range of a double" },
  { TEXT ("[-1e400]"), 1, "range of a double" },
  { TEXT ("1e309"), 0, "range of a double" },
  { TEXT ("1.7976931348623159e308"), 0, "range of a double" },
  { TEXT ("179769313486231590000e288"), 0, "range of a double" },
  { TEXT ("0.0000000001e400"), 0, "range of a double" },
  { TEXT ("1e99999999999999999999"), 0, "range of a double" },

  { TEXT ("'x'"), 0, "double quotes" },
  { TEXT ("\""), 1, "inside a string" },
  { TEXT ("\"abcdefghij"), 11, "inside a string" },
  { TEXT ("\"\\\""), 3, "inside a string" },
  { TEXT ("\"\\"), 1, "escape" },
  { TEXT ("\"\\x41\""), 1, "escape" },
  { TEXT ("\"\\'\""), 1, "escape" },
  { TEXT ("\"\\\0\""), 1, "escape" },
  { TEXT ("\"\\U0041\""), 1, "escape" },
  { TEXT ("\"\\u12"), 1, "four hexadecimal" },
  { TEXT ("\"\\u12g4\""), 1, "four hexadecimal" },
  { TEXT ("\"\\u+123\""), 1, "four hexadecimal" },
  { TEXT ("\"a\\u0000b\""), 2, "u0000" },
  { TEXT ("{\"a\\u0000b\":1}"), 3, "u0000" },
  { TEXT ("\"\\ud800\""), 1, "without the second" },
  { TEXT ("\"\\ud800x\\udc00\""), 1, "without the second" },
  { TEXT ("\"\\udbff\\ud800\\udc00\""), 1, "without the second" },
  { TEXT ("\"\\ud800\\u0041\""), 1, "without the second" },
  { TEXT ("\"\\ud800\\udc0"), 1, "without the second" },
  { TEXT ("\"\\udc00x\""), 1, "without the first" },
  { TEXT ("\"\\udfff\\udbff\""), 1, "without the first" },
  { TEXT ("\"a\nb\""), 2, "control character" },
  { TEXT ("\"a\tb\""), 2, "control character" },
  { TEXT ("\"a\0b\""), 2, "control character" },
  { TEXT ("\"\x1f\""), 1, "control character" },
  { TEXT ("\"\x80\""), 1, "UTF-8" },
  { TEXT ("\"\xc0\xaf\""), 1, "UTF-8" },
  { TEXT ("\"\xe0\x80\xaf\""), 1, "UTF-8" },
  { TEXT ("\"\xf0\x80\x80\xaf\""), 1, "UTF-8" },
  { TEXT ("\"\xed\xa0\x80\xed\xb0\x80\""), 1, "UTF-8" },
  { TEXT ("\"\xf4\x90\x80\x80\""), 1, "UTF-8" },
  { TEXT ("\"\xf5\x80\x80\x80\""), 1, "UTF-8" },
  { TEXT ("\"\xe2\x82"), 1, "UTF-8" },
  { TEXT ("\"\xc3\""), 1, "UTF-8" },

  { TEXT ("["), 1, "inside an array or object" },
  { TEXT ("{"), 1, "inside an array or object" },
  { TEXT ("[1"), 2, "inside an array or object" },
  { TEXT ("[1,"), 3, "should be" },
  { TEXT ("[1,]"), 3, "comma with nothing" },
  { TEXT ("[,1]"), 1, "value is missing" },
  { TEXT ("[1,,2]"), 3, "value is missing" },
  { TEXT ("[1 2]"), 3, "comma or the closing" },
  { TEXT ("[1}"), 2, "comma or the closing" },
  { TEXT ("[}"), 1, "value is missing" },
  { TEXT ("{]"), 1, "key in double quotes" },
  { TEXT ("{\"a\""), 4, "colon" },
  { TEXT ("{\"a\" 1}"), 5, "colon" },
  { TEXT ("{\"a\","), 4, "colon" },
  { TEXT ("{\"a\":"), 5, "should be" },
  { TEXT ("{\"a\":}"), 5, "value is missing" },
  { TEXT ("{\"a\":1,\"b\":}"), 11, "value is missing" },
  { TEXT ("{\"a\":1 \"b\":2}"), 7, "comma or the closing" },
  { TEXT ("{\"a\":1,}"), 7, "comma with nothing" },
  { TEXT ("{\"a\":1,"), 7, "inside an object" },
  { TEXT ("{,}"), 1, "key in double quotes" },
  { TEXT ("{a:1}"), 1, "key in double quotes" },
  { TEXT ("{1:1}"), 1, "key in double quotes" },
  { TEXT ("{'a':1}"), 1, "double quotes" },
  { TEXT ("{\"a\":1]"), 6, "comma or the closing" },
  { TEXT ("// x\n1"), 0, "comments" },
  { TEXT ("[1 /* x */]"), 3, "comments" },
  { TEXT ("{/**/}"), 1, "comments" },
  { TEXT ("1 // x"), 2, "comments" },
  { TEXT ("# x\n1"), 0, "comments" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *place = g_strdup_printf ("byte %" G_GSIZE_FORMAT ": ", refused[i].offset);
      g_autoptr (GError) error = NULL;

      if (scan (refused[i].text, refused[i].length, &error))
        g_error ("accepted: %s", refused[i].text);
      g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
      if (!g_str_has_prefix (error->message, place) || strstr (error->message, refused[i].cause) == NULL)
        g_error ("%s: \"%s\" is not about %s%s", refused[i].text, error->message, place, refused[i].cause);
    }
}

/* A text that uses everything, cut off anywhere, is no JSON. */
static void
test_cut_off (void)
{
  const char *text = "{\"a\":[true,false,null,-1.5e+3],\"b\\\"\\ud83d\\ude00\xe2\x82\xac\":{\"long enough\":[{}]}}";

  g_assert_true (scan (text, strlen (text), NULL));
  for (gsize length = 0; length < strlen (text); length++)
    g_assert_false (scan (text, length, NULL));
}

/* Each byte at each place of what is read eight at a time. */
static void
test_bytes (void)
{
  for (gsize place = 1; place < 26; place++)
    for (guint byte = 0; byte < 256; byte++)
      {
        char text[] = "\"abcdefghijklmnopqrstuvwxyz\"";
        gboolean plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';

        text[place] = (char) byte;
        /* "\b", "\f", "\n", "\r" and "\t" come out right by the alphabet that follows */
        if (byte == '\\')
          plain = strchr ("bfnrt", text[place + 1]) != NULL;
        g_assert_cmpint (scan (text, strlen ("\"abcdefghijklmnopqrstuvwxyz\""), NULL), ==, plain);
      }
}

/* GLib as an independent judge of what is UTF-8. */
static void
check_utf8 (const guint8 *bytes,
            gsize         length)
{
  char text[8] = "\"";
  gboolean valid = g_utf8_validate ((const char *) bytes, length, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;

  memcpy (text + 1, bytes, length);
  text[length + 1] = '"';
  if (scan (text, length + 2, NULL) != valid)
    g_error ("%02x %02x %02x %02x: not taken for %s", bytes[0], bytes[1], bytes[2], bytes[3], valid ? "valid" : "invalid");

  text[length + 1] = '\0';
  node = json_node_init_string (json_node_alloc (), text + 1);
  g_assert_cmpint (rocketio_json_write (out, node, NULL), ==, valid);
  if (valid)
    g_assert_cmpmem (out->str + 1, out->len - 2, bytes, length);
}

static void
test_utf8 (void)
{
  static const guint8 tails[] = { 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xff };
  const guint n_tails = G_N_ELEMENTS (tails);

  for (guint lead = 0x80; lead < 256; lead++)
    for (guint second = 0x7f; second < 256; second++)
      {
        guint8 bytes[] = { lead, second, 0, 0 };

        check_utf8 (bytes, 1);
        check_utf8 (bytes, 2);
        for (guint i = 0; i < n_tails && lead >= 0xe0; i++)
          {
            bytes[2] = tails[i];
            check_utf8 (bytes, 3);
          }
        for (guint i = 0; i < n_tails * n_tails && lead >= 0xf0; i++)
          {
            bytes[2] = tails[i % n_tails];
            bytes[3] = tails[i / n_tails];
            check_utf8 (bytes, 4);
          }
      }
}

/* Nesting */

static char *
nest (const char *open,
      const char *close,
      guint       depth)
{
  g_autofree char *front = repeat (open, depth);
  g_autofree char *back = repeat (close, depth);

  return g_strconcat (front, strchr (open, ':') != NULL ? "0" : "", back, NULL);
}

static void
test_depth (void)
{
  static const struct { const char *open, *close; } kinds[] = { { "[", "]" }, { "{\"a\":", "}" }, { "[{\"a\":", "}]" } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint wrapping = 0; wrapping <= ROCKETIO_JSON_MAX_WRAPPING; wrapping++)
      {
        guint levels = i == 2 ? 2 : 1;
        guint most = (ROCKETIO_JSON_MAX_DEPTH + wrapping) / levels;
        g_autofree char *deep = nest (kinds[i].open, kinds[i].close, most);
        g_autofree char *deeper = nest (kinds[i].open, kinds[i].close, most + 1);
        g_autoptr (JsonNode) node = parse (deep, strlen (deep));
        g_autoptr (GError) error = NULL;

        g_assert_true (json_node_is_immutable (node));
        g_assert_true (rocketio_json_scan_wrapped (deep, strlen (deep), wrapping, NULL, 0, NULL));
        g_assert_false (rocketio_json_scan_wrapped (deeper, strlen (deeper), wrapping, NULL, 0, &error));
        g_assert_nonnull (strstr (error->message, "nested more than 64 levels"));
      }
}

static void
test_depth_is_where_it_says (void)
{
  g_autofree char *text = repeat ("[", 100 * 1024);
  g_autofree char *siblings = repeat ("[[]],", 1000);
  g_autofree char *wide = g_strconcat ("[", siblings, "0]", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (scan (text, strlen (text), &error));
  g_assert_cmpstr (error->message, ==, "byte 64: nested more than 64 levels deep");
  g_assert_true (scan (wide, strlen (wide), NULL));
}

/* Members */

static const struct
{
  const char *text;
  const char *type;   /* NULL: none */
  const char *data;
} objects[] = {
  { "{\"type\":\"a\",\"data\":1}", "\"a\"", "1" },
  { " { \"data\" : [ 1 , 2 ] , \"type\" : { \"type\" : 3 } } ", "{ \"type\" : 3 }", "[ 1 , 2 ]" },
  { "{\"x\":{\"type\":1,\"data\":2},\"y\":[{\"data\":3}]}", NULL, NULL },
  { "{\"type\":1,\"data\":2,\"type\":{\"data\":9}}", "{\"data\":9}", "2" },
  { "{\"t\\u0079pe\":null,\"\\u0064\\u0061\\u0074\\u0061\":\"\"}", "null", "\"\"" },
  { "{\"type\":1,\"\\u0074ype\":2}", "2", NULL },
  { "{\"Type\":1,\"typ\":2,\"types\":3,\"\":4,\"type\\n\":5}", NULL, NULL },
  { "{\"data\":-1.5e3 }", NULL, "-1.5e3" },
  { "[\"type\",\"data\",{\"type\":1}]", NULL, NULL },
  { "\"type\"", NULL, NULL },
  { "{}", NULL, NULL },
};

static void
check_member (RocketIOSpan  value,
              const char   *expected)
{
  g_autofree char *text = value.start != NULL ? g_strndup (value.start, value.length) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_members (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      RocketIOJsonMember members[] = { { "type", { "left over", 3 } }, { "data" } };
      g_autoptr (GError) error = NULL;

      rocketio_json_scan (objects[i].text, strlen (objects[i].text), members, G_N_ELEMENTS (members), &error);
      g_assert_no_error (error);
      check_member (members[0].value, objects[i].type);
      check_member (members[1].value, objects[i].data);
    }
}

/* Splitting */

static const struct
{
  const char *text;
  const char *values;   /* joined by |; NULL: neither array nor object */
} collections[] = {
  { "[]", "" },
  { "{}", "" },
  { " [ 1 , [2,3] , {\"a\":4} , \"x,y\" ] ", "1|[2,3]|{\"a\":4}|\"x,y\"" },
  { "{\"10\":\"c\",\"2\":\"d\",\"0\":\"a\",\"1\":\"b\"}", "\"a\"|\"b\"|\"c\"|\"d\"" },
  { "{\"b\":1,\"a\":2,\"b\":3,\"\\u0062\":4}", "2|4" },
  { "{\"\xc3\xa9\":1,\"z\":2,\"\\u00e9a\":3,\"\":4}", "4|2|1|3" },
  { "1", NULL },
  { "\"[]\"", NULL },
  { "null", NULL },
};

static void
test_split (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (collections); i++)
    {
      RocketIOSpan text = { collections[i].text, strlen (collections[i].text) };
      g_autoptr (GArray) values = rocketio_json_split (text);
      g_autoptr (GString) joined = g_string_new (NULL);

      g_assert_cmpint (values != NULL, ==, collections[i].values != NULL);
      for (guint j = 0; values != NULL && j < values->len; j++)
        {
          RocketIOSpan *value = &g_array_index (values, RocketIOSpan, j);

          g_assert_true (value->start >= text.start && value->start + value->length <= text.start + text.length);
          g_string_append_printf (joined, "%s%.*s", j > 0 ? "|" : "", (int) value->length, value->start);
        }
      if (values != NULL)
        g_assert_cmpstr (joined->str, ==, collections[i].values);
    }
}

static void
test_dup_string (void)
{
  static const struct { const char *text, *string; } strings[] = {
    { "\"\"", "" },
    { " \"a b\" ", "a b" },
    { "\"\\ud83d\\ude00\\n\\/\"", "\xf0\x9f\x98\x80\n/" },
    { "1", NULL }, { "null", NULL }, { "[\"a\"]", NULL }, { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      gsize length = strlen (strings[i].text);
      g_autofree char *copy = exact (strings[i].text, length);
      g_autofree char *string = rocketio_json_dup_string ((RocketIOSpan) { copy, length });

      g_assert_cmpstr (string, ==, strings[i].string);
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

static void
test_write_string_misused (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (g_test_subprocess ())
    {
      g_log_set_always_fatal (G_LOG_FATAL_MASK);
      rocketio_json_write_string (out, "a\xff");
      g_assert_cmpstr (out->str, ==, "\"\"");
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*rocketio_json_write_string: the string is not valid UTF-8*");
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
  static const char * const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8", "pt_BR.UTF-8", "de_DE.utf8", NULL };
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

/* Large and hostile texts */

static void
test_long_string (void)
{
  g_autofree char *text = repeat ("0123456\xe2\x82\xac", MIB / 10);
  g_autofree char *quoted = g_strconcat ("\"", text, "\"", NULL);
  g_autofree char *written = check_round_trip (quoted, strlen (quoted));

  g_assert_cmpstr (written, ==, quoted);
  quoted[strlen (quoted) - 5] = '\x01';
  g_assert_false (scan (quoted, strlen (quoted), NULL));
}

/* An object with `n` keys that all have the same hash in a GHashTable with g_str_hash(). */
static char *
new_colliding (guint n)
{
  static const char * const parts[] = { "Ez", "FY", "G8" };
  GString *text = g_string_new ("{");

  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, i > 0 ? ",\"" : "\"");
      for (guint rest = i, place = 0; place < 10; place++, rest /= G_N_ELEMENTS (parts))
        g_string_append (text, parts[rest % G_N_ELEMENTS (parts)]);
      g_string_append (text, "\":0");
    }
  g_string_append_c (text, '}');

  return g_string_free (text, FALSE);
}

/* An object with `n` different keys, of which the last `n_doubled` come twice. */
static char *
new_doubled (guint n,
             guint n_doubled)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < n + n_doubled; i++)
    g_string_append_printf (text, "%s\"%u\":%u", i > 0 ? "," : "", i < n ? i : i - n_doubled, i);
  g_string_append_c (text, '}');

  return g_string_free (text, FALSE);
}

static void
check_hostile (char     *object,
               gboolean  allowed)
{
  g_autofree char *text = g_strdup_printf ("[0,%s]", object);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  g_free (object);
  g_assert_cmpint (scan (text, strlen (text), &error), ==, allowed);
  if (allowed)
    g_free (check_round_trip (text, strlen (text)));
  else
    g_assert_cmpstr (error->message, ==, "byte 3: an object with too many keys that are doubled or have the same hash");

  /* far from the seconds it takes json-glib, far enough for valgrind */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
}

static void
test_hostile_keys (void)
{
  check_hostile (new_colliding (256), TRUE);
  check_hostile (new_colliding (257), FALSE);
  check_hostile (new_colliding (42000), FALSE);
  check_hostile (new_doubled (20000, 0), TRUE);
  check_hostile (new_doubled (20000, 63), TRUE);
  check_hostile (new_doubled (20000, 64), FALSE);
  check_hostile (new_doubled (75000, 75000), FALSE);
  check_hostile (new_doubled (128, 128), TRUE);
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

/* y_*.json must be let in, n_*.json must not. */
static void
test_files (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "json", NULL);
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  guint n_files = 0;

  dir = g_dir_open (path, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *text = NULL;
      gsize length;

      g_assert_true (g_str_has_suffix (name, ".json") && (name[0] == 'y' || name[0] == 'n'));
      g_file_get_contents (file, &text, &length, &error);
      g_assert_no_error (error);
      g_test_message ("%s", name);
      if (name[0] == 'y')
        g_free (check_round_trip (text, length));
      else
        g_assert_false (scan (text, length, NULL));
      n_files++;
    }
  g_assert_cmpuint (n_files, >=, 10);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/scan/accepted", test_accepted);
  g_test_add_func ("/json/scan/refused", test_refused);
  g_test_add_func ("/json/scan/cut-off", test_cut_off);
  g_test_add_func ("/json/scan/bytes", test_bytes);
  g_test_add_func ("/json/scan/utf8", test_utf8);
  g_test_add_func ("/json/scan/depth", test_depth);
  g_test_add_func ("/json/scan/depth-place", test_depth_is_where_it_says);
  g_test_add_func ("/json/scan/members", test_members);
  g_test_add_func ("/json/scan/long-string", test_long_string);
  g_test_add_func ("/json/scan/hostile-keys", test_hostile_keys);
  g_test_add_func ("/json/split", test_split);
  g_test_add_func ("/json/dup-string", test_dup_string);
  g_test_add_func ("/json/parse/numbers", test_numbers);
  g_test_add_func ("/json/parse/tree", test_tree);
  g_test_add_func ("/json/write/refused", test_write_refused);
  g_test_add_func ("/json/write/written", test_write);
  g_test_add_func ("/json/write/string-misused", test_write_string_misused);
  g_test_add_func ("/json/write/doubles", test_doubles);
  g_test_add_func ("/json/locale", test_locale);
  g_test_add_func ("/json/mutations", test_mutations);
  g_test_add_func ("/json/files", test_files);

  return g_test_run ();
}
