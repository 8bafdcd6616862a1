// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { unframe, unpack } from './bytes.mjs';
import { decode } from './envelope.mjs';
import { RocketIOError } from './error.mjs';

const EVERY = 32;

// One connection of a session of version 2: what all transports have in common. A transport hands over what it hears,
// and has the methods open(), flush() and leave(bye).
export class SessionLink {
  ended = false;
  #timer;
  #heard = 0;

  // `way` says where: `url`, `send`; by what words: `hello()`; for whom: `talk`, `outbox`; and who listens to all: `log`.
  constructor(way) {
    Object.assign(this, way);
  }

  // Without a goodbye the session waits for another link.
  close(bye) {
    if (!this.ended) this.#leave(bye);
  }

  end(error) {
    if (this.ended) return;
    this.#leave(false);
    this.onclose(error);
  }

  // A text, with a message or an array of them, or one message with bytes.
  hear(data) {
    this.log?.('<', data);
    let messages;
    try {
      messages = typeof data === 'string' ? decode(data).map(unpack) : [unframe(data)];
    } catch {
      this.onerror(new Error('the server sent no JSON'));
      return;
    }
    for (const message of messages) this.#take(message);
    this.#listen();
  }

  say(text) {
    this.log?.('>', text);
    return text;
  }

  #take(message) {
    const { type, data } = message;
    if (this.ended) return;
    if (type === '__welcome') {
      this.talk.welcome(data);
      this.welcomed(data);
    } else if (type === '__disconnect') {
      this.end(Object.assign(new RocketIOError(data.code, data.reason), { retry: data.retry }));
    } else if (type === '__ackn') {
      this.talk.acknowledge(data.n);
      this.flush();
    } else if (type === '__refused') {
      this.talk.refused(data);
    } else if (type === '__heartbeat') {
      this.talk.pos = data.pos;
      this.#pong();
    } else if (this.talk.accept(message)) {
      this.onmessage(type, data, message);
      this.#count(message);
    }
  }

  #count({ pos }) {
    if (pos === undefined || this.ended) return;
    this.talk.pos = pos;
    if (++this.#heard === EVERY) this.#pong();
  }

  #pong() {
    this.#heard = 0;
    this.pong(JSON.stringify({ type: '__pong', data: { pos: this.talk.pos } }));
  }

  // A server that is there has said something within `heartbeat` seconds.
  #listen() {
    if (this.ended) return;
    clearTimeout(this.#timer);
    const { heartbeat, timeout } = this.talk;
    this.#timer = setTimeout(() => this.end(new Error('the server is silent')), (heartbeat + timeout) * 1000);
  }

  #leave(bye) {
    this.ended = true;
    clearTimeout(this.#timer);
    this.leave(bye);
  }
}
