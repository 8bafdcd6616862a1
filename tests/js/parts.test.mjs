// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The small classes that the clients are made of.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Backoff } from '../../js/src/backoff.mjs';
import { decode, encode } from '../../js/src/envelope.mjs';
import { Outbox } from '../../js/src/outbox.mjs';
import { home, secure } from '../../js/src/place.mjs';

describe('backoff', () => {
  test('the ceiling doubles from 0.5 s to 20 s and starts again after reset', (t) => {
    t.mock.method(Math, 'random', () => 1);
    const backoff = new Backoff();
    const pauses = Array.from({ length: 8 }, () => backoff.next());
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
    backoff.reset();
    assert.equal(backoff.next(), 500);
  });

  test('the jitter is full', () => {
    const pauses = Array.from({ length: 200 }, () => new Backoff().next());
    assert.ok(Math.min(...pauses) < 100 && Math.max(...pauses) > 400);
    assert.ok(pauses.every((ms) => ms >= 0 && ms <= 500));
  });
});

describe('outbox', () => {
  const push = (text, alone) => ({ type: 't', text, ...(alone && { alone }) });
  const filled = (...texts) => {
    const outbox = new Outbox();
    for (const text of texts) outbox.add(push(text));
    return outbox;
  };
  const texts = (pushes) => pushes.map(({ text }) => text).join();

  test('keeps the order, also of what is put back', () => {
    const outbox = filled('a', 'b');
    const taken = outbox.take();
    outbox.add(push('c'));
    outbox.putBack(taken);
    assert.equal(texts(outbox.take()), 'a,b,c');
    assert.equal(outbox.length, 0);
    assert.deepEqual(outbox.take(), []);
  });

  test('holds 1000; then the oldest goes', () => {
    const outbox = new Outbox();
    for (let i = 0; i < 1000; i++) assert.equal(outbox.add(push(String(i))), null);
    assert.equal(outbox.add(push('last')).text, '0');
    assert.equal(outbox.length, 1000);
  });

  test('takes up to a size, but always one', () => {
    const outbox = filled('aaaa', 'bb', 'cc', 'd');
    assert.equal(texts(outbox.take(4)), 'aaaa');
    assert.equal(texts(outbox.take(4)), 'bb,cc');
    assert.equal(texts(outbox.take(0)), 'd');
  });

  test('who must travel alone does', () => {
    const outbox = filled('a');
    outbox.add(push('b', true));
    outbox.add(push('c', true));
    outbox.add(push('d'));
    assert.deepEqual([1, 2, 3, 4].map(() => texts(outbox.take())), ['a', 'b', 'c', 'd']);
  });

  test('what comes ahead comes before what waited', () => {
    const outbox = filled('old');
    outbox.ahead(() => outbox.add(push('new')));
    assert.equal(texts(outbox.take()), 'new,old');
  });
});

describe('envelope', () => {
  test('one, many, and what is none', () => {
    assert.equal(encode('a', { b: 1 }), '{"type":"a","data":{"b":1}}');
    assert.equal(encode('a'), '{"type":"a"}');
    assert.deepEqual(decode('{"type":"a","data":1}'), [{ type: 'a', data: 1 }]);
    const text = '[{"type":"a"},null,5,"x",[],{},{"type":""},{"type":7},{"type":"*"},{"type":"b"}]';
    assert.deepEqual(decode(text).map(({ type }) => type), ['a', 'b']);
    for (const nothing of ['null', '5', '"x"', '[]', '{}', 'true']) assert.deepEqual(decode(nothing), []);
    for (const broken of ['', '{', '<html>', 'undefined']) assert.throws(() => decode(broken), SyntaxError);
  });
});

describe('place', () => {
  test('outside a page there is no home', () => {
    assert.throws(() => home(), /URL is needed/);
  });

  test('in a page home is its origin', (t) => {
    globalThis.location = { href: 'https://example.org:8443/room?x' };
    t.after(() => delete globalThis.location);
    assert.equal(home(), 'https://example.org:8443');
  });

  test('below the page may be the server, where its script came from', (t) => {
    t.after(() => delete globalThis.location);
    for (const [path, expected] of [
      ['/app/rocketio/rocketio.mjs', '/app'], ['/a/b//cometio/cometio.js', '/a/b/'], ['/websocketio/websocketio.js', ''],
      ['/rocketio/rocketio.js?x', ''], ['/app/rocketio/other.js', ''], ['/app/rocketio.mjs', ''], ['/app/', ''],
      ['/app/rocketio/cometio.js', ''], ['/xrocketio/rocketio.js', ''],
    ]) {
      globalThis.location = { href: `https://example.org${path}` };
      assert.equal(home(), `https://example.org${expected}`);
    }
  });

  test('from https only https and wss of the same host', () => {
    const from = 'https://example.org/room';
    assert.equal(secure('ws://example.org/io', from), 'wss://example.org/io');
    assert.equal(secure('http://example.org:81/io', from), 'https://example.org:81/io');
    assert.equal(secure('ws://other.org/io', from), 'ws://other.org/io');
    assert.equal(secure('ws://example.org/io', 'http://example.org/'), 'ws://example.org/io');
    assert.equal(secure('ws://example.org/io', undefined), 'ws://example.org/io');
  });
});
