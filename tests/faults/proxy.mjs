// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Stands between a client and a server, copies bytes, and does harm to order. A fault is
//
//   { kind, direction, at, after, ms }
//
// direction  'up' is from the client to the server, 'down' the other way. Without it both count.
// at         how many bytes go through unharmed; the fault strikes at the next one. Without it the fault strikes at
// after      that many milliseconds after the connection was made (0 if that is missing, too).
//
// and kind is one of these:
//
//   'cut'         both sides get a RST, and what was just on its way is lost
//   'truncate'    the bytes before `at` arrive, then both sides get a RST
//   'half-close'  the bytes before `at` arrive, then that direction ends; the other one goes on until both get a RST
//                 `ms` later
//   'freeze'      nothing arrives any more, with the connections open; `ms` later both sides get a RST
//   'delay'       nothing arrives for `ms`, then all of it
//   'refuse'      like 'cut', and new connections get a RST as well for `ms`
//
// A connection may have several, which strike one after the other: `at` and `after` count from its beginning.

import { connect, createServer } from 'node:net';

// Gives a socket a RST. One that is still connecting is just dropped, and so is one whose FIN waits behind bytes: libuv
// refuses the RST then, and Node would never close it.
export function reset(socket) {
  if (socket.connecting || (socket.writableEnded && !socket.writableFinished)) socket.destroy();
  else socket.resetAndDestroy();
}

class Pair {
  #proxy;
  #faults;
  #ends;                          // where the bytes of a direction go
  #timers = new Set();
  #counts = { up: 0, down: 0 };
  #held = { up: [], down: [] };   // while #still
  #still = false;
  #ended = { up: false, down: false };
  #gone = false;
  #born = Date.now();

  constructor(proxy, client, server, faults) {
    this.#proxy = proxy;
    this.#faults = [...faults];
    this.#ends = { up: server, down: client };
    for (const [direction, from] of [['up', client], ['down', server]]) {
      from.on('data', (bytes) => this.#pass(direction, bytes));
      from.on('end', () => this.#end(direction));
      from.on('error', () => this.cut());
      from.on('close', (failed) => failed && this.cut());
      from.on('drain', () => direction === 'down' ? client.resume() : server.resume());
    }
    this.#arm();
  }

  cut() {
    if (this.#gone) return;
    this.#gone = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of Object.values(this.#ends)) reset(socket);
    this.#proxy.pairs.delete(this);
  }

  #later(ms, what) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      what();
    }, ms);
    this.#timers.add(timer);
  }

  // The next fault waits for its byte by itself, or for its time here.
  #arm() {
    const [fault] = this.#faults;
    if (!fault || fault.at !== undefined) return;
    const ms = (fault.after ?? 0) - (Date.now() - this.#born);
    this.#later(Math.max(0, ms), () => this.#strike(fault, fault.direction));
  }

  #pass(direction, bytes) {
    if (this.#gone || this.#ended[direction]) return;
    if (this.#still) {
      this.#held[direction].push(bytes);
      return;
    }
    const [fault] = this.#faults;
    const left = fault?.at === undefined || (fault.direction ?? direction) !== direction
      ? Infinity : Math.max(0, fault.at - this.#counts[direction]);
    if (bytes.length <= left) {
      this.#write(direction, bytes);
      return;
    }
    if (fault.kind !== 'cut' && fault.kind !== 'refuse') this.#write(direction, bytes.subarray(0, left));
    this.#strike(fault, direction);
    this.#pass(direction, bytes.subarray(fault.kind === 'cut' || fault.kind === 'refuse' ? 0 : left));
  }

  #write(direction, bytes) {
    if (bytes.length === 0) return;
    this.#counts[direction] += bytes.length;
    this.#proxy.bytes[direction] += bytes.length;
    if (!this.#ends[direction].write(bytes)) this.#ends[direction === 'up' ? 'down' : 'up'].pause();
  }

  #end(direction) {
    if (this.#gone || this.#ended[direction]) return;
    if (this.#still) {
      this.#held[direction].push(null);
      return;
    }
    this.#ended[direction] = true;
    this.#ends[direction].end();
    if (this.#ended.up && this.#ended.down) {
      this.#gone = true;
      for (const timer of this.#timers) clearTimeout(timer);
      this.#proxy.pairs.delete(this);
    }
  }

  #strike(fault, direction) {
    if (this.#gone) return;
    this.#faults.shift();
    this.#proxy.struck.push(fault);
    switch (fault.kind) {
      case 'cut':
        this.cut();
        break;
      case 'refuse':
        this.#proxy.refuse(fault.ms);
        this.cut();
        break;
      case 'truncate':
        // What was written has reached the other side's kernel when an empty write has come back.
        this.#still = true;
        this.#ends[direction ?? 'down'].write('', () => this.cut());
        break;
      case 'half-close':
        this.#end(direction ?? 'up');
        this.#later(fault.ms, () => this.cut());
        break;
      case 'freeze':
        this.#still = true;
        this.#later(fault.ms, () => this.cut());
        break;
      case 'delay':
        this.#still = true;
        this.#later(fault.ms, () => this.#thaw());
        break;
      default:
        throw new Error(`there is no fault called "${fault.kind}"`);
    }
    this.#arm();
  }

  #thaw() {
    this.#still = false;
    for (const direction of ['up', 'down']) {
      const held = this.#held[direction];
      this.#held[direction] = [];
      for (const bytes of held) {
        if (bytes === null) this.#end(direction);
        else this.#pass(direction, bytes);
      }
    }
  }
}

export class FaultProxy {
  pairs = new Set();
  bytes = { up: 0, down: 0 };   // what went through
  struck = [];                  // the faults that did
  accepted = 0;
  refused = 0;
  #target;
  #listener;
  #refusing = 0;

  // `plan` gets the number of a connection, from 0, and gives the faults of it, or nothing.
  static async start(target, plan) {
    const proxy = new FaultProxy();
    proxy.plan = plan;
    proxy.#target = new URL(target);
    proxy.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => proxy.#accept(socket));
    await new Promise((resolve, reject) => {
      proxy.#listener.on('error', reject);
      proxy.#listener.listen(0, '127.0.0.1', resolve);
    });
    proxy.url = `http://127.0.0.1:${proxy.#listener.address().port}`;
    return proxy;
  }

  // Every connection there is.
  cut() {
    for (const pair of [...this.pairs]) pair.cut();
  }

  refuse(ms) {
    this.#refusing = Math.max(this.#refusing, Date.now() + ms);
  }

  // Undoes refuse().
  admit() {
    this.#refusing = 0;
  }

  stop() {
    this.cut();
    return new Promise((resolve) => {
      this.#listener.close(resolve);
    });
  }

  #accept(client) {
    client.on('error', () => {});
    if (Date.now() < this.#refusing) {
      this.refused++;
      reset(client);
      return;
    }
    const faults = this.plan?.(this.accepted++) ?? [];
    const server = connect({
      host: this.#target.hostname, port: this.#target.port, allowHalfOpen: true, noDelay: true,
    });
    this.pairs.add(new Pair(this, client, server, faults));
  }
}
