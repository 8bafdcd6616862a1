/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(ROCKETIO_GLIB_INSIDE) && !defined(ROCKETIO_GLIB_COMPILATION)
#error "Only <rocketio-glib/rocketio-glib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include <rocketio-glib/rocketio-version.h>

G_BEGIN_DECLS

/**
 * ROCKETIO_ERROR:
 *
 * The error domain of the library.
 */
#define ROCKETIO_ERROR (rocketio_error_quark ())

ROCKETIO_AVAILABLE_IN_ALL
GQuark rocketio_error_quark (void);

/**
 * RocketIOError:
 * @ROCKETIO_ERROR_INVALID_NAME: the name of an event or channel cannot be used: it is empty, too long, not UTF-8,
 *   or reserved for the protocol
 * @ROCKETIO_ERROR_INVALID_JSON: the text or the value cannot be sent as JSON (RFC 8259), or breaks a limit of the
 *   library such as the nesting
 * @ROCKETIO_ERROR_INVALID_MESSAGE: well-formed JSON that is not a message of the protocol
 * @ROCKETIO_ERROR_TOO_LARGE: the message has more bytes than allowed
 * @ROCKETIO_ERROR_INVALID_SETTING: a setting is out of its range or contradicts another one
 * @ROCKETIO_ERROR_TOO_MANY: there are as many as there may be: channels of a session, say
 * @ROCKETIO_ERROR_ANSWERED: the request has been answered already
 * @ROCKETIO_ERROR_REFUSED: the other side answered with an error; the message is its code, a colon and its text
 *
 * What can go wrong. Whatever has to do with sockets, files and TLS is reported as [error@Gio.IOErrorEnum] or
 * [error@Gio.TlsError].
 */
typedef enum
{
  ROCKETIO_ERROR_INVALID_NAME,
  ROCKETIO_ERROR_INVALID_JSON,
  ROCKETIO_ERROR_INVALID_MESSAGE,
  ROCKETIO_ERROR_TOO_LARGE,
  ROCKETIO_ERROR_INVALID_SETTING,
  ROCKETIO_ERROR_TOO_MANY,
  ROCKETIO_ERROR_ANSWERED,
  ROCKETIO_ERROR_REFUSED,
} RocketIOError;

#define ROCKETIO_TYPE_ERROR (rocketio_error_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
GType rocketio_error_get_type (void);

/**
 * RocketIOTransportType:
 * @ROCKETIO_TRANSPORT_TYPE_NONE: none: the session is closed, or its client is cut off and may come back
 * @ROCKETIO_TRANSPORT_TYPE_WEBSOCKET: a WebSocket (RFC 6455)
 * @ROCKETIO_TRANSPORT_TYPE_COMET: HTTP long polling
 * @ROCKETIO_TRANSPORT_TYPE_SSE: server-sent events (HTML, section 9.2)
 *
 * How a client is connected.
 */
typedef enum
{
  ROCKETIO_TRANSPORT_TYPE_NONE,
  ROCKETIO_TRANSPORT_TYPE_WEBSOCKET,
  ROCKETIO_TRANSPORT_TYPE_COMET,
  ROCKETIO_TRANSPORT_TYPE_SSE,
} RocketIOTransportType;

#define ROCKETIO_TYPE_TRANSPORT_TYPE (rocketio_transport_type_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
GType rocketio_transport_type_get_type (void);

/**
 * RocketIOCloseReason:
 * @ROCKETIO_CLOSE_REASON_CLIENT: the client closed its connection, or said goodbye
 * @ROCKETIO_CLOSE_REASON_LOST: the connection broke, or the peer fell silent
 * @ROCKETIO_CLOSE_REASON_TIMEOUT: the client stopped polling, or did not come back within
 *   [property@Server:resume-window]
 * @ROCKETIO_CLOSE_REASON_SERVER: the app called [method@Session.close]
 * @ROCKETIO_CLOSE_REASON_PROTOCOL: the client broke the protocol
 * @ROCKETIO_CLOSE_REASON_SLOW: the client read too slowly, and more was waiting for it than is kept for one client
 * @ROCKETIO_CLOSE_REASON_SHUTDOWN: the server was closed
 *
 * Why a session ended.
 */
typedef enum
{
  ROCKETIO_CLOSE_REASON_CLIENT,
  ROCKETIO_CLOSE_REASON_LOST,
  ROCKETIO_CLOSE_REASON_TIMEOUT,
  ROCKETIO_CLOSE_REASON_SERVER,
  ROCKETIO_CLOSE_REASON_PROTOCOL,
  ROCKETIO_CLOSE_REASON_SLOW,
  ROCKETIO_CLOSE_REASON_SHUTDOWN,
} RocketIOCloseReason;

#define ROCKETIO_TYPE_CLOSE_REASON (rocketio_close_reason_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
GType rocketio_close_reason_get_type (void);

/**
 * RocketIOSlowPolicy:
 * @ROCKETIO_SLOW_POLICY_DEFAULT: of a push: what [property@Server:slow-policy] says
 * @ROCKETIO_SLOW_POLICY_DISCONNECT: the connection is ended. A client of version 2 of the wire protocol may come back
 *   and resume, and gets what it has missed if that is still kept
 * @ROCKETIO_SLOW_POLICY_DROP_OLDEST: what has waited longest is left out
 * @ROCKETIO_SLOW_POLICY_DROP_NEWEST: what is pushed is left out until the client has taken what waits
 *
 * What becomes of a push when more than [property@Server:max-queue-bytes] would wait for a client that reads too
 * slowly. It is decided client by client: nobody waits for another one.
 *
 * Version 2 of the wire protocol tells the client how many were left out.
 */
typedef enum
{
  ROCKETIO_SLOW_POLICY_DEFAULT,
  ROCKETIO_SLOW_POLICY_DISCONNECT,
  ROCKETIO_SLOW_POLICY_DROP_OLDEST,
  ROCKETIO_SLOW_POLICY_DROP_NEWEST,
} RocketIOSlowPolicy;

#define ROCKETIO_TYPE_SLOW_POLICY (rocketio_slow_policy_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
GType rocketio_slow_policy_get_type (void);

/**
 * RocketIOServeFlags:
 * @ROCKETIO_SERVE_FLAGS_NONE: just the files
 * @ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX: a page that is not there is answered with `index.html`, for apps that give
 *   the paths of their address bar a meaning of their own
 *
 * How files are served.
 */
typedef enum
{
  ROCKETIO_SERVE_FLAGS_NONE = 0,
  ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX = 1 << 0,
} RocketIOServeFlags;

#define ROCKETIO_TYPE_SERVE_FLAGS (rocketio_serve_flags_get_type ())
ROCKETIO_AVAILABLE_IN_ALL
GType rocketio_serve_flags_get_type (void);

G_END_DECLS
