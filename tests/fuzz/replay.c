/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"

/* Runs a fuzzer over its corpus, a test a file: neither clang nor libFuzzer is needed for that. */

static void
test_file (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  g_autofree guint8 *exact = NULL;
  gsize size;

  g_file_get_contents (data, &content, &size, &error);
  g_assert_no_error (error);

  /* without the NUL, so that memory checkers see the slightest step aside */
  exact = g_memdup2 (content, size);
  fuzzer_run (exact, size);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint n_files = 0;

  g_test_init (&argc, &argv, NULL);
  folder = g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", FUZZER, NULL);
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);

  for (; (name = g_dir_read_name (dir)) != NULL; n_files++)
    {
      g_autofree char *path = g_strconcat ("/fuzz/" FUZZER "/", name, NULL);

      g_test_add_data_func_full (path, g_build_filename (folder, name, NULL), test_file, g_free);
    }
  g_assert_cmpuint (n_files, >, 0);

  return g_test_run ();
}
