// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Sessions.

import assert from 'node:assert/strict';
import { check, checkEach } from './cases.mjs';
import { tick } from '../js/help.mjs';
import { StreamPeer } from './peer.mjs';

const HELLO_TIME = 10000;
const PATIENCE = 20000;  // the longest that heartbeats are waited for

check('3.1 ends a WebSocket without __hello with 4003 after 10 s', { waits: true }, async (t) => {
  const peer = await t.open();
  const begun = Date.now();
  const { code } = await peer.over;
  const took = Date.now() - begun;
  assert.equal(code, 4003);
  assert.equal(peer.disconnect?.code, 4003);
  assert.ok(took > HELLO_TIME - 1000 && took < HELLO_TIME + 5000, `after ${took} ms`);
});

check('3.1 other frames are no __hello', { waits: true }, async (t) => {
  const peer = await t.open();
  const timer = setInterval(() => peer.keepAlive(), 500);
  const { code } = await peer.over.finally(() => clearInterval(timer));
  assert.equal(code, 4003);
});

for (const [what, text] of Object.entries({
  'an event': '{"type":"echo","data":1}',
  'a __pong': '{"type":"__pong","data":{"pos":""}}',
  'an array that begins with another': '[{"type":"echo","data":1},{"type":"__hello"}]',
  'a numbered one': '{"type":"echo","data":1,"n":1}',
})) {
  check(`3.1 ends a WebSocket whose first message is ${what} with 4400`, async (t) => {
    const peer = await t.open();
    peer.sendText(text);
    assert.equal((await peer.over).code, 4400);
    assert.equal(peer.disconnect?.code, 4400);
    assert.deepEqual(peer.all.map(({ type }) => type), ['__disconnect']);
  });
}

check('3.1 drops a second __hello, and counts it', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.say('__hello', { id: 'x', token: 'y', join: ['z'] });
  await peer.next(({ type, data }) => type === '__ackn' && data.n === 1);
  await peer.fence();
  assert.equal(peer.of('__welcome').length, 1);
  assert.equal(peer.of('__joined').length, 0);
});

checkEach('4.3 a resume without pos is not recovered', { app: ['echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.cut();
  const { id, token } = peer.welcome;
  const again = await t.connect(kind, { hello: { id, token } });
  assert.deepEqual([again.welcome.resumed, again.welcome.recovered], [true, false]);
});

checkEach('3.1 all members of __hello are optional', {}, async (t, kind) => {
  for (const hello of [undefined, {}, null, { auth: [1] }, { client: 'conformance' }, { join: [] }]) {
    const peer = await t.connect(kind, { hello });
    assert.equal(peer.welcome.resumed, false);
    peer.leave();
  }
});

check('3.2 nothing comes before __welcome', { app: ['broadcast'] }, async (t) => {
  const other = await t.ws();
  const peer = await t.open();
  other.say('broadcast', 'before');
  await other.next({ type: 'broadcast', data: 'before' });
  await peer.hello({ join: [t.unique('first')] });
  assert.equal(peer.all[0].type, '__welcome');
});

function checkWelcome({ id, token, pos, resumed, recovered, ackn, window, heartbeat, timeout, max, channels }) {
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(typeof pos, 'string');
  assert.ok(Buffer.byteLength(pos) <= 256);
  assert.equal(typeof resumed, 'boolean');
  assert.equal(typeof recovered, 'boolean');
  assert.ok(Number.isInteger(ackn) && ackn >= 0, `ackn is ${ackn}`);
  assert.ok(typeof window === 'number' && window >= 0, `window is ${window}`);
  for (const seconds of [heartbeat, timeout]) assert.ok(typeof seconds === 'number' && seconds > 0, `${seconds} s`);
  assert.ok(Number.isInteger(max) && max > 0, `max is ${max}`);
  assert.ok(Array.isArray(channels) && channels.every((ch) => typeof ch === 'string'), `channels is ${channels}`);
}

checkEach('3.3 __welcome has all its members', {}, async (t, kind) => {
  const { welcome } = await t.connect(kind);
  checkWelcome(welcome);
  const { resumed, recovered, ackn, channels } = welcome;
  assert.deepEqual({ resumed, recovered, ackn, channels }, { resumed: false, recovered: false, ackn: 0, channels: [] });
});

checkEach('3.3 __welcome of a resumed session has all its members', {}, async (t, kind) => {
  const first = await t.connect(kind);
  const channels = [t.unique('a'), t.unique('b')];
  for (const ch of channels) await first.join(ch);
  first.cut();
  const { welcome } = await t.resume(first);
  checkWelcome(welcome);
  const { id, token, resumed, recovered, ackn } = welcome;
  assert.deepEqual({ id, token, resumed, recovered, ackn },
    { id: first.id, token: first.token, resumed: true, recovered: true, ackn: 2 });
  assert.deepEqual([...welcome.channels].sort(), channels);
});

check('3.3 channels has what was joined by __hello', async (t) => {
  const channel = t.unique('join');
  const peer = await t.ws({ hello: { join: [channel] } });
  await peer.next('__joined');
  peer.cut();
  assert.deepEqual((await t.resume(peer)).welcome.channels, [channel]);
});

check('3.3 ids and tokens differ', async (t) => {
  const peers = await Promise.all(Array.from({ length: 8 }, () => t.ws()));
  const secrets = peers.flatMap(({ id, token }) => [id, token]);
  assert.equal(new Set(secrets).size, 16);
  for (const { token } of peers) assert.equal(Buffer.from(token, 'base64url').length, 32);
});

function change(token) {
  return (token[0] === 'A' ? 'B' : 'A') + token.slice(1);
}

checkEach('3.4 resumes no session without its token', { app: ['echo'] }, async (t, kind) => {
  const owner = await t.ws();
  const { id, token, pos } = owner.session;
  const thief = await t.connect(kind);
  for (const wrong of [undefined, null, '', 7, id, change(token), token.slice(1), `${token}A`, token.toLowerCase(),
    thief.token]) {
    const peer = await t.connect(kind, { hello: { id, token: wrong, pos } });
    assert.equal(peer.welcome.resumed, false, `with ${wrong}`);
    assert.notEqual(peer.id, id);
    peer.leave();
  }
  await owner.fence();
});

check('3.4 resumes no session by a token alone', async (t) => {
  const { id, token, session: { pos } } = await t.ws();
  for (const wrong of [undefined, null, 7, '', id.toUpperCase(), 'f'.repeat(32)]) {
    const peer = await t.ws({ hello: { id: wrong, token, pos } });
    assert.equal(peer.welcome.resumed, false, `with ${wrong}`);
  }
});

check('3.4 shows a token to nobody else', { app: ['message', 'to_channel', 'broadcast'] }, async (t) => {
  const channel = t.unique('ch');
  const one = await t.ws();
  const other = await t.ws();
  await one.join(channel);
  await other.join(channel, 10);
  one.say('message', { to: other.id });
  one.say('to_channel', { channel });
  one.say('broadcast', channel);
  await other.next('message');
  await other.next({ type: 'broadcast', data: channel });
  one.cut();
  const again = await t.resume(one);
  again.say('to_channel', { channel });
  await other.several(2, 'to_channel');
  assert.ok(!other.texts.some((text) => text.includes(one.token)));
  assert.ok(!again.texts.slice(1).some((text) => text.includes(one.token)), 'after the __welcome');
});

check('3.4 writes no token to its log', { own: true, app: ['echo'], kinds: ['ws', 'sse', 'poll'] }, async (t) => {
  const { url, log, stop } = await t.own.another({ G_MESSAGES_DEBUG: 'all' });
  try {
    const server = await t.own.find(url);
    const tokens = [];
    for (const kind of ['ws', 'sse', 'poll']) {
      const peer = await t.connect(kind, { server });
      tokens.push(peer.token);
      peer.sendText?.(`{"token":"${peer.token}"`);
      peer.cut();
      const again = await t.resume(peer);
      await again.fence();
      await t.ws({ server, hello: { id: peer.id, token: `${peer.token}x` } });
      await server.post('send', { id: 'x', token: peer.token, messages: [] });
    }
    await stop();
    for (const token of tokens) assert.ok(!log().includes(token), log());
  } finally {
    await stop();
  }
});

// What ends a connection, and whether the session is there afterwards.
const ENDS = [
  ['a cut', true, (peer) => peer.cut()],
  ['a close frame without a code', true, (peer) => peer.close()],
  ...[1002, 1011, 3000, 4000, 4999].map((code) => [`close with ${code}`, true, (peer) => peer.close(code)]),
  ['a frame that RFC 6455 forbids', true, (peer) => peer.socket.send('x', { reserved: 4 })],
  ['a message above max', true, (peer) => peer.sendText(`"${'x'.repeat(peer.welcome.max)}"`)],
  ['close with 1000', false, (peer) => peer.close(1000)],
  ['close with 1001', false, (peer) => peer.close(1001)],
  ['__bye', false, (peer) => peer.send({ type: '__bye' })],
];
for (const [what, stays, end] of ENDS) {
  check(`3.5 ${what} ${stays ? 'only detaches' : 'ends'} the session`, { app: ['echo'] }, async (t) => {
    const peer = await t.ws();
    const { id } = peer;
    end(peer);
    if (what !== '__bye') await peer.over;
    const again = await t.resume(peer);
    assert.equal(again.welcome.resumed, stays);
    assert.equal(again.id === id, stays);
    if (stays) assert.equal(again.welcome.recovered, true);
    await again.fence();
  });
}

checkEach('3.5 __bye ends the session', { app: ['echo'], kinds: ['sse', 'poll'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  const { id, token } = peer;
  await t.server.post('send', { id, token, messages: [{ type: '__bye' }] });
  const { status } = await t.server.post('send', { id, token, messages: [] });
  assert.equal(status, 404);
  await peer.over;
});

checkEach('3.5 a cut only detaches the session', { app: ['echo'], kinds: ['sse', 'poll'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.cut();
  const again = await t.resume(peer);
  assert.deepEqual([again.welcome.resumed, again.welcome.recovered], [true, true]);
  await again.fence();
});

check('3.5 without a connection it ends after the window', { waits: true, ms: PATIENCE + 5000 }, async (t) => {
  const [short, long] = await Promise.all([t.ws(), t.ws()]);
  const { window } = short.welcome;
  if (window * 1000 > PATIENCE) t.skip(`the window of ${window} s is too long to be waited for`);
  short.cut();
  long.cut();
  await tick(window * 500);
  assert.equal((await t.resume(short)).welcome.resumed, true, 'after half the window');
  await tick(window * 500 + 3000);
  assert.equal((await t.resume(long)).welcome.resumed, false, 'after the window');
});

for (const from of ['ws', 'sse', 'poll']) {
  for (const to of ['ws', 'sse', 'poll']) {
    check(`3.5 a new connection (${to}) takes over from the one there is (${from})`,
      { app: ['echo', 'message'], kinds: [from, to] }, async (t) => {
        const first = await t.connect(from);
        await first.fence();
        await t.server.ask('/rocketio/settings'); // the next poll is held by now
        const second = await t.resume(first, { kind: to });
        assert.equal(second.welcome.resumed, true);
        assert.equal(second.id, first.id);
        assert.equal((await first.over).code, 4501);
        assert.equal(first.disconnect?.code, 4501);
        const other = await t.ws();
        other.say('message', { to: second.id, text: 'new' });
        await second.next('message');
        await second.fence();
        assert.equal(first.of('message').length, 0);
      });
  }
}

// How a `__hello` of the session of `peer` is received that says it is this attempt.
async function tryAgain(t, kind, peer, attempt) {
  const { id, token, session: { pos } } = peer;
  const hello = { id, token, pos, attempt };
  if (kind === 'ws') {
    const again = await t.open();
    again.send({ type: '__hello', data: hello });
    const { type } = await again.next(() => true);
    if (type === '__disconnect') assert.equal((await again.over).code, 4501);
    return again.all[0];
  }
  const { status, json } = await t.server.post('send', { messages: [{ type: '__hello', data: hello }] });
  assert.equal(status, 200);
  return json[0];
}

checkEach('3.5 a __hello that is late takes nothing over', { app: ['echo'], kinds: ['ws', 'send'] }, async (t, kind) => {
  const peer = await t.ws({ hello: { attempt: 1000 } });
  for (const attempt of [1000, 999, 1]) {
    const { type, data } = await tryAgain(t, kind, peer, attempt);
    assert.equal(type, '__disconnect', `attempt ${attempt}`);
    assert.equal(data.code, 4501);
  }
  await peer.fence();
  const { type, data } = await tryAgain(t, kind, peer, 1001);
  assert.deepEqual([type, data.resumed], ['__welcome', true]);
  assert.equal((await peer.over).code, 4501);
});

check('3.5 a __hello that is posted again is answered again', { kinds: ['sse', 'send'] }, async (t) => {
  const peer = await t.connect('sse', { hello: { attempt: 1000 } });
  const tries = [[1001, '__welcome'], [1001, '__welcome'], [1000, '__disconnect'], [1001, '__welcome']];
  let ticket;
  for (const [attempt, expected] of tries) {
    const { type, data } = await tryAgain(t, 'send', peer, attempt);
    assert.equal(type, expected, `attempt ${attempt}`);
    if (type !== '__welcome') continue;
    assert.deepEqual([data.id, data.resumed, data.recovered], [peer.id, true, true]);
    ticket = data.ticket;
  }
  // Now its answer has arrived, and whatever comes is late.
  const stream = new StreamPeer(t.server);
  t.peers.push(stream);
  await stream.open(ticket);
  const { type, data } = await tryAgain(t, 'send', peer, 1001);
  assert.deepEqual([type, data.code], ['__disconnect', 4501]);
});

// A peer on a server whose heartbeats can be waited for.
async function patient(t, kind, options) {
  const peer = await t.connect(kind, options);
  const { heartbeat, timeout } = peer.welcome;
  const dead = (heartbeat + timeout) * 1000;
  if (dead > PATIENCE) t.skip(`heartbeats of ${heartbeat} s and ${timeout} s are too long to be waited for`);
  return { peer, heartbeat: heartbeat * 1000, dead };
}

const WAITS = { waits: true, ms: PATIENCE + 10000 };

const STREAMS = { ...WAITS, kinds: ['ws', 'sse'] };

checkEach('3.6 sends __heartbeat after heartbeat seconds of silence', STREAMS, async (t, kind) => {
  const { peer, heartbeat } = await patient(t, kind);
  if (kind === 'sse') await peer.next(() => true);
  const begun = Date.now();
  const { data } = await peer.next('__heartbeat', { ms: heartbeat + 1000 });
  assert.ok(Date.now() - begun > heartbeat - 500, 'too early');
  assert.equal(typeof data.pos, 'string');
  await peer.next('__heartbeat', { ms: heartbeat + 1000 });
});

checkEach('3.6 sends __heartbeat after heartbeat seconds in which it sent nothing', STREAMS, async (t, kind) => {
  const { peer, heartbeat } = await patient(t, kind, { pong: 'none' });
  const end = Date.now() + 2 * heartbeat + 1500;
  while (Date.now() < end && peer.of('__heartbeat').length < 2) {
    peer.send({ type: 'nobody-handles-this' });
    await tick(heartbeat / 8);
  }
  assert.ok(peer.of('__heartbeat').length >= 2);
});

checkEach('3.6 takes a silent peer for dead', STREAMS, async (t, kind) => {
  const { peer, dead } = await patient(t, kind, { pong: 'none' });
  const begun = Date.now();
  const { code } = await peer.over;
  const took = Date.now() - begun;
  assert.equal(code, 4002);
  assert.equal(peer.disconnect?.code, 4002);
  assert.ok(took > dead - 500 && took < dead + 5000, `after ${took} ms`);
  assert.equal((await t.resume(peer)).welcome.resumed, true);
});

// What keeps a WebSocket alive, sent four times in `heartbeat` seconds.
const SIGNS = {
  'pongs of WebSocket': (peer) => peer.keepAlive(),
  'pings of WebSocket': (peer) => peer.socket.send('', { opcode: 9 }),
  events: (peer) => peer.send({ type: 'nobody-handles-this' }),
  'what is dropped': (peer) => peer.sendText('{}'),
};
for (const [what, sign] of Object.entries(SIGNS)) {
  check(`3.6 ${what} count`, { ...WAITS, app: ['echo'] }, async (t) => {
    const { peer, heartbeat, dead } = await patient(t, 'ws', { pong: 'none' });
    const end = Date.now() + dead + 1000;
    while (Date.now() < end) {
      sign(peer);
      await tick(heartbeat / 4);
    }
    await peer.fence();
  });
}

check('3.6 posts count', { ...WAITS, kinds: ['sse'] }, async (t) => {
  const { peer, heartbeat, dead } = await patient(t, 'sse', { pong: 'none' });
  const end = Date.now() + dead + 1000;
  while (Date.now() < end) {
    peer.send({ type: 'nobody-handles-this' });
    await tick(heartbeat / 4);
  }
  await peer.fence();
});
