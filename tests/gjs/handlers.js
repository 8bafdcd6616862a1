// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';

import { join, logged, serve } from './client.js';
import { equal, ok, run, test, until } from './tap.js';

test('what a handler throws is logged with its event, and ends nothing', async () => {
  const io = serve();
  const { client } = await join(io);
  const lines = await logged(async (log) => {
    let last = false;
    io.on('x', function careless() {
      throw new Error('too bad');
    });
    io.on('x', () => {
      last = true;
    });
    client.push('x');
    await until(() => last && log.length > 0);
  });
  equal(lines.length, 1);
  ok(/a handler of the event "x" failed: Error: too bad/.test(lines[0]), lines[0]);
  ok(/careless@.*handlers\.js/.test(lines[0]), 'the stack');
  io.close();
});

test('so is what an async handler is rejected with', async () => {
  const io = serve();
  const { client } = await join(io);
  const lines = await logged(async (log) => {
    io.on('x', async function careless(data) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw new TypeError(data);
    });
    client.push('x', 'one');
    client.push('x', 'two');
    await until(() => log.length === 2);
  });
  ok(/event "x" failed: TypeError: one/.test(lines[0]), lines[0]);
  ok(/careless@.*handlers\.js/.test(lines[0]), 'the stack');
  ok(/TypeError: two/.test(lines[1]), lines[1]);
  io.close();
});

test('anything may be thrown', async () => {
  const io = serve();
  const { client } = await join(io);
  const things = ['text', undefined, null, 5, {}, Object.create(null), Symbol('s'), () => {},
    new Gio.IOErrorEnum({ code: Gio.IOErrorEnum.NOT_FOUND, message: 'gone' })];
  const lines = await logged(async (log) => {
    io.on('sync', (index) => {
      throw things[index];
    });
    io.on('async', async (index) => {
      throw await things[index];
    });
    for (const index of things.keys()) client.push('sync', index);
    for (const index of things.keys()) client.push('async', index);
    await until(() => log.length === 2 * things.length);
  });
  ok(lines.every((line) => /a handler of the event "(a?sync)" failed/.test(line)), lines.join('\n'));
  ok(/text/.test(lines[0]) && /gone/.test(lines[8]), 'what was thrown');
  io.close();
});

test('"connect", "disconnect", "*" and once() log too', async () => {
  const io = serve();
  const lines = await logged(async (log) => {
    const fail = () => {
      throw new Error('no');
    };
    for (const name of ['connect', 'disconnect', '*']) io.on(name, fail);
    io.once('x', fail);
    const { client } = await join(io);
    client.push('x');
    client.push('x');
    await until(() => log.length === 4);
    io.close();
  });
  equal(lines.map((line) => /the event "(.*?)"/.exec(line)[1]), ['connect', '*', 'x', '*', 'disconnect']);
});

test('async handlers of a client run side by side', async () => {
  const io = serve();
  const { client } = await join(io);
  const seen = [];
  const doors = [];
  io.on('x', async (number) => {
    await new Promise((resolve) => doors.push(resolve));
    seen.push(number);
  });
  client.push('x', 1);
  client.push('x', 2);
  await until(() => doors.length === 2);
  doors[1]();
  await until(() => seen.length === 1);
  doors[0]();
  await until(() => seen.length === 2);
  equal(seen, [2, 1]);
  io.close();
});

test('a client has at most 1,024 calls of async handlers under way', async () => {
  const io = serve();
  const { client } = await join(io);
  const doors = [];
  let n = 0;
  io.on('x', () => new Promise((resolve) => doors.push(resolve)));
  io.on('x', () => n++);
  const lines = await logged(async () => {
    for (let i = 0; i < 1030; i++) client.push('x');
    await until(() => n === 1030);
  });
  equal(doors.length, 1024);
  equal(lines.length, 1);
  ok(/event "x" failed: Error: 1024 calls for one client are under way/.test(lines[0]), lines[0]);

  for (const open of doors.splice(0)) open();
  client.push('x');
  await until(() => doors.length === 1);
  io.close();
});

await run();
