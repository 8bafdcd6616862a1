// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Channels.

import assert from 'node:assert/strict';
import { check, checkEach } from './cases.mjs';

const MOST = 128;
const TOGETHER = 250;
const LINGER = 2000;
const EARLY = 600;

function textsOf(messages) {
  return messages.map(({ data }) => data.text);
}

function inChannel(peer, channel) {
  return peer.all.filter(({ type, ch, data }) => type === 'to_channel' && (ch ?? data.channel) === channel);
}

const PUSHES = { app: ['to_channel', 'echo'] };

checkEach('7.1 __join answers with the channel, before what is pushed to it', PUSHES, async (t, kind) => {
  const peer = await t.connect(kind);
  const channel = t.unique('ch');
  peer.send([
    { type: '__join', data: { ch: channel }, id: 1, n: 1 },
    { type: 'to_channel', data: { channel, text: 1 }, n: 2 },
  ]);
  const { data: { ch, history } } = await peer.answer(1);
  assert.equal(ch, channel);
  assert.deepEqual(history, []);
  await peer.next('to_channel');
  const order = peer.all.map(({ type }) => type).filter((type) => ['__ack', 'to_channel'].includes(type));
  assert.deepEqual(order, ['__ack', 'to_channel']);
});

checkEach('7.1 __leave answers with null', PUSHES, async (t, kind) => {
  const peer = await t.connect(kind);
  const channel = t.unique('ch');
  await peer.join(channel);
  const answer = await peer.request('__leave', { ch: channel });
  assert.equal(answer.error, undefined);
  assert.equal(answer.data ?? null, null);
  peer.say('to_channel', { channel, text: 1 });
  await peer.fence();
  assert.deepEqual(peer.of('to_channel'), []);
});

check('7.1 both may be no requests', PUSHES, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('ch');
  peer.send({ type: '__join', data: { ch: channel } });
  peer.send({ type: 'to_channel', data: { channel, text: 1 } });
  await peer.fence();
  peer.send({ type: '__leave', data: { ch: channel } });
  peer.send({ type: 'to_channel', data: { channel, text: 2 } });
  await peer.fence();
  assert.deepEqual(textsOf(peer.of('to_channel')), [1]);
  assert.equal(peer.of('__ack').length, 0);
});

check('7.1 joins channels besides those that the session is in', PUSHES, async (t) => {
  const peer = await t.ws();
  const channels = ['a', 'b', 'c'].map((name) => t.unique(name));
  for (const ch of channels) await peer.join(ch);
  for (const channel of channels) peer.say('to_channel', { channel, text: channel });
  assert.deepEqual((await peer.several(3, 'to_channel')).map(({ ch }) => ch), channels);
  await peer.request('__leave', { ch: channels[1] });
  for (const channel of channels) peer.say('to_channel', { channel, text: channel });
  await peer.fence();
  assert.deepEqual(peer.of('to_channel').slice(3).map(({ ch }) => ch), [channels[0], channels[2]]);
});

check('7.1 to join and to leave again is no error', PUSHES, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('ch');
  await peer.join(channel);
  assert.equal((await peer.join(channel)).ch, channel);
  peer.say('to_channel', { channel, text: 1 });
  await peer.fence();
  assert.equal(peer.of('to_channel').length, 1);
  await peer.request('__leave', { ch: channel });
  await peer.request('__leave', { ch: channel });
  await peer.fence();
});

check('7.1 history is empty unless it is asked for', { app: ['history', 'to_channel', 'echo'] }, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('history');
  await peer.join(channel);
  peer.say('to_channel', { channel, text: 1 });
  await peer.fence();
  const other = await t.ws();
  assert.deepEqual((await other.join(channel)).history, []);
  assert.deepEqual((await other.join(channel, 0)).history, []);
});

check('7.1 history has the last messages, the oldest first', { app: ['history', 'to_channel', 'echo'] }, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('history');
  await peer.join(channel);
  for (let text = 1; text <= 5; text++) peer.say('to_channel', { channel, text });
  await peer.fence();
  const other = await t.ws();
  assert.deepEqual(textsOf((await other.join(channel, 3)).history), [3, 4, 5]);
  const third = await t.ws();
  const { history } = await third.join(channel, 1000);
  assert.deepEqual(textsOf(history), [1, 2, 3, 4, 5]);
  for (const { type } of history) assert.equal(type, 'to_channel');
  peer.say('to_channel', { channel, text: 6 });
  assert.equal((await third.next('to_channel')).data.text, 6);
  await third.fence();
  assert.deepEqual(textsOf(third.of('to_channel')), [6], 'the history comes but once');
});

check('7.1 a COUNT that is none is no reason to go down', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  const ch = t.unique('ch');
  for (const history of [-1, 1.5, 'x', null, {}, 1e300, 2 ** 53]) await peer.request('__join', { ch, history });
  await peer.fence();
});

const PRIVATE = { app: ['private', 'to_channel', 'echo'] };

checkEach('7.1 denied where the app does not let it in', PRIVATE, async (t, kind) => {
  const peer = await t.connect(kind);
  const { data, error } = await peer.request('__join', { ch: 'private' });
  assert.equal(data, undefined);
  assert.equal(error.code, 'denied');
  assert.equal(typeof error.message, 'string');
  peer.say('to_channel', { channel: 'private' });
  await peer.fence();
  assert.deepEqual(peer.of('to_channel'), []);
});

check(`7.1 too-many in ${MOST} channels`, async (t) => {
  const peer = await t.ws();
  const name = t.unique('ch');
  const joins = Array.from({ length: MOST + 1 }, (_, i) => peer.request('__join', { ch: `${name}${i}` }));
  const answers = await Promise.all(joins);
  assert.deepEqual(answers.slice(0, MOST).filter(({ error }) => error), []);
  assert.equal(answers[MOST].error?.code, 'too-many');
  assert.equal((await peer.join(`${name}0`)).ch, `${name}0`, 'one that it is in is no error');
  await peer.request('__leave', { ch: `${name}0` });
  await peer.join(`${name}more`);
});

check('7.1 bad-request if the name is none', async (t) => {
  const peer = await t.ws();
  for (const ch of [undefined, null, 7, {}, ['a'], true, 'x'.repeat(256), 'é'.repeat(128)]) {
    const { error } = await peer.request('__join', { ch });
    assert.equal(error?.code, 'bad-request', `the name ${JSON.stringify(ch)}`);
  }
  for (const data of [null, 'x', [], 7]) {
    const { error } = await peer.request('__join', data);
    assert.equal(error?.code, 'bad-request', `the data ${JSON.stringify(data)}`);
  }
  for (const ch of ['', 'x'.repeat(255), `${'é'.repeat(127)}x`]) assert.equal((await peer.join(ch)).ch, ch);
});

checkEach('7.2 the app moves a session', { app: ['join', 'leave', 'to_channel', 'echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  const channel = t.unique('moved');
  peer.say('join', { channel });
  const joined = await peer.next('__joined');
  assert.equal(joined.data.ch, channel);
  assert.deepEqual(joined.data.history, []);
  assert.ok(joined.seq > 0);
  peer.say('to_channel', { channel, text: 1 });
  await peer.next('to_channel');
  peer.say('leave', { channel });
  const left = await peer.next('__left');
  assert.equal(left.data.ch, channel);
  assert.equal(left.data.error, undefined);
  peer.say('to_channel', { channel, text: 2 });
  await peer.fence();
  assert.equal(peer.of('to_channel').length, 1);
});

checkEach('7.2 __joined comes for join of __hello', { app: ['to_channel'] }, async (t, kind) => {
  const channels = ['a', 'b', 'c'].map((name) => t.unique(name));
  const join = [channels[0], { ch: channels[1], history: 5 }, { ch: channels[2] }];
  const peer = await t.connect(kind, { hello: { join } });
  const joined = await peer.several(3, '__joined');
  assert.deepEqual(joined.map(({ data }) => data.ch), channels);
  for (const { data } of joined) assert.deepEqual(data.history, []);
  peer.say('to_channel', { channel: channels[1] });
  await peer.next({ type: 'to_channel', ch: channels[1] });
});

check('7.2 join of __hello brings history', { app: ['history', 'to_channel', 'echo'] }, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('history');
  await peer.join(channel);
  for (let text = 1; text <= 4; text++) peer.say('to_channel', { channel, text });
  await peer.fence();
  const other = await t.ws({ hello: { join: [{ ch: channel, history: 2 }] } });
  assert.deepEqual(textsOf((await other.next('__joined')).data.history), [3, 4]);
});

checkEach('7.2 __left with an error comes for a refused join of __hello', { app: ['private'] }, async (t, kind) => {
  const fine = t.unique('fine');
  const peer = await t.connect(kind, { hello: { join: ['private', fine] } });
  const { data } = await peer.next('__left');
  assert.equal(data.ch, 'private');
  assert.equal(data.error?.code, 'denied');
  assert.equal(typeof data.error.message, 'string');
  assert.equal((await peer.next('__joined')).data.ch, fine);
});

check('7.2 __left with an error comes for what is too many', async (t) => {
  const name = t.unique('ch');
  const peer = await t.ws({ hello: { join: Array.from({ length: MOST + 2 }, (_, i) => `${name}${i}`) } });
  await peer.several(MOST, '__joined');
  const left = await peer.several(2, '__left');
  assert.deepEqual(left.map(({ data }) => [data.ch, data.error?.code]),
    [[`${name}${MOST}`, 'too-many'], [`${name}${MOST + 1}`, 'too-many']]);
});

check('7.2 a join of __hello that is none does no harm', { app: ['echo'] }, async (t) => {
  for (const join of [null, 7, 'x', {}, [7, null, [], {}, { ch: 7 }, { ch: 'x'.repeat(256) }]]) {
    const peer = await t.ws({ hello: { join } });
    await peer.fence();
    assert.deepEqual(peer.of('__joined'), [], JSON.stringify(join));
  }
});

check('7.2 join is for a session that is new', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.cut();
  const again = await t.resume(peer, { hello: { join: [t.unique('late')] } });
  await again.fence();
  assert.deepEqual(again.of('__joined'), []);
});

checkEach('7.3 nothing from before it joined, nor from after it left', PUSHES, async (t, kind) => {
  const peer = await t.connect(kind);
  const other = await t.ws();
  const channel = t.unique('ch');
  other.say('to_channel', { channel, text: 'before' });
  await other.fence();
  await peer.join(channel);
  other.say('to_channel', { channel, text: 'in' });
  await other.fence();
  await peer.request('__leave', { ch: channel });
  other.say('to_channel', { channel, text: 'after' });
  await other.fence();
  await peer.fence();
  assert.deepEqual(textsOf(inChannel(peer, channel)), ['in']);
});

checkEach('7.3 nor when that is recovered', PUSHES, async (t, kind) => {
  const peer = await t.ws({ pong: 'alive' });
  const other = await t.ws();
  const channel = t.unique('ch');
  const say = async (text) => {
    other.say('to_channel', { channel, text });
    await other.fence();
  };
  await say('before');
  await peer.join(channel);
  await say('in');
  await peer.request('__leave', { ch: channel });
  await say('between');
  await peer.join(channel);
  await say('in again');
  await peer.request('__leave', { ch: channel });
  await say('after');
  const again = await t.resume(peer, { kind, from: peer.welcome });
  assert.equal(again.welcome.recovered, true);
  await say('later');
  await again.fence();
  assert.deepEqual(textsOf(inChannel(again, channel)), ['in', 'in again']);
});

check('7.3 a session that is new is in none of the channels', PUSHES, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('ch');
  await peer.join(channel);
  peer.close(1000);
  await peer.over;
  const again = await t.resume(peer);
  assert.deepEqual(again.welcome.channels, []);
  again.say('to_channel', { channel });
  await again.fence();
  assert.deepEqual(again.of('to_channel'), []);
});

const PRESENT = { app: ['present', 'echo'] };

function idsOf(present) {
  return present.map(({ id }) => id).sort();
}

check('7.4 present has who is there', PRESENT, async (t) => {
  const [one, two] = await Promise.all([t.ws(), t.ws()]);
  const ch = t.unique('present');
  assert.deepEqual(idsOf((await one.join(ch)).present), [one.id]);
  const { present } = await two.join(ch);
  assert.deepEqual(idsOf(present), [one.id, two.id].sort());
  for (const { identity } of present) {
    assert.ok(identity === null || typeof identity === 'string', `identity is ${identity}`);
  }
});

check('7.4 the others hear who comes and goes', PRESENT, async (t) => {
  const [one, two] = await Promise.all([t.ws(), t.ws()]);
  const ch = t.unique('present');
  await one.join(ch);
  await one.fence();
  await two.join(ch);
  const come = await one.next(({ type, data }) => type === '__presence' && data.joined.some(({ id }) => id === two.id));
  assert.equal(come.data.ch, ch);
  assert.ok(come.seq > 0);
  await two.request('__leave', { ch });
  const gone = await one.next(({ type, data }) => type === '__presence' && data.left.includes(two.id));
  assert.equal(gone.data.ch, ch);
  const itself = two.of('__presence').filter(({ data }) => data.joined.some(({ id }) => id === two.id));
  assert.deepEqual(itself, []);
});

check('7.4 changes go together', PRESENT, async (t) => {
  const one = await t.ws();
  const ch = t.unique('present');
  await one.join(ch);
  const others = await Promise.all(Array.from({ length: 10 }, () => t.ws()));
  await one.fence();
  const begun = Date.now();
  await Promise.all(others.map((other) => other.join(ch)));
  if (Date.now() - begun > TOGETHER / 2) t.skip('they did not join fast enough');
  const joined = new Set();
  const all = () => others.every(({ id }) => joined.has(id));
  await one.next(({ type, data }) => {
    if (type === '__presence') data.joined.forEach(({ id }) => joined.add(id));
    return type === '__presence' && all();
  });
  assert.ok(one.of('__presence').length <= 2, `${one.of('__presence').length} messages`);
});

function leavesOf(peer, { id }) {
  return peer.of('__presence').filter(({ data }) => data.left.includes(id));
}

check('7.4 nobody notices a short absence', { ...PRESENT, waits: true }, async (t) => {
  const [one, two, three] = await Promise.all([t.ws(), t.ws(), t.ws()]);
  const ch = t.unique('present');
  for (const peer of [one, two, three]) await peer.join(ch);
  two.cut();
  const again = await t.resume(two);
  three.cut();
  await one.next(({ type, data }) => type === '__presence' && data.left.includes(three.id));
  assert.deepEqual(leavesOf(one, again), []);
});

for (const [what, end] of [['cut off', (peer) => peer.cut()], ['said goodbye', (peer) => peer.close(1000)]]) {
  check(`7.4 who has ${what} is there for 2 s`, { ...PRESENT, waits: true }, async (t) => {
    const [one, two] = await Promise.all([t.ws(), t.ws()]);
    const ch = t.unique('present');
    await one.join(ch);
    await two.join(ch);
    end(two);
    const begun = Date.now();
    await one.next(({ type, data }) => type === '__presence' && data.left.includes(two.id));
    const took = Date.now() - begun;
    assert.ok(took > LINGER - EARLY, `after ${took} ms`);
  });
}
