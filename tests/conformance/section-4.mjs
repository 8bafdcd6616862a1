// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// From the server to the client: in order, and once.

import assert from 'node:assert/strict';
import { check, checkEach, KINDS } from './cases.mjs';
import { until } from '../js/help.mjs';

function numbers(count, from = 0) {
  return Array.from({ length: count }, (_, i) => from + i);
}

function dataOf(messages) {
  return messages.map(({ data }) => data);
}

function assertRising(messages) {
  const seqs = messages.map(({ seq }) => seq).filter((seq) => seq !== undefined);
  for (let i = 1; i < seqs.length; i++) assert.ok(seqs[i] > seqs[i - 1], `seq ${seqs[i]} comes after ${seqs[i - 1]}`);
}

// Events to a session that may be away; they have been pushed when this is done.
async function burst(from, to, n) {
  from.say('burst', { n, to });
  await from.fence();
}

checkEach('4.1 what matters has a seq, and they rise',
  { app: ['echo', 'broadcast', 'to_channel', 'add', 'ask', 'join', 'leave', 'burst'] }, async (t, kind) => {
    const peer = await t.connect(kind);
    const channel = t.unique('ch');
    peer.say('echo', 1);
    peer.say('broadcast', channel);
    await peer.request('add', { a: 1, b: 1 });
    peer.say('join', { channel });
    peer.say('to_channel', { channel });
    peer.say('ask', { name: 'question', data: 1 });
    peer.say('burst', { n: 50 });
    peer.say('leave', { channel });
    await peer.next('__left');
    for (const name of ['echo', 'broadcast', '__ack', '__joined', 'to_channel', 'question', '__left']) {
      const [message] = peer.of(name);
      assert.ok(message?.seq > 0, `${name} without seq: ${JSON.stringify(message)}`);
    }
    assertRising(peer.all);
  });

checkEach('4.1 volatile events have no seq', { app: ['volatile', 'echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.say('volatile', { n: 3 });
  assert.ok((await peer.fence()).seq > 0);
  for (const { seq } of peer.of('volatile')) assert.equal(seq, undefined);
  if (peer.of('volatile').length === 0) t.skip('all of them got lost, as they may');
});

check('4.1 numbers rise over many connections', { app: ['burst', 'echo'] }, async (t) => {
  let peer = await t.ws();
  const all = [];
  for (let i = 0; i < 5; i++) {
    await burst(peer, undefined, 5);
    all.push(...peer.of('burst'));
    peer = await t.resume(peer);
  }
  assert.equal(all.length, 25);
  assertRising(all);
});

checkEach('4.2 pos comes with __welcome, with all that has a seq, and with __heartbeat', { app: ['burst'] },
  async (t, kind) => {
    const peer = await t.connect(kind);
    peer.say('burst', { n: 40 });
    await peer.several(40, 'burst');
    assert.equal(typeof peer.welcome.pos, 'string');
    for (const { seq, type, data, pos } of peer.all) {
      const got = type === '__heartbeat' ? data.pos : pos;
      if (seq !== undefined || type === '__heartbeat') assert.equal(typeof got, 'string', type);
    }
  });

for (const first of KINDS) {
  for (const second of KINDS) {
    check(`4.3 recovers everything that was missed, in order (${first}, then ${second})`,
      { app: ['echo', 'burst', 'broadcast', 'message', 'to_channel', 'add', 'slow'], kinds: [first, second] },
      async (t) => {
        const peer = await t.connect(first);
        const other = await t.ws();
        const channel = t.unique('ch');
        await peer.join(channel);
        await other.join(channel);
        await peer.fence();
        const id = 99;
        peer.send(peer.say('slow', { ms: 150 }, { id })); // twice, so that it is acknowledged at once
        await peer.next('__ackn');
        peer.cut();
        other.say('burst', { n: 3, to: peer.id });
        other.say('broadcast', channel);
        other.say('to_channel', { channel, text: 1 });
        other.say('message', { to: peer.id, text: 2 });
        other.say('to_channel', { channel, text: 3 });
        other.say('burst', { n: 2, to: peer.id });
        await other.fence();
        const again = await t.resume(peer, { kind: second });
        assert.deepEqual([again.welcome.resumed, again.welcome.recovered], [true, true]);
        await burst(other, peer.id, 1);
        await again.several(6, 'burst');
        const missed = again.all.filter(({ type, data }) => ['burst', 'to_channel', 'message'].includes(type)
          || (type === 'broadcast' && data === channel));
        assert.deepEqual(missed.map(({ type, data }) => `${type} ${data.text ?? (type === 'broadcast' ? '' : data)}`),
          ['burst 0', 'burst 1', 'burst 2', 'broadcast ', 'to_channel 1', 'message 2', 'to_channel 3', 'burst 0',
            'burst 1', 'burst 0']);
        if (!peer.of('__ack').some(({ data }) => data.id === id)) assert.equal((await again.answer(id)).data, null);
        assertRising(again.all);
      });
  }
}

checkEach('4.3 nothing missed, nothing sent', { app: ['burst', 'echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  await burst(peer, undefined, 5);
  peer.cut();
  const again = await t.resume(peer);
  assert.equal(again.welcome.recovered, true);
  await again.fence();
  assert.deepEqual(again.of('burst'), []);
});

check('4.3 recovers from the __welcome on', { app: ['burst', 'echo'] }, async (t) => {
  const peer = await t.ws({ pong: 'alive' });
  await burst(peer, undefined, 20);
  peer.cut();
  const again = await t.resume(peer, { from: peer.welcome });
  assert.equal(again.welcome.recovered, true);
  assert.deepEqual(dataOf(await again.several(20, 'burst')), numbers(20));
  assertRising(again.all);
});

check('4.3 recovers from every message on, and again', { app: ['burst', 'echo'] }, async (t) => {
  let peer = await t.ws({ pong: 'alive' });
  await burst(peer, undefined, 6);
  for (const from of peer.of('burst')) {
    for (let again = 0; again < 2; again++) {
      peer = await t.resume(peer, { from });
      assert.equal(peer.welcome.recovered, true);
      await peer.fence();
      assert.deepEqual(dataOf(peer.of('burst')), numbers(5 - from.data, from.data + 1));
    }
  }
});

check('4.3 recovers what came with a number once it comes again', { app: ['burst', 'echo'] }, async (t) => {
  const peer = await t.ws({ pong: 'alive' });
  await burst(peer, undefined, 10);
  const before = peer.of('burst');
  const again = await t.resume(peer, { from: before[3] });
  await again.several(6, 'burst');
  const numbered = (messages) => messages.map(({ seq, data }) => [seq, data]);
  assert.deepEqual(numbered(again.of('burst')), numbered(before.slice(4)));
});

check('4.3 what is missed comes before what is new', { app: ['burst', 'echo'] }, async (t) => {
  const peer = await t.ws();
  const other = await t.ws();
  peer.cut();
  await burst(other, peer.id, 100);
  const [again] = await Promise.all([t.resume(peer), burst(other, peer.id, 100)]);
  assert.deepEqual(dataOf(await again.several(200, 'burst')), [...numbers(100), ...numbers(100)]);
  assert.deepEqual(dataOf(again.of('burst')), [...numbers(100), ...numbers(100)]);
  assertRising(again.all);
});

checkEach('4.3 loses nothing and repeats nothing, however often it is cut off', { app: ['burst', 'echo'], ms: 25000 },
  async (t, kind) => {
    const other = await t.ws();
    let peer = await t.connect(kind);
    const got = [];
    const rounds = 20;
    for (let round = 0; round < rounds; round++) {
      other.say('burst', { n: 25, to: peer.id });
      if (round % 2) await peer.next('burst');
      peer.cut();
      got.push(peer);
      peer = await t.resume(peer);
      assert.deepEqual([peer.welcome.resumed, peer.welcome.recovered], [true, true], `round ${round}`);
    }
    await other.fence();
    await peer.fence();
    got.push(peer);
    let seq = 0;
    const handled = got.flatMap(({ all }) => all.filter((message) => {
      if (!(message.seq > seq)) return false;
      seq = message.seq;
      return true;
    })).filter(({ type }) => type === 'burst');
    assert.deepEqual(dataOf(handled), numbers(rounds).flatMap(() => numbers(25)));
  });

check('4.3 keeps the channels and the numbers', { app: ['to_channel', 'echo', 'add'] }, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('ch');
  await peer.join(channel);
  const { seq } = await peer.fence();
  peer.cut();
  const again = await t.resume(peer);
  assert.deepEqual(again.welcome.channels, [channel]);
  assert.equal(again.welcome.ackn, 1);
  again.say('to_channel', { channel });
  assert.ok((await again.next('to_channel')).seq > seq);
});

check('4.3 what it has not any more is not recovered, and none of it sent',
  { app: ['message', 'echo'], heavy: true, ms: 25000 }, async (t) => {
    let peer = await t.ws();
    const other = await t.ws();
    const text = 'x'.repeat(Math.min(16000, other.welcome.max - 1000));
    const outcomes = [];
    for (const count of [1, 10, 100, 300]) {
      peer.cut();
      for (let i = 0; i < count; i++) other.say('message', { to: peer.id, text, i });
      await other.fence();
      peer = await t.resume(peer);
      const { resumed, recovered } = peer.welcome;
      assert.equal(resumed, true);
      await peer.fence();
      assert.deepEqual(peer.of('message').map(({ data }) => data.i), recovered ? numbers(count) : []);
      outcomes.push(recovered);
    }
    assert.equal(outcomes[0], true, 'one message is missed and not recovered');
    if (outcomes.every((recovered) => recovered)) t.skip(`the server keeps more than ${300 * text.length} bytes`);
  });

check('4.3 a session that is over is a new one', { app: ['burst', 'echo'] }, async (t) => {
  const peer = await t.ws();
  await burst(peer, undefined, 3);
  const { id, token } = peer;
  peer.close(1000);
  await peer.over;
  const again = await t.resume(peer, { from: peer.of('burst')[0] });
  assert.deepEqual([again.welcome.resumed, again.welcome.recovered], [false, false]);
  assert.notEqual(again.id, id);
  assert.notEqual(again.token, token);
  await again.fence();
  assert.deepEqual(again.of('burst'), []);
});

const FORGED = ['', 'x', '0', '1', '-1', '999999999999', '18446744073709551616', 'é', 'x'.repeat(256),
  'x'.repeat(257), 7, null, {}, ['1']];

check('4.4 recovers from no pos that it has not sent', { app: ['burst', 'echo'] }, async (t) => {
  let peer = await t.ws({ pong: 'alive' });
  await burst(peer, undefined, 3);
  const known = new Set([peer.welcome.pos, ...peer.all.map(({ pos }) => pos)]);
  for (const pos of FORGED.filter((one) => !known.has(one))) {
    const { id, token } = peer;
    peer = await t.ws({ pong: 'alive', hello: { id, token, pos } });
    assert.equal(peer.welcome.resumed, true, `resumed with ${JSON.stringify(pos)}`);
    assert.equal(peer.welcome.recovered, false, `recovered from ${JSON.stringify(pos)}`);
    await peer.fence();
    assert.deepEqual(peer.of('burst'), []);
  }
});

check('4.4 recovers from no pos that is like one that it has sent', { app: ['burst', 'echo'] }, async (t) => {
  let peer = await t.ws({ pong: 'alive' });
  await burst(peer, undefined, 3);
  const { pos } = peer.of('burst')[1];
  const known = new Set([peer.welcome.pos, ...peer.all.map((message) => message.pos)]);
  const next = (text) => text.replace(/\d+/g, (digits) => `${BigInt(digits) + 1000000n}`);
  for (const like of [`${pos} `, ` ${pos}`, `${pos}0`, `0${pos}`, pos.slice(1), pos.slice(0, -1), next(pos), `-${pos}`,
    `+${pos}`].filter((one) => !known.has(one))) {
    const { id, token } = peer;
    peer = await t.ws({ pong: 'alive', hello: { id, token, pos: like } });
    assert.equal(peer.welcome.recovered, false, `recovered from "${like}", where "${pos}" was sent`);
  }
});

check('4.4 recovers from no pos before a __pong', { app: ['burst', 'echo'] }, async (t) => {
  const peer = await t.ws({ pong: 'alive' });
  await burst(peer, undefined, 10);
  const bursts = peer.of('burst');
  peer.sayPong(bursts[6].pos);
  await peer.fence();
  const fine = await t.resume(peer, { from: bursts[6] });
  assert.equal(fine.welcome.recovered, true, 'from the __pong');
  await fine.fence();
  assert.deepEqual(dataOf(fine.of('burst')), [7, 8, 9]);
  for (const from of [bursts[5], bursts[0], peer.welcome]) {
    const again = await t.resume(peer, { from });
    assert.equal(again.welcome.resumed, true);
    assert.equal(again.welcome.recovered, false, `from before the __pong: ${from.data ?? '__welcome'}`);
    await again.fence();
    assert.deepEqual(again.of('burst'), []);
  }
});

check('4.4 a __pong that is wrong ends nothing', { app: ['burst', 'echo'] }, async (t) => {
  const peer = await t.ws({ pong: 'alive' });
  await burst(peer, undefined, 3);
  for (const data of [null, 7, 'x', {}, { pos: 7 }, { pos: '' }, { pos: 'x'.repeat(300) }]) {
    peer.send({ type: '__pong', data });
  }
  peer.send({ type: '__pong' });
  await peer.fence();
  const again = await t.resume(peer, { from: peer.welcome });
  assert.equal(again.welcome.recovered, true);
  assert.deepEqual(dataOf(await again.several(3, 'burst')), [0, 1, 2]);
});

// Reads nothing, but is there.
function pause(peer) {
  peer.socket.pause();
  const timer = setInterval(() => peer.keepAlive(), 200);
  return () => {
    clearInterval(timer);
    peer.socket.resume();
  };
}

check('4.6 tells how many it left out', { app: ['droppable', 'message', 'echo'], heavy: true, ms: 25000 }, async (t) => {
  const count = 10000;
  const peer = await t.ws();
  const other = await t.ws();
  const goOn = pause(peer);
  try {
    for (let i = 0; i < count / 200; i++) { // small steps: each is also a sign of life
      peer.send([{ type: 'droppable', data: { n: 200 } }, { type: 'message', data: { to: other.id } }]);
      await other.next('message');
    }
  } finally {
    goOn();
  }
  peer.send({ type: 'echo', data: 'last' });
  await peer.next({ type: 'echo', data: 'last' }, { ms: 20000 });
  const dropped = () => peer.of('__dropped').reduce((sum, { data }) => sum + data.count, 0);
  const came = peer.of('droppable').length;
  await until(() => came + dropped() === count, `__dropped for ${count - came} messages`, 3000);
  if (dropped() === 0) t.skip(`the server left out none of ${count}`);
});

check('4.6 who is too slow can come back', { app: ['message', 'echo'], heavy: true, ms: 25000 }, async (t) => {
  const peer = await t.ws();
  const other = await t.ws();
  const text = 'x'.repeat(Math.min(16000, other.welcome.max - 1000));
  const count = 1000;
  const goOn = pause(peer);
  for (let i = 0; i < count; i++) other.say('message', { to: peer.id, text, i });
  await other.fence().finally(goOn);
  const ended = await Promise.race([peer.over, peer.next(({ type, data }) => type === 'message' && data.i === count - 1,
    { ms: 20000 })]);
  assert.deepEqual(peer.of('message').map(({ data }) => data.i), numbers(peer.of('message').length));
  assert.deepEqual(peer.of('__dropped'), []);
  if (ended.type) t.skip(`the server waits for a client that leaves ${count * text.length} bytes unread`);
  assert.ok([4001, 1006].includes(ended.code), `ended with ${ended.code}`);
  const heard = peer.of('message').length;
  const again = await t.resume(peer);
  await again.fence();
  assert.equal(again.welcome.resumed, true);
  const rest = again.welcome.recovered ? numbers(count - heard, heard) : [];
  assert.deepEqual(again.of('message').map(({ data }) => data.i), rest);
});
