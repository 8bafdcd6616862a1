// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// One client that never reads, among a thousand that do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startTestapp, until } from '../js/help.mjs';
import { Client } from './client.mjs';
import { WebSocketLink } from './websocket.mjs';

const READERS = 1000;
const ROUNDS = 40;           // of what goes to everybody
const FLOOD = 64 * 2 ** 20;  // bytes for the one that does not read
const PIECE = 8192;
const ALLOWED = 16 * 2 ** 20;
const LONG = 60000;

// The only child of this process.
function pidOfServer() {
  const [pid] = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return pid;
}

// Bytes of its memory that are in use.
function memoryOf(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

// Says __hello, and reads no more than the answer.
async function openUnread(url, hello = {}) {
  const link = await WebSocketLink.open(new URL('/rocketio/ws', url), { protocol: 'rocketio.v2' });
  link.got = 0;
  const welcome = new Promise((resolve) => {
    link.onmessage = (text) => {
      link.got++;
      link.socket.pause();
      resolve([JSON.parse(text)].flat()[0].data);
    };
  });
  link.send(JSON.stringify({ type: '__hello', data: hello }));
  return { link, ...await welcome };
}

test('a client that never reads costs neither memory nor the others anything', async (t) => {
  const server = await startTestapp({}, '--resume-window', '60', '--heartbeat', '30/30');
  const pid = pidOfServer();
  const clients = [];
  t.after(async () => {
    await Promise.all(clients.map((client) => client.close({ rudely: true })));
    await server.stop();
  });
  const counts = [];
  for (let i = 0; i < READERS; i += 100) {
    for (let j = i; j < i + 100; j++) {
      const client = new Client(server.url);
      counts[j] = [];
      client.onmessage = ({ data }) => counts[j].push(data.k);
      clients.push(client.start());
    }
    await until(() => clients.every(({ isOpen }) => isOpen), 'readers', LONG);
  }
  const unread = await openUnread(server.url);
  t.after(() => unread.link.drop());
  const [sayer] = clients;
  const begin = memoryOf(pid);
  let most = begin;

  const fill = 'x'.repeat(PIECE);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < FLOOD / PIECE / ROUNDS; i++) sayer.push('message', { fill, to: unread.id });
    for (let i = 0; i < 5; i++) sayer.push('broadcast', { k: round * 5 + i, fill: 'x'.repeat(100) });
    // Not all of it: the last few are acknowledged by the second.
    await until(() => sayer.waiting < 40, '__ackn', LONG);
    most = Math.max(most, memoryOf(pid));
  }
  await until(() => counts.every((heard) => heard.length >= ROUNDS * 5), 'all of it to everybody', LONG);

  const expected = Array.from({ length: ROUNDS * 5 }, (_, k) => k);
  for (const heard of counts) assert.deepEqual(heard, expected);
  for (const client of clients) assert.equal(client.welcomes.length, 1, 'nobody was cut off');
  assert.equal(unread.link.got, 1, 'all that while one of them had read no more than its __welcome');
  const { id, token, pos } = unread;
  const again = await openUnread(server.url, { id, token, pos });
  t.after(() => again.link.drop());
  assert.equal(again.recovered, false, 'it is told that it missed something');
  t.diagnostic(`${Math.round((most - begin) / 1024)} KiB more than the ${Math.round(begin / 1024)} KiB before`);
  assert.ok(most - begin < ALLOWED, `${most - begin} bytes more`);
});
