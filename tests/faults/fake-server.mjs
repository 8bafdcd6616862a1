// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The least server of wire 2 that can lose nothing, with the events of tests/rocketio-testapp.c that schedules use. It
// is what the client and the schedules are tested with, and the schedules also with the flaws that it can be given:
// what does not see them proves nothing of a real server either.
//
//   loses     a resumed session misses the first message of those it missed
//   doubles   what a client says again is handled again
//   swaps     what a resumed session missed comes in the wrong order
//   forgets   a resumed session is another one

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { WebSocketLink } from './websocket.mjs';

const HEARTBEAT = 1, TIMEOUT = 2;
const PATHS = { ws: '/rocketio/ws', sse: '/rocketio/sse', poll: '/rocketio/poll', send: '/rocketio/send' };

// 2.6
function unpack(bytes) {
  const length = bytes.readUInt32BE(1);
  return { ...JSON.parse(bytes.toString('utf8', 5, 5 + length)), data: bytes.toString('base64', 5 + length) };
}

class Session {
  id = randomBytes(16).toString('hex');
  token = randomBytes(32).toString('base64url');
  log = [];           // everything that it was ever sent, as [seq, JSON]
  ackn = 0;
  channels = new Set();
  output = null;      // where messages go just now: ({ write(texts, pos), end(code, reason) })
  sent = 0;
  ticket = null;
  #expiry = null;

  constructor(server) {
    this.server = server;
  }

  push(type, data, more) {
    const seq = ++this.server.seq;
    this.log.push([seq, JSON.stringify({ type, data, ...more, seq, pos: `${seq}` })]);
    this.pump();
  }

  pump() {
    const { output } = this;
    if (!output || output.isBusy) return;
    const next = this.log.filter(([seq]) => seq > this.sent);
    if (next.length === 0) return;
    [this.sent] = next[next.length - 1];
    output.write(next.map(([, text]) => text), `${this.sent}`);
  }

  attach(output) {
    clearTimeout(this.#expiry);
    if (this.output && this.output !== output) this.output.end(4501, 'taken over');
    this.output = output;
  }

  detach(output) {
    if (this.output !== output) return;
    this.output = null;
    this.#expiry = setTimeout(() => this.end(), this.server.window * 1000).unref();
  }

  end() {
    this.server.sessions.delete(this.id);
  }
}

export class FakeServer {
  sessions = new Map();
  seq = 0;
  #http = createServer((request, response) => this.#serve(request, response));
  #sockets = new Set();

  static async start({ window = 30, flaw } = {}) {
    const server = new FakeServer();
    Object.assign(server, { window, flaw });
    server.#http.on('connection', (socket) => {
      server.#sockets.add(socket);
      socket.on('close', () => server.#sockets.delete(socket));
    });
    server.#http.on('upgrade', (request, socket, head) => server.#upgrade(request, socket, head));
    await new Promise((resolve) => {
      server.#http.listen(0, '127.0.0.1', resolve);
    });
    server.url = `http://127.0.0.1:${server.#http.address().port}`;
    return server;
  }

  stop() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#http.close(resolve);
    });
  }

  // The session of a __hello, and its __welcome.
  #greet({ data }, more) {
    let session = this.sessions.get(data.id);
    if (session?.token !== data.token || this.flaw === 'forgets') session = undefined;
    const resumed = session !== undefined;
    if (!session) {
      session = new Session(this);
      this.sessions.set(session.id, session);
      for (const ch of data.join ?? []) session.channels.add(ch);
    }
    session.sent = resumed ? Number(data.pos) : this.seq;
    const missed = session.log.filter(([seq]) => seq > session.sent);
    if (resumed && missed.length > 1) {
      if (this.flaw === 'loses') session.log.splice(session.log.indexOf(missed[0]), 1);
      if (this.flaw === 'swaps') [missed[0][1], missed[1][1]] = [missed[1][1], missed[0][1]];
    }
    const welcome = {
      type: '__welcome',
      data: {
        id: session.id, token: session.token, pos: `${session.sent}`, resumed, recovered: resumed, ackn: session.ackn,
        window: this.window, heartbeat: HEARTBEAT, timeout: TIMEOUT, max: 2 ** 20, channels: [...session.channels],
        ...more,
      },
    };
    return [session, welcome];
  }

  #upgrade(request, socket, head) {
    const link = WebSocketLink.accept(request, socket, head, 'rocketio.v2');
    let session = null;
    const say = (message) => link.send(JSON.stringify(message));
    const output = {
      write: (texts) => link.send(texts.length === 1 ? texts[0] : `[${texts.join()}]`),
      end: (code, reason) => {
        say({ type: '__disconnect', data: { code, reason } });
        link.close(code, reason);
      },
    };
    const heartbeat = setInterval(() => {
      if (session?.output === output) say({ type: '__heartbeat', data: { pos: `${session.sent}` } });
    }, HEARTBEAT * 1000);
    link.onmessage = (text) => {
      for (const message of typeof text === 'string' ? [JSON.parse(text)].flat() : [unpack(text)]) {
        if (session) {
          if (session.output === output) this.#hear(session, message, say);
        } else {
          const [greeted, welcome] = this.#greet(message);
          session = greeted;
          session.attach(output);
          say(welcome);
          session.pump();
        }
      }
      if (session) say({ type: '__ackn', data: { n: session.ackn } });
    };
    link.onclose = (code) => {
      clearInterval(heartbeat);
      session?.detach(output);
      if (code === 1000 || code === 1001) session?.end();
    };
  }

  async #serve(request, response) {
    let text = '';
    try {
      for await (const part of request.setEncoding('utf8')) text += part;
    } catch {
      return;
    }
    const { pathname, searchParams } = new URL(request.url, this.url);
    const answer = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (pathname === '/rocketio/settings') {
      answer(200, { versions: [1, 2], paths: PATHS });
    } else if (pathname === PATHS.sse) {
      const session = [...this.sessions.values()].find(({ ticket }) => ticket === searchParams.get('ticket'));
      if (session) this.#stream(session, response);
      else answer(403, 'the ticket is not good');
    } else {
      this.#post(pathname, JSON.parse(text), answer, response);
    }
  }

  #post(path, { id, token, pos, messages }, answer, response) {
    const session = this.sessions.get(id);
    if (path === PATHS.send && messages[0]?.type === '__hello') {
      const ticket = randomBytes(16).toString('hex');
      const [greeted, welcome] = this.#greet(messages[0], { ticket });
      greeted.ticket = ticket;
      if (greeted.output) greeted.output.end(4501, 'taken over');
      greeted.output = null;
      answer(200, [welcome]);
    } else if (session?.token !== token || !session) {
      answer(404, 'there is no such session');
    } else if (path === PATHS.send) {
      for (const message of messages) this.#hear(session, message, () => {});
      answer(200, [{ type: '__ackn', data: { n: session.ackn } }]);
    } else {
      this.#poll(session, pos, answer, response);
    }
  }

  #stream(session, response) {
    session.ticket = null;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (data, id) => response.write(`id: ${id}\ndata: ${data}\n\n`);
    const beat = () => event(JSON.stringify({ type: '__heartbeat', data: { pos: `${session.sent}` } }), session.sent);
    const output = {
      write: (texts, pos) => event(`[${texts.join(',\ndata: ')}]`, pos),
      end: (code, reason) => {
        response.end(`data: ${JSON.stringify({ type: '__disconnect', data: { code, reason } })}\n\n`);
      },
    };
    const heartbeat = setInterval(beat, HEARTBEAT * 1000);
    response.on('close', () => {
      clearInterval(heartbeat);
      session.detach(output);
    });
    beat();
    session.attach(output);
    session.pump();
  }

  #poll(session, pos, answer, response) {
    if (session.output?.replace) session.output.replace();
    session.sent = Number(pos);
    const output = {
      write: (texts) => {
        output.done();
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`[${texts.join()}]`);
      },
      end: (code, reason) => output.write([JSON.stringify({ type: '__disconnect', data: { code, reason } })]),
      replace: () => output.write([]),
      done: () => {
        clearTimeout(timer);
        output.isBusy = true;
        session.detach(output);
      },
    };
    const timer = setTimeout(output.replace, HEARTBEAT * 1000);
    response.on('close', output.done);
    session.attach(output);
    session.pump();
  }

  // 5.1
  #hear(session, message, say) {
    const { n } = message;
    if (n !== undefined) {
      const isAgain = n <= session.ackn;
      if (n > session.ackn + 1 || (isAgain && this.flaw !== 'doubles')) {
        say({ type: '__ackn', data: { n: session.ackn } });
        return;
      }
      session.ackn = Math.max(session.ackn, n);
    }
    this.#handle(session, message);
  }

  #handle(session, { type, data, id }) {
    const answer = (value) => id !== undefined && session.push('__ack', { id, ...value });
    switch (type) {
      case '__bye':
        session.output?.end(1000, '');
        session.end();
        break;
      case '__join':
        session.channels.add(data.ch);
        answer({ data: { ch: data.ch, history: [] } });
        break;
      case '__leave':
        session.channels.delete(data.ch);
        answer({ data: null });
        break;
      case 'add':
        answer({ data: data.a + data.b });
        break;
      case 'echo':
        session.push(type, data);
        break;
      case 'binary':
        session.push(type, data, { bin: true });
        break;
      case 'broadcast':
        for (const other of this.sessions.values()) other.push(type, data);
        break;
      case 'message':
        for (const to of [data.to].flat()) this.sessions.get(to)?.push(type, data);
        break;
      case 'to_channel': {
        const ch = [...session.channels].pop();
        for (const other of this.sessions.values()) if (other.channels.has(ch)) other.push(type, data, { ch });
        break;
      }
      case 'burst':
        for (let i = 0; i < data.n; i++) (data.to ? this.sessions.get(data.to) : session)?.push(type, i);
        break;
      default:
        if (id !== undefined) answer({ error: { code: 'unknown-name', message: `nobody handles "${type}"` } });
    }
  }
}
