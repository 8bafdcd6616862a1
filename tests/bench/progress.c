/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define REDRAW_US (G_USEC_PER_SEC / 10)
#define ERASE_LINE "\r\033[K"

static char *phase;
static gint64 drawn_at;

static gboolean
is_terminal (void)
{
  static int terminal = -1;

  if (terminal < 0)
    terminal = isatty (STDERR_FILENO);

  return terminal;
}

static G_GNUC_PRINTF (1, 0) void
set_phase (const char *format,
           va_list     args)
{
  g_free (phase);
  phase = g_strdup_vprintf (format, args);
  drawn_at = 0;
}

void
progress_phase (const char *format,
                ...)
{
  va_list args;

  va_start (args, format);
  set_phase (format, args);
  va_end (args);

  fprintf (stderr, is_terminal () ? ERASE_LINE "%s" : "%s\n", phase);
}

/* What is done many times. */
void
progress_step (const char *format,
               ...)
{
  va_list args;

  if (!is_terminal ())
    return;

  va_start (args, format);
  set_phase (format, args);
  va_end (args);
  fprintf (stderr, ERASE_LINE "%s", phase);
}

/* Called after every turn of the loop, so it must be nothing nearly always. */
void
progress_update (guint done,
                 guint goal)
{
  gint64 now;

  if (!is_terminal () || phase == NULL)
    return;
  now = g_get_monotonic_time ();
  if (now - drawn_at < REDRAW_US)
    return;

  drawn_at = now;
  fprintf (stderr, ERASE_LINE "%s  %u/%u", phase, done, goal);
}

void
progress_warn (const char *format,
               ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  fprintf (stderr, "%s%s\n", is_terminal () ? ERASE_LINE : "", text);
}

void
progress_end (void)
{
  if (is_terminal () && phase != NULL)
    fputs (ERASE_LINE, stderr);
  g_clear_pointer (&phase, g_free);
}
