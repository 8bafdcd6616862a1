/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-request-private.h"

#include <string.h>

#define MAX_CODE 255    /* bytes */

/**
 * RocketIORequest:
 *
 * What a client asks, and waits for the answer to.
 *
 * A handler of [signal@Server::request] answers it at once, or keeps a reference and answers it later, from any thread:
 * with [method@Request.reply] or one of its kin, or with [method@Request.fail]. A request is answered once; one that is
 * let go of without an answer fails with the code `unanswered`.
 *
 * The answer reaches the client also if that loses its connection meanwhile and comes back. If the session is over it
 * goes nowhere, which is no error.
 */

typedef struct
{
  RocketIORequestFunc  func;
  gpointer             user_data;
  GDestroyNotify       user_data_free;
  char                *code;
  char                *message;
} Decision;

struct _RocketIORequest
{
  GObject            parent_instance;

  RocketIOSession   *session;
  char              *name;
  JsonNode          *data;
  GBytes            *bytes;        /* NULL: the data is JSON */
  guint64            id;
  int                answered;     /* atomic */
  RocketIOHandshake *handshake;    /* of a hello; NULL: it is something else */
  Decision          *decision;     /* of a hello, until it is answered; NULL: the client is answered */
};

enum
{
  PROP_NAME = 1,
  PROP_DATA,
  PROP_BYTES,
  PROP_SESSION,
  PROP_HANDSHAKE,
  PROP_ANSWERED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RocketIORequest, rocketio_request, G_TYPE_OBJECT)

/* Answers */

static void
answer_with (RocketIOSession *session,
             GString         *data)
{
  RocketIOMessage *message = rocketio_message_new_checked ("__ack", data->str, data->len);

  rocketio_session_push_message (session, message);
  g_string_free (data, TRUE);
}

static GString *
begin_answer (guint64     id,
              const char *key,
              gsize       length)
{
  GString *data = g_string_sized_new (length + 48);

  g_string_append_printf (data, "{\"id\":%" G_GUINT64_FORMAT ",\"%s\":", id, key);

  return data;
}

/* `json` has been checked. */
void
rocketio_session_answer (RocketIOSession *session,
                         guint64          id,
                         const char      *json,
                         gsize            length)
{
  GString *data;

  if (id == 0)
    return;

  data = begin_answer (id, "data", length);
  g_string_append_len (data, json, length);
  g_string_append_c (data, '}');
  answer_with (session, data);
}

void
rocketio_session_answer_no (RocketIOSession *session,
                            guint64          id,
                            const char      *code,
                            const char      *message)
{
  GString *data;

  if (id == 0)
    return;

  data = begin_answer (id, "error", 64);
  g_string_append (data, "{\"code\":");
  rocketio_json_write_string (data, code);
  g_string_append (data, ",\"message\":");
  rocketio_json_write_string (data, message);
  g_string_append (data, "}}");
  answer_with (session, data);
}

/* A hello */

static void
decision_free (gpointer data)
{
  Decision *self = data;

  self->user_data_free (self->user_data);
  g_free (self->code);
  g_free (self->message);
  g_free (self);
}

static gboolean
decide_cb (gpointer user_data)
{
  Decision *decision = user_data;

  decision->func (decision->code, decision->message, decision->user_data);

  return G_SOURCE_REMOVE;
}

/* In whatever thread. */
static void
decide (RocketIORequest *self,
        const char      *code,
        const char      *message)
{
  Decision *decision = g_steal_pointer (&self->decision);

  decision->code = g_strdup (code);
  decision->message = g_strdup (message);
  g_main_context_invoke_full (rocketio_inbox_get_context (self->session->inbox), G_PRIORITY_DEFAULT,
                              decide_cb, decision, decision_free);
}

/* Whoever comes first answers. */
static gboolean
claim (RocketIORequest  *self,
       GError          **error)
{
  g_return_val_if_fail (self->session != NULL, FALSE);

  if (g_atomic_int_compare_and_exchange (&self->answered, FALSE, TRUE))
    return TRUE;

  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_ANSWERED,
               "the request \"%s\" has been answered already; answer each request once", self->name);

  return FALSE;
}

static gboolean
reply_with (RocketIORequest  *self,
            gboolean          written,
            GString          *json,
            GError          **error)
{
  gboolean replied = written && claim (self, error);

  if (replied && self->decision != NULL)
    decide (self, NULL, NULL);
  else if (replied)
    rocketio_session_answer (self->session, self->id, json->str, json->len);
  g_string_free (json, TRUE);

  return replied;
}

static void
say_no (RocketIORequest *self,
        const char      *code,
        const char      *message)
{
  if (self->decision != NULL)
    decide (self, code, message);
  else
    rocketio_session_answer_no (self->session, self->id, code, message);
}

/* GObject */

RocketIORequest *
rocketio_request_new_hello (RocketIOSession     *session,
                            JsonNode            *auth,
                            RocketIOHandshake   *handshake,
                            RocketIORequestFunc  func,
                            gpointer             user_data,
                            GDestroyNotify       user_data_free)
{
  RocketIORequest *self = g_object_new (ROCKETIO_TYPE_REQUEST, NULL);

  self->session = g_object_ref (session);
  self->name = g_strdup ("__hello");
  self->data = auth != NULL ? json_node_ref (auth) : json_node_new (JSON_NODE_NULL);
  g_set_object (&self->handshake, handshake);
  self->decision = g_new0 (Decision, 1);
  *self->decision = (Decision) { func, user_data, user_data_free };

  return self;
}

RocketIORequest *
rocketio_request_new (RocketIOSession  *session,
                      RocketIOEnvelope *envelope)
{
  RocketIORequest *self = g_object_new (ROCKETIO_TYPE_REQUEST, NULL);

  self->session = g_object_ref (session);
  self->name = g_strdup (envelope->event);
  self->id = envelope->id;
  if (envelope->bytes != NULL)
    self->bytes = g_bytes_ref (envelope->bytes);
  self->data = rocketio_envelope_parse_data (envelope);

  return self;
}

static void
rocketio_request_finalize (GObject *object)
{
  RocketIORequest *self = ROCKETIO_REQUEST (object);

  if (!self->answered && self->session != NULL)
    say_no (self, "unanswered", "the app let go of the request");

  g_clear_object (&self->session);
  g_clear_object (&self->handshake);
  g_clear_pointer (&self->data, json_node_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->name);

  G_OBJECT_CLASS (rocketio_request_parent_class)->finalize (object);
}

static void
rocketio_request_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  RocketIORequest *self = ROCKETIO_REQUEST (object);

  switch (property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;

    case PROP_DATA:
      g_value_set_boxed (value, self->data);
      break;

    case PROP_BYTES:
      g_value_set_boxed (value, self->bytes);
      break;

    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;

    case PROP_HANDSHAKE:
      g_value_set_object (value, self->handshake);
      break;

    case PROP_ANSWERED:
      g_value_set_boolean (value, rocketio_request_get_answered (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
rocketio_request_class_init (RocketIORequestClass *klass)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rocketio_request_finalize;
  object_class->get_property = rocketio_request_get_property;

  /**
   * RocketIORequest:name: (getter get_name)
   *
   * The name of the request.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, readable);

  /**
   * RocketIORequest:data: (getter get_data)
   *
   * What the client sent with it; a null node where it sent nothing. Immutable.
   */
  properties[PROP_DATA] = g_param_spec_boxed ("data", NULL, NULL, JSON_TYPE_NODE, readable);

  /**
   * RocketIORequest:bytes: (getter get_bytes)
   *
   * What the client sent with it if that was bytes.
   */
  properties[PROP_BYTES] = g_param_spec_boxed ("bytes", NULL, NULL, G_TYPE_BYTES, readable);

  /**
   * RocketIORequest:session: (getter get_session)
   *
   * The client.
   */
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, ROCKETIO_TYPE_SESSION, readable);

  /**
   * RocketIORequest:handshake: (getter get_handshake)
   *
   * What the client came in by, if it is that which [signal@Server::authenticate] asks about.
   */
  properties[PROP_HANDSHAKE] =
    g_param_spec_object ("handshake", NULL, NULL, ROCKETIO_TYPE_HANDSHAKE, readable);

  /**
   * RocketIORequest:answered: (getter get_answered)
   *
   * Whether it has been answered. There is no notification, as that may happen in any thread.
   */
  properties[PROP_ANSWERED] = g_param_spec_boolean ("answered", NULL, NULL, FALSE, readable);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rocketio_request_init (RocketIORequest *self)
{
}

/**
 * rocketio_request_get_name: (get-property name)
 * @self: a request
 *
 * Gets the name of the request.
 *
 * Returns: (transfer none): the name
 */
const char *
rocketio_request_get_name (RocketIORequest *self)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), NULL);

  return self->name;
}

/**
 * rocketio_request_get_data: (get-property data)
 * @self: a request
 *
 * Gets what the client sent with the request.
 *
 * Returns: (transfer none): the data, an immutable node; a null node where the client sent nothing. Of bytes, a string
 *   in base64
 */
JsonNode *
rocketio_request_get_data (RocketIORequest *self)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), NULL);

  return self->data;
}

/**
 * rocketio_request_get_bytes: (get-property bytes)
 * @self: a request
 *
 * Gets what the client sent with the request if that was bytes.
 *
 * Returns: (transfer none) (nullable): the bytes, or %NULL if it was JSON
 */
GBytes *
rocketio_request_get_bytes (RocketIORequest *self)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), NULL);

  return self->bytes;
}

/**
 * rocketio_request_get_session: (get-property session)
 * @self: a request
 *
 * Gets who asks.
 *
 * Returns: (transfer none): the client
 */
RocketIOSession *
rocketio_request_get_session (RocketIORequest *self)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), NULL);

  return self->session;
}

/**
 * rocketio_request_get_handshake: (get-property handshake)
 * @self: a request
 *
 * Gets what the client came in by, in a handler of [signal@Server::authenticate].
 *
 * Returns: (transfer none) (nullable): the handshake, or %NULL if the request is about something else
 */
RocketIOHandshake *
rocketio_request_get_handshake (RocketIORequest *self)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), NULL);

  return self->handshake;
}

/**
 * rocketio_request_get_answered: (get-property answered)
 * @self: a request
 *
 * Gets whether the request has been answered. May be called from any thread.
 *
 * Returns: whether it has
 */
gboolean
rocketio_request_get_answered (RocketIORequest *self)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), FALSE);

  return g_atomic_int_get (&self->answered);
}

/**
 * rocketio_request_reply:
 * @self: a request
 * @data: (nullable) (transfer none): the answer, or %NULL for null
 * @error: return location for a #GError
 *
 * Answers the request. May be called from any thread.
 *
 * Returns: whether this is its answer: %FALSE with %ROCKETIO_ERROR_ANSWERED if it has one, or with
 *   %ROCKETIO_ERROR_INVALID_JSON if @data cannot be sent; the request then still waits for one
 */
gboolean
rocketio_request_reply (RocketIORequest  *self,
                        JsonNode         *data,
                        GError          **error)
{
  GString *json;

  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), FALSE);

  json = g_string_new (NULL);

  return reply_with (self, rocketio_json_write (json, data, error), json, error);
}

/**
 * rocketio_request_reply_variant:
 * @self: a request
 * @data: the answer; sunk if it is floating
 * @error: return location for a #GError
 *
 * Answers the request with the JSON that [method@Server.push_variant] makes of @data. May be called from any thread.
 *
 * Returns: whether this is its answer, as for [method@Request.reply]
 */
gboolean
rocketio_request_reply_variant (RocketIORequest  *self,
                                GVariant         *data,
                                GError          **error)
{
  g_autoptr (GVariant) value = NULL;
  GString *json;

  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (data != NULL, FALSE);

  value = g_variant_ref_sink (data);
  json = g_string_new (NULL);

  return reply_with (self, rocketio_json_write_variant (json, value, error), json, error);
}

/**
 * rocketio_request_reply_json:
 * @self: a request
 * @json: the answer, as the text of one JSON value (RFC 8259)
 * @error: return location for a #GError
 *
 * Answers the request with what is JSON already. May be called from any thread.
 *
 * Returns: whether this is its answer, as for [method@Request.reply]
 */
gboolean
rocketio_request_reply_json (RocketIORequest  *self,
                             const char       *json,
                             GError          **error)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (json != NULL, FALSE);

  return reply_with (self, rocketio_json_scan (json, strlen (json), NULL, 0, error), g_string_new (json), error);
}

/**
 * rocketio_request_reply_bytes:
 * @self: a request
 * @data: the answer
 * @error: return location for a #GError
 *
 * Answers the request with bytes. May be called from any thread.
 *
 * Returns: whether this is its answer: %FALSE with %ROCKETIO_ERROR_ANSWERED if it has one
 */
gboolean
rocketio_request_reply_bytes (RocketIORequest  *self,
                              GBytes           *data,
                              GError          **error)
{
  g_autofree char *base64 = NULL;
  GString *answer;

  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (data != NULL, FALSE);

  if (!claim (self, error))
    return FALSE;

  if (self->decision != NULL)
    {
      decide (self, NULL, NULL);
      return TRUE;
    }

  base64 = g_base64_encode (g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  answer = begin_answer (self->id, "bin", strlen (base64));
  g_string_append_printf (answer, "true,\"data\":\"%s\"}", base64);
  answer_with (self->session, answer);

  return TRUE;
}

static gboolean
check_text (const char  *text,
            gsize        max,
            const char  *what,
            GError     **error)
{
  if (*text != '\0' && strlen (text) <= max && g_utf8_validate (text, -1, NULL))
    return TRUE;

  g_set_error (error, ROCKETIO_ERROR, ROCKETIO_ERROR_INVALID_NAME,
               "the %s of a failure is empty, too long, or not valid UTF-8", what);

  return FALSE;
}

/**
 * rocketio_request_fail:
 * @self: a request
 * @code: what went wrong, for programs: 1 to 255 bytes, such as `not-found`
 * @message: the same for people
 * @error: return location for a #GError
 *
 * Answers the request with an error. May be called from any thread.
 *
 * The codes `unknown-name` and `unanswered` are those of the library itself.
 *
 * Returns: whether this is its answer: %FALSE with %ROCKETIO_ERROR_ANSWERED if it has one, or with
 *   %ROCKETIO_ERROR_INVALID_NAME if the texts cannot be sent
 */
gboolean
rocketio_request_fail (RocketIORequest  *self,
                       const char       *code,
                       const char       *message,
                       GError          **error)
{
  g_return_val_if_fail (ROCKETIO_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (code != NULL, FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (!check_text (code, MAX_CODE, "code", error) || !check_text (message, G_MAXINT16, "message", error) ||
      !claim (self, error))
    return FALSE;

  say_no (self, code, message);

  return TRUE;
}
