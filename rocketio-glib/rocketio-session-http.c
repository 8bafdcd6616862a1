/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

#include "rocketio-poll-transport-2-private.h"

#define STREAM_TIME 10000       /* milliseconds that a session which was greeted by a POST has for its stream or poll */
#define TICKET_TIME 30000000    /* microseconds that a ticket is good */

void
rocketio_session_expect_stream (RocketIOSession *self)
{
  /* A handler of the list of sessions may have closed it as soon as it was there. */
  if (self->host == NULL)
    return;

  rocketio_session_uncarry (self);
  self->wire->expected = TRUE;
  rocketio_reactor_start_timer (self->host->reactor, &self->wire->window, STREAM_TIME);
}

gboolean
rocketio_session_may_poll (RocketIOSession *self)
{
  return self->wire->by_post;
}

/* In it is the session's id, by which it is found. */
const char *
rocketio_session_make_ticket (RocketIOSession *self)
{
  char secret[ROCKETIO_TOKEN_LENGTH + 1];

  rocketio_token_make (secret);
  g_free (self->wire->ticket);
  self->wire->ticket = g_strconcat (self->id, secret, NULL);
  self->wire->ticket_end = g_get_monotonic_time () + TICKET_TIME;

  return self->wire->ticket;
}

gboolean
rocketio_session_take_ticket (RocketIOSession *self,
                              const char      *ticket)
{
  if (self->wire == NULL || self->wire->ticket == NULL || !rocketio_is_same_secret (self->wire->ticket, ticket))
    return FALSE;

  g_clear_pointer (&self->wire->ticket, g_free);

  return g_get_monotonic_time () <= self->wire->ticket_end;
}

char *
rocketio_session_receive_post (RocketIOSession *self,
                               GArray          *messages)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  GString *answer = g_string_new (NULL);

  self->wire->refusals = notes;
  if (self->transport != NULL)
    rocketio_transport_heard (self->transport);
  for (guint i = 0; i < messages->len; i++)
    {
      RocketIOSpan message = g_array_index (messages, RocketIOSpan, i);

      if (self->host != NULL)
        rocketio_session_received_2 (self, message.start, message.length);
    }

  self->wire->refusals = NULL;
  g_ptr_array_add (notes, rocketio_session_make_ackn (self));
  rocketio_messages_write_2 ((RocketIOMessage **) notes->pdata, notes->len, answer);

  return g_string_free (answer, FALSE);
}

gboolean
rocketio_session_poll (RocketIOSession *self,
                       const char      *position)
{
  guint64 seq;

  if (!rocketio_position_read (position, self->host->epoch, &seq) || !rocketio_feed_rewind (&self->feed, seq))
    return FALSE;

  rocketio_feed_confirm (&self->feed, seq);
  if (self->wire->detached)
    {
      self->wire->recovered = TRUE;
      rocketio_session_tell_resumed (self);
    }

  return TRUE;
}

void
rocketio_session_stream (RocketIOSession   *self,
                         RocketIOTransport *transport)
{
  /* Its ticket may be good for longer than it was waited for. */
  if (self->host != NULL && self->wire->detached)
    {
      self->wire->recovered = TRUE;
      rocketio_session_tell_resumed (self);
    }

  /* The stream begins at once, so that the client knows that nothing before it collects it. */
  self->wire->owes_heartbeat = TRUE;
  rocketio_session_attach (self, transport);
}

void
rocketio_session_hold_poll (RocketIOSession *self,
                            RocketIOAnswer  *answer)
{
  g_autoptr (RocketIOTransport) transport = NULL;
  const RocketIOSessionSettings *settings;

  /* The app may have closed it when it heard that it is back. */
  if (self->host == NULL)
    {
      rocketio_answer_give_text (answer, "[]", 2);
      return;
    }

  settings = self->host->settings;
  if (!rocketio_transport_is_poll_2 (self->transport))
    {
      transport = rocketio_poll_transport_2_new (self->host->reactor,
                                                 rocketio_connection_get_remote (answer->connection),
                                                 settings->heartbeat * 1000, settings->timeout * 1000);
      rocketio_session_attach (self, transport);
    }

  rocketio_poll_transport_2_hold (self->transport, answer);
  self->host->dirty (self, self->host->user_data);
}
