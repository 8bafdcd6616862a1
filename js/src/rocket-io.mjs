// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { Channels, arrival } from './channels.mjs';
import { Client } from './client.mjs';
import { RocketIOError } from './error.mjs';
import { Handlers, refusal } from './handlers.mjs';
import { sayGoodbye } from './http-link.mjs';
import { home } from './place.mjs';
import { request } from './request.mjs';
import { Requests } from './requests.mjs';
import { leaveInTab, takeFromTab } from './tab.mjs';
import { Talk } from './talk.mjs';
import { waysOf1, waysOf2 } from './ways.mjs';

const SETTINGS_LIMIT = 10000;

// The wire is version 2 where the server has it, else version 1.
export class RocketIO extends Client {
  channel;
  recovered = false;
  #options;
  #url = null;
  #settings = null;
  #version = null; // of the wire, once it is known
  #talk = new Talk(this);
  #requests = new Requests();
  #handlers = new Handlers();
  #channels = new Channels();
  #log = (way, text) => console.debug('rocketio', way, String(text).replace(/"token":"[^"]*",?/, ''));

  constructor(options) {
    super(options?.session);
    const { channel = null, type = null } = this.#options = options ?? {};
    this.channel = channel === null ? null : String(channel);
    this.type = type;
  }

  connect(url) {
    if (this.state === 'closed') {
      this.#url = url ? absolute(url) : this.#url ?? home();
      this.#settings = null;
    }
    return super.connect();
  }

  close() {
    const { state } = this;
    super.close();
    if (this.#version !== 2 || state === 'closed') return;
    const { send } = this.#settings.paths;
    if (state !== 'connected' && this.#talk.token && send) sayGoodbye(new URL(send, this.#url), this.#talk, this.outbox);
    this.abandon(new RocketIOError('closed', 'it was closed'));
  }

  request(name, data, options) {
    return this.#requests.ask(name, data, options, this);
  }

  handle(name, handler) {
    return this.#handlers.set(name, handler);
  }

  async join(name, { history = 0, ...options } = {}) {
    const answer = await this.request('__join', { ch: name, history }, options);
    this.#channels.want(name, history);
    return arrival(answer);
  }

  async leave(name, options) {
    this.#channels.unwant(name);
    await this.request('__leave', { ch: name }, options);
  }

  in(name) {
    return this.#channels.of(name);
  }

  submit(push) {
    if (this.state === 'failed') push.settle(new RocketIOError('closed', 'the server has ended this'));
    else if (this.#version === 1 && needs2(push)) push.settle(tooOld());
    else super.submit(push);
  }

  // The session is lost, and with it the answers.
  lose(error) {
    this.#requests.lose(error);
  }

  abandon(error) {
    this.#talk.forget(error);
    for (const push of this.outbox.remove(() => true)) push.settle(error);
  }

  async ways(again) {
    const anew = again || !this.#settings;
    if (anew) this.#settings = JSON.parse(await request(`${this.#url}/rocketio/settings`, { limit: SETTINGS_LIMIT }));
    const { versions, paths } = this.#settings;
    const { version, type } = this.#options;
    this.#version = versions?.includes(2) && paths && version !== 1 ? 2 : 1;
    const ways = this.#version === 2 ? await this.#ways2(paths) : this.#ways1();
    const wanted = ways.filter((way) => way.type === type);
    if (wanted.length > 0) return wanted;
    // Who had to fall back comes back the same way, and tries the better ones when that fails.
    return anew ? ways : ways.sort((a, b) => (b.type === this.type) - (a.type === this.type));
  }

  opened() {
    if (this.#version === 1) {
      this.push('__channel_id', this.channel);
      super.opened();
      return;
    }
    const { missed, ...news } = this.#talk.news();
    this.recovered = news.recovered;
    this.emit('connect', this.session, news);
    if (missed) this.emit('missed', { count: null });
  }

  // Whether another link goes on where the last one was.
  get seamless() {
    return this.#talk.seamless;
  }

  receive(type, data, message) {
    if (!message) super.receive(type, data);
    else if (type === '__ack') this.#requests.answer(data);
    else if (type === '__dropped') this.emit('missed', { count: data.count });
    else if (type === '__joined') this.#tell(data.ch, 'joined', arrival(data));
    else if (type === '__left') this.#left(data);
    else if (type === '__presence') this.#tell(data.ch, 'presence', { joined: data.joined, left: data.left });
    else if (message.id) this.#answer(message);
    else if (!type.startsWith('__')) this.#hear(type, data, { channel: message.ch ?? null });
  }

  // With a memory the session outlives the page, without one it goes with it.
  leavePage(persisted) {
    if (this.#version !== 2) return;
    if (this.#options.persist === 'tab') leaveInTab(this.#key, this.#talk.save(this.outbox, this.#requests.count));
    else if (!persisted) this.close();
    this.pause();
  }

  get #key() {
    return `rocketio ${this.#url}`;
  }

  async #ways2(paths) {
    const saved = this.#options.persist === 'tab' && takeFromTab(this.#key);
    if (saved && !this.#talk.token) {
      this.#talk.recall(saved, this.outbox);
      this.#requests.count = saved.ids; // an answer to the last page is none for this one
    }
    const { auth, debug } = this.#options;
    const given = typeof auth === 'function' ? await auth() : auth;
    const hello = () => this.#talk.hello(this.#channels.toJoin(this.channel), given);
    const log = debug ? this.#log : undefined;
    return waysOf2(paths, this.#url).map((way) => ({ ...way, talk: this.#talk, hello, log }));
  }

  #ways1() {
    this.#talk.forget(tooOld());
    for (const push of this.outbox.remove(needs2)) push.settle(tooOld());
    return waysOf1(this.#settings, this.#url);
  }

  #hear(type, data, meta) {
    super.receive(type, data, meta);
    if (meta.channel !== null) this.#channels.emit(meta.channel, type, data, meta);
  }

  #tell(channel, event, data) {
    this.emit(event, { channel, ...data });
    this.#channels.emit(channel, event, data);
  }

  #left({ ch, error }) {
    this.#channels.unwant(ch);
    this.#tell(ch, 'left', { error: error && new RocketIOError(error.code, error.message) });
  }

  // An answer to a session that is no more is not for the one that came after it.
  async #answer(message) {
    const { id } = this.#talk;
    const say = (push) => id === this.#talk.id && this.submit(push);
    const push = await this.#handlers.answer(message);
    push.promise.catch((error) => /^too-l/.test(error.code) && say(refusal(message.id, error)));
    say(push);
  }
}

function absolute(url) {
  return new URL(url, globalThis.location?.href).href.replace(/\/+$/, '');
}

function needs2({ id, bytes }) {
  return id !== undefined || bytes !== null;
}

function tooOld() {
  return new RocketIOError('unsupported', 'the server is too old');
}
