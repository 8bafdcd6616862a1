// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Version 2: states, the ways in and out, and what becomes of the page.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RocketIO } from '../../js/src/index.mjs';
import { next, until } from './help.mjs';
import { Page } from './page.mjs';
import { connected, holdTimers, listen, names, setUp, TRANSPORTS } from './wire-2.mjs';

for (const type of TRANSPORTS) {
  describe(`over ${type}`, () => {
    test('close() is a goodbye, and what was pushed before it arrives', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      const pushes = ['a', 'b'].map((name) => io.push(name));
      io.close();
      io.close();
      for (const push of pushes) await assert.rejects(push, { code: 'closed' });
      assert.equal(io.state, 'closed');
      await until(() => session.gone, 'goodbye');
      assert.equal(server.types, 'a,b');
      const early = io.push('c');
      await next(io.connect().connect(), 'connect');
      await early;
      assert.notEqual(io.session, session.id);
      assert.equal(server.types, 'a,b,c');
      assert.equal(server.sessions.length, 2);
    });

    test('a final code ends it, until somebody wants it', async (t) => {
      const { server, io } = await connected(t, { type });
      const errors = [];
      io.on('error', ({ code, message }) => errors.push([code, message]));
      server.handlers.silent = () => undefined;
      const request = io.request('silent');
      await server.received(1);
      if (type === 'comet') await until(() => server.session.held, 'poll');
      server.session.end(4500, 'enough');
      await assert.rejects(request, { code: 'closed', message: /enough/ });
      await until(() => io.state === 'failed', 'end');
      assert.deepEqual(io.getState(), { state: 'failed', code: 4500, reason: 'enough' });
      assert.deepEqual(errors, [[4500, 'enough']]);
      await assert.rejects(io.push('a'), { code: 'closed' });
      const back = next(io, 'connect');
      assert.equal(io.retryNow(), io);
      await back;
      await io.push('b');
      assert.equal(server.sessions.length, 2);
    });

    test('who is not let in fails, and asks again with what is right then', async (t) => {
      let count = 0;
      const { server, io } = await setUp(t, { type, auth: async () => `ticket ${++count}` });
      server.refusal = { code: 4503, reason: 'who are you?' };
      await next(io.connect(server.origin), 'error');
      assert.deepEqual(io.getState(), { state: 'failed', code: 4503, reason: 'who are you?' });
      server.refusal = null;
      io.connect();
      await next(io, 'connect');
      server.cut();
      await next(io, 'connect');
      assert.deepEqual(server.hellos.map(({ auth }) => auth), ['ticket 1', 'ticket 2', 'ticket 3']);
    });

    test('a server that says when to come back is not asked before', async (t) => {
      const page = Page.install(t);
      const { server, io } = await connected(t, { type });
      const state = next(io, 'state');
      const lost = next(io, 'disconnect');
      if (type === 'comet') await until(() => server.session.held, 'poll');
      server.session.end(4000, 'restart', 12345);
      assert.deepEqual(await state, { state: 'waiting', retryIn: 12345 });
      await lost;
      page.fire('online');
      assert.equal(io.state, 'waiting');
      const again = next(io, 'connect');
      io.retryNow();
      await again;
      assert.equal(io.recovered, true);
    });
  });
}

test('the state: one object as long as nothing changes, and the time of the next try', async (t) => {
  const { server, io } = await setUp(t);
  const { getState, subscribeState } = io; // as React takes them
  const seen = [];
  const undo = subscribeState(() => seen.push(getState()));
  assert.deepEqual(getState(), { state: 'closed' });
  await next(io.connect(server.origin), 'connect');
  assert.equal(getState(), getState());
  Math.random.mock.mockImplementation(() => 0.5);
  server.cut();
  await next(io, 'disconnect');
  undo();
  await next(io, 'connect');
  assert.deepEqual(seen.map(({ state }) => state), ['connecting', 'connected', 'waiting']);
  const { retryIn, retryAt } = seen.at(-1);
  assert.equal(retryIn, 250);
  assert.ok(Math.abs(retryAt - Date.now() - 250) < 1000);
});

test('auth that cannot be had is an error, and asked for again', async (t) => {
  let count = 0;
  const { server, io } = await setUp(t, {
    auth: () => {
      if (++count === 1) throw new Error('no ticket');
      return { ticket: 5 };
    },
  });
  assert.equal((await next(io.connect(server.origin), 'error')).message, 'no ticket');
  await next(io, 'connect');
  assert.deepEqual(server.hellos[0].auth, { ticket: 5 });
});

test('retryNow() connects, ends a pause, and is harmless otherwise', async (t) => {
  const { server, io } = await setUp(t);
  Math.random.mock.mockImplementation(() => 0.99);
  await server.stop();
  await next(io.connect(server.origin), 'error');
  await server.restart();
  const connect = next(io, 'connect');
  io.retryNow();
  io.retryNow();
  await connect;
  io.retryNow();
  io.close();
  const again = next(io, 'connect');
  io.retryNow();
  await again;
  assert.equal(io.state, 'connected');
});

test('hidden or offline it waits longer, and not for ever', async (t) => {
  const page = Page.install(t);
  const { server, io } = await connected(t);
  const go = holdTimers(t, 30000, 30100);
  for (const [property, value] of [['hidden', true], ['onLine', false]]) {
    const target = property === 'hidden' ? page : navigator;
    target[property] = value;
    server.cut();
    const { retryIn } = await next(io, 'state');
    assert.ok(retryIn >= 30000 && retryIn < 31000, `${retryIn} ms`);
    const back = next(io, 'connect');
    go();
    await back;
    target[property] = !value;
  }
  for (const [event, details] of [['online'], ['visibilitychange'], ['pageshow', { persisted: true }]]) {
    page.hidden = true;
    server.cut();
    await next(io, 'disconnect');
    if (event === 'visibilitychange') page.fire(event);
    assert.equal(io.state, 'waiting');
    page.hidden = false;
    const back = next(io, 'connect');
    page.fire(event, details);
    assert.equal(io.state, 'connecting');
    await back;
  }
});

test('a page that goes says goodbye', async (t) => {
  for (const type of TRANSPORTS) {
    const page = Page.install(t);
    const { server, io } = await connected(t, { type });
    if (type !== 'websocket') io.push('last');
    page.fire('pagehide', { persisted: false });
    await until(() => server.session.gone, 'goodbye');
    assert.equal(io.state, 'closed');
    assert.equal(page.beacons.length, type === 'websocket' ? 0 : 1);
    if (type !== 'websocket') assert.equal(server.types, 'last');
    assert.equal(page.listening, 0);
  }
});

test('closed while it waits, the session is told as well', async (t) => {
  const page = Page.install(t);
  const { server, io } = await connected(t);
  const { session } = server;
  page.hidden = true;
  server.cut();
  await next(io, 'disconnect');
  const push = io.push('meanwhile');
  io.close();
  await assert.rejects(push, { code: 'closed' });
  await until(() => session.gone, 'goodbye');
  assert.equal(server.types, 'meanwhile');
});

test('a page that is kept comes back to its session', async (t) => {
  const page = Page.install(t);
  const { server, io } = await connected(t);
  const { session } = server;
  page.fire('pagehide', { persisted: true });
  assert.equal(io.state, 'waiting');
  await until(() => server.closes.length === 1, 'close');
  assert.deepEqual(server.closes, [4000]);
  session.say({ type: 'meanwhile' });
  const heard = listen(io);
  page.fire('pageshow', { persisted: false });
  assert.equal(io.state, 'waiting');
  page.fire('pageshow', { persisted: true });
  await next(io, 'meanwhile');
  assert.deepEqual(heard[0], ['connect', session.id, { resumed: true, recovered: true }]);
});

for (const type of TRANSPORTS) {
  test(`persist: a tab that is reloaded goes on, over ${type}`, async (t) => {
    const page = Page.install(t);
    const { server, io } = await connected(t, { type, persist: 'tab' });
    const { session } = server;
    server.handlers.add = () => 'right';
    await io.push('a');
    await io.request('add');
    server.deaf = true;
    io.push('b', 1);
    io.push('c', new Uint8Array([1, 2]));
    io.request('silent').catch(() => {});
    assert.equal(page.storage.size, 0);
    page.reload();
    assert.equal(page.storage.size, 1);
    assert.equal(page.beacons.length, 0);
    session.say({ type: 'meanwhile', data: 5 });
    server.deaf = false;

    const other = new RocketIO({ type, persist: 'tab' });
    t.after(() => other.close());
    const heard = listen(other);
    await next(other.connect(server.origin), 'meanwhile');
    assert.equal(page.storage.size, 0);
    assert.deepEqual(heard[0], ['connect', session.id, { resumed: true, recovered: true }]);
    assert.equal(await other.request('add'), 'right');
    assert.deepEqual(server.events, [
      ['a', undefined], ['add', undefined], ['b', 1], ['c', new Uint8Array([1, 2])], ['silent', undefined], ['add', undefined],
    ]);
    assert.equal(names(heard).includes('error'), false);

    const duplicate = new RocketIO({ type, persist: 'tab' });
    t.after(() => duplicate.close());
    await next(duplicate.connect(server.origin), 'connect');
    assert.notEqual(duplicate.session, session.id);
    assert.equal(other.state, 'connected');
  });
}

test('persist: without a storage it is a new session', async (t) => {
  const page = Page.install(t);
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      throw new Error('not allowed');
    },
  });
  const { io } = await connected(t, { persist: 'tab' });
  page.reload();
  assert.equal(io.state, 'waiting');
});

test('debug tells all but the token', async (t) => {
  const lines = [];
  t.mock.method(console, 'debug', (...args) => lines.push(args.join(' ')));
  const { server, io } = await connected(t, { debug: true, type: 'sse' });
  await io.push('a', 5);
  assert.ok(lines.some((line) => line.includes('__welcome')));
  assert.ok(lines.some((line) => line.includes('"type":"a"')));
  assert.ok(!lines.join().includes(server.session.token));
});

test('listeners with a signal, and those that undo', async (t) => {
  const { server, io } = await connected(t);
  const heard = [];
  const controller = new AbortController();
  io.on('a', () => heard.push('signal'), { signal: controller.signal });
  io.on('a', () => heard.push('never'), { signal: AbortSignal.abort() });
  const undo = io.subscribe('a', () => heard.push('undo'));
  const off = () => heard.push('off');
  io.on('a', off);
  server.session.say({ type: 'a' });
  await next(io, 'a');
  controller.abort();
  undo();
  io.off('a', off);
  server.session.say({ type: 'a' });
  await next(io, 'a');
  assert.deepEqual(heard, ['signal', 'undo', 'off']);
});
