/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <math.h>
#include <string.h>

/* Listening */

static guint
count_uris (RocketIOServer *server,
            const char     *wanted)
{
  GSList *uris = rocketio_server_get_uris (server);
  guint n = 0;

  for (GSList *l = uris; l != NULL; l = l->next)
    {
      g_autofree char *text = g_uri_to_string (l->data);

      g_assert_null (strstr (text, "0.0.0.0"));
      g_assert_null (strstr (text, "[::]"));
      g_assert_cmpint (g_uri_get_port (l->data), >, 0);
      n += wanted == NULL || strstr (text, wanted) != NULL ? 1 : 0;
    }
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return n;
}

static void
test_listen (void)
{
  static const struct
  {
    const char *address;
    const char *uri;
  } cases[] = {
    { NULL, "http://127.0.0.1:" }, { "localhost", "http://127.0.0.1:" }, { "*", "http://127.0.0.1:" },
    { "127.0.0.1", "http://127.0.0.1:" }, { "127.0.0.2", "http://127.0.0.2:" }, { "0.0.0.0", "http://127.0.0.1:" },
    { "::1", "http://[::1]:" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RocketIOServer) server = rocketio_server_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (Peer) peer = NULL;
      gboolean is_listening = rocketio_server_listen (server, cases[i].address, 0, NULL, &error);

      g_test_message ("%s", cases[i].address != NULL ? cases[i].address : "NULL");
      if (!is_listening && g_strcmp0 (cases[i].address, "::1") == 0)
        continue;    /* there is no IPv6 here */

      g_assert_no_error (error);
      g_assert_cmpuint (count_uris (server, cases[i].uri), ==, 1);
      peer = peer_new_at (strchr (cases[i].uri, '[') != NULL ? "::1" : i == 4 ? "127.0.0.2" : "127.0.0.1",
                          fixture_get_port (server));
      g_assert_cmpuint (peer_request (peer, "GET", "/rocketio/settings", NULL, NULL, NULL), ==, 200);
    }
}

/* Both families share the port, and several listeners add up. */
static void
test_listen_twice (Fixture       *fixture,
                   gconstpointer  unused)
{
  GSList *uris = rocketio_server_get_uris (fixture->server);
  g_autoptr (Peer) peer = NULL;
  g_autoptr (GError) error = NULL;
  guint n = g_slist_length (uris);

  for (GSList *l = uris; l != NULL; l = l->next)
    g_assert_cmpint (g_uri_get_port (l->data), ==, (int) fixture->port);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_assert_true (rocketio_server_listen (fixture->server, "127.0.0.3", 0, NULL, &error));
  g_assert_cmpuint (count_uris (fixture->server, NULL), ==, n + 1);
  g_assert_cmpuint (fixture_get_port (fixture->server), ==, fixture->port);
}

static void
expect_refusal (RocketIOServer *server,
                const char     *address,
                guint           port,
                GQuark          domain,
                int             code,
                const char     *text)
{
  g_autoptr (GError) error = NULL;
  guint before = count_uris (server, NULL);

  g_assert_false (rocketio_server_listen (server, address, port, NULL, &error));
  g_assert_error (error, domain, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_cmpuint (count_uris (server, NULL), ==, before);
}

static void
test_cannot_listen (Fixture       *fixture,
                    gconstpointer  unused)
{
  g_autoptr (RocketIOServer) other = rocketio_server_new ();
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", fixture->port);
  guint n_fds = fixture_count_fds ();

  expect_refusal (other, "example.org", 0, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "example.org");
  expect_refusal (other, "", 0, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "IP address");
  expect_refusal (other, "127.0.0.1:80", 0, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "127.0.0.1:80");
  expect_refusal (other, NULL, 65536, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "65536");
  expect_refusal (other, "127.0.0.1", fixture->port, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, place);
  expect_refusal (other, NULL, fixture->port, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, place);
  expect_refusal (other, "*", fixture->port, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "in use");
  expect_refusal (other, "203.0.113.1", 0, G_IO_ERROR, G_IO_ERROR_FAILED, "203.0.113.1");

  rocketio_server_set_websocket (other, FALSE);
  rocketio_server_set_comet (other, FALSE);
  expect_refusal (other, NULL, 0, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "switch");
  rocketio_server_set_comet (other, TRUE);
  rocketio_server_close (other);
  expect_refusal (other, NULL, 0, G_IO_ERROR, G_IO_ERROR_CLOSED, "closed");
  g_assert_cmpuint (fixture_count_fds (), ==, n_fds);
}

/* Settings from outside */

static void
test_environment (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RocketIOServer) server = NULL;
  g_autoptr (RocketIOServer) wrong = NULL;

  g_setenv ("ROCKETIO_WEBSOCKET", "disable", TRUE);
  g_setenv ("ROCKETIO_COMET", "", TRUE);
  server = rocketio_server_new ();
  g_assert_false (rocketio_server_get_websocket (server));
  g_assert_true (rocketio_server_get_comet (server));
  rocketio_server_set_websocket (server, TRUE);
  g_assert_false (rocketio_server_get_websocket (server));
  g_assert_true (rocketio_server_listen (server, NULL, 0, NULL, &error));

  g_setenv ("ROCKETIO_COMET", "false", TRUE);
  expect_refusal (server, NULL, 0, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "switch");

  g_unsetenv ("ROCKETIO_COMET");
  g_setenv ("ROCKETIO_WEBSOCKET", "off", TRUE);
  fixture_let_complain ("ROCKETIO_WEBSOCKET is \"off\"");
  wrong = rocketio_server_new ();
  g_assert_cmpuint (fixture_get_complaints (), ==, 1);
  fixture_let_complain (NULL);
  expect_refusal (wrong, NULL, 0, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_SETTING, "disable");
  g_unsetenv ("ROCKETIO_WEBSOCKET");
}

static void
test_properties (void)
{
  g_autoptr (RocketIOServer) server = g_object_new (ROCKETIO_TYPE_SERVER,
                                                    "poll-time", 20,
                                                    "post-interval", 2,
                                                    "comet", FALSE,
                                                    "max-message-bytes", (guint64) 2048,
                                                    "max-body-bytes", (guint64) 4096,
                                                    "max-queue-bytes", (guint64) 8192,
                                                    "log-bytes", (guint64) 16384,
                                                    "total-log-bytes", (guint64) 32768,
                                                    "log-age", 7,
                                                    NULL);
  guint poll_time;

  g_object_get (server, "poll-time", &poll_time, NULL);
  g_assert_cmpuint (poll_time, ==, 20);
  g_assert_cmpuint (rocketio_server_get_post_interval (server), ==, 2);
  g_assert_false (rocketio_server_get_comet (server));
  g_assert_cmpuint (rocketio_server_get_max_message_bytes (server), ==, 2048);
  g_assert_cmpuint (rocketio_server_get_max_body_bytes (server), ==, 4096);
  g_assert_cmpuint (rocketio_server_get_max_queue_bytes (server), ==, 8192);
  g_assert_cmpuint (rocketio_server_get_log_bytes (server), ==, 16384);
  g_assert_cmpuint (rocketio_server_get_total_log_bytes (server), ==, 32768);
  g_assert_cmpuint (rocketio_server_get_log_age (server), ==, 7);

  g_test_expect_message ("RocketIO", G_LOG_LEVEL_CRITICAL, "*seconds*");
  rocketio_server_set_poll_time (server, 121);
  g_test_expect_message ("RocketIO", G_LOG_LEVEL_CRITICAL, "*seconds*");
  rocketio_server_set_poll_time (server, 0);
  g_test_expect_message ("RocketIO", G_LOG_LEVEL_CRITICAL, "*bytes >= 1024*");
  rocketio_server_set_log_bytes (server, 1023);
  g_test_expect_message ("RocketIO", G_LOG_LEVEL_CRITICAL, "*bytes >= 1024*");
  rocketio_server_set_total_log_bytes (server, 0);
  g_test_expect_message ("RocketIO", G_LOG_LEVEL_CRITICAL, "*seconds*");
  rocketio_server_set_log_age (server, 86401);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (rocketio_server_get_poll_time (server), ==, 20);
  g_assert_cmpuint (rocketio_server_get_log_age (server), ==, 7);
}

/* Pushing */

static void
expect_no_push (RocketIOServer *server,
                const char     *event,
                JsonNode       *data,
                RocketIOError   code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) to_error = NULL;

  g_assert_false (rocketio_server_push (server, event, data, &error));
  g_assert_error (error, ROCKETIO_ERROR, (int) code);
  g_assert_false (rocketio_server_push_to (server, "x", event, data, &to_error));
  g_assert_error (to_error, ROCKETIO_ERROR, (int) code);
  g_assert_false (rocketio_server_push_to_channel (server, "x", event, data, NULL));
}

static void
test_bad_pushes (Fixture       *fixture,
                 gconstpointer  unused)
{
  static const char * const reserved[] = {
    "connect", "disconnect", "error", "start", "*", "__heartbeat", "__session_id",
  };
  static const char * const texts[] = {
    "", "{", "[1] 2", "NaN", "01", "1e999", "\"\\ud800\"", "\"\\u0000\"", "\"\xff\"",
  };
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  g_autofree char *long_name = g_strnfill (256, 'x');
  g_autoptr (JsonNode) nan = json_node_init_double (json_node_alloc (), (double) NAN);
  g_autoptr (JsonNode) infinite = json_node_init_double (json_node_alloc (), (double) -INFINITY);
  g_autoptr (JsonNode) invalid = json_node_init_string (json_node_alloc (), "\xff");

  expect_no_push (fixture->server, "", NULL, ROCKETIO_ERROR_INVALID_NAME);
  expect_no_push (fixture->server, "\xff", NULL, ROCKETIO_ERROR_INVALID_NAME);
  expect_no_push (fixture->server, long_name, NULL, ROCKETIO_ERROR_INVALID_NAME);
  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    expect_no_push (fixture->server, reserved[i], NULL, ROCKETIO_ERROR_INVALID_NAME);
  expect_no_push (fixture->server, "x", nan, ROCKETIO_ERROR_INVALID_JSON);
  expect_no_push (fixture->server, "x", infinite, ROCKETIO_ERROR_INVALID_JSON);
  expect_no_push (fixture->server, "x", invalid, ROCKETIO_ERROR_INVALID_JSON);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rocketio_server_push_json (fixture->server, "x", texts[i], NULL, &error));
      g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
    }

  /* Nothing of that went out. */
  g_assert_true (rocketio_server_push_json (fixture->server, "x", " {\"a\" : [1.50]} ", NULL, NULL));
  peer_expect_text (peer, "{\"type\":\"x\",\"data\": {\"a\" : [1.50]} }");
}

static void
test_push_variant (Fixture       *fixture,
                   gconstpointer  unused)
{
  g_autoptr (Peer) peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (peer);
  g_autoptr (RocketIOPushOptions) nobody = rocketio_push_options_new ();
  g_autoptr (GVariant) kept = g_variant_ref_sink (g_variant_new ("(sb)", "kept", TRUE));
  RocketIOSession *session = rocketio_server_get_session (fixture->server, id);
  g_autoptr (GError) error = NULL;

  rocketio_push_options_set_to (nobody, (const char *const[]) { NULL });
  g_assert_true (rocketio_server_push_variant (fixture->server, "a", g_variant_new_uint64 (G_MAXUINT64), NULL, NULL));
  g_assert_true (rocketio_server_push_variant (fixture->server, "b", kept, NULL, NULL));
  g_assert_true (rocketio_server_push_variant (fixture->server, "b", kept, nobody, NULL));
  g_assert_true (rocketio_session_push_variant (session, "c", g_variant_new_parsed ("{'n': <%s>}", "x"), NULL));
  g_assert_true (rocketio_session_push_json (session, "d", "[1.50]", NULL));

  g_assert_false (rocketio_server_push_variant (fixture->server, "start", g_variant_new_int32 (1), NULL, &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME);
  g_clear_error (&error);
  g_assert_false (rocketio_session_push_variant (session, "x", g_variant_new_double ((double) NAN), &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);
  g_clear_error (&error);
  g_assert_false (rocketio_session_push_json (session, "x", "[1", &error));
  g_assert_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_JSON);

  peer_expect_text (peer, "{\"type\":\"a\",\"data\":18446744073709551615}");
  peer_expect_text (peer, "{\"type\":\"b\",\"data\":[\"kept\",true]}");
  peer_expect_text (peer, "{\"type\":\"c\",\"data\":{\"n\":\"x\"}}");
  peer_expect_text (peer, "{\"type\":\"d\",\"data\":[1.50]}");
}

static void
test_targets (Fixture       *fixture,
              gconstpointer  unused)
{
  static const char * const channels[] = { "a", "b", NULL };
  Peer *peers[3];
  char *ids[3];
  g_autoptr (RocketIOPushOptions) several = rocketio_push_options_new ();
  g_autoptr (RocketIOPushOptions) nobody = rocketio_push_options_new ();
  g_autoptr (RocketIOPushOptions) except = rocketio_push_options_new ();
  g_autoptr (RocketIOPushOptions) both = rocketio_push_options_new ();

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peers[i] = peer_new_websocket (fixture->port, "/websocketio/io");
      ids[i] = peer_get_session (peers[i]);
      if (channels[i] != NULL)
        peer_send_text (peers[i], "{\"type\":\"__channel_id\",\"data\":\"%s\"}", channels[i]);
      else
        peer_send_text (peers[i], "{\"type\":\"__channel_id\",\"data\":null}");
    }
  peer_wait_for_count (&fixture->n_opened, 3);
  g_assert_cmpuint (rocketio_server_count_channel (fixture->server, "a", ROCKETIO_TRANSPORT_TYPE_NONE), ==, 1);
  g_assert_cmpuint (rocketio_server_count_channel (fixture->server, "a", ROCKETIO_TRANSPORT_TYPE_COMET), ==, 0);

  rocketio_push_options_set_to (several, (const char *const[]) { ids[0], ids[2], ids[0], "unknown", NULL });
  rocketio_push_options_set_to (nobody, (const char *const[]) { NULL });
  rocketio_push_options_set_except (except, (const char *const[]) { ids[0], NULL });
  rocketio_push_options_set_to (both, (const char *const[]) { ids[0], NULL });
  rocketio_push_options_set_channels (both, (const char *const[]) { "a", "b", "a", NULL });
  g_assert_true (rocketio_server_push_full (fixture->server, "several", NULL, several, NULL));
  g_assert_true (rocketio_server_push_full (fixture->server, "nobody", NULL, nobody, NULL));
  g_assert_true (rocketio_server_push_full (fixture->server, "except", NULL, except, NULL));
  g_assert_true (rocketio_server_push_full (fixture->server, "both", NULL, both, NULL));
  g_assert_true (rocketio_server_push_to (fixture->server, ids[1], "one", NULL, NULL));
  g_assert_true (rocketio_server_push_to_channel (fixture->server, "b", "channel", NULL, NULL));
  g_assert_true (rocketio_server_push_to_channel (fixture->server, "", "empty", NULL, NULL));
  g_assert_true (rocketio_server_push (fixture->server, "end", NULL, NULL));

  peer_expect_text (peers[0], "{\"type\":\"several\",\"data\":null}");
  peer_expect_text (peers[0], "{\"type\":\"both\",\"data\":null}");
  peer_expect_text (peers[0], "{\"type\":\"end\",\"data\":null}");
  peer_expect_text (peers[1], "{\"type\":\"except\",\"data\":null}");
  peer_expect_text (peers[1], "{\"type\":\"both\",\"data\":null}");
  peer_expect_text (peers[1], "{\"type\":\"one\",\"data\":null}");
  peer_expect_text (peers[1], "{\"type\":\"channel\",\"data\":null}");
  peer_expect_text (peers[1], "{\"type\":\"end\",\"data\":null}");
  peer_expect_text (peers[2], "{\"type\":\"several\",\"data\":null}");
  peer_expect_text (peers[2], "{\"type\":\"except\",\"data\":null}");
  peer_expect_text (peers[2], "{\"type\":\"end\",\"data\":null}");
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peer_free (peers[i]);
      g_free (ids[i]);
    }
}

/* A push made while another one is being dealt with is behind it for everybody. */
static void
again_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          gpointer         user_data)
{
  rocketio_server_push (server, "one", NULL, NULL);
  rocketio_session_push (session, "two", NULL, NULL);
  rocketio_server_push (server, "three", NULL, NULL);
}

static void
test_push_in_handlers (Fixture       *fixture,
                       gconstpointer  unused)
{
  g_autoptr (Peer) sender = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) other = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autofree char *id = peer_get_session (sender);
  g_autofree char *other_id = peer_get_session (other);

  g_signal_connect (fixture->server, "event::again", G_CALLBACK (again_cb), NULL);
  peer_send_text (sender, "{\"type\":\"again\"}");
  peer_expect_text (sender, "{\"type\":\"one\",\"data\":null}");
  peer_expect_text (sender, "{\"type\":\"two\",\"data\":null}");
  peer_expect_text (sender, "{\"type\":\"three\",\"data\":null}");
  peer_expect_text (other, "{\"type\":\"one\",\"data\":null}");
  peer_expect_text (other, "{\"type\":\"three\",\"data\":null}");
}

/* The list of sessions */

static void
count_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          guint           *n_calls)
{
  (*n_calls)++;
}

/* Whether a name is a quark or not, whoever listens to all of them hears it. */
static void
test_every_event (Fixture       *fixture,
                  gconstpointer  unused)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (Peer) peer = NULL;
  guint n_all = 0, n_known = 0;
  gulong all = g_signal_connect (server, "event", G_CALLBACK (count_cb), &n_all);

  g_assert_true (rocketio_server_listen (server, NULL, 0, NULL, NULL));
  peer = peer_new_websocket (fixture_get_port (server), "/websocketio/io");
  g_assert_cmpuint (g_quark_from_static_string ("known-by-nobody"), !=, 0);

  peer_send_text (peer, "{\"type\":\"known-by-nobody\"}");
  peer_send_text (peer, "{\"type\":\"not even a quark\"}");
  peer_wait_for_count (&n_all, 2);

  g_signal_connect (server, "event::known", G_CALLBACK (count_cb), &n_known);
  peer_send_text (peer, "{\"type\":\"known\"}");
  peer_wait_for_count (&n_all, 3);
  g_assert_cmpuint (n_known, ==, 1);

  g_signal_handler_disconnect (server, all);
  peer_send_text (peer, "{\"type\":\"known-by-nobody\"}");
  peer_send_text (peer, "{\"type\":\"known\"}");
  peer_wait_for_count (&n_known, 2);
  g_assert_cmpuint (n_all, ==, 3);
}

static void
test_list (Fixture       *fixture,
           gconstpointer  unused)
{
  GListModel *sessions = rocketio_server_get_sessions (fixture->server);
  Peer *peer = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) comet = peer_new (fixture->port);
  g_autofree char *id = peer_get_session (peer);
  g_autofree char *comet_id = peer_open_comet (comet);
  g_autoptr (RocketIOSession) first = g_list_model_get_item (sessions, 0);
  g_autofree char *address = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (sessions), ==, 2);
  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_NONE), ==, 2);
  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_WEBSOCKET), ==, 1);
  g_assert_cmpuint (rocketio_server_count_sessions (fixture->server, ROCKETIO_TRANSPORT_TYPE_COMET), ==, 1);
  g_assert_cmpstr (rocketio_session_get_id (first), ==, id);
  address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (rocketio_session_get_remote_address (first)));
  g_assert_true (g_str_has_prefix (address, "127.0.0.1:"));

  rocketio_session_set_identity (first, "me");
  peer_send_text (peer, "{\"type\":\"e\"}");
  peer_wait_for_count (&fixture->n_events, 1);
  g_assert_cmpstr (rocketio_session_get_identity (fixture->last), ==, "me");
  peer_free (peer);
  peer_wait_for_count (&fixture->n_closed, 1);
  g_assert_cmpuint (g_list_model_get_n_items (sessions), ==, 1);
  g_assert_null (rocketio_server_get_session (fixture->server, id));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/api/listen", test_listen);
  fixture_add ("/server/api/listen-twice", test_listen_twice);
  fixture_add ("/server/api/cannot-listen", test_cannot_listen);
  g_test_add_func ("/server/api/environment", test_environment);
  g_test_add_func ("/server/api/properties", test_properties);
  fixture_add ("/server/api/bad-pushes", test_bad_pushes);
  fixture_add ("/server/api/push-variant", test_push_variant);
  fixture_add ("/server/api/targets", test_targets);
  fixture_add ("/server/api/push-in-handlers", test_push_in_handlers);
  fixture_add ("/server/api/every-event", test_every_event);
  fixture_add ("/server/api/list", test_list);

  return g_test_run ();
}
