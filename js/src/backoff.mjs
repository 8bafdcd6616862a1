// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// Full jitter: any pause up to a ceiling that doubles, so that many clients do not come back in step.
export class Backoff {
  #tries = 0;
  #first;
  #longest;

  constructor(first = 500, longest = 20000) {
    this.#first = first;
    this.#longest = longest;
  }

  next() {
    return Math.random() * Math.min(this.#longest, this.#first * 2 ** this.#tries++);
  }

  reset() {
    this.#tries = 0;
  }
}
