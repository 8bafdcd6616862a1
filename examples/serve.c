/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "serve.h"

#include <locale.h>

static gboolean
start (RocketIOServer  *server,
       const char      *page,
       int              port,
       const char      *address,
       GError         **error)
{
  g_autofree char *directory = g_build_filename (EXAMPLES_DIR, page, NULL);

  return rocketio_server_serve_directory (server, directory, ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX, error) &&
         rocketio_server_listen (server, address, port, NULL, error);
}

int
serve (RocketIOServer  *server,
       const char      *page,
       int              argc,
       char           **argv)
{
  int port = 5000;
  g_autofree char *address = NULL;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &port, "The port to listen on; 0 is any that is free", "N" },
    { "address", 'a', 0, G_OPTION_ARG_STRING, &address, "The address to listen on; * is all of them", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || !start (server, page, port, address, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  uris = rocketio_server_get_uris (server);
  for (GSList *l = uris; l != NULL; l = l->next)
    {
      g_autofree char *uri = g_uri_to_string (l->data);

      g_print ("listening on %s\n", uri);
    }
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  rocketio_server_run (server);

  return 0;
}
