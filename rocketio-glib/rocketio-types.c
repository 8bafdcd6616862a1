/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-types.h"

/**
 * rocketio_error_quark:
 *
 * Gets the error domain of the library; in C, `ROCKETIO_ERROR` is shorter.
 *
 * Returns: the quark
 */
G_DEFINE_QUARK (rocketio-error-quark, rocketio_error)

G_DEFINE_ENUM_TYPE (RocketIOError, rocketio_error,
  G_DEFINE_ENUM_VALUE (ROCKETIO_ERROR_INVALID_NAME, "invalid-name"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_ERROR_INVALID_JSON, "invalid-json"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_ERROR_INVALID_MESSAGE, "invalid-message"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_ERROR_TOO_LARGE, "too-large"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_ERROR_INVALID_SETTING, "invalid-setting"))

G_DEFINE_ENUM_TYPE (RocketIOTransportType, rocketio_transport_type,
  G_DEFINE_ENUM_VALUE (ROCKETIO_TRANSPORT_TYPE_NONE, "none"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_TRANSPORT_TYPE_WEBSOCKET, "websocket"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_TRANSPORT_TYPE_COMET, "comet"))

G_DEFINE_ENUM_TYPE (RocketIOCloseReason, rocketio_close_reason,
  G_DEFINE_ENUM_VALUE (ROCKETIO_CLOSE_REASON_CLIENT, "client"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_CLOSE_REASON_LOST, "lost"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_CLOSE_REASON_TIMEOUT, "timeout"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_CLOSE_REASON_SERVER, "server"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_CLOSE_REASON_PROTOCOL, "protocol"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_CLOSE_REASON_SLOW, "slow"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_CLOSE_REASON_SHUTDOWN, "shutdown"))

G_DEFINE_FLAGS_TYPE (RocketIOServeFlags, rocketio_serve_flags,
  G_DEFINE_ENUM_VALUE (ROCKETIO_SERVE_FLAGS_NONE, "none"),
  G_DEFINE_ENUM_VALUE (ROCKETIO_SERVE_FLAGS_FALLBACK_TO_INDEX, "fallback-to-index"))
