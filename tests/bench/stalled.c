/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stalled.h"

#include "progress.h"
#include "quiet.h"
#include "rig.h"

#define ROUNDS 8        /* for each of the others */
#define PIECE 8192      /* bytes for the one beside, each round: all of it together is less than a server keeps */

static const char *const sides[N_STALLED] = { "reads", "never reads" };

typedef struct
{
  guint  n;
  double p50, p99;    /* out, s */
} Step;

static gboolean
connect_all (Rig     *rig,
             gpointer data)
{
  Step *step = data;
  double seconds;

  rig->ws = ws_fleet_new (rig->load, rig->server.target->dialect, step->n);
  rig->beside = ws_fleet_new (rig->load, rig->server.target->dialect, 1);

  return ws_fleet_connect (rig->ws, &seconds) && ws_fleet_connect (rig->beside, &seconds);
}

static gboolean
stall (Rig     *rig,
       gpointer data)
{
  ws_fleet_stall (rig->beside);

  return TRUE;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* What is for the one beside, and behind it what is for all. */
static gboolean
push (Rig     *rig,
      gpointer data)
{
  Step *step = data;
  g_autoptr (GArray) latencies = g_array_sized_new (FALSE, FALSE, sizeof (double), step->n);
  double seconds;

  ws_fleet_note_latencies (rig->ws, latencies);
  if (!ws_fleet_send (rig->ws, ws_fleet_get_id (rig->beside), PIECE) || !ws_fleet_push (rig->ws, &seconds))
    return FALSE;

  ws_fleet_note_latencies (rig->ws, NULL);
  g_array_sort (latencies, compare);
  step->p50 = g_array_index (latencies, double, latencies->len / 2);
  step->p99 = g_array_index (latencies, double, latencies->len - 1 - latencies->len / 100);

  return TRUE;
}

static void
run_round (Rig            *rigs,
           StalledFigures *figures,
           guint           round)
{
  for (guint turn = 0; turn < N_STALLED; turn++)
    {
      guint side = (turn + round) % N_STALLED;
      Step step = { .n = figures->clients };
      gboolean is_quiet;
      Quiet quiet;

      rig_settle (rigs, N_STALLED);
      quiet_begin (&quiet, rig_cpu (rigs, N_STALLED));
      if (!rig_run (&rigs[side], push, &step))
        return;
      is_quiet = quiet_end (&quiet, rig_cpu (rigs, N_STALLED));
      samples_add (&figures->p50[side], step.p50, is_quiet);
      samples_add (&figures->p99[side], step.p99, is_quiet);
    }
}

/* Two instances of the server, each with so many clients that read and one beside them that is sent a lot: at one it
 * reads, at the other it does not. */
void
suite_stalled (const Settings *settings,
               const Target   *target,
               StalledFigures *figures)
{
  guint rounds = ROUNDS * settings->rounds;
  Step step = { .n = MIN (settings->clients, settings->max_fds / 3) };
  Rig rigs[N_STALLED] = { 0 };

  figures->clients = step.n;
  progress_phase ("%s: one that never reads, among %u", target->name, step.n);
  for (guint i = 0; i < N_STALLED; i++)
    {
      if (rig_start (&rigs[i], target, settings->patience_ms, &figures->trouble))
        rig_run (&rigs[i], connect_all, &step);
    }
  rig_run (&rigs[STALLED_NEVER_READS], stall, NULL);
  for (guint round = 0; round < rounds && figures->trouble == NULL && !load_is_interrupted (); round++)
    {
      progress_step ("%s: one that never reads, round %u", target->name, round + 1);
      run_round (rigs, figures, round);
    }

  for (guint i = 0; i < N_STALLED; i++)
    {
      rig_settle (&rigs[i], 1);
      if (rigs[i].ws != NULL)
        figures->lost += ws_fleet_lost (rigs[i].ws) + ws_fleet_missed (rigs[i].ws) + ws_fleet_strays (rigs[i].ws);
      rig_stop (&rigs[i]);
    }
}

const char *
stalled_name (guint side)
{
  return sides[side];
}
