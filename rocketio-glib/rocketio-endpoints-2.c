/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-endpoints-private.h"

#include "rocketio-http-private.h"
#include "rocketio-loose-private.h"
#include "rocketio-poll-transport-2-private.h"
#include "rocketio-sse-transport-private.h"

#include <string.h>

/* What is posted */

typedef struct
{
  GBytes       *body;
  char         *id;          /* these three NULL if they are missing */
  char         *token;
  char         *position;
  GArray       *messages;    /* of RocketIOSpan, in `body`; NULL: there is no array of them */
} Post;

static void
post_clear (Post *post)
{
  g_clear_pointer (&post->body, g_bytes_unref);
  g_clear_pointer (&post->id, g_free);
  g_clear_pointer (&post->token, g_free);
  g_clear_pointer (&post->position, g_free);
  g_clear_pointer (&post->messages, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Post, post_clear)

static gboolean
post_read (Post              *post,
           SoupServerMessage *message)
{
  RocketIOJsonMember members[] = { { "id" }, { "token" }, { "pos" }, { "messages" } };
  RocketIOSpan text;

  *post = (Post) { NULL };
  post->body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  text.start = g_bytes_get_data (post->body, &text.length);
  if (!rocketio_loose_members (text, members, G_N_ELEMENTS (members)))
    {
      rocketio_http_refuse (message, SOUP_STATUS_BAD_REQUEST, "JSON parse error: the body is no object");
      return FALSE;
    }

  post->id = rocketio_loose_dup_string (members[0].value);
  post->token = rocketio_loose_dup_string (members[1].value);
  post->position = rocketio_loose_dup_string (members[2].value);
  if (members[3].value.start != NULL)
    post->messages = rocketio_loose_split (members[3].value);

  return TRUE;
}

/* The session that a post is of, which may also be switched off or not allowed; NULL: it was refused. */
static RocketIOSession *
find_session (RocketIOEndpoints *self,
              SoupServerMessage *message,
              Post              *post)
{
  RocketIOSession *session = self->funcs->find (post->id, post->token, self->user_data);

  if (session == NULL)
    rocketio_http_refuse (message, SOUP_STATUS_NOT_FOUND, "unknown session; say __hello");

  return session;
}

/* Also answers a preflight. */
static gboolean
let_pass (RocketIOEndpoints *self,
          SoupServerMessage *message)
{
  if (!self->settings->comet)
    rocketio_http_refuse (message, SOUP_STATUS_NOT_FOUND, "Comet is switched off here (RocketIOServer:comet)");
  if (!self->settings->comet || !rocketio_endpoints_check_origin (self, message))
    return FALSE;
  if (!rocketio_http_is_method (message, "OPTIONS"))
    return TRUE;

  rocketio_endpoints_answer_preflight (message);

  return FALSE;
}

/* Sending */

static gboolean
check_sizes (RocketIOEndpoints *self,
             SoupServerMessage *message,
             GArray            *messages)
{
  gsize max = self->settings->session.max_message;

  for (guint i = 0; i < messages->len; i++)
    {
      gsize length = g_array_index (messages, RocketIOSpan, i).length;

      if (length <= max)
        continue;

      rocketio_http_refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                            "a message of %" G_GSIZE_FORMAT " bytes is too large; %" G_GSIZE_FORMAT " are allowed "
                            "(RocketIOServer:max-message-bytes)", length, max);
      return FALSE;
    }

  return TRUE;
}

static void
receive (RocketIOEndpoints *self,
         SoupServerMessage *message,
         Post              *post)
{
  g_autoptr (RocketIOSession) session = find_session (self, message, post);
  g_autofree char *answer = NULL;

  if (session == NULL)
    return;

  g_object_ref (session);
  if (!check_sizes (self, message, post->messages) ||
      !rocketio_endpoints_check_debt (self, message, rocketio_session_get_debt (session)))
    return;

  answer = rocketio_session_receive_post (session, post->messages);
  rocketio_http_answer_json (message, answer);
  rocketio_endpoints_answer_in_time (self, message, rocketio_session_get_debt (session));
}

void
rocketio_endpoints_handle_send (RocketIOEndpoints *self,
                                SoupServerMessage *message)
{
  g_auto (Post) post = { NULL };
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  g_auto (RocketIOHello) hello = { NULL };
  RocketIOAnswer *answer;

  if (!let_pass (self, message) || !post_read (&post, message))
    return;

  if (post.messages == NULL)
    {
      rocketio_http_refuse (message, SOUP_STATUS_BAD_REQUEST, "there is no array \"messages\"");
      return;
    }

  if (post.id != NULL || post.messages->len == 0 ||
      !rocketio_hello_parse (&hello, g_array_index (post.messages, RocketIOSpan, 0)))
    {
      receive (self, message, &post);
      return;
    }

  rocketio_http_answer_json (message, "");
  answer = rocketio_endpoints_take (self, message);
  if (answer == NULL)
    return;

  hello.handshake = rocketio_handshake_new (message, answer->connection, 2);
  self->funcs->greet (&hello, answer, self->user_data);
}

/* Server-sent events */

static char *
get_ticket (SoupServerMessage *message)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_autoptr (GHashTable) values = query != NULL ? soup_form_decode (query) : NULL;

  return values != NULL ? g_strdup (g_hash_table_lookup (values, "ticket")) : NULL;
}

static RocketIOTransport *
open_stream (RocketIOEndpoints *self,
             SoupServerMessage *message)
{
  const RocketIOSessionSettings *settings = &self->settings->session;
  g_autoptr (RocketIOConnection) connection = NULL;
  g_autoptr (GBytes) head = NULL;

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  rocketio_http_set_header (message, "Content-Type", "text/event-stream");
  rocketio_http_set_header (message, "Cache-Control", "no-store");
  rocketio_http_set_header (message, "X-Accel-Buffering", "no");
  rocketio_http_set_header (message, "X-Content-Type-Options", "nosniff");
  head = g_string_free_to_bytes (rocketio_http_build_head (message, FALSE));

  connection = rocketio_endpoints_take_connection (self, message);
  if (connection == NULL)
    return NULL;

  return rocketio_sse_transport_new (connection, head, settings->heartbeat * 1000, settings->timeout * 1000);
}

void
rocketio_endpoints_handle_sse (RocketIOEndpoints *self,
                               SoupServerMessage *message)
{
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  g_autofree char *last = g_strdup (rocketio_http_get_header (message, "Last-Event-ID"));
  g_autofree char *ticket = get_ticket (message);
  g_autoptr (RocketIOSession) session = NULL;
  g_autoptr (RocketIOTransport) transport = NULL;

  if (!let_pass (self, message))
    return;

  session = self->funcs->redeem (ticket, self->user_data);
  if (session == NULL)
    {
      rocketio_http_refuse (message, SOUP_STATUS_FORBIDDEN, "the ticket is not good any more; say __hello");
      return;
    }

  g_object_ref (session);
  if (last != NULL && !rocketio_session_poll (session, last))
    {
      rocketio_http_refuse (message, SOUP_STATUS_FORBIDDEN,
                            "not everything is there that came after Last-Event-ID; say __hello");
      return;
    }

  transport = open_stream (self, message);
  if (transport != NULL)
    rocketio_session_stream (session, transport);
}

/* Polling */

void
rocketio_endpoints_handle_poll (RocketIOEndpoints *self,
                                SoupServerMessage *message)
{
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  g_auto (Post) post = { NULL };
  g_autoptr (RocketIOSession) session = NULL;
  RocketIOAnswer *answer;

  if (!let_pass (self, message) || !post_read (&post, message))
    return;

  session = find_session (self, message, &post);
  if (session == NULL)
    return;

  g_object_ref (session);
  if (!rocketio_session_may_poll (session))
    {
      rocketio_http_refuse (message, SOUP_STATUS_CONFLICT, "the session has said __hello over a WebSocket since");
      return;
    }
  if (!rocketio_session_poll (session, post.position))
    {
      rocketio_http_refuse (message, SOUP_STATUS_CONFLICT, "not everything is there that came after pos; say __hello");
      return;
    }

  rocketio_http_answer_json (message, "");
  answer = rocketio_endpoints_take (self, message);
  if (answer != NULL)
    rocketio_session_hold_poll (session, answer);
}
