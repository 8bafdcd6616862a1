// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A client of wire 2, written from rocketio-glib/docs/protocol-2.md and from nothing else; the numbers in the comments
// are those of its points. What it learns it leaves where tests can look at it.

import { OPENERS, readSettings } from './links.mjs';
import { Random } from './random.mjs';

const PONG_EVERY = 32;   // 4.4

export class Client {
  // Of the session
  id = null;
  token = null;
  pos = null;
  channels = [];

  // Of the client
  transports = [];          // over which it connected, each time
  welcomes = [];            // the DATA of each __welcome
  disconnects = [];         // the DATA of each __disconnect
  unknown = [];             // messages of which it is not known what became of them (5.3)
  leftOut = 0;              // messages that the server says it left out (4.6)
  doubles = 0;              // messages that came twice, and were handled once
  violations = [];          // where the server did not keep to the protocol
  failures = [];            // why connections ended
  isOpen = false;           // welcomed, and not cut off since
  handlers = new Map();     // for requests of the server: name => (data) => answer
  onmessage = () => {};     // ({ type, data, ch, seq }) for each message that counts
  onwelcome = () => {};     // (DATA)

  #url;
  #options;
  #random;
  #paths = null;
  #link = null;
  #done = false;
  #running = null;
  #heard = 0;               // 4.5: the last `seq` that was handled
  #sinceWelcome = 0;        // the last `seq` that came over this connection
  #sinceTold = 0;           // messages with a `seq` since the last __pong
  #n = 0;
  #ackn = 0;
  #unacked = [];
  #acked = [];              // the last few others
  #requests = new Map();
  #requestId = 0;
  #wake = () => {};

  // transport  'ws', 'sse', 'poll', or 'mixed': another one each time
  // random     what decides where the document leaves a choice
  // join, auth for __hello
  // retry      [least, most] milliseconds before it connects again
  // stutter    how probable it is that it says something again that the server has heard already
  // patience   milliseconds without a byte after which a connection is dead, instead of 3.6
  constructor(url, { random = new Random(0), ...options } = {}) {
    this.#url = url;
    this.#random = random;
    this.#options = { transport: 'ws', retry: [1, 50], stutter: 0, ...options };
  }

  // Connects, and goes on connecting; see opened().
  start() {
    this.#running ??= this.#run();
    return this;
  }

  push(type, data) {
    return this.#say({ type, data });
  }

  pushBytes(type, bytes) {
    return this.#say({ type, data: Buffer.from(bytes).toString('base64'), bin: true });
  }

  // What is not numbered is handled when it comes, if it comes.
  whisper(type, data) {
    this.#link?.say({ type, data });
  }

  // The answer. An error has the `code` of 6.1.
  request(type, data) {
    const id = ++this.#requestId;
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject });
      this.#say({ type, data, id });
    });
  }

  join(ch, history) {
    return this.request('__join', history === undefined ? { ch } : { ch, history });
  }

  leave(ch) {
    return this.request('__leave', { ch });
  }

  // How many of its messages the server has not acknowledged.
  get waiting() {
    return this.#unacked.length;
  }

  // Cuts itself off, as a lost network does: the server gets a RST.
  cut() {
    this.#link?.drop(new Error('cut by itself'));
  }

  // Walks away from its connection, which stays open and unread for a while, and connects anew.
  abandon() {
    this.#link?.abandon();
  }

  // Cut off, it does not come back before resume().
  pause() {
    this.#paused ??= new Promise((resolve) => {
      this.resume = () => {
        this.#paused = null;
        resolve();
      };
    });
    this.cut();
  }

  resume = () => {};
  #paused = null;

  // 3.5: the session ends. With `rudely` it is just gone.
  async close({ rudely = false } = {}) {
    this.#done = true;
    this.resume();
    this.#wake();
    if (rudely) this.cut();
    else await this.#link?.close();
    await this.#running;
  }

  async #run() {
    let last = null;
    while (!this.#done) {
      if (this.#paused) await this.#paused;
      if (this.#done) break;
      const { transport, retry } = this.#options;
      const choices = Object.keys(OPENERS).filter((name) => transport === 'mixed' ? name !== last : name === transport);
      last = this.#random.pick(choices);
      this.transports.push(last);
      try {
        this.#paths ??= await readSettings(this.#url);
        if (this.#paused || this.#done) continue;
        const Link = OPENERS[last];
        this.#link = new Link(this.#url, this.#paths, this, this.#random, this.#options.patience);
        await this.#link.run();
        this.failures.push(`${last}: it ended`);
      } catch (error) {
        this.failures.push(`${last}: ${error.message}`);
      }
      this.isOpen = false;
      this.#link?.drop();
      this.#link = null;
      if (this.#done) break;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, this.#random.between(...retry));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #say(message) {
    const numbered = { ...message, n: ++this.#n };
    this.#unacked.push(numbered);
    this.#link?.wake();
    return numbered.n;
  }

  // What links ask it.

  // Numbered, so that one that is late takes nothing over (3.5).
  #attempt = 0;

  hello() {
    const { join, auth } = this.#options;
    const data = { client: 'tests/faults', attempt: ++this.#attempt, ...auth !== undefined && { auth } };
    if (this.token) Object.assign(data, { id: this.id, token: this.token, pos: this.pos });
    // A session that may turn out to be gone wants its channels as well.
    if (join) data.join = join;
    return { type: '__hello', data };
  }

  // Numbered messages above `n`, at most `count`, and sometimes one that the server has already.
  next(n, count) {
    const next = this.#unacked.filter((message) => message.n > n).slice(0, count);
    if (next.length > 0 && this.#random.chance(this.#options.stutter)) {
      const again = [...this.#acked, ...this.#unacked.filter((message) => message.n <= n)];
      next.unshift(...again.slice(-this.#random.between(1, 3)));
    }
    return next;
  }

  get ackn() {
    return this.#ackn;
  }

  // Messages, in the order in which they came over `link`.
  hear(link, messages) {
    for (const message of messages) {
      if (link !== this.#link || link.isOver) return;
      this.#hear(link, message);
    }
  }

  #hear(link, message) {
    const { type, data, seq } = message;
    if (!this.isOpen && type !== '__welcome' && type !== '__disconnect') {
      this.violations.push(`"${type}" came before __welcome (3.2)`);
    }
    switch (type) {
      case '__welcome':
        this.#welcome(link, data);
        return;
      case '__disconnect':
        this.disconnects.push(data);
        if (data.code >= 4500) this.#done = true;   // 11.2
        link.drop(new Error(`disconnected with ${data.code}: ${data.reason}`));
        return;
      case '__heartbeat':
        this.pos = data.pos;
        this.#tell(link);
        return;
      case '__ackn':
        this.#acknowledged(data.n);
        return;
      case '__dropped':
        this.leftOut += data.count;
        return;
      default:
    }
    if (seq !== undefined) {
      if (seq <= this.#sinceWelcome) this.violations.push(`seq ${seq} came after ${this.#sinceWelcome} (4.1)`);
      if (typeof message.pos !== 'string') this.violations.push(`"${type}" with a seq and without a pos (4.2)`);
      this.#sinceWelcome = Math.max(this.#sinceWelcome, seq);
      if (seq <= this.#heard) {                     // 4.5
        this.doubles++;
        return;
      }
      this.#heard = seq;
    }
    this.#handle(message);
    if (typeof message.pos === 'string') this.pos = message.pos;
    if (seq !== undefined && ++this.#sinceTold >= PONG_EVERY) this.#tell(link);
  }

  #tell(link) {
    this.#sinceTold = 0;
    link.say({ type: '__pong', data: { pos: this.pos } });
  }

  #welcome(link, data) {
    const { id, token, pos, resumed, recovered, ackn, channels } = data;
    if (this.isOpen) this.violations.push('a second __welcome');
    if (resumed && id !== this.id) this.violations.push(`resumed with the id ${id} instead of ${this.id}`);
    if (resumed && ackn < this.#ackn) this.violations.push(`ackn ${ackn} after ${this.#ackn}`);
    if (ackn > this.#n && resumed) this.violations.push(`ackn ${ackn}, but said were only ${this.#n}`);
    if (recovered && !resumed) this.violations.push('recovered, but not resumed');
    if (!recovered) this.#heard = 0;                // 4.5
    this.#sinceWelcome = 0;
    this.#sinceTold = 0;
    if (!resumed) this.#forget();
    this.#acknowledged(ackn);
    Object.assign(this, { id, token, pos, channels });
    this.isOpen = true;
    this.welcomes.push(data);
    this.onwelcome(data);
    link.welcomed(data);
  }

  // 5.3: another session, with numbers from 1.
  #forget() {
    if (this.welcomes.length === 0) return;         // said before there was any session
    this.unknown.push(...this.#unacked);
    this.#unacked = [];
    this.#acked = [];
    this.#n = 0;
    this.#ackn = 0;
    for (const { reject } of this.#requests.values()) reject(Object.assign(new Error('unknown'), { code: 'unknown' }));
    this.#requests.clear();
  }

  #acknowledged(n) {
    if (n > this.#n) this.violations.push(`__ackn of ${n}, but said were only ${this.#n}`);
    this.#ackn = Math.max(this.#ackn, n);
    this.#acked = [...this.#acked, ...this.#unacked.filter((message) => message.n <= n)].slice(-3);
    this.#unacked = this.#unacked.filter((message) => message.n > this.#ackn);
  }

  #handle({ type, data, id, ch, seq, bin }) {
    if (type === '__ack') {
      const { resolve, reject } = this.#requests.get(data.id) ?? {};
      if (!resolve) {
        this.violations.push(`an answer to ${data.id}, which nobody waits for (6.1)`);
      } else if (data.error) {
        reject(Object.assign(new Error(data.error.message), data.error));
      } else {
        resolve(data.bin ? Buffer.from(data.data, 'base64') : data.data);
      }
      this.#requests.delete(data.id);
      return;
    }
    this.onmessage({ type, data: bin ? Buffer.from(data, 'base64') : data, ch, seq });
    if (id !== undefined) this.#answer(id, type, data);
  }

  // 6.1. Answers are numbered like everything else (5.1).
  #answer(id, type, data) {
    const handler = this.handlers.get(type);
    const answer = handler ? { id, data: handler(data) ?? null }
      : { id, error: { code: 'unknown-name', message: `nobody handles requests of the name "${type}"` } };
    this.#say({ type: '__ack', data: answer });
  }
}
