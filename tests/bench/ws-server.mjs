// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The `ws` package of npm, speaking version 1: `broadcast` to all, `echo` to the sender.
// As its own examples do it, and as fast as its public API allows: one Buffer a push, no compression.

import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(values.port),
  backlog: 4096,
  perMessageDeflate: false
});

const encode = (type, data) => Buffer.from(JSON.stringify({ type, data }));

const events = {
  broadcast(socket, data) {
    const message = encode('broadcast', data);
    for (const client of server.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(message, { binary: false });
    }
  },
  echo(socket, data) {
    socket.send(encode('echo', data), { binary: false });
  }
};

server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (bytes) => {
    const { type, data } = JSON.parse(bytes);
    if (Object.hasOwn(events, type)) events[type](socket, data);
  });
  socket.send(encode('__session_id', randomBytes(16).toString('hex')), { binary: false });
});

server.on('listening', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
