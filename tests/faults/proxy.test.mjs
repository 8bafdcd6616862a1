// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { until } from '../js/help.mjs';
import { FaultProxy } from './proxy.mjs';
import { Random, seedOf } from './random.mjs';

// What one side of a connection sees.
class Side {
  text = '';
  ended = false;
  error = null;
  closed = false;

  constructor(socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.text += bytes;
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('error', ({ code }) => {
      this.error = code;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }
}

async function setUp(t, ...faults) {
  const servers = [];
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => servers.push(new Side(socket)));
  await new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const target = `http://127.0.0.1:${listener.address().port}`;
  const proxy = await FaultProxy.start(target, (number) => number === 0 ? faults : []);
  const { hostname: host, port } = new URL(proxy.url);
  const dial = async () => {
    const client = new Side(connect({ host, port, allowHalfOpen: true, noDelay: true }));
    const count = servers.length;
    await until(() => servers.length > count || client.closed, 'connection');
    return { client, server: servers[count] };
  };
  t.after(async () => {
    await proxy.stop();
    for (const { socket } of servers) socket.destroy();
    listener.close();
  });
  return { proxy, dial, ...await dial() };
}

// Node tells of a RST that comes together with the last bytes as of an end, and of one after an end not before it
// writes again.
async function bothReset(...sides) {
  await until(() => sides.every(({ closed, ended }) => closed || ended), 'end of both');
  await until(() => {
    for (const { closed, socket } of sides) if (!closed) socket.write('?');
    return sides.every(({ closed }) => closed);
  }, 'RST to both');
  for (const { error } of sides) assert.match(error, /^(ECONNRESET|EPIPE)$/);
}

test('without faults all bytes and both ends come through', async (t) => {
  const { proxy, client, server } = await setUp(t);
  const big = 'x'.repeat(3000000);
  client.socket.write('hello');
  server.socket.write(big);
  await until(() => server.text === 'hello' && client.text.length === big.length, 'bytes');
  client.socket.end('!');
  await until(() => server.ended, 'end of one direction');
  server.socket.end('bye');
  await until(() => client.ended && client.closed && server.closed, 'end of the other');
  assert.equal(client.text, `${big}bye`);
  assert.equal(server.text, 'hello!');
  assert.deepEqual(proxy.bytes, { up: 6, down: big.length + 3 });
  await until(() => proxy.pairs.size === 0, 'end of the pair');
});

test('cut: at a byte, and what is on its way is lost', async (t) => {
  const { client, server, ...rest } = await setUp(t, { kind: 'cut', direction: 'up', at: 5 });
  client.socket.write('12345');
  await until(() => server.text === '12345', 'what lies before');
  client.socket.write('67890');
  await bothReset(client, server);
  assert.equal(server.text, '12345');
  assert.deepEqual(rest.proxy.struck.map(({ kind }) => kind), ['cut']);
});

test('cut: after a time', async (t) => {
  const { client, server } = await setUp(t, { kind: 'cut', after: 20 });
  await bothReset(client, server);
});

test('truncate: exactly so many bytes arrive', async (t) => {
  const { client, server } = await setUp(t, { kind: 'truncate', direction: 'down', at: 7 });
  server.socket.write('1234567890');
  await bothReset(client, server);
  assert.equal(client.text, '1234567');
});

test('half-close: one direction ends, the other goes on for a while', async (t) => {
  const { client, server } = await setUp(t, { kind: 'half-close', direction: 'down', at: 3, ms: 200 });
  server.socket.write('12345');
  await until(() => client.ended, 'end of a direction');
  assert.equal(client.text, '123');
  client.socket.write('still here');
  await until(() => server.text === 'still here', 'the other direction');
  assert.ok(!server.closed);
  await until(() => server.closed, 'end of the other direction');
  await bothReset(client, server);
});

test('freeze: nothing arrives, in neither direction, then both are cut off', async (t) => {
  const { proxy, client, server } = await setUp(t, { kind: 'freeze', direction: 'up', at: 2, ms: 150 });
  client.socket.write('1234');
  await until(() => proxy.struck.length > 0, 'fault');
  server.socket.write('lost');
  await until(() => server.text === '12', 'what lies before');
  assert.ok(!client.closed && !server.closed);
  await bothReset(client, server);
  assert.equal(server.text, '12');
  assert.equal(client.text, '');
});

test('delay: everything arrives, later, and in order with the end', async (t) => {
  const { client, server } = await setUp(t, { kind: 'delay', direction: 'up', at: 2, ms: 100 });
  const begin = Date.now();
  client.socket.write('1234');
  client.socket.end('5678');
  await until(() => server.ended, 'end');
  assert.ok(Date.now() - begin >= 95);
  assert.equal(server.text, '12345678');
});

test('refuse: no connection for a while', async (t) => {
  const { proxy, dial, client, server } = await setUp(t, { kind: 'refuse', direction: 'up', at: 1, ms: 60000 });
  client.socket.write('12');
  await bothReset(client, server);
  const { client: other } = await dial();
  assert.equal(other.error, 'ECONNRESET');
  assert.equal(proxy.refused, 1);
  proxy.admit();
  const third = await dial();
  third.client.socket.write('there');
  await until(() => third.server.text === 'there', 'bytes');
});

test('faults of one connection strike one after the other', async (t) => {
  const { proxy, client, server } = await setUp(t,
    { kind: 'delay', direction: 'up', at: 2, ms: 20 }, { kind: 'delay', direction: 'down', at: 0, ms: 20 },
    { kind: 'truncate', at: 4 });
  client.socket.write('123');
  await until(() => server.text === '123', 'bytes up');
  server.socket.write('1234');
  await until(() => client.text === '1234', 'bytes down');
  client.socket.write('45');
  await bothReset(client, server);
  assert.equal(server.text, '1234');
  assert.deepEqual(proxy.struck.map(({ kind }) => kind), ['delay', 'delay', 'truncate']);
});

test('everything at once is cut by hand', async (t) => {
  const { proxy, dial, client, server } = await setUp(t);
  const second = await dial();
  proxy.cut();
  await bothReset(client, server);
  await bothReset(second.client, second.server);
  assert.equal(proxy.pairs.size, 0);
});

test('a seed brings the same numbers back', () => {
  const draw = (seed) => {
    const random = new Random(seed);
    return Array.from({ length: 1000 }, () => random.between(1, 6));
  };
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.deepEqual([...new Set(draw(3))].sort(), [1, 2, 3, 4, 5, 6]);
  assert.notEqual(seedOf(1, 'ws', 0), seedOf(1, 'ws', 1));
});
