/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* What is still to be told to clients whose session was closed while they had no connection, when they come back with
 * their id and token within some minutes. Of more than 10,000 the oldest are forgotten. */
typedef struct _RocketIOFarewells RocketIOFarewells;

RocketIOFarewells *rocketio_farewells_new  (void);
void               rocketio_farewells_free (RocketIOFarewells     *self);

void               rocketio_farewells_add  (RocketIOFarewells     *self,
                                            const char            *id,
                                            const char            *token,
                                            const RocketIOVerdict *verdict);

/* What is to be told to whom these belong, good until the next call; NULL: nothing. */
const RocketIOVerdict *rocketio_farewells_find (RocketIOFarewells     *self,
                                                const char            *id,
                                                const char            *token);

G_END_DECLS
