// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The memory and the descriptors of a process, over time.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const PAGE = 4096;
const MARGIN_RSS = 8 * 1024 * 1024;   // what fragmentation may do
const MARGIN_FDS = 50;

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export class Meter {
  samples = [];

  #pid;
  #begun = Date.now();
  #timer = null;

  constructor(pid) {
    this.#pid = pid;
  }

  measure() {
    const rss = Number(readFileSync(`/proc/${this.#pid}/statm`, 'utf8').split(' ')[1]) * PAGE;
    const fds = readdirSync(`/proc/${this.#pid}/fd`).length;
    return { seconds: Math.round((Date.now() - this.#begun) / 1000), rss, fds };
  }

  // `more` adds columns of its own.
  start(more = () => ({})) {
    this.#timer = setInterval(() => this.samples.push({ ...this.measure(), ...more() }), 1000);
  }

  stop() {
    clearInterval(this.#timer);
  }

  // What grew after the warm-up, in words: the last quarter of the samples against the first after it.
  findGrowth(warmUp) {
    const rest = this.samples.filter(({ seconds }) => seconds >= warmUp);
    const quarter = Math.floor(rest.length / 4);
    if (quarter < 5) return ['there are too few samples to tell whether memory grows'];
    const compare = (name, bound) => {
      const [before, after] = [rest.slice(0, quarter), rest.slice(-quarter)]
        .map((part) => median(part.map((sample) => sample[name])));
      return after > bound(before) ? [`${name} grew from ${before} to ${after}`] : [];
    };
    return [...compare('rss', (before) => before * 1.1 + MARGIN_RSS),
      ...compare('fds', (before) => before * 1.25 + MARGIN_FDS)];
  }

  write(path) {
    const names = Object.keys(this.samples[0] ?? {});
    const lines = this.samples.map((sample) => names.map((name) => sample[name]).join(','));
    writeFileSync(path, `${[names.join(','), ...lines].join('\n')}\n`);
  }

  // The curve, in about `count` lines.
  draw(count = 20) {
    const step = Math.max(Math.floor(this.samples.length / count), 1);
    const most = Math.max(...this.samples.map(({ rss }) => rss));
    return this.samples.filter((_, i) => i % step === 0).map(({ seconds, rss, fds, ...more }) => {
      const bar = '#'.repeat(Math.round(rss / most * 40)).padEnd(40);
      const rest = Object.entries(more).map(([name, value]) => `${name} ${value}`).join(', ');
      return `${String(seconds).padStart(5)} s ${bar} ${(rss / 1048576).toFixed(1)} MiB, fds ${fds}, ${rest}`;
    }).join('\n');
  }
}
