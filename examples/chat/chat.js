// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The page of the chat. What it tells the server, and what the server tells it:
//   -> join name          after every connect, and when the name changes
//   -> chat text
//   <- chat {name, text, time}             to the channel
//   <- members [name, ...]                 to the channel, at each change; null for who has no name yet

import { RocketIO } from '/rocketio/rocketio.mjs';
import { face, make } from './face.js';
import { Log } from './log.js';

const LOBBY = 'lobby';
const MOST_ROOMS = 12;
const HISTORY = 50;
const TRANSPORTS = { websocket: 'WebSocket', sse: 'SSE', comet: 'Comet' };

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const room = roomHere();
const io = new RocketIO({ channel: room, type: query.get('transport') });
const log = new Log({
  scroll: $('scroll'), list: $('log'), unsent: $('unsent'), latest: $('latest'), empty: $('empty'),
});

let name = recall('name', '');

// What a browser keeps for us, if it does.
function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`chat.${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(`chat.${key}`, JSON.stringify(value));
  } catch {
    // then it is asked again next time
  }
}

/* Rooms: each is a path, and a channel of the same name. */

function roomHere() {
  const path = location.pathname.replace(/^\/+|\/+$/g, '');
  try {
    return decodeURIComponent(path) || LOBBY;
  } catch {
    return path;
  }
}

function address(of) {
  return (of === LOBBY ? '/' : `/${encodeURIComponent(of)}`) + location.search;
}

function showRooms() {
  const visited = [room, ...recall('rooms', [])].filter((one) => typeof one === 'string' && one !== LOBBY);
  const rooms = [...new Set(visited)].slice(0, MOST_ROOMS);
  remember('rooms', rooms);
  $('rooms').replaceChildren(...[LOBBY, ...rooms.sort()].map((one) => {
    const link = make('a', '');
    link.href = address(one);
    if (one === room) link.setAttribute('aria-current', 'page');
    link.append(make('span', '', one));
    const item = document.createElement('li');
    item.append(link);
    return item;
  }));
  $('room').textContent = room;
  document.title = `#${room} · RocketIO chat`;
}

$('visit').addEventListener('submit', (event) => {
  event.preventDefault();
  const wanted = $('room-name').value.trim().replace(/^[#/\s]+/, '').replace(/[\s/]+/g, '-');
  if (wanted) location.href = address(wanted);
});

/* People */

function showPeople(names) {
  const people = names.filter(Boolean).sort((one, other) => one.localeCompare(other));
  $('people').replaceChildren(...people.map((one, index) => {
    const item = document.createElement('li');
    item.append(face(one), make('span', 'who', one));
    if (index === people.indexOf(name)) item.append(make('span', 'you', 'you'));
    return item;
  }));
  $('count').textContent = people.length === 1 ? '1 person here' : `${people.length} people here`;
}

function showName() {
  face(name || '?', document.querySelector('#rename .avatar'));
  document.querySelector('#rename .who').textContent = name;
}

function askName() {
  $('name').value = name;
  $('hello').querySelector('button').textContent = name ? 'Keep this name' : 'Join the chat';
  $('hello').showModal();
  $('name').select();
}

function join() {
  if (name && io.state === 'connected') io.push('join', name);
}

$('rename').addEventListener('click', askName);

$('hello').addEventListener('cancel', (event) => {
  if (!name) event.preventDefault();
});

$('hello').addEventListener('submit', (event) => {
  const wanted = $('name').value.trim();
  if (!wanted) {
    event.preventDefault();
    return;
  }
  name = wanted;
  remember('name', name);
  showName();
  join();
});

$('hello').addEventListener('close', () => {
  closeSide();
  $('text').focus();
});

/* The side is a drawer on a phone. */

function openSide() {
  document.body.classList.add('side-open');
  document.querySelector('main').inert = true;
  $('menu').setAttribute('aria-expanded', 'true');
  $('rooms').querySelector('a').focus();
}

function closeSide() {
  document.body.classList.remove('side-open');
  document.querySelector('main').inert = false;
  $('menu').setAttribute('aria-expanded', 'false');
}

$('menu').addEventListener('click', openSide);
$('scrim').addEventListener('click', closeSide);

/* Writing */

function fit() {
  $('text').style.height = 'auto';
  $('text').style.height = `${$('text').scrollHeight}px`;
}

function send() {
  const text = $('text').value.trim();
  if (!text) return;
  log.send(text);
  io.push('chat', text);
  $('text').value = '';
  fit();
}

$('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
  $('text').focus();
});

$('text').addEventListener('input', fit);

$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
  const page = { PageUp: -0.9, PageDown: 0.9 }[event.key];
  if (page) {
    event.preventDefault();
    $('scroll').scrollBy({ top: page * $('scroll').clientHeight });
  }
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.body.classList.contains('side-open')) {
    closeSide();
    $('menu').focus();
  }
  // Whoever just begins to write means the message.
  const free = !event.target.closest('input, textarea, button, a, dialog');
  if (free && event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    $('text').focus();
  }
});

/* The connection */

let again = 0; // when it tries again
let everConnected = false;

function showState() {
  const seconds = Math.max(1, Math.ceil((again - Date.now()) / 1000));
  const words = {
    connecting: 'Connecting…',
    connected: TRANSPORTS[io.type] ?? io.type,
    waiting: `Retry in ${seconds} s`,
    closed: 'Closed',
  };
  $('link').dataset.state = io.state;
  $('link').title = io.state === 'connected' ? `Connected by ${words.connected}` : '';
  $('link').querySelector('.words').textContent = words[io.state];
}

function notice(text) {
  if ($('notice').textContent !== text) $('notice').textContent = text;
}

io.on('state', ({ state, retryIn = 0 }) => {
  again = Date.now() + retryIn;
  showState();
  if (state === 'connected') {
    notice(everConnected ? 'Connected again.' : '');
    setTimeout(() => io.state === 'connected' && notice(''), 3000);
    everConnected = true;
  } else if (state === 'waiting') {
    notice('No connection. What you write is sent as soon as there is one.');
  }
});

setInterval(() => io.state === 'waiting' && showState(), 250);

const heard = (message) => ({ ...message, own: message.name === name });

// The server keeps the last messages of the room. Who has missed none need not ask.
async function catchUp(session, { recovered } = {}) {
  join();
  if (recovered) return;
  try {
    const { history } = await io.join(room, { history: HISTORY });
    log.join(history.filter(({ type }) => type === 'chat').map(({ data }) => heard(data)));
  } catch (error) {
    console.warn(error.message);
  }
}

io.on('connect', catchUp);
io.on('chat', (message) => log.add(heard(message)));
io.on('members', showPeople);
io.on('error', (error) => console.warn(error.message ?? error));

showRooms();
showName();
showState();
io.connect();
if (!name) askName();
else if (matchMedia('(pointer: fine)').matches) $('text').focus(); // else a keyboard would cover half of it
