/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-host.h"

#define MAX_QUEUE 1048576

static guint64
get_seq_cb (gpointer user_data)
{
  return rocketio_hub_get_seq (((FakeHost *) user_data)->hub);
}

static void
run_hook (FakeHost        *self,
          FakeHostHook     hook,
          RocketIOSession *session)
{
  if (hook != NULL)
    hook (self, session, self->hook_data);
}

static void
opened_cb (RocketIOSession *session,
           gpointer         user_data)
{
  FakeHost *self = user_data;

  /* The app is never called while somebody is being written to. */
  g_assert_false (fake_transport_is_sending ());
  g_string_append (self->story, " opened");
  run_hook (self, self->on_opened, session);
}

static void
event_cb (RocketIOSession  *session,
          RocketIOEnvelope *envelope,
          gpointer          user_data)
{
  FakeHost *self = user_data;

  g_assert_false (fake_transport_is_sending ());
  g_string_append_printf (self->story, " event:%s", envelope->event);
  self->envelope = envelope;
  run_hook (self, self->on_event, session);
  self->envelope = NULL;
}

static void
binary_cb (RocketIOSession  *session,
           RocketIOEnvelope *envelope,
           gpointer          user_data)
{
  g_string_append_printf (((FakeHost *) user_data)->story, " binary:%s", envelope->event);
}

static void
request_cb (RocketIOSession *session,
            RocketIORequest *request,
            gpointer         user_data)
{
  FakeHost *self = user_data;
  g_autoptr (RocketIORequest) owned = request;

  g_assert_false (fake_transport_is_sending ());
  g_string_append_printf (self->story, " request:%s", rocketio_request_get_name (request));
  self->request = request;
  run_hook (self, self->on_request, session);
  self->request = NULL;
}

static gboolean
may_send_cb (RocketIOSession *session,
             const char      *name,
             gpointer         user_data)
{
  return TRUE;
}

static gboolean
may_join_cb (RocketIOSession *session,
             const char      *channel,
             gpointer         user_data)
{
  return !g_str_has_prefix (channel, "private");
}

static void
joined_cb (RocketIOSession *session,
           const char      *channel,
           gpointer         user_data)
{
  rocketio_hub_give_retained (((FakeHost *) user_data)->hub, session, channel);
}

static void
left_cb (RocketIOSession *session,
         const char      *channel,
         gpointer         user_data)
{
}

static void
write_present_cb (RocketIOSession *session,
                  const char      *channel,
                  GString         *out,
                  gpointer         user_data)
{
}

static void
detached_cb (RocketIOSession *session,
             gpointer         user_data)
{
  FakeHost *self = user_data;

  g_assert_false (fake_transport_is_sending ());
  g_string_append (self->story, " detached");
  run_hook (self, self->on_detached, session);
}

static void
resumed_cb (RocketIOSession *session,
            gboolean         recovered,
            gpointer         user_data)
{
  FakeHost *self = user_data;

  g_assert_false (fake_transport_is_sending ());
  g_string_append (self->story, recovered ? " resumed:recovered" : " resumed:anew");
  run_hook (self, self->on_resumed, session);
}

static void
dirty_cb (RocketIOSession *session,
          gpointer         user_data)
{
  rocketio_hub_mark (((FakeHost *) user_data)->hub, session);
}

static void
pushed_cb (RocketIOSession *session,
           RocketIOMessage *message,
           gpointer         user_data)
{
  rocketio_hub_push_to (((FakeHost *) user_data)->hub, message, session);
}

static void
untold_cb (RocketIOSession       *session,
           const RocketIOVerdict *verdict,
           gpointer               user_data)
{
  g_string_append_printf (((FakeHost *) user_data)->story, " untold:%u", verdict->code);
}

static void
closed_cb (RocketIOSession     *session,
           gboolean             was_open,
           RocketIOCloseReason  reason,
           gpointer             user_data)
{
  FakeHost *self = user_data;
  g_autoptr (GEnumClass) reasons = g_type_class_ref (ROCKETIO_TYPE_CLOSE_REASON);

  g_assert_false (fake_transport_is_sending ());
  rocketio_hub_remove (self->hub, session);
  if (!was_open)
    return;

  g_string_append_printf (self->story, " closed:%s", g_enum_get_value (reasons, reason)->value_nick);
  run_hook (self, self->on_closed, session);
}

static void
ended_cb (RocketIOSession *session,
          gpointer         user_data)
{
}

FakeHost *
fake_host_new (void)
{
  FakeHost *self = g_new0 (FakeHost, 1);
  g_autoptr (GError) error = NULL;

  self->context = g_main_context_new ();
  g_assert_true (g_main_context_acquire (self->context));
  self->reactor = rocketio_reactor_new (self->context, &error);
  g_assert_no_error (error);
  self->hub = rocketio_hub_new (self->reactor);
  rocketio_hub_set_max_queue (self->hub, MAX_QUEUE);
  self->story = g_string_new (NULL);
  self->settings = (RocketIOSessionSettings) { 60, 60, 60, 131072 };
  rocketio_limits_init (&self->settings.limits);
  self->host = (RocketIOSessionHost) {
    .reactor = self->reactor,
    .channels = rocketio_hub_get_channels (self->hub),
    .everybody = rocketio_hub_get_everybody (self->hub),
    .passing = rocketio_hub_get_passing (self->hub),
    .inbox = rocketio_hub_get_inbox (self->hub),
    .open_time = 60000,
    .silence_time = 60000,
    .user_data = self,
    .get_seq = get_seq_cb,
    .opened = opened_cb,
    .event = event_cb,
    .binary = binary_cb,
    .request = request_cb,
    .may_send = may_send_cb,
    .may_join = may_join_cb,
    .joined = joined_cb,
    .left = left_cb,
    .write_present = write_present_cb,
    .detached = detached_cb,
    .resumed = resumed_cb,
    .epoch = rocketio_hub_get_epoch (self->hub),
    .settings = &self->settings,
    .dirty = dirty_cb,
    .pushed = pushed_cb,
    .untold = untold_cb,
    .closed = closed_cb,
    .ended = ended_cb,
  };

  return self;
}

void
fake_host_free (FakeHost *self)
{
  RocketIOSessionList *sessions = rocketio_hub_get_sessions (self->hub);

  self->on_closed = NULL;
  while (rocketio_session_list_get_n (sessions) > 0)
    rocketio_session_end (rocketio_session_list_get (sessions, 0), ROCKETIO_CLOSE_REASON_SHUTDOWN);

  rocketio_hub_close (self->hub);
  rocketio_reactor_close (self->reactor);
  rocketio_hub_unref (self->hub);
  rocketio_reactor_unref (self->reactor);
  g_main_context_release (self->context);
  g_main_context_unref (self->context);
  g_string_free (self->story, TRUE);
  g_free (self);
}

RocketIOSession *
fake_host_connect (FakeHost      *self,
                   FakeTransport *transport)
{
  g_autoptr (RocketIOSession) session = rocketio_session_new (&self->host, NULL);

  rocketio_hub_add (self->hub, session);
  rocketio_session_attach (session, &transport->parent);

  return g_steal_pointer (&session);
}

RocketIOSession *
fake_host_connect_2 (FakeHost      *self,
                     FakeTransport *transport)
{
  g_autoptr (RocketIOSession) session = rocketio_session_new_2 (&self->host);

  rocketio_hub_add (self->hub, session);
  rocketio_session_attach (session, &transport->parent);
  rocketio_session_announce (session);
  rocketio_session_open (session);

  return g_steal_pointer (&session);
}

static char **
split (const char *words)
{
  /* The empty word is one too: a channel. */
  if (words != NULL && *words == '\0')
    return g_strdupv ((char *[]) { (char *) "", NULL });

  return words != NULL ? g_strsplit (words, " ", -1) : NULL;
}

void
fake_host_push (FakeHost   *self,
                const char *event,
                const char *to,
                const char *channels,
                const char *except)
{
  g_autoptr (RocketIOMessage) message = rocketio_message_new (event, NULL, NULL);
  g_autoptr (RocketIOPushOptions) options = NULL;
  g_auto (GStrv) ids = split (to);
  g_auto (GStrv) names = split (channels);
  g_auto (GStrv) others = split (except);

  if (to != NULL || channels != NULL || except != NULL)
    options = rocketio_push_options_new ();
  if (ids != NULL)
    rocketio_push_options_set_to (options, (const char *const *) ids);
  if (names != NULL)
    rocketio_push_options_set_channels (options, (const char *const *) names);
  if (others != NULL)
    rocketio_push_options_set_except (options, (const char *const *) others);

  rocketio_hub_push (self->hub, message, options);
}

void
fake_host_push_big (FakeHost   *self,
                    const char *event,
                    const char *channel,
                    gsize       size)
{
  g_autofree char *data = g_strnfill (size + 2, '"');
  g_autoptr (RocketIOMessage) message = NULL;
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();

  memset (data + 1, 'x', size);
  message = rocketio_message_new_json (event, data, -1, NULL);
  if (channel != NULL)
    rocketio_push_options_set_channels (options, (const char *const[]) { channel, NULL });
  rocketio_hub_push (self->hub, message, options);
}

void
fake_host_run (FakeHost *self)
{
  run_dry (self->context);
}
