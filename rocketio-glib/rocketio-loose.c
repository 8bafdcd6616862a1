/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-loose-private.h"

#include <string.h>

#define MAX_NUMBER 9007199254740991

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static RocketIOSpan
strip (RocketIOSpan span)
{
  for (; span.length > 0 && is_space (*span.start); span.length--)
    span.start++;
  while (span.length > 0 && is_space (span.start[span.length - 1]))
    span.length--;

  return span;
}

/* From the opening quote to behind the closing one; NULL: there is none. */
static const char *
skip_string (const char *at,
             const char *end)
{
  for (at++; at < end; at++)
    {
      if (*at == '"')
        return at + 1;
      if (*at == '\\')
        at++;
    }

  return NULL;
}

/* From `at` to the next comma or closing bracket of this level; NULL: there is none. `colon` is where the first colon
 * of this level is, or NULL. */
static const char *
skip_part (const char  *at,
           const char  *end,
           const char **colon)
{
  guint depth = 0;

  *colon = NULL;
  while (at != NULL && at < end)
    {
      switch (*at)
        {
        case '"':
          at = skip_string (at, end);
          continue;

        case '[':
        case '{':
          depth++;
          break;

        case ']':
        case '}':
          if (depth-- == 0)
            return at;
          break;

        case ',':
          if (depth == 0)
            return at;
          break;

        case ':':
          if (depth == 0 && *colon == NULL)
            *colon = at;
          break;

        default:
          break;
        }
      at++;
    }

  return NULL;
}

typedef void (*PartFunc) (RocketIOSpan part, const char *colon, gpointer user_data);

/* FALSE if it does not begin and end with these brackets. */
static gboolean
walk (RocketIOSpan text,
      char         opener,
      char         closer,
      PartFunc     func,
      gpointer     user_data)
{
  const char *end, *at;

  text = strip (text);
  if (text.length < 2 || *text.start != opener)
    return FALSE;

  end = text.start + text.length;
  for (at = text.start + 1; at < end; at++)
    {
      const char *start = at;
      const char *colon;
      RocketIOSpan part;

      at = skip_part (at, end, &colon);
      if (at == NULL)
        return FALSE;

      part = strip ((RocketIOSpan) { start, at - start });
      if (part.length > 0)
        func (part, colon, user_data);
      if (*at != ',')
        return *at == closer && at + 1 == end;
    }

  return FALSE;
}

static void
add_part (RocketIOSpan  part,
          const char   *colon,
          gpointer      user_data)
{
  g_array_append_val ((GArray *) user_data, part);
}

GArray *
rocketio_loose_split (RocketIOSpan text)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (RocketIOSpan));

  return walk (text, '[', ']', add_part, parts) ? g_steal_pointer (&parts) : NULL;
}

typedef struct
{
  RocketIOJsonMember *members;
  guint               n_members;
} Wanted;

static gboolean
is_key (RocketIOSpan  key,
        const char   *name)
{
  gsize length = strlen (name);

  return key.length == length + 2 && *key.start == '"' && memcmp (key.start + 1, name, length) == 0;
}

static void
match_member (RocketIOSpan  part,
              const char   *colon,
              gpointer      user_data)
{
  Wanted *wanted = user_data;
  RocketIOSpan key;

  if (colon == NULL)
    return;

  key = strip ((RocketIOSpan) { part.start, colon - part.start });
  for (guint i = 0; i < wanted->n_members; i++)
    {
      if (is_key (key, wanted->members[i].key))
        wanted->members[i].value = strip ((RocketIOSpan) { colon + 1, part.start + part.length - colon - 1 });
    }
}

gboolean
rocketio_loose_members (RocketIOSpan        text,
                        RocketIOJsonMember *members,
                        guint               n_members)
{
  Wanted wanted = { members, n_members };

  for (guint i = 0; i < n_members; i++)
    members[i].value = (RocketIOSpan) { NULL, 0 };

  return walk (text, '{', '}', match_member, &wanted);
}

char *
rocketio_loose_dup_string (RocketIOSpan value)
{
  if (value.start == NULL || !rocketio_json_scan (value.start, value.length, NULL, 0, NULL))
    return NULL;

  return rocketio_json_dup_string (value);
}

guint64
rocketio_loose_get_number (RocketIOSpan value)
{
  char digits[17];
  guint64 number = 0;

  if (value.start == NULL || value.length >= sizeof digits)
    return 0;

  memcpy (digits, value.start, value.length);
  digits[value.length] = '\0';
  g_ascii_string_to_unsigned (digits, 10, 1, MAX_NUMBER, &number, NULL);

  return number;
}
