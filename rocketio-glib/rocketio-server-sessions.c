/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include "rocketio-poll-transport-private.h"
#include "rocketio-request-private.h"

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
joined_cb (RocketIOSession *session,
           const char      *channel,
           gpointer         user_data)
{
  RocketIOServer *self = user_data;

  rocketio_hub_give_retained (self->hub, session, channel);
  rocketio_presence_joined (self->presence, session, channel);
}

static void
left_cb (RocketIOSession *session,
         const char      *channel,
         gpointer         user_data)
{
  rocketio_presence_left (((RocketIOServer *) user_data)->presence, session, channel);
}

static void
write_present_cb (RocketIOSession *session,
                  const char      *channel,
                  GString         *out,
                  gpointer         user_data)
{
  rocketio_presence_write (((RocketIOServer *) user_data)->presence, channel, out);
}

/* Whoever changed hears of it too: a client need not put together what it did itself. */
static void
presence_cb (const char *channel,
             GString    *data,
             gpointer    user_data)
{
  RocketIOServer *self = user_data;
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json ("__presence", data->str, data->len, NULL);
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();

  rocketio_push_options_set_channels (options, (const char *const[]) { channel, NULL });
  rocketio_hub_push (self->hub, message, options);
}

static void
detached_cb (RocketIOSession *session,
             gpointer         user_data)
{
  rocketio_presence_away (((RocketIOServer *) user_data)->presence, session);
  if (!((RocketIOServer *) user_data)->silent)
    g_signal_emit (user_data, rocketio_server_signals[ROCKETIO_SERVER_SESSION_DETACHED], 0, session);
}

static void
resumed_cb (RocketIOSession *session,
            gboolean         recovered,
            gpointer         user_data)
{
  rocketio_presence_back (((RocketIOServer *) user_data)->presence, session);
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
untold_cb (RocketIOSession       *session,
           const RocketIOVerdict *verdict,
           gpointer               user_data)
{
  rocketio_farewells_add (((RocketIOServer *) user_data)->farewells, session->id, session->wire->token, verdict);
}

static void
closed_cb (RocketIOSession     *session,
           gboolean             was_open,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  RocketIOServer *self = g_object_ref (user_data);

  rocketio_presence_away (self->presence, session);
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
  return session != NULL && session->wire == NULL &&
         rocketio_session_get_transport (session) == ROCKETIO_TRANSPORT_TYPE_COMET;
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
other_cb (SoupServerMessage *message,
          const char        *path,
          gpointer           user_data)
{
  rocketio_server_answer_page (user_data, message, path);
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

/* The welcome, over the WebSocket or as the answer to a POST. The client may be gone meanwhile. */
static void
welcome (RocketIOSession   *session,
         RocketIOTransport *transport,
         RocketIOAnswer    *answer)
{
  g_autoptr (RocketIOMessage) message = NULL;

  if (transport != NULL)
    {
      rocketio_session_attach (session, transport);
      rocketio_session_announce (session);
    }
  if (answer == NULL)
    return;

  if (session->host != NULL)
    message = rocketio_session_make_welcome (session, rocketio_session_make_ticket (session));
  else
    message = rocketio_verdict_to_message (rocketio_verdict_for (ROCKETIO_CLOSE_REASON_SERVER));
  rocketio_answer_give_messages (answer, &message, 1);
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
let_in (RocketIOServer    *self,
        RocketIOSession   *session,
        RocketIOHello     *hello,
        RocketIOTransport *transport,
        RocketIOAnswer    *answer)
{
  rocketio_hub_add (self->hub, session);
  rocketio_session_expect_stream (session);
  if (transport != NULL)
    welcome (session, transport, NULL);
  open_session (session, hello);
  if (answer != NULL)
    welcome (session, NULL, answer);
}

/* The app has decided. */
static void
arrived_cb (RocketIOArrival       *arrival,
            const RocketIOVerdict *verdict,
            gpointer               user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);
  g_autoptr (RocketIOTransport) transport = NULL;
  RocketIOAnswer *answer;
  gboolean is_there;

  g_queue_remove (&self->arrivals, arrival);
  if (verdict != NULL)
    {
      rocketio_arrival_turn_away (arrival, verdict);
    }
  else
    {
      transport = rocketio_arrival_take_transport (arrival);
      answer = rocketio_arrival_take_answer (arrival);
      is_there = transport != NULL || answer != NULL;
      if (is_there)
        let_in (self, rocketio_arrival_get_session (arrival), rocketio_arrival_get_hello (arrival), transport, answer);
    }
  rocketio_arrival_unref (arrival);
}

static void
decided_cb (const char *code,
            const char *message,
            gpointer    user_data)
{
  RocketIOVerdict verdict = { 4503, message, -1 };

  rocketio_arrival_decide (user_data, code != NULL ? &verdict : NULL);
}

static void
ask_app (RocketIOServer  *self,
         RocketIOArrival *arrival)
{
  RocketIOSession *session = rocketio_arrival_get_session (arrival);
  g_autoptr (RocketIORequest) request = NULL;

  if (!is_heard (self, ROCKETIO_SERVER_AUTHENTICATE, 0))
    {
      rocketio_arrival_decide (arrival, NULL);
      return;
    }

  request = rocketio_request_new_hello (session, rocketio_arrival_get_hello (arrival)->auth, decided_cb,
                                        rocketio_arrival_ref (arrival), (GDestroyNotify) rocketio_arrival_unref);
  g_signal_emit (self, rocketio_server_signals[ROCKETIO_SERVER_AUTHENTICATE], 0, request, session);
}

/* Takes `answer`. */
static void
turn_away (RocketIOTransport     *transport,
           RocketIOAnswer        *answer,
           const RocketIOVerdict *verdict)
{
  g_autoptr (RocketIOMessage) message = rocketio_verdict_to_message (verdict);

  if (answer != NULL)
    rocketio_answer_give_messages (answer, &message, 1);
  if (transport == NULL)
    return;

  rocketio_transport_send_verdict (transport, verdict);
  rocketio_transport_close (transport, ROCKETIO_CLOSE_REASON_SERVER, verdict);
}

/* Takes `answer`. */
static void
arrive (RocketIOServer    *self,
        RocketIOHello     *hello,
        RocketIOTransport *transport,
        RocketIOAnswer    *answer)
{
  g_autoptr (RocketIOSession) session = NULL;
  const RocketIOVerdict *verdict;
  RocketIOArrival *arrival;

  session = find_resumable (self, hello->id, hello->token);
  if (session != NULL)
    {
      g_object_ref (session);
      if (!rocketio_session_is_newest (session, hello->attempt))
        {
          turn_away (transport, answer, rocketio_verdict_replaced ());
          return;
        }

      session->wire->by_post = answer != NULL;
      rocketio_session_expect_stream (session);
      rocketio_session_resume (session, hello->position);
      welcome (session, transport, answer);
      rocketio_session_open (session);    /* one of before a restart is new to the app */
      rocketio_session_tell_resumed (session);
      return;
    }

  verdict = rocketio_farewells_find (self->farewells, hello->id, hello->token);
  if (verdict == NULL)
    verdict = rocketio_server_get_objection (self);
  session = rocketio_session_new_2 (&self->host);
  session->wire->by_post = answer != NULL;
  session->wire->attempt = hello->attempt;
  arrival = rocketio_arrival_new (self->reactor, session, hello, transport, answer, arrived_cb, self);
  g_queue_push_tail (&self->arrivals, arrival);
  if (verdict != NULL)
    rocketio_arrival_decide (arrival, verdict);
  else
    ask_app (self, arrival);
}

static void
hello_cb (RocketIOTransport *transport,
          RocketIOHello     *hello,
          gpointer           user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);

  arrive (self, hello, transport, NULL);
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

static void
greet_cb (RocketIOHello  *hello,
          RocketIOAnswer *answer,
          gpointer        user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);

  arrive (self, hello, NULL, answer);
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
  self->farewells = rocketio_farewells_new ();
  self->presence = rocketio_presence_new (self->reactor, presence_cb, self);
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
    .joined = joined_cb,
    .left = left_cb,
    .write_present = write_present_cb,
    .detached = detached_cb,
    .resumed = resumed_cb,
    .dirty = dirty_cb,
    .pushed = pushed_cb,
    .untold = untold_cb,
    .closed = closed_cb,
    .ended = ended_cb,
  };
}
