/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the tests of things with a main loop and sockets share. Nobody sleeps here: a loop runs until something has
 * happened, or is given up with the name of what did not. */
typedef struct _Wait Wait;

Wait          *wait_begin       (GMainContext *context,
                                 const char   *condition,
                                 const char   *place);
void           wait_step        (Wait         *self);
void           wait_end         (Wait         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_end)

/* Runs `context` until `condition` is true; the test fails if that takes too long. */
#define wait_for(context, condition) \
  for (g_autoptr (Wait) waiting_ = wait_begin ((context), #condition, G_STRLOC); !(condition); wait_step (waiting_))

/* Runs `context` for a while, for what must not happen. */
void           run_for          (GMainContext *context,
                                 guint         milliseconds);

/* Runs `context` until nothing is left to do; returns how many turns that took. */
guint          run_dry          (GMainContext *context);

/* Two ends of a connection, neither of which blocks. */
void           make_unix_pair   (int           fds[2]);
void           make_tcp_pair    (int           fds[2]);

/* The same with little room in between; returns about how many bytes that is. */
gsize          make_narrow_pair (int           fds[2]);

/* Closes so that the other end gets an error (TCP RST) instead of an end. */
void           close_hard       (int           fd);

GSocketAddress *make_address    (void);

/* Adds what can be read; FALSE at the end. */
gboolean       read_some        (int           fd,
                                 GByteArray   *bytes);
void           write_all        (int           fd,
                                 gconstpointer data,
                                 gsize         size);

/* Bytes that are different at each place, for `seed`. */
GBytes        *make_bytes       (gsize         size,
                                 guint         seed);

/* A seed, from the environment (SEED) or new, that a failing test shows. */
GRand         *make_rand        (void);

G_END_DECLS
