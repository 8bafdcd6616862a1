/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "server-fixture.h"

/* A client of version 2, made of raw peers. */
typedef struct
{
  Peer *peer;
  char *id;
  char *token;
  char *pos;        /* the last that it was told */
  char *ticket;     /* of a hello by POST */
  char *welcome;    /* the whole of it */
} Client;

void   client_clear          (Client         *self);

/* A server whose book has `detached` and `resumed recovered` or `resumed anew` as well. */
void   client_fixture_set_up (Fixture        *fixture,
                              gconstpointer   unused);

/* That the server comes to tell its app this, and no more. */
void   wait_for_book         (Fixture        *fixture,
                              const char     *expected);

/* To everybody. */
void   push                  (Fixture        *fixture,
                              const char     *event);

/* The next message over WebSocket is of that name; what it tells of the client is kept. */
void   expect_message        (Client         *self,
                              const char     *type);

/* An array of messages, by their names with a blank before each. */
void   expect_array          (Client         *self,
                              const char     *text,
                              const char     *types);

/* The connection ends, and is told why in both ways. */
void   expect_end            (Peer           *peer,
                              guint           code,
                              const char     *reason);

/* A WebSocket that has not said anything yet. */
Peer  *open_websocket        (Fixture        *fixture);

/* Over a new WebSocket; `data` is the JSON of the hello. And what it is answered. */
void   say_hello             (Client         *self,
                              Fixture        *fixture,
                              const char     *data);
void   begin                 (Client         *self,
                              Fixture        *fixture,
                              const char     *data);

/* Comes back over a new WebSocket. */
void   resume                (Client         *self,
                              Fixture        *fixture);
void   assert_welcome        (Client         *self,
                              gboolean        resumed,
                              gboolean        recovered);

/* The network fails, and the server sees it. */
void   break_off             (Client         *self,
                              Fixture        *fixture);

/* Without a WebSocket. */
guint  post                  (Client         *self,
                              const char     *path,
                              const char     *body,
                              char          **answer);
void   begin_by_post         (Client         *self,
                              Fixture        *fixture,
                              const char     *data);
guint  send_messages         (Client         *self,
                              const char     *messages,
                              char          **answer);
void   expect_ackn           (Client         *self,
                              const char     *messages,
                              const char     *answer);

/* A poll, and its answer: the status, and the names of the messages if that is 200. */
void   ask_poll              (Client         *self,
                              Peer           *peer,
                              const char     *pos);
guint  get_answer            (Client         *self,
                              Peer           *peer,
                              const char     *types);

/* The next event of a stream. */
void   expect_event          (Client         *self,
                              const char     *type);
guint  open_stream           (Client         *self,
                              Peer           *peer,
                              const char     *ticket);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Client, client_clear)
