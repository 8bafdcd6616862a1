// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The end.

import assert from 'node:assert/strict';
import { check, checkEach } from './cases.mjs';

const CLOSES = { app: ['close', 'echo'] };

// With the next poll held by the server, who is to be told of an end by it.
async function connectAndPoll(t, kind, server = t.server) {
  const peer = await t.connect(kind, { server });
  await peer.fence();
  await server.ask('/rocketio/settings');
  return peer;
}

function checkDisconnect({ code, reason, retry }, wanted) {
  assert.equal(code, wanted);
  assert.equal(typeof reason, 'string');
  if (retry !== undefined) assert.ok(typeof retry === 'number' && retry >= 0, `retry is ${retry}`);
}

checkEach('11.1 says why it ends a connection', CLOSES, async (t, kind) => {
  const peer = await connectAndPoll(t, kind);
  peer.say('close', { code: 4711, reason: 'enough, é' });
  await peer.next('__disconnect');
  checkDisconnect(peer.disconnect, 4711);
  assert.equal(peer.disconnect.reason, 'enough, é');
  const { code, reason } = await peer.over;
  assert.deepEqual([code, reason], [4711, 'enough, é']);
  const said = peer.all.filter(({ type }) => type !== '__ackn'); // which may have come by a post
  assert.equal(said.at(-1).type, '__disconnect', 'something comes after it');
});

check('11.1 a reason may have 100 bytes', CLOSES, async (t) => {
  const peer = await t.ws();
  const long = 'é'.repeat(50);
  peer.say('close', { code: 4711, reason: long });
  assert.deepEqual(await peer.over, { code: 4711, reason: long });
  assert.equal(peer.disconnect?.reason, long);
});

check('11.1 what was pushed before the end comes before it', { app: ['close', 'burst'] }, async (t) => {
  const peer = await t.ws();
  peer.send([{ type: 'burst', data: { n: 100 }, n: 1 }, { type: 'close', data: { code: 4711 }, n: 2 }]);
  await peer.over;
  assert.deepEqual(peer.of('burst').map(({ data }) => data), Array.from({ length: 100 }, (_, i) => i));
  assert.equal(peer.disconnect?.code, 4711);
});

checkEach('11.2 4500 if the app closes the session', CLOSES, async (t, kind) => {
  const peer = await connectAndPoll(t, kind);
  peer.say('close', {});
  const { code } = await peer.over;
  assert.equal(code, 4500);
  checkDisconnect(peer.disconnect, 4500);
});

checkEach('11.2 a session that the app has closed is over', CLOSES, async (t, kind) => {
  const peer = await connectAndPoll(t, kind);
  peer.say('close', { code: 4500 });
  await peer.over;
  const again = await t.resume(peer);
  assert.equal(again.welcome.resumed, false);
});

// A server of its own that is stopped.
checkEach('11.2 4000 if the server goes away', { app: ['echo'], own: true }, async (t, kind) => {
  const { url, stop } = await t.own.another();
  const server = await t.own.find(url);
  const peer = await connectAndPoll(t, kind, server);
  await stop();
  const { code } = await peer.over;
  assert.equal(code, 4000);
  checkDisconnect(peer.disconnect, 4000);
});

for (const [what, code, send] of [
  ['a frame without a mask', 1002, (socket) => socket.send('{"type":"echo"}', { masked: false })],
  ['reserved bits', 1002, (socket) => socket.send('{"type":"echo"}', { reserved: 2 })],
  ['an opcode that is none', 1002, (socket) => socket.send('x', { opcode: 3 })],
  ['a long ping', 1002, (socket) => socket.send('x'.repeat(126), { opcode: 9 })],
  ['a continuation of nothing', 1002, (socket) => socket.send('x', { opcode: 0 })],
  ['text that is no UTF-8', 1007, (socket) => socket.send(Buffer.from([0x22, 0xff, 0x22]))],
]) {
  check(`11.3 ${what} ends a WebSocket with ${code}`, async (t) => {
    const peer = await t.ws();
    send(peer.socket);
    assert.equal((await peer.over).code, code);
  });
}

check('11.3 answers a close frame with its code', async (t) => {
  const peer = await t.ws();
  peer.close(3456, 'mine');
  assert.equal((await peer.over).code, 3456);
});

check('11.3 ping is answered with pong, and fragments are one message', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  const text = '{"type":"echo","data":"é€"}';
  const bytes = Buffer.from(text);
  peer.socket.send(bytes.subarray(0, 23), { fin: false });
  peer.socket.send('between', { opcode: 9 });
  peer.socket.send(bytes.subarray(23, 24), { opcode: 0, fin: false });
  peer.socket.send(bytes.subarray(24), { opcode: 0 });
  assert.equal((await peer.next('echo')).data, 'é€');
});
