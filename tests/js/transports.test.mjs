// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Version 2: which transport is used, and when another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next, until, within } from './help.mjs';
import { connected, holdTimers, listen, names, setUp } from './wire-2.mjs';

const FAIL = (response) => response.destroy();
const HANG = () => true;

test('WebSocket first', async (t) => {
  const { server, io } = await connected(t);
  assert.equal(io.type, 'websocket');
  assert.equal(server.asked('send') + server.asked('poll'), 0);
});

test('a WebSocket that fails leads to SSE at once, with one session', async (t) => {
  const { server, io } = await setUp(t);
  server.faults.ws.push(FAIL);
  await next(io.connect(server.origin), 'connect', 2000);
  assert.equal(io.type, 'sse');
  assert.equal(server.sessions.length, 1);
});

test('a WebSocket without a welcome leads to SSE after 3 s', async (t) => {
  const { server, io } = await setUp(t);
  server.faults.ws.push(() => {});
  const began = Date.now();
  await next(io.connect(server.origin), 'connect');
  assert.equal(io.type, 'sse');
  assert.ok(Date.now() - began >= 2900);
});

test('a proxy that collects SSE is passed by: long polling, in the same session', async (t) => {
  const { server, io } = await setUp(t, { channel: 'c' }, { without: ['ws'] });
  server.faults.sse.push((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    return true;
  });
  const heard = listen(io);
  await next(io.connect(server.origin), 'connect');
  assert.equal(io.type, 'comet');
  assert.equal(server.sessions.length, 1);
  await until(() => heard.length > 1, 'channel');
  assert.deepEqual(heard[0], ['connect', server.session.id, { resumed: false, recovered: false }]);
  assert.equal(names(heard), 'connect,joined');
});

test('what the browser or the server lacks is not tried', async (t) => {
  const { server, io } = await setUp(t);
  globalThis.WebSocket = undefined;
  globalThis.EventSource = undefined;
  await next(io.connect(server.origin), 'connect');
  assert.equal(io.type, 'comet');

  const without = await setUp(t, {}, { without: ['send'] });
  without.server.faults.ws.push(FAIL);
  await next(without.io.connect(without.server.origin), 'error');
  await next(without.io, 'connect');
  assert.equal(without.io.type, 'websocket');
});

test('type forces one', async (t) => {
  const { server, io } = await setUp(t, { type: 'sse' });
  server.faults.sse.push(FAIL);
  await next(io.connect(server.origin), 'error');
  await next(io, 'connect');
  assert.equal(io.type, 'sse');
  assert.equal(server.asked('poll') + server.closes.length, 0);
});

for (const type of ['sse', 'comet']) {
  test(`from ${type} it moves up, and the app notices nothing`, async (t) => {
    const { server, io } = await setUp(t, {}, { without: type === 'sse' ? [] : ['sse'] });
    server.faults.ws.push(FAIL, FAIL);
    await next(io.connect(server.origin), 'connect');
    const states = [];
    io.on('state', ({ state }) => states.push(state));
    const heard = listen(io);
    const { session } = server;
    io.retryNow(); // fails
    await until(() => server.faults.ws.length === 0, 'try');
    assert.equal(io.type, type);
    for (let i = 0; i < 100; i++) {
      session.say({ type: 'm', data: i });
      io.push('p', i);
      if (i % 10 === 3) io.retryNow();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    await until(() => io.type === 'websocket', 'WebSocket');
    await until(() => heard.length >= 100 && server.events.length >= 100, 'all');
    assert.deepEqual(heard.map(([, data]) => data), [...Array(100).keys()]);
    assert.deepEqual(server.events.map(([, data]) => data), [...Array(100).keys()]);
    assert.deepEqual(states, []);
    assert.equal(server.sessions.length, 1);
    assert.equal(io.session, session.id);
  });
}

test('it moves up by itself, after a minute or so', async (t) => {
  const go = holdTimers(t, 45001, 75000); // a silent server is given 45 s
  const { server, io } = await setUp(t);
  server.faults.ws.push(FAIL);
  await next(io.connect(server.origin), 'connect');
  assert.equal(io.type, 'sse');
  go();
  await until(() => io.type === 'websocket', 'WebSocket');
});

test('a session that cannot go on after moving up is told as any other', async (t) => {
  const { server, io } = await setUp(t);
  server.faults.ws.push(FAIL);
  await next(io.connect(server.origin), 'connect');
  server.forgetful = true;
  const heard = listen(io);
  io.retryNow();
  await next(io, 'missed');
  assert.equal(io.type, 'websocket');
  assert.equal(names(heard), 'disconnect,connect,missed');
});

test('a better way that takes the session and says nothing costs a resume, not the session', async (t) => {
  const { server, io } = await setUp(t);
  server.faults.ws.push(FAIL);
  await next(io.connect(server.origin), 'connect');
  const { session } = server;
  server.mute = true; // WebSockets get no welcome
  const lost = next(io, 'disconnect');
  io.retryNow();
  await lost;
  server.mute = false;
  await next(io, 'connect');
  assert.equal(io.session, session.id);
  assert.equal(io.recovered, true);
});

test('who fell back comes back the same way, and tries the others when that fails', async (t) => {
  const { server, io } = await setUp(t);
  server.faults.ws.push(FAIL);
  await next(io.connect(server.origin), 'connect');
  server.cut();
  await next(io, 'connect');
  assert.equal(io.type, 'sse');
  server.faults.send.push(FAIL);
  server.cut();
  await next(io, 'connect');
  assert.equal(io.type, 'websocket');
});

test('a POST that is not answered is the end of the connection', async (t) => {
  const go = holdTimers(t, 10000);
  const { server, io } = await setUp(t, { type: 'sse' });
  await next(io.connect(server.origin), 'connect');
  server.faults.send.push(HANG);
  const push = io.push('a');
  await until(() => server.faults.send.length === 0, 'POST');
  const lost = next(io, 'disconnect');
  go();
  await lost;
  await push;
  assert.equal(server.types, 'a');
});

test('a proxy that takes not even an empty push is the end of the connection', async (t) => {
  const { server, io } = await connected(t, { type: 'comet' });
  const large = (response) => response.writeHead(413).end();
  server.faults.send.push(large, large);
  const lost = next(io, 'disconnect');
  await assert.rejects(within(io.push('a'), 'refusal'), { code: 'too-large' });
  await lost;
  await io.push('b');
  assert.equal(server.types, 'b');
  assert.equal(server.session.handled, 2);
});

test('one POST at a time, what comes meanwhile in the next', async (t) => {
  const { server, io } = await connected(t, { type: 'comet' });
  const before = server.asked('send');
  const first = io.push('a');
  await Promise.all([first, ...Array.from({ length: 50 }, (_, i) => io.push('n', i))]);
  assert.equal(server.asked('send') - before, 2);
  assert.equal(server.events.length, 51);
});

test('a session that the server has forgotten between two POSTs is a new one', async (t) => {
  const { server, io } = await connected(t, { type: 'comet' });
  const before = io.session;
  server.session.token = null;
  await assert.rejects(io.push('a'), { code: 'unknown' });
  await io.push('b');
  assert.notEqual(io.session, before);
  assert.equal(server.types, 'b');
});

test('a poll that brings no JSON, or nothing again and again, does no harm', async (t) => {
  const { server, io } = await connected(t, { type: 'comet' });
  const end = (body) => (response) => {
    response.end(body);
    return true;
  };
  const error = next(io, 'error');
  server.faults.poll.push(end('<html>'), end('[]'), end('{"type":5}'));
  assert.match((await error).message, /no JSON/);
  server.session.say({ type: 'a' });
  await next(io, 'a');
  assert.ok(server.asked('poll') < 10);
});
