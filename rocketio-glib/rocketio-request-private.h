/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-session-private.h"

G_BEGIN_DECLS

/* What a client asked, by a message with an `id`. */
RocketIORequest *rocketio_request_new       (RocketIOSession  *session,
                                             RocketIOEnvelope *envelope);

/* The same for one that wants to come in: `func` is told the answer, in the thread of the server. `code` NULL: yes. */
typedef void (*RocketIORequestFunc) (const char *code, const char *message, gpointer user_data);

RocketIORequest *rocketio_request_new_hello (RocketIOSession     *session,
                                             JsonNode            *auth,
                                             RocketIOHandshake   *handshake,
                                             RocketIORequestFunc  func,
                                             gpointer             user_data,
                                             GDestroyNotify       user_data_free);

/* The same for what has a number only: the protocol's own requests. 0 is a message that is none. */
void             rocketio_session_answer    (RocketIOSession  *session,
                                             guint64           id,
                                             const char       *json,
                                             gsize             length);
void             rocketio_session_answer_no (RocketIOSession  *session,
                                             guint64           id,
                                             const char       *code,
                                             const char       *message);

G_END_DECLS
