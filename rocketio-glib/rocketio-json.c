/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-json-text-private.h"

#include <math.h>
#include <stdlib.h>

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
  Level        levels[ROCKETIO_JSON_MAX_LEVELS + 1];   /* from 1; only what is in use is set */
};

static inline const char *
skip_digits (const char *text,
             const char *end)
{
  while (text < end && g_ascii_isdigit (*text))
    text++;

  return text;
}

double
rocketio_json_read_double (const char *number,
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

  return magnitude == 309 && isfinite (rocketio_json_read_double (number, end - number));
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
  scanner_init (&scanner, text.start, text.length, ROCKETIO_JSON_MAX_LEVELS);
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
