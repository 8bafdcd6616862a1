/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

#include <string.h>

RocketIOMessage *
rocketio_session_make_greeting_1 (RocketIOSession *self)
{
  g_autofree char *data = g_strdup_printf ("\"%s\"", self->id);

  return rocketio_message_new_json ("__session_id", data, -1, NULL);
}

RocketIOMessage *
rocketio_session_make_heartbeat_1 (RocketIOSession *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *data = NULL;

  /* The original wrote the time in two ways. */
  if (rocketio_session_get_transport (self) == ROCKETIO_TRANSPORT_TYPE_WEBSOCKET)
    data = g_date_time_format (now, "{\"time\":\"%Y-%m-%d %H:%M:%S +0000\"}");
  else
    data = g_strdup_printf ("{\"time\":%" G_GINT64_FORMAT "}", g_date_time_to_unix (now));

  return rocketio_message_new_json ("__heartbeat", data, -1, NULL);
}

static void
handle_channel (RocketIOSession  *self,
                RocketIOEnvelope *envelope)
{
  g_autofree char *channel = envelope->data.start != NULL ? rocketio_json_dup_string (envelope->data) : NULL;

  if (channel != NULL && strlen (channel) > ROCKETIO_SESSION_MAX_CHANNEL)
    {
      g_debug ("A channel's name of more than %d bytes was refused", ROCKETIO_SESSION_MAX_CHANNEL);
      return;
    }

  if (channel != NULL && !rocketio_session_may_join (self, channel))
    g_clear_pointer (&channel, g_free);
  if (self->host == NULL)
    return;

  rocketio_session_set_channel (self, channel);
  rocketio_session_open (self);
}

static void
handle_reserved (RocketIOSession  *self,
                 RocketIOEnvelope *envelope)
{
  if (g_str_equal (envelope->event, "__channel_id"))
    {
      handle_channel (self, envelope);
      return;
    }

  if (g_str_equal (envelope->event, "__session_id"))
    {
      self->announce = TRUE;
      self->host->dirty (self, self->host->user_data);
      return;
    }

  if (!g_str_equal (envelope->event, "__heartbeat"))
    g_debug ("An event named %s was refused: the name is reserved", envelope->event);
}

void
rocketio_session_received_1 (RocketIOSession *self,
                             const char      *text,
                             gsize            length)
{
  g_auto (RocketIOEnvelope) envelope = { NULL };
  g_autoptr (GError) error = NULL;

  rocketio_session_spend (self, length);
  if (!rocketio_envelope_parse (&envelope, text, length, &error))
    {
      g_debug ("A message was refused: %s", error->message);
      return;
    }

  if (rocketio_event_is_reserved (envelope.event))
    {
      handle_reserved (self, &envelope);
      return;
    }

  rocketio_session_open (self);
  if (self->host != NULL && self->host->may_send (self, envelope.event, self->host->user_data) && self->host != NULL)
    self->host->event (self, &envelope, self->host->user_data);
}
