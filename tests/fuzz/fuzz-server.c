/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzzer.h"
#include "script.h"

/* Raw bytes, as a script. */
int
fuzzer_run (const guint8 *data,
            gsize         size)
{
  script_run (data, size);

  return 0;
}
