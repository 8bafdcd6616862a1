// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The server that is looked at: its settings, and plain requests to it.

import http from 'node:http';
import https from 'node:https';
import { within } from '../js/help.mjs';

export const PATHS = { ws: '/rocketio/ws', sse: '/rocketio/sse', poll: '/rocketio/poll', send: '/rocketio/send' };

export class Server {
  static async find(url) {
    const server = new Server();
    server.url = new URL(url);
    const { status, json } = await server.ask('/rocketio/settings');
    if (status !== 200) throw new Error(`GET /rocketio/settings is answered with ${status}`);
    server.settings = json;
    server.paths = json.paths ?? PATHS;
    return server;
  }

  // The absolute URL of an endpoint of version 2: ws, sse, poll or send.
  endpoint(name) {
    const url = new URL(this.paths[name], this.url);
    if (name === 'ws') url.protocol = url.protocol.replace('http', 'ws');
    return url;
  }

  // Begins a request; `answer` is that of http.request(). A body makes it a POST.
  request(path, { body, headers = {}, method = body === undefined ? 'GET' : 'POST' } = {}) {
    const url = new URL(path, this.url);
    const asked = (url.protocol === 'https:' ? https : http).request(url, { method, headers, agent: false });
    const answer = new Promise((resolve, reject) => {
      asked.once('response', resolve);
      asked.on('error', reject); // also after the answer
    });
    answer.catch(() => {}); // nobody has to wait for it
    asked.end(body);
    return { asked, answer };
  }

  // { status, headers, text, json } of a whole answer. An object as the body is sent as JSON.
  async ask(path, { body, ms = 5000, ...options } = {}) {
    const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const { asked, answer } = this.request(path, { body: text, ...options });
    const whole = answer.then(async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      return { status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() };
    });
    const got = await within(whole, `answer to ${path}`, ms).finally(() => asked.destroy());
    try {
      return { ...got, json: JSON.parse(got.text) };
    } catch {
      return got;
    }
  }

  // A POST to an endpoint.
  post(name, body, options) {
    return this.ask(this.endpoint(name), { body, ...options });
  }
}
