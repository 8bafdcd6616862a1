/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "fake-host.h"

G_BEGIN_DECLS

/* A session of version 2 that is open and has been welcomed. */
typedef struct
{
  FakeHost        *host;
  FakeTransport   *transport;    /* that carries it, or did so last */
  RocketIOSession *session;
  GPtrArray       *transports;   /* of FakeTransport: all that there were */
  guint            n_seen;       /* of what `transport` was sent: looked at */
} SessionTest;

void        session_test_setup    (SessionTest         *test,
                                   gconstpointer        data);
void        session_test_teardown (SessionTest         *test,
                                   gconstpointer        data);

/* The client says this. */
void        say                   (SessionTest         *test,
                                   const char          *format,
                                   ...) G_GNUC_PRINTF (2, 3);

/* Everything is sent. That the client got these since the last time, as version 2 has them; without `seq` and `pos`,
 * and with a blank before each. */
void        expect                (SessionTest         *test,
                                   const char          *texts);

/* The same, but only the names. */
void        expect_names          (SessionTest         *test,
                                   const char          *names);

/* What is sent is not looked at. */
void        forget_sent           (SessionTest         *test);

/* What its app was told since the last time. */
void        expect_story          (SessionTest         *test,
                                   const char          *story);

/* The data of the last message that was sent, and the last position in any of them. */
JsonObject *get_last_data         (SessionTest         *test);
char       *dup_position          (SessionTest         *test);

/* Pushes `event` to this session alone; to everybody. */
void        push                  (SessionTest         *test,
                                   const char          *event);
void        push_to_all           (SessionTest         *test,
                                   const char          *event);
void        push_to_channel       (SessionTest         *test,
                                   const char          *event,
                                   const char          *channel);

/* The network cuts it off; it comes back with another connection, of that type. */
void        cut                   (SessionTest         *test);
void        come_back             (SessionTest         *test,
                                   const char          *position);
void        use_new_transport     (SessionTest         *test,
                                   RocketIOTransportType type);

#define session_test_add(path, func) \
  g_test_add (path, SessionTest, NULL, session_test_setup, func, session_test_teardown)

G_END_DECLS
