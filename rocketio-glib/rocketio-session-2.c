/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

#include "rocketio-hello-private.h"
#include "rocketio-request-private.h"

#include <string.h>

#define TOLD_EVERY  32      /* numbered messages of a client after which it is told how far we are, at the latest */
#define TOLD_TIME   500     /* milliseconds after which it is, at the latest */

/* What it is told that is no push */

static RocketIOMessage *
make_note (const char *event,
           GString    *data)
{
  RocketIOMessage *message = rocketio_message_new_json (event, data->str, data->len, NULL);

  g_string_free (data, TRUE);

  return message;
}

static void
append_position (RocketIOSession *self,
                 GString         *out)
{
  char position[ROCKETIO_POSITION_SIZE];

  rocketio_position_write (position, self->host->epoch, self->feed.cursor);
  g_string_append_printf (out, "\"pos\":\"%s\"", position);
}

static void
append_channels (RocketIOSession *self,
                 GString         *out)
{
  g_auto (GStrv) channels = rocketio_feed_dup_channels (&self->feed);

  g_string_append (out, "\"channels\":[");
  for (guint i = 0; channels[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      rocketio_json_write_string (out, channels[i]);
    }
  g_string_append_c (out, ']');
}

RocketIOMessage *
rocketio_session_make_welcome (RocketIOSession *self,
                               const char      *ticket)
{
  const RocketIOSessionSettings *settings = self->host->settings;
  RocketIOWire2 *wire = self->wire;
  GString *data = g_string_new (NULL);

  g_string_append_printf (data, "{\"id\":\"%s\",\"token\":\"%s\",", self->id, wire->token);
  append_position (self, data);
  g_string_append_printf (data, ",\"resumed\":%s,\"recovered\":%s,\"ackn\":%" G_GUINT64_FORMAT,
                          wire->resumed ? "true" : "false", wire->recovered ? "true" : "false", wire->n);
  g_string_append_printf (data, ",\"window\":%u,\"heartbeat\":%u,\"timeout\":%u,\"max\":%" G_GSIZE_FORMAT ",",
                          settings->resume_window, settings->heartbeat, settings->timeout, settings->max_message);
  append_channels (self, data);
  if (ticket != NULL)
    g_string_append_printf (data, ",\"ticket\":\"%s\"", ticket);
  g_string_append_c (data, '}');

  wire->n_told = wire->n;

  return make_note ("__welcome", data);
}

RocketIOMessage *
rocketio_session_make_ackn (RocketIOSession *self)
{
  GString *data = g_string_new (NULL);

  self->wire->n_told = self->wire->n;
  self->wire->owes_ackn = FALSE;
  if (self->host != NULL)
    rocketio_reactor_stop_timer (self->host->reactor, &self->wire->telling);
  g_string_printf (data, "{\"n\":%" G_GUINT64_FORMAT "}", self->wire->n);

  return make_note ("__ackn", data);
}

RocketIOMessage *
rocketio_session_make_heartbeat_2 (RocketIOSession *self)
{
  GString *data = g_string_new ("{");

  append_position (self, data);
  g_string_append_c (data, '}');
  self->wire->asked_at = g_get_monotonic_time ();
  self->wire->asked_seq = self->feed.cursor;

  return make_note ("__heartbeat", data);
}

RocketIOMessage *
rocketio_session_make_dropped (RocketIOSession *self)
{
  GString *data = g_string_new (NULL);

  g_string_printf (data, "{\"count\":%" G_GUINT64_FORMAT "}", self->feed.dropped - self->wire->dropped);
  self->wire->dropped = self->feed.dropped;

  return make_note ("__dropped", data);
}

void
rocketio_session_add_notes_2 (RocketIOSession *self,
                              GPtrArray       *batch)
{
  RocketIOWire2 *wire = self->wire;

  if (self->announce)
    g_ptr_array_add (batch, rocketio_session_make_welcome (self, NULL));
  if (wire->owes_ackn)
    g_ptr_array_add (batch, rocketio_session_make_ackn (self));
  if (wire->owes_heartbeat)
    g_ptr_array_add (batch, rocketio_session_make_heartbeat_2 (self));
  wire->owes_heartbeat = FALSE;
}

/* What it says */

static void
tell_ackn (RocketIOSession *self)
{
  self->wire->owes_ackn = TRUE;
  self->host->dirty (self, self->host->user_data);
}

static void
telling_cb (RocketIOTimer *timer)
{
  RocketIOWire2 *wire = rocketio_container_of (timer, RocketIOWire2, telling);

  if (wire->n > wire->n_told)
    tell_ackn (wire->session);
}

/* Whether a message with the number `n` is to be handled. */
static gboolean
count (RocketIOSession *self,
       guint64          n)
{
  RocketIOWire2 *wire = self->wire;

  if (n == 0)
    return TRUE;

  if (n != wire->n + 1)
    {
      tell_ackn (self);
      return FALSE;
    }

  wire->n = n;
  if (n - wire->n_told >= TOLD_EVERY)
    tell_ackn (self);
  else if (n - wire->n_told == 1)
    rocketio_reactor_start_timer (self->host->reactor, &wire->telling, TOLD_TIME);

  return TRUE;
}

/* One that was on its way when the heartbeat went out tells of what was before it, and nothing of the time. */
static void
measure (RocketIOSession *self,
         guint64          seq)
{
  if (self->wire->asked_at == 0 || seq < self->wire->asked_seq)
    return;

  self->wire->round_trip = g_get_monotonic_time () - self->wire->asked_at;
  self->wire->asked_at = 0;
  g_object_notify (G_OBJECT (self), "round-trip-time");
}

static void
handle_pong (RocketIOSession  *self,
             RocketIOEnvelope *envelope)
{
  RocketIOJsonMember members[] = { { "pos" } };
  g_autofree char *position = NULL;
  guint64 seq;

  if (envelope->data.start == NULL ||
      !rocketio_json_scan (envelope->data.start, envelope->data.length, members, G_N_ELEMENTS (members), NULL))
    return;

  position = members[0].value.start != NULL ? rocketio_json_dup_string (members[0].value) : NULL;
  if (!rocketio_position_read (position, self->host->epoch, &seq))
    return;

  rocketio_feed_confirm (&self->feed, seq);
  measure (self, seq);
}

static void
handle_bye (RocketIOSession  *self,
            RocketIOEnvelope *envelope)
{
  rocketio_session_end (self, ROCKETIO_CLOSE_REASON_CLIENT);
}

static void
handle_nothing (RocketIOSession  *self,
                RocketIOEnvelope *envelope)
{
}

static const struct
{
  const char *event;
  void (*handle) (RocketIOSession *self, RocketIOEnvelope *envelope);
} reserved[] = {
  { "__pong", handle_pong },
  { "__ack", rocketio_session_handle_ack },
  { "__join", rocketio_session_handle_join },
  { "__leave", rocketio_session_handle_leave },
  { "__bye", handle_bye },
  { "__heartbeat", handle_nothing },
};

static void
handle_reserved (RocketIOSession  *self,
                 RocketIOEnvelope *envelope)
{
  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    {
      if (g_str_equal (envelope->event, reserved[i].event))
        {
          reserved[i].handle (self, envelope);
          return;
        }
    }

  g_debug ("An event named %s was refused: the name is reserved", envelope->event);
  if (envelope->id > 0)
    rocketio_session_answer_no (self, envelope->id, "unknown-name", "names like that belong to the protocol");
}

/* A numbered one has been handled all the same: the client would send it for ever, and nothing else. */
static void
turn_down (RocketIOSession  *self,
           RocketIOEnvelope *envelope,
           const char       *code,
           const char       *problem)
{
  RocketIOMessage *message;
  GString *data;

  if (self->host == NULL)
    return;

  if (envelope->id > 0)
    {
      rocketio_session_answer_no (self, envelope->id, code, problem);
      return;
    }
  if (envelope->n == 0)
    return;

  data = g_string_new (NULL);
  g_string_printf (data, "{\"n\":%" G_GUINT64_FORMAT ",\"code\":\"%s\",\"message\":", envelope->n, code);
  rocketio_json_write_string (data, problem);
  g_string_append_c (data, '}');
  message = make_note ("__refused", data);

  /* It goes out in any case; in the answer to the POST it comes before the number that says that it was handled. */
  if (self->wire->refusals != NULL)
    g_ptr_array_add (self->wire->refusals, rocketio_message_copy (message));
  rocketio_session_push_message (self, message);
}

static void
handle (RocketIOSession  *self,
        RocketIOEnvelope *envelope)
{
  if (!count (self, envelope->n))
    return;

  if (rocketio_event_is_reserved (envelope->event))
    handle_reserved (self, envelope);
  else if (!self->host->may_send (self, envelope->event, self->host->user_data))
    turn_down (self, envelope, "denied", "the app does not allow it");
  else if (self->host == NULL || self->ending)
    return;
  else if (envelope->id > 0)
    self->host->request (self, rocketio_request_new (self, envelope), self->host->user_data);
  else if (envelope->bytes != NULL)
    self->host->binary (self, envelope, self->host->user_data);
  else
    self->host->event (self, envelope, self->host->user_data);
}

static void
refuse (RocketIOSession  *self,
        RocketIOEnvelope *envelope,
        const char       *problem)
{
  g_debug ("A message was refused: %s", problem);
  if (count (self, envelope->n))
    turn_down (self, envelope, "bad-request", problem);
}

static void
handle_text (RocketIOSession *self,
             const char      *text,
             gsize            length)
{
  g_auto (RocketIOEnvelope) envelope = { NULL };
  g_autoptr (GError) error = NULL;

  rocketio_session_spend (self, length);
  if (rocketio_envelope_parse_2 (&envelope, text, length, &error))
    {
      handle (self, &envelope);
      return;
    }

  rocketio_envelope_salvage (&envelope, text, length);
  refuse (self, &envelope, error->message);
}

void
rocketio_session_received_2 (RocketIOSession *self,
                             const char      *text,
                             gsize            length)
{
  g_autoptr (GArray) messages = rocketio_messages_split (text, length);

  /* A handler may end the session, and what it said after that is void. */
  for (guint i = 0; messages != NULL && i < messages->len && self->host != NULL && !self->ending; i++)
    {
      RocketIOSpan message = g_array_index (messages, RocketIOSpan, i);

      handle_text (self, message.start, message.length);
    }
}

void
rocketio_session_received_bytes_2 (RocketIOSession *self,
                                   const guint8    *data,
                                   gsize            length)
{
  g_auto (RocketIOEnvelope) envelope = { NULL };
  g_autoptr (GError) error = NULL;

  rocketio_session_spend (self, length);
  if (rocketio_envelope_parse_binary (&envelope, data, length, &error))
    handle (self, &envelope);
  else
    g_debug ("A binary message was refused: %s", error->message);
}

/* Coming and going */

void
rocketio_session_announce (RocketIOSession *self)
{
  self->announce = TRUE;
  if (self->host != NULL)
    self->host->dirty (self, self->host->user_data);
}

static void
window_cb (RocketIOTimer *timer)
{
  RocketIOWire2 *wire = rocketio_container_of (timer, RocketIOWire2, window);
  g_autoptr (RocketIOSession) self = g_object_ref (wire->session);

  if (wire->expected)
    rocketio_session_wait_2 (self);
  else
    rocketio_session_end (self, ROCKETIO_CLOSE_REASON_TIMEOUT);
}

void
rocketio_session_wait_2 (RocketIOSession *self)
{
  self->wire->expected = FALSE;
  self->wire->asked_at = 0;
  rocketio_reactor_start_timer (self->host->reactor, &self->wire->window, self->host->settings->resume_window * 1000);
  if (self->wire->detached)
    return;

  self->wire->detached = TRUE;
  if (self->open)
    self->host->detached (self, self->host->user_data);
}

void
rocketio_session_carried_2 (RocketIOSession *self)
{
  self->wire->expected = FALSE;
  rocketio_reactor_stop_timer (self->host->reactor, &self->wire->window);
}

/* The app hears of it if it has heard that the session was detached, or if something was missed. */
void
rocketio_session_tell_resumed (RocketIOSession *self)
{
  gboolean was_detached = self->wire->detached;

  if (self->host == NULL)
    return;

  if (self->open && !was_detached && !self->wire->recovered)
    self->host->detached (self, self->host->user_data);
  self->wire->detached = FALSE;
  if (self->open && self->host != NULL && (was_detached || !self->wire->recovered))
    self->host->resumed (self, self->wire->recovered, self->host->user_data);
}

gboolean
rocketio_session_is_newest (RocketIOSession *self,
                            guint64          attempt)
{
  guint64 last = self->wire->attempt;

  /* Browsers repeat a POST when its connection breaks before there is an answer. */
  if (attempt > 0 && (attempt < last || (attempt == last && !self->wire->expected)))
    return FALSE;

  self->wire->attempt = MAX (self->wire->attempt, attempt);

  return TRUE;
}

void
rocketio_session_resume (RocketIOSession *self,
                         const char      *position)
{
  guint64 head = self->host->get_seq (self->host->user_data);
  guint64 seq;

  self->wire->resumed = TRUE;
  self->wire->recovered = rocketio_position_read (position, self->host->epoch, &seq) &&
                          rocketio_feed_rewind (&self->feed, seq);
  if (self->wire->recovered)
    rocketio_feed_confirm (&self->feed, seq);
  else
    rocketio_feed_skip (&self->feed, head);
}

gboolean
rocketio_session_has_token (RocketIOSession *self,
                            const char      *token)
{
  return self->wire != NULL && token != NULL && rocketio_is_same_secret (self->wire->token, token);
}

static RocketIOSession *
make (const RocketIOSessionHost *host,
      const char                *id)
{
  RocketIOSession *self = rocketio_session_new (host, id);

  self->feed.keeps = TRUE;
  self->wire = g_new0 (RocketIOWire2, 1);
  self->wire->session = self;
  self->wire->round_trip = -1;
  rocketio_timer_init (&self->wire->window, window_cb);
  rocketio_timer_init (&self->wire->telling, telling_cb);

  return self;
}

RocketIOSession *
rocketio_session_new_2 (const RocketIOSessionHost *host)
{
  RocketIOSession *self = make (host, NULL);

  rocketio_token_make (self->wire->token);

  return self;
}

RocketIOSession *
rocketio_session_restore (const RocketIOSessionHost *host,
                          const char                *id,
                          const char                *token)
{
  RocketIOSession *self;

  if (!rocketio_session_id_is_valid (id) || strlen (token) != ROCKETIO_TOKEN_LENGTH)
    return NULL;

  self = make (host, id);
  memcpy (self->wire->token, token, ROCKETIO_TOKEN_LENGTH);

  return self;
}

void
rocketio_session_end_2 (RocketIOSession *self)
{
  rocketio_reactor_stop_timer (self->host->reactor, &self->wire->window);
  rocketio_reactor_stop_timer (self->host->reactor, &self->wire->telling);
  rocketio_session_end_questions (self);
}

void
rocketio_wire_2_free (RocketIOWire2 *wire)
{
  g_clear_pointer (&wire->questions, g_hash_table_unref);
  g_free (wire->ticket);
  g_free (wire);
}
