// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { BATCH_SIZE } from './outbox.mjs';
import { POST_LIMIT, request } from './request.mjs';
import { SessionLink } from './session-link.mjs';

const LARGEST_BEACON = 20000; // characters, of which 64 KiB are sure to be allowed

// What the transports of version 2 without WebSocket have in common: one POST at a time says what there is to say.
export class HttpLink extends SessionLink {
  signal;
  #url;
  #hello;
  #abort = new AbortController();
  #posting = true;
  #pong = '';

  constructor({ send, hello, ...common }) {
    super(common);
    this.#url = send;
    this.#hello = hello;
    this.signal = this.#abort.signal;
  }

  async open() {
    await this.ask(this.#url, `{"messages":[${this.#hello()}]}`, POST_LIMIT);
  }

  flush() {
    if (!this.#posting) this.#post();
  }

  opened() {
    this.#posting = false;
    this.onopen(this.talk.id);
  }

  pong(text) {
    this.#pong = text;
    this.flush();
  }

  leave(bye) {
    this.#abort.abort();
    if (bye) sayGoodbye(this.#url, this.talk, this.outbox);
  }

  // Hears the answer; without one this link has come to its end.
  async ask(url, body, limit) {
    try {
      const answer = await request(url, { method: 'POST', body: this.say(body), limit, signal: this.signal });
      if (!this.ended) this.hear(answer);
    } catch (error) {
      this.end(error);
    }
  }

  async #post() {
    this.#posting = true;
    while (!this.ended) {
      const messages = this.talk.take(this.outbox, BATCH_SIZE).map(({ json }) => json);
      if (this.#pong) messages.push(this.#pong);
      this.#pong = '';
      if (messages.length === 0) break;
      await this.ask(this.#url, envelope(this.talk, messages), POST_LIMIT);
    }
    this.#posting = false;
  }
}

// All that was not acknowledged goes with it: a server drops what it has heard before. What is small enough survives
// the page.
export function sayGoodbye(url, talk, outbox) {
  talk.rewind();
  const messages = [...talk.take(outbox), ...talk.take(outbox)].map(({ json }) => json);
  const body = envelope(talk, [...messages, '{"type":"__bye"}']);
  const small = body.length < LARGEST_BEACON;
  if (small && globalThis.navigator?.sendBeacon?.(url, body)) return;
  fetch(url, { method: 'POST', body, keepalive: small }).catch(() => {});
}

function envelope({ id, token }, messages) {
  return `{"id":"${id}","token":"${token}","messages":[${messages}]}`;
}
