// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

const FIRST = 500;
const LONGEST = 20000;

// Full jitter: any pause up to a ceiling that doubles, so that many clients do not come back in step.
export class Backoff {
  #tries = 0;

  next() {
    return Math.random() * Math.min(LONGEST, FIRST * 2 ** this.#tries++);
  }

  reset() {
    this.#tries = 0;
  }
}
