// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The opening handshake: the sections 4.2, 4.4 and 9.1.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startTestapp } from '../js/help.mjs';
import { Client, TEXT, acceptFor, message, requestText, useEcho } from './echo.mjs';

const server = useEcho();

function ask(t, headers, path) {
  return Client.ask(t, server.url, requestText(server.url, { headers, path }));
}

async function refuses(t, status, headers) {
  const client = await ask(t, headers);
  assert.match(client.head, new RegExp(`^HTTP/1\\.1 ${status} `));
  return client;
}

describe('4.2.2 the answer', () => {
  test('has all it needs, and nothing that was not asked for', async (t) => {
    const client = await ask(t);
    assert.match(client.head, /^HTTP\/1\.1 101 /);
    assert.equal(client.header('Upgrade').toLowerCase(), 'websocket');
    assert.equal(client.header('Connection').toLowerCase(), 'upgrade');
    assert.equal(client.header('Sec-WebSocket-Accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    for (const name of ['Protocol', 'Extensions', 'Version', 'Key']) {
      assert.equal(client.header(`Sec-WebSocket-${name}`), undefined);
    }
    await client.expectAlive();
  });
  test('is made for the key', async (t) => {
    const key = 'AAECAwQFBgcICQoLDA0ODw==';
    const client = await ask(t, { 'Sec-WebSocket-Key': key });
    assert.equal(client.header('Sec-WebSocket-Accept'), acceptFor(key));
  });
  test('is there before what was sent with the request is echoed', async (t) => {
    const request = Buffer.concat([Buffer.from(requestText(server.url)), message(TEXT, 'early')]);
    const client = await Client.ask(t, server.url, request);
    await client.expect(TEXT, 'early');
  });
});

describe('4.2.1 the request', () => {
  const sound = {
    'in other letters': { Upgrade: 'WebSocket', Connection: 'upgrade' },
    'with more in Connection': { Connection: 'keep-alive, Upgrade' },
    'with more in Upgrade': { Upgrade: 'foo, websocket' },
    'with a query': {},
    'with protocols that are not known': { 'Sec-WebSocket-Protocol': 'chat, superchat' },
    'with extensions that are not known': { 'Sec-WebSocket-Extensions': 'foo, bar; baz=2; q="r"' },
  };
  for (const [name, headers] of Object.entries(sound)) {
    test(name, async (t) => {
      const client = await ask(t, headers, name === 'with a query' ? '/ws-echo?a=b' : undefined);
      assert.match(client.head, /^HTTP\/1\.1 101 /);
      assert.equal(client.header('Sec-WebSocket-Protocol'), undefined);
      assert.equal(client.header('Sec-WebSocket-Extensions'), undefined);
      await client.expectAlive();
    });
  }

  const unsound = {
    'without Upgrade': [426, { Upgrade: undefined }],
    'to something else': [426, { Upgrade: 'h2c' }],
    'without Connection': [426, { Connection: undefined }],
    'without a key': [400, { 'Sec-WebSocket-Key': undefined }],
    'with a key that is too short': [400, { 'Sec-WebSocket-Key': 'AAECAw==' }],
    'with a key that is no base64': [400, { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ!!' }],
    'with a key that is too long': [400, { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZSB0aGVyZQ==' }],
    'with malformed extensions (9.1)': [400, { 'Sec-WebSocket-Extensions': 'foo; =' }],
  };
  for (const [name, [status, headers]] of Object.entries(unsound)) {
    test(name, (t) => refuses(t, status, headers));
  }
});

describe('4.4 versions', () => {
  for (const version of ['0', '8', '14', '13, 8', undefined]) {
    test(`${version ?? 'none'}`, async (t) => {
      const client = await refuses(t, 426, { 'Sec-WebSocket-Version': version });
      assert.equal(client.header('Sec-WebSocket-Version'), '13');
    });
  }
});

test('the echo is not there unless it was asked for', async (t) => {
  const plain = await startTestapp({});
  t.after(() => plain.stop('SIGKILL'));
  const client = await Client.ask(t, plain.url, requestText(plain.url));
  assert.match(client.head, /^HTTP\/1\.1 404 /);
});
