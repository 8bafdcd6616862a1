/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-state-private.h"
#include "session-fixture.h"

/* What a hub leaves, another one goes on from: `test` is the first, `next` the second. */

static void
move (SessionTest *test,
      FakeHost    *next)
{
  g_autoptr (GVariant) state = rocketio_state_save (test->host->hub);
  g_autoptr (GVariant) copy = NULL;
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (state);
  g_autoptr (GError) error = NULL;

  copy = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (ROCKETIO_STATE_TYPE), bytes, FALSE));
  g_assert_true (rocketio_state_load (next->hub, copy, &next->host, &error));
  g_assert_no_error (error);
  next->host.epoch = rocketio_hub_get_epoch (next->hub);
}

static RocketIOSession *
find (SessionTest *test,
      FakeHost    *next)
{
  RocketIOSession *session = rocketio_session_list_lookup (rocketio_hub_get_sessions (next->hub),
                                                           rocketio_session_get_id (test->session));

  g_assert_nonnull (session);
  g_assert_true (rocketio_session_has_token (session, test->session->wire->token));

  return session;
}

static void
test_resume (SessionTest   *test,
             gconstpointer  data)
{
  g_autoptr (FakeHost) next = fake_host_new ();
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (GError) error = NULL;
  g_autofree char *position = NULL;
  RocketIOSession *session;

  rocketio_session_set_identity (test->session, "Ann");
  g_assert_true (rocketio_session_join (test->session, "a", &error));
  push (test, "seen");
  push_to_channel (test, "seen-too", "a");
  say (test, "{\"type\":\"x\",\"n\":1}");
  fake_host_run (test->host);
  position = dup_position (test);

  cut (test);
  push (test, "one");
  push_to_channel (test, "two", "a");
  push_to_all (test, "three");
  push_to_channel (test, "elsewhere", "b");
  rocketio_session_leave (test->session, "a");
  push_to_channel (test, "after", "a");
  push (test, "four");

  move (test, next);
  session = find (test, next);
  g_assert_cmpstr (rocketio_session_get_identity (session), ==, "Ann");
  g_assert_cmpuint (session->wire->n, ==, 1);
  g_assert_null (rocketio_session_get_channel (session));

  fake_host_push (next, "five", NULL, NULL, NULL);
  rocketio_session_resume (session, position);
  g_assert_true (session->wire->recovered);
  rocketio_session_attach (session, &transport->parent);
  fake_host_run (next);
  g_assert_cmpstr (transport->events->str, ==, " one two three __left four five");
}

/* Of the same name, and with the same numbers, but not to be had without the position. */
static void
test_position (SessionTest   *test,
               gconstpointer  data)
{
  g_autoptr (FakeHost) next = fake_host_new ();
  RocketIOSession *session;

  push (test, "a");
  fake_host_run (test->host);
  cut (test);
  move (test, next);
  session = find (test, next);
  rocketio_session_resume (session, "00000000.1");
  g_assert_true (session->wire->resumed);
  g_assert_false (session->wire->recovered);
  g_assert_cmpuint (rocketio_hub_get_seq (next->hub), ==, rocketio_hub_get_seq (test->host->hub));
}

/* `feed` NULL: what anybody may have of it. */
static void
assert_past (RocketIOLog  *past,
             RocketIOFeed *feed,
             const char   *events)
{
  const RocketIOLogEntry *entry;
  g_autoptr (GString) got = g_string_new (NULL);

  for (entry = rocketio_log_after (past, 0); entry != NULL; entry = rocketio_log_next (past, entry))
    {
      g_autofree char *event = rocketio_message_dup_event (entry->message);

      if (feed == NULL || rocketio_feed_is_for (feed, entry))
        g_string_append_printf (got, " %s", event);
    }
  g_assert_cmpstr (got->str, ==, events);
}

static void
test_kept (SessionTest   *test,
           gconstpointer  data)
{
  RocketIOChannels *channels = rocketio_hub_get_channels (test->host->hub);
  g_autoptr (FakeHost) next = fake_host_new ();
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json ("value", "5", -1, NULL);
  RocketIOSession *session;
  RocketIOChannel *channel;

  rocketio_channels_set_history (channels, "news", 2);
  push_to_channel (test, "a", "news");
  push_to_channel (test, "b", "news");
  fake_host_push (test->host, "c", NULL, "news", rocketio_session_get_id (test->session));
  rocketio_channels_retain (channels, "news", message);
  rocketio_hub_retain (test->host->hub, message);

  move (test, next);
  channel = rocketio_channels_lookup (rocketio_hub_get_channels (next->hub), "news");
  g_assert_nonnull (channel);
  assert_past (rocketio_channel_get_past (channel), NULL, " \"b\" \"c\"");
  session = find (test, next);
  assert_past (rocketio_channel_get_past (channel), &session->feed, " \"b\"");
  g_assert_cmpuint (rocketio_retained_get_n (rocketio_channel_get_retained (channel)), ==, 1);
  g_assert_cmpuint (rocketio_retained_get_n (rocketio_hub_get_retained (next->hub)), ==, 1);
}

static void
test_refused (SessionTest   *test,
              gconstpointer  data)
{
  g_autoptr (FakeHost) next = fake_host_new ();
  g_autoptr (GVariant) state = rocketio_state_save (test->host->hub);
  g_autoptr (GBytes) whole = g_variant_get_data_as_bytes (state);
  g_autoptr (GError) error = NULL;

  /* Whatever is cut off or turned over in it, it is refused or taken, and nothing breaks. */
  for (gsize i = 0; i < g_bytes_get_size (whole); i++)
    {
      g_autoptr (FakeHost) host = fake_host_new ();
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
      g_autoptr (GBytes) bad = NULL;
      g_autoptr (GVariant) variant = NULL;

      if (i % 2 == 0)
        bytes[i] ^= 0x41;
      bad = g_bytes_new (bytes, i % 2 == 0 ? g_bytes_get_size (whole) : i);
      variant = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (ROCKETIO_STATE_TYPE), bad, FALSE));
      rocketio_state_load (host->hub, variant, &host->host, NULL);
    }

  fake_host_push (next, "a", NULL, NULL, NULL);
  g_assert_false (rocketio_state_load (next->hub, state, &next->host, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING);
}

/* Nobody goes on from where the last numbers are near. */
static void
test_last_numbers (SessionTest   *test,
                   gconstpointer  data)
{
  const guint64 last = ROCKETIO_MAX_NUMBER - (G_GUINT64_CONSTANT (1) << 40);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (FakeHost) next = fake_host_new ();
      g_autoptr (GVariant) state = NULL;
      g_autoptr (GError) error = NULL;
      guint32 epoch = rocketio_hub_get_epoch (next->hub);

      rocketio_hub_go_on_from (test->host->hub, last + i, epoch + 1);
      state = rocketio_state_save (test->host->hub);
      g_assert_cmpint (rocketio_state_load (next->hub, state, &next->host, &error), ==, i == 0);
      g_assert_cmpuint (rocketio_hub_get_seq (next->hub), ==, i == 0 ? last : 0);
      g_assert_cmpuint (rocketio_hub_get_epoch (next->hub), ==, i == 0 ? epoch + 1 : epoch);
      if (i == 1)
        g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_test_add ("/state/resume", test_resume);
  session_test_add ("/state/position", test_position);
  session_test_add ("/state/kept", test_kept);
  session_test_add ("/state/refused", test_refused);
  session_test_add ("/state/last-numbers", test_last_numbers);

  return g_test_run ();
}
