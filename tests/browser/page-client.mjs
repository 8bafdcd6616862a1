// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The browser client on a page of its own, for schedules of faults: to them it is like the Client of tests/faults.

/* global RocketIO -- in the page */

const TYPES = { ws: 'websocket', sse: 'sse', poll: 'comet' };
const CLIMB = 0.05;      // how probable it is, at each push, that a better way is tried
const PAUSES = 100;      // between tries, as many as are drawn

export class PageClient {
  id = null;
  isOpen = false;
  waiting = 0;           // pushes of which the client does not know yet that they arrived
  doubles = 0;           // nobody sees those that the client drops
  leftOut = 0;
  welcomes = [];         // what the app was told of each connection
  transports = [];
  disconnects = [];
  violations = [];
  failures = [];
  onmessage = () => {};

  #context;
  #home;
  #proxy;
  #options;
  #page = null;
  #opening = null;
  #orders = [];          // what the page is to do, in order
  #ordering = null;
  #asked = new Map();
  #count = 0;

  // A page of `home` in the browser's `context`, which reaches the server through `proxy`.
  constructor(context, home, proxy, options) {
    this.#context = context;
    this.#home = home;
    this.#proxy = proxy;
    this.#options = options;
  }

  start() {
    this.#opening ??= this.#open().catch((error) => this.violations.push(String(error)));
    return this;
  }

  push(type, data) {
    this.#say('push', type, data);
  }

  pushBytes(type, text) {
    this.#say('pushBytes', type, text);
  }

  request(type, data) {
    return this.#ask('request', type, data);
  }

  join(ch) {
    return this.#ask('join', ch);
  }

  cut() {
    this.#proxy.cut();
  }

  // The page goes away, and comes back from the back/forward cache.
  abandon() {
    this.#order('leaveAndReturn');
  }

  async close({ rudely = false } = {}) {
    await this.#opening;
    if (!rudely) {
      this.#order('close');
      await this.#ordering;
    }
    await this.#page?.close();
  }

  async #open() {
    const { transport, random } = this.#options;
    const page = this.#page = await this.#context.newPage();
    page.on('pageerror', (error) => this.violations.push(String(error)));
    await page.exposeFunction('tell', (news) => news.forEach((entry) => this.#hear(...entry)));
    await page.goto(`${this.#home}/rocketio/settings`);
    await page.addScriptTag({ url: `${this.#home}/rocketio/rocketio.js` });
    const pauses = Array.from({ length: PAUSES }, () => random.between(1, 50));
    await page.evaluate(inPage, { url: this.#proxy.url, type: TYPES[transport] ?? null, pauses });
  }

  #say(...order) {
    this.waiting++;
    this.#order(...order);
    if (this.#options.random.chance(CLIMB)) this.#order('climb');
  }

  #ask(what, ...rest) {
    const id = this.#count++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#order(what, id, ...rest);
    });
  }

  #order(...order) {
    this.#orders.push(order);
    this.#ordering ??= this.#hand();
  }

  // What comes up while the page takes the last orders goes together.
  async #hand() {
    await this.#opening;
    while (this.#orders.length > 0) {
      const orders = this.#orders.splice(0);
      try {
        await this.#page.evaluate((list) => list.forEach(([what, ...rest]) => globalThis.client[what](...rest)), orders);
      } catch (error) {
        this.violations.push(String(error));
      }
    }
    this.#ordering = null;
  }

  // Once for the many that one cause has.
  #refuse(why) {
    const violation = why.replace(/^push "\w+" refused/, 'a push was refused');
    if (!this.violations.includes(violation)) this.violations.push(violation);
  }

  #hear(what, ...rest) {
    const [first, second] = rest;
    switch (what) {
      case 'message':
        this.onmessage({ type: first, data: second });
        break;
      case 'connect':
        this.id = first;
        this.isOpen = true;
        this.welcomes.push(second);
        this.transports.push(rest[2]);
        break;
      case 'disconnect':
        this.isOpen = false;
        break;
      case 'missed':
        this.leftOut += first ?? 1;
        break;
      case 'error':
        this.failures.push(first);
        break;
      case 'settled':
        this.waiting--;
        break;
      case 'refused':
        this.#refuse(first);
        break;
      default:
        this.#asked.get(first)[what === 'answer' ? 'resolve' : 'reject'](what === 'answer' ? second : new Error(second));
        this.#asked.delete(first);
    }
  }
}

// Makes `client`, which does what it is told to, and tells what happens.
function inPage({ url, type, pauses }) {
  const io = new RocketIO(type ? { type } : {});
  const news = [];
  let tries = 0;
  const tell = (...entry) => {
    if (news.push(entry) === 1) setTimeout(() => globalThis.tell(news.splice(0)), 5);
  };
  const settle = (promise) => promise.then(() => tell('settled'), ({ message }) => tell('refused', message));
  const ask = (id, promise) => promise.then((answer) => tell('answer', id, answer), ({ message }) => tell('fault', id, message));

  for (const name of ['echo', 'message', 'to_channel', 'burst', 'broadcast']) {
    io.on(name, (data) => tell('message', name, data));
  }
  io.on('binary', (data) => tell('message', 'binary', new TextDecoder().decode(data)));
  io.on('connect', (session, info) => tell('connect', session, info, io.type));
  io.on('disconnect', () => tell('disconnect'));
  io.on('missed', ({ count }) => tell('missed', count));
  io.on('error', ({ message }) => tell('error', message));
  // Quicker than by itself
  io.on('state', ({ state }) => {
    if (state === 'waiting') setTimeout(() => io.state === 'waiting' && io.retryNow(), pauses[tries++ % pauses.length]);
  });
  globalThis.client = {
    push: (name, data) => settle(io.push(name, data)),
    pushBytes: (name, text) => settle(io.push(name, new TextEncoder().encode(text))),
    request: (id, name, data) => ask(id, io.request(name, data, { timeout: Infinity })),
    join: (id, name) => ask(id, io.join(name, { timeout: Infinity })),
    climb: () => io.state === 'connected' && io.retryNow(),
    close: () => io.close(),
    leaveAndReturn() {
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    },
  };
  io.connect(url);
}
