/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-presence-private.h"
#include "session-fixture.h"

/* Who is in the channel "room", as it is told. */
typedef struct
{
  SessionTest       session;
  RocketIOPresence *presence;
  GString          *told;
} Test;

static void
told_cb (const char *channel,
         GString    *data,
         gpointer    user_data)
{
  Test *test = user_data;

  g_assert_cmpstr (channel, ==, "room");
  g_string_append_printf (test->told, " %s", data->str);
}

static void
setup (Test          *test,
       gconstpointer  data)
{
  session_test_setup (&test->session, NULL);
  test->told = g_string_new (NULL);
  test->presence = rocketio_presence_new (test->session.host->reactor, told_cb, test);
  rocketio_presence_set (test->presence, "room", TRUE, NULL);
}

static void
teardown (Test          *test,
          gconstpointer  data)
{
  rocketio_presence_free (test->presence);
  g_string_free (test->told, TRUE);
  session_test_teardown (&test->session, NULL);
}

static void
enter (Test            *test,
       RocketIOSession *session)
{
  g_autoptr (GError) error = NULL;

  rocketio_session_join (session, "room", &error);
  g_assert_no_error (error);
  rocketio_presence_joined (test->presence, session, "room");
}

static RocketIOSession *
add_session (Test       *test,
             const char *identity)
{
  RocketIOSession *session = rocketio_session_new_2 (&test->session.host->host);

  rocketio_hub_add (test->session.host->hub, session);
  rocketio_session_set_identity (session, identity);
  enter (test, session);

  return session;
}

static void
expect_told (Test       *test,
             const char *format,
             ...) G_GNUC_PRINTF (2, 3);

static void
expect_told (Test       *test,
             const char *format,
             ...)
{
  g_autofree char *expected = NULL;
  va_list args;

  va_start (args, format);
  expected = g_strdup_vprintf (format, args);
  va_end (args);

  wait_for (test->session.host->context, test->told->len > 0)
    ;
  g_assert_cmpstr (test->told->str, ==, expected);
  g_string_truncate (test->told, 0);
}

static void
expect_present (Test       *test,
                const char *expected)
{
  g_autoptr (GString) present = g_string_new (NULL);

  rocketio_presence_write (test->presence, "room", present);
  g_assert_cmpstr (present->str, ==, expected);
}

static void
test_coming_and_going (Test          *test,
                       gconstpointer  data)
{
  RocketIOSession *session = test->session.session;
  const char *id = rocketio_session_get_id (session);
  g_autofree char *present = g_strdup_printf (",\"present\":[{\"id\":\"%s\",\"identity\":\"Ann\"}]", id);

  rocketio_session_set_identity (session, "Ann");
  enter (test, session);
  expect_present (test, ",\"present\":[]");
  expect_told (test, " {\"ch\":\"room\",\"joined\":[{\"id\":\"%s\",\"identity\":\"Ann\"}],\"left\":[]}", id);
  expect_present (test, present);

  rocketio_session_leave (session, "room");
  rocketio_presence_left (test->presence, session, "room");
  expect_told (test, " {\"ch\":\"room\",\"joined\":[],\"left\":[\"%s\"]}", id);
  expect_present (test, ",\"present\":[]");
}

/* Two windows of one person are one who stays until both are gone; and who comes back was never gone. */
static void
test_one_person (Test          *test,
                 gconstpointer  data)
{
  RocketIOSession *first = test->session.session;
  const char *id = rocketio_session_get_id (first);
  g_autoptr (RocketIOSession) second = NULL;

  rocketio_session_set_identity (first, "Ann");
  enter (test, first);
  expect_told (test, " {\"ch\":\"room\",\"joined\":[{\"id\":\"%s\",\"identity\":\"Ann\"}],\"left\":[]}", id);

  rocketio_presence_away (test->presence, first);
  second = add_session (test, "Ann");
  run_for (test->session.host->context, 2500);
  g_assert_cmpstr (test->told->str, ==, "");

  rocketio_presence_away (test->presence, second);
  rocketio_presence_back (test->presence, second);
  run_for (test->session.host->context, 2500);
  g_assert_cmpstr (test->told->str, ==, "");

  rocketio_presence_away (test->presence, second);
  expect_told (test, " {\"ch\":\"room\",\"joined\":[],\"left\":[\"%s\"]}", id);
}

static void
test_told_or_not (Test          *test,
                  gconstpointer  data)
{
  g_autoptr (GString) present = g_string_new (NULL);
  g_autoptr (RocketIOSession) session = add_session (test, NULL);

  expect_told (test, " {\"ch\":\"room\",\"joined\":[{\"id\":\"%s\",\"identity\":null}],\"left\":[]}",
               rocketio_session_get_id (session));
  rocketio_presence_joined (test->presence, session, "other");
  rocketio_presence_write (test->presence, "other", present);
  g_assert_cmpstr (present->str, ==, "");

  /* Switched off and on: those who are there are told again. */
  rocketio_presence_set (test->presence, "room", FALSE, NULL);
  expect_present (test, "");
  rocketio_presence_left (test->presence, session, "room");
  rocketio_presence_set (test->presence, "room", TRUE,
                         rocketio_channels_lookup (rocketio_hub_get_channels (test->session.host->hub), "room"));
  expect_told (test, " {\"ch\":\"room\",\"joined\":[{\"id\":\"%s\",\"identity\":null}],\"left\":[]}",
               rocketio_session_get_id (session));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/presence/coming-and-going", Test, NULL, setup, test_coming_and_going, teardown);
  g_test_add ("/presence/one-person", Test, NULL, setup, test_one_person, teardown);
  g_test_add ("/presence/told-or-not", Test, NULL, setup, test_told_or_not, teardown);

  return g_test_run ();
}
