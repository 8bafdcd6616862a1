/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A server under test: a child process that is started, looked at from outside and ended. */

#pragma once

#include <glib.h>
#include <sys/types.h>
#include <time.h>

typedef enum
{
  DIALECT_VERSION_1, /* {"type":T,"data":D} over WebSocket */
  DIALECT_VERSION_2, /* the same with hello, numbers and acknowledgements */
  DIALECT_SOCKET_IO, /* Engine.IO 4, Socket.IO 5 over WebSocket */
} Dialect;

typedef struct
{
  char    *name;
  char   **argv;
  Dialect  dialect;
  gboolean ids;    /* "message" goes to a session by its id */
  gboolean http;   /* has /rocketio/settings and Comet */
  gboolean queues; /* keeps a message for a Comet client between two polls */
  char    *absent; /* why it cannot be run here, NULL when it can */
} Target;

typedef struct
{
  const Target *target;
  pid_t         pid;
  guint16       port;
  clockid_t     clock;  /* the CPU time of all its threads */
  int           output; /* a memory file: a pipe that nobody empties would block the server */
} Server;

gboolean server_start      (Server       *self,
                            const Target *target,
                            char        **why);
char    *server_stop       (Server       *self);
double   server_cpu        (const Server *self);
double   server_memory     (const Server *self);
int      server_fds        (const Server *self);

/* Raises this process's limit, which the servers inherit, as near to `wanted` as it may; returns what it got. */
guint    server_raise_fds  (guint         wanted);
