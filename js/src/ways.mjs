// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { CometLink } from './comet-link.mjs';
import { secure } from './place.mjs';
import { PollLink } from './poll-link.mjs';
import { SocketLink } from './socket-link.mjs';
import { StreamLink } from './stream-link.mjs';
import { WebSocketLink } from './websocket-link.mjs';

// The ways to a server at `home` that work here, from the best to the one that works everywhere.
export function waysOf1({ websocket, comet, poll_timeout: pollTimeout }, home) {
  return usable([
    ['websocket', WebSocketLink, globalThis.WebSocket && websocket],
    ['comet', CometLink, comet],
  ], (url) => ({ url: secure(url, home), pollTimeout }));
}

export function waysOf2({ ws, sse, poll, send }, home) {
  const at = (path) => new URL(path, home).href;
  return usable([
    ['websocket', SocketLink, globalThis.WebSocket && ws],
    ['sse', StreamLink, globalThis.EventSource && send && sse],
    ['comet', PollLink, send && poll],
  ], (path, rank) => ({ url: at(path), send: send && at(send), rank }));
}

function usable(ways, more) {
  return ways.filter(([, , url]) => url).map(([type, Link, url], rank) => ({ type, Link, ...more(url, rank) }));
}
