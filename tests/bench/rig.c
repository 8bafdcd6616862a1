/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rig.h"

#include "progress.h"

#define SETTLE_MS 20
#define SETTLE_MAX 250 /* times SETTLE_MS */
#define IDLE_CPU 0.0008 /* s within SETTLE_MS */

typedef struct
{
  Rig     *rig;
  RigJob   job;
  gpointer data;
  gboolean ok;
} Call;

static gboolean
make_load (Rig     *rig,
           gpointer data)
{
  rig->load = load_new (rig->server.pid, rig->server.port, rig->patience_ms);

  return TRUE;
}

static gboolean
free_load (Rig     *rig,
           gpointer data)
{
  rig_drop_fleets (rig);
  g_clear_pointer (&rig->load, load_free);

  return TRUE;
}

static void
call (gpointer data)
{
  Call *self = data;

  self->ok = self->job (self->rig, self->data);
}

static gboolean
rig_call (Rig     *self,
          RigJob   job,
          gpointer data)
{
  Call the_call = { self, job, data, FALSE };

  worker_call (self->worker, call, &the_call);

  return the_call.ok;
}

/* In the worker's thread. */
void
rig_drop_fleets (Rig *self)
{
  g_clear_pointer (&self->ws, ws_fleet_free);
  g_clear_pointer (&self->beside, ws_fleet_free);
  g_clear_pointer (&self->comet, comet_fleet_free);
  g_clear_pointer (&self->http, http_fleet_free);
  g_clear_pointer (&self->idle, http_fleet_free);
}

gboolean
rig_start (Rig          *self,
           const Target *target,
           guint         patience_ms,
           char        **trouble)
{
  char *why = NULL;

  *self = (Rig) { .server = { .target = target }, .patience_ms = patience_ms, .trouble = trouble };
  if (load_is_interrupted () || *trouble != NULL)
    return FALSE;
  if (!server_start (&self->server, target, &why))
    {
      *trouble = why;
      progress_warn ("%s: %s", target->name, why);
      return FALSE;
    }

  self->worker = worker_new ();
  self->up = TRUE;
  rig_call (self, make_load, NULL);

  return TRUE;
}

void
rig_stop (Rig *self)
{
  g_autofree char *end = NULL;

  if (self->worker == NULL)
    return;

  rig_call (self, free_load, NULL);
  g_clear_pointer (&self->worker, worker_free);
  if (self->up)
    end = server_stop (&self->server);
  if (end != NULL && *self->trouble == NULL)
    *self->trouble = g_steal_pointer (&end);
  self->up = FALSE;
}

/* A server that stands still is ended as well: it may be spinning, and would slow down the others. */
static void
rig_fail (Rig *self)
{
  const char *why = load_trouble (self->load);
  g_autofree char *end = server_stop (&self->server);

  self->up = FALSE;
  if (*self->trouble == NULL)
    *self->trouble = g_strjoin ("; ", why != NULL ? why : "failed", end, NULL);
  if (!load_is_interrupted ())
    progress_warn ("%s: %s", self->server.target->name, *self->trouble);
}

/* FALSE at once when this rig or another one of its suite has failed before. */
gboolean
rig_run (Rig     *self,
         RigJob   job,
         gpointer data)
{
  if (!self->up || *self->trouble != NULL)
    return FALSE;
  if (rig_call (self, job, data))
    return TRUE;

  rig_fail (self);

  return FALSE;
}

/* Until the server has nothing more to do: its CPU clock stands still. A server that is never idle is measured as it
 * is, after five seconds. */
static gboolean
settle (Rig     *rig,
        gpointer data)
{
  double before = server_cpu (&rig->server);
  guint idle = 0;

  for (guint i = 0; i < SETTLE_MAX && idle < 2; i++)
    {
      double now;

      if (!load_spin (rig->load, "settling", SETTLE_MS))
        return FALSE;
      now = server_cpu (&rig->server);
      idle = now - before < IDLE_CPU ? idle + 1 : 0;
      before = now;
    }

  return TRUE;
}

/* Also answers the pings that have come meanwhile. */
void
rig_settle (Rig  *rigs,
            guint n)
{
  for (guint i = 0; i < n; i++)
    rig_run (&rigs[i], settle, NULL);
}

/* Of all their servers, in seconds. */
double
rig_cpu (Rig  *rigs,
         guint n)
{
  double cpu = 0;

  for (guint i = 0; i < n; i++)
    cpu += rigs[i].up ? server_cpu (&rigs[i].server) : 0;

  return cpu;
}
