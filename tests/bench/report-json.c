/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* All samples, for a file. */

#include "report.h"

#include "stalled.h"

#include <math.h>

typedef struct
{
  GString *text;
  gboolean comma;
} Json;

static void
json_key (Json       *self,
          const char *key)
{
  if (self->comma)
    g_string_append_c (self->text, ',');
  self->comma = FALSE;
  if (key != NULL)
    g_string_append_printf (self->text, "\n\"%s\":", key);
}

static void
json_open (Json       *self,
           const char *key,
           char        bracket)
{
  json_key (self, key);
  g_string_append_c (self->text, bracket);
}

static void
json_close (Json *self,
            char  bracket)
{
  g_string_append_c (self->text, bracket);
  self->comma = TRUE;
}

static void
json_number (Json       *self,
             const char *key,
             double      value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  json_key (self, key);
  g_string_append (self->text, isfinite (value) ? g_ascii_formatd (digits, sizeof digits, "%.9g", value) : "null");
  self->comma = TRUE;
}

static void
json_text (Json       *self,
           const char *key,
           const char *value)
{
  json_key (self, key);
  self->comma = TRUE;
  if (value == NULL)
    {
      g_string_append (self->text, "null");
      return;
    }

  g_string_append_c (self->text, '"');
  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (self->text, '\\');
      if ((guchar) *c < ' ')
        g_string_append_printf (self->text, "\\u%04x", *c);
      else
        g_string_append_c (self->text, *c);
    }
  g_string_append_c (self->text, '"');
}

/* All samples: whoever compares two runs wants to see how they scatter. */
static void
json_array (Json       *self,
            const char *key,
            GArray     *values)
{
  json_open (self, key, '[');
  for (guint i = 0; values != NULL && i < values->len; i++)
    json_number (self, NULL, g_array_index (values, double, i));
  json_close (self, ']');
}

static void
json_samples (Json          *self,
              const char    *key,
              const Samples *samples)
{
  g_autofree char *quiet = g_strconcat (key, "_quiet", NULL);

  json_array (self, key, samples->values);
  json_array (self, quiet, samples->quiet);
}

static void
json_websocket (Json            *self,
                const char      *key,
                const WsFigures *ws)
{
  json_open (self, key, '{');
  json_number (self, "clients", ws->clients);
  json_samples (self, "connect_s", &ws->connect);
  json_samples (self, "fanout_s", &ws->fanout);
  json_samples (self, "push_cpu_s", &ws->push_cpu);
  json_samples (self, "echo_per_s", &ws->echo);
  json_samples (self, "echo_cpu_s", &ws->echo_cpu);
  json_samples (self, "alone_few_per_s", &ws->lone_few);
  json_samples (self, "alone_many_per_s", &ws->lone_many);
  json_number (self, "memory_bytes", ws->memory);
  json_number (self, "memory_pushed_bytes", ws->memory_pushed);
  json_number (self, "lost", ws->lost);
  json_number (self, "stray", ws->strays);
  json_text (self, "trouble", ws->trouble);
  json_close (self, '}');
}

static void
json_silence (Json                 *self,
              const SilenceFigures *silence)
{
  json_open (self, "silence", '{');
  json_number (self, "clients", silence->clients);
  json_number (self, "seconds", silence->seconds);
  json_number (self, "lost", silence->lost);
  json_text (self, "trouble", silence->trouble);
  json_close (self, '}');
}

static void
json_comet (Json               *self,
            const CometFigures *comet)
{
  json_open (self, "comet", '{');
  json_number (self, "clients", comet->clients);
  json_number (self, "post_connections", comet->posts);
  json_number (self, "connect_s", comet->connect);
  json_samples (self, "push_s", &comet->push);
  json_samples (self, "websocket_push_s", &comet->ws_push);
  json_samples (self, "push_cpu_s", &comet->push_cpu);
  json_number (self, "pushes_per_s", comet->pushes);
  json_number (self, "memory_bytes", comet->memory);
  json_number (self, "memory_pushed_bytes", comet->memory_pushed);
  json_number (self, "lost", comet->lost);
  json_number (self, "stray", comet->strays);
  json_text (self, "trouble", comet->trouble);
  json_close (self, '}');
}

static void
json_http (Json              *self,
           const HttpFigures *http)
{
  json_open (self, "http", '{');
  json_number (self, "idle", http->idle);
  json_samples (self, "none_per_s", &http->none);
  json_samples (self, "used_per_s", &http->used);
  json_samples (self, "mute_per_s", &http->mute);
  json_number (self, "reopened", http->reopened);
  json_text (self, "trouble", http->trouble);
  json_close (self, '}');
}

static void
json_once (Json              *self,
           const OnceFigures *once)
{
  json_open (self, "once", '{');
  json_number (self, "connections", once->n);
  for (guint i = 0; i < N_ONCE; i++)
    {
      json_open (self, once_name (i), '{');
      json_number (self, "fds", once->fds[i]);
      json_array (self, "memory_bytes", once->memory[i].values);
      json_close (self, '}');
    }
  json_text (self, "trouble", once->trouble);
  json_close (self, '}');
}

static void
json_stalled (Json                 *self,
              const StalledFigures *stalled)
{
  json_open (self, "stalled", '{');
  json_number (self, "clients", stalled->clients);
  for (guint i = 0; i < N_STALLED; i++)
    {
      json_open (self, stalled_name (i), '{');
      json_samples (self, "p50_s", &stalled->p50[i]);
      json_samples (self, "p99_s", &stalled->p99[i]);
      json_close (self, '}');
    }
  json_number (self, "lost", stalled->lost);
  json_text (self, "trouble", stalled->trouble);
  json_close (self, '}');
}

static void
json_result (Json         *self,
             const Result *result)
{
  json_open (self, NULL, '{');
  json_text (self, "name", result->target->name);
  json_text (self, "not_run", result->target->absent);
  if (result->ws.clients > 0)
    json_websocket (self, "websocket", &result->ws);
  if (result->ws_base.clients > 0)
    json_websocket (self, "base_websocket", &result->ws_base);
  if (result->silence.clients > 0)
    json_silence (self, &result->silence);
  if (result->comet.clients > 0)
    json_comet (self, &result->comet);
  if (result->http.idle > 0)
    json_http (self, &result->http);
  if (result->once.n > 0)
    json_once (self, &result->once);
  if (result->stalled.clients > 0)
    json_stalled (self, &result->stalled);
  json_close (self, '}');
}

gboolean
report_json (const char     *path,
             const Settings *settings,
             Result         *results,
             guint           n,
             double          others_cpu,
             GError        **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Json json = { text, FALSE };

  json_open (&json, NULL, '{');
  json_number (&json, "clients", settings->clients);
  json_number (&json, "rounds", settings->rounds);
  json_number (&json, "others_cpu", others_cpu);
  json_text (&json, "base", settings->base);
  json_open (&json, "servers", '[');
  for (guint i = 0; i < n; i++)
    json_result (&json, &results[i]);
  json_close (&json, ']');
  json_close (&json, '}');
  g_string_append_c (text, '\n');

  return g_file_set_contents (path, text->str, text->len, error);
}
