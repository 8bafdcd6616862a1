// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { RocketIOError } from './error.mjs';
import { SessionLink } from './session-link.mjs';

const GOODBYE = 1000;
const DETACH = 4000; // browsers say 1001, which is a goodbye, when they are not told what to say

// Version 2 over WebSocket.
export class SocketLink extends SessionLink {
  #socket;
  #welcome = false;

  open() {
    try {
      this.#socket = new WebSocket(this.url.replace(/^http/, 'ws'), ['rocketio.v2']);
    } catch (error) {
      this.end(error);
      return;
    }
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#send(this.hello());
    this.#socket.onmessage = ({ data }) => this.hear(data);
    this.#socket.onclose = ({ code, reason }) => {
      this.end(code >= 4000 ? new RocketIOError(code, reason) : new Error(`${this.url} closed`));
    };
  }

  // A socket that is closing swallows what it is given, so it gets nothing.
  flush() {
    while (this.#welcome && this.#socket.readyState === 1) {
      const batch = this.talk.take(this.outbox);
      if (batch.length === 0) return;
      for (const push of batch) this.#send(push.frame);
    }
  }

  welcomed() {
    this.#welcome = true;
    this.onopen(this.talk.id);
  }

  pong(text) {
    if (this.#socket.readyState === 1) this.#send(text);
  }

  leave(bye) {
    this.#socket?.close(bye ? GOODBYE : DETACH);
  }

  #send(data) {
    this.#socket.send(this.say(data));
  }
}
