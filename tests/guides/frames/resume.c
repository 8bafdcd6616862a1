/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fragments of resume.md: "login" says who it is, "say" goes to all, "fill" pushes more than is kept. */

#include <glib-unix.h>
#include <rocketio-glib/rocketio-glib.h>

typedef struct
{
  RocketIOServer *server;
  GMainLoop      *loop;
} Program;

static void
push_state (RocketIOSession *session)
{
  rocketio_session_push_variant (session, "state", g_variant_new_string ("the truth"), NULL);
}

/* @signals@ */

/* @drain@ */

static void
on_login (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  rocketio_session_set_identity (session, json_node_get_string (data));
}

static void
on_say (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  rocketio_server_push (server, "say", data, NULL);
}

static void
on_fill (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  g_autofree char *much = g_strnfill (700000, '.');

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();

      rocketio_push_options_set_except (options, (const char *const[]) { rocketio_session_get_id (session), NULL });
      rocketio_server_push_variant (server, "much", g_variant_new_string (much), options, NULL);
    }
}

static void
on_misbehave (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  /* @close@ */
}

static void
on_closed (RocketIOServer *server, RocketIOSession *session, RocketIOCloseReason reason, gpointer user_data)
{
  g_print ("%s is gone: %d\n", rocketio_session_get_identity (session), reason);
}

int
main (void)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Program program = { server, loop };

  /* @window@ */
  g_assert_cmpuint (rocketio_server_get_resume_window (server), ==, 600);
  g_signal_connect (server, "session-detached", G_CALLBACK (on_detached), NULL);
  g_signal_connect (server, "session-resumed", G_CALLBACK (on_resumed), NULL);
  g_signal_connect (server, "session-opened", G_CALLBACK (on_opened), NULL);
  g_signal_connect (server, "session-closed", G_CALLBACK (on_closed), NULL);
  g_signal_connect (server, "event::login", G_CALLBACK (on_login), NULL);
  g_signal_connect (server, "event::say", G_CALLBACK (on_say), NULL);
  g_signal_connect (server, "event::fill", G_CALLBACK (on_fill), NULL);
  g_signal_connect (server, "event::misbehave", G_CALLBACK (on_misbehave), NULL);
  g_unix_signal_add (SIGTERM, on_term, &program);
  if (!rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);
  g_main_loop_run (loop);

  return 0;
}
