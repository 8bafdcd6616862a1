// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Both ends of a WebSocket, for a Node that has none: as much of RFC 6455 as the tests need.

import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export function acceptKey(key) {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

// The frames on a socket. It has onmessage (text or Uint8Array) and onclose (code, reason), once.
export class Peer {
  onmessage = () => {};
  onclose = () => {};
  #socket;
  #masked;
  #bytes = Buffer.alloc(0);
  #parts = [];
  #closed = false;
  #said = false;

  constructor(socket, head, masked) {
    this.#socket = socket;
    this.#masked = masked;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => {});
    socket.on('close', () => this.#close(1006, ''));
    if (head.length > 0) setImmediate(() => this.#read(head));
  }

  send(data) {
    if (typeof data === 'string') this.#write(TEXT, Buffer.from(data));
    else this.#write(BINARY, Buffer.from(data));
  }

  // Without a code the frame has none.
  close(code, reason = '') {
    if (this.#said) return;
    this.#said = true;
    const payload = Buffer.alloc(code ? 2 : 0);
    if (code) payload.writeUInt16BE(code);
    this.#write(CLOSE, Buffer.concat([payload, Buffer.from(reason)]));
    if (!this.#masked) this.#socket.end();
  }

  // As a network does it.
  cut() {
    this.#socket.destroy();
  }

  #write(kind, payload) {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    const size = payload.length;
    const head = size < 126 ? Buffer.from([size]) : Buffer.alloc(size < 65536 ? 3 : 9);
    if (head.length === 3) head.writeUInt16BE(size, 1);
    if (head.length === 9) head.writeBigUInt64BE(BigInt(size), 1);
    if (head.length > 1) head[0] = head.length === 3 ? 126 : 127;
    const mask = this.#masked ? randomBytes(4) : Buffer.alloc(0);
    if (this.#masked) head[0] |= 128;
    const body = this.#masked ? payload.map((byte, i) => byte ^ mask[i % 4]) : payload;
    this.#socket.write(Buffer.concat([Buffer.from([128 | kind]), head, mask, body]));
  }

  #read(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    while (this.#frame());
  }

  #frame() {
    const all = this.#bytes;
    if (all.length < 2) return false;
    const short = all[1] & 127;
    const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (all[1] & 128 ? 4 : 0);
    if (all.length < start) return false;
    const size = short === 126 ? all.readUInt16BE(2) : short === 127 ? Number(all.readBigUInt64BE(2)) : short;
    if (all.length < start + size) return false;
    const mask = all.subarray(start - 4, start);
    const payload = Buffer.from(all.subarray(start, start + size));
    if (all[1] & 128) for (let i = 0; i < size; i++) payload[i] ^= mask[i % 4];
    this.#bytes = all.subarray(start + size);
    this.#take(all[0] & 15, (all[0] & 128) !== 0, payload);
    return true;
  }

  #take(kind, last, payload) {
    if (kind === PING) this.#write(PONG, payload);
    if (kind === CLOSE) this.#end(payload);
    if (kind > BINARY) return;
    this.#parts.push({ kind, payload });
    if (!last) return;
    const whole = Buffer.concat(this.#parts.map((part) => part.payload));
    const first = this.#parts[0].kind;
    this.#parts = [];
    this.onmessage(first === TEXT ? whole.toString() : new Uint8Array(whole));
  }

  #end(payload) {
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    this.#close(code, payload.subarray(2).toString());
    this.close(code === 1005 ? undefined : code);
    this.#socket.end();
  }

  #close(code, reason) {
    if (this.#closed) return;
    this.#closed = true;
    this.onclose(code, reason);
  }
}

// What browsers have, as far as the client uses it.
export class NodeWebSocket {
  readyState = 0;
  #peer;
  #closing = false;

  static install(t) {
    const before = globalThis.WebSocket;
    globalThis.WebSocket = NodeWebSocket;
    t.after(() => {
      globalThis.WebSocket = before;
    });
  }

  constructor(url, protocols = []) {
    const key = randomBytes(16).toString('base64');
    this.asked = request(url.replace(/^ws/, 'http'), {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
        ...(protocols.length > 0 && { 'sec-websocket-protocol': protocols.join(', ') }),
      },
    });
    this.asked.on('upgrade', ({ headers }, socket, head) => {
      const chosen = headers['sec-websocket-protocol'];
      if (headers['sec-websocket-accept'] === acceptKey(key) && protocols.includes(chosen ?? protocols[0])) {
        this.#opened(socket, head);
      } else {
        socket.destroy();
        this.#ended(1006, '');
      }
    });
    this.asked.on('response', (response) => {
      response.destroy();
      this.#ended(1006, '');
    });
    this.asked.on('error', () => this.#ended(1006, ''));
    this.asked.end();
  }

  send(data) {
    if (this.readyState === 0) throw new Error('not open yet');
    if (this.readyState === 1) this.#peer.send(data);
  }

  close(code, reason) {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code < 5000)) throw new Error(`no such code: ${code}`);
    if (this.readyState > 1) return;
    this.readyState = 2;
    this.#closing = true;
    if (this.#peer) this.#peer.close(code, reason);
    else this.asked.destroy();
  }

  #opened(socket, head) {
    this.#peer = new Peer(socket, head, true);
    this.#peer.onmessage = (data) => {
      if (this.readyState === 1) this.onmessage?.({ data: typeof data === 'string' ? data : data.buffer });
    };
    this.#peer.onclose = (code, reason) => this.#ended(code, reason);
    this.readyState = 1;
    this.onopen?.({});
  }

  #ended(code, reason) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason, wasClean: this.#closing });
  }
}
