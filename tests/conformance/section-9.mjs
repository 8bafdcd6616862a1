// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// HTTP: server-sent events.

import assert from 'node:assert/strict';
import { tick } from '../js/help.mjs';
import { check } from './cases.mjs';
import { StreamPeer } from './peer.mjs';

const TICKET_TIME = 30000;
const SSE = { kinds: ['sse', 'send'] };

async function statusOf(server, ticket) {
  const url = server.endpoint('sse');
  if (ticket !== undefined) url.searchParams.set('ticket', ticket);
  const { asked, answer } = server.request(url);
  const { statusCode } = await answer;
  asked.destroy();
  return statusCode;
}

async function post(server, data) {
  const { json } = await server.post('send', { messages: [{ type: '__hello', data }] });
  return json[0].data;
}

check('9.1 a stream is text/event-stream, and not kept by caches', SSE, async (t) => {
  const { response: { headers } } = await t.connect('sse');
  assert.match(headers['content-type'], /^text\/event-stream\b/);
  assert.match(headers['cache-control'] ?? '', /no-(cache|store)/);
});

check('9.1 the id of an event is the last pos in it', { ...SSE, app: ['burst', 'echo'] }, async (t) => {
  const peer = await t.connect('sse');
  peer.say('burst', { n: 30 });
  await peer.fence();
  for (const { id, event, data } of peer.events) {
    assert.equal(event, undefined);
    assert.equal(id, [JSON.parse(data)].flat().findLast(({ seq }) => seq !== undefined)?.pos, data);
  }
});

check('9.1 refuses a ticket that is not good with 403', SSE, async (t) => {
  const { ticket, id, token } = await post(t.server);
  for (const bad of [undefined, '', 'x', `${ticket}x`, ticket.slice(1), id, token]) {
    assert.equal(await statusOf(t.server, bad), 403, `the ticket ${bad}`);
  }
  assert.equal(await statusOf(t.server, ticket), 200);
});

check('9.1 refuses a ticket the second time', { ...SSE, app: ['echo'] }, async (t) => {
  const peer = await t.connect('sse');
  assert.equal(await statusOf(t.server, peer.welcome.ticket), 403);
  await peer.fence();
});

check('9.1 refuses the ticket of a session that is over', SSE, async (t) => {
  const { ticket, id, token } = await post(t.server);
  await t.server.post('send', { id, token, messages: [{ type: '__bye' }] });
  assert.equal(await statusOf(t.server, ticket), 403);
});

check('9.1 refuses a ticket after 30 s', { kinds: ['sse', 'poll', 'send'], waits: true, ms: 38000 }, async (t) => {
  const peer = await t.connect('poll');
  await tick(TICKET_TIME + 500);
  await peer.request('alive');
  assert.equal(await statusOf(t.server, peer.welcome.ticket), 403);
});

check('9.2 begins with an event at once', SSE, async (t) => {
  const begun = Date.now();
  const peer = await t.connect('sse');
  await peer.next(({ type }) => type !== '__welcome');
  assert.equal(peer.events.length > 0, true);
  assert.ok(peer.events[0].at - begun < 800, `after ${peer.events[0].at - begun} ms`);
});

check('9.2 begins with what there is', { ...SSE, app: ['message', 'echo'] }, async (t) => {
  const { id, token, pos, ticket } = await post(t.server);
  const other = await t.ws();
  other.say('message', { to: id, text: 'waiting' });
  await other.fence();
  const peer = new StreamPeer(t.server);
  t.peers.push(peer);
  Object.assign(peer.session, { id, token, pos });
  await peer.open(ticket);
  assert.equal((await peer.next('message')).data.text, 'waiting');
});

// A session that has heard five numbered events over a stream, and is cut off.
async function heard(t) {
  const peer = await t.connect('sse', { pong: 'alive' });
  peer.say('burst', { n: 5 });
  const bursts = await peer.several(5, 'burst');
  peer.cut();
  return { peer, bursts };
}

async function streamFrom(t, { peer, ticket, last }) {
  const again = new StreamPeer(t.server);
  t.peers.push(again);
  Object.assign(again.session, { id: peer.id, token: peer.token });
  await again.open(ticket, { 'Last-Event-ID': last });
  await again.fence();
  return again.of('burst').map(({ data }) => data);
}

check('9.3 Last-Event-ID counts as the pos', { ...SSE, app: ['burst', 'echo'] }, async (t) => {
  const { peer, bursts } = await heard(t);
  const { id, token } = peer;
  const { recovered, ticket } = await post(t.server, { id, token, pos: bursts[1].pos });
  assert.equal(recovered, true);
  assert.deepEqual(await streamFrom(t, { peer, ticket, last: bursts[3].pos }), [4]);
});

check('9.3 Last-Event-ID that cannot be recovered from gets 403', { ...SSE, app: ['burst', 'echo'] }, async (t) => {
  const { peer, bursts } = await heard(t);
  const { id, token } = peer;
  const { ticket } = await post(t.server, { id, token, pos: bursts[1].pos });
  const headers = { 'Last-Event-ID': 'nonsense' };
  const { asked, answer } = t.server.request(`${t.server.endpoint('sse')}?ticket=${ticket}`, { headers });
  assert.equal((await answer).statusCode, 403);
  asked.destroy();
});

check('9.3 Last-Event-ID does not replace the ticket', SSE, async (t) => {
  const peer = await t.connect('sse');
  const headers = { 'Last-Event-ID': peer.welcome.pos };
  const { asked, answer } = t.server.request(t.server.endpoint('sse'), { headers });
  assert.equal((await answer).statusCode, 403);
  asked.destroy();
});
