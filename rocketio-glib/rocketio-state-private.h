/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-hub-private.h"

G_BEGIN_DECLS

/* What a server that is drained leaves to the next one: the logs, the sessions of version 2 and how far each has come,
 * so that their clients can resume there. It has the tokens in it: a file with it is for nobody else to read. */

#define ROCKETIO_STATE_TYPE \
  "(uutx(ta((tsaymaystu)ast))a(tsaymaystu)a(su(ta((tsaymaystu)ast))(ta((tsaymaystu)ast))" \
  "a(tsaymaystu))a(ssmsttttta(stt)(ta((tsaymaystu)ast))))"

/* The state, without what waits for the sessions of version 1. */
GVariant *rocketio_state_save (RocketIOHub                *self);

/* Into a hub that has no sessions and has pushed nothing yet. `host`: of the sessions, which wait for their clients
 * from now on. FALSE: it is none, or one of another version of the library; nothing has been changed. */
gboolean  rocketio_state_load (RocketIOHub                *self,
                               GVariant                   *state,
                               const RocketIOSessionHost  *host,
                               GError                    **error);

G_END_DECLS
