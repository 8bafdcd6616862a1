// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Json from 'gi://Json?version=1.0';
import RocketIO from 'gi://RocketIO?version=1.0';

import { join, join2, logged, serve } from './client.js';
import { equal, ok, rejects, run, test, throws, until } from './tap.js';

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test('what a handler returns is the answer', async () => {
  const io = serve();
  const { client, session } = await join2(io);
  io.handle('add', ({ a, b }) => a + b);
  io.handle('later', async (data, from, name) => {
    await turn();
    return [data, from === session, name];
  });
  io.handle('nothing', () => {});
  equal((await client.ask('add', { a: 1, b: 2 })).data, 3);
  equal((await client.ask('later', 'ü')).data, ['ü', true, 'later']);
  equal((await client.ask('nothing')).data, null);
  equal((await client.ask('unknown')).error.code, 'unknown-name');
  io.close();
});

test('bytes, Json.Node and GLib.Variant', async () => {
  const io = serve();
  const { client } = await join2(io);
  const answers = [
    [new Uint8Array([0, 255]), [0, 255]], [new Uint8Array([1, 2]).buffer, [1, 2]], [new Uint8Array(), []],
    [new Uint16Array([1, 2, 3]).subarray(1), [2, 0, 3, 0]], [new GLib.Bytes(new Uint8Array([7])), [7]],
  ];
  let next;
  io.handle('give', () => next);
  for (const [given, expected] of answers) {
    next = given;
    equal([...(await client.ask('give')).data], expected);
  }
  next = Json.from_string('{"a": 1}');
  equal((await client.ask('give')).data, { a: 1 });
  next = new GLib.Variant('(is)', [1, 'x']);
  equal((await client.ask('give')).data, [1, 'x']);

  io.handle('take', (data) => [data instanceof Uint8Array, ...data]);
  equal((await client.ask('take', new Uint8Array([5, 0, 6]))).data, [true, 5, 0, 6]);
  io.close();
});

test('one handler for a name, and "*" for all others', async () => {
  const io = serve();
  const { client } = await join2(io);
  const handler = () => 1;
  io.handle('*', (data, session, name) => `all ${name}`);
  const id = io.handle('x', handler);
  throws(() => io.handle('x', handler), /"x" has a handler already.*unhandle\("x"\)/);
  equal((await client.ask('x')).data, 1);
  equal((await client.ask('y')).data, 'all y');
  io.off('x');
  equal((await client.ask('x')).data, 1);
  io.off(id);
  equal((await client.ask('x')).data, 'all x');
  io.handle('x', handler);
  io.unhandle('x');
  io.unhandle('x');
  io.handle('x', handler);
  io.off(handler);
  equal((await client.ask('x')).data, 'all x');
  io.close();
});

test('names and handlers that cannot be', () => {
  const io = new RocketIO.Server();
  for (const name of ['', '__x', 'error', 'start', 'connect', 'disconnect', 'ü'.repeat(128)]) {
    throws(() => io.handle(name, () => {}), /choose another one|choose one that/);
  }
  throws(() => io.handle('a\0b', () => {}), /NUL/);
  throws(() => io.handle(5, () => {}), /is a string/);
  throws(() => io.handle('x', 5), /A handler is a function, not a number/);
  throws(() => new RocketIO.RequestError(5), /is a string/);
});

test('a RequestError is the answer, and no error of the app', async () => {
  const io = serve();
  const { client } = await join2(io);
  io.handle('now', (data) => {
    throw new RocketIO.RequestError(...data);
  });
  io.handle('later', async (data) => {
    await turn();
    throw new RocketIO.RequestError(...data);
  });
  const lines = await logged(async () => {
    for (const how of ['now', 'later']) {
      equal((await client.ask(how, ['not-found', 'no such thing'])).error,
        { code: 'not-found', message: 'no such thing' });
      equal((await client.ask(how, ['not-found'])).error, { code: 'not-found', message: 'not-found' });
    }
  });
  equal(lines, []);
  io.close();
});

test('of anything else the client hears nothing but that it failed', async () => {
  const io = serve();
  const { client } = await join2(io);
  const failing = {
    throw: () => {
      throw new Error('secret');
    },
    code: () => {
      throw new RocketIO.RequestError('');
    },
    reject: async () => {
      throw await Promise.resolve('secret');
    },
    answer: () => NaN,
    later: async () => new Map(),
  };
  const lines = await logged(async () => {
    for (const [name, handler] of Object.entries(failing)) {
      io.handle(name, handler);
      equal((await client.ask(name)).error, { code: 'error', message: 'the server failed to answer' });
    }
  });
  equal(lines.map((line) => /a handler of the request "(.*?)" failed/.exec(line)[1]), Object.keys(failing));
  ok(/secret/.test(lines[0]) && /The answer to "answer" cannot be sent as JSON/.test(lines[3]), lines.join('\n'));
  io.close();
});

test('a client has at most 1,024 requests under way', async () => {
  const io = serve();
  const { client } = await join2(io);
  const doors = [];
  io.handle('x', () => new Promise((resolve) => doors.push(resolve)));
  const lines = await logged(async () => {
    const answers = Array.from({ length: 1026 }, () => client.ask('x'));
    equal((await answers[1024]).error.code, 'too-many');
    equal((await answers[1025]).error.code, 'too-many');
    for (const open of doors.splice(0)) open('done');
    equal((await answers[1023]).data, 'done');
  });
  equal(lines.length, 1);
  ok(/request "x" failed: Error: 1024 calls for one client/.test(lines[0]), lines[0]);
  io.close();
});

test('RocketIO.Request, as the signal has it', async () => {
  const io = serve();
  const { client } = await join2(io);
  let request;
  io.connect('request::x', (self, asked) => {
    request = asked;
  });
  const answer = client.ask('x', { a: [1] });
  await until(() => request);
  equal([request.name, request.data, request.answered], ['x', { a: [1] }, false]);
  throws(() => request.reply(() => {}), /The answer to "x" cannot be sent as JSON: it is a function/);
  await turn();
  request.reply({ b: 2 });
  equal((await answer).data, { b: 2 });
  const error = throws(() => request.fail('no', 'never'), /answered already/);
  ok(error.matches(RocketIO.Error, RocketIO.Error.ANSWERED), 'an error of the library');
  io.close();
});

test('asking a client', async () => {
  const io = serve();
  const { client, session } = await join2(io);
  client.handlers.echo = (data) => data ?? null;
  equal(await session.request('echo'), null);
  for (const value of [true, -1.5, 2 ** 53, 1e300, 'ü😀', [], { a: [null, 1e21] }, 'x'.repeat(100000)]) {
    equal(await session.request('echo', value, { timeout: 5000 }), value);
  }
  equal(await session.request('echo', Json.from_string('[1]')), [1]);
  const many = await Promise.all(Array.from({ length: 20 }, (_, index) => session.request('echo', index)));
  equal(many, [...many.keys()]);
  io.close();
});

test('asking with bytes, and being answered with some', async () => {
  const io = serve();
  const { client, session } = await join2(io);
  const answer = session.request('x', new Uint8Array([0, 1, 255]));
  await until(() => client.asked.length === 1);
  equal([...client.asked[0].data], [0, 1, 255]);
  client.answer(client.asked[0].id, { bin: true, data: 'AP8=' });
  const bytes = await answer;
  ok(bytes instanceof Uint8Array, 'an array of bytes');
  equal([...bytes], [0, 255]);
  io.close();
});

test('what asking is rejected with', async () => {
  const io = serve();
  const { client, session } = await join2(io);
  const answer = session.request('x');
  await until(() => client.asked.length === 1);
  client.answer(client.asked[0].id, { error: { code: 'not: found', message: 'nothing: here' } });
  const error = await rejects(answer, /^nothing: here$/);
  ok(error instanceof RocketIO.RequestError && error.code === 'not: found', `${error}`);

  const late = await rejects(session.request('x', null, { timeout: 1 }), /in time/);
  ok(late.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT), 'TIMED_OUT');
  const cancellable = new Gio.Cancellable();
  const cancelled = session.request('x', null, { cancellable });
  cancellable.cancel();
  ok((await rejects(cancelled, /cancelled/)).matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), 'CANCELLED');
  const cut = session.request('x');
  session.close();
  ok((await rejects(cut, /ended/)).matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CLOSED), 'CLOSED');
  const { session: old } = await join(io);
  ok((await rejects(old.request('x'), /version 1/)).matches(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_SUPPORTED), 'old');
  io.close();
});

test('what cannot be asked', async () => {
  const io = serve();
  const { session } = await join2(io);
  await rejects(session.request(5), /The name of a request is a string/);
  await rejects(session.request('a\0b'), /NUL/);
  ok((await rejects(session.request('__x'), /__/)).matches(RocketIO.Error, RocketIO.Error.INVALID_NAME), 'the name');
  await rejects(session.request('x', NaN), /What "x" is asked with cannot be sent as JSON: it is NaN/);
  await rejects(session.request('x', 'a\0b'), /u0000 is not allowed/);
  await rejects(session.request('x', null, { wait: 5 }), /no option "wait"; there are timeout, cancellable/);
  for (const timeout of [0, -1, NaN, Infinity, '5']) {
    await rejects(session.request('x', null, { timeout }), /A timeout is a number of milliseconds/);
  }
  io.close();
});

await run();
