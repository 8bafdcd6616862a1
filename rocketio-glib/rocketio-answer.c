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

void
rocketio_answer_drop (RocketIOAnswer *self)
{
  rocketio_connection_set_user (self->connection, ROCKETIO_WATCH_NOTHING, NULL, NULL);
  answer_free (self);
}
