// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

export { CometIO } from './comet-io.mjs';
export { RocketIOError } from './error.mjs';
export { EventEmitter } from './event-emitter.mjs';
export { RocketIO } from './rocket-io.mjs';
export { WebSocketIO } from './websocket-io.mjs';
