/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"
#include "rocketio-json-private.h"

#include <string.h>

/* What the strict scanner takes is JSON to json-glib too, with the same values, and comes out of the writer as what it
 * was. */

/* json-glib turns integers beyond 64 bits into -1, and NULs end its strings; the scanner lets no U+0000 in. */
static gboolean
has_long_number (const char *text,
                 gsize       length)
{
  guint digits = 0;

  for (gsize i = 0; i < length; i++)
    {
      digits = g_ascii_isdigit (text[i]) ? digits + 1 : 0;
      if (digits > 18)
        return TRUE;
    }

  return FALSE;
}

static JsonNode *
parse (const char *text,
       gsize       length)
{
  g_autofree char *exact = g_memdup2 (text, length);

  g_assert_true (rocketio_json_scan (exact, length, NULL, 0, NULL));

  return rocketio_json_parse ((RocketIOSpan) { exact, length });
}

static char *
write_text (JsonNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  rocketio_json_write (text, node, &error);
  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (text->str, text->len, NULL));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
compare_with_json_glib (JsonNode   *node,
                        const char *text,
                        gsize       length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, length, &error);
  g_assert_no_error (error);
  if (!has_long_number (text, length))
    g_assert_true (json_node_equal (node, json_parser_get_root (parser)));
}

static void
check_parts (RocketIOSpan value)
{
  g_autoptr (GArray) parts = rocketio_json_split (value);
  g_autofree char *string = rocketio_json_dup_string (value);

  g_assert_true (string == NULL || g_utf8_validate (string, -1, NULL));
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    {
      RocketIOSpan part = g_array_index (parts, RocketIOSpan, i);
      g_autoptr (JsonNode) node = NULL;

      g_assert_true (part.start >= value.start && part.start + part.length <= value.start + value.length);
      node = parse (part.start, part.length);
    }
}

int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  const char *text = (const char *) data;
  RocketIOJsonMember members[] = { { "type" }, { "data" } };
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *rewritten = NULL;
  g_autoptr (GError) error = NULL;

  if (!rocketio_json_scan (text, size, members, G_N_ELEMENTS (members), &error))
    {
      g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
      return 0;
    }

  g_assert_true (g_utf8_validate (text, size, NULL));
  node = parse (text, size);
  compare_with_json_glib (node, text, size);
  check_parts ((RocketIOSpan) { text, size });

  written = write_text (node);
  again = parse (written, strlen (written));
  rewritten = write_text (again);
  g_assert_cmpstr (written, ==, rewritten);

  return 0;
}
