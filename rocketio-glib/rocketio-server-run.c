/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include <glib-unix.h>

#define FINISH_TIME 3000     /* milliseconds that the last pushes have to leave */
#define MAX_SPREAD  10000    /* milliseconds in which the clients are sent away, one for each of them up to this */

/* The signals that end a program. */
typedef struct
{
  RocketIOServer *server;
  GSource        *sources[2];
  guint           n_caught;
} Signals;

/* Many clients are given some time, at whose end all of them have been sent away. */
static guint
get_spread (RocketIOServer *self)
{
  return MIN (rocketio_session_list_get_n (rocketio_hub_get_sessions (self->hub)), MAX_SPREAD);
}

static void
drained_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  RocketIOServer *self = ROCKETIO_SERVER (source);

  if (self->loop != NULL)
    g_main_loop_quit (self->loop);
}

static gboolean
signal_cb (gpointer user_data)
{
  Signals *signals = user_data;
  RocketIOServer *server = signals->server;

  if (signals->n_caught++ == 0)
    rocketio_server_drain_async (server, get_spread (server), NULL, drained_cb, NULL);
  else if (server->loop != NULL)
    g_main_loop_quit (server->loop);

  return G_SOURCE_CONTINUE;
}

static void
catch_signals (Signals        *signals,
               RocketIOServer *server)
{
  static const int numbers[] = { SIGINT, SIGTERM };

  signals->server = server;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      signals->sources[i] = g_unix_signal_source_new (numbers[i]);
      g_source_set_callback (signals->sources[i], signal_cb, signals, NULL);
      g_source_attach (signals->sources[i], server->context);
    }
}

static void
release_signals (Signals *signals)
{
  for (guint i = 0; i < G_N_ELEMENTS (signals->sources); i++)
    {
      g_source_destroy (signals->sources[i]);
      g_source_unref (signals->sources[i]);
    }
}

static gboolean
set_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* Takes `source`, which sets `flag` when its time has come. */
static GSource *
attach (RocketIOServer *self,
        GSource        *source,
        gboolean       *flag)
{
  g_source_set_callback (source, set_cb, flag, NULL);
  g_source_attach (source, self->context);

  return source;
}

static void
detach (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* Until nothing is on its way any more, and who waited for something has been told; whoever is impatient sends a second
 * signal. */
static void
finish (RocketIOServer *self,
        Signals        *signals)
{
  gboolean time_is_up = FALSE, settled = FALSE;
  GSource *timeout = attach (self, g_timeout_source_new (FINISH_TIME), &time_is_up);
  GSource *idle;

  while (!rocketio_reactor_is_empty (self->reactor) && !time_is_up && signals->n_caught < 2)
    g_main_context_iteration (self->context, TRUE);

  rocketio_server_end_drain (self);
  idle = attach (self, g_idle_source_new (), &settled);
  while (!settled && !time_is_up && signals->n_caught < 2)
    g_main_context_iteration (self->context, TRUE);

  detach (idle);
  detach (timeout);
}

/**
 * rocketio_server_run:
 * @self: a server
 *
 * Runs the server until the program is told to end, by SIGINT (Ctrl-C) or SIGTERM, or until something calls
 * [method@Server.close]. Told to end, it drains the server as [method@Server.drain_async] does, over a millisecond for
 * each client; told again, it stops waiting. Then it closes the server, lets the last pushes leave, for three seconds
 * at most, and returns.
 *
 * This is for programs that are a server and little else. One with a main loop of its own, a [class@Gio.Application]
 * for instance, has no need of it: a server works whenever its [struct@GLib.MainContext] runs.
 */
void
rocketio_server_run (RocketIOServer *self)
{
  g_autoptr (RocketIOServer) ref = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  Signals signals = { NULL };

  g_return_if_fail (ROCKETIO_IS_SERVER (self));
  g_return_if_fail (self->loop == NULL);
  if (self->endpoints == NULL || !rocketio_server_check_thread (self, G_STRFUNC))
    return;

  ref = g_object_ref (self);
  loop = g_main_loop_new (self->context, FALSE);
  catch_signals (&signals, self);

  self->loop = loop;
  g_main_loop_run (loop);
  self->loop = NULL;

  rocketio_server_close (self);
  finish (self, &signals);
  release_signals (&signals);
}
