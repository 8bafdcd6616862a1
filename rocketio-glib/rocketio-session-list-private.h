/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-session-private.h"

G_BEGIN_DECLS

/* All sessions of a server, by id and as a GListModel. Adding and removing take constant time: the last one takes the
 * place of one that goes. */
#define ROCKETIO_TYPE_SESSION_LIST (rocketio_session_list_get_type ())
G_DECLARE_FINAL_TYPE (RocketIOSessionList, rocketio_session_list, ROCKETIO, SESSION_LIST, GObject)

RocketIOSessionList *rocketio_session_list_new    (void);
void                 rocketio_session_list_add    (RocketIOSessionList   *self,
                                                   RocketIOSession       *session);
void                 rocketio_session_list_remove (RocketIOSessionList   *self,
                                                   RocketIOSession       *session);

/* The model looks as it does now for whoever keeps it, and says nothing more. Nothing is added any more. */
void                 rocketio_session_list_freeze (RocketIOSessionList   *self);

RocketIOSession     *rocketio_session_list_lookup (RocketIOSessionList   *self,
                                                   const char            *id);
guint                rocketio_session_list_get_n  (RocketIOSessionList   *self);
RocketIOSession     *rocketio_session_list_get    (RocketIOSessionList   *self,
                                                   guint                  index);

G_END_DECLS
