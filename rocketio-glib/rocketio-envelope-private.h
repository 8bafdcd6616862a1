/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-message-private.h"

G_BEGIN_DECLS

/* An envelope that came from a client. */
typedef struct
{
  char         *event;
  RocketIOSpan  data;    /* in the text that was parsed; `start` NULL if absent, which means null */

  /* Version 2 only. */
  guint64       n;       /* its number; 0: none */
  guint64       id;      /* of a request; 0: it is none */
  GBytes       *bytes;   /* instead of `data`; NULL: none */
} RocketIOEnvelope;

/* Reads `{"type":EVENT,"data":DATA}`, ignoring other members. ROCKETIO_ERROR_INVALID_MESSAGE if it is JSON but no
 * envelope: no object, or `type` is no string, or empty, or too long. */
gboolean         rocketio_envelope_parse         (RocketIOEnvelope *self,
                                                  const char       *text,
                                                  gsize             length,
                                                  GError          **error);

/* The same with the members of version 2; and from a binary message (protocol 2, point 2.6). */
gboolean         rocketio_envelope_parse_2       (RocketIOEnvelope *self,
                                                  const char       *text,
                                                  gsize             length,
                                                  GError          **error);
gboolean         rocketio_envelope_parse_binary  (RocketIOEnvelope *self,
                                                  const guint8     *data,
                                                  gsize             length,
                                                  GError          **error);
void             rocketio_envelope_clear         (RocketIOEnvelope *self);
JsonNode        *rocketio_envelope_parse_data    (RocketIOEnvelope *self);

/* The bytes that a JSON string stands for in base64. */
GBytes          *rocketio_bytes_parse            (RocketIOSpan      value,
                                                  GError          **error);

/* What is left of one that could not be parsed: its `n` and `id`. */
void             rocketio_envelope_salvage       (RocketIOEnvelope *self,
                                                  const char       *text,
                                                  gsize             length);

/* What version 2 has where a message may stand: one, or an array of them, as spans of RocketIOSpan that have still to
 * be parsed. NULL if it is an array that does not end as one. */
GArray          *rocketio_messages_split         (const char       *text,
                                                  gsize             length);

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

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RocketIOEnvelope, rocketio_envelope_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RocketIOBatch, rocketio_batch_clear)

G_END_DECLS
