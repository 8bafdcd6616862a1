/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"
#include "rocketio-hello-private.h"
#include "script.h"

#include <string.h>

/* How a client of version 2 begins, and comes back: the data of its hello, by POST and over a WebSocket, and again after
 * that was cut off. */

static void
check (const guint8 *data,
       gsize         size)
{
  g_auto (RocketIOHello) hello = { NULL };

  if (!rocketio_hello_parse (&hello, (RocketIOSpan) { (const char *) data, size }))
    return;

  g_assert_nonnull (hello.node);
  g_assert_cmpuint (hello.attempt, <=, G_MAXINT64);
}

static void
add (GByteArray *script,
     const char *text)
{
  g_byte_array_append (script, (const guint8 *) text, strlen (text));
}

static void
add_hello (GByteArray   *script,
           const guint8 *data,
           gsize         size)
{
  add (script, "{\"type\":\"__hello\",\"data\":");
  g_byte_array_append (script, data, size);
  add (script, "}");
}

int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  g_autoptr (GByteArray) script = g_byte_array_new ();
  g_autoptr (GByteArray) hello = g_byte_array_new ();

  add_hello (hello, data, size);
  check (hello->data, hello->len);

  add (script, "POST /rocketio/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n`<");
  add_hello (script, data, size);
  add (script, "`>`.`+`w`.`[{\"type\":\"__hello\",\"data\":{}}`]`.`[{\"type\":\"all\",\"data\":1,\"n\":1}`]`.`!`."
               "`+`w`.`[");
  add_hello (script, data, size);
  add (script, "`]`.`!`.");
  script_run (script->data, script->len);

  return 0;
}
