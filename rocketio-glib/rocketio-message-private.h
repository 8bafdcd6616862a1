/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-json-private.h"

G_BEGIN_DECLS

/* One push, encoded once and shared by everyone who gets it. Immutable but for its number, so it may be made in any
 * thread and handed over. */
typedef struct _RocketIOMessage RocketIOMessage;

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

RocketIOMessage *rocketio_message_ref            (RocketIOMessage  *self);
void             rocketio_message_unref          (RocketIOMessage  *self);

/* The place in the order of all pushes of a server; 0 until it has one. Below 2^53. */
guint64          rocketio_message_get_seq        (RocketIOMessage  *self);
void             rocketio_message_set_seq        (RocketIOMessage  *self,
                                                  guint64           seq);

/* The message as one unmasked RFC 6455 text frame. */
GBytes          *rocketio_message_get_frame      (RocketIOMessage  *self);

/* The envelope `{"type":EVENT,"data":DATA}` alone: the end of the frame. */
GBytes          *rocketio_message_get_text       (RocketIOMessage  *self);

/* What a message costs a log. */
gsize            rocketio_message_get_size       (RocketIOMessage  *self);

/* An envelope that came from a client. */
typedef struct
{
  char         *event;
  RocketIOSpan  data;    /* in the text that was parsed; `start` NULL if absent, which means null */
} RocketIOEnvelope;

/* Reads `{"type":EVENT,"data":DATA}`, ignoring other members. ROCKETIO_ERROR_INVALID_MESSAGE if it is JSON but no
 * envelope: no object, or `type` is no string, or empty, or too long. */
gboolean         rocketio_envelope_parse         (RocketIOEnvelope *self,
                                                  const char       *text,
                                                  gsize             length,
                                                  GError          **error);
void             rocketio_envelope_clear         (RocketIOEnvelope *self);
JsonNode        *rocketio_envelope_parse_data    (RocketIOEnvelope *self);

/* What a Comet client posts: `{"session":ID,"events":[ENVELOPE, ...]}`; `events` may also be an object, whose values
 * count in the order of its keys sorted as strings. */
typedef struct
{
  char   *session;
  GArray *events;    /* of RocketIOSpan, in the text that was parsed */
} RocketIOBatch;

gboolean         rocketio_batch_parse            (RocketIOBatch    *self,
                                                  const char       *text,
                                                  gsize             length,
                                                  GError          **error);
void             rocketio_batch_clear            (RocketIOBatch    *self);

/* Whether an app may push `event`: 1 to 255 bytes of UTF-8, not one of the reserved names. */
gboolean         rocketio_event_check            (const char       *event,
                                                  GError          **error);

/* Whether `event` is the library's own: connect, disconnect, error, start, `*` and everything that starts with `__`. */
gboolean         rocketio_event_is_reserved      (const char       *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOMessage, rocketio_message_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RocketIOEnvelope, rocketio_envelope_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RocketIOBatch, rocketio_batch_clear)

G_END_DECLS
