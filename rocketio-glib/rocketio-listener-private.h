/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-connection-private.h"
#include "rocketio-limits-private.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Accepts connections for a SoupServer and keeps them while they are idle; libsoup gets one only for the time of a
 * request. (libsoup 3.2 leaks the descriptor of an idle connection that the client closes, stops listening for good
 * when descriptors run out, and slows down with every connection it holds.) */
typedef struct _RocketIOListener RocketIOListener;

RocketIOListener   *rocketio_listener_new             (RocketIOReactor   *reactor,
                                                       SoupServer        *soup);
RocketIOListener   *rocketio_listener_ref             (RocketIOListener  *self);
void                rocketio_listener_unref           (RocketIOListener  *self);

/* Opens a listening socket. Returns the address it got, with its port. */
GSocketAddress     *rocketio_listener_listen          (RocketIOListener  *self,
                                                       GSocketAddress    *address,
                                                       GTlsCertificate   *certificate,
                                                       GError           **error);
/* Closes the listening socket that was opened last. */
void                rocketio_listener_forget_last     (RocketIOListener  *self);

/* The address of a listening socket, or NULL; whether there is TLS on it. */
GSocketAddress     *rocketio_listener_get_address     (RocketIOListener  *self,
                                                       guint              index,
                                                       gboolean          *is_tls);

/* The bytes of a request's body that are read from connections accepted here. */
void                rocketio_listener_set_max_body    (RocketIOListener  *self,
                                                       gsize              bytes);

/* The same for `message`, whose head has come, on a connection that libsoup accepted. */
void                rocketio_listener_bound_body      (RocketIOListener  *self,
                                                       SoupServerMessage *message);

/* How many may not have said anything yet, and for how long; read when it is needed. */
void                rocketio_listener_set_limits      (RocketIOListener     *self,
                                                       const RocketIOLimits *limits);

/* Asked about each request when its head is there. FALSE: it has been refused. */
typedef gboolean  (*RocketIOGateFunc)                 (SoupServerMessage *message,
                                                       gpointer           user_data);
void                rocketio_listener_set_gate        (RocketIOListener  *self,
                                                       RocketIOGateFunc   gate,
                                                       gpointer           user_data);

/* Accepts nobody any more. */
void                rocketio_listener_stop            (RocketIOListener  *self);

/* Cuts what is idle or lent, and stops listening. */
void                rocketio_listener_close           (RocketIOListener  *self);

/* Takes the connection away from under `message`, whichever listener it came from, with all that libsoup has read too
 * much. NULL where there is no socket to be had (HTTP/2, a stream of the app's own). */
RocketIOConnection *rocketio_listener_take            (RocketIOListener  *self,
                                                       SoupServerMessage *message);

/* Waits for the next request on `connection`. */
void                rocketio_listener_park            (RocketIOListener   *self,
                                                       RocketIOConnection *connection);

/* Whether the connection outlives the answer to `message`. */
gboolean            rocketio_message_is_keepalive     (SoupServerMessage  *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOListener, rocketio_listener_unref)

G_END_DECLS
