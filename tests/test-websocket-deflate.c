/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "websocket-fixture.h"

#include <string.h>

/* A WebSocket whose messages may be compressed, RFC 7692. */

static void
agree_on_deflate (Test  *test,
                  guint  window)
{
  test->deflate = rocketio_deflate_new ();
  rocketio_websocket_transport_set_deflate (test->transport, test->deflate, window);
}

static void
send_packed (Test       *test,
             const void *packed,
             gsize       length)
{
  g_autoptr (GByteArray) frame = make_frame (FIN | RSV1 | TEXT, packed, length);

  write_all (test->peer, frame->data, frame->len);
}

static void
test_receive_packed (Test          *test,
                     gconstpointer  data)
{
  agree_on_deflate (test, 15);
  send_packed (test, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  send_frame (test, FIN | TEXT, "plain");
  send_packed (test, "\x00", 1);
  send_packed (test, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  assert_received (test, " Hello plain  Hello");
}

/* A few bytes that would become more than a message may have. */
static void
test_receive_bomb (Test          *test,
                   gconstpointer  data)
{
  g_autofree char *zeros = g_malloc0 (1 << 20);
  g_autoptr (GBytes) bomb = NULL;

  agree_on_deflate (test, 15);
  bomb = rocketio_deflate_pack (test->deflate, zeros, 1 << 20);
  g_assert_cmpuint (g_bytes_get_size (bomb), <, 1100);
  send_packed (test, g_bytes_get_data (bomb, NULL), g_bytes_get_size (bomb));
  assert_out (test, " close:1009:" GOODBYE " end");
  assert_received (test, "");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_PROTOCOL);
}

static void
test_receive_broken (Test          *test,
                     gconstpointer  data)
{
  agree_on_deflate (test, 15);
  send_packed (test, "\x07", 1);
  assert_out (test, " close:1007:" GOODBYE " end");
  g_assert_cmpint (test->reason, ==, ROCKETIO_CLOSE_REASON_PROTOCOL);
}

static void
push_text (Test       *test,
           const char *text)
{
  g_autofree char *json = g_strdup_printf ("\"%s\"", text);
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json ("e", json, -1, NULL);

  rocketio_transport_send (test->transport, &message, 1);
}

/* Large ones are packed, in both versions, and small ones are not. */
static void
test_send_packed (Test          *test,
                  gconstpointer  data)
{
  g_autofree char *text = g_strnfill (400, 'x');
  g_autofree char *expected =
    g_strdup_printf (" text:{\"type\":\"e\",\"data\":\"small\"} packed text:{\"type\":\"e\",\"data\":\"%s\"}"
                     " text:{\"type\":\"e\",\"data\":\"end\"}", text);

  agree_on_deflate (test, 15);
  push_text (test, "small");
  push_text (test, text);
  push_text (test, "end");
  assert_out (test, expected);
}

/* A client that cannot refer back so far gets it as it is. */
static void
test_window (Test          *test,
             gconstpointer  data)
{
  g_autofree char *large = g_strnfill (520, 'x');
  g_autofree char *fitting = g_strnfill (470, 'x');
  g_autofree char *expected =
    g_strdup_printf (" text:{\"type\":\"e\",\"data\":\"%s\"} packed text:{\"type\":\"e\",\"data\":\"%s\"}",
                     large, fitting);

  agree_on_deflate (test, 9);
  push_text (test, large);
  push_text (test, fitting);
  assert_out (test, expected);
}

/* More of them than go out in one write, where some have two pieces and some have one. */
static void
test_send_many_packed (Test          *test,
                       gconstpointer  data)
{
  g_autofree char *text = g_strnfill (300, 'x');
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rocketio_message_unref);
  g_autoptr (GString) expected = g_string_new (NULL);

  agree_on_deflate (test, 15);
  for (guint i = 0; i < 201; i++)
    {
      const char *payload = i % 3 == 0 ? text : "";
      g_autofree char *json = g_strdup_printf ("\"%u%s\"", i, payload);

      g_ptr_array_add (messages, rocketio_message_new_json ("e", json, -1, NULL));
      g_string_append_printf (expected, " %stext:{\"type\":\"e\",\"data\":%s}", i % 3 == 0 ? "packed " : "", json);
    }
  rocketio_transport_send (test->transport, (RocketIOMessage *const *) messages->pdata, messages->len);
  assert_out (test, expected->str);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/websocket-deflate/receive", Test, NULL, setup_started, test_receive_packed, teardown);
  g_test_add ("/websocket-deflate/receive-bomb", Test, NULL, setup_started, test_receive_bomb, teardown);
  g_test_add ("/websocket-deflate/receive-broken", Test, NULL, setup_started, test_receive_broken, teardown);
  g_test_add ("/websocket-deflate/send", Test, NULL, setup_started, test_send_packed, teardown);
  g_test_add ("/websocket-deflate/send-2", Test, NULL, setup_started_2, test_send_packed, teardown);
  g_test_add ("/websocket-deflate/send-many", Test, NULL, setup_started, test_send_many_packed, teardown);
  g_test_add ("/websocket-deflate/window", Test, NULL, setup_started, test_window, teardown);

  return g_test_run ();
}
