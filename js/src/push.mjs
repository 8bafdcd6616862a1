// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { bytesOf, frame, toBase64 } from './bytes.mjs';
import { encode } from './envelope.mjs';

// Something that is said to a server, from push() to its being known what became of it. `text` is how version 1 says it.
export class Push {
  n; // its number, once it was sent
  volatile = false;
  bin;

  constructor(type, data, id) {
    this.type = type;
    this.id = id;
    this.bytes = bytesOf(data);
    if (this.bytes) this.bin = true;
    this.text = encode(type, this.bytes ? toBase64(this.bytes) : data);
    this.promise = new Promise((resolve, reject) => {
      this.settle = (error) => (error ? reject(error) : resolve());
    });
    this.promise.catch(() => {}); // nobody has to look at it
  }

  // As version 2 says it in JSON.
  get json() {
    const { n, id, bin, text } = this;
    const more = JSON.stringify({ n, id, bin });
    return more === '{}' ? text : `${more.slice(0, -1)},${text.slice(1)}`;
  }

  // As version 2 says it over WebSocket.
  get frame() {
    const { type, n, id, bytes } = this;
    return bytes ? frame(JSON.stringify({ type, n, id }), bytes) : this.json;
  }

  // What is left of it when it has been JSON.
  static from(saved) {
    return Object.assign(new Push(saved.type), saved, { bytes: null });
  }
}
