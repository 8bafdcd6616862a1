// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Those who behave well, over all transports: each says numbers to the next one, who counts them.

import { until } from '../js/help.mjs';
import { Client } from '../faults/client.mjs';
import { Random, seedOf } from '../faults/random.mjs';

const TRANSPORTS = ['ws', 'ws', 'sse', 'poll'];

export class Regulars {
  #clients = [];
  #said = [];
  #heard = [];
  #wrong = [];
  #timer = null;

  constructor(url, count, seed) {
    for (let i = 0; i < count; i++) {
      const random = new Random(seedOf(seed, `regular ${i}`));
      const client = new Client(url, { transport: TRANSPORTS[i % TRANSPORTS.length], random });
      client.onmessage = ({ type, data }) => this.#hear(i, type, data);
      this.#clients.push(client);
      this.#said.push(0);
      this.#heard.push(0);
    }
  }

  // How many messages have arrived.
  get heard() {
    return this.#heard.reduce((sum, n) => sum + n, 0);
  }

  get said() {
    return this.#said.reduce((sum, n) => sum + n, 0);
  }

  async start() {
    for (const client of this.#clients) client.start();
    await Promise.all(this.#clients.map((client) => until(() => client.isOpen, 'welcome')));
  }

  // Each `ms` milliseconds everybody says something.
  talk(ms) {
    this.#timer = setInterval(() => this.#clients.forEach((client, i) => this.#say(client, i)), ms);
  }

  // What went wrong, in words, once everything has arrived, or not.
  async finish(ms) {
    clearInterval(this.#timer);
    for (const end = Date.now() + ms; this.heard < this.said && Date.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const lost = this.#said.flatMap((said, i) => {
      const heard = this.#heard[(i + 1) % this.#heard.length];
      return heard === said ? [] : [`of ${said} messages of regular ${i}, ${heard} arrived`];
    });
    const violations = this.#clients.flatMap(({ violations: list }) => list.slice(0, 3));
    const unrecovered = this.#clients.filter(({ welcomes }) => welcomes.length > 1).length;
    return { problems: [...this.#wrong.slice(0, 10), ...lost, ...violations], reconnected: unrecovered };
  }

  async close() {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  #say(client, i) {
    const to = this.#clients[(i + 1) % this.#clients.length].id;
    client.push('message', { to, from: i, k: ++this.#said[i] });
  }

  #hear(i, type, data) {
    if (type !== 'message') return;
    const from = (i + this.#clients.length - 1) % this.#clients.length;
    if (data.from !== from || data.k !== this.#heard[i] + 1) {
      this.#wrong.push(`regular ${i} heard ${data.k} of ${data.from} after ${this.#heard[i]} of ${from}`);
    }
    this.#heard[i]++;
  }
}
