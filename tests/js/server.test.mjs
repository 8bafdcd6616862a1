// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Version 2 against the test server, over each transport, by way of a proxy that cuts.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RocketIO } from '../../js/src/index.mjs';
import { Proxy } from '../browser/proxy.mjs';
import { NodeEventSource } from './event-source.mjs';
import { next, startTestapp, tick, until } from './help.mjs';
import { NodeWebSocket } from './socket-peer.mjs';
import { listen, names, TRANSPORTS } from './wire-2.mjs';

class Blocked {
  constructor() {
    throw new Error('a policy of the page');
  }
}

const BYTES = new Uint8Array([0, 1, 127, 128, 255]);

let server;

before(async () => {
  server = await startTestapp();
});

after(() => server.stop());

async function connected(t, options, url = server.url) {
  t.mock.method(Math, 'random', () => 0.01); // short pauses
  NodeWebSocket.install(t);
  NodeEventSource.install(t);
  const proxy = await Proxy.start(t, url);
  const io = new RocketIO(options);
  t.after(() => io.close());
  await next(io.connect(proxy.url), 'connect');
  return { io, proxy };
}

async function cut(io, proxy) {
  const lost = next(io, 'disconnect');
  proxy.cut();
  await lost;
}

for (const type of TRANSPORTS) {
  describe(`over ${type}`, () => {
    test('events, requests and bytes both ways', async (t) => {
      const { io } = await connected(t, { type });
      assert.equal(io.type, type);
      assert.match(io.session, /^[0-9a-f]{32}$/);
      const heard = listen(io);
      await Promise.all([1, 'ä', null, { a: [BYTES.length] }].map((data) => io.push('echo', data)));
      await io.push('bytes', BYTES);
      await until(() => heard.length === 5, 'echoes');
      assert.deepEqual(heard.map(([, data]) => data), [1, 'ä', null, { a: [5] }, BYTES]);
      assert.equal(await io.request('add', { a: 40, b: 2 }), 42);
      assert.equal(await io.request('slow', { ms: 20 }), null);
      await assert.rejects(io.request('fail'), { name: 'RocketIOError', code: 'refused-by-app', message: 'as asked' });
      await assert.rejects(io.request('nothing of this name'), { code: 'unknown-name' });
      await assert.rejects(io.request('silent'), { code: 'unanswered' });
      io.handle('double', (data) => data * 2);
      io.push('ask', { name: 'double', data: 21 });
      assert.deepEqual(await next(io, 'asked'), { data: 42 });
    });

    test('what the server cannot read is refused, and stops nothing', async (t) => {
      const { io } = await connected(t, { type });
      const deep = JSON.parse('['.repeat(70) + ']'.repeat(70));
      const bad = ['a\0b', '\ud800', deep].map((data) => io.push('echo', data));
      const request = assert.rejects(io.request('add', deep), { code: 'bad-request' });
      const good = next(io, 'echo');
      io.push('echo', 'good');
      assert.equal(await good, 'good');
      await request;
      // Elsewhere the answer to a POST acknowledges them before the other connection can tell that they were refused.
      if (type === 'websocket') for (const push of bad) await assert.rejects(push, { code: 'bad-request' });
    });

    test('channels', async (t) => {
      const { io } = await connected(t, { type, channel: 'first' });
      const other = (await connected(t, { type, channel: 'history' })).io;
      other.push('to_channel', 1);
      other.push('to_channel', 2);
      await next(other, 'to_channel');
      await other.request('add', {});
      const { history } = await io.join('history', { history: 1 });
      assert.deepEqual(history.map((message) => [message.type, message.data]), [['to_channel', 2]]);
      await assert.rejects(io.join('private'), { code: 'denied' });
      const got = next(io.in('history'), 'to_channel');
      other.push('to_channel', 3);
      assert.equal(await got, 3);
      await io.leave('history');
      const heard = listen(io);
      await other.push('to_channel', 4);
      io.push('to_channel', 5);
      await next(io, 'to_channel');
      assert.deepEqual(heard, [['to_channel', 5, { channel: 'first' }]]);
    });

    test('cut again and again: all arrives, in order and once', async (t) => {
      const { io, proxy } = await connected(t, { type });
      const heard = [];
      io.on('echo', (data) => heard.push(data));
      const { session } = io;
      const pushes = [];
      for (let i = 0; i < 200; i++) {
        pushes.push(io.push('echo', i));
        if (i % 40 === 17) {
          proxy.cut();
          await tick();
          proxy.mend();
        }
        if (i % 5 === 0) await tick();
      }
      await Promise.all(pushes);
      await until(() => heard.length >= 200, 'echoes');
      assert.deepEqual(heard, [...Array(200).keys()]);
      assert.equal(io.session, session);
      assert.equal(io.recovered, true);
    });

    test('what was pushed meanwhile comes after the resume', async (t) => {
      const { io, proxy } = await connected(t, { type });
      const other = (await connected(t, { type: 'websocket' })).io;
      await cut(io, proxy);
      const heard = listen(io);
      await other.push('broadcast', 'meanwhile');
      proxy.mend();
      await next(io, 'broadcast');
      assert.deepEqual(heard.slice(-2), [
        ['connect', io.session, { resumed: true, recovered: true }], ['broadcast', 'meanwhile', { channel: null }],
      ]);
    });

    test('a close of the app: final, or an invitation', async (t) => {
      const { io } = await connected(t, { type });
      const { session } = io;
      io.push('close', { code: 4100, reason: 'come back' });
      await next(io, 'connect');
      io.push('close', { code: 4600, reason: 'stay away' });
      await next(io, 'disconnect');
      assert.deepEqual(io.getState(), { state: 'failed', code: 4600, reason: 'stay away' });
      const back = next(io, 'connect');
      io.retryNow();
      await back;
      assert.notEqual(io.session, session);
    });

    test('a server that was restarted: a new session, and it is told', async (t) => {
      const mine = await startTestapp();
      const { io } = await connected(t, { type }, mine.url);
      await io.join('lobby');
      const heard = listen(io);
      await mine.stop('SIGKILL');
      const again = await startTestapp({ port: mine.port });
      t.after(() => again.stop());
      const push = io.push('echo', 'after');
      await next(io, 'echo');
      await push.catch(() => {});
      await until(() => heard.some(([event]) => event === 'joined'), 'channel');
      const told = heard.filter(([event]) => ['connect', 'missed', 'joined', 'echo'].includes(event));
      assert.deepEqual(told[0], ['connect', io.session, { resumed: false, recovered: false }]);
      assert.deepEqual(told[1], ['missed', { count: null }]);
    });
  });
}

test('moving up from a lesser transport, nobody notices', async (t) => {
  const { io, proxy } = await connected(t, {});
  const { WebSocket } = globalThis;
  assert.equal(io.type, 'websocket');
  for (const type of ['sse', 'comet']) {
    globalThis.WebSocket = Blocked;
    globalThis.EventSource = type === 'sse' ? NodeEventSource : Blocked;
    io.close();
    await next(io.connect(proxy.url), 'connect');
    assert.equal(io.type, type);
    const heard = listen(io);
    globalThis.WebSocket = WebSocket;
    for (let i = 0; i < 100; i++) {
      io.push('echo', i);
      if (i === 50) io.retryNow();
      if (i % 10 === 0) await tick(1);
    }
    await until(() => io.type === 'websocket' && heard.length >= 100, 'all');
    assert.equal(names(heard), Array(100).fill('echo').join());
    assert.deepEqual(heard.map(([, data]) => data), [...Array(100).keys()]);
    io.removeListener('*');
  }
});

for (const type of ['sse', 'comet']) {
  test(`a proxy that takes less than the server costs what is too large, and nothing else, over ${type}`, async (t) => {
    const { io, proxy } = await connected(t, { type });
    const large = 'x'.repeat(5000);
    proxy.limit = 2000;
    const heard = listen(io);
    const pushes = Array.from({ length: 300 }, (_, i) => io.push('echo', i === 40 || i === 299 ? large : i));
    const refused = { name: 'RocketIOError', code: 'too-large', message: /"echo" refused: raise the proxy's limit/ };
    const [request] = await Promise.all([
      assert.rejects(io.request('add', large), { code: 'too-large' }).then(() => io.request('add', { a: 1, b: 2 })),
      ...pushes.map((push, i) => (i === 40 || i === 299 ? assert.rejects(push, refused) : push)),
    ]);
    assert.equal(request, 3);
    io.push('echo', large, { volatile: true });
    io.handle('whole', () => large);
    io.push('ask', { name: 'whole' });
    assert.match((await next(io, 'asked')).error, /raise the proxy's limit/);
    assert.equal(heard.filter(([name]) => name === 'error').length, 4);
    const echoes = heard.filter(([name]) => name === 'echo').map(([, data]) => data);
    assert.deepEqual(echoes, [...Array(300).keys()].filter((i) => i !== 40 && i !== 299));
    assert.ok(!names(heard).includes('disconnect'));
  });
}

test('what a page says does not keep a server silent', async (t) => {
  const quick = await startTestapp({}, '--heartbeat', '1/1');
  t.after(() => quick.stop());
  await Promise.all(TRANSPORTS.map(async (type) => {
    const { io } = await connected(t, { type }, quick.url);
    const heard = listen(io);
    const began = Date.now();
    await until(() => {
      io.push('unheard', null, { volatile: true });
      return Date.now() - began > 3500;
    }, 'three heartbeats');
    assert.deepEqual(heard, []);
  }));
});

test('heartbeats keep it alive, over each transport', async (t) => {
  const quick = await startTestapp({}, '--heartbeat', '1/1');
  t.after(() => quick.stop());
  await Promise.all(TRANSPORTS.map(async (type) => {
    const { io } = await connected(t, { type }, quick.url);
    const heard = listen(io);
    const began = Date.now();
    await until(() => Date.now() - began > 3500, 'three heartbeats');
    assert.deepEqual(heard, []);
    assert.equal(await io.request('add', { a: 1, b: 1 }), 2);
  }));
});
