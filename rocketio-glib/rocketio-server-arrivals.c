/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include "rocketio-poll-transport-private.h"
#include "rocketio-request-private.h"

#include <string.h>

/* A stranger may have to wait until the app has decided */

static void arrived_cb (RocketIOArrival       *arrival,
                        const RocketIOVerdict *verdict,
                        gpointer               user_data);

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
  RocketIOHello *hello = rocketio_arrival_get_hello (arrival);
  g_autoptr (RocketIORequest) request = NULL;

  if (!rocketio_server_is_heard (self, ROCKETIO_SERVER_AUTHENTICATE, 0))
    {
      rocketio_arrival_decide (arrival, NULL);
      return;
    }

  request = rocketio_request_new_hello (session, hello->auth, hello->handshake, decided_cb,
                                        rocketio_arrival_ref (arrival), (GDestroyNotify) rocketio_arrival_unref);
  g_signal_emit (self, rocketio_server_signals[ROCKETIO_SERVER_AUTHENTICATE], 0, request, session);
}

/* Takes `answer`. */
static void
begin_arrival (RocketIOServer        *self,
               RocketIOSession       *session,
               RocketIOHello         *hello,
               RocketIOTransport     *transport,
               RocketIOAnswer        *answer,
               const RocketIOVerdict *verdict)
{
  GSocketAddress *address = transport != NULL ? transport->remote
                                              : rocketio_connection_get_remote (answer->connection);
  guint timeout = self->settings.session.limits.handshake_timeout * 1000;
  RocketIOArrival *arrival;

  arrival = rocketio_arrival_new (self->reactor, session, hello, transport, answer, timeout, arrived_cb, self);
  if (verdict == NULL)
    verdict = rocketio_server_count_in (self, session, address);
  g_queue_push_tail (&self->arrivals, arrival);
  if (verdict != NULL)
    rocketio_arrival_decide (arrival, verdict);
  else
    ask_app (self, arrival);
}

/* Version 1 */

static RocketIOSession *
find_session (RocketIOServer *self,
              const char     *id)
{
  RocketIOSession *session = NULL;

  if (id != NULL)
    session = rocketio_session_list_lookup (rocketio_hub_get_sessions (self->hub), id);

  return session != NULL && session->wire == NULL ? g_object_ref (session) : NULL;
}

static gboolean
is_polled (RocketIOSession *session)
{
  return session != NULL && session->wire == NULL &&
         rocketio_session_get_transport (session) == ROCKETIO_TRANSPORT_TYPE_COMET;
}

/* Takes `answer`. */
static void
hold_poll (RocketIOServer  *self,
           RocketIOSession *session,
           RocketIOAnswer  *answer)
{
  g_autoptr (RocketIOTransport) transport = NULL;

  if (is_polled (session))
    {
      transport = rocketio_transport_ref (rocketio_session_get_carrier (session));
    }
  else
    {
      transport = rocketio_poll_transport_new (rocketio_connection_get_remote (answer->connection),
                                               self->settings.poll_time * 1000);
      rocketio_session_attach (session, transport);
    }

  rocketio_poll_transport_hold (transport, answer);
}

/* Two polls for one id may have waited. */
static void
let_in_1 (RocketIOServer    *self,
          RocketIOSession   *stranger,
          RocketIOTransport *transport,
          RocketIOAnswer    *answer)
{
  g_autoptr (RocketIOSession) session = find_session (self, stranger->id);

  if (session != NULL)
    {
      rocketio_server_count_out (self, stranger);
    }
  else
    {
      session = g_object_ref (stranger);
      rocketio_hub_add (self->hub, session);
    }
  if (transport != NULL)
    rocketio_session_attach (session, transport);
  else
    hold_poll (self, session, answer);
}

/* Also an id that we never heard of is good if it looks like ours: clients keep theirs over a restart. One that a
 * session of version 2 has is not. Takes `answer`. */
static void
arrive_1 (RocketIOServer    *self,
          const char        *id,
          RocketIOHandshake *handshake,
          RocketIOTransport *transport,
          RocketIOAnswer    *answer)
{
  RocketIOHello hello = { .handshake = g_object_ref (handshake) };
  gboolean is_taken = id != NULL && rocketio_server_get_session (self, id) != NULL;
  g_autoptr (RocketIOSession) session = rocketio_session_new (&self->host, is_taken ? NULL : id);

  begin_arrival (self, session, &hello, transport, answer, NULL);
}

static void
websocket_opened_cb (RocketIOTransport *transport,
                     const char        *id,
                     RocketIOHandshake *handshake,
                     gpointer           user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);
  g_autoptr (RocketIOSession) session = find_session (self, id);

  if (session != NULL)
    rocketio_session_attach (session, transport);
  else
    arrive_1 (self, id, handshake, transport, NULL);
}

static void
polled_cb (const char        *id,
           RocketIOHandshake *handshake,
           RocketIOAnswer    *answer,
           gpointer           user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);
  g_autoptr (RocketIOSession) session = find_session (self, id);

  if (session != NULL)
    hold_poll (self, session, answer);
  else
    arrive_1 (self, id, handshake, NULL, answer);
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
let_in_2 (RocketIOServer    *self,
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

static void
let_in (RocketIOServer  *self,
        RocketIOArrival *arrival)
{
  RocketIOSession *session = rocketio_arrival_get_session (arrival);
  g_autoptr (RocketIOTransport) transport = rocketio_arrival_take_transport (arrival);
  RocketIOAnswer *answer = rocketio_arrival_take_answer (arrival);

  if (transport == NULL && answer == NULL)
    rocketio_server_count_out (self, session);
  else if (session->wire != NULL)
    let_in_2 (self, session, rocketio_arrival_get_hello (arrival), transport, answer);
  else
    let_in_1 (self, session, transport, answer);
}

/* The app has decided. */
static void
arrived_cb (RocketIOArrival       *arrival,
            const RocketIOVerdict *verdict,
            gpointer               user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);

  g_queue_remove (&self->arrivals, arrival);
  if (verdict != NULL)
    {
      rocketio_server_count_out (self, rocketio_arrival_get_session (arrival));
      rocketio_arrival_turn_away (arrival, verdict);
    }
  else
    {
      let_in (self, arrival);
    }
  rocketio_arrival_unref (arrival);
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
  begin_arrival (self, session, hello, transport, answer, verdict);
}

void
rocketio_server_greeted (RocketIOTransport *transport,
                         RocketIOHello     *hello,
                         gpointer           user_data)
{
  g_autoptr (RocketIOServer) self = g_object_ref (user_data);

  arrive (self, hello, transport, NULL);
}

static void
websocket_2_opened_cb (RocketIOTransport *transport,
                       RocketIOHandshake *handshake,
                       gpointer           user_data)
{
  rocketio_greeter_add (((RocketIOServer *) user_data)->greeter, transport, handshake);
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

const RocketIOEndpointsFuncs rocketio_server_endpoints_funcs = {
  websocket_opened_cb, polled_cb, get_post_cb, websocket_2_opened_cb, greet_cb, find_cb, redeem_cb, other_cb,
};
