/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fragments of slow-clients.md that are C: "film" pushes many pictures, one after the other. */

#include <rocketio-glib/rocketio-glib.h>

#define N_PICTURES 300

/* @camera@ */

static gboolean
take_picture (gpointer user_data)
{
  static guint n_taken = 0;
  RocketIOServer *server = user_data;
  g_autoptr (GBytes) picture = g_bytes_new_take (g_strnfill (60000, 'x'), 60000);

  push_picture (server, picture);
  if (++n_taken < N_PICTURES)
    return G_SOURCE_CONTINUE;

  rocketio_server_push (server, "end", NULL, NULL);

  return G_SOURCE_REMOVE;
}

static void
on_film (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  g_idle_add (take_picture, server);
}

int
main (void)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GError) error = NULL;

  /* @settings@ */
  g_signal_connect (server, "event::film", G_CALLBACK (on_film), NULL);
  if (!rocketio_server_serve_directory (server, "page", ROCKETIO_SERVE_FLAGS_NONE, &error) ||
      !rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);
  rocketio_server_run (server);

  return 0;
}
