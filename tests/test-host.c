/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-host-private.h"

static void
test_safe (void)
{
  static const char * const hosts[] = {
    "127.0.0.1", "127.0.0.1:5000", "192.0.2.1", "[::1]", "[::1]:5000", "[2001:db8::1]", "localhost", "localhost:80",
    "LocalHost", "app.localhost", "printer.local", "printer.LOCAL:631", "localhost.",
  };
  g_autofree char *own = g_strdup_printf ("%s:5000", g_get_host_name ());

  g_assert_true (rocketio_host_check (NULL, NULL));
  g_assert_true (rocketio_host_check (own, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_test_message ("%s", hosts[i]);
      g_assert_true (rocketio_host_check (hosts[i], NULL));
    }
}

static void
test_allowed (void)
{
  static const char * const allowed[] = { "example.org", "*.example.net", NULL };
  static const char * const good[] = {
    "example.org", "example.org:8080", "EXAMPLE.org.", "a.example.net", "a.b.example.net:1",
  };
  static const char * const bad[] = {
    "a.example.org", "example.net", "evilexample.net", "example.org.evil.com", "evil.com", "127.0.0.1.evil.com",
    "localhost.evil.com", "xlocal.com", "local.evil.com", "1.2.3.4.5", "example.org@evil.com", "evil.com#.local.x",
    "[x].evil.com", "[::1].evil.com", "[::1", "[evil.com]", "com", "", ":80",
  };
  static const char * const all[] = { "*", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (rocketio_host_check (good[i], allowed));
      g_assert_false (rocketio_host_check (good[i], NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (rocketio_host_check (bad[i], allowed));
      g_assert_true (rocketio_host_check (bad[i], all));
    }
}

static void
test_valid (void)
{
  static const char * const good[] = { "*", "example.org", "*.example.org", "box" };
  static const char * const bad[] = {
    "", "*.", "https://example.org", "example.org:80", "a.*.b", "example.org/", "a b", "[::1]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (rocketio_host_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (rocketio_host_is_valid (bad[i]));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/host/safe", test_safe);
  g_test_add_func ("/host/allowed", test_allowed);
  g_test_add_func ("/host/valid", test_valid);

  return g_test_run ();
}
