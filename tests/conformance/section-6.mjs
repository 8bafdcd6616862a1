// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Answers.

import assert from 'node:assert/strict';
import { check, checkEach, KINDS } from './cases.mjs';

function answersTo(peer, id) {
  return peer.of('__ack').filter(({ data }) => data.id === id).map(({ data }) => data);
}

checkEach('6.1 answers a request once', { app: ['add', 'echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send({ type: 'add', data: { a: 20, b: 22 }, id: 7 });
  assert.deepEqual(await peer.answer(7), { id: 7, data: 42 });
  await peer.fence();
  assert.equal(answersTo(peer, 7).length, 1);
});

checkEach('6.1 answers with an error', { app: ['fail', 'echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  const answer = await peer.request('fail');
  assert.deepEqual(Object.keys(answer).sort(), ['error', 'id']);
  assert.equal(answer.error.code, 'refused-by-app');
  assert.equal(typeof answer.error.message, 'string');
  await peer.fence();
  assert.equal(answersTo(peer, answer.id).length, 1);
});

check('6.1 answers many, each when it is ready', { app: ['slow', 'add'] }, async (t) => {
  const peer = await t.ws();
  const slow = peer.request('slow', { ms: 300 });
  const sums = await Promise.all(Array.from({ length: 50 }, (_, i) => peer.request('add', { a: i, b: i })));
  assert.deepEqual(sums.map(({ data }) => data), Array.from({ length: 50 }, (_, i) => 2 * i));
  assert.equal(answersTo(peer, 1).length, 0, 'the slow one waits');
  assert.equal((await slow).data, null);
});

checkEach('6.1 answers a request with bytes', {}, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.say('nobody-handles-this', 'AAEC', { id: 1, bin: true });
  assert.equal((await peer.answer(1)).error.code, 'unknown-name');
  peer.sendBytes?.({ type: 'nobody-handles-this', id: 2 }, [0]);
  if (kind === 'ws') assert.equal((await peer.answer(2)).error.code, 'unknown-name');
});

check('6.1 an event of the name of a request is not answered', { app: ['add', 'echo'] }, async (t) => {
  const peer = await t.ws();
  peer.send({ type: 'add', data: { a: 1, b: 2 } });
  await peer.fence();
  assert.equal(peer.of('__ack').length, 0);
});

check('6.1 a request that comes twice by its number is answered once', { app: ['add', 'echo'] }, async (t) => {
  const peer = await t.ws();
  const message = { type: 'add', data: { a: 1, b: 2 }, id: 1, n: 1 };
  peer.send([message, message]);
  await peer.answer(1);
  peer.cut();
  const again = await t.resume(peer);
  again.send(message);
  await again.fence();
  assert.equal(answersTo(peer, 1).length + answersTo(again, 1).length, 1);
});

for (const first of KINDS) {
  for (const second of KINDS) {
    check(`6.1 an answer finds the session again (${first}, then ${second})`,
      { app: ['slow', 'echo'], kinds: [first, second] }, async (t) => {
        const peer = await t.connect(first);
        peer.send([{ type: 'slow', data: { ms: 200 }, id: 5, n: 1 }, { type: 'nobody-handles-this', n: 1 }]);
        await peer.next('__ackn');
        peer.cut();
        const again = await t.resume(peer, { kind: second });
        assert.deepEqual(await again.answer(5), { id: 5, data: null });
        await again.fence();
        assert.equal(answersTo(peer, 5).length + answersTo(again, 5).length, 1);
      });
  }
}

checkEach('6.1 asks, and takes an answer', { app: ['ask'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.say('ask', { name: 'question', data: { what: [1, 'é'] } });
  const { id, data, seq } = await peer.next('question');
  assert.deepEqual(data, { what: [1, 'é'] });
  assert.ok(Number.isSafeInteger(id) && id >= 1, `id is ${id}`);
  assert.ok(seq > 0, `seq is ${seq}`);
  peer.say('__ack', { id, data: { sure: true } });
  assert.deepEqual((await peer.next('asked')).data, { data: { sure: true } });
});

checkEach('6.1 asks, and takes an error', { app: ['ask'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  const error = { code: 'not-mine', message: 'it is somebody else that knows' };
  peer.say('ask', { name: 'question', data: 1 });
  const { id } = await peer.next('question');
  peer.say('__ack', { id, error });
  const { data } = await peer.next('asked');
  assert.deepEqual(Object.keys(data), ['error']);
  for (const part of Object.values(error)) assert.ok(JSON.stringify(data.error).includes(part), JSON.stringify(data));
});

check('6.1 both sides have numbers of their own', { app: ['ask', 'slow'] }, async (t) => {
  const peer = await t.ws();
  peer.say('ask', { name: 'question', data: 1 });
  const { id } = await peer.next('question');
  peer.send({ type: 'slow', data: { ms: 200 }, id });
  peer.say('__ack', { id, data: 'mine' });
  assert.deepEqual((await peer.next('asked')).data, { data: 'mine' });
  assert.deepEqual(await peer.answer(id), { id, data: null });
});

check('6.1 asks again after a cut, and takes the answer', { app: ['ask', 'echo'] }, async (t) => {
  const peer = await t.ws({ pong: 'alive' });
  peer.say('ask', { name: 'question', data: 1 });
  const asked = await peer.next('question');
  const again = await t.resume(peer, { from: peer.welcome });
  const repeated = await again.next('question');
  assert.deepEqual([repeated.id, repeated.seq], [asked.id, asked.seq]);
  again.say('__ack', { id: repeated.id, data: 'after all' });
  assert.deepEqual((await again.next('asked')).data, { data: 'after all' });
});

checkEach('6.2 unknown-name if nobody handles it', {}, async (t, kind) => {
  const peer = await t.connect(kind);
  const { error } = await peer.request(t.unique('nobody'));
  assert.equal(error.code, 'unknown-name');
  assert.equal(typeof error.message, 'string');
});

check('6.2 unanswered if the app lets go of it', { app: ['silent'] }, async (t) => {
  const peer = await t.ws();
  const { error } = await peer.request('silent');
  assert.equal(error.code, 'unanswered');
  assert.equal(typeof error.message, 'string');
});

check('6.3 drops answers that nobody waits for', { app: ['ask', 'echo'] }, async (t) => {
  const peer = await t.ws();
  peer.send({ type: '__ack', data: { id: 1, data: 'early' } });
  peer.send({ type: '__ack', data: { id: 2 ** 53 - 1, error: { code: 'x', message: 'y' } } });
  await peer.fence();
  peer.say('ask', { name: 'question', data: 1 });
  const { id } = await peer.next('question');
  peer.send({ type: '__ack', data: { id: id + 1, data: 'wrong' } });
  peer.say('__ack', { id, data: 'right' });
  peer.say('__ack', { id, data: 'late' });
  peer.send({ type: '__ack', data: { id, error: { code: 'x', message: 'later' } } });
  await peer.next('asked');
  await peer.fence();
  assert.deepEqual(peer.of('asked').map(({ data }) => data), [{ data: 'right' }]);
});

check('6.3 drops answers of another session', { app: ['ask', 'echo'] }, async (t) => {
  const peer = await t.ws();
  const other = await t.ws();
  peer.say('ask', { name: 'question', data: 1 });
  const { id } = await peer.next('question');
  other.send({ type: '__ack', data: { id, data: 'not mine' } });
  await other.fence();
  peer.say('__ack', { id, data: 'mine' });
  await peer.next('asked');
  await peer.fence();
  assert.deepEqual(peer.of('asked').map(({ data }) => data), [{ data: 'mine' }]);
});

check('6.3 survives answers that are none', { app: ['ask', 'echo'] }, async (t) => {
  const peer = await t.ws();
  peer.say('ask', { name: 'question', data: 1 });
  const { id } = await peer.next('question');
  for (const data of [null, 7, 'x', [], {}, ...['x', 0, 1.5, -id].map((bad) => ({ id: bad, data: 1 }))]) {
    peer.send({ type: '__ack', data });
  }
  peer.send({ type: '__ack' });
  await peer.fence();
  assert.deepEqual(peer.of('asked'), []);
  peer.say('__ack', { id, data: 'at last' });
  assert.deepEqual((await peer.next('asked')).data, { data: 'at last' });
});
