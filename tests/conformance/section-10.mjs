// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// HTTP: long polling.

import assert from 'node:assert/strict';
import { tick } from '../js/help.mjs';
import { check } from './cases.mjs';

const PATIENCE = 20000;
const POLL = { kinds: ['poll', 'send'] };

// A session whose polls are made one by one.
async function begin(t, data) {
  const { json } = await t.server.post('send', { messages: [{ type: '__hello', data }] });
  const [{ data: welcome }] = json;
  const { id, token } = welcome;
  return {
    id, token, welcome,
    post: (...messages) => t.server.post('send', { id, token, messages }),
    poll: (pos = welcome.pos, options = {}) => t.server.post('poll', { id, token, pos }, options),
  };
}

function dataOf(messages, name) {
  return messages.filter(({ type }) => type === name).map(({ data }) => data);
}

check('10.1 answers at once if there is something to say', { ...POLL, app: ['burst'] }, async (t) => {
  const peer = await begin(t);
  await peer.post({ type: 'burst', data: { n: 3 }, n: 1 });
  const { status, json } = await peer.poll();
  assert.equal(status, 200);
  assert.deepEqual(dataOf(json, 'burst'), [0, 1, 2]);
});

check('10.1 holds a poll until there is something', { ...POLL, app: ['echo'] }, async (t) => {
  const peer = await begin(t);
  const { heartbeat } = peer.welcome;
  const pause = Math.min(300, heartbeat * 300);
  const poll = peer.poll(undefined, { ms: heartbeat * 1000 + 2000 });
  const first = await Promise.race([poll, tick(pause)]);
  assert.equal(first, undefined, 'answered early');
  await peer.post({ type: 'echo', data: 'now' });
  assert.deepEqual(dataOf((await poll).json, 'echo'), ['now']);
});

check('10.1 answers after heartbeat seconds', { ...POLL, waits: true, ms: PATIENCE + 5000 }, async (t) => {
  const peer = await begin(t);
  const { heartbeat } = peer.welcome;
  if (heartbeat * 1000 > PATIENCE) t.skip(`${heartbeat} s are too long to be waited for`);
  const begun = Date.now();
  const { status, json } = await peer.poll(undefined, { ms: heartbeat * 1000 + 2000 });
  const took = Date.now() - begun;
  assert.equal(status, 200);
  assert.ok(Array.isArray(json));
  assert.ok(took > heartbeat * 1000 - 300, `after ${took} ms`);
});

check('10.2 sends again what comes after POS', { ...POLL, app: ['burst', 'echo'] }, async (t) => {
  const peer = await begin(t);
  await peer.post({ type: 'burst', data: { n: 5 }, n: 1 });
  const { json: first } = await peer.poll();
  assert.deepEqual(dataOf(first, 'burst'), [0, 1, 2, 3, 4]);
  const { json: second } = await peer.poll();
  const numbered = (messages) => messages.map(({ type, seq, data }) => [type, seq, data]);
  assert.deepEqual(numbered(second), numbered(first));
  const [, , { pos }] = first.filter(({ type }) => type === 'burst');
  const { json: third } = await peer.poll(pos);
  assert.deepEqual(dataOf(third, 'burst'), [3, 4]);
});

check('10.2 loses no answer that was cut off', { ...POLL, app: ['burst'] }, async (t) => {
  const peer = await begin(t);
  const { id, token, welcome: { pos } } = peer;
  for (let round = 0; round < 5; round++) {
    const { asked } = t.server.request(t.server.endpoint('poll'), { body: JSON.stringify({ id, token, pos }) });
    await peer.post({ type: 'burst', data: { n: 2 }, n: round + 1 });
    asked.destroy();
  }
  assert.deepEqual(dataOf((await peer.poll()).json, 'burst'), Array.from({ length: 5 }, () => [0, 1]).flat());
});

check('10.2 POS counts as a __pong', { ...POLL, app: ['burst', 'echo'] }, async (t) => {
  const peer = await begin(t);
  await peer.post({ type: 'burst', data: { n: 5 }, n: 1 });
  const { json } = await peer.poll();
  const [, second, , fourth] = json.filter(({ type }) => type === 'burst');
  await peer.post({ type: 'echo', data: 'more' });
  await peer.poll(fourth.pos);
  assert.equal((await peer.poll(second.pos)).status, 409);
});

check('10.3 a second poll replaces the first', { ...POLL, app: ['echo'] }, async (t) => {
  const peer = await begin(t);
  const begun = Date.now();
  const first = peer.poll();
  await tick(20);
  const second = peer.poll();
  const { status, json } = await first;
  assert.equal(status, 200);
  assert.deepEqual(json, []);
  assert.ok(Date.now() - begun < Math.min(1000, peer.welcome.heartbeat * 1000) - 100, 'not before its time');
  await peer.post({ type: 'echo', data: 'now' });
  assert.deepEqual(dataOf((await second).json, 'echo'), ['now']);
});

check('10.4 a session that is not known is answered with 404', POLL, async (t) => {
  const { id, token, welcome: { pos } } = await begin(t);
  const other = await begin(t);
  for (const who of [{}, { id }, { token }, { id, token: other.token }, { id: 'f'.repeat(32), token },
    { id, token: '' }, { id: 7, token: 7 }, { id, token: null }]) {
    assert.equal((await t.server.post('poll', { ...who, pos })).status, 404, JSON.stringify(who));
  }
});

check('10.4 a poll that is late takes nothing over', { kinds: ['poll', 'send', 'ws'], app: ['echo'] }, async (t) => {
  const first = await begin(t);
  const { id, token, welcome: { pos } } = first;
  const peer = await t.ws({ hello: { id, token, pos } });
  assert.equal(peer.welcome.resumed, true);
  assert.equal((await first.poll(pos)).status, 409);
  assert.equal((await first.poll(peer.welcome.pos)).status, 409);
  await peer.fence();
});

check('10.4 a session that is over is answered with 404', POLL, async (t) => {
  const peer = await begin(t);
  await peer.post({ type: '__bye' });
  assert.equal((await peer.poll()).status, 404);
});

check('10.4 a POS that was not sent is answered with 409', { ...POLL, app: ['burst'] }, async (t) => {
  const peer = await begin(t);
  await peer.post({ type: 'burst', data: { n: 3 }, n: 1 });
  const known = new Set([peer.welcome.pos, ...(await peer.poll()).json.map(({ pos }) => pos)]);
  for (const pos of ['', 'x', '0', '999999999999', 'x'.repeat(300), 7, null].filter((one) => !known.has(one))) {
    const { id, token } = peer;
    assert.equal((await t.server.post('poll', { id, token, pos })).status, 409, `from ${JSON.stringify(pos)}`);
  }
  const { id, token } = peer;
  const again = await begin(t, { id, token, pos: 'x' });
  assert.deepEqual([again.welcome.resumed, again.welcome.recovered], [true, false], 'the truth');
});

check('10.5 is alive as long as it polls', { ...POLL, app: ['echo'], waits: true, ms: 30000 }, async (t) => {
  const peer = await t.connect('poll', { pong: 'none' });
  const { heartbeat, timeout, window } = peer.welcome;
  const wait = (heartbeat + timeout + window) * 1000 + 2000;
  if (wait > PATIENCE) t.skip(`${wait} ms are too long to be waited for`);
  await tick(wait);
  await peer.fence();
});

check('10.5 is detached when it polls no more', { ...POLL, waits: true, ms: 30000 }, async (t) => {
  const [one, two] = await Promise.all([begin(t), begin(t)]);
  const { heartbeat, timeout, window } = one.welcome;
  const wait = (heartbeat + timeout + window) * 1000;
  if (wait > PATIENCE) t.skip(`${wait} ms are too long to be waited for`);
  await Promise.all([one, two].map((peer) => peer.poll(undefined, { ms: heartbeat * 1000 + 2000 })));
  await t.sleep(wait - 1000);
  assert.equal((await one.post()).status, 200, 'before its time');
  await tick(3000);
  assert.equal((await two.post()).status, 404, `after ${heartbeat} s, ${timeout} s and the window of ${window} s`);
});
