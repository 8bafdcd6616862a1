// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The reference client, against the server that is as small as it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../js/help.mjs';
import { Client } from './client.mjs';
import { FakeServer } from './fake-server.mjs';
import { Random } from './random.mjs';

const COUNT = 100;

async function setUp(t, options) {
  const server = await FakeServer.start();
  const client = new Client(server.url, { random: new Random(1), ...options });
  const heard = [];
  client.onmessage = ({ type, data }) => heard.push([type, data]);
  t.after(async () => {
    await client.close();
    await server.stop();
  });
  client.start();
  await until(() => client.isOpen, '__welcome');
  return { server, client, heard };
}

for (const transport of ['ws', 'sse', 'poll', 'mixed']) {
  test(`${transport}: says and hears everything, with a cut after each tenth`, async (t) => {
    const { client, heard } = await setUp(t, { transport, stutter: 0.2 });
    for (let k = 0; k < COUNT; k++) {
      client.push('echo', { k });
      if (k % 10 === 5) {
        if (k % 20 === 5) client.cut();
        else client.abandon();
        await until(() => client.isOpen && client.waiting === 0, 'resumption');
      }
    }
    await until(() => heard.length >= COUNT, 'all echoes');
    assert.deepEqual(heard, Array.from({ length: COUNT }, (_, k) => ['echo', { k }]));
    assert.equal(await client.request('add', { a: 1, b: 2 }), 3);
    assert.deepEqual(client.violations, []);
    assert.equal(client.doubles, 0);
    assert.ok(client.welcomes.length > 5);
    assert.ok(client.welcomes.slice(1).every(({ resumed, recovered }) => resumed && recovered));
    if (transport === 'mixed') assert.equal(new Set(client.transports).size, 3);
  });

  test(`${transport}: a session that is gone is told`, async (t) => {
    const { server, client } = await setUp(t, { transport });
    client.pause();
    client.push('echo', 1);
    const answer = client.request('add', { a: 1, b: 2 });
    server.sessions.clear();
    client.resume();
    await assert.rejects(answer, { code: 'unknown' });
    await until(() => client.isOpen, 'another session');
    assert.deepEqual(client.unknown.map(({ n }) => n), [1, 2]);
    assert.equal(await client.request('add', { a: 3, b: 4 }), 7);
    assert.deepEqual(client.violations, []);
  });

  test(`${transport}: goodbye ends the session`, async (t) => {
    const { server, client } = await setUp(t, { transport });
    await client.close();
    await until(() => server.sessions.size === 0, 'end of the session');
  });
}
