/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "rocketio-json-private.h"

#include <string.h>

G_BEGIN_DECLS

/* What reading and writing JSON have in common, for rocketio-json*.c alone. */

#define ROCKETIO_JSON_MAX_LEVELS (ROCKETIO_JSON_MAX_DEPTH + ROCKETIO_JSON_MAX_WRAPPING)

/* g_ascii_strtod() for a number without a NUL behind it. */
double rocketio_json_read_double (const char *number,
                                  gsize       length);

/* What keeps a value from being written. */
#define ROCKETIO_JSON_NOT_FINITE "there is no NaN and no Infinity in JSON"
#define ROCKETIO_JSON_TOO_DEEP   "nested more than " G_STRINGIFY (ROCKETIO_JSON_MAX_DEPTH) " levels deep"

void     rocketio_json_write_int    (GString      *out,
                                     gint64        value);
void     rocketio_json_write_uint   (GString      *out,
                                     guint64       value);

/* Always with a point or an exponent, so that what was a double is read as a double. */
void     rocketio_json_write_double (GString      *out,
                                     double        value);

/* With a `problem`, takes back what was written since `out` had `before` bytes. */
gboolean rocketio_json_written      (GString      *out,
                                     gsize         before,
                                     const char   *problem,
                                     GError      **error);

static inline const char *
skip_space (const char *text,
            const char *end)
{
  while (text < end && (*text == ' ' || *text == '\n' || *text == '\r' || *text == '\t'))
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
static inline int
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

G_END_DECLS
