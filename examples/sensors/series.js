// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

const KEPT = 11 * 60 * 1000; // ms; a little more than is ever shown

// What has been read, oldest first: [{time, values: [a number or null for each sensor, ...]}, ...]
export class Series {
  #rows = [];

  get first() {
    return this.#rows[0];
  }

  get last() {
    return this.#rows.at(-1);
  }

  clear() {
    this.#rows = [];
  }

  // Told again after a reconnect: what is missing falls into its place, and nothing is there twice.
  add(...news) {
    const last = this.last?.time ?? -Infinity;
    const known = news.every(({ time }) => time > last) ? null : new Set(this.#rows.map(({ time }) => time));
    this.#rows.push(...news.filter(({ time }) => !known?.has(time)));
    if (known) this.#rows.sort((one, other) => one.time - other.time);
    const keep = this.#at((this.last?.time ?? 0) - KEPT);
    if (keep > 0) this.#rows.splice(0, keep);
  }

  // The index of the first row that is not before `time`.
  #at(time) {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle].time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // From `from` to `to`, with `more` rows on both sides so that lines go on to the edges.
  between(from, to, more = 0) {
    return this.#rows.slice(Math.max(0, this.#at(from) - more), this.#at(to + 1) + more);
  }

  nearest(time, within = Infinity) {
    const index = this.#at(time);
    const [before, behind] = [this.#rows[index - 1], this.#rows[index]];
    const near = !behind || (before && time - before.time < behind.time - time) ? before : behind;
    return near && Math.abs(near.time - time) <= within ? near : undefined;
  }

  // The row that many steps away; the first or the last one where there are no more.
  step(time, steps) {
    const wanted = this.#rows.indexOf(this.nearest(time)) + steps;
    return this.#rows[Math.max(0, Math.min(this.#rows.length - 1, wanted))];
  }
}
