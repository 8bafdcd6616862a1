// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// CometIO against a small server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CometIO } from '../../js/src/comet-io.mjs';
import { CometServer } from './comet-server.mjs';
import { next, until } from './help.mjs';

async function connected(t) {
  t.mock.method(Math, 'random', () => 0.01); // short pauses
  const server = await CometServer.start(t);
  const io = new CometIO(server.url);
  t.after(() => io.close());
  const session = await next(io.connect(), 'connect');
  return { server, io, session };
}

function types(server) {
  return server.events.map(({ type }) => type).join();
}

function received(server, count) {
  return until(() => server.events.length >= count, `${count} events`);
}

function refuse(response, status) {
  response.writeHead(status);
  response.end();
  return true;
}

test('connects, and hears several messages of one poll', async (t) => {
  const { server, io, session } = await connected(t);
  assert.equal(io.session, session);
  assert.equal(io.type, 'comet');
  assert.equal(io.state, 'connected');
  const heard = [];
  io.on('*', (...args) => heard.push(args));
  await server.push({ type: 'a', data: 1 }, { type: 'b', data: { c: 2 } });
  await server.push({ type: 'd' });
  await until(() => heard.length === 3, 'three messages');
  assert.deepEqual(heard, [['a', 1], ['b', { c: 2 }], ['d', undefined]]);
});

test('pushes keep their order, one POST at a time, what comes meanwhile in one batch', async (t) => {
  const { server, io } = await connected(t);
  server.faults.POST.push((response, events) => {
    server.events.push(...events);
    setTimeout(() => response.end('{}'), 100);
    return true;
  });
  io.push('first', { text: 'ä + & = %' });
  await until(() => server.posts === 1, 'first POST');
  for (let i = 0; i < 50; i++) io.push('n', i);
  await received(server, 51);
  assert.deepEqual(server.events.map(({ data }) => data), [{ text: 'ä + & = %' }, ...Array(50).keys()]);
  assert.equal(server.posts, 2);
  assert.equal(server.atOnce, 1);
});

test('what is pushed before connecting waits, after what connect listeners push', async (t) => {
  const server = await CometServer.start(t);
  const io = new CometIO(server.url);
  t.after(() => io.close());
  io.push('a');
  io.push('b');
  io.on('connect', () => io.push('hello'));
  io.connect();
  io.push('c');
  await received(server, 4);
  assert.equal(types(server), 'hello,a,b,c');
});

test('a failed POST is sent again, nothing lost and nothing out of order', async (t) => {
  const { server, io } = await connected(t);
  server.faults.POST.push((response) => refuse(response, 503), (response) => {
    response.destroy();
    return true;
  }, (response) => refuse(response, 429));
  for (const type of ['a', 'b', 'c']) io.push(type);
  await received(server, 3);
  assert.equal(types(server), 'a,b,c');
  assert.equal(io.state, 'connected');
});

test('a push that the server refuses is given up alone', async (t) => {
  const { server, io } = await connected(t);
  const poison = (response, events) =>
    events.some(({ type }) => type === 'poison') && refuse(response, 413);
  server.faults.POST.push(poison, poison, poison, poison);
  const error = next(io, 'error');
  for (const type of ['a', 'poison', 'b']) io.push(type);
  assert.match((await error).message, /"poison".*413/);
  await received(server, 2);
  assert.equal(types(server), 'a,b');
  assert.equal(io.state, 'connected');
});

test('pushes to a server that forgot the session wait for the new one', async (t) => {
  const { server, io, session } = await connected(t);
  await server.poll(); // and never answer it
  server.sessions.clear();
  const again = next(io, 'connect');
  for (const type of ['a', 'b']) io.push(type);
  assert.equal(await again, session);
  await received(server, 2);
  assert.equal(types(server), 'a,b');
});

test('a server restarted between two polls is a new connect', async (t) => {
  const { server, io, session } = await connected(t);
  const held = await server.poll();
  server.sessions.clear();
  const heard = [];
  io.on('*', (event) => heard.push(event));
  const again = next(io, 'connect');
  held.end('[{"type":"last"}]');
  assert.equal(await again, session);
  assert.deepEqual(heard.filter((event) => event !== '__session_id'), ['last', 'disconnect', 'state', 'connect']);
});

test('a known session is taken up again without a word from the server', async (t) => {
  const { server, io, session } = await connected(t);
  const heard = [];
  io.on('*', (event, data) => heard.push(data?.state ?? event));
  const again = next(io, 'connect');
  (await server.poll()).destroy();
  assert.equal(await again, session);
  assert.deepEqual(heard, ['waiting', 'disconnect', 'connecting', 'connected', 'connect']);
  await server.push({ type: 'a' });
});

test('comes back when the server does, with the same id and what was pushed', async (t) => {
  const { server, io, session } = await connected(t);
  const lost = next(io, 'disconnect');
  await server.stop();
  await lost;
  io.push('meanwhile');
  await next(io, 'error');
  server.sessions.clear();
  const again = next(io, 'connect');
  await server.restart();
  assert.equal(await again, session);
  await received(server, 1);
  assert.equal(types(server), 'meanwhile');
});

test('no answer can kill it', async (t) => {
  const { server, io } = await connected(t);
  const end = (body, status = 200) => (response) => {
    response.writeHead(status);
    response.end(body);
  };
  server.faults.GET.push(
    end(''), end('<html>'), end('{"type":'), end('', 204), end('no', 404), end('no', 500),
    (response) => response.destroy(), end('[null,5,"x",{},{"type":5},[[]],{"type":"fine"}]'), end('{"type":"bare"}'),
  );
  const heard = ['fine', 'bare'].map((event) => next(io, event));
  (await server.poll()).end('[{"type":"connect"},{"type":"disconnect"}]');
  await Promise.all(heard);
  await server.push({ type: 'end' });
});

test('connect and close are idempotent, and a closed one says nothing more', async (t) => {
  const { server, io } = await connected(t);
  assert.equal(io.connect(), io);
  const states = [];
  let disconnects = 0;
  io.on('state', ({ state }) => states.push(state));
  io.on('disconnect', () => disconnects++);
  io.close();
  io.close();
  assert.deepEqual(states, ['closed']);
  assert.equal(disconnects, 1);
  await until(() => server.polls.length === 0, 'end of the poll');
  const again = next(io, 'connect');
  io.connect().connect();
  await again;
  assert.deepEqual(states, ['closed', 'connecting', 'connected']);
});

test('what was pushed before close() still goes out, and before what comes after', async (t) => {
  const { server, io } = await connected(t);
  io.push('a');
  io.push('b');
  io.close();
  io.push('c');
  io.connect();
  await received(server, 3);
  assert.equal(types(server), 'a,b,c');
  assert.equal(server.atOnce, 1);
});

test('closed by a listener in the middle of an answer, the rest is not told', async (t) => {
  const { server, io } = await connected(t);
  const heard = [];
  io.on('a', () => io.close());
  io.on('b', () => heard.push('b'));
  await server.push({ type: 'a' }, { type: 'b' });
  await until(() => io.state === 'closed', 'close');
  assert.deepEqual(heard, []);
});

test('more than 1000 pushes: the oldest are refused, by name', () => {
  const io = new CometIO('http://127.0.0.1:9/');
  const errors = [];
  io.on('error', ({ message }) => errors.push(message));
  for (let i = 0; i < 1002; i++) io.push(`p${i}`, i);
  assert.deepEqual(errors, ['p0', 'p1'].map((name) => `push "${name}" refused: too many wait`));
});

test('what cannot be sent is refused at once', () => {
  const io = new CometIO('http://127.0.0.1:9/');
  const circle = {};
  circle.circle = circle;
  assert.throws(() => io.push('circle', circle), TypeError);
  assert.throws(() => io.push('', 1), TypeError);
  assert.throws(() => io.push(undefined, 1), TypeError);
});
