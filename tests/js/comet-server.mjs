// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { createServer } from 'node:http';
import { until } from './help.mjs';

// The server's side of Comet, as small as it can be and with faults to order.
export class CometServer {
  sessions = new Set();
  polls = []; // held answers
  events = []; // what arrived, in order, without the questions whether the session is known
  posts = 0; // those that brought something
  atOnce = 0; // the most POSTs that were under way together
  settings = {};
  faults = { GET: [], POST: [] }; // each: (response) => whatever instead of the right answer
  #count = 0;
  #underWay = 0;

  static async start(t) {
    const server = new CometServer();
    server.http = createServer((request, response) => server.#serve(request, response));
    await new Promise((resolve) => {
      server.http.listen(0, '127.0.0.1', resolve);
    });
    server.port = server.http.address().port;
    t.after(() => server.stop());
    return server;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  get url() {
    return `${this.origin}/cometio/io`;
  }

  stop() {
    this.http.closeAllConnections();
    return new Promise((resolve) => {
      this.http.close(resolve);
    });
  }

  restart() {
    return new Promise((resolve) => {
      this.http.listen(this.port, '127.0.0.1', resolve);
    });
  }

  // Answers the poll that is held now, or the next one.
  async push(...messages) {
    this.#answer(await this.poll(), 200, messages);
  }

  poll() {
    return until(() => this.polls.shift(), 'poll');
  }

  async #serve(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.origin);
    response.on('error', () => {});
    if (pathname === '/rocketio/settings') this.#answer(response, 200, this.settings);
    else if (request.method === 'GET') this.#get(searchParams.get('session'), response);
    else await this.#post(request, response);
  }

  #get(session, response) {
    const fault = this.faults.GET.shift();
    if (fault) {
      fault(response);
      return;
    }
    if (this.sessions.has(session)) {
      this.polls.push(response);
      response.on('close', () => {
        this.polls = this.polls.filter((held) => held !== response);
      });
      return;
    }
    const id = session ?? String(++this.#count).padStart(32, '0');
    this.sessions.add(id);
    this.#answer(response, 200, [{ type: '__session_id', data: id }]);
  }

  async #post(request, response) {
    let body = '';
    this.atOnce = Math.max(this.atOnce, ++this.#underWay);
    for await (const part of request) body += part;
    const { session, events } = JSON.parse(new URLSearchParams(body).get('json'));
    const fault = events.length > 0 ? this.faults.POST.shift() : undefined;
    this.#underWay--;
    if (events.length > 0) this.posts++;
    if (fault?.(response, events)) return;
    if (this.sessions.has(session)) {
      this.events.push(...events);
      this.#answer(response, 200, { session, success: true });
    } else {
      this.#answer(response, 400, { error: 'no session' });
    }
  }

  #answer(response, status, value) {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }
}
