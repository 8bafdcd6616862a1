/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-message-private.h"

#include <string.h>

#include "rocketio-frame-private.h"

/* A compressed frame, made when it is first needed. What all clients get is packed; before it stands, as it is, what
 * tells the versions apart, so that both have the same `rest`. */
typedef struct
{
  GBytes  *begin;       /* NULL: it does not get smaller, or was not tried yet */
  GBytes  *rest;
  gsize    length;      /* of `rest` before */
  gboolean tried;
} Packed;

struct _RocketIOMessage
{
  gatomicrefcount ref_count;
  guint32         epoch;
  guint64         seq;
  gboolean        has_fate;
  gboolean        is_volatile;
  gint64          expires;
  char           *key;
  RocketIOSlowPolicy policy;
  GBytes         *frame;
  GBytes         *text;      /* the end of `frame` */
  GBytes         *bytes;     /* NULL: the data is JSON */
  char           *members;   /* that only version 2 gets, each with a comma behind it; NULL: none */
  GBytes         *begin_2;   /* of version 2, made when it is first needed: what comes before `rest_2` in a frame */
  gsize           header_2;  /* bytes of the frame's header in it */
  GBytes         *rest_2;    /* the end of `text` without its brace; with bytes, those */
  Packed          packed[2]; /* of both versions */
};

/* The names of events */

static gboolean
check_event_text (const char  *event,
                  GError     **error)
{
  const char *problem = NULL;

  if (event == NULL || *event == '\0')
    problem = "the name of an event is empty: give it 1 to 255 bytes";
  else if (strlen (event) > ROCKETIO_MAX_EVENT)
    problem = "the name of an event is too long: it may have up to 255 bytes";
  else if (!g_utf8_validate (event, -1, NULL))
    problem = "the name of an event is not valid UTF-8: convert it first";

  if (problem != NULL)
    g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME, problem);

  return problem == NULL;
}

gboolean
rocketio_event_is_reserved (const char *event)
{
  static const char * const reserved[] = { "connect", "disconnect", "error", "start", "*", NULL };

  return event != NULL && (g_str_has_prefix (event, "__") || g_strv_contains (reserved, event));
}

gboolean
rocketio_event_check (const char  *event,
                      GError     **error)
{
  if (!check_event_text (event, error))
    return FALSE;
  if (!rocketio_event_is_reserved (event))
    return TRUE;

  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME,
               "the event name \"%s\" is reserved for the protocol: choose one that does not start with \"__\" and is "
               "not connect, disconnect, error, start or *", event);

  return FALSE;
}

/* Messages */

/* The envelope up to its data, behind room for the header of the frame, which depends on the length of all. */
static GString *
begin (const char  *event,
       gsize        data_length,
       GError     **error)
{
  GString *buffer;

  if (!check_event_text (event, error))
    return NULL;

  buffer = g_string_sized_new (ROCKETIO_FRAME_MAX_HEADER + 32 + strlen (event) + data_length);
  g_string_set_size (buffer, ROCKETIO_FRAME_MAX_HEADER);
  g_string_append (buffer, "{\"type\":");
  rocketio_json_write_string (buffer, event);
  g_string_append (buffer, ",\"data\":");

  return buffer;
}

/* Takes `buffer`. */
static RocketIOMessage *
finish (GString *buffer)
{
  RocketIOMessage *self = g_new0 (RocketIOMessage, 1);
  guint8 header[ROCKETIO_FRAME_MAX_HEADER];
  gsize header_length, text_length;
  char *data, *frame;

  g_string_append_c (buffer, '}');
  text_length = buffer->len - ROCKETIO_FRAME_MAX_HEADER;
  header_length = rocketio_frame_write_header (header, ROCKETIO_OPCODE_TEXT, text_length);

  /* a log may keep it for minutes: without what the buffer has to spare */
  data = g_realloc (g_string_free (buffer, FALSE), ROCKETIO_FRAME_MAX_HEADER + text_length);
  frame = data + ROCKETIO_FRAME_MAX_HEADER - header_length;
  memcpy (frame, header, header_length);

  g_atomic_ref_count_init (&self->ref_count);
  self->frame = g_bytes_new_with_free_func (frame, header_length + text_length, g_free, data);
  self->text = g_bytes_new_from_bytes (self->frame, header_length, text_length);

  return self;
}

static RocketIOMessage *
finish_if (gboolean  written,
           GString  *buffer)
{
  if (written)
    return finish (buffer);

  g_string_free (buffer, TRUE);

  return NULL;
}

RocketIOMessage *
rocketio_message_new (const char  *event,
                      JsonNode    *data,
                      GError     **error)
{
  GString *buffer = begin (event, 64, error);

  return buffer != NULL ? finish_if (rocketio_json_write (buffer, data, error), buffer) : NULL;
}

RocketIOMessage *
rocketio_message_new_variant (const char  *event,
                              GVariant    *data,
                              GError     **error)
{
  GString *buffer = begin (event, 64, error);

  return buffer != NULL ? finish_if (rocketio_json_write_variant (buffer, data, error), buffer) : NULL;
}

RocketIOMessage *
rocketio_message_new_json (const char  *event,
                           const char  *data,
                           gssize       length,
                           GError     **error)
{
  gsize size;
  GString *buffer;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  size = length < 0 ? strlen (data) : (gsize) length;
  if (!rocketio_json_scan (data, size, NULL, 0, error))
    return NULL;

  buffer = begin (event, size, error);
  if (buffer == NULL)
    return NULL;
  g_string_append_len (buffer, data, size);

  return finish (buffer);
}

RocketIOMessage *
rocketio_message_new_checked (const char *event,
                              const char *data,
                              gsize       length)
{
  GString *buffer = begin (event, length, NULL);

  g_return_val_if_fail (buffer != NULL, NULL);

  g_string_append_len (buffer, data, length);

  return finish (buffer);
}

RocketIOMessage *
rocketio_message_new_bytes (const char  *event,
                            GBytes      *data,
                            GError     **error)
{
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  GString *buffer = begin (event, strlen (base64) + 2, error);
  RocketIOMessage *self;

  if (buffer == NULL)
    return NULL;

  g_string_append_printf (buffer, "\"%s\"", base64);
  self = finish (buffer);
  self->bytes = g_bytes_ref (data);

  return self;
}

RocketIOMessage *
rocketio_message_ref (RocketIOMessage *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
rocketio_message_unref (RocketIOMessage *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->packed); i++)
    {
      g_clear_pointer (&self->packed[i].begin, g_bytes_unref);
      g_clear_pointer (&self->packed[i].rest, g_bytes_unref);
    }
  g_clear_pointer (&self->begin_2, g_bytes_unref);
  g_clear_pointer (&self->rest_2, g_bytes_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_bytes_unref (self->text);
  g_bytes_unref (self->frame);
  g_free (self->members);
  g_free (self->key);
  g_free (self);
}

guint64
rocketio_message_get_seq (RocketIOMessage *self)
{
  return self->seq;
}

void
rocketio_message_set_seq (RocketIOMessage *self,
                          guint64          seq,
                          guint32          epoch)
{
  self->seq = seq;
  self->epoch = epoch;
}

void
rocketio_message_set_fate (RocketIOMessage    *self,
                           gboolean            is_volatile,
                           gint64              expires,
                           const char         *key,
                           RocketIOSlowPolicy  policy)
{
  self->has_fate = is_volatile || expires > 0 || key != NULL || policy != ROCKETIO_SLOW_POLICY_DEFAULT;
  self->is_volatile = is_volatile;
  self->expires = expires;
  self->key = g_strdup (key);
  self->policy = policy;
}

gboolean
rocketio_message_has_fate (RocketIOMessage *self)
{
  return self->has_fate;
}

gboolean
rocketio_message_is_volatile (RocketIOMessage *self)
{
  return self->is_volatile;
}

gint64
rocketio_message_get_expiry (RocketIOMessage *self)
{
  return self->expires;
}

const char *
rocketio_message_get_key (RocketIOMessage *self)
{
  return self->key;
}

RocketIOSlowPolicy
rocketio_message_get_policy (RocketIOMessage *self)
{
  return self->policy;
}

RocketIOMessage *
rocketio_message_copy (RocketIOMessage *self)
{
  RocketIOMessage *copy = g_new0 (RocketIOMessage, 1);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->frame = g_bytes_ref (self->frame);
  copy->text = g_bytes_ref (self->text);
  copy->bytes = self->bytes != NULL ? g_bytes_ref (self->bytes) : NULL;
  copy->members = g_strdup (self->members);
  rocketio_message_set_fate (copy, self->is_volatile, self->expires, self->key, self->policy);

  return copy;
}

GBytes *
rocketio_message_get_bytes (RocketIOMessage *self)
{
  return self->bytes;
}

const char *
rocketio_message_get_members (RocketIOMessage *self)
{
  return self->members != NULL ? self->members : "";
}

RocketIOMessage *
rocketio_message_restore (GBytes     *text,
                          GBytes     *bytes,
                          const char *members)
{
  RocketIOJsonMember parts[] = { { "type" }, { "data" } };
  g_autofree char *event = NULL;
  RocketIOMessage *self = NULL;
  gsize length;
  const char *envelope = g_bytes_get_data (text, &length);

  if (envelope == NULL ||
      !rocketio_json_scan_wrapped (envelope, length, ROCKETIO_ENVELOPE_WRAPPING, parts, G_N_ELEMENTS (parts), NULL) ||
      parts[0].value.start == NULL || parts[1].value.start == NULL)
    return NULL;

  event = rocketio_json_dup_string (parts[0].value);
  if (event != NULL)
    self = rocketio_message_new_json (event, parts[1].value.start, parts[1].value.length, NULL);
  if (self == NULL)
    return NULL;

  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  self->members = *members != '\0' ? g_strdup (members) : NULL;

  return self;
}

gboolean
rocketio_message_is_null (RocketIOMessage *self)
{
  static const char end[] = ",\"data\":null}";
  gsize length;
  const char *text = g_bytes_get_data (self->text, &length);

  return length >= strlen (end) && memcmp (text + length - strlen (end), end, strlen (end)) == 0;
}

void
rocketio_position_write (char    position[ROCKETIO_POSITION_SIZE],
                         guint32 epoch,
                         guint64 seq)
{
  g_snprintf (position, ROCKETIO_POSITION_SIZE, "%08x.%" G_GUINT64_FORMAT, epoch, seq);
}

gboolean
rocketio_position_read (const char *position,
                        guint32     epoch,
                        guint64    *seq)
{
  char start[ROCKETIO_POSITION_SIZE];
  gsize length = g_snprintf (start, sizeof start, "%08x.", epoch);

  return position != NULL && g_str_has_prefix (position, start) &&
         g_ascii_string_to_unsigned (position + length, 10, 0, ROCKETIO_MAX_NUMBER, seq, NULL);
}

/* Version 2 */

/* Takes `member`. */
static void
add_member (RocketIOMessage *self,
            GString         *member)
{
  g_autofree char *before = g_steal_pointer (&self->members);

  g_assert (self->begin_2 == NULL);

  g_string_prepend (member, before != NULL ? before : "");
  self->members = g_string_free (member, FALSE);
}

void
rocketio_message_add_number (RocketIOMessage *self,
                             const char      *key,
                             guint64          value)
{
  GString *member = g_string_new (NULL);

  g_string_printf (member, "\"%s\":%" G_GUINT64_FORMAT ",", key, value);
  add_member (self, member);
}

void
rocketio_message_add_string (RocketIOMessage *self,
                             const char      *key,
                             const char      *value)
{
  GString *member = g_string_new (NULL);

  g_string_printf (member, "\"%s\":", key);
  rocketio_json_write_string (member, value);
  g_string_append_c (member, ',');
  add_member (self, member);
}

static void
write_members (RocketIOMessage *self,
               GString         *out)
{
  g_string_append_c (out, '{');
  if (self->seq > 0 && !self->is_volatile)
    g_string_append_printf (out, "\"seq\":%" G_GUINT64_FORMAT ",\"pos\":\"%08x.%" G_GUINT64_FORMAT "\",",
                            self->seq, self->epoch, self->seq);
  if (self->members != NULL)
    g_string_append (out, self->members);
}

/* Takes `begin`: what comes before `rest_2`, without the frame's header. */
static void
finish_2 (RocketIOMessage *self,
          GString         *begin,
          RocketIOOpcode   opcode)
{
  guint8 header[ROCKETIO_FRAME_MAX_HEADER];

  self->header_2 = rocketio_frame_write_header (header, opcode, begin->len + g_bytes_get_size (self->rest_2));
  g_string_prepend_len (begin, (const char *) header, self->header_2);
  self->begin_2 = g_string_free_to_bytes (begin);
}

/* Where the data begins, with the comma before it. A quote in a name would have a backslash. */
static const char *
find_data (RocketIOMessage *self)
{
  return g_strstr_len (g_bytes_get_data (self->text, NULL), g_bytes_get_size (self->text), ",\"data\":");
}

char *
rocketio_message_dup_event (RocketIOMessage *self)
{
  const char *start = (const char *) g_bytes_get_data (self->text, NULL) + strlen ("{\"type\":");

  return g_strndup (start, find_data (self) - start);
}

static void
make_frame_2 (RocketIOMessage *self)
{
  GString *begin = g_string_sized_new (96);

  write_members (self, begin);
  self->rest_2 = g_bytes_new_from_bytes (self->text, 1, g_bytes_get_size (self->text) - 1);
  finish_2 (self, begin, ROCKETIO_OPCODE_TEXT);
}

/* In binary there is no data in the JSON, so it ends where that begins. */
static void
make_binary_frame_2 (RocketIOMessage *self)
{
  GString *begin = g_string_sized_new (96);
  const char *text = g_bytes_get_data (self->text, NULL);
  guint32 length;

  g_string_append_len (begin, "\1\0\0\0\0", ROCKETIO_BINARY_HEADER);
  write_members (self, begin);
  g_string_append_len (begin, text + 1, find_data (self) - text - 1);
  g_string_append_c (begin, '}');
  length = GUINT32_TO_BE (begin->len - ROCKETIO_BINARY_HEADER);
  memcpy (begin->str + 1, &length, sizeof length);

  self->rest_2 = g_bytes_ref (self->bytes);
  finish_2 (self, begin, ROCKETIO_OPCODE_BINARY);
}

void
rocketio_message_get_frame_2 (RocketIOMessage *self,
                              GBytes          *pieces[2])
{
  if (self->begin_2 == NULL && self->bytes != NULL)
    make_binary_frame_2 (self);
  else if (self->begin_2 == NULL)
    make_frame_2 (self);

  pieces[0] = self->begin_2;
  pieces[1] = self->rest_2;
}

/* Compressed */

/* The payload of a frame: what only this version has, and the rest. */
static void
get_parts (RocketIOMessage *self,
           gboolean         is_version_2,
           RocketIOSpan    *begin,
           RocketIOSpan    *rest)
{
  GBytes *pieces[2];

  if (!is_version_2)
    {
      begin->start = g_bytes_get_data (self->text, &rest->length);
      begin->length = 1;
      rest->start = begin->start + 1;
      rest->length--;
      return;
    }

  rocketio_message_get_frame_2 (self, pieces);
  begin->start = (const char *) g_bytes_get_data (pieces[0], &begin->length) + self->header_2;
  begin->length -= self->header_2;
  rest->start = g_bytes_get_data (pieces[1], &rest->length);
}

static GBytes *
begin_packed (RocketIOOpcode  opcode,
              RocketIOSpan    begin,
              GBytes         *rest)
{
  GString *frame = g_string_sized_new (ROCKETIO_FRAME_MAX_HEADER + begin.length + 8);
  guint8 header[ROCKETIO_FRAME_MAX_HEADER];
  gsize header_length;

  rocketio_deflate_store (frame, begin.start, begin.length);
  header_length = rocketio_frame_write_header (header, opcode, frame->len + g_bytes_get_size (rest));
  header[0] |= ROCKETIO_FRAME_COMPRESSED;
  g_string_prepend_len (frame, (const char *) header, header_length);

  return g_string_free_to_bytes (frame);
}

static void
make_packed (RocketIOMessage *self,
             RocketIODeflate *deflate,
             gboolean         is_version_2)
{
  Packed *packed = &self->packed[is_version_2];
  const Packed *other = &self->packed[!is_version_2];
  gboolean is_binary = is_version_2 && self->bytes != NULL;
  RocketIOSpan begin, rest;

  packed->tried = TRUE;
  get_parts (self, is_version_2, &begin, &rest);
  packed->length = rest.length;
  if (begin.length > G_MAXUINT16)
    return;

  if (other->rest != NULL && self->bytes == NULL)
    packed->rest = g_bytes_ref (other->rest);
  else
    packed->rest = rocketio_deflate_pack (deflate, rest.start, rest.length);
  if (packed->rest != NULL)
    packed->begin = begin_packed (is_binary ? ROCKETIO_OPCODE_BINARY : ROCKETIO_OPCODE_TEXT, begin, packed->rest);
}

gboolean
rocketio_message_get_packed (RocketIOMessage *self,
                             RocketIODeflate *deflate,
                             gboolean         is_version_2,
                             guint            window,
                             GBytes          *pieces[2])
{
  Packed *packed = &self->packed[is_version_2];

  if (!packed->tried)
    make_packed (self, deflate, is_version_2);
  if (packed->begin == NULL || !rocketio_deflate_suits (packed->length, window))
    return FALSE;

  pieces[0] = packed->begin;
  pieces[1] = packed->rest;

  return TRUE;
}

void
rocketio_message_write_2 (RocketIOMessage *self,
                          GString         *out)
{
  gsize length = g_bytes_get_size (self->text) - 1;
  const char *rest = (const char *) g_bytes_get_data (self->text, NULL) + 1;
  gsize start;

  write_members (self, out);
  if (self->bytes != NULL)
    g_string_append (out, "\"bin\":true,");

  /* In JSON, ends of lines are only between values: what is blank there is all the same. */
  start = out->len;
  g_string_append_len (out, rest, length);
  g_strdelimit (out->str + start, "\r\n", ' ');
}

void
rocketio_message_write_id (RocketIOMessage *self,
                           GString         *out)
{
  if (self->seq > 0 && !self->is_volatile)
    g_string_append_printf (out, "id: %08x.%" G_GUINT64_FORMAT "\n", self->epoch, self->seq);
}

void
rocketio_messages_write_2 (RocketIOMessage *const *messages,
                           guint                   n_messages,
                           GString                *out)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < n_messages; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      rocketio_message_write_2 (messages[i], out);
    }
  g_string_append_c (out, ']');
}

GBytes *
rocketio_message_get_frame (RocketIOMessage *self)
{
  return self->frame;
}

GBytes *
rocketio_message_get_text (RocketIOMessage *self)
{
  return self->text;
}

gsize
rocketio_message_get_size (RocketIOMessage *self)
{
  return g_bytes_get_size (self->frame) + (self->bytes != NULL ? g_bytes_get_size (self->bytes) : 0);
}
