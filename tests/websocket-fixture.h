/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "rocketio-frame-private.h"
#include "rocketio-websocket-transport-private.h"

/* A WebSocket transport, and a peer that sends it frames and takes apart what comes. */

#define MAX_MESSAGE 1000
#define GOODBYE     "{\"type\":\"__close\"}"
#define HEARTBEAT   100    /* milliseconds, for those of version 2 that look at the time */
#define TIMEOUT     150

#define FIN     0x80
#define RSV1    0x40
#define CONT    ROCKETIO_OPCODE_CONTINUATION
#define TEXT    ROCKETIO_OPCODE_TEXT
#define BINARY  ROCKETIO_OPCODE_BINARY
#define CLOSE   ROCKETIO_OPCODE_CLOSE
#define PING    ROCKETIO_OPCODE_PING
#define PONG    ROCKETIO_OPCODE_PONG

typedef struct
{
  GMainContext       *context;
  RocketIOReactor    *reactor;
  RocketIOConnection *connection;   /* as it is before the transport is made */
  RocketIOTransport  *transport;
  int                 peer;         /* -1: closed */
  gsize               room;
  GString            *received;     /* " TEXT" each; of version 2 also " binary:TEXT" */
  GString            *out;          /* what the peer got: " text:TEXT", " pong:TEXT", " close:CODE:TEXT", " end",
                                     * " binary:LENGTH"; after "packed " if it was compressed */
  GByteArray         *bytes;        /* of the peer, not looked at yet */
  RocketIODeflate    *deflate;      /* NULL: not agreed on */
  guint               n_writable;
  guint               n_idle;
  gint64              heard;        /* when the peer sent something for the last time */
  int                 reason;       /* of the end; -1: none */
  gboolean            close;        /* at the next message */
  gboolean            drop;
} Test;

/* For g_test_add(). `data` not NULL: there is little room for what the peer does not read. */
void        setup           (Test          *test,
                             gconstpointer  data);
void        setup_started   (Test          *test,
                             gconstpointer  data);
void        setup_started_2 (Test          *test,
                             gconstpointer  data);
void        setup_quick_2   (Test          *test,
                             gconstpointer  data);
void        teardown        (Test          *test,
                             gconstpointer  data);

/* Version 1 and version 2. */
void        start           (Test          *test);
void        start_2         (Test          *test,
                             guint          heartbeat,
                             guint          timeout);

/* What the peer sends. */
GByteArray *make_frame      (guint8         first,
                             const void    *payload,
                             gsize          length);
void        send_frame      (Test          *test,
                             guint8         first,
                             const char    *payload);
void        send_close      (Test          *test,
                             guint          code,
                             const char    *reason);

/* That the peer gets just this. */
void        assert_out      (Test          *test,
                             const char    *out);
void        assert_received (Test          *test,
                             const char    *texts);
