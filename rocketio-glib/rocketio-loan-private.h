/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-connection-private.h"

G_BEGIN_DECLS

/* A connection as the GIOStream that libsoup wants, for the time of one request. Over TLS it is a GTlsConnection, so
 * that libsoup and the app's handlers see https and the peer's certificate. */

typedef void (*RocketIOLoanClosedFunc) (RocketIOConnection *connection, gpointer user_data);

/* `closed`: libsoup closed or dropped the stream while the loan was going on: the request failed. */
GIOStream          *rocketio_loan_new            (RocketIOConnection     *connection,
                                                  RocketIOLoanClosedFunc  closed,
                                                  gpointer                user_data);

/* The connection that `stream` lends, or NULL if it is no loan. */
RocketIOConnection *rocketio_loan_get_connection (GIOStream              *stream);

/* The loan is over: `stream` is dead from now on. */
void                rocketio_loan_end            (GIOStream              *stream);

G_END_DECLS
