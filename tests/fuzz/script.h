/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Runs a whole server, with an app that does something of everything, and plays its clients from a script. All bytes
 * are sent as they are, but for these two after a backtick:
 *
 *   `.   the server runs          `+   a new connection           `0 to `7   go on with that one
 *   `|   no more is sent          `!   cut off with a RST         `/X        from now on in pieces of X (a byte)
 *   `[   begins a frame of text   `(   one of bytes               `]         ends it; the mask is zero
 *   `<   begins a body            `>   ends it, after its Content-Length and the empty line
 *   `i `t `p `k   the id, token, position and ticket that the server told last
 *   `v   asks for a WebSocket of version 1    `w   of version 2
 *   `q   the app closes the server
 *
 * Afterwards nothing may be left of the server. */
void script_run (const guint8 *data,
                 gsize         size);

G_END_DECLS
