// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The echo of the test server, and a client of it that may send whatever it likes (RFC 6455).

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { after, before } from 'node:test';
import { startTestapp, within } from '../js/help.mjs';

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
export const RSV1 = 0x40;

export const DEADLINE = 60000;    // for the largest messages on the slowest machine
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

// One for all tests of a file: { url, stop }.
export function useEcho(...options) {
  const server = {};
  before(async () => Object.assign(server, await startTestapp({}, '--raw-echo', ...options)));
  after(() => server.stop('SIGTERM'));
  return server;
}

function lengthBytes(length) {
  if (length < 126) return Buffer.of(0x80 | length);
  if (length < 65536) return Buffer.of(0x80 | 126, length >> 8, length & 0xff);
  const head = Buffer.alloc(9, 0x80 | 127);
  head.writeBigUInt64BE(BigInt(length), 1);
  return head;
}

// Four bytes at a time, for the large ones.
function mask(payload, key) {
  const masked = new Uint8Array((payload.length + 3) & ~3);
  const words = new Uint32Array(masked.buffer);
  const [word] = new Uint32Array(Uint8Array.from(key).buffer);
  masked.set(payload);
  for (let i = 0; i < words.length; i++) words[i] ^= word;
  return Buffer.from(masked.buffer, 0, payload.length);
}

// A client's frame; `first` is FIN, RSV and opcode.
export function frame(first, payload = '') {
  const body = Buffer.from(payload);
  const key = randomBytes(4);
  return Buffer.concat([Buffer.of(first), lengthBytes(body.length), key, mask(body, key)]);
}

export function message(opcode, payload) {
  return frame(0x80 | opcode, payload);
}

// A message in frames of up to `size` bytes.
export function fragments(opcode, payload, size, flags = 0) {
  const body = Buffer.from(payload);
  const frames = [];
  for (let i = 0; i === 0 || i < body.length; i += size) {
    const fin = i + size >= body.length ? 0x80 : 0;
    frames.push(frame(i === 0 ? fin | flags | opcode : fin | CONTINUATION, body.subarray(i, i + size)));
  }
  return frames;
}

export function closeFrame(code, reason = '') {
  return message(CLOSE, Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]));
}

export function requestText(url, { path = '/ws-echo', headers = {} } = {}) {
  const { host } = new URL(url);
  const all = {
    Host: host, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13', ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

export function acceptFor(key) {
  return createHash('sha1').update(key + MAGIC).digest('base64');
}

// What comes in, as it is asked for.
class Input {
  #parts = [];
  #length = 0;
  #ended = false;
  #wake = () => {};

  constructor(socket) {
    socket.on('data', (part) => {
      this.#parts.push(part);
      this.#length += part.length;
      this.#wake();
    });
    socket.on('error', () => {});
    for (const end of ['end', 'close']) {
      socket.on(end, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  get left() {
    return this.#length;
  }

  // Waits; undefined at the end.
  async take(n) {
    while (this.#length < n) {
      if (this.#ended) return undefined;
      await new Promise((resolve) => { this.#wake = resolve; });
    }
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#parts = [all.subarray(n)];
    this.#length -= n;
    return all.subarray(0, n);
  }
}

export class Client {
  static async open(t, { url }, options) {
    const client = await Client.ask(t, url, requestText(url, options));
    assert.match(client.head, /^HTTP\/1\.1 101 /);
    return client;
  }

  // Sends a request, and reads the head of the answer.
  static async ask(t, url, request) {
    const client = new Client();
    const { hostname, port } = new URL(url);
    client.socket = connect({ host: hostname, port, noDelay: true });
    client.input = new Input(client.socket);
    t.after(() => client.socket.destroy());
    client.send(request);
    let head = '';
    while (!head.endsWith('\r\n\r\n')) {
      const byte = await within(client.input.take(1), 'head of the answer', DEADLINE);
      assert.ok(byte, `the connection ended after "${head}"`);
      head += byte.toString('latin1');
    }
    client.head = head;
    return client;
  }

  header(name) {
    const line = new RegExp(`^${name}: (.*)\r$`, 'im').exec(this.head);
    return line?.[1];
  }

  send(...parts) {
    for (const part of parts) this.socket.write(part);
  }

  // In pieces of `size` bytes, each in a segment of its own as far as that can be told from here.
  async chop(bytes, size) {
    for (let i = 0; i < bytes.length; i += size) {
      await new Promise((resolve) => { this.socket.write(bytes.subarray(i, i + size), resolve); });
    }
  }

  // The next frame, { first, opcode, payload }; undefined at the end.
  async read() {
    const head = await within(this.input.take(2), 'frame', DEADLINE);
    if (!head) return undefined;
    assert.equal(head[1] & 0x80, 0, '5.1: a server does not mask');
    let length = head[1];
    if (length === 126) length = (await this.input.take(2)).readUInt16BE();
    else if (length === 127) length = Number((await this.input.take(8)).readBigUInt64BE());
    const payload = length > 0 ? await within(this.input.take(length), 'payload', DEADLINE) : Buffer.alloc(0);
    assert.ok(payload, 'the connection ended inside a frame');
    return { first: head[0], opcode: head[0] & 15, payload };
  }

  // That the next frame is this message, whole and as it is.
  async expect(opcode, payload) {
    const got = await this.read();
    assert.ok(got, 'the connection ended');
    assert.equal(got.first, 0x80 | opcode);
    assert.ok(got.payload.equals(Buffer.from(payload)), `another payload came, of ${got.payload.length} bytes`);
  }

  // That the server closes with one of `codes`, after nothing else, and ends the connection.
  async expectClose(...codes) {
    const got = await this.read();
    assert.ok(got, 'the connection ended without a close frame');
    assert.equal(got.first, 0x80 | CLOSE, `a frame came, "${got.payload}"`);
    const code = got.payload.length === 0 ? undefined : got.payload.readUInt16BE();
    assert.ok(codes.includes(code), `closed with ${code}`);
    await this.expectEnd();
  }

  async expectEnd() {
    assert.equal(await this.read(), undefined, '5.5.1: nothing comes after a close');
  }

  // That the connection is as alive as before.
  async expectAlive() {
    this.send(message(PING, 'alive?'));
    await this.expect(PONG, 'alive?');
  }
}

// A message and what comes back.
export async function echo(t, server, opcode, payload, parts = [message(opcode, payload)]) {
  const client = await Client.open(t, server);
  client.send(...parts);
  await client.expect(opcode, payload);
  client.send(closeFrame(1000));
  await client.expectClose(1000);
}

// What a client must not do: after `parts` the server fails the connection with one of `codes`.
export async function fails(t, server, parts, ...codes) {
  const client = await Client.open(t, server);
  client.send(...parts);
  await client.expectClose(...codes);
}
