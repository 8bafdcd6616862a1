// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What makes the API natural in GJS and introspection cannot say. GJS loads this with the typelib, and calls _init().
// The guide is rocketio-glib/docs/gjs.md.

const { Gio, GLib, GObject, Json } = imports.gi;

const BACKLOG = 1024;     // events that wait for a loop, and calls of async handlers for one client
const MAX_NAME = 255;     // bytes
const MAX_UINT = 2 ** 32 - 1;
const STATE = Symbol('RocketIO.Server');
const UNDER_WAY = Symbol('RocketIO.Session');
const SIGNALS = new Map([
  ['*', ['event', 'binary']], ['connect', ['session-opened']], ['disconnect', ['session-closed']],
]);

// A server that listens lives until it is closed, even if nobody holds it: the collector comes at no time that an app
// could foresee.
const listening = new Set();

let RocketIO;

function _init() {
  RocketIO = this;
  RocketIO.RequestError = RequestError;
  extendEvents(RocketIO.Server.prototype);
  extendRequests(RocketIO.Server.prototype, RocketIO.Request.prototype);
  extendPushes(RocketIO.Server.prototype, RocketIO.Session.prototype);
  extendListening(RocketIO.Server.prototype);
  extendSessions(RocketIO.Server.prototype);
  extendAuthentication(RocketIO.Server.prototype);
  extendChannels(RocketIO.Session.prototype);
  extendWaiting(RocketIO.Session.prototype);
}

// A request that fails: thrown by a handler, or what session.request() is rejected with. `code` is for programs.
class RequestError extends Error {
  name = 'RequestError';

  constructor(code, message = code) {
    if (typeof code !== 'string') throw new TypeError(`The code of a RequestError is a string, not ${kind(code)}`);
    super(message);
    this.code = code;
  }
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

function millisecondsOf(what, number, least = 1) {
  const milliseconds = Math.ceil(number);
  if (typeof number === 'number' && milliseconds >= least && milliseconds <= MAX_UINT) return milliseconds;
  throw new TypeError(`${what} is a number of milliseconds from ${least} to ${MAX_UINT}, not ${number}`);
}

// What clients say

function checkName(what, name) {
  checkText(`The name of ${what}`, name);
  if (name === 'error' || name === 'start' || name.startsWith('__')) {
    throw new Error(`The name "${name}" is reserved for the protocol, so no client can use it for ${what}: choose ` +
                    'one that does not start with "__" and is not error or start');
  }
  const { length } = new TextEncoder().encode(name);
  if (length === 0 || length > MAX_NAME) {
    throw new Error(`The name of ${what} has 1 to ${MAX_NAME} bytes, not ${length}: choose another one`);
  }
}

function signalsOf(name) {
  if (SIGNALS.has(name)) return SIGNALS.get(name);
  checkName('an event', name);
  return [`event::${name}`, `binary::${name}`];
}

function checkListener(listener) {
  if (typeof listener !== 'function') throw new TypeError(`A handler is a function, not ${kind(listener)}`);
}

function stateOf(io) {
  io[STATE] ??= { listeners: new Map(), closed: false };
  return io[STATE];
}

function plain(value) {
  return value instanceof GLib.Bytes ? value.toArray() : JSON.parse(RocketIO.json_to_string(value));
}

function isPromise(result) {
  return typeof result?.then === 'function';
}

function report(label, error) {
  const loggable = typeof error === 'object' && error !== null ? error : new Error(String(error));
  logError(loggable, `RocketIO: a handler of ${label} failed`);
}

// Nobody knows that a handler is async before it has been called.
function isOverrun({ label, isAsync }, session) {
  const state = session[UNDER_WAY];
  if (!isAsync || !state || state.count < BACKLOG) return false;
  if (!state.told) {
    report(label, new Error(`${BACKLOG} calls for one client are under way, so more of what it says is dropped: let ` +
                            'the handler do less, or bound what it waits for'));
  }
  state.told = true;
  return true;
}

function follow(entry, session, promise, failed) {
  entry.isAsync = true;
  session[UNDER_WAY] ??= { count: 0, told: false };
  session[UNDER_WAY].count++;
  Promise.resolve(promise).catch(failed).then(() => session[UNDER_WAY].count--);
}

function call(entry, session, values) {
  if (isOverrun(entry, session)) return;
  const failed = (error) => report(entry.label, error);
  try {
    const result = entry.listener(...values);
    if (isPromise(result)) follow(entry, session, result, failed);
  } catch (error) {
    failed(error);
  }
}

// `receive` is the callback of the signals, without the server as its first argument. `ended` is told when the
// subscription is over for any other reason than `once`.
function attach(io, signals, entry, receive) {
  const { listeners } = stateOf(io);
  entry.ids = signals.map((signal) => io.connect(signal, (self, ...values) => {
    // The app may have called disconnect() with the id, which is that of the first.
    if (!GObject.signal_handler_is_connected(self, entry.ids[0])) {
      unsubscribe(self, entry.ids[0]);
      return false;
    }
    if (entry.once) unsubscribe(self, entry.ids[0]);
    return receive(...values);
  }));
  listeners.set(entry.ids[0], entry);
  return entry.ids[0];
}

function subscribe(io, name, listener, { once = false, ended = null } = {}) {
  const signals = signalsOf(name);
  const entry = { name, label: `the event ${JSON.stringify(name)}`, listener, once, ended };
  return attach(io, signals, entry, signals.length === 1 ? (session, ...more) => {
    call(entry, session, [session, ...more]);
  } : (data, session, event) => {
    call(entry, session, [plain(data), session, event]);
  });
}

function unsubscribe(io, id) {
  const { listeners } = stateOf(io);
  const { ids, ended } = listeners.get(id) ?? { ids: [] };
  listeners.delete(id);
  for (const one of ids) {
    if (GObject.signal_handler_is_connected(io, one)) io.disconnect(one);
  }
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
    signalsOf(name);
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
    checkListener(listener);
    return subscribe(this, name, listener, { once });
  };

  server.once = function (name, listener) {
    return this.on(name, listener, { once: true });
  };

  server.off = function (idOrName, listener = undefined) {
    for (const [id, entry] of [...stateOf(this).listeners]) {
      const named = entry.name === idOrName && (listener === undefined || entry.listener === listener);
      if (id === idOrName || entry.listener === idOrName || named) unsubscribe(this, id);
    }
  };

  server.events = function (name) {
    return new Events(this, name);
  };

  // Not by names of on(), as a client may use any for its events.
  for (const [method, signal] of [['on_detached', 'session-detached'], ['on_resumed', 'session-resumed']]) {
    server[method] = function (listener) {
      checkListener(listener);
      const entry = { label: method, listener };
      return attach(this, [signal], entry, (session, ...more) => call(entry, session, [session, ...more]));
    };
  }

  // Whatever goes wrong means no.
  const authorize = (io, signal, label, listener) => {
    checkListener(listener);
    return attach(io, [signal], { label, listener }, (session, value) => {
      try {
        const result = listener(session, value);
        if (isPromise(result)) throw new TypeError(`${label}() has to be answered at once, not by a promise`);
        return Boolean(result);
      } catch (error) {
        report(label, error);
        return false;
      }
    });
  };

  server.authorize_join = function (listener) {
    return authorize(this, 'authorize-join', 'authorize_join', listener);
  };

  server.authorize_event = function (name, listener) {
    checkName('an event', name);
    return authorize(this, name === '*' ? 'authorize-event' : `authorize-event::${name}`, 'authorize_event', listener);
  };
}

// Requests of clients

function handlerOf(io, name) {
  return [...stateOf(io).listeners].find(([, entry]) => entry.request === name)?.[0];
}

function refuse({ label }, request, reason) {
  let error = reason;
  try {
    if (error instanceof RequestError) {
      request.fail(error.code, error.message);
      return;
    }
  } catch (invalid) {
    error = invalid;
  }
  // What went wrong is nothing for clients. Somebody else may have answered.
  if (!request.answered) request.fail('error', 'the server failed to answer');
  report(label, error);
}

function answer(entry, request, values, reply = (value) => request.reply(value)) {
  const { session } = request;
  if (isOverrun(entry, session)) {
    request.fail('too-many', 'too many requests are under way');
    return;
  }
  const failed = (error) => refuse(entry, request, error);
  try {
    const result = entry.listener(...values);
    if (isPromise(result)) follow(entry, session, result.then(reply), failed);
    else reply(result);
  } catch (error) {
    failed(error);
  }
}

function extendRequests(server, request) {
  const { reply, get_data: getData, get_bytes: getBytes } = request;

  server.handle = function (name, listener) {
    checkName('a request', name);
    if (name === 'connect' || name === 'disconnect') {
      throw new Error(`No client can ask for "${name}", whose name is reserved: choose another one`);
    }
    checkListener(listener);
    if (handlerOf(this, name) !== undefined) {
      throw new Error(`The request "${name}" has a handler already, and only one can answer: end that by ` +
                      `unhandle("${name}") first`);
    }
    const entry = { request: name, label: `the request ${JSON.stringify(name)}`, listener };
    const signal = name === '*' ? 'request' : `request::${name}`;
    return attach(this, [signal], entry, (asked, session, detail) => {
      if (name !== '*' || handlerOf(this, detail) === undefined) answer(entry, asked, [asked.data, session, detail]);
    });
  };

  server.unhandle = function (name) {
    const id = handlerOf(this, name);
    if (id !== undefined) unsubscribe(this, id);
  };

  Object.defineProperty(request, 'data', {
    configurable: true,
    enumerable: true,
    get() {
      return plain(getBytes.call(this) ?? getData.call(this));
    },
  });

  request.reply = function (data = null) {
    if (data instanceof Json.Node) return reply.call(this, data);
    if (data instanceof GLib.Variant) return this.reply_variant(data);
    if (isBytes(data)) return this.reply_bytes(bytesOf(data));
    return this.reply_json(encode(`The answer to "${this.get_name()}"`, data));
  };
}

// Who may come in: what is not true keeps a client out, and a string is who it is.

function extendAuthentication(server) {
  server.authenticate = function (listener) {
    checkListener(listener);
    const name = '__hello';    // which no other handler can be for
    if (handlerOf(this, name) !== undefined) {
      throw new Error('There is a handler of authenticate() already, and only one can decide: end that by off() first');
    }
    const entry = { request: name, label: 'authenticate', listener };
    return attach(this, ['authenticate'], entry, (request, session) => {
      answer(entry, request, [request.data, session, request.handshake], (value) => {
        if (typeof value === 'string' && value !== '') session.identity = value;
        if (value) request.reply();
        else request.fail('denied', 'the app does not let this client in');
      });
    });
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
  if (isBytes(value)) return 'bytes, which go by themselves only: make them text, in base64 say';
  if (value instanceof GObject.Object) return `a GObject (${value.constructor.name}): pick from it what is to be told`;
  return null;
}

// JSON.stringify() would leave these out, or make null or {} of them, without a word.
function check(key, value) {
  const problem = unsayable(value);
  if (problem !== null) throw new TypeError(`${key === '' ? 'it' : JSON.stringify(key)} is ${problem}`);
  return value;
}

function encode(what, data) {
  try {
    return JSON.stringify(data, check) ?? 'null';
  } catch (error) {
    throw new TypeError(`${what} cannot be sent as JSON: ${error.message}`, { cause: error });
  }
}

function isBytes(value) {
  return value instanceof GLib.Bytes || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function bytesOf(value) {
  if (value instanceof GLib.Bytes) return value;
  if (value instanceof ArrayBuffer) return new GLib.Bytes(new Uint8Array(value));
  return new GLib.Bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

// For what takes nothing else. JSON-GLib changes in silence what it cannot keep.
function nodeOf(what, data) {
  if (data instanceof Json.Node) return data;
  const json = encode(what, data);
  const node = Json.from_string(json);
  if (JSON.stringify(plain(node)) !== json) {
    throw new TypeError(`${what} cannot be sent as JSON: there is a whole number from 2 ** 63 up or a NUL in it`);
  }
  return node;
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

function setKeeping(result, options) {
  if ('conflate_key' in options) {
    checkText('The option conflate_key', options.conflate_key);
    result.set_conflate_key(options.conflate_key);
  }
  if ('volatile' in options) result.set_volatile(options.volatile);
  if ('retain' in options) result.set_retain(options.retain);
  if ('policy' in options) result.set_policy(options.policy);
  if ('ttl' in options) result.set_ttl(millisecondsOf('The option ttl', options.ttl));
}

function pushOptions(options) {
  if (options === undefined || options === null) return null;
  if (options instanceof RocketIO.PushOptions) return options;
  checkOptions('push()', options,
    ['to', 'channel', 'except', 'volatile', 'ttl', 'retain', 'conflate_key', 'policy']);
  const result = new RocketIO.PushOptions();
  if ('to' in options) result.set_to(listOf('to', 'a session or its id', options.to, idOf));
  if ('except' in options) result.set_except(listOf('except', 'a session or its id', options.except, idOf));
  if ('channel' in options) {
    result.set_channels(listOf('channel', 'the name of a channel', options.channel, (name) => name));
  }
  setKeeping(result, options);
  return result;
}

function extendPushes(server, session) {
  const pushNode = session.push;

  server.push = function (event, data = null, options = null) {
    checkText('The name of an event', event);
    const whom = pushOptions(options);
    if (data instanceof Json.Node) return this.push_full(event, data, whom);
    if (data instanceof GLib.Variant) return this.push_variant(event, data, whom);
    if (isBytes(data)) return this.push_bytes(event, bytesOf(data), whom);
    return this.push_json(event, encode(`The data of "${event}"`, data), whom);
  };

  session.push = function (event, data = null) {
    checkText('The name of an event', event);
    if (data instanceof Json.Node) return pushNode.call(this, event, data);
    if (data instanceof GLib.Variant) return this.push_variant(event, data);
    if (isBytes(data)) return this.push_bytes(event, bytesOf(data));
    return this.push_json(event, encode(`The data of "${event}"`, data));
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

  Gio._promisify(server, 'drain_async');
  const { drain_async: drain } = server;

  server.drain_async = function (spread = 0, cancellable = null, ...rest) {
    const end = drain.call(this, millisecondsOf('The spread', spread, 0), cancellable, ...rest);
    return end?.then((drained) => {
      retire(this);
      return drained;
    });
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

function extendChannels(session) {
  const { join, leave, close } = session;

  session.join = function (channel) {
    checkText('The name of a channel', channel);
    return join.call(this, channel);
  };

  session.leave = function (channel) {
    checkText('The name of a channel', channel);
    leave.call(this, channel);
  };

  session.close = function (code = null, reason = '') {
    if (code === null) close.call(this);
    else this.close_full(code, reason);
  };
}

function extendWaiting(session) {
  Gio._promisify(session, 'flush_async');
  Gio._promisify(session, 'request_async');
  const { flush_async: flush, request_async: ask } = session;

  session.flush_async = function (cancellable = null, ...rest) {
    return flush.call(this, cancellable, ...rest);
  };

  session.request = async function (name, data = null, options = {}) {
    checkText('The name of a request', name);
    checkOptions('request()', options, ['timeout', 'cancellable']);
    const { timeout = null, cancellable = null } = options;
    const milliseconds = timeout === null ? 0 : millisecondsOf('A timeout', timeout);
    const node = nodeOf(`What "${name}" is asked with`, data);
    try {
      return plain(await ask.call(this, name, node, milliseconds, cancellable));
    } catch (error) {
      if (!error.matches?.(RocketIO.Error, RocketIO.Error.REFUSED)) throw error;
      const [, code, message] = /^(.*?): (.*)$/s.exec(error.message);
      throw new RequestError(code, message);
    }
  };
}
