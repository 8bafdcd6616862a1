/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reactor-fixture.h"

#include <sys/socket.h>
#include <unistd.h>

void
reactor_test_setup (ReactorTest   *test,
                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  test->context = g_main_context_new ();
  g_assert_true (g_main_context_acquire (test->context));
  test->reactor = rocketio_reactor_new (test->context, &error);
  g_assert_no_error (error);
  test->story = g_string_new (NULL);
}

void
reactor_test_teardown (ReactorTest   *test,
                       gconstpointer  data)
{
  /* This complains about watches and timers that are left. */
  rocketio_reactor_close (test->reactor);
  rocketio_reactor_unref (test->reactor);
  g_main_context_release (test->context);
  g_main_context_unref (test->context);
  g_string_free (test->story, TRUE);
}

static void
line_cb (RocketIOWatch  *watch,
         RocketIOEvents  events)
{
  Line *self = rocketio_container_of (watch, Line, watch);
  char buffer[100];

  g_assert_cmpuint (self->depth, ==, 0);
  self->depth++;
  self->n++;
  self->events = events;
  g_string_append_c (self->test->story, self->name);
  if (!self->keep)
    recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (self->action != NULL)
    self->action (self);
  self->depth--;
}

void
line_watch (Line           *self,
            RocketIOEvents  events)
{
  rocketio_reactor_add (self->test->reactor, &self->watch, self->fd, events);
}

void
line_init (Line *self,
           ReactorTest *test,
           char  name)
{
  int fds[2];

  make_unix_pair (fds);
  *self = (Line) { .test = test, .fd = fds[0], .peer = fds[1], .name = name };
  rocketio_watch_init (&self->watch, line_cb);
  line_watch (self, ROCKETIO_EVENT_READ);
}

void
line_clear (Line *self)
{
  rocketio_reactor_remove (self->test->reactor, &self->watch);
  close (self->fd);
  if (self->peer >= 0)
    close (self->peer);
}

void
line_poke (Line *self)
{
  write_all (self->peer, "x", 1);
}

static void
clock_cb (RocketIOTimer *timer)
{
  Clock *self = rocketio_container_of (timer, Clock, timer);

  g_assert_cmpint (g_get_monotonic_time (), >=, self->due);
  self->n++;
  g_string_append_c (self->test->story, self->name);
  if (self->action != NULL)
    self->action (self);
}

void
clock_start (Clock  *self,
             gint64  milliseconds)
{
  self->due = g_get_monotonic_time () + milliseconds * 1000;
  rocketio_reactor_start_timer (self->test->reactor, &self->timer, milliseconds);
}

void
clock_init (Clock *self,
            ReactorTest *test,
            char   name)
{
  *self = (Clock) { .test = test, .name = name };
  rocketio_timer_init (&self->timer, clock_cb);
}

void
clock_clear (Clock *self)
{
  rocketio_reactor_stop_timer (self->test->reactor, &self->timer);
}

void
assert_story (ReactorTest *test,
              const char *story)
{
  g_assert_cmpstr (test->story->str, ==, story);
}

void
dawdle (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    ;
}
