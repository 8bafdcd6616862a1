// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { createServer, request as ask } from 'node:http';
import { connect } from 'node:net';

// Stands in front of a server: with documents of its own, a policy for all of them, and cuts to order.
export class Proxy {
  #target;
  refuses = null; // WebSockets of such URLs
  limit = Infinity; // bytes of a body
  collects = null; // the answers from such URLs, and sends nothing before they have ended
  #sockets = new Set();
  #cut = false;

  static async start(t, target, { documents = {}, policy } = {}) {
    const proxy = new Proxy();
    proxy.#target = new URL(target);
    proxy.documents = documents;
    proxy.policy = policy;
    const http = createServer((request, response) => proxy.#serve(request, response));
    http.on('connection', (socket) => proxy.#connected(socket));
    http.on('upgrade', (request, socket, head) => proxy.#upgrade(request, socket, head));
    await new Promise((resolve) => {
      http.listen(0, '127.0.0.1', resolve);
    });
    proxy.url = `http://127.0.0.1:${http.address().port}`;
    t.after(() => {
      proxy.cut();
      http.close();
    });
    return proxy;
  }

  cut() {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() {
    this.#cut = false;
  }

  #connected(socket) {
    socket.on('error', () => {});
    if (this.#cut) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #serve(request, response) {
    const policy = this.policy ? { 'content-security-policy': this.policy } : {};
    const document = this.documents[request.url];
    if (document) {
      response.writeHead(200, { 'content-type': document.type ?? 'text/html', ...policy });
      response.end(document.body);
      return;
    }
    if (request.headers['content-length'] > this.limit) {
      request.resume().on('end', () => response.writeHead(413).end());
      return;
    }
    const { hostname: host, port } = this.#target;
    const { method, url: path, headers } = request;
    const forward = ask({ host, port, method, path, headers }, (answer) => {
      if (this.collects?.test(request.url)) return;
      response.writeHead(answer.statusCode, { ...answer.headers, ...policy });
      answer.pipe(response);
    });
    forward.on('error', () => response.destroy());
    response.on('close', () => forward.destroy());
    request.pipe(forward);
  }

  #upgrade(request, socket, head) {
    if (this.refuses?.test(request.url)) {
      socket.destroy();
      return;
    }
    const lines = [`GET ${request.url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    const other = connect(this.#target.port, this.#target.hostname, () => {
      other.write(`${lines.join('\r\n')}\r\n\r\n`);
      other.write(head);
      socket.pipe(other).pipe(socket);
    });
    other.on('error', () => socket.destroy());
    other.on('close', () => socket.destroy());
    socket.on('close', () => other.destroy());
  }
}
