// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The server's side of version 2 of the wire, as small as it can be and with faults to order.

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { until } from './help.mjs';
import { acceptKey, Peer } from './socket-peer.mjs';

const PATHS = { ws: '/rocketio/ws', sse: '/rocketio/sse', poll: '/rocketio/poll', send: '/rocketio/send' };

// One client, over whatever links.
class Session {
  id = randomBytes(16).toString('hex');
  token = randomBytes(32).toString('base64url');
  channels = new Set();
  log = []; // all that has a number
  count = 0; // how many of them
  handled = 0; // of the client's
  link = null;
  pongs = [];
  answers = new Map();
  held = null; // the poll

  constructor(server) {
    this.server = server;
  }

  get pos() {
    return `${this.server.epoch}.${this.count}`;
  }

  // A message that matters; with `bytes` beside it, where the link can do that.
  say(message, bytes) {
    const numbered = { ...message, seq: ++this.count, pos: this.pos };
    this.log.push({ message: numbered, bytes });
    this.link?.send([{ message: numbered, bytes }]);
  }

  // One that may get lost.
  murmur(message) {
    this.link?.send([{ message }]);
  }

  request(type, data) {
    const id = this.answers.size + 1;
    const answer = new Promise((resolve) => this.answers.set(id, resolve));
    if (data instanceof Uint8Array) this.say({ type, id }, data);
    else this.say({ type, data, id });
    return answer;
  }

  since(pos) {
    const [epoch, count] = String(pos).split('.');
    return Number(epoch) === this.server.epoch && !this.server.forgetful ? this.log.slice(Number(count)) : null;
  }

  end(code, reason, retry) {
    this.link?.end({ code, reason, retry });
    this.link = null;
  }
}

function text(entries) {
  const all = entries.map(({ message, bytes }) =>
    JSON.stringify(bytes ? { ...message, bin: true, data: Buffer.from(bytes).toString('base64') } : message));
  return all.length === 1 ? all[0] : `[${all}]`;
}

function binary({ message, bytes }) {
  const head = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(5, 1);
  length.writeUInt32BE(head.length, 1);
  return Buffer.concat([length, head, bytes]);
}

export class Server2 {
  epoch = 1;
  sessions = []; // all there ever were
  events = []; // what clients said and was handled, in order, as [type, data]
  hellos = [];
  closes = []; // the codes of the WebSockets
  handlers = {}; // name: (data, session) => answer, or throws { code, message }
  times = { heartbeat: 25, timeout: 20, window: 120, max: 131072 };
  settings = {};
  // Faults
  forgetful = false; // nothing is recovered
  deaf = false; // what clients say is lost
  quiet = false; // nothing is acknowledged
  mute = false; // WebSockets get no welcome
  refusal = null; // { code, reason } for the next hellos
  counts = {}; // of the requests, by path
  faults = { ws: [], sse: [], poll: [], send: [] }; // each: (response or socket) => whatever instead of the right thing
  #tickets = new Map();
  #sockets = new Set();

  static async start(t, { without = [] } = {}) {
    const server = new Server2();
    const paths = Object.fromEntries(Object.entries(PATHS).filter(([name]) => !without.includes(name)));
    server.settings = { versions: [1, 2], paths, websocket: 'ws://127.0.0.1:9/', comet: 'http://127.0.0.1:9/' };
    server.http = createServer((request, response) => server.#serve(request, response));
    server.http.on('upgrade', (request, socket, head) => server.#upgrade(request, socket, head));
    server.http.on('connection', (socket) => {
      server.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => server.#sockets.delete(socket));
    });
    await server.restart();
    t.after(() => server.stop());
    return server;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  get session() {
    return this.sessions.at(-1);
  }

  get types() {
    return this.events.map(([type]) => type).join();
  }

  // Whoever is connected finds the connection gone.
  cut() {
    for (const session of this.sessions) session.link = null;
    for (const socket of this.#sockets) socket.destroy();
  }

  stop() {
    this.cut();
    return new Promise((resolve) => {
      this.http.close(resolve);
    });
  }

  async restart() {
    await new Promise((resolve) => {
      this.http.listen(this.port ?? 0, '127.0.0.1', resolve);
    });
    this.port = this.http.address().port;
  }

  // A new process: nobody is known any more.
  forget() {
    this.epoch++;
    for (const session of this.sessions) session.token = null;
    this.cut();
  }

  // How many requests there were for one of the paths.
  asked(name) {
    return this.counts[name] ?? 0;
  }

  received(count) {
    return until(() => this.events.length >= count, `${count} events`);
  }

  #find({ id, token }) {
    return this.sessions.find((session) => session.id === id && session.token !== null && session.token === token);
  }

  // Answers __hello over `link`: { session, messages } with what is to be sent, null when it was refused.
  #greet(data, link) {
    this.hellos.push(data);
    if (this.refusal) {
      link.end(this.refusal);
      return null;
    }
    const known = this.#find(data);
    const session = known ?? new Session(this);
    const missed = known?.since(data.pos) ?? null;
    if (!known) this.sessions.push(session);
    if (session.link) session.end(4501, 'taken over');
    session.link = link;
    const { id, token, handled: ackn } = session;
    const facts = { id, token, ackn, resumed: known !== undefined, recovered: missed !== null, ...this.times };
    const pos = missed ? data.pos : session.pos;
    const welcome = { type: '__welcome', data: { ...facts, pos, channels: [...session.channels], ...link.more?.(session) } };
    link.greet(session, [{ message: welcome }, ...(missed ?? [])]);
    if (!known) for (const one of data.join ?? []) this.#join(session, one);
    return session;
  }

  #join(session, wanted) {
    const { ch, history = 0 } = typeof wanted === 'string' ? { ch: wanted } : wanted;
    if (ch === 'secret') session.say({ type: '__left', data: { ch, error: { code: 'denied', message: 'no' } } });
    else session.say({ type: '__joined', data: this.#joined(session, ch, history) });
  }

  #joined(session, ch, history) {
    session.channels.add(ch);
    const last = Array.from({ length: history }, (_, i) => ({ type: 'old', data: i }));
    return { ch, history: last, present: [{ id: session.id, identity: null }] };
  }

  // What a client says, but for __hello.
  hear(session, message, link) {
    if (this.deaf) return;
    const { type, n } = message;
    if (type === '__pong') session.pongs.push(message.data.pos);
    if (n !== undefined) {
      if (n === session.handled + 1) this.#handle(session, message);
      session.handled = Math.max(session.handled, n === session.handled + 1 ? n : 0);
      if (!this.quiet) link?.send([{ message: { type: '__ackn', data: { n: session.handled } } }]);
    } else if (!type.startsWith('__')) {
      this.#handle(session, message);
    }
    if (type === '__bye') this.#bye(session);
  }

  #handle(session, { type, data, id, bin }) {
    if (type === '__ack') session.answers.get(data.id)?.(data);
    if (id === undefined && type.startsWith('__')) return;
    const given = bin ? new Uint8Array(Buffer.from(data, 'base64')) : data;
    if (!type.startsWith('__')) this.events.push([type, given]);
    if (id === undefined) return;
    const answer = this.#answer(session, type, given);
    if (answer) session.say({ type: '__ack', data: { id, ...answer } });
  }

  #answer(session, type, data) {
    if (type === '__join') {
      return data.ch === 'secret' ? { error: { code: 'denied', message: 'no' } }
        : { data: this.#joined(session, data.ch, data.history) };
    }
    if (type === '__leave') session.channels.delete(data.ch);
    if (type === '__leave') return { data: null };
    const handler = this.handlers[type];
    if (!handler) return { error: { code: 'unknown-name', message: `nobody handles ${type}` } };
    try {
      const result = handler(data, session);
      if (result === undefined) return null; // a handler that never answers
      return result instanceof Uint8Array ? { bin: true, data: Buffer.from(result).toString('base64') } : { data: result };
    } catch ({ code, message }) {
      return { error: { code, message } };
    }
  }

  #bye(session) {
    session.token = null;
    session.gone = true;
    session.link = null;
  }

  // WebSocket

  #upgrade(request, socket, head) {
    const fault = this.faults.ws.shift();
    if (fault) {
      fault(socket);
      return;
    }
    const { 'sec-websocket-key': key, 'sec-websocket-protocol': protocol } = request.headers;
    if (request.url !== PATHS.ws || protocol !== 'rocketio.v2') {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      return;
    }
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${
      `Sec-WebSocket-Accept: ${acceptKey(key)}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`}`);
    this.#talk(new Peer(socket, head, false));
  }

  #talk(peer) {
    let session;
    const link = {
      peer,
      send: (entries) => {
        const texts = entries.filter(({ bytes }) => !bytes);
        if (texts.length === entries.length) peer.send(text(entries));
        else for (const entry of entries) peer.send(entry.bytes ? binary(entry) : text([entry]));
      },
      greet: (_, entries) => this.mute || link.send(entries),
      end: (why) => {
        peer.send(text([{ message: { type: '__disconnect', data: why } }]));
        peer.close(why.code, why.reason);
      },
    };
    peer.onmessage = (data) => {
      const message = typeof data === 'string' ? JSON.parse(data) : this.#unframe(data);
      if (message.type === '__hello') session = this.#greet(message.data ?? {}, link);
      else if (session) this.hear(session, message, link);
    };
    peer.onclose = (code) => {
      this.closes.push(code);
      if (session?.link === link) session.link = null;
      if (session && (code === 1000 || code === 1001)) this.#bye(session);
    };
  }

  #unframe(data) {
    const whole = Buffer.from(data);
    const end = 5 + whole.readUInt32BE(1);
    const head = JSON.parse(whole.subarray(5, end).toString());
    return { ...head, bin: true, data: whole.subarray(end).toString('base64') };
  }

  // HTTP

  async #serve(request, response) {
    response.on('error', () => {});
    const { pathname, searchParams } = new URL(request.url, this.origin);
    let body = '';
    for await (const part of request) body += part;
    const name = pathname.split('/').at(-1);
    if (name === 'settings') {
      json(response, 200, this.settings);
      return;
    }
    this.counts[name] = this.asked(name) + 1;
    if (this.faults[name]?.shift()?.(response, body)) return;
    if (name === 'sse') this.#stream(searchParams.get('ticket'), response);
    else if (name === 'poll') this.#poll(JSON.parse(body), response);
    else if (name === 'send') this.#post(JSON.parse(body), response);
    else json(response, 404, {});
  }

  #post({ messages, ...who }, response) {
    if (messages[0]?.type === '__hello') {
      this.#greet(messages[0].data ?? {}, this.#pending(response));
      return;
    }
    const session = this.#find(who);
    if (!session) {
      json(response, 404, {});
      return;
    }
    for (const message of messages) this.hear(session, message, null);
    json(response, 200, [{ type: '__ackn', data: { n: this.quiet ? 0 : session.handled } }]);
  }

  // Between __hello and the stream or the first poll.
  #pending(response) {
    return {
      more: (session) => {
        const ticket = randomBytes(8).toString('hex');
        this.#tickets.set(ticket, session);
        return { ticket };
      },
      greet: (session, entries) => {
        session.waiting = entries.slice(1);
        session.link = { polls: true, send: (more) => session.waiting.push(...more), end() {} };
        json(response, 200, [entries[0].message]);
      },
      end: (why) => json(response, 200, [{ type: '__disconnect', data: why }]),
    };
  }

  #stream(ticket, response) {
    const session = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (!session) {
      json(response, 403, {});
      return;
    }
    const event = (entries) => response.write(`id: ${session.pos}\ndata: ${text(entries)}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const first = session.waiting.length > 0 ? session.waiting
      : [{ message: { type: '__heartbeat', data: { pos: session.pos } } }];
    const link = {
      send: event,
      end: (why) => response.end(`data: ${text([{ message: { type: '__disconnect', data: why } }])}\n\n`),
    };
    session.link = link;
    response.on('close', () => {
      if (session.link === link) session.link = null;
    });
    event(first);
  }

  #poll({ pos, ...who }, response) {
    const session = this.#find(who);
    const entries = session?.link?.peer ? null : session?.since(pos); // one that came after a WebSocket is late
    if (!session || !entries) {
      json(response, session ? 409 : 404, {});
      return;
    }
    session.held?.([]);
    session.pongs.push(pos);
    if (session.link && !session.link.polls) session.end(4501, 'taken over');
    const answer = (messages) => {
      if (session.held !== answer) return;
      session.held = null;
      json(response, 200, messages.map(({ message, bytes }) => JSON.parse(text([{ message, bytes }]))));
    };
    session.held = answer;
    session.link = {
      polls: true,
      send: (more) => session.held?.(more),
      end: (why) => session.held?.([{ message: { type: '__disconnect', data: why } }]),
    };
    response.on('close', () => {
      if (session.held === answer) session.held = null;
    });
    if (entries.length > 0) answer(entries);
  }
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
