// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Messages.

import assert from 'node:assert/strict';
import { check, checkEach, UNREADABLE } from './cases.mjs';

const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
const NO_INTEGERS = ['0', '-1', '1.5', '"1"', '9007199254740992', '1e300', 'true', 'null', '[]', '{}'];

checkEach('2.1 ignores members that it does not know', { app: ['echo'] }, async (t, kind) => {
  const peer = await t.connect(kind, { hello: { unknown: [1, { a: null }], version: 3 } });
  const data = { text: 'é€😀"\\', more: [1, null, true, 1.5] };
  peer.send({ seq: 3, pos: 'x', ch: 'y', type: 'echo', foo: { bar: [] }, data, '': 0, session: peer.id });
  assert.deepEqual((await peer.next('echo')).data, data);
});

const VALUES = {
  'an empty name': { '': 1 },
  numbers: [0, -1, 0.1, MAX_INTEGER, -MAX_INTEGER, 1e300],
  strings: ['', '\n\r\t\b\f\u001f\u007f\u2028', '</script>'],
  'nothing much': [null, true, false, {}, []],
};
for (const [what, data] of Object.entries(VALUES)) {
  check(`2.1 takes any JSON as data: ${what}`, { app: ['echo'] }, async (t) => {
    const peer = await t.ws();
    peer.send({ type: 'echo', data });
    await peer.fence();
    assert.deepEqual(peer.of('echo')[0].data, data);
  });
}

check('2.1 a message without data has null', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.send({ type: 'echo' });
  assert.equal((await peer.next('echo')).data ?? null, null);
});

checkEach('2.1 seq and pos are in their bounds', { app: ['burst'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send({ type: 'burst', data: { n: 3 } });
  for (const { seq, pos } of await peer.several(3, 'burst')) {
    assert.ok(Number.isSafeInteger(seq) && seq >= 1, `seq is ${seq}`);
    assert.equal(typeof pos, 'string');
    assert.ok(Buffer.byteLength(pos) <= 256, `pos is ${pos}`);
  }
});

check('2.1 ch tells the channel of what is pushed to one', { app: ['to_channel', 'echo', 'broadcast'] }, async (t) => {
  const peer = await t.ws();
  const channel = t.unique('ch');
  await peer.join(channel);
  peer.send({ type: 'to_channel', data: { channel } });
  assert.equal((await peer.next('to_channel')).ch, channel);
  assert.equal((await peer.fence()).ch, undefined);
  peer.send({ type: 'broadcast', data: channel });
  assert.equal((await peer.next({ type: 'broadcast', data: channel })).ch, undefined);
});

checkEach('2.1 bin stands for bytes, both ways', { app: ['binary'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  for (const bytes of [Buffer.from([0, 255, 128, 10, 13]), Buffer.alloc(0), Buffer.from('ab'), Buffer.alloc(1000, 7)]) {
    peer.say('binary', bytes.toString('base64'), { bin: true });
    const got = await peer.next('binary');
    assert.deepEqual(got.bytes, bytes);
    if (got.bin) assert.equal(got.data, bytes.toString('base64'));
    assert.ok(got.seq > 0);
  }
});

checkEach('2.2 handles an array in its order', { app: ['echo'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send([1, 2, 3, 4, 5].map((data) => ({ type: 'echo', data })));
  assert.deepEqual((await peer.several(5, 'echo')).map(({ data }) => data), [1, 2, 3, 4, 5]);
});

check('2.2 handles an array of one, and an empty one', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.sendText('[]');
  peer.send([{ type: 'echo', data: 'one' }]);
  assert.equal((await peer.next('echo')).data, 'one');
});

check('2.2 the first message may stand in an array', { app: ['echo'] }, async (t) => {
  const peer = await t.open();
  peer.send([{ type: '__hello' }, { type: 'echo', data: 1 }, { type: 'echo', data: 2 }]);
  assert.equal((await peer.next(() => true)).type, '__welcome');
  assert.deepEqual((await peer.several(2, 'echo')).map(({ data }) => data), [1, 2]);
});

check('2.2 what is bad in an array is dropped alone', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.sendText('[{"type":"echo","data":1},7,null,"x",[],[{"type":"echo","data":0}],{},{"type":"echo","data":2}]');
  assert.deepEqual((await peer.several(2, 'echo')).map(({ data }) => data), [1, 2]);
});

checkEach('2.3 drops the names of others, and counts them', {}, async (t, kind) => {
  const peer = await t.connect(kind);
  const names = ['__foo', '__welcome', '__disconnect', '__joined', '__presence', '__', 'connect', 'disconnect', 'error',
    'start', '*'];
  for (const name of names) peer.say(name, { ch: 'x', code: 4000 });
  await peer.next(({ type, data }) => type === '__ackn' && data.n === names.length);
});

check('2.3 drops the names of others where they are no messages of the app', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  for (const type of ['__foo', 'connect', 'disconnect', 'error', 'start', '*']) peer.send({ type, data: 1 });
  await peer.fence();
  const usual = ['__welcome', '__heartbeat', '__ackn', 'echo', 'broadcast'];
  assert.deepEqual(peer.all.filter(({ type }) => !usual.includes(type)), []);
});

checkEach('2.3 answers requests with the names of others', {}, async (t, kind) => {
  const peer = await t.connect(kind);
  const names = ['__foo', '__welcome', 'connect', 'disconnect', 'error', 'start', '*'];
  for (const name of names) assert.equal((await peer.request(name)).error.code, 'unknown-name');
});

check('2.3 does not answer what is no request', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  for (const type of ['__ack', '__pong', '__heartbeat']) peer.send({ type, id: 1 });
  await peer.fence();
  assert.deepEqual(peer.of('__ack'), []);
});

const NO_MESSAGES = {
  'no JSON': ['', ' ', 'hello', '{', '[', '{"type":"echo"', '[{"type":"echo","data":0}', '{"type":"echo","data":0}x',
    '{"type":"echo","data":01}', '{\'type\':\'echo\'}', '{"type":"echo","data":NaN}',
    '{"type":"echo","data":"\u0001"}'],
  'no object': ['1', '"echo"', 'null', 'true', '[1]', '[[{"type":"echo","data":0}]]'],
  'no type': ['{}', '{"data":0}', '{"Type":"echo"}'],
  'no string as type': ['1', 'null', '["echo"]', '{"echo":1}', 'true'].map((type) => `{"type":${type},"data":0}`),
  'a type that is empty or long': ['', 'x'.repeat(256), 'é'.repeat(128)].map((type) => `{"type":"${type}","data":0}`),
  'an n that is none': NO_INTEGERS.map((n) => `{"type":"echo","data":0,"n":${n}}`),
  'an id that is none': NO_INTEGERS.map((id) => `{"type":"add","data":{"a":1,"b":2},"id":${id}}`),
};

for (const [what, texts] of Object.entries(NO_MESSAGES)) {
  check(`2.4 drops a message with ${what}, and goes on`, { app: ['echo', 'add'] }, async (t) => {
    const peer = await t.ws();
    for (const text of texts) {
      peer.sendText(text);
      await peer.fence().catch((error) => assert.fail(`${error.message}, after ${text}`));
      assert.equal(peer.take({ type: 'echo', data: 0 }), undefined, `handled: ${text}`);
      assert.equal(peer.take('__ack'), undefined, `answered: ${text}`);
    }
  });
}

check('2.4 takes n and id up to 2^53 - 1, and a type of 255 bytes', { app: ['add'] }, async (t) => {
  const peer = await t.ws();
  peer.send({ type: 'add', data: { a: 1, b: 2 }, id: MAX_INTEGER });
  assert.equal((await peer.answer(MAX_INTEGER)).data, 3);
  const name = 'x'.repeat(255);
  assert.equal((await peer.request(name)).error.code, 'unknown-name');
  peer.send({ type: 'echo', data: 'far', n: MAX_INTEGER }); // leaves a gap, but is a message
  await peer.next('__ackn');
});

checkEach('2.4 what is no message does not end a post', { app: ['echo'], kinds: ['sse', 'poll'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  peer.send([{ type: '' }, 7, null, 'x', { type: 'echo', data: 0, n: 0 }, { type: 'echo', data: 1 }]);
  assert.equal((await peer.next('echo')).data, 1);
});

// A message of that many bytes.
function sized(size, message) {
  const rest = size - Buffer.byteLength(JSON.stringify({ ...message, data: '' }));
  return { ...message, data: 'x'.repeat(rest) };
}

check('2.5 takes a message of max bytes', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  const message = sized(peer.welcome.max, { type: 'echo' });
  peer.send(message);
  assert.equal((await peer.next('echo')).data, message.data);
});

check('2.5 a message above max ends a WebSocket with 1009', async (t) => {
  const peer = await t.ws();
  peer.send(sized(peer.welcome.max + 1, { type: 'echo' }));
  assert.equal((await peer.over).code, 1009);
});

check('2.5 a message above max in fragments ends a WebSocket with 1009', async (t) => {
  const peer = await t.ws();
  const half = Buffer.alloc(Math.ceil(peer.welcome.max / 2) + 1, 'x');
  peer.socket.send(half, { fin: false });
  peer.socket.send(half, { opcode: 0 });
  assert.equal((await peer.over).code, 1009);
});

checkEach('2.5 a message above max is refused with 413', { kinds: ['sse', 'poll'] }, async (t, kind) => {
  const peer = await t.connect(kind);
  const { id, token, welcome } = peer;
  const messages = [sized(welcome.max + 1, { type: 'echo' })];
  assert.equal((await t.server.post('send', { id, token, messages })).status, 413);
});

function nested(levels) {
  let data = 'core';
  for (let i = 0; i < levels; i++) data = i % 2 ? { a: data } : [data];
  return data;
}

check('2.5 takes data of 64 levels, and goes on after more', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  peer.send({ type: 'echo', data: nested(64) });
  assert.deepEqual((await peer.next('echo')).data, nested(64));
  peer.send({ type: 'echo', data: nested(65) });
  peer.sendText(`{"type":"echo","data":${'['.repeat(5000)}${']'.repeat(5000)}}`);
  await peer.fence();
});

check('2.5 what data cannot have is not handled', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  for (const data of UNREADABLE) peer.sendText(`{"type":"echo","data":${data}}`);
  await peer.fence();
  assert.equal(peer.of('echo').length, 1);
});

check('2.6 takes bytes as they are', { app: ['binary'] }, async (t) => {
  const peer = await t.ws();
  for (const bytes of [Buffer.from([0, 1, 254, 255]), Buffer.alloc(0), Buffer.alloc(70000, 9)]) {
    peer.sendBytes({ type: 'binary' }, bytes);
    assert.deepEqual((await peer.next('binary')).bytes, bytes);
  }
});

check('2.6 numbers count in binary messages', { app: ['binary', 'echo'] }, async (t) => {
  const peer = await t.ws();
  peer.sendBytes({ type: 'binary', n: 1 }, [1]);
  peer.sendBytes({ type: 'binary', n: 1 }, [2]);
  peer.sendBytes({ type: 'binary', n: 3 }, [3]);
  peer.send({ type: 'binary', data: 'BA==', bin: true, n: 2 });
  await peer.fence();
  assert.deepEqual(peer.of('binary').map(({ bytes }) => [...bytes]), [[1], [4]]);
  await peer.next(({ type, data }) => type === '__ackn' && data.n === 2);
});

check('2.6 drops binary messages of any other form', { app: ['echo'] }, async (t) => {
  const peer = await t.ws();
  const text = Buffer.from('{"type":"echo","data":0}');
  const form = (first, length, ...rest) => {
    const head = Buffer.alloc(5);
    head[0] = first;
    head.writeUInt32BE(length, 1);
    return Buffer.concat([head, ...rest.map((part) => Buffer.from(part))]);
  };
  const size = text.length;
  const bad = [Buffer.alloc(0), text, Buffer.from([1]), Buffer.from([1, 0, 0, 0]), form(1, 0), form(2, size, text),
    form(0, size, text), form(1, size + 1, text), form(1, 0xffffffff, text), form(1, 3, 'abc', 'x'),
    form(1, 4, 'null', 'x'), form(1, 2, '{}', 'x'), form(1, 17, '[{"type":"echo"}]', 'x'),
    form(1, 2, [0xc3, 0x28], 'x')];
  for (const payload of bad) {
    peer.sendBinary(payload);
    await peer.fence().catch((error) => assert.fail(`${error.message}, after ${payload.toString('hex')}`));
    assert.deepEqual(peer.of('echo').filter(({ data }) => data?.fence === undefined), [], payload.toString('hex'));
  }
});
