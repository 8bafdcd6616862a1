/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "session-fixture.h"

#include <string.h>

void
use_new_transport (SessionTest           *test,
                   RocketIOTransportType  type)
{
  test->transport = fake_transport_new (type);
  test->n_seen = 0;
  g_ptr_array_add (test->transports, test->transport);
}

void
session_test_setup (SessionTest   *test,
                    gconstpointer  data)
{
  test->host = fake_host_new ();
  g_main_context_push_thread_default (test->host->context);
  test->transports = g_ptr_array_new_with_free_func ((GDestroyNotify) fake_transport_free);
  use_new_transport (test, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  test->session = fake_host_connect_2 (test->host, test->transport);
  expect_names (test, " __welcome");
  expect_story (test, " opened");
}

void
session_test_teardown (SessionTest   *test,
                       gconstpointer  data)
{
  test->host->on_resumed = test->host->on_detached = NULL;
  if (test->session != NULL)
    rocketio_session_end (test->session, ROCKETIO_CLOSE_REASON_SHUTDOWN);
  fake_host_run (test->host);
  g_main_context_pop_thread_default (test->host->context);
  g_clear_object (&test->session);
  fake_host_free (test->host);
  g_ptr_array_unref (test->transports);
}

void
say (SessionTest *test,
     const char  *format,
     ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fake_transport_receive (test->transport, text);
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  g_assert_nonnull (node);

  return json_object_ref (json_node_get_object (node));
}

static char *
without_number (const char *text)
{
  static const char start[] = "{\"seq\":";
  const char *rest;

  if (!g_str_has_prefix (text, start))
    return g_strdup (text);

  rest = strstr (text, "\",") + 2;

  return g_strconcat ("{", rest, NULL);
}

void
expect (SessionTest *test,
        const char  *texts)
{
  g_autoptr (GString) got = g_string_new (NULL);

  fake_host_run (test->host);
  for (; test->n_seen < test->transport->texts_2->len; test->n_seen++)
    {
      g_autofree char *text = without_number (g_ptr_array_index (test->transport->texts_2, test->n_seen));

      g_string_append_printf (got, " %s", text);
    }
  g_assert_cmpstr (got->str, ==, texts);
}

void
expect_names (SessionTest *test,
              const char  *names)
{
  g_autoptr (GString) got = g_string_new (NULL);

  fake_host_run (test->host);
  for (; test->n_seen < test->transport->texts_2->len; test->n_seen++)
    {
      g_autoptr (JsonObject) message = parse (g_ptr_array_index (test->transport->texts_2, test->n_seen));

      g_string_append_printf (got, " %s", json_object_get_string_member (message, "type"));
    }
  g_assert_cmpstr (got->str, ==, names);
}

void
forget_sent (SessionTest *test)
{
  fake_host_run (test->host);
  test->n_seen = test->transport->texts_2->len;
}

void
expect_story (SessionTest *test,
              const char  *story)
{
  g_assert_cmpstr (test->host->story->str, ==, story);
  g_string_truncate (test->host->story, 0);
}

JsonObject *
get_last_data (SessionTest *test)
{
  g_autoptr (JsonObject) message = parse (fake_transport_get_last_2 (test->transport));

  return json_object_ref (json_object_get_object_member (message, "data"));
}

char *
dup_position (SessionTest *test)
{
  for (guint i = test->transport->texts_2->len; i > 0; i--)
    {
      g_autoptr (JsonObject) message = parse (g_ptr_array_index (test->transport->texts_2, i - 1));
      JsonNode *data = json_object_get_member (message, "data");

      if (json_object_has_member (message, "pos"))
        return g_strdup (json_object_get_string_member (message, "pos"));
      if (JSON_NODE_HOLDS_OBJECT (data) && json_object_has_member (json_node_get_object (data), "pos"))
        return g_strdup (json_object_get_string_member (json_node_get_object (data), "pos"));
    }

  g_assert_not_reached ();
}

void
push (SessionTest *test,
      const char  *event)
{
  g_assert_true (rocketio_session_push (test->session, event, NULL, NULL));
}

void
push_to_all (SessionTest *test,
             const char  *event)
{
  fake_host_push (test->host, event, NULL, NULL, NULL);
}

void
push_to_channel (SessionTest *test,
                 const char  *event,
                 const char  *channel)
{
  fake_host_push (test->host, event, NULL, channel, NULL);
}

void
cut (SessionTest *test)
{
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_LOST);
}

void
come_back (SessionTest *test,
           const char  *position)
{
  use_new_transport (test, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  rocketio_session_expect_stream (test->session);
  rocketio_session_resume (test->session, position);
  rocketio_session_attach (test->session, &test->transport->parent);
  rocketio_session_announce (test->session);
  rocketio_session_tell_resumed (test->session);
}
