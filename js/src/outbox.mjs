// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// Characters that one POST brings at most, unless a single push has more.
export const BATCH_SIZE = 16000;

const MOST = 1000;

// What is pushed and not yet sent, in order. A push is { type, text }.
export class Outbox {
  // Settles when nobody is sending from here: two links of one client never POST at once.
  turn = Promise.resolve();
  #pushes = [];

  get length() {
    return this.#pushes.length;
  }

  // Returns the oldest push when it had to make room.
  add(push) {
    this.#pushes.push(push);
    return this.#pushes.length > MOST ? this.#pushes.shift() : null;
  }

  // What is added during `action` goes before what waited already.
  ahead(action) {
    const waiting = this.#pushes;
    this.#pushes = [];
    action();
    this.#pushes.push(...waiting);
  }

  // Those that may travel together; a push marked `alone` does not.
  take(most = Infinity) {
    const [first] = this.#pushes;
    let count = 0;
    let size = 0;
    for (const { text, alone } of this.#pushes) {
      size += text.length;
      if (count > 0 && (first.alone || alone || size > most)) break;
      count++;
    }
    return this.#pushes.splice(0, count);
  }

  all() {
    return this.#pushes;
  }

  // Takes out those of which `test` says so.
  remove(test) {
    const gone = this.#pushes.filter(test);
    this.#pushes = this.#pushes.filter((push) => !test(push));
    return gone;
  }

  putBack(pushes) {
    this.#pushes.unshift(...pushes);
  }
}
