// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The page of the board. The cookie that /login sets says who one is; the server looks at it when the page connects.
//   channels  everybody, and staff for those who belong to it; both keep their last notes and tell who is there
//   -> post {board, text}             a request, refused with a reason
//   <- note {from, text, time}        in the channel of its board

import { RocketIO } from '/rocketio/rocketio.mjs';

const WORDS = { connecting: 'Connecting…', waiting: 'No connection', closed: 'Closed', failed: 'Not logged in' };
const TITLES = { everybody: 'For everybody', staff: 'Staff only' };
const NOTES = 100;

const $ = (id) => document.getElementById(id);
const io = new RocketIO({ type: new URLSearchParams(location.search).get('transport') });
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function copy(id) {
  return $(id).content.firstElementChild.cloneNode(true);
}

/* A board */

class Board {
  #here = new Map();

  constructor(name) {
    this.name = name;
    this.element = copy('board');
    this.notes = this.element.querySelector('.notes');
    this.element.querySelector('h2').textContent = TITLES[name];
    this.form = this.element.querySelector('form');
    this.form.addEventListener('submit', (event) => this.#post(event));
    this.form.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    const channel = io.in(name);
    this.leave = ['note', 'presence', 'joined'].map((event) => channel.subscribe(event, (data) => this[event](data)));
  }

  // The last notes, and who is there: at first, and when too much was missed.
  joined({ history, present }) {
    this.notes.replaceChildren();
    for (const { type, data } of history) if (type === 'note') this.note(data);
    this.#here.clear();
    this.presence({ joined: present, left: [] });
  }

  note({ from, text, time }) {
    const item = copy('note');
    item.querySelector('.text').textContent = text;
    item.querySelector('b').textContent = from;
    const when = item.querySelector('time');
    when.dateTime = new Date(time).toISOString();
    when.textContent = clock.format(time);
    this.notes.prepend(item);
    while (this.notes.childElementCount > NOTES) this.notes.lastElementChild.remove();
  }

  presence({ joined, left }) {
    for (const { id, identity } of joined) this.#here.set(id, identity);
    for (const id of left) this.#here.delete(id);
    this.element.querySelector('.here').textContent = `Here: ${[...new Set(this.#here.values())].sort().join(', ')}`;
  }

  async #post(event) {
    event.preventDefault();
    const { text } = this.form.elements;
    const problem = this.form.querySelector('.problem');
    problem.textContent = '';
    try {
      await io.request('post', { board: this.name, text: text.value });
      text.value = '';
    } catch (error) {
      problem.textContent = error.message;
    }
  }
}

let boards = [];

async function enter() {
  for (const name of Object.keys(TITLES)) {
    const board = new Board(name);
    try {
      board.joined(await io.join(name, { history: NOTES }));
      boards.push(board);
      $('boards').append(board.element);
    } catch (error) {
      board.leave.forEach((undo) => undo());
      if (error.code !== 'denied') throw error;
    }
  }
}

function clear() {
  for (const board of boards) board.leave.forEach((undo) => undo());
  boards = [];
  $('boards').replaceChildren();
}

/* The door */

$('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector('button');
  $('problem').textContent = '';
  button.disabled = true;
  try {
    const body = JSON.stringify(Object.fromEntries(new FormData(form)));
    const { status } = await fetch('/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    if (status === 204) io.connect();
    else $('problem').textContent = status === 403 ? 'That is not the password.' : 'Please try again later.';
  } catch {
    $('problem').textContent = 'The server does not answer.';
  }
  button.disabled = false;
  form.elements.password.value = '';
});

$('logout').addEventListener('click', () => fetch('/logout', { method: 'POST' }));

/* The connection */

io.subscribeState(() => {
  const { state } = io.getState();
  const isOut = state === 'failed';
  $('link').dataset.state = state;
  $('link').querySelector('.words').textContent = WORDS[state] ?? 'Connected';
  if (isOut) clear();
  if ($('door').hidden === isOut) {
    $('door').hidden = !isOut;
    if (isOut) $('login').elements.name.focus();
  }
  $('logout').hidden = isOut || state === 'closed';
  $('boards').hidden = isOut;
});

io.on('connect', () => {
  if (boards.length === 0) enter();
});
io.connect();
