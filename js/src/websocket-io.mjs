// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { Client } from './client.mjs';
import { home, secure } from './place.mjs';
import { WebSocketLink } from './websocket-link.mjs';

export class WebSocketIO extends Client {
  constructor(url, options) {
    super(options?.session);
    this.url = url ?? null;
  }

  async ways() {
    if (typeof WebSocket !== 'function') throw new Error('there is no WebSocket here');
    const url = this.url || `${home().replace(/^http/, 'ws')}/websocketio/io`;
    return [{ type: 'websocket', Link: WebSocketLink, url: secure(url, globalThis.location?.href) }];
  }
}
