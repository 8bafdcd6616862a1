// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Channels.

import assert from 'node:assert/strict';
import { until } from '../js/help.mjs';
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
  const say = await t.speaker(channel);
  await peer.join(channel);
  const answer = await peer.request('__leave', { ch: channel });
  assert.equal(answer.error, undefined);
  assert.equal(answer.data ?? null, null);
  await say(1);
  await peer.fence();
  assert.deepEqual(peer.of('to_channel'), []);
});

check('7.1 both may be no requests', PUSHES, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('ch');
  const say = await t.speaker(channel);
  peer.send({ type: '__join', data: { ch: channel } });
  await peer.fence();
  await say(1);
  peer.send({ type: '__leave', data: { ch: channel } });
  await peer.fence();
  await say(2);
  await peer.fence();
  assert.deepEqual(textsOf(peer.of('to_channel')), [1]);
  assert.equal(peer.of('__ack').length, 0);
});

check('7.1 joins channels besides those that the session is in', PUSHES, async (t) => {
  const peer = await t.ws();
  const channels = ['a', 'b', 'c'].map((name) => t.unique(name));
  for (const ch of channels) await peer.join(ch);
  const says = await Promise.all(channels.map((ch) => t.speaker(ch)));
  for (const say of says) await say(1);
  assert.deepEqual((await peer.several(3, 'to_channel')).map(({ ch }) => ch), channels);
  await peer.request('__leave', { ch: channels[1] });
  for (const say of says) await say(2);
  await peer.fence();
  assert.deepEqual(peer.of('to_channel').slice(3).map(({ ch }) => ch), [channels[0], channels[2]]);
});

check('7.1 to join and to leave again is no error', PUSHES, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('ch');
  await peer.join(channel);
  assert.equal((await peer.join(channel)).ch, channel);
  peer.say('to_channel', { text: 1 });
  await peer.fence();
  assert.equal(peer.of('to_channel').length, 1);
  await peer.request('__leave', { ch: channel });
  await peer.request('__leave', { ch: channel });
  await peer.fence();
});

const HISTORY = { app: ['history', 'to_channel'], ms: 20000 };

function checkHistory(name, run) {
  check(name, HISTORY, (t) => t.alone('history', () => run(t)));
}

checkHistory('7.1 history is empty unless it is asked for', async (t) => {
  const say = await t.speaker('history');
  await say(1);
  const peer = await t.ws();
  assert.deepEqual((await peer.join('history')).history, []);
  const other = await t.ws();
  assert.deepEqual((await other.join('history', 0)).history, []);
});

checkHistory('7.1 history has the last messages, the oldest first', async (t) => {
  const say = await t.speaker('history');
  for (let text = 1; text <= 5; text++) await say(text);
  const peer = await t.ws();
  assert.deepEqual(textsOf((await peer.join('history', 3)).history), [3, 4, 5]);
  const other = await t.ws();
  const { history: all } = await other.join('history', 1000);
  assert.deepEqual(textsOf(all.slice(-5)), [1, 2, 3, 4, 5]);
  for (const { type } of all) assert.equal(type, 'to_channel');
  await say(6);
  await other.next('to_channel');
  assert.deepEqual(textsOf(other.of('to_channel')), [6], 'the history comes but once');
});

checkHistory('7.1 history goes on when everybody has left', async (t) => {
  const peer = await t.ws();
  await peer.join('history');
  peer.say('to_channel', { text: 'left behind' });
  await peer.next('to_channel');
  await peer.request('__leave', { ch: 'history' });
  assert.deepEqual(textsOf((await peer.join('history', 1)).history), ['left behind']);
});

checkHistory('7.2 join of __hello brings history', async (t) => {
  const say = await t.speaker('history');
  for (let text = 1; text <= 4; text++) await say(text);
  const peer = await t.ws({ hello: { join: [{ ch: 'history', history: 2 }] } });
  assert.deepEqual(textsOf((await peer.next('__joined')).data.history), [3, 4]);
});

checkHistory('7.3 history does not come again when that is recovered', async (t) => {
  const peer = await t.ws({ pong: 'alive' });
  const say = await t.speaker('history');
  for (let text = 1; text <= 3; text++) await say(text);
  await peer.join('history', 2);
  await say(4);
  const again = await t.resume(peer, { from: peer.welcome });
  assert.equal(again.welcome.recovered, true);
  assert.deepEqual(textsOf((await again.next('__ack')).data.data.history), [2, 3]);
  await say(5);
  assert.deepEqual(textsOf(await again.several(2, 'to_channel')), [4, 5]);
});

check('7.1 a COUNT that is none is no reason to go down', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  const ch = t.unique('ch');
  for (const history of [-1, 1.5, 'x', null, {}, 1e300, 2 ** 53]) await peer.request('__join', { ch, history });
  await peer.fence();
});

const PRIVATE = { app: ['private'] };

checkEach('7.1 denied where the app does not let it in', PRIVATE, async (t, kind) => {
  const peer = await t.connect(kind);
  const { data, error } = await peer.request('__join', { ch: 'private' });
  assert.equal(data, undefined);
  assert.equal(error.code, 'denied');
  assert.equal(typeof error.message, 'string');
  peer.cut();
  assert.deepEqual((await t.resume(peer)).welcome.channels, []);
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
  const say = await t.speaker(channel);
  peer.say('join', { channel });
  const joined = await peer.next('__joined');
  assert.equal(joined.data.ch, channel);
  assert.deepEqual(joined.data.history, []);
  assert.ok(joined.seq > 0);
  await say(1);
  await peer.next('to_channel');
  peer.say('leave', { channel });
  const left = await peer.next('__left');
  assert.equal(left.data.ch, channel);
  assert.equal(left.data.error, undefined);
  await say(2);
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
  const say = await t.speaker(channels[1]);
  await say(1);
  await peer.next({ type: 'to_channel', ch: channels[1] });
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
  const channel = t.unique('ch');
  const say = await t.speaker(channel);
  await say('before');
  await peer.join(channel);
  await say('in');
  await peer.request('__leave', { ch: channel });
  await say('after');
  await peer.fence();
  assert.deepEqual(textsOf(inChannel(peer, channel)), ['in']);
});

checkEach('7.3 nor when that is recovered', PUSHES, async (t, kind) => {
  const peer = await t.ws({ pong: 'alive' });
  const channel = t.unique('ch');
  const say = await t.speaker(channel);
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
  const say = await t.speaker(channel);
  await say(1);
  await again.fence();
  assert.deepEqual(again.of('to_channel'), []);
});

const PRESENT = { app: ['presence', 'echo'] };
const CHANNEL = { ch: 'presence' };

function comesOf(peer, id) {
  return peer.of('__presence').filter(({ data }) => data.joined.some((one) => one.id === id));
}

function leavesOf(peer, id) {
  return peer.of('__presence').filter(({ data }) => data.left.includes(id));
}

// Waits until the peer has heard that the other has come, or gone.
function hearsOf(peer, { id }, list = comesOf) {
  return until(() => list(peer, id)[0], `__presence of ${id}`, 5000);
}

// In the channel, and seen there by the first.
async function gather(t, count) {
  const peers = await Promise.all(Array.from({ length: count }, () => t.ws()));
  for (const peer of peers) await peer.join(CHANNEL.ch);
  for (const peer of peers.slice(1)) await hearsOf(peers[0], peer);
  return peers;
}

check('7.4 present has who is there', PRESENT, async (t) => {
  const [one, two] = await gather(t, 2);
  const three = await t.ws();
  const { present } = await three.join(CHANNEL.ch);
  for (const { id } of [one, two]) assert.equal(present.filter((person) => person.id === id).length, 1);
  for (const { id, identity } of present) {
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.ok(identity === null || typeof identity === 'string', `identity is ${identity}`);
  }
});

// Who is missing in `present`, because nobody was told of it yet, comes in `__presence`.
check('7.4 present and __presence together miss nobody', PRESENT, async (t) => {
  const peers = await Promise.all(Array.from({ length: 5 }, () => t.ws()));
  await Promise.all(peers.map(async (peer) => {
    const { present } = await peer.join(CHANNEL.ch);
    for (const other of peers.filter((one) => one !== peer)) {
      if (!present.some(({ id }) => id === other.id)) await hearsOf(peer, other);
    }
  }));
});

check('7.4 channels do not tell of themselves who is there', async (t) => {
  const peer = await t.ws();
  assert.equal((await peer.join(t.unique('ch'))).present, undefined);
});

check('7.4 the others hear who comes and goes', PRESENT, async (t) => {
  const [one, two] = await Promise.all([t.ws(), t.ws()]);
  await one.join(CHANNEL.ch);
  await two.join(CHANNEL.ch);
  const come = await hearsOf(one, two);
  assert.equal(come.data.ch, CHANNEL.ch);
  assert.ok(come.seq > 0);
  await two.request('__leave', CHANNEL);
  const gone = await hearsOf(one, two, leavesOf);
  assert.equal(gone.data.ch, CHANNEL.ch);
  assert.deepEqual([comesOf(one, two.id).length, leavesOf(one, two.id).length], [1, 1]);
});

check('7.4 changes go together', PRESENT, async (t) => {
  const one = await t.ws();
  await one.join(CHANNEL.ch);
  const others = await Promise.all(Array.from({ length: 10 }, () => t.ws()));
  const begun = Date.now();
  await Promise.all(others.map((other) => other.join(CHANNEL.ch)));
  if (Date.now() - begun > TOGETHER / 2) t.skip('they did not join fast enough');
  await until(() => others.every(({ id }) => comesOf(one, id).length > 0), 'presence of all of them');
  const messages = new Set(others.flatMap(({ id }) => comesOf(one, id)));
  assert.ok(messages.size <= 2, `${messages.size} messages`);
});

check('7.4 nobody notices a short absence', { ...PRESENT, waits: true }, async (t) => {
  const [one, two, three] = await gather(t, 3);
  two.cut();
  const again = await t.resume(two);
  three.cut();
  await hearsOf(one, three, leavesOf);
  assert.deepEqual(leavesOf(one, again.id), []);
  assert.equal(comesOf(one, again.id).length, 1);
});

for (const [what, end] of [['cut off', (peer) => peer.cut()], ['said goodbye', (peer) => peer.close(1000)]]) {
  check(`7.4 who has ${what} is there for 2 s`, { ...PRESENT, waits: true }, async (t) => {
    const [one, two] = await gather(t, 2);
    end(two);
    const begun = Date.now();
    await hearsOf(one, two, leavesOf);
    const took = Date.now() - begun;
    assert.ok(took > LINGER - EARLY, `after ${took} ms`);
  });
}
