/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-host.h"

#include <string.h>

#define N_CLIENTS  6
#define N_STEPS    1500
#define N_CHANNELS 4

/* Sessions of version 2 against a model that knows no logs, cursors or memberships: each client has simply the list of
 * what it shall get, in whatever way its connections break. */
typedef struct
{
  RocketIOSession *session;      /* NULL: there is none */
  FakeTransport   *transport;    /* NULL: cut off */
  gboolean         in[N_CHANNELS];

  GPtrArray       *expected;     /* of char *: names */
  guint            n_got;        /* of those */
  guint            n_at_resume;  /* as many were expected when it came back */
  guint            n_arrived;    /* of what `transport` was sent */
  gboolean         voided;       /* it was not recovered, and has not heard of that yet */
  char            *position;     /* the last that it was told */
  char            *stale;        /* one that lies before what it has confirmed; NULL: none */
  guint64          seq;          /* of the last message */
} Client;

typedef struct
{
  FakeHost  *host;
  GRand     *rand;
  Client     clients[N_CLIENTS];
  guint      n_pushed;
  guint      max_size;           /* of a push */
  GPtrArray *old;                /* of FakeTransport */
  guint      n_recovered;
  guint      n_anew;
  guint      n_complete;         /* clients that got everything to the end */
} Model;

static const char * const channels[N_CHANNELS] = { "", "a", "b", "c" };

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

/* What a client hears */

static void
hear_welcome (Client     *client,
              JsonObject *data)
{
  g_assert_cmpstr (json_object_get_string_member (data, "id"), ==, rocketio_session_get_id (client->session));
  g_assert_cmpint (json_object_get_boolean_member (data, "recovered"), ==,
                   json_object_get_boolean_member (data, "resumed") && !client->voided);
  if (client->voided)
    client->n_got = client->n_at_resume;
  client->voided = FALSE;
}

static void
hear_message (Client     *client,
              JsonObject *message,
              const char *type)
{
  guint64 seq = json_object_get_int_member (message, "seq");

  g_assert_cmpuint (seq, >, client->seq);
  g_assert_cmpuint (client->n_got, <, client->expected->len);
  g_assert_cmpstr (type, ==, g_ptr_array_index (client->expected, client->n_got));
  client->n_got++;
  client->seq = seq;
}

static void
hear (Client     *client,
      const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  JsonObject *message = json_node_get_object (node);
  const char *type = json_object_get_string_member (message, "type");
  JsonNode *data = json_object_get_member (message, "data");
  JsonObject *holder = message;

  if (g_str_equal (type, "__disconnect"))
    return;
  if (g_str_equal (type, "__welcome"))
    hear_welcome (client, json_node_get_object (data));
  else if (!g_str_equal (type, "__heartbeat"))
    hear_message (client, message, type);

  if (!json_object_has_member (message, "pos"))
    holder = json_node_get_object (data);
  g_free (client->position);
  client->position = g_strdup (json_object_get_string_member (holder, "pos"));
}

/* Some more of what was sent arrives. */
static void
arrive (Client *client,
        guint   n)
{
  if (client->transport == NULL)
    return;

  for (; n > 0 && client->n_arrived < client->transport->texts_2->len; n--)
    hear (client, g_ptr_array_index (client->transport->texts_2, client->n_arrived++));
}

static void
pong (Client *client)
{
  g_autofree char *text = NULL;

  if (client->transport == NULL || client->transport->gone || client->position == NULL || client->voided)
    return;

  text = g_strdup_printf ("{\"type\":\"__pong\",\"data\":{\"pos\":\"%s\"}}", client->position);
  fake_transport_receive (client->transport, text);
}

/* The same position again and again is not stale: only one that has been left behind. */
static void
confirm (Client *client)
{
  g_autofree char *before = g_strdup (client->position);

  arrive (client, G_MAXUINT);
  pong (client);
  if (before != NULL && g_strcmp0 (before, client->position) != 0 && client->transport != NULL &&
      !client->transport->gone && !client->voided)
    {
      g_free (client->stale);
      client->stale = g_steal_pointer (&before);
    }
}

/* Coming and going */

static void
open_client (Model  *model,
             Client *client)
{
  *client = (Client) { NULL };
  client->transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  client->session = fake_host_connect_2 (model->host, client->transport);
  client->expected = g_ptr_array_new_with_free_func (g_free);
}

static void
leave_transport (Model  *model,
                 Client *client)
{
  if (client->transport != NULL)
    g_ptr_array_add (model->old, g_steal_pointer (&client->transport));
  client->n_arrived = 0;
}

/* The rest of what was on its way is lost. */
static void
cut (Model  *model,
     Client *client)
{
  if (client->transport == NULL)
    return;

  arrive (client, pick (model, 20));
  if (!client->transport->gone)
    fake_transport_break (client->transport, ROCKETIO_CLOSE_REASON_LOST);
  leave_transport (model, client);
}

static void
come_back (Model  *model,
           Client *client)
{
  gboolean is_stale = client->stale != NULL && pick (model, 8) == 0;
  gboolean recovered;

  /* It may still have a connection, which is taken over. */
  arrive (client, pick (model, 20));
  rocketio_session_expect_stream (client->session);
  leave_transport (model, client);
  client->transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
  client->transport->writable = pick (model, 4) > 0;

  rocketio_session_resume (client->session, is_stale ? client->stale : client->position);
  recovered = client->session->wire->recovered;
  rocketio_session_attach (client->session, &client->transport->parent);
  rocketio_session_announce (client->session);
  rocketio_session_tell_resumed (client->session);

  /* What was confirmed is never given again; and where there is room, all else always is. */
  if (is_stale)
    g_assert_false (recovered);
  else if (!client->voided && model->max_size == 0)
    g_assert_true (recovered || client->position == NULL);
  if (client->voided)
    g_assert_true (!recovered || client->n_got == client->expected->len || client->n_got >= client->n_at_resume);

  client->n_at_resume = client->expected->len;
  client->voided = !recovered;
  g_clear_pointer (&client->stale, g_free);
  model->n_recovered += recovered;
  model->n_anew += !recovered;
}

static void
drop_client (Model  *model,
             Client *client)
{
  leave_transport (model, client);
  g_clear_object (&client->session);
  g_ptr_array_unref (client->expected);
  g_free (client->position);
  g_free (client->stale);
  *client = (Client) { NULL };
}

static void
close_client (Model  *model,
              Client *client)
{
  arrive (client, G_MAXUINT);
  if (client->transport != NULL && !client->transport->gone && pick (model, 2) == 0)
    fake_transport_receive (client->transport, "{\"type\":\"__bye\"}");
  else
    rocketio_session_close (client->session);
  arrive (client, G_MAXUINT);
  drop_client (model, client);
}

/* By the client, which hears nothing of it, or by the app, of which it does. */
static void
join_or_leave (Model  *model,
               Client *client)
{
  guint index = pick (model, N_CHANNELS);
  gboolean by_app = client->transport == NULL || client->transport->gone || pick (model, 2) == 0;
  gboolean leaves = client->in[index];
  g_autofree char *text = g_strdup_printf ("{\"type\":\"%s\",\"data\":{\"ch\":\"%s\"}}",
                                           leaves ? "__leave" : "__join", channels[index]);

  if (by_app && leaves)
    rocketio_session_leave (client->session, channels[index]);
  else if (by_app)
    g_assert_true (rocketio_session_join (client->session, channels[index], NULL));
  else
    fake_transport_receive (client->transport, text);
  client->in[index] = !leaves;
  if (by_app)
    g_ptr_array_add (client->expected, g_strdup (leaves ? "__left" : "__joined"));
}

static void
block_or_open (Client *client)
{
  if (client->transport == NULL || client->transport->gone)
    return;

  if (client->transport->writable)
    client->transport->writable = FALSE;
  else
    fake_transport_open_up (client->transport);
}

/* Pushing */

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
    g_strv_builder_add (builder, channels[pick (model, N_CHANNELS)]);

  return g_strv_builder_end (builder);
}

static gboolean
contains (char       **list,
          const char  *word)
{
  return list != NULL && g_strv_contains ((const char *const *) list, word);
}

static gboolean
is_in_any (Client  *client,
           char   **rooms)
{
  for (guint i = 0; i < N_CHANNELS; i++)
    {
      if (client->in[i] && contains (rooms, channels[i]))
        return TRUE;
    }

  return FALSE;
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
          ((to == NULL && rooms == NULL) || contains (to, id) || is_in_any (client, rooms)))
        g_ptr_array_add (client->expected, g_strdup (name));
    }
}

static void
step (Model *model)
{
  Client *client = pick_client (model);
  guint what = pick (model, 100);

  if (what < 40)
    push (model);
  else if (what < 55)
    fake_host_run (model->host);
  else if (client->session == NULL)
    open_client (model, client);
  else if (what < 65)
    arrive (client, pick (model, 10));
  else if (what < 73)
    join_or_leave (model, client);
  else if (what < 79)
    block_or_open (client);
  else if (what < 84)
    confirm (client);
  else if (what < 87 && client->transport != NULL && !client->transport->gone)
    rocketio_transport_idle (&client->transport->parent);
  else if (what < 93)
    cut (model, client);
  else if (what < 99)
    come_back (model, client);
  else
    close_client (model, client);
}

/* In the end everybody is there, and has everything. */
static void
finish (Model  *model,
        Client *client)
{
  if (client->session == NULL)
    return;

  if (client->transport == NULL || client->transport->gone)
    come_back (model, client);
  fake_transport_open_up (client->transport);
  fake_host_run (model->host);
  if (client->transport->gone)
    {
      come_back (model, client);
      fake_transport_open_up (client->transport);
      fake_host_run (model->host);
    }
  arrive (client, G_MAXUINT);
  g_assert_false (client->voided);
  g_assert_cmpuint (client->n_got, ==, client->expected->len);
  model->n_complete++;
  drop_client (model, client);
}

static void
run_model (Model *model,
           gsize  max_queue)
{
  model->host = fake_host_new ();
  model->host->settings.slow_policy = ROCKETIO_SLOW_POLICY_DISCONNECT;
  model->old = g_ptr_array_new_with_free_func ((GDestroyNotify) fake_transport_free);
  rocketio_hub_set_max_queue (model->host->hub, max_queue);
  for (guint i = 0; i < N_STEPS; i++)
    step (model);
  for (guint i = 0; i < N_CLIENTS; i++)
    finish (model, &model->clients[i]);
  fake_host_free (model->host);
  g_ptr_array_unref (model->old);
}

static void
test_roomy (void)
{
  g_autoptr (GRand) rand = make_rand ();
  Model model = { NULL, rand };

  for (guint i = 0; i < 5; i++)
    run_model (&model, 1 << 26);

  g_test_message ("%u recovered, %u not, %u complete", model.n_recovered, model.n_anew, model.n_complete);
  g_assert_cmpuint (model.n_recovered, >, 50);
  g_assert_cmpuint (model.n_complete, >, 15);
}

/* Where logs overflow, whoever comes back gets all that it missed, or is told that it gets nothing of it. */
static void
test_tight (void)
{
  g_autoptr (GRand) rand = make_rand ();
  Model model = { NULL, rand };

  model.max_size = 10000;
  for (guint i = 0; i < 5; i++)
    run_model (&model, 50000);

  g_test_message ("%u recovered, %u not, %u complete", model.n_recovered, model.n_anew, model.n_complete);
  g_assert_cmpuint (model.n_recovered, >, 20);
  g_assert_cmpuint (model.n_anew, >, 20);
  g_assert_cmpuint (model.n_complete, >, 15);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/random/roomy", test_roomy);
  g_test_add_func ("/session/random/tight", test_tight);

  return g_test_run ();
}
