// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Chromium at a server that compresses: what goes over the wire is looked at in between.

/* global RocketIO -- in the pages */

import assert from 'node:assert/strict';
import { createServer, request as ask } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { startTestapp } from '../js/help.mjs';
import { launch, newPage } from './browser.mjs';

const PAGE = '<!doctype html><title>test</title><script src="/rocketio/rocketio.js"></script>';
const RSV1 = 0x40;
const TEXT = 1;

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await startTestapp({}, '--compression');
});

after(async () => {
  await browser.close();
  await server.stop('SIGKILL');
});

// Of all frames in the bytes that go one way: the first bytes and the lengths.
class Wire {
  frames = [];
  #buffer = Buffer.alloc(0);
  #begun = false;

  push(part) {
    this.#buffer = Buffer.concat([this.#buffer, part]);
    if (!this.#begun) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.head = this.#buffer.subarray(0, end).toString();
      this.#buffer = this.#buffer.subarray(end + 4);
      this.#begun = true;
    }
    while (this.#take());
  }

  #take() {
    const buffer = this.#buffer;
    if (buffer.length < 4) return false;
    const masked = (buffer[1] & 0x80) !== 0;
    const size = buffer[1] & 0x7f;
    assert.notEqual(size, 127, 'nothing is that long here');
    const length = size === 126 ? buffer.readUInt16BE(2) : size;
    const end = 2 + (size === 126 ? 2 : 0) + (masked ? 4 : 0) + length;
    if (buffer.length < end) return false;
    this.frames.push({ opcode: buffer[0] & 15, packed: (buffer[0] & RSV1) !== 0, length });
    this.#buffer = buffer.subarray(end);
    return true;
  }
}

// The page, and WebSockets to the server with an ear on each way.
async function listen(t) {
  const ways = { up: new Wire(), down: new Wire() };
  const { hostname, port } = new URL(server.url);
  const http = createServer((request, response) => {
    if (request.url === '/page') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
      return;
    }
    const forward = ask(new URL(request.url, server.url), { headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    forward.end();
  });
  const sockets = new Set();
  http.on('upgrade', (request, socket, head) => {
    const upstream = connect(port, hostname);
    const lines = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}\r\n`);
    }
    const asked = Buffer.concat([Buffer.from(`GET ${request.url} HTTP/1.1\r\n${lines.join('')}\r\n`), head]);
    ways.up.push(asked);
    upstream.write(asked);
    for (const [from, to, wire] of [[socket, upstream, ways.up], [upstream, socket, ways.down]]) {
      sockets.add(from);
      from.on('data', (part) => {
        wire.push(part);
        to.write(part);
      }).on('end', () => to.end()).on('error', () => to.destroy());
    }
  });
  await new Promise((resolve) => { http.listen(0, '127.0.0.1', resolve); });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    http.close();
    http.closeAllConnections();
  });
  return { ways, url: `http://127.0.0.1:${http.address().port}` };
}

for (const version of [1, 2]) {
  describe(`version ${version}`, () => {
    test('a page sends and gets compressed messages', async (t) => {
      const { ways, url } = await listen(t);
      const page = await newPage(t, browser);
      await page.goto(`${url}/page`);
      const data = { list: Array.from({ length: 100 }, (_, id) => ({ id, name: 'somebody', text: 'ü “„' })) };
      const heard = await page.evaluate(async ([value, number]) => {
        const io = new RocketIO({ type: 'websocket', version: number });
        const next = (event) => new Promise((resolve, reject) => {
          io.once(event, resolve);
          setTimeout(() => reject(new Error(`no event "${event}"`)), 15000);
        });
        io.connect();
        await next('connect');
        const echo = next('echo');
        io.push('echo', value);
        return echo;
      }, [data, version]);
      assert.deepEqual(heard, data);

      const size = Buffer.byteLength(JSON.stringify(data));
      assert.match(ways.up.head, /^sec-websocket-extensions: permessage-deflate/im);
      assert.match(ways.down.head, /^sec-websocket-extensions: permessage-deflate; server_no_context_takeover/im);
      for (const way of [ways.up, ways.down]) {
        const packed = way.frames.filter((frame) => frame.packed);
        assert.ok(packed.every(({ opcode }) => opcode === TEXT));
        assert.ok(packed.some(({ length }) => length > 100), 'the large one was compressed');
        assert.ok(way.frames.every(({ length }) => length < size / 4), `${size} bytes were sent as they are`);
      }
    });
  });
}
