/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-request-private.h"

#include <string.h>

static gboolean
check_channel (RocketIOSession  *self,
               const char       *channel,
               GError          **error)
{
  if (strlen (channel) > ROCKETIO_SESSION_MAX_CHANNEL || !g_utf8_validate (channel, -1, NULL))
    {
      g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME,
                   "the name of a channel is too long or not valid UTF-8: give it up to %d bytes",
                   ROCKETIO_SESSION_MAX_CHANNEL);
      return FALSE;
    }

  if (rocketio_feed_count (&self->feed) < self->host->settings->limits.max_channels)
    return TRUE;

  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_TOO_MANY,
               "the session is in %u channels, which is as many as it may (RocketIOServer:max-channels): let it leave "
               "one", rocketio_feed_count (&self->feed));

  return FALSE;
}

/* FALSE: it was there already. */
static gboolean
join (RocketIOSession *self,
      const char      *channel)
{
  if (!rocketio_feed_join (&self->feed, channel, self->host->get_seq (self->host->user_data)))
    return FALSE;

  rocketio_session_notify_channels (self);

  return TRUE;
}

static gboolean
is_over (RocketIOSession *self)
{
  return self->host == NULL || self->ending;
}

static gboolean
leave (RocketIOSession *self,
       const char      *channel)
{
  /* What other threads have pushed up to now still concerns it. */
  self->host->get_seq (self->host->user_data);
  if (!rocketio_feed_leave (&self->feed, channel))
    return FALSE;

  rocketio_session_notify_channels (self);
  if (self->host != NULL)
    self->host->left (self, channel, self->host->user_data);

  return TRUE;
}

static gboolean
is_in (RocketIOSession *self,
       const char      *channel)
{
  g_auto (GStrv) channels = rocketio_feed_dup_channels (&self->feed);

  return g_strv_contains ((const char *const *) channels, channel);
}

/* The last messages of a channel that were for this session too, at most `n_messages`. */
static void
write_history (RocketIOSession *self,
               const char      *channel,
               guint            n_messages,
               GString         *json)
{
  RocketIOLog *past = rocketio_channel_get_past (rocketio_channels_lookup (self->host->channels, channel));
  const RocketIOLogEntry *entry = past != NULL ? rocketio_log_after (past, 0) : NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  guint n;

  for (; entry != NULL; entry = rocketio_log_next (past, entry))
    {
      if (rocketio_feed_is_for (&self->feed, entry))
        g_ptr_array_add (messages, entry->message);
    }

  n = MIN (messages->len, n_messages);
  g_ptr_array_remove_range (messages, 0, messages->len - n);
  rocketio_messages_write_2 ((RocketIOMessage *const *) messages->pdata, n, json);
}

/* What a client is told of a channel that it has got into. */
static GString *
describe (RocketIOSession *self,
          const char      *channel,
          guint            history)
{
  GString *json = g_string_new ("{\"ch\":");

  rocketio_json_write_string (json, channel);
  g_string_append (json, ",\"history\":");
  write_history (self, channel, history, json);
  self->host->write_present (self, channel, json, self->host->user_data);
  g_string_append_c (json, '}');

  return json;
}

/* Takes `data`. */
static void
tell (RocketIOSession *self,
      const char      *event,
      GString         *data)
{
  if (self->wire != NULL && !is_over (self))
    rocketio_session_push_message (self, rocketio_message_new_checked (event, data->str, data->len));
  g_string_free (data, TRUE);
}

static void
tell_left (RocketIOSession *self,
           const char      *channel,
           const char      *code,
           const char      *message)
{
  GString *data = g_string_new ("{\"ch\":");

  rocketio_json_write_string (data, channel);
  if (code != NULL)
    {
      g_string_append_printf (data, ",\"error\":{\"code\":\"%s\",\"message\":", code);
      rocketio_json_write_string (data, message);
      g_string_append_c (data, '}');
    }
  g_string_append_c (data, '}');
  tell (self, "__left", data);
}

static void
join_and_tell (RocketIOSession *self,
               const char      *channel,
               guint            history)
{
  gboolean is_new = join (self, channel);

  /* The app may have closed it, or taken it out again, when it was notified of the channel. */
  if (is_over (self) || !is_in (self, channel))
    return;

  tell (self, "__joined", describe (self, channel, history));
  if (is_new)
    self->host->joined (self, channel, self->host->user_data);
}

/* By the client */

typedef struct
{
  char    *channel;    /* NULL: there was no usable name */
  guint64  history;
} Wish;

static void
wish_clear (Wish *wish)
{
  g_free (wish->channel);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static void
wish_read (Wish         *wish,
           RocketIOSpan  value)
{
  RocketIOJsonMember members[] = { { "ch" }, { "history" } };
  g_autofree char *history = NULL;

  *wish = (Wish) { NULL, 0 };
  if (value.start == NULL ||
      !rocketio_json_scan (value.start, value.length, members, G_N_ELEMENTS (members), NULL))
    return;

  if (members[0].value.start != NULL)
    wish->channel = rocketio_json_dup_string (members[0].value);
  if (members[1].value.start != NULL)
    history = g_strndup (members[1].value.start, MIN (members[1].value.length, 16));
  if (history != NULL)
    g_ascii_string_to_unsigned (history, 10, 0, G_MAXUINT32, &wish->history, NULL);
}

/* NULL if it may come in; else the code, and `error` is set. */
static const char *
find_objection (RocketIOSession  *self,
                const char       *channel,
                GError          **error)
{
  if (channel == NULL)
    g_set_error_literal (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME, "there is no channel named in \"ch\"");
  if (channel == NULL)
    return "bad-request";

  if (is_in (self, channel))
    return NULL;
  if (!check_channel (self, channel, error))
    return g_error_matches (*error, ROCKETIO_ERROR, ROCKETIO_ERROR_TOO_MANY) ? "too-many" : "bad-request";
  if (rocketio_session_may_join (self, channel))
    return NULL;

  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_REFUSED, "the app does not let this client into the channel");

  return "denied";
}

void
rocketio_session_handle_join (RocketIOSession  *self,
                              RocketIOEnvelope *envelope)
{
  g_auto (Wish) wish = { NULL };
  g_autoptr (GError) error = NULL;
  const char *objection;
  gboolean is_new;
  GString *json;

  if (!rocketio_bucket_take (&self->wire->joins, &self->host->settings->limits.joins, g_get_monotonic_time ()))
    {
      rocketio_session_answer_no (self, envelope->id, "too-many", "too many joins at once (RocketIOServer:join-rate)");
      return;
    }

  wish_read (&wish, envelope->data);
  objection = find_objection (self, wish.channel, &error);
  if (objection != NULL)
    {
      rocketio_session_answer_no (self, envelope->id, objection, error->message);
      return;
    }
  if (is_over (self))
    return;

  is_new = join (self, wish.channel);
  if (is_over (self))
    return;
  if (!is_in (self, wish.channel))
    {
      rocketio_session_answer_no (self, envelope->id, "denied", "the app has taken this client out of it again");
      return;
    }

  json = describe (self, wish.channel, wish.history);
  rocketio_session_answer (self, envelope->id, json->str, json->len);
  g_string_free (json, TRUE);
  if (is_new)
    self->host->joined (self, wish.channel, self->host->user_data);
}

void
rocketio_session_handle_leave (RocketIOSession  *self,
                               RocketIOEnvelope *envelope)
{
  g_auto (Wish) wish = { NULL };

  wish_read (&wish, envelope->data);
  if (wish.channel == NULL)
    {
      rocketio_session_answer_no (self, envelope->id, "bad-request", "there is no channel named in \"ch\"");
      return;
    }

  leave (self, wish.channel);
  rocketio_session_answer (self, envelope->id, "null", strlen ("null"));
}

static void
join_wished (RocketIOSession *self,
             const char      *channel,
             guint            history)
{
  g_autoptr (GError) error = NULL;
  const char *objection = find_objection (self, channel, &error);

  if (objection != NULL)
    {
      tell_left (self, channel != NULL ? channel : "", objection, error->message);
      return;
    }
  if (is_over (self))
    return;

  join_and_tell (self, channel, history);
}

void
rocketio_session_join_first (RocketIOSession *self,
                             JsonArray       *channels)
{
  for (guint i = 0; i < json_array_get_length (channels) && !is_over (self); i++)
    {
      JsonNode *node = json_array_get_element (channels, i);
      g_autofree char *text = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        {
          g_auto (Wish) wish = { NULL };

          text = json_to_string (node, FALSE);
          wish_read (&wish, (RocketIOSpan) { text, strlen (text) });
          join_wished (self, wish.channel, wish.history);
        }
      else
        {
          join_wished (self, JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL, 0);
        }
    }
}

/* By the app */

/**
 * rocketio_session_join:
 * @self: a session
 * @channel: the name of a channel: up to 255 bytes
 * @error: return location for a #GError
 *
 * Puts the session into a channel, besides those that it is in. [signal@Server::authorize-join] is not asked: the app
 * has decided. A client of version 2 of the wire protocol is told.
 *
 * For a session that is in the channel or is closed, nothing happens.
 *
 * Returns: whether it is in the channel now, or closed: %FALSE with %ROCKETIO_ERROR_INVALID_NAME if there can be no
 *   such channel, or with %ROCKETIO_ERROR_TOO_MANY if the session is in 128
 */
gboolean
rocketio_session_join (RocketIOSession  *self,
                       const char       *channel,
                       GError          **error)
{
  g_return_val_if_fail (ROCKETIO_IS_SESSION (self), FALSE);
  g_return_val_if_fail (channel != NULL, FALSE);
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return FALSE;

  if (is_over (self) || is_in (self, channel))
    return TRUE;
  if (!check_channel (self, channel, error))
    return FALSE;

  join_and_tell (self, channel, 0);

  return TRUE;
}

/**
 * rocketio_session_leave:
 * @self: a session
 * @channel: the name of a channel
 *
 * Takes the session out of a channel; what was pushed there before still reaches it. A client of version 2 of the wire
 * protocol is told.
 *
 * For a session that is not in the channel, nothing happens.
 */
void
rocketio_session_leave (RocketIOSession *self,
                        const char      *channel)
{
  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  g_return_if_fail (channel != NULL);
  if (!rocketio_inbox_check_thread (self->inbox, G_STRFUNC))
    return;

  if (!is_over (self) && leave (self, channel))
    tell_left (self, channel, NULL, NULL);
}
