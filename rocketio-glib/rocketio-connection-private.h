/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-reactor-private.h"

G_BEGIN_DECLS

/* One peer on a non-blocking socket, with or without TLS, that is always of use to exactly one user: the listener that
 * waits for a request, a loan to libsoup, a transport. Never blocks; what the peer does not take is kept as references
 * to the bytes that were to be written, in order. */
typedef struct _RocketIOConnection RocketIOConnection;

typedef enum
{
  ROCKETIO_WATCH_NOTHING,
  ROCKETIO_WATCH_HANGUP,    /* only whether the peer goes away: its next bytes wait */
  ROCKETIO_WATCH_INPUT,
} RocketIOConnectionWatch;

/* Each may end the use of the connection, or unref it. Those left NULL are not called. */
typedef struct
{
  /* Bytes, or the end of them. Must read until the connection would block, or ask for rocketio_connection_read_again().
   * */
  void (*readable) (RocketIOConnection *self, gpointer user_data);

  /* All has been written that was left over. */
  void (*writable) (RocketIOConnection *self, gpointer user_data);

  /* The peer has gone, `cleanly` if it said so. With ROCKETIO_WATCH_INPUT only after an error; else reading tells. */
  void (*gone)     (RocketIOConnection *self, gboolean cleanly, gpointer user_data);

  /* The time of rocketio_connection_set_deadline() is up. */
  void (*expired)  (RocketIOConnection *self, gpointer user_data);
} RocketIOConnectionFuncs;

/* What becomes of an answer: called exactly once. */
typedef void (*RocketIOReceiptFunc) (RocketIOConnection *self, gboolean delivered, gpointer user_data);

/* Takes `fd`, connected and non-blocking, and `remote`, its peer. `local` is its own end, or NULL to look when asked.
 * */
RocketIOConnection *rocketio_connection_new              (RocketIOReactor               *reactor,
                                                          int                            fd,
                                                          GSocketAddress                *local,
                                                          GSocketAddress                *remote);

/* A stream over a socket that somebody else set up: a GSocketConnection, or a GTlsConnection over one. NULL if there is
 * no socket below. */
RocketIOConnection *rocketio_connection_new_for_stream   (RocketIOReactor               *reactor,
                                                          GIOStream                     *stream,
                                                          GSocketAddress                *local,
                                                          GSocketAddress                *remote);
RocketIOConnection *rocketio_connection_ref              (RocketIOConnection            *self);

/* Closes at once if this was the last reference. */
void                rocketio_connection_unref            (RocketIOConnection            *self);

/* Puts TLS over the socket, which no byte has been read from. */
gboolean            rocketio_connection_start_tls        (RocketIOConnection            *self,
                                                          GTlsCertificate               *certificate,
                                                          GTlsDatabase                  *database,
                                                          GTlsAuthenticationMode         mode,
                                                          GError                       **error);
GTlsConnection     *rocketio_connection_get_tls          (RocketIOConnection            *self);

GSocketAddress     *rocketio_connection_get_local        (RocketIOConnection            *self);
GSocketAddress     *rocketio_connection_get_remote       (RocketIOConnection            *self);

/* Who is behind the peer, which is a proxy, for the time of this use; NULL: nobody else. */
void                rocketio_connection_set_client       (RocketIOConnection            *self,
                                                          GSocketAddress                *client);
int                 rocketio_connection_get_fd           (RocketIOConnection            *self);

/* Hands the connection to its next user; a deadline of the last one is off. */
void                rocketio_connection_set_user         (RocketIOConnection            *self,
                                                          RocketIOConnectionWatch        watch,
                                                          const RocketIOConnectionFuncs *funcs,
                                                          gpointer                       user_data);
void                rocketio_connection_set_deadline     (RocketIOConnection            *self,
                                                          guint                          milliseconds);
void                rocketio_connection_clear_deadline   (RocketIOConnection            *self);

/* Bytes; 0 at the end of them; -1 when it would block; -2 when the connection is broken. */
gssize              rocketio_connection_read             (RocketIOConnection            *self,
                                                          gpointer                       buffer,
                                                          gsize                          size);
void                rocketio_connection_read_again       (RocketIOConnection            *self);

/* Reads nothing for a while, until it is handed to another user. */
void                rocketio_connection_rest             (RocketIOConnection            *self,
                                                          guint                          milliseconds);
gboolean            rocketio_connection_is_resting       (RocketIOConnection            *self);

/* Gives bytes back, to be read before all others. */
void                rocketio_connection_unread           (RocketIOConnection            *self,
                                                          gconstpointer                  data,
                                                          gsize                          size);

/* While `dry`, only bytes that were given back are read. */
void                rocketio_connection_set_dry          (RocketIOConnection            *self,
                                                          gboolean                       dry);

/* What reading would give, as far as can be told without it: above 0 for bytes, and 0, -1 and -2 as there. */
int                 rocketio_connection_peek             (RocketIOConnection            *self);

/* Writes what the peer takes and keeps the rest. A broken connection swallows it; its user is told from the main loop.
 * */
void                rocketio_connection_write            (RocketIOConnection            *self,
                                                          GBytes *const                 *chunks,
                                                          guint                          n_chunks);

/* The same without keeping: what was written; -1 when it would block; -2 when the connection is broken. */
gssize              rocketio_connection_write_some       (RocketIOConnection            *self,
                                                          gconstpointer                  data,
                                                          gsize                          size);

/* Bytes that are kept because the peer does not take them. */
gsize               rocketio_connection_get_pending      (RocketIOConnection            *self);

/* Whether all that was written has reached the peer's system. */
gboolean            rocketio_connection_is_acknowledged  (RocketIOConnection            *self);

/* Promises `func` the fate of what has been written so far: delivered if another request follows on the connection, or
 * a clean end with nothing on the way. */
void                rocketio_connection_set_receipt      (RocketIOConnection            *self,
                                                          RocketIOReceiptFunc            func,
                                                          gpointer                       user_data);
void                rocketio_connection_settle           (RocketIOConnection            *self,
                                                          gboolean                       delivered);
void                rocketio_connection_forget_receipt   (RocketIOConnection            *self);

/* Ends the connection gently, by itself: flushes, sends the end, then discards input until the peer's end or for two
 * seconds, as closing TCP with unread input would destroy what was sent last. */
void                rocketio_connection_finish           (RocketIOConnection            *self);

/* Cuts the connection now; what is on the way may be lost. Its user is told from the main loop. */
void                rocketio_connection_cut              (RocketIOConnection            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOConnection, rocketio_connection_unref)

G_END_DECLS
