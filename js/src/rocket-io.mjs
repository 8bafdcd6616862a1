// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { Client } from './client.mjs';
import { CometLink } from './comet-link.mjs';
import { home, secure } from './place.mjs';
import { request } from './request.mjs';
import { WebSocketLink } from './websocket-link.mjs';

const SETTINGS_LIMIT = 10000;

export class RocketIO extends Client {
  channel;
  #wanted;
  #url = null;
  #settings = null;

  constructor(options) {
    super(options?.session);
    const { channel = null, type = null } = options ?? {};
    this.channel = channel === null ? null : String(channel);
    this.type = this.#wanted = type;
  }

  connect(url) {
    if (this.state === 'closed') {
      this.#url = url ? absolute(url) : this.#url ?? home();
      this.#settings = null;
    }
    return super.connect();
  }

  async ways(again) {
    const anew = again || !this.#settings;
    if (anew) this.#settings = JSON.parse(await request(`${this.#url}/rocketio/settings`, { limit: SETTINGS_LIMIT }));
    const { websocket, comet, poll_timeout: pollTimeout } = this.#settings;
    const ways = [];
    if (websocket && typeof WebSocket === 'function') {
      ways.push({ type: 'websocket', Link: WebSocketLink, url: secure(websocket, this.#url) });
    }
    if (comet) ways.push({ type: 'comet', Link: CometLink, url: secure(comet, this.#url), pollTimeout });
    const wanted = ways.filter(({ type }) => type === this.#wanted);
    if (wanted.length > 0) return wanted;
    // Who had to fall back comes back the same way, and tries the better one when that fails.
    return this.type === 'comet' && !anew ? ways.reverse() : ways;
  }

  greet() {
    this.push('__channel_id', this.channel);
  }
}

function absolute(url) {
  return new URL(url, globalThis.location?.href).href.replace(/\/+$/, '');
}
