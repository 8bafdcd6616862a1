/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-frame-private.h"

#include <string.h>

/* The first two bytes of a frame, section 5.2 */
#define FIN         0x80
#define RESERVED    0x70
#define OPCODE      0x0f
#define CONTROL     0x08   /* set in the opcodes of control frames */
#define MASKED      0x80
#define LENGTH      0x7f
#define LENGTH_16   126
#define LENGTH_64   127

#define MASK_SIZE   4
#define MAX_HEADER  (ROCKETIO_FRAME_MAX_HEADER + MASK_SIZE)
#define MAX_REASON  (ROCKETIO_FRAME_MAX_CONTROL - 2)

/* What the next byte of a text may be. All zero: the first byte of a character. */
typedef struct
{
  guint8 left;   /* bytes that the character still lacks */
  guint8 low;    /* the range of the next one */
  guint8 high;
} Utf8;

/* Kept small: there is one for every connection. */
struct _RocketIOFrameReader
{
  GByteArray *message;        /* of the data message under way, or just given out */
  GByteArray *control;        /* of the control frame under way, or just given out */
  RocketIODeflate *deflate;   /* NULL: nothing may be compressed */
  guint32     max_message;
  guint32     left;           /* payload of the current frame that has not come yet */
  guint8      header[MAX_HEADER];
  guint8      header_length;  /* how much of it has come; 0 between frames */
  guint8      opcode;         /* of the message under way, CONTINUATION for none */
  guint8      mask_offset;
  Utf8        utf8;
  guint8      in_payload : 1; /* the header is complete */
  guint8      compressed : 1; /* the message under way */
  guint8      done : 1;       /* closed or failed */
};

/* What is left of the caller's bytes. */
typedef struct
{
  guint8 *data;
  gsize   length;
} Input;

/* UTF-8 */

/* Unicode, table 3-7, "Well-Formed UTF-8 Byte Sequences": overlong forms, surrogates and what is above U+10FFFF show in
 * the first byte or in the range of the second. */
static gboolean
utf8_take_first (Utf8   *self,
                 guint8  byte)
{
  if (byte < 0xc2 || byte > 0xf4)
    return FALSE;

  self->left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  self->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
  self->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;

  return TRUE;
}

static gboolean
utf8_take_next (Utf8   *self,
                guint8  byte)
{
  if (byte < self->low || byte > self->high)
    return FALSE;

  self->left--;
  self->low = 0x80;
  self->high = 0xbf;

  return TRUE;
}

static const guint8 *
skip_ascii (const guint8 *data,
            const guint8 *end)
{
  guint64 word;

  while (end - data >= (gssize) sizeof word)
    {
      memcpy (&word, data, sizeof word);
      if ((word & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
        break;
      data += sizeof word;
    }
  while (data < end && *data < 0x80)
    data++;

  return data;
}

/* Goes on where the last call ended; FALSE at the first byte that cannot follow. */
static gboolean
utf8_check (Utf8         *self,
            const guint8 *data,
            gsize         length)
{
  const guint8 *end = data + length;
  Utf8 state = *self;

  while (data < end)
    {
      if (state.left > 0)
        {
          if (!utf8_take_next (&state, *data++))
            return FALSE;
          continue;
        }

      data = skip_ascii (data, end);
      if (data < end && !utf8_take_first (&state, *data++))
        return FALSE;
    }

  *self = state;

  return TRUE;
}

/* Writing */

gsize
rocketio_frame_write_header (guint8         header[ROCKETIO_FRAME_MAX_HEADER],
                             RocketIOOpcode opcode,
                             guint64        payload_length)
{
  guint16 length_16 = GUINT16_TO_BE ((guint16) payload_length);
  guint64 length_64 = GUINT64_TO_BE (payload_length);

  header[0] = FIN | opcode;
  if (payload_length < LENGTH_16)
    {
      header[1] = payload_length;
      return 2;
    }
  if (payload_length <= G_MAXUINT16)
    {
      header[1] = LENGTH_16;
      memcpy (header + 2, &length_16, sizeof length_16);
      return 4;
    }

  header[1] = LENGTH_64;
  memcpy (header + 2, &length_64, sizeof length_64);

  return 10;
}

GBytes *
rocketio_frame_new (RocketIOOpcode opcode,
                    gconstpointer  payload,
                    gsize          length)
{
  guint8 header[ROCKETIO_FRAME_MAX_HEADER];
  gsize header_length = rocketio_frame_write_header (header, opcode, length);
  guint8 *frame;

  g_assert ((opcode & CONTROL) == 0 || length <= ROCKETIO_FRAME_MAX_CONTROL);

  frame = g_malloc (header_length + length);
  memcpy (frame, header, header_length);
  if (length > 0)
    memcpy (frame + header_length, payload, length);

  return g_bytes_new_take (frame, header_length + length);
}

GBytes *
rocketio_frame_new_close (guint       code,
                          const char *reason)
{
  guint8 payload[ROCKETIO_FRAME_MAX_CONTROL];
  gsize length = reason != NULL ? strlen (reason) : 0;

  if (code == ROCKETIO_CLOSE_CODE_NONE)
    return rocketio_frame_new (ROCKETIO_OPCODE_CLOSE, NULL, 0);

  g_assert (rocketio_close_code_is_valid (code));
  g_assert (reason == NULL || g_utf8_validate (reason, -1, NULL));

  if (length > MAX_REASON)
    length = g_utf8_find_prev_char (reason, reason + MAX_REASON + 1) - reason;

  payload[0] = code >> 8;
  payload[1] = code;
  if (length > 0)
    memcpy (payload + 2, reason, length);

  return rocketio_frame_new (ROCKETIO_OPCODE_CLOSE, payload, 2 + length);
}

/* Reading */

void
rocketio_frame_unmask (guint8       *data,
                       gsize         length,
                       const guint8  mask[4],
                       guint         offset)
{
  guint8 turned[8];
  guint64 key, word;

  for (guint i = 0; i < sizeof turned; i++)
    turned[i] = mask[(offset + i) % MASK_SIZE];
  memcpy (&key, turned, sizeof key);

  for (; length >= sizeof word; length -= sizeof word, data += sizeof word)
    {
      memcpy (&word, data, sizeof word);
      word ^= key;
      memcpy (data, &word, sizeof word);
    }
  for (gsize i = 0; i < length; i++)
    data[i] ^= turned[i];
}

/* Section 7.4, and IANA's registry of close codes, which has added 1012 to 1014. 1004 is reserved; 1005, 1006 and 1015
 * stand for what was not on the wire. */
gboolean
rocketio_close_code_is_valid (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

RocketIOFrameReader *
rocketio_frame_reader_new (gsize max_message)
{
  RocketIOFrameReader *self = g_new0 (RocketIOFrameReader, 1);

  self->max_message = MIN (max_message, G_MAXINT32);   /* what a GByteArray holds */

  return self;
}

void
rocketio_frame_reader_free (RocketIOFrameReader *self)
{
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_pointer (&self->control, g_byte_array_unref);
  g_clear_pointer (&self->deflate, rocketio_deflate_unref);
  g_free (self);
}

void
rocketio_frame_reader_set_deflate (RocketIOFrameReader *self,
                                   RocketIODeflate     *deflate)
{
  g_return_if_fail (self->deflate == NULL);

  self->deflate = rocketio_deflate_ref (deflate);
}

gboolean
rocketio_frame_reader_is_amid (RocketIOFrameReader *self)
{
  return !self->done && (self->header_length > 0 || self->opcode != ROCKETIO_OPCODE_CONTINUATION);
}

static gboolean
fail (RocketIOFrameReader *self,
      RocketIOFrame       *frame,
      guint                code,
      const char          *problem)
{
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_pointer (&self->control, g_byte_array_unref);
  self->done = TRUE;
  *frame = (RocketIOFrame) { .code = code, .problem = problem };

  return FALSE;
}

static gboolean
fail_protocol (RocketIOFrameReader *self,
               RocketIOFrame       *frame,
               const char          *problem)
{
  return fail (self, frame, ROCKETIO_CLOSE_CODE_PROTOCOL_ERROR, problem);
}

/* Of the frame that is being read. */
static RocketIOOpcode
frame_opcode (RocketIOFrameReader *self)
{
  return self->header[0] & OPCODE;
}

/* RFC 7692, section 6: RSV1 is in the first frame of a compressed message, and in no other one. */
static gboolean
check_reserved (RocketIOFrameReader *self,
                RocketIOFrame       *frame)
{
  RocketIOOpcode opcode = frame_opcode (self);
  guint reserved = self->header[0] & RESERVED;

  if (reserved == 0)
    return TRUE;
  if (reserved != ROCKETIO_FRAME_COMPRESSED || self->deflate == NULL)
    return fail_protocol (self, frame, "RFC 6455, 5.2: a reserved bit is set");
  if (opcode != ROCKETIO_OPCODE_TEXT && opcode != ROCKETIO_OPCODE_BINARY)
    return fail_protocol (self, frame, "RFC 7692, 6: only the first frame of a message may be marked as compressed");

  return TRUE;
}

static gboolean
check_first_byte (RocketIOFrameReader *self,
                  RocketIOFrame       *frame)
{
  RocketIOOpcode opcode = frame_opcode (self);
  gboolean is_control = (opcode & CONTROL) != 0;
  gboolean in_message = self->opcode != ROCKETIO_OPCODE_CONTINUATION;

  if (!check_reserved (self, frame))
    return FALSE;
  if (opcode > ROCKETIO_OPCODE_PONG || (opcode > ROCKETIO_OPCODE_BINARY && !is_control))
    return fail_protocol (self, frame, "RFC 6455, 5.2: the opcode is reserved");
  if (is_control && (self->header[0] & FIN) == 0)
    return fail_protocol (self, frame, "RFC 6455, 5.5: a control frame is fragmented");
  if (opcode == ROCKETIO_OPCODE_CONTINUATION && !in_message)
    return fail_protocol (self, frame, "RFC 6455, 5.4: there is no message to continue");
  if (opcode != ROCKETIO_OPCODE_CONTINUATION && !is_control && in_message)
    return fail_protocol (self, frame, "RFC 6455, 5.4: a message starts inside another one");

  return TRUE;
}

static gboolean
check_second_byte (RocketIOFrameReader *self,
                   RocketIOFrame       *frame)
{
  guint length = self->header[1] & LENGTH;

  if ((self->header[1] & MASKED) == 0)
    return fail_protocol (self, frame, "RFC 6455, 5.1: a frame of a client is not masked");
  if ((frame_opcode (self) & CONTROL) != 0 && length > ROCKETIO_FRAME_MAX_CONTROL)
    return fail_protocol (self, frame, "RFC 6455, 5.5: a control frame is too long");
  if (frame_opcode (self) == ROCKETIO_OPCODE_CLOSE && length == 1)
    return fail_protocol (self, frame, "RFC 6455, 5.5.1: half a close code");

  return TRUE;
}

static guint
header_length_without_mask (RocketIOFrameReader *self)
{
  guint length = self->header[1] & LENGTH;

  return length == LENGTH_64 ? 10 : length == LENGTH_16 ? 4 : 2;
}

static guint64
payload_length (RocketIOFrameReader *self)
{
  guint end = header_length_without_mask (self);
  guint64 length = 0;

  if (end == 2)
    return self->header[1] & LENGTH;

  for (guint i = 2; i < end; i++)
    length = (length << 8) | self->header[i];

  return length;
}

/* Of the message, as it comes. What does not get smaller by compression may get a little larger. */
static guint32
max_collected (RocketIOFrameReader *self)
{
  gboolean is_start = frame_opcode (self) != ROCKETIO_OPCODE_CONTINUATION;
  gboolean is_compressed = is_start ? (self->header[0] & ROCKETIO_FRAME_COMPRESSED) != 0 : self->compressed;
  gsize margin = is_compressed ? self->max_message / 8 + 16 : 0;

  return MIN (self->max_message + margin, G_MAXINT32);
}

static gboolean
check_length (RocketIOFrameReader *self,
              RocketIOFrame       *frame)
{
  guint64 length = payload_length (self);
  guint32 collected = self->message != NULL ? self->message->len : 0;
  guint form = self->header[1] & LENGTH;

  if (length >> 63 != 0)
    return fail_protocol (self, frame, "RFC 6455, 5.2: the highest bit of the length is set");
  if ((form == LENGTH_16 && length < LENGTH_16) || (form == LENGTH_64 && length <= G_MAXUINT16))
    return fail_protocol (self, frame, "RFC 6455, 5.2: the length is not in its shortest form");
  if ((frame_opcode (self) & CONTROL) == 0 && length > max_collected (self) - collected)
    return fail (self, frame, ROCKETIO_CLOSE_CODE_TOO_LARGE, "RFC 6455, 10.4: the message is too large");

  return TRUE;
}

/* Completes the header up to `length` bytes, as far as the input goes. */
static gboolean
fill_header (RocketIOFrameReader *self,
             Input               *input,
             guint                length)
{
  while (self->header_length < length && input->length > 0)
    {
      self->header[self->header_length++] = *input->data++;
      input->length--;
    }

  return self->header_length >= length;
}

static void
begin_payload (RocketIOFrameReader *self)
{
  RocketIOOpcode opcode = frame_opcode (self);

  self->in_payload = TRUE;
  self->left = payload_length (self);
  self->mask_offset = 0;
  if (opcode == ROCKETIO_OPCODE_TEXT || opcode == ROCKETIO_OPCODE_BINARY)
    {
      self->opcode = opcode;
      self->compressed = (self->header[0] & ROCKETIO_FRAME_COMPRESSED) != 0;
    }
}

/* Checks each byte as soon as it is there, so that the outcome is the same however the bytes are split. */
static gboolean
read_header (RocketIOFrameReader *self,
             Input               *input,
             RocketIOFrame       *frame)
{
  guint end;

  if (fill_header (self, input, 1) && !check_first_byte (self, frame))
    return FALSE;
  if (fill_header (self, input, 2) && !check_second_byte (self, frame))
    return FALSE;
  if (self->header_length < 2)
    return TRUE;

  end = header_length_without_mask (self);
  if (fill_header (self, input, end) && !check_length (self, frame))
    return FALSE;
  if (fill_header (self, input, end + MASK_SIZE))
    begin_payload (self);

  return TRUE;
}

static void
collect (GByteArray   **array,
         const guint8  *data,
         gsize          length)
{
  if (length == 0)
    return;

  /* Grows with what comes, not with what was announced: a header alone must cost nothing. */
  if (*array == NULL)
    *array = g_byte_array_new ();
  g_byte_array_append (*array, data, length);
}

/* `data` is the end of what `array` has the start of. Only what came in pieces is copied. */
static void
give_out (RocketIOFrame  *frame,
          RocketIOOpcode  opcode,
          GByteArray    **array,
          const guint8   *data,
          gsize           length)
{
  if (*array != NULL)
    {
      collect (array, data, length);
      data = (*array)->data;
      length = (*array)->len;
    }

  *frame = (RocketIOFrame) { .opcode = opcode, .data = data, .length = length };
}

static gboolean
finish_close (RocketIOFrameReader *self,
              RocketIOFrame       *frame)
{
  Utf8 utf8 = { 0 };

  self->done = TRUE;
  g_clear_pointer (&self->message, g_byte_array_unref);
  if (frame->length == 0)
    return TRUE;

  frame->code = (frame->data[0] << 8) | frame->data[1];
  frame->data += 2;
  frame->length -= 2;
  if (!rocketio_close_code_is_valid (frame->code))
    return fail_protocol (self, frame, "RFC 6455, 7.4: the close code may not be sent");
  if (!utf8_check (&utf8, frame->data, frame->length) || utf8.left > 0)
    return fail (self, frame, ROCKETIO_CLOSE_CODE_BAD_DATA, "RFC 6455, 8.1: the reason of a close is not UTF-8");

  return TRUE;
}

static gboolean
take_control (RocketIOFrameReader *self,
              const guint8        *data,
              gsize                length,
              RocketIOFrame       *frame)
{
  if (self->left > 0)
    {
      collect (&self->control, data, length);
      return TRUE;
    }

  give_out (frame, frame_opcode (self), &self->control, data, length);

  return frame->opcode != ROCKETIO_OPCODE_CLOSE || finish_close (self, frame);
}

static gboolean
check_text (RocketIOFrameReader *self,
            const guint8        *data,
            gsize                length,
            gboolean             is_end,
            RocketIOFrame       *frame)
{
  if (self->opcode != ROCKETIO_OPCODE_TEXT)
    return TRUE;
  if (!utf8_check (&self->utf8, data, length) || (is_end && self->utf8.left > 0))
    return fail (self, frame, ROCKETIO_CLOSE_CODE_BAD_DATA, "RFC 6455, 8.1: a text message is not UTF-8");

  return TRUE;
}

/* Makes the message that is given out the one that was compressed. */
static gboolean
unpack (RocketIOFrameReader *self,
        RocketIOFrame       *frame)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  RocketIODeflateResult result = rocketio_deflate_unpack (self->deflate, frame->data, frame->length,
                                                          self->max_message, payload);

  if (result == ROCKETIO_DEFLATE_TOO_LARGE)
    return fail (self, frame, ROCKETIO_CLOSE_CODE_TOO_LARGE, "RFC 6455, 10.4: the message is too large");
  if (result == ROCKETIO_DEFLATE_BROKEN)
    return fail (self, frame, ROCKETIO_CLOSE_CODE_BAD_DATA, "RFC 7692, 7.2.2: a compressed message is no DEFLATE");
  if (!check_text (self, payload->data, payload->len, TRUE, frame))
    return FALSE;

  g_clear_pointer (&self->message, g_byte_array_unref);
  self->message = g_steal_pointer (&payload);
  frame->data = self->message->len > 0 ? self->message->data : (const guint8 *) "";
  frame->length = self->message->len;

  return TRUE;
}

static gboolean
take_data (RocketIOFrameReader *self,
           const guint8        *data,
           gsize                length,
           RocketIOFrame       *frame)
{
  gboolean is_end = self->left == 0 && (self->header[0] & FIN) != 0;

  if (!self->compressed && !check_text (self, data, length, is_end, frame))
    return FALSE;

  if (!is_end)
    {
      collect (&self->message, data, length);
      return TRUE;
    }

  give_out (frame, self->opcode, &self->message, data, length);
  if (self->compressed && !unpack (self, frame))
    return FALSE;
  self->opcode = ROCKETIO_OPCODE_CONTINUATION;

  return TRUE;
}

static gboolean
read_payload (RocketIOFrameReader *self,
              Input               *input,
              RocketIOFrame       *frame)
{
  guint8 *data = input->data;
  gsize length = MIN (input->length, self->left);

  rocketio_frame_unmask (data, length, self->header + self->header_length - MASK_SIZE, self->mask_offset);
  input->data += length;
  input->length -= length;
  self->left -= length;
  self->mask_offset = (self->mask_offset + length) % MASK_SIZE;
  if (self->left == 0)
    {
      self->in_payload = FALSE;
      self->header_length = 0;
    }

  if ((frame_opcode (self) & CONTROL) != 0)
    return take_control (self, data, length, frame);

  return take_data (self, data, length, frame);
}

/* Frees what was given out by the call before. */
static void
release (RocketIOFrameReader *self)
{
  if (self->opcode == ROCKETIO_OPCODE_CONTINUATION)
    g_clear_pointer (&self->message, g_byte_array_unref);
  if (!self->in_payload)
    g_clear_pointer (&self->control, g_byte_array_unref);
}

RocketIOFrameResult
rocketio_frame_reader_next (RocketIOFrameReader *self,
                            guint8              *data,
                            gsize                length,
                            gsize               *consumed,
                            RocketIOFrame       *frame)
{
  Input input = { data, length };
  gboolean ok = TRUE;

  release (self);
  *frame = (RocketIOFrame) { 0 };
  *consumed = length;

  /* Nothing counts after a Close or an error, sections 1.4 and 7.1.7. */
  while (ok && !self->done && frame->opcode == 0 && input.length > 0)
    {
      if (!self->in_payload)
        ok = read_header (self, &input, frame);
      if (ok && self->in_payload)
        ok = read_payload (self, &input, frame);
    }

  if (!ok)
    return ROCKETIO_FRAME_ERROR;
  if (frame->opcode == 0)
    return ROCKETIO_FRAME_MORE;

  *consumed = length - input.length;

  return ROCKETIO_FRAME_MESSAGE;
}
