// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import RocketIO from 'gi://RocketIO?version=1.0';
import Soup from 'gi://Soup?version=3.0';
import System from 'system';

import { Client, home, join, join2, logged, serve } from './client.js';
import { equal, ok, run, test, until } from './tap.js';

// GJS complains with G_LOG_LEVEL_CRITICAL of callbacks during a collection, which ends the test by G_DEBUG.

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

// Finalizing takes a collection, and then a turn of the main loop for the toggle references.
async function collect() {
  for (let i = 0; i < 3; i++) {
    System.gc();
    await turn();
  }
}

// Resident memory, in KiB.
function memory() {
  const [, bytes] = GLib.file_get_contents('/proc/self/status');
  return Number(/VmRSS:\s*(\d+)/.exec(new TextDecoder().decode(bytes))[1]);
}

function descriptors() {
  const directory = Gio.File.new_for_path('/proc/self/fd');
  return [...directory.enumerate_children('standard::name', Gio.FileQueryInfoFlags.NONE, null)].length;
}

// Warms up, and then watches memory over as many rounds again.
async function bounded(rounds, round) {
  for (let i = 0; i < rounds; i++) await round();
  await collect();
  const before = { memory: memory(), descriptors: descriptors() };
  for (let i = 0; i < 2 * rounds; i++) await round();
  await collect();
  await until(() => descriptors() <= before.descriptors + 2, 'descriptors are closed');
  const growth = memory() - before.memory;
  print(`# grew by ${growth} KiB`);
  ok(growth < 6000, `${growth} KiB more is bounded`);
}

function clutter(io, padding) {
  io.on('x', () => io.push('x', padding));
  io.once('connect', (session) => Object.assign(session, { io, padding }));
  io.on('*', async () => {
    await null;
    return [io, padding];
  });
  io.events('x').next();
  return io;
}

test('servers that never listened are collected, with all their closures', async () => {
  await bounded(10, async () => {
    for (let i = 0; i < 100; i++) clutter(new RocketIO.Server(), new Array(1000).fill(i));
    await collect();
  });
});

test('servers that were closed are collected', async () => {
  await bounded(10, async () => {
    for (let i = 0; i < 100; i++) {
      const io = clutter(serve(), new Array(1000).fill(i));
      io.sessions[Symbol.iterator]();
      io.close();
    }
    await collect();
  });
});

test('so are sessions, and what was set on them', async () => {
  const io = serve();
  let ended = 0;
  io.on('connect', (session) => Object.assign(session, { io, self: session, big: new Array(10000).fill(session) }));
  io.on('disconnect', () => ended++);
  io.on('x', (data, session) => session.push('y', data));
  await bounded(5, async () => {
    const clients = [];
    for (let i = 0; i < 20; i++) clients.push((await join(io)).client);
    for (const client of clients) client.push('x', 1);
    await Promise.all(clients.map((client) => client.next('y')));
    const before = ended;
    for (const client of clients) client.socket.close(1000, null);
    await until(() => ended === before + clients.length);
    await collect();
  });
  equal([...io.sessions], []);
  io.close();
});

test('handlers that were taken off are collected', async () => {
  const io = serve();
  await bounded(10, async () => {
    for (let i = 0; i < 100; i++) {
      const padding = new Array(1000).fill(i);
      io.off(io.on('x', () => padding));
      await io.events('x').return();
    }
    await collect();
  });
  io.close();
});

test('so are requests, however they end', async () => {
  const io = serve();
  io.message_rate = 0;
  const { client, session } = await join2(io);
  const padding = (data) => Array.from({ length: 10000 }, () => data);
  client.handlers.echo = (data) => data;
  io.handle('now', (data, from) => Object.assign([data], { from, padding: padding(data) }));
  io.handle('later', async (data, from) => [await from.request('echo', data)]);
  io.handle('fail', async (data) => {
    throw Object.assign(new RocketIO.RequestError('failed'), { padding: padding(data), io });
  });
  io.connect('request::drop', () => {});
  await bounded(10, async () => {
    for (let i = 0; i < 20; i++) {
      const [now, later, failed] = await Promise.all(['now', 'later', 'fail'].map((name) => client.ask(name, i)));
      equal([now.data, later.data, failed.error.code], [[i], [i], 'failed']);
      equal(await session.request('echo', i), i);
    }
    const dropped = client.ask('drop');
    await collect();
    equal((await dropped).error.code, 'unanswered');
  });
  io.close();
});

test('and servers with requests under way, both ways', async () => {
  const lines = await logged(() => bounded(10, async () => {
    for (let i = 0; i < 10; i++) {
      const io = serve();
      const { client } = await join2(io);
      const padding = new Array(10000).fill(i);
      io.handle('forever', async (data, session) => [await session.request('never'), io, padding]);
      io.handle('never', () => new Promise(() => [io, padding]));
      io.authorize_join(() => io);
      io.on_detached(() => io);
      client.push('forever', null, { id: 1 });
      client.push('never', null, { id: 2 });
      await until(() => client.asked.length === 1);
      io.close();
      await client.closed;
    }
    await collect();
  }));
  equal(lines.filter((line) => !/request "forever" failed: .*session ended/.test(line)), []);
});

test('a server that listens lives until it is closed', async () => {
  let closed = false;
  const url = await (async () => {
    const io = serve();
    io.on('ping', (data, session) => session.push('pong', data));
    io.on('end', () => {
      io.close();
      closed = true;
    });
    return home(io);
  })();
  await collect();

  const client = await Client.connect(url);
  client.push('ping', 1);
  equal(await client.next('pong'), 1);
  client.push('end');
  await client.closed;
  ok(closed, 'closed');
});

test('one that is dropped with its sessions calls nothing', async () => {
  const calls = [];
  const soup = new Soup.Server();
  soup.listen_local(0, Soup.ServerListenOptions.IPV4_ONLY);
  const url = soup.get_uris()[0].to_string().replace(/\/$/, '');
  const client = await (async () => {
    const io = RocketIO.Server.new_for_soup_server(soup);
    io.on('connect', () => calls.push('connect'));
    io.on('disconnect', () => calls.push('disconnect'));
    return Client.connect(url);
  })();
  await until(() => calls.length === 1);
  let gone = false;
  client.closed.then(() => {
    gone = true;
  });
  for (let i = 0; i < 100 && !gone; i++) await collect();
  ok(gone, 'the connection ended');
  equal(calls, ['connect']);
});

await run();
