// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// RocketIO: settings, the choice of a transport, the channel.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RocketIO } from '../../js/src/rocket-io.mjs';
import { CometServer } from './comet-server.mjs';
import { FakeWebSocket } from './fake-websocket.mjs';
import { next, until } from './help.mjs';

const ID = '0123456789abcdef0123456789abcdef';
const WS = 'ws://127.0.0.1:9/websocketio/io';

async function setUp(t, options, settings) {
  t.mock.method(Math, 'random', () => 0.01); // short pauses
  const sockets = FakeWebSocket.install(t);
  const server = await CometServer.start(t);
  server.settings = settings ?? { websocket: WS, comet: server.url, post_interval: 1, poll_timeout: 110 };
  const io = new RocketIO(options);
  t.after(() => io.close());
  return { io, server, sockets };
}

test('WebSocket first; the channel is the first that the server hears', async (t) => {
  const { io, server, sockets } = await setUp(t, { channel: 5 });
  io.push('early');
  io.on('connect', () => io.push('hello'));
  io.connect(`${server.origin}/`);
  assert.equal(io.state, 'connecting');
  const socket = await until(() => sockets[0], 'socket');
  assert.equal(socket.url, WS);
  socket.accept(ID);
  assert.equal(io.session, ID);
  assert.equal(io.type, 'websocket');
  assert.equal(io.channel, '5');
  assert.deepEqual(socket.sent, [{ type: '__channel_id', data: '5' }, { type: 'hello' }, { type: 'early' }]);
});

test('no channel is null, and is told at every connect', async (t) => {
  const { io, server, sockets } = await setUp(t);
  io.connect(server.origin);
  for (const turn of [0, 1]) {
    const socket = await until(() => sockets[turn], 'socket');
    socket.accept(ID);
    assert.deepEqual(socket.sent, [{ type: '__channel_id', data: null }]);
    socket.drop();
  }
});

test('a socket that fails leads to Comet at once', async (t) => {
  const { io, server, sockets } = await setUp(t, { channel: 'c' });
  const connect = next(io.connect(server.origin), 'connect', 2000);
  (await until(() => sockets[0], 'socket')).drop();
  await connect;
  assert.equal(io.type, 'comet');
  await until(() => server.events.length === 1, 'channel');
  assert.deepEqual(server.events, [{ type: '__channel_id', data: 'c' }]);
});

test('a socket that says nothing leads to Comet after 3 s', async (t) => {
  const { io, server, sockets } = await setUp(t);
  const began = Date.now();
  const connect = next(io.connect(server.origin), 'connect');
  (await until(() => sockets[0], 'socket')).readyState = 1;
  await connect;
  assert.equal(io.type, 'comet');
  assert.ok(Date.now() - began >= 2900);
  assert.equal(sockets[0].readyState, 2);
});

test('who fell back to Comet comes back by Comet, and by WebSocket when that fails', async (t) => {
  const { io, server, sockets } = await setUp(t);
  let connect = next(io.connect(server.origin), 'connect');
  (await until(() => sockets[0], 'socket')).drop();
  await connect;
  connect = next(io, 'connect');
  (await server.poll()).destroy();
  await connect;
  assert.equal(io.type, 'comet');
  assert.equal(sockets.length, 1);
  server.http.closeAllConnections();
  server.faults.GET = Array(3).fill((response) => response.destroy());
  server.sessions.clear();
  const socket = await until(() => sockets[1], 'second socket');
  assert.match(socket.url, /session=0+1$/);
  socket.accept(io.session);
  assert.equal(io.type, 'websocket');
});

test('type forces one, but what the server lacks cannot be forced', async (t) => {
  const comet = await setUp(t, { type: 'comet' });
  assert.equal(comet.io.type, 'comet');
  await next(comet.io.connect(comet.server.origin), 'connect');
  assert.equal(comet.sockets.length, 0);

  const websocket = await setUp(t, { type: 'websocket' });
  websocket.io.connect(websocket.server.origin);
  (await until(() => websocket.sockets[0], 'socket')).drop();
  await until(() => websocket.sockets[1], 'second socket');
  assert.equal(websocket.server.sessions.size, 0);

  const lacking = await setUp(t, { type: 'comet' }, { websocket: WS });
  lacking.io.connect(lacking.server.origin);
  (await until(() => lacking.sockets[0], 'socket')).accept(ID);
  assert.equal(lacking.io.type, 'websocket');
});

test('without WebSocket in the settings or in the browser it is Comet', async (t) => {
  const { io, server, sockets } = await setUp(t);
  server.settings = { comet: server.url };
  await next(io.connect(server.origin), 'connect');
  assert.equal(io.type, 'comet');
  io.close();

  server.settings = { comet: server.url, websocket: WS };
  globalThis.WebSocket = undefined;
  const other = new RocketIO();
  t.after(() => other.close());
  await next(other.connect(server.origin), 'connect');
  assert.equal(other.type, 'comet');
  assert.equal(sockets.length, 0);
});

test('settings are asked for until they are good', async (t) => {
  const { io, server } = await setUp(t, null, {});
  const errors = [];
  io.on('error', ({ message }) => errors.push(message));
  io.connect(server.origin);
  await until(() => errors.length === 1, 'error for settings without a way');
  assert.match(errors[0], /offers no way/);
  server.settings = null;
  await until(() => errors.length > 1, 'error for null');
  await server.stop();
  await until(() => errors.includes('fetch failed'), 'error for no server');
  server.settings = { comet: server.url };
  const connect = next(io, 'connect');
  await server.restart();
  await connect;
});

test('settings are asked for again after the ways in them failed', async (t) => {
  const { io, server } = await setUp(t, {}, { comet: 'http://127.0.0.1:9/cometio/io' });
  await next(io.connect(server.origin), 'error');
  server.settings = { comet: server.url };
  await next(io, 'connect');
});

test('connected anew to another server, it asks that one', async (t) => {
  const { io, server, sockets } = await setUp(t);
  io.connect('http://127.0.0.1:9/');
  await next(io, 'error');
  io.close();
  const connect = next(io.connect(server.origin), 'connect');
  (await until(() => sockets[0], 'socket')).drop();
  await connect;
  assert.equal(io.type, 'comet');
  io.close();
  io.connect();
  (await until(() => sockets[1], 'WebSocket first again')).accept(ID);
  assert.equal(io.type, 'websocket');
});

test('a session given is asked for', async (t) => {
  const { io, server, sockets } = await setUp(t, { session: ID });
  io.connect(server.origin);
  const socket = await until(() => sockets[0], 'socket');
  assert.equal(socket.url, `${WS}/session=${ID}`);
  socket.accept('another');
  assert.equal(io.session, 'another');
});

test('closed while it connects, it stays closed', async (t) => {
  const { io, server, sockets } = await setUp(t);
  io.on('connect', () => assert.fail('connected'));
  io.connect(server.origin);
  io.close();
  io.connect();
  io.close();
  io.connect();
  const socket = await until(() => sockets[0], 'socket');
  io.close();
  socket.accept(ID);
  assert.equal(io.state, 'closed');
  assert.equal(sockets.length, 1);
});

test('a listener of "state" may close', async (t) => {
  const { io, server, sockets } = await setUp(t);
  io.on('connect', () => assert.fail('connected'));
  io.on('state', ({ state }) => state === 'connected' && io.close());
  io.connect(server.origin);
  const socket = await until(() => sockets[0], 'socket');
  socket.accept(ID);
  assert.equal(io.state, 'closed');
  assert.deepEqual(socket.sent, []);
});

test('outside a page connect() needs a URL, and tells so at once', () => {
  const io = new RocketIO();
  assert.throws(() => io.connect(), /URL is needed/);
  assert.equal(io.state, 'closed');
});
