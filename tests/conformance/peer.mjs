// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Clients of version 2 that keep to the protocol, unless they are told otherwise. A peer is one connection of a
// session: a WebSocket, a stream of server-sent events, or polls.

import { DEADLINE, Inbox } from './inbox.mjs';
import { BINARY, PONG, WebSocketPeer } from './websocket.mjs';

const PONG_AFTER = 32;

// What outlives a connection.
class Session {
  current;  // the latest connection; what still comes over an earlier one changes nothing here
  pos;
  seq = 0;  // of the last message that was handled
  n = 0;    // of the last message that was sent
  ids = 0;  // of the last request
  unacknowledged = [];

  greet({ id, token, pos, resumed, recovered, ackn }) {
    if (!resumed) Object.assign(this, { n: 0, unacknowledged: [] });
    if (!recovered) this.seq = 0;
    Object.assign(this, { id, token, pos });
    this.acknowledge(ackn);
  }

  acknowledge(ackn) {
    this.unacknowledged = this.unacknowledged.filter(({ n }) => n > ackn);
  }
}

export class Peer {
  all = [];    // every message that came, those that came again as well
  texts = [];  // what they came in
  lines = [];  // both directions, to look at when something is wrong
  disconnect;  // the DATA of `__disconnect`
  over;        // a promise: how it ended, { code, reason }

  #inbox = new Inbox();
  #unanswered = 0;
  #finish;

  // `pong` tells how it keeps alive: 'pos' as it should, 'alive' without saying how far it has come, 'none' not at all.
  constructor(server, { session = new Session(), pong = 'pos' } = {}) {
    Object.assign(this, { server, session, pong });
    session.current = this;
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get id() {
    return this.session.id;
  }

  get token() {
    return this.session.token;
  }

  // How it has to begin.
  async hello(data) {
    this.transmit(data === undefined ? { type: '__hello' } : { type: '__hello', data });
    await this.#inbox.next(({ type }) => type === '__welcome' || type === '__disconnect', { what: '__welcome' });
    if (this.disconnect) throw new Error(`__disconnect instead of __welcome: ${JSON.stringify(this.disconnect)}`);
    return this.welcome;
  }

  // Sends a numbered message; { id } makes it a request.
  say(type, data, more = {}) {
    const message = { type, data, n: ++this.session.n, ...more };
    this.session.unacknowledged.push(message);
    this.transmit(message);
    return message;
  }

  // Sends a message, or an array of them, as it is.
  send(message) {
    this.transmit(message);
  }

  // The DATA of the answer.
  async request(type, data, options) {
    const id = ++this.session.ids;
    this.say(type, data, { id });
    return this.answer(id, options);
  }

  async answer(id, options) {
    const { data } = await this.next((message) => message.type === '__ack' && message.data?.id === id,
      { what: `answer to request ${id}`, ...options });
    return data;
  }

  // What `__join` is answered with.
  async join(ch, history) {
    const { data, error } = await this.request('__join', { ch, history });
    if (error) throw new Error(`__join is refused: ${JSON.stringify(error)}`);
    return data;
  }

  // Takes the next message that fits: a name, an object of members, or a function.
  next(wanted, options) {
    return this.#inbox.next(wanted, options);
  }

  several(count, wanted, options) {
    return this.#inbox.several(count, wanted, options);
  }

  take(wanted) {
    return this.#inbox.take(wanted);
  }

  // All that came of this kind so far.
  of(type) {
    return this.all.filter((message) => message.type === type);
  }

  // Waits until the server has handled what was sent before. What it caused has come then as well.
  async fence() {
    const data = { fence: Math.random() };
    this.transmit({ type: 'echo', data });
    return this.next({ type: 'echo', data }, { what: 'echo that comes last' });
  }

  // Another connection of its session. `from` is the message (or the welcome) that it claims to have had last.
  async resume({ kind = this.kind, from, pos, hello, pong = this.pong, made } = {}) {
    const { session } = this;
    session.current = undefined;
    if (from) Object.assign(session, { pos: from.pos, seq: from.seq ?? 0 });
    const { id, token } = session;
    const claim = { id, token, pos: pos ?? session.pos, ...hello };
    const peer = await connect(this.server, kind, { session, pong, made, hello: claim });
    if (session.unacknowledged.length > 0) peer.transmit([...session.unacknowledged]);
    return peer;
  }

  receive(text, messages = JSON.parse(text)) {
    this.texts.push(text);
    for (const message of Array.isArray(messages) ? messages : [messages]) {
      this.lines.push(`< ${JSON.stringify(message).slice(0, 300)}`);
      this.#handle(message);
    }
  }

  // It is over: nothing comes any more.
  finish(how) {
    this.lines.push(`< end: ${JSON.stringify(how)}`);
    this.#inbox.end(`the connection has ended with ${how.code} ${how.reason ?? ''}`);
    this.#finish(how);
  }

  #handle(message) {
    this.all.push(message);
    if (message.bin === true && typeof message.data === 'string') message.bytes = Buffer.from(message.data, 'base64');
    const { type, data } = message;
    if (type === '__welcome') {
      this.welcome = data;
      this.session.greet(data);
    }
    if (type === '__disconnect') this.disconnect = data ?? {};
    if (this.session.current === this && !this.#count(message)) return;
    this.#inbox.put(message);
  }

  // False for a message that was handled before.
  #count({ type, data, seq, pos }) {
    if (type === '__ackn') this.session.acknowledge(data?.n);
    if (type === '__heartbeat') this.#answerHeartbeat(data);
    if (seq !== undefined) {
      if (seq <= this.session.seq) return false;
      Object.assign(this.session, { seq, pos });
      if (this.pong === 'pos' && ++this.#unanswered >= PONG_AFTER) this.sayPong();
    }
    return true;
  }

  #answerHeartbeat(data) {
    if (this.pong === 'pos') {
      this.session.pos = data?.pos ?? this.session.pos;
      this.sayPong();
    } else if (this.pong === 'alive') {
      this.keepAlive();
    }
  }

  sayPong(pos = this.session.pos) {
    this.#unanswered = 0;
    this.transmit({ type: '__pong', data: { pos } });
  }
}

export class SocketPeer extends Peer {
  kind = 'ws';

  constructor(server, socket, options) {
    super(server, options);
    this.socket = socket;
    socket.onMessage = (opcode, payload) => {
      if (opcode === BINARY) this.#receiveBinary(payload);
      else this.receive(payload.toString());
    };
    socket.onPing = (payload) => {
      if (this.pong !== 'none') socket.send(payload, { opcode: PONG });
    };
    socket.ended.then((how) => this.finish(how));
  }

  // Without `__hello`.
  static async open(server, options) {
    const socket = await WebSocketPeer.open(server.endpoint('ws'), { protocols: 'rocketio.v2' });
    return new SocketPeer(server, socket, options);
  }

  transmit(message) {
    this.sendText(JSON.stringify(message));
  }

  sendText(text) {
    this.lines.push(`> ${text.slice(0, 300)}`);
    this.socket.send(text);
  }

  // A binary message as in 2.6.
  sendBytes(message, bytes) {
    const text = Buffer.from(JSON.stringify(message));
    const head = Buffer.alloc(5);
    head[0] = 1;
    head.writeUInt32BE(text.length, 1);
    this.sendBinary(Buffer.concat([head, text, Buffer.from(bytes)]));
  }

  sendBinary(payload) {
    this.lines.push(`> binary ${JSON.stringify(payload.subarray(0, 100).toString('latin1'))}`);
    this.socket.send(payload, { opcode: BINARY });
  }

  keepAlive() {
    this.socket.send('', { opcode: PONG });
  }

  close(code, reason) {
    this.lines.push(`> close ${code ?? ''} ${reason ?? ''}`);
    this.socket.close(code, reason);
  }

  cut() {
    this.lines.push('> cut');
    this.socket.cut();
  }

  leave() {
    this.socket.close(1000);
    setTimeout(() => this.socket.cut(), 500).unref();
  }

  #receiveBinary(payload) {
    const size = payload.length < 5 || payload[0] !== 1 ? NaN : payload.readUInt32BE(1);
    if (!(5 + size <= payload.length)) {
      this.receive('', { type: '(a binary message that 2.6 does not know)', bytes: payload });
      return;
    }
    const text = payload.subarray(5, 5 + size).toString();
    this.receive(text, { ...JSON.parse(text), bytes: payload.subarray(5 + size) });
  }
}

// What the two kinds without a WebSocket share: they post what they say, one post after the other.
class PostingPeer extends Peer {
  #queue = [];
  #posting = false;
  ended = false;

  transmit(message) {
    this.#queue.push(...[message].flat());
    if (!this.#posting) this.#post();
  }

  keepAlive() {
    this.transmit({ type: 'alive' });
  }

  leave() {
    if (!this.ended && this.id) this.transmit({ type: '__bye' });
    this.cut();
  }

  async #post() {
    this.#posting = true;
    try {
      while (this.#queue.length > 0) {
        const messages = this.#queue.splice(0);
        this.lines.push(`> ${JSON.stringify(messages).slice(0, 300)}`);
        const hello = messages.length === 1 && messages[0].type === '__hello';
        const { id, token } = this.session;
        const answer = await this.server.post('send', hello ? { messages } : { id, token, messages });
        if (answer.status !== 200) throw new Error(`a post to send is answered with ${answer.status} ${answer.text}`);
        this.receive(answer.text);
      }
    } catch (error) {
      this.cut();
      this.finish({ code: error.message });
    }
    this.#posting = false;
  }
}

export class StreamPeer extends PostingPeer {
  kind = 'sse';
  events = [];  // { id, data, at } of the stream
  #asked;

  async hello(data) {
    const welcome = await super.hello(data);
    await this.open(welcome.ticket);
    return welcome;
  }

  async open(ticket, headers) {
    const url = this.server.endpoint('sse');
    url.searchParams.set('ticket', ticket);
    this.lines.push(`> GET ${url.pathname}${url.search}`);
    const { asked, answer } = this.server.request(url, { headers });
    this.#asked = asked;
    this.response = await answer;
    if (this.response.statusCode !== 200) throw new Error(`the stream is answered with ${this.response.statusCode}`);
    this.#read().then(() => this.#end(), () => this.#end());
  }

  cut() {
    this.ended = true;
    this.lines.push('> cut');
    this.#asked?.destroy();
  }

  #end() {
    this.ended = true;
    this.finish(this.disconnect ?? { code: 'an end of the stream without __disconnect' });
  }

  async #read() {
    let rest = '';
    let event = {};
    for await (const part of this.response.setEncoding('utf8')) {
      const lines = (rest + part).split(/\r\n|\n|\r/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === '') {
          this.#dispatch(event);
          event = {};
        } else {
          const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
          event[field] = field === 'data' && event.data !== undefined ? `${event.data}\n${value}` : value;
        }
      }
    }
  }

  #dispatch({ id, event, data }) {
    if (data === undefined) return;
    this.events.push({ id, event, data, at: Date.now() });
    this.receive(data);
  }
}

export class PollPeer extends PostingPeer {
  kind = 'poll';
  #asked;

  async hello(data) {
    const welcome = await super.hello(data);
    this.#poll();
    return welcome;
  }

  cut() {
    this.ended = true;
    this.lines.push('> cut');
    this.#asked?.destroy();
  }

  async #poll() {
    let how;
    while (!this.ended && how === undefined) how = await this.#pollOnce();
    this.ended = true;
    this.finish(this.disconnect ?? how ?? { code: 'its own end' });
  }

  async #pollOnce() {
    const { id, token, pos } = this.session;
    this.lines.push(`> poll from ${pos}`);
    const body = JSON.stringify({ id, token, pos });
    const { asked, answer } = this.server.request(this.server.endpoint('poll'), { body });
    this.#asked = asked;
    try {
      const response = await answer;
      if (response.statusCode !== 200) return { code: `a poll is answered with ${response.statusCode}` };
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      this.receive(text);
    } catch (error) {
      return { code: error.message };
    }
    return this.disconnect;
  }
}

const KINDS = { sse: StreamPeer, poll: PollPeer };

// A peer of the kind that was welcomed.
export async function connect(server, kind, { hello, made = () => {}, ...options } = {}) {
  const peer = kind === 'ws' ? await SocketPeer.open(server, options) : new KINDS[kind](server, options);
  made(peer);
  try {
    await peer.hello(hello);
  } catch (error) {
    peer.cut();
    throw error;
  }
  return peer;
}

export { DEADLINE };
