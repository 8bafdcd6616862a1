// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Clients without any cleverness: what they get is what came over the wire. Each is made for a place,
// { name, port, secure }.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { DEADLINE, until, within } from '../js/help.mjs';

const TLS = { rejectUnauthorized: false };
const POLL_LIMIT = 130000;

export function hostOf({ name, port, secure }) {
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

export function originOf(place) {
  return `http${place.secure ? 's' : ''}://${hostOf(place)}`;
}

function request(place, path, { headers, ...options } = {}) {
  return (place.secure ? https : http).request({
    host: '127.0.0.1', port: place.port, servername: place.name, path, ...TLS, ...options,
    headers: { host: hostOf(place), ...headers },
  });
}

async function read(stream) {
  let text = '';
  for await (const part of stream.setEncoding('utf8')) text += part;
  return text;
}

// { status, headers, body } of one request.
export function ask(place, path, { body, ms = DEADLINE, ...options } = {}) {
  const sent = request(place, path, { method: body === undefined ? 'GET' : 'POST', ...options });
  const answer = once(sent, 'response').then(async ([response]) =>
    ({ status: response.statusCode, headers: response.headers, body: await read(response) }));
  sent.end(body);
  return within(answer, `answer to ${path}`, ms).finally(() => sent.destroy());
}

// The same over a connection of HTTP/2.
function askHttp2(session, place, path, { body, headers, ms = DEADLINE } = {}) {
  const method = body === undefined ? 'GET' : 'POST';
  const stream = session.request({ ':method': method, ':path': path, ':authority': hostOf(place), ...headers });
  stream.on('error', () => {}).end(body); // also after the answer
  const answer = Promise.all([once(stream, 'response'), read(stream)]).then(([[head], text]) =>
    ({ status: head[':status'], headers: head, body: text }));
  return within(answer, `answer to ${path}`, ms);
}

// What both kinds share: the messages that came and were not taken yet.
class Peer {
  #heard = [];

  hear(messages) {
    this.#heard.push(...messages);
  }

  // The data of the first message of that type not taken yet.
  async hears(type, ms) {
    const found = await until(() => this.#heard.find((message) => message.type === type), `"${type}"`, ms);
    this.#heard.splice(this.#heard.indexOf(found), 1);
    return found.data;
  }
}

export class WebSocketPeer extends Peer {
  #socket;
  #bytes = Buffer.alloc(0);

  isClosed = false;

  // Rejects with the `status` when the handshake is refused.
  static async connect(t, place, { headers, id } = {}) {
    const peer = new WebSocketPeer();
    const sent = request(place, `/websocketio/io${id ? `/session=${id}` : ''}`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        ...headers,
      },
    });
    const refused = once(sent, 'response').then(([response]) => {
      response.resume();
      throw Object.assign(new Error(`status ${response.statusCode}`), { status: response.statusCode });
    });
    sent.end();
    const [, socket, head] = await within(Promise.race([once(sent, 'upgrade'), refused]), 'answer to the handshake');
    refused.catch(() => {});
    peer.#socket = socket;
    peer.closed = new Promise((resolve) => {
      socket.on('error', () => {}).once('close', () => {
        peer.isClosed = true;
        resolve();
      });
    });
    t.after(() => socket.destroy());
    peer.#receive(head);
    socket.on('data', (bytes) => peer.#receive(bytes));
    peer.session = await peer.hears('__session_id');
    peer.push('__channel_id', null);
    return peer;
  }

  push(type, data) {
    const text = Buffer.from(JSON.stringify({ type, data }));
    const mask = randomBytes(4);
    const head = text.length < 126 ? [0x81, 0x80 | text.length] : [0x81, 0xfe, text.length >> 8, text.length & 255];
    this.#socket.write(Buffer.concat([Buffer.from(head), mask, text.map((byte, i) => byte ^ mask[i % 4])]));
  }

  // The server makes no fragments, and sends nothing else before it closes.
  #receive(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    while (this.#bytes.length >= 2) {
      const short = this.#bytes[1];
      if (short === 126 && this.#bytes.length < 4) return;
      const [start, length] = short < 126 ? [2, short] : [4, this.#bytes.readUInt16BE(2)];
      if (this.#bytes.length < start + length) return;
      if (this.#bytes[0] === 0x81) this.hear([JSON.parse(this.#bytes.toString('utf8', start, start + length))]);
      this.#bytes = this.#bytes.subarray(start + length);
    }
  }
}

// Polls all the time, until `stop` or an answer other than 200.
export class CometPeer extends Peer {
  polls = [];
  #ask;
  #stopped = false;

  static async connect(t, place, { overHttp2 = false } = {}) {
    const peer = new CometPeer();
    if (overHttp2) {
      const session = http2.connect(`https://127.0.0.1:${place.port}`, { ...TLS, servername: place.name });
      session.on('error', () => {});
      peer.#ask = (...args) => askHttp2(session, place, ...args);
      t.after(() => session.destroy(new Error('the test is over')));
    } else {
      const agent = new (place.secure ? https : http).Agent({ keepAlive: true, maxSockets: 2 });
      peer.#ask = (path, options) => ask(place, path, { ...options, agent });
      t.after(() => agent.destroy());
    }
    t.after(() => {
      peer.#stopped = true;
    });
    peer.ended = peer.#pollOn();
    peer.session = await peer.hears('__session_id');
    await peer.post({ type: '__channel_id', data: null });
    return peer;
  }

  post(...events) {
    const json = JSON.stringify({ session: this.session, events });
    return this.#ask('/cometio/io', {
      body: new URLSearchParams({ json }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  // What ended it: a status, or an error.
  async #pollOn() {
    let id = '';
    while (!this.#stopped) {
      try {
        const { status, body } = await this.#ask(`/cometio/io?session=${id}`, { ms: POLL_LIMIT });
        this.polls.push(status);
        if (status !== 200) return status;
        const messages = JSON.parse(body);
        id = messages.find(({ type }) => type === '__session_id')?.data ?? id;
        this.hear(messages);
      } catch (error) {
        return error;
      }
    }
    return null;
  }
}
