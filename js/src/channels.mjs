// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { unpack } from './bytes.mjs';
import { EventEmitter } from './event-emitter.mjs';

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

  of(name) {
    if (!this.#listening.has(name)) this.#listening.set(name, new EventEmitter());
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
