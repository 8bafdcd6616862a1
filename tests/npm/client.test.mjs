// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// rocketio-client 0.0.4 from npm, a real client of the original, against the test server.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startTestapp, until } from '../js/help.mjs';

const PROGRAM = fileURLToPath(new URL('client.cjs', import.meta.url));

let server;

beforeEach(async () => {
  server = await startTestapp();
});

afterEach(() => server.stop('SIGKILL'));

class Client {
  #heard = [];

  constructor(t, type) {
    // The old libraries warn of their own age.
    this.child = spawn(process.execPath, ['--no-deprecation', PROGRAM, server.url, type], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#heard.push(JSON.parse(line)));
    t.after(() => this.child.kill('SIGKILL'));
  }

  static async connect(t, type) {
    const client = new Client(t, type);
    client.session = await client.hears('__session_id');
    await client.hears('connect');
    return client;
  }

  push(event, data) {
    this.child.stdin.write(`${JSON.stringify([event, data])}\n`);
  }

  // The data of the first event of that name not taken yet.
  async hears(event) {
    const found = await until(() => this.#heard.find(([name]) => name === event), `"${event}"`, 20000);
    this.#heard.splice(this.#heard.indexOf(found), 1);
    return found[1];
  }

  heard(event) {
    return this.#heard.filter(([name]) => name === event).length;
  }
}

for (const type of ['websocket', 'comet']) {
  describe(`over ${type}`, () => {
    test('connect and echo', async (t) => {
      const client = await Client.connect(t, type);
      assert.match(client.session, /^[0-9a-f]{32}$/);
      const data = { text: 'ü + & = % "', list: [1, null, 2.5] };
      client.push('echo', data);
      assert.deepEqual(await client.hears('echo'), data);
    });

    test('to all, to an id, to several', async (t) => {
      const [one, two] = await Promise.all([Client.connect(t, type), Client.connect(t, type)]);
      one.push('broadcast', 'all');
      assert.deepEqual(await Promise.all([one.hears('broadcast'), two.hears('broadcast')]), ['all', 'all']);
      const message = { to: two.session, text: 'you' };
      one.push('message', message);
      assert.deepEqual(await two.hears('message'), message);
      const both = { to: [one.session, two.session, 'nobody'], text: 'both' };
      one.push('message', both);
      assert.deepEqual(await Promise.all([one.hears('message'), two.hears('message')]), [both, both]);
      one.push('foo', 1);
      await Promise.all([one.hears('foo'), two.hears('foo')]);
      assert.equal(one.heard('message'), 0);
    });

    test('several at once keep their order', async (t) => {
      const client = await Client.connect(t, type);
      for (let i = 0; i < 20; i++) client.push('echo', i);
      for (let i = 0; i < 20; i++) assert.equal(await client.hears('echo'), i);
    });
  });
}

test('both kinds together', async (t) => {
  const [one, two] = await Promise.all([Client.connect(t, 'websocket'), Client.connect(t, 'comet')]);
  one.push('broadcast', 1);
  await Promise.all([one.hears('broadcast'), two.hears('broadcast')]);
  two.push('message', { to: one.session });
  await one.hears('message');
});

// Over Comet this client itself dies of a server that goes away in the middle of an answer.
test('over websocket it comes back by itself', async (t) => {
  const client = await Client.connect(t, 'websocket');
  const { port } = server;
  await server.stop('SIGKILL');
  await client.hears('disconnect');
  server = await startTestapp({ port });
  const session = await client.hears('__session_id');
  assert.match(session, /^[0-9a-f]{32}$/);
  client.push('echo', 'again');
  assert.equal(await client.hears('echo'), 'again');
});
