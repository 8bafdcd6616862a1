/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* N Comet clients of one server, each as a browser is: one keep-alive connection that polls, one that posts. */

#pragma once

#include "load.h"

typedef struct _CometFleet CometFleet;

/* The connections for POST of the first `n_posts` stay open, those of the others are closed when used: for when the
 * limit of open files does not allow two a client. */
CometFleet *comet_fleet_new     (Load       *load,
                                 guint       n,
                                 guint       n_posts);
void        comet_fleet_free    (CometFleet *self);

/* Each FALSE with the trouble noted in the load. */
gboolean    comet_fleet_connect (CometFleet *self,
                                 double     *seconds);
gboolean    comet_fleet_push    (CometFleet *self,
                                 double     *seconds);
gboolean    comet_fleet_sustain (CometFleet *self,
                                 double      for_seconds,
                                 double     *pushes,
                                 double     *seconds);
gboolean    comet_fleet_close   (CometFleet *self);

void        comet_fleet_repoll  (CometFleet *self);
guint       comet_fleet_lost    (CometFleet *self);
guint       comet_fleet_strays  (CometFleet *self);
const char *comet_fleet_session (CometFleet *self);
