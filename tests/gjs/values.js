// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import GLib from 'gi://GLib?version=2.0';
import Json from 'gi://Json?version=1.0';
import RocketIO from 'gi://RocketIO?version=1.0';

import { join, serve } from './client.js';
import { equal, ok, run, test, throws } from './tap.js';

const VALUES = [
  null, true, false, 0, 1, -1, 0.1, -2.5e-7, 5e-324, 1.7976931348623157e308, 1e21, 1 / 3,
  Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 53 + 2, 2 ** 63, -(2 ** 63), 2 ** 64, 123456789012345680000,
  1e300, 'e+21.0', ['\\"1e+21.0', 1e22, { '"e9.0': 1e-7 }],
  '', 'text', 'ünïcödé', '日本語', '😀', '\u2028\u2029', '\u0001\u001f\u007f', '"\\/\b\f\n\r\t', 'x'.repeat(10000),
  [], {}, [null], [[[]]], { a: { b: { c: [1, { d: null }] } } }, { '': 1, 'ü "': 2, constructor: 4 },
  [1, 'two', null, true, { three: [4.5] }],
];

test('values get to the server', async () => {
  const io = serve();
  const { client } = await join(io);
  const came = io.events('value');
  for (const value of VALUES) client.push('value', value);
  for (const value of VALUES) equal((await came.next()).value[0], value);
  io.close();
});

test('what JSON can say and JavaScript names otherwise', async () => {
  const io = serve();
  const { client } = await join(io);
  const came = io.events('value');
  const next = async () => (await came.next()).value[0];

  client.pushText('{"type":"value"}');
  ok(await next() === null, 'no data is null');
  client.pushText('{"type":"value","data":12345678901234567890}');
  equal(await next(), 12345678901234567000);
  client.pushText('{"type":"value","data":{"__proto__":{"a":1}}}');
  const data = await next();
  ok(Object.getPrototypeOf(data) === Object.prototype, 'the prototype');
  equal(Object.keys(data), ['__proto__']);
  io.close();
});

test('values get to clients', async () => {
  const io = serve();
  const { client, session } = await join(io);
  for (const value of VALUES) {
    io.push('value', value);
    equal(await client.next('value'), value);
    session.push('value', value);
    equal(await client.next('value'), value);
  }
  io.close();
});

test('what JSON.stringify() knows', async () => {
  const io = serve();
  const { client } = await join(io);
  const pushed = async (...data) => {
    io.push('value', ...data);
    return client.next('value');
  };

  equal(await pushed(), null);
  equal(await pushed(undefined), null);
  equal(await pushed({ a: undefined, b: [undefined] }), { b: [null] });
  equal(await pushed(new Date(0)), '1970-01-01T00:00:00.000Z');
  equal(await pushed(-0), 0);
  equal(await pushed({ toJSON: () => 'itself' }), 'itself');
  io.close();
});

test('Json.Node and GLib.Variant', async () => {
  const io = serve();
  const { client, session } = await join(io);
  for (const target of [io, session]) {
    target.push('value', Json.from_string('{"a": [1, 2.5]}'));
    equal(await client.next('value'), { a: [1, 2.5] });
    target.push('value', new GLib.Variant('a{sv}', { a: new GLib.Variant('i', 1) }));
    equal(await client.next('value'), { a: 1 });
  }
  io.close();
});

test('what cannot be sent is refused', () => {
  const io = new RocketIO.Server();
  const cycle = {};
  cycle.self = cycle;
  let deep = [];
  for (let i = 0; i < 100; i++) deep = [deep];
  const refused = (data, expected) => throws(() => io.push('value', data), expected);

  refused(() => {}, /The data of "value" cannot be sent as JSON: it is a function/);
  refused({ run() {} }, /"run" is a function/);
  refused([Symbol('x')], /"0" is a symbol/);
  refused({ big: 5n }, /"big" is a BigInt: make it/);
  refused({ count: NaN }, /"count" is NaN: there is no such number in JSON/);
  refused([-Infinity], /"0" is -Infinity/);
  refused(cycle, /cyclic/);
  refused(new Map([[1, 2]]), /a Map: make it an object or an array/);
  refused({ set: new Set() }, /"set" is a Set/);
  refused({ io }, /"io" is a GObject \(RocketIO_Server\)/);
  refused({ v: new GLib.Variant('i', 1) }, /"v" is a GLib.Variant: unpack it/);
  refused('\ud800', /surrogate/);
  const error = refused(deep, /nested more than 64 levels|deep/);
  ok(error.matches(RocketIO.Error, RocketIO.Error.INVALID_JSON), 'an error of the library');
});

await run();
