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
  return [
    ...way('websocket', WebSocketLink, globalThis.WebSocket && websocket),
    ...way('comet', CometLink, comet),
  ].map((one) => ({ ...one, url: secure(one.url, home), pollTimeout }));
}

export function waysOf2({ ws, sse, poll, send }, home) {
  const at = (path) => new URL(path, home).href;
  return [
    ...way('websocket', SocketLink, globalThis.WebSocket && ws),
    ...way('sse', StreamLink, globalThis.EventSource && send && sse),
    ...way('comet', PollLink, send && poll),
  ].map((one, rank) => ({ ...one, url: at(one.url), send: send && at(send), rank }));
}

function way(type, Link, url) {
  return url ? [{ type, Link, url }] : [];
}
