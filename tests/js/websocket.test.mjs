// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// WebSocketIO over a WebSocket whose other end is the test.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketIO } from '../../js/src/websocket-io.mjs';
import { FakeWebSocket } from './fake-websocket.mjs';
import { next, until } from './help.mjs';

const ID = '0123456789abcdef0123456789abcdef';

async function connected(t) {
  t.mock.method(Math, 'random', () => 0.01); // short pauses
  const sockets = FakeWebSocket.install(t);
  const io = new WebSocketIO('ws://127.0.0.1:9/websocketio/io');
  t.after(() => io.close());
  const connect = next(io.connect(), 'connect');
  const socket = await until(() => sockets[0], 'socket');
  socket.accept(ID);
  assert.equal(await connect, ID);
  return { io, socket, sockets };
}

function types({ sent }) {
  return sent.map(({ type }) => type).join();
}

test('connects, hears and pushes', async (t) => {
  const { io, socket } = await connected(t);
  assert.equal(socket.url, 'ws://127.0.0.1:9/websocketio/io');
  assert.equal(io.session, ID);
  assert.equal(io.type, 'websocket');
  const heard = [];
  io.on('*', (...args) => heard.push(args));
  socket.say({ type: 'a', data: [1], seq: 5 });
  socket.say([{ type: 'b' }, { type: 'c', data: null }]);
  assert.deepEqual(heard, [['a', [1]], ['b', undefined], ['c', null]]);
  io.push('d', { e: 1 });
  assert.deepEqual(socket.sent, [{ type: 'd', data: { e: 1 } }]);
});

test('what servers drop is refused at once', async (t) => {
  const { io, socket } = await connected(t);
  for (const name of ['connect', 'disconnect', 'error', 'start', '*']) {
    assert.throws(() => io.push(name), (error) => error.message.startsWith(`push "${name}" refused: `));
  }
  assert.throws(() => io.push(''), TypeError);
  io.push('starting');
  assert.deepEqual(socket.sent, [{ type: 'starting' }]);
});

test('comes back with its id, and with what was pushed meanwhile', async (t) => {
  const { io, socket, sockets } = await connected(t);
  const heard = [];
  io.on('*', (event, data) => heard.push(data?.state ?? event));
  io.on('connect', () => io.push('hello'));
  socket.drop();
  assert.deepEqual(heard, ['waiting', 'disconnect']);
  io.push('meanwhile');
  await until(() => sockets[1], 'second socket');
  assert.equal(sockets[1].url, `ws://127.0.0.1:9/websocketio/io/session=${ID}`);
  sockets[1].accept(ID);
  assert.deepEqual(heard, ['waiting', 'disconnect', 'connecting', 'connected', 'connect', '__session_id']);
  assert.equal(types(sockets[1]), 'hello,meanwhile');
});

test('a closing socket gets no pushes; they wait', async (t) => {
  const { io, socket, sockets } = await connected(t);
  socket.readyState = 2;
  io.push('a');
  assert.equal(types(socket), '');
  socket.drop();
  await until(() => sockets[1], 'second socket');
  sockets[1].accept(ID);
  assert.equal(types(sockets[1]), 'a');
});

test('a repeated __session_id is no new connect', async (t) => {
  const { io, socket } = await connected(t);
  let connects = 0;
  io.on('connect', () => connects++);
  socket.say({ type: '__session_id', data: ID });
  assert.equal(connects, 0);
});

test('no message can kill it', async (t) => {
  const { io, socket } = await connected(t);
  const errors = [];
  io.on('error', ({ message }) => errors.push(message));
  for (const broken of ['', '{', '[object Blob]']) socket.say(broken);
  assert.equal(errors.length, 3);
  const heard = [];
  io.on('*', (event) => heard.push(event));
  for (const odd of ['null', '5', '"x"', '[]', '{}', '{"type":5}', '{"type":"*"}', '{"type":"connect"}',
    '{"type":"disconnect"}', '{"type":"fine"}']) socket.say(odd);
  assert.deepEqual(heard, ['fine']);
});

test('the pause is told and taken; close() ends it', async (t) => {
  const { io, socket, sockets } = await connected(t);
  Math.random.mock.mockImplementation(() => 0.5);
  const change = next(io, 'state');
  socket.drop();
  assert.deepEqual(await change, { state: 'waiting', retryIn: 250 });
  io.close();
  assert.equal(io.state, 'closed');
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  assert.equal(sockets.length, 1);
});

test('a socket that was left is not heard any more', async (t) => {
  const { io, socket } = await connected(t);
  const heard = [];
  io.on('*', (event) => heard.push(event));
  io.close();
  socket.say({ type: 'late' });
  socket.drop();
  assert.deepEqual(heard, ['state', 'disconnect']);
});

test('an address that is none, and no WebSocket at all, are errors and tried again', async (t) => {
  t.mock.method(Math, 'random', () => 0.01);
  FakeWebSocket.install(t);
  const io = new WebSocketIO('nonsense:');
  t.after(() => io.close());
  assert.match((await next(io.connect(), 'error')).message, /nonsense/);
  globalThis.WebSocket = undefined;
  assert.match((await next(io, 'error')).message, /no WebSocket/);
  const sockets = FakeWebSocket.install(t);
  io.url = 'ws://127.0.0.1:9/';
  await until(() => sockets[0], 'socket');
});

test('online, and the page becoming visible, end the pause', async (t) => {
  const listeners = {};
  globalThis.addEventListener = (event, listener, { signal }) => {
    listeners[event] = listener;
    signal.addEventListener('abort', () => delete listeners[event]);
  };
  globalThis.document = { hidden: false, addEventListener };
  t.after(() => {
    for (const name of ['addEventListener', 'document']) delete globalThis[name];
  });
  const { io, socket, sockets } = await connected(t);
  Math.random.mock.mockImplementation(() => 1);
  listeners.online(); // not waiting: nothing happens
  socket.drop();
  listeners.online();
  const second = await until(() => sockets[1], 'socket when online', 200);
  second.accept(ID);
  second.drop();
  globalThis.document.hidden = true;
  listeners.visibilitychange();
  assert.equal(io.state, 'waiting');
  globalThis.document.hidden = false;
  listeners.visibilitychange();
  assert.equal(io.state, 'connecting');
  io.close();
  assert.deepEqual(listeners, {});
});
