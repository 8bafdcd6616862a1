/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-origin-private.h"

#define SAME    ROCKETIO_ORIGIN_SAME
#define ALLOWED ROCKETIO_ORIGIN_ALLOWED
#define ANY     ROCKETIO_ORIGIN_ANY
#define REFUSED ROCKETIO_ORIGIN_REFUSED

static const struct
{
  const char     *origin;
  const char     *host;
  const char     *allowed;     /* words; NULL: none */
  RocketIOOrigin  expected;
} checks[] = {
  /* Of no browser */
  { NULL, "example.org", NULL, SAME },
  { NULL, NULL, "https://x", SAME },
  { "", "example.org", NULL, SAME },
  { "example.org", "other.org", NULL, SAME },

  /* The same host and port, whatever the scheme says */
  { "http://example.org", "example.org", NULL, SAME },
  { "https://example.org", "example.org", NULL, SAME },
  { "http://Example.ORG", "eXample.org", NULL, SAME },
  { "http://example.org", "example.org:80", NULL, SAME },
  { "http://example.org:80", "example.org", NULL, SAME },
  { "https://example.org", "example.org:443", NULL, SAME },
  { "https://example.org:443", "example.org", NULL, SAME },
  { "http://example.org:5000", "example.org:5000", NULL, SAME },
  { "http://[::1]:5000", "[::1]:5000", NULL, SAME },
  { "http://[::1]", "[::1]", NULL, SAME },
  { "http://127.0.0.1:5000", "127.0.0.1:5000", NULL, SAME },

  /* Another one */
  { "http://example.org", "example.org:443", NULL, REFUSED },
  { "https://example.org", "example.org:80", NULL, REFUSED },
  { "http://example.org:5000", "example.org", NULL, REFUSED },
  { "http://example.org", "example.org:5000", NULL, REFUSED },
  { "http://example.org", "example.com", NULL, REFUSED },
  { "http://example.org.evil.com", "example.org", NULL, REFUSED },
  { "http://evil-example.org", "example.org", NULL, REFUSED },
  { "http://sub.example.org", "example.org", NULL, REFUSED },
  { "http://localhost:5000", "127.0.0.1:5000", NULL, REFUSED },
  { "http://example.org", NULL, NULL, REFUSED },
  { "file://", "example.org", NULL, REFUSED },
  { "null", "example.org", NULL, REFUSED },
  { "null", "null", NULL, REFUSED },
  { "null", NULL, NULL, REFUSED },
  { "chrome-extension://abcdef", "example.org", NULL, REFUSED },

  /* A list */
  { "http://a.org", "x", "http://a.org", ALLOWED },
  { "HTTP://A.org", "x", "http://a.ORG", ALLOWED },
  { "http://b.org", "x", "http://a.org http://b.org", ALLOWED },
  { "http://c.org", "x", "http://a.org http://b.org", REFUSED },
  { "https://a.org", "x", "http://a.org", REFUSED },
  { "http://a.org:8080", "x", "http://a.org", REFUSED },
  { "http://a.org", "x", "http://a.org:8080", REFUSED },
  { "http://a.org.evil.com", "x", "http://a.org", REFUSED },
  { "null", "x", "http://a.org", REFUSED },
  { "chrome-extension://abcdef", "x", "chrome-extension://abcdef", ALLOWED },

  /* All below a domain, which is not in it itself */
  { "https://a.example.org", "x", "https://*.example.org", ALLOWED },
  { "https://a.b.EXAMPLE.org", "x", "https://*.example.org", ALLOWED },
  { "https://example.org", "x", "https://*.example.org", REFUSED },
  { "https://.example.org", "x", "https://*.example.org", REFUSED },
  { "https://evilexample.org", "x", "https://*.example.org", REFUSED },
  { "http://a.example.org", "x", "https://*.example.org", REFUSED },
  { "https://a.example.org:444", "x", "https://*.example.org", REFUSED },
  { "https://a.example.org:444", "x", "https://*.example.org:444", ALLOWED },
  { "https://a.example.org.evil.com", "x", "https://*.example.org", REFUSED },
  { "https://evil.com/.example.org", "x", "https://*.example.org", REFUSED },
  { "https://evil.com#.example.org", "x", "https://*.example.org", REFUSED },
  { "https://evil.com@a.example.org", "x", "https://*.example.org", REFUSED },
  { "https://", "x", "https://*.example.org", REFUSED },

  /* Everybody */
  { "http://a.org", "x", "*", ANY },
  { "null", "x", "*", ANY },
  { "http://a.org", "x", "http://a.org *", ALLOWED },
  { "http://x", "x", "*", SAME },
};

static void
test_check (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_auto (GStrv) allowed = checks[i].allowed != NULL ? g_strsplit (checks[i].allowed, " ", -1) : NULL;
      RocketIOOrigin found = rocketio_origin_check (checks[i].origin, checks[i].host, (const char *const *) allowed);

      if (found != checks[i].expected)
        g_error ("%s at %s with %s: %d instead of %d", checks[i].origin, checks[i].host, checks[i].allowed, found,
                 checks[i].expected);
    }
}

static void
test_is_valid (void)
{
  static const char * const valid[] = {
    "*", "http://a", "https://example.org", "https://example.org:8080", "https://*.example.org", "http://[::1]:5000",
    "https://*.example.org:444", "capacitor://localhost",
  };
  static const char * const invalid[] = {
    "", "example.org", "://a", "http://", "http://*", "http://*.", "http://a/", "http://a/b", "http://a?b",
    "http://a#b", "http://a b", "http://*.*.org", "http://a.*", "**", "null", "//a", "http:a",
  };

  for (guint i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      if (!rocketio_origin_is_valid (valid[i]))
        g_error ("%s is not taken", valid[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      if (rocketio_origin_is_valid (invalid[i]))
        g_error ("%s is taken", invalid[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/origin/check", test_check);
  g_test_add_func ("/origin/is-valid", test_is_valid);

  return g_test_run ();
}
