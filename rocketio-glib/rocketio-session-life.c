/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

#define PUMP_BUDGET  262144    /* bytes that a WebSocket gets in one turn */
#define PRESSURE_ON  4         /* the part of what may wait for a session from which on there is pressure ... */
#define PRESSURE_OFF 8         /* ... and below which there is none any more */

/* What lets somebody in is not for a log, whoever turned it on: of each secret the beginning will do. */
static void
shorten_secrets (RocketIOSession *self,
                 GString         *text)
{
  /* the ticket begins with the id */
  const char *secrets[] = {
    self->wire != NULL ? self->wire->ticket : NULL, self->wire != NULL ? self->wire->token : NULL, self->id,
  };

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autofree char *shortened = secrets[i] != NULL ? g_strdup_printf ("%.6s...", secrets[i]) : NULL;

      if (shortened != NULL)
        g_string_replace (text, secrets[i], shortened, 0);
    }
}

static void
debug_wire (RocketIOSession *self,
            const char      *direction,
            const char      *text,
            gsize            length)
{
  g_autoptr (GString) shown = NULL;

  if (!self->host->debug_wire)
    return;

  shown = g_string_new_len (text, length);
  shorten_secrets (self, shown);
  g_printerr ("rocketio: %.6s... %s %.2048s\n", self->id, direction, shown->str);
}

/* Pumping */

/* A poll is not: it takes what goes into one answer. */
static gboolean
is_stream (RocketIOSession *self)
{
  return rocketio_session_get_transport (self) != ROCKETIO_TRANSPORT_TYPE_COMET;
}

static void
send_batch (RocketIOSession *self,
            GPtrArray       *batch)
{
  for (guint i = 0; self->host->debug_wire && i < batch->len; i++)
    {
      gsize length;
      const char *text = g_bytes_get_data (rocketio_message_get_text (g_ptr_array_index (batch, i)), &length);

      debug_wire (self, "<-", text, length);
    }

  rocketio_transport_send (self->transport, (RocketIOMessage **) batch->pdata, batch->len);
  g_ptr_array_set_size (batch, 0);
}

/* Sends what comes next, up to `budget` bytes. */
static RocketIOFeedResult
send_next (RocketIOSession *self,
           GPtrArray       *batch,
           gsize            budget)
{
  RocketIOFeedResult result;
  guint n_notes;

  if (self->wire != NULL)
    rocketio_session_add_notes_2 (self, batch);
  else if (self->announce)
    g_ptr_array_add (batch, rocketio_session_make_greeting_1 (self));
  self->announce = FALSE;

  /* The client hears that there is a gap before it sees what lies behind it. */
  n_notes = batch->len;
  result = rocketio_feed_take (&self->feed, batch, budget);
  if (self->wire != NULL && self->wire->dropped != self->feed.dropped)
    g_ptr_array_insert (batch, n_notes, rocketio_session_make_dropped (self));
  if (batch->len > 0)
    send_batch (self, batch);

  return result;
}

static void
tell_flush (RocketIOSession    *self,
            RocketIOFeedResult  result)
{
  if (result == ROCKETIO_FEED_ALL)
    rocketio_flush_sent (self->flush);
  if (rocketio_transport_is_writable (self->transport))
    rocketio_flush_taken (self->flush);
}

/* The app hears of it after the pump. */
static void
note_pressure (RocketIOSession *self,
               gsize            waiting,
               gsize            max_queue)
{
  self->pressure = waiting > max_queue / (self->pressure ? PRESSURE_OFF : PRESSURE_ON);
}

static RocketIOFeedResult
pump_writable (RocketIOSession *self,
               GPtrArray       *batch)
{
  RocketIOFeedResult result;

  /* A poll gets all there is: it may be the last one for a while. */
  if (self->flush != NULL)
    rocketio_flush_taken (self->flush);
  result = send_next (self, batch, is_stream (self) ? PUMP_BUDGET : G_MAXSIZE);
  if (self->flush != NULL)
    tell_flush (self, result);
  if (result == ROCKETIO_FEED_ALL)
    self->pressure = FALSE;

  return result;
}

RocketIOFeedResult
rocketio_session_pump (RocketIOSession *self,
                       GPtrArray       *batch,
                       gsize            max_queue)
{
  gsize pending, waiting;

  if (self->transport == NULL)
    return ROCKETIO_FEED_ALL;
  if (rocketio_transport_is_writable (self->transport))
    return pump_writable (self, batch);

  pending = MIN (rocketio_transport_get_pending (self->transport), PUMP_BUDGET);
  if (rocketio_feed_measure (&self->feed, pending, max_queue, self->host->settings->slow_policy, &waiting) ==
      ROCKETIO_FEED_LOST)
    return ROCKETIO_FEED_LOST;

  note_pressure (self, pending + waiting, max_queue);

  return ROCKETIO_FEED_ALL;
}

gboolean
rocketio_session_has_news (RocketIOSession *self)
{
  return self->pressure != self->pressure_told || self->feed.dropped != self->dropped_told;
}

void
rocketio_session_tell_news (RocketIOSession *self)
{
  gboolean pressure_changed = self->pressure != self->pressure_told;
  gboolean dropped_changed = self->feed.dropped != self->dropped_told;

  self->pressure_told = self->pressure;
  self->dropped_told = self->feed.dropped;
  if (dropped_changed)
    g_object_notify (G_OBJECT (self), "dropped");
  if (pressure_changed)
    g_object_notify (G_OBJECT (self), "pressure");
}

RocketIOFeed *
rocketio_session_get_feed (RocketIOSession *self)
{
  return &self->feed;
}

GList *
rocketio_session_get_queue_link (RocketIOSession *self)
{
  return &self->queue_link;
}

guint
rocketio_session_get_position (RocketIOSession *self)
{
  return self->position;
}

void
rocketio_session_set_position (RocketIOSession *self,
                               guint            position)
{
  self->position = position;
}

/* Opening */

void
rocketio_session_open (RocketIOSession *self)
{
  if (self->open || self->host == NULL)
    return;

  self->open = TRUE;
  rocketio_reactor_stop_timer (self->host->reactor, &self->opening);
  self->host->opened (self, self->host->user_data);
}

gboolean
rocketio_session_is_open (RocketIOSession *self)
{
  return self->open;
}

gboolean
rocketio_session_may_join (RocketIOSession *self,
                           const char      *channel)
{
  return self->host->may_join (self, channel, self->host->user_data);
}

static void
opening_cb (RocketIOTimer *timer)
{
  g_autoptr (RocketIOSession) self = g_object_ref (rocketio_container_of (timer, RocketIOSession, opening));

  rocketio_session_open (self);
}

/* The transport */

gint64
rocketio_session_get_debt (RocketIOSession *self)
{
  const RocketIOLimits *limits;
  gint64 now = g_get_monotonic_time ();

  if (self->host == NULL)
    return 0;

  limits = &self->host->settings->limits;

  return MAX (rocketio_bucket_get_debt (&self->messages, &limits->messages, now),
              rocketio_bucket_get_debt (&self->bytes, &limits->bytes, now));
}

void
rocketio_session_spend (RocketIOSession *self,
                        gsize            bytes)
{
  const RocketIOLimits *limits = &self->host->settings->limits;
  gint64 now = g_get_monotonic_time ();
  gint64 of_messages = rocketio_bucket_spend (&self->messages, &limits->messages, 1, now);
  gint64 of_bytes = rocketio_bucket_spend (&self->bytes, &limits->bytes, bytes, now);

  self->in_debt = of_messages > 0 || of_bytes > 0;
}

/* Nothing that it says gets lost: it has to wait. */
static void
slow_down (RocketIOSession *self)
{
  gint64 debt = self->in_debt ? rocketio_session_get_debt (self) : 0;

  if (debt > 0 && self->transport != NULL)
    rocketio_transport_rest (self->transport, debt);
}

static void
received_cb (RocketIOTransport *transport,
             const char        *text,
             gsize              length,
             gpointer           user_data)
{
  g_autoptr (RocketIOSession) self = g_object_ref (user_data);

  debug_wire (self, "->", text, length);
  if (self->wire != NULL)
    rocketio_session_received_2 (self, text, length);
  else
    rocketio_session_received_1 (self, text, length);
  slow_down (self);
}

static void
bytes_cb (RocketIOTransport *transport,
          const guint8      *data,
          gsize              length,
          gpointer           user_data)
{
  g_autoptr (RocketIOSession) self = g_object_ref (user_data);

  if (self->wire == NULL)
    return;

  rocketio_session_received_bytes_2 (self, data, length);
  slow_down (self);
}

static void
writable_cb (RocketIOTransport *transport,
             gpointer           user_data)
{
  RocketIOSession *self = user_data;

  self->host->dirty (self, self->host->user_data);
}

static void
idle_cb (RocketIOTransport *transport,
         gpointer           user_data)
{
  RocketIOSession *self = user_data;
  g_autoptr (RocketIOMessage) heartbeat = NULL;

  /* Whoever has still to take something else is not idle. */
  if (!rocketio_transport_is_writable (transport))
    return;

  /* Nothing comes before the welcome, least of all a position: the client may not know yet that it has missed
   * something. */
  if (self->wire != NULL && self->announce)
    {
      self->wire->owes_heartbeat = TRUE;
      return;
    }

  heartbeat = self->wire != NULL ? rocketio_session_make_heartbeat_2 (self) : rocketio_session_make_heartbeat_1 (self);
  rocketio_transport_send (transport, &heartbeat, 1);
}

static void
alive_cb (RocketIOTransport *transport,
          gpointer           user_data)
{
  RocketIOSession *self = user_data;

  rocketio_reactor_start_timer (self->host->reactor, &self->silence, self->host->silence_time);
}

static void
silence_cb (RocketIOTimer *timer)
{
  g_autoptr (RocketIOSession) self = g_object_ref (rocketio_container_of (timer, RocketIOSession, silence));

  rocketio_session_end (self, ROCKETIO_CLOSE_REASON_TIMEOUT);
}

/* Version 2: a goodbye ends the session, everything else only cuts it off. */
static void
closed_cb (RocketIOTransport   *transport,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  g_autoptr (RocketIOSession) self = g_object_ref (user_data);

  if (self->wire == NULL || reason == ROCKETIO_CLOSE_REASON_CLIENT)
    rocketio_session_end (self, reason);
  else
    rocketio_session_detach (self, reason);
}

static const RocketIOTransportFuncs transport_funcs = {
  received_cb, bytes_cb, writable_cb, idle_cb, alive_cb, closed_cb,
};

static gboolean
can_be_told (RocketIOSession *self)
{
  return self->transport != NULL && (is_stream (self) || rocketio_transport_is_writable (self->transport));
}

/* `verdict`: what version 2 is told; NULL: what goes with `reason`. */
static void
drop_transport (RocketIOSession       *self,
                RocketIOCloseReason    reason,
                const RocketIOVerdict *verdict)
{
  g_autoptr (RocketIOTransport) transport = NULL;

  if (self->transport == NULL)
    return;

  if (verdict == NULL)
    verdict = rocketio_verdict_for (reason);
  if (self->wire != NULL && reason != ROCKETIO_CLOSE_REASON_SLOW && !self->transport->closed && verdict->code >= 4000 &&
      can_be_told (self))
    rocketio_transport_send_verdict (self->transport, verdict);

  transport = g_steal_pointer (&self->transport);
  rocketio_transport_set_user (transport, NULL, NULL);
  rocketio_transport_close (transport, reason, verdict);
}

void
rocketio_session_uncarry (RocketIOSession *self)
{
  drop_transport (self, ROCKETIO_CLOSE_REASON_SERVER, rocketio_verdict_replaced ());
}

void
rocketio_session_attach (RocketIOSession   *self,
                         RocketIOTransport *transport)
{
  RocketIOTransportType before = rocketio_session_get_transport (self);
  gboolean is_first = self->remote == NULL;

  /* A handler of the list of sessions may have closed the session as soon as it was there. */
  if (self->host == NULL)
    {
      rocketio_transport_close (transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
      return;
    }

  rocketio_session_uncarry (self);
  rocketio_reactor_stop_timer (self->host->reactor, &self->silence);

  self->transport = rocketio_transport_ref (transport);
  rocketio_transport_set_user (transport, &transport_funcs, self);
  g_set_object (&self->remote, transport->remote);
  self->announce = self->wire == NULL;
  if (!self->open && self->wire == NULL)
    rocketio_reactor_start_timer (self->host->reactor, &self->opening, self->host->open_time);
  if (self->wire != NULL)
    rocketio_session_carried_2 (self);
  self->host->dirty (self, self->host->user_data);

  if (!is_first)
    g_object_notify (G_OBJECT (self), "remote-address");
  if (!is_first && before != rocketio_session_get_transport (self))
    g_object_notify (G_OBJECT (self), "transport");
}

/* How a client of version 2 goes on without a connection. */
void
rocketio_session_detach (RocketIOSession     *self,
                         RocketIOCloseReason  reason)
{
  rocketio_session_detach_with (self, reason, NULL);
}

void
rocketio_session_detach_with (RocketIOSession       *self,
                              RocketIOCloseReason    reason,
                              const RocketIOVerdict *verdict)
{
  if (self->host == NULL || self->ending)
    return;

  if (self->host->settings->resume_window == 0)
    {
      rocketio_session_end (self, reason);
      return;
    }

  g_debug ("Session %.6s... lost its connection: reason %d", self->id, reason);
  drop_transport (self, reason, verdict);
  rocketio_session_wait_2 (self);
  g_object_notify (G_OBJECT (self), "transport");
}

void
rocketio_session_fall_behind (RocketIOSession *self)
{
  if (self->wire != NULL)
    rocketio_session_detach (self, ROCKETIO_CLOSE_REASON_SLOW);
  else
    rocketio_session_end (self, ROCKETIO_CLOSE_REASON_SLOW);
}

RocketIOTransport *
rocketio_session_get_carrier (RocketIOSession *self)
{
  return self->transport;
}

/* What was pushed before the end is still sent: to a WebSocket in any case, which keeps what its peer does not take at
 * once, and to a poll if there is one. */
static void
flush (RocketIOSession *self)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);

  /* Also what the app pushed in this very thread went through the inbox if the main loop was not running. */
  self->host->get_seq (self->host->user_data);
  if (self->transport != NULL && (is_stream (self) || rocketio_transport_is_writable (self->transport)))
    send_next (self, batch, G_MAXSIZE);
}

void
rocketio_session_end (RocketIOSession     *self,
                      RocketIOCloseReason  reason)
{
  rocketio_session_end_with (self, reason, NULL);
}

void
rocketio_session_end_with (RocketIOSession       *self,
                           RocketIOCloseReason    reason,
                           const RocketIOVerdict *verdict)
{
  g_autoptr (RocketIOSession) ref = g_object_ref (self);
  const RocketIOSessionHost *host = self->host;

  if (host == NULL || self->ending)
    return;

  self->ending = TRUE;
  g_debug ("Session %.6s... ended: reason %d", self->id, reason);
  if (reason == ROCKETIO_CLOSE_REASON_SERVER || reason == ROCKETIO_CLOSE_REASON_SHUTDOWN)
    flush (self);
  if (reason == ROCKETIO_CLOSE_REASON_SERVER && self->wire != NULL && !can_be_told (self))
    host->untold (self, verdict != NULL ? verdict : rocketio_verdict_for (reason), host->user_data);
  drop_transport (self, reason, verdict);
  rocketio_reactor_stop_timer (host->reactor, &self->opening);
  rocketio_reactor_stop_timer (host->reactor, &self->silence);
  if (self->wire != NULL)
    rocketio_session_end_2 (self);
  rocketio_feed_end (&self->feed);
  if (self->flush != NULL)
    rocketio_flush_end (self->flush);
  host->closed (self, self->open, reason, host->user_data);

  /* The app has seen the channels of the session for the last time. */
  rocketio_feed_clear (&self->feed);
  self->host = NULL;
  host->ended (self, host->user_data);
}


void
rocketio_session_init_life (RocketIOSession *self)
{
  rocketio_timer_init (&self->opening, opening_cb);
  rocketio_timer_init (&self->silence, silence_cb);
}
