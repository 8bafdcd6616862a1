// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { join, serve } from './client.js';
import { equal, ok, rejects, run, test, until } from './tap.js';

test('a loop over events, ended by break', async () => {
  const io = serve();
  const { client, session } = await join(io);
  const events = io.events('x');
  const seen = [];
  for (const number of [1, 2, 3]) client.push('x', number);
  for await (const [data, from, name] of events) {
    ok(from === session, 'the session');
    seen.push([name, data]);
    if (data === 2) break;
  }
  equal(seen, [['x', 1], ['x', 2]]);
  equal(await events.next(), { done: true });
  io.close();
});

test('close() ends the loop, after what was there', async () => {
  const io = serve();
  const { client } = await join(io);
  const [events, idle] = [io.events('x'), io.events('y')];
  const waiting = idle.next();
  let n = 0;
  io.on('x', () => n++);
  client.push('x', 1);
  client.push('x', 2);
  await until(() => n === 2);
  io.close();

  const seen = [];
  for await (const [data] of events) seen.push(data);
  equal(seen, [1, 2]);
  equal(await waiting, { done: true });
  equal(await io.events('x').next(), { done: true });
});

test('"connect", "disconnect" and "*"', async () => {
  const io = serve();
  const [opened, closed, all] = ['connect', 'disconnect', '*'].map((name) => io.events(name));
  const { client, session } = await join(io);
  client.push('hello', 1);
  equal((await all.next()).value.filter((value) => value !== session), [1, 'hello']);
  ok((await opened.next()).value[0] === session, 'who came');
  io.close();
  ok((await closed.next()).value[0] === session, 'who went');
  equal(await closed.next(), { done: true });
});

test('off() ends it', async () => {
  const io = serve();
  const events = io.events('x');
  const waiting = [events.next(), events.next()];
  io.off('x');
  equal(await Promise.all(waiting), [{ done: true }, { done: true }]);
  io.close();
});

test('calls of next() are served in order', async () => {
  const io = serve();
  const { client } = await join(io);
  const events = io.events('x');
  const waiting = [events.next(), events.next()];
  client.push('x', 1);
  client.push('x', 2);
  equal((await Promise.all(waiting)).map(({ value: [data] }) => data), [1, 2]);
  io.close();
});

test('no more than 1,024 wait', async () => {
  const io = serve();
  const { client } = await join(io);
  const events = io.events('x');
  let last = 0;
  io.on('x', (number) => {
    last = number;
  });
  for (let i = 1; i <= 1030; i++) client.push('x', i);
  await until(() => last === 1030);

  let n = 0;
  const all = (async () => {
    for await (const [data] of events) equal(data, ++n);
  })();
  await rejects(all, /More than 1024 events "x" were waiting .* on\(\)/);
  equal(n, 1024);
  equal(await events.next(), { done: true });
  io.close();
});

test('what a loop throws ends the subscription', async () => {
  const io = serve();
  const { client } = await join(io);
  const events = io.events('x');
  client.push('x', 1);
  const loop = (async () => {
    for await (const [data] of events) throw new Error(`no ${data}`);
  })();
  await rejects(loop, /no 1/);
  equal(await events.next(), { done: true });
  io.close();
});

await run();
