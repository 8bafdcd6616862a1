/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "suites.h"

#include "progress.h"
#include "quiet.h"
#include "rig.h"

#include <math.h>

#define WARM_UP 64
#define MAX_SIDES 2
#define SPARE_FDS 500 /* more than the handshakes under way */
#define FDS_BACK_MS 6000 /* a server may linger on a closed connection for some seconds */
#define WS_LOT 1000
#define SETTINGS_PATH "/rocketio/settings"

/* --- WebSocket: jobs --- */

typedef struct
{
  guint  n;
  guint  active;
  double window;
  double seconds; /* out */
  double count;   /* out */
  double cpu;     /* out, s */
} Step;

static gboolean
ws_connect (Rig     *rig,
            gpointer data)
{
  Step *step = data;

  rig->ws = ws_fleet_new (rig->load, rig->server.target->dialect, step->n);

  return ws_fleet_connect (rig->ws, &step->seconds);
}

static gboolean
ws_disconnect (Rig     *rig,
               gpointer data)
{
  gboolean closed = ws_fleet_close (rig->ws);

  g_clear_pointer (&rig->ws, ws_fleet_free);

  return closed;
}

static gboolean
ws_push (Rig     *rig,
         gpointer data)
{
  Step *step = data;

  return ws_fleet_push (rig->ws, &step->seconds);
}

static gboolean
ws_echo (Rig     *rig,
         gpointer data)
{
  Step *step = data;
  double cpu = server_cpu (&rig->server);
  gboolean ok = ws_fleet_echo (rig->ws, step->active, step->window, &step->count, &step->seconds);

  step->cpu = server_cpu (&rig->server) - cpu;

  return ok;
}

/* Each thing once with a few clients, so that what a server builds on first use is not counted as a client's. */
static gboolean
ws_warm_up (Rig *rig)
{
  Step step = { .n = WARM_UP, .active = WARM_UP, .window = 0.05 };

  return rig_run (rig, ws_connect, &step) && rig_run (rig, ws_push, &step) && rig_run (rig, ws_echo, &step) &&
         rig_run (rig, ws_disconnect, NULL);
}

/* --- WebSocket --- */

/* The two servers that are measured in turn, both up all the time, each with all its clients. */
typedef struct
{
  const Settings *settings;
  Rig             rigs[MAX_SIDES];
  Rig             few[MAX_SIDES]; /* the same servers with few clients */
  WsFigures      *figures[MAX_SIDES];
  double          memory[MAX_SIDES]; /* before the first client */
  guint           n;
  guint           clients;
  Quiet           quiet;
  gboolean        all_quiet; /* in this round so far */
} Sides;

/* The side whose turn it is: who begins changes with each round, should the first or the second be at an advantage. */
static guint
side_of (Sides *sides,
         guint  round,
         guint  turn)
{
  return (turn + round) % sides->n;
}

static const char *
sides_name (Sides *sides)
{
  return sides->rigs[0].server.target->name;
}

static void
note_memory (Sides  *sides,
             guint   side,
             double *figure)
{
  Rig *rig = &sides->rigs[side];

  rig_settle (rig, 1);
  if (rig->up)
    *figure = (server_memory (&rig->server) - sides->memory[side]) / sides->clients;
}

static double
sides_cpu (Sides *sides)
{
  return rig_cpu (sides->rigs, sides->n) + rig_cpu (sides->few, sides->n);
}

/* One measurement of one side: begins when both servers have nothing left to do. FALSE: its server is gone. */
static gboolean
side_begin (Sides *sides,
            guint  side)
{
  rig_settle (sides->rigs, sides->n);
  quiet_begin (&sides->quiet, sides_cpu (sides));

  return sides->rigs[side].up;
}

/* Whether the machine was ours. */
static gboolean
side_end (Sides *sides)
{
  gboolean quiet = quiet_end (&sides->quiet, sides_cpu (sides));

  sides->all_quiet = sides->all_quiet && quiet;

  return quiet;
}

typedef void (*SideRound) (Sides *sides, guint side, guint round);

/* Rounds of all sides in turn, until so many were quiet on all sides, but at most twice or three times as many. */
static void
run_rounds (Sides    *sides,
            SideRound one,
            guint     wanted,
            guint     most)
{
  guint quiet = 0;

  for (guint round = 0; round < most && quiet < wanted && !load_is_interrupted (); round++)
    {
      sides->all_quiet = TRUE;
      for (guint turn = 0; turn < sides->n; turn++)
        one (sides, side_of (sides, round, turn), round);
      quiet += sides->all_quiet;
    }
}

/* Those of the last round stay. */
static void
connect_side (Sides *sides,
              guint  side,
              guint  round)
{
  Rig *rig = &sides->rigs[side];
  WsFigures *figures = sides->figures[side];
  Step step = { .n = sides->clients };

  if (!rig->up)
    return;
  progress_phase ("%s: connecting %u WebSocket clients", rig->server.target->name, sides->clients);
  if (rig->ws != NULL)
    rig_run (rig, ws_disconnect, NULL);
  if (!side_begin (sides, side) || !rig_run (rig, ws_connect, &step))
    return;

  samples_add (&figures->connect, step.seconds, side_end (sides));
  figures->lost += ws_fleet_lost (rig->ws);
  if (round == 0)
    note_memory (sides, side, &figures->memory);
}

static void
push_side (Sides *sides,
           guint  side,
           guint  round)
{
  Rig *rig = &sides->rigs[side];
  WsFigures *figures = sides->figures[side];
  Step step = { .n = sides->clients };
  gboolean quiet;
  double cpu;

  progress_step ("%s: fan-out to %u, round %u", rig->server.target->name, sides->clients, round + 1);
  if (!side_begin (sides, side))
    return;
  cpu = server_cpu (&rig->server);
  if (!rig_run (rig, ws_push, &step))
    return;
  quiet = side_end (sides);
  rig_settle (rig, 1); /* what it puts off until later is counted too */
  if (!rig->up)
    return;

  samples_add (&figures->fanout, step.seconds, quiet);
  samples_add (&figures->push_cpu, (server_cpu (&rig->server) - cpu) / sides->clients, quiet);
}

static void
echo_side (Sides *sides,
           guint  side,
           guint  round)
{
  Rig *rig = &sides->rigs[side];
  WsFigures *figures = sides->figures[side];
  Step step = { .active = sides->settings->active, .window = sides->settings->window };
  gboolean quiet;

  progress_step ("%s: echo, %u active of %u, round %u", rig->server.target->name, step.active, sides->clients,
                 round + 1);
  if (!side_begin (sides, side) || !rig_run (rig, ws_echo, &step))
    return;

  quiet = side_end (sides);
  samples_add (&figures->echo, step.count / step.seconds, quiet);
  samples_add (&figures->echo_cpu, step.cpu / step.count, quiet);
}

static void
lone_window (Sides   *sides,
             guint    side,
             Rig     *rig,
             Samples *samples)
{
  Step step = { .active = 1, .window = sides->settings->window };

  rig_settle (&sides->few[side], 1);
  if (side_begin (sides, side) && rig_run (rig, ws_echo, &step))
    samples_add (samples, step.count / step.seconds, side_end (sides));
}

static void
lone_side (Sides *sides,
           guint  side,
           guint  round)
{
  WsFigures *figures = sides->figures[side];

  progress_step ("%s: one active client, among few and many, round %u", sides->rigs[side].server.target->name,
                 round + 1);
  lone_window (sides, side, &sides->few[side], &figures->lone_few);
  lone_window (sides, side, &sides->rigs[side], &figures->lone_many);
}

/* A second instance with few clients beside the one with many, so that both can be asked in turn. */
static void
measure_lone (Sides *sides)
{
  guint rounds = sides->settings->rounds;

  progress_phase ("%s: one active client", sides_name (sides));
  for (guint i = 0; i < sides->n; i++)
    {
      Step step = { .n = MIN (sides->settings->few, sides->clients) };

      if (sides->rigs[i].up && rig_start (&sides->few[i], sides->rigs[i].server.target, sides->settings->patience_ms,
                                          &sides->figures[i]->trouble) && ws_warm_up (&sides->few[i]))
        rig_run (&sides->few[i], ws_connect, &step);
    }
  run_rounds (sides, lone_side, rounds, 2 * rounds);
  for (guint i = 0; i < sides->n; i++)
    rig_stop (&sides->few[i]);
}

static void
measure_connect (Sides *sides)
{
  guint rounds = sides->settings->connect_rounds;

  for (guint i = 0; i < sides->n; i++)
    {
      if (ws_warm_up (&sides->rigs[i]))
        rig_settle (&sides->rigs[i], 1);
      if (sides->rigs[i].up)
        sides->memory[i] = server_memory (&sides->rigs[i].server);
    }
  run_rounds (sides, connect_side, rounds, 2 * rounds);
}

static void
measure_fanout (Sides *sides)
{
  guint rounds = sides->settings->rounds;

  progress_phase ("%s: fan-out to %u", sides_name (sides), sides->clients);
  run_rounds (sides, push_side, 2 * rounds, 6 * rounds); /* short ones, and what matters most */
  for (guint i = 0; i < sides->n; i++)
    note_memory (sides, i, &sides->figures[i]->memory_pushed);
}

static void
measure_echo (Sides *sides)
{
  guint rounds = sides->settings->rounds;

  progress_phase ("%s: echo", sides_name (sides));
  run_rounds (sides, echo_side, rounds, 2 * rounds);
}

static void
warn_lost (Rig  *rig,
           guint lost)
{
  if (lost > 0 && rig->load != NULL)
    progress_warn ("%s: lost %u clients, the last one: %s", rig->server.target->name, lost, load_last_loss (rig->load));
}

static void
finish_sides (Sides *sides)
{
  for (guint i = 0; i < sides->n; i++)
    {
      Rig *rig = &sides->rigs[i];

      /* Doubles may come late: one last look. A trouble of the servers with few clients shows there as well. */
      rig_settle (rig, 1);
      if (rig->ws != NULL)
        {
          sides->figures[i]->lost = MAX (sides->figures[i]->lost, ws_fleet_lost (rig->ws));
          sides->figures[i]->strays += ws_fleet_strays (rig->ws);
        }
      warn_lost (rig, sides->figures[i]->lost);
      rig_stop (rig);
    }
}

/* Where workers cannot have descriptors of their own, all clients share the limit. */
static guint
fit_fds (const Settings *settings,
         guint           wanted,
         guint           fleets,
         const char     *what)
{
  guint left = settings->max_fds - MIN (SPARE_FDS, settings->max_fds / 2);
  guint most = worker_has_own_fds () ? left : left / fleets;

  if (most < wanted)
    progress_warn ("The limit of open files (%u, ulimit -Hn) is too low for %u %s: %u are used instead.",
                   settings->max_fds, wanted, what, most);

  return MIN (wanted, most);
}

static guint
fit_clients (const Settings *settings,
             guint           fleets)
{
  return fit_fds (settings, settings->clients, fleets, "clients");
}

void
suite_websocket (const Settings *settings,
                 const Target   *target,
                 const Target   *base,
                 Result         *result)
{
  const Target *targets[MAX_SIDES] = { target, base };
  Sides sides = { .settings = settings, .n = base != NULL ? 2 : 1 };

  sides.figures[0] = &result->ws;
  sides.figures[1] = &result->ws_base;
  sides.clients = fit_clients (settings, sides.n);
  for (guint i = 0; i < sides.n; i++)
    {
      *sides.figures[i] = (WsFigures) { .clients = sides.clients, .memory = NAN, .memory_pushed = NAN };
      rig_start (&sides.rigs[i], targets[i], settings->patience_ms, &sides.figures[i]->trouble);
    }

  measure_connect (&sides);
  if (settings->fanout)
    measure_fanout (&sides);
  if (settings->echo)
    measure_echo (&sides);
  if (settings->lone)
    measure_lone (&sides);
  finish_sides (&sides);
}

/* --- silence --- */

static gboolean
keep_silent (Rig     *rig,
             gpointer data)
{
  Step *step = data;

  return load_spin (rig->load, "being silent", step->window * 1000) && ws_fleet_push (rig->ws, &step->seconds);
}

/* Nobody says a word, longer than the kernel's keepalive takes to give up a peer; then all must still be there. (The
 * keepalive timers of 10,000 clients that fell silent together fire together, and loopback drops what is more than
 * net.core.netdev_max_backlog at once.) */
void
suite_silence (const Settings *settings,
               const Target   *target,
               SilenceFigures *figures)
{
  Step step = { .n = fit_clients (settings, 1), .window = settings->silence };
  Rig rig;

  figures->clients = step.n;
  figures->seconds = settings->silence;
  if (rig_start (&rig, target, settings->patience_ms, &figures->trouble) && rig_run (&rig, ws_connect, &step) &&
      rig_run (&rig, ws_push, &step))
    {
      progress_phase ("%s: %.0f s of silence with %u WebSocket clients", target->name, settings->silence, step.n);
      rig_run (&rig, keep_silent, &step);
    }
  if (rig.ws != NULL)
    figures->lost = ws_fleet_lost (rig.ws) + ws_fleet_missed (rig.ws);
  warn_lost (&rig, figures->lost);
  rig_stop (&rig);
}

/* --- Comet --- */

typedef struct
{
  guint  n;
  guint  posts;
  double window;
  double seconds; /* out */
  double count;   /* out */
} CometStep;

static gboolean
comet_connect (Rig     *rig,
               gpointer data)
{
  CometStep *step = data;

  rig->comet = comet_fleet_new (rig->load, step->n, step->posts);

  return comet_fleet_connect (rig->comet, &step->seconds);
}

static gboolean
comet_push (Rig     *rig,
            gpointer data)
{
  CometStep *step = data;

  return comet_fleet_push (rig->comet, &step->seconds);
}

static gboolean
comet_repoll (Rig     *rig,
              gpointer data)
{
  comet_fleet_repoll (rig->comet);

  return TRUE;
}

static gboolean
comet_sustain (Rig     *rig,
               gpointer data)
{
  CometStep *step = data;

  return comet_fleet_sustain (rig->comet, step->window, &step->count, &step->seconds);
}

static gboolean
comet_disconnect (Rig     *rig,
                  gpointer data)
{
  gboolean closed = comet_fleet_close (rig->comet);

  g_clear_pointer (&rig->comet, comet_fleet_free);

  return closed;
}

static gboolean
comet_warm_up (Rig *rig)
{
  CometStep step = { .n = WARM_UP, .posts = WARM_UP };

  return rig_run (rig, comet_connect, &step) && rig_run (rig, comet_push, &step) &&
         rig_run (rig, comet_repoll, NULL) && rig_run (rig, comet_disconnect, NULL);
}

static gboolean
comet_round (Rig          *rigs,
             CometFigures *figures)
{
  Rig *rig = &rigs[0];
  CometStep step = { 0 };
  Quiet quiet;
  gboolean was_quiet;
  double cpu;

  progress_step ("%s: a push answers %u polls, round %u", rig->server.target->name, figures->clients,
                 samples_count (&figures->push) + 1);
  rig_settle (rigs, 2);
  if (!rig->up)
    return FALSE;

  cpu = server_cpu (&rig->server);
  quiet_begin (&quiet, rig_cpu (rigs, 2));
  if (!rig_run (rig, comet_push, &step))
    return FALSE;
  was_quiet = quiet_end (&quiet, rig_cpu (rigs, 2));
  rig_run (rig, comet_repoll, NULL);
  rig_settle (rig, 1);
  if (!rig->up)
    return FALSE;

  samples_add (&figures->push, step.seconds, was_quiet);
  samples_add (&figures->push_cpu, (server_cpu (&rig->server) - cpu) / figures->clients, was_quiet);

  return was_quiet;
}

static gboolean
comet_ws_round (Rig          *rigs,
                CometFigures *figures)
{
  Step step = { 0 };
  Quiet quiet;
  gboolean was_quiet;

  rig_settle (rigs, 2);
  quiet_begin (&quiet, rig_cpu (rigs, 2));
  if (!rig_run (&rigs[1], ws_push, &step))
    return FALSE;

  was_quiet = quiet_end (&quiet, rig_cpu (rigs, 2));
  samples_add (&figures->ws_push, step.seconds, was_quiet);

  return was_quiet;
}

static void
comet_rounds (const Settings *settings,
              Rig            *rigs,
              CometFigures   *figures)
{
  guint quiet = 0;

  progress_phase ("%s: a push answers %u polls", rigs[0].server.target->name, figures->clients);
  for (guint round = 0; round < 3 * settings->rounds && quiet < settings->rounds && rigs[0].up; round++)
    {
      gboolean comet = comet_round (rigs, figures);
      gboolean websocket = comet_ws_round (rigs, figures);

      quiet += comet && websocket;
    }
}

static void
comet_connect_all (const Settings *settings,
                   Rig            *rigs,
                   CometFigures   *figures)
{
  CometStep step = { .n = figures->clients, .posts = figures->posts };
  Step ws_step = { .n = figures->clients };
  double memory;

  if (!comet_warm_up (&rigs[0]) || !ws_warm_up (&rigs[1]))
    return;
  progress_phase ("%s: connecting %u Comet clients", rigs[0].server.target->name, figures->clients);
  rig_settle (rigs, 2);
  if (!rigs[0].up)
    return;

  memory = server_memory (&rigs[0].server);
  if (!rig_run (&rigs[0], comet_connect, &step))
    return;
  figures->connect = step.seconds;
  rig_settle (rigs, 2);
  if (rigs[0].up)
    figures->memory = (server_memory (&rigs[0].server) - memory) / figures->clients;

  progress_phase ("%s: connecting as many WebSocket clients, to compare with", rigs[0].server.target->name);
  rig_run (&rigs[1], ws_connect, &ws_step);
  comet_rounds (settings, rigs, figures);
  rig_settle (rigs, 2);
  if (rigs[0].up)
    figures->memory_pushed = (server_memory (&rigs[0].server) - memory) / figures->clients;
}

static void
comet_sustained (const Settings *settings,
                 Rig            *rig,
                 CometFigures   *figures)
{
  CometStep step = { .window = settings->sustain };

  progress_phase ("%s: push after push to %u polls", rig->server.target->name, figures->clients);
  rig_settle (rig, 1);
  if (rig_run (rig, comet_sustain, &step))
    figures->pushes = step.count / step.seconds;
}

/* Two a client where the limit allows it, at the server as well, which has the same one. */
static guint
fit_posts (const Settings *settings,
           guint           clients)
{
  guint taken = SPARE_FDS + (worker_has_own_fds () ? 1 : 2) * clients;
  guint posts = CLAMP (settings->max_fds > taken ? settings->max_fds - taken : 0, 1, clients);

  if (posts < clients)
    progress_warn ("The limit of open files (%u, ulimit -Hn) is too low for two connections a Comet client: "
                   "%u of %u clients keep the one they post on.", settings->max_fds, posts, clients);

  return posts;
}

void
suite_comet (const Settings *settings,
             const Target   *target,
             CometFigures   *figures)
{
  Rig rigs[2] = { { { 0 } } };

  figures->clients = fit_clients (settings, 2);
  figures->posts = fit_posts (settings, figures->clients);
  figures->connect = figures->pushes = figures->memory = figures->memory_pushed = NAN;
  for (guint i = 0; i < 2; i++)
    rig_start (&rigs[i], target, settings->patience_ms, &figures->trouble);

  comet_connect_all (settings, rigs, figures);
  if (target->queues)
    comet_sustained (settings, &rigs[0], figures);

  rig_settle (rigs, 2);
  if (rigs[0].comet != NULL)
    {
      figures->lost = comet_fleet_lost (rigs[0].comet);
      figures->strays = comet_fleet_strays (rigs[0].comet);
      warn_lost (&rigs[0], figures->lost);
    }
  for (guint i = 0; i < 2; i++)
    rig_stop (&rigs[i]);
}

/* --- HTTP with idle connections --- */

typedef struct
{
  guint    n;
  guint    n_idle;
  gboolean mute;
  double   window;
  double   seconds; /* out */
  double   count;   /* out */
} HttpStep;

static gboolean
http_connect (Rig     *rig,
              gpointer data)
{
  HttpStep *step = data;
  g_autofree char *request = http_get (rig->server.port, SETTINGS_PATH);

  rig->http = http_fleet_new (rig->load, step->n, request);
  rig->idle = http_fleet_new (rig->load, step->n_idle, step->mute ? HTTP_MUTE : request);

  return http_fleet_connect (rig->http) && (step->n_idle == 0 || http_fleet_connect (rig->idle));
}

/* A server may close idle connections; they are opened again, so that as many are idle in every window. */
static gboolean
http_window (Rig     *rig,
             gpointer data)
{
  HttpStep *step = data;

  if (step->n_idle > 0 && !http_fleet_connect (rig->idle))
    return FALSE;

  return http_fleet_run (rig->http, step->window, &step->count, &step->seconds);
}

static gboolean
http_round (Rig       *rigs,
            HttpStep  *steps,
            Samples  **samples,
            guint      round)
{
  static const char *const names[3] = { "no", "used", "mute" };
  gboolean all_quiet = TRUE;

  for (guint turn = 0; turn < 3; turn++)
    {
      guint i = (turn + round) % 3;
      Quiet quiet;
      gboolean was_quiet;

      progress_step ("%s: HTTP requests with %s idle connections, round %u", rigs[i].server.target->name, names[i],
                     round + 1);
      rig_settle (rigs, 3);
      quiet_begin (&quiet, rig_cpu (rigs, 3));
      if (!rig_run (&rigs[i], http_window, &steps[i]))
        return FALSE;
      was_quiet = quiet_end (&quiet, rig_cpu (rigs, 3));
      samples_add (samples[i], steps[i].count / steps[i].seconds, was_quiet);
      all_quiet = all_quiet && was_quiet;
    }

  return all_quiet;
}

void
suite_http (const Settings *settings,
            const Target   *target,
            HttpFigures    *figures)
{
  Samples *samples[3] = { &figures->none, &figures->used, &figures->mute };
  Rig rigs[3] = { { { 0 } } };
  HttpStep steps[3];
  guint quiet_rounds = 0;

  figures->idle = fit_fds (settings, settings->idle, 2, "idle connections");
  for (guint i = 0; i < 3; i++)
    {
      steps[i] = (HttpStep) { settings->http_clients, i > 0 ? figures->idle : 0, i == 2, settings->window, 0, 0 };
      progress_phase ("%s: opening %u idle HTTP connections", target->name, steps[i].n_idle);
      if (rig_start (&rigs[i], target, settings->patience_ms, &figures->trouble))
        rig_run (&rigs[i], http_connect, &steps[i]);
    }

  progress_phase ("%s: HTTP requests with and without them", target->name);
  for (guint round = 0; round < 2 * settings->rounds && quiet_rounds < settings->rounds; round++)
    quiet_rounds += http_round (rigs, steps, samples, round);

  for (guint i = 0; i < 3; i++)
    {
      if (rigs[i].idle != NULL)
        figures->reopened += http_fleet_reopened (rigs[i].idle);
      rig_stop (&rigs[i]);
    }
}

/* --- connections used once --- */

typedef struct
{
  Once  once;
  guint n;
} OnceStep;

const char *
once_name (Once once)
{
  static const char *const names[N_ONCE] = { "GET", "POST", "WebSocket" };

  return names[once];
}

static gboolean
use_http_once (Rig        *rig,
               guint       n,
               const char *request)
{
  HttpFleet *fleet = http_fleet_new (rig->load, n, request);
  gboolean ok = http_fleet_use_once (fleet);

  if (ok && http_fleet_lost (fleet) > 0)
    load_blame (rig->load, "%u of %u connections were not answered", http_fleet_lost (fleet), n);
  ok = load_trouble (rig->load) == NULL;
  http_fleet_free (fleet);

  return ok;
}

static gboolean
use_websockets_once (Rig  *rig,
                     guint n)
{
  gboolean ok = TRUE;

  for (guint done = 0; ok && done < n; done += WS_LOT)
    {
      Step step = { .n = MIN (WS_LOT, n - done) };

      ok = ws_connect (rig, &step);
      if (ok && ws_fleet_lost (rig->ws) > 0)
        load_blame (rig->load, "%u of %u connections failed", ws_fleet_lost (rig->ws), step.n);
      ok = ws_disconnect (rig, NULL) && ok && load_trouble (rig->load) == NULL;
    }

  return ok;
}

static gboolean
use_once (Rig     *rig,
          gpointer data)
{
  OnceStep *step = data;
  const char *session = comet_fleet_session (rig->comet);
  g_autofree char *request = NULL;

  switch (step->once)
    {
    case ONCE_WEBSOCKET:
      return use_websockets_once (rig, step->n);
    case ONCE_POST:
      request = http_post_events (rig->server.port, session != NULL ? session : "lost",
                                  "[{\"type\":\"unheard\",\"data\":{}}]");
      return use_http_once (rig, step->n, request);
    default:
      request = http_get (rig->server.port, SETTINGS_PATH);
      return use_http_once (rig, step->n, request);
    }
}

/* Closed connections may take a moment to be let go. */
static int
await_fds (Rig *rig,
           int  wanted)
{
  gint64 end = g_get_monotonic_time () + FDS_BACK_MS * 1000;

  rig_settle (rig, 1);
  while (rig->up && server_fds (&rig->server) > wanted && g_get_monotonic_time () < end)
    rig_settle (rig, 1);

  return rig->up ? server_fds (&rig->server) : -1;
}

/* The first lot lets caches, pools and the heap grow to their size; what every further lot adds is a leak. */
static void
measure_once (Rig         *rig,
              Once         once,
              OnceFigures *figures,
              guint        lots)
{
  OnceStep step = { once, figures->n };
  int fds;

  progress_phase ("%s: %u times %u connections, each used for one %s", rig->server.target->name, 1 + lots, step.n,
                  once_name (once));
  rig_settle (rig, 1);
  fds = rig->up ? server_fds (&rig->server) : 0;
  for (guint lot = 0; lot <= lots && rig_run (rig, use_once, &step); lot++)
    {
      figures->fds[once] = await_fds (rig, fds) - fds;
      if (rig->up)
        samples_add (&figures->memory[once], server_memory (&rig->server), TRUE);
    }
}

void
suite_once (const Settings *settings,
            const Target   *target,
            OnceFigures    *figures)
{
  CometStep step = { .n = 1, .posts = 1 };
  Rig rig = { { 0 } };

  figures->n = settings->once;

  /* One poll is held all the while: POST needs a session. */
  if (rig_start (&rig, target, settings->patience_ms, &figures->trouble) && ws_warm_up (&rig) &&
      rig_run (&rig, comet_connect, &step))
    {
      for (guint i = 0; i < N_ONCE; i++)
        measure_once (&rig, i, figures, settings->lots);
    }
  rig_stop (&rig);
}
