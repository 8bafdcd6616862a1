/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#define ROCKETIO_GLIB_INSIDE

#include <rocketio-glib/rocketio-types.h>
#include <rocketio-glib/rocketio-version.h>
#include <rocketio-glib/rocketio-json.h>
#include <rocketio-glib/rocketio-push-options.h>
#include <rocketio-glib/rocketio-session.h>
#include <rocketio-glib/rocketio-handshake.h>
#include <rocketio-glib/rocketio-request.h>
#include <rocketio-glib/rocketio-server.h>

#undef ROCKETIO_GLIB_INSIDE
