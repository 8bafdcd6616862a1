/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-push-options.h"

struct _RocketIOPushOptions
{
  GStrv to;          /* NULL: not set, which is not the same as empty */
  GStrv channels;
  GStrv except;
  char *conflate_key;
  guint ttl;         /* milliseconds; 0: for ever */
  gboolean is_volatile;
  gboolean retain;
  RocketIOSlowPolicy policy;
};

G_DEFINE_BOXED_TYPE (RocketIOPushOptions, rocketio_push_options, rocketio_push_options_copy, rocketio_push_options_free)

/**
 * rocketio_push_options_new:
 *
 * Makes options for a push to everybody.
 *
 * Returns: (transfer full): new options
 */
RocketIOPushOptions *
rocketio_push_options_new (void)
{
  return g_new0 (RocketIOPushOptions, 1);
}

/**
 * rocketio_push_options_copy:
 * @self: the options
 *
 * Copies options.
 *
 * Returns: (transfer full): a copy
 */
RocketIOPushOptions *
rocketio_push_options_copy (RocketIOPushOptions *self)
{
  RocketIOPushOptions *copy = rocketio_push_options_new ();

  copy->to = g_strdupv (self->to);
  copy->channels = g_strdupv (self->channels);
  copy->except = g_strdupv (self->except);
  copy->conflate_key = g_strdup (self->conflate_key);
  copy->ttl = self->ttl;
  copy->is_volatile = self->is_volatile;
  copy->retain = self->retain;
  copy->policy = self->policy;

  return copy;
}

/**
 * rocketio_push_options_free:
 * @self: (transfer full): the options
 *
 * Frees options.
 */
void
rocketio_push_options_free (RocketIOPushOptions *self)
{
  g_strfreev (self->to);
  g_strfreev (self->channels);
  g_strfreev (self->except);
  g_free (self->conflate_key);
  g_free (self);
}

static void
set_strv (GStrv             *place,
          const char *const *strv)
{
  GStrv copy = g_strdupv ((GStrv) strv);

  g_strfreev (*place);
  *place = copy;
}

/**
 * rocketio_push_options_set_to:
 * @self: the options
 * @session_ids: (nullable) (array zero-terminated=1): ids of sessions
 *
 * Sets the sessions that the push is for. Ids that nobody has (any more) are passed over. An empty array is nobody;
 * %NULL leaves the choice to the channels.
 */
void
rocketio_push_options_set_to (RocketIOPushOptions *self,
                              const char *const   *session_ids)
{
  set_strv (&self->to, session_ids);
}

/**
 * rocketio_push_options_get_to:
 * @self: the options
 *
 * Gets the sessions that the push is for.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): ids of sessions, or %NULL
 */
const char *const *
rocketio_push_options_get_to (RocketIOPushOptions *self)
{
  return (const char *const *) self->to;
}

/**
 * rocketio_push_options_set_channels:
 * @self: the options
 * @channels: (nullable) (array zero-terminated=1): names of channels
 *
 * Sets the channels that the push is for: whoever is in one of them at the time of the push. The empty name is a
 * channel like any other. An empty array is nobody; %NULL leaves the choice to the sessions.
 */
void
rocketio_push_options_set_channels (RocketIOPushOptions *self,
                                    const char *const   *channels)
{
  set_strv (&self->channels, channels);
}

/**
 * rocketio_push_options_get_channels:
 * @self: the options
 *
 * Gets the channels that the push is for.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): names of channels, or %NULL
 */
const char *const *
rocketio_push_options_get_channels (RocketIOPushOptions *self)
{
  return (const char *const *) self->channels;
}

/**
 * rocketio_push_options_set_except:
 * @self: the options
 * @session_ids: (nullable) (array zero-terminated=1): ids of sessions
 *
 * Sets who does not get the push, although it is for them otherwise: the sender, say.
 */
void
rocketio_push_options_set_except (RocketIOPushOptions *self,
                                  const char *const   *session_ids)
{
  set_strv (&self->except, session_ids);
}

/**
 * rocketio_push_options_get_except:
 * @self: the options
 *
 * Gets who does not get the push.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): ids of sessions, or %NULL
 */
const char *const *
rocketio_push_options_get_except (RocketIOPushOptions *self)
{
  return (const char *const *) self->except;
}

/**
 * rocketio_push_options_set_volatile:
 * @self: the options
 * @is_volatile: whether the push may get lost
 *
 * Sets that a client which cannot take the push now does not get it at all: one that is cut off, or between two polls,
 * or reads too slowly. It is kept for nobody. That is for what is soon out of date, such as the place of a mouse.
 */
void
rocketio_push_options_set_volatile (RocketIOPushOptions *self,
                                    gboolean             is_volatile)
{
  self->is_volatile = is_volatile;
}

/**
 * rocketio_push_options_get_volatile:
 * @self: the options
 *
 * Gets whether the push may get lost.
 *
 * Returns: whether it may
 */
gboolean
rocketio_push_options_get_volatile (RocketIOPushOptions *self)
{
  return self->is_volatile;
}

/**
 * rocketio_push_options_set_ttl:
 * @self: the options
 * @milliseconds: how long the push is good; 0: for ever
 *
 * Sets a time after which a client that has not got the push need not get it any more.
 */
void
rocketio_push_options_set_ttl (RocketIOPushOptions *self,
                               guint                milliseconds)
{
  self->ttl = milliseconds;
}

/**
 * rocketio_push_options_get_ttl:
 * @self: the options
 *
 * Gets how long the push is good.
 *
 * Returns: milliseconds, or 0 for ever
 */
guint
rocketio_push_options_get_ttl (RocketIOPushOptions *self)
{
  return self->ttl;
}

/**
 * rocketio_push_options_set_retain:
 * @self: the options
 * @retain: whether the push is kept for those who come later
 *
 * Sets that the push is kept as the last one of its event, and given to everyone who joins one of its channels
 * afterwards; without channels, to every new session. With [method@PushOptions.set_conflate_key] one is kept for each
 * key. A push of null takes it back. It has no effect on what is pushed to single sessions, and none on volatile
 * pushes.
 */
void
rocketio_push_options_set_retain (RocketIOPushOptions *self,
                                  gboolean             retain)
{
  self->retain = retain;
}

/**
 * rocketio_push_options_get_retain:
 * @self: the options
 *
 * Gets whether the push is kept for those who come later.
 *
 * Returns: whether it is
 */
gboolean
rocketio_push_options_get_retain (RocketIOPushOptions *self)
{
  return self->retain;
}

/**
 * rocketio_push_options_set_conflate_key:
 * @self: the options
 * @key: (nullable): what the push tells the state of, such as `price/ACME`; %NULL: nothing
 *
 * Sets that of the pushes with this key which wait for a client only the newest is of use: those before it are left out
 * when the client can take more.
 */
void
rocketio_push_options_set_conflate_key (RocketIOPushOptions *self,
                                        const char          *key)
{
  char *copy = g_strdup (key);

  g_free (self->conflate_key);
  self->conflate_key = copy;
}

/**
 * rocketio_push_options_get_conflate_key:
 * @self: the options
 *
 * Gets what the push tells the state of.
 *
 * Returns: (transfer none) (nullable): the key, or %NULL
 */
const char *
rocketio_push_options_get_conflate_key (RocketIOPushOptions *self)
{
  return self->conflate_key;
}

/**
 * rocketio_push_options_set_policy:
 * @self: the options
 * @policy: what becomes of the push for a client that reads too slowly
 *
 * Sets what becomes of the push when too much waits for a client.
 */
void
rocketio_push_options_set_policy (RocketIOPushOptions *self,
                                  RocketIOSlowPolicy   policy)
{
  self->policy = policy;
}

/**
 * rocketio_push_options_get_policy:
 * @self: the options
 *
 * Gets what becomes of the push when too much waits for a client.
 *
 * Returns: the policy
 */
RocketIOSlowPolicy
rocketio_push_options_get_policy (RocketIOPushOptions *self)
{
  return self->policy;
}
