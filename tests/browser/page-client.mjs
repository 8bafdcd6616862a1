// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The browser client for schedules of faults: to them it is like the Client of tests/faults.

/* global RocketIO -- in the page */

const TYPES = { ws: 'websocket', sse: 'sse', poll: 'comet' };
const CLIMB = 0.05;      // how probable it is, at each push, that a better way is tried
const PAUSES = 100;      // between tries, as many as are drawn

// A page with a window for each client: to open a page for each takes too long.
export class ClientsPage {
  #page;
  #home;
  #clients = new Map();

  // In the browser's `context`, of what is at `home`.
  static async open(context, home) {
    const self = new ClientsPage();
    self.#home = home;
    self.#page = await context.newPage();
    await self.#page.exposeFunction('tell', (name, news) => self.#clients.get(name).hear(news));
    await self.#page.goto(`${home}/rocketio/settings`);
    return self;
  }

  // A client that reaches the server through `proxy`.
  add(proxy, options) {
    const name = `client-${this.#clients.size}`;
    const client = new PageClient(() => this.#openFrame(name), proxy, { ...options, name });
    this.#clients.set(name, client);
    return client;
  }

  async #openFrame(name) {
    await this.#page.evaluate(([id, src]) => new Promise((resolve) => {
      document.body.append(Object.assign(document.createElement('iframe'), { name: id, src, onload: resolve }));
    }), [name, `${this.#home}/rocketio/settings`]);
    const frame = this.#page.frame({ name });
    await frame.addScriptTag({ url: `${this.#home}/rocketio/rocketio.js` });
    return frame;
  }
}

class PageClient {
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

  #openFrame;
  #proxy;
  #options;
  #frame = null;
  #opening = null;
  #orders = [];          // what the page is to do, in order
  #ordering = null;
  #asked = new Map();
  #count = 0;

  constructor(openFrame, proxy, options) {
    this.#openFrame = openFrame;
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
    const frame = await this.#frame?.frameElement();
    this.#frame = null;
    await frame?.evaluate((element) => element.remove());
  }

  async #open() {
    const { transport, random, name } = this.#options;
    const pauses = Array.from({ length: PAUSES }, () => random.between(1, 50));
    this.#frame = await this.#openFrame();
    await this.#frame.evaluate(inPage, { name, url: this.#proxy.url, type: TYPES[transport] ?? null, pauses });
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
        await this.#frame.evaluate((list) => {
          for (const [what, ...rest] of list) globalThis.client[what](...rest);
        }, orders);
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

  hear(news) {
    news.forEach((entry) => this.#hear(...entry));
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
      case 'answer':
        this.#asked.get(first).resolve(second);
        break;
      default:
        this.#asked.get(first).reject(new Error(second));
    }
  }
}

// Makes `client`, which does what it is told to, and tells what happens.
function inPage({ name: self, url, type, pauses }) {
  const io = new RocketIO(type ? { type } : {});
  const news = [];
  let tries = 0;
  const tell = (...entry) => {
    if (news.push(entry) === 1) setTimeout(() => globalThis.tell(self, news.splice(0)), 5);
  };
  const settle = (promise) => promise.then(() => tell('settled'), ({ message }) => tell('refused', message));
  const ask = (id, promise) => {
    promise.then((answer) => tell('answer', id, answer), ({ message }) => tell('no-answer', id, message));
  };

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
    if (state !== 'waiting') return;
    setTimeout(() => io.state === 'waiting' && io.retryNow(), pauses[tries++ % pauses.length]);
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
