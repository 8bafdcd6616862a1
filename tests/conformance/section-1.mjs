// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Choosing version 2.

import assert from 'node:assert/strict';
import { check } from './cases.mjs';
import { Refused, WebSocketPeer } from './websocket.mjs';

const NO_TOKEN = 'A'.repeat(43);

check('1.1 the settings have 2 among the versions', { kinds: [] }, ({ server: { settings } }) => {
  assert.ok(Array.isArray(settings.versions), `versions is ${JSON.stringify(settings.versions)}`);
  assert.ok(settings.versions.includes(2), `versions is ${JSON.stringify(settings.versions)}`);
});

check('1.1 the settings name the paths', { kinds: [] }, ({ server: { settings: { paths } } }) => {
  assert.equal(typeof paths, 'object');
  for (const name of ['ws', 'sse', 'poll', 'send']) {
    if (name in paths) assert.match(paths[name], /^\//, `the path of ${name}`);
  }
  assert.ok(paths.ws || paths.send, 'neither ws nor send');
});

check('1.1 settings may be read by all pages', { kinds: [] }, async ({ server }) => {
  const { headers } = await server.ask('/rocketio/settings', { headers: { origin: 'http://else.example' } });
  assert.equal(headers['access-control-allow-origin'], '*');
});

async function handshake(server, protocols) {
  const socket = await WebSocketPeer.open(server.endpoint('ws'), { protocols });
  socket.cut();
  return socket.protocol;
}

check('1.3 chooses rocketio.v2', async ({ server }) => {
  assert.equal(await handshake(server, 'rocketio.v2'), 'rocketio.v2');
});

check('1.3 chooses rocketio.v2 among others', async ({ server }) => {
  for (const protocols of ['chat, rocketio.v2', 'rocketio.v2,rocketio.v3', 'a,b ,rocketio.v2 , c']) {
    assert.equal(await handshake(server, protocols), 'rocketio.v2', protocols);
  }
});

for (const [what, protocols] of [['no subprotocol', undefined], ['another one', 'chat'],
  ['a similar one', 'rocketio.v22'], ['it in capitals', 'ROCKETIO.V2']]) {
  check(`1.3 refuses a handshake with ${what} with 400`, async ({ server }) => {
    await assert.rejects(handshake(server, protocols), new Refused(400));
  });
}

function version1(t, id = '') {
  const url = t.server.settings.websocket;
  if (!url) t.skip('the server does not speak version 1');
  return WebSocketPeer.open(`${url}${id && '/session='}${id}`);
}

// The first message of version 1 is the id.
function idOf(socket) {
  return new Promise((resolve) => {
    socket.onMessage = (opcode, payload) => resolve([JSON.parse(payload.toString())].flat()[0].data);
  });
}

function hear(socket) {
  const heard = [];
  socket.onMessage = (opcode, payload) => heard.push(...[JSON.parse(payload.toString())].flat());
  return heard;
}

check('1.4 a post of version 1 does not find a session', { app: ['broadcast'] }, async (t) => {
  const peer = await t.ws();
  const data = t.unique('post');
  const { status } = await t.server.ask('/cometio/io', {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `json=${encodeURIComponent(JSON.stringify({ session: peer.id, events: [{ type: 'broadcast', data }] }))}`,
  });
  assert.equal(status, 404);
  await peer.fence();
  assert.deepEqual(peer.of('broadcast').filter((message) => message.data === data), []);
});

check('1.4 a WebSocket of version 1 does not find a session', { app: ['echo', 'message'] }, async (t) => {
  const peer = await t.ws();
  const old = await version1(t, peer.id);
  const heard = hear(old);
  const data = t.unique('old');
  old.send(JSON.stringify({ type: '__channel_id', data: null }));
  old.send(JSON.stringify({ type: 'echo', data }));
  const other = await t.ws();
  other.send({ type: 'message', data: { to: peer.id, text: data } });
  await peer.next(({ type, data: got }) => type === 'message' && got.text === data);
  await peer.fence();
  assert.deepEqual(peer.of('echo').filter((message) => message.data === data), [], 'what version 1 said');
  await other.fence();
  old.close(1000);
  await old.ended;
  assert.ok(!heard.some(({ type }) => type === 'message'), 'version 1 heard what was for the session');
  await peer.fence();
});

check('1.4 a __hello does not find a session of version 1', { app: ['echo'] }, async (t) => {
  const old = await version1(t);
  const id = await idOf(old);
  const peer = await t.ws({ hello: { id, token: NO_TOKEN, pos: '' } });
  assert.equal(peer.welcome.resumed, false);
  assert.notEqual(peer.id, id);
  old.cut();
});

check('1.4 posts do not find a session of version 1', { kinds: ['ws', 'poll', 'send'] }, async (t) => {
  const old = await version1(t);
  const id = await idOf(old);
  for (const token of [NO_TOKEN, '', id, undefined]) {
    const sent = await t.server.post('send', { id, token, messages: [{ type: 'echo', data: 1 }] });
    assert.equal(sent.status, 404, 'send');
    const polled = await t.server.post('poll', { id, token, pos: '' });
    assert.equal(polled.status, 404, 'poll');
  }
  old.cut();
});
