/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-envelope-private.h"

#include <string.h>

#include "rocketio-loose-private.h"

/* How many levels are around the data of an event in a batch of envelopes. */
#define BATCH_WRAPPING 3

static gboolean
fail (GError     **error,
      const char  *problem)
{
  g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_MESSAGE, problem);
  return FALSE;
}

static gboolean
set_event (RocketIOEnvelope  *self,
           RocketIOSpan       type,
           GError           **error)
{
  g_autofree char *event = NULL;

  if (type.start == NULL)
    return fail (error, "the message is no object with a \"type\"");
  event = rocketio_json_dup_string (type);
  if (event == NULL)
    return fail (error, "the \"type\" of the message is not a string");
  if (*event == '\0')
    return fail (error, "the \"type\" of the message is empty");
  if (strlen (event) > ROCKETIO_MAX_EVENT)
    return fail (error, "the \"type\" of the message is longer than 255 bytes");

  self->event = g_steal_pointer (&event);

  return TRUE;
}

gboolean
rocketio_envelope_parse (RocketIOEnvelope  *self,
                         const char        *text,
                         gsize              length,
                         GError           **error)
{
  RocketIOJsonMember members[] = { { "type" }, { "data" } };

  *self = (RocketIOEnvelope) { NULL };
  if (!rocketio_json_scan_wrapped (text, length, ROCKETIO_ENVELOPE_WRAPPING, members, G_N_ELEMENTS (members), error))
    return FALSE;

  if (!set_event (self, members[0].value, error))
    return FALSE;

  self->data = members[1].value;

  return TRUE;
}

/* An integer from 1 to 2^53 - 1; one that is missing is 0. */
static gboolean
set_number (guint64      *number,
            RocketIOSpan  value,
            GError      **error)
{
  char digits[17] = { '\0' };

  *number = 0;
  if (value.start == NULL)
    return TRUE;

  /* Not g_strlcpy(), which goes on to a NUL, and there is none. */
  memcpy (digits, value.start, MIN (sizeof digits - 1, value.length));
  if (value.length < sizeof digits && g_ascii_string_to_unsigned (digits, 10, 1, ROCKETIO_MAX_NUMBER, number, NULL))
    return TRUE;

  return fail (error, "the \"n\" or \"id\" of the message is no integer from 1 to 2^53 - 1");
}

GBytes *
rocketio_bytes_parse (RocketIOSpan   value,
                      GError       **error)
{
  g_autofree char *base64 = value.start != NULL ? rocketio_json_dup_string (value) : NULL;
  g_autofree char *again = NULL;
  g_autofree guchar *bytes = NULL;
  gsize length;

  if (base64 == NULL)
    {
      fail (error, "the \"data\" of a message with \"bin\" is not a string");
      return NULL;
    }

  /* Only what encodes to the same text: whoever sends anything else has lost bytes already. */
  bytes = g_base64_decode (base64, &length);
  again = g_base64_encode (bytes, length);
  if (!g_str_equal (base64, again))
    {
      fail (error, "the \"data\" of a message with \"bin\" is not base64");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

static gboolean
set_bytes (RocketIOEnvelope  *self,
           GError           **error)
{
  self->bytes = rocketio_bytes_parse (self->data, error);

  return self->bytes != NULL;
}

gboolean
rocketio_envelope_parse_2 (RocketIOEnvelope  *self,
                           const char        *text,
                           gsize              length,
                           GError           **error)
{
  RocketIOJsonMember members[] = { { "type" }, { "data" }, { "n" }, { "id" }, { "bin" } };
  RocketIOSpan *bin = &members[4].value;

  *self = (RocketIOEnvelope) { NULL };
  if (!rocketio_json_scan_wrapped (text, length, ROCKETIO_ENVELOPE_WRAPPING, members, G_N_ELEMENTS (members), error))
    return FALSE;

  self->data = members[1].value;

  return set_event (self, members[0].value, error) &&
         set_number (&self->n, members[2].value, error) &&
         set_number (&self->id, members[3].value, error) &&
         (bin->length != strlen ("true") || *bin->start != 't' || set_bytes (self, error));
}

void
rocketio_envelope_salvage (RocketIOEnvelope *self,
                           const char       *text,
                           gsize             length)
{
  RocketIOJsonMember members[] = { { "n" }, { "id" } };

  rocketio_envelope_clear (self);
  *self = (RocketIOEnvelope) { NULL };
  if (!rocketio_loose_members ((RocketIOSpan) { text, length }, members, G_N_ELEMENTS (members)))
    return;

  self->n = rocketio_loose_get_number (members[0].value);
  self->id = rocketio_loose_get_number (members[1].value);
}

gboolean
rocketio_envelope_parse_binary (RocketIOEnvelope  *self,
                                const guint8      *data,
                                gsize              length,
                                GError           **error)
{
  guint32 text_length = 0;

  *self = (RocketIOEnvelope) { NULL };
  if (length >= ROCKETIO_BINARY_HEADER && data[0] == ROCKETIO_BINARY_FORM)
    {
      memcpy (&text_length, data + 1, sizeof text_length);
      text_length = GUINT32_FROM_BE (text_length);
    }
  if (text_length == 0 || text_length > length - ROCKETIO_BINARY_HEADER)
    return fail (error, "the binary message does not begin with 1 and the length of its JSON");

  data += ROCKETIO_BINARY_HEADER;
  length -= ROCKETIO_BINARY_HEADER;
  if (!rocketio_envelope_parse_2 (self, (const char *) data, text_length, error))
    return FALSE;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = g_bytes_new (data + text_length, length - text_length);

  return TRUE;
}

void
rocketio_envelope_clear (RocketIOEnvelope *self)
{
  g_clear_pointer (&self->event, g_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
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

GArray *
rocketio_messages_split (const char *text,
                         gsize       length)
{
  RocketIOSpan whole = { text, length };
  const char *start = text;
  GArray *messages;

  while (start < text + length && *start != '\0' && strchr (" \t\r\n", *start) != NULL)
    start++;
  if (start < text + length && *start == '[')
    return rocketio_loose_split (whole);

  messages = g_array_sized_new (FALSE, FALSE, sizeof whole, 1);
  g_array_append_val (messages, whole);

  return messages;
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
