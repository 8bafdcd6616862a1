/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-peers-private.h"

#include <gio/gunixsocketaddress.h>

static RocketIOPeer *
find (RocketIOPeers *peers,
      const char    *address)
{
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new_from_string (address, 1234);

  g_assert_nonnull (socket_address);

  return rocketio_peers_find (peers, socket_address);
}

static void
test_find (void)
{
  g_autoptr (RocketIOPeers) peers = rocketio_peers_new ();
  RocketIOPeer *one = find (peers, "192.0.2.1");

  g_assert_nonnull (one);
  g_assert_true (find (peers, "192.0.2.1") == one);
  g_assert_true (find (peers, "::ffff:192.0.2.1") == one);
  g_assert_true (find (peers, "192.0.2.2") != one);
  g_assert_true (find (peers, "2001:db8:1:2::1") == find (peers, "2001:db8:1:2:ffff::9"));
  g_assert_true (find (peers, "2001:db8:1:2::1") != find (peers, "2001:db8:1:3::1"));
  g_assert_cmpuint (rocketio_peers_get_n (peers), ==, 4);
}

/* This machine, and what is no network. */
static void
test_exempt (void)
{
  g_autoptr (RocketIOPeers) peers = rocketio_peers_new ();
  g_autoptr (GSocketAddress) local = g_unix_socket_address_new ("/run/x");

  g_assert_null (find (peers, "127.0.0.1"));
  g_assert_null (find (peers, "127.9.9.9"));
  g_assert_null (find (peers, "::1"));
  g_assert_null (find (peers, "::ffff:127.0.0.1"));
  g_assert_null (rocketio_peers_find (peers, local));
  g_assert_null (rocketio_peers_find (peers, NULL));
  g_assert_cmpuint (rocketio_peers_get_n (peers), ==, 0);
}

static void
test_requests (void)
{
  const RocketIORate rate = { 1, 3 };
  g_autoptr (RocketIOPeers) peers = rocketio_peers_new ();

  for (guint i = 0; i < 3; i++)
    g_assert_true (rocketio_peer_take_request (find (peers, "192.0.2.1"), &rate));
  g_assert_false (rocketio_peer_take_request (find (peers, "192.0.2.1"), &rate));
  g_assert_true (rocketio_peer_take_request (find (peers, "192.0.2.2"), &rate));
}

/* However many addresses there are in the world. */
static void
test_forgets (void)
{
  const RocketIORate rate = { 1000000, 1 };
  g_autoptr (RocketIOPeers) peers = rocketio_peers_new ();
  RocketIOPeer *resident = find (peers, "192.0.2.1");
  guint most = 0;

  rocketio_peer_add_session (resident);
  rocketio_peer_add_session (resident);
  for (guint i = 0; i < 200000; i++)
    {
      guint8 bytes[16] = { 0x20, 0x01, i >> 24, i >> 16, i >> 8, i };
      g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
      g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new (address, 1);

      g_assert_true (rocketio_peer_take_request (rocketio_peers_find (peers, socket_address), &rate));
      most = MAX (most, rocketio_peers_get_n (peers));
    }
  g_assert_cmpuint (most, <, 5000);
  g_assert_true (find (peers, "192.0.2.1") == resident);
  g_assert_cmpuint (rocketio_peer_get_sessions (resident), ==, 2);
  rocketio_peer_remove_session (resident);
  g_assert_cmpuint (rocketio_peer_get_sessions (resident), ==, 1);
  rocketio_peer_remove_session (resident);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peers/find", test_find);
  g_test_add_func ("/peers/exempt", test_exempt);
  g_test_add_func ("/peers/requests", test_requests);
  g_test_add_func ("/peers/forgets", test_forgets);

  return g_test_run ();
}
