/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-push-options.h"

struct _RocketIOPushOptions
{
  GStrv to;          /* NULL: not set, which is not the same as empty */
  GStrv channels;
  GStrv except;
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
