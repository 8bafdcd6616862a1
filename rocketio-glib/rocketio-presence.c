/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-presence-private.h"

#define COLLECT_TIME 250        /* milliseconds in which changes are collected */
#define AWAY_TIME    2000000    /* microseconds that somebody counts as there after the connection is lost */

struct _RocketIOPresence
{
  RocketIOReactor      *reactor;
  GHashTable           *rooms;       /* name -> Room */
  RocketIOPresenceFunc  func;
  gpointer              user_data;
};

typedef struct
{
  RocketIOPresence *presence;
  char             *name;
  GHashTable       *people;      /* identity or id -> Person */
  RocketIOTimer     timer;
} Room;

typedef struct
{
  char       *key;
  char       *id;          /* of one of the sessions, as the others know it */
  char       *identity;    /* NULL: none */
  GHashTable *sessions;    /* ids, each with the time until which it counts as there, or 0 while it is */
  gboolean    told;        /* the others know of it */
} Person;

static void
person_free (gpointer data)
{
  Person *self = data;

  g_hash_table_unref (self->sessions);
  g_free (self->key);
  g_free (self->id);
  g_free (self->identity);
  g_free (self);
}

static void
room_free (gpointer data)
{
  Room *self = data;

  rocketio_reactor_stop_timer (self->presence->reactor, &self->timer);
  g_hash_table_unref (self->people);
  g_free (self->name);
  g_free (self);
}

static void
collect (Room *room)
{
  rocketio_reactor_start_timer (room->presence->reactor, &room->timer, COLLECT_TIME);
}

/* What is told */

static void
write_person (Person  *person,
              GString *out)
{
  g_string_append_printf (out, "{\"id\":\"%s\",\"identity\":", person->id);
  if (person->identity != NULL)
    rocketio_json_write_string (out, person->identity);
  else
    g_string_append (out, "null");
  g_string_append_c (out, '}');
}

static void
add_comma (GString *list)
{
  if (list->len > 0)
    g_string_append_c (list, ',');
}

/* Forgets the sessions whose time is up. Returns whether any is left; `soon`: whether one may go soon. */
static gboolean
look_at_person (Person   *person,
                gint64    now,
                gboolean *soon)
{
  GHashTableIter iter;
  gpointer end;

  g_hash_table_iter_init (&iter, person->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &end))
    {
      gint64 until = *(gint64 *) end;

      if (until > 0 && until <= now)
        g_hash_table_iter_remove (&iter);
      else if (until > 0)
        *soon = TRUE;
    }

  return g_hash_table_size (person->sessions) > 0;
}

static void
timer_cb (RocketIOTimer *timer)
{
  Room *room = rocketio_container_of (timer, Room, timer);
  g_autoptr (GString) joined = g_string_new (NULL);
  g_autoptr (GString) left = g_string_new (NULL);
  g_autoptr (GString) data = g_string_new ("{\"ch\":");
  gint64 now = g_get_monotonic_time ();
  gboolean soon = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, room->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Person *person = value;
      gboolean is_there = look_at_person (person, now, &soon);

      if (is_there && !person->told)
        {
          add_comma (joined);
          write_person (person, joined);
        }
      if (!is_there && person->told)
        {
          add_comma (left);
          g_string_append_printf (left, "\"%s\"", person->id);
        }
      person->told = is_there;
      if (!is_there)
        g_hash_table_iter_remove (&iter);
    }

  if (soon)
    collect (room);
  if (joined->len == 0 && left->len == 0)
    return;

  rocketio_json_write_string (data, room->name);
  g_string_append_printf (data, ",\"joined\":[%s],\"left\":[%s]}", joined->str, left->str);
  room->presence->func (room->name, data, room->presence->user_data);
}

/* Who is there */

static const char *
get_key (RocketIOSession *session)
{
  const char *identity = rocketio_session_get_identity (session);

  return identity != NULL ? identity : rocketio_session_get_id (session);
}

static gint64 *
new_time (gint64 time)
{
  gint64 *copy = g_new (gint64, 1);

  *copy = time;

  return copy;
}

static Person *
ensure_person (Room            *room,
               RocketIOSession *session)
{
  Person *person = g_hash_table_lookup (room->people, get_key (session));

  if (person != NULL)
    return person;

  person = g_new0 (Person, 1);
  person->key = g_strdup (get_key (session));
  person->id = g_strdup (rocketio_session_get_id (session));
  person->identity = g_strdup (rocketio_session_get_identity (session));
  person->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (room->people, person->key, person);

  return person;
}

static void
enter (Room            *room,
       RocketIOSession *session)
{
  Person *person = ensure_person (room, session);

  g_hash_table_insert (person->sessions, g_strdup (rocketio_session_get_id (session)), new_time (0));
  if (!person->told)
    collect (room);
}

/* By the session's id, as the identity may have changed since. */
static Person *
find_person (Room            *room,
             RocketIOSession *session)
{
  Person *person = g_hash_table_lookup (room->people, get_key (session));
  GHashTableIter iter;
  gpointer value;

  if (person != NULL && g_hash_table_contains (person->sessions, rocketio_session_get_id (session)))
    return person;

  g_hash_table_iter_init (&iter, room->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (g_hash_table_contains (((Person *) value)->sessions, rocketio_session_get_id (session)))
        return value;
    }

  return NULL;
}

/* From every room that it is in: it counts as there until `until`; 0: as long as nothing else is said. */
static void
set_until (RocketIOPresence *self,
           RocketIOSession  *session,
           gint64            until)
{
  g_auto (GStrv) channels = NULL;

  if (g_hash_table_size (self->rooms) == 0)
    return;

  channels = rocketio_feed_dup_channels (&session->feed);
  for (guint i = 0; channels[i] != NULL; i++)
    {
      Room *room = g_hash_table_lookup (self->rooms, channels[i]);
      Person *person = room != NULL ? find_person (room, session) : NULL;

      if (person == NULL)
        continue;

      g_hash_table_insert (person->sessions, g_strdup (rocketio_session_get_id (session)), new_time (until));
      collect (room);
    }
}

void
rocketio_presence_joined (RocketIOPresence *self,
                          RocketIOSession  *session,
                          const char       *channel)
{
  Room *room = g_hash_table_lookup (self->rooms, channel);

  if (room != NULL)
    enter (room, session);
}

void
rocketio_presence_left (RocketIOPresence *self,
                        RocketIOSession  *session,
                        const char       *channel)
{
  Room *room = g_hash_table_lookup (self->rooms, channel);
  Person *person = room != NULL ? find_person (room, session) : NULL;

  if (person == NULL)
    return;

  g_hash_table_remove (person->sessions, rocketio_session_get_id (session));
  collect (room);
}

void
rocketio_presence_away (RocketIOPresence *self,
                        RocketIOSession  *session)
{
  set_until (self, session, g_get_monotonic_time () + AWAY_TIME);
}

void
rocketio_presence_back (RocketIOPresence *self,
                        RocketIOSession  *session)
{
  g_auto (GStrv) channels = NULL;

  if (g_hash_table_size (self->rooms) == 0)
    return;

  channels = rocketio_feed_dup_channels (&session->feed);
  for (guint i = 0; channels[i] != NULL; i++)
    rocketio_presence_joined (self, session, channels[i]);
}

void
rocketio_presence_write (RocketIOPresence *self,
                         const char       *channel,
                         GString          *out)
{
  Room *room = g_hash_table_lookup (self->rooms, channel);
  g_autoptr (GString) people = NULL;
  GHashTableIter iter;
  gpointer person;

  if (room == NULL)
    return;

  people = g_string_new (NULL);
  g_hash_table_iter_init (&iter, room->people);
  while (g_hash_table_iter_next (&iter, NULL, &person))
    {
      if (!((Person *) person)->told)
        continue;

      add_comma (people);
      write_person (person, people);
    }
  g_string_append_printf (out, ",\"present\":[%s]", people->str);
}

/* Life */

RocketIOPresence *
rocketio_presence_new (RocketIOReactor      *reactor,
                       RocketIOPresenceFunc  func,
                       gpointer              user_data)
{
  RocketIOPresence *self = g_new0 (RocketIOPresence, 1);

  self->reactor = rocketio_reactor_ref (reactor);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->func = func;
  self->user_data = user_data;

  return self;
}

void
rocketio_presence_free (RocketIOPresence *self)
{
  g_hash_table_unref (self->rooms);
  rocketio_reactor_unref (self->reactor);
  g_free (self);
}

void
rocketio_presence_set (RocketIOPresence *self,
                       const char       *channel,
                       gboolean          tells,
                       RocketIOChannel  *members)
{
  Room *room = g_hash_table_lookup (self->rooms, channel);

  if (!tells)
    g_hash_table_remove (self->rooms, channel);
  if (!tells || room != NULL)
    return;

  room = g_new0 (Room, 1);
  room->presence = self;
  room->name = g_strdup (channel);
  room->people = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, person_free);
  rocketio_timer_init (&room->timer, timer_cb);
  g_hash_table_insert (self->rooms, room->name, room);
  for (guint i = 0; members != NULL && i < rocketio_channel_get_size (members); i++)
    enter (room, rocketio_channel_get_member (members, i));
}
