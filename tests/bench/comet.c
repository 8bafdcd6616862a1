/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "comet.h"

#include "http.h"

#include <string.h>

#define BURST 256 /* as in ws.c */

/* When pushes are made without a pause, the slowest client is at most so many behind: what is measured is what all
 * clients get, not what a server can take in and queue. */
#define MAX_LAG 16

#define CHANNEL_EVENTS "[{\"type\":\"__channel_id\",\"data\":null}]"

typedef struct
{
  Conn     poll; /* first: this Conn is its client */
  Conn     post;
  guint    received; /* the last push */
  char     id[65];
  gboolean polling; /* the server owes an answer */
  gboolean posting;
  gboolean ready; /* has its session id and has told its channel */
  gboolean gone;
} CometClient;

struct _CometFleet
{
  Load        *load;
  CometClient *clients;
  guint        n;
  guint        n_posts;
  guint        n_opened;
  guint        n_pending;
  guint        n_ready;
  guint        n_lost;
  guint        n_strays; /* messages nobody should have got */
  gboolean     closing;

  guint        push;      /* the number of the push under way or last made */
  gboolean     pushing;   /* one push, and everyone polls again when all have it */
  gboolean     sustained; /* push after push, and everyone polls again at once */
  gboolean     draining;
  guint        slowest;   /* the last push that everyone has */
  guint        n_got[MAX_LAG];
  Tally        tally;
  Tally        posted;
};

static void fleet_open_more (CometFleet *self);
static void push_on         (CometFleet *self);

static CometClient *
client_of_post (Conn *conn)
{
  return (CometClient *) ((char *) conn - G_STRUCT_OFFSET (CometClient, post));
}

/* --- lost clients --- */

static void
client_gone (CometClient *client)
{
  CometFleet *self = client->poll.owner;

  if (client->gone || self->closing)
    return;

  client->gone = TRUE;
  conn_close (&client->poll);
  conn_close (&client->post);
  self->n_lost++;
  if (client->posting && client->ready)
    tally_add (&self->posted);
  if (client->ready)
    self->n_ready--;
  else
    self->n_pending--;
  if (!client->ready || (self->pushing && client->received != self->push))
    tally_add (&self->tally);
  fleet_open_more (self);
}

static void
poll_lost (Conn *conn)
{
  CometClient *client = (CometClient *) conn;

  client_gone (client);
}

/* A server may close an idle one; it is opened again when needed. */
static void
post_lost (Conn *conn)
{
  CometClient *client = client_of_post (conn);

  if (client->posting)
    client_gone (client);
}

static void
drop (CometClient *client,
      const char  *why)
{
  load_note (client->poll.load, why);
  client_gone (client);
}

/* --- POST --- */

static void
send_post (CometClient *client)
{
  CometFleet *self = client->poll.owner;
  g_autofree char *push = g_strdup_printf ("[{\"type\":\"broadcast\",\"data\":{\"n\":%u}}]", self->push);
  g_autofree char *request = http_post_events (load_port (self->load), client->id,
                                               client->ready ? push : CHANNEL_EVENTS);

  conn_send (&client->post, request, strlen (request));
}

static void
post (CometClient *client)
{
  client->posting = TRUE;
  if (conn_is_open (&client->post))
    send_post (client);
  else if (!conn_open (&client->post))
    client_gone (client);
}

static void
post_connected (Conn *conn)
{
  CometClient *client = client_of_post (conn);

  if (client->posting)
    send_post (client);
}

static void
post_answered (CometClient *client)
{
  CometFleet *self = client->poll.owner;

  client->posting = FALSE;
  if (!client->ready)
    {
      client->ready = TRUE;
      self->n_ready++;
      self->n_pending--;
      tally_add (&self->tally);
      fleet_open_more (self);
      return;
    }

  tally_add (&self->posted);
  if (self->sustained)
    push_on (self);
}

static gsize
post_received (Conn       *conn,
               const char *data,
               gsize       length)
{
  CometClient *client = client_of_post (conn);
  CometFleet *self = conn->owner;
  HttpReply reply;
  gssize size = http_parse_reply (&reply, data, length);

  if (size == 0)
    return 0;
  if (size < 0 || reply.status != 200 || !client->posting)
    {
      drop (client, "a POST that was not answered with 200");
      return 0;
    }

  if (reply.last || client - self->clients >= self->n_posts)
    conn_close (conn);
  post_answered (client);

  return size;
}

/* --- polls --- */

static void
send_poll (CometClient *client)
{
  g_autofree char *path = g_strconcat ("/cometio/io", client->id[0] != '\0' ? "?session=" : "", client->id, NULL);
  g_autofree char *request = http_get (load_port (client->poll.load), path);

  conn_send (&client->poll, request, strlen (request));
}

static void
poll_again (CometClient *client)
{
  client->polling = TRUE;
  if (conn_is_open (&client->poll))
    send_poll (client);
  else if (!conn_open (&client->poll))
    client_gone (client);
}

static void
poll_connected (Conn *conn)
{
  CometClient *client = (CometClient *) conn;

  client->polling = TRUE;
  send_poll (client);
}

static void
note_slowest (CometFleet *self,
              guint       number)
{
  self->n_got[number % MAX_LAG]++;
  while (self->slowest < self->push && self->n_got[(self->slowest + 1) % MAX_LAG] >= self->n_ready)
    {
      self->slowest++;
      self->n_got[self->slowest % MAX_LAG] = 0;
      if (self->draining)
        tally_add (&self->tally);
    }
}

/* In order, nothing left out, nothing twice. */
static void
client_pushed (CometClient *client,
               guint        number)
{
  CometFleet *self = client->poll.owner;
  gboolean expected = self->sustained || (self->pushing && number == self->push);

  if (!expected || number != client->received + 1 || number > self->push)
    {
      self->n_strays++;
      return;
    }

  client->received = number;
  if (self->sustained)
    note_slowest (self, number);
  else
    tally_add (&self->tally);
}

static gboolean
take_id (CometClient *client,
         const char  *body,
         gsize        length)
{
  const char *end = body + length;
  const char *at = memmem (body, length, "\"__session_id\"", 14);
  const char *quote;

  if (at == NULL || (at = memmem (at, end - at, "\"data\":\"", 8)) == NULL)
    return FALSE;
  at += 8;
  quote = memchr (at, '"', end - at);
  if (quote == NULL || quote - at >= (gssize) sizeof client->id)
    return FALSE;
  memcpy (client->id, at, quote - at);

  return TRUE;
}

static void
poll_answered (CometClient *client,
               const char  *body,
               gsize        length)
{
  CometFleet *self = client->poll.owner;
  const char *at = body;
  gboolean pushed = FALSE;
  guint number;

  while ((at = load_find_number (at, body + length, &number)) != NULL)
    {
      client_pushed (client, number);
      pushed = TRUE;
    }

  /* After a single push nobody polls before all have got it (comet_fleet_repoll): the time is that of the answers. */
  if (!pushed || !self->pushing)
    poll_again (client);
  if (pushed && self->sustained)
    push_on (self);
}

static void
first_answer (CometClient *client,
              const char  *body,
              gsize        length)
{
  if (!take_id (client, body, length))
    {
      drop (client, "a first answer without a session id");
      return;
    }

  poll_again (client);
  if (!client->gone)
    post (client);
}

static gsize
poll_received (Conn       *conn,
               const char *data,
               gsize       length)
{
  CometClient *client = (CometClient *) conn;
  HttpReply reply;
  gssize size = http_parse_reply (&reply, data, length);

  if (size == 0)
    return 0;
  if (size < 0 || reply.status != 200 || !client->polling)
    {
      drop (client, "a poll that was not answered with 200");
      return 0;
    }

  client->polling = FALSE;
  if (reply.last)
    conn_close (conn);
  if (client->id[0] == '\0')
    first_answer (client, reply.body, reply.length);
  else
    poll_answered (client, reply.body, reply.length);

  return size;
}

static const ConnClass poll_class = { poll_connected, poll_received, poll_lost };
static const ConnClass post_class = { post_connected, post_received, post_lost };

/* --- the fleet --- */

CometFleet *
comet_fleet_new (Load *load,
                 guint n,
                 guint n_posts)
{
  CometFleet *self = g_new0 (CometFleet, 1);

  self->load = load;
  self->n = n;
  self->n_posts = n_posts;
  self->clients = g_new0 (CometClient, n);
  for (guint i = 0; i < n; i++)
    {
      conn_init (&self->clients[i].poll, &poll_class, load, self);
      conn_init (&self->clients[i].post, &post_class, load, self);
    }

  return self;
}

static void
close_all (CometFleet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      conn_close (&self->clients[i].poll);
      conn_close (&self->clients[i].post);
    }
}

void
comet_fleet_free (CometFleet *self)
{
  close_all (self);
  g_free (self->clients);
  g_free (self);
}

guint
comet_fleet_lost (CometFleet *self)
{
  return self->n_lost;
}

guint
comet_fleet_strays (CometFleet *self)
{
  return self->n_strays;
}

/* Of one client that is there, NULL if nobody is. */
const char *
comet_fleet_session (CometFleet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      if (self->clients[i].ready && !self->clients[i].gone)
        return self->clients[i].id;
    }

  return NULL;
}

static void
fleet_open_more (CometFleet *self)
{
  while (self->n_opened < self->n && self->n_pending < BURST)
    {
      CometClient *client = &self->clients[self->n_opened++];

      if (conn_open (&client->poll))
        {
          self->n_pending++;
          continue;
        }
      client->gone = TRUE;
      self->n_lost++;
      tally_add (&self->tally);
    }
}

/* Until the last one has its session id and the answer to its `__channel_id`; its second poll is under way then. */
gboolean
comet_fleet_connect (CometFleet *self,
                     double     *seconds)
{
  gint64 start = g_get_monotonic_time ();

  tally_start (&self->tally, self->n);
  fleet_open_more (self);
  if (!load_wait (self->load, "connecting", &self->tally))
    return FALSE;

  *seconds = (self->tally.reached_at - start) / 1e6;
  if (self->n_ready == 0)
    load_blame (self->load, "nobody of %u got in", self->n);

  return self->n_ready > 0;
}

/* Another one each time, of those that keep their connection for POST. NULL when nobody is left. */
static CometClient *
next_pusher (CometFleet *self)
{
  for (guint i = 0; i < self->n_posts; i++)
    {
      CometClient *client = &self->clients[(self->push + i) % self->n_posts];

      if (client->ready && !client->gone)
        return client;
    }

  load_blame (self->load, "all %u clients that push are lost", self->n_posts);

  return NULL;
}

void
comet_fleet_repoll (CometFleet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      CometClient *client = &self->clients[i];

      if (client->ready && !client->gone && !client->polling)
        poll_again (client);
    }
}

/* One client posts a push, until the last poll is answered with it. comet_fleet_repoll() must follow. */
gboolean
comet_fleet_push (CometFleet *self,
                  double     *seconds)
{
  CometClient *pusher = next_pusher (self);
  gint64 start;
  gboolean full;

  if (pusher == NULL)
    return FALSE;

  tally_start (&self->tally, self->n_ready);
  tally_start (&self->posted, 1);
  self->push++;
  self->pushing = TRUE;
  start = g_get_monotonic_time ();
  post (pusher);
  full = load_wait (self->load, "answering all polls", &self->tally) &&
         load_wait (self->load, "answering the POST", &self->posted);
  self->pushing = FALSE;
  *seconds = (self->tally.reached_at - start) / 1e6;

  return full;
}

/* The next push, when the last POST is answered and nobody is too far behind. */
static void
push_on (CometFleet *self)
{
  CometClient *pusher = &self->clients[0];

  if (self->draining || pusher->posting || pusher->gone || self->push - self->slowest >= MAX_LAG - 1)
    return;

  self->push++;
  post (pusher);
}

/* Push after push for so long, and until everyone has got every one of them. */
gboolean
comet_fleet_sustain (CometFleet *self,
                     double      for_seconds,
                     double     *pushes,
                     double     *seconds)
{
  gint64 start = g_get_monotonic_time ();
  guint first = self->push;
  gboolean full;

  if (self->clients[0].gone)
    {
      load_blame (self->load, "the client that pushes is lost");
      return FALSE;
    }

  memset (self->n_got, 0, sizeof self->n_got);
  self->slowest = self->push;
  self->sustained = TRUE;
  push_on (self);
  full = load_spin (self->load, "pushing without a pause", for_seconds * 1000);

  self->draining = TRUE;
  tally_start (&self->tally, self->push - self->slowest);
  tally_start (&self->posted, self->clients[0].posting ? 1 : 0);
  full = full && load_wait (self->load, "answering the last pushes", &self->tally) &&
         load_wait (self->load, "answering the last POST", &self->posted);
  self->sustained = FALSE;
  self->draining = FALSE;
  *pushes = self->slowest - first;
  *seconds = (g_get_monotonic_time () - start) / 1e6;

  return full;
}

/* The connections just end: version 1 knows no goodbye on Comet. */
gboolean
comet_fleet_close (CometFleet *self)
{
  self->closing = TRUE;
  close_all (self);

  return load_spin (self->load, "closing", 100);
}
