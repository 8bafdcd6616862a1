/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-extensions-private.h"

#define DEFLATE "permessage-deflate"
#define ANSWER  "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

static const struct
{
  const char *header;
  const char *answer;    /* NULL: none is accepted */
} headers[] = {
  { "", NULL },
  { DEFLATE, ANSWER },
  { "Permessage-DEFLATE", ANSWER },
  { DEFLATE "; client_max_window_bits", ANSWER },
  { DEFLATE ";client_max_window_bits=8;server_no_context_takeover ; client_no_context_takeover", ANSWER },
  { DEFLATE "; server_max_window_bits=15", ANSWER "; server_max_window_bits=15" },
  { DEFLATE "; server_max_window_bits=8", ANSWER "; server_max_window_bits=8" },
  { DEFLATE "; server_max_window_bits=\"10\"", ANSWER "; server_max_window_bits=10" },
  { DEFLATE "; server_max_window_bits=\"1\\0\"", ANSWER "; server_max_window_bits=10" },
  { DEFLATE "\t;\tserver_max_window_bits\t=\t9", ANSWER "; server_max_window_bits=9" },

  /* RFC 7692, section 7: declined if a parameter is unknown, there twice, or has no sound value */
  { DEFLATE "; unknown", NULL },
  { DEFLATE "; unknown=1", NULL },
  { DEFLATE "; server_no_context_takeover=1", NULL },
  { DEFLATE "; client_no_context_takeover=true", NULL },
  { DEFLATE "; server_no_context_takeover; server_no_context_takeover", NULL },
  { DEFLATE "; client_max_window_bits; client_max_window_bits=10", NULL },
  { DEFLATE "; server_max_window_bits=10; server_max_window_bits=10", NULL },
  { DEFLATE "; server_max_window_bits", NULL },
  { DEFLATE "; server_max_window_bits=7", NULL },
  { DEFLATE "; server_max_window_bits=16", NULL },
  { DEFLATE "; server_max_window_bits=08", NULL },
  { DEFLATE "; server_max_window_bits=10x", NULL },
  { DEFLATE "; server_max_window_bits=-9", NULL },
  { DEFLATE "; client_max_window_bits=0", NULL },
  { DEFLATE "; client_max_window_bits=16", NULL },
  { DEFLATE "; client_max_window_bits=99999999999999999999", NULL },

  /* the first that can be accepted counts */
  { DEFLATE "; server_max_window_bits=20, " DEFLATE, ANSWER },
  { DEFLATE "; server_max_window_bits=9, " DEFLATE, ANSWER "; server_max_window_bits=9" },
  { DEFLATE ", " DEFLATE "; server_max_window_bits=9", ANSWER },
  { "x-webkit-deflate-frame, " DEFLATE, ANSWER },
  { "permessage-deflate2; x=\"y\"", NULL },
  { ",, " DEFLATE " ,", ANSWER },
};

static void
test_offers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      RocketIOExtensions extensions;
      g_autofree char *answer = NULL;

      g_test_message ("%s", headers[i].header);
      g_assert_true (rocketio_extensions_parse (&extensions, headers[i].header));
      g_assert_cmpint (extensions.has_deflate, ==, headers[i].answer != NULL);
      answer = extensions.has_deflate ? rocketio_extensions_answer (&extensions) : NULL;
      g_assert_cmpstr (answer, ==, headers[i].answer);
      g_assert_cmpuint (extensions.server_window, <=, 15);
    }
}

/* RFC 6455, section 9.1 */
static void
test_malformed (void)
{
  static const char *const malformed[] = {
    ";", DEFLATE ";", DEFLATE "; ;", DEFLATE " client_max_window_bits", DEFLATE "; =9", "=", "\"" DEFLATE "\"",
    DEFLATE "; server_max_window_bits=", DEFLATE "; server_max_window_bits=\"10", DEFLATE "; x=\"\"",
    DEFLATE "; x=\"a b\"", DEFLATE "; x=\"a\\", DEFLATE "; x=1=2", DEFLATE "/1", "\303\266", DEFLATE ", \001",
    DEFLATE ", bad;",
  };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      RocketIOExtensions extensions;

      g_test_message ("%s", malformed[i]);
      g_assert_false (rocketio_extensions_parse (&extensions, malformed[i]));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/extensions/rfc7692/7.1/offers", test_offers);
  g_test_add_func ("/extensions/rfc6455/9.1/malformed", test_malformed);

  return g_test_run ();
}
