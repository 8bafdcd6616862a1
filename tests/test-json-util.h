/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* What test-json.c and test-json-node.c have in common. */

#include "rocketio-json-private.h"

#include <string.h>

#define MIB (1024 * 1024)

/* Texts are handed over in a block of exactly their size, so that valgrind and ASan see what is read behind the end. */
static inline char *
exact (const char *text,
       gsize       length)
{
  return g_memdup2 (text, MAX (length, 1));
}

static inline gboolean
scan (const char  *text,
      gsize        length,
      GError     **error)
{
  g_autofree char *copy = exact (text, length);

  return rocketio_json_scan (copy, length, NULL, 0, error);
}

static inline JsonNode *
parse (const char *text,
       gsize       length)
{
  g_autofree char *copy = exact (text, length);
  g_autoptr (GError) error = NULL;

  rocketio_json_scan_wrapped (copy, length, ROCKETIO_JSON_MAX_WRAPPING, NULL, 0, &error);
  g_assert_no_error (error);

  return rocketio_json_parse ((RocketIOSpan) { copy, length });
}

static inline char *
write_node (JsonNode *node)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  rocketio_json_write (out, node, &error);
  g_assert_no_error (error);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* What was let in must be read, written, and read again as the same. */
static inline char *
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

static inline char *
repeat (const char *text,
        guint       times)
{
  GString *string = g_string_sized_new (strlen (text) * times);

  for (guint i = 0; i < times; i++)
    g_string_append (string, text);

  return g_string_free (string, FALSE);
}
