// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The `socket.io` package of npm: `broadcast` to all, `echo` to the sender, over WebSocket alone.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Server } from 'socket.io';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });

const http = createServer();

// Heartbeats as rarely as version 1 has them: they are not what is measured.
const io = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  pingInterval: 300_000,
  pingTimeout: 60_000
});

io.on('connection', (socket) => {
  socket.on('broadcast', (data) => io.emit('broadcast', data));
  socket.on('echo', (data) => socket.emit('echo', data));
});

http.listen({ host: '127.0.0.1', port: Number(values.port), backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}/`);
});
