// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { HttpLink } from './http-link.mjs';
import { pause } from './request.mjs';

const BREATH = 200;
const CALM = 300;

// Version 2 by long polling.
export class PollLink extends HttpLink {
  async welcomed() {
    this.opened();
    while (!this.ended) {
      if (this.resting) {
        await pause(BREATH, this.signal);
        continue;
      }
      const { id, token, pos, heartbeat, timeout } = this.talk;
      await this.ask(this.url, JSON.stringify({ id, token, pos }), (heartbeat + timeout) * 1000);
      if (this.talk.pos === pos) await pause(BREATH, this.signal); // nobody is to be besieged
    }
  }

  // A poll that reached the server after the __hello of another link would take the session back.
  rest() {
    this.resting = true;
    return pause(CALM, this.signal);
  }

  // A poll tells how far we have come.
  pong() {}
}
