/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-message-private.h"

#include <string.h>

#include "rocketio-frame-private.h"

#define MAX_EVENT 255    /* bytes */

/* How many levels are around the data of an event: in an envelope, and in a batch of envelopes. */
#define ENVELOPE_WRAPPING 1
#define BATCH_WRAPPING    3

struct _RocketIOMessage
{
  gatomicrefcount ref_count;
  guint64         seq;
  GBytes         *frame;
  GBytes         *text;   /* the end of `frame` */
};

/* The names of events */

static gboolean
check_event_text (const char  *event,
                  GError     **error)
{
  const char *problem = NULL;

  if (event == NULL || *event == '\0')
    problem = "the name of an event is empty: give it 1 to 255 bytes";
  else if (strlen (event) > MAX_EVENT)
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

  g_bytes_unref (self->text);
  g_bytes_unref (self->frame);
  g_free (self);
}

guint64
rocketio_message_get_seq (RocketIOMessage *self)
{
  return self->seq;
}

void
rocketio_message_set_seq (RocketIOMessage *self,
                          guint64          seq)
{
  self->seq = seq;
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
  return g_bytes_get_size (self->frame);
}

/* Envelopes */

static gboolean
fail (GError     **error,
      const char  *problem)
{
  g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_MESSAGE, problem);
  return FALSE;
}

gboolean
rocketio_envelope_parse (RocketIOEnvelope  *self,
                         const char        *text,
                         gsize              length,
                         GError           **error)
{
  RocketIOJsonMember members[] = { { "type" }, { "data" } };
  RocketIOSpan *type = &members[0].value;
  g_autofree char *event = NULL;

  *self = (RocketIOEnvelope) { NULL };
  if (!rocketio_json_scan_wrapped (text, length, ENVELOPE_WRAPPING, members, G_N_ELEMENTS (members), error))
    return FALSE;

  if (type->start == NULL)
    return fail (error, "the message is no object with a \"type\"");
  event = rocketio_json_dup_string (*type);
  if (event == NULL)
    return fail (error, "the \"type\" of the message is not a string");
  if (*event == '\0')
    return fail (error, "the \"type\" of the message is empty");
  if (strlen (event) > MAX_EVENT)
    return fail (error, "the \"type\" of the message is longer than 255 bytes");

  self->event = g_steal_pointer (&event);
  self->data = members[1].value;

  return TRUE;
}

void
rocketio_envelope_clear (RocketIOEnvelope *self)
{
  g_clear_pointer (&self->event, g_free);
  self->data = (RocketIOSpan) { NULL, 0 };
}

JsonNode *
rocketio_envelope_parse_data (RocketIOEnvelope *self)
{
  RocketIOSpan data = self->data;

  if (data.start == NULL)
    data = (RocketIOSpan) { "null", strlen ("null") };

  return rocketio_json_parse (data);
}

gboolean
rocketio_batch_parse (RocketIOBatch  *self,
                      const char     *text,
                      gsize           length,
                      GError        **error)
{
  RocketIOJsonMember members[] = { { "session" }, { "events" } };
  g_autofree char *session = NULL;

  *self = (RocketIOBatch) { NULL };
  if (!rocketio_json_scan_wrapped (text, length, BATCH_WRAPPING, members, G_N_ELEMENTS (members), error))
    return FALSE;

  if (members[0].value.start != NULL)
    session = rocketio_json_dup_string (members[0].value);
  if (session == NULL || *session == '\0')
    return fail (error, "no session");

  if (members[1].value.start != NULL)
    self->events = rocketio_json_split (members[1].value);
  if (self->events == NULL)
    return fail (error, "no events");
  self->session = g_steal_pointer (&session);

  return TRUE;
}

void
rocketio_batch_clear (RocketIOBatch *self)
{
  g_clear_pointer (&self->session, g_free);
  g_clear_pointer (&self->events, g_array_unref);
}
