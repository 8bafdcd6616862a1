/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-host.h"

#define MIB 1048576

/* A client: a session and what carries it. */
typedef struct
{
  RocketIOSession *session;
  FakeTransport   *transport;
} Client;

static Client
client_new (FakeHost   *host,
            const char *channel)
{
  Client self = { NULL, fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET) };

  self.session = fake_host_connect (host, self.transport);
  rocketio_session_open (self.session);
  rocketio_session_set_channel (self.session, channel);

  return self;
}

static void
client_clear (Client *self)
{
  g_clear_object (&self->session);
  g_clear_pointer (&self->transport, fake_transport_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Client, client_clear)

static const char *
id_of (Client *client)
{
  return rocketio_session_get_id (client->session);
}

/* That this is what `client` got since it was asked last. */
static void
assert_got (Client     *client,
            const char *events)
{
  g_assert_cmpstr (client->transport->events->str, ==, events);
  g_string_truncate (client->transport->events, 0);
}

/* Who gets what */

static void
test_everybody (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, NULL);
  g_auto (Client) b = client_new (host, "");
  g_auto (Client) c = client_new (host, "room");

  fake_host_push (host, "one", NULL, NULL, NULL);
  assert_got (&a, "");
  fake_host_run (host);

  assert_got (&a, " one");
  assert_got (&b, " one");
  assert_got (&c, " one");

  fake_host_push (host, "two", NULL, NULL, id_of (&b));
  fake_host_run (host);

  assert_got (&a, " two");
  assert_got (&b, "");
  assert_got (&c, " two");
}

static void
test_to (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, NULL);
  g_auto (Client) b = client_new (host, NULL);
  g_auto (Client) c = client_new (host, NULL);
  g_autofree char *both = g_strdup_printf ("%s %s %s nobody", id_of (&a), id_of (&b), id_of (&a));

  fake_host_push (host, "one", id_of (&a), NULL, NULL);
  fake_host_push (host, "two", both, NULL, NULL);
  fake_host_push (host, "three", both, NULL, id_of (&a));
  fake_host_push (host, "four", "nobody", NULL, NULL);
  fake_host_run (host);

  assert_got (&a, " one two");
  assert_got (&b, " two three");
  assert_got (&c, "");
}

static void
test_empty_lists (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "room");
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
  g_autoptr (RocketIOMessage) message = rocketio_message_new ("one", NULL, NULL);

  /* Nobody, which is not the same as everybody. */
  rocketio_push_options_set_to (options, (const char *const[]) { NULL });
  rocketio_hub_push (host->hub, message, options);
  fake_host_run (host);

  assert_got (&a, "");
}

static void
test_channels (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, NULL);
  g_auto (Client) b = client_new (host, "");
  g_auto (Client) c = client_new (host, "x");
  g_auto (Client) d = client_new (host, "y");

  fake_host_push (host, "empty", NULL, "", NULL);
  fake_host_push (host, "x", NULL, "x", NULL);
  fake_host_push (host, "both", id_of (&c), "x y x z", NULL);
  fake_host_push (host, "but-c", id_of (&c), "x y", id_of (&c));
  fake_host_push (host, "and-a", id_of (&a), "y", NULL);
  fake_host_run (host);

  assert_got (&a, " and-a");
  assert_got (&b, " empty");
  assert_got (&c, " x both");
  assert_got (&d, " both but-c and-a");

  /* That nobody was in it leaves nothing behind. */
  g_assert_null (rocketio_channels_lookup (rocketio_hub_get_channels (host->hub), "z"));
}

/* Receivers are those at the time of the push, whatever happens before it is written. */
static void
test_fixed_at_the_push (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) leaver = client_new (host, "x");
  g_auto (Client) joiner = client_new (host, "y");
  g_auto (Client) hopper = client_new (host, "x");
  g_auto (Client) closer = client_new (host, "x");
  g_auto (Client) latecomer = { NULL };

  fake_host_push (host, "one", NULL, "x", NULL);
  fake_host_push (host, "all", NULL, NULL, NULL);
  rocketio_session_set_channel (leaver.session, NULL);
  rocketio_session_set_channel (joiner.session, "x");
  rocketio_session_set_channel (hopper.session, "y");
  fake_host_push (host, "two", NULL, "x y", NULL);
  rocketio_session_set_channel (hopper.session, "x");
  fake_host_push (host, "three", NULL, "x", NULL);
  latecomer = client_new (host, "x");
  rocketio_session_end (closer.session, ROCKETIO_CLOSE_REASON_LOST);
  fake_host_run (host);

  assert_got (&leaver, " one all");
  assert_got (&joiner, " all two three");
  assert_got (&hopper, " one all two three");
  assert_got (&closer, "");
  assert_got (&latecomer, "");
}

static void
test_order_across_logs (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_autoptr (GString) expected = g_string_new (NULL);

  a.transport->writable = FALSE;
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *name = g_strdup_printf ("e%u", i);

      fake_host_push (host, name, i % 3 == 0 ? id_of (&a) : NULL, i % 3 != 2 ? "x" : NULL, NULL);
      g_string_append_printf (expected, " %s", name);
      if (i % 7 == 0)
        fake_host_run (host);
    }
  fake_transport_open_up (a.transport);
  fake_host_run (host);

  assert_got (&a, expected->str);
}

static void
test_one_write_a_turn (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");

  fake_host_run (host);
  a.transport->n_sends = 0;
  for (guint i = 0; i < 50; i++)
    fake_host_push (host, "e", NULL, i % 2 == 0 ? "x" : NULL, NULL);

  /* The pump runs once, and leaves no turn without work behind. */
  g_assert_cmpuint (run_dry (host->context), ==, 1);
  g_assert_cmpuint (a.transport->n_sends, ==, 1);
}

/* Bounds */

static void
test_burst (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_auto (Client) b = client_new (host, "x");
  g_autoptr (GString) expected = g_string_new (NULL);

  /* More than any log keeps, in one turn. */
  for (guint i = 0; i < 80; i++)
    {
      g_autofree char *name = g_strdup_printf ("e%u", i);

      fake_host_push_big (host, name, i % 2 == 0 ? "x" : NULL, MIB / 16);
      g_string_append_printf (expected, " %s", name);
    }
  fake_host_run (host);

  assert_got (&a, expected->str);
  assert_got (&b, expected->str);
  g_assert_cmpuint (rocketio_log_get_bytes (rocketio_hub_get_everybody (host->hub)), <=, MIB);
}

typedef struct
{
  FakeHost *host;
  Client    fast[3];
  Client    slow;
} SlowTest;

static void
on_slow_closed (FakeHost        *host,
                RocketIOSession *session,
                gpointer         user_data)
{
  SlowTest *test = user_data;

  /* The app learns of it when all others have been written to. */
  g_assert_true (session == test->slow.session);
  for (guint i = 0; i < G_N_ELEMENTS (test->fast); i++)
    g_assert_true (g_str_has_suffix (test->fast[i].transport->events->str, " last"));
}

static void
test_slow (void)
{
  SlowTest test = { fake_host_new () };

  test.slow = client_new (test.host, "x");
  for (guint i = 0; i < G_N_ELEMENTS (test.fast); i++)
    test.fast[i] = client_new (test.host, "x");
  test.host->on_closed = on_slow_closed;
  test.host->hook_data = &test;
  fake_host_run (test.host);
  test.slow.transport->writable = FALSE;

  fake_host_push_big (test.host, "first", "x", MIB / 2);
  fake_host_push_big (test.host, "second", NULL, MIB / 2 - 1000);
  fake_host_run (test.host);
  g_assert_cmpstr (test.host->story->str, ==, " opened opened opened opened");

  fake_host_push_big (test.host, "last", "x", 2000);
  fake_host_run (test.host);

  g_assert_cmpstr (test.host->story->str, ==, " opened opened opened opened closed:slow");
  g_assert_true (test.slow.transport->gone);
  g_assert_cmpint (test.slow.transport->reason, ==, ROCKETIO_CLOSE_REASON_SLOW);
  assert_got (&test.slow, "");
  client_clear (&test.slow);
  for (guint i = 0; i < G_N_ELEMENTS (test.fast); i++)
    {
      assert_got (&test.fast[i], " first second last");
      client_clear (&test.fast[i]);
    }
  fake_host_free (test.host);
}

static void
test_huge_push (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) writable = client_new (host, NULL);
  g_auto (Client) waiting = client_new (host, NULL);

  fake_host_run (host);
  waiting.transport->writable = FALSE;
  fake_host_push_big (host, "huge", NULL, 4 * MIB);
  fake_host_run (host);
  assert_got (&writable, " huge");

  /* It waits, since it is a single one. */
  g_assert_false (waiting.transport->gone);
  fake_transport_open_up (waiting.transport);
  fake_host_run (host);
  assert_got (&waiting, " huge");
}

/* What the transport still has counts too, but a huge push that is on its way not as more than a share. */
static void
test_pending (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, NULL);

  fake_host_run (host);
  a.transport->writable = FALSE;
  a.transport->pending = 50 * MIB;
  for (guint i = 0; i < 5; i++)
    fake_host_push_big (host, "e", NULL, MIB / 8);
  fake_host_run (host);
  g_assert_false (a.transport->gone);

  for (guint i = 0; i < 2; i++)
    fake_host_push_big (host, "e", NULL, MIB / 8);
  fake_host_run (host);
  g_assert_true (a.transport->gone);
}

/* What was not for a session does not wait for it. */
static void
test_others_do_not_count (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_auto (Client) b = client_new (host, "x");

  fake_host_run (host);
  a.transport->writable = FALSE;
  fake_host_push (host, "mine", NULL, "x", NULL);
  rocketio_session_set_channel (a.session, "y");
  for (guint i = 0; i < 12; i++)
    fake_host_push_big (host, "theirs", "x", MIB / 16);
  for (guint i = 0; i < 2; i++)
    fake_host_push_big (host, "ours", "y", MIB / 8);
  fake_host_push (host, "all", NULL, NULL, NULL);
  fake_host_run (host);
  g_assert_false (a.transport->gone);

  fake_transport_open_up (a.transport);
  fake_host_run (host);
  assert_got (&a, " mine ours ours all");
}

static void
test_excepted_do_not_count (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, NULL);
  g_auto (Client) b = client_new (host, NULL);
  const guint bound = 1000;

  fake_host_run (host);
  rocketio_hub_set_max_queue (host->hub, bound);
  a.transport->writable = FALSE;
  fake_host_push (host, "one", NULL, NULL, NULL);
  for (guint i = 0; i < bound; i++)
    fake_host_push (host, "theirs", NULL, NULL, id_of (&a));
  fake_host_push (host, "two", NULL, NULL, NULL);
  fake_host_run (host);
  g_assert_false (a.transport->gone);

  fake_transport_open_up (a.transport);
  fake_host_run (host);
  assert_got (&a, " one two");
}

/* A session that left a channel may still have something to get from there; when it is lost, it must not be skipped. */
static void
test_lost_in_a_left_channel (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_auto (Client) b = client_new (host, "x");

  fake_host_run (host);
  a.transport->writable = FALSE;
  fake_host_push (host, "mine", NULL, "x", NULL);
  fake_host_run (host);
  rocketio_session_set_channel (a.session, NULL);
  for (guint i = 0; i < 32; i++)
    fake_host_push_big (host, "theirs", "x", MIB / 16);
  fake_host_run (host);
  fake_transport_open_up (a.transport);
  fake_host_run (host);

  /* Either it gets it, or it is told that it missed something. */
  if (!a.transport->gone)
    assert_got (&a, " mine");
}

/* One that left before anything was pushed misses nothing when the others' pushes are dropped. */
static void
test_not_lost_after_leaving (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_auto (Client) b = client_new (host, "x");

  fake_host_push (host, "one", NULL, "x", NULL);
  fake_host_run (host);
  fake_host_push (host, "other", id_of (&b), NULL, NULL);
  rocketio_session_set_channel (a.session, NULL);
  for (guint i = 0; i < 32; i++)
    fake_host_push_big (host, "theirs", "x", MIB / 16);
  fake_host_run (host);
  fake_host_push (host, "all", NULL, NULL, NULL);
  fake_host_run (host);

  g_assert_false (a.transport->gone);
  assert_got (&a, " one all");
}

static void
test_log_bounds (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  RocketIOChannel *channel = rocketio_channels_lookup (rocketio_hub_get_channels (host->hub), "x");

  for (guint turn = 0; turn < 20; turn++)
    {
      for (guint i = 0; i < 4; i++)
        {
          fake_host_push_big (host, "e", "x", MIB / 16);
          fake_host_push_big (host, "e", NULL, MIB / 16);
        }
      fake_host_run (host);
      g_assert_cmpuint (rocketio_log_get_bytes (rocketio_channel_get_log (channel, FALSE)), <=, MIB);
      g_assert_cmpuint (rocketio_log_get_bytes (rocketio_hub_get_everybody (host->hub)), <=, MIB);
    }

  /* And for a single session, nothing is kept that it has. */
  fake_host_push (host, "e", id_of (&a), NULL, NULL);
  fake_host_run (host);
  g_assert_cmpuint (rocketio_log_get_length (rocketio_session_get_feed (a.session)->log), ==, 0);
}

static gsize
get_everybody_bytes (FakeHost *host)
{
  return rocketio_log_get_bytes (rocketio_hub_get_everybody (host->hub));
}

static void
test_set_bounds (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  RocketIOLog *log = NULL;

  rocketio_hub_set_max_queue (host->hub, 5000);
  rocketio_hub_set_log_bounds (host->hub, &(RocketIOLogBounds) { 10000, 15000, 120 });
  for (guint i = 0; i < 12; i++)
    {
      fake_host_push_big (host, "e", NULL, 1000);
      fake_host_run (host);
    }
  g_assert_cmpuint (get_everybody_bytes (host), <=, 10000);
  g_assert_cmpuint (get_everybody_bytes (host), >, 8000);

  /* With those to a channel it is too much for all of them. */
  for (guint i = 0; i < 40; i++)
    {
      fake_host_push_big (host, "e", "x", 1000);
      fake_host_run (host);
    }
  log = rocketio_channel_get_log (rocketio_channels_lookup (rocketio_hub_get_channels (host->hub), "x"), FALSE);
  g_assert_cmpuint (rocketio_log_get_bytes (log), <=, 10000);
  g_assert_cmpuint (get_everybody_bytes (host) + rocketio_log_get_bytes (log), <=, 2 * 15000);
  g_assert_cmpuint (get_everybody_bytes (host), <, 8000);
}

static void
test_set_age (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, NULL);

  fake_host_push (host, "one", NULL, NULL, NULL);
  fake_host_run (host);
  g_assert_cmpuint (get_everybody_bytes (host), >, 0);

  /* The look that is due in ten seconds moves up. */
  rocketio_hub_set_log_bounds (host->hub, &(RocketIOLogBounds) { MIB, MIB, 1 });
  wait_for (host->context, get_everybody_bytes (host) == 0);
}

static void
warn_of_memory (FakeHost                   *host,
                GMemoryMonitorWarningLevel  level)
{
  g_autoptr (GMemoryMonitor) monitor = g_memory_monitor_dup_default ();

  g_signal_emit_by_name (monitor, "low-memory-warning", level);
  run_for (host->context, 1);
}

/* What a client waits for stays, what would be for those who are away goes, if it is urgent also what is new. */
static void
test_low_memory (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  RocketIOLog *log = rocketio_channel_get_log (rocketio_channels_lookup (rocketio_hub_get_channels (host->hub), "x"),
                                               TRUE);

  for (guint i = 0; i < 20; i++)
    fake_host_push_big (host, "e", "x", MIB / 16);
  fake_host_run (host);
  g_assert_cmpuint (rocketio_log_get_bytes (log), >, MIB / 2);

  warn_of_memory (host, G_MEMORY_MONITOR_WARNING_LEVEL_LOW);
  g_assert_cmpuint (rocketio_log_get_bytes (log), >, MIB / 2);
  warn_of_memory (host, G_MEMORY_MONITOR_WARNING_LEVEL_MEDIUM);
  g_assert_cmpuint (rocketio_log_get_length (log), ==, 0);

  a.transport->writable = FALSE;
  g_string_truncate (a.transport->events, 0);
  for (guint i = 0; i < 3; i++)
    fake_host_push_big (host, "f", "x", MIB / 16);
  fake_host_run (host);
  warn_of_memory (host, G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL);
  fake_transport_open_up (a.transport);
  fake_host_run (host);
  g_assert_cmpstr (a.transport->events->str, ==, " f f f");
}

static void
test_all_bounds (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  Client clients[100];
  gsize total = 0;
  guint n_gone = 0;

  rocketio_hub_set_max_queue (host->hub, 2 * MIB);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (host, NULL);
      fake_host_run (host);
      clients[i].transport->writable = FALSE;
    }

  /* Each is below its own bound, but not all together. */
  for (guint n = 0; n < 15; n++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
        {
          g_autofree char *data = g_strnfill (MIB / 16 + 2, '"');
          g_autoptr (RocketIOMessage) message = NULL;

          memset (data + 1, 'x', MIB / 16);
          message = rocketio_message_new_json ("e", data, -1, NULL);
          if (!clients[i].transport->gone)
            rocketio_hub_push_to (host->hub, message, clients[i].session);
        }
      fake_host_run (host);
    }

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      RocketIOLog *log = rocketio_session_get_feed (clients[i].session)->log;

      total += log != NULL ? rocketio_log_get_bytes (log) : 0;
      fake_transport_open_up (clients[i].transport);
      fake_host_run (host);
      n_gone += clients[i].transport->gone;
      if (!clients[i].transport->gone)
        g_assert_cmpuint (strlen (clients[i].transport->events->str), ==, strlen (" e") * 15);
    }
  g_assert_cmpuint (total, <=, 65 * MIB);
  g_assert_cmpuint (n_gone, >, 0);
  g_assert_cmpuint (n_gone, <, G_N_ELEMENTS (clients));

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_clear (&clients[i]);
}

/* Where pushes come faster than they can be written, there is no end at which logs are cut; but they have a bound. */
static void
test_overload (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  RocketIOChannel *channel;
  Client clients[40];
  gsize most = 0;

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (host, "x");
      clients[i].transport->sloth = 1;
    }
  channel = rocketio_channels_lookup (rocketio_hub_get_channels (host->hub), "x");

  for (guint i = 0; i < 72; i++)
    {
      fake_host_push_big (host, "e", "x", MIB);
      g_assert_true (g_main_context_iteration (host->context, TRUE) || i > 0);
      most = MAX (most, rocketio_log_get_bytes (rocketio_channel_get_log (channel, FALSE)));
    }
  g_assert_cmpuint (most, >, 2 * MIB);
  g_assert_cmpuint (most, <=, 66 * MIB);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i].transport->sloth = 0;
      client_clear (&clients[i]);
    }
}

/* From inside handlers */

static void
push_again (FakeHost        *host,
            RocketIOSession *session,
            gpointer         user_data)
{
  fake_host_push (host, "answer", NULL, NULL, NULL);
  rocketio_session_push (session, "to-you", NULL, NULL);
  fake_host_push (host, "to-room", NULL, "x", NULL);
}

static void
test_push_in_handlers (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_auto (Client) b = client_new (host, NULL);

  host->on_event = push_again;
  fake_transport_receive (a.transport, "{\"type\":\"ask\"}");
  assert_got (&a, "");
  fake_host_run (host);
  assert_got (&a, " answer to-you to-room");
  assert_got (&b, " answer");

  /* The last words to somebody who is gone are for the others alone, and leave nothing behind. */
  host->on_closed = push_again;
  fake_transport_break (a.transport, ROCKETIO_CLOSE_REASON_CLIENT);
  g_clear_object (&a.session);
  fake_host_run (host);
  assert_got (&a, "");
  assert_got (&b, " answer");
}

/* The same with a main loop of the handler's own, in which others are pumped. */
static void
push_and_run (FakeHost        *host,
              RocketIOSession *session,
              gpointer         user_data)
{
  push_again (host, session, user_data);
  fake_host_run (host);
}

static void
test_loop_in_handlers (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_auto (Client) b = client_new (host, "x");

  host->on_closed = push_and_run;
  fake_transport_break (a.transport, ROCKETIO_CLOSE_REASON_CLIENT);
  assert_got (&b, " answer to-room");
  g_clear_object (&a.session);
  fake_host_push (host, "all", NULL, NULL, NULL);
  fake_host_run (host);
  assert_got (&b, " all");
}

static void
close_the_other (FakeHost        *host,
                 RocketIOSession *session,
                 gpointer         user_data)
{
  Client *other = user_data;

  if (other->session == NULL)
    return;

  rocketio_session_close (other->session);
  g_clear_object (&other->session);
}

static void
test_close_in_handlers (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");
  g_auto (Client) b = client_new (host, "x");

  host->on_event = close_the_other;
  host->on_closed = close_the_other;
  host->hook_data = &a;
  fake_host_push (host, "all", NULL, NULL, NULL);
  fake_transport_receive (a.transport, "{\"type\":\"suicide\"}");
  g_assert_null (a.session);
  assert_got (&a, " all");
  fake_host_run (host);
  assert_got (&b, " all");
  g_assert_cmpstr (host->story->str, ==, " opened opened event:suicide closed:server");
}

static void
test_closed_hub (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_auto (Client) a = client_new (host, "x");

  fake_host_push (host, "all", NULL, "x", NULL);
  rocketio_session_end (a.session, ROCKETIO_CLOSE_REASON_SHUTDOWN);
  assert_got (&a, " all");
  rocketio_hub_close (host->hub);
  fake_host_push (host, "late", NULL, NULL, NULL);
  rocketio_session_push (a.session, "late", NULL, NULL);
  fake_host_run (host);
  assert_got (&a, "");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hub/everybody", test_everybody);
  g_test_add_func ("/hub/to", test_to);
  g_test_add_func ("/hub/empty-lists", test_empty_lists);
  g_test_add_func ("/hub/channels", test_channels);
  g_test_add_func ("/hub/fixed-at-the-push", test_fixed_at_the_push);
  g_test_add_func ("/hub/order-across-logs", test_order_across_logs);
  g_test_add_func ("/hub/one-write-a-turn", test_one_write_a_turn);
  g_test_add_func ("/hub/burst", test_burst);
  g_test_add_func ("/hub/slow", test_slow);
  g_test_add_func ("/hub/huge-push", test_huge_push);
  g_test_add_func ("/hub/pending", test_pending);
  g_test_add_func ("/hub/others-do-not-count", test_others_do_not_count);
  g_test_add_func ("/hub/excepted-do-not-count", test_excepted_do_not_count);
  g_test_add_func ("/hub/lost-in-a-left-channel", test_lost_in_a_left_channel);
  g_test_add_func ("/hub/not-lost-after-leaving", test_not_lost_after_leaving);
  g_test_add_func ("/hub/log-bounds", test_log_bounds);
  g_test_add_func ("/hub/set-bounds", test_set_bounds);
  g_test_add_func ("/hub/set-age", test_set_age);
  g_test_add_func ("/hub/low-memory", test_low_memory);
  g_test_add_func ("/hub/all-bounds", test_all_bounds);
  g_test_add_func ("/hub/overload", test_overload);
  g_test_add_func ("/hub/push-in-handlers", test_push_in_handlers);
  g_test_add_func ("/hub/loop-in-handlers", test_loop_in_handlers);
  g_test_add_func ("/hub/close-in-handlers", test_close_in_handlers);
  g_test_add_func ("/hub/closed-hub", test_closed_hub);

  return g_test_run ();
}
