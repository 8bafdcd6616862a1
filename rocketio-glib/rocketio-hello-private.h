/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-handshake-private.h"
#include "rocketio-message-private.h"

G_BEGIN_DECLS

/* How a client of version 2 begins (protocol 2, point 3.1). */
typedef struct
{
  JsonNode   *node;        /* that the rest is from */
  const char *id;          /* of the session to be resumed; NULL: none */
  const char *token;
  const char *position;
  guint64     attempt;     /* how many hellos of it came before, in whatever steps; 0: it does not count them */
  JsonArray  *channels;    /* to be joined; NULL: none */
  JsonNode   *auth;        /* NULL: none */
  const char *client;

  RocketIOHandshake *handshake;    /* that it came by; from whoever let it be parsed */
} RocketIOHello;

/* Reads one message. FALSE: it is something else. */
gboolean rocketio_hello_parse   (RocketIOHello *self,
                                 RocketIOSpan   message);
void     rocketio_hello_clear   (RocketIOHello *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RocketIOHello, rocketio_hello_clear)

G_END_DECLS
