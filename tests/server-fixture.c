/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-fixture.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options (void);

/* Threads of TLS that end just then make the search for leaks crash otherwise. */
const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0";
}
#endif

static void
opened_cb (RocketIOServer  *server,
           RocketIOSession *session,
           Fixture         *self)
{
  const char *channel = rocketio_session_get_channel (session);

  self->n_opened++;
  g_set_object (&self->last, session);
  g_string_append_printf (self->book, "opened %s\n", channel != NULL ? channel : "-");
}

static void
closed_cb (RocketIOServer      *server,
           RocketIOSession     *session,
           RocketIOCloseReason  reason,
           Fixture             *self)
{
  g_autofree char *name = g_enum_to_string (ROCKETIO_TYPE_CLOSE_REASON, reason);

  self->n_closed++;
  g_set_object (&self->last, session);
  g_string_append_printf (self->book, "closed %s\n", name + strlen ("ROCKETIO_CLOSE_REASON_"));
}

static void
event_cb (RocketIOServer  *server,
          JsonNode        *data,
          RocketIOSession *session,
          const char      *name,
          Fixture         *self)
{
  g_autofree char *text = json_to_string (data, FALSE);

  self->n_events++;
  g_set_object (&self->last, session);
  g_string_append_printf (self->book, "event %s %s\n", name, text);
  g_assert_true (json_node_is_immutable (data));
}

static void
echo_cb (RocketIOServer  *server,
         JsonNode        *data,
         RocketIOSession *session,
         const char      *name,
         Fixture         *self)
{
  g_autoptr (GError) error = NULL;

  rocketio_session_push (session, name, data, &error);
  g_assert_no_error (error);
}

static void
all_cb (RocketIOServer  *server,
        JsonNode        *data,
        RocketIOSession *session,
        const char      *name,
        Fixture         *self)
{
  g_autoptr (GError) error = NULL;

  rocketio_server_push (server, name, data, &error);
  g_assert_no_error (error);
}

guint
fixture_get_port (RocketIOServer *server)
{
  GSList *uris = rocketio_server_get_uris (server);
  guint port;

  g_assert_nonnull (uris);
  port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return port;
}

void
fixture_start (Fixture         *self,
               RocketIOServer  *server,
               GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;

  self->server = server;
  self->book = g_string_new (NULL);
  g_signal_connect (server, "session-opened", G_CALLBACK (opened_cb), self);
  g_signal_connect (server, "session-closed", G_CALLBACK (closed_cb), self);
  g_signal_connect (server, "event", G_CALLBACK (event_cb), self);
  g_signal_connect (server, "event::echo", G_CALLBACK (echo_cb), self);
  g_signal_connect (server, "event::all", G_CALLBACK (all_cb), self);

  rocketio_server_listen (server, NULL, 0, certificate, &error);
  g_assert_no_error (error);
  self->port = fixture_get_port (server);
}

void
fixture_set_up (Fixture       *self,
                gconstpointer  unused)
{
  fixture_start (self, rocketio_server_new (), NULL);
}

void
fixture_tear_down (Fixture       *self,
                   gconstpointer  unused)
{
  RocketIOServer *server = self->server;

  /* Whatever a test leaves behind: nothing may be left of the server afterwards. */
  g_clear_object (&self->last);
  if (server != NULL)
    {
      g_signal_handlers_disconnect_by_data (server, self);
      g_object_add_weak_pointer (G_OBJECT (server), (gpointer *) &self->server);
      g_object_unref (server);
      g_assert_null (self->server);
    }
  g_string_free (self->book, TRUE);
}

void
fixture_expect_book (Fixture    *self,
                     const char *expected)
{
  g_assert_cmpstr (self->book->str, ==, expected);
  g_string_truncate (self->book, 0);
}

GTlsCertificate *
fixture_make_certificate (void)
{
  static GTlsCertificate *certificate;
  const char *argv[] = {
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "-", "-out", "-", NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = NULL;

  if (certificate != NULL)
    return g_object_ref (certificate);

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                &pem, NULL, NULL, &error);
  g_assert_no_error (error);
  certificate = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_assert_no_error (error);

  return g_object_ref (certificate);
}

JsonNode *
fixture_parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);

  return node;
}

static const char *complaint;
static guint n_complaints;    /* atomic */

static GLogWriterOutput
writer_cb (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  const char *text = g_atomic_pointer_get (&complaint);

  for (gsize i = 0; text != NULL && i < n_fields; i++)
    {
      if (!g_str_equal (fields[i].key, "MESSAGE") || strstr (fields[i].value, text) == NULL)
        continue;

      g_atomic_int_inc (&n_complaints);
      return G_LOG_WRITER_HANDLED;
    }

  return g_log_writer_default (level, fields, n_fields, user_data);
}

void
fixture_let_complain (const char *text)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      g_log_set_writer_func (writer_cb, NULL, NULL);
      g_once_init_leave (&once, 1);
    }
  g_atomic_int_set (&n_complaints, 0);
  g_atomic_pointer_set (&complaint, text);
}

guint
fixture_get_complaints (void)
{
  return g_atomic_int_get (&n_complaints);
}

guint
fixture_count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

gboolean
fixture_in_subprocess (guint seconds)
{
  if (g_test_subprocess ())
    return TRUE;

  g_test_trap_subprocess (NULL, (guint64) seconds * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();

  return FALSE;
}
