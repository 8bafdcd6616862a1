/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar. */
#include "serve.h"

#define TEXT(node) (json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "")
#define LIST() json_node_init_array (json_node_alloc (), json_array_new ())
#define ROOM(session) (rocketio_session_get_channel (session) ? rocketio_session_get_channel (session) : "lobby")

static void
push_members (RocketIOServer *server, RocketIOSession *changed)
{
  g_autoptr (JsonNode) names = LIST ();
  g_autoptr (GSList) members = rocketio_server_list_channel (server, ROOM (changed));

  for (GSList *l = members; l != NULL; l = l->next)
    json_array_add_string_element (json_node_get_array (names), rocketio_session_get_identity (l->data));
  rocketio_server_push_to_channel (server, ROOM (changed), "members", names, NULL);
}

static void
on_join (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *event, GHashTable *histories)
{
  rocketio_session_set_identity (session, TEXT (data));
  rocketio_session_push (session, "history", g_hash_table_lookup (histories, ROOM (session)), NULL);
  push_members (server, session);
}

static void
on_chat (RocketIOServer *server, JsonNode *data, RocketIOSession *session, const char *event, GHashTable *histories)
{
  const char *name = rocketio_session_get_identity (session);
  g_autoptr (GVariant) line = g_variant_new_parsed ("{'name': <%s>, 'text': <%s>, 'time': <%x>}",
                                                    name ? name : "somebody", TEXT (data), g_get_real_time () / 1000);
  g_autoptr (JsonNode) node = json_gvariant_serialize (line);
  JsonNode *history = g_hash_table_lookup (histories, ROOM (session));

  rocketio_server_push_to_channel (server, ROOM (session), "chat", node, NULL);
  if (history == NULL)
    g_hash_table_insert (histories, g_strdup (ROOM (session)), history = LIST ());
  json_array_add_element (json_node_get_array (history), g_steal_pointer (&node));
  if (json_array_get_length (json_node_get_array (history)) > 50)
    json_array_remove_element (json_node_get_array (history), 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GHashTable) histories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                            (GDestroyNotify) json_node_unref);
  g_autoptr (RocketIOServer) server = rocketio_server_new ();

  g_signal_connect (server, "event::join", G_CALLBACK (on_join), histories);
  g_signal_connect (server, "event::chat", G_CALLBACK (on_chat), histories);
  g_signal_connect (server, "session-closed", G_CALLBACK (push_members), NULL);
  return serve (server, "chat", argc, argv);
}
