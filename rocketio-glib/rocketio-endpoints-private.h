/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-answer-private.h"
#include "rocketio-hello-private.h"
#include "rocketio-session-private.h"
#include "rocketio-transport-private.h"

G_BEGIN_DECLS

/* The HTTP side: the routes on a SoupServer. What comes out of them is a transport that is ready, handed
 * up to the owner. */
typedef struct _RocketIOEndpoints RocketIOEndpoints;

/* What the owner decides; read at each request. */
typedef struct
{
  gboolean           version_1;
  gboolean           websocket;
  gboolean           comet;
  gboolean           compression;
  guint              poll_time;        /* seconds */
  guint              post_interval;    /* seconds */
  const char *const *allowed_origins;
  GPtrArray         *trusted_proxies;  /* of GInetAddressMask */

  RocketIOSessionSettings session;
} RocketIOEndpointsSettings;

typedef struct
{
  /* A WebSocket is open; the client would like to have the session `id`, or a new one if that is NULL. */
  void               (*websocket_opened) (RocketIOTransport *transport, const char *id, RocketIOHandshake *handshake,
                                          gpointer user_data);

  /* A poll for the session `id`, or for a new one if that is NULL; takes `answer`. */
  void               (*polled)           (const char *id, RocketIOHandshake *handshake, RocketIOAnswer *answer,
                                          gpointer user_data);

  /* The transport that may post for session `id`, or NULL. */
  RocketIOTransport *(*get_post)         (const char *id, gpointer user_data);

  /* A WebSocket of version 2 is open. */
  void               (*websocket_2_opened) (RocketIOTransport *transport, RocketIOHandshake *handshake,
                                            gpointer user_data);

  /* Version 2 without a WebSocket: hello by POST, takes `answer`; the session that has `id` and `token`, or that the
   * ticket is for, or NULL. */
  void               (*greet)            (RocketIOHello *hello, RocketIOAnswer *answer, gpointer user_data);
  RocketIOSession   *(*find)             (const char *id, const char *token, gpointer user_data);
  RocketIOSession   *(*redeem)           (const char *ticket, gpointer user_data);

  /* A request that libsoup took for ours but is not. */
  void               (*other)            (SoupServerMessage *message, const char *path, gpointer user_data);
} RocketIOEndpointsFuncs;

/* One type in two files: -endpoints-2.c has what only version 2 has. */
struct _RocketIOEndpoints
{
  SoupServer                      *soup;
  char                            *prefix;      /* before the path of each route */
  RocketIOListener                *listener;
  const RocketIOEndpointsSettings *settings;
  const RocketIOEndpointsFuncs    *funcs;
  gpointer                         user_data;
  RocketIODeflate                 *deflate;      /* NULL: no client has asked for it yet */
};

/* The answer to `message`, with its status and headers as they are set there, to be given later. NULL: the connection
 * cannot be had. `message` is gone but for whoever has a reference. */
RocketIOAnswer    *rocketio_endpoints_take        (RocketIOEndpoints *self,
                                                   SoupServerMessage *message);

/* Sets the CORS headers and lets the request pass, or refuses it. */
gboolean           rocketio_endpoints_check_origin (RocketIOEndpoints *self,
                                                    SoupServerMessage *message);

/* Takes the connection, and notes whose it is behind the proxies. */
RocketIOConnection *rocketio_endpoints_take_connection (RocketIOEndpoints *self,
                                                        SoupServerMessage *message);

/* Whether a POST is taken from a client that should say nothing for so many microseconds; and the answer to one, which
 * waits for that. */
gboolean           rocketio_endpoints_check_debt (RocketIOEndpoints *self,
                                                  SoupServerMessage *message,
                                                  gint64             debt);
void               rocketio_endpoints_answer_in_time (RocketIOEndpoints *self,
                                                      SoupServerMessage *message,
                                                      gint64             debt);

/* Gives the answer that is set on `message` later. */
void               rocketio_endpoints_delay_answer (RocketIOEndpoints *self,
                                                    SoupServerMessage *message,
                                                    guint              milliseconds);
void               rocketio_endpoints_answer_preflight (SoupServerMessage *message);
void               rocketio_endpoints_handle_send (RocketIOEndpoints *self,
                                                   SoupServerMessage *message);
void               rocketio_endpoints_handle_sse  (RocketIOEndpoints *self,
                                                   SoupServerMessage *message);
void               rocketio_endpoints_handle_poll (RocketIOEndpoints *self,
                                                   SoupServerMessage *message);

RocketIOEndpoints *rocketio_endpoints_new  (SoupServer                      *soup,
                                            RocketIOListener                *listener,
                                            const RocketIOEndpointsSettings *settings,
                                            const RocketIOEndpointsFuncs    *funcs,
                                            gpointer                         user_data);

/* Puts the routes behind `prefix`, as in "/app"; "" at first. */
void               rocketio_endpoints_set_prefix (RocketIOEndpoints         *self,
                                                  const char                *prefix);

/* Takes the routes away again. */
void               rocketio_endpoints_free (RocketIOEndpoints               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOEndpoints, rocketio_endpoints_free)

G_END_DECLS
