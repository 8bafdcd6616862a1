/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include "rocketio-poll-transport-private.h"

#include <string.h>

#define OPEN_TIME 3000    /* milliseconds until a client of version 1 that tells no channel is taken as open */

/* What sessions tell */

static guint64
get_seq_cb (gpointer user_data)
{
  return rocketio_hub_get_seq (((RocketIOServer *) user_data)->hub);
}

static void
opened_cb (RocketIOSession *session,
           gpointer         user_data)
{
  g_signal_emit (user_data, rocketio_server_signals[ROCKETIO_SERVER_SESSION_OPENED], 0, session);
}

/* GLib looks for handlers with exactly this detail; those of the plain signal hear every name. */
static gboolean
is_heard (RocketIOServer      *self,
          RocketIOServerSignal signal,
          GQuark               detail)
{
  guint id = rocketio_server_signals[signal];

  return g_signal_has_handler_pending (self, id, 0, FALSE) ||
         (detail != 0 && g_signal_has_handler_pending (self, id, detail, FALSE));
}

static void
event_cb (RocketIOSession  *session,
          RocketIOEnvelope *envelope,
          gpointer          user_data)
{
  RocketIOServer *self = user_data;

  /* Names come from the network: one that no handler has asked for must not become a quark, which is for ever. */
  GQuark detail = g_quark_try_string (envelope->event);
  g_autoptr (JsonNode) data = NULL;

  if (!is_heard (self, ROCKETIO_SERVER_EVENT, detail))
    return;

  data = rocketio_envelope_parse_data (envelope);
  g_signal_emit (self, rocketio_server_signals[ROCKETIO_SERVER_EVENT], detail, data, session, envelope->event);
}

static void
binary_cb (RocketIOSession  *session,
           RocketIOEnvelope *envelope,
           gpointer          user_data)
{
  RocketIOServer *self = user_data;
  GQuark detail = g_quark_try_string (envelope->event);

  if (is_heard (self, ROCKETIO_SERVER_BINARY, detail))
    g_signal_emit (self, rocketio_server_signals[ROCKETIO_SERVER_BINARY], detail, envelope->bytes, session,
                   envelope->event);
}

static void
request_cb (RocketIOSession *session,
            RocketIORequest *request,
            gpointer         user_data)
{
  RocketIOServer *self = user_data;
  g_autoptr (RocketIORequest) owned = request;
  const char *name = rocketio_request_get_name (request);
  GQuark detail = g_quark_try_string (name);

  if (is_heard (self, ROCKETIO_SERVER_REQUEST, detail))
    g_signal_emit (self, rocketio_server_signals[ROCKETIO_SERVER_REQUEST], detail, request, session, name);
  else
    rocketio_request_fail (request, "unknown-name", "nobody here answers requests of that name", NULL);
}

static gboolean
may_join_cb (RocketIOSession *session,
             const char      *channel,
             gpointer         user_data)
{
  gboolean allowed = TRUE;

  if (is_heard (user_data, ROCKETIO_SERVER_AUTHORIZE_JOIN, 0))
    g_signal_emit (user_data, rocketio_server_signals[ROCKETIO_SERVER_AUTHORIZE_JOIN], 0, session, channel, &allowed);

  return allowed;
}

static void
detached_cb (RocketIOSession *session,
             gpointer         user_data)
{
  if (!((RocketIOServer *) user_data)->silent)
    g_signal_emit (user_data, rocketio_server_signals[ROCKETIO_SERVER_SESSION_DETACHED], 0, session);
}

static void
resumed_cb (RocketIOSession *session,
            gboolean         recovered,
            gpointer         user_data)
{
  g_signal_emit (user_data, rocketio_server_signals[ROCKETIO_SERVER_SESSION_RESUMED], 0, session, recovered);
}

static void
dirty_cb (RocketIOSession *session,
          gpointer         user_data)
{
  rocketio_hub_mark (((RocketIOServer *) user_data)->hub, session);
}

static void
pushed_cb (RocketIOSession *session,
           RocketIOMessage *message,
           gpointer         user_data)
{
  rocketio_hub_push_to (((RocketIOServer *) user_data)->hub, message, session);
}

static void
closed_cb (RocketIOSession     *session,
           gboolean             was_open,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  RocketIOServer *self = g_object_ref (user_data);

  rocketio_hub_remove (self->hub, session);
  if (was_open && !self->silent)
    g_signal_emit (self, rocketio_server_signals[ROCKETIO_SERVER_SESSION_CLOSED], 0, session, reason);
}

static void
ended_cb (RocketIOSession *session,
          gpointer         user_data)
{
  g_object_unref (user_data);
}

/* What endpoints hand up */

/* The session that wants to go by `id`, or a new one. */
static RocketIOSession *
find_session (RocketIOServer *self,
              const char     *id)
{
  RocketIOSession *session = id != NULL ? rocketio_server_get_session (self, id) : NULL;

  if (session != NULL && session->wire == NULL)
    return g_object_ref (session);
  if (session != NULL)
    id = NULL;

  /* Also an id that we never heard of is good if it looks like ours: clients keep theirs over a restart. */
  session = rocketio_session_new (&self->host, id);
  rocketio_hub_add (self->hub, session);

  return session;
}

static void
websocket_opened_cb (RocketIOTransport *transport,
                     const char        *id,
                     gpointer           user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);
  g_autoptr (RocketIOSession) session = find_session (self, id);

  rocketio_session_attach (session, transport);
}

static gboolean
is_polled (RocketIOSession *session)
{
  return session != NULL && session->wire == NULL && rocketio_session_get_transport (session) == ROCKETIO_TRANSPORT_TYPE_COMET;
}

static RocketIOTransport *
get_poll_cb (const char     *id,
             GSocketAddress *remote,
             gpointer        user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);
  g_autoptr (RocketIOSession) session = find_session (self, id);
  g_autoptr (RocketIOTransport) transport = NULL;

  if (is_polled (session))
    return rocketio_transport_ref (rocketio_session_get_carrier (session));

  transport = rocketio_poll_transport_new (self->listener, remote, self->settings.poll_time * 1000);
  rocketio_session_attach (session, transport);

  return g_steal_pointer (&transport);
}

static RocketIOTransport *
get_post_cb (const char *id,
             gpointer    user_data)
{
  RocketIOServer *self = user_data;
  RocketIOSession *session = rocketio_session_list_lookup (rocketio_hub_get_sessions (self->hub), id);

  return is_polled (session) ? rocketio_transport_ref (rocketio_session_get_carrier (session)) : NULL;
}

static void
not_found (SoupServerMessage *message)
{
  static const char text[] = "There is nothing here.\n";

  soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_STATIC, text, sizeof text - 1);
}

static void
other_cb (SoupServerMessage *message,
          const char        *path,
          gpointer           user_data)
{
  RocketIOServer *self = user_data;

  if (self->pages != NULL)
    rocketio_pages_handle (self->pages, message, path);
  else
    not_found (message);
}

/* Version 2 */

static RocketIOSession *
find_resumable (RocketIOServer *self,
                const char     *id,
                const char     *token)
{
  RocketIOSession *session = NULL;

  if (id != NULL)
    session = rocketio_session_list_lookup (rocketio_hub_get_sessions (self->hub), id);

  return session != NULL && rocketio_session_has_token (session, token) ? session : NULL;
}

/* The session that the hello is for: the one that it asks for, or a new one. */
static RocketIOSession *
begin_session (RocketIOServer *self,
               RocketIOHello  *hello,
               gboolean       *is_new)
{
  RocketIOSession *session = find_resumable (self, hello->id, hello->token);

  *is_new = session == NULL;
  if (session != NULL)
    {
      g_object_ref (session);
      rocketio_session_resume (session, hello->position);
      return session;
    }

  session = rocketio_session_new_2 (&self->host);
  rocketio_hub_add (self->hub, session);

  return session;
}

/* Before the app hears of a session, that is in the channels that it asked for. */
static void
open_session (RocketIOSession *session,
              RocketIOHello   *hello)
{
  if (hello->channels != NULL)
    rocketio_session_join_first (session, hello->channels);
  rocketio_session_open (session);
}

static void
hello_cb (RocketIOTransport *transport,
          RocketIOHello     *hello,
          gpointer           user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);
  g_autoptr (RocketIOSession) session = NULL;
  gboolean is_new;

  session = begin_session (self, hello, &is_new);
  rocketio_session_attach (session, transport);
  rocketio_session_announce (session);
  if (is_new)
    open_session (session, hello);
}

static void
websocket_2_opened_cb (RocketIOTransport *transport,
                       gpointer           user_data)
{
  rocketio_greeter_add (((RocketIOServer *) user_data)->greeter, transport);
}

static gboolean
has_debug_option (const char *option)
{
  const char *value = g_getenv ("ROCKETIO_DEBUG");
  g_auto (GStrv) options = value != NULL ? g_strsplit (value, ",", -1) : NULL;

  return options != NULL && g_strv_contains ((const char *const *) options, option);
}

static char *
greet_cb (RocketIOHello *hello,
          gpointer       user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);
  g_autoptr (RocketIOSession) session = NULL;
  g_autoptr (RocketIOMessage) message = NULL;
  GString *answer = g_string_new (NULL);
  gboolean is_new;

  session = begin_session (self, hello, &is_new);
  rocketio_session_expect_stream (session);
  if (is_new)
    open_session (session, hello);

  if (session->host != NULL)
    message = rocketio_session_make_welcome (session, rocketio_session_make_ticket (session));
  else
    message = rocketio_verdict_to_message (rocketio_verdict_for (ROCKETIO_CLOSE_REASON_SERVER));
  rocketio_messages_write_2 (&message, 1, answer);

  return g_string_free (answer, FALSE);
}

static RocketIOSession *
find_cb (const char *id,
         const char *token,
         gpointer    user_data)
{
  return find_resumable (user_data, id, token);
}

static RocketIOSession *
redeem_cb (const char *ticket,
           gpointer    user_data)
{
  RocketIOServer *self = user_data;
  g_autofree char *id = NULL;
  RocketIOSession *session;

  if (ticket == NULL || strlen (ticket) <= ROCKETIO_SESSION_ID_LENGTH)
    return NULL;

  id = g_strndup (ticket, ROCKETIO_SESSION_ID_LENGTH);
  session = rocketio_session_list_lookup (rocketio_hub_get_sessions (self->hub), id);

  return session != NULL && rocketio_session_take_ticket (session, ticket) ? session : NULL;
}

static const RocketIOEndpointsFuncs endpoints_funcs = {
  websocket_opened_cb, get_poll_cb, get_post_cb, websocket_2_opened_cb, greet_cb, find_cb, redeem_cb, other_cb,
};

void
rocketio_server_init_sessions (RocketIOServer *self)
{
  self->greeter = rocketio_greeter_new (self->reactor, hello_cb, self);
  self->endpoints = rocketio_endpoints_new (self->soup, self->listener, &self->settings, &endpoints_funcs, self);
  self->host = (RocketIOSessionHost) {
    .reactor = self->reactor,
    .channels = rocketio_hub_get_channels (self->hub),
    .everybody = rocketio_hub_get_everybody (self->hub),
    .passing = rocketio_hub_get_passing (self->hub),
    .inbox = self->inbox,
    .open_time = OPEN_TIME,
    .silence_time = rocketio_server_get_silence_time (self),
    .debug_wire = has_debug_option ("wire"),
    .epoch = rocketio_hub_get_epoch (self->hub),
    .settings = &self->settings.session,
    .user_data = self,
    .get_seq = get_seq_cb,
    .opened = opened_cb,
    .event = event_cb,
    .binary = binary_cb,
    .request = request_cb,
    .may_join = may_join_cb,
    .detached = detached_cb,
    .resumed = resumed_cb,
    .dirty = dirty_cb,
    .pushed = pushed_cb,
    .closed = closed_cb,
    .ended = ended_cb,
  };
}
