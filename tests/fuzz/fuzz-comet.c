/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"
#include "script.h"

#include <string.h>

/* The body of a POST of version 1, as a form, as JSON, and in the query. */

#define POST(query, type) \
  "POST /cometio/io" query " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " type "\r\n"

static void
add (GByteArray *script,
     const char *text)
{
  g_byte_array_append (script, (const guint8 *) text, strlen (text));
}

int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  g_autoptr (GByteArray) script = g_byte_array_new ();

  add (script, "GET /cometio/io HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`."
               "`+" POST ("", "application/x-www-form-urlencoded") "`<json=");
  g_byte_array_append (script, data, size);
  add (script, "`>`." POST ("", "application/json") "`<");
  g_byte_array_append (script, data, size);
  add (script, "`>`.`+" POST ("?json=`i", "text/plain") "`<");
  g_byte_array_append (script, data, size);
  add (script, "`>`.`0GET /cometio/io?session=`i HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.");
  script_run (script->data, script->len);

  return 0;
}
