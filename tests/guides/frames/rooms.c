/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fragments of presence-and-history.md that are C. */

#include <rocketio-glib/rocketio-glib.h>

/* @open@ */

/* @authorize@ */

int
main (void)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GError) error = NULL;

  /* @connect@ */
  g_signal_connect (server, "event::open", G_CALLBACK (on_open), NULL);
  if (!rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);
  rocketio_server_run (server);

  return 0;
}
