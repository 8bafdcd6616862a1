/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"
#include "rocketio-frame-private.h"

#include <string.h>

/* The first byte says how large the pieces are that the rest comes in. However it is cut up, the outcome is the same. */

#define MAX_MESSAGE 4096

static void
check_frame (const RocketIOFrame *frame)
{
  g_assert_nonnull (frame->data);
  g_assert_null (frame->problem);
  g_assert_cmpuint (frame->length, <=, MAX_MESSAGE);
  g_assert_true (frame->opcode < ROCKETIO_OPCODE_CLOSE || frame->length <= ROCKETIO_FRAME_MAX_CONTROL);
  g_assert_true (frame->code == ROCKETIO_CLOSE_CODE_NONE || frame->opcode == ROCKETIO_OPCODE_CLOSE);

  /* g_utf8_validate() takes a NUL for the end */
  if (frame->opcode == ROCKETIO_OPCODE_TEXT && memchr (frame->data, 0, frame->length) == NULL)
    g_assert_true (g_utf8_validate ((const char *) frame->data, frame->length, NULL));
}

static void
note (GByteArray          *outcome,
      RocketIOFrameResult  result,
      const RocketIOFrame *frame)
{
  guint32 head[] = { result, frame->code, 0, 0 };

  if (result == ROCKETIO_FRAME_MESSAGE)
    {
      check_frame (frame);
      head[2] = frame->opcode;
      head[3] = frame->length;
    }
  g_byte_array_append (outcome, (const guint8 *) head, sizeof head);
  if (result == ROCKETIO_FRAME_MESSAGE)
    g_byte_array_append (outcome, frame->data, frame->length);
}

/* FALSE: no more is to come. */
static gboolean
feed (RocketIOFrameReader *reader,
      const guint8        *data,
      gsize                length,
      GByteArray          *outcome)
{
  g_autofree guint8 *buffer = g_memdup2 (data, length);
  gsize position = 0;

  while (TRUE)
    {
      RocketIOFrame frame = { 0 };
      gsize consumed = 0;
      RocketIOFrameResult result = rocketio_frame_reader_next (reader, buffer + position, length - position,
                                                               &consumed, &frame);

      g_assert_cmpuint (consumed, <=, length - position);
      position += consumed;
      if (result == ROCKETIO_FRAME_MORE)
        {
          g_assert_cmpuint (position, ==, length);
          return TRUE;
        }

      note (outcome, result, &frame);
      if (result == ROCKETIO_FRAME_ERROR)
        {
          g_assert_nonnull (frame.problem);
          return FALSE;
        }
    }
}

static GByteArray *
read_in_pieces (const guint8 *data,
                gsize         size,
                gsize         piece)
{
  g_autoptr (RocketIOFrameReader) reader = rocketio_frame_reader_new (MAX_MESSAGE);
  GByteArray *outcome = g_byte_array_new ();

  for (gsize i = 0; i < size; i += piece)
    {
      if (!feed (reader, data + i, MIN (piece, size - i), outcome))
        break;
    }

  return outcome;
}

int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  g_autoptr (GByteArray) whole = NULL;
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GByteArray) pieces = NULL;

  if (size < 2)
    return 0;

  whole = read_in_pieces (data + 1, size - 1, size);
  bytes = read_in_pieces (data + 1, size - 1, 1);
  pieces = read_in_pieces (data + 1, size - 1, data[0] + 1);
  g_assert_cmpmem (whole->data, whole->len, bytes->data, bytes->len);
  g_assert_cmpmem (whole->data, whole->len, pieces->data, pieces->len);

  return 0;
}
