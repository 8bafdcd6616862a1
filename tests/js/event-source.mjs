// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The EventSource of browsers, as far as the client uses it, for a Node that has none. It does not come back by itself.
export class NodeEventSource {
  #abort = new AbortController();

  static install(t) {
    const before = globalThis.EventSource;
    globalThis.EventSource = NodeEventSource;
    t.after(() => {
      globalThis.EventSource = before;
    });
  }

  constructor(url) {
    this.#run(url).catch(() => {}).then(() => {
      if (!this.#abort.signal.aborted) this.onerror?.({});
    });
  }

  close() {
    this.#abort.abort();
  }

  async #run(url) {
    const { signal } = this.#abort;
    const response = await fetch(url, { signal, headers: { accept: 'text/event-stream' } });
    if (response.status !== 200 || !/^text\/event-stream/.test(response.headers.get('content-type'))) return;
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + text).split('\n\n');
      rest = events.pop();
      for (const event of events) this.#tell(event);
    }
  }

  #tell(event) {
    const lines = event.split('\n').filter((line) => /^data:/.test(line));
    const data = lines.map((line) => line.replace(/^data: ?/, '')).join('\n');
    if (data !== '' && !this.#abort.signal.aborted) this.onmessage?.({ data });
  }
}
