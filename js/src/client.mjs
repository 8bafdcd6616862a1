// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { Backoff } from './backoff.mjs';
import { encode } from './envelope.mjs';
import { EventEmitter } from './event-emitter.mjs';
import { Outbox } from './outbox.mjs';

const FALLBACK = 3000;
const OPENING = 10000;
const STABLE = 10000;

// Servers drop these (protocol 1, point 1.2): they are what clients tell of themselves.
const OURS = new Set(['connect', 'disconnect', 'error', 'start', '*']);

// What the three clients share: they come back by themselves, and keep what is pushed meanwhile.
// A subclass knows the ways to the server, and how to greet it.
export class Client extends EventEmitter {
  session;
  type = null;
  state = 'closed';
  #outbox = new Outbox();
  #backoff = new Backoff();
  #link = null;
  #timer = null;
  #turn = 0;
  #failed = false;

  constructor(session) {
    super();
    this.session = session ?? null;
  }

  connect() {
    if (this.state !== 'closed') return this;
    globalThis.addEventListener?.('online', this.#wake);
    globalThis.document?.addEventListener('visibilitychange', this.#see);
    this.#start();
    return this;
  }

  close() {
    if (this.state === 'closed') return;
    globalThis.removeEventListener?.('online', this.#wake);
    globalThis.document?.removeEventListener('visibilitychange', this.#see);
    this.#turn++;
    this.#leave('closed');
  }

  push(type, data) {
    if (typeof type !== 'string' || type === '') throw new TypeError('an event has a name');
    if (OURS.has(type)) throw new Error(`push "${type}" refused: what happens here has that name; choose another one`);
    const oldest = this.#outbox.add({ type, text: encode(type, data) });
    if (oldest) this.emit('error', new Error(`push "${oldest.type}" refused: too many wait for a connection`));
    if (this.state === 'connected') this.#link.flush();
  }

  // The ways there are, best first, each { type, Link, url }; `again` when the last ones led nowhere.
  async ways(again) { // eslint-disable-line no-unused-vars
    return [];
  }

  // What is pushed here is the first that a server hears of a session.
  greet() {}

  #wake = () => {
    if (this.state === 'waiting') this.#start();
  };

  #see = () => {
    if (!globalThis.document.hidden) this.#wake();
  };

  async #start() {
    const turn = ++this.#turn;
    this.#enter('connecting');
    let ways = [];
    let failure = new Error('the server offers no way that works here');
    try {
      ways = await this.ways(this.#failed);
    } catch (error) {
      failure = error;
    }
    if (turn === this.#turn) this.#try(ways, failure);
  }

  #try([way, ...others], failure) {
    if (!way) {
      this.#failed = true;
      this.#leave('waiting');
      this.emit('error', failure);
      return;
    }
    const link = new way.Link({ ...way, session: this.session, outbox: this.#outbox });
    // A link that was left may still speak: nobody listens.
    const heard = (listener) => (...args) => {
      if (link === this.#link) listener(...args);
    };
    const next = (error) => {
      this.#link = null;
      link.close();
      this.#try(others, error);
    };
    this.#link = link;
    link.onopen = heard((session) => this.#open(way.type, session));
    link.onmessage = heard((type, data) => this.#receive(type, data));
    link.onerror = heard((error) => this.emit('error', error));
    link.onclose = heard((error) => (this.state === 'connected' ? this.#leave('waiting') : next(error)));
    const limit = others.length > 0 ? FALLBACK : OPENING;
    this.#after(limit, () => next(new Error(`${way.url} did not answer within ${limit / 1000} s`)));
    link.open();
  }

  #open(type, session) {
    if (this.state === 'connected') this.emit('disconnect'); // a new session in place of a lost one
    this.#failed = false;
    this.type = type;
    this.session = session;
    this.#outbox.ahead(() => {
      this.#enter('connected', STABLE, () => this.#backoff.reset());
      if (this.state !== 'connected') return; // closed by who heard of it
      this.greet();
      this.emit('connect', session);
    });
    this.#link?.flush();
  }

  #receive(type, data) {
    if (type !== 'connect' && type !== 'disconnect') this.emit(type, data);
  }

  #leave(state) {
    const connected = this.state === 'connected';
    this.#link?.close();
    this.#link = null;
    if (state === 'waiting') this.#enter(state, this.#backoff.next(), this.#wake);
    else this.#enter(state);
    if (connected) this.emit('disconnect');
  }

  // Each state has at most one thing that time brings.
  #enter(state, ms, then) {
    this.#after(ms, then);
    this.state = state;
    this.emit('state', state === 'waiting' ? { state, retryIn: ms } : { state });
  }

  #after(ms, then) {
    clearTimeout(this.#timer);
    this.#timer = then && setTimeout(then, ms);
  }
}
