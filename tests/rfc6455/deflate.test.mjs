// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// permessage-deflate, RFC 7692. The numbers of two or three are those of the Autobahn test suite, for what does the
// same.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  BINARY, Client, PING, PONG, RSV1, TEXT, closeFrame, fragments, frame, message, requestText, useEcho,
} from './echo.mjs';

const server = useEcho('--compression');
const TAIL = Buffer.of(0, 0, 0xff, 0xff);
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH };
const AGREED = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const HELLO = Buffer.from('f248cdc9c90700', 'hex');    // section 7.2.3.1
const MIN_PACKED = 256;

function pack(payload, options) {
  const stream = deflateRawSync(payload, { ...FLUSH, ...options });
  assert.ok(stream.subarray(-4).equals(TAIL));
  return stream.subarray(0, -4);
}

function unpack(stream, windowBits) {
  return inflateRawSync(Buffer.concat([stream, TAIL]), { ...FLUSH, windowBits });
}

function packed(opcode, payload, options) {
  return frame(0x80 | RSV1 | opcode, pack(payload, options));
}

// `agreed` null: on nothing.
async function open(t, offer = 'permessage-deflate', agreed = AGREED) {
  const client = await Client.open(t, server, { headers: { 'Sec-WebSocket-Extensions': offer } });
  assert.equal(client.header('Sec-WebSocket-Extensions') ?? null, agreed);
  return client;
}

// The next message, inflated with no more of a window than was agreed on: { wasPacked, payload }.
async function read(client, opcode, window) {
  const got = await client.read();
  assert.ok(got, 'the connection ended');
  assert.equal(got.first & ~RSV1, 0x80 | opcode);
  const wasPacked = (got.first & RSV1) !== 0;
  return { wasPacked, payload: wasPacked ? unpack(got.payload, window) : got.payload };
}

// Whether a message comes back compressed: where that is worth it and the window reaches over it.
function isWorthIt(payload, window) {
  return payload.length >= MIN_PACKED && (window === 15 || payload.length <= 1 << window) &&
    pack(payload).length + 4 < payload.length;
}

async function echoes(client, opcode, payload, { window = 15, parts = [packed(opcode, payload)] } = {}) {
  client.send(...parts);
  const got = await read(client, opcode, window);
  assert.ok(got.payload.equals(Buffer.from(payload)), `another payload came, of ${got.payload.length} bytes`);
  assert.equal(got.wasPacked, isWorthIt(Buffer.from(payload), window));
}

async function fails(t, parts, ...codes) {
  const client = await open(t);
  client.send(...parts);
  await client.expectClose(...codes);
}

// Payloads that pack well, in part, and not at all.
function json(size) {
  let text = '';
  for (let i = 0; text.length < size; i++) text += JSON.stringify({ id: i, name: `item ${i * 7919}`, on: i % 3 === 0 });
  return Buffer.from(text.slice(0, size));
}

function prose(size) {
  const words = 'Habe nun ach Philosophie Juristerei und Medizin Und leider auch Theologie'.split(' ');
  let text = '';
  for (let i = 1; text.length < size; i = (i * 48271) % 2147483647) text += `${words[i % words.length]} `;
  return Buffer.from(text.slice(0, size));
}

const PAYLOADS = { json: [TEXT, json], prose: [TEXT, prose], random: [BINARY, randomBytes] };
const SIZES = [16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072];
const FRAGMENTED = [
  [8192, 256], [16384, 256], [32768, 256], [65536, 256], [131072, 256], [8192, 1024], [131072, 32768],
];

function rounds(size) {
  return size <= 4096 ? 100 : 10;
}

Object.entries(PAYLOADS).forEach(([name, [opcode, make]], kind) => {
  describe(`12.${kind + 1} messages of ${name}`, () => {
    SIZES.forEach((size, i) => {
      test(`12.${kind + 1}.${i + 1} ${size} bytes`, async (t) => {
        const client = await open(t, 'permessage-deflate; client_max_window_bits');
        for (let n = 0; n < rounds(size); n++) await echoes(client, opcode, make(size));
        client.send(closeFrame(1000));
        await client.expectClose(1000);
      });
    });
    FRAGMENTED.forEach(([size, piece], i) => {
      test(`12.${kind + 1}.${i + 11} ${size} bytes in fragments of ${piece}`, async (t) => {
        const client = await open(t);
        for (let n = 0; n < 10; n++) {
          const payload = make(size);
          await echoes(client, opcode, payload, { parts: fragments(opcode, pack(payload), piece, RSV1) });
        }
      });
    });
  });
});

const OFFERS = {
  1: ['permessage-deflate', AGREED, 15],
  2: ['permessage-deflate; server_no_context_takeover', AGREED, 15],
  3: ['permessage-deflate; server_max_window_bits=9', `${AGREED}; server_max_window_bits=9`, 9],
  4: ['permessage-deflate; server_max_window_bits=15', `${AGREED}; server_max_window_bits=15`, 15],
  5: ['permessage-deflate; server_no_context_takeover; server_max_window_bits=9',
    `${AGREED}; server_max_window_bits=9`, 9],
  6: ['permessage-deflate; server_no_context_takeover; server_max_window_bits=15',
    `${AGREED}; server_max_window_bits=15`, 15],
  7: ['permessage-deflate; server_no_context_takeover; server_max_window_bits=9, ' +
    'permessage-deflate; server_no_context_takeover, permessage-deflate', `${AGREED}; server_max_window_bits=9`, 9],
};

for (const [i, [offer, agreed, window]] of Object.entries(OFFERS)) {
  describe(`13.${i} ${offer}`, () => {
    SIZES.forEach((size, k) => {
      test(`13.${i}.${k + 1} ${size} bytes`, async (t) => {
        const client = await open(t, offer, agreed);
        for (let n = 0; n < rounds(size) / 10; n++) await echoes(client, TEXT, json(size), { window });
      });
    });
  });
}

describe('7.1 negotiation', () => {
  for (let window = 8; window <= 15; window++) {
    test(`7.1.2.1 a window of ${window} for the server`, async (t) => {
      const client = await open(t, `permessage-deflate; server_max_window_bits=${window}`,
        `${AGREED}; server_max_window_bits=${window}`);
      for (const size of [256, 257, 1 << window, (1 << window) + 1]) {
        await echoes(client, TEXT, json(size), { window });
      }
    });
  }
  for (let window = 9; window <= 15; window++) {
    test(`7.1.2.2 the client packs with a window of ${window}`, async (t) => {
      const client = await open(t, `permessage-deflate; client_max_window_bits=${window}`);
      const payload = json(100000);
      await echoes(client, TEXT, payload, { parts: [packed(TEXT, payload, { windowBits: window })] });
    });
  }

  const declined = [
    'permessage-deflate; foo', 'permessage-deflate; server_max_window_bits', 'x-webkit-deflate-frame',
    'permessage-deflate; server_max_window_bits=7', 'permessage-deflate; client_max_window_bits=16',
    'permessage-deflate; server_no_context_takeover=1', 'permessage-deflate; server_max_window_bits=010',
    'permessage-deflate; client_max_window_bits; client_max_window_bits',
  ];
  for (const offer of declined) {
    test(`7 ${offer} is declined`, async (t) => {
      const client = await open(t, offer, null);
      const payload = json(2000);
      client.send(message(TEXT, payload));
      await client.expect(TEXT, payload);
      client.send(packed(TEXT, payload));
      await client.expectClose(1002);
    });
  }

  test('7 the second offer is taken where the first one is unsound', async (t) => {
    await open(t, 'permessage-deflate; server_max_window_bits=99, permessage-deflate');
    await open(t, ['permessage-deflate; foo', 'permessage-deflate; server_max_window_bits=10'],
      `${AGREED}; server_max_window_bits=10`);
  });
  test('9.1 of RFC 6455: a malformed header', async (t) => {
    const headers = { 'Sec-WebSocket-Extensions': 'permessage-deflate;' };
    const client = await Client.ask(t, server.url, requestText(server.url, { headers }));
    assert.match(client.head, /^HTTP\/1\.1 400 /);
  });
});

describe('6 frames', () => {
  test('6.1 what is not compressed is taken, too', async (t) => {
    const client = await open(t);
    for (const parts of [[message(TEXT, 'Hello')], fragments(TEXT, 'Hello', 2), [frame(0x80 | RSV1 | TEXT, HELLO)]]) {
      await echoes(client, TEXT, 'Hello', { parts });
    }
  });
  test('6.1 control frames are not compressed, and may come between', async (t) => {
    const client = await open(t);
    const ping = 'p'.repeat(125);
    client.send(frame(RSV1 | TEXT, HELLO.subarray(0, 3)), message(PING, ping), frame(0x80, HELLO.subarray(3)));
    await client.expect(PONG, ping);
    assert.deepEqual(await read(client, TEXT), { wasPacked: false, payload: Buffer.from('Hello') });
  });
  for (const opcode of [PING, PONG, 8]) {
    test(`6.1 RSV1 in a control frame, opcode ${opcode}`, (t) => fails(t, [frame(0x80 | RSV1 | opcode, '')], 1002));
  }
  test('6.1 RSV1 in a continuation', async (t) => {
    await fails(t, [frame(RSV1 | TEXT, HELLO), frame(0x80 | RSV1, '')], 1002);
    await fails(t, [frame(TEXT, 'a'), frame(0x80 | RSV1, HELLO)], 1002);
  });
  for (const rsv of [0x20, 0x10, 0x60, 0x70]) {
    test(`5.2 of RFC 6455: reserved bits ${rsv >> 4}`, (t) => fails(t, [frame(0x80 | rsv | TEXT, HELLO)], 1002));
  }
  test('6.2 octet by octet, and in fragments of an octet', async (t) => {
    const client = await open(t);
    await client.chop(frame(0x80 | RSV1 | TEXT, HELLO), 1);
    assert.equal(String((await read(client, TEXT)).payload), 'Hello');
    await echoes(client, TEXT, 'Hello', { parts: fragments(TEXT, HELLO, 1, RSV1) });
  });
});

describe('7.2 DEFLATE', () => {
  const streams = {
    '7.2.3.1 one block': 'f248cdc9c90700',
    '7.2.3.3 without compression': '000500faff48656c6c6f00',
    '7.2.3.4 with BFINAL': 'f348cdc9c9070000',
    '7.2.3.5 two blocks': 'f248050000 00ffffcac9c90700',
  };
  for (const [name, hex] of Object.entries(streams)) {
    test(name, async (t) => {
      const stream = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      await echoes(await open(t), TEXT, 'Hello', { parts: [frame(0x80 | RSV1 | TEXT, stream)] });
    });
  }
  test('7.2.3.6 an empty message', async (t) => {
    await echoes(await open(t), TEXT, '', { parts: [frame(0x80 | RSV1 | TEXT, Buffer.of(0))] });
  });
  for (let level = 0; level <= 9; level++) {
    test(`7.2.1 packed on level ${level}`, async (t) => {
      const payload = json(50000);
      await echoes(await open(t), TEXT, payload, { parts: [packed(TEXT, payload, { level })] });
    });
  }
  test('7.2.1 with fixed codes, and with literals alone', async (t) => {
    const client = await open(t);
    for (const strategy of [constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE]) {
      await echoes(client, TEXT, json(50000), { parts: [packed(TEXT, json(50000), { strategy })] });
    }
  });

  const broken = { 'block type 3': '07', 'distance beyond the start': 'ca00110000', 'wrong length': '000500fafe48',
    'cut off': 'f248cd', 'nothing but noise': 'ffffffffffff' };
  for (const [name, hex] of Object.entries(broken)) {
    test(`7.2.2 ${name}`, (t) => fails(t, [frame(0x80 | RSV1 | TEXT, Buffer.from(hex, 'hex'))], 1007));
  }
  test('7.1.1.2 a message that needs the one before', async (t) => {
    const client = await open(t);
    const dictionary = json(1000);
    await echoes(client, TEXT, dictionary);
    client.send(packed(TEXT, dictionary, { dictionary }));
    await client.expectClose(1007);
  });
  test('8.1 of RFC 6455: a text that is not UTF-8', (t) => fails(t, [packed(TEXT, Buffer.of(0x61, 0xff))], 1007));
  test('8.1 of RFC 6455: a text that ends in a character', (t) => fails(t, [packed(TEXT, Buffer.of(0xc3))], 1007));
});

describe('8 what a message inflates to', () => {
  const MAX = 32 << 20;
  test('as much as may be', async (t) => {
    const client = await open(t);
    client.send(packed(BINARY, Buffer.alloc(MAX)));
    const { payload } = await read(client, BINARY, 15);
    assert.equal(payload.length, MAX);
  });
  test('a byte more', (t) => fails(t, [packed(BINARY, Buffer.alloc(MAX + 1))], 1009));
  test('a thousand times more, of which nothing is kept', async (t) => {
    const block = deflateRawSync(Buffer.alloc(8 << 20), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = Buffer.concat(Array.from({ length: 4000 }, () => block));
    await fails(t, [frame(0x80 | RSV1 | BINARY, bomb)], 1009);
  });
});
