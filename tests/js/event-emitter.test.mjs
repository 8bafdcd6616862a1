// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventEmitter } from '../../js/src/event-emitter.mjs';

function recorded(emitter, ...events) {
  const heard = [];
  for (const event of events) emitter.on(event, (...data) => heard.push([event, ...data]));
  return heard;
}

test('listeners hear their event, in order, with all its data', () => {
  const emitter = new EventEmitter();
  const heard = recorded(emitter, 'a', 'a', 'b');
  emitter.emit('a', 1, 2);
  emitter.emit('b');
  emitter.emit('nobody');
  assert.deepEqual(heard, [['a', 1, 2], ['a', 1, 2], ['b']]);
});

test('"*" hears everything, with the name first', () => {
  const emitter = new EventEmitter();
  const heard = recorded(emitter, '*');
  emitter.emit('a', 1);
  emitter.emit('b', 2, 3);
  assert.deepEqual(heard, [['*', 'a', 1], ['*', 'b', 2, 3]]);
});

test('once is once, for "*" too, and even when it emits again', () => {
  const emitter = new EventEmitter();
  let count = 0;
  emitter.once('a', () => {
    count++;
    emitter.emit('a');
  });
  emitter.once('*', () => count++);
  emitter.emit('a');
  emitter.emit('a');
  assert.equal(count, 2);
});

test('removeListener takes an id or a name', () => {
  const emitter = new EventEmitter();
  const heard = [];
  const first = emitter.on('a', () => heard.push(1));
  emitter.on('a', () => heard.push(2));
  emitter.on('b', () => heard.push(3));
  const once = emitter.once('a', () => heard.push(4));
  assert.equal(new Set([first, once]).size, 2);
  emitter.removeListener(first);
  emitter.removeListener(once);
  emitter.emit('a');
  emitter.removeListener('a');
  emitter.removeListener('none');
  emitter.removeListener(99);
  emitter.removeListener();
  emitter.emit('a');
  emitter.emit('b');
  assert.deepEqual(heard, [2, 3]);
});

test('changes made by a listener hold from the next event on, removals at once', () => {
  const emitter = new EventEmitter();
  const heard = [];
  emitter.on('a', () => {
    emitter.removeListener(second);
    emitter.on('a', () => heard.push('new'));
  });
  const second = emitter.on('a', () => heard.push('removed'));
  emitter.emit('a');
  assert.deepEqual(heard, []);
  emitter.emit('a');
  assert.deepEqual(heard, ['new']);
});

test('a listener that throws is reported and stops nobody', (t) => {
  const report = t.mock.method(console, 'error', () => {});
  const emitter = new EventEmitter();
  const cause = new Error('on purpose');
  emitter.on('a', () => {
    throw cause;
  });
  const heard = recorded(emitter, 'a');
  emitter.emit('a');
  assert.equal(heard.length, 1);
  assert.equal(report.mock.calls[0].arguments[0], cause);
});

test('apply gives another object the methods, with a prefix or without', () => {
  const target = {};
  new EventEmitter().apply(target);
  const prefixed = {};
  new EventEmitter().apply(prefixed, '$');
  const heard = [];
  target.on('a', (data) => heard.push(data));
  prefixed.$on('a', (data) => heard.push(data));
  target.emit('a', 1);
  prefixed.$emit('a', 2);
  assert.deepEqual(heard, [1, 2]);
});

test('a listener is a function', () => {
  assert.throws(() => new EventEmitter().on('a', 'b'), TypeError);
});
