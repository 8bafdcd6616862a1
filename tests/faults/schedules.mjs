// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A schedule: what two clients say, and what harm befalls the connections of one of them, all drawn from a seed. The
// one is behind a proxy, the other speaks to the server as it is. Each numbers what it says, whatever way it goes, and
// each has to hear everything that the other said to it, and what came back of its own, once and in order.

import { until, within } from '../js/help.mjs';
import { Client } from './client.mjs';
import { FaultProxy } from './proxy.mjs';
import { Random, seedOf } from './random.mjs';

export const TRANSPORTS = ['ws', 'sse', 'poll', 'mixed'];

const KINDS = ['cut', 'cut', 'truncate', 'truncate', 'half-close', 'freeze', 'delay', 'refuse'];
const STEPS = 100;

// In which way something is said to the other, or to all, or to oneself: more often by those that come more often.
const WAYS = {
  client: ['echo', 'echo', 'message', 'message', 'message', 'to_channel', 'to_channel', 'add', 'binary', 'burst'],
  other: ['message', 'message', 'message', 'message', 'to_channel', 'to_channel', 'burst'],
};
const BROADCASTS = 0.06;   // everybody in the other schedules hears them, too

function drawFaults(random) {
  const faults = [];
  while (faults.length < 3 && random.chance(faults.length === 0 ? 0.9 : 0.3)) {
    const fault = { kind: random.pick(KINDS), direction: random.pick(['up', 'down']) };
    if (random.chance(0.3)) fault.after = random.between(0, 300);
    else fault.at = random.chance(0.3) ? random.between(0, 600) : random.between(0, 6000);
    fault.ms = random.chance(0.9) ? random.between(1, 150) : random.between(150, 600);
    faults.push(fault);
  }
  return faults;
}

// One of the two: what it should have heard of each, and what it has.
class Side {
  expected = { client: [], other: [] };
  heard = { client: [], other: [] };
  k = 0;

  constructor(name, client, tag) {
    Object.assign(this, { name, client, tag });
    client.onmessage = ({ type, data }) => this.#hear(type, data);
  }

  #hear(type, data) {
    // A burst has no more to it than numbers; it comes from the other one only.
    if (type === 'burst') {
      this.heard[this.name === 'client' ? 'other' : 'client'].push(`burst ${data}`);
      return;
    }
    const { tag, from, k } = type === 'binary' ? JSON.parse(data.toString()) : data;
    if (tag === this.tag) this.heard[from].push(`${type} ${k}`);
  }

  // What is wrong, in words.
  compare() {
    return Object.keys(this.expected).flatMap((from) => {
      const [expected, heard] = [this.expected[from], this.heard[from]];
      const at = expected.findIndex((entry, i) => entry !== heard[i]);
      if (at < 0 && expected.length === heard.length) return [];
      const first = at < 0 ? expected.length : at;
      const count = heard.filter((entry) => !entry.startsWith('burst')).length;
      const doubled = count - new Set(heard.filter((entry) => !entry.startsWith('burst'))).size;
      return [`${this.name} heard ${heard.length} of ${expected.length} of ${from}, ${doubled} twice; at ${first}: `
        + `[${heard.slice(first, first + 4)}] instead of [${expected.slice(first, first + 4)}]`];
    });
  }
}

class Schedule {
  answers = [];
  wrong = [];
  #calm = false;

  constructor(url, transport, seed, { deadline = 30000, makeClient = behind } = {}) {
    this.random = new Random(seedOf(seed, 'traffic'));
    this.faults = new Random(seedOf(seed, 'faults'));
    this.url = url;
    this.transport = transport;
    this.seed = seed;
    this.deadline = deadline;
    this.makeClient = makeClient;
    this.tag = `${transport}-${seed}`;
  }

  async run() {
    this.proxy = await FaultProxy.start(this.url, () => this.#calm ? [] : drawFaults(this.faults));
    const clients = {
      client: this.makeClient(this.proxy, {
        transport: this.transport, random: new Random(seedOf(this.seed, 'client')), stutter: 0.1,
      }),
      other: new Client(this.url, { transport: 'ws', random: new Random(seedOf(this.seed, 'other')) }),
    };
    this.client = new Side('client', clients.client, this.tag);
    this.other = new Side('other', clients.other, this.tag);
    try {
      await this.#meet();
      for (let i = 0; i < STEPS; i++) await this.#step();
      this.#calm = true;
      await this.#settle();
      await within(Promise.all([clients.client.close(), clients.other.close()]), 'goodbye', this.deadline);
    } catch (error) {
      error.message = `${error.message}\n${this.#state()}`;
      throw error;
    } finally {
      await Promise.all(Object.values(clients).map((client) => client.close({ rudely: true })));
      await this.proxy.stop();
    }
    return { reconnects: clients.client.welcomes.length - 1, faults: this.proxy.struck.length };
  }

  // Each knows the id of the other, and both are in a channel.
  async #meet() {
    const both = [this.client.client.start(), this.other.client.start()];
    await until(() => both.every(({ id }) => id !== null), '__welcome', this.deadline);
    await within(Promise.all(both.map((client) => client.join(this.tag))), 'channel', this.deadline);
  }

  async #step() {
    const { random } = this;
    const [from, to] = random.chance(0.5) ? [this.client, this.other] : [this.other, this.client];
    const count = random.chance(0.2) ? random.between(2, 10) : 1;
    for (let i = 0; i < count; i++) {
      this.#say(from, to, random.chance(BROADCASTS) ? 'broadcast' : random.pick(WAYS[from.name]));
    }
    if (random.chance(0.03)) this.client.client.cut();
    if (random.chance(0.03)) this.client.client.abandon();
    if (random.chance(0.01)) this.other.client.cut();
    if (random.chance(0.3)) {
      await new Promise((resolve) => {
        setTimeout(resolve, random.between(0, 100));
      });
    }
  }

  #say(from, to, way) {
    const { random } = this;
    const k = from.k++;
    const fill = 'x'.repeat(random.chance(0.02) ? 5000 : random.between(0, 60));
    const data = { tag: this.tag, from: from.name, k, fill };
    const comes = (...sides) => sides.forEach((side) => side.expected[from.name].push(`${way} ${k}`));
    switch (way) {
      case 'message':
        from.client.push(way, { ...data, to: to.client.id });
        comes(to);
        break;
      case 'binary':
        from.client.pushBytes(way, JSON.stringify(data));
        comes(from);
        break;
      case 'burst': {
        const n = random.between(1, 40);
        from.client.push(way, { n, to: to.client.id });
        for (let i = 0; i < n; i++) to.expected[from.name].push(`burst ${i}`);
        break;
      }
      case 'add':
        this.answers.push(from.client.request(way, { a: k, b: 1 }).then((sum) => {
          if (sum !== k + 1) this.wrong.push(`the answer to request ${k} is ${sum}`);
        }, ({ message }) => this.wrong.push(`the answer to request ${k} is an error: ${message}`)));
        break;
      default:
        from.client.push(way, data);
        if (way === 'echo') comes(from);
        else comes(from, to);
    }
  }

  // When the server has handled everything, and then answers something more, all else has come before that answer.
  async #settle() {
    const sides = [this.client, this.other];
    await until(() => sides.every(({ client }) => client.waiting === 0), '__ackn of everything', this.deadline);
    const last = sides.map(({ client }) => client.request('add', { a: 1, b: 2 }));
    await within(Promise.all([...this.answers, ...last]), 'answers', this.deadline);
    const wrong = sides.flatMap((side) => [...side.compare(), ...side.client.violations]).concat(this.wrong);
    for (const { name, client } of sides) {
      if (client.doubles > 0) wrong.push(`${name} got ${client.doubles} messages twice`);
      if (client.leftOut > 0) wrong.push(`${client.leftOut} messages for ${name} were left out`);
      if (!client.welcomes.slice(1).every(({ resumed, recovered }) => resumed && recovered)) {
        wrong.push(`${name} was not resumed`);
      }
    }
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  }

  #state() {
    return [this.client, this.other].flatMap((side) => {
      const { client } = side;
      return [
        ...side.compare(), ...client.violations,
        `${side.name}: connected ${client.transports.length} times, welcomed ${client.welcomes.length}, `
          + `${client.isOpen ? 'open' : 'cut off'}, ${client.waiting} not acknowledged, ${client.doubles} doubles; `
          + `ends: ${client.failures.slice(-3).join('; ')}; ${JSON.stringify(client.disconnects.slice(-1))}`,
        ...client.welcomes.slice(1).flatMap(({ resumed, recovered, pos }, i) => recovered ? []
          : `${side.name}: __welcome ${i + 1} says resumed: ${resumed}, recovered: ${recovered}, pos: ${pos}`),
      ];
    }).concat(`faults: ${JSON.stringify(this.proxy.struck.slice(-5))}`).join('\n');
  }
}

// The client of wire 2 that is all ours.
function behind(proxy, options) {
  return new Client(proxy.url, options);
}

// Many of them, some at a time. `seed` is the one that the user is told, `makeClient` makes another client than ours,
// which has to be like it as far as schedules go. Rejects when all are done, with all that went wrong.
export async function runSchedules(url, { transport, seed, count, first = 0, parallel = 50, ...options }) {
  const wrong = [];
  const sum = { reconnects: 0, faults: 0 };
  let next = first;
  const work = async () => {
    while (next < first + count) {
      const i = next++;
      try {
        const { reconnects, faults } = await new Schedule(url, transport, seedOf(seed, transport, i), options).run();
        sum.reconnects += reconnects;
        sum.faults += faults;
      } catch (error) {
        wrong.push(`ROCKETIO_SEED=${seed}/${transport}/${i}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, work));
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${count} went wrong\n\n${wrong.slice(0, 10).join('\n\n')}`);
  return sum;
}
