// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What makes the API natural in GJS and introspection cannot say. GJS loads this with the typelib, and calls _init().
// The guide is rocketio-glib/docs/gjs.md.

const { Gio, GLib, GObject, Json } = imports.gi;

const BACKLOG = 1024;     // events that wait for a loop, and calls of async handlers for one client
const MAX_NAME = 255;     // bytes
const STATE = Symbol('RocketIO.Server');
const UNDER_WAY = Symbol('RocketIO.Session');
const SIGNALS = new Map([['*', 'event'], ['connect', 'session-opened'], ['disconnect', 'session-closed']]);

// A server that listens lives until it is closed, even if nobody holds it: the collector comes at no time that an app
// could foresee.
const listening = new Set();

let RocketIO;

function _init() {
  RocketIO = this;
  extendEvents(RocketIO.Server.prototype);
  extendPushes(RocketIO.Server.prototype, RocketIO.Session.prototype);
  extendListening(RocketIO.Server.prototype);
  extendSessions(RocketIO.Server.prototype);
  extendFlush(RocketIO.Session.prototype);
}

// Bad input of the app's

function kind(value) {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? `an object (${value.constructor?.name ?? 'Object'})` : `a ${typeof value}`;
}

// C takes a text up to its NUL: it would be another one.
function checkText(what, text) {
  if (typeof text !== 'string') throw new TypeError(`${what} is a string, not ${kind(text)}`);
  if (text.includes('\0') || /\p{Surrogate}/u.test(text)) {
    throw new Error(`${what} holds a NUL or half a surrogate pair: ${JSON.stringify(text)}; choose one without`);
  }
}

function checkOptions(method, options, known) {
  const prototype = typeof options === 'object' ? Object.getPrototypeOf(options) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${method} takes its options as { ${known.join(', ')} }, not as ${kind(options)}`);
  }
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new TypeError(`${method} has no option "${unknown.join('", "')}"; there are ${known.join(', ')}`);
  }
}

// Events of clients

function signalOf(name) {
  checkText('The name of an event', name);
  if (SIGNALS.has(name)) return SIGNALS.get(name);
  if (name === 'error' || name === 'start' || name.startsWith('__')) {
    throw new Error(`The event name "${name}" is reserved for the protocol, so no client can push it: choose one ` +
                    'that does not start with "__" and is not error or start');
  }
  const { length } = new TextEncoder().encode(name);
  if (length === 0 || length > MAX_NAME) {
    throw new Error(`The name of an event has 1 to ${MAX_NAME} bytes, not ${length}: choose another one`);
  }
  return `event::${name}`;
}

function stateOf(io) {
  io[STATE] ??= { listeners: new Map(), closed: false };
  return io[STATE];
}

function plain(node) {
  if (node === null) return null;
  const text = Json.to_string(node, false);
  try {
    return JSON.parse(text);
  } catch {
    // json-glib 1.6 appends ".0" to an exponent, too, and does not escape one of the control characters.
    return JSON.parse(text.replaceAll('\x1f', '\\u001f')
      .replace(/"(?:[^"\\]|\\.)*"|(e[+-]?\d+)\.0/g, (match, exponent) => exponent ?? match));
  }
}

function report(name, error) {
  const loggable = typeof error === 'object' && error !== null ? error : new Error(String(error));
  logError(loggable, `RocketIO: a handler of the event ${JSON.stringify(name)} failed`);
}

// Nobody knows that a handler is async before it has been called.
function isOverrun({ name, isAsync }, session) {
  const state = session[UNDER_WAY];
  if (!isAsync || !state || state.count < BACKLOG) return false;
  if (!state.told) {
    report(name, new Error(`${BACKLOG} calls for one client are under way, so more of its events are dropped: let ` +
                           'the handler do less, or bound what it waits for'));
  }
  state.told = true;
  return true;
}

function follow({ name }, session, promise) {
  session[UNDER_WAY] ??= { count: 0, told: false };
  session[UNDER_WAY].count++;
  Promise.resolve(promise).catch((error) => report(name, error)).then(() => session[UNDER_WAY].count--);
}

function call(entry, signal, values) {
  const isEvent = signal.startsWith('event');
  const session = values[isEvent ? 1 : 0];
  if (isOverrun(entry, session)) return;
  try {
    const result = entry.listener(...isEvent ? [plain(values[0]), session, values[2]] : values);
    if (typeof result?.then !== 'function') return;
    entry.isAsync = true;
    follow(entry, session, result);
  } catch (error) {
    report(entry.name, error);
  }
}

// `ended` is told when the subscription is over for any other reason than `once`.
function subscribe(io, name, listener, { once = false, ended = null } = {}) {
  const signal = signalOf(name);
  const { listeners } = stateOf(io);
  const entry = { name, listener, ended, isAsync: false };
  const id = io.connect(signal, (self, ...values) => {
    if (once) unsubscribe(self, id);
    call(entry, signal, values);
  });
  listeners.set(id, entry);
  return id;
}

function unsubscribe(io, id) {
  const { listeners } = stateOf(io);
  const { ended } = listeners.get(id);
  listeners.delete(id);
  // The app may have called disconnect() with the id, which is that of the signal handler.
  if (GObject.signal_handler_is_connected(io, id)) io.disconnect(id);
  ended?.();
}

// An async iterator over the arguments that a handler would get.
class Events {
  #io;
  #id = null;
  #name;
  #backlog = [];
  #waiting = [];
  #error = null;

  constructor(io, name) {
    this.#io = io;
    this.#name = name;
    signalOf(name);
    if (stateOf(io).closed) return;
    this.#id = subscribe(io, name, (...values) => this.#put(values), { ended: () => this.#end() });
  }

  #put(values) {
    if (this.#waiting.length > 0) {
      this.#waiting.shift()({ value: values, done: false });
    } else if (this.#backlog.length < BACKLOG) {
      this.#backlog.push(values);
    } else {
      this.#error = new Error(`More than ${BACKLOG} events "${this.#name}" were waiting for the loop over events(): ` +
                              'let it do less for each, or handle them with on()');
      unsubscribe(this.#io, this.#id);
    }
  }

  #end() {
    this.#id = null;
    for (const resolve of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
  }

  // What was there before the end still comes.
  next() {
    if (this.#backlog.length > 0) return Promise.resolve({ value: this.#backlog.shift(), done: false });
    if (this.#id !== null) return new Promise((resolve) => this.#waiting.push(resolve));
    const error = this.#error;
    this.#error = null;
    return error ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true });
  }

  return(value) {
    this.#backlog = [];
    this.#error = null;
    if (this.#id !== null) unsubscribe(this.#io, this.#id);
    return Promise.resolve({ value, done: true });
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

function extendEvents(server) {
  server.on = function (name, listener, { once = false } = {}) {
    if (typeof listener !== 'function') throw new TypeError(`A handler is a function, not ${kind(listener)}`);
    return subscribe(this, name, listener, { once });
  };

  server.once = function (name, listener) {
    return this.on(name, listener, { once: true });
  };

  server.off = function (idOrName, listener = undefined) {
    for (const [id, entry] of [...stateOf(this).listeners]) {
      const named = entry.name === idOrName && (listener === undefined || entry.listener === listener);
      if (id === idOrName || named) unsubscribe(this, id);
    }
  };

  server.events = function (name) {
    return new Events(this, name);
  };
}

// Pushes

function unsayable(value) {
  switch (typeof value) {
    case 'function': return 'a function';
    case 'symbol': return 'a symbol';
    case 'bigint': return 'a BigInt: make it a number or a string';
    case 'number': return Number.isFinite(value) ? null : `${value}: there is no such number in JSON, but null`;
    case 'object': break;
    default: return null;
  }
  if (value instanceof Map || value instanceof Set) return `a ${value.constructor.name}: make it an object or an array`;
  if (value instanceof GLib.Variant) return 'a GLib.Variant: unpack it with recursiveUnpack()';
  if (value instanceof GObject.Object) return `a GObject (${value.constructor.name}): pick from it what is to be told`;
  return null;
}

// JSON.stringify() would leave these out, or make null or {} of them, without a word.
function check(key, value) {
  const problem = unsayable(value);
  if (problem !== null) throw new TypeError(`${key === '' ? 'it' : JSON.stringify(key)} is ${problem}`);
  return value;
}

function encode(event, data) {
  try {
    return JSON.stringify(data, check) ?? 'null';
  } catch (error) {
    throw new TypeError(`The data of "${event}" cannot be sent as JSON: ${error.message}`, { cause: error });
  }
}

function listOf(option, what, value, textOf) {
  const single = typeof value === 'string' || value instanceof RocketIO.Session;
  if (!single && typeof value?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`The option ${option} is ${what}, or an iterable of these, not ${kind(value)}: leave it out ` +
                        'if it says nothing; an empty array is nobody');
  }
  return (single ? [value] : [...value]).map((item) => {
    const text = textOf(item);
    checkText(`What the option ${option} names`, text);
    return text;
  });
}

function idOf(value) {
  return value instanceof RocketIO.Session ? value.get_id() : value;
}

function pushOptions(options) {
  if (options === undefined || options === null) return null;
  if (options instanceof RocketIO.PushOptions) return options;
  checkOptions('push()', options, ['to', 'channel', 'except']);
  const result = new RocketIO.PushOptions();
  if ('to' in options) result.set_to(listOf('to', 'a session or its id', options.to, idOf));
  if ('except' in options) result.set_except(listOf('except', 'a session or its id', options.except, idOf));
  if ('channel' in options) {
    result.set_channels(listOf('channel', 'the name of a channel', options.channel, (name) => name));
  }
  return result;
}

function extendPushes(server, session) {
  const pushNode = session.push;

  server.push = function (event, data = null, options = null) {
    checkText('The name of an event', event);
    const whom = pushOptions(options);
    if (data instanceof Json.Node) return this.push_full(event, data, whom);
    if (data instanceof GLib.Variant) return this.push_variant(event, data, whom);
    return this.push_json(event, encode(event, data), whom);
  };

  session.push = function (event, data = null) {
    checkText('The name of an event', event);
    if (data instanceof Json.Node) return pushNode.call(this, event, data);
    if (data instanceof GLib.Variant) return this.push_variant(event, data);
    return this.push_json(event, encode(event, data));
  };
}

// The life of a server

function listenArguments(args) {
  const [first] = args;
  if (args.length > 1 && (first === null || typeof first === 'string')) return args;
  if (args.length !== 1) {
    throw new TypeError('listen() takes a port, or { address, port, certificate }, or these three one after the other');
  }
  if (typeof first === 'number') return [null, first, null];
  checkOptions('listen()', first, ['address', 'port', 'certificate']);
  return [first.address, first.port, first.certificate];
}

function retire(io) {
  const state = stateOf(io);
  state.closed = true;
  listening.delete(io);
  for (const id of [...state.listeners.keys()]) unsubscribe(io, id);
}

function extendListening(server) {
  const { listen, close, run, serve_directory: serveDirectory, serve_resource: serveResource } = server;

  server.listen = function (...args) {
    const [address = null, port, certificate = null] = listenArguments(args);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new TypeError(`A port is a number from 1 to 65535, or 0 for any that is free, not ${port}`);
    }
    const result = listen.call(this, address, port, certificate);
    listening.add(this);
    return result;
  };

  server.serve_directory = function (path, flags = RocketIO.ServeFlags.NONE) {
    return serveDirectory.call(this, path, flags);
  };

  server.serve_resource = function (path, flags = RocketIO.ServeFlags.NONE) {
    return serveResource.call(this, path, flags);
  };

  server.close = function () {
    close.call(this);
    retire(this);
  };

  server.run = function () {
    run.call(this);
    retire(this);
  };

  // A main loop that is run by code behind an `await` keeps all other promises from going on; one in a source does not.
  server.run_async = function () {
    return new Promise((resolve) => {
      GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
        resolve(this.run());
        return GLib.SOURCE_REMOVE;
      });
    });
  };
}

// Sessions

function iterate() {
  return Array.from({ length: this.get_n_items() }, (_, index) => this.get_item(index)).values();
}

function extendSessions(server) {
  const { get_sessions: getSessions } = server;

  // GJS iterates over Gio.ListStore alone. A loop sees those who are there when it begins.
  server.get_sessions = function () {
    const sessions = getSessions.call(this);
    sessions[Symbol.iterator] ??= iterate;
    return sessions;
  };

  Object.defineProperty(server, 'sessions', {
    configurable: true,
    enumerable: true,
    get() {
      return this.get_sessions();
    },
  });
}

function extendFlush(session) {
  Gio._promisify(session, 'flush_async');
  const { flush_async: flush } = session;

  session.flush_async = function (cancellable = null, ...rest) {
    return flush.call(this, cancellable, ...rest);
  };
}
