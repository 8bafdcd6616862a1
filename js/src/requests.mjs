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
  ask(name, data, { timeout = LIMIT, signal } = {}, client) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const push = new Push(name, data, ++this.count);
      const end = (then, value) => {
        if (!this.#open.delete(push.id)) return;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        client.outbox.remove((other) => other === push);
        then(value);
      };
      const fail = (error) => end(reject, error);
      const abort = () => fail(signal.reason);
      const late = () => fail(new RocketIOError('timeout', `no answer to "${name}" within ${timeout / 1000} s`));
      const timer = timeout < Infinity ? setTimeout(late, timeout) : null;
      this.#open.set(push.id, { push, fail, done: (value) => end(resolve, value) });
      signal?.addEventListener('abort', abort);
      push.promise.catch(fail);
      client.submit(push);
    });
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
