/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-json-private.h"

#include "rocketio-json-text-private.h"

#include <math.h>

/* GVariants as JSON. json-glib has a function for that, which makes negative numbers of great unsigned ones. */

/* These return what is wrong, a static text, or NULL. */

static const char *write_value (GString *out, GVariant *value, guint depth);

static const char *
write_double (GString *out,
              double   value)
{
  if (!isfinite (value))
    return ROCKETIO_JSON_NOT_FINITE;

  rocketio_json_write_double (out, value);

  return NULL;
}

static const char *
write_elements (GString  *out,
                GVariant *value,
                guint     depth)
{
  gsize n = g_variant_n_children (value);

  g_string_append_c (out, '[');
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) element = g_variant_get_child_value (value, i);
      const char *problem;

      if (i > 0)
        g_string_append_c (out, ',');
      if ((problem = write_value (out, element, depth + 1)) != NULL)
        return problem;
    }
  g_string_append_c (out, ']');

  return NULL;
}

static const char *
write_name (GString  *out,
            GVariant *key)
{
  g_autoptr (GString) text = NULL;
  const char *problem;

  if (g_variant_is_of_type (key, G_VARIANT_TYPE_STRING) || g_variant_is_of_type (key, G_VARIANT_TYPE_OBJECT_PATH) ||
      g_variant_is_of_type (key, G_VARIANT_TYPE_SIGNATURE))
    return write_value (out, key, 1);

  /* The names of members are strings: 1 is the member "1". */
  text = g_string_new (NULL);
  problem = write_value (text, key, 1);
  if (problem == NULL)
    rocketio_json_write_string (out, text->str);

  return problem;
}

/* `entry` is a key and a value. */
static const char *
write_member (GString  *out,
              GVariant *entry,
              guint     depth)
{
  g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
  g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);
  const char *problem = write_name (out, key);

  if (problem != NULL)
    return problem;
  g_string_append_c (out, ':');

  return write_value (out, value, depth + 1);
}

static const char *
write_dictionary (GString  *out,
                  GVariant *value,
                  guint     depth)
{
  gsize n = g_variant_n_children (value);

  g_string_append_c (out, '{');
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
      const char *problem;

      if (i > 0)
        g_string_append_c (out, ',');
      if ((problem = write_member (out, entry, depth)) != NULL)
        return problem;
    }
  g_string_append_c (out, '}');

  return NULL;
}

static const char *
write_entry (GString  *out,
             GVariant *value,
             guint     depth)
{
  const char *problem;

  g_string_append_c (out, '{');
  problem = write_member (out, value, depth);
  g_string_append_c (out, '}');

  return problem;
}

static const char *
write_container (GString  *out,
                 GVariant *value,
                 guint     depth)
{
  if (depth > ROCKETIO_JSON_MAX_DEPTH)
    return ROCKETIO_JSON_TOO_DEEP;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY))
    return write_dictionary (out, value, depth);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICT_ENTRY))
    return write_entry (out, value, depth);

  return write_elements (out, value, depth);
}

/* Takes a value out of the variants and maybes around it, of which JSON knows nothing. NULL: it was nothing. */
static GVariant *
unbox (GVariant *value)
{
  GVariant *inner = g_variant_ref (value);

  while (inner != NULL && (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT) ||
                           g_variant_is_of_type (inner, G_VARIANT_TYPE_MAYBE)))
    {
      g_autoptr (GVariant) box = inner;

      inner = g_variant_n_children (box) > 0 ? g_variant_get_child_value (box, 0) : NULL;
    }

  return inner;
}

static const char *
write_boxed (GString  *out,
             GVariant *value,
             guint     depth)
{
  g_autoptr (GVariant) inner = unbox (value);

  if (inner != NULL)
    return write_value (out, inner, depth);
  g_string_append (out, "null");

  return NULL;
}

static const char *
write_value (GString  *out,
             GVariant *value,
             guint     depth)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (out, g_variant_get_boolean (value) ? "true" : "false");
      return NULL;
    case G_VARIANT_CLASS_BYTE:
      rocketio_json_write_uint (out, g_variant_get_byte (value));
      return NULL;
    case G_VARIANT_CLASS_INT16:
      rocketio_json_write_int (out, g_variant_get_int16 (value));
      return NULL;
    case G_VARIANT_CLASS_UINT16:
      rocketio_json_write_uint (out, g_variant_get_uint16 (value));
      return NULL;
    case G_VARIANT_CLASS_INT32:
      rocketio_json_write_int (out, g_variant_get_int32 (value));
      return NULL;
    case G_VARIANT_CLASS_UINT32:
      rocketio_json_write_uint (out, g_variant_get_uint32 (value));
      return NULL;
    case G_VARIANT_CLASS_INT64:
      rocketio_json_write_int (out, g_variant_get_int64 (value));
      return NULL;
    case G_VARIANT_CLASS_UINT64:
      rocketio_json_write_uint (out, g_variant_get_uint64 (value));
      return NULL;
    case G_VARIANT_CLASS_HANDLE:
      rocketio_json_write_int (out, g_variant_get_handle (value));
      return NULL;
    case G_VARIANT_CLASS_DOUBLE:
      return write_double (out, g_variant_get_double (value));
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      rocketio_json_write_string (out, g_variant_get_string (value, NULL));
      return NULL;
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
      return write_boxed (out, value, depth);
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      return write_container (out, value, depth);
    }
}

gboolean
rocketio_json_write_variant (GString   *out,
                             GVariant  *value,
                             GError   **error)
{
  gsize before = out->len;

  return rocketio_json_written (out, before, write_value (out, value, 1), error);
}
