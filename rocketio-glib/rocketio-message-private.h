/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-deflate-private.h"
#include "rocketio-json-private.h"

G_BEGIN_DECLS

/* One push, encoded once and shared by everyone who gets it. Immutable but for its number, so it may be made in any
 * thread and handed over. Version 2 of the wire puts more members before those of version 1: the rest is shared. */
typedef struct _RocketIOMessage RocketIOMessage;

/* The largest number that JavaScript has exactly. */
#define ROCKETIO_MAX_NUMBER 9007199254740991

/* The longest name of an event, in bytes. */
#define ROCKETIO_MAX_EVENT 255

/* How many levels are around the data in an envelope. */
#define ROCKETIO_ENVELOPE_WRAPPING 1

/* A binary message, protocol 2, point 2.6: its first byte, and the bytes before its JSON. */
#define ROCKETIO_BINARY_FORM   1
#define ROCKETIO_BINARY_HEADER 5

/* What is sent under `event` with `data` (NULL: null). */
RocketIOMessage *rocketio_message_new            (const char       *event,
                                                  JsonNode         *data,
                                                  GError          **error);

/* The same with a variant; one that is floating is not sunk. */
RocketIOMessage *rocketio_message_new_variant    (const char       *event,
                                                  GVariant         *data,
                                                  GError          **error);

/* The same with `data` as JSON text, checked and passed through as it is. `length` -1: up to its NUL. */
RocketIOMessage *rocketio_message_new_json       (const char       *event,
                                                  const char       *data,
                                                  gssize            length,
                                                  GError          **error);

/* The library's own, with `data` as JSON that is known to be sound. What an app or a client gave may be in the middle
 * of it, so that it is nested deeper than theirs may be. */
RocketIOMessage *rocketio_message_new_checked    (const char       *event,
                                                  const char       *data,
                                                  gsize             length);

RocketIOMessage *rocketio_message_ref            (RocketIOMessage  *self);
void             rocketio_message_unref          (RocketIOMessage  *self);

/* Bytes as the data: to version 1 and where only text can be sent, a string in base64. */
RocketIOMessage *rocketio_message_new_bytes      (const char       *event,
                                                  GBytes           *data,
                                                  GError          **error);

/* A member that only version 2 gets; before the message is sent to anybody. */
void             rocketio_message_add_number     (RocketIOMessage  *self,
                                                  const char       *key,
                                                  guint64           value);
void             rocketio_message_add_string     (RocketIOMessage  *self,
                                                  const char       *key,
                                                  const char       *value);

/* The place in the order of all pushes of a server; 0 until it has one. Below 2^53. `epoch` tells the server's numbers
 * from those of another one, or of the same one before it was restarted. */
guint64          rocketio_message_get_seq        (RocketIOMessage  *self);
void             rocketio_message_set_seq        (RocketIOMessage  *self,
                                                  guint64           seq,
                                                  guint32           epoch);

/* What becomes of a message that cannot be delivered at once; before it is sent to anybody. `expires`: monotonic, in
 * microseconds, 0: never; `key` NULL: none. One that is volatile shows no number. */
void             rocketio_message_set_fate       (RocketIOMessage    *self,
                                                  gboolean            is_volatile,
                                                  gint64              expires,
                                                  const char         *key,
                                                  RocketIOSlowPolicy  policy);

/* Whether any of that was set; and what. */
gboolean           rocketio_message_has_fate     (RocketIOMessage  *self);
gboolean           rocketio_message_is_volatile  (RocketIOMessage  *self);
gint64             rocketio_message_get_expiry   (RocketIOMessage  *self);
const char        *rocketio_message_get_key      (RocketIOMessage  *self);
RocketIOSlowPolicy rocketio_message_get_policy   (RocketIOMessage  *self);

/* What it was made of, and the message that is made of it again; `text` is that of version 1. NULL: it is none. */
GBytes          *rocketio_message_get_bytes      (RocketIOMessage  *self);
const char      *rocketio_message_get_members    (RocketIOMessage  *self);
RocketIOMessage *rocketio_message_restore        (GBytes           *text,
                                                  GBytes           *bytes,
                                                  const char       *members);

/* The same event with the same data, as a message of its own. */
RocketIOMessage *rocketio_message_copy           (RocketIOMessage  *self);
gboolean         rocketio_message_is_null        (RocketIOMessage  *self);

/* Its event, as it stands in JSON. */
char            *rocketio_message_dup_event      (RocketIOMessage  *self);

/* A position: the number of a message together with its epoch, as an opaque text. */
#define ROCKETIO_POSITION_SIZE 32

void             rocketio_position_write         (char              position[ROCKETIO_POSITION_SIZE],
                                                  guint32           epoch,
                                                  guint64           seq);
gboolean         rocketio_position_read          (const char       *position,
                                                  guint32           epoch,
                                                  guint64          *seq);

/* The message as one unmasked RFC 6455 text frame. */
GBytes          *rocketio_message_get_frame      (RocketIOMessage  *self);

/* The envelope `{"type":EVENT,"data":DATA}` alone: the end of the frame. */
GBytes          *rocketio_message_get_text       (RocketIOMessage  *self);

/* The same for version 2, in two pieces. Bytes go in a binary frame. Only in the thread of the server. */
void             rocketio_message_get_frame_2    (RocketIOMessage  *self,
                                                  GBytes           *pieces[2]);

/* Either frame compressed, in two pieces, for a client that can refer back 2^`window` bytes. FALSE: it does not get
 * smaller, or the client cannot refer back that far. Only in the thread of the server. */
gboolean         rocketio_message_get_packed     (RocketIOMessage  *self,
                                                  RocketIODeflate  *deflate,
                                                  gboolean          is_version_2,
                                                  guint             window,
                                                  GBytes           *pieces[2]);

/* And the envelope of version 2, where only text can be sent, in one line; and an array of them. */
void             rocketio_message_write_2        (RocketIOMessage  *self,
                                                  GString          *out);
void             rocketio_messages_write_2       (RocketIOMessage *const *messages,
                                                  guint                   n_messages,
                                                  GString                *out);

/* `id: POSITION` and the end of the line, for a stream of events; nothing if it has no number. */
void             rocketio_message_write_id       (RocketIOMessage  *self,
                                                  GString          *out);

/* What a message costs a log. */
gsize            rocketio_message_get_size       (RocketIOMessage  *self);

/* Whether an app may push `event`: 1 to 255 bytes of UTF-8, not one of the reserved names. */
gboolean         rocketio_event_check            (const char       *event,
                                                  GError          **error);

/* Whether `event` is the library's own: connect, disconnect, error, start, `*` and everything that starts with `__`. */
gboolean         rocketio_event_is_reserved      (const char       *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOMessage, rocketio_message_unref)

G_END_DECLS
