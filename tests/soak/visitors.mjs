// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Those who come, go, are killed, stall, flood and speak nonsense: each is one connection, or two, of bytes as they are.

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const HELLO = '{"type":"__hello","data":{}}';
const WEBSOCKET = 'Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
  + 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const UPGRADE_1 = `GET /websocketio/io HTTP/1.1\r\n${WEBSOCKET}\r\n`;
const UPGRADE_2 = `GET /rocketio/ws HTTP/1.1\r\n${WEBSOCKET}Sec-WebSocket-Protocol: rocketio.v2\r\n\r\n`;

function get(path) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
}

function post(path, body) {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`
    + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

// A frame with a mask of zeros.
function frame(text, first = 0x81) {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([first, 0x80 | payload.length])
    : Buffer.from([first, 0xfe, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

const EVENT = frame('{"type":"echo","data":{"text":"hello"}}');

// A connection that can be waited for. What the server says is kept up to a bound, or not read at all.
class Line {
  heard = '';

  constructor(port) {
    this.socket = connect(port, '127.0.0.1');
    this.ended = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.on('error', () => {});
    this.socket.on('data', (data) => {
      if (this.heard.length < 4096) this.heard += data;
    });
  }

  say(...parts) {
    for (const part of parts) this.socket.write(part);
  }

  // What the pattern finds first, or nothing if that takes too long.
  async find(pattern) {
    for (let i = 0; i < 100 && !this.socket.destroyed; i++) {
      const found = pattern.exec(this.heard);
      if (found) return found[1] ?? found[0];
      await this.wait(20);
    }
    return '';
  }

  // Sooner if it ends.
  wait(ms) {
    let timer;
    const time = new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    return Promise.race([time, this.ended]).finally(() => clearTimeout(timer));
  }
}

async function comeAndGo(open, random) {
  const line = open();
  line.say(UPGRADE_1, EVENT);
  await line.wait(random.between(10, 3000));
  line.say(EVENT, frame('\x03\xe8', 0x88));
  await line.wait(1000);
}

async function getKilled(open, random) {
  const line = open();
  line.say(UPGRADE_2, frame(HELLO), EVENT);
  await line.wait(random.between(10, 2000));
  line.socket.resetAndDestroy();
}

async function comeBack(open, random) {
  const line = open();
  line.say(UPGRADE_2, frame(HELLO));
  const id = await line.find(/"id":"(\w+)"/);
  const token = await line.find(/"token":"([\w-]+)"/);
  const pos = await line.find(/"pos":"([^"]+)"/);
  line.socket.resetAndDestroy();
  const again = open();
  again.say(UPGRADE_2, frame(`{"type":"__hello","data":{"id":"${id}","token":"${token}","pos":"${pos}"}}`));
  await again.wait(random.between(10, 2000));
  again.say(frame('\x03\xe8', 0x88));
  await again.wait(500);
}

async function stall(open, random) {
  const line = open();
  line.socket.pause();
  line.say(UPGRADE_1);
  for (let i = 0; i < 50; i++) line.say(frame(`{"type":"echo","data":"${'x'.repeat(1000)}"}`));
  await line.wait(random.between(100, 8000));
}

async function flood(open, random) {
  const line = open();
  line.say(random.chance(0.5) ? UPGRADE_1 : Buffer.concat([Buffer.from(UPGRADE_2), frame(HELLO)]));
  await line.wait(50);
  line.say(Buffer.concat(Array(500).fill(EVENT)));
  await line.wait(random.between(10, 500));
}

async function speakNonsense(open, random) {
  const line = open();
  const things = [randomBytes(random.between(1, 2000)), 'GET / HTTP/9.9\r\n\r\n', 'GET /cometio/io HT',
    post('/cometio/io', '{"session":'), post('/rocketio/send', '[[[['), post('/rocketio/poll', 'null'),
    'POST /cometio/io HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n', `${UPGRADE_1}GET / HTTP/1.1\r\n\r\n`,
    Buffer.concat([Buffer.from(UPGRADE_2), randomBytes(200)]), Buffer.concat([Buffer.from(UPGRADE_1), frame('{"type')]),
    Buffer.concat([Buffer.from(UPGRADE_2), frame('[{"type":"__hello"}]')]), get(`/${'x'.repeat(3000)}`)];
  line.say(random.pick(things));
  await line.wait(random.between(10, 500));
}

async function saySlowly(open, random) {
  const line = open();
  const text = random.pick([get('/rocketio/settings'), UPGRADE_2, post('/rocketio/send', HELLO)]);
  for (const letter of text.slice(0, random.between(1, text.length))) {
    line.say(letter);
    await line.wait(random.between(1, 60));
  }
}

async function sayNothing(open, random) {
  await open().wait(random.between(10, 8000));
}

async function poll1(open, random) {
  const line = open();
  line.say(get('/cometio/io'));
  const id = await line.find(/"__session_id","data":"(\w+)"/);
  line.say(get(`/cometio/io?session=${id}`));
  open().say(post('/cometio/io', `{"session":"${id}","events":[{"type":"echo","data":1}]}`));
  await line.wait(random.between(10, 3000));
}

async function stream(open, random) {
  const line = open();
  line.say(post('/rocketio/send', HELLO));
  const ticket = await line.find(/"ticket":"([\w-]+)"/);
  const sse = open();
  sse.say(get(`/rocketio/sse?ticket=${ticket}`));
  await sse.wait(random.between(10, 3000));
  if (random.chance(0.5)) sse.socket.resetAndDestroy();
}

async function poll2(open, random) {
  const line = open();
  line.say(post('/rocketio/send', HELLO));
  const id = await line.find(/"id":"(\w+)"/);
  const token = await line.find(/"token":"([\w-]+)"/);
  line.say(post('/rocketio/poll', `{"id":"${id}","token":"${token}"}`));
  await line.wait(random.between(10, 3000));
}

const KINDS = [comeAndGo, comeAndGo, getKilled, getKilled, comeBack, stall, flood, speakNonsense, speakNonsense, saySlowly,
  sayNothing, poll1, stream, poll2];

export class Visitors {
  counts = {};
  total = 0;
  present = 0;

  #port;
  #random;
  #going = true;

  constructor(port, random) {
    this.#port = port;
    this.#random = random;
  }

  // Keeps about `count` of them there, until stop().
  async run(count) {
    await Promise.all(Array.from({ length: count }, () => this.#visitAgainAndAgain()));
  }

  stop() {
    this.#going = false;
  }

  async #visitAgainAndAgain() {
    // not all at once
    await new Promise((resolve) => setTimeout(resolve, this.#random.between(0, 3000)));
    while (this.#going) await this.#visit(this.#random.pick(KINDS));
  }

  async #visit(kind) {
    const lines = [];
    const open = () => {
      const line = new Line(this.#port);
      lines.push(line);
      return line;
    };
    this.total++;
    this.present++;
    this.counts[kind.name] = (this.counts[kind.name] ?? 0) + 1;
    await kind(open, this.#random);
    for (const line of lines) line.socket.destroy();
    await Promise.all(lines.map(({ ended }) => ended));
    this.present--;
  }
}
