// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// The interface of event_emitter.js: listeners are removed by id or by name, '*' hears everything.
export class EventEmitter {
  #listeners = new Map();
  #count = 0;

  // `signal` ends it.
  on(event, listener, { once = false, signal } = {}) {
    if (typeof listener !== 'function') throw new TypeError('a listener is a function');
    const id = ++this.#count;
    if (signal?.aborted) return id;
    this.#listeners.set(id, { event, listener, once });
    signal?.addEventListener('abort', () => this.removeListener(id), { once: true });
    return id;
  }

  once(event, listener, options) {
    return this.on(event, listener, { ...options, once: true });
  }

  // Returns the undoing.
  subscribe(event, listener) {
    const id = this.on(event, listener);
    return () => this.removeListener(id);
  }

  emit(event, ...data) {
    // A copy: who is added meanwhile waits for the next event, who is removed is not called any more.
    for (const [id, entry] of [...this.#listeners]) {
      if ((entry.event !== event && entry.event !== '*') || !this.#listeners.has(id)) continue;
      if (entry.once) this.#listeners.delete(id);
      try {
        entry.listener(...(entry.event === '*' ? [event, ...data] : data));
      } catch (error) {
        report(error);
      }
    }
  }

  // One by its id; all of an event by its name, or only this listener of it.
  removeListener(idOrEvent, listener) {
    for (const [id, entry] of this.#listeners) {
      if (id !== idOrEvent && entry.event !== idOrEvent) continue;
      if (!listener || entry.listener === listener) this.#listeners.delete(id);
    }
  }

  off(...which) {
    this.removeListener(...which);
  }

  // Gives an object of yours these methods, as the original did.
  apply(target, prefix = '') {
    for (const name of ['on', 'once', 'emit', 'removeListener']) {
      target[prefix + name] = this[name].bind(this);
    }
  }
}

function report(error) {
  (globalThis.reportError ?? console.error)(error);
}
