/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-host.h"
#include "fuzzer.h"
#include "rocketio-state-private.h"

/* The file that a server leaves to the next one, as it is or as the text of a variant. What was loaded can be used, and
 * saved and loaded again. */

static GVariant *
read_state (const guint8 *data,
            gsize         size)
{
  const char *text = (const char *) data;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  GVariant *variant = NULL;

  /* GLib's reader of texts wants them in UTF-8 */
  if (size > 0 && data[0] == '(' && g_utf8_validate (text, size, NULL))
    variant = g_variant_parse (G_VARIANT_TYPE (ROCKETIO_STATE_TYPE), text, text + size, NULL, NULL);
  if (variant != NULL)
    return variant;

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (ROCKETIO_STATE_TYPE), bytes, FALSE));
}

static gboolean
load (FakeHost *host,
      GVariant *state)
{
  gboolean loaded = rocketio_state_load (host->hub, state, &host->host, NULL);

  host->host.epoch = rocketio_hub_get_epoch (host->hub);

  return loaded;
}

/* The first session comes back, and is sent what it has missed. */
static void
use (FakeHost *host)
{
  GListModel *sessions = G_LIST_MODEL (rocketio_hub_get_sessions (host->hub));
  g_autoptr (RocketIOSession) session = g_list_model_get_item (sessions, 0);
  g_autoptr (FakeTransport) transport = NULL;
  char position[ROCKETIO_POSITION_SIZE];

  fake_host_push (host, "event", NULL, NULL, NULL);
  if (session != NULL)
    {
      transport = fake_transport_new (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET);
      rocketio_position_write (position, host->host.epoch, 1);
      rocketio_session_resume (session, position);
      rocketio_session_attach (session, &transport->parent);
    }
  fake_host_run (host);
}

int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  g_autoptr (FakeHost) host = fake_host_new ();
  g_autoptr (FakeHost) next = NULL;
  g_autoptr (GVariant) state = read_state (data, size);
  g_autoptr (GVariant) again = NULL;

  if (!load (host, state))
    return 0;

  again = rocketio_state_save (host->hub);
  next = fake_host_new ();
  g_assert_true (load (next, again));
  use (host);

  return 0;
}
