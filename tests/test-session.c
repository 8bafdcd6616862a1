/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-host.h"

#define MIB 1048576

typedef struct
{
  FakeHost        *host;
  FakeTransport   *transport;
  RocketIOSession *session;
} Test;

static void
setup_with (Test                  *test,
            RocketIOTransportType  type)
{
  test->host = fake_host_new ();
  test->transport = fake_transport_new (type);
  test->session = fake_host_connect (test->host, test->transport);
}

static void
setup (Test          *test,
       gconstpointer  data)
{
  setup_with (test, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
}

static void
setup_comet (Test          *test,
             gconstpointer  data)
{
  setup_with (test, ROCKETIO_TRANSPORT_TYPE_COMET);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  g_clear_object (&test->session);
  fake_host_free (test->host);
  fake_transport_free (test->transport);
}

static void
receive (Test       *test,
         const char *text)
{
  fake_transport_receive (test->transport, text);
}

static void
assert_story (Test       *test,
              const char *story)
{
  g_assert_cmpstr (test->host->story->str, ==, story);
}

/* Ids */

static void
test_ids (void)
{
  static const char valid[] = "0123456789abcdef0123456789abcdef";
  g_autoptr (FakeHost) host = fake_host_new ();
  g_autoptr (RocketIOSession) given = rocketio_session_new (&host->host, valid);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpstr (rocketio_session_get_id (given), ==, valid);

  g_assert_true (rocketio_session_id_is_valid (valid));
  g_assert_false (rocketio_session_id_is_valid (NULL));
  g_assert_false (rocketio_session_id_is_valid (""));
  g_assert_false (rocketio_session_id_is_valid ("0123456789abcdef0123456789abcde"));
  g_assert_false (rocketio_session_id_is_valid ("0123456789abcdef0123456789abcdef0"));
  g_assert_false (rocketio_session_id_is_valid ("0123456789ABCDEF0123456789abcdef"));
  g_assert_false (rocketio_session_id_is_valid ("0123456789abcdef0123456789abcde "));

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (RocketIOSession) session = rocketio_session_new (&host->host, NULL);

      g_assert_true (rocketio_session_id_is_valid (rocketio_session_get_id (session)));
      g_assert_true (g_hash_table_add (seen, g_strdup (rocketio_session_get_id (session))));
    }
}

static void
test_announcement (Test          *test,
                   gconstpointer  data)
{
  const char *id = rocketio_session_get_id (test->session);
  g_autofree char *expected = g_strdup_printf ("{\"type\":\"__session_id\",\"data\":\"%s\"}", id);

  /* The first thing that a client hears, before what was pushed meanwhile. */
  fake_host_push (test->host, "all", NULL, NULL, NULL);
  fake_host_run (test->host);
  g_assert_cmpuint (test->transport->texts->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (test->transport->texts, 0), ==, expected);
  g_assert_cmpstr (fake_transport_get_last (test->transport), ==, "{\"type\":\"all\",\"data\":null}");

  /* And again when it asks. */
  receive (test, "{\"type\":\"__session_id\"}");
  fake_host_run (test->host);
  g_assert_cmpuint (test->transport->texts->len, ==, 3);
  g_assert_cmpstr (fake_transport_get_last (test->transport), ==, expected);
  assert_story (test, "");
}

static void
test_announcement_waits (Test          *test,
                         gconstpointer  data)
{
  test->transport->writable = FALSE;
  fake_host_run (test->host);
  g_assert_cmpuint (test->transport->texts->len, ==, 0);

  fake_transport_open_up (test->transport);
  fake_host_run (test->host);
  g_assert_cmpuint (test->transport->texts->len, ==, 1);
}

/* Opening */

static void
test_opened_by_channel (Test          *test,
                        gconstpointer  data)
{
  fake_host_run (test->host);
  g_assert_false (rocketio_session_is_open (test->session));
  receive (test, "{\"type\":\"__heartbeat\"}");
  assert_story (test, "");

  receive (test, "{\"type\":\"__channel_id\",\"data\":\"x\"}");
  assert_story (test, " opened");
  g_assert_cmpstr (rocketio_session_get_channel (test->session), ==, "x");

  receive (test, "{\"type\":\"__channel_id\",\"data\":\"y\"}");
  receive (test, "{\"type\":\"chat\"}");
  assert_story (test, " opened event:chat");
  g_assert_cmpstr (rocketio_session_get_channel (test->session), ==, "y");
}

static void
test_opened_by_no_channel (Test          *test,
                           gconstpointer  data)
{
  receive (test, "{\"type\":\"__channel_id\",\"data\":null}");
  assert_story (test, " opened");
  g_assert_null (rocketio_session_get_channel (test->session));
}

static void
test_opened_by_event (Test          *test,
                      gconstpointer  data)
{
  receive (test, "{\"type\":\"chat\",\"data\":1}");
  assert_story (test, " opened event:chat");
}

static void
test_opened_by_time (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) session = NULL;
  gint64 start = g_get_monotonic_time ();

  host->host.open_time = 100;
  session = fake_host_connect (host, transport);
  fake_transport_receive (transport, "rubbish");
  wait_for (host->context, host->story->len > 0)
    ;
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 100000);
  fake_transport_receive (transport, "{\"type\":\"__channel_id\",\"data\":\"x\"}");
  run_for (host->context, 150);
  g_assert_cmpstr (host->story->str, ==, " opened");
}

static void
test_closed_before_opened (Test          *test,
                           gconstpointer  data)
{
  fake_host_run (test->host);
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_LOST);
  assert_story (test, "");
  g_assert_cmpuint (rocketio_session_list_get_n (rocketio_hub_get_sessions (test->host->hub)), ==, 0);
}

static void
close_it (FakeHost        *host,
          RocketIOSession *session,
          gpointer         user_data)
{
  rocketio_session_close (session);
}

/* An app that closes a session when it opens does not hear of the event that opened it. */
static void
test_closed_while_opened (Test          *test,
                          gconstpointer  data)
{
  test->host->on_opened = close_it;
  test->host->on_closed = close_it;
  receive (test, "{\"type\":\"chat\"}");
  assert_story (test, " opened closed:server");
  receive (test, "{\"type\":\"chat\"}");
  fake_host_run (test->host);
  assert_story (test, " opened closed:server");
}

/* What is refused */

static void
test_refused (Test          *test,
              gconstpointer  data)
{
  static const char * const texts[] = {
    "", "{", "[]", "1", "null", "{}", "{\"type\":1}", "{\"type\":\"\"}", "{\"type\":null,\"data\":1}",
    "{\"type\":\"connect\"}", "{\"type\":\"disconnect\"}", "{\"type\":\"error\"}", "{\"type\":\"start\"}",
    "{\"type\":\"*\"}", "{\"type\":\"__\"}", "{\"type\":\"__other\"}", "{\"type\":\"__close\"}",
    "{\"type\":\"a\\u0000b\"}", "{\"type\":\"\\udc00\"}", "{\"type\":\"a\",\"data\":01}",
  };
  g_autofree char *name = g_strnfill (256, 'n');
  g_autofree char *long_event = g_strdup_printf ("{\"type\":\"%s\"}", name);
  g_autofree char *long_channel = g_strdup_printf ("{\"type\":\"__channel_id\",\"data\":\"%s\"}", name);
  g_autofree char *just_right = g_strdup_printf ("{\"type\":\"__channel_id\",\"data\":\"%s\"}", name + 1);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    receive (test, texts[i]);
  receive (test, long_event);
  receive (test, long_channel);
  assert_story (test, "");
  g_assert_null (rocketio_session_get_channel (test->session));

  receive (test, just_right);
  assert_story (test, " opened");
  g_assert_cmpstr (rocketio_session_get_channel (test->session), ==, name + 1);
}

static void
keep_data (FakeHost        *host,
           RocketIOSession *session,
           gpointer         user_data)
{
  JsonNode **data = user_data;

  g_clear_pointer (data, json_node_unref);
  *data = rocketio_envelope_parse_data (host->envelope);
}

static void
test_data (Test          *test,
           gconstpointer  data)
{
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array;

  test->host->on_event = keep_data;
  test->host->hook_data = &node;
  receive (test, "{\"data\":{\"a\":[1]},\"type\":\"chat\",\"more\":2}");
  array = json_object_get_array_member (json_node_get_object (node), "a");
  g_assert_cmpint (json_array_get_int_element (array, 0), ==, 1);
  receive (test, "{\"type\":\"chat\"}");
  g_assert_true (JSON_NODE_HOLDS_NULL (node));
}

/* Channels */

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

static void
test_set_channel (Test          *test,
                  gconstpointer  data)
{
  RocketIOChannels *channels = rocketio_hub_get_channels (test->host->hub);
  guint n_channel = 0, n_channels = 0;
  g_auto (GStrv) none = rocketio_session_dup_channels (test->session);
  g_auto (GStrv) one = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_signal_connect (test->session, "notify::channel", G_CALLBACK (count_cb), &n_channel);
  g_signal_connect (test->session, "notify::channels", G_CALLBACK (count_cb), &n_channels);

  rocketio_session_set_channel (test->session, NULL);
  g_assert_cmpuint (n_channel, ==, 0);
  rocketio_session_set_channel (test->session, "");
  g_assert_cmpuint (n_channel, ==, 1);
  g_assert_cmpstr (rocketio_session_get_channel (test->session), ==, "");
  rocketio_session_set_channel (test->session, "");
  g_assert_cmpuint (n_channel, ==, 1);
  rocketio_session_set_channel (test->session, "x");
  g_assert_cmpuint (n_channel, ==, 2);
  one = rocketio_session_dup_channels (test->session);
  g_assert_cmpuint (g_strv_length (one), ==, 1);
  g_assert_cmpstr (one[0], ==, "x");
  g_assert_null (rocketio_channels_lookup (channels, ""));
  rocketio_session_set_channel (test->session, NULL);
  g_assert_cmpuint (n_channel, ==, 3);
  g_assert_cmpuint (n_channels, ==, 3);
  g_assert_null (rocketio_session_get_channel (test->session));
  g_assert_null (rocketio_channels_lookup (channels, "x"));
}

/* A client that goes to and fro between channels while others are pushed to costs nothing. */
static void
test_hopping (Test          *test,
              gconstpointer  data)
{
  RocketIOChannels *channels = rocketio_hub_get_channels (test->host->hub);
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) other = fake_host_connect (test->host, transport);

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *name = g_strdup_printf ("room-%u", i);
      g_autoptr (GPtrArray) list = NULL;

      fake_host_push (test->host, "other", rocketio_session_get_id (other), NULL, NULL);
      fake_host_run (test->host);
      rocketio_session_set_channel (test->session, name);
      list = rocketio_channels_list (channels);
      g_assert_cmpuint (list->len, ==, 1);
    }
}

/* The app still sees the channel of a session that has just ended, and nobody else does afterwards. */
static void
see_channel (FakeHost        *host,
             RocketIOSession *session,
             gpointer         user_data)
{
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (host->hub);

  g_assert_cmpstr (rocketio_session_get_channel (session), ==, "x");
  g_assert_cmpint (rocketio_session_get_transport (session), ==, ROCKETIO_TRANSPORT_TYPE_NONE);
  g_assert_null (rocketio_session_list_lookup (sessions, rocketio_session_get_id (session)));
}

static void
test_channel_at_the_end (Test          *test,
                         gconstpointer  data)
{
  receive (test, "{\"type\":\"__channel_id\",\"data\":\"x\"}");
  test->host->on_closed = see_channel;
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_CLIENT);
  assert_story (test, " opened closed:client");
  g_assert_null (rocketio_session_get_channel (test->session));
  g_assert_null (rocketio_channels_lookup (rocketio_hub_get_channels (test->host->hub), "x"));
  g_assert_nonnull (rocketio_session_get_remote_address (test->session));
}

/* The end */

static void
test_close_flushes (Test          *test,
                    gconstpointer  data)
{
  fake_host_run (test->host);
  rocketio_session_open (test->session);
  for (guint i = 0; i < 5; i++)
    fake_host_push_big (test->host, "e", NULL, MIB / 8);
  g_assert_true (rocketio_session_push (test->session, "bye", NULL, NULL));
  rocketio_session_close (test->session);

  g_assert_cmpstr (test->transport->events->str, ==, " e e e e e bye");
  g_assert_true (test->transport->gone);
  g_assert_cmpint (test->transport->reason, ==, ROCKETIO_CLOSE_REASON_SERVER);
  assert_story (test, " opened closed:server");

  rocketio_session_close (test->session);
  g_assert_true (rocketio_session_push (test->session, "late", NULL, NULL));
  fake_host_run (test->host);
  assert_story (test, " opened closed:server");
}

/* Also what a WebSocket would not have taken yet: it keeps that itself now, and flushes before it ends. */
static void
test_close_flushes_slow (Test          *test,
                         gconstpointer  data)
{
  fake_host_run (test->host);
  test->transport->writable = FALSE;
  fake_host_push (test->host, "one", NULL, NULL, NULL);
  fake_host_run (test->host);
  fake_host_push (test->host, "two", NULL, NULL, NULL);
  rocketio_session_close (test->session);
  g_assert_cmpstr (test->transport->events->str, ==, " one two");
}

static void
test_close_without_poll (Test          *test,
                         gconstpointer  data)
{
  fake_host_run (test->host);
  test->transport->writable = FALSE;
  fake_host_push (test->host, "one", NULL, NULL, NULL);
  rocketio_session_close (test->session);
  g_assert_cmpstr (test->transport->events->str, ==, "");
  g_assert_true (test->transport->gone);
}

/* Whoever closes a session need not own it. */
static void
test_close_borrowed (Test          *test,
                     gconstpointer  data)
{
  RocketIOSession *session = test->session;

  rocketio_session_open (session);
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &test->session);
  g_object_unref (session);
  g_assert_nonnull (test->session);
  rocketio_session_close (session);
  g_assert_null (test->session);
  assert_story (test, " opened closed:server");
}

static void
test_broken (Test          *test,
             gconstpointer  data)
{
  rocketio_session_open (test->session);
  fake_host_push (test->host, "lost", NULL, NULL, NULL);
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_PROTOCOL);
  fake_host_run (test->host);
  g_assert_cmpstr (test->transport->events->str, ==, "");
  assert_story (test, " opened closed:protocol");
}

static void
test_push_errors (Test          *test,
                  gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_node_init_double (json_node_alloc (), G_MAXDOUBLE * 2);

  g_assert_false (rocketio_session_push (test->session, "", NULL, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME);
  g_clear_error (&error);
  g_assert_false (rocketio_session_push (test->session, "inf", node, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
  fake_host_run (test->host);
  g_assert_cmpstr (test->transport->events->str, ==, "");
}

static gpointer
push_thread (gpointer user_data)
{
  g_assert_true (rocketio_session_push (user_data, "first", NULL, NULL));
  g_assert_true (rocketio_session_push (user_data, "second", NULL, NULL));

  return NULL;
}

/* What another thread has pushed before comes before, and to this session alone. */
static void
test_push_from_thread (Test          *test,
                       gconstpointer  data)
{
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) other = fake_host_connect (test->host, transport);

  g_thread_join (g_thread_new ("push", push_thread, test->session));
  fake_host_push (test->host, "third", NULL, NULL, NULL);
  fake_host_run (test->host);
  g_assert_cmpstr (test->transport->events->str, ==, " first second third");
  g_assert_cmpstr (transport->events->str, ==, " third");
}

/* Another transport */

static void
test_takeover (Test          *test,
               gconstpointer  data)
{
  g_autoptr (FakeTransport) second = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_COMET);
  guint n_transport = 0, n_address = 0;

  receive (test, "{\"type\":\"__channel_id\",\"data\":\"x\"}");
  fake_host_run (test->host);
  test->transport->writable = FALSE;
  fake_host_push (test->host, "waiting", NULL, NULL, NULL);
  fake_host_run (test->host);

  g_signal_connect (test->session, "notify::transport", G_CALLBACK (count_cb), &n_transport);
  g_signal_connect (test->session, "notify::remote-address", G_CALLBACK (count_cb), &n_address);
  rocketio_session_attach (test->session, &second->parent);
  g_assert_true (test->transport->gone);
  g_assert_cmpuint (n_transport, ==, 1);
  g_assert_cmpuint (n_address, ==, 1);
  g_assert_cmpint (rocketio_session_get_transport (test->session), ==, ROCKETIO_TRANSPORT_TYPE_COMET);

  fake_host_push (test->host, "x", NULL, "x", NULL);
  fake_host_run (test->host);
  g_assert_cmpstr (second->events->str, ==, " waiting x");
  g_assert_cmpuint (second->texts->len, ==, 3);
  assert_story (test, " opened");

  /* What the old one still says is nobody's any more. */
  fake_transport_receive (test->transport, "{\"type\":\"chat\"}");
  fake_transport_break (test->transport, ROCKETIO_CLOSE_REASON_CLIENT);
  assert_story (test, " opened");
  fake_transport_receive (second, "{\"type\":\"chat\"}");
  fake_transport_break (second, ROCKETIO_CLOSE_REASON_CLIENT);
  assert_story (test, " opened event:chat closed:client");
}

/* Silence */

static void
test_heartbeat (Test          *test,
                gconstpointer  data)
{
  fake_host_run (test->host);
  rocketio_transport_idle (&test->transport->parent);
  g_assert_true (g_regex_match_simple (data, fake_transport_get_last (test->transport), 0, 0));
  g_assert_cmpuint (test->transport->texts->len, ==, 2);

  test->transport->writable = FALSE;
  rocketio_transport_idle (&test->transport->parent);
  g_assert_cmpuint (test->transport->texts->len, ==, 2);
}

static void
test_silence (void)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_COMET);
  g_autoptr (RocketIOSession) session = NULL;
  gint64 last;

  host->host.silence_time = 150;
  session = fake_host_connect (host, transport);
  rocketio_session_open (session);
  for (guint i = 0; i < 5; i++)
    {
      rocketio_transport_alive (&transport->parent);
      last = g_get_monotonic_time ();
      run_for (host->context, 50);
    }
  g_assert_cmpstr (host->story->str, ==, " opened");

  wait_for (host->context, transport->gone)
    ;
  g_assert_cmpint (g_get_monotonic_time () - last, >=, 150000);
  g_assert_cmpstr (host->story->str, ==, " opened closed:timeout");
}

/* A session outlives its server, and everything about it. */
static void
test_orphan (void)
{
  FakeHost *host = fake_host_new ();
  g_autoptr (FakeTransport) transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  g_autoptr (RocketIOSession) session = fake_host_connect (host, transport);
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_set (session, "identity", "me", "user-data-object", object, NULL);
  fake_host_free (host);
  g_assert_true (rocketio_session_push (session, "late", NULL, NULL));
  rocketio_session_close (session);
  g_assert_cmpstr (rocketio_session_get_identity (session), ==, "me");
  g_assert_true (rocketio_session_get_user_data_object (session) == object);
  g_assert_cmpint (rocketio_session_get_transport (session), ==, ROCKETIO_TRANSPORT_TYPE_NONE);
}

#define add(name, func) g_test_add ("/session/" name, Test, NULL, setup, func, teardown)
#define add_comet(name, func) g_test_add ("/session/" name, Test, NULL, setup_comet, func, teardown)

int
main (int    argc,
      char **argv)
{
  static const char websocket_time[] =
    "^{\"type\":\"__heartbeat\",\"data\":{\"time\":\"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\+0000\"}}$";
  static const char comet_time[] = "^{\"type\":\"__heartbeat\",\"data\":{\"time\":\\d{10}}}$";

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/ids", test_ids);
  add ("announcement", test_announcement);
  add ("announcement-waits", test_announcement_waits);
  add ("opened-by-channel", test_opened_by_channel);
  add ("opened-by-no-channel", test_opened_by_no_channel);
  add ("opened-by-event", test_opened_by_event);
  g_test_add_func ("/session/opened-by-time", test_opened_by_time);
  add ("closed-before-opened", test_closed_before_opened);
  add ("closed-while-opened", test_closed_while_opened);
  add ("refused", test_refused);
  add ("data", test_data);
  add ("set-channel", test_set_channel);
  add ("hopping", test_hopping);
  add ("channel-at-the-end", test_channel_at_the_end);
  add ("close-flushes", test_close_flushes);
  add ("close-flushes-slow", test_close_flushes_slow);
  add_comet ("close-flushes-poll", test_close_flushes);
  add_comet ("close-without-poll", test_close_without_poll);
  add ("close-borrowed", test_close_borrowed);
  add ("broken", test_broken);
  add ("push-errors", test_push_errors);
  add ("push-from-thread", test_push_from_thread);
  add ("takeover", test_takeover);
  g_test_add ("/session/heartbeat", Test, websocket_time, setup, test_heartbeat, teardown);
  g_test_add ("/session/heartbeat-comet", Test, comet_time, setup_comet, test_heartbeat, teardown);
  g_test_add_func ("/session/silence", test_silence);
  g_test_add_func ("/session/orphan", test_orphan);

  return g_test_run ();
}
