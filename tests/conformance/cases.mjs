// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The cases, and what each of them is given.

import { randomUUID } from 'node:crypto';
import { tick } from '../js/help.mjs';
import { connect, SocketPeer } from './peer.mjs';

export const KINDS = ['ws', 'sse', 'poll'];
export const cases = [];

// Data, as JSON, that a server does not read: RFC 8259 has it, point 2.5 has not.
export const UNREADABLE = ['"a\\u0000b"', '{"\\u0000":1}', '"\\ud800"', '"\\udc00x"', '1e400', '[-1e999]',
  `${'['.repeat(65)}${']'.repeat(65)}`];

const turns = new Map();

// Adds a case. `app` are the events, requests and so on that it wants of the app, `kinds` the endpoints; `ms` is its
// deadline. Those that mostly wait, { waits: true }, begin first and all at once; those that keep server and runner busy,
// { heavy: true }, come last.
export function check(name, options, run = options) {
  cases.push({ name, app: [], kinds: ['ws'], ms: 15000, ...(run === options ? {} : options), run });
}

// The same case over each of the three.
export function checkEach(name, options, run) {
  for (const kind of options.kinds ?? KINDS) {
    check(`${name} (${kind})`, { ...options, kinds: [kind] }, (t) => run(t, kind));
  }
}

// The case cannot be tried, or it would show nothing.
export class Skipped extends Error {}

export class Case {
  peers = [];

  constructor(server, own) {
    this.server = server;
    this.own = own;  // the program, if the runner has started it itself
  }

  // A peer that was welcomed. `hello` is the DATA of `__hello`.
  connect(kind, { server = this.server, ...options } = {}) {
    return connect(server, kind, { ...options, made: (peer) => this.peers.push(peer) });
  }

  ws(options) {
    return this.connect('ws', options);
  }

  // A WebSocket that has said nothing yet.
  async open(options) {
    const peer = await SocketPeer.open(this.server, options);
    this.peers.push(peer);
    return peer;
  }

  // The next connection of the peer's session.
  resume(peer, options) {
    return peer.resume({ ...options, made: (made) => this.peers.push(made) });
  }

  // Somebody in a channel, who says what is to be heard there; it has been pushed when that is done.
  async speaker(channel) {
    const peer = await this.ws();
    await peer.join(channel);
    return async (text) => {
      peer.say('to_channel', { text });
      await peer.next(({ type, data }) => type === 'to_channel' && data.text === text);
    };
  }

  // One case after the other, for those that use what there is only one of.
  async alone(name, run) {
    const before = turns.get(name);
    const turn = Promise.resolve(before).then(run);
    turns.set(name, turn.catch(() => {}));
    return turn;
  }

  // A name that no other case has.
  unique(name) {
    return `${name}-${randomUUID()}`;
  }

  // For what has to be asked before a time is over. A machine that is too busy for it shows nothing.
  async sleep(ms) {
    const begun = Date.now();
    await tick(ms);
    if (Date.now() - begun > ms + 700) this.skip('the runner was held up');
  }

  skip(reason) {
    throw new Skipped(reason);
  }

  end() {
    for (const peer of this.peers) peer.leave();
  }

  // What went over the wire last, for a case that failed.
  transcript() {
    return this.peers.flatMap(({ kind, lines }, i) => [`peer ${i + 1} (${kind}):`, ...lines.slice(-25)]).join('\n');
  }
}
