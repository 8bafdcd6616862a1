// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the app of the server has to do for the cases (README.md), and whether it does.

import { connect } from './peer.mjs';

const SHORT = { ms: 2500 };

// What each needs to be seen at work. They throw if it is not there.
const PROBES = {
  async echo(peer) {
    peer.send({ type: 'echo', data: 1 });
    await peer.next('echo', SHORT);
  },
  async broadcast(peer) {
    peer.send({ type: 'broadcast', data: peer.id });
    await peer.next({ type: 'broadcast', data: peer.id }, SHORT);
  },
  async to_channel(peer) {
    await peer.join(`probe-${peer.id}`);
    await peer.join(`probe-newer-${peer.id}`);
    peer.send({ type: 'to_channel', data: 1 });
    await peer.next({ type: 'to_channel', ch: `probe-newer-${peer.id}` }, SHORT);
  },
  async message(peer) {
    peer.send({ type: 'message', data: { to: peer.id } });
    await peer.next('message', SHORT);
  },
  async burst(peer) {
    peer.send({ type: 'burst', data: { n: 2 } });
    await peer.several(2, 'burst', SHORT);
  },
  async droppable(peer) {
    peer.send({ type: 'droppable', data: { n: 1 } });
    await peer.next('droppable', SHORT);
  },
  async volatile(peer) {
    peer.send({ type: 'volatile', data: { n: 1 } });
    await peer.next('volatile', SHORT);
  },
  async binary(peer) {
    peer.send({ type: 'binary', data: 'AAEC', bin: true });
    await peer.next('binary', SHORT);
  },
  add: (peer) => handles(peer, 'add', { a: 1, b: 2 }),
  slow: (peer) => handles(peer, 'slow', { ms: 1 }),
  fail: (peer) => handles(peer, 'fail'),
  silent: (peer) => handles(peer, 'silent'),
  forbidden: (peer) => handles(peer, 'forbidden'),
  async ask(peer) {
    peer.send({ type: 'ask', data: { name: 'probe', data: null } });
    const { id } = await peer.next('probe', SHORT);
    peer.send({ type: '__ack', data: { id, data: 1 } });
    await peer.next('asked', SHORT);
  },
  async join(peer) {
    peer.send({ type: 'join', data: { channel: `probe-${peer.id}` } });
    await peer.next('__joined', SHORT);
  },
  async leave(peer) {
    await peer.join(`probe-${peer.id}`);
    peer.send({ type: 'leave', data: { channel: `probe-${peer.id}` } });
    await peer.next('__left', SHORT);
  },
  async private(peer) {
    const { error } = await peer.request('__join', { ch: 'private' }, SHORT);
    if (error === undefined) throw new Error('it lets everybody in');
  },
  async presence(peer) {
    const { present } = await peer.join('presence');
    if (!Array.isArray(present)) throw new Error('it does not tell who is there');
  },
  async history(peer) {
    await peer.join('history');
    peer.send({ type: 'to_channel', data: 1 });
    await peer.next('to_channel', SHORT);
    const { history } = await peer.join('history', 1);
    if (history.length === 0) throw new Error('it keeps none');
  },
  async close(peer) {
    peer.send({ type: 'close', data: { code: 4711 } });
    await peer.next('__disconnect', SHORT);
  },
};

async function handles(peer, name, data) {
  const { error } = await peer.request(name, data, SHORT);
  if (error?.code === 'unknown-name') throw new Error('it is not known');
}

// The names of what the app does not do. Where nobody gets in at all, it is not the app that is to blame.
export async function findMissing(server) {
  const kind = ['ws', 'sse', 'poll'].find((name) => server.paths[name]);
  const missing = new Map();
  await Promise.all(Object.entries(PROBES).map(async ([name, probe]) => {
    const peer = await connect(server, kind).catch(() => undefined);
    if (peer === undefined) return;
    await probe(peer).catch((error) => missing.set(name, error.message));
    peer.leave();
  }));
  return missing;
}
