// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What permessage-deflate costs the server, and what it saves: node compression.mjs [--testapp PATH] [--clients N]
// [--rounds N] [--pushes N] [--bytes N]. One instance of the server without it and one with it take turns; what the
// clients would need to inflate is not measured.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const TICK = 10;    // milliseconds of a clock tick in /proc
const { values: options } = parseArgs({
  options: {
    testapp: { type: 'string', default: 'build/tests/rocketio-testapp' },
    clients: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '10' },
    pushes: { type: 'string', default: '50' },
    bytes: { type: 'string', default: '1024' },
  },
});

// JSON of about so many bytes, no two alike, as a list of things with names and figures is.
function makeData(bytes, number) {
  const list = [];
  for (let i = 0; JSON.stringify(list).length < bytes - 40; i++) {
    const random = (number * 7919 + i * 104729) % 1000003;
    list.push({ id: random, name: `sensor ${random % 97}`, value: random / 1000, unit: 'hPa', ok: random % 5 > 0 });
  }
  return { n: number, list };
}

function frame(text) {
  const body = Buffer.from(text);
  const size = body.length < 126 ? [0x80 | body.length] : [0x80 | 126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.of(0x81, ...size, 0, 0, 0, 0), body]);    // with a mask of zeros
}

class Client {
  bytes = 0;
  frames = 0;
  #rest = Buffer.alloc(0);
  #begun = false;
  #wanted;

  static async open(port, offer) {
    const client = new Client();
    client.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    client.socket.on('data', (part) => client.#read(part));
    client.socket.write(`GET /websocketio/io HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
      'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      `${offer ? 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n' : ''}\r\n`);
    await client.wait(1);    // its session id
    client.socket.write(frame('{"type":"__channel_id","data":null}'));
    return client;
  }

  // Until so many frames have come in all.
  wait(frames) {
    return new Promise((resolve) => {
      this.#wanted = { frames, resolve };
      this.#look();
    });
  }

  #look() {
    if (!this.#wanted || this.frames < this.#wanted.frames) return;
    const { resolve } = this.#wanted;
    this.#wanted = undefined;
    resolve();
  }

  #read(part) {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, part]) : part;
    if (this.#begun) this.bytes += part.length;
    else {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = data;
        return;
      }
      this.#begun = true;
      data = data.subarray(end + 4);
    }
    for (;;) {
      const head = data[1] === 126 ? 4 : 2;
      if (data.length < head) break;
      const end = head + (head === 4 ? data.readUInt16BE(2) : data[1]);
      if (data.length < end) break;
      this.frames++;
      data = data.subarray(end);
    }
    this.#rest = data;
    this.#look();
  }
}

// A server with its clients, all connected.
class Rig {
  micros = [];

  static async start(name, ...args) {
    const rig = new Rig();
    rig.name = name;
    rig.child = spawn(options.testapp, ['--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise((resolve) => {
      createInterface({ input: rig.child.stdout }).once('line', (line) => resolve(/:(\d+)\/?$/.exec(line)[1]));
    });
    rig.clients = [];
    for (let i = 0; i < Number(options.clients); i++) rig.clients.push(await Client.open(port, args.length > 0));
    return rig;
  }

  // Milliseconds of the CPU.
  get cpu() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  }

  get bytes() {
    return this.clients.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async round(messages) {
    const before = { cpu: this.cpu, bytes: this.bytes };
    for (const message of messages) {
      const all = this.clients.map((client) => client.wait(client.frames + 1));
      this.clients[0].socket.write(message);
      await Promise.all(all);
    }
    this.micros.push(((this.cpu - before.cpu) * 1000) / messages.length);
    this.perPush = (this.bytes - before.bytes) / messages.length / this.clients.length;
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const rigs = [await Rig.start('off'), await Rig.start('on', '--compression')];
for (let round = 0; round < Number(options.rounds); round++) {
  const messages = Array.from({ length: Number(options.pushes) }, (_, i) => frame(
    JSON.stringify({ type: 'broadcast', data: makeData(Number(options.bytes), round * 1000 + i) }),
  ));
  for (const rig of round % 2 === 0 ? rigs : [...rigs].reverse()) await rig.round(messages);
}
console.log(`${options.clients} clients, ${options.rounds} rounds of ${options.pushes} pushes of ${options.bytes} bytes`);
console.log('compression  CPU us a push  bytes a push and client');
for (const { name, micros, perPush, child } of rigs) {
  console.log(`${name.padEnd(11)}  ${median(micros).toFixed(0).padStart(13)}  ${perPush.toFixed(0).padStart(23)}`);
  child.kill();
}
process.exit(0);
