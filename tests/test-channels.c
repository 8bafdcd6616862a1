/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers.h"
#include "rocketio-channels-private.h"

static void
test_join_and_leave (void)
{
  g_autoptr (RocketIOChannels) channels = rocketio_channels_new (1000, NULL);
  int a, b;
  RocketIOMembership *first = rocketio_channels_join (channels, "", &a, 5);
  RocketIOMembership *second = rocketio_channels_join (channels, "", &b, 7);
  RocketIOChannel *channel = rocketio_channels_lookup (channels, "");

  g_assert_nonnull (channel);
  g_assert_true (first->channel == channel && second->channel == channel);
  g_assert_cmpstr (rocketio_channel_get_name (channel), ==, "");
  g_assert_null (rocketio_channels_lookup (channels, "x"));
  g_assert_cmpuint (rocketio_channel_get_size (channel), ==, 2);
  g_assert_true (first->member == &a);
  g_assert_cmpuint (first->joined, ==, 5);
  g_assert_cmpuint (first->left, ==, G_MAXUINT64);

  rocketio_channels_leave (channels, first, 9);
  rocketio_channels_leave (channels, first, 11);
  g_assert_cmpuint (first->left, ==, 9);
  g_assert_cmpuint (rocketio_channel_get_size (channel), ==, 1);
  g_assert_true (rocketio_channel_get_member (channel, 0) == &b);

  /* Without members, but somebody has still a claim. */
  rocketio_channels_release (channels, second);
  g_assert_cmpuint (rocketio_channel_get_size (channel), ==, 0);
  g_assert_true (rocketio_channels_lookup (channels, "") == channel);
  rocketio_channels_release (channels, first);
  g_assert_null (rocketio_channels_lookup (channels, ""));
}

static void
test_log (void)
{
  g_autoptr (RocketIOChannels) channels = rocketio_channels_new (1000, NULL);
  int a;
  RocketIOMembership *membership = rocketio_channels_join (channels, "x", &a, 0);
  RocketIOLog *log;

  g_assert_null (rocketio_channel_get_log (membership->channel, FALSE));
  log = rocketio_channel_get_log (membership->channel, TRUE);
  g_assert_nonnull (log);
  g_assert_true (rocketio_channel_get_log (membership->channel, TRUE) == log);
  g_assert_true (rocketio_channel_get_log (membership->channel, FALSE) == log);

  /* A channel that comes back knows nothing of its first life. */
  rocketio_channels_release (channels, membership);
  membership = rocketio_channels_join (channels, "x", &a, 0);
  g_assert_null (rocketio_channel_get_log (membership->channel, FALSE));
  rocketio_channels_release (channels, membership);
}

static void
test_pin (void)
{
  g_autoptr (RocketIOChannels) channels = rocketio_channels_new (1000, NULL);
  int a;
  RocketIOMembership *membership = rocketio_channels_join (channels, "x", &a, 0);
  RocketIOChannel *channel = membership->channel;

  rocketio_channel_pin (channel);
  rocketio_channel_pin (channel);
  rocketio_channels_release (channels, membership);
  g_assert_true (rocketio_channels_lookup (channels, "x") == channel);
  rocketio_channel_unpin (channel);
  g_assert_true (rocketio_channels_lookup (channels, "x") == channel);

  /* Somebody comes back to a channel that only a pin has kept. */
  membership = rocketio_channels_join (channels, "x", &a, 3);
  g_assert_true (membership->channel == channel);
  rocketio_channel_unpin (channel);
  g_assert_true (rocketio_channels_lookup (channels, "x") == channel);
  rocketio_channels_release (channels, membership);
  g_assert_null (rocketio_channels_lookup (channels, "x"));
}

/* Against a model that is nothing but a list of memberships. */

#define N_NAMES 6

typedef struct
{
  RocketIOChannels *channels;
  GRand            *rand;
  GPtrArray        *memberships;        /* of RocketIOMembership, in or past */
  guint             pins[N_NAMES];
  char              members[100];
} Model;

static const char * const names[N_NAMES] = { "", "a", "b", "ab", "\303\266", "__x" };

static gboolean
is_in (RocketIOMembership *membership)
{
  return membership->left == G_MAXUINT64;
}

static guint
count_in_channel (Model           *model,
                  RocketIOChannel *channel,
                  gboolean         only_present)
{
  guint n = 0;

  for (guint i = 0; i < model->memberships->len; i++)
    {
      RocketIOMembership *membership = g_ptr_array_index (model->memberships, i);

      n += membership->channel == channel && (!only_present || is_in (membership));
    }

  return n;
}

static void
check_channel (Model           *model,
               RocketIOChannel *channel)
{
  guint size = rocketio_channel_get_size (channel);

  g_assert_cmpuint (size, ==, count_in_channel (model, channel, TRUE));
  for (guint i = 0; i < model->memberships->len; i++)
    {
      RocketIOMembership *membership = g_ptr_array_index (model->memberships, i);

      if (membership->channel != channel || !is_in (membership))
        continue;

      g_assert_cmpuint (membership->index, <, size);
      g_assert_true (rocketio_channel_get_member (channel, membership->index) == membership->member);
    }
}

static void
check_model (Model *model)
{
  g_autoptr (GPtrArray) list = rocketio_channels_list (model->channels);
  guint n_channels = 0;

  for (guint i = 0; i < N_NAMES; i++)
    {
      RocketIOChannel *channel = rocketio_channels_lookup (model->channels, names[i]);

      if (channel == NULL)
        {
          g_assert_cmpuint (model->pins[i], ==, 0);
          continue;
        }

      n_channels++;
      g_assert_cmpstr (rocketio_channel_get_name (channel), ==, names[i]);
      g_assert_true (g_ptr_array_find (list, channel, NULL));
      g_assert_cmpuint (count_in_channel (model, channel, FALSE) + model->pins[i], >, 0);
      check_channel (model, channel);
    }
  g_assert_cmpuint (list->len, ==, n_channels);
}

static void
step (Model   *model,
      guint64  seq)
{
  guint what = g_rand_int_range (model->rand, 0, 10);
  guint name = g_rand_int_range (model->rand, 0, N_NAMES);
  RocketIOChannel *channel = rocketio_channels_lookup (model->channels, names[name]);
  guint n = model->memberships->len;
  RocketIOMembership *any = NULL;

  if (n > 0)
    any = g_ptr_array_index (model->memberships, g_rand_int_range (model->rand, 0, n));

  if (n < 3 || (what < 4 && n < 60))
    {
      char *member = &model->members[g_rand_int_range (model->rand, 0, sizeof model->members)];

      g_ptr_array_add (model->memberships, rocketio_channels_join (model->channels, names[name], member, seq));
    }
  else if (what < 6)
    {
      rocketio_channels_leave (model->channels, any, seq);
    }
  else if (what < 8)
    {
      g_ptr_array_remove_fast (model->memberships, any);
      rocketio_channels_release (model->channels, any);
    }
  else if (channel != NULL && what == 8)
    {
      model->pins[name]++;
      rocketio_channel_pin (channel);
    }
  else if (channel != NULL && model->pins[name] > 0)
    {
      model->pins[name]--;
      rocketio_channel_unpin (channel);
    }
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = make_rand ();
  g_autoptr (GPtrArray) memberships = g_ptr_array_new ();
  g_autoptr (RocketIOChannels) channels = rocketio_channels_new (1000, NULL);
  Model model = { channels, rand, memberships };

  for (guint64 seq = 1; seq <= 5000; seq++)
    {
      step (&model, seq);
      check_model (&model);
    }

  for (guint i = 0; i < memberships->len; i++)
    rocketio_channels_release (channels, g_ptr_array_index (memberships, i));
  for (guint i = 0; i < N_NAMES; i++)
    {
      for (; model.pins[i] > 0; model.pins[i]--)
        rocketio_channel_unpin (rocketio_channels_lookup (channels, names[i]));
      g_assert_null (rocketio_channels_lookup (channels, names[i]));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/channels/join-and-leave", test_join_and_leave);
  g_test_add_func ("/channels/log", test_log);
  g_test_add_func ("/channels/pin", test_pin);
  g_test_add_func ("/channels/random", test_random);

  return g_test_run ();
}
