// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the tests of version 2 share.

import { RocketIO } from '../../js/src/rocket-io.mjs';
import { NodeEventSource } from './event-source.mjs';
import { next } from './help.mjs';
import { Server2 } from './server-2.mjs';
import { NodeWebSocket } from './socket-peer.mjs';

export const TRANSPORTS = ['websocket', 'sse', 'comet'];

export async function setUp(t, options, { without, Client = RocketIO } = {}) {
  t.mock.method(Math, 'random', () => 0.01); // short pauses
  NodeWebSocket.install(t);
  NodeEventSource.install(t);
  const server = await Server2.start(t, { without });
  const io = new Client(options);
  t.after(() => io.close());
  return { server, io };
}

export async function connected(t, options, more) {
  const { server, io } = await setUp(t, options, more);
  await next(io.connect(server.origin), 'connect');
  return { server, io };
}

// Pauses of `from` to `to` ms are over at once, when the returned function says so; before that they do not begin.
export function holdTimers(t, from, to = from) {
  const { setTimeout: before } = globalThis;
  const held = [];
  globalThis.setTimeout = (action, ms, ...args) => {
    if (!(ms >= from && ms <= to)) return before(action, ms, ...args);
    const timer = before(() => {}, ms);
    timer.unref();
    held.push({ action, timer });
    return timer;
  };
  t.after(() => {
    globalThis.setTimeout = before;
  });
  return () => {
    for (const { action, timer } of held.splice(0)) if (!timer._destroyed) action();
  };
}

// All that the app hears from now on, as [event, ...data], but for `states`.
export function listen(io) {
  const heard = [];
  io.on('*', (event, ...data) => {
    if (event !== 'state') heard.push([event, ...data]);
  });
  return heard;
}

export function names(heard) {
  return heard.map(([event]) => event).join();
}
