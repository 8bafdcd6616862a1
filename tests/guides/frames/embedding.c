/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fragments of embedding.md: `embedding thread`, `embedding own`, `embedding tls`, `embedding
 * prefix`. */
/* sources: page.c */

#include <rocketio-glib/rocketio-glib.h>

#define N_PARTS     20
#define PART_BYTES  500000

static double
read_sensor (void)
{
  return 21.5;
}

/* Each is a number and enough to fill what a client may have waiting. */
static char *
read_part (guint number)
{
  g_autofree char *filling = g_strnfill (PART_BYTES, '.');

  return number < N_PARTS ? g_strdup_printf ("%u%s", number, filling) : NULL;
}

/* @thread@ */

/* @flush@ */

static void
on_get (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  push_next (session, 0);
}

static void
on_leave (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  rocketio_session_close (session);
}

static void
on_stop (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *name, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static RocketIOServer *
make_server (GMainLoop *loop)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "event::stop", G_CALLBACK (on_stop), loop);
  if (!rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);

  return g_steal_pointer (&server);
}

/* @own@ */

static void
use_tls (RocketIOServer *server)
{
  g_autoptr (GError) error = NULL;

  /* @tls@ */
}

static void
use_plain (RocketIOServer *server)
{
  g_autoptr (GError) error = NULL;

  if (!rocketio_server_listen (server, NULL, 5000, NULL, &error))
    g_error ("%s", error->message);

  /* @resource@ */
}

static void
run_with_thread (RocketIOServer *server)
{
  /* @run@ */
}

int
main (int argc, char **argv)
{
  g_autoptr (RocketIOServer) server = NULL;

  if (argc == 2 && g_str_equal (argv[1], "own"))
    {
      g_thread_join (g_thread_new ("server", serve, NULL));
      return 0;
    }

  server = rocketio_server_new ();
  if (argc == 2 && g_str_equal (argv[1], "prefix"))
    {
      /* @prefix@ */
    }
  g_signal_connect (server, "event::get", G_CALLBACK (on_get), NULL);
  g_signal_connect (server, "event::leave", G_CALLBACK (on_leave), NULL);
  if (argc == 2 && g_str_equal (argv[1], "tls"))
    use_tls (server);
  else
    use_plain (server);
  run_with_thread (server);

  return 0;
}
