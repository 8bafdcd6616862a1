/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"
#include "rocketio-envelope-private.h"

#include <string.h>

/* Envelopes of both versions, as text and as bytes, alone, in arrays and in what Comet posts. What could be parsed, and
 * is pushed again, arrives as the same. */

static void
assert_within (RocketIOSpan  span,
               const char   *text,
               gsize         length)
{
  g_assert_true (span.start == NULL || (span.start >= text && span.start + span.length <= text + length));
}

static void
check_envelope (RocketIOEnvelope *envelope)
{
  g_autoptr (JsonNode) node = NULL;

  g_assert_nonnull (envelope->event);
  g_assert_cmpuint (strlen (envelope->event), >, 0);
  g_assert_cmpuint (strlen (envelope->event), <=, 255);
  g_assert_true (g_utf8_validate (envelope->event, -1, NULL));
  g_assert_cmpuint (envelope->n, <=, ROCKETIO_MAX_NUMBER);
  g_assert_cmpuint (envelope->id, <=, ROCKETIO_MAX_NUMBER);
  if (envelope->bytes == NULL)
    node = rocketio_envelope_parse_data (envelope);
}

static void
assert_same (RocketIOEnvelope *a,
             RocketIOEnvelope *b)
{
  g_autoptr (JsonNode) data_a = rocketio_envelope_parse_data (a);
  g_autoptr (JsonNode) data_b = rocketio_envelope_parse_data (b);

  g_assert_cmpstr (a->event, ==, b->event);
  g_assert_true (json_node_equal (data_a, data_b));
}

static void
push_again (RocketIOEnvelope *envelope)
{
  g_autoptr (RocketIOMessage) message = NULL;
  g_autoptr (GString) text_2 = g_string_new (NULL);
  g_auto (RocketIOEnvelope) back = { NULL };
  g_auto (RocketIOEnvelope) back_2 = { NULL };
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data;

  if (envelope->data.start == NULL || rocketio_event_is_reserved (envelope->event))
    return;

  message = rocketio_message_new_json (envelope->event, envelope->data.start, envelope->data.length, &error);
  g_assert_no_error (error);
  rocketio_message_set_seq (message, 1, 1);

  data = g_bytes_get_data (rocketio_message_get_text (message), &length);
  g_assert_true (rocketio_envelope_parse (&back, data, length, &error));
  assert_same (envelope, &back);

  rocketio_message_write_2 (message, text_2);
  g_assert_null (strchr (text_2->str, '\n'));
  g_assert_true (rocketio_envelope_parse_2 (&back_2, text_2->str, text_2->len, &error));
  assert_same (envelope, &back_2);
}

static void
try_version_1 (const char *text,
               gsize       length)
{
  g_auto (RocketIOEnvelope) envelope = { NULL };

  if (!rocketio_envelope_parse (&envelope, text, length, NULL))
    return;

  check_envelope (&envelope);
  assert_within (envelope.data, text, length);
  push_again (&envelope);
}

static void
try_version_2 (const char *text,
               gsize       length)
{
  g_auto (RocketIOEnvelope) envelope = { NULL };

  if (!rocketio_envelope_parse_2 (&envelope, text, length, NULL))
    {
      g_auto (RocketIOEnvelope) rest = { NULL };

      rocketio_envelope_salvage (&rest, text, length);
      g_assert_cmpuint (rest.n, <=, ROCKETIO_MAX_NUMBER);
      g_assert_cmpuint (rest.id, <=, ROCKETIO_MAX_NUMBER);
      return;
    }

  check_envelope (&envelope);
  assert_within (envelope.data, text, length);
}

static void
try_binary (const guint8 *data,
            gsize         size)
{
  g_auto (RocketIOEnvelope) envelope = { NULL };

  if (!rocketio_envelope_parse_binary (&envelope, data, size, NULL))
    return;

  check_envelope (&envelope);
  g_assert_nonnull (envelope.bytes);
  g_assert_cmpuint (g_bytes_get_size (envelope.bytes), <=, size);
}

static void
try_spans (GArray     *spans,
           const char *text,
           gsize       length)
{
  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      RocketIOSpan span = g_array_index (spans, RocketIOSpan, i);

      assert_within (span, text, length);
      try_version_2 (span.start, span.length);
    }
}

static void
try_batch (const char *text,
           gsize       length)
{
  g_auto (RocketIOBatch) batch = { NULL };

  if (!rocketio_batch_parse (&batch, text, length, NULL))
    return;

  g_assert_nonnull (batch.session);
  try_spans (batch.events, text, length);
}

int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  const char *text = (const char *) data;
  g_autoptr (GArray) messages = NULL;

  try_version_1 (text, size);
  try_version_2 (text, size);
  try_binary (data, size);
  try_batch (text, size);

  messages = rocketio_messages_split (text, size);
  try_spans (messages, text, size);

  return 0;
}
