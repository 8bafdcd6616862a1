// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// One rocketio-client of 2013 in a process of its own, as it cannot be closed. Lines of JSON: what it
// hears comes out, what it shall push goes in.

'use strict';

const RocketIO = require('rocketio-client');

const [url, type] = process.argv.slice(2);
const io = new RocketIO(url, { type });
const tell = (...what) => process.stdout.write(`${JSON.stringify(what)}\n`);

for (const event of ['connect', 'disconnect']) io.on(event, () => tell(event));
for (const event of ['__session_id', 'echo', 'broadcast', 'message', 'to_channel', 'foo', 'error']) {
  io.on(event, (data) => tell(event, data));
}

require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  io.push(...JSON.parse(line));
}).on('close', () => process.exit());

io.connect();
