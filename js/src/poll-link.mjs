// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { HttpLink } from './http-link.mjs';
import { pause } from './request.mjs';

const BREATH = 200;

// Version 2 by long polling.
export class PollLink extends HttpLink {
  async welcomed() {
    this.opened();
    while (!this.ended) {
      const { id, token, pos, heartbeat, timeout } = this.talk;
      // A poll that came after the __hello of a link over SSE would take the session back.
      if (!this.resting) await this.ask(this.url, JSON.stringify({ id, token, pos }), (heartbeat + timeout) * 1000);
      if (this.talk.pos === pos) await pause(BREATH, this.signal); // nobody is to be besieged
    }
  }

  // A poll tells how far we have come.
  pong() {}
}
