/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server.h"

#include "load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 20000
#define STOP_MS 3000
#define LISTENING "listening on http://127.0.0.1:"
#define LAST_WORDS 600
#define PRIVATE_DIRTY "\nPrivate_Dirty:"
#define SWAPPED "\nSwap:"

guint
server_raise_fds (guint wanted)
{
  struct rlimit limit;
  struct rlimit higher;

  getrlimit (RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted)
    return limit.rlim_cur;

  /* Above the hard limit needs CAP_SYS_RESOURCE, which even root has not everywhere; never above fs.nr_open. */
  higher = (struct rlimit) { wanted, MAX (wanted, limit.rlim_max) };
  if (setrlimit (RLIMIT_NOFILE, &higher) == 0)
    return wanted;

  limit.rlim_cur = MIN (wanted, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
  getrlimit (RLIMIT_NOFILE, &limit);

  return limit.rlim_cur;
}

/* Between fork and exec. Its own process group, so that Ctrl-C reaches the load generator alone, which then ends it in
 * order; and should the load generator be killed, the kernel ends it. */
static G_NORETURN void
become_server (const Target *target,
               int           output,
               pid_t         parent)
{
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (126);
  dup2 (output, STDOUT_FILENO);
  dup2 (output, STDERR_FILENO);
  execvp (target->argv[0], target->argv);
  dprintf (STDERR_FILENO, "%s: %s", target->argv[0], strerror (errno));
  _exit (127);
}

/* What it has written since `from`. */
static char *
read_output (const Server *self,
             off_t         from)
{
  gsize size = 8192;
  char *text = g_malloc0 (size + 1);
  ssize_t n = pread (self->output, text, size, from);

  text[MAX (n, 0)] = '\0';

  return text;
}

/* The end of what it wrote, where it says why it died; not that it listened. */
static char *
read_last_words (const Server *self)
{
  off_t size = lseek (self->output, 0, SEEK_END);
  char *text = read_output (self, MAX (0, size - LAST_WORDS));
  char *listening = strstr (text, LISTENING);

  if (listening != NULL)
    {
      char *eol = strchr (listening, '\n');
      gsize skip = eol != NULL ? (gsize) (eol + 1 - listening) : strlen (listening);

      memmove (listening, listening + skip, strlen (listening + skip) + 1);
    }

  return g_strstrip (text);
}

static gboolean
find_port (Server *self)
{
  g_autofree char *text = read_output (self, 0);
  const char *at = strstr (text, LISTENING);

  if (at == NULL || strchr (at, '\n') == NULL)
    return FALSE;

  self->port = atoi (at + strlen (LISTENING));

  return self->port != 0;
}

static gboolean
await_port (Server *self,
            char  **why)
{
  gint64 end = g_get_monotonic_time () + START_MS * 1000;
  siginfo_t info = { 0 };

  while (!find_port (self))
    {
      waitid (P_PID, self->pid, &info, WEXITED | WNOHANG | WNOWAIT);
      if (info.si_pid == self->pid)
        *why = g_strdup ("ended before it listened");
      else if (g_get_monotonic_time () > end)
        *why = g_strdup_printf ("said nothing of \"listening on\" for %d s", START_MS / 1000);
      else if (load_is_interrupted ())
        *why = g_strdup ("interrupted");
      if (*why != NULL)
        return FALSE;
      g_usleep (5000);
    }

  return TRUE;
}

/* FALSE with the reason, which is the caller's. */
gboolean
server_start (Server       *self,
              const Target *target,
              char        **why)
{
  pid_t parent = getpid ();
  g_autofree char *end = NULL;

  *self = (Server) { .target = target, .pid = -1 };
  self->output = memfd_create ("output", MFD_CLOEXEC);
  if (self->output >= 0)
    self->pid = fork ();
  if (self->pid == 0)
    become_server (target, self->output, parent);
  if (self->pid < 0)
    {
      *why = g_strdup_printf ("cannot start: %s", g_strerror (errno));
      if (self->output >= 0)
        close (self->output);
      return FALSE;
    }

  if (await_port (self, why) && clock_getcpuclockid (self->pid, &self->clock) == 0)
    return TRUE;

  end = server_stop (self);
  if (end != NULL)
    {
      char *both = g_strdup_printf ("%s; %s", *why != NULL ? *why : "cannot be watched", end);
      g_free (*why);
      *why = both;
    }

  return FALSE;
}

static gboolean
await_end (Server *self,
           int    *status)
{
  gint64 end = g_get_monotonic_time () + STOP_MS * 1000;

  do
    {
      if (waitpid (self->pid, status, WNOHANG) != 0)
        return TRUE;
      g_usleep (5000);
    }
  while (g_get_monotonic_time () < end);

  return FALSE;
}

/* Ends it, or finds that it has ended: then returns how, and its last words. NULL when it was alive. */
char *
server_stop (Server *self)
{
  g_autofree char *words = NULL;
  gboolean ended;
  int status = 0;

  if (self->pid <= 0)
    return NULL;

  ended = waitpid (self->pid, &status, WNOHANG) == self->pid;
  if (!ended)
    {
      kill (self->pid, SIGTERM);
      if (!await_end (self, &status))
        {
          kill (self->pid, SIGKILL);
          waitpid (self->pid, &status, 0);
        }
    }
  words = read_last_words (self);
  close (self->output);
  self->pid = -1;

  if (!ended)
    return NULL;
  if (WIFSIGNALED (status))
    return g_strdup_printf ("killed by signal %d (%s)%s%s", WTERMSIG (status), strsignal (WTERMSIG (status)),
                            *words != '\0' ? ": " : "", words);

  return g_strdup_printf ("exit status %d%s%s", WEXITSTATUS (status), *words != '\0' ? ": " : "", words);
}

/* Seconds, to the nanosecond: /proc/PID/stat has ticks of 10 ms, in which a push to 100 clients does not show. */
double
server_cpu (const Server *self)
{
  struct timespec time = { 0, 0 };

  clock_gettime (self->clock, &time);

  return time.tv_sec + time.tv_nsec / 1e9;
}

/* Bytes that it alone has written to: heap, stacks, data. Not RSS or PSS: those move when another program that uses the
 * same libraries starts or ends. */
double
server_memory (const Server *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int) self->pid);
  g_autofree char *text = NULL;
  const char *dirty;
  const char *swapped;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NAN;
  dirty = strstr (text, PRIVATE_DIRTY);
  swapped = strstr (text, SWAPPED);
  if (dirty == NULL)
    return NAN;

  return (strtod (dirty + strlen (PRIVATE_DIRTY), NULL) +
          (swapped != NULL ? strtod (swapped + strlen (SWAPPED), NULL) : 0)) * 1024;
}

int
server_fds (const Server *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) self->pid);
  DIR *dir = opendir (path);
  int n = 0;

  if (dir == NULL)
    return -1;
  for (struct dirent *entry = readdir (dir); entry != NULL; entry = readdir (dir))
    n += entry->d_name[0] != '.';
  closedir (dir);

  return n;
}
