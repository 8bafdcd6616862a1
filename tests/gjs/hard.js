// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What handlers do to their server and their session, at the worst moments.

import GLib from 'gi://GLib?version=2.0';

import { join, logged, serve } from './client.js';
import { equal, ok, run, test, until } from './tap.js';

const PLACES = ['connect', 'x', 'disconnect'];

// Has `action` called, with the session, by a handler of that event.
async function provoke(io, place, action) {
  let done = false;
  io.on(place, (...args) => {
    if (done) return;
    done = true;
    action(place === 'x' ? args[1] : args[0]);
  });
  const { client } = await join(io);
  if (place === 'x') client.push('x');
  if (place === 'disconnect') client.close();
  await until(() => done);
}

async function checkOthers(io) {
  const { client, session } = await join(io);
  session.push('y', 1);
  equal(await client.next('y'), 1);
}

for (const place of PLACES) {
  test(`the server may be closed in a handler of "${place}"`, async () => {
    const io = serve();
    // a client that waits for its session would wait for ever
    let closed = false;
    io.on(place, () => {
      if (closed) return;
      closed = true;
      io.close();
    });
    const trying = place === 'connect' ? null : await join(io);
    if (place === 'connect') join(io).catch(() => {});
    if (place === 'x') trying.client.push('x');
    if (place === 'disconnect') trying.client.close();
    await until(() => closed);
    equal(io.get_uris().length, 0);
    equal(io.get_sessions().get_n_items(), 0);
  });
}

test('a session may be closed in a handler, and others go on', async () => {
  const io = serve();
  await provoke(io, 'x', (session) => session.close());
  await until(() => io.get_sessions().get_n_items() === 0);
  await checkOthers(io);
  io.close();
});

test('what throws in "x" and "disconnect" ends nobody else', async () => {
  for (const place of ['x', 'disconnect']) {
    const io = serve();
    await logged(async (log) => {
      await provoke(io, place, () => {
        throw new Error('no');
      });
      await until(() => log.length > 0);
    });
    await checkOthers(io);
    io.close();
  }
});

test('a handler that blocks for a second loses nothing', async () => {
  const io = serve();
  const { client } = await join(io);
  const seen = [];
  io.on('n', (number) => seen.push(number));
  await provoke(io, 'x', () => {
    for (let i = 0; i < 100; i++) client.push('n', i);
    GLib.usleep(1000000);
  });
  await until(() => seen.length === 100);
  ok(seen.every((number, i) => number === i), seen.join());
  await checkOthers(io);
  io.close();
});

await run();
