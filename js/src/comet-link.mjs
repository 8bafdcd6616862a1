// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { Backoff } from './backoff.mjs';
import { decode } from './envelope.mjs';
import { RocketIOError } from './error.mjs';
import { BATCH_SIZE } from './outbox.mjs';
import { POST_LIMIT, pause, request } from './request.mjs';

const POLL_GRACE = 20000;

// Long polls one after the other, and beside them one POST at a time. It opens again whenever the
// server has made a new session.
export class CometLink {
  #url;
  #session;
  #outbox;
  #pollLimit;
  #polls = new AbortController();
  #posts = new AbortController();
  #backoff = new Backoff();
  #sending = false;

  constructor({ url, session, outbox, pollTimeout }) {
    this.#url = url;
    this.#session = session;
    this.#outbox = outbox;
    this.#pollLimit = (Number(pollTimeout) || 110) * 1000 + POLL_GRACE;
  }

  // A server that knows the session would hold the poll without a word, so it is asked first.
  async open() {
    try {
      if (this.#session && await this.#known()) this.onopen(this.#session);
      while (!this.#polls.signal.aborted) await this.#poll();
    } catch (error) {
      this.#fail(error);
    }
  }

  flush() {
    if (this.#sending) return;
    this.#sending = true;
    this.#outbox.turn = this.#outbox.turn.then(() => this.#send());
  }

  // What was pushed already still goes out.
  close() {
    this.#polls.abort();
  }

  #fail(error) {
    if (this.#polls.signal.aborted) return;
    this.#polls.abort();
    this.#posts.abort();
    this.onclose(error);
  }

  async #poll() {
    const { signal } = this.#polls;
    const query = this.#session ? `?session=${encodeURIComponent(this.#session)}` : '';
    const messages = decode(await request(this.#url + query, { limit: this.#pollLimit, signal }));
    if (messages.length === 0) await pause(1000, signal); // nobody is to be besieged
    for (const { type, data } of messages) {
      if (type === '__session_id') {
        this.#session = data;
        this.onopen(data);
      }
      this.onmessage(type, data);
    }
  }

  async #send() {
    while (this.#outbox.length > 0 && !this.#posts.signal.aborted) {
      const batch = this.#outbox.take(BATCH_SIZE);
      try {
        await this.#post(batch);
        for (const push of batch) push.settle();
        this.#backoff.reset();
      } catch (error) {
        await this.#unsent(batch, error);
      }
    }
    this.#sending = false;
  }

  #post(pushes) {
    const events = pushes.map(({ text }) => text).join();
    const json = `{"session":${JSON.stringify(this.#session)},"events":[${events}]}`;
    return request(this.#url, {
      method: 'POST',
      body: new URLSearchParams({ json }),
      limit: POST_LIMIT,
      signal: this.#posts.signal,
    });
  }

  async #known() {
    try {
      await this.#post([]);
      return true;
    } catch (error) {
      if (refused(error)) return false;
      throw error;
    }
  }

  // Is it the session that was refused, or a push? Only the latter, found alone, is given up.
  async #unsent(batch, error) {
    const known = refused(error) ? await this.#known().catch(() => null) : null;
    if (known && batch.length === 1) {
      const failure = new RocketIOError('refused', `push "${batch[0].type}" refused: ${error.message}`);
      batch[0].settle(failure);
      this.onerror(failure);
      return;
    }
    if (known) for (const push of batch) push.alone = true;
    this.#outbox.putBack(batch);
    if (known === false) this.#fail(error);
    else if (this.#polls.signal.aborted) this.#posts.abort(); // closed: the rest waits for the next link
    else if (known === null) await pause(this.#backoff.next(), this.#polls.signal);
  }
}

// The other 4xx say "later".
function refused({ status }) {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
