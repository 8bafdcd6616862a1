/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-deflate-private.h"

G_BEGIN_DECLS

/* RFC 6455 frames <-> bytes, from the server's side of the wire: what is read is masked, what is written is not. Pure:
 * no I/O, no GObject, no callbacks. */

typedef enum
{
  ROCKETIO_OPCODE_CONTINUATION = 0x0,
  ROCKETIO_OPCODE_TEXT         = 0x1,
  ROCKETIO_OPCODE_BINARY       = 0x2,
  ROCKETIO_OPCODE_CLOSE        = 0x8,
  ROCKETIO_OPCODE_PING         = 0x9,
  ROCKETIO_OPCODE_PONG         = 0xa,
} RocketIOOpcode;

/* RFC 6455, section 7.4.1 */
typedef enum
{
  ROCKETIO_CLOSE_CODE_NONE           = 0,      /* never on the wire: no code was given */
  ROCKETIO_CLOSE_CODE_NORMAL         = 1000,
  ROCKETIO_CLOSE_CODE_GOING_AWAY     = 1001,
  ROCKETIO_CLOSE_CODE_PROTOCOL_ERROR = 1002,
  ROCKETIO_CLOSE_CODE_UNSUPPORTED    = 1003,
  ROCKETIO_CLOSE_CODE_BAD_DATA       = 1007,
  ROCKETIO_CLOSE_CODE_POLICY         = 1008,
  ROCKETIO_CLOSE_CODE_TOO_LARGE      = 1009,
  ROCKETIO_CLOSE_CODE_INTERNAL       = 1011,
} RocketIOCloseCode;

#define ROCKETIO_FRAME_MAX_HEADER  10    /* of a frame without a mask */
#define ROCKETIO_FRAME_MAX_CONTROL 125   /* payload of a control frame, section 5.5 */
#define ROCKETIO_FRAME_COMPRESSED  0x40  /* RSV1, in the first byte of a frame: RFC 7692, section 6 */

/* Writes the header of a whole (FIN), unmasked frame; returns its length. */
gsize   rocketio_frame_write_header (guint8          header[ROCKETIO_FRAME_MAX_HEADER],
                                     RocketIOOpcode  opcode,
                                     guint64         payload_length);

/* A whole, unmasked frame. A control payload longer than ROCKETIO_FRAME_MAX_CONTROL is a programming error. */
GBytes *rocketio_frame_new          (RocketIOOpcode  opcode,
                                     gconstpointer   payload,
                                     gsize           length);

/* A close frame with `code` and `reason` (NULL: none). The reason is cut at a character's end where it is too long.
 * With ROCKETIO_CLOSE_CODE_NONE the frame is empty. */
GBytes *rocketio_frame_new_close    (guint           code,
                                     const char     *reason);

/* XORs `data` with `mask`, of which the first byte used is `mask[offset % 4]`. Eight bytes at a time. */
void    rocketio_frame_unmask       (guint8         *data,
                                     gsize           length,
                                     const guint8    mask[4],
                                     guint           offset);

/* Whether a peer may send this close code, section 7.4. */
gboolean rocketio_close_code_is_valid (guint code);

/* Takes bytes as they come and gives messages and control frames one at a time. It costs next to nothing while no
 * message is under way: what it collects in is freed once that is given out. */
typedef struct _RocketIOFrameReader RocketIOFrameReader;

typedef enum
{
  ROCKETIO_FRAME_MORE,      /* all input was taken; nothing is complete yet */
  ROCKETIO_FRAME_MESSAGE,   /* a whole message (text or binary, put together from its fragments), or a control frame */
  ROCKETIO_FRAME_ERROR,     /* the peer broke the protocol: close with `code` */
} RocketIOFrameResult;

typedef struct
{
  RocketIOOpcode  opcode;   /* never CONTINUATION */
  const guint8   *data;     /* unmasked; in the caller's buffer or in the reader, valid until the next call. Of a CLOSE
                             * frame only the reason, after the code. Never NULL but with an error. */
  gsize           length;
  guint           code;     /* of a CLOSE frame (NONE if it had none), or why there is an error */
  const char     *problem;  /* of an error: a static text with the section of the RFC that was broken */
} RocketIOFrame;

/* `max_message` bounds a message put together from all its fragments; what is above G_MAXINT32 counts as that. */
RocketIOFrameReader *rocketio_frame_reader_new    (gsize                max_message);
void                 rocketio_frame_reader_free   (RocketIOFrameReader *self);

/* From now on messages may be compressed (RFC 7692): they are given out as they were before, and are bounded like the
 * others. */
void                 rocketio_frame_reader_set_deflate (RocketIOFrameReader *self,
                                                        RocketIODeflate     *deflate);

/* Reads from `data`, which it unmasks in place, up to the end of the first complete message or control frame.
 * `consumed` is how many bytes were taken. Call again with the rest until it says MORE, even if nothing is left: only
 * then is the memory of the last message free. Text is checked for UTF-8 as it comes, over fragments and within a frame
 * that is still incomplete (fail-fast), and close reasons too. After a CLOSE or an error everything is thrown away
 * (sections 1.4 and 7.1.7), and the answer is always MORE. */
RocketIOFrameResult  rocketio_frame_reader_next   (RocketIOFrameReader *self,
                                                   guint8              *data,
                                                   gsize                length,
                                                   gsize               *consumed,
                                                   RocketIOFrame       *frame);

/* Whether a message or a frame has begun that is not complete. */
gboolean             rocketio_frame_reader_is_amid (RocketIOFrameReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOFrameReader, rocketio_frame_reader_free)

G_END_DECLS
