/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is measured, in which order, and the figures that come out. */

#pragma once

#include "figures.h"
#include "server.h"

typedef struct
{
  const char *base; /* the name of the server that the others are measured beside */
  guint  clients;
  guint  rounds;         /* fan-outs, and windows of the figures that need many */
  guint  connect_rounds;
  guint  active;         /* clients that echo */
  guint  few;            /* "one active among few" */
  guint  http_clients;
  guint  idle;           /* HTTP connections that do nothing */
  guint  once;           /* connections that are used once */
  double window;         /* seconds */
  double sustain;        /* seconds */
  double silence;        /* seconds */
  guint  lots;           /* of connections used once, behind the first */
  guint  patience_ms;    /* standing still for longer is a stall */
  guint  max_fds;
  gboolean connect, fanout, echo, lone, silence_too, comet, http, churn, stalled;
} Settings;

typedef struct
{
  guint   clients;
  Samples connect;   /* s, until all have their session id */
  Samples fanout;    /* s, until the last one has the push */
  Samples push_cpu;  /* s of the server's CPU a client a push */
  Samples echo;      /* messages/s */
  Samples echo_cpu;  /* s of the server's CPU a message */
  Samples lone_few;  /* round trips/s of one active client */
  Samples lone_many;
  double  memory;        /* bytes a client, connected */
  double  memory_pushed; /* and after the pushes */
  guint   lost;
  guint   strays;
  char   *trouble;
} WsFigures;

typedef struct
{
  guint   clients;
  guint   posts;    /* that keep their connection for POST open */
  double  connect;
  Samples push;     /* s, until the last poll is answered */
  Samples ws_push;  /* the same over WebSocket, in turn */
  Samples push_cpu; /* s of the server's CPU a client a push, with the next poll */
  double  pushes;   /* a second, without a pause */
  double  memory;
  double  memory_pushed;
  guint   lost;
  guint   strays;
  char   *trouble;
} CometFigures;

typedef struct
{
  guint   idle;
  Samples none; /* requests/s with no idle connections, */
  Samples used; /* with idle ones that have done a request, */
  Samples mute; /* with idle ones that never spoke */
  guint   reopened;
  char   *trouble;
} HttpFigures;

typedef struct
{
  guint  clients;
  guint  lost;    /* while nobody said a word */
  double seconds;
  char  *trouble;
} SilenceFigures;

typedef enum
{
  ONCE_GET,
  ONCE_POST,
  ONCE_WEBSOCKET,
  N_ONCE
} Once;

typedef struct
{
  guint   n;
  int     fds[N_ONCE];    /* more than before the first lot */
  Samples memory[N_ONCE]; /* bytes, after each lot */
  char   *trouble;
} OnceFigures;

/* One client beside the others reads what it is sent, or does not. */
enum
{
  STALLED_READS,
  STALLED_NEVER_READS,
  N_STALLED
};

typedef struct
{
  guint   clients;
  Samples p50[N_STALLED]; /* s, until half of the others have a push, */
  Samples p99[N_STALLED]; /* and all but a hundredth of them */
  guint   lost;           /* or got wrong */
  char   *trouble;
} StalledFigures;

typedef struct
{
  const Target *target;
  WsFigures     ws;
  WsFigures     ws_base; /* of the base server, in turn with ws */
  SilenceFigures silence;
  CometFigures  comet;
  HttpFigures   http;
  OnceFigures   once;
  StalledFigures stalled;
} Result;

/* `base` may be NULL: then the server is measured alone. */
void        suite_websocket    (const Settings *settings,
                                const Target   *target,
                                const Target   *base,
                                Result         *result);
void        suite_silence      (const Settings *settings,
                                const Target   *target,
                                SilenceFigures *figures);
void        suite_comet        (const Settings *settings,
                                const Target   *target,
                                CometFigures   *figures);
void        suite_http         (const Settings *settings,
                                const Target   *target,
                                HttpFigures    *figures);
void        suite_once         (const Settings *settings,
                                const Target   *target,
                                OnceFigures    *figures);
const char *once_name          (Once            once);
