/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One instance of a server with the clients it has here. When something goes wrong the server is ended, the reason
 * kept, and everything that would follow is left out; the other rigs go on. */

#pragma once

#include "comet.h"
#include "http.h"
#include "load.h"
#include "server.h"
#include "worker.h"
#include "ws.h"

typedef struct
{
  Server      server;
  Worker     *worker;
  Load       *load;
  guint       patience_ms;
  char      **trouble; /* where the reason goes, shared by the rigs of one suite */
  gboolean    up;
  WsFleet    *ws;
  WsFleet    *beside; /* another one at the same server */
  CometFleet *comet;
  HttpFleet  *http;
  HttpFleet  *idle;
} Rig;

/* In the worker's thread, where all that touches a connection has to be. FALSE: the load says why. */
typedef gboolean (*RigJob) (Rig *rig, gpointer data);

gboolean rig_start       (Rig          *self,
                          const Target *target,
                          guint         patience_ms,
                          char        **trouble);
void     rig_stop        (Rig          *self);
gboolean rig_run         (Rig          *self,
                          RigJob        job,
                          gpointer      data);
void     rig_settle      (Rig          *rigs,
                          guint         n);
double   rig_cpu         (Rig          *rigs,
                          guint         n);
void     rig_drop_fleets (Rig          *self);
