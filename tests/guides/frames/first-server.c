/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A page that pushes "note" gets its own note and some more as news. */

#include <rocketio-glib/rocketio-glib.h>

/* @keep@ */

static void
tell (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  const char *title = "Bread";

  /* @ways@ */
}

int
main (void)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GError) error = NULL;

  /* @errors@ */

  g_clear_error (&error);
  g_signal_connect (server, "event::note", G_CALLBACK (on_note), NULL);
  g_signal_connect_after (server, "event::note", G_CALLBACK (tell), NULL);
  if (!rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);
  rocketio_server_run (server);
  json_node_unref (last);

  return 0;
}
