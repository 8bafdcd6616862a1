/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-endpoints-private.h"
#include "rocketio-arrival-private.h"
#include "rocketio-farewells-private.h"
#include "rocketio-greeter-private.h"
#include "rocketio-hub-private.h"
#include "rocketio-pages-private.h"
#include "rocketio-peers-private.h"
#include "rocketio-presence-private.h"
#include "rocketio-server.h"

G_BEGIN_DECLS

typedef enum
{
  ROCKETIO_SERVER_EVENT,
  ROCKETIO_SERVER_BINARY,
  ROCKETIO_SERVER_REQUEST,
  ROCKETIO_SERVER_SESSION_OPENED,
  ROCKETIO_SERVER_SESSION_DETACHED,
  ROCKETIO_SERVER_SESSION_RESUMED,
  ROCKETIO_SERVER_SESSION_CLOSED,
  ROCKETIO_SERVER_AUTHENTICATE,
  ROCKETIO_SERVER_AUTHORIZE_EVENT,
  ROCKETIO_SERVER_AUTHORIZE_JOIN,
  ROCKETIO_SERVER_N_SIGNALS
} RocketIOServerSignal;

extern guint rocketio_server_signals[ROCKETIO_SERVER_N_SIGNALS];

typedef struct _RocketIODrain RocketIODrain;

/* The server is one type in some files: -server.c is the object, -server-access.c who may come in at all, -server-arrivals.c who does, -server-drain.c its
 * end, -server-listen.c its addresses and paths, -server-logs.c what its logs may keep, -server-properties.c what GObject
 * knows of its properties, -server-push.c its pushes, -server-run.c its main loop, -server-sessions.c what becomes of
 * what sessions say, -server-settings.c what can be set and asked. */
struct _RocketIOServer
{
  GObject                    parent_instance;

  GMainContext              *context;
  RocketIOReactor           *reactor;
  SoupServer                *soup;
  RocketIOHub               *hub;
  RocketIOInbox             *inbox;          /* of the hub, also good in other threads */
  RocketIOListener          *listener;
  RocketIOEndpoints         *endpoints;      /* NULL: closed */
  RocketIOGreeter           *greeter;        /* NULL: closed */
  GFile                     *state_file;     /* NULL: none */
  gboolean                   has_state;      /* it has been looked for */
  GQueue                     arrivals;       /* of RocketIOArrival: the app has still to decide */
  RocketIOFarewells         *farewells;
  RocketIODrain             *drain;          /* NULL: not begun */
  RocketIOPresence          *presence;
  RocketIOPages             *pages;          /* NULL: none */
  RocketIOSessionHost        host;
  RocketIOEndpointsSettings  settings;

  RocketIOPeers             *peers;
  RocketIOVerdict            no_room;        /* for the client that is refused just now */
  GStrv                      allowed_origins;
  GStrv                      allowed_hosts;
  GStrv                      trusted_proxies;
  char                      *path_prefix;    /* "": none */
  gboolean                   websocket;      /* as set; `settings` has what comes of it and the environment */
  gboolean                   comet;
  gsize                      max_body;
  gsize                      max_queue;
  RocketIOLogBounds          log_bounds;     /* as set: the age may be 0 */
  GMainLoop                 *loop;           /* while rocketio_server_run() runs; owned by it */
  gboolean                   silent;         /* being disposed of: the app is told nothing more */
};

/* Complains, naming `function`, if this is not the thread that the server belongs to. */
gboolean rocketio_server_check_thread (RocketIOServer *self,
                                       const char     *function);

/* Looks at ROCKETIO_WEBSOCKET and ROCKETIO_COMET, which can each switch a transport off. */
gboolean rocketio_server_read_environment (RocketIOServer  *self,
                                           GError         **error);

void     rocketio_server_install_properties (GObjectClass *object_class);
void     rocketio_server_init_settings      (RocketIOServer *self);

/* Hands the bounds of the logs, and the resume window as far as they depend on it, to the hub. */
void     rocketio_server_bound_logs         (RocketIOServer *self);

/* What the endpoints hand up; and the greeter. */
extern const RocketIOEndpointsFuncs rocketio_server_endpoints_funcs;
void     rocketio_server_greeted         (RocketIOTransport *transport,
                                          RocketIOHello     *hello,
                                          gpointer           user_data);

/* Whether the app has a handler. */
gboolean rocketio_server_is_heard        (RocketIOServer       *self,
                                          RocketIOServerSignal  signal,
                                          GQuark                detail);

/* Sets up `greeter`, `endpoints` and `host`. */
void     rocketio_server_init_sessions   (RocketIOServer *self);

/* Watches over requests. */
void     rocketio_server_guard           (RocketIOServer  *self);

/* Counts a session that comes, and goes. Why there is no room for it, good until the next one is asked for; NULL: there
 * is. */
const RocketIOVerdict *rocketio_server_count_in  (RocketIOServer  *self,
                                                  RocketIOSession *session,
                                                  GSocketAddress  *address);
void                   rocketio_server_count_out (RocketIOServer  *self,
                                                  RocketIOSession *session);

/* Why a new client is turned away; NULL: it is not. */
const RocketIOVerdict *rocketio_server_get_objection (RocketIOServer *self);
void     rocketio_server_call_off_drain  (RocketIOServer *self);
void     rocketio_server_end_drain       (RocketIOServer *self);

/* Reads the state file once, if there is one. */
void     rocketio_server_load_state      (RocketIOServer *self);

/* Answers a request for what `serve` or nobody serves. */
void     rocketio_server_answer_page     (RocketIOServer    *self,
                                          SoupServerMessage *message,
                                          const char        *path);

/* Puts the pages, if there are any, where the prefix says, or takes them away. */
void     rocketio_server_add_pages       (RocketIOServer  *self);
void     rocketio_server_remove_pages    (RocketIOServer  *self);

/* Milliseconds without a poll after which a Comet session is over. */
guint    rocketio_server_get_silence_time (RocketIOServer  *self);

G_END_DECLS
