// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { isDeepStrictEqual } from 'node:util';

export const DEADLINE = 5000;

// What is wanted: a name, an object whose members are to be there, or a function.
function matcher(wanted) {
  if (typeof wanted === 'function') return wanted;
  if (typeof wanted === 'string') return ({ type }) => type === wanted;
  return (message) => Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(message[name], value));
}

function nameOf(wanted) {
  return typeof wanted === 'object' ? JSON.stringify(wanted) : String(wanted);
}

// Messages that nobody has taken yet. Whoever waits takes the first that fits; the others stay.
export class Inbox {
  #unread = [];
  #waiting = new Set();
  #end;

  put(message) {
    for (const waiter of this.#waiting) {
      if (waiter.matches(message)) {
        this.#waiting.delete(waiter);
        waiter.resolve(message);
        return;
      }
    }
    this.#unread.push(message);
  }

  // Nothing comes any more, for this reason.
  end(why) {
    this.#end ??= why;
    for (const waiter of this.#waiting) waiter.reject(new Error(`no ${waiter.what}: ${this.#end}`));
  }

  // Takes the first that fits out of those that are there already.
  take(wanted) {
    const index = this.#unread.findIndex(matcher(wanted));
    return index < 0 ? undefined : this.#unread.splice(index, 1)[0];
  }

  // The same, and waits for it.
  async next(wanted, { ms = DEADLINE, what = nameOf(wanted) } = {}) {
    const found = this.take(wanted);
    if (found !== undefined) return found;
    if (this.#end !== undefined) throw new Error(`no ${what}: ${this.#end}`);
    const waiter = { matches: matcher(wanted), what };
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        Object.assign(waiter, { resolve, reject });
        this.#waiting.add(waiter);
        timer = setTimeout(() => reject(new Error(`no ${what} within ${ms} ms`)), ms);
      });
    } finally {
      this.#waiting.delete(waiter);
      clearTimeout(timer);
    }
  }

  // As many as fit, one after the other.
  async several(count, wanted, options) {
    const got = [];
    while (got.length < count) got.push(await this.next(wanted, options));
    return got;
  }
}
