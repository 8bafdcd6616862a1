/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "http.h"

#include <stdlib.h>
#include <string.h>

#define BURST 256 /* as in ws.c */

typedef enum
{
  MODE_CONNECT, /* one request if there is one, then idle */
  MODE_RUN,     /* the next request as soon as the answer is there */
  MODE_DRAIN,
  MODE_ONCE, /* one request, then closed */
} Mode;

typedef struct
{
  Conn     conn; /* first: a Conn is its client */
  gboolean asked;
  gboolean settled; /* counted, whatever became of it */
} HttpClient;

struct _HttpFleet
{
  Load       *load;
  HttpClient *clients;
  guint       n;
  guint       n_opened;
  guint       n_pending;
  guint       n_lost;
  guint       n_reopened;
  guint       n_answers;
  gboolean    opened_all;
  Mode        mode;
  Tally       tally;
  char       *request;
  gsize       request_length;
};

/* --- messages --- */

static void
parse_header (HttpReply  *reply,
              const char *line,
              gsize       length,
              gboolean   *sized)
{
  if (length > 15 && g_ascii_strncasecmp (line, "Content-Length:", 15) == 0)
    {
      reply->length = strtoul (line + 15, NULL, 10);
      *sized = TRUE;
    }
  else if (length > 17 && g_ascii_strncasecmp (line, "Connection: close", 17) == 0)
    reply->last = TRUE;
}

gssize
http_parse_reply (HttpReply  *reply,
                  const char *data,
                  gsize       length)
{
  const char *end = memmem (data, length, "\r\n\r\n", 4);
  gboolean sized = FALSE;

  if (end == NULL)
    return 0;
  if (length < 12 || memcmp (data, "HTTP/1.", 7) != 0)
    return -1;

  *reply = (HttpReply) { .status = atoi (data + 9), .body = end + 4 };
  for (const char *line = data; line < end; )
    {
      const char *eol = memmem (line, end + 2 - line, "\r\n", 2);

      parse_header (reply, line, eol - line, &sized);
      line = eol + 2;
    }
  if (!sized)
    return -1;

  return (gsize) (data + length - reply->body) >= reply->length ? reply->body + reply->length - data : 0;
}

char *
http_get (guint16     port,
          const char *path)
{
  return g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\n\r\n", path, port);
}

/* The form that the original's clients post. */
char *
http_post_events (guint16     port,
                  const char *session,
                  const char *events)
{
  g_autofree char *json = g_strdup_printf ("{\"session\":\"%s\",\"events\":%s}", session, events);
  g_autofree char *value = g_uri_escape_string (json, NULL, FALSE);

  return g_strdup_printf ("POST /cometio/io HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\n"
                          "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
                          "Content-Length: %u\r\n\r\njson=%s",
                          port, (guint) (5 + strlen (value)), value);
}

/* --- connections --- */

static void
ask (HttpClient *client)
{
  HttpFleet *self = client->conn.owner;

  client->asked = TRUE;
  conn_send (&client->conn, self->request, self->request_length);
}

static void
fleet_open_more (HttpFleet *self)
{
  while (self->n_opened < self->n && self->n_pending < BURST)
    {
      HttpClient *client = &self->clients[self->n_opened++];

      if (conn_is_open (&client->conn))
        continue;
      client->settled = FALSE;
      client->asked = FALSE;
      if (conn_open (&client->conn))
        {
          self->n_pending++;
          continue;
        }
      client->settled = TRUE;
      self->n_lost++;
      tally_add (&self->tally);
    }
}

static void
settle (HttpClient *client)
{
  HttpFleet *self = client->conn.owner;

  client->settled = TRUE;
  self->n_pending--;
  tally_add (&self->tally);
  fleet_open_more (self);
}

static void
client_connected (Conn *conn)
{
  HttpClient *client = (HttpClient *) conn;
  HttpFleet *self = conn->owner;

  if (self->request_length > 0)
    ask (client);
  else
    settle (client);
}

static void
client_lost (Conn *conn)
{
  HttpClient *client = (HttpClient *) conn;
  HttpFleet *self = conn->owner;

  self->n_lost++;
  if (!client->settled)
    settle (client);
  else if (self->mode == MODE_DRAIN && client->asked)
    tally_add (&self->tally);
}

static void
drop (HttpClient *client,
      const char *why)
{
  load_note (client->conn.load, why);
  conn_close (&client->conn);
  client_lost (&client->conn);
}

static void
answered (HttpClient *client)
{
  HttpFleet *self = client->conn.owner;

  client->asked = FALSE;
  self->n_answers++;
  switch (self->mode)
    {
    case MODE_ONCE:
      conn_close (&client->conn);
      settle (client);
      break;
    case MODE_CONNECT:
      settle (client);
      break;
    case MODE_RUN:
      ask (client);
      break;
    case MODE_DRAIN:
      tally_add (&self->tally);
      break;
    }
}

static gsize
client_received (Conn       *conn,
                 const char *data,
                 gsize       length)
{
  HttpClient *client = (HttpClient *) conn;
  HttpReply reply;
  gssize size = http_parse_reply (&reply, data, length);

  if (size == 0)
    return 0;
  if (size < 0)
    drop (client, "an answer that is no HTTP, or has no Content-Length");
  else if (!client->asked)
    drop (client, "an answer to nothing");
  else if (reply.status != 200)
    drop (client, "an answer that is not 200");
  else
    answered (client);

  return MAX (size, 0);
}

static const ConnClass client_class = { client_connected, client_received, client_lost };

/* --- the fleet --- */

HttpFleet *
http_fleet_new (Load       *load,
                guint       n,
                const char *request)
{
  HttpFleet *self = g_new0 (HttpFleet, 1);

  self->load = load;
  self->n = n;
  self->request = g_strdup (request);
  self->request_length = strlen (request);
  self->clients = g_new0 (HttpClient, n);
  for (guint i = 0; i < n; i++)
    conn_init (&self->clients[i].conn, &client_class, load, self);

  return self;
}

void
http_fleet_free (HttpFleet *self)
{
  for (guint i = 0; i < self->n; i++)
    conn_close (&self->clients[i].conn);
  g_free (self->clients);
  g_free (self->request);
  g_free (self);
}

guint
http_fleet_lost (HttpFleet *self)
{
  return self->n_lost;
}

/* Of those that were to stay open. */
guint
http_fleet_reopened (HttpFleet *self)
{
  return self->n_reopened;
}

static guint
count_closed (HttpFleet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    n += !conn_is_open (&self->clients[i].conn);

  return n;
}

static gboolean
open_all (HttpFleet  *self,
          Mode        mode,
          const char *what)
{
  self->mode = mode;
  self->n_opened = 0;
  self->n_pending = 0;
  self->n_lost = 0;
  tally_start (&self->tally, count_closed (self));
  if (self->opened_all)
    self->n_reopened += self->tally.goal;
  self->opened_all = TRUE;
  fleet_open_more (self);
  if (!load_wait (self->load, what, &self->tally))
    return FALSE;
  if (self->n_lost == self->n)
    load_blame (self->load, "all %u connections failed while %s", self->n, what);

  return self->n_lost < self->n;
}

/* All open, and each that speaks has got one answer. Called again it opens those anew that the server has closed. */
gboolean
http_fleet_connect (HttpFleet *self)
{
  return open_all (self, MODE_CONNECT, "connecting");
}

/* Opens, asks, reads the answer and closes, every one of them. */
gboolean
http_fleet_use_once (HttpFleet *self)
{
  return open_all (self, MODE_ONCE, "using connections once");
}

static guint
ask_all (HttpFleet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    {
      if (!conn_is_open (&self->clients[i].conn))
        continue;
      ask (&self->clients[i]);
      n++;
    }

  return n;
}

static guint
count_asked (HttpFleet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    n += conn_is_open (&self->clients[i].conn) && self->clients[i].asked;

  return n;
}

/* Request after request on each of the open connections, for so long. */
gboolean
http_fleet_run (HttpFleet *self,
                double     for_seconds,
                double    *answers,
                double    *seconds)
{
  gint64 start = g_get_monotonic_time ();

  self->mode = MODE_RUN;
  self->n_answers = 0;
  if (ask_all (self) == 0)
    load_blame (self->load, "the server has closed all %u connections", self->n);
  if (load_trouble (self->load) != NULL || !load_spin (self->load, "requesting", for_seconds * 1000))
    return FALSE;

  *answers = self->n_answers;
  *seconds = (g_get_monotonic_time () - start) / 1e6;

  self->mode = MODE_DRAIN;
  tally_start (&self->tally, count_asked (self));

  return load_wait (self->load, "waiting for the last answers", &self->tally);
}
