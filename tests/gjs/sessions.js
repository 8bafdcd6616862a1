// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import RocketIO from 'gi://RocketIO?version=1.0';
import System from 'system';

import { join, serve } from './client.js';
import { equal, ok, rejects, run, test, until } from './tap.js';

test('sessions can be iterated over', async () => {
  const io = serve();
  equal([...io.sessions], []);
  const joined = [await join(io), await join(io)];
  const ids = joined.map(({ session }) => session.id).sort();

  equal([...io.sessions].map(({ id }) => id).sort(), ids);
  equal([...io.get_sessions()].length, 2);
  ok(io.sessions instanceof Gio.ListModel, 'a list model');
  equal(io.sessions.get_n_items(), 2);
  for (const session of io.sessions) session.close();
  equal([...io.sessions], []);
  io.close();
});

test('what is set on a session lives as long', async () => {
  const io = serve();
  const { client } = await join(io);
  for (const session of io.sessions) Object.assign(session, { user: { name: 'Ann' }, tags: new Set(['x']) });
  for (let i = 0; i < 3; i++) System.gc();

  const name = await new Promise((resolve) => {
    io.on('who', (data, { user, tags }) => resolve([user.name, ...tags]));
    client.push('who');
  });
  equal(name, ['Ann', 'x']);
  const left = new Promise((resolve) => io.on('disconnect', ({ user }) => resolve(user.name)));
  System.gc();
  await client.close();
  equal(await left, 'Ann');
  io.close();
});

test('properties and methods', async () => {
  const io = serve();
  const { client, session } = await join(io, 'red');
  equal([session.id, session.channel, session.channels], [client.session, 'red', ['red']]);
  equal(session.transport, RocketIO.TransportType.WEBSOCKET);
  session.identity = 'ann';
  equal(session.get_identity(), 'ann');
  ok(io.get_session(session.id) === session, 'the same object');
  equal(io.list_channel('red').length, 1);
  equal(io.dup_channels(), ['red']);
  io.close();
});

test('flush_async() can be awaited', async () => {
  const io = serve();
  const { client, session } = await join(io);
  session.push('x', 1);
  await session.flush_async();
  equal(await client.next('x'), 1);
  io.push('x', 2);
  await session.flush_async(new Gio.Cancellable());
  equal(await client.next('x'), 2);

  const ready = new Promise((resolve) => {
    session.flush_async(null, (self, result) => resolve(self.flush_finish(result)));
  });
  equal(await ready, true, 'the introspected form');
  io.close();
});

test('flush_async() fails when it is cancelled, or the session closed', async () => {
  const io = serve();
  const { client, session } = await join(io);
  const cancellable = new Gio.Cancellable();
  cancellable.cancel();
  const cancelled = await rejects(session.flush_async(cancellable), /cancel/i);
  ok(cancelled.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), 'CANCELLED');

  await client.close();
  await until(() => session.transport === RocketIO.TransportType.NONE);
  const closed = await rejects(session.flush_async(), /./);
  ok(closed.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CLOSED), 'CLOSED');
  session.push('x', 'to nobody');
  io.close();
});

await run();
