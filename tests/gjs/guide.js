// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The blocks of docs/gjs.md are one program, which is run here and spoken to. io.run() moves to the end, as the guide
// says, and the server takes any port. Each block has a check.
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import RocketIO from 'gi://RocketIO?version=1.0';

import { Client, Client2, home, join, logged, request, text } from './client.js';
import { equal, ok, run, test, until } from './tap.js';

const guide = text(GLib.file_get_contents(GLib.getenv('ROCKETIO_GUIDE'))[1]);
const blocks = [...guide.matchAll(/^```js\n(.*?)^```$/gms)].map(([, block]) => block);
const ports = [];
const printed = [];
const files = [];
let runs = 0;
let program;

async function load() {
  const { listen } = RocketIO.Server.prototype;
  Object.assign(RocketIO.Server.prototype, {
    listen(options) {
      ports.push(options.port ?? options);
      return listen.call(this, { address: '127.0.0.1', port: 0 });
    },
    run() {
      runs++;
    },
  });
  const { print } = globalThis;
  globalThis.print = (line) => printed.push(line);

  GLib.chdir(GLib.Dir.make_tmp('rocketio-gjs-XXXXXX'));
  GLib.mkdir_with_parents('page', 0o700);
  GLib.file_set_contents('page/index.html', 'the page');
  GLib.file_set_contents('program.js', `${blocks.join('\n')}\nexport { io, Extension };\n`);
  program = await import(Gio.File.new_for_path('program.js').get_uri());
  globalThis.print = print;
  for (const name of ['page/index.html', 'page', 'program.js', '.']) files.push(Gio.File.new_for_path(name));
}

// Two clients of the program, in a channel and in none, which have read their welcome.
async function two() {
  const { io } = program;
  const clients = [await Client.connect(home(io), 'lobby'), await Client.connect(home(io))];
  for (const client of clients) ok((await client.next('welcome')).id === client.session, 'welcome');
  return clients;
}

// One of version 2, which has read its welcome.
async function connect2() {
  const client = await Client2.connect(home(program.io));
  ok((await client.next('welcome')).id === client.session, 'welcome');
  return client;
}

async function leave(...clients) {
  const { io } = program;
  for (const client of clients) await client.close();
  await until(() => [...io.sessions].length === 0);
}

const checks = {
  async 'A server'() {
    equal(ports, [5000]);
    equal(runs, 1);
    const [a, b] = await two();
    a.push('chat', { text: 'hi' });
    equal(await a.next('chat'), { text: 'hi' });
    equal(await b.next('chat'), { text: 'hi' });
    await leave(a, b);
  },
  async 'handlers'() {
    const [a] = await two();
    const { print } = globalThis;
    globalThis.print = (line) => printed.push(line);
    for (const data of ['hello', 'never heard']) a.push('first', data);
    a.push('ping');
    a.push('chat');
    await a.next('pong');
    await a.next('chat');
    globalThis.print = print;
    equal(printed.filter((line) => line.startsWith('the first')), ['the first one said hello']);
  },
  async 'special names'() {
    const { io } = program;
    for (const session of io.sessions) session.close();
    const [a, b] = await two();
    a.push('nothing');
    a.push('chat');
    await b.next('chat');
    await a.close();
    equal(await b.next('left'), { count: 2 });
    await leave(b);
  },
  async 'Data'() {
    ok(printed.some((line) => /"temperature" is NaN/.test(line)), 'the message');
  },
  async 'Whom a push is for'() {
    const [a, b] = await two();
    b.push('say', 1);
    equal([await a.next('said'), await a.next('said')], [1, 1]);
    equal([await b.next('said'), await b.next('done')], [1, null]);
    await leave(a, b);
  },
  async 'keeping'() {
    const [a, b] = await two();
    a.push('light', 'on');
    equal([await b.next('light'), await b.next('mouse')], ['on', [1, 2]]);
    const client = await Client2.connect(home(program.io));
    equal(await client.next('light'), 'on');
    equal(await client.next('welcome'), { id: client.session, others: 2 });
    program.io.push('light', null, { retain: true, conflate_key: 'light' });
    await leave(a, b, client);
  },
  async 'Who comes in'() {
    const { io } = program;
    for (const [auth, identity] of [['Ann', 'Ann'], [null, 'guest']]) {
      const client = await Client2.connect(home(io), { auth });
      await client.next('welcome');
      equal(io.get_session(client.session).identity, identity);
      await leave(client);
    }
    const client = await Client2.connect(home(io), { auth: 'wrong' }, false);
    equal([client.codes, client.reasons], [[4503], ['that is not the password']]);
  },
  async 'What they may say'() {
    for (const [auth, code] of [[null, 'denied'], ['Ann', 'unknown-name']]) {
      const client = await Client2.connect(home(program.io), { auth });
      equal((await client.ask('delete')).error.code, code);
      await leave(client);
    }
  },
  async 'Channels'() {
    const { io } = program;
    for (let number = 0; number < 60; number++) io.push('news', number, { channel: 'lobby' });
    const client = await connect2();
    equal((await client.ask('__join', { ch: 'staff' })).error.code, 'denied');
    const { data: { history } } = await client.ask('__join', { ch: 'lobby', history: 100 });
    equal(history.map(({ data }) => data), Array.from({ length: 50 }, (_, index) => index + 10));
    client.push('hire', 'Ann');
    equal(await client.next('__left'), { ch: 'lobby' });
    equal(io.get_session(client.session).channels, ['staff']);
    await leave(client);
  },
  async 'Coming back'() {
    const [a] = await two();
    const client = await connect2();
    equal(client.welcomed.window, 60);
    client.cut();
    equal(await a.next('away'), client.session);
    const again = await client.resume();
    again.push('misbehave');
    await again.closed;
    equal([again.socket.get_close_code(), again.socket.get_close_data()], [4600, 'that is not done']);
    for (const session of program.io.sessions) session.close();
    await until(() => [...program.io.sessions].length === 0);
  },
  async 'Waiting'() {
    const [a, b] = await two();
    a.push('goodbye', 'bye');
    equal(await a.next('goodbye'), 'bye');
    await a.closed;
    await b.next('left');
    await leave(b);
  },
  async 'loops'() {
    const [a, b] = await two();
    a.push('add', 2);
    b.push('add', 2);
    equal([await a.next('total'), await a.next('total')], [2, 4]);
    await leave(a, b);
  },
  async 'Requests'() {
    const client = await connect2();
    equal((await client.ask('mean', [1, 2, 6])).data, 3);
    equal((await client.ask('mean', [])).error, { code: 'empty', message: 'there is no mean of nothing' });
    const lines = await logged(async () => equal((await client.ask('mean', 5)).error.code, 'error'));
    equal(lines.length, 1);
    await leave(client);
  },
  async 'asking'() {
    const client = await connect2();
    client.handlers['sure?'] = (data) => data.to === 'Rome';
    equal((await client.ask('travel', 'Rome')).data, 'to Rome');
    equal((await client.ask('travel', 'Hell')).data, 'stay');
    client.handlers = {};
    const answer = client.ask('travel', 'Rome');
    await until(() => client.asked.length === 1);
    client.answer(client.asked[0].id, { error: { code: 'lazy', message: 'not now' } });
    equal((await answer).data, 'no: lazy');
    await leave(client);
  },
  async 'Exceptions'() {
    const [a, b] = await two();
    const lines = await logged(async (log) => {
      a.push('divide', [6, 2]);
      a.push('divide', [6, 0]);
      await until(() => log.length === 2);
    });
    ok(/event "divide" failed: TypeError: .* BigInt/.test(lines[0]), lines[0]);
    ok(/event "divide" failed: RangeError/.test(lines[1]), lines[1]);
    await leave(a, b);
  },
  async 'In an app or an extension'() {
    const extension = new program.Extension();
    extension.enable();
    equal(ports[1], 5001);
    const { client } = await join(extension._io);
    client.push('hello', 1);
    equal(await client.next('hello'), 1);
    extension.disable();
    await client.closed;
  },
};

test('the program of the guide', async () => {
  await load();
  equal(blocks.length, Object.keys(checks).length, 'blocks, and checks for them');
  equal(await request('GET', `${home(program.io)}/`), { status: 200, body: 'the page' });
});

for (const [name, check] of Object.entries(checks)) test(name, check);

test('its end', async () => {
  const [a] = await two();
  program.io.close();
  await a.closed;
  for (const file of files) file.delete(null);
});

await run();
