/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar. */
#include "serve.h"

#define TEXT(node) (json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "")
#define LIST() json_node_init_array (json_node_alloc (), json_array_new ())
#define ROOM(session) (rocketio_session_get_channel (session) ? rocketio_session_get_channel (session) : "lobby")

/* To each of them, and not to the channel, which keeps its last messages for who comes later. */
static void
push_members (RocketIOServer *server, RocketIOSession *changed)
{
  g_autoptr (RocketIOPushOptions) options = rocketio_push_options_new ();
  g_autoptr (GSList) members = rocketio_server_list_channel (server, ROOM (changed));
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (JsonNode) names = LIST ();

  for (GSList *l = members; l != NULL; l = l->next)
    {
      g_ptr_array_add (ids, (gpointer) rocketio_session_get_id (l->data));
      json_array_add_string_element (json_node_get_array (names), rocketio_session_get_identity (l->data));
    }
  g_ptr_array_add (ids, NULL);
  rocketio_push_options_set_to (options, (const char *const *) ids->pdata);
  rocketio_server_push_full (server, "members", names, options, NULL);
}

static void
on_join (RocketIOServer *server, JsonNode *data, RocketIOSession *session)
{
  rocketio_session_set_identity (session, TEXT (data));
  rocketio_server_set_history (server, ROOM (session), 50);
  push_members (server, session);
}

static void
on_chat (RocketIOServer *server, JsonNode *data, RocketIOSession *session)
{
  const char *name = rocketio_session_get_identity (session);
  g_autoptr (GVariant) line = g_variant_new_parsed ("{'name': <%s>, 'text': <%s>, 'time': <%x>}",
                                                    name ? name : "somebody", TEXT (data), g_get_real_time () / 1000);
  g_autoptr (JsonNode) node = json_gvariant_serialize (line);

  rocketio_server_push_to_channel (server, ROOM (session), "chat", node, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (RocketIOServer) server = rocketio_server_new ();

  g_signal_connect (server, "event::join", G_CALLBACK (on_join), NULL);
  g_signal_connect (server, "event::chat", G_CALLBACK (on_chat), NULL);
  g_signal_connect (server, "session-closed", G_CALLBACK (push_members), NULL);
  return serve (server, "chat", argc, argv);
}
