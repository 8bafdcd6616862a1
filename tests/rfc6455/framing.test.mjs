// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Frames, masks, control frames, reserved bits, opcodes, fragments: the sections 5.1 to 5.8. The numbers in front are
// those of the Autobahn test suite, for what does the same.

import { describe, test } from 'node:test';
import {
  BINARY, Client, CONTINUATION, PING, PONG, TEXT, closeFrame, echo, fails, fragments, frame, message, useEcho,
} from './echo.mjs';

const server = useEcho();
const SIZES = [0, 125, 126, 127, 128, 65535, 65536];

function text(size) {
  return '*'.repeat(size);
}

for (const [group, name, opcode, fill] of [[1, 'text', TEXT, '*'], [2, 'binary', BINARY, '\xfe']]) {
  describe(`1.${group} echo of ${name} messages (5.6)`, () => {
    SIZES.forEach((size, i) => {
      test(`1.${group}.${i + 1} ${size} bytes`, (t) => echo(t, server, opcode, Buffer.alloc(size, fill, 'latin1')));
    });
    for (const [i, size] of [997, 4093].entries()) {
      test(`1.${group}.8 65536 bytes in chops of ${size} octets (${i + 1})`, async (t) => {
        const payload = Buffer.alloc(65536, fill, 'latin1');
        const client = await Client.open(t, server);
        await client.chop(message(opcode, payload), size);
        await client.expect(opcode, payload);
      });
    }
    test(`1.${group}.8 500 bytes octet by octet`, async (t) => {
      const payload = Buffer.alloc(500, fill, 'latin1');
      const client = await Client.open(t, server);
      await client.chop(message(opcode, payload), 1);
      await client.expect(opcode, payload);
    });
  });
}

describe('2 pings and pongs (5.5.2, 5.5.3)', () => {
  const payloads = { 1: '', 2: 'Hello, world!', 3: Buffer.from('00fffefdfcfb00ff', 'hex'), 4: Buffer.alloc(125, 0xfe) };
  for (const [i, payload] of Object.entries(payloads)) {
    test(`2.${i} a ping of ${payload.length} bytes`, async (t) => {
      const client = await Client.open(t, server);
      client.send(message(PING, payload));
      await client.expect(PONG, payload);
      await client.expectAlive();
    });
  }

  test('2.5 a ping of 126 bytes', (t) => fails(t, server, [message(PING, text(126))], 1002));
  test('2.5 a pong of 126 bytes', (t) => fails(t, server, [message(PONG, text(126))], 1002));

  test('2.6 a ping of 125 bytes, octet by octet', async (t) => {
    const client = await Client.open(t, server);
    await client.chop(message(PING, Buffer.alloc(125, 0xfe)), 1);
    await client.expect(PONG, Buffer.alloc(125, 0xfe));
  });

  for (const [i, payload] of [[7, ''], [8, 'unsolicited pong payload']]) {
    test(`2.${i} a pong that nobody asked for`, async (t) => {
      const client = await Client.open(t, server);
      client.send(message(PONG, payload));
      await client.expectAlive();
    });
  }

  test('2.9 a pong that nobody asked for, then a ping', async (t) => {
    const client = await Client.open(t, server);
    client.send(message(PONG, 'unsolicited'), message(PING, 'ping payload'));
    await client.expect(PONG, 'ping payload');
  });

  for (const [i, size] of [[10, undefined], [11, 1]]) {
    test(`2.${i} ten pings${size ? ', octet by octet' : ''}`, async (t) => {
      const client = await Client.open(t, server);
      const pings = Buffer.concat(Array.from({ length: 10 }, (_, n) => message(PING, `payload-${n}`)));
      await client.chop(pings, size ?? pings.length);
      for (let n = 0; n < 10; n++) await client.expect(PONG, `payload-${n}`);
    });
  }
});

describe('3 reserved bits (5.2, 5.8)', () => {
  for (let rsv = 1; rsv <= 7; rsv++) {
    test(`3.${rsv} rsv ${rsv} without an extension`, async (t) => {
      const client = await Client.open(t, server);
      client.send(message(TEXT, 'before'), frame(0x80 | (rsv << 4) | TEXT, 'Hello'), message(PING, ''));
      await client.expect(TEXT, 'before');
      await client.expectClose(1002);
    });
  }

  test('3.2 before the payload is there', (t) => fails(t, server, [Buffer.of(0xc1)], 1002));
  test('3.6 rsv 6 on a ping', (t) => fails(t, server, [frame(0x80 | 0x60 | PING, 'x')], 1002));
  test('3.7 rsv 7 on a close', (t) => fails(t, server, [frame(0x80 | 0x70 | 8, '')], 1002));
});

describe('4 opcodes (5.2)', () => {
  for (const [group, codes] of [[1, [3, 4, 5, 6, 7]], [2, [11, 12, 13, 14, 15]]]) {
    codes.forEach((opcode, i) => {
      test(`4.${group}.${i + 1} opcode ${opcode}`, async (t) => {
        const client = await Client.open(t, server);
        client.send(message(TEXT, 'before'), frame(0x80 | opcode, i % 2 ? 'payload' : ''), message(PING, ''));
        await client.expect(TEXT, 'before');
        await client.expectClose(1002);
      });
    });
  }
});

describe('5 fragments (5.4)', () => {
  test('5.1 a ping in two', (t) => fails(t, server, [frame(PING, 'a'), frame(0x80 | CONTINUATION, 'b')], 1002));
  test('5.2 a pong in two', (t) => fails(t, server, [frame(PONG, 'a'), frame(0x80 | CONTINUATION, 'b')], 1002));

  const two = fragments(TEXT, 'fragment1fragment2', 9);
  test('5.3 a text in two', (t) => echo(t, server, TEXT, 'fragment1fragment2', two));
  test('5.4 in two writes', async (t) => {
    const client = await Client.open(t, server);
    for (const part of two) await client.chop(part, part.length);
    await client.expect(TEXT, 'fragment1fragment2');
  });
  test('5.5 octet by octet', async (t) => {
    const client = await Client.open(t, server);
    await client.chop(Buffer.concat(two), 1);
    await client.expect(TEXT, 'fragment1fragment2');
  });

  for (const [i, size] of [[6, 1000], [7, 7], [8, 1]]) {
    test(`5.${i} with a ping between, in chops of ${size}`, async (t) => {
      const client = await Client.open(t, server);
      await client.chop(Buffer.concat([two[0], message(PING, 'ping payload'), two[1]]), size);
      await client.expect(PONG, 'ping payload');
      await client.expect(TEXT, 'fragment1fragment2');
    });
  }

  test('5.9-5.12 a lone continuation that ends', async (t) => {
    for (const rest of [[], [message(TEXT, 'Hello')]]) {
      await fails(t, server, [frame(0x80 | CONTINUATION, 'non-continuation'), ...rest], 1002);
    }
  });
  test('5.13-5.14 a lone continuation that goes on', (t) => fails(t, server, [frame(CONTINUATION, 'x')], 1002));
  test('5.15 a continuation after a whole message', async (t) => {
    const client = await Client.open(t, server);
    client.send(...two, frame(CONTINUATION, 'fragment3'), frame(0x80 | TEXT, 'fragment4'));
    await client.expect(TEXT, 'fragment1fragment2');
    await client.expectClose(1002);
  });
  test('5.16-5.17 again and again', async (t) => {
    await fails(t, server, [frame(CONTINUATION, 'a'), frame(TEXT, 'b'), frame(0x80 | CONTINUATION, 'c')], 1002);
    await fails(t, server, [frame(0x80 | CONTINUATION, 'a'), frame(TEXT, 'b'), frame(0x80 | CONTINUATION, 'c')], 1002);
  });
  test('5.18 a text inside a text', (t) => fails(t, server, [frame(TEXT, 'a'), frame(0x80 | TEXT, 'b')], 1002));
  test('5.18 a binary inside a text', (t) => fails(t, server, [frame(TEXT, 'a'), frame(BINARY, 'b')], 1002));

  for (const [i, size] of [[19, 100000], [20, 5]]) {
    test(`5.${i} five fragments with pings between, in chops of ${size}`, async (t) => {
      const client = await Client.open(t, server);
      const parts = fragments(TEXT, 'fragment1fragment2fragment3fragment4fragment5', 9);
      parts.splice(4, 0, message(PING, 'pongme 2!'));
      parts.splice(2, 0, message(PING, 'pongme 1!'));
      await client.chop(Buffer.concat(parts), size);
      await client.expect(PONG, 'pongme 1!');
      await client.expect(PONG, 'pongme 2!');
      await client.expect(TEXT, 'fragment1fragment2fragment3fragment4fragment5');
    });
  }

  test('5.6 empty fragments', (t) => echo(t, server, TEXT, 'ab', [
    frame(TEXT, ''), frame(CONTINUATION, 'a'), frame(CONTINUATION, ''), frame(CONTINUATION, 'b'), frame(0x80, ''),
  ]));
  test('5.4 a thousand messages at once, in order', async (t) => {
    const client = await Client.open(t, server);
    client.send(Buffer.concat(Array.from({ length: 1000 }, (_, n) => Buffer.concat(fragments(TEXT, `m${n}`, 2)))));
    for (let n = 0; n < 1000; n++) await client.expect(TEXT, `m${n}`);
  });
});

describe('masks and lengths (5.1, 5.2, 5.3)', () => {
  test('a frame without a mask', (t) => fails(t, server, [Buffer.from('810548656c6c6f', 'hex')], 1002));
  test('a close without a mask', (t) => fails(t, server, [Buffer.from('880203e8', 'hex')], 1002));
  test('the second frame without a mask', async (t) => {
    const client = await Client.open(t, server);
    client.send(message(TEXT, 'masked'), Buffer.from('8900', 'hex'));
    await client.expect(TEXT, 'masked');
    await client.expectClose(1002);
  });
  test('a mask of zeros', (t) => echo(t, server, TEXT, 'Hello', [Buffer.from('81850000000048656c6c6f', 'hex')]));
  test('16 bits for a length of 125', (t) => fails(t, server, [Buffer.from('82fe007d', 'hex')], 1002));
  test('64 bits for a length of 65535', (t) => fails(t, server, [Buffer.from('82ff000000000000ffff', 'hex')], 1002));
  test('the highest bit of a length', (t) => fails(t, server, [Buffer.from('82ff8000000000000000', 'hex')], 1002));
  test('nothing counts after a failure (7.1.7)', async (t) => {
    const client = await Client.open(t, server);
    client.send(Buffer.of(0x83), message(TEXT, 'late'), message(PING, 'late'), closeFrame(1000));
    await client.expectClose(1002);
  });
});
