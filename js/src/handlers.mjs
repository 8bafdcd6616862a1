// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { bytesOf, toBase64 } from './bytes.mjs';
import { RocketIOError } from './error.mjs';
import { Push } from './push.mjs';

// Who answers what the server asks.
export class Handlers {
  #all = new Map();

  // Returns the undoing.
  set(name, handler) {
    this.#all.set(name, handler);
    return () => {
      if (this.#all.get(name) === handler) this.#all.delete(name);
    };
  }

  // Exactly one answer, whatever happens.
  async answer({ type, id, data }) {
    try {
      const handler = this.#all.get(type);
      if (!handler) throw new RocketIOError('unknown-name', 'not handled');
      const answer = await handler(data);
      const bytes = bytesOf(answer);
      return new Push('__ack', bytes ? { id, bin: true, data: toBase64(bytes) } : { id, data: answer ?? null });
    } catch (error) {
      return refusal(id, error);
    }
  }
}

export function refusal(id, error) {
  const code = typeof error?.code === 'string' ? error.code : 'error';
  return new Push('__ack', { id, error: { code, message: String(error?.message ?? error) } });
}
