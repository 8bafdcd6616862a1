// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// As much of a page as the client looks at, for Node: events of the window and of the document, and a tab's storage.
export class Page {
  hidden = false;
  storage = new Map();
  beacons = [];
  #listeners = new Map();

  static install(t) {
    const page = new Page();
    const put = (name, value) => {
      const before = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      t.after(() => {
        if (before) Object.defineProperty(globalThis, name, before);
        else delete globalThis[name];
      });
    };
    const methods = {
      addEventListener: (event, listener, { signal }) => {
        page.#of(event).add(listener);
        signal.addEventListener('abort', () => page.#of(event).delete(listener));
      },
    };
    for (const [name, method] of Object.entries(methods)) put(name, method);
    put('document', Object.defineProperty({ ...methods }, 'hidden', { get: () => page.hidden }));
    put('navigator', {
      onLine: true,
      sendBeacon: (url, body) => {
        page.beacons.push(fetch(url, { method: 'POST', body }).catch(() => {}));
        return true;
      },
    });
    put('sessionStorage', {
      getItem: (key) => page.storage.get(key) ?? null,
      setItem: (key, value) => page.storage.set(key, value),
      removeItem: (key) => page.storage.delete(key),
    });
    return page;
  }

  get listening() {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  fire(event, details = {}) {
    for (const listener of [...this.#of(event)]) listener(details);
  }

  // Another page takes its place: nobody hears its events any more.
  reload(persisted = false) {
    this.fire('pagehide', { persisted });
    if (!persisted) this.#listeners.clear();
  }

  #of(event) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    return this.#listeners.get(event);
  }
}
