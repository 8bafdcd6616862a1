/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(ROCKETIO_GLIB_INSIDE) && !defined(ROCKETIO_GLIB_COMPILATION)
#error "Only <rocketio-glib/rocketio-glib.h> can be included directly."
#endif

#include <rocketio-glib/rocketio-types.h>

G_BEGIN_DECLS

ROCKETIO_AVAILABLE_IN_ALL
char *rocketio_json_to_string (JsonNode  *node,
                               GError   **error);

G_END_DECLS
