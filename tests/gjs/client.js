// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Clients by libsoup's own WebSocket and HTTP, in the process of the server.
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import RocketIO from 'gi://RocketIO?version=1.0';
import Soup from 'gi://Soup?version=3.0';

import { within } from './tap.js';

Gio._promisify(Soup.Session.prototype, 'websocket_connect_async', 'websocket_connect_finish');
Gio._promisify(Soup.Session.prototype, 'send_and_read_async', 'send_and_read_finish');

const soup = new Soup.Session({ max_conns: 100, max_conns_per_host: 100 });

export const text = (bytes) => new TextDecoder().decode(bytes instanceof GLib.Bytes ? bytes.get_data() : bytes);

// `http://ADDRESS:PORT`
export function home(io) {
  return io.get_uris()[0].to_string().replace(/\/$/, '');
}

export async function request(method, url, form = null, headers = {}) {
  const message = form === null ? Soup.Message.new(method, url) :
    Soup.Message.new_from_encoded_form(method, url, Object.entries(form).map((pair) =>
      pair.map(encodeURIComponent).join('=')).join('&'));
  for (const [name, value] of Object.entries(headers)) message.get_request_headers().append(name, value);
  const body = await within(soup.send_and_read_async(message, GLib.PRIORITY_DEFAULT, null), `${method} ${url}`);
  return { status: message.get_status(), body: text(body) };
}

// What comes, for next() to take or to wait for.
class Messages {
  #came = [];
  #waiting = [];

  put(message) {
    if (this.#waiting.length > 0) this.#waiting.shift()(message);
    else this.#came.push(message);
  }

  next(what) {
    if (this.#came.length > 0) return Promise.resolve(this.#came.shift());
    return within(new Promise((resolve) => this.#waiting.push(resolve)), what);
  }
}

export class Client {
  messages = new Messages();
  closed;
  session;

  // `channel` undefined: it tells none, and is not open yet.
  static async connect(url, channel = null) {
    const client = new Client();
    const message = Soup.Message.new('GET', `${url.replace(/^http/, 'ws')}/websocketio/io`);
    client.socket = await soup.websocket_connect_async(message, null, null, GLib.PRIORITY_DEFAULT, null);
    client.socket.connect('message', (_socket, _type, bytes) => client.messages.put(JSON.parse(text(bytes))));
    client.closed = new Promise((resolve) => client.socket.connect('closed', () => resolve()));
    client.session = await client.next('__session_id');
    client.push('__channel_id', channel);
    return client;
  }

  push(type, data) {
    this.pushText(JSON.stringify({ type, data }));
  }

  // Text on the wire, as it is.
  pushText(json) {
    this.socket.send_text(json);
  }

  // The data of the next message, which is of this type.
  async next(type) {
    const message = await this.messages.next(`a message "${type}"`);
    if (message.type !== type) throw new Error(`there came ${JSON.stringify(message)} instead of "${type}"`);
    return message.data;
  }

  close() {
    this.socket.close(Soup.WebsocketCloseCode.NORMAL, null);
    return within(this.closed, 'the end of a connection');
  }
}

// One of version 2 of the wire. What is asked is answered by `handlers`, or is in `asked`.
export class Client2 {
  asked = [];
  codes = [];
  reasons = [];
  handlers = {};
  joined = [];
  messages = new Messages();
  welcomed;
  #answers = new Map();
  #last = 0;
  #url;

  // What is not to be welcomed closes instead.
  static async connect(url, hello = {}, isWelcome = true) {
    const client = new Client2();
    const message = Soup.Message.new('GET', `${url.replace(/^http/, 'ws')}/rocketio/ws`);
    client.#url = url;
    client.socket = await soup.websocket_connect_async(message, null, ['rocketio.v2'], GLib.PRIORITY_DEFAULT, null);
    client.socket.connect('message', (_socket, type, bytes) => client.#take(type, bytes.toArray()));
    client.closed = new Promise((resolve) => client.socket.connect('closed', () => resolve()));
    client.push('__hello', hello);
    const welcome = client.next('__welcome').then((data) => Object.assign(client, { welcomed: data }));
    await (isWelcome ? welcome : Promise.race([welcome, client.closed]));
    return client;
  }

  get session() {
    return this.welcomed.id;
  }

  #take(type, bytes) {
    if (type === Soup.WebsocketDataType.BINARY) {    // protocol 2, point 2.6
      const length = new DataView(bytes.buffer).getUint32(1);
      this.#handle({ ...JSON.parse(text(bytes.slice(5, 5 + length))), data: bytes.slice(5 + length) });
      return;
    }
    for (const message of [JSON.parse(text(bytes))].flat()) this.#handle(message);
  }

  #handle(message) {
    const { type, data, id } = message;
    this.pos = message.pos ?? data?.pos ?? this.pos;
    if (data?.bin) data.data = GLib.base64_decode(data.data);
    if (type === '__ack') this.#answers.get(data.id)?.(data);
    else if (type === '__joined') this.joined.push(data.ch);
    else if (type === '__disconnect') this.#end(data);
    else if (id === undefined) this.messages.put({ type, data });
    else if (type in this.handlers) this.answer(id, { data: this.handlers[type](data) });
    else this.asked.push({ id, type, data });
  }

  #end({ code, reason }) {
    this.codes.push(code);
    this.reasons.push(reason);
  }

  push(type, data, more = {}) {
    const bytes = data instanceof Uint8Array ? { data: GLib.base64_encode(data), bin: true } : { data };
    this.socket.send_text(JSON.stringify({ type, ...bytes, ...more }));
  }

  // The answer as it comes: { id, data } or { id, error }.
  ask(type, data) {
    const id = ++this.#last;
    const answer = new Promise((resolve) => this.#answers.set(id, resolve));
    this.push(type, data, { id });
    return within(answer, `the answer to "${type}"`);
  }

  answer(id, outcome) {
    this.push('__ack', { id, ...outcome });
  }

  // Who is there is told at any time.
  async next(type) {
    const message = await this.messages.next(`a message "${type}"`);
    if (message.type === type) return message.data;
    if (message.type === '__presence') return this.next(type);
    throw new Error(`there came ${JSON.stringify(message)} instead of "${type}"`);
  }

  // Ends the connection without a goodbye, and goes on with the session.
  cut() {
    this.socket.get_io_stream().close(null);
  }

  resume() {
    const { id, token } = this.welcomed;
    return Client2.connect(this.#url, { id, token, pos: this.pos });
  }

  close() {
    return Client.prototype.close.call(this);
  }
}

// A client that the server has got, with its session there.
export async function join(io, channel = null) {
  const client = await Client.connect(home(io), channel);
  const opened = () => io.get_session(client.session);
  await new Promise((resolve) => {
    client.push('__session_id');    // answered after the channel was heard
    client.messages.next('an answer').then(resolve);
  });
  return { client, session: opened() };
}

export async function join2(io, channel = '') {
  const client = await Client2.connect(home(io), { join: [channel] });
  return { client, session: io.get_session(client.session) };
}

export function serve() {
  const io = new RocketIO.Server();
  io.listen({ address: '127.0.0.1', port: 0 });
  return io;
}

// What handlers fail of while `body` runs: what logError() would print. Of GLib's log writers GJS 1.74 allows no second
// one, so there would be no way back.
export async function logged(body) {
  const lines = [];
  const { logError } = globalThis;
  globalThis.logError = (error, prefix) => lines.push(`${prefix}: ${error.toString?.()}\n${error.stack}`);
  try {
    await body(lines);
  } finally {
    globalThis.logError = logError;
  }
  return lines;
}
