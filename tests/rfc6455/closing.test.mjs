// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Closing, the sections 5.5.1, 7.1 and 7.4. The numbers are those of the Autobahn test suite, for what does the same.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CLOSE, Client, CONTINUATION, PING, TEXT, closeFrame, fails, fragments, frame, message, useEcho,
} from './echo.mjs';

const server = useEcho();

async function closes(t, parts, ...codes) {
  const client = await Client.open(t, server);
  client.send(...parts);
  await client.expectClose(...codes);
}

describe('7.1 the course of things', () => {
  test('7.1.1 a message, then a close', async (t) => {
    const client = await Client.open(t, server);
    client.send(message(TEXT, 'Hello World!'), closeFrame(1000));
    await client.expect(TEXT, 'Hello World!');
    await client.expectClose(1000);
  });
  test('7.1.2 two closes', (t) => closes(t, [closeFrame(1000), closeFrame(1001)], 1000));
  test('7.1.3 a ping after the close', (t) => closes(t, [closeFrame(1000), message(PING, 'late')], 1000));
  test('7.1.4 a text after the close', (t) => closes(t, [closeFrame(1000), message(TEXT, 'late')], 1000));
  test('7.1.5 a close inside a message', (t) => closes(t, [
    frame(TEXT, 'fragment1'), closeFrame(1000), frame(0x80 | CONTINUATION, 'fragment2'),
  ], 1000));
  test('7.1.6 256 KiB, then a text, a close and a ping', async (t) => {
    const client = await Client.open(t, server);
    const large = '*'.repeat(256 * 1024);
    client.send(message(TEXT, large), message(TEXT, 'Hello World!'), closeFrame(1000), message(PING, ''));
    await client.expect(TEXT, large);
    await client.expect(TEXT, 'Hello World!');
    await client.expectClose(1000);
  });
  test('7.1.1 the server ends the connection, though the client does not', async (t) => {
    const client = await Client.open(t, server);
    client.socket.allowHalfOpen = true;
    client.send(closeFrame(1000));
    await client.expectClose(1000);
    assert.ok(client.socket.writable);
  });
  test('7.1.5 a client that goes without a word harms nobody', async (t) => {
    const gone = await Client.open(t, server);
    gone.send(frame(TEXT, 'half a message'));
    gone.socket.destroy();
    const other = await Client.open(t, server);
    await other.expectAlive();
  });
});

describe('7.3 close frames', () => {
  test('7.3.1 empty', (t) => closes(t, [message(CLOSE, '')], undefined, 1000));
  test('7.3.2 of one byte', (t) => fails(t, server, [message(CLOSE, 'a')], 1002));
  test('7.3.3 a code alone', (t) => closes(t, [closeFrame(1000)], 1000));
  test('7.3.4 a reason', (t) => closes(t, [closeFrame(1000, 'Hello World!')], 1000));
  test('7.3.5 a reason as long as may be', (t) => closes(t, [closeFrame(1000, '*'.repeat(123))], 1000));
  test('7.3.6 a reason that is too long', (t) => fails(t, server, [closeFrame(1000, '*'.repeat(124))], 1002));
  test('5.5 in fragments', (t) => fails(t, server, fragments(CLOSE, Buffer.from('03e8616263', 'hex'), 3), 1002));
});

test('7.5.1 a reason that is not UTF-8', (t) => fails(t, server, [
  message(CLOSE, Buffer.from('03e8cebae1bdb9cf83cebcceb5eda080656469746564', 'hex')),
], 1007));
test('7.5.1 a reason with half a character', (t) => fails(t, server, [closeFrame(1000, Buffer.of(0xc3))], 1007));

describe('7.7 codes that may be sent', () => {
  [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].forEach((code, i) => {
    test(`7.7.${i + 1} ${code} comes back`, (t) => closes(t, [closeFrame(code)], code));
  });
  for (const code of [1012, 1013, 1014]) {
    test(`7.4 ${code}, of IANA's registry`, (t) => closes(t, [closeFrame(code)], code));
  }
});

describe('7.9 codes that may not', () => {
  [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999].forEach((code, i) => {
    test(`7.9.${i + 1} ${code}`, (t) => fails(t, server, [closeFrame(code)], 1002));
  });
  for (const code of [1015, 5000, 65535]) {
    test(`7.13 ${code}`, (t) => fails(t, server, [closeFrame(code, 'why')], 1002));
  }
});

test('7.1.1 many close at once', async (t) => {
  const clients = await Promise.all(Array.from({ length: 50 }, () => Client.open(t, server)));
  for (const client of clients) client.send(closeFrame(4000 + clients.indexOf(client)));
  await Promise.all(clients.map((client, i) => client.expectClose(4000 + i)));
  assert.equal(clients.length, 50);
});
