/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* rocketio-bench: what is asked for, which servers there are, and the order of it all. See README.md. */

#include "load.h"
#include "progress.h"
#include "quiet.h"
#include "report.h"
#include "stalled.h"
#include "suites.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FDS_A_CLIENT 2 /* a Comet client polls on one connection and posts on another */
#define FDS_ASIDE 600

typedef struct
{
  char    *testapp;
  char    *scripts;
  char    *targets;
  char    *only;
  char    *base;
  char    *json;
  char   **also;
  int      clients;
  int      rounds;
  int      active;
  double   patience;
  gboolean quick;
} Options;

/* --- targets --- */

static void
target_clear (gpointer data)
{
  Target *target = data;

  g_free (target->name);
  g_strfreev (target->argv);
  g_free (target->absent);
}

static Target *
add_target (GArray     *targets,
            const char *name,
            Dialect     dialect,
            char      **argv)
{
  Target target = { .name = g_strdup (name), .argv = argv, .dialect = dialect };

  g_array_append_val (targets, target);

  return &g_array_index (targets, Target, targets->len - 1);
}

/* The bare loop is built into the same directory as this program. */
static char *
beside_this_program (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory = self != NULL ? g_path_get_dirname (self) : g_strdup (".");

  return g_build_filename (directory, name, NULL);
}

static char **
make_argv (const char *program,
           const char *script)
{
  const char *argv[] = { program, script != NULL ? script : "--port", script != NULL ? "--port" : "0",
                         script != NULL ? "0" : NULL, NULL };

  return g_strdupv ((char **) argv);
}

static void
add_node_target (GArray        *targets,
                 const Options *options,
                 const char    *name,
                 const char    *script,
                 Dialect        dialect)
{
  g_autofree char *path = g_build_filename (options->scripts, script, NULL);
  g_autofree char *package = g_build_filename (options->scripts, "node_modules", name, NULL);
  g_autofree char *node = g_find_program_in_path ("node");
  Target *target = add_target (targets, name, dialect, make_argv (node != NULL ? node : "node", path));

  if (node == NULL)
    target->absent = g_strdup ("there is no node on PATH");
  else if (!g_file_test (package, G_FILE_TEST_IS_DIR))
    target->absent = g_strdup_printf ("%s is missing; `npm ci` there installs it", package);
}

/* An own command, to compare two builds: NAME=COMMAND, speaking version 1. */
static gboolean
add_own_target (GArray     *targets,
                const char *text,
                GError    **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = NULL;
  g_auto (GStrv) argv = NULL;
  Target *target;

  if (equals == NULL || equals == text)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--also wants NAME=COMMAND, not \"%s\"", text);
      return FALSE;
    }
  if (!g_shell_parse_argv (equals + 1, NULL, &argv, error))
    return FALSE;

  name = g_strndup (text, equals - text);
  target = add_target (targets, name, DIALECT_VERSION_1, g_steal_pointer (&argv));
  target->http = TRUE;
  target->queues = TRUE;

  return TRUE;
}

/* The library under test, over one version of the wire. */
static Target *
add_testapp (GArray        *targets,
             const Options *options,
             const char    *name,
             Dialect        dialect)
{
  const char *path = options->testapp != NULL ? options->testapp : "";
  Target *target = add_target (targets, name, dialect, make_argv (path, NULL));

  target->ids = TRUE;
  if (options->testapp == NULL)
    target->absent = g_strdup ("no --testapp given");
  else if (!g_file_test (options->testapp, G_FILE_TEST_IS_EXECUTABLE))
    target->absent = g_strdup_printf ("%s is not there", options->testapp);

  return target;
}

static gboolean
add_targets (GArray        *targets,
             const Options *options,
             GError       **error)
{
  g_autofree char *bare = beside_this_program ("rocketio-bench-bare");
  Target *target = add_target (targets, "bare", DIALECT_VERSION_1, make_argv (bare, NULL));

  target->http = TRUE;
  if (!g_file_test (bare, G_FILE_TEST_IS_EXECUTABLE))
    target->absent = g_strdup_printf ("%s is missing", bare);

  target = add_testapp (targets, options, "rocketio", DIALECT_VERSION_1);
  target->http = TRUE;
  target->queues = TRUE;
  add_testapp (targets, options, "rocketio2", DIALECT_VERSION_2);

  add_node_target (targets, options, "ws", "ws-server.mjs", DIALECT_VERSION_1);
  add_node_target (targets, options, "socket.io", "socketio-server.mjs", DIALECT_SOCKET_IO);
  for (char **also = options->also; also != NULL && *also != NULL; also++)
    {
      if (!add_own_target (targets, *also, error))
        return FALSE;
    }

  return TRUE;
}

static Target *
find_target (GArray     *targets,
             const char *name)
{
  for (guint i = 0; i < targets->len; i++)
    {
      if (g_str_equal (g_array_index (targets, Target, i).name, name))
        return &g_array_index (targets, Target, i);
    }

  return NULL;
}

/* Pointers to the wanted ones, in the order they are asked for. */
static GPtrArray *
select_targets (GArray        *targets,
                const Options *options,
                GError       **error)
{
  g_autoptr (GPtrArray) selected = g_ptr_array_new ();
  g_auto (GStrv) names = options->targets != NULL ? g_strsplit (options->targets, ",", -1) : NULL;

  for (guint i = 0; names == NULL && i < targets->len; i++)
    g_ptr_array_add (selected, &g_array_index (targets, Target, i));
  for (char **name = names; name != NULL && *name != NULL; name++)
    {
      Target *target = find_target (targets, *name);

      if (target == NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no target is called \"%s\"", *name);
          return NULL;
        }
      g_ptr_array_add (selected, target);
    }

  return g_steal_pointer (&selected);
}

/* --- what to measure --- */

static gboolean
select_suites (Settings   *settings,
               const char *only,
               GError    **error)
{
  struct { const char *name; gboolean *flag; } suites[] = {
    { "connect", &settings->connect }, { "fanout", &settings->fanout }, { "echo", &settings->echo },
    { "alone", &settings->lone }, { "silence", &settings->silence_too }, { "comet", &settings->comet },
    { "http", &settings->http }, { "once", &settings->churn }, { "stalled", &settings->stalled },
  };
  const char *all = "connect,fanout,echo,alone,silence,comet,http,once,stalled";
  g_auto (GStrv) names = g_strsplit (only != NULL ? only : all, ",", -1);

  for (char **name = names; *name != NULL; name++)
    {
      gboolean found = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
        {
          if (!g_str_equal (*name, suites[i].name))
            continue;
          *suites[i].flag = TRUE;
          found = TRUE;
        }
      if (!found)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "nothing to measure is called \"%s\"", *name);
          return FALSE;
        }
    }
  settings->connect = settings->connect || settings->fanout || settings->echo || settings->lone;

  return TRUE;
}

static Settings
make_settings (const Options *options)
{
  Settings settings = {
    .clients = 10000, .rounds = 12, .connect_rounds = 3, .active = 200, .few = 100, .http_clients = 16, .idle = 4000,
    .once = 12000, .window = 0.5, .sustain = 5, .silence = 130, .lots = 5,
  };

  if (options->quick)
    {
      settings.clients = 300;
      settings.rounds = 3;
      settings.connect_rounds = 2;
      settings.active = 50;
      settings.few = 20;
      settings.idle = 200;
      settings.once = 500;
      settings.window = 0.1;
      settings.sustain = 0.5;
      settings.silence = 1;
      settings.lots = 2;
    }
  if (options->clients > 0)
    settings.clients = options->clients;
  if (options->rounds > 0)
    settings.rounds = options->rounds;
  if (options->active > 0)
    settings.active = options->active;
  settings.base = options->base;
  settings.patience_ms = options->patience * 1000;
  settings.max_fds = server_raise_fds (MAX (FDS_A_CLIENT * settings.clients, settings.idle) + FDS_ASIDE);

  return settings;
}

static gboolean
parse_options (Options  *options,
               int      *argc,
               char   ***argv,
               GError  **error)
{
  const GOptionEntry entries[] = {
    { "testapp", 0, 0, G_OPTION_ARG_FILENAME, &options->testapp, "The rocketio-testapp to measure", "PATH" },
    { "clients", 'n', 0, G_OPTION_ARG_INT, &options->clients, "Clients (10000)", "N" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &options->rounds, "Rounds of each figure, medians count (12)", "R" },
    { "active", 0, 0, G_OPTION_ARG_INT, &options->active, "Clients that echo (200)", "K" },
    { "targets", 't', 0, G_OPTION_ARG_STRING, &options->targets, "Only these: bare,rocketio,rocketio2,ws,"
      "socket.io", "LIST" },
    { "only", 'o', 0, G_OPTION_ARG_STRING, &options->only, "Only these: connect,fanout,echo,alone,silence,comet,"
      "http,once,stalled", "LIST" },
    { "base", 0, 0, G_OPTION_ARG_STRING, &options->base, "Measure the others in turn with this one (bare)", "NAME" },
    { "also", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->also, "Another server of version 1, such as an older build",
      "NAME=COMMAND" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options->json, "Write all samples there", "FILE" },
    { "quick", 'q', 0, G_OPTION_ARG_NONE, &options->quick, "Small and short, to see that it works", NULL },
    { "patience", 0, 0, G_OPTION_ARG_DOUBLE, &options->patience, "Standing still for so long is a stall (10)", "S" },
    { "scripts", 0, 0, G_OPTION_ARG_FILENAME, &options->scripts, "Where the servers of npm are", "DIR" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- measure rocketio-glib beside other servers");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->patience > 0 && *argc == 1)
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s",
               *argc > 1 ? "there is an argument too many" : "--patience must be positive");

  return FALSE;
}

static void
options_clear (Options *options)
{
  g_free (options->testapp);
  g_free (options->scripts);
  g_free (options->targets);
  g_free (options->only);
  g_free (options->base);
  g_free (options->json);
  g_strfreev (options->also);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --- signals --- */

/* The first one ends the run in order, the second one at once; the servers die with us either way. */
static void
on_signal (int number)
{
  load_interrupt ();
  signal (number, SIG_DFL);
}

static void
catch_signals (void)
{
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGHUP, &action, NULL);
}

/* The ended servers are our children, so theirs is known. */
static double
servers_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);

  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* --- the run --- */

/* The base is measured beside each of the others; alone only when it is the only one. */
static void
run_websocket (const Settings *settings,
               Result         *results,
               guint           n,
               const Target   *base)
{
  guint others = 0;

  for (guint i = 0; i < n; i++)
    {
      if (results[i].target == base || results[i].target->absent != NULL)
        continue;
      suite_websocket (settings, results[i].target, base, &results[i]);
      others++;
    }
  for (guint i = 0; others == 0 && i < n; i++)
    {
      if (results[i].target->absent == NULL)
        suite_websocket (settings, results[i].target, NULL, &results[i]);
    }
}

static void
run_http_suites (const Settings *settings,
                 Result         *result)
{
  const Target *target = result->target;

  if (target->absent != NULL || !target->http)
    return;
  if (settings->silence_too && target->queues)
    suite_silence (settings, target, &result->silence);
  if (settings->comet)
    suite_comet (settings, target, &result->comet);
  if (settings->http)
    suite_http (settings, target, &result->http);
  if (settings->churn)
    suite_once (settings, target, &result->once);
}

static void
run_stalled (const Settings *settings,
             Result         *result)
{
  const Target *target = result->target;

  if (settings->stalled && target->absent == NULL && target->ids)
    suite_stalled (settings, target, &result->stalled);
}

static Result *
run (const Settings *settings,
     GPtrArray      *selected)
{
  Result *results = g_new0 (Result, selected->len);
  const Target *base = NULL;

  for (guint i = 0; i < selected->len; i++)
    {
      results[i].target = selected->pdata[i];
      if (g_str_equal (results[i].target->name, settings->base) && results[i].target->absent == NULL)
        base = results[i].target;
      if (results[i].target->absent != NULL)
        progress_warn ("%s: not run: %s", results[i].target->name, results[i].target->absent);
    }

  if (settings->connect)
    run_websocket (settings, results, selected->len, base);
  for (guint i = 0; i < selected->len; i++)
    {
      run_http_suites (settings, &results[i]);
      run_stalled (settings, &results[i]);
    }
  progress_end ();

  return results;
}

static void
ws_figures_clear (WsFigures *ws)
{
  Samples *all[] = { &ws->connect, &ws->fanout, &ws->push_cpu, &ws->echo, &ws->echo_cpu, &ws->lone_few,
                     &ws->lone_many };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    samples_clear (all[i]);
  g_free (ws->trouble);
}

static void
results_free (Result *results,
              guint   n)
{
  for (guint i = 0; i < n; i++)
    {
      Result *result = &results[i];
      Samples *all[] = { &result->comet.push, &result->comet.ws_push, &result->comet.push_cpu, &result->http.none,
                         &result->http.used, &result->http.mute, &result->once.memory[ONCE_GET],
                         &result->once.memory[ONCE_POST], &result->once.memory[ONCE_WEBSOCKET] };

      for (guint k = 0; k < G_N_ELEMENTS (all); k++)
        samples_clear (all[k]);
      for (guint k = 0; k < N_STALLED; k++)
        {
          samples_clear (&result->stalled.p50[k]);
          samples_clear (&result->stalled.p99[k]);
        }
      g_free (result->stalled.trouble);
      ws_figures_clear (&result->ws);
      ws_figures_clear (&result->ws_base);
      g_free (result->silence.trouble);
      g_free (result->comet.trouble);
      g_free (result->http.trouble);
      g_free (result->once.trouble);
    }
  g_free (results);
}

static int
measure (const Options *options,
         Settings      *settings,
         GPtrArray     *selected)
{
  g_autoptr (GError) error = NULL;
  Result *results;
  double others;
  Quiet quiet;
  gboolean ok;

  quiet_begin (&quiet, 0);
  results = run (settings, selected);
  others = quiet_others (&quiet, servers_cpu ());
  report_tables (settings, results, selected->len);
  ok = report_goals (settings, results, selected->len);
  printf ("\n%.0f s; other programs used %.2f of %ld CPUs meanwhile.\n",
          (g_get_monotonic_time () - quiet.start) / 1e6, others, sysconf (_SC_NPROCESSORS_ONLN));
  if (load_is_interrupted ())
    printf ("Interrupted: the figures are of a part.\n");
  if (options->json != NULL && !report_json (options->json, settings, results, selected->len, others, &error))
    {
      printf ("%s\n", error->message);
      ok = FALSE;
    }
  results_free (results, selected->len);

  return ok && !load_is_interrupted () ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main (int    argc,
      char **argv)
{
  g_auto (Options) options = { .scripts = g_strdup (BENCH_SCRIPTS), .base = g_strdup ("bare"), .patience = 10 };
  g_autoptr (GArray) targets = g_array_new (FALSE, FALSE, sizeof (Target));
  g_autoptr (GPtrArray) selected = NULL;
  g_autoptr (GError) error = NULL;
  Settings settings;

  g_array_set_clear_func (targets, target_clear);
  if (!parse_options (&options, &argc, &argv, &error) || !add_targets (targets, &options, &error) ||
      (selected = select_targets (targets, &options, &error)) == NULL)
    {
      fprintf (stderr, "rocketio-bench: %s\n", error->message);
      return 2;
    }
  settings = make_settings (&options);
  if (!select_suites (&settings, options.only, &error))
    {
      fprintf (stderr, "rocketio-bench: %s\n", error->message);
      return 2;
    }

  catch_signals ();

  return measure (&options, &settings, selected);
}
