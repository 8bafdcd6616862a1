/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <rocketio-glib/rocketio-glib.h>

#include "peer.h"

/* A server on a port of the loopback, with a book of what it told the app: a line each, `opened CHANNEL`,
 * `event NAME DATA` and `closed REASON`. It answers the events `echo` (to the sender) and `all` (to everybody). */
typedef struct
{
  RocketIOServer  *server;
  guint            port;
  GString         *book;
  guint            n_opened;
  guint            n_closed;
  guint            n_events;
  RocketIOSession *last;    /* owned: of the last signal */
} Fixture;

void  fixture_set_up        (Fixture         *self,
                             gconstpointer    unused);
void  fixture_tear_down     (Fixture         *self,
                             gconstpointer    unused);

/* For servers made in another way. */
void  fixture_start         (Fixture         *self,
                             RocketIOServer  *server,
                             GTlsCertificate *certificate);

/* The port of the server's first address. */
guint fixture_get_port      (RocketIOServer  *server);

/* Compares with what the book says, and empties it. */
void  fixture_expect_book   (Fixture         *self,
                             const char      *expected);

/* A new certificate for localhost, with its key. */
GTlsCertificate *fixture_make_certificate (void);

/* `text` as a node. */
JsonNode *fixture_parse     (const char      *text);

guint fixture_count_fds     (void);

/* Passes over warnings and criticals with `text` in them, from any thread, and counts them. (What GLib has for that
 * knows nothing of structured logging.) NULL ends it. */
void  fixture_let_complain  (const char      *text);
guint fixture_get_complaints (void);

#define fixture_add(path, func) \
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

/* Runs the test that is running again in a process of its own; TRUE in there. Outside, it has passed afterwards. */
gboolean fixture_in_subprocess (guint seconds);
