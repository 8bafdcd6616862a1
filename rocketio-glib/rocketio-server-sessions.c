/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

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
gboolean
rocketio_server_is_heard (RocketIOServer       *self,
                          RocketIOServerSignal  signal,
                          GQuark                detail)
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

  if (!rocketio_server_is_heard (self, ROCKETIO_SERVER_EVENT, detail))
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

  if (rocketio_server_is_heard (self, ROCKETIO_SERVER_BINARY, detail))
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

  if (rocketio_server_is_heard (self, ROCKETIO_SERVER_REQUEST, detail))
    g_signal_emit (self, rocketio_server_signals[ROCKETIO_SERVER_REQUEST], detail, request, session, name);
  else
    rocketio_request_fail (request, "unknown-name", "nobody here answers requests of that name", NULL);
}

static gboolean
may_send_cb (RocketIOSession *session,
             const char      *name,
             gpointer         user_data)
{
  guint signal = rocketio_server_signals[ROCKETIO_SERVER_AUTHORIZE_EVENT];
  gboolean allowed = TRUE;
  GQuark detail;

  /* This is asked about each message, and mostly there is nobody to ask. */
  if (g_signal_handler_find (user_data, G_SIGNAL_MATCH_ID, signal, 0, NULL, NULL, NULL) == 0)
    return TRUE;

  detail = g_quark_try_string (name);
  if (rocketio_server_is_heard (user_data, ROCKETIO_SERVER_AUTHORIZE_EVENT, detail))
    g_signal_emit (user_data, signal, detail, session, name, &allowed);

  return allowed;
}

static gboolean
may_join_cb (RocketIOSession *session,
             const char      *channel,
             gpointer         user_data)
{
  gboolean allowed = TRUE;

  if (rocketio_server_is_heard (user_data, ROCKETIO_SERVER_AUTHORIZE_JOIN, 0))
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

  rocketio_server_count_out (self, session);
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

static gboolean
has_debug_option (const char *option)
{
  const char *value = g_getenv ("ROCKETIO_DEBUG");
  g_auto (GStrv) options = value != NULL ? g_strsplit (value, ",", -1) : NULL;

  return options != NULL && g_strv_contains ((const char *const *) options, option);
}

void
rocketio_server_init_sessions (RocketIOServer *self)
{
  self->farewells = rocketio_farewells_new ();
  self->presence = rocketio_presence_new (self->reactor, presence_cb, self);
  self->greeter = rocketio_greeter_new (self->reactor, &self->settings.session.limits.handshake_timeout,
                                        rocketio_server_greeted, self);
  self->endpoints = rocketio_endpoints_new (self->soup, self->listener, &self->settings, &rocketio_server_endpoints_funcs, self);
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
    .may_send = may_send_cb,
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
