// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { RocketIOError } from './error.mjs';
import { Push } from './push.mjs';

const IN_FLIGHT = 4096;
const EMPTY = '__heartbeat';

// A session of version 2, over whatever links: who we are, how far we have come, and what the server has not
// acknowledged yet.
export class Talk {
  id;
  token;
  pos;
  heartbeat;
  timeout;
  #max = Infinity;
  #told; // the id that the app has heard
  #gap = false; // whether it has to hear that something is missing
  #seq = 0;
  #n = 0;
  #attempt = 0; // also after a reload above the ones before
  #sent = []; // in the order of their numbers
  #next = 0; // the first of them that this link has not sent
  #owner;

  // `owner` has refuse(push, error), for each push that fails, and lose(error), when a session is lost.
  constructor(owner) {
    this.#owner = owner;
  }

  hello(join, auth) {
    const { id, token, pos } = this;
    const attempt = this.#attempt = Math.max(this.#attempt + 1, Date.now());
    return JSON.stringify({ type: '__hello', data: { id, token, pos, attempt, join, auth, client: 'js' } });
  }

  welcome({ id, token, pos, resumed, recovered, ackn, heartbeat, timeout, max }) {
    if (!resumed) this.#lose(new RocketIOError('unknown', 'it may have arrived'));
    if (!recovered) this.#seq = 0;
    this.#gap ||= !recovered;
    Object.assign(this, { id, token, pos, heartbeat, timeout });
    this.#max = max;
    this.acknowledge(ackn);
    this.#n = Math.max(this.#n, ackn);
    this.rewind();
  }

  // The next link sends what is not acknowledged once more.
  rewind() {
    this.#next = 0;
  }

  // Whether it goes on where the app believes to be.
  get seamless() {
    return this.id === this.#told && !this.#gap;
  }

  // What the app is told about the session that it has now.
  news() {
    const recovered = this.seamless;
    const news = { resumed: this.id === this.#told, recovered, missed: this.#told && !recovered };
    this.#told = this.id;
    this.#gap = false;
    return news;
  }

  // Whether a message is new.
  accept({ seq }) {
    if (seq === undefined) return true;
    if (seq <= this.#seq) return false;
    this.#seq = seq;
    return true;
  }

  // Those to be sent next, with their numbers: first what another link has sent in vain.
  take(outbox, most = Infinity) {
    if (this.#next < this.#sent.length) return this.#again(most);
    let batch = [];
    while (batch.length === 0 && outbox.length > 0 && this.#sent.length < IN_FLIGHT) {
      batch = outbox.take(most).filter((push) => this.#fits(push));
    }
    for (const push of batch) if (!push.volatile) this.#number(push);
    this.#next = this.#sent.length;
    return batch;
  }

  acknowledge(n) {
    while (this.#sent[0]?.n <= n) {
      this.#sent.shift().settle();
      if (this.#next > 0) this.#next--;
    }
  }

  // What another page needs to go on.
  save(outbox, ids) {
    const { id, token, pos } = this;
    const pushes = [...this.#sent, ...outbox.all().filter(({ volatile }) => !volatile)];
    return { id, token, pos, seq: this.#seq, n: this.#n, ids, pushes };
  }

  recall({ id, token, pos, seq, n, pushes }, outbox) {
    Object.assign(this, { id, token, pos });
    this.#told = id;
    this.#seq = seq;
    this.#n = n;
    for (const push of pushes.map(Push.from)) {
      if (push.n) this.#sent.push(push);
      else outbox.add(push);
    }
  }

  // The server could not read one of them.
  refused({ n, code, message }) {
    const push = this.#sent.find((sent) => sent.n === n);
    if (push) this.#owner.refuse(push, new RocketIOError(code, message));
  }

  // Gives up one that cannot be sent. Its number goes to an empty message, which a server drops. Returns nothing
  // if it is one.
  skip(push, error) {
    if (push.type === EMPTY) return undefined;
    this.#owner.refuse(push, error);
    return Object.assign(push, new Push(EMPTY), { n: push.n });
  }

  // Nobody will come back to this session.
  forget(error) {
    this.#lose(error);
    this.id = this.token = this.pos = this.#told = undefined;
  }

  #again(most) {
    const first = this.#next;
    let size = 0;
    for (const { text } of this.#sent.slice(first)) {
      size += text.length;
      if (size > most && this.#next > first) break;
      this.#next++;
    }
    return this.#sent.slice(first, this.#next);
  }

  #number(push) {
    push.n = ++this.#n;
    this.#sent.push(push);
  }

  #fits(push) {
    const fits = new TextEncoder().encode(push.json).length <= this.#max;
    if (!fits) this.#owner.refuse(push, new RocketIOError('too-long', 'it is too long'));
    else if (push.volatile) push.settle();
    return fits;
  }

  #lose(error) {
    this.#n = this.#next = 0;
    for (const push of this.#sent.splice(0)) this.#owner.refuse(push, error);
    this.#owner.lose(error);
  }
}
