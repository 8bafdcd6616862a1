// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import RocketIO from 'gi://RocketIO?version=1.0';

import { join, serve } from './client.js';
import { equal, ok, run, test, throws, until } from './tap.js';

test('on() gets data, session and name', async () => {
  const io = serve();
  const { client, session } = await join(io);
  const calls = [];
  io.on('chat', (...values) => calls.push(values));

  client.push('chat', { text: 'hello' });
  await until(() => calls.length === 1);
  equal(calls[0][0], { text: 'hello' });
  ok(calls[0][1] === session, 'the session is the same object');
  equal(calls[0].slice(2), ['chat']);
  io.close();
});

test('each handler has data of its own', async () => {
  const io = serve();
  const { client } = await join(io);
  const seen = [];
  io.on('list', (list) => seen.push(list.push('mine')));
  io.on('list', (list) => seen.push(list.push('mine')));

  client.push('list', [1]);
  await until(() => seen.length === 2);
  equal(seen, [2, 2]);
  io.close();
});

test('"*" gets all events, and only these', async () => {
  const io = serve();
  const names = [];
  io.on('*', (data, session, name) => names.push([name, data]));

  const { client } = await join(io);
  client.push('a::b', 1);
  client.push(':', 2);
  client.push('nobody asked for this', 3);
  client.push('π\n', 4);
  await until(() => names.length === 4);
  equal(names, [['a::b', 1], [':', 2], ['nobody asked for this', 3], ['π\n', 4]]);
  io.close();
  equal(names.length, 4);
});

test('names with colons, spaces and beyond ASCII have handlers', async () => {
  const io = serve();
  const { client } = await join(io);
  const names = ['a::b', ':x', '::', 'a b', 'ü\n', 'event', 'detail', 'x'.repeat(255)];
  const seen = [];
  for (const name of names) io.on(name, () => seen.push(name));

  for (const name of names) client.push(name);
  await until(() => seen.length === names.length);
  equal(seen, names);
  io.close();
});

test('"connect" and "disconnect"', async () => {
  const io = serve();
  const calls = [];
  io.on('connect', (session) => calls.push(['connect', session.id]));
  io.on('disconnect', (session, reason) => calls.push(['disconnect', session.id, reason]));

  const { client, session } = await join(io);
  equal(calls, [['connect', session.id]]);
  await client.close();
  await until(() => calls.length === 2);
  equal(calls[1], ['disconnect', session.id, RocketIO.CloseReason.CLIENT]);
  io.close();
});

test('once() and off()', async () => {
  const io = serve();
  const { client } = await join(io);
  const seen = [];
  const log = (word) => () => seen.push(word);
  const [first, second] = [log('first'), log('second')];

  io.once('x', log('once'));
  io.on('x', first);
  io.on('x', second);
  const id = io.on('x', log('by id'));
  io.on('end', log('end'));
  client.push('x');
  client.push('x');
  await until(() => seen.length === 7);
  equal(seen, ['once', 'first', 'second', 'by id', 'first', 'second', 'by id']);

  seen.length = 0;
  io.off(id);
  io.off('x', first);
  client.push('x');
  await until(() => seen.length === 1);
  io.off('x');
  io.off('x');
  io.off(id);
  client.push('x');
  client.push('end');
  await until(() => seen.includes('end'));
  equal(seen, ['second', 'end']);
  io.close();
});

test('an id is that of the signal', async () => {
  const io = serve();
  const { client } = await join(io);
  const seen = [];
  const id = io.on('x', () => seen.push('gone'));
  io.on('y', () => seen.push('y'));
  io.disconnect(id);
  io.off(id);
  io.off('x');

  client.push('x');
  client.push('y');
  await until(() => seen.length > 0);
  equal(seen, ['y']);
  io.close();
});

test('handlers that come and go while an event is handled', async () => {
  const io = serve();
  const { client } = await join(io);
  const seen = [];
  const second = () => seen.push('second');
  io.on('x', () => {
    seen.push('first');
    io.off('x', second);
    io.on('x', () => seen.push('new'));
  });
  io.on('x', second);

  client.push('x');
  client.push('x');
  await until(() => seen.length === 3);
  equal(seen, ['first', 'first', 'new']);
  io.close();
});

test('names that cannot be heard', () => {
  const io = new RocketIO.Server();
  const nothing = () => {};
  for (const name of ['error', 'start', '__x', '__session_id']) {
    throws(() => io.on(name, nothing), new RegExp(`"${name}" is reserved .* choose one`));
    throws(() => io.events(name), /is reserved/);
  }
  throws(() => io.on('', nothing), /1 to 255 bytes, not 0/);
  throws(() => io.on('ü'.repeat(128), nothing), /not 256/);
  throws(() => io.on('a\0b', nothing), /holds a NUL/);
  throws(() => io.on('\ud800', nothing), /half a surrogate pair/);
  throws(() => io.on(5, nothing), /is a string, not a number/);
  throws(() => io.on('x'), /handler is a function, not undefined/);
});

test('close() drops handlers', async () => {
  const io = serve();
  await join(io);
  const seen = [];
  io.on('disconnect', (session, reason) => seen.push(reason));
  const id = io.on('x', () => {});
  io.close();
  io.close();
  equal(seen, [RocketIO.CloseReason.SHUTDOWN]);
  throws(() => io.listen(0), /closed; make a new one/);
  io.off(id);
});

await run();
