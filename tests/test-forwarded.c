/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-forwarded-private.h"

typedef struct
{
  const char               *peer;
  RocketIOForwardedHeaders  headers;    /* forwarded, for, host, proto */
  const char               *client;     /* NULL: the peer itself */
  const char               *host;
  gboolean                  is_secure;
} Vector;

static const char *const trusted[] = { "127.0.0.0/8", "::1", "10.0.0.0/8", "2001:db8::/32", NULL };

static const Vector vectors[] = {
  /* nobody says anything, or nobody who is believed */
  { "127.0.0.1", { NULL, NULL, NULL, NULL }, NULL, NULL, FALSE },
  { "192.0.2.9", { "for=1.2.3.4;host=h;proto=https", "1.2.3.4", "h", "https" }, NULL, NULL, FALSE },
  { "11.0.0.1", { NULL, "1.2.3.4", NULL, NULL }, NULL, NULL, FALSE },

  /* one proxy */
  { "127.0.0.1", { NULL, "192.0.2.1", NULL, NULL }, "192.0.2.1", NULL, FALSE },
  { "::1", { NULL, "192.0.2.1", "example.org", "https" }, "192.0.2.1", "example.org", TRUE },
  { "::ffff:10.1.1.1", { NULL, " 192.0.2.1 ", NULL, "http" }, "192.0.2.1", NULL, FALSE },
  { "10.1.1.1", { NULL, "2001:7fe::1", NULL, NULL }, "2001:7fe::1", NULL, FALSE },
  { "10.1.1.1", { NULL, "[2001:7fe::1]:4711", NULL, NULL }, "2001:7fe::1", NULL, FALSE },
  { "10.1.1.1", { NULL, "192.0.2.1:80", NULL, NULL }, "192.0.2.1", NULL, FALSE },
  { "10.1.1.1", { "for=192.0.2.1", NULL, NULL, NULL }, "192.0.2.1", NULL, FALSE },
  { "10.1.1.1", { "For=\"[2001:7fe::1]:80\"; Host=\"a.b:8\";proto=HTTPS", NULL, NULL, NULL }, "2001:7fe::1", "a.b:8", TRUE },
  { "10.1.1.1", { "proto=https; for=192.0.2.1;by=203.0.113.43", NULL, "x", NULL }, "192.0.2.1", NULL, TRUE },
  { "10.1.1.1", { NULL, NULL, "example.org", "https" }, NULL, NULL, FALSE },

  /* what the client itself said stands to the left */
  { "127.0.0.1", { NULL, "6.6.6.6, 192.0.2.1", NULL, NULL }, "192.0.2.1", NULL, FALSE },
  { "127.0.0.1", { NULL, "10.0.0.1, 192.0.2.1", NULL, NULL }, "192.0.2.1", NULL, FALSE },
  { "127.0.0.1", { NULL, "6.6.6.6, junk", NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { "for=6.6.6.6, for=192.0.2.1", NULL, NULL, NULL }, "192.0.2.1", NULL, FALSE },
  { "127.0.0.1", { "for=6.6.6.6;host=evil", "192.0.2.1", NULL, NULL }, "192.0.2.1", NULL, FALSE },
  { "127.0.0.1", { "for=\"6.6.6.6, for=192.0.2.1", NULL, NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { "for=\"6\\\"6\", for=192.0.2.1", NULL, NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { "for=192.0.2.1;host=\"a,for=6.6.6.6;x=\"", NULL, NULL, NULL }, "192.0.2.1", "a,for=6.6.6.6;x=",
    FALSE },
  { "127.0.0.1", { "for=6.6.6.6, for=unknown", NULL, NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { "for=6.6.6.6, for=_hidden", NULL, NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { "for=6.6.6.6, by=1.1.1.1", NULL, NULL, NULL }, NULL, NULL, FALSE },

  /* several proxies */
  { "127.0.0.1", { NULL, "6.6.6.6, 192.0.2.1, 10.2.2.2", "evil, good, inner", "http, https, http" },
    "192.0.2.1", "good", TRUE },
  { "127.0.0.1", { NULL, "192.0.2.1, 10.2.2.2", "good", "https" }, "192.0.2.1", "good", TRUE },
  { "127.0.0.1", { NULL, "192.0.2.1, 10.2.2.2", "a, evil, good", NULL }, "192.0.2.1", "good", FALSE },
  { "10.0.0.1", { "for=6.6.6.6;host=evil, for=192.0.2.1;host=good, for=10.2.2.2;host=inner", NULL, NULL, NULL },
    "192.0.2.1", "good", FALSE },

  /* all of them are ours */
  { "127.0.0.1", { NULL, "10.1.1.1, 10.2.2.2", NULL, NULL }, "10.1.1.1", NULL, FALSE },

  /* nothing in it */
  { "127.0.0.1", { "", NULL, NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { NULL, "", NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { ",;,=", NULL, NULL, NULL }, NULL, NULL, FALSE },
  { "127.0.0.1", { NULL, "[::1, [", NULL, NULL }, NULL, NULL, FALSE },
};

static void
check (const Vector *vector,
       GPtrArray    *proxies)
{
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string (vector->peer, 1);
  g_auto (RocketIOForwarded) forwarded = { FALSE };
  g_autofree char *client = NULL;

  rocketio_forwarded_read (&forwarded, &vector->headers, peer, proxies);
  if (forwarded.client != NULL)
    client = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (forwarded.client)));
  g_assert_cmpstr (client, ==, vector->client);
  g_assert_cmpstr (forwarded.host, ==, vector->host);
  g_assert_cmpint (forwarded.is_secure, ==, vector->is_secure);
}

static void
test_vectors (void)
{
  g_autoptr (GPtrArray) proxies = rocketio_proxies_parse (trusted);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("%u", i);
      check (&vectors[i], proxies);
    }
}

/* A client that says much is read from the right, and no further than there can be proxies. */
static void
test_many (void)
{
  g_autoptr (GPtrArray) proxies = rocketio_proxies_parse (trusted);
  g_autoptr (GString) header = g_string_new (NULL);
  Vector vector = { "127.0.0.1", { NULL }, "10.0.0.1", NULL, FALSE };

  for (guint i = 0; i < 10000; i++)
    g_string_append (header, "6.6.6.6,");
  for (guint i = 0; i < 40; i++)
    g_string_append (header, i < 39 ? "10.0.0.1," : "10.0.0.1");
  vector.headers.for_ = header->str;
  check (&vector, proxies);
}

static void
test_nobody_is_trusted (void)
{
  g_autoptr (GPtrArray) proxies = rocketio_proxies_parse (NULL);
  const Vector vector = { "127.0.0.1", { "for=1.2.3.4", "1.2.3.4", "h", "https" }, NULL, NULL, FALSE };

  check (&vector, proxies);
}

static void
test_valid (void)
{
  g_assert_true (rocketio_proxy_is_valid ("10.0.0.0/8"));
  g_assert_true (rocketio_proxy_is_valid ("127.0.0.1"));
  g_assert_true (rocketio_proxy_is_valid ("2001:db8::/32"));
  g_assert_false (rocketio_proxy_is_valid ("10.0.0.1/8"));
  g_assert_false (rocketio_proxy_is_valid ("proxy.example.org"));
  g_assert_false (rocketio_proxy_is_valid (""));
  g_assert_false (rocketio_proxy_is_valid ("10.0.0.0/33"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/forwarded/vectors", test_vectors);
  g_test_add_func ("/forwarded/many", test_many);
  g_test_add_func ("/forwarded/nobody-is-trusted", test_nobody_is_trusted);
  g_test_add_func ("/forwarded/valid", test_valid);

  return g_test_run ();
}
