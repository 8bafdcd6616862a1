// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { HttpLink } from './http-link.mjs';

// Version 2 over server-sent events. It is open when the first one is here: some proxies collect them.
export class StreamLink extends HttpLink {
  #source;
  #flowing = false;

  welcomed({ ticket }) {
    this.#source = new EventSource(`${this.url}?ticket=${encodeURIComponent(ticket)}`);
    this.#source.onmessage = ({ data }) => {
      if (this.ended) return;
      if (!this.#flowing) this.opened();
      this.#flowing = true;
      this.hear(data);
    };
    this.#source.onerror = () => this.end(new Error(`${this.url} ended`));
  }

  leave(bye) {
    this.#source?.close();
    super.leave(bye);
  }
}
