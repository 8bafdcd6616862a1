/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What lets somebody in is in no log: not in one of everything that the library says, nor in that of ROCKETIO_DEBUG. */

typedef struct
{
  int   fd;          /* of a file that stands in for standard output and error */
  int   saved[2];
  char *path;
} Log;

static void
log_begin (Log *self)
{
  g_autoptr (GError) error = NULL;

  fflush (stdout);
  self->fd = g_file_open_tmp (NULL, &self->path, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 2; i++)
    {
      self->saved[i] = dup (i + 1);
      dup2 (self->fd, i + 1);
    }
}

static char *
log_end (Log *self)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  fflush (stdout);
  for (int i = 0; i < 2; i++)
    {
      dup2 (self->saved[i], i + 1);
      close (self->saved[i]);
    }
  close (self->fd);
  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  g_unlink (self->path);
  g_free (self->path);

  return text;
}

static void
keep (GPtrArray  *secrets,
      const char *secret)
{
  g_assert_nonnull (secret);
  g_assert_cmpuint (strlen (secret), >=, 32);
  g_ptr_array_add (secrets, g_strdup (secret));
}

static void
use_version_1 (Fixture   *fixture,
               GPtrArray *secrets)
{
  g_autoptr (Peer) websocket = peer_new_websocket (fixture->port, "/websocketio/io");
  g_autoptr (Peer) comet = peer_new (fixture->port);
  g_autofree char *id = peer_get_session (websocket);
  g_autofree char *comet_id = peer_open_comet (comet);

  keep (secrets, id);
  keep (secrets, comet_id);
  peer_send_text (websocket, "{\"type\":\"echo\",\"data\":\"%s\"}", id);
  peer_send_text (websocket, "{\"type\":");
  g_assert_cmpuint (peer_post (comet, comet_id, "[{\"type\":\"echo\",\"data\":\"x\"},{}]"), ==, 200);
  peer_poll (comet, comet_id);
  peer_idle (20);
}

static void
use_version_2 (Fixture   *fixture,
               GPtrArray *secrets)
{
  g_auto (Client) client = { NULL };
  g_auto (Client) other = { NULL };
  g_autoptr (Peer) stream = peer_new (fixture->port);
  g_autofree char *answer = NULL;

  begin (&client, fixture, "{}");
  keep (secrets, client.token);
  peer_send_text (client.peer, "{\"type\":\"echo\",\"data\":\"%s\",\"n\":1}", client.token);
  expect_message (&client, "echo");
  g_string_truncate (fixture->book, 0);
  break_off (&client, fixture);
  resume (&client, fixture);

  begin_by_post (&other, fixture, "{}");
  keep (secrets, other.token);
  keep (secrets, other.ticket);
  g_assert_cmpuint (open_stream (&other, stream, other.ticket), ==, 200);
  send_messages (&other, "[{\"type\":\"echo\",\"data\":1,\"n\":1}]", &answer);
  peer_idle (20);
}

static void
check_log (void)
{
  g_autoptr (GPtrArray) secrets = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  Fixture fixture = { 0 };
  Log log;

  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_setenv ("ROCKETIO_DEBUG", "wire", TRUE);
  log_begin (&log);
  client_fixture_set_up (&fixture, NULL);
  use_version_1 (&fixture, secrets);
  use_version_2 (&fixture, secrets);
  fixture_tear_down (&fixture, NULL);
  text = log_end (&log);

  /* it is a log of that, with the beginning of the ids */
  g_assert_nonnull (strstr (text, "-> {\"type\":\"echo\""));
  g_assert_nonnull (strstr (text, "<- {\"type\":\"echo\""));
  g_assert_cmpuint (secrets->len, ==, 5);
  for (guint i = 0; i < secrets->len; i++)
    {
      if (strstr (text, g_ptr_array_index (secrets, i)) != NULL)
        g_error ("Secret %u is in the log: %s", i, text);
    }
}

static void
test_log (void)
{
  if (fixture_in_subprocess (60))
    check_log ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/secrets/log", test_log);

  return g_test_run ();
}
