/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-poll-transport-private.h"

#include "rocketio-answer-private.h"

/* Clients that reconnect leave polls behind which nobody waits for. Answering one at once would have its client poll
 * again, taking the place of the other, so it stays to the end of its time; but not any number of them. */
#define MAX_ORPHANS 4

/* A system may keep back its acknowledgement for 200 ms: milliseconds between two looks for it, and how many. */
#define ACK_TIME  25
#define MAX_LOOKS 12

typedef struct
{
  RocketIOPollTransport *transport;
  RocketIOAnswer        *answer;
  guint                  looks;         /* for the acknowledgement of the last answer */
  GList                  link;          /* in the orphans of the transport */
} Poll;

struct _RocketIOPollTransport
{
  RocketIOTransport   parent;
  guint               poll_time;
  Poll               *held;             /* NULL: between two polls. It waits while `answered` is not NULL */
  GQueue              orphans;          /* of Poll */
  GPtrArray          *unconfirmed;      /* of RocketIOMessage: in the last answer; NULL: none */
  RocketIOConnection *answered;         /* where that went, its fate still open; NULL: none, or lost */
};

static RocketIOPollTransport *
from_transport (RocketIOTransport *transport)
{
  return (RocketIOPollTransport *) transport;
}

/* Answers with `body` and gives the connection back. Frees `poll`. */
static void
poll_answer (Poll          *poll,
             GBytes *const *body,
             guint          n_body)
{
  rocketio_answer_give (poll->answer, body, n_body);
  g_free (poll);
}

static void
poll_answer_nothing (Poll *poll)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("[]", 2);

  poll_answer (poll, &body, 1);
}

/* `[A,B,...]`: of a single message the very bytes that everybody shares, else put together. */
static void
answer_with (Poll      *poll,
             GPtrArray *messages)
{
  g_autoptr (GBytes) open = g_bytes_new_static ("[", 1);
  g_autoptr (GBytes) close = g_bytes_new_static ("]", 1);
  g_autoptr (GByteArray) joined = NULL;
  g_autoptr (GBytes) body = NULL;

  if (messages->len == 1)
    {
      GBytes *chunks[] = { open, rocketio_message_get_text (g_ptr_array_index (messages, 0)), close };

      poll_answer (poll, chunks, G_N_ELEMENTS (chunks));
      return;
    }

  joined = g_byte_array_new ();
  for (guint i = 0; i < messages->len; i++)
    {
      GBytes *text = rocketio_message_get_text (g_ptr_array_index (messages, i));

      g_byte_array_append (joined, (const guint8 *) (i == 0 ? "[" : ","), 1);
      g_byte_array_append (joined, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
    }
  g_byte_array_append (joined, (const guint8 *) "]", 1);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&joined));
  poll_answer (poll, &body, 1);
}

static void use_held (RocketIOPollTransport *self);

static void
receipt_cb (RocketIOConnection *connection,
            gboolean            delivered,
            gpointer            user_data)
{
  RocketIOPollTransport *self = user_data;

  self->answered = NULL;
  if (delivered)
    g_clear_pointer (&self->unconfirmed, g_ptr_array_unref);
  if (self->held != NULL)
    use_held (self);
}

/* Answers the held poll with what is unconfirmed. */
static void
answer_held (RocketIOPollTransport *self)
{
  Poll *poll = g_steal_pointer (&self->held);

  self->answered = poll->answer->connection;
  rocketio_connection_set_receipt (poll->answer->connection, receipt_cb, self);
  answer_with (poll, self->unconfirmed);
}

/* The fate of the last answer is known: what is to be said goes to the held poll. */
static void
use_held (RocketIOPollTransport *self)
{
  rocketio_connection_set_deadline (self->held->answer->connection, self->poll_time);
  if (self->unconfirmed != NULL)
    answer_held (self);
  else
    rocketio_transport_writable (&self->parent);
}

/* A client that polls again on another connection: has it got the last answer? Its system says so soon, or it never
 * will. Ends in use_held(). */
static void
settle_last_answer (RocketIOPollTransport *self)
{
  RocketIOConnection *connection = self->answered;

  if (connection == NULL)
    use_held (self);
  else if (rocketio_connection_is_acknowledged (connection))
    rocketio_connection_settle (connection, TRUE);
  else if (self->held->looks++ == MAX_LOOKS)
    rocketio_connection_cut (connection);
  else
    rocketio_connection_set_deadline (self->held->answer->connection, ACK_TIME);
}

static void
held_gone_cb (RocketIOConnection *connection,
              gboolean            cleanly,
              gpointer            user_data)
{
  Poll *poll = user_data;
  RocketIOPollTransport *self = poll->transport;

  if (self->held == poll)
    self->held = NULL;
  else
    g_queue_unlink (&self->orphans, &poll->link);

  rocketio_answer_drop (poll->answer);
  g_free (poll);
}

static void
held_expired_cb (RocketIOConnection *connection,
                 gpointer            user_data)
{
  Poll *poll = user_data;
  RocketIOPollTransport *self = poll->transport;
  g_autoptr (RocketIOTransport) ref = rocketio_transport_ref (&self->parent);

  if (self->held != poll)
    {
      g_queue_unlink (&self->orphans, &poll->link);
      poll_answer_nothing (poll);
      return;
    }
  if (self->answered != NULL)
    {
      settle_last_answer (self);
      return;
    }

  rocketio_transport_idle (&self->parent);
  if (self->held == poll)
    poll_answer_nothing (g_steal_pointer (&self->held));
}

static const RocketIOConnectionFuncs held_funcs = { .gone = held_gone_cb, .expired = held_expired_cb };

static void
orphan_held (RocketIOPollTransport *self)
{
  if (self->held == NULL)
    return;

  if (self->answered != NULL)
    rocketio_connection_set_deadline (self->held->answer->connection, self->poll_time);
  g_queue_push_tail_link (&self->orphans, &self->held->link);
  self->held = NULL;
  if (self->orphans.length > MAX_ORPHANS)
    poll_answer_nothing (g_queue_pop_head_link (&self->orphans)->data);
}

void
rocketio_poll_transport_hold (RocketIOTransport *transport,
                              RocketIOAnswer    *answer)
{
  RocketIOPollTransport *self = from_transport (transport);
  g_autoptr (RocketIOTransport) ref = rocketio_transport_ref (transport);
  Poll *poll = g_new0 (Poll, 1);

  *poll = (Poll) { self, answer, .link.data = poll };
  orphan_held (self);
  self->held = poll;
  rocketio_connection_set_user (answer->connection, ROCKETIO_WATCH_HANGUP, &held_funcs, poll);
  rocketio_connection_set_deadline (answer->connection, self->poll_time);

  rocketio_transport_alive (transport);
  if (!transport->closed)
    settle_last_answer (self);
}

static gboolean
is_writable (RocketIOTransport *transport)
{
  RocketIOPollTransport *self = from_transport (transport);

  return self->held != NULL && self->answered == NULL;
}

static void
send_messages (RocketIOTransport      *transport,
               RocketIOMessage *const *messages,
               guint                   n_messages)
{
  RocketIOPollTransport *self = from_transport (transport);

  /* The fate of the last answer has been settled since the poll came. */
  g_assert (self->unconfirmed == NULL);

  self->unconfirmed = g_ptr_array_new_full (n_messages, (GDestroyNotify) rocketio_message_unref);
  for (guint i = 0; i < n_messages; i++)
    g_ptr_array_add (self->unconfirmed, rocketio_message_ref (messages[i]));
  answer_held (self);
}

static gsize
get_pending (RocketIOTransport *transport)
{
  RocketIOPollTransport *self = from_transport (transport);
  gsize pending = 0;

  for (guint i = 0; self->unconfirmed != NULL && i < self->unconfirmed->len; i++)
    pending += rocketio_message_get_size (g_ptr_array_index (self->unconfirmed, i));

  return pending;
}

static void
close_transport (RocketIOTransport     *transport,
                 RocketIOCloseReason    reason,
                 const RocketIOVerdict *verdict)
{
  RocketIOPollTransport *self = from_transport (transport);

  if (self->answered != NULL)
    rocketio_connection_forget_receipt (g_steal_pointer (&self->answered));
  if (self->held != NULL)
    poll_answer_nothing (g_steal_pointer (&self->held));
  while (!g_queue_is_empty (&self->orphans))
    poll_answer_nothing (g_queue_pop_head_link (&self->orphans)->data);
}

static void
free_transport (RocketIOTransport *transport)
{
  RocketIOPollTransport *self = from_transport (transport);

  close_transport (transport, ROCKETIO_CLOSE_REASON_SERVER, NULL);
  g_clear_pointer (&self->unconfirmed, g_ptr_array_unref);
  g_free (self);
}

static const RocketIOTransportClass poll_class = {
  ROCKETIO_TRANSPORT_TYPE_COMET,
  is_writable,
  send_messages,
  get_pending,
  close_transport,
  free_transport,
};

RocketIOTransport *
rocketio_poll_transport_new (GSocketAddress *remote,
                             guint           poll_time)
{
  RocketIOPollTransport *self = g_new0 (RocketIOPollTransport, 1);

  rocketio_transport_init (&self->parent, &poll_class, remote);
  self->poll_time = poll_time;
  g_queue_init (&self->orphans);

  return &self->parent;
}
