// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { unpack } from './bytes.mjs';
import { EventEmitter } from './event-emitter.mjs';

// What comes by way of one channel.
export class Channel extends EventEmitter {
  #io;

  constructor(io, name) {
    super();
    this.#io = io;
    this.name = name;
  }

  join(options) {
    return this.#io.join(this.name, options);
  }

  leave(options) {
    return this.#io.leave(this.name, options);
  }
}

// The channels that were joined by their names, and who listens to them.
export class Channels {
  #wanted = new Map(); // how much history of each
  #listening = new Map();

  // For a session that is new: `first` and those that others were in.
  toJoin(first) {
    const names = new Map(first === null ? [] : [[first, 0]]);
    for (const [name, history] of this.#wanted) names.set(name, history);
    return [...names].map(([ch, history]) => (history > 0 ? { ch, history } : ch));
  }

  want(name, history) {
    this.#wanted.set(name, history);
  }

  unwant(name) {
    this.#wanted.delete(name);
  }

  of(io, name) {
    if (!this.#listening.has(name)) this.#listening.set(name, new Channel(io, name));
    return this.#listening.get(name);
  }

  emit(name, ...event) {
    this.#listening.get(name)?.emit(...event);
  }
}

// What a server tells of a channel that was joined.
export function arrival({ history = [], present }) {
  return { history: history.map(unpack), present };
}
