// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { RocketIOError } from './error.mjs';
import { BATCH_SIZE } from './outbox.mjs';
import { POST_LIMIT, request } from './request.mjs';
import { SessionLink } from './session-link.mjs';

const TOO_LARGE = "raise the proxy's limit (nginx: client_max_body_size)";

// What the transports of version 2 without WebSocket have in common: one POST at a time says what there is to say.
export class HttpLink extends SessionLink {
  posts = true;
  #abort = new AbortController();
  #posting = true;
  #pong = '';
  #most = BATCH_SIZE;

  get signal() {
    return this.#abort.signal;
  }

  async open() {
    await this.ask(this.send, `{"messages":[${this.hello()}]}`, POST_LIMIT);
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
  async ask(url, body, limit, batch) {
    try {
      const answer = await request(url, { method: 'POST', body: this.say(body), limit, signal: this.signal });
      if (!this.ended) this.hear(answer);
    } catch (error) {
      if (this.ended || error.status !== 413 || !this.#lessen(batch)) this.end(error);
    }
  }

  async #post() {
    this.#posting = true;
    while (!this.ended) {
      const batch = this.talk.take(this.outbox, this.#most);
      const messages = batch.map(({ json }) => json);
      if (this.#pong) messages.push(this.#pong);
      this.#pong = '';
      if (messages.length === 0) break;
      await this.ask(this.send, envelope(this.talk, messages), POST_LIMIT, batch);
    }
    this.#posting = false;
  }

  // A proxy may take less at once than the server. What it does not take alone is given up. Returns whether that helps.
  #lessen([push, ...others] = []) {
    this.talk.rewind();
    if (others.length > 0) return this.#most /= 2;
    return push && this.talk.skip(push, new RocketIOError('too-large', TOO_LARGE));
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
