// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { Backoff } from './backoff.mjs';
import { RocketIOError } from './error.mjs';
import { EventEmitter } from './event-emitter.mjs';
import { Outbox } from './outbox.mjs';
import { idle, watchPage } from './page.mjs';
import { Push } from './push.mjs';

const FALLBACK = 3000;
const OPENING = 10000;
const STABLE = 10000;
const IDLE = 30000;
const CLIMB = 60000;
const TAKEN = 4501;

// Servers drop these (protocol 1, point 1.2): they are what clients tell of themselves.
const OURS = new Set(['connect', 'disconnect', 'error', 'start', '*']);

// What the three clients share: they come back by themselves, and keep what is pushed meanwhile.
// A subclass knows the ways to the server, and how to greet it.
export class Client extends EventEmitter {
  session;
  type = null;
  state = 'closed';
  outbox = new Outbox();
  #snapshot = { state: 'closed' };
  #backoff = new Backoff();
  #link = null;
  #others; // the ways that are left to try
  #rank = 0; // of the way that it is on, 0 for the best
  #higher = null; // the link of a better one that is tried
  #climber = null;
  #orphaned = false; // whether meanwhile the link ended
  #timer = null;
  #turn = 0;
  #failed = false;
  #told = false; // whether the server said when to come back
  #unwatch;

  constructor(session) {
    super();
    this.session = session ?? null;
  }

  connect() {
    if (this.state === 'failed') this.#start();
    if (this.state !== 'closed') return this;
    this.#unwatch = watchPage({
      wake: () => {
        if (!this.#told) this.#wake();
      },
      hide: (persisted) => this.leavePage(persisted),
      show: () => this.#wake(),
    });
    this.#start();
    return this;
  }

  close() {
    if (this.state === 'closed') return;
    this.#unwatch();
    this.#leave('closed');
  }

  // Tries at once, in whatever state it is.
  retryNow() {
    this.#wake();
    return this.connect();
  }

  // What the state is, with `retryAt`, the time of the next try, when waiting, and `code` and `reason` when failed. The
  // same object as long as nothing changes.
  getState = () => this.#snapshot;

  // Calls `listener` at each change of getState(). Returns the undoing.
  subscribeState = (listener) => this.subscribe('state', () => listener());

  push(type, data, { volatile = false } = {}) {
    if (typeof type !== 'string' || type === '') throw new TypeError('an event has a name');
    if (OURS.has(type)) throw new Error(`push "${type}" refused: choose another name`);
    const push = Object.assign(new Push(type, data), { volatile });
    if (!volatile || this.state === 'connected') this.submit(push);
    else push.settle(new RocketIOError('dropped', `push "${type}" dropped`));
    return push.promise;
  }

  submit(push) {
    const oldest = this.outbox.add(push);
    if (oldest) this.refuse(oldest, new RocketIOError('overflow', 'too many wait'));
    if (this.state === 'connected') this.#link.flush();
  }

  // An app that does not look at the promise hears of it by an event; an answer is always looked at.
  refuse(push, { code, message }) {
    const error = new RocketIOError(code, `push "${push.type}" refused: ${message}`);
    push.settle(error);
    if (code !== 'closed' && !push.id) this.emit('error', error);
  }

  // The ways there are, in the order in which they are tried, each { type, Link, url }; `again` when the last ones led
  // nowhere.
  async ways(again) { // eslint-disable-line no-unused-vars
    return [];
  }

  // What is pushed here goes out before what waited.
  opened() {
    this.emit('connect', this.session);
  }

  // What becomes of pushes and requests when the server has ended this.
  abandon() {}

  receive(type, ...data) {
    if (type !== 'connect' && type !== 'disconnect') this.emit(type, ...data);
  }

  leavePage() {}

  // Lets go of the connection, to come back to it.
  pause() {
    if (/^conn/.test(this.state)) this.#leave('waiting', {}, IDLE);
  }

  #wake() {
    if (this.state === 'waiting') this.#start();
    else if (this.state === 'connected') this.#climb();
  }

  async #start() {
    const turn = ++this.#turn;
    this.#enter('connecting');
    let ways = [];
    let failure = new Error('the server offers no way');
    try {
      ways = await this.ways(this.#failed);
    } catch (error) {
      failure = error;
    }
    if (turn === this.#turn) this.#try(ways, failure);
  }

  #try([way, ...others], failure) {
    this.#link?.close();
    this.#link = null;
    if (!way) {
      this.#failed = true;
      this.#leave('waiting');
      this.emit('error', failure);
      return;
    }
    this.#others = others;
    this.#link = this.#make(way);
    const limit = others.length > 0 ? FALLBACK : OPENING;
    this.#after(limit, () => this.#try(others, new Error(`${way.url} did not answer within ${limit / 1000} s`)));
    this.#link.open();
  }

  // A link that was left may still speak: nobody listens.
  #make(way) {
    const link = new way.Link({ ...way, session: this.session, outbox: this.outbox });
    const heard = (listener) => (...args) => {
      if (link === this.#link) listener(...args);
      else if (link === this.#higher) listener(...args, true);
    };
    link.onopen = heard((session, higher) => (higher ? this.#move(way, session) : this.#open(way, session)));
    link.onclose = heard((error, higher) => (higher ? this.#reach(this.#others) : this.#closed(error)));
    link.onmessage = heard((...message) => this.receive(...message));
    link.onerror = heard((error) => this.emit('error', error));
    return link;
  }

  #open(way, session) {
    if (this.state === 'connected') this.emit('disconnect'); // a new session in place of a lost one
    this.#failed = false;
    this.session = session;
    this.#settle(way);
    this.outbox.ahead(() => {
      this.#enter('connected', { ms: STABLE, then: () => this.#backoff.reset() });
      if (this.state === 'connected') this.opened(); // else closed by who heard of it
    });
    this.#link?.flush();
  }

  #settle({ type, rank }) {
    this.type = type;
    this.#rank = rank;
    this.#later(() => this.#climb(), CLIMB * (0.75 + Math.random() / 2));
  }

  // On a lesser way, the better ones are tried from time to time, without letting go of what there is.
  async #climb() {
    const link = this.#link;
    if (!this.#rank || this.#higher) return;
    const ways = await this.ways().catch(() => []);
    if (link === this.#link && !this.#higher) this.#reach(ways.filter(({ rank }) => rank < this.#rank));
  }

  #reach([way, ...others]) {
    this.#drop();
    if (way) {
      this.#others = others;
      this.#higher = this.#make(way);
      this.#link.resting = this.#higher.posts;
      this.#later(() => this.#reach(others), FALLBACK);
      this.#higher.open();
    } else if (this.#orphaned) {
      this.#leave('waiting');
    } else {
      this.#link.resting = false;
      this.#settle({ type: this.type, rank: this.#rank });
    }
  }

  #move(way, session) {
    this.#link.close();
    this.#link = this.#higher;
    this.#higher = null;
    this.#orphaned = false;
    if (this.seamless) {
      this.#settle(way);
      this.#link.flush();
    } else {
      this.#open(way, session);
    }
  }

  #drop() {
    this.#higher?.close();
    this.#higher = null;
  }

  #closed(error) {
    // A better way that is tried may have taken the session away from the one that there is.
    this.#orphaned = this.#higher !== null && (error.code === TAKEN || !isFinal(error));
    if (this.#orphaned) return;
    if (this.state === 'connected' || error.code >= 4000) this.#lose(error);
    else this.#try(this.#others, error);
  }

  // The server may have said whether to come back, and when.
  #lose(error) {
    const { code, message: reason, retry } = error;
    if (isFinal(error)) {
      this.#leave('failed', { code, reason });
      this.abandon(new RocketIOError('closed', `the server has ended this: ${reason || code}`));
    } else {
      this.#leave('waiting', {}, retry);
    }
    if (code >= 4000) this.emit('error', error);
  }

  #leave(state, facts, retry) {
    const connected = this.state === 'connected';
    this.#turn++;
    clearTimeout(this.#climber);
    this.#drop();
    this.#orphaned = false;
    this.#link?.close(connected && state === 'closed');
    this.#link = null;
    this.#told = retry !== undefined;
    const pause = retry ?? this.#backoff.next() + (idle() ? IDLE : 0);
    if (state === 'waiting') this.#enter(state, { ms: pause, then: () => this.#wake(), facts: { retryIn: pause } });
    else this.#enter(state, { facts });
    if (connected) this.emit('disconnect');
  }

  // Each state has at most one thing that time brings.
  #enter(state, { ms, then, facts } = {}) {
    this.#after(ms, then);
    this.state = state;
    this.#snapshot = { state, ...facts, ...(state === 'waiting' && { retryAt: Date.now() + ms }) };
    this.emit('state', { state, ...facts });
  }

  #later(then, ms) {
    clearTimeout(this.#climber);
    this.#climber = this.#rank && setTimeout(then, ms);
  }

  #after(ms, then) {
    clearTimeout(this.#timer);
    this.#timer = then && setTimeout(then, ms);
  }
}

function isFinal({ code }) {
  return code >= 4500 && code < 5000;
}
