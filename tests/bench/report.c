/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SUBJECT "rocketio" /* the target that the goals are about, */
#define LIMIT "bare"       /* and the base that they name */
#define GOAL_CLIENTS 10000
#define GOAL_IDLE 4000
#define GOAL_ONCE 12000
#define GOAL_ONCE_BYTES (200 * 1024)

/* --- cells --- */

static char *
cell (double      value,
      const char *format)
{
  char text[64];

  if (!isfinite (value))
    return g_strdup ("-");

  g_ascii_formatd (text, sizeof text, format, value);

  return g_strdup (g_str_equal (text, "-0") ? "0" : text);
}

static char *
cell_range (const Samples *samples,
            double         scale)
{
  if (samples_count (samples) == 0)
    return g_strdup ("-");

  return g_strdup_printf ("%.1f / %.1f / %.1f", samples_min (samples) * scale, samples_median (samples) * scale,
                          samples_max (samples) * scale);
}

/* Quiet ones of all. */
static char *
cell_quiet (const Samples *samples)
{
  return g_strdup_printf ("%u/%u", samples_quiet (samples), samples_count (samples));
}

static char *
cell_count (guint value)
{
  return g_strdup_printf ("%u", value);
}

typedef struct
{
  GPtrArray *cells; /* of char *, row by row */
  guint      columns;
} Table;

static void
table_add (Table *self,
           char  *text)
{
  g_ptr_array_add (self->cells, text);
}

static Table
table_new (const char *const *heads)
{
  Table self = { g_ptr_array_new_with_free_func (g_free), g_strv_length ((char **) heads) };

  for (guint i = 0; i < self.columns; i++)
    table_add (&self, g_strdup (heads[i]));

  return self;
}

static guint
table_width (Table *self,
             guint  column)
{
  guint width = 0;

  for (guint i = column; i < self->cells->len; i += self->columns)
    width = MAX (width, strlen (self->cells->pdata[i]));

  return width;
}

static void
table_print (Table      *self,
             const char *title)
{
  printf ("\n%s\n", title);
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % self->columns;
      int width = table_width (self, column);

      printf (column == 0 ? "  %-*s" : "  %*s", width, (char *) self->cells->pdata[i]);
      if (column + 1 == self->columns)
        putchar ('\n');
    }
  g_ptr_array_unref (self->cells);
}

/* --- tables --- */

/* A base server that was only measured beside others has its figures there. */
static const WsFigures *
find_base (Result *results,
           guint   n)
{
  for (guint i = 0; i < n; i++)
    {
      if (samples_count (&results[i].ws_base.connect) > 0)
        return &results[i].ws_base;
    }

  return NULL;
}

static void
add_websocket_row (Table           *table,
                   const char      *name,
                   const WsFigures *ws,
                   const WsFigures *base)
{
  table_add (table, g_strdup (name));
  table_add (table, cell (samples_median (&ws->connect), "%.2f"));
  table_add (table, cell (samples_ratio (&ws->connect, &base->connect), "%.2f"));
  table_add (table, cell_range (&ws->fanout, 1e3));
  table_add (table, cell (samples_ratio (&ws->fanout, &base->fanout), "%.2f"));
  table_add (table, cell_quiet (&ws->fanout));
  table_add (table, cell (samples_median (&ws->push_cpu) * 1e6, "%.1f"));
  table_add (table, cell (ws->memory / 1024, "%.2f"));
  table_add (table, cell (ws->memory_pushed / 1024, "%.2f"));
  table_add (table, cell_count (ws->lost));
  table_add (table, cell_count (ws->strays));
}

static void
add_echo_row (Table           *table,
              const char      *name,
              const WsFigures *ws,
              const WsFigures *base)
{
  table_add (table, g_strdup (name));
  table_add (table, cell (samples_median (&ws->echo), "%.0f"));
  table_add (table, cell (samples_ratio (&ws->echo, &base->echo), "%.2f"));
  table_add (table, cell_quiet (&ws->echo));
  table_add (table, cell (samples_median (&ws->echo_cpu) * 1e6, "%.1f"));
  table_add (table, cell (samples_median (&ws->lone_few), "%.0f"));
  table_add (table, cell (samples_median (&ws->lone_many), "%.0f"));
  table_add (table, cell (samples_ratio (&ws->lone_many, &ws->lone_few), "%.2f"));
  table_add (table, cell_quiet (&ws->lone_many));
}

typedef void (*AddRow) (Table           *table,
                        const char      *name,
                        const WsFigures *ws,
                        const WsFigures *base);

static void
add_ws_rows (Table      *table,
             Result     *results,
             guint       n,
             const char *base_name,
             AddRow      add)
{
  const WsFigures *base = find_base (results, n);

  if (base != NULL)
    add (table, base_name, base, base);
  for (guint i = 0; i < n; i++)
    {
      if (samples_count (&results[i].ws.connect) > 0)
        add (table, results[i].target->name, &results[i].ws, &results[i].ws_base);
    }
}

static guint
ws_clients (Result *results,
            guint   n)
{
  for (guint i = 0; i < n; i++)
    {
      if (results[i].ws.clients > 0)
        return results[i].ws.clients;
    }

  return 0;
}

static void
print_websocket (const Settings *settings,
                 Result         *results,
                 guint           n)
{
  g_autofree char *ratio = g_strconcat ("x ", settings->base, NULL);
  const char *heads[] = { "server", "connect s", ratio, "fan-out ms min / median / max", ratio, "quiet",
                          "CPU us", "KB", "KB pushed", "lost", "stray", NULL };
  const char *echo_heads[] = { "server", "echo/s", ratio, "quiet", "CPU us", "alone/s, few", "alone/s, many",
                               "many : few", "quiet", NULL };
  Table table = table_new (heads);
  g_autofree char *title = g_strdup_printf ("WebSocket, %u clients (CPU of the server a client a push, memory a "
                                            "client)", ws_clients (results, n));
  g_autofree char *echo_title = NULL;

  add_ws_rows (&table, results, n, settings->base, add_websocket_row);
  table_print (&table, title);
  if (!settings->echo && !settings->lone)
    return;

  table = table_new (echo_heads);
  echo_title = g_strdup_printf ("Echo, %u active of %u, one message under way each; and one active client alone, "
                                "among %u and %u idle", settings->active, ws_clients (results, n), settings->few,
                                ws_clients (results, n));
  add_ws_rows (&table, results, n, settings->base, add_echo_row);
  table_print (&table, echo_title);
}

static void
print_comet (Result *results,
             guint   n)
{
  static const char *const heads[] = { "server", "clients", "connect s", "push ms min / median / max", "x WebSocket",
                                       "quiet", "CPU us", "pushes/s", "answers/s", "KB", "KB pushed", "lost", "stray",
                                       NULL };
  Table table = table_new (heads);

  for (guint i = 0; i < n; i++)
    {
      const CometFigures *comet = &results[i].comet;

      if (comet->clients == 0)
        continue;
      table_add (&table, g_strdup (results[i].target->name));
      table_add (&table, cell_count (comet->clients));
      table_add (&table, cell (comet->connect, "%.2f"));
      table_add (&table, cell_range (&comet->push, 1e3));
      table_add (&table, cell (samples_ratio (&comet->push, &comet->ws_push), "%.2f"));
      table_add (&table, cell_quiet (&comet->push));
      table_add (&table, cell (samples_median (&comet->push_cpu) * 1e6, "%.1f"));
      table_add (&table, cell (comet->pushes, "%.1f"));
      table_add (&table, cell (comet->pushes * comet->clients, "%.0f"));
      table_add (&table, cell (comet->memory / 1024, "%.2f"));
      table_add (&table, cell (comet->memory_pushed / 1024, "%.2f"));
      table_add (&table, cell_count (comet->lost));
      table_add (&table, cell_count (comet->strays));
    }
  table_print (&table, "Comet, one push answers every poll (CPU a client a push, the next poll with it; memory a "
                       "client, all its connections)");
}

static guint
http_idle (Result *results,
           guint   n)
{
  for (guint i = 0; i < n; i++)
    {
      if (results[i].http.idle > 0)
        return results[i].http.idle;
    }

  return 0;
}

static void
print_http (const Settings *settings,
            Result         *results,
            guint           n)
{
  static const char *const heads[] = { "server", "none", "used once", "ratio", "never spoke", "ratio", "quiet",
                                       "reopened", NULL };
  g_autofree char *title = g_strdup_printf ("HTTP requests/s on %u connections, beside %u idle ones",
                                            settings->http_clients, http_idle (results, n));
  Table table = table_new (heads);

  for (guint i = 0; i < n; i++)
    {
      const HttpFigures *http = &results[i].http;

      if (http->idle == 0)
        continue;
      table_add (&table, g_strdup (results[i].target->name));
      table_add (&table, cell (samples_median (&http->none), "%.0f"));
      table_add (&table, cell (samples_median (&http->used), "%.0f"));
      table_add (&table, cell (samples_ratio (&http->used, &http->none), "%.2f"));
      table_add (&table, cell (samples_median (&http->mute), "%.0f"));
      table_add (&table, cell (samples_ratio (&http->mute, &http->none), "%.2f"));
      table_add (&table, cell_quiet (&http->mute));
      table_add (&table, cell_count (http->reopened));
    }
  table_print (&table, title);
}

static void
print_once (const Settings *settings,
            Result         *results,
            guint           n)
{
  static const char *const heads[] = { "server", "used for", "fds left", "KB added by each", NULL };
  g_autofree char *title = g_strdup_printf ("%u times %u connections opened, used once and closed, and as many before",
                                            settings->lots, settings->once);
  Table table = table_new (heads);

  for (guint i = 0; i < n; i++)
    {
      const OnceFigures *once = &results[i].once;

      for (guint k = 0; once->n > 0 && k < N_ONCE; k++)
        {
          table_add (&table, g_strdup (results[i].target->name));
          table_add (&table, g_strdup (once_name (k)));
          table_add (&table, cell (samples_count (&once->memory[k]) > 0 ? once->fds[k] : NAN, "%.0f"));
          table_add (&table, cell (samples_slope (&once->memory[k]) / 1024, "%.0f"));
        }
    }
  table_print (&table, title);
}

static void
print_stalled (Result *results,
               guint   n)
{
  static const char *const heads[] = { "server", "clients", "p50 ms, all read", "one does not", "ratio",
                                       "p99 ms, all read", "one does not", "ratio", "quiet", "lost", NULL };
  Table table = table_new (heads);

  for (guint i = 0; i < n; i++)
    {
      const StalledFigures *stalled = &results[i].stalled;
      const Samples *both[] = { stalled->p50, stalled->p99 };

      if (stalled->clients == 0)
        continue;
      table_add (&table, g_strdup (results[i].target->name));
      table_add (&table, cell_count (stalled->clients));
      for (guint k = 0; k < G_N_ELEMENTS (both); k++)
        {
          table_add (&table, cell (samples_median (&both[k][STALLED_READS]) * 1e3, "%.2f"));
          table_add (&table, cell (samples_median (&both[k][STALLED_NEVER_READS]) * 1e3, "%.2f"));
          table_add (&table, cell (samples_ratio (&both[k][STALLED_NEVER_READS], &both[k][STALLED_READS]), "%.2f"));
        }
      table_add (&table, cell_quiet (&stalled->p50[STALLED_NEVER_READS]));
      table_add (&table, cell_count (stalled->lost));
    }
  table_print (&table, "Fan-out until a client has it, where one beside them is sent a lot, and reads it or does not");
}

#define N_PLACES 8

static const char *
trouble_at (const Result *result,
            guint         place)
{
  const char *troubles[N_PLACES] = {
    result->target->absent, result->ws.trouble, result->ws_base.trouble, result->silence.trouble,
    result->comet.trouble, result->http.trouble, result->once.trouble, result->stalled.trouble,
  };

  return troubles[place];
}

static gboolean
print_troubles (Result *results,
                guint   n)
{
  static const char *const places[N_PLACES] = { "not run", "WebSocket", "base server beside it", "silence", "Comet",
                                                "HTTP", "used once", "one that never reads" };
  gboolean any = FALSE;

  for (guint i = 0; i < n; i++)
    {
      for (guint k = 0; k < N_PLACES; k++)
        {
          const char *trouble = trouble_at (&results[i], k);

          if (trouble == NULL)
            continue;
          printf ("%s%s, %s: %s\n", any ? "" : "\nTrouble\n", results[i].target->name, places[k], trouble);
          any = TRUE;
        }
    }

  return any;
}

void
report_tables (const Settings *settings,
               Result         *results,
               guint           n)
{
  if (settings->connect)
    print_websocket (settings, results, n);
  if (settings->comet)
    print_comet (results, n);
  if (settings->http)
    print_http (settings, results, n);
  if (settings->churn)
    print_once (settings, results, n);
  if (settings->stalled)
    print_stalled (results, n);
}

/* --- goals --- */

typedef struct
{
  Table    table;
  gboolean judge; /* at full size only */
  gboolean failed;
} Goals;

static void
goal (Goals      *self,
      const char *what,
      const char *figure,
      gboolean    known,
      gboolean    reached)
{
  table_add (&self->table, g_strdup (what));
  table_add (&self->table, g_strdup (known ? figure : "-"));
  table_add (&self->table, g_strdup (!known ? "NOT RUN" : reached ? "PASS" : "FAIL"));
  if (!known || !reached)
    self->failed = TRUE;
}

static void
goal_at_most (Goals      *self,
              const char *what,
              double      value,
              double      most)
{
  g_autofree char *text = cell (value, "%.2f");

  goal (self, what, text, isfinite (value), value <= most);
}

static void
goal_at_least (Goals      *self,
               const char *what,
               double      value,
               double      least)
{
  g_autofree char *text = cell (value, "%.2f");

  goal (self, what, text, isfinite (value), value >= least);
}

static Result *
find_result (Result     *results,
             guint       n,
             const char *name)
{
  for (guint i = 0; i < n; i++)
    {
      if (g_str_equal (results[i].target->name, name))
        return &results[i];
    }

  return NULL;
}

/* Compared by what each is to the base server beside it: the two were not measured in turn with one another. */
static void
goal_ahead_of (Goals      *self,
               Result     *results,
               guint       n,
               const char *name)
{
  Result *ours = find_result (results, n, SUBJECT);
  Result *other = find_result (results, n, name);
  g_autofree char *what = g_strdup_printf ("WebSocket fan-out ahead of %s (both x " LIMIT ")", name);
  g_autofree char *figure = NULL;
  double a;
  double b;

  if (other == NULL)
    return;

  a = samples_ratio (&ours->ws.fanout, &ours->ws_base.fanout);
  b = samples_ratio (&other->ws.fanout, &other->ws_base.fanout);
  figure = g_strdup_printf ("%.2f < %.2f", a, b);
  goal (self, what, figure, isfinite (a) && isfinite (b), a < b);
}

static void
goal_none_lost (Goals      *self,
                const char *what,
                guint       lost,
                guint       strays,
                gboolean    known)
{
  g_autofree char *text = g_strdup_printf ("%u + %u", lost, strays);

  goal (self, what, text, known, lost + strays == 0);
}

static void
goals_websocket (Goals          *self,
                 const Settings *settings,
                 Result         *results,
                 guint           n)
{
  Result *ours = find_result (results, n, SUBJECT);
  const WsFigures *ws = &ours->ws;
  gboolean limit = g_str_equal (settings->base, LIMIT);

  if (settings->fanout && limit)
    {
      goal_at_most (self, "WebSocket fan-out complete <= 1.15 x bare", samples_ratio (&ws->fanout,
                    &ours->ws_base.fanout), 1.15);
      goal_ahead_of (self, results, n, "ws");
      goal_ahead_of (self, results, n, "socket.io");
    }
  if (settings->fanout)
    {
      goal_none_lost (self, "every WebSocket client got every push once (lost + stray)", ws->lost, ws->strays,
                      samples_count (&ws->fanout) > 0);
    }
  if (settings->connect && limit)
    goal_at_most (self, "all WebSocket clients connected < 3 x bare", samples_ratio (&ws->connect,
                  &ours->ws_base.connect), 3);
  if (settings->connect)
    {
      double memory = fmax (ws->memory, ws->memory_pushed) / 1024;

      goal_at_most (self, "memory a WebSocket client <= 4 KB", memory, 4);
    }
  if (settings->lone)
    goal_at_least (self, "one active among many idle >= 0.8 x among few", samples_ratio (&ws->lone_many,
                   &ws->lone_few), 0.8);
}

static void
goals_silence (Goals  *self,
               Result *ours)
{
  const SilenceFigures *silence = &ours->silence;
  g_autofree char *what = g_strdup_printf ("every WebSocket client is there after %.0f s of silence",
                                           silence->seconds);

  goal_none_lost (self, what, silence->lost, 0, silence->lost > 0 || silence->trouble == NULL);
}

static void
goals_comet (Goals  *self,
             Result *ours)
{
  const CometFigures *comet = &ours->comet;

  goal_at_most (self, "Comet push complete <= 2 x WebSocket", samples_ratio (&comet->push, &comet->ws_push), 2);
  goal_none_lost (self, "every Comet client got every push once (lost + stray)", comet->lost, comet->strays,
                  samples_count (&comet->push) > 0 && comet->trouble == NULL);
}

static void
goals_http (Goals  *self,
            Result *ours)
{
  const HttpFigures *http = &ours->http;

  goal_at_least (self, "HTTP beside idle connections used once >= 0.8 x none", samples_ratio (&http->used,
                 &http->none), 0.8);
  goal_at_least (self, "HTTP beside connections that never spoke >= 0.8 x none", samples_ratio (&http->mute,
                 &http->none), 0.8);
}

static void
goals_once (Goals  *self,
            Result *ours)
{
  const OnceFigures *once = &ours->once;

  for (guint i = 0; i < N_ONCE; i++)
    {
      g_autofree char *what = g_strdup_printf ("used once for %s: no fd left, < 200 KB added", once_name (i));
      double added = samples_slope (&once->memory[i]);
      g_autofree char *figure = g_strdup_printf ("%d, %.0f KB", once->fds[i], added / 1024);

      goal (self, what, figure, isfinite (added), once->fds[i] <= 0 && added < GOAL_ONCE_BYTES);
    }
}

static gboolean
is_full_size (const Settings *settings,
              Result         *ours)
{
  guint clients = MIN (ours->ws.clients > 0 ? ours->ws.clients : G_MAXUINT,
                       ours->comet.clients > 0 ? ours->comet.clients : G_MAXUINT);
  guint idle = ours->http.idle > 0 ? ours->http.idle : settings->idle;

  return clients >= GOAL_CLIENTS && idle >= GOAL_IDLE && settings->once >= GOAL_ONCE &&
         settings->rounds >= 10;
}

static gboolean
any_lost (Result *results,
          guint   n)
{
  guint lost = 0;

  for (guint i = 0; i < n; i++)
    lost += results[i].ws.lost + results[i].ws.strays + results[i].ws_base.lost + results[i].ws_base.strays +
            results[i].silence.lost + results[i].comet.lost + results[i].comet.strays + results[i].stalled.lost;

  return lost > 0;
}

static gboolean
was_quiet (Result *ours)
{
  const Samples *all[] = { &ours->ws.connect, &ours->ws.fanout, &ours->ws.lone_few, &ours->ws.lone_many,
                           &ours->ws_base.connect, &ours->ws_base.fanout, &ours->comet.push, &ours->comet.ws_push,
                           &ours->http.none, &ours->http.used, &ours->http.mute };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      if (!samples_enough_quiet (all[i]))
        return FALSE;
    }

  return TRUE;
}

gboolean
report_goals (const Settings *settings,
              Result         *results,
              guint           n)
{
  static const char *const heads[] = { "goal", "here", "", NULL };
  Result *ours = find_result (results, n, SUBJECT);
  gboolean troubled = print_troubles (results, n) || any_lost (results, n);
  Goals goals = { .table = table_new (heads) };

  if (ours == NULL || ours->target->absent != NULL)
    {
      printf ("\nNo goals: %s was not measured.\n", SUBJECT);
      g_ptr_array_unref (goals.table.cells);
      return !troubled;
    }

  goals_websocket (&goals, settings, results, n);
  if (settings->silence_too)
    goals_silence (&goals, ours);
  if (settings->comet)
    goals_comet (&goals, ours);
  if (settings->http)
    goals_http (&goals, ours);
  if (settings->churn)
    goals_once (&goals, ours);
  table_print (&goals.table, "Goals");
  if (!was_quiet (ours))
    printf ("\nToo few quiet rounds: some of these are the figures of a machine that others use.\n");
  goals.judge = is_full_size (settings, ours);
  if (!goals.judge)
    printf ("\nNot the size the goals are meant for (%u clients, %u idle, %u used once, 10 rounds): not judged.\n",
            GOAL_CLIENTS, GOAL_IDLE, GOAL_ONCE);

  return !troubled && !(goals.judge && goals.failed);
}
