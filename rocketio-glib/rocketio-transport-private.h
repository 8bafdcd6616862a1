/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-connection-private.h"
#include "rocketio-message-private.h"

G_BEGIN_DECLS

/* How a session's messages travel. A transport knows texts and bytes, not events; what it does on its own it tells its
 * user. */
typedef struct _RocketIOTransport RocketIOTransport;

/* Why a connection of version 2 ends, as its client is told (protocol 2, point 11). */
typedef struct
{
  guint       code;      /* 4000-4499: come back; 4500-4999: do not; others as in RFC 6455 */
  const char *reason;
  int         retry;     /* milliseconds until it should come back; -1: as it likes */
} RocketIOVerdict;

/* What goes with `reason`; and when another connection has taken the session over. */
const RocketIOVerdict *rocketio_verdict_for        (RocketIOCloseReason    reason);
const RocketIOVerdict *rocketio_verdict_replaced   (void);
RocketIOMessage       *rocketio_verdict_to_message (const RocketIOVerdict *self);

typedef struct
{
  /* An envelope from the client; with version 2 it may be an array of them. */
  void (*received) (RocketIOTransport *self, const char *text, gsize length, gpointer user_data);

  /* A binary message, version 2 only. */
  void (*bytes)    (RocketIOTransport *self, const guint8 *data, gsize length, gpointer user_data);

  /* It can send again, or for the first time. */
  void (*writable) (RocketIOTransport *self, gpointer user_data);

  /* It would like something to send, so that nobody takes the silence for death. */
  void (*idle)     (RocketIOTransport *self, gpointer user_data);

  /* The client is heard of: a poll came in, say. */
  void (*alive)    (RocketIOTransport *self, gpointer user_data);

  /* It is over. Not told after rocketio_transport_close(). */
  void (*closed)   (RocketIOTransport *self, RocketIOCloseReason reason, gpointer user_data);
} RocketIOTransportFuncs;

typedef struct
{
  RocketIOTransportType type;
  gboolean (*is_writable) (RocketIOTransport *self);
  void     (*send)        (RocketIOTransport *self, RocketIOMessage *const *messages, guint n_messages);
  gsize    (*get_pending) (RocketIOTransport *self);
  void     (*close)       (RocketIOTransport *self, RocketIOCloseReason reason, const RocketIOVerdict *verdict);
  void     (*free)        (RocketIOTransport *self);
  void     (*heard)       (RocketIOTransport *self);    /* NULL: it hears the client itself */
  void     (*rest)        (RocketIOTransport *self, guint milliseconds);    /* NULL: whoever answers does that */
} RocketIOTransportClass;

/* The head of each transport's struct. */
struct _RocketIOTransport
{
  const RocketIOTransportClass *klass;
  const RocketIOTransportFuncs *funcs;
  gpointer                      user_data;
  GSocketAddress               *remote;
  grefcount                     refs;
  gboolean                      closed;
  gint64                        rest_end;    /* monotonic, in microseconds; 0: it never had to rest */
};

void                  rocketio_transport_init        (RocketIOTransport             *self,
                                                      const RocketIOTransportClass  *klass,
                                                      GSocketAddress                *remote);
RocketIOTransport    *rocketio_transport_ref         (RocketIOTransport             *self);
void                  rocketio_transport_unref       (RocketIOTransport             *self);

/* What happened before there was a user is told to the first one from the main loop. */
void                  rocketio_transport_set_user    (RocketIOTransport             *self,
                                                      const RocketIOTransportFuncs  *funcs,
                                                      gpointer                       user_data);

RocketIOTransportType rocketio_transport_get_type_of (RocketIOTransport             *self);

/* Whether it would take messages now. One that is not is not worth asking for how much. */
gboolean              rocketio_transport_is_writable (RocketIOTransport             *self);

/* Takes all of them, in order. May only be called when it is writable; on a WebSocket also right before it is closed.
 * Never tells its user anything from here. */
void                  rocketio_transport_send        (RocketIOTransport             *self,
                                                      RocketIOMessage *const        *messages,
                                                      guint                          n_messages);

/* The client is heard of in another way: by a POST. */
void                  rocketio_transport_heard       (RocketIOTransport             *self);

/* Hears nothing for a while: the client is too quick. And how many microseconds are left of that. */
void                  rocketio_transport_rest        (RocketIOTransport             *self,
                                                      gint64                         microseconds);
gint64                rocketio_transport_get_rest    (RocketIOTransport             *self);

/* Bytes sent here that the client has not taken. */
gsize                 rocketio_transport_get_pending (RocketIOTransport             *self);

/* Ends it, in the way its clients understand; what was sent still goes out. `verdict` NULL: what goes with `reason`. */
void                  rocketio_transport_close       (RocketIOTransport             *self,
                                                      RocketIOCloseReason            reason,
                                                      const RocketIOVerdict         *verdict);

/* Sends `verdict` as a message. The transport is open. */
void                  rocketio_transport_send_verdict (RocketIOTransport            *self,
                                                       const RocketIOVerdict        *verdict);

/* For the implementations. */
void                  rocketio_transport_received    (RocketIOTransport             *self,
                                                      const char                    *text,
                                                      gsize                          length);
void                  rocketio_transport_bytes       (RocketIOTransport             *self,
                                                      const guint8                  *data,
                                                      gsize                          length);
void                  rocketio_transport_writable    (RocketIOTransport             *self);
void                  rocketio_transport_idle        (RocketIOTransport             *self);
void                  rocketio_transport_alive       (RocketIOTransport             *self);
void                  rocketio_transport_closed      (RocketIOTransport             *self,
                                                      RocketIOCloseReason            reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOTransport, rocketio_transport_unref)

G_END_DECLS
