/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-reactor-backend-private.h"

/* A turn gives way to the rest of the app (a GTK frame, say) after this many events or microseconds. */
#define TURN_EVENTS 256
#define TURN_TIME   5000

/* Turns that follow one another so closely, in microseconds, leave no time to sources of a lower priority, such as the
 * frames of GTK: after TURN_TIME of that, one turn is left out. */
#define MAX_GAP     1000

/* The timer wheel: WHEEL_SIZE slots of 2^TICK_SHIFT microseconds. Timers further away stay in their slot for another
 * round. */
#define TICK_SHIFT  14
#define WHEEL_SIZE  4096
#define WHEEL_WORDS (WHEEL_SIZE / 64)

typedef struct
{
  RocketIOWatch *watch;        /* NULL: free */
  guint32        generation;   /* tells an event of an earlier owner of the slot */
} Slot;

typedef struct
{
  GSource          source;
  RocketIOReactor *reactor;
} Source;

struct _RocketIOReactor
{
  grefcount         refs;
  gboolean          closed;
  GMainContext     *context;
  GSource          *source;
  RocketIOBackend  *backend;

  GArray           *slots;     /* of Slot */
  GArray           *free;      /* of guint: indices of free slots */
  GQueue            ready;     /* of RocketIOWatch */

  RocketIOTimer    *wheel[WHEEL_SIZE];
  guint64           occupied[WHEEL_WORDS];
  RocketIOTimer    *expired;   /* due in this turn, still to be run */
  gint64            tick;      /* all up to this one have been looked at */
  guint             n_timers;

  RocketIOPumpFunc  pump;
  gpointer          pump_data;
  int               kicked;    /* atomic */

  gint64            busy_since;    /* the first of the last turns without a gap */
  gint64            busy_until;
  gboolean          giving_way;
};

/* Watches */

static guint64
slot_key (RocketIOReactor *self,
          guint            index)
{
  return ((guint64) g_array_index (self->slots, Slot, index).generation << 32) | index;
}

static RocketIOWatch *
lookup_watch (RocketIOReactor *self,
              guint64          key)
{
  guint index = key & G_MAXUINT32;

  if (slot_key (self, index) != key)
    return NULL;

  return g_array_index (self->slots, Slot, index).watch;
}

static guint
take_slot (RocketIOReactor *self)
{
  Slot slot = { NULL, 0 };
  guint index;

  if (self->free->len == 0)
    {
      g_array_append_val (self->slots, slot);
      return self->slots->len - 1;
    }

  index = g_array_index (self->free, guint, self->free->len - 1);
  g_array_set_size (self->free, self->free->len - 1);

  return index;
}

void
rocketio_watch_init (RocketIOWatch     *watch,
                     RocketIOWatchFunc  func)
{
  *watch = (RocketIOWatch) { .func = func, .fd = -1, .ready.data = watch };
}

void
rocketio_reactor_add (RocketIOReactor *self,
                      RocketIOWatch   *watch,
                      int              fd,
                      RocketIOEvents   events)
{
  g_assert (watch->fd == -1 && fd >= 0);

  watch->fd = fd;
  watch->events = events;
  watch->running = FALSE;
  watch->muted = FALSE;
  watch->again = FALSE;
  watch->slot = take_slot (self);
  g_array_index (self->slots, Slot, watch->slot).watch = watch;
  rocketio_backend_add (self->backend, fd, slot_key (self, watch->slot), events);
}

void
rocketio_reactor_modify (RocketIOReactor *self,
                         RocketIOWatch   *watch,
                         RocketIOEvents   events)
{
  g_assert (watch->fd >= 0);

  if (watch->events == events)
    return;

  watch->events = events;
  if (!watch->muted)
    rocketio_backend_modify (self->backend, watch->fd, slot_key (self, watch->slot), events);
}

void
rocketio_reactor_remove (RocketIOReactor *self,
                         RocketIOWatch   *watch)
{
  Slot *slot;

  if (watch->is_ready)
    {
      g_queue_unlink (&self->ready, &watch->ready);
      watch->is_ready = FALSE;
    }
  if (watch->fd < 0)
    return;

  rocketio_backend_remove (self->backend, watch->fd);
  slot = &g_array_index (self->slots, Slot, watch->slot);
  slot->watch = NULL;
  slot->generation++;
  g_array_append_val (self->free, watch->slot);
  watch->fd = -1;
}

void
rocketio_reactor_make_ready (RocketIOReactor *self,
                             RocketIOWatch   *watch)
{
  g_assert (watch->fd >= 0);

  if (watch->is_ready)
    return;

  watch->is_ready = TRUE;
  g_queue_push_tail_link (&self->ready, &watch->ready);
}

static void
run_watch (RocketIOReactor *self,
           guint64          key,
           RocketIOEvents   events)
{
  RocketIOWatch *watch = lookup_watch (self, key);

  if (watch == NULL)
    return;

  if (watch->running)
    {
      /* Once: epoll tells of an error anew whenever it is asked for. */
      if (!watch->muted)
        rocketio_backend_mute (self->backend, watch->fd, key);
      watch->muted = TRUE;
      return;
    }

  watch->running = TRUE;
  watch->func (watch, events);

  /* It may have gone, or be in another slot by now, where it is not marked as running. */
  if (lookup_watch (self, key) != watch)
    return;

  watch->running = FALSE;
  if (watch->again)
    rocketio_reactor_make_ready (self, watch);
  watch->again = FALSE;
  if (!watch->muted)
    return;

  watch->muted = FALSE;
  rocketio_backend_modify (self->backend, watch->fd, key, watch->events);
}

static void
run_ready (RocketIOReactor *self,
           gint64           deadline)
{
  for (guint n = self->ready.length; n > 0 && self->ready.length > 0 && !self->closed; n--)
    {
      RocketIOWatch *watch = g_queue_pop_head_link (&self->ready)->data;

      watch->is_ready = FALSE;
      if (watch->running)
        watch->again = TRUE;
      else
        run_watch (self, slot_key (self, watch->slot), ROCKETIO_EVENT_READ);

      if (g_get_monotonic_time () > deadline)
        break;
    }
}

static void
run_events (RocketIOReactor *self,
            gint64           deadline)
{
  RocketIOBackendEvent events[TURN_EVENTS];
  guint n = rocketio_backend_take (self->backend, events, TURN_EVENTS);

  /* What is left when time is up is reported again in the next turn. */
  for (guint i = 0; i < n && !self->closed; i++)
    {
      run_watch (self, events[i].key, events[i].events);
      if ((i & 7) == 7 && g_get_monotonic_time () > deadline)
        break;
    }
}

/* Timers */

void
rocketio_timer_init (RocketIOTimer     *timer,
                     RocketIOTimerFunc  func)
{
  *timer = (RocketIOTimer) { .func = func };
}

static void
link_timer (RocketIOTimer **list,
            RocketIOTimer  *timer)
{
  timer->next = *list;
  timer->link = list;
  if (timer->next != NULL)
    timer->next->link = &timer->next;
  *list = timer;
}

static void
unlink_timer (RocketIOTimer *timer)
{
  *timer->link = timer->next;
  if (timer->next != NULL)
    timer->next->link = timer->link;
  timer->next = NULL;
  timer->link = NULL;
}

void
rocketio_reactor_start_timer (RocketIOReactor *self,
                              RocketIOTimer   *timer,
                              gint64           milliseconds)
{
  gint64 now = g_get_monotonic_time ();
  guint slot;

  rocketio_reactor_stop_timer (self, timer);

  if (self->n_timers++ == 0)
    self->tick = MAX (self->tick, now >> TICK_SHIFT);
  timer->tick = MAX ((now + milliseconds * 1000) >> TICK_SHIFT, self->tick) + 1;
  slot = timer->tick % WHEEL_SIZE;
  link_timer (&self->wheel[slot], timer);
  self->occupied[slot / 64] |= G_GUINT64_CONSTANT (1) << (slot % 64);
}

void
rocketio_reactor_stop_timer (RocketIOReactor *self,
                             RocketIOTimer   *timer)
{
  if (timer->link == NULL)
    return;

  unlink_timer (timer);
  self->n_timers--;
}

/* The first tick after the present one whose slot may hold something. Slots found empty are marked so. */
static gint64
next_tick (RocketIOReactor *self)
{
  for (gint64 tick = self->tick + 1; tick <= self->tick + WHEEL_SIZE;)
    {
      guint slot = tick % WHEEL_SIZE;
      guint64 word = self->occupied[slot / 64] >> (slot % 64);

      if (word == 0)
        {
          tick += 64 - slot % 64;
          continue;
        }

      tick += __builtin_ctzll (word);
      slot = tick % WHEEL_SIZE;
      if (self->wheel[slot] != NULL)
        return tick;
      self->occupied[slot / 64] &= ~(G_GUINT64_CONSTANT (1) << (slot % 64));
    }

  return G_MAXINT64;
}

static int
get_timeout (RocketIOReactor *self)
{
  gint64 tick, left;

  if (self->expired != NULL)
    return 0;
  if (self->n_timers == 0)
    return -1;

  tick = next_tick (self);
  if (tick == G_MAXINT64)
    return -1;

  left = (tick << TICK_SHIFT) - g_get_monotonic_time ();

  return left <= 0 ? 0 : left / 1000 + 1;
}

static void
expire_slot (RocketIOReactor *self,
             guint            slot,
             gint64           now)
{
  for (RocketIOTimer *timer = self->wheel[slot], *next; timer != NULL; timer = next)
    {
      next = timer->next;
      if (timer->tick > now)
        continue;

      unlink_timer (timer);
      link_timer (&self->expired, timer);
    }
}

static void
run_expired (RocketIOReactor *self)
{
  while (self->expired != NULL && !self->closed)
    {
      RocketIOTimer *timer = self->expired;

      unlink_timer (timer);
      self->n_timers--;
      timer->func (timer);
    }
}

static void
run_timers (RocketIOReactor *self)
{
  gint64 now = g_get_monotonic_time () >> TICK_SHIFT;

  if (self->n_timers == 0)
    return;

  /* Some may be left by the turn around this one; then the earliest first. */
  run_expired (self);
  for (gint64 tick = next_tick (self); tick <= now && !self->closed; tick = next_tick (self))
    {
      self->tick = tick;
      expire_slot (self, tick % WHEEL_SIZE, now);
      run_expired (self);
    }
  self->tick = MAX (self->tick, now);
}

/* The source */

static gboolean
reactor_prepare (GSource *source,
                 int     *timeout)
{
  RocketIOReactor *self = ((Source *) source)->reactor;

  self->giving_way = self->busy_until - self->busy_since > TURN_TIME &&
                     g_get_monotonic_time () - self->busy_until < MAX_GAP;
  *timeout = self->ready.length > 0 || g_atomic_int_get (&self->kicked) ? 0 : get_timeout (self);

  return *timeout == 0 && !self->giving_way;
}

static gboolean
reactor_check (GSource *source)
{
  RocketIOReactor *self = ((Source *) source)->reactor;

  if (self->giving_way)
    {
      self->busy_since = self->busy_until;
      return FALSE;
    }

  return rocketio_backend_check (self->backend) ||
         self->ready.length > 0 ||
         g_atomic_int_get (&self->kicked) ||
         get_timeout (self) == 0;
}

static void
run_pump (RocketIOReactor *self)
{
  if (!g_atomic_int_exchange (&self->kicked, FALSE) || self->pump == NULL)
    return;

  if (self->pump (self->pump_data, g_get_monotonic_time () + TURN_TIME))
    g_atomic_int_set (&self->kicked, TRUE);
}

static gboolean
reactor_dispatch (GSource     *source,
                  GSourceFunc  callback,
                  gpointer     user_data)
{
  g_autoptr (RocketIOReactor) self = rocketio_reactor_ref (((Source *) source)->reactor);
  gint64 now = g_get_monotonic_time ();
  gint64 deadline = now + TURN_TIME;

  if (now - self->busy_until >= MAX_GAP)
    self->busy_since = now;

  /* Each of these may close the reactor. */
  run_events (self, deadline);
  run_ready (self, deadline);
  run_timers (self);
  if (!self->closed)
    run_pump (self);
  self->busy_until = g_get_monotonic_time ();

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs reactor_funcs = { reactor_prepare, reactor_check, reactor_dispatch, NULL };

RocketIOReactor *
rocketio_reactor_new (GMainContext  *context,
                      GError       **error)
{
  g_autoptr (GSource) source = g_source_new (&reactor_funcs, sizeof (Source));
  RocketIOBackend *backend = rocketio_backend_new (source, error);
  RocketIOReactor *self;

  if (backend == NULL)
    return NULL;

  self = g_new0 (RocketIOReactor, 1);
  g_ref_count_init (&self->refs);
  self->backend = backend;
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  self->free = g_array_new (FALSE, FALSE, sizeof (guint));
  self->source = g_steal_pointer (&source);
  ((Source *) self->source)->reactor = self;
  g_source_set_static_name (self->source, "RocketIO reactor");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);

  return self;
}

RocketIOReactor *
rocketio_reactor_ref (RocketIOReactor *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_reactor_unref (RocketIOReactor *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  g_warn_if_fail (self->free->len == self->slots->len);
  g_warn_if_fail (self->n_timers == 0);

  rocketio_backend_free (self->backend);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_array_unref (self->slots);
  g_array_unref (self->free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self);
}

void
rocketio_reactor_close (RocketIOReactor *self)
{
  if (self->closed)
    return;

  self->closed = TRUE;
  for (guint i = 0; i < self->slots->len; i++)
    {
      RocketIOWatch *watch = g_array_index (self->slots, Slot, i).watch;

      if (watch != NULL)
        watch->func (watch, ROCKETIO_EVENT_ERROR);
    }
  g_source_destroy (self->source);
}

gboolean
rocketio_reactor_is_empty (RocketIOReactor *self)
{
  return self->free->len == self->slots->len;
}

gboolean
rocketio_reactor_is_closed (RocketIOReactor *self)
{
  return self->closed;
}

void
rocketio_reactor_set_pump (RocketIOReactor  *self,
                           RocketIOPumpFunc  func,
                           gpointer          user_data)
{
  self->pump = func;
  self->pump_data = user_data;
}

void
rocketio_reactor_kick (RocketIOReactor *self)
{
  /* The thread that runs the context looks again before it waits. */
  if (!g_atomic_int_exchange (&self->kicked, TRUE) && !g_main_context_is_owner (self->context))
    g_main_context_wakeup (self->context);
}

GMainContext *
rocketio_reactor_get_context (RocketIOReactor *self)
{
  return self->context;
}
