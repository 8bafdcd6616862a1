// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What clients of version 2 of the wire have more: coming back, several channels, bytes.
import GLib from 'gi://GLib?version=2.0';
import RocketIO from 'gi://RocketIO?version=1.0';

import { Client2, home, join, join2, logged, serve } from './client.js';
import { equal, ok, rejects, run, test, throws, until } from './tap.js';

test('on_detached() and on_resumed()', async () => {
  const io = serve();
  const { client, session } = await join2(io);
  const calls = [];
  io.on_detached((who) => calls.push(['detached', who === session, who.transport]));
  const id = io.on_detached(() => calls.push('never'));
  io.on_resumed(async (who, recovered) => calls.push(['resumed', who === session, recovered]));
  io.off(id);
  client.cut();
  await until(() => calls.length === 1);
  io.push('missed', 1);
  const again = await client.resume();
  equal(await again.next('missed'), 1);
  equal(calls, [['detached', true, RocketIO.TransportType.NONE], ['resumed', true, true]]);
  throws(() => io.on_detached(5), /A handler is a function/);
  io.close();
});

test('what their handlers throw is logged', async () => {
  const io = serve();
  const { client } = await join2(io);
  const fail = () => {
    throw new Error('no');
  };
  io.on_detached(fail);
  io.on_resumed(async () => fail());
  const lines = await logged(async (log) => {
    client.cut();
    await until(() => log.length === 1);
    await client.resume();
    await until(() => log.length === 2);
  });
  equal(lines.map((line) => /a handler of (\w+) failed/.exec(line)[1]), ['on_detached', 'on_resumed']);
  io.close();
});

test('join() and leave()', async () => {
  const io = serve();
  const { client, session } = await join2(io, 'red');
  ok(session.join('blue'), 'joined');
  session.leave('red');
  equal(session.channels, ['blue']);
  io.push('x', 1, { channel: 'red' });
  io.push('x', 2, { channel: 'blue' });
  equal(await client.next('__left'), { ch: 'red' });
  equal(await client.next('x'), 2);
  equal(client.joined, ['red', 'blue']);
  throws(() => session.join('a\0b'), /NUL/);
  throws(() => session.leave(5), /is a string/);
  const error = throws(() => session.join('x'.repeat(256)), /255 bytes/);
  ok(error.matches(RocketIO.Error, RocketIO.Error.INVALID_NAME), 'an error of the library');
  io.close();
});

test('authorize_join()', async () => {
  const io = serve();
  const { client } = await join2(io);
  const refused = async (ch) => (await client.ask('__join', { ch })).error?.code;
  const id = io.authorize_join((session, channel) => session.id === client.session && channel !== 'staff');
  equal([await refused('staff'), await refused('a')], ['denied', undefined]);
  io.off(id);
  equal(await refused('staff'), undefined);

  const lines = await logged(async () => {
    const throwing = io.authorize_join(() => {
      throw new Error('too bad');
    });
    equal(await refused('b'), 'denied');
    io.off(throwing);
    const later = io.authorize_join(async () => true);
    equal(await refused('b'), 'denied');
    io.off(later);
  });
  ok(/authorize_join failed: Error: too bad/.test(lines[0]), lines[0]);
  ok(/at once, not by a promise/.test(lines[1]), lines[1]);
  io.authorize_join(() => {});
  equal(await refused('b'), 'denied');
  io.close();
});

test('authorize_event()', async () => {
  const io = serve();
  io.handle('delete', () => 'done');
  io.handle('read', () => 'done');
  const { client } = await join2(io);
  const ask = async (name) => (await client.ask(name)).error?.code;
  const id = io.authorize_event('delete', (session, name) => {
    equal([session.id, name], [client.session, 'delete']);
    return false;
  });
  equal([await ask('delete'), await ask('read')], ['denied', undefined]);
  io.off(id);
  io.authorize_event('*', (session, name) => name !== 'read');
  equal([await ask('delete'), await ask('read')], [undefined, 'denied']);
  throws(() => io.authorize_event('__join', () => true), /reserved/);
  io.close();
});

test('authenticate() with the handshake', async () => {
  const io = serve();
  const seen = [];
  io.authenticate((auth, session, handshake) => {
    seen.push([handshake.version, handshake.uri.get_path(), handshake.dup_cookie('login'), handshake.dup_query('a'),
      handshake.get_header('upgrade'), handshake.peer_certificate]);
    return true;
  });
  await Client2.connect(home(io), {});
  equal(seen, [[2, '/rocketio/ws', null, null, 'websocket', null]]);
  io.close();
});

test('authenticate()', async () => {
  const io = serve();
  const come = async (auth) => {
    const client = await Client2.connect(home(io), { auth }, false);
    return client.welcomed ? io.get_session(client.session).identity ?? 'somebody' : client.reasons;
  };
  const id = io.authenticate(async (auth, session) => {
    ok(session instanceof RocketIO.Session, 'the session');
    if (auth === undefined || auth === null) throw new RocketIO.RequestError('unknown', 'who is it?');
    return auth;
  });
  throws(() => io.authenticate(() => true), /only one can decide/);
  equal([await come('Ann'), await come(true)], ['Ann', 'somebody']);
  equal([await come(''), await come(null)], [['the app does not let this client in'], ['who is it?']]);
  io.off(id);
  const lines = await logged(async () => {
    io.authenticate(() => {
      throw new Error('secret');
    });
    equal(await come('Ann'), ['the server failed to answer']);
  });
  ok(/handler of authenticate failed: Error: secret/.test(lines[0]), lines[0]);
  io.close();
});

test('set_presence()', async () => {
  const io = serve();
  io.set_presence('lobby', true);
  const { client } = await join2(io, 'lobby');
  const { joined: [{ id }] } = await client.next('__presence');
  equal(id, client.session);
  io.close();
});

test('drain_async()', async () => {
  const io = serve();
  const { client } = await join2(io);
  const reasons = [];
  io.on('disconnect', (session, reason) => reasons.push(reason));
  const drained = io.drain_async(20);
  await rejects(io.drain_async(), /drained already/);
  equal(await drained, true);
  await client.closed;
  equal([client.codes, reasons], [[4000], [RocketIO.CloseReason.SHUTDOWN]]);
  equal(await io.events('x').next(), { done: true });
  throws(() => io.drain_async(-1), /The spread is a number of milliseconds from 0/);
});

test('set_history()', async () => {
  const io = serve();
  io.set_history('news', 2);
  for (const number of [1, 2, 3]) io.push('x', number, { channel: 'news' });
  const { client } = await join2(io);
  const { data: { history } } = await client.ask('__join', { ch: 'news', history: 10 });
  equal(history.map(({ data }) => data), [2, 3]);
  io.close();
});

test('close() with a code', async () => {
  const io = serve();
  for (const [args, code] of [[[], 4500], [[4600, 'kicked'], 4600], [[4000], 4000]]) {
    const { client, session } = await join2(io);
    session.close(...args);
    await client.closed;
    equal([client.socket.get_close_code(), client.codes], [code, [code]]);
  }
  const { session } = await join2(io);
  ok(throws(() => session.close(1000), /4000 to 4999/).matches(RocketIO.Error, RocketIO.Error.INVALID_SETTING), 'it');
  io.close();
});

test('bytes', async () => {
  const io = serve();
  const { client, session } = await join2(io);
  const { client: old } = await join(io);
  const bytes = new Uint8Array([0, 1, 255]);
  for (const data of [bytes, bytes.buffer, new GLib.Bytes(bytes), new DataView(bytes.buffer)]) {
    io.push('x', data);
    session.push('y', data);
    equal([...await client.next('x')], [0, 1, 255]);
    equal([...await client.next('y')], [0, 1, 255]);
    equal(await old.next('x'), 'AAH/');
  }
  throws(() => io.push('x', { bytes }), /"bytes" is bytes, which go by themselves/);

  const events = io.events('x');
  const seen = [];
  io.on('*', (data, from, name) => seen.push([name, data instanceof Uint8Array]));
  io.once('x', (data) => seen.push(['once', ...data]));
  const id = io.on('x', () => seen.push('never'));
  io.disconnect(id);
  client.push('x', bytes);
  client.push('x', 'text');
  equal([...(await events.next()).value[0]], [0, 1, 255]);
  equal((await events.next()).value[0], 'text');
  equal(seen, [['x', true], ['once', 0, 1, 255], ['x', false]]);
  io.close();
});

await run();
