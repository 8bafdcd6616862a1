// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Single cuts, at the places where it is closest.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAR, startFar } from '../js/far.mjs';
import { startTestapp, tick, until, within } from '../js/help.mjs';
import { Client } from './client.mjs';
import { FaultProxy } from './proxy.mjs';
import { Random } from './random.mjs';
import { TRANSPORTS } from './schedules.mjs';

const WINDOW = 4, HEARTBEAT = 1, TIMEOUT = 1;
const MARGIN = 1000;   // milliseconds before or after the last moment

async function setUp(t, { transport, plan, window = 60, begin = startTestapp }) {
  const server = await begin({}, '--resume-window', `${window}`, '--heartbeat', `${HEARTBEAT}/${TIMEOUT}`);
  const proxy = await FaultProxy.start(server.url, plan);
  const people = { proxy };
  for (const [name, url, how] of [['client', proxy.url, transport], ['other', server.url, 'ws']]) {
    const client = new Client(url, { transport: how, random: new Random(1) });
    client.heard = [];
    client.onmessage = ({ type, data }) => {
      if (!type.startsWith('__')) client.heard.push(data.k ?? data);
    };
    people[name] = client.start();
  }
  t.after(async () => {
    await Promise.all([people.client, people.other].map((client) => client.close({ rudely: true })));
    await proxy.stop();
    await server.stop();
  });
  // With a way down, too: what has only said __hello by POST has 10 s more (8.5).
  await settle(people.client, people.other);
  return people;
}

// What anybody said before has been handled, and what came of it has come.
async function settle(...clients) {
  for (const client of clients) await until(() => client.isOpen && client.waiting === 0, '__ackn of everything');
  await within(Promise.all(clients.map((client) => client.request('add', { a: 1, b: 2 }))), 'answers');
  for (const client of clients) assert.deepEqual(client.violations, []);
}

// The server has handled what the client said up to now, and the client is cut off before it can know.
async function cutOffAfter({ client, other }, what) {
  other.heard = [];
  client.push('message', { k: what, to: other.id });
  await until(() => other.heard.includes(what), what);
  client.pause();
}

describe('edges', { concurrency: 6 }, () => {
  for (const transport of TRANSPORTS) {
    test(`${transport}: at the last moment of the window everything is there`, async (t) => {
      const { client, other } = await setUp(t, { transport, window: WINDOW });
      const { id } = client;
      client.pause();
      const begin = Date.now();
      for (let k = 0; k < 10; k++) other.push('message', { k, to: id });
      client.push('echo', { k: 'own' });
      await settle(other);
      await tick(begin + WINDOW * 1000 - MARGIN - Date.now());
      client.resume();
      await until(() => client.welcomes.length > 1, 'another __welcome');
      await settle(client);
      assert.deepEqual(client.heard, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'own']);
      assert.equal(client.id, id);
      assert.deepEqual(client.welcomes.slice(1).map(({ resumed, recovered }) => [resumed, recovered]), [[true, true]]);
    });

    test(`${transport}: just after the window it is another session, and is told so`, async (t) => {
      const { client, other } = await setUp(t, { transport, window: WINDOW });
      const { id } = client;
      client.pause();
      for (let k = 0; k < 10; k++) other.push('message', { k, to: id });
      client.push('echo', { k: 'own' });
      // 10.5: a poll may be missed for longer before the window begins.
      await tick((WINDOW + HEARTBEAT + TIMEOUT) * 1000 + MARGIN);
      client.resume();
      await until(() => client.welcomes.length > 1, 'another __welcome');
      client.push('echo', { k: 'new' });
      await settle(client, other);
      assert.deepEqual(client.heard, ['new']);
      assert.notEqual(client.id, id);
      assert.equal(client.welcomes.length, 2);
      assert.deepEqual([client.welcomes[1].resumed, client.welcomes[1].recovered], [false, false]);
      // settle() may have asked for something that was answered and not acknowledged yet.
      assert.deepEqual(client.unknown.map(({ type }) => type).filter((type) => type !== 'add'), ['echo']);
    });

    test(`${transport}: where no server goes further from, numbers are told apart`, async (t) => {
      const begin = (options, ...args) => startFar(options, FAR, ...args);
      const { client, other } = await setUp(t, { transport, begin });
      const seqs = [];
      const { onmessage } = client;
      client.onmessage = (message) => {
        seqs.push(message.seq);
        onmessage(message);
      };
      for (let k = 0; k < 40; k++) {
        if (k % 10 === 5) client.pause();
        other.push('message', { k, to: client.id });
        client.push('echo', { k: -k });
        if (k % 10 === 9) {
          await settle(other);
          client.resume();
          await settle(client);
        }
      }
      const heard = client.heard.filter((k) => k > 0);
      assert.deepEqual(heard, Array.from({ length: 39 }, (_, k) => k + 1));
      assert.deepEqual(client.heard.filter((k) => k < 0).map((k) => -k), heard);
      assert.ok(seqs[0] > FAR && seqs.at(-1) < FAR + 200n && new Set(seqs).size === seqs.length, `${seqs}`);
      assert.deepEqual([client.doubles, client.leftOut], [0, 0]);
      assert.equal(client.welcomes.length, 5);
      assert.ok(client.welcomes.slice(1).every(({ recovered }) => recovered));
    });

    for (const by of ['itself', 'the app']) {
      test(`${transport}: joining and leaving by ${by} during a cut`, async (t) => {
        const { client, other } = await setUp(t, { transport });
        const join = (channel) => by === 'itself' ? client.join(channel) : client.push('join', { channel });
        const leave = (channel) => by === 'itself' ? client.leave(channel) : client.push('leave', { channel });
        await within(other.join('room'), 'channel');
        other.push('to_channel', { k: 'before joining' });
        await settle(other);

        join('room');
        await cutOffAfter({ client, other }, 'joined');
        other.push('to_channel', { k: 'in it' });
        await settle(other);
        client.resume();
        await settle(client);
        assert.deepEqual(client.heard, ['in it']);

        other.push('to_channel', { k: 'still in it' });
        await settle(other);
        leave('room');
        await cutOffAfter({ client, other }, 'left');
        other.push('to_channel', { k: 'after leaving' });
        await settle(other);
        client.resume();
        await settle(client);
        assert.deepEqual(client.heard, ['in it', 'still in it']);

        client.pause();
        join('room');
        leave('room');
        other.push('to_channel', { k: 'while all that waits' });
        await settle(other);
        client.resume();
        await settle(client);
        other.push('to_channel', { k: 'after all that' });
        await settle(other, client);
        assert.deepEqual(client.heard, ['in it', 'still in it']);
        assert.ok(client.welcomes.slice(1).every(({ recovered }) => recovered));
      });
    }
  }

  test('poll: its socket dies while the answer is on the way, at each byte in turn', async (t) => {
    // Of an answer with three messages, with its head
    const places = Array.from({ length: 70 }, (_, i) => i * 11);
    const server = await startTestapp({}, '--resume-window', '30', '--heartbeat', '5/5');
    const other = new Client(server.url).start();
    t.after(async () => {
      await other.close({ rudely: true });
      await server.stop();
    });
    await until(() => other.isOpen, '__welcome');
    let struck = 0;

    await Promise.all(places.map(async (at) => {
      // The settings, what is said, and the poll are a connection each.
      const kind = ['cut', 'truncate', 'half-close', 'freeze'][at % 4];
      const fault = { kind, direction: 'down', at, ms: 100 };
      const proxy = await FaultProxy.start(server.url, (n) => n === 2 ? [fault] : []);
      const client = new Client(proxy.url, { transport: 'poll', random: new Random(at) });
      const heard = [];
      client.onmessage = ({ data }) => heard.push(data.k);
      try {
        client.start();
        await until(() => client.isOpen && proxy.accepted > 2, 'poll');
        for (let k = 0; k < 9; k++) other.push('message', { k, to: client.id });
        await until(() => heard.length >= 9, 'all of it');
        await settle(client);
        assert.deepEqual(heard, [0, 1, 2, 3, 4, 5, 6, 7, 8], `${kind} at ${at}`);
        assert.ok(client.welcomes.slice(1).every(({ recovered }) => recovered));
        struck += proxy.struck.length;
        await client.close();
      } finally {
        await client.close({ rudely: true });
        await proxy.stop();
      }
    }));
    assert.ok(struck > places.length / 2, `${struck} faults`);
  });

  for (const bytes of [32768, 524288]) {
    test(`ws: ${bytes} bytes pushed into a connection that is dead without anybody knowing`, async (t) => {
      const { client, other, proxy } = await setUp(t, {
        transport: 'ws', plan: (n) => n === 1 ? [{ kind: 'freeze', direction: 'down', at: 2000, ms: 60000 }] : [],
      });
      const count = bytes / 1024;
      const fill = 'x'.repeat(900);
      for (let k = 0; k < count; k++) other.push('message', { k, fill, to: client.id });
      await until(() => proxy.struck.length > 0, 'freeze');
      await settle(other);
      client.cut();
      await until(() => client.welcomes.length > 1, 'another __welcome');
      await settle(client);
      assert.deepEqual(client.welcomes.slice(1).map(({ resumed, recovered }) => [resumed, recovered]), [[true, true]]);
      assert.deepEqual(client.heard, Array.from({ length: count }, (_, k) => k));
    });
  }
});
