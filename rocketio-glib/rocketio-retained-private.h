/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-message-private.h"

G_BEGIN_DECLS

/* The last message of each event, and of each key, for those who come later: up to 1000, and 1 MiB. */
typedef struct _RocketIORetained RocketIORetained;

RocketIORetained *rocketio_retained_new  (void);
void              rocketio_retained_free (RocketIORetained *self);

/* In place of the one before; one whose data is null only takes that away. */
void              rocketio_retained_put  (RocketIORetained *self,
                                          RocketIOMessage  *message);
guint             rocketio_retained_get_n (RocketIORetained *self);

/* Copies of all, the oldest first: an array of RocketIOMessage. */
GPtrArray        *rocketio_retained_copy (RocketIORetained *self);

G_END_DECLS
