/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-hello-private.h"

#include "rocketio-envelope-private.h"

static JsonNode *
get_member (JsonObject *object,
            const char *name)
{
  return object != NULL ? json_object_get_member (object, name) : NULL;
}

/* NULL if it is no string. */
static const char *
get_string (JsonObject *object,
            const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

/* 0 if it is no integer from 1 on. */
static guint64
get_number (JsonObject *object,
            const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
           ? MAX (json_node_get_int (node), 0) : 0;
}

static JsonArray *
get_array (JsonObject *object,
           const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

gboolean
rocketio_hello_parse (RocketIOHello *self,
                      RocketIOSpan   message)
{
  g_auto (RocketIOEnvelope) envelope = { NULL };
  JsonObject *data = NULL;

  *self = (RocketIOHello) { NULL };
  if (!rocketio_envelope_parse_2 (&envelope, message.start, message.length, NULL) ||
      !g_str_equal (envelope.event, "__hello"))
    return FALSE;

  self->node = rocketio_envelope_parse_data (&envelope);
  if (JSON_NODE_HOLDS_OBJECT (self->node))
    data = json_node_get_object (self->node);
  self->id = get_string (data, "id");
  self->token = get_string (data, "token");
  self->position = get_string (data, "pos");
  self->attempt = get_number (data, "attempt");
  self->channels = get_array (data, "join");
  self->auth = get_member (data, "auth");
  self->client = get_string (data, "client");

  return TRUE;
}

void
rocketio_hello_clear (RocketIOHello *self)
{
  g_clear_pointer (&self->node, json_node_unref);
  g_clear_object (&self->handshake);
}
