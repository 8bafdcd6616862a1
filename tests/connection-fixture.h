/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "helpers.h"
#include "rocketio-connection-private.h"

G_BEGIN_DECLS

/* A connection with a peer, and what its user was told. */
typedef struct
{
  GMainContext       *context;
  RocketIOReactor    *reactor;
  RocketIOConnection *connection;
  int                 fd;             /* of `connection`, to see when it is closed */
  int                 peer;           /* -1: closed */
  gsize               room;           /* bytes that surely do not fit between the two, if the way is narrow */

  GByteArray         *got;
  gssize              end;            /* what reading gave at last: -1, 0, -2 */
  guint               n_readable;
  guint               n_writable;
  guint               n_gone;
  gboolean            cleanly;
  guint               n_expired;
  guint               n_delivered;
  guint               n_lost;
  gboolean            drop;           /* in the next callback */
} ConnectionTest;

/* `data`: whether the way to the peer is narrow. */
void     connection_test_setup    (ConnectionTest          *test,
                                   gconstpointer            data);
void     connection_test_teardown (ConnectionTest          *test,
                                   gconstpointer            data);

/* Whether the descriptor of the connection is closed. */
gboolean is_closed                (ConnectionTest          *test);

void     watch                    (ConnectionTest          *test,
                                   RocketIOConnectionWatch  mode);
void     send_text                (ConnectionTest          *test,
                                   const char              *text);
void     end_peer                 (ConnectionTest          *test);
void     break_peer               (ConnectionTest          *test);
void     write_bytes              (ConnectionTest          *test,
                                   GBytes                  *bytes);
void     write_text               (ConnectionTest          *test,
                                   const char              *text);
void     assert_text              (GByteArray              *bytes,
                                   const char              *text);

G_END_DECLS
