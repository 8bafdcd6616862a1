/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A window with the ids of all sessions, compiled where GTK is. */
/* packages: gtk4 */

#include <gtk/gtk.h>
#include <rocketio-glib/rocketio-glib.h>

/* @list@ */

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = gtk_application_new ("org.example.Window", G_APPLICATION_NON_UNIQUE);
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GError) error = NULL;

  if (!rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), server);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
