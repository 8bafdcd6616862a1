/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-hello-private.h"
#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* Keeps the WebSockets of version 2 that have not said hello yet, each for some seconds. */
typedef struct _RocketIOGreeter RocketIOGreeter;

/* `transport` has said hello and is kept no longer. */
typedef void (*RocketIOHelloFunc) (RocketIOTransport *transport, RocketIOHello *hello, gpointer user_data);

/* `timeout`: where the seconds stand that each has. */
RocketIOGreeter *rocketio_greeter_new  (RocketIOReactor   *reactor,
                                        const guint       *timeout,
                                        RocketIOHelloFunc  func,
                                        gpointer           user_data);

/* Closes those that it keeps. */
void             rocketio_greeter_free (RocketIOGreeter   *self);

/* `handshake` NULL: nobody will ask. */
void             rocketio_greeter_add  (RocketIOGreeter   *self,
                                        RocketIOTransport *transport,
                                        RocketIOHandshake *handshake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOGreeter, rocketio_greeter_free)

G_END_DECLS
