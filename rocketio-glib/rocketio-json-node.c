/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-json.h"

#include "rocketio-json-text-private.h"

#include <math.h>

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

/* The builder of trees */

typedef struct
{
  const char *at;
  const char *end;
  char       *scratch;   /* room for each string of the text */
  guint       depth;
  JsonNode   *open[ROCKETIO_JSON_MAX_LEVELS];
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
    json_node_init_double (slot, rocketio_json_read_double (start, self->at - start));
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

void
rocketio_json_write_uint (GString *out,
                          guint64  value)
{
  char digits[24];
  char *start = digits + sizeof digits;

  do
    *--start = '0' + value % 10;
  while ((value /= 10) > 0);
  g_string_append_len (out, start, digits + sizeof digits - start);
}

void
rocketio_json_write_int (GString *out,
                         gint64   value)
{
  if (value < 0)
    g_string_append_c (out, '-');
  rocketio_json_write_uint (out, value < 0 ? -(guint64) value : (guint64) value);
}

void
rocketio_json_write_double (GString *out,
                            double   value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char format[] = "%.00g";

  if (value > -1e15 && value < 1e15 && value == (double) (gint64) value && (value != 0 || !signbit (value)))
    {
      rocketio_json_write_int (out, (gint64) value);
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
      rocketio_json_write_int (out, json_node_get_int (node));
      return NULL;
    case G_TYPE_DOUBLE:
      if (!isfinite (json_node_get_double (node)))
        return ROCKETIO_JSON_NOT_FINITE;
      rocketio_json_write_double (out, json_node_get_double (node));
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
    return ROCKETIO_JSON_TOO_DEEP;
  if (type == JSON_NODE_OBJECT && json_node_get_object (node) != NULL)
    return write_object (out, json_node_get_object (node), depth);
  if (type == JSON_NODE_ARRAY && json_node_get_array (node) != NULL)
    return write_array (out, json_node_get_array (node), depth);
  g_string_append (out, "null");

  return NULL;
}

gboolean
rocketio_json_written (GString     *out,
                       gsize        before,
                       const char  *problem,
                       GError     **error)
{
  if (problem == NULL)
    return TRUE;

  g_string_truncate (out, before);
  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON, "the value cannot be sent as JSON: %s", problem);

  return FALSE;
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

  return rocketio_json_written (out, before, problem, error);
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

/**
 * rocketio_json_to_string:
 * @node: (nullable): a value, or %NULL for null
 * @error: return location for a #GError
 *
 * Writes a value as JSON (RFC 8259), exactly as it would be pushed: what [signal@Server::event] brings can be read by
 * any other JSON reader in this way. May be called from any thread.
 *
 * The function of JSON-GLib 1.6 with this name is not good enough for that: it writes the number 1e21 as `1e+21.0`, and
 * control characters as they are.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL with %ROCKETIO_ERROR_INVALID_JSON if @node has a number
 *   that is not finite, a string that is not UTF-8, or more than 64 levels
 */
char *
rocketio_json_to_string (JsonNode  *node,
                         GError   **error)
{
  GString *out = g_string_new (NULL);

  return g_string_free (out, !rocketio_json_write (out, node, error));
}
