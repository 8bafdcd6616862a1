/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fragments of answers.md. */

#include <rocketio-glib/rocketio-glib.h>

static gboolean
find_place (const char *name, double *lat)
{
  *lat = 41.5;

  return g_strcmp0 (name, "Rome") == 0;
}

static char *
search_everything (JsonNode *data)
{
  if (json_node_get_value_type (data) == G_TYPE_STRING && g_str_equal (json_node_get_string (data), "slow"))
    g_usleep (G_USEC_PER_SEC);

  return json_node_get_value_type (data) == G_TYPE_STRING ? g_strdup ("[1, 2]") : NULL;
}

static gboolean
is_yes (JsonNode *answer)
{
  return json_node_get_value_type (answer) == G_TYPE_BOOLEAN && json_node_get_boolean (answer);
}

/* @find@ */

/* @later@ */

/* @sure@ */

/* @bytes@ */

int
main (void)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GError) error = NULL;

  /* @connect@ */
  g_signal_connect (server, "request::search", G_CALLBACK (on_search), NULL);
  g_signal_connect (server, "request::delete", G_CALLBACK (on_delete), NULL);
  g_signal_connect (server, "request::shrink", G_CALLBACK (on_shrink), NULL);
  if (!rocketio_server_serve_directory (server, "page", ROCKETIO_SERVE_FLAGS_NONE, &error) ||
      !rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);
  rocketio_server_run (server);

  return 0;
}
