// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { Client } from './client.mjs';
import { CometLink } from './comet-link.mjs';
import { home, secure } from './place.mjs';

export class CometIO extends Client {
  constructor(url, options) {
    super(options?.session);
    this.url = url ?? null;
  }

  async ways() {
    const url = this.url || `${home()}/cometio/io`;
    return [{ type: 'comet', Link: CometLink, url: secure(url, globalThis.location?.href) }];
  }
}
