/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test-json-util.h"

#include <time.h>

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
  { TEXT ("\"\xf0\x9f\x98"), 1, "UTF-8" },
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
    g_error ("%s as UTF-8, but not taken so: %02x %02x %02x %02x (the first %" G_GSIZE_FORMAT ")",
             valid ? "valid" : "invalid", bytes[0], bytes[1], bytes[2], bytes[3], length);

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
  static const struct { const char *open, *close; guint levels; } kinds[] = {
    { "[", "]", 1 },
    { "{\"a\":", "}", 1 },
    { "[{\"a\":", "}]", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint wrapping = 0; wrapping <= ROCKETIO_JSON_MAX_WRAPPING; wrapping++)
      {
        guint most = (ROCKETIO_JSON_MAX_DEPTH + wrapping) / kinds[i].levels;
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

/* An object of `n` pieces in which each %u stands for its number, with `tail` behind them. */
static char *
new_object_of (const char *format,
               guint       n,
               const char *tail)
{
  g_auto (GStrv) parts = g_strsplit (format, "%u", -1);
  GString *text = g_string_new ("{");

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autofree char *piece = g_strjoinv (number, parts);

      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", piece);
    }
  g_string_append (text, tail);
  g_string_append_c (text, '}');

  return g_string_free (text, FALSE);
}

static void
check_hostile (char     *object,
               gboolean  allowed)
{
  g_autofree char *text = g_strdup_printf ("{\"a\":0,\"b\":%s}", object);
  g_autoptr (GError) error = NULL;
  clock_t start = clock ();

  g_free (object);
  g_assert_cmpint (scan (text, strlen (text), &error), ==, allowed);
  if (allowed)
    g_free (check_round_trip (text, strlen (text)));
  else
    g_assert_true (g_str_has_prefix (error->message, "byte 11: an object with too many keys that are doubled"));

  /* far from the seconds it takes json-glib, far enough for valgrind */
  g_assert_cmpint (clock () - start, <, 10 * CLOCKS_PER_SEC);
}

static void
test_hostile_keys (void)
{
  check_hostile (new_colliding (256), TRUE);
  check_hostile (new_colliding (257), FALSE);
  check_hostile (new_colliding (42000), FALSE);
  check_hostile (new_doubled (128, 128), TRUE);
  check_hostile (new_doubled (200, 200), FALSE);
  check_hostile (new_doubled (20000, 0), TRUE);
  check_hostile (new_doubled (20000, 3), TRUE);
  check_hostile (new_doubled (20000, 4), FALSE);
  check_hostile (new_doubled (75000, 75000), FALSE);
}

/* The keys of an object are its own, and the same however they are written. */
static void
test_hostile_spellings (void)
{
  g_autofree char *mixed = repeat (",\"x\":0,\"\\u0078\":0", 16);
  g_autofree char *more_mixed = repeat (",\"x\":0,\"\\u0078\":0", 17);
  g_autofree char *open = repeat ("[", 66);
  g_autofree char *close = repeat ("]", 66);
  g_autofree char *object = new_object_of ("\"%u\":0", 300, "");
  g_autofree char *deep = g_strconcat (open, object, close, NULL);

  check_hostile (new_object_of ("\"%u\":{\"x\":0}", 300, ""), TRUE);
  check_hostile (new_object_of ("\"%u\":{\"x\":0},\"y\":0", 200, ""), FALSE);
  check_hostile (new_object_of ("\"%u\":0,\"\\u0078\":0", 200, ""), FALSE);
  check_hostile (new_object_of ("\"%u\":0,\"\\u0078%u\":0", 200, ""), TRUE);
  check_hostile (new_object_of ("\"%u\":0", 300, mixed), TRUE);
  check_hostile (new_object_of ("\"%u\":0", 300, more_mixed), FALSE);
  check_hostile (new_object_of ("\"%u\":0", 20000, ",\"\\u00310\":0,\"\\u00311\":0,\"\\u00312\":0"), TRUE);
  check_hostile (new_object_of ("\"%u\":0", 20000, ",\"\\u00310\":0,\"\\u00311\":0,\"\\u00312\":0,\"\\u00313\":0"),
                 FALSE);
  g_assert_true (rocketio_json_scan_wrapped (deep, strlen (deep), ROCKETIO_JSON_MAX_WRAPPING, NULL, 0, NULL));
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

  g_test_add_func ("/json/scan/refused", test_refused);
  g_test_add_func ("/json/scan/cut-off", test_cut_off);
  g_test_add_func ("/json/scan/bytes", test_bytes);
  g_test_add_func ("/json/scan/utf8", test_utf8);
  g_test_add_func ("/json/scan/depth", test_depth);
  g_test_add_func ("/json/scan/depth-place", test_depth_is_where_it_says);
  g_test_add_func ("/json/scan/members", test_members);
  g_test_add_func ("/json/scan/long-string", test_long_string);
  g_test_add_func ("/json/scan/hostile-keys", test_hostile_keys);
  g_test_add_func ("/json/scan/hostile-spellings", test_hostile_spellings);
  g_test_add_func ("/json/split", test_split);
  g_test_add_func ("/json/dup-string", test_dup_string);
  g_test_add_func ("/json/files", test_files);

  return g_test_run ();
}
