// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The three ways in which the client of client.mjs reaches the server. A link is one connection in the sense of wire 2:
// from a __hello to whatever ends it.

import { Agent, request } from 'node:http';
import { reset } from './proxy.mjs';
import { WebSocketLink } from './websocket.mjs';

const HANDSHAKE = 5000;   // milliseconds until there is a __welcome
const ABANDONED = 1500;   // and how long an abandoned connection stays open
const BATCH = 20;         // messages in a POST

// 1.1
export async function readSettings(url) {
  const { status, body } = await ask(new URL('/rocketio/settings', url), { agent: false });
  if (status !== 200) throw new Error(`the settings were answered with ${status}`);
  const { versions, paths } = JSON.parse(body);
  if (!versions?.includes(2)) throw new Error(`the versions of the server are ${versions}`);
  return paths;
}

// { status, body }
function ask(url, { agent, body, headers, ms = HANDSHAKE, socketOf = () => {} }) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: body === undefined ? 'GET' : 'POST', agent, headers });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer from ${url.pathname} within ${ms} ms`)), ms);
    sent.on('socket', socketOf);
    sent.on('error', reject);
    sent.on('close', () => {
      clearTimeout(timer);
      reject(new Error(`${url.pathname} was cut off`));
    });
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => response.complete && resolve({ status: response.statusCode, body: text }));
    });
    sent.end(body);
  });
}

// 2.2
function parse(text) {
  return text.startsWith('[') ? JSON.parse(text) : [JSON.parse(text)];
}

class Link {
  isOver = false;
  loose = [];               // said without a number, and not sent yet
  #watch = null;
  #heard = Date.now();
  #limit = HANDSHAKE;

  constructor(url, paths, client, random, patience) {
    Object.assign(this, { url, paths, client, random, patience });
    this.over = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
    this.over.catch(() => {});
    this.#watch = setInterval(() => {
      if (Date.now() - this.#heard > this.#limit) this.drop(new Error(`nothing heard for ${this.#limit} ms`));
    }, 50);
  }

  place(name) {
    if (!this.paths[name]) throw new Error(`the server has no path for "${name}"`);
    return new URL(this.paths[name], this.url);
  }

  heard() {
    this.#heard = Date.now();
  }

  welcomed({ heartbeat, timeout, ackn }) {
    this.#limit = this.patience ?? (heartbeat + timeout) * 1000;
    this.sent = ackn;       // 5.2
    this.isWelcome = true;
    this.heartbeat = heartbeat;
    this.wake();
  }

  say(message) {
    this.loose.push(message);
    this.wake();
  }

  wake() {}

  sockets() {
    return [];
  }

  drop(why = new Error('dropped')) {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.#watch);
    for (const socket of this.sockets()) reset(socket);
    this.fail(why);
  }

  // The sockets stay open, nothing is read from them, and some time later they are gone.
  abandon() {
    if (this.isOver) return;
    const sockets = this.sockets();
    for (const socket of sockets) socket.pause();
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, ABANDONED).unref();
    this.sockets = () => [];
    this.drop(new Error('abandoned'));
  }
}

class WsLink extends Link {
  #socket = null;
  #link = null;

  async run() {
    const url = this.place('ws');
    const link = await WebSocketLink.open(url, {
      protocol: 'rocketio.v2',
      socketOf: (socket) => {
        this.#socket = socket;
        if (this.isOver) socket.destroy();
      },
    });
    this.#link = link;
    link.onclose = (code, reason) => this.drop(new Error(`closed with ${code} ${reason}`));
    link.onmessage = (message) => {
      this.heard();
      this.client.hear(this, typeof message === 'string' ? parse(message) : [this.#unpack(message)]);
    };
    link.socket.on('data', () => this.heard());
    link.send(JSON.stringify(this.client.hello()));
    return this.over;
  }

  sockets() {
    return this.#socket ? [this.#socket] : [];
  }

  wake() {
    if (this.isOver || !this.isWelcome) return;
    const numbered = this.client.next(this.sent, Infinity);
    for (const message of numbered) this.sent = Math.max(this.sent, message.n);
    const messages = [...numbered, ...this.loose];
    this.loose = [];
    while (messages.length > 0) {
      const batch = messages.splice(0, this.random.between(1, 5));
      this.#send(batch);
    }
  }

  async close() {
    const { succeed } = this;
    if (!this.isWelcome) {
      this.drop();
      return;
    }
    this.#link.onclose = () => {
      this.drop();
      succeed();
    };
    if (this.random.chance(0.5)) this.#link.close(1000);
    else this.#link.send(JSON.stringify({ type: '__bye', data: null }));
    const timer = setTimeout(() => this.drop(), HANDSHAKE);
    await this.over.catch(() => {});
    clearTimeout(timer);
  }

  // 2.6: bytes may also go as they are, by themselves.
  #send(batch) {
    if (batch.length === 1 && batch[0].bin && this.random.chance(0.5)) {
      const { data, bin, ...head } = batch[0];
      const text = Buffer.from(JSON.stringify(head));
      const start = Buffer.alloc(5);
      start[0] = 1;
      start.writeUInt32BE(text.length, 1);
      this.#link.send(Buffer.concat([start, text, Buffer.from(data, bin ? 'base64' : 'utf8')]));
    } else {
      this.#link.send(JSON.stringify(batch.length === 1 ? batch[0] : batch));
    }
  }

  #unpack(bytes) {
    const length = bytes.readUInt32BE(1);
    const head = JSON.parse(bytes.toString('utf8', 5, 5 + length));
    return { ...head, data: bytes.toString('base64', 5 + length), bin: true };
  }
}

// What SSE and poll share: __hello and everything else that is said goes by POST, one after the other (8.4).
class HttpLink extends Link {
  #sends = new Agent({ keepAlive: true, maxSockets: 1 });
  #streams = new Agent({ keepAlive: true, maxSockets: 1 });
  #sockets = new Set();
  #posting = false;

  async run() {
    this.ticket = await this.#greet();
    if (!this.isOver) this.listen(this.#streams).catch((error) => this.drop(error));
    return this.over;
  }

  sockets() {
    return this.#sockets;
  }

  drop(why) {
    super.drop(why);
    this.#sends.destroy();
    this.#streams.destroy();
  }

  abandon() {
    const agents = [this.#sends, this.#streams];
    this.#sends = this.#streams = { destroy() {} };
    super.abandon();
    setTimeout(() => agents.forEach((agent) => agent.destroy()), ABANDONED).unref();
  }

  socketOf = (socket) => {
    if (this.isOver) socket.destroy();
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  };

  post(name, body, { agent, ms } = {}) {
    return ask(this.place(name), { agent, ms, body: JSON.stringify(body), socketOf: this.socketOf });
  }

  get who() {
    return { id: this.client.id, token: this.client.token };
  }

  wake() {
    if (this.isWelcome && !this.isOver && !this.#posting) this.#post();
  }

  async close() {
    this.say({ type: '__bye', data: null });
    const timer = setTimeout(() => this.drop(), HANDSHAKE);
    await this.over.catch(() => {});
    clearTimeout(timer);
  }

  // 8.1, 8.2
  async #greet() {
    const { status, body } = await this.post('send', { messages: [this.client.hello()] }, { agent: this.#sends });
    if (status !== 200) throw new Error(`__hello was answered with ${status}`);
    const messages = JSON.parse(body);
    this.heard();
    this.client.hear(this, messages);
    return messages[0]?.data?.ticket;
  }

  // Whatever there is to say. A POST that got lost says nothing of what became of it, so it is repeated, or the client
  // begins again with __hello; either way numbers keep doubles off.
  async #post() {
    this.#posting = true;
    while (!this.isOver) {
      const numbered = this.client.next(this.client.ackn, this.random.between(1, BATCH));
      const { loose } = this;
      this.loose = [];
      const messages = [...numbered, ...loose];
      if (messages.length === 0) break;
      try {
        const { status, body } = await this.post('send', { ...this.who, messages }, { agent: this.#sends });
        if (status !== 200) {
          this.drop(new Error(`send was answered with ${status}`));
          break;
        }
        const answer = JSON.parse(body);
        if (answer.length !== 1 || answer[0].type !== '__ackn') {
          this.client.violations.push(`send was answered with ${body} (8.3)`);
        }
        this.client.hear(this, answer);
        if (loose.some(({ type }) => type === '__bye')) this.drop(new Error('said __bye'));
      } catch (error) {
        if (this.random.chance(0.5)) {
          this.drop(error);
          break;
        }
        this.loose = [...loose, ...this.loose];
        await new Promise((resolve) => {
          setTimeout(resolve, this.random.between(1, 50));
        });
      }
    }
    this.#posting = false;
  }
}

class SseLink extends HttpLink {
  async listen() {
    const url = this.place('sse');
    url.searchParams.set('ticket', this.ticket);
    const headers = { accept: 'text/event-stream' };
    if (this.random.chance(0.5)) headers['last-event-id'] = this.client.pos;   // 9.3
    await new Promise((resolve, reject) => {
      const sent = request(url, { agent: false, headers });
      const timer = setTimeout(() => sent.destroy(new Error('SSE did not begin (9.2)')), 3000);
      sent.on('socket', this.socketOf);
      sent.on('error', reject);
      sent.on('close', () => {
        clearTimeout(timer);
        reject(new Error('SSE was cut off'));
      });
      sent.on('response', (response) => {
        if (response.statusCode !== 200 || !response.headers['content-type']?.startsWith('text/event-stream')) {
          sent.destroy(new Error(`SSE was answered with ${response.statusCode}`));
          return;
        }
        response.on('error', reject);
        response.on('end', () => reject(new Error('SSE ended')));
        response.setEncoding('utf8');
        this.#read(response, () => clearTimeout(timer));
      });
      sent.end();
    });
  }

  // HTML, 9.2.6, with line feeds alone
  #read(response, begun) {
    let text = '', data = [], id;
    response.on('data', (part) => {
      this.heard();
      text += part;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines) {
        const [, field, value] = /^([^:]*)(?:: ?(.*?))?\r?$/.exec(line) ?? [];
        if (line === '' || line === '\r') {
          if (data.length > 0) {
            begun();
            this.#event(data.join('\n'), id);
          }
          data = [];
          id = undefined;
        } else if (field === 'data') {
          data.push(value ?? '');
        } else if (field === 'id') {
          id = value;
        }
      }
    });
  }

  // 9.1: the id is the last `pos`. Whether that in the data of a heartbeat is one, too, is left open.
  #event(text, id) {
    const messages = parse(text);
    const last = messages.map(({ pos }) => pos).filter((pos) => pos !== undefined).pop();
    if (last !== undefined && id !== last) {
      this.client.violations.push(`an event with the id ${id}, whose last pos is ${last} (9.1)`);
    }
    this.client.hear(this, messages);
  }
}

class PollLink extends HttpLink {
  // 10.2: an answer that got lost costs nothing, so the client asks again, or begins again with __hello.
  async listen(agent) {
    while (!this.isOver) {
      try {
        const ms = this.patience ?? (this.heartbeat + 5) * 1000;
        const { status, body } = await this.post('poll', { ...this.who, pos: this.client.pos }, { agent, ms });
        if (status !== 200) throw Object.assign(new Error(`poll was answered with ${status}`), { status });
        this.heard();
        this.client.hear(this, JSON.parse(body));
      } catch (error) {
        if (error.status || this.random.chance(0.5)) throw error;
      }
    }
  }
}


export const OPENERS = { ws: WsLink, sse: SseLink, poll: PollLink };
