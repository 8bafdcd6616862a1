/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <rocketio-glib/rocketio-glib.h>

/* What the examples have in common: serves the folder `page` beside them, reads `--port N`, says where it listens, and
 * runs until it is told to stop. Returns the program's exit status. */
int serve (RocketIOServer *server, const char *page, int argc, char **argv);
