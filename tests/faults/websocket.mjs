// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// RFC 6455 over a socket, for either side: as little as wire 2 needs, with the socket within reach of the tests.

import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { reset } from './proxy.mjs';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const [MORE, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];

function hashOf(key) {
  return createHash('sha1').update(key + MAGIC).digest('base64');
}

function headOf(opcode, length, masked) {
  const mask = masked ? 0x80 : 0;
  if (length < 126) return Buffer.from([0x80 | opcode, mask | length]);
  if (length < 65536) {
    const head = Buffer.from([0x80 | opcode, mask | 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.from([0x80 | opcode, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

export class WebSocketLink {
  onmessage = () => {};   // a string, or a Buffer
  onclose = () => {};     // once, with the code (1006 without a close frame) and the reason
  #isClient;
  #bytes = Buffer.alloc(0);
  #parts = [];
  #opcode = 0;
  #code = 1006;
  #reason = '';
  #closing = false;

  constructor(socket, isClient, head) {
    this.socket = socket;
    this.#isClient = isClient;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.onclose(this.#code, this.#reason));
    // Not before the caller has taken hold of what comes out of here.
    setImmediate(() => head.length > 0 && this.#receive(head));
  }

  // Rejects with the `status` if the handshake is refused. `socketOf` gets the socket as soon as there is one.
  static open(url, { protocol, socketOf = () => {} }) {
    const key = randomBytes(16).toString('base64');
    const sent = request(url, {
      agent: false,
      headers: {
        'connection': 'Upgrade',
        'upgrade': 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
        ...protocol && { 'sec-websocket-protocol': protocol },
      },
    });
    sent.on('socket', socketOf);
    sent.end();
    return new Promise((resolve, reject) => {
      sent.on('error', reject);
      sent.on('close', () => reject(new Error('the handshake was cut off')));
      sent.on('response', (response) => {
        response.destroy();
        reject(Object.assign(new Error(`status ${response.statusCode}`), { status: response.statusCode }));
      });
      sent.on('upgrade', (response, socket, head) => {
        const { 'sec-websocket-accept': hash, 'sec-websocket-protocol': chosen } = response.headers;
        if (hash === hashOf(key) && chosen === protocol) {
          resolve(new WebSocketLink(socket, true, head));
        } else {
          socket.destroy();
          reject(new Error(`a handshake with the hash "${hash}" and the subprotocol "${chosen}"`));
        }
      });
    });
  }

  static accept({ headers }, socket, head, protocol) {
    const chosen = protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : '';
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
      + `Sec-WebSocket-Accept: ${hashOf(headers['sec-websocket-key'])}\r\n${chosen}\r\n`);
    return new WebSocketLink(socket, false, head);
  }

  send(message) {
    this.#write(typeof message === 'string' ? TEXT : BINARY, Buffer.from(message));
  }

  ping() {
    this.#write(PING, Buffer.alloc(0));
  }

  close(code, reason = '') {
    if (this.#closing) return;
    this.#closing = true;
    const text = Buffer.from(reason);
    const body = Buffer.alloc(2 + text.length);
    body.writeUInt16BE(code);
    text.copy(body, 2);
    this.#write(CLOSE, body);
    if (!this.#isClient) this.socket.end();
  }

  // Without goodbye: the other side gets a RST.
  drop() {
    reset(this.socket);
  }

  #write(opcode, bytes) {
    if (this.socket.destroyed || !this.socket.writable) return;
    const head = headOf(opcode, bytes.length, this.#isClient);
    if (!this.#isClient) {
      this.socket.write(Buffer.concat([head, bytes]));
      return;
    }
    const mask = randomBytes(4);
    this.socket.write(Buffer.concat([head, mask, bytes.map((byte, i) => byte ^ mask[i & 3])]));
  }

  #receive(bytes) {
    this.#bytes = this.#bytes.length > 0 ? Buffer.concat([this.#bytes, bytes]) : bytes;
    while (this.#bytes.length >= 2) {
      const masked = (this.#bytes[1] & 0x80) !== 0;
      const short = this.#bytes[1] & 0x7f;
      const start = 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + (masked ? 4 : 0);
      if (this.#bytes.length < start) return;
      const length = short < 126 ? short
        : short === 126 ? this.#bytes.readUInt16BE(2) : Number(this.#bytes.readBigUInt64BE(2));
      if (this.#bytes.length < start + length) return;
      const first = this.#bytes[0];
      let body = this.#bytes.subarray(start, start + length);
      if (masked) {
        const mask = this.#bytes.subarray(start - 4, start);
        body = body.map((byte, i) => byte ^ mask[i & 3]);
      }
      this.#bytes = this.#bytes.subarray(start + length);
      this.#frame(first & 0x0f, (first & 0x80) !== 0, body);
    }
  }

  #frame(opcode, isLast, body) {
    switch (opcode) {
      case MORE:
      case TEXT:
      case BINARY:
        if (opcode !== MORE) this.#opcode = opcode;
        this.#parts.push(body);
        if (isLast) {
          const whole = Buffer.concat(this.#parts);
          this.#parts = [];
          this.onmessage(this.#opcode === TEXT ? whole.toString() : whole);
        }
        break;
      case CLOSE:
        this.#code = body.length >= 2 ? body.readUInt16BE(0) : 1005;
        this.#reason = body.toString('utf8', 2);
        this.close(body.length >= 2 ? this.#code : 1000);
        this.socket.end();
        break;
      case PING:
        this.#write(PONG, body);
        break;
      case PONG:
        break;
      default:
        this.drop();
    }
  }
}
