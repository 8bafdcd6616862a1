// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Version 2: requests both ways, channels, bytes, and what becomes of pushes.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RocketIO, RocketIOError } from '../../js/src/index.mjs';
import { next, until } from './help.mjs';
import { connected, listen, names, setUp, TRANSPORTS } from './wire-2.mjs';

const BYTES = new Uint8Array([0, 1, 2, 127, 128, 255]);

for (const type of TRANSPORTS) {
  describe(`over ${type}`, () => {
    test('a request is answered, with data or with an error', async (t) => {
      const { server, io } = await connected(t, { type });
      server.handlers = {
        add: ({ a, b }) => a + b,
        nothing: () => null,
        fail: () => {
          throw Object.assign(new Error('on purpose'), { code: 'mine' });
        },
      };
      assert.deepEqual(await Promise.all([
        io.request('add', { a: 1, b: 2 }), io.request('nothing'), io.request('add', { a: 'x', b: 'y' }),
      ]), [3, null, 'xy']);
      await assert.rejects(io.request('fail'), (error) =>
        error instanceof RocketIOError && error.code === 'mine' && error.message === 'on purpose');
      await assert.rejects(io.request('other'), { code: 'unknown-name' });
    });

    test('what the server asks is answered exactly once, over a cut too', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      let calls = 0;
      let go;
      io.handle('slow', (data) => {
        calls++;
        return new Promise((resolve) => {
          go = () => resolve({ data });
        });
      });
      const answer = session.request('slow', 5);
      await until(() => go, 'call');
      server.cut();
      go();
      assert.deepEqual(await answer, { id: 1, data: { data: 5 } });
      assert.equal(calls, 1);
    });

    test('handlers that throw, that are missing or that were taken away', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      io.handle('fail', async () => {
        throw Object.assign(new Error('no'), { code: 'denied' });
      });
      io.handle('odd', () => Promise.reject(5));
      io.handle('void', () => {});
      io.handle('circle', () => {
        const circle = {};
        circle.circle = circle;
        return circle;
      });
      io.handle('long', () => 'x'.repeat(server.times.max));
      const undo = io.handle('gone', () => 1);
      undo();
      assert.deepEqual(await session.request('fail'), { id: 1, error: { code: 'denied', message: 'no' } });
      assert.deepEqual(await session.request('odd'), { id: 2, error: { code: 'error', message: '5' } });
      assert.deepEqual(await session.request('void'), { id: 3, data: null });
      assert.equal((await session.request('circle')).error.code, 'error');
      assert.equal((await session.request('long')).error.code, 'too-long');
      for (const name of ['gone', 'never']) {
        assert.equal((await session.request(name)).error.code, 'unknown-name');
      }
    });

    test('bytes both ways, as they are', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      server.handlers.reverse = (bytes) => bytes.slice().reverse();
      io.handle('reverse', (bytes) => bytes.slice().reverse().buffer);
      io.push('a', BYTES);
      io.push('b', BYTES.buffer);
      io.push('c', new DataView(BYTES.buffer, 1, 2));
      await io.push('d', new Uint8Array(0));
      assert.deepEqual(server.events, [
        ['a', BYTES], ['b', BYTES], ['c', BYTES.slice(1, 3)], ['d', new Uint8Array(0)],
      ]);
      assert.deepEqual(await io.request('reverse', BYTES), BYTES.slice().reverse());
      const got = next(io, 'e');
      session.say({ type: 'e' }, BYTES);
      assert.deepEqual(await got, BYTES);
      const { id, bin, data } = await session.request('reverse', BYTES);
      assert.deepEqual([id, bin, data], [1, true, Buffer.from(BYTES.slice().reverse()).toString('base64')]);
    });

    test('channels: history, who is there, and their events', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      const { history, present } = await io.join('lobby', { history: 2 });
      assert.deepEqual(history.map(({ type: name, data }) => [name, data]), [['old', 0], ['old', 1]]);
      assert.deepEqual(present, [{ id: session.id, identity: null }]);
      await assert.rejects(io.join('secret'), { name: 'RocketIOError', code: 'denied' });
      const lobby = io.in('lobby');
      assert.equal(io.in('lobby'), lobby);
      const here = listen(lobby);
      const heard = listen(io);
      session.say({ type: 'a', data: 1, ch: 'lobby' });
      session.say({ type: 'a', data: 2, ch: 'other' });
      session.say({ type: 'a', data: 3 });
      const change = { joined: [{ id: 'x', identity: 'Ann' }], left: ['y'] };
      session.say({ type: '__presence', data: { ch: 'lobby', ...change } });
      session.say({ type: '__left', data: { ch: 'lobby' } });
      await until(() => heard.length === 5, 'events');
      assert.deepEqual(here, [
        ['a', 1, { channel: 'lobby' }], ['presence', change], ['left', { error: undefined }],
      ]);
      assert.deepEqual(heard.slice(1), [
        ['a', 2, { channel: 'other' }], ['a', 3, { channel: null }],
        ['presence', { channel: 'lobby', ...change }], ['left', { channel: 'lobby', error: undefined }],
      ]);
      await io.join('lobby');
      assert.ok(session.channels.has('lobby'));
      await io.leave('lobby');
      assert.ok(!session.channels.has('lobby'));
    });
  });
}

test('WebSocket carries bytes without base64', async (t) => {
  const { server, io } = await connected(t);
  const kinds = [];
  const { peer } = server.session.link;
  const { onmessage } = peer;
  peer.onmessage = (data) => {
    kinds.push(typeof data);
    onmessage(data);
  };
  await Promise.all([io.push('a', BYTES), io.push('b', 1)]);
  assert.deepEqual(kinds, ['object', 'string']);
});

test('a binary message that is none is no more than an error', async (t) => {
  const { server, io } = await connected(t);
  for (const odd of [[], [1], [2, 0, 0, 0, 0], [1, 0, 0, 0, 9, 65], [1, 255, 255, 255, 255, 0]]) {
    const error = next(io, 'error');
    server.session.link.peer.send(new Uint8Array(odd));
    assert.match((await error).message, /no JSON/);
  }
  assert.equal(io.state, 'connected');
});

test('a channel that may not be joined again is told', async (t) => {
  const { server, io } = await setUp(t, { channel: 'secret' });
  io.connect(server.origin);
  const { channel, error } = await next(io, 'left');
  assert.equal(channel, 'secret');
  assert.ok(error instanceof RocketIOError);
  assert.equal(error.code, 'denied');
});

test('a request waits for a connection; its time does not', async (t) => {
  const { server, io } = await setUp(t);
  server.handlers.add = ({ a }) => a;
  const early = io.request('add', { a: 1 });
  await assert.rejects(io.request('add', { a: 2 }, { timeout: 1 }), { code: 'timeout' });
  io.connect(server.origin);
  assert.equal(await early, 1);
  assert.deepEqual(server.events, [['add', { a: 1 }]]); // the other was taken back
});

test('an answer that comes late or twice is dropped', async (t) => {
  const { server, io } = await connected(t);
  server.handlers.silent = () => undefined;
  await assert.rejects(io.request('silent', null, { timeout: 20 }), { code: 'timeout', message: /"silent" within 0.02 s/ });
  server.session.say({ type: '__ack', data: { id: 1, data: 'late' } });
  server.session.say({ type: '__ack', data: { id: 77, data: 'nobody' } });
  server.handlers.add = () => 5;
  assert.equal(await io.request('add'), 5);
});

test('a signal ends a request', async (t) => {
  const { server, io } = await connected(t);
  server.handlers.silent = () => undefined;
  const controller = new AbortController();
  const request = io.request('silent', null, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(request, { message: 'enough' });
  await assert.rejects(io.request('silent', null, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('volatile: not numbered, and dropped without a connection', async (t) => {
  const { server, io } = await setUp(t);
  await assert.rejects(io.push('a', 1, { volatile: true }), { code: 'dropped' });
  await next(io.connect(server.origin), 'connect');
  await io.push('b', 2, { volatile: true });
  await io.push('c', 3);
  assert.deepEqual(server.events, [['b', 2], ['c', 3]]);
  assert.equal(server.session.handled, 1);
});

test('what is too long is refused, and does not stop what comes after it', async (t) => {
  const { server, io } = await connected(t);
  const error = next(io, 'error');
  const { max } = server.times;
  await assert.rejects(io.push('bad', 'x'.repeat(max)), { code: 'too-long' });
  assert.match((await error).message, /^push "bad" refused/);
  await assert.rejects(io.push('bad', 'ÿ'.repeat(max / 2)), { code: 'too-long' });
  const good = ['x'.repeat(max - 100), 'ÿ'.repeat(max / 2 - 100)];
  for (const data of good) await io.push('good', data);
  assert.deepEqual(server.events.map(([, data]) => data), good);
});

test('what the server cannot read is refused', async (t) => {
  const { server, io } = await connected(t);
  server.quiet = true;
  const bad = io.push('bad');
  const good = io.push('good');
  await server.received(2);
  const refuse = (data) => server.session.murmur({ type: '__refused', data });
  refuse({ n: 1, code: 'bad-request', message: 'half a pair' });
  await assert.rejects(bad, { code: 'bad-request', message: 'push "bad" refused: half a pair' });
  refuse({ n: 77, code: 'bad-request', message: 'nobody' });
  server.session.murmur({ type: '__ackn', data: { n: 2 } });
  await good;
});

test('more than 1000 wait: the oldest are refused', async (t) => {
  const { server, io } = await setUp(t);
  const refused = Promise.all([0, 1].map((i) => assert.rejects(io.push('p', i), { code: 'overflow' })));
  for (let i = 2; i < 1002; i++) io.push('p', i);
  await refused;
  io.connect(server.origin);
  await server.received(1000);
  assert.deepEqual(server.events.map(([, data]) => data), Array.from({ length: 1000 }, (_, i) => i + 2));
});

test('connected, more than that may be on its way', async (t) => {
  const { server, io } = await connected(t);
  server.quiet = true;
  const pushes = Array.from({ length: 5000 }, (_, i) => io.push('p', i));
  await server.received(4096);
  assert.equal(server.events.length, 4096);
  server.quiet = false;
  server.session.link.send([{ message: { type: '__ackn', data: { n: 4096 } } }]);
  await Promise.all(pushes);
  assert.equal(server.events.length, 5000);
});

test('refused names, and what is no JSON, throw at once', () => {
  const io = new RocketIO();
  const circle = {};
  circle.circle = circle;
  assert.throws(() => io.push('connect'), /choose another/);
  assert.throws(() => io.push('a', circle), TypeError);
});

test('what the server asks in a name that nobody may use reaches no listener', async (t) => {
  const { server, io } = await connected(t);
  const heard = listen(io);
  server.session.say({ type: '__other', data: 1 });
  server.session.say({ type: 'connect', data: 1 });
  server.session.say({ type: 'end' });
  await next(io, 'end');
  assert.equal(names(heard), 'end');
});
