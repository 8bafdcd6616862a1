// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { unpack } from './bytes.mjs';
import { RocketIOError } from './error.mjs';
import { Push } from './push.mjs';

const LIMIT = 10000;

// What the server was asked and has not answered yet.
export class Requests {
  count = 0;
  #open = new Map();

  // Over `client`. A question that is given up is taken back if it was not sent.
  async ask(name, data, { timeout = LIMIT, signal } = {}, client) {
    signal?.throwIfAborted();
    const push = new Push(name, data, ++this.count);
    let timer;
    let abort;
    try {
      return await new Promise((done, fail) => {
        const late = () => fail(new RocketIOError('timeout', `no answer to "${name}" within ${timeout / 1000} s`));
        if (timeout < Infinity) timer = setTimeout(late, timeout);
        abort = () => fail(signal.reason);
        signal?.addEventListener('abort', abort);
        push.promise.catch(fail);
        this.#open.set(push.id, { push, done, fail });
        client.submit(push);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.#open.delete(push.id);
      client.outbox.remove((other) => other === push);
    }
  }

  answer(ack) {
    const { id, data, error } = unpack(ack);
    const request = this.#open.get(id);
    if (error) request?.fail(new RocketIOError(error.code, error.message ?? error.code));
    else request?.done(data);
  }

  // Those that a session took with it.
  lose(error) {
    for (const { push, fail } of this.#open.values()) if (push.n) fail(error);
  }
}
