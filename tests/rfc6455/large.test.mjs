// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Large messages, many fragments and many messages. The numbers are those of the Autobahn test suite, for what does the
// same; how long it takes is no matter here.

import { describe, test } from 'node:test';
import { BINARY, Client, TEXT, closeFrame, echo, fails, fragments, frame, message, useEcho } from './echo.mjs';

const server = useEcho();
const KIB = 1024;
const MIB = 1024 * KIB;
const KINDS = [['text', TEXT, 'BAsd7&jh23'], ['binary', BINARY, '\x00\xfe23']];

function make(size, fill) {
  return Buffer.alloc(size, fill, 'latin1');
}

KINDS.forEach(([name, opcode, fill], kind) => {
  describe(`9.${kind + 1} large ${name} messages`, () => {
    [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB].forEach((size, i) => {
      test(`9.${kind + 1}.${i + 1} ${size} bytes`, (t) => echo(t, server, opcode, make(size, fill)));
    });
  });

  describe(`9.${kind + 3} 4 MiB of ${name} in fragments`, () => {
    [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB].forEach((size, i) => {
      test(`9.${kind + 3}.${i + 1} of ${size} bytes`, (t) => {
        const payload = make(4 * MIB, fill);
        return echo(t, server, opcode, payload, [Buffer.concat(fragments(opcode, payload, size))]);
      });
    });
  });

  describe(`9.${kind + 5} 1 MiB of ${name} in chops`, () => {
    [64, 128, 256, 512, 1024, 2048].forEach((size, i) => {
      test(`9.${kind + 5}.${i + 1} of ${size} octets`, async (t) => {
        const payload = make(MIB, fill);
        const client = await Client.open(t, server);
        await client.chop(message(opcode, payload), size);
        await client.expect(opcode, payload);
      });
    });
  });

  describe(`9.${kind + 7} 1000 ${name} messages, one after the other`, () => {
    [0, 16, 64, 256, 1024, 4096].forEach((size, i) => {
      test(`9.${kind + 7}.${i + 1} of ${size} bytes`, async (t) => {
        const client = await Client.open(t, server);
        const payload = make(size, fill);
        for (let n = 0; n < 1000; n++) {
          client.send(message(opcode, payload));
          await client.expect(opcode, payload);
        }
        client.send(closeFrame(1000));
        await client.expectClose(1000);
      });
    });
  });
});

test('10.1.1 65536 bytes in fragments of 1300', (t) => {
  const payload = make(65536, '*');
  return echo(t, server, TEXT, payload, fragments(TEXT, payload, 1300));
});

describe('10.4 limits', () => {
  const head = Buffer.alloc(10, 0xff);
  head[0] = 0x82;

  test('a message of 32 MiB', (t) => echo(t, server, BINARY, make(32 * MIB, '\x01\xfe')));
  test('an announced byte more is refused at once', (t) => {
    head.writeBigUInt64BE(BigInt(32 * MIB + 1), 2);
    return fails(t, server, [head], 1009);
  });
  test('fragments that together have a byte more', (t) => {
    head.writeBigUInt64BE(BigInt(32 * MIB), 2);
    return fails(t, server, [frame(BINARY, 'x'), Buffer.concat([Buffer.of(0x80), head.subarray(1)])], 1009);
  });
});
