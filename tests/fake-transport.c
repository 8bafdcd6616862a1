/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-transport.h"

#include "helpers.h"

#include <string.h>

static gboolean sending;

gboolean
fake_transport_is_sending (void)
{
  return sending;
}

static char *
write_2 (RocketIOMessage *message)
{
  GString *text = g_string_new (NULL);

  rocketio_message_write_2 (message, text);

  return g_string_free (text, FALSE);
}

/* The names that tests use have no quotes. */
static char *
dup_event (GBytes *text)
{
  static const char start[] = "{\"type\":\"";
  g_autofree char *copy = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  const char *name = copy + strlen (start);

  g_assert_true (g_str_has_prefix (copy, start));

  return g_strndup (name, strchr (name, '"') - name);
}

static void
record (FakeTransport   *self,
        RocketIOMessage *message)
{
  GBytes *text = rocketio_message_get_text (message);
  g_autofree char *event = dup_event (text);

  g_ptr_array_add (self->texts, g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text)));
  g_ptr_array_add (self->texts_2, write_2 (message));
  if (!g_str_equal (event, "__session_id"))
    g_string_append_printf (self->events, " %s", event);
}

static gboolean
is_writable (RocketIOTransport *transport)
{
  return ((FakeTransport *) transport)->writable;
}

static void
send_messages (RocketIOTransport      *transport,
               RocketIOMessage *const *messages,
               guint                   n_messages)
{
  FakeTransport *self = (FakeTransport *) transport;

  g_assert_false (self->gone);
  g_assert_cmpuint (n_messages, >, 0);

  sending = TRUE;
  for (guint i = 0; i < n_messages && self->sloth == 0; i++)
    record (self, messages[i]);
  for (gint64 end = g_get_monotonic_time () + self->sloth * 1000; g_get_monotonic_time () < end;)
    ;
  self->n_sends++;
  if (self->appetite > 0 && --self->appetite == 0)
    self->writable = FALSE;
  sending = FALSE;
}

static gsize
get_pending (RocketIOTransport *transport)
{
  return ((FakeTransport *) transport)->pending;
}

static void
close_transport (RocketIOTransport     *transport,
                 RocketIOCloseReason    reason,
                 const RocketIOVerdict *verdict)
{
  FakeTransport *self = (FakeTransport *) transport;

  g_assert_false (self->gone);
  self->gone = TRUE;
  self->reason = reason;
  self->code = verdict->code;
}

static void
free_transport (RocketIOTransport *transport)
{
  FakeTransport *self = (FakeTransport *) transport;

  g_ptr_array_unref (self->texts);
  g_ptr_array_unref (self->texts_2);
  g_string_free (self->events, TRUE);
  g_free (self);
}

static const RocketIOTransportClass classes[] = {
  [ROCKETIO_TRANSPORT_TYPE_WEBSOCKET] = {
    ROCKETIO_TRANSPORT_TYPE_WEBSOCKET, is_writable, send_messages, get_pending, close_transport, free_transport,
  },
  [ROCKETIO_TRANSPORT_TYPE_COMET] = {
    ROCKETIO_TRANSPORT_TYPE_COMET, is_writable, send_messages, get_pending, close_transport, free_transport,
  },
  [ROCKETIO_TRANSPORT_TYPE_SSE] = {
    ROCKETIO_TRANSPORT_TYPE_SSE, is_writable, send_messages, get_pending, close_transport, free_transport,
  },
};

FakeTransport *
fake_transport_new (RocketIOTransportType type)
{
  FakeTransport *self = g_new0 (FakeTransport, 1);
  g_autoptr (GSocketAddress) address = make_address ();

  rocketio_transport_init (&self->parent, &classes[type], address);
  self->writable = TRUE;
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->texts_2 = g_ptr_array_new_with_free_func (g_free);
  self->events = g_string_new (NULL);

  return self;
}

void
fake_transport_open_up (FakeTransport *self)
{
  self->writable = TRUE;
  self->appetite = 0;
  self->pending = 0;
  rocketio_transport_writable (&self->parent);
}

void
fake_transport_receive (FakeTransport *self,
                        const char    *text)
{
  rocketio_transport_received (&self->parent, text, strlen (text));
}

void
fake_transport_break (FakeTransport       *self,
                      RocketIOCloseReason  reason)
{
  rocketio_transport_closed (&self->parent, reason);
}

const char *
fake_transport_get_last (FakeTransport *self)
{
  g_assert_cmpuint (self->texts->len, >, 0);

  return g_ptr_array_index (self->texts, self->texts->len - 1);
}

const char *
fake_transport_get_last_2 (FakeTransport *self)
{
  g_assert_cmpuint (self->texts_2->len, >, 0);

  return g_ptr_array_index (self->texts_2, self->texts_2->len - 1);
}

void
fake_transport_free (FakeTransport *self)
{
  rocketio_transport_unref (&self->parent);
}
