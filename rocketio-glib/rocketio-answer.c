/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-answer-private.h"

#include <string.h>

RocketIOAnswer *
rocketio_answer_new (RocketIOListener   *listener,
                     RocketIOConnection *connection,
                     GBytes             *head,
                     gboolean            keepalive)
{
  RocketIOAnswer *self = g_new (RocketIOAnswer, 1);

  *self = (RocketIOAnswer) {
    rocketio_listener_ref (listener), rocketio_connection_ref (connection), g_bytes_ref (head), keepalive,
  };

  return self;
}

static void
answer_free (RocketIOAnswer *self)
{
  rocketio_listener_unref (self->listener);
  rocketio_connection_unref (self->connection);
  g_bytes_unref (self->head);
  g_free (self);
}

void
rocketio_answer_set_status (RocketIOAnswer *self,
                            SoupStatus      status)
{
  gsize length;
  const char *head = g_bytes_get_data (self->head, &length);
  const char *rest = memchr (head, '\r', length);
  g_autoptr (GString) changed = g_string_new (NULL);

  g_string_append_len (changed, head, strlen ("HTTP/1.1"));
  g_string_append_printf (changed, " %d %s", status, soup_status_get_phrase (status));
  g_string_append_len (changed, rest, head + length - rest);
  g_bytes_unref (self->head);
  self->head = g_string_free_to_bytes (g_steal_pointer (&changed));
}

void
rocketio_answer_give (RocketIOAnswer *self,
                      GBytes *const  *body,
                      guint           n_body)
{
  GBytes **chunks = g_newa (GBytes *, n_body + 2);
  g_autofree char *tail = NULL;
  g_autoptr (GBytes) length = NULL;
  gsize size = 0;

  for (guint i = 0; i < n_body; i++)
    {
      chunks[i + 2] = body[i];
      size += g_bytes_get_size (body[i]);
    }
  tail = g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", size);
  length = g_bytes_new_static (tail, strlen (tail));
  chunks[0] = self->head;
  chunks[1] = length;

  rocketio_connection_write (self->connection, chunks, n_body + 2);
  if (self->keepalive)
    rocketio_listener_park (self->listener, self->connection);
  else
    rocketio_connection_finish (self->connection);
  answer_free (self);
}

void
rocketio_answer_give_text (RocketIOAnswer *self,
                           const char     *text,
                           gsize           length)
{
  g_autoptr (GBytes) body = g_bytes_new (text, length);

  rocketio_answer_give (self, &body, 1);
}

void
rocketio_answer_give_messages (RocketIOAnswer         *self,
                               RocketIOMessage *const *messages,
                               guint                   n_messages)
{
  g_autoptr (GString) text = g_string_new (NULL);

  rocketio_messages_write_2 (messages, n_messages, text);
  rocketio_answer_give_text (self, text->str, text->len);
}

/* Late */

typedef struct
{
  RocketIOAnswer *answer;
  GBytes         *body;
} Late;

static void
late_gone_cb (RocketIOConnection *connection,
              gboolean            cleanly,
              gpointer            user_data)
{
  Late *late = user_data;

  rocketio_answer_drop (late->answer);
  g_bytes_unref (late->body);
  g_free (late);
}

static void
late_expired_cb (RocketIOConnection *connection,
                 gpointer            user_data)
{
  Late *late = user_data;

  rocketio_answer_give (late->answer, &late->body, 1);
  g_bytes_unref (late->body);
  g_free (late);
}

static const RocketIOConnectionFuncs late_funcs = { .gone = late_gone_cb, .expired = late_expired_cb };

void
rocketio_answer_give_late (RocketIOAnswer *self,
                           GBytes         *body,
                           guint           milliseconds)
{
  Late *late = g_new (Late, 1);

  *late = (Late) { self, g_bytes_ref (body) };
  rocketio_connection_set_user (self->connection, ROCKETIO_WATCH_HANGUP, &late_funcs, late);
  rocketio_connection_set_deadline (self->connection, milliseconds);
}

void
rocketio_answer_drop (RocketIOAnswer *self)
{
  rocketio_connection_set_user (self->connection, ROCKETIO_WATCH_NOTHING, NULL, NULL);
  answer_free (self);
}
