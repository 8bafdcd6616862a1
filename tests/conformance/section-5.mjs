// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// From the client to the server: in order, and once.

import assert from 'node:assert/strict';
import { check, checkEach, KINDS, UNREADABLE } from './cases.mjs';

const SLACK = 400;

function numbers(count, from = 1) {
  return Array.from({ length: count }, (_, i) => from + i);
}

function echo(n) {
  return { type: 'echo', data: n, n };
}

function echoed({ all }) {
  return all.filter(({ type, data }) => type === 'echo' && data?.fence === undefined).map(({ data }) => data);
}

function isAckn(n) {
  return ({ type, data }) => type === '__ackn' && data.n === n;
}

checkEach('5.1 handles numbered messages in their order', { app: ['echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  for (const n of numbers(100)) peer.send(echo(n));
  await peer.fence();
  assert.deepEqual(echoed(peer), numbers(100));
});

checkEach('5.1 drops what was handled already', { app: ['echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send([1, 1, 2, 1, 2, 3, 3].map(echo));
  peer.send([3, 2, 1, 4].map(echo));
  await peer.fence();
  assert.deepEqual(echoed(peer), [1, 2, 3, 4]);
});

checkEach('5.1 drops what leaves a gap', { app: ['echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send([2, 1, 3, 4, 2 ** 53 - 1, 2, 3, 5].map(echo));
  await peer.fence();
  assert.deepEqual(echoed(peer), [1, 2, 3]);
  peer.send([4, 5].map(echo));
  await peer.fence();
  assert.deepEqual(echoed(peer), [1, 2, 3, 4, 5]);
});

for (const first of KINDS) {
  for (const second of KINDS) {
    check(`5.1 handles each once over several connections (${first}, then ${second})`,
      { app: ['echo'], kinds: [first, second] }, async (t) => {
        const peer = await t.connect(first);
        peer.send(numbers(10).map(echo));
        await peer.fence();
        peer.cut();
        const again = await t.resume(peer, { kind: second });
        assert.equal(again.welcome.ackn, 10);
        again.send(numbers(10, 5).map(echo));
        await again.fence();
        assert.deepEqual(echoed(peer), numbers(10));
        assert.deepEqual(echoed(again), numbers(4, 11));
      });
  }
}

checkEach('5.1 handles each once, however often it is cut off', { app: ['message'], ms: 25000 }, async (t, kind) => {
  const other = await t.ws();
  let peer = await t.connect(kind);
  let sent = 0;
  for (let round = 0; round < 15; round++) {
    for (let i = 0; i < 10; i++) peer.say('message', { to: other.id, i: sent++ });
    if (round % 3 === 0) await peer.next('__ackn');
    peer.cut();
    peer = await t.resume(peer);
    assert.equal(peer.welcome.resumed, true, `round ${round}`);
  }
  await other.several(sent, 'message');
  assert.deepEqual(other.of('message').map(({ data }) => data.i), numbers(sent, 0));
});

check('5.1 handles what comes without a number when it comes', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  const [a, b] = ['a', 'b'].map((data) => ({ type: 'echo', data }));
  peer.send([echo(1), a, echo(3), b, echo(2), b]);
  await peer.fence();
  assert.deepEqual(echoed(peer), [1, 'a', 'b', 2, 'b']);
});

check('5.1 requests, answers, __join and __leave count', { app: ['echo', 'add', 'ask'] }, async (t) => {
  const peer = await t.ws();
  const ch = t.unique('ch');
  const sum = { type: 'add', data: { a: 1, b: 2 } };
  peer.send([{ ...sum, n: 1, id: 1 }, { ...sum, n: 1, id: 1 }, { ...sum, n: 9, id: 2 }]);
  peer.send([{ type: '__join', data: { ch }, n: 2, id: 3 }, { type: '__leave', data: { ch }, n: 3, id: 4 }]);
  peer.send([{ type: '__join', data: { ch }, n: 4 }, { type: '__leave', data: { ch }, n: 4 }]);
  peer.send({ type: 'ask', data: { name: 'question' }, n: 5 });
  const { id } = await peer.next('question');
  const answer = (data, n) => ({ type: '__ack', data: { id, data }, n });
  peer.send([answer('early', 9), answer('right', 6)]);
  assert.deepEqual((await peer.next('asked')).data, { data: 'right' });
  await peer.next(isAckn(6));
  assert.equal((await peer.fence()).type, 'echo');
  assert.deepEqual(peer.of('__ack').map(({ data }) => data.id), [1, 3, 4]);
  peer.cut();
  assert.deepEqual((await t.resume(peer)).welcome.channels, [ch]);
});

check('5.1 numbers go on after a takeover', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.send(numbers(3).map(echo));
  const again = await t.resume(peer);
  await peer.over;
  again.send(numbers(5).map(echo));
  await again.fence();
  assert.deepEqual([...echoed(peer), ...echoed(again).filter((n) => !echoed(peer).includes(n))], numbers(5));
});

check('5.2 acknowledges within 1 s', async (t) => {
  const peer = await t.ws();
  const begun = Date.now();
  peer.say('nobody-handles-this', 1);
  await peer.next(isAckn(1));
  assert.ok(Date.now() - begun < 1000 + SLACK, `after ${Date.now() - begun} ms`);
});

// Those that came together may be acknowledged together.
check('5.2 acknowledges after at most 32 messages', async (t) => {
  const peer = await t.ws();
  const begun = Date.now();
  for (const round of [0, 1, 2]) {
    peer.send(numbers(32, 32 * round + 1).map((n) => ({ type: 'nobody-handles-this', n })));
    await peer.next(isAckn(32 * (round + 1)));
  }
  assert.ok(Date.now() - begun < 1000 - SLACK, `after ${Date.now() - begun} ms`);
});

for (const [what, n] of [['was handled', 1], ['leaves a gap', 5]]) {
  check(`5.2 acknowledges at once what ${what}`, async (t) => {
    const peer = await t.ws();
    peer.send({ type: 'nobody-handles-this', n: 1 });
    await peer.next(isAckn(1));
    const begun = Date.now();
    peer.send({ type: 'nobody-handles-this', n });
    await peer.next(isAckn(1));
    assert.ok(Date.now() - begun < SLACK, `after ${Date.now() - begun} ms`);
  });
}

check('5.2 an __ackn never runs ahead, nor back', { app: ['slow'] }, async (t) => {
  const peer = await t.ws();
  peer.send([3, 1, 1, 4, 2].map((n) => ({ type: 'nobody-handles-this', n })));
  await peer.next(isAckn(2));
  const acks = peer.of('__ackn').map(({ data: { n } }) => n);
  assert.deepEqual(acks, [...acks].sort((a, b) => a - b));
  assert.ok(acks.every((n) => n <= 2));
});

check('5.3 the numbers of a new session begin with 1', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.send(numbers(3).map(echo));
  await peer.fence();
  peer.close(1000);
  await peer.over;
  const again = await t.resume(peer);
  assert.deepEqual([again.welcome.resumed, again.welcome.ackn], [false, 0]);
  again.send([4, 1, 2].map(echo));
  await again.fence();
  assert.deepEqual(echoed(again), [1, 2]);
});

for (const data of UNREADABLE) {
  const what = data.slice(0, 20);

  check(`5.4 tells that it cannot read ${what}, and goes on`, { app: ['echo'] }, async (t) => {
    const peer = await t.ws();
    peer.sendText(`{"type":"echo","data":${data},"n":1}`);
    peer.send(echo(2));
    const { data: refused } = await peer.next('__refused');
    assert.deepEqual([refused.n, refused.code, typeof refused.message], [1, 'bad-request', 'string']);
    await peer.fence();
    assert.deepEqual(echoed(peer), [2]);
    await peer.next(isAckn(2));
  });

  check(`5.4 answers a request for which it cannot read ${what}`, { app: ['echo'] }, async (t) => {
    const peer = await t.ws();
    peer.sendText(`{"type":"add","data":${data},"id":7,"n":1}`);
    assert.equal((await peer.answer(7)).error.code, 'bad-request');
    peer.send(echo(2));
    await peer.fence();
    assert.deepEqual(echoed(peer), [2]);
    assert.deepEqual([peer.of('__ack').length, peer.of('__refused').length], [1, 0]);
  });
}

checkEach('5.4 what cannot be read takes no others with it', { app: ['echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send([echo(1), { type: 'echo', data: 'a\u0000', n: 2 }, { type: 'add', data: '\ud800', id: 5, n: 3 }, echo(4)]);
  await peer.fence();
  assert.deepEqual(echoed(peer), [1, 4]);
  assert.equal((await peer.next('__refused')).data.n, 2);
  assert.equal((await peer.answer(5)).error.code, 'bad-request');
});

check('5.4 what could not be read is not to be sent again', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.send({ type: 'echo', data: 'a\u0000', n: 1 });
  await peer.next('__refused');
  peer.cut();
  const again = await t.resume(peer);
  assert.equal(again.welcome.ackn, 1);
  again.send([{ type: 'echo', data: 'a\u0000', n: 1 }, { type: 'echo', data: 'a\u0000', n: 3 }, echo(2)]);
  await again.fence();
  assert.deepEqual(echoed(again), [2]);
});

checkEach('5.5 what is not allowed is refused, and goes on', { app: ['echo', 'forbidden'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send([{ type: 'forbidden', data: 1, n: 1 }, { type: 'forbidden', data: 2, id: 5, n: 2 }, echo(3)]);
  await peer.fence();
  const { data: { n, code, message } } = await peer.next('__refused');
  assert.deepEqual([n, code, typeof message], [1, 'denied', 'string']);
  assert.equal((await peer.answer(5)).error.code, 'denied');
  assert.deepEqual(echoed(peer), [3]);
  await peer.next(isAckn(3));
});
