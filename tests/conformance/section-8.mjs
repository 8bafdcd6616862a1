// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// HTTP: send.

import assert from 'node:assert/strict';
import { tick } from '../js/help.mjs';
import { check, checkEach } from './cases.mjs';

const UNATTENDED = 10000;
const PATIENCE = 15000;
const KINDS = ['send'];

// A session that has nothing but what it posts.
async function begin(t, data, headers) {
  const messages = [{ type: '__hello', data }];
  const { status, json } = await t.server.post('send', { messages }, { headers });
  assert.equal(status, 200);
  assert.deepEqual(json.map(({ type }) => type), ['__welcome']);
  const [{ data: welcome }] = json;
  const { id, token } = welcome;
  return { id, token, welcome, post: (list) => t.server.post('send', { id, token, messages: list }) };
}

check('8.1 the type of a post is not looked at', { kinds: KINDS }, async (t) => {
  for (const type of ['text/plain;charset=UTF-8', 'application/json', 'application/x-www-form-urlencoded', 'x/y',
    undefined]) {
    const { welcome } = await begin(t, {}, type === undefined ? {} : { 'Content-Type': type });
    assert.match(welcome.id, /^[0-9a-f]{32}$/);
  }
});

check('8.2 the answer to __hello is __welcome with a ticket', { kinds: KINDS }, async (t) => {
  const { welcome } = await begin(t);
  assert.equal(typeof welcome.ticket, 'string');
  assert.ok(welcome.ticket.length >= 16, `the ticket ${welcome.ticket} could be guessed`);
  assert.ok(!welcome.ticket.includes(welcome.token) && !welcome.token.includes(welcome.ticket));
});

check('8.2 a post resumes', { kinds: KINDS }, async (t) => {
  const { id, token, welcome: { pos, ticket }, post } = await begin(t);
  await post([{ type: 'nobody-handles-this', n: 1 }]);
  const { welcome } = await begin(t, { id, token, pos });
  assert.deepEqual([welcome.resumed, welcome.recovered, welcome.ackn, welcome.id], [true, true, 1, id]);
  assert.notEqual(welcome.ticket, ticket);
});

check('8.3 the answer to other posts is one __ackn', { kinds: KINDS }, async (t) => {
  const { post } = await begin(t);
  const nobody = (n) => ({ type: 'nobody-handles-this', n });
  for (const [messages, ackn] of [[[], 0], [[nobody(1)], 1], [[nobody(1)], 1], [[nobody(3)], 1],
    [[nobody(2), nobody(3)], 3], [[{ type: 'nobody-handles-this' }], 3],
    [Array.from({ length: 100 }, (_, i) => nobody(4 + i)), 103]]) {
    const { status, json } = await post(messages);
    assert.equal(status, 200);
    assert.deepEqual(json.map(({ type, data }) => [type, data.n]), [['__ackn', ackn]]);
  }
});

check('8.3 the last message of an answer is __ackn', { kinds: KINDS }, async (t) => {
  const { post } = await begin(t);
  const { status, json } = await post([{ type: 'x', data: 'a\u0000', n: 1 }, { type: 'nobody-handles-this', n: 2 }]);
  assert.equal(status, 200);
  const { type, data } = json.at(-1);
  assert.deepEqual([type, data.n], ['__ackn', 2]);
  for (const message of json.slice(0, -1)) assert.deepEqual([message.type, message.data.n], ['__refused', 1]);
});

checkEach('8.3 a session that is not known is answered with 404', { kinds: ['ws', 'sse', 'poll'] }, async (t, kind) => {
  const { id, token } = await t.connect(kind);
  const other = await t.connect(kind);
  const messages = [{ type: 'nobody-handles-this', n: 1 }];
  for (const who of [{}, { id }, { token }, { id, token: other.token }, { id, token: '' },
    { id: 'f'.repeat(32), token }, { id, token: null }, { id: 7, token }, { id, token: `${token}A` },
    { id, token: token.toUpperCase() }]) {
    assert.equal((await t.server.post('send', { ...who, messages })).status, 404, JSON.stringify(who));
  }
});

check('8.3 a post that is broken is refused, and nothing else happens', { kinds: KINDS }, async (t) => {
  const { id, token, post } = await begin(t);
  for (const body of ['', 'x', '{', '[]', '7', 'null', '{}', JSON.stringify({ id, token }),
    JSON.stringify({ id, token, messages: 7 }), JSON.stringify({ id, token, messages: [] }).slice(0, -1)]) {
    const { status } = await t.server.post('send', body);
    assert.ok(status >= 400 && status < 500, `${body} is answered with ${status}`);
  }
  assert.equal((await post([])).status, 200);
});

check('8.3 a token in the URL counts for nothing', { kinds: KINDS }, async (t) => {
  const { id, token } = await begin(t);
  const url = t.server.endpoint('send');
  url.search = new URLSearchParams({ id, token });
  const { status } = await t.server.ask(url, { body: { messages: [{ type: 'nobody-handles-this' }] } });
  assert.equal(status, 404);
});

check('8.4 posts are handled in their order', { kinds: ['sse'], app: ['echo'] }, async (t) => {
  const peer = await t.connect('sse');
  for (let n = 1; n <= 20; n++) {
    const { id, token } = peer;
    const { json } = await t.server.post('send', { id, token, messages: [{ type: 'echo', data: n, n }] });
    assert.equal(json[0].data.n, n);
  }
  await peer.fence();
  assert.deepEqual(peer.of('echo').slice(0, 20).map(({ data }) => data), Array.from({ length: 20 }, (_, i) => i + 1));
});

const WAITS = { kinds: KINDS, waits: true, ms: 38000 };

check('8.5 without a stream or a poll it is detached after 10 s', WAITS, async (t) => {
  const [one, two] = [await begin(t), await begin(t)];
  const { window } = one.welcome;
  if (window * 1000 > PATIENCE) t.skip(`the window of ${window} s is too long to be waited for`);
  await t.sleep(UNATTENDED - 1000);
  assert.equal((await one.post([])).status, 200, 'before 10 s');
  await tick(1000 + window * 1000 + 3000);
  assert.equal((await two.post([])).status, 404, `after 10 s and the window of ${window} s`);
});
