/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-session-private.h"

#include "rocketio-task-private.h"

#include <string.h>

#define DEFAULT_TIMEOUT 10000    /* milliseconds */

/* What we asked a client, and it has not answered yet: the data of a task. */
typedef struct
{
  RocketIOSession *session;    /* that the task keeps; NULL: it is settled */
  guint64          id;
  RocketIOTimer    timer;
  gulong           handler;    /* of GCancellable::cancelled; 0: none */
  GTask           *task;
  JsonNode        *answer;
  GBytes          *bytes;      /* instead of `answer`, which is null then */
  char            *code;       /* of an error of the client's */
  GError          *error;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_clear_pointer (&self->answer, json_node_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self->code);
  g_free (self);
}

static gboolean
complete_cb (gpointer user_data)
{
  GTask *task = user_data;
  Question *question = g_task_get_task_data (task);

  if (question->error != NULL)
    g_task_return_error (task, g_steal_pointer (&question->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&question->answer), (GDestroyNotify) json_node_unref);

  return G_SOURCE_REMOVE;
}

/* With `answer` or `error`, one of which it takes; the first outcome is the one that counts. */
static void
settle (Question *question,
        JsonNode *answer,
        GError   *error)
{
  RocketIOSession *session = g_steal_pointer (&question->session);
  g_autoptr (GTask) task = question->task;

  g_hash_table_steal (session->wire->questions, &question->id);
  rocketio_reactor_stop_timer (session->host->reactor, &question->timer);

  /* Not g_cancellable_disconnect(), which never returns when the app gets here from another handler of the signal. */
  if (question->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), question->handler);

  question->answer = answer;
  question->error = error;
  rocketio_task_call_later (task, complete_cb);
}

static void
timer_cb (RocketIOTimer *timer)
{
  Question *question = rocketio_container_of (timer, Question, timer);

  settle (question, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                               "The client did not answer the request in time"));
}

static gboolean
cancel_cb (gpointer user_data)
{
  Question *question = g_task_get_task_data (user_data);

  if (question->session != NULL)
    settle (question, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The request was cancelled"));

  return G_SOURCE_REMOVE;
}

/* In whatever thread. */
static void
cancelled_cb (GCancellable *cancellable,
              GTask        *task)
{
  rocketio_task_call_later (task, cancel_cb);
}

/* Answers */

static void
settle_with_error (Question     *question,
                   RocketIOSpan  value)
{
  RocketIOJsonMember members[] = { { "code" }, { "message" } };
  g_autofree char *message = NULL;
  const char *code;

  if (rocketio_json_scan (value.start, value.length, members, G_N_ELEMENTS (members), NULL))
    {
      question->code = members[0].value.start != NULL ? rocketio_json_dup_string (members[0].value) : NULL;
      message = members[1].value.start != NULL ? rocketio_json_dup_string (members[1].value) : NULL;
    }

  if (question->code == NULL)
    question->code = g_strdup ("error");
  code = question->code;
  settle (question, NULL, g_error_new (ROCKETIO_ERROR, ROCKETIO_ERROR_REFUSED, "%s: %s", code,
                                       message != NULL ? message : "the client gave no reason"));
}

static void
settle_with_bytes (Question     *question,
                   RocketIOSpan  value)
{
  GError *error = NULL;

  question->bytes = rocketio_bytes_parse (value, &error);
  settle (question, question->bytes != NULL ? json_node_new (JSON_NODE_NULL) : NULL, error);
}

static guint64
get_id (RocketIOSpan value)
{
  g_autofree char *digits = value.start != NULL ? g_strndup (value.start, MIN (value.length, 32)) : NULL;
  guint64 id = 0;

  if (digits != NULL)
    g_ascii_string_to_unsigned (digits, 10, 1, ROCKETIO_MAX_NUMBER, &id, NULL);

  return id;
}

static gboolean
is_true (RocketIOSpan value)
{
  return value.start != NULL && value.length == strlen ("true") && memcmp (value.start, "true", value.length) == 0;
}

void
rocketio_session_handle_ack (RocketIOSession  *self,
                             RocketIOEnvelope *envelope)
{
  RocketIOJsonMember members[] = { { "id" }, { "data" }, { "error" }, { "bin" } };
  RocketIOSpan *data = &members[1].value;
  Question *question;
  guint64 id;

  if (self->wire->questions == NULL || envelope->data.start == NULL ||
      !rocketio_json_scan_wrapped (envelope->data.start, envelope->data.length, 1, members, G_N_ELEMENTS (members),
                                   NULL))
    return;

  id = get_id (members[0].value);
  question = g_hash_table_lookup (self->wire->questions, &id);
  if (question == NULL)
    {
      g_debug ("An answer was dropped that nobody waits for");
      return;
    }

  if (members[2].value.start != NULL)
    settle_with_error (question, members[2].value);
  else if (is_true (members[3].value))
    settle_with_bytes (question, *data);
  else if (data->start != NULL)
    settle (question, rocketio_json_parse (*data), NULL);
  else
    settle (question, json_node_new (JSON_NODE_NULL), NULL);
}

void
rocketio_session_end_questions (RocketIOSession *self)
{
  GHashTableIter iter;
  gpointer question;

  if (self->wire->questions == NULL)
    return;

  for (g_hash_table_iter_init (&iter, self->wire->questions); g_hash_table_iter_next (&iter, NULL, &question);
       g_hash_table_iter_init (&iter, self->wire->questions))
    settle (question, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                                 "The session ended before the client had answered the request"));
}

/* Asking */

static gboolean
check_state (RocketIOSession  *self,
             GError          **error)
{
  if (self->host == NULL || self->ending)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The session is closed: nobody is there to be asked");
  else if (self->wire == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         "The client speaks version 1 of the protocol, which has no requests; push an event to it");
  else
    return TRUE;

  return FALSE;
}

static void
ask (RocketIOSession *self,
     GTask           *task,
     RocketIOMessage *message,
     guint            timeout)
{
  Question *question = g_new0 (Question, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  rocketio_message_add_number (message, "id", ++self->wire->last_id);
  question->session = self;
  question->id = self->wire->last_id;
  question->task = g_object_ref (task);
  rocketio_timer_init (&question->timer, timer_cb);
  g_task_set_task_data (task, question, question_free);

  if (self->wire->questions == NULL)
    self->wire->questions = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_hash_table_insert (self->wire->questions, &question->id, question);
  rocketio_reactor_start_timer (self->host->reactor, &question->timer, timeout > 0 ? timeout : DEFAULT_TIMEOUT);
  rocketio_session_push_message (self, message);

  if (cancellable != NULL)
    question->handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), g_object_ref (task),
                                               g_object_unref);
}

/* NULL: this is not the thread for it, or `name` cannot be asked, which is what the task has come to. */
static GTask *
begin (RocketIOSession     *self,
       const char          *name,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data,
       const char          *function)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  if (!rocketio_inbox_check_thread (self->inbox, function))
    return NULL;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, begin);
  if (check_state (self, &error) && rocketio_event_check (name, &error))
    return g_steal_pointer (&task);

  g_task_return_error (task, error);

  return NULL;
}

/* Takes `task`, `message` and what is in `error`, which says why there is no message. */
static void
ask_or_fail (RocketIOSession *self,
             GTask           *task,
             RocketIOMessage *message,
             GError         **error,
             guint            timeout)
{
  if (message != NULL)
    ask (self, task, message, timeout);
  else
    g_task_return_error (task, g_steal_pointer (error));

  g_object_unref (task);
}

static gboolean
is_result (RocketIOSession *self,
           GAsyncResult    *result)
{
  return g_task_is_valid (result, self) && g_async_result_is_tagged (result, begin);
}

/**
 * rocketio_session_request_async:
 * @self: a session
 * @name: the name of the request: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: (nullable) (transfer none): what to ask with, or %NULL for null
 * @timeout: milliseconds to wait for the answer; 0 for 10 seconds
 * @cancellable: (nullable): what can end the waiting
 * @callback: (scope async): what to call when the answer is there, or will not come
 * @user_data: for @callback
 *
 * Asks the client something.
 *
 * A client that loses its connection meanwhile is asked again when it is back; it answers each request once.
 * To cancel it, or to have it time out, takes nothing back: the client may still handle it, and its answer is dropped.
 */
void
rocketio_session_request_async (RocketIOSession     *self,
                                const char          *name,
                                JsonNode            *data,
                                guint                timeout,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = begin (self, name, cancellable, callback, user_data, G_STRFUNC);
  if (task != NULL)
    ask_or_fail (self, task, rocketio_message_new (name, data, &error), &error, timeout);
}

/**
 * rocketio_session_request_finish:
 * @self: a session
 * @result: what the callback of [method@Session.request_async] was given
 * @error: return location for a #GError
 *
 * Gets the answer to what [method@Session.request_async] asked.
 *
 * The errors are: %ROCKETIO_ERROR_REFUSED if the client answered with an error, whose code and text are the message,
 * and whose code alone [method@Session.request_get_code] gives; %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED;
 * %G_IO_ERROR_CLOSED if the session ended; %G_IO_ERROR_NOT_SUPPORTED if the client speaks version 1 of the protocol;
 * %ROCKETIO_ERROR_INVALID_NAME and %ROCKETIO_ERROR_INVALID_JSON for what cannot be asked at all;
 * %ROCKETIO_ERROR_INVALID_MESSAGE if the client says that it answers with bytes, but does not.
 *
 * Returns: (transfer full): the answer, an immutable node, or %NULL with @error set. Where the answer is bytes it is a
 *   null node, and [method@Session.request_get_bytes] has them.
 */
JsonNode *
rocketio_session_request_finish (RocketIOSession  *self,
                                 GAsyncResult     *result,
                                 GError          **error)
{
  g_return_val_if_fail (is_result (self, result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * rocketio_session_request_variant_async:
 * @self: a session
 * @name: the name of the request: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: what to ask with; sunk if it is floating
 * @timeout: milliseconds to wait for the answer; 0 for 10 seconds
 * @cancellable: (nullable): what can end the waiting
 * @callback: (scope async): what to call when the answer is there, or will not come
 * @user_data: for @callback
 *
 * Asks the client something, as [method@Session.request_async] does, with the JSON that [method@Server.push_variant]
 * makes of @data.
 */
void
rocketio_session_request_variant_async (RocketIOSession     *self,
                                        const char          *name,
                                        GVariant            *data,
                                        guint                timeout,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_autoptr (GVariant) value = NULL;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (data != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  value = g_variant_ref_sink (data);
  task = begin (self, name, cancellable, callback, user_data, G_STRFUNC);
  if (task != NULL)
    ask_or_fail (self, task, rocketio_message_new_variant (name, value, &error), &error, timeout);
}

/**
 * rocketio_session_request_variant_finish:
 * @self: a session
 * @result: what the callback of [method@Session.request_variant_async] was given
 * @error: return location for a #GError
 *
 * Gets the answer to what [method@Session.request_variant_async] asked.
 *
 * Returns: (transfer full): as [method@Session.request_finish]
 */
JsonNode *
rocketio_session_request_variant_finish (RocketIOSession  *self,
                                         GAsyncResult     *result,
                                         GError          **error)
{
  return rocketio_session_request_finish (self, result, error);
}

/**
 * rocketio_session_request_json_async:
 * @self: a session
 * @name: the name of the request: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @json: what to ask with, as the text of one JSON value (RFC 8259)
 * @timeout: milliseconds to wait for the answer; 0 for 10 seconds
 * @cancellable: (nullable): what can end the waiting
 * @callback: (scope async): what to call when the answer is there, or will not come
 * @user_data: for @callback
 *
 * Asks the client something, as [method@Session.request_async] does, with data that is JSON already. It is checked and
 * passed on as it is.
 */
void
rocketio_session_request_json_async (RocketIOSession     *self,
                                     const char          *name,
                                     const char          *json,
                                     guint                timeout,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (json != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = begin (self, name, cancellable, callback, user_data, G_STRFUNC);
  if (task != NULL)
    ask_or_fail (self, task, rocketio_message_new_json (name, json, -1, &error), &error, timeout);
}

/**
 * rocketio_session_request_json_finish:
 * @self: a session
 * @result: what the callback of [method@Session.request_json_async] was given
 * @error: return location for a #GError
 *
 * Gets the answer to what [method@Session.request_json_async] asked.
 *
 * Returns: (transfer full): as [method@Session.request_finish]
 */
JsonNode *
rocketio_session_request_json_finish (RocketIOSession  *self,
                                      GAsyncResult     *result,
                                      GError          **error)
{
  return rocketio_session_request_finish (self, result, error);
}

/**
 * rocketio_session_request_bytes_async:
 * @self: a session
 * @name: the name of the request: 1 to 255 bytes, and none of the reserved ones that [signal@Server::event] lists
 * @data: what to ask with
 * @timeout: milliseconds to wait for the answer; 0 for 10 seconds
 * @cancellable: (nullable): what can end the waiting
 * @callback: (scope async): what to call when the answer is there, or will not come
 * @user_data: for @callback
 *
 * Asks the client something, as [method@Session.request_async] does, with bytes.
 */
void
rocketio_session_request_bytes_async (RocketIOSession     *self,
                                      const char          *name,
                                      GBytes              *data,
                                      guint                timeout,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (ROCKETIO_IS_SESSION (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (data != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = begin (self, name, cancellable, callback, user_data, G_STRFUNC);
  if (task != NULL)
    ask_or_fail (self, task, rocketio_message_new_bytes (name, data, &error), &error, timeout);
}

/**
 * rocketio_session_request_bytes_finish:
 * @self: a session
 * @result: what the callback of [method@Session.request_bytes_async] was given
 * @error: return location for a #GError
 *
 * Gets the answer to what [method@Session.request_bytes_async] asked. What is asked with bytes may be answered with
 * JSON, and the other way round.
 *
 * Returns: (transfer full): as [method@Session.request_finish]
 */
JsonNode *
rocketio_session_request_bytes_finish (RocketIOSession  *self,
                                       GAsyncResult     *result,
                                       GError          **error)
{
  return rocketio_session_request_finish (self, result, error);
}

/**
 * rocketio_session_request_get_bytes:
 * @self: a session
 * @result: what the callback of [method@Session.request_async], or of its kin, was given
 *
 * Gets the bytes that the client answered with, if it did, to be called after the function that finishes the request.
 * @result may come from any of the ways to ask.
 *
 * Returns: (transfer none) (nullable): the bytes, or %NULL if the answer is JSON, or there is none
 */
GBytes *
rocketio_session_request_get_bytes (RocketIOSession *self,
                                    GAsyncResult    *result)
{
  Question *question;

  g_return_val_if_fail (is_result (self, result), NULL);

  question = g_task_get_task_data (G_TASK (result));

  return question != NULL ? question->bytes : NULL;
}

/**
 * rocketio_session_request_get_code:
 * @self: a session
 * @result: what the callback of [method@Session.request_async], or of its kin, was given
 *
 * Gets the code of the error that the client answered with, to be called after the function that finishes the request
 * has failed with %ROCKETIO_ERROR_REFUSED. @result may come from any of the ways to ask.
 *
 * Returns: (nullable): the code, or %NULL if the client did not refuse
 */
const char *
rocketio_session_request_get_code (RocketIOSession *self,
                                   GAsyncResult    *result)
{
  Question *question;

  g_return_val_if_fail (is_result (self, result), NULL);

  question = g_task_get_task_data (G_TASK (result));

  return question != NULL ? question->code : NULL;
}
