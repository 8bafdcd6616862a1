// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import RocketIO from 'gi://RocketIO?version=1.0';

import { join, serve } from './client.js';
import { equal, ok, run, test, throws } from './tap.js';

// Three clients: a and b in channel 1, c in channel 2.
async function three(io) {
  const joined = [await join(io, '1'), await join(io, '1'), await join(io, '2')];
  return Object.fromEntries(joined.map((one, index) => ['abc'[index], one]));
}

// Who gets the push, in one word.
async function receivers(io, clients, options) {
  let word = '';
  io.push('x', null, options);
  io.push('end');
  for (const [letter, { client }] of Object.entries(clients)) {
    for (let type; type !== 'end';) {
      ({ type } = await client.messages.next('x or end'));
      if (type === 'x') word += letter;
    }
  }
  return word;
}

test('whom a push is for', async () => {
  const io = serve();
  const clients = await three(io);
  const { a: { session: a }, b: { session: b }, c: { session: c } } = clients;
  const reached = async (options, expected) => equal(await receivers(io, clients, options), expected);

  await reached(undefined, 'abc');
  await reached(null, 'abc');
  await reached({}, 'abc');
  await reached({ to: a }, 'a');
  await reached({ to: a.id }, 'a');
  await reached({ to: [a, b.id] }, 'ab');
  await reached({ to: new Set([a, c]) }, 'ac');
  await reached({ to: [a, a] }, 'a');
  await reached({ to: io.sessions }, 'abc');
  await reached({ to: 'f'.repeat(32) }, '');
  await reached({ channel: '1' }, 'ab');
  await reached({ channel: ['1', '2'] }, 'abc');
  await reached({ channel: '2', to: a }, 'ac');
  await reached({ channel: '3' }, '');
  await reached({ except: a }, 'bc');
  await reached({ channel: '1', except: [a.id] }, 'b');
  await reached({ except: [] }, 'abc');
  await reached(Object.assign(Object.create(null), { to: b }), 'b');
  io.close();
});

test('an empty iterable is nobody', async () => {
  const io = serve();
  const clients = await three(io);
  equal(await receivers(io, clients, { to: [] }), '');
  equal(await receivers(io, clients, { channel: [] }), '');
  equal(await receivers(io, clients, { to: new Set(), channel: '2' }), 'c');
  io.close();
});

test('the introspected forms stay', async () => {
  const io = serve();
  const clients = await three(io);
  const options = new RocketIO.PushOptions();
  options.set_channels(['2']);
  equal(await receivers(io, clients, options), 'c');

  io.push_json('y', '{"a":1}', options);
  equal(await clients.c.client.next('y'), { a: 1 });
  io.close();
});

test('a mistake never reaches everybody', async () => {
  const io = serve();
  const clients = await three(io);
  const refused = (options, expected) => throws(() => io.push('x', null, options), expected);

  refused({ too: 'x' }, /no option "too"; there are to, channel, except, volatile/);
  refused({ channels: ['x'], for: 1 }, /no option "channels", "for"/);
  refused(clients.a.session, /takes its options as \{ to, channel, except, .* \}, not as an object \(RocketIO_Session\)/);
  refused('1', /not as a string/);
  refused(['1'], /not as an object \(Array\)/);
  refused({ to: undefined }, /The option to is a session or its id, .* not undefined: leave it out/);
  refused({ to: io.get_session('gone') }, /not null/);
  refused({ to: [undefined] }, /is a string, not undefined/);
  refused({ to: io }, /not an object \(RocketIO_Server\)/);
  refused({ except: null }, /The option except/);
  refused({ channel: 5 }, /The option channel is the name of a channel, .* not a number/);
  refused({ channel: '1\0' }, /holds a NUL/);
  equal(await receivers(io, clients, { to: clients.a.session }), 'a');
  io.close();
});

test('names that cannot be pushed', async () => {
  const io = serve();
  const { session } = await join(io);
  for (const target of [io, session]) {
    for (const name of ['', '__x', 'connect', '*', 'x'.repeat(256)]) {
      const error = throws(() => target.push(name), /./);
      ok(error.matches(RocketIO.Error, RocketIO.Error.INVALID_NAME), `"${name}" is no name`);
    }
    throws(() => target.push('x\0y'), /holds a NUL/);
    throws(() => target.push('\udfff'), /surrogate/);
    throws(() => target.push(), /The name of an event is a string, not undefined/);
  }
  io.close();
});

await run();
