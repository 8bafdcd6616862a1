/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "raw-echo.h"

#include "rocketio-frame-private.h"
#include "rocketio-server-private.h"
#include "rocketio-upgrade-private.h"
#include "rocketio-websocket-transport-private.h"

#define PATH        "/ws-echo"
#define MAX_MESSAGE (32 << 20)    /* bytes */
#define MAX_PENDING (32 << 20)    /* bytes that a client may leave unread when it sends the next message */
#define SILENCE     3600000       /* milliseconds, twice, before a client is taken for dead */

struct _RawEcho
{
  SoupServer       *soup;
  RocketIOListener *listener;
  RocketIODeflate  *deflate;    /* NULL: off */
  GPtrArray        *clients;
};

typedef struct
{
  RawEcho            *owner;
  RocketIOConnection *connection;
  RocketIOTransport  *transport;
  gboolean            compressed;
  guint               window;
} Client;

static void
client_free (Client *self)
{
  rocketio_transport_unref (self->transport);
  rocketio_connection_unref (self->connection);
  g_free (self);
}

/* NULL: it goes out as it is. */
static GBytes *
pack (Client       *self,
      gconstpointer data,
      gsize         length)
{
  if (!self->compressed || !rocketio_deflate_suits (length, self->window))
    return NULL;

  return rocketio_deflate_pack (self->owner->deflate, data, length);
}

static void
echo (Client         *self,
      RocketIOOpcode  opcode,
      gconstpointer   data,
      gsize           length)
{
  g_autoptr (GBytes) packed = pack (self, data, length);
  g_autoptr (GBytes) payload = packed != NULL ? g_bytes_ref (packed) : g_bytes_new (data, length);
  guint8 header[ROCKETIO_FRAME_MAX_HEADER];
  gsize header_length = rocketio_frame_write_header (header, opcode, g_bytes_get_size (payload));
  g_autoptr (GBytes) begin = NULL;

  if (rocketio_connection_get_pending (self->connection) > MAX_PENDING)
    {
      rocketio_connection_cut (self->connection);
      return;
    }

  if (packed != NULL)
    header[0] |= ROCKETIO_FRAME_COMPRESSED;
  begin = g_bytes_new (header, header_length);
  rocketio_connection_write (self->connection, (GBytes *const[]) { begin, payload }, 2);
}

static void
received_cb (RocketIOTransport *transport,
             const char        *text,
             gsize              length,
             gpointer           user_data)
{
  echo (user_data, ROCKETIO_OPCODE_TEXT, text, length);
}

static void
bytes_cb (RocketIOTransport *transport,
          const guint8      *data,
          gsize              length,
          gpointer           user_data)
{
  echo (user_data, ROCKETIO_OPCODE_BINARY, data, length);
}

static void
closed_cb (RocketIOTransport   *transport,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  Client *self = user_data;

  g_ptr_array_remove_fast (self->owner->clients, self);
}

static const RocketIOTransportFuncs funcs = { .received = received_cb, .bytes = bytes_cb, .closed = closed_cb };

static void
handler_cb (SoupServer        *soup,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  RawEcho *self = user_data;
  g_autoptr (SoupServerMessage) ref = g_object_ref (message);
  RocketIOExtensions extensions;
  g_autoptr (RocketIOConnection) connection =
    rocketio_upgrade_open (self->listener, message, NULL, self->deflate != NULL, &extensions);
  Client *client;

  if (connection == NULL)
    return;

  client = g_new0 (Client, 1);
  client->owner = self;
  client->connection = rocketio_connection_ref (connection);
  client->transport = rocketio_websocket_transport_new_2 (connection, MAX_MESSAGE, SILENCE, SILENCE);
  client->compressed = extensions.has_deflate;
  client->window = extensions.server_window;
  if (extensions.has_deflate)
    rocketio_websocket_transport_set_deflate (client->transport, self->deflate, extensions.server_window);
  g_ptr_array_add (self->clients, client);
  rocketio_transport_set_user (client->transport, &funcs, client);
}

RawEcho *
raw_echo_new (RocketIOServer *server,
              gboolean        compression)
{
  RawEcho *self = g_new0 (RawEcho, 1);

  self->soup = g_object_ref (rocketio_server_get_soup_server (server));
  self->listener = rocketio_listener_ref (server->listener);
  self->deflate = compression ? rocketio_deflate_new () : NULL;
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  soup_server_add_handler (self->soup, PATH, handler_cb, self, NULL);

  return self;
}

void
raw_echo_free (RawEcho *self)
{
  soup_server_remove_handler (self->soup, PATH);
  g_ptr_array_unref (self->clients);
  g_clear_pointer (&self->deflate, rocketio_deflate_unref);
  rocketio_listener_unref (self->listener);
  g_object_unref (self->soup);
  g_free (self);
}
