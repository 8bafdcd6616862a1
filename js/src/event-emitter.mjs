// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// The interface of event_emitter.js: listeners are removed by id or by name, '*' hears everything.
export class EventEmitter {
  #listeners = new Map();
  #count = 0;

  on(event, listener, { once = false } = {}) {
    if (typeof listener !== 'function') throw new TypeError('a listener is a function');
    const id = ++this.#count;
    this.#listeners.set(id, { event, listener, once });
    return id;
  }

  once(event, listener) {
    return this.on(event, listener, { once: true });
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

  removeListener(idOrEvent) {
    for (const [id, { event }] of this.#listeners) {
      if (id === idOrEvent || event === idOrEvent) this.#listeners.delete(id);
    }
  }

  // Gives an object of yours these methods, as the original did.
  apply(target, prefix = '') {
    for (const name of ['on', 'once', 'emit', 'removeListener']) {
      target[prefix + name] = this[name].bind(this);
    }
  }
}

function report(error) {
  if (typeof reportError === 'function') reportError(error);
  else console.error(error);
}
