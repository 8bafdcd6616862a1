/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-host.h"

#define N_CLIENTS 8
#define N_STEPS   1500

/* The hub against a model that knows no logs and no cursors: each client has simply the list of what it shall get. */
typedef struct
{
  RocketIOSession *session;      /* NULL: not connected */
  FakeTransport   *transport;
  char            *channel;
  GString         *expected;
} Client;

typedef struct
{
  FakeHost *host;
  GRand    *rand;
  Client    clients[N_CLIENTS];
  guint     n_pushed;
  guint     max_size;            /* of a push */
  guint     n_complete;          /* clients that got everything */
  guint     n_slow;              /* clients that were closed as too slow */
} Model;

static const char * const channels[] = { NULL, "", "a", "b", "c" };

static guint
pick (Model *model,
      guint  n)
{
  return g_rand_int_range (model->rand, 0, n);
}

static Client *
pick_client (Model *model)
{
  return &model->clients[pick (model, N_CLIENTS)];
}

static void
open_client (Model  *model,
             Client *client)
{
  client->transport = fake_transport_new (pick (model, 2) == 0 ? ROCKETIO_TRANSPORT_TYPE_COMET
                                                               : ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  client->session = fake_host_connect (model->host, client->transport);
  rocketio_session_open (client->session);
  client->expected = g_string_new (NULL);
}

/* What it got is what it should have got, to the end if nothing went wrong. */
static void
check_client (Model    *model,
              Client   *client,
              gboolean  is_complete)
{
  const char *got = client->transport->events->str;

  if (is_complete)
    g_assert_cmpstr (got, ==, client->expected->str);
  else
    g_assert_true (g_str_has_prefix (client->expected->str, got));

  model->n_complete += is_complete;
  model->n_slow += client->transport->gone && client->transport->reason == ROCKETIO_CLOSE_REASON_SLOW;
}

static void
drop_client (Client *client)
{
  g_clear_object (&client->session);
  g_clear_pointer (&client->transport, fake_transport_free);
  g_clear_pointer (&client->channel, g_free);
  g_string_free (client->expected, TRUE);
  client->expected = NULL;
}

static void
close_client (Model  *model,
              Client *client)
{
  /* Closing by the server flushes, to a poll only if there is one; a broken connection does not. */
  gboolean by_server = pick (model, 2) == 0;
  gboolean was_gone = client->transport->gone;
  gboolean can_flush = client->transport->writable ||
                       client->transport->parent.klass->type == ROCKETIO_TRANSPORT_TYPE_WEBSOCKET;

  rocketio_session_end (client->session, by_server ? ROCKETIO_CLOSE_REASON_SERVER : ROCKETIO_CLOSE_REASON_LOST);
  check_client (model, client, by_server && can_flush && !was_gone && model->max_size == 0);
  drop_client (client);
}

static void
hop (Model  *model,
     Client *client)
{
  const char *channel = channels[pick (model, G_N_ELEMENTS (channels))];

  if (client->transport->gone)
    return;

  rocketio_session_set_channel (client->session, channel);
  g_free (client->channel);
  client->channel = g_strdup (channel);
}

static char **
pick_ids (Model *model)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint n = pick (model, 4); n > 0; n--)
    {
      Client *client = pick_client (model);

      g_strv_builder_add (builder, client->session != NULL ? rocketio_session_get_id (client->session) : "nobody");
    }

  return g_strv_builder_end (builder);
}

static char **
pick_channels (Model *model)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint n = pick (model, 4); n > 0; n--)
    g_strv_builder_add (builder, channels[1 + pick (model, G_N_ELEMENTS (channels) - 1)]);

  return g_strv_builder_end (builder);
}

static gboolean
contains (char       **list,
          const char  *word)
{
  return list != NULL && word != NULL && g_strv_contains ((const char *const *) list, word);
}

static void
push (Model *model)
{
  g_auto (GStrv) to = pick (model, 3) == 0 ? pick_ids (model) : NULL;
  g_auto (GStrv) rooms = pick (model, 2) == 0 ? pick_channels (model) : NULL;
  g_auto (GStrv) except = pick (model, 4) == 0 ? pick_ids (model) : NULL;
  g_autofree char *name = g_strdup_printf ("e%u", ++model->n_pushed);
  g_autofree char *data = g_strnfill (2 + pick (model, model->max_size + 1), '"');
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
  g_autoptr (RocketIOMessage) message = NULL;

  memset (data + 1, 'x', strlen (data) - 2);
  message = rocketio_message_new_json (name, data, -1, NULL);
  rocketio_push_options_set_to (options, (const char *const *) to);
  rocketio_push_options_set_channels (options, (const char *const *) rooms);
  rocketio_push_options_set_except (options, (const char *const *) except);
  rocketio_hub_push (model->host->hub, message, options);

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      Client *client = &model->clients[i];
      const char *id = client->session != NULL ? rocketio_session_get_id (client->session) : NULL;

      if (id != NULL && !contains (except, id) &&
          ((to == NULL && rooms == NULL) || contains (to, id) || contains (rooms, client->channel)))
        g_string_append_printf (client->expected, " %s", name);
    }
}

static void
block_or_open (Model  *model,
               Client *client)
{
  if (client->transport->gone)
    return;

  if (client->transport->writable)
    client->transport->writable = FALSE;
  else
    fake_transport_open_up (client->transport);
}

static void
step (Model *model)
{
  Client *client = pick_client (model);
  guint what = pick (model, 100);

  if (what < 55)
    push (model);
  else if (what < 75)
    fake_host_run (model->host);
  else if (client->session == NULL)
    open_client (model, client);
  else if (what < 87)
    hop (model, client);
  else if (what < 97)
    block_or_open (model, client);
  else
    close_client (model, client);
}

static void
finish (Model  *model,
        Client *client)
{
  if (client->session == NULL)
    return;

  if (!client->transport->gone)
    fake_transport_open_up (client->transport);
  fake_host_run (model->host);
  check_client (model, client, !client->transport->gone);
  drop_client (client);
}

static void
run_model (Model *model,
           gsize  max_queue)
{
  model->host = fake_host_new ();
  rocketio_hub_set_max_queue (model->host->hub, max_queue);
  for (guint i = 0; i < N_STEPS; i++)
    step (model);
  for (guint i = 0; i < N_CLIENTS; i++)
    finish (model, &model->clients[i]);
  fake_host_free (model->host);
}

static void
test_roomy (void)
{
  g_autoptr (GRand) rand = make_rand ();
  Model model = { NULL, rand };

  for (guint i = 0; i < 5; i++)
    run_model (&model, 1 << 26);

  g_assert_cmpuint (model.n_slow, ==, 0);
  g_assert_cmpuint (model.n_complete, >, 20);
}

/* Where logs overflow, a client gets all up to a point and is closed then, and never anything with a gap. */
static void
test_tight (void)
{
  g_autoptr (GRand) rand = make_rand ();
  Model model = { NULL, rand };

  model.max_size = 100000;
  for (guint i = 0; i < 3; i++)
    run_model (&model, 400000);

  g_assert_cmpuint (model.n_slow, >, 0);
  g_assert_cmpuint (model.n_complete, >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hub/random/roomy", test_roomy);
  g_test_add_func ("/hub/random/tight", test_tight);

  return g_test_run ();
}
