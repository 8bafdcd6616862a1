// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Version 2: what outlives a connection, over each transport.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RocketIOError } from '../../js/src/index.mjs';
import { next, tick, until } from './help.mjs';
import { connected, holdTimers, listen, names, setUp, TRANSPORTS } from './wire-2.mjs';

for (const type of TRANSPORTS) {
  describe(`over ${type}`, () => {
    test('hello, welcome, and messages both ways', async (t) => {
      const { server, io } = await connected(t, { type });
      assert.equal(io.type, type);
      assert.equal(io.session, server.session.id);
      assert.equal(io.recovered, false);
      const [{ id, token, pos }] = server.hellos;
      assert.deepEqual([id, token, pos], [undefined, undefined, undefined]);
      const heard = listen(io);
      server.session.say({ type: 'a', data: 1 });
      server.session.say({ type: 'b', data: { c: [] }, ch: 'lobby' });
      server.session.murmur({ type: 'd' });
      await until(() => heard.length >= (type === 'comet' ? 2 : 3), 'messages');
      assert.deepEqual(heard.slice(0, 2), [['a', 1, { channel: null }], ['b', { c: [] }, { channel: 'lobby' }]]);
      io.push('x', { y: 'ä' });
      await io.push('z');
      assert.deepEqual(server.events, [['x', { y: 'ä' }], ['z', undefined]]);
    });

    test('cut off, it resumes: nothing is lost and nothing comes twice', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      session.say({ type: 'one' });
      const heard = listen(io);
      await until(() => heard.length === 1, 'first message');
      const facts = new Promise((resolve) => {
        io.once('connect', (...args) => resolve(args));
      });
      const pushes = ['a', 'b', 'c'].map((name) => io.push(name));
      server.cut();
      pushes.push(io.push('d'));
      session.say({ type: 'two' });
      session.say({ type: 'three' });
      assert.deepEqual(await facts, [session.id, { resumed: true, recovered: true }]);
      assert.equal(io.recovered, true);
      await Promise.all(pushes);
      assert.equal(server.types, 'a,b,c,d');
      await until(() => heard.length === 5, 'what was missed');
      assert.equal(names(heard), 'one,disconnect,connect,two,three');
      const { id, token } = server.hellos.at(-1);
      assert.deepEqual([id, token], [session.id, session.token]);
    });

    test('what was handled and not acknowledged is not handled twice', async (t) => {
      const { server, io } = await connected(t, { type });
      server.quiet = true;
      const push = io.push('a');
      await server.received(1);
      server.cut();
      await push;
      server.quiet = false;
      await io.push('b');
      assert.equal(server.types, 'a,b');
    });

    test('what got lost on its way is sent again, before what is new', async (t) => {
      const { server, io } = await connected(t, { type });
      io.on('connect', () => io.push('hello'));
      await io.push('first');
      server.deaf = true;
      const pushes = ['a', 'b'].map((name) => io.push(name));
      if (type !== 'websocket') await until(() => server.asked('send') > 1, 'POST');
      const lost = next(io, 'disconnect');
      server.cut();
      server.deaf = false;
      await lost;
      pushes.push(io.push('c'));
      await Promise.all(pushes);
      assert.equal(server.types, 'first,a,b,hello,c');
    });

    test('a message that is doubled is dropped', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      const heard = listen(io);
      session.say({ type: 'a' });
      await until(() => heard.length === 1, 'message');
      await until(() => session.link && (type !== 'comet' || session.held), 'link');
      session.link.send([session.log[0], { message: { type: 'end', seq: 7, pos: session.pos } }]);
      await until(() => heard.length === 2, 'message');
      assert.equal(names(heard), 'a,end');
    });

    test('the last number that there is, and the first one after it', async (t) => {
      const { server, io } = await connected(t, { type });
      const heard = listen(io);
      server.session.count = Number.MAX_SAFE_INTEGER - 3;
      for (const name of ['a', 'b', 'c']) server.session.say({ type: name });
      await until(() => heard.length === 3, 'the last ones');
      assert.equal(server.session.count, Number.MAX_SAFE_INTEGER);
      server.epoch++;
      Object.assign(server.session, { count: 0, log: [] });
      server.cut();
      await next(io, 'missed');
      server.session.say({ type: 'd' });
      await until(() => names(heard).endsWith(',d'), 'the first one');
      assert.equal(names(heard), 'a,b,c,disconnect,connect,missed,d');
    });

    test('not recovered: the app is told that it missed something', async (t) => {
      const { server, io } = await connected(t, { type });
      server.session.say({ type: 'a' });
      await next(io, 'a');
      server.forgetful = true;
      const heard = listen(io);
      server.cut();
      server.session.say({ type: 'b' });
      await next(io, 'missed');
      server.forgetful = false;
      assert.equal(io.recovered, false);
      assert.deepEqual(heard.slice(0, 3), [
        ['disconnect'], ['connect', server.session.id, { resumed: true, recovered: false }], ['missed', { count: null }],
      ]);
      server.session.say({ type: 'c' });
      await next(io, 'c');
      assert.equal(names(heard.slice(3)), 'c');
    });

    test('a new server: a new session, and what is not known is told', async (t) => {
      const { server, io } = await connected(t, { type, channel: 'old' });
      const before = io.session;
      server.handlers.slow = () => undefined;
      await io.join('lobby', { history: 3 });
      await io.join('left');
      await io.leave('left');
      server.quiet = true;
      const push = io.push('a');
      const request = io.request('slow');
      await server.received(2);
      const heard = listen(io);
      server.forget();
      await next(io, 'disconnect');
      const waiting = io.push('b');
      await assert.rejects(push, (error) => error instanceof RocketIOError && error.code === 'unknown');
      await assert.rejects(request, { name: 'RocketIOError', code: 'unknown' });
      server.quiet = false;
      await waiting;
      assert.equal(server.types, 'a,slow,b');
      assert.notEqual(io.session, before);
      await until(() => heard.filter(([event]) => event === 'joined').length === 2, 'channels');
      assert.deepEqual(server.hellos.at(-1).join, ['old', { ch: 'lobby', history: 3 }]);
      const told = heard.filter(([event]) => event !== 'joined');
      assert.deepEqual(told.map(([event, data]) => (event === 'error' ? data.code : event)),
        ['disconnect', 'unknown', 'connect', 'missed']);
      assert.deepEqual(told[2], ['connect', io.session, { resumed: false, recovered: false }]);
      assert.deepEqual(server.session.channels, new Set(['old', 'lobby']));
    });

    test('every 32 messages, and at a heartbeat, it says how far it has come', async (t) => {
      const { server, io } = await connected(t, { type });
      const { session } = server;
      for (let i = 0; i < 40; i++) session.say({ type: 'm', data: i });
      const which = type === 'comet' ? 'm' : null;
      if (which) await next(io, which);
      await until(() => session.pongs.some((pos) => Number(pos.split('.')[1]) >= (which ? 1 : 32)), 'pong');
      session.murmur({ type: '__heartbeat', data: { pos: '1.40' } });
      await until(() => session.pongs.at(-1) === '1.40', 'pong to the heartbeat');
    });

    test('silence is the end of the connection', async (t) => {
      const silence = holdTimers(t, 45000);
      const { server, io } = await connected(t, { type });
      const { session } = server;
      const lost = next(io, 'disconnect');
      silence();
      await lost;
      await next(io, 'connect');
      assert.equal(io.session, session.id);
    });
  });
}

test('a quick succession of cuts: all arrives, in order and once', async (t) => {
  const { server, io } = await connected(t, { type: 'websocket' });
  const heard = [];
  io.on('m', (data) => heard.push(data));
  for (let i = 0; i < 300; i++) {
    io.push('p', i);
    server.session.say({ type: 'm', data: i });
    if (i % 20 === 7) server.cut();
    if (i % 5 === 0) await tick(1);
  }
  await until(() => heard.length >= 300 && server.events.length >= 300, 'all');
  assert.deepEqual(heard, [...Array(300).keys()]);
  assert.deepEqual(server.events.map(([, data]) => data), heard);
  assert.equal(server.sessions.length, 1);
});

test('the count of what was left out is told', async (t) => {
  const { server, io } = await connected(t);
  const missed = next(io, 'missed');
  server.session.murmur({ type: '__dropped', data: { count: 5 } });
  assert.deepEqual(await missed, { count: 5 });
});

test('version 1 is chosen where there is nothing else, or when it is wanted', async (t) => {
  for (const [settings, options] of [[{ versions: [1] }, {}], [{}, { version: 1 }], [{ versions: undefined }, {}]]) {
    const { server, io } = await setUp(t, options);
    Object.assign(server.settings, settings);
    const early = [io.request('add', {}), io.push('bytes', new Uint8Array(2))]
      .map((promise) => assert.rejects(promise, { code: 'unsupported' }));
    await next(io.connect(server.origin), 'error');
    assert.equal(server.hellos.length, 0);
    await Promise.all(early);
    await assert.rejects(io.join('lobby'), { code: 'unsupported' });
  }
});

test('not two at once: who is taken over stays away', async (t) => {
  const { server, io } = await connected(t);
  const failed = next(io, 'disconnect');
  server.session.end(4501, 'taken over');
  await failed;
  assert.deepEqual(io.getState(), { state: 'failed', code: 4501, reason: 'taken over' });
});

test('an app that does not look at its promises hears of it by an error event', async (t) => {
  const { server, io } = await connected(t);
  server.quiet = true;
  io.push('a', 1);
  await server.received(1);
  const error = next(io, 'error');
  server.forget();
  assert.match((await error).message, /^push "a" refused: it may/);
  await new Promise((resolve) => {
    setImmediate(resolve); // an unhandled rejection would fail the test
  });
});

