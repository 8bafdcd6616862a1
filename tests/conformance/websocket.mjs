// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A WebSocket without any cleverness (RFC 6455): it can send what no client should, and stop reading.

import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { within } from '../js/help.mjs';

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

// A handshake that was answered otherwise than by 101.
export class Refused extends Error {
  constructor(status) {
    super(`the handshake was answered with ${status}`);
    this.status = status;
  }
}

// What a message may be made of: { opcode, fin, payload, mask, reserved }.
export function frame(payload, { opcode = TEXT, fin = true, masked = true, reserved = 0 } = {}) {
  const body = Buffer.from(payload);
  const size = body.length < 126 ? 0 : body.length < 65536 ? 2 : 8;
  const head = Buffer.alloc(2 + size);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (size === 0 ? body.length : size === 2 ? 126 : 127);
  if (size === 2) head.writeUInt16BE(body.length, 2);
  if (size === 8) head.writeBigUInt64BE(BigInt(body.length), 2);
  if (!masked) return Buffer.concat([head, body]);
  const mask = randomBytes(4);
  for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
  return Buffer.concat([head, mask, body]);
}

// Takes the frames out of what comes in.
class Parser {
  #buffer = Buffer.alloc(0);

  push(part) {
    this.#buffer = this.#buffer.length === 0 ? part : Buffer.concat([this.#buffer, part]);
  }

  // The next whole frame, or nothing.
  take() {
    const buffer = this.#buffer;
    if (buffer.length < 2) return undefined;
    const code = buffer[1] & 0x7f;
    const start = code === 126 ? 4 : code === 127 ? 10 : 2;
    if (buffer.length < start) return undefined;
    const size = code === 126 ? buffer.readUInt16BE(2) : code === 127 ? Number(buffer.readBigUInt64BE(2)) : code;
    if (buffer.length < start + size) return undefined;
    this.#buffer = buffer.subarray(start + size);
    return {
      fin: (buffer[0] & 0x80) !== 0,
      reserved: (buffer[0] >> 4) & 7,
      masked: (buffer[1] & 0x80) !== 0,
      opcode: buffer[0] & 15,
      payload: buffer.subarray(start, start + size),
    };
  }
}

// How it came to its end: { code, reason } of the close frame, 1006 if there was none.
export class WebSocketPeer {
  onPing = (payload) => this.send(payload, { opcode: PONG });

  #socket;
  #parser = new Parser();
  #parts = [];
  #opcode;
  #close = { code: 1006, reason: '' };
  #closing = false;
  #early = [];
  #onMessage = (...message) => this.#early.push(message);

  constructor(socket, head, { protocol }) {
    this.#socket = socket;
    this.protocol = protocol;
    this.ended = new Promise((resolve) => {
      socket.once('close', () => resolve(this.#close));
    });
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (part) => this.#read(part));
    socket.on('end', () => socket.end());
    if (head.length > 0) socket.unshift(head);
  }

  // (opcode, payload). What comes before somebody listens waits.
  set onMessage(listener) {
    this.#onMessage = listener;
    for (const message of this.#early.splice(0)) listener(...message);
  }

  // `protocols` is the value of Sec-WebSocket-Protocol, or undefined for none.
  static open(url, { protocols, headers, ms = 5000 } = {}) {
    const key = randomBytes(16).toString('base64');
    const target = new URL(url);
    target.protocol = target.protocol.replace('ws', 'http');
    const asked = (target.protocol === 'https:' ? https : http).request(target, {
      agent: false,
      headers: {
        Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': key,
        ...(protocols === undefined ? {} : { 'Sec-WebSocket-Protocol': protocols }), ...headers,
      },
    });
    const opened = new Promise((resolve, reject) => {
      asked.on('error', reject);
      asked.once('response', (response) => {
        response.resume();
        reject(new Refused(response.statusCode));
      });
      asked.once('upgrade', ({ headers: answered }, socket, head) => {
        const accept = createHash('sha1').update(key + MAGIC).digest('base64');
        if (answered['sec-websocket-accept'] !== accept) {
          socket.destroy();
          reject(new Error('Sec-WebSocket-Accept does not fit'));
          return;
        }
        resolve(new WebSocketPeer(socket, head, { protocol: answered['sec-websocket-protocol'] }));
      });
    });
    asked.end();
    return within(opened, `WebSocket at ${url}`, ms).catch((error) => {
      asked.destroy();
      throw error;
    });
  }

  send(payload, options) {
    this.write(frame(payload, options));
  }

  // Bytes as they are.
  write(bytes) {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  // Without a code the close frame is empty.
  close(code, reason = '') {
    this.#closing = true;
    const payload = Buffer.alloc(code === undefined ? 0 : 2);
    if (code !== undefined) payload.writeUInt16BE(code);
    this.send(Buffer.concat([payload, Buffer.from(reason)]), { opcode: CLOSE });
  }

  pause() {
    this.#socket.pause();
  }

  resume() {
    this.#socket.resume();
  }

  // Without any goodbye.
  cut() {
    this.#socket.destroy();
  }

  #read(part) {
    this.#parser.push(part);
    for (let got = this.#parser.take(); got !== undefined; got = this.#parser.take()) this.#handle(got);
  }

  #handle({ fin, masked, reserved, opcode, payload }) {
    if (masked || reserved !== 0) {
      this.#close = { code: 'the server sends frames that RFC 6455 forbids' };
      this.cut();
    } else if (opcode === PING) {
      this.onPing(payload);
    } else if (opcode === CLOSE) {
      this.#handleClose(payload);
    } else if (opcode <= BINARY) {
      if (opcode !== 0) this.#opcode = opcode;
      this.#parts.push(payload);
      if (!fin) return;
      const whole = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#onMessage(this.#opcode, whole);
    }
  }

  #handleClose(payload) {
    const code = payload.length < 2 ? 1005 : payload.readUInt16BE();
    this.#close = { code, reason: payload.subarray(2).toString() };
    if (!this.#closing) this.send(payload.subarray(0, 2), { opcode: CLOSE });
    this.#socket.end();
  }
}
