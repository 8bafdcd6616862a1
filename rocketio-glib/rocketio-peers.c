/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-peers-private.h"

#include <string.h>

#define MIN_PURGE 1024    /* addresses, below which nobody is forgotten */
#define KEY_SIZE  9       /* a byte for the family, and 4 or 8 of the address */

struct _RocketIOPeer
{
  guint8         key[KEY_SIZE];
  guint          n_sessions;
  RocketIOBucket requests;
};

struct _RocketIOPeers
{
  GHashTable *peers;       /* of RocketIOPeer, by `key` */
  guint       purge_at;    /* so many of them */
};

static guint
hash_key (gconstpointer key)
{
  const guint8 *bytes = key;
  guint hash = 5381;

  for (guint i = 0; i < KEY_SIZE; i++)
    hash = hash * 33 + bytes[i];

  return hash;
}

static gboolean
is_same_key (gconstpointer a,
             gconstpointer b)
{
  return memcmp (a, b, KEY_SIZE) == 0;
}

RocketIOPeers *
rocketio_peers_new (void)
{
  RocketIOPeers *self = g_new0 (RocketIOPeers, 1);

  self->peers = g_hash_table_new_full (hash_key, is_same_key, NULL, g_free);
  self->purge_at = MIN_PURGE;

  return self;
}

void
rocketio_peers_free (RocketIOPeers *self)
{
  g_hash_table_unref (self->peers);
  g_free (self);
}

static gboolean
is_idle (gpointer key,
         gpointer value,
         gpointer user_data)
{
  RocketIOPeer *peer = value;

  return peer->n_sessions == 0 && rocketio_bucket_is_full (&peer->requests, *(gint64 *) user_data);
}

/* Each time that there are twice as many as it left the last time, so that it costs next to nothing. */
static void
purge (RocketIOPeers *self)
{
  gint64 now = g_get_monotonic_time ();

  if (g_hash_table_size (self->peers) < self->purge_at)
    return;

  g_hash_table_foreach_remove (self->peers, is_idle, &now);
  self->purge_at = MAX (2 * g_hash_table_size (self->peers), MIN_PURGE);
}

/* IPv4 addresses come in two forms where a socket is for both families. */
static gboolean
make_key (guint8        key[KEY_SIZE],
          GInetAddress *address)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);
  gboolean is_ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  gboolean is_mapped = is_ipv6 && memcmp (bytes, mapped, sizeof mapped) == 0;

  memset (key, 0, KEY_SIZE);
  if (is_mapped)
    bytes += sizeof mapped;
  if (is_mapped || !is_ipv6)
    {
      memcpy (key + 1, bytes, 4);
      return bytes[0] != 127;
    }

  key[0] = 6;
  memcpy (key + 1, bytes, 8);

  return !g_inet_address_get_is_loopback (address);
}

RocketIOPeer *
rocketio_peers_find (RocketIOPeers  *self,
                     GSocketAddress *address)
{
  RocketIOPeer *peer;
  guint8 key[KEY_SIZE];

  if (!G_IS_INET_SOCKET_ADDRESS (address) ||
      !make_key (key, g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return NULL;

  peer = g_hash_table_lookup (self->peers, key);
  if (peer != NULL)
    return peer;

  purge (self);
  peer = g_new0 (RocketIOPeer, 1);
  memcpy (peer->key, key, KEY_SIZE);
  g_hash_table_insert (self->peers, peer->key, peer);

  return peer;
}

guint
rocketio_peers_get_n (RocketIOPeers *self)
{
  return g_hash_table_size (self->peers);
}

void
rocketio_peer_add_session (RocketIOPeer *self)
{
  self->n_sessions++;
}

void
rocketio_peer_remove_session (RocketIOPeer *self)
{
  g_assert (self->n_sessions > 0);

  self->n_sessions--;
}

guint
rocketio_peer_get_sessions (RocketIOPeer *self)
{
  return self->n_sessions;
}

gboolean
rocketio_peer_take_request (RocketIOPeer       *self,
                            const RocketIORate *rate)
{
  return rocketio_bucket_take (&self->requests, rate, g_get_monotonic_time ());
}
