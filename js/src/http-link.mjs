// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { BATCH_SIZE } from './outbox.mjs';
import { POST_LIMIT, request } from './request.mjs';
import { SessionLink } from './session-link.mjs';

// What the transports of version 2 without WebSocket have in common: one POST at a time says what there is to say.
export class HttpLink extends SessionLink {
  #abort = new AbortController();
  #posting = true;
  #pong = '';

  get signal() {
    return this.#abort.signal;
  }

  async open() {
    await this.ready?.();
    if (!this.ended) await this.ask(this.send, `{"messages":[${this.hello()}]}`, POST_LIMIT);
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
    if (bye) sayGoodbye(this.send, this.talk, this.outbox);
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
      await this.ask(this.send, envelope(this.talk, messages), POST_LIMIT);
    }
    this.#posting = false;
  }
}

// All that was not acknowledged goes with it: a server drops what it has heard before. A beacon outlives the page, but it
// is not for much.
export function sayGoodbye(url, talk, outbox) {
  talk.rewind();
  const messages = [...talk.take(outbox), ...talk.take(outbox)].map(({ json }) => json);
  const body = envelope(talk, [...messages, '{"type":"__bye"}']);
  if (!globalThis.navigator?.sendBeacon?.(url, body)) fetch(url, { method: 'POST', body }).catch(() => {});
}

function envelope({ id, token }, messages) {
  return `{"id":"${id}","token":"${token}","messages":[${messages}]}`;
}
