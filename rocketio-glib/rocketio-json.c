/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-json-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LEVELS (ROCKETIO_JSON_MAX_DEPTH + ROCKETIO_JSON_MAX_WRAPPING)

/* JsonObject hashes with g_str_hash(), for which anybody can find keys that collide, and walks a list for each doubled
 * key: 1 MiB of either stops a program for 12 s. So the keys of an object of many members are looked at. */
#define MANY_MEMBERS  256
#define MAX_SAME_HASH 32
#define MAX_WALKED    (256 * 256)   /* doubled keys times members */

typedef struct
{
  const char *start;   /* its opening bracket */
  gsize       n_items;
  guint       first_key;   /* of its keys in `keys` */
  char        closer;
} Level;

typedef struct
{
  RocketIOSpan text;   /* with its quotes */
  guint        hash;
} Key;

typedef struct _Scanner Scanner;

/* Told of each value one level down; its key is in `self`. */
typedef void (*FoundFunc) (Scanner *self, RocketIOSpan value);

struct _Scanner
{
  const char  *at;
  const char  *end;
  const char  *problem;      /* what is wrong at `at`: a static text */
  FoundFunc    found;
  gpointer     found_data;
  RocketIOSpan key;          /* of the value one level down; `start` NULL in an array */
  const char  *value;        /* where that value starts */
  gboolean     has_many;     /* there is an object of many members */
  GArray      *keys;         /* NULL, or of Key: those of the objects that are open */
  guint        max_depth;
  guint        depth;
  Level        levels[MAX_LEVELS + 1];   /* from 1; only what is in use is set */
};

/* What is the same for reading and writing */

static inline const char *
skip_space (const char *text,
            const char *end)
{
  while (text < end && (*text == ' ' || *text == '\n' || *text == '\r' || *text == '\t'))
    text++;

  return text;
}

static inline const char *
skip_digits (const char *text,
             const char *end)
{
  while (text < end && g_ascii_isdigit (*text))
    text++;

  return text;
}

/* To the first byte that is not printable ASCII, or is a quote or a backslash. */
static inline const char *
skip_plain (const char *text,
            const char *end)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);

  while (end - text >= 8)
    {
      guint64 word, hits;

      /* Marks the high bit of each byte that stops us. A borrow may mark one too many, but only behind a right one. */
      memcpy (&word, text, sizeof word);
      word = GUINT64_FROM_LE (word);
      hits = word | (word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);
      hits &= ones * 0x80;
      if (hits != 0)
        return text + __builtin_ctzll (hits) / 8;
      text += 8;
    }

  while (text < end && (guint8) *text >= 0x20 && (guint8) *text < 0x80 && *text != '"' && *text != '\\')
    text++;

  return text;
}

static inline gboolean
in_range (char   byte,
          guint8 low,
          guint8 high)
{
  return (guint8) byte >= low && (guint8) byte <= high;
}

/* The length of the character at `text` if it is one beyond ASCII in valid UTF-8 (RFC 3629, section 4), else 0. */
static inline guint
utf8_length (const char *text,
             const char *end)
{
  guint8 lead = (guint8) *text;
  gsize left = end - text;

  if (lead < 0xc2 || lead > 0xf4)
    return 0;
  if (lead < 0xe0)
    return left >= 2 && in_range (text[1], 0x80, 0xbf) ? 2 : 0;
  if (lead < 0xf0)
    return left >= 3 && in_range (text[1], lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf) &&
           in_range (text[2], 0x80, 0xbf) ? 3 : 0;

  return left >= 4 && in_range (text[1], lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf) &&
         in_range (text[2], 0x80, 0xbf) && in_range (text[3], 0x80, 0xbf) ? 4 : 0;
}

/* Past printable ASCII and whole characters beyond it. */
static inline const char *
skip_text (const char *text,
           const char *end)
{
  guint length;

  for (;;)
    {
      text = skip_plain (text, end);
      if (text == end || (length = utf8_length (text, end)) == 0)
        return text;

      /* such characters rarely come alone */
      do
        text += length;
      while (text < end && (length = utf8_length (text, end)) > 0);
    }
}

/* The four digits of \uXXXX, or -1. */
static int
read_hex (const char *digits)
{
  int value = 0;

  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (digits[i]);

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }

  return value;
}

/* g_ascii_strtod() for a number without a NUL behind it. */
static double
read_double (const char *number,
             gsize       length)
{
  char buffer[64];
  g_autofree char *copy = NULL;

  if (length >= sizeof buffer)
    return g_ascii_strtod (copy = g_strndup (number, length), NULL);

  memcpy (buffer, number, length);
  buffer[length] = '\0';

  return g_ascii_strtod (buffer, NULL);
}

/* The scanner */

static gboolean
fail (Scanner    *self,
      const char *problem)
{
  self->problem = problem;
  return FALSE;
}

/* From a backslash to behind what it escapes. */
static gboolean
scan_escape (Scanner *self)
{
  const char *text = self->at;
  gsize left = self->end - text;
  int unit;

  if (left >= 2 && text[1] != '\0' && strchr ("\"\\/bfnrt", text[1]) != NULL)
    {
      self->at += 2;
      return TRUE;
    }
  if (left < 2 || text[1] != 'u')
    return fail (self, "there is no such escape as this in JSON");

  unit = left >= 6 ? read_hex (text + 2) : -1;
  if (unit < 0)
    return fail (self, "\\u needs four hexadecimal digits");
  if (unit == 0)
    return fail (self, "\\u0000 is not allowed, as a string ends there in C");
  if (unit >= 0xdc00 && unit <= 0xdfff)
    return fail (self, "the second half of a surrogate pair without the first");
  if (unit < 0xd800 || unit > 0xdbff)
    {
      self->at += 6;
      return TRUE;
    }

  unit = left >= 12 && text[6] == '\\' && text[7] == 'u' ? read_hex (text + 8) : -1;
  if (unit < 0xdc00 || unit > 0xdfff)
    return fail (self, "the first half of a surrogate pair without the second");
  self->at += 12;

  return TRUE;
}

/* From the opening quote to behind the closing one. */
static gboolean
scan_string (Scanner *self)
{
  self->at++;
  while ((self->at = skip_text (self->at, self->end)) < self->end)
    {
      if (*self->at == '"')
        {
          self->at++;
          return TRUE;
        }
      if (in_range (*self->at, 0x00, 0x1f))
        return fail (self, "a control character in a string must be escaped");
      if (*self->at != '\\')
        return fail (self, "this is not valid UTF-8");
      if (!scan_escape (self))
        return FALSE;
    }

  return fail (self, "the text ends inside a string");
}

/* Whether a number is less than the greatest double, about 1.8e308. */
static gboolean
number_is_finite (const char *number,
                  const char *end)
{
  gboolean significant = FALSE, after_point = FALSE;
  gint64 magnitude = 0, exponent = 0;   /* 0.DIGITS * 10^magnitude * 10^exponent, the first digit not being 0 */
  const char *at;

  for (at = number; at < end && *at != 'e' && *at != 'E'; at++)
    {
      if (g_ascii_isdigit (*at) && *at != '0')
        significant = TRUE;
      if (*at == '.')
        after_point = TRUE;
      else if (*at != '-' && significant != after_point)
        magnitude += significant ? 1 : -1;
    }
  for (const char *digit = at; digit < end; digit++)
    if (g_ascii_isdigit (*digit))
      exponent = MIN (exponent * 10 + (*digit - '0'), G_GINT64_CONSTANT (1000000000000000));
  magnitude += at < end && at[1] == '-' ? -exponent : exponent;

  if (!significant || magnitude < 309)
    return TRUE;

  return magnitude == 309 && isfinite (read_double (number, end - number));
}

static gboolean
scan_number (Scanner *self)
{
  const char *start = self->at;
  const char *digits = *start == '-' ? start + 1 : start;
  gboolean has_exponent = FALSE;

  self->at = skip_digits (digits, self->end);
  if (self->at == digits)
    return fail (self, "a digit is missing");
  if (*digits == '0' && self->at > digits + 1)
    {
      self->at = digits;
      return fail (self, "a number like 012 has a leading zero");
    }

  if (self->at < self->end && *self->at == '.')
    {
      digits = self->at + 1;
      self->at = skip_digits (digits, self->end);
      if (self->at == digits)
        return fail (self, "a digit is missing after the point");
    }

  if (self->at < self->end && (*self->at == 'e' || *self->at == 'E'))
    {
      has_exponent = TRUE;
      digits = self->at + 1;
      if (digits < self->end && (*digits == '+' || *digits == '-'))
        digits++;
      self->at = skip_digits (digits, self->end);
      if (self->at == digits)
        return fail (self, "a digit is missing in the exponent");
    }

  if (self->at < self->end && (g_ascii_isalnum (*self->at) || *self->at == '.'))
    return fail (self, "this does not belong to a number in JSON");
  if ((!has_exponent && self->at - start < 309) || number_is_finite (start, self->at))
    return TRUE;

  self->at = start;
  return fail (self, "a number beyond the range of a double, about 1.8e308");
}

static gboolean
scan_word (Scanner    *self,
           const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return fail (self, "the only words in JSON are true, false and null");
  self->at += length;

  return TRUE;
}

static gboolean
scan_open (Scanner *self,
           char     closer)
{
  if (self->depth == self->max_depth)
    return fail (self, "nested more than " G_STRINGIFY (ROCKETIO_JSON_MAX_DEPTH) " levels deep");

  self->levels[++self->depth] = (Level) { self->at++, 0, self->keys != NULL ? self->keys->len : 0, closer };

  return TRUE;
}

static const char *
explain (Scanner *self)
{
  switch (*self->at)
    {
    case '\'':
      return "strings need double quotes";
    case '/':
    case '#':
      return "there are no comments in JSON";
    case '+':
    case '.':
      return "a number starts with a digit or a minus";
    case 'N':
    case 'I':
      return "there is no NaN and no Infinity in JSON";
    case '\xef':
      return "a byte order mark, or something else that is no JSON";
    case ']':
    case '}':
    case ',':
      return "a value is missing";
    default:
      return "this is not JSON";
    }
}

/* A scalar, or the opening bracket of something else. */
static gboolean
scan_value (Scanner *self)
{
  self->at = skip_space (self->at, self->end);
  if (self->at == self->end)
    return fail (self, self->depth == 0 ? "the text is empty" : "the text ends where a value should be");
  if (self->depth == 1)
    self->value = self->at;

  switch (*self->at)
    {
    case '{':
      return scan_open (self, '}');
    case '[':
      return scan_open (self, ']');
    case '"':
      return scan_string (self);
    case 't':
      return scan_word (self, "true");
    case 'f':
      return scan_word (self, "false");
    case 'n':
      return scan_word (self, "null");
    default:
      return *self->at == '-' || g_ascii_isdigit (*self->at) ? scan_number (self) : fail (self, explain (self));
    }
}

/* As g_str_hash() does it, which is what JsonObject uses. */
static void
add_key (GArray       *keys,
         RocketIOSpan  text)
{
  Key key = { text, 5381 };

  if (memchr (text.start, '\\', text.length) != NULL)
    {
      g_autofree char *decoded = rocketio_json_dup_string (text);

      key.hash = g_str_hash (decoded);
    }
  else
    for (gsize i = 1; i < text.length - 1; i++)
      key.hash = key.hash * 33 + (signed char) text.start[i];

  g_array_append_val (keys, key);
}

static gboolean
keys_are_equal (RocketIOSpan a,
                RocketIOSpan b)
{
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  if (memchr (a.start, '\\', a.length) == NULL && memchr (b.start, '\\', b.length) == NULL)
    return a.length == b.length && memcmp (a.start, b.start, a.length) == 0;

  left = rocketio_json_dup_string (a);
  right = rocketio_json_dup_string (b);

  return strcmp (left, right) == 0;
}

static int
compare_hashes (gconstpointer a,
                gconstpointer b)
{
  guint left = ((const Key *) a)->hash;
  guint right = ((const Key *) b)->hash;

  return left < right ? -1 : left > right;
}

static gboolean
keys_are_hostile (GArray *array,
                  guint   first)
{
  Key *keys = &g_array_index (array, Key, first);
  guint64 n_keys = array->len - first;
  guint run = 0, n_doubled = 0;

  qsort (keys, n_keys, sizeof (Key), compare_hashes);
  for (guint i = 1; i < n_keys; i++)
    {
      if (keys[i].hash != keys[run].hash)
        run = i;
      for (guint j = run; j < i; j++)
        if (keys_are_equal (keys[i].text, keys[j].text))
          {
            n_doubled++;
            break;
          }
      if (i - run >= MAX_SAME_HASH || n_doubled * n_keys > MAX_WALKED)
        return TRUE;
    }

  return FALSE;
}

static gboolean
scan_key (Scanner *self)
{
  RocketIOSpan key = { self->at = skip_space (self->at, self->end) };

  if (self->at == self->end)
    return fail (self, "the text ends inside an object");
  if (*self->at != '"')
    return fail (self, strchr ("'/#", *self->at) != NULL ? explain (self) : "a key in double quotes should be here");
  if (!scan_string (self))
    return FALSE;

  key.length = self->at - key.start;
  if (self->depth == 1)
    self->key = key;
  if (self->keys != NULL)
    add_key (self->keys, key);

  self->at = skip_space (self->at, self->end);
  if (self->at == self->end || *self->at != ':')
    return fail (self, "the colon after a key is missing");
  self->at++;

  return TRUE;
}

static void
report (Scanner *self)
{
  if (self->depth == 1 && self->found != NULL)
    self->found (self, (RocketIOSpan) { self->value, self->at - self->value });
}

static gboolean
scan_close (Scanner *self)
{
  Level *level = &self->levels[self->depth];
  gboolean has_many = level->closer == '}' && level->n_items > MANY_MEMBERS;

  if (has_many && self->keys != NULL && keys_are_hostile (self->keys, level->first_key))
    {
      self->at = level->start;
      return fail (self, "an object with too many keys that are doubled or have the same hash");
    }

  if (self->keys != NULL)
    g_array_set_size (self->keys, level->first_key);
  self->has_many = self->has_many || has_many;
  self->at++;
  self->depth--;
  report (self);

  return TRUE;
}

/* Within an array or object: its next item, or its end. */
static gboolean
scan_item (Scanner *self)
{
  Level *level = &self->levels[self->depth];

  self->at = skip_space (self->at, self->end);
  if (self->at == self->end)
    return fail (self, "the text ends inside an array or object");
  if (*self->at == level->closer)
    return scan_close (self);
  if (level->n_items > 0)
    {
      if (*self->at != ',')
        return fail (self, *self->at == '/' ? explain (self) : "a comma or the closing bracket is missing");
      self->at = skip_space (self->at + 1, self->end);
      if (self->at < self->end && *self->at == level->closer)
        return fail (self, "a comma with nothing after it");
    }

  level->n_items++;
  if (level->closer == '}' && !scan_key (self))
    return FALSE;
  if (!scan_value (self))
    return FALSE;
  report (self);

  return TRUE;
}

static gboolean
scan (Scanner *self)
{
  if (!scan_value (self))
    return FALSE;
  while (self->depth > 0)
    if (!scan_item (self))
      return FALSE;

  self->at = skip_space (self->at, self->end);
  if (self->at < self->end)
    return fail (self, *self->at == '/' ? explain (self) : "there is something after the value");

  return TRUE;
}

static void
scanner_init (Scanner    *self,
              const char *text,
              gsize       length,
              guint       max_depth)
{
  self->at = text;
  self->end = text + length;
  self->problem = NULL;
  self->found = NULL;
  self->found_data = NULL;
  self->key = (RocketIOSpan) { NULL, 0 };
  self->value = NULL;
  self->has_many = FALSE;
  self->keys = NULL;
  self->max_depth = max_depth;
  self->depth = 0;
  self->levels[0] = (Level) { text, 0, 0, '\0' };
}

/* What is one level down in a text */

typedef struct
{
  char        *key;    /* NULL in an array */
  RocketIOSpan value;
} Item;

static void
clear_item (gpointer data)
{
  g_free (((Item *) data)->key);
}

static void
add_item (Scanner      *self,
          RocketIOSpan  value)
{
  Item item = { self->key.start != NULL ? rocketio_json_dup_string (self->key) : NULL, value };

  g_array_append_val ((GArray *) self->found_data, item);
}

/* `text` must have passed. */
static GArray *
get_items (RocketIOSpan text)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  Scanner scanner;

  g_array_set_clear_func (items, clear_item);
  scanner_init (&scanner, text.start, text.length, MAX_LEVELS);
  scanner.found = add_item;
  scanner.found_data = items;
  if (!scan (&scanner))
    g_critical ("%s: the text was not scanned before: %s", G_STRFUNC, scanner.problem);

  return g_steal_pointer (&items);
}

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  return g_strcmp0 (((const Item *) a)->key, ((const Item *) b)->key);
}

/* Another look at a text with an object of many members, at its keys. */
static gboolean
check_keys (Scanner    *self,
            const char *text)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (Key));
  Scanner scanner;

  scanner_init (&scanner, text, self->end - text, self->max_depth);
  scanner.keys = keys;
  if (scan (&scanner))
    return TRUE;

  self->at = scanner.at;
  return fail (self, scanner.problem);
}

typedef struct
{
  RocketIOJsonMember *members;
  guint               n_members;
} Wanted;

static gboolean
key_is (RocketIOSpan  key,
        const char   *name)
{
  g_autofree char *decoded = NULL;

  if (memchr (key.start, '\\', key.length) == NULL)
    return key.length == strlen (name) + 2 && memcmp (key.start + 1, name, key.length - 2) == 0;

  decoded = rocketio_json_dup_string (key);
  return strcmp (decoded, name) == 0;
}

static void
match_member (Scanner      *self,
              RocketIOSpan  value)
{
  Wanted *wanted = self->found_data;

  for (guint i = 0; self->key.start != NULL && i < wanted->n_members; i++)
    if (key_is (self->key, wanted->members[i].key))
      wanted->members[i].value = value;
}

gboolean
rocketio_json_scan_wrapped (const char          *text,
                            gsize                length,
                            guint                wrapping,
                            RocketIOJsonMember  *members,
                            guint                n_members,
                            GError             **error)
{
  Wanted wanted = { members, n_members };
  Scanner scanner;

  g_return_val_if_fail (text != NULL || length == 0, FALSE);
  g_return_val_if_fail (wrapping <= ROCKETIO_JSON_MAX_WRAPPING, FALSE);

  for (guint i = 0; i < n_members; i++)
    members[i].value = (RocketIOSpan) { NULL, 0 };

  scanner_init (&scanner, text, length, ROCKETIO_JSON_MAX_DEPTH + wrapping);
  if (n_members > 0)
    scanner.found = match_member;
  scanner.found_data = &wanted;
  if (scan (&scanner) && (!scanner.has_many || check_keys (&scanner, text)))
    return TRUE;

  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON, "byte %" G_GSIZE_FORMAT ": %s",
               (gsize) (scanner.at - text), scanner.problem);

  return FALSE;
}

gboolean
rocketio_json_scan (const char          *text,
                    gsize                length,
                    RocketIOJsonMember  *members,
                    guint                n_members,
                    GError             **error)
{
  return rocketio_json_scan_wrapped (text, length, 0, members, n_members, error);
}

/* Reading a text that has passed */

/* From a backslash to behind what it escapes, of which the bytes go to `out`. */
static const char *
unescape_one (const char  *text,
              char       **out)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  gunichar character;

  if (text[1] != 'u')
    {
      *(*out)++ = meanings[strchr (letters, text[1]) - letters];
      return text + 2;
    }

  character = read_hex (text + 2);
  text += 6;
  if (character >= 0xd800 && character <= 0xdbff)
    {
      character = 0x10000 + ((character & 0x3ff) << 10) + (read_hex (text + 2) & 0x3ff);
      text += 6;
    }
  *out += g_unichar_to_utf8 (character, *out);

  return text;
}

/* From an opening quote to behind the closing one. `out` needs as much room as the string has with its quotes. */
static const char *
unescape (const char *text,
          const char *end,
          char       *out)
{
  text++;
  while (*text != '"')
    {
      const char *run = skip_plain (text, end);

      memcpy (out, text, run - text);
      out += run - text;
      text = run;
      while ((guint8) *text >= 0x80)
        *out++ = *text++;
      if (*text == '\\')
        text = unescape_one (text, &out);
    }
  *out = '\0';

  return text + 1;
}

char *
rocketio_json_dup_string (RocketIOSpan value)
{
  const char *end = value.start + value.length;
  const char *text = skip_space (value.start, end);
  char *string;

  if (text == end || *text != '"')
    return NULL;

  string = g_malloc (end - text);
  unescape (text, end, string);

  return string;
}

GArray *
rocketio_json_split (RocketIOSpan value)
{
  g_autoptr (GArray) items = NULL;
  GArray *values;
  const char *start = skip_space (value.start, value.start + value.length);

  if (start == value.start + value.length || (*start != '[' && *start != '{'))
    return NULL;

  items = get_items (value);
  if (*start == '{')
    g_array_sort (items, compare_keys);   /* stable, so the last of doubled keys stays the last */

  values = g_array_sized_new (FALSE, FALSE, sizeof (RocketIOSpan), items->len);
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = &g_array_index (items, Item, i);

      if (*start == '[' || i + 1 == items->len || strcmp (item->key, item[1].key) != 0)
        g_array_append_val (values, item->value);
    }

  return values;
}

/* The builder of trees */

typedef struct
{
  const char *at;
  const char *end;
  char       *scratch;   /* room for each string of the text */
  guint       depth;
  JsonNode   *open[MAX_LEVELS];
} Builder;

static void
build_number (Builder  *self,
              JsonNode *slot)
{
  const char *start = self->at;
  gboolean negative = *start == '-';
  gboolean is_integer = TRUE;
  guint64 value = 0;

  for (self->at += negative; self->at < self->end && g_ascii_isdigit (*self->at); self->at++)
    is_integer = is_integer && g_uint64_checked_mul (&value, value, 10) &&
                 g_uint64_checked_add (&value, value, *self->at - '0');

  while (self->at < self->end && (g_ascii_isdigit (*self->at) || memchr (".eE+-", *self->at, 5) != NULL))
    {
      is_integer = FALSE;
      self->at++;
    }

  if (is_integer && value <= (guint64) G_MAXINT64 + negative)
    json_node_init_int (slot, (gint64) (negative ? -value : value));
  else
    json_node_init_double (slot, read_double (start, self->at - start));
}

static void
build_value (Builder  *self,
             JsonNode *slot)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonArray) array = NULL;

  switch (*self->at)
    {
    case '{':
      json_node_init_object (slot, object = json_object_new ());
      self->open[self->depth++] = slot;
      self->at++;
      break;
    case '[':
      json_node_init_array (slot, array = json_array_new ());
      self->open[self->depth++] = slot;
      self->at++;
      break;
    case '"':
      self->at = unescape (self->at, self->end, self->scratch);
      json_node_init_string (slot, self->scratch);
      break;
    case 't':
      json_node_init_boolean (slot, TRUE);
      self->at += strlen ("true");
      break;
    case 'f':
      json_node_init_boolean (slot, FALSE);
      self->at += strlen ("false");
      break;
    case 'n':
      json_node_init_null (slot);
      self->at += strlen ("null");
      break;
    default:
      build_number (self, slot);
    }
}

/* A node for the next item of the innermost array or object, in its place there. */
static JsonNode *
build_slot (Builder *self)
{
  JsonNode *parent = self->open[self->depth - 1];
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (parent) ? json_node_get_object (parent) : NULL;
  JsonNode *slot = json_node_init_null (json_node_alloc ());

  json_node_set_parent (slot, parent);   /* JsonReader needs it */
  if (object == NULL)
    {
      json_array_add_element (json_node_get_array (parent), slot);
      return slot;
    }

  self->at = skip_space (unescape (self->at, self->end, self->scratch), self->end);
  self->at = skip_space (self->at + strlen (":"), self->end);
  json_object_set_member (object, self->scratch, slot);

  return slot;
}

JsonNode *
rocketio_json_parse (RocketIOSpan value)
{
  Builder self;
  JsonNode *root = json_node_init_null (json_node_alloc ());
  g_autofree char *scratch = g_malloc (value.length);

  self.end = value.start + value.length;
  self.at = skip_space (value.start, self.end);
  self.scratch = scratch;
  self.depth = 0;

  build_value (&self, root);
  while (self.depth > 0)
    {
      self.at = skip_space (self.at, self.end);
      if (*self.at == ']' || *self.at == '}')
        json_node_seal (self.open[--self.depth]);   /* while its items are still in the cache */
      if (*self.at == ']' || *self.at == '}' || *self.at == ',')
        self.at++;
      else
        build_value (&self, build_slot (&self));
    }
  json_node_seal (root);

  return root;
}

/* The writer */

static void
write_escape (GString *out,
              char     character)
{
  static const char hex[] = "0123456789abcdef";
  static const char characters[] = "\"\\\b\f\n\r\t";
  static const char letters[] = "\"\\bfnrt";
  const char *found = strchr (characters, character);
  char escape[] = { '\\', 'u', '0', '0', hex[character >> 4 & 0xf], hex[character & 0xf] };

  if (found != NULL)
    escape[1] = letters[found - characters];
  g_string_append_len (out, escape, found != NULL ? 2 : 6);
}

/* FALSE if `text` is not UTF-8. */
static gboolean
write_text (GString    *out,
            const char *text)
{
  const char *end = text + strlen (text);

  g_string_append_c (out, '"');
  while (text < end)
    {
      const char *run = skip_text (text, end);

      g_string_append_len (out, text, run - text);
      text = run;
      if (text < end && (guint8) *text >= 0x80)
        return FALSE;
      if (text < end)
        write_escape (out, *text++);
    }
  g_string_append_c (out, '"');

  return TRUE;
}

static void
write_int (GString *out,
           gint64   value)
{
  char digits[24];
  char *start = digits + sizeof digits;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  do
    *--start = '0' + rest % 10;
  while ((rest /= 10) > 0);
  if (value < 0)
    *--start = '-';
  g_string_append_len (out, start, digits + sizeof digits - start);
}

/* Always with a point or an exponent, so that what was a double is read as a double. */
static void
write_double (GString *out,
              double   value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char format[] = "%.00g";

  if (value > -1e15 && value < 1e15 && value == (double) (gint64) value && (value != 0 || !signbit (value)))
    {
      write_int (out, (gint64) value);
      g_string_append (out, ".0");
      return;
    }

  /* The first form that reads back the same; that of 15 digits is the shortest unless the number is subnormal. */
  for (int digits = isnormal (value) ? 15 : 1; digits <= 17; digits++)
    {
      format[2] = '0' + digits / 10;
      format[3] = '0' + digits % 10;
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (out, text);
  if (strpbrk (text, ".e") == NULL)
    g_string_append (out, ".0");
}

/* These return what is wrong, a static text, or NULL. */

static const char *
write_scalar (GString  *out,
              JsonNode *node)
{
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      if (json_node_get_string (node) != NULL)
        return write_text (out, json_node_get_string (node)) ? NULL : "a string is not valid UTF-8";
      break;
    case G_TYPE_INT64:
      write_int (out, json_node_get_int (node));
      return NULL;
    case G_TYPE_DOUBLE:
      if (!isfinite (json_node_get_double (node)))
        return "there is no NaN and no Infinity in JSON";
      write_double (out, json_node_get_double (node));
      return NULL;
    case G_TYPE_BOOLEAN:
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      return NULL;
    default:
      break;
    }

  g_string_append (out, "null");   /* a node that never got its value */
  return NULL;
}

static const char *write_node (GString *out, JsonNode *node, guint depth);

static const char *
write_object (GString    *out,
              JsonObject *object,
              guint       depth)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  char separator = '{';

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      const char *problem;

      g_string_append_c (out, separator);
      if (!write_text (out, name))
        return "the name of a member is not valid UTF-8";
      g_string_append_c (out, ':');
      if ((problem = write_node (out, value, depth + 1)) != NULL)
        return problem;
      separator = ',';
    }
  g_string_append (out, separator == '{' ? "{}" : "}");

  return NULL;
}

static const char *
write_array (GString   *out,
             JsonArray *array,
             guint      depth)
{
  guint length = json_array_get_length (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < length; i++)
    {
      const char *problem;

      if (i > 0)
        g_string_append_c (out, ',');
      if ((problem = write_node (out, json_array_get_element (array, i), depth + 1)) != NULL)
        return problem;
    }
  g_string_append_c (out, ']');

  return NULL;
}

static const char *
write_node (GString  *out,
            JsonNode *node,
            guint     depth)
{
  JsonNodeType type = json_node_get_node_type (node);

  if (type == JSON_NODE_VALUE)
    return write_scalar (out, node);
  if (type != JSON_NODE_NULL && depth > ROCKETIO_JSON_MAX_DEPTH)
    return "nested more than " G_STRINGIFY (ROCKETIO_JSON_MAX_DEPTH) " levels deep";
  if (type == JSON_NODE_OBJECT && json_node_get_object (node) != NULL)
    return write_object (out, json_node_get_object (node), depth);
  if (type == JSON_NODE_ARRAY && json_node_get_array (node) != NULL)
    return write_array (out, json_node_get_array (node), depth);
  g_string_append (out, "null");

  return NULL;
}

gboolean
rocketio_json_write (GString   *out,
                     JsonNode  *node,
                     GError   **error)
{
  gsize before = out->len;
  const char *problem = NULL;

  if (node != NULL)
    problem = write_node (out, node, 1);
  else
    g_string_append (out, "null");
  if (problem == NULL)
    return TRUE;

  g_string_truncate (out, before);
  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON, "the value cannot be sent as JSON: %s", problem);

  return FALSE;
}

void
rocketio_json_write_string (GString    *out,
                            const char *string)
{
  gsize before = out->len;

  if (write_text (out, string))
    return;

  g_string_truncate (out, before);
  g_string_append (out, "\"\"");
  g_critical ("%s: the string is not valid UTF-8", G_STRFUNC);
}
