// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { face, make } from './face.js';

const GROUP = 5 * 60 * 1000;
const NEAR = 80; // px from the end still counts as reading the latest

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

function day(time) {
  return new Date(time).toDateString();
}

function dayName(time) {
  if (day(time) === day(Date.now())) return 'Today';
  if (day(time) === day(Date.now() - 24 * 60 * 60 * 1000)) return 'Yesterday';
  return date.format(time);
}

function together(one, other) {
  return one && other && one.name === other.name && one.own === other.own
    && other.time - one.time < GROUP && day(one.time) === day(other.time);
}

function same(one, other) {
  return one.time === other.time && one.name === other.name && one.text === other.text;
}

// The messages of a room, oldest first. It follows the latest unless somebody reads back.
export class Log {
  #messages = [];
  #unsent = [];
  #missed = 0;
  #following = true;

  constructor({ scroll, list, unsent, latest, empty }) {
    this.scroll = scroll;
    this.list = list;
    this.unsentList = unsent;
    this.latest = latest;
    this.empty = empty;
    scroll.addEventListener('scroll', () => this.#scrolled());
    latest.addEventListener('click', () => this.follow());
    new ResizeObserver(() => this.#following && this.follow()).observe(scroll);
  }

  // Told again after a reconnect: what is here already stays, and nothing is there twice.
  join(history) {
    const news = history.filter((message) => !this.#messages.some((known) => same(known, message)));
    for (const { own, text } of news) if (own) this.#sent(text);
    const last = this.#messages.at(-1)?.time ?? -Infinity;
    if (news.every(({ time }) => time >= last)) {
      for (const message of news) this.add(message);
    } else {
      this.#messages = [...this.#messages, ...news].sort((one, other) => one.time - other.time);
      this.list.replaceChildren();
      this.#messages.forEach((_, index) => this.#show(index));
    }
    this.empty.hidden = this.#messages.length > 0;
    if (this.#following) this.follow();
  }

  add(message) {
    if (message.own) this.#sent(message.text);
    this.#messages.push(message);
    this.#show(this.#messages.length - 1);
    this.empty.hidden = true;
    if (this.#following) this.follow();
    else if (!message.own) this.#miss();
  }

  // Shown until the server tells it to everybody.
  send(text) {
    const item = make('li', 'message own last');
    item.append(make('p', 'words', text));
    this.#unsent.push({ text, item });
    this.unsentList.append(item);
    this.empty.hidden = true;
    this.follow();
  }

  follow() {
    this.#following = true;
    this.#missed = 0;
    this.latest.hidden = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  #sent(text) {
    const index = this.#unsent.findIndex((one) => one.text === text);
    if (index >= 0) this.#unsent.splice(index, 1)[0].item.remove();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.#following = scrollHeight - clientHeight - scrollTop < NEAR;
    if (!this.#following) return;
    this.#missed = 0;
    this.latest.hidden = true;
  }

  #miss() {
    this.#missed++;
    this.latest.textContent = this.#missed === 1 ? '1 new message ↓' : `${this.#missed} new messages ↓`;
    this.latest.hidden = false;
  }

  #show(index) {
    const message = this.#messages[index];
    const before = this.#messages[index - 1];
    if (!before || day(before.time) !== day(message.time)) {
      this.list.append(make('li', 'day', dayName(message.time)));
    }
    const item = make('li', 'message first last');
    if (message.own) item.classList.add('own');
    if (together(before, message)) {
      item.classList.remove('first');
      this.list.lastElementChild.classList.remove('last');
    }
    const head = make('p', 'head');
    const who = make('span', 'who', message.own ? 'You' : message.name);
    const time = make('time', '', clock.format(message.time));
    time.dateTime = new Date(message.time).toISOString();
    head.append(who, time);
    item.append(face(message.name), head, make('p', 'words', message.text));
    this.list.append(item);
  }
}
