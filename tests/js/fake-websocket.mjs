// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A WebSocket for Node 18, whose server's side the test plays.
export class FakeWebSocket {
  static all = [];
  readyState = 0;
  sent = [];

  static install(t) {
    FakeWebSocket.all = [];
    const before = globalThis.WebSocket;
    globalThis.WebSocket = FakeWebSocket;
    t.after(() => {
      globalThis.WebSocket = before;
    });
    return FakeWebSocket.all;
  }

  constructor(url) {
    if (!/^wss?:/.test(url)) throw new SyntaxError(`not a WebSocket URL: ${url}`);
    this.url = url;
    FakeWebSocket.all.push(this);
  }

  // The server's side
  accept(session) {
    this.readyState = 1;
    this.say({ type: '__session_id', data: session });
  }

  say(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  drop() {
    this.readyState = 3;
    this.onclose?.({});
  }

  // The page's side
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 2;
  }
}
