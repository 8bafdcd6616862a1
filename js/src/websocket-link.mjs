// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { decode } from './envelope.mjs';

// One WebSocket, from opening to closing.
export class WebSocketLink {
  #url;
  #outbox;
  #socket;
  #opened = false;

  constructor({ url, session, outbox }) {
    this.#url = session ? `${url}/session=${encodeURIComponent(session)}` : url;
    this.#outbox = outbox;
  }

  open() {
    try {
      this.#socket = new WebSocket(this.#url);
    } catch (error) {
      this.onclose(error);
      return;
    }
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = () => this.onclose(new Error(`${this.#url} closed`));
  }

  // A socket that is closing swallows what it is given, so it gets nothing.
  flush() {
    while (this.#socket.readyState === 1 && this.#outbox.length > 0) {
      for (const push of this.#outbox.take()) {
        this.#socket.send(push.text);
        push.settle();
      }
    }
  }

  close() {
    this.#socket?.close();
  }

  #receive(text) {
    let messages;
    try {
      messages = decode(text);
    } catch {
      this.onerror(new Error('the server sent no JSON'));
      return;
    }
    for (const { type, data } of messages) {
      // Only the first one opens: a server repeats it when asked.
      if (type === '__session_id' && !this.#opened) {
        this.#opened = true;
        this.onopen(data);
      }
      this.onmessage(type, data);
    }
  }
}
