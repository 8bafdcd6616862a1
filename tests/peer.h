/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

/* A raw client on the loopback, in the thread and main context of the server under test: whatever waits here runs that
 * context meanwhile, and fails the test when it has waited too long. It knows just enough of HTTP and WebSocket to take
 * answers apart, and sends whatever bytes it is told to. */

#define PEER_PATIENCE 8000    /* milliseconds; a sound server answers in a few */

typedef struct
{
  int         fd;
  GIOStream  *stream;    /* owns the fd */
  GIOStream  *tls;       /* NULL: plain text */
  GByteArray *in;        /* read, but not taken yet */
  gboolean    ended;     /* the other side has finished */
  gboolean    broken;    /* by a reset, say */
} Peer;

typedef struct
{
  guint  status;
  char  *head;           /* from the status line to the empty line */
  char  *body;           /* with a NUL behind it */
  gsize  length;
} Response;

typedef struct
{
  guint8 first;          /* FIN, RSV and opcode */
  char  *payload;        /* with a NUL behind it */
  gsize  length;
} Frame;

typedef gboolean (*PeerCondition) (gpointer user_data);

/* Runs the main context until `condition` holds; returns whether it does within so many milliseconds. */
gboolean    peer_wait_for           (PeerCondition  condition,
                                     gpointer       user_data,
                                     guint          milliseconds);

/* Runs the main context for a while: for what must NOT happen. */
void        peer_idle               (guint          milliseconds);

/* Waits for the guint behind `counter` to reach `n`. */
void        peer_wait_for_count     (guint         *counter,
                                     guint          n);

Peer       *peer_new                (guint          port);
Peer       *peer_new_at             (const char    *address,
                                     guint          port);
Peer       *peer_new_tls            (guint          port);
Peer       *peer_new_tls_as         (guint            port,
                                     GTlsCertificate *certificate);
void        peer_free               (Peer          *self);

/* Closes so that the other side sees a reset. */
void        peer_reset              (Peer          *self);
void        peer_half_close         (Peer          *self);

void        peer_send               (Peer          *self,
                                     const char    *format,
                                     ...) G_GNUC_PRINTF (2, 3);
void        peer_send_bytes         (Peer          *self,
                                     gconstpointer  data,
                                     gsize          length);

/* Writes what goes out at once; returns how much that was. */
gsize       peer_try_send           (Peer          *self,
                                     gconstpointer  data,
                                     gsize          length);

/* Reads what is there. */
void        peer_read               (Peer          *self);

/* Waits for `n` bytes, or for the end. */
void        peer_need               (Peer          *self,
                                     gsize          n);
void        peer_take               (Peer          *self,
                                     gsize          n);
void        peer_wait_for_end       (Peer          *self);
gboolean    peer_is_silent          (Peer          *self,
                                     guint          milliseconds);

/* HTTP */

void        peer_get_response       (Peer          *self,
                                     Response      *response);

/* The same for an answer to HEAD, or anything else that has no body whatever its head says. */
void        peer_get_head           (Peer          *self,
                                     Response      *response);
const char *response_get            (Response      *response,
                                     const char    *name);    /* valid until the next call */
void        response_clear          (Response      *response);

/* Sends one request with `Host: 127.0.0.1`, and returns the status of its answer, and the body unless that is NULL. */
guint       peer_request            (Peer          *self,
                                     const char    *method,
                                     const char    *target,
                                     const char    *headers,
                                     const char    *body,
                                     char         **answer);

/* WebSocket */

void        peer_ask_websocket      (Peer          *self,
                                     const char    *target,
                                     const char    *headers);
Peer       *peer_new_websocket      (guint          port,
                                     const char    *target);
void        peer_upgrade            (Peer          *self,
                                     const char    *target);
void        peer_send_text          (Peer          *self,
                                     const char    *format,
                                     ...) G_GNUC_PRINTF (2, 3);
void        peer_send_frame         (Peer          *self,
                                     guint8         first,
                                     gconstpointer  payload,
                                     gsize          length);
void        peer_get_frame          (Peer          *self,
                                     Frame         *frame);
void        frame_clear             (Frame         *frame);

/* The next message, which must be a whole one of text. */
char       *peer_get_text           (Peer          *self);
void        peer_expect_text        (Peer          *self,
                                     const char    *expected);

/* The id from the `__session_id` that must come next. */
char       *peer_get_session        (Peer          *self);

/* Comet */

void        peer_poll               (Peer          *self,
                                     const char    *session);
char       *peer_get_poll           (Peer          *self);
char       *peer_open_comet         (Peer          *self);
guint       peer_post               (Peer          *self,
                                     const char    *session,
                                     const char    *events);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Response, response_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Frame, frame_clear)
