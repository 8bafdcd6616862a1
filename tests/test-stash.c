/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-stash-private.h"

static void
add (RocketIOStash      *stash,
     const char         *event,
     const char         *key,
     RocketIOSlowPolicy  policy)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json (event, "null", -1, NULL);

  rocketio_message_set_fate (message, FALSE, 0, key, policy);
  rocketio_stash_add (stash, message);
}

/* Takes all; frees the stash. */
static void
expect (RocketIOStash *stash,
        const char    *events)
{
  g_autoptr (GString) got = g_string_new (NULL);
  RocketIOMessage *message;

  while ((message = rocketio_stash_take (stash)) != NULL)
    {
      g_autofree char *event = rocketio_message_dup_event (message);

      g_string_append_printf (got, " %s", event);
      rocketio_message_unref (message);
    }
  g_assert_cmpstr (got->str, ==, events);
  g_assert_cmpuint (stash->bytes, ==, 0);
  rocketio_stash_free (stash);
}

static gsize
get_size (void)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new_json ("a", "null", -1, NULL);

  return rocketio_message_get_size (message);
}

static void
test_order (void)
{
  RocketIOStash *stash = rocketio_stash_new (7);

  g_assert_cmpuint (stash->begin, ==, 7);
  g_assert_cmpuint (stash->end, ==, 7);
  add (stash, "a", NULL, ROCKETIO_SLOW_POLICY_DEFAULT);
  add (stash, "b", NULL, ROCKETIO_SLOW_POLICY_DROP_OLDEST);
  g_assert_cmpuint (rocketio_stash_trim (stash, G_MAXSIZE, ROCKETIO_SLOW_POLICY_DISCONNECT), ==, 0);
  expect (stash, " \"a\" \"b\"");
}

static void
test_keys (void)
{
  RocketIOStash *stash = rocketio_stash_new (0);

  add (stash, "a", "x", ROCKETIO_SLOW_POLICY_DEFAULT);
  add (stash, "b", NULL, ROCKETIO_SLOW_POLICY_DEFAULT);
  add (stash, "c", "x", ROCKETIO_SLOW_POLICY_DEFAULT);
  add (stash, "d", "y", ROCKETIO_SLOW_POLICY_DEFAULT);
  add (stash, "e", "x", ROCKETIO_SLOW_POLICY_DEFAULT);
  g_assert_cmpuint (rocketio_stash_trim (stash, G_MAXSIZE, ROCKETIO_SLOW_POLICY_DISCONNECT), ==, 2);
  expect (stash, " \"b\" \"d\" \"e\"");
}

static const struct
{
  RocketIOSlowPolicy own[4];
  RocketIOSlowPolicy policy;
  guint              room;      /* messages */
  const char        *left;
} trims[] = {
#define OWN ROCKETIO_SLOW_POLICY_DEFAULT
#define STAY ROCKETIO_SLOW_POLICY_DISCONNECT
#define OLD ROCKETIO_SLOW_POLICY_DROP_OLDEST
#define NEW ROCKETIO_SLOW_POLICY_DROP_NEWEST
  { { OWN, OWN, OWN, OWN }, OLD, 2, " \"c\" \"d\"" },
  { { OWN, OWN, OWN, OWN }, NEW, 2, " \"a\" \"b\"" },
  { { OWN, OWN, OWN, OWN }, STAY, 2, " \"a\" \"b\" \"c\" \"d\"" },
  { { STAY, OLD, STAY, OLD }, STAY, 3, " \"a\" \"c\" \"d\"" },
  { { STAY, OLD, NEW, NEW }, STAY, 2, " \"a\" \"c\"" },
  { { NEW, STAY, NEW, STAY }, STAY, 3, " \"a\" \"b\" \"d\"" },
  { { STAY, OWN, OWN, STAY }, OLD, 1, " \"a\" \"d\"" },

  /* A single one of any size stays. */
  { { OWN, OWN, OWN, OWN }, OLD, 0, " \"d\"" },
  { { OWN, OWN, OWN, OWN }, NEW, 0, " \"a\"" },
};

static void
test_policies (void)
{
  static const char * const events[] = { "a", "b", "c", "d" };

  for (guint i = 0; i < G_N_ELEMENTS (trims); i++)
    {
      RocketIOStash *stash = rocketio_stash_new (0);
      guint before, left;

      g_test_message ("%u", i);
      for (guint j = 0; j < G_N_ELEMENTS (events); j++)
        add (stash, events[j], NULL, trims[i].own[j]);
      before = stash->messages.length;
      left = rocketio_stash_trim (stash, trims[i].room * get_size (), trims[i].policy);
      g_assert_cmpuint (before - left, ==, stash->messages.length);
      expect (stash, trims[i].left);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stash/order", test_order);
  g_test_add_func ("/stash/keys", test_keys);
  g_test_add_func ("/stash/policies", test_policies);

  return g_test_run ();
}
