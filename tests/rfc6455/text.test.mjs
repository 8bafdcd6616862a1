// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// UTF-8, the sections 5.6 and 8.1. The numbers are those of the Autobahn test suite, for what does the same.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tick } from '../js/help.mjs';
import {
  BINARY, Client, CONTINUATION, PING, PONG, TEXT, echo, fails, fragments, frame, message, useEcho,
} from './echo.mjs';

const server = useEcho();
const GREEK = Buffer.from('κόσμε');
const HELLO = Buffer.from('Hello-µ@ßöäüàá-UTF-8!!');
const BAD = Buffer.from('cebae1bdb9cf83cebcceb5eda080656469746564', 'hex');    // a surrogate after the Greek

function hex(digits) {
  return Buffer.from(digits.replaceAll(' ', ''), 'hex');
}

// A header that announces `length` bytes and a mask of zeros.
function begun(first, length) {
  return Buffer.of(first, 0x80 | length, 0, 0, 0, 0);
}

describe('6.1 empty texts', () => {
  test('6.1.1 one', (t) => echo(t, server, TEXT, ''));
  test('6.1.2 in three', (t) => echo(t, server, TEXT, '', [frame(TEXT), frame(0), frame(0x80)]));
  test('6.1.3 with something in the middle', (t) => echo(t, server, TEXT, 'middle', [
    frame(TEXT), frame(0, 'middle'), frame(0x80),
  ]));
});

describe('6.2 valid texts', () => {
  test('6.2.1 one', (t) => echo(t, server, TEXT, HELLO));
  for (const [i, size] of [[2, 14], [3, 1]]) {
    test(`6.2.${i} in fragments of ${size}`, (t) => echo(t, server, TEXT, HELLO, fragments(TEXT, HELLO, size)));
  }
  test('6.2.4 Greek, octet by octet', (t) => echo(t, server, TEXT, GREEK, fragments(TEXT, GREEK, 1)));
});

describe('6.3 texts that are not valid', () => {
  test('6.3.1 at once', (t) => fails(t, server, [message(TEXT, BAD)], 1007));
  test('6.3.2 in fragments of an octet', (t) => fails(t, server, fragments(TEXT, BAD, 1), 1007));
});

// The connection must fail as soon as the bad byte is there, though neither frame nor message is complete.
describe('6.4 fail-fast', () => {
  const good = BAD.subarray(0, 12);
  test('6.4.1 after the fragment that is bad', async (t) => {
    const client = await Client.open(t, server);
    client.send(frame(TEXT, GREEK));
    await client.expectAlive();
    client.send(frame(CONTINUATION, hex('f4908080')));
    await client.expectClose(1007);
  });
  test('6.4.2 after the fragment in which a character goes wrong', async (t) => {
    const client = await Client.open(t, server);
    client.send(frame(TEXT, Buffer.concat([GREEK, hex('f4')])));
    await client.expectAlive();
    client.send(frame(CONTINUATION, hex('90')));
    await client.expectClose(1007);
  });
  test('6.4.3 in the middle of a frame', async (t) => {
    const client = await Client.open(t, server);
    client.send(begun(0x80 | TEXT, 100), good);
    await tick(50);
    assert.equal(client.input.left, 0, 'what is good so far does not fail');
    client.send(hex('a0'));
    await client.expectClose(1007);
  });
  test('6.4.4 in the middle of a frame, octet by octet', async (t) => {
    const client = await Client.open(t, server);
    await client.chop(Buffer.concat([begun(0x80 | TEXT, 100), GREEK, hex('f490')]), 1);
    await client.expectClose(1007);
  });
});

const valid = {
  '6.5': ['Greek', 'cebae1bdb9cf83cebcceb5'],
  '6.7': ['first of each length', '00', 'c280', 'e0a080', 'f0908080'],
  '6.9': ['last of each length', '7f', 'dfbf', 'efbfbf', 'f48fbfbf'],
  '6.11': ['other boundaries', 'ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf'],
  '6.22': ['what is no character', 'efbfbe', 'efbfbf', 'f09fbfbe', 'f09fbfbf', 'f0afbfbe', 'f3bfbfbf', 'f48fbfbe'],
  '6.23': ['specials', 'efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd', 'efbfbe', 'efbfbf'],
};

const invalid = {
  '6.6': ['unfinished Greek', 'ce', 'cebae1', 'cebae1bd', 'cebae1bdb9cf', 'cebae1bdb9cf83ce', 'cebae1bdb9cf83cebcce'],
  '6.8': ['first of five and six bytes', 'f888808080', 'fc8480808080'],
  '6.10': ['last of four, five and six bytes', 'f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'],
  '6.11': ['above U+10FFFF', 'f4908080'],
  '6.12': ['continuation bytes alone', '80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf'],
  '6.13': ['starts alone', 'c020c120c220', 'e020e120', 'f020f120', 'f820f920', 'fc20'],
  '6.14': ['without the last byte', 'c0', 'e080', 'f08080', 'f8808080', 'fc80808080', 'df', 'efbf', 'f7bfbf',
    'fbbfbfbf', 'fdbfbfbfbf'],
  '6.15': ['all of these in a row', 'c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf'],
  '6.16': ['impossible bytes', 'fe', 'ff', 'fefeffff'],
  '6.17': ['overlong slashes', 'c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'],
  '6.18': ['the longest overlong', 'c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'],
  '6.19': ['overlong zeros', 'c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'],
  '6.20': ['surrogates', 'eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'],
  '6.21': ['surrogates in pairs', 'eda080edb080', 'eda080edbfbf', 'edadbfedb080', 'edadbfedbfbf', 'edae80edb080',
    'edae80edbfbf', 'edafbfedb080', 'edafbfedbfbf'],
};

for (const [number, [name, ...texts]] of Object.entries(valid)) {
  test(`${number} valid: ${name}`, async (t) => {
    for (const text of texts) {
      await echo(t, server, TEXT, hex(text));
      await echo(t, server, TEXT, hex(text), fragments(TEXT, hex(text), 1));
    }
  });
}

for (const [number, [name, ...texts]] of Object.entries(invalid)) {
  test(`${number} not valid: ${name}`, async (t) => {
    for (const text of texts) {
      await fails(t, server, [message(TEXT, hex(text))], 1007);
      await fails(t, server, fragments(TEXT, hex(text), 1), 1007);
    }
  });
}

test('5.6 binary may be anything', async (t) => {
  for (const texts of Object.values(invalid)) {
    for (const text of texts.slice(1)) await echo(t, server, BINARY, hex(text));
  }
});

test('8.1 a ping may be anything, and does not disturb a character', async (t) => {
  const client = await Client.open(t, server);
  client.send(frame(TEXT, hex('c3')), message(PING, hex('ff')), frame(0x80, hex('b6')));
  await client.expect(PONG, hex('ff'));
  await client.expect(TEXT, 'ö');
});
