// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The page of the sensors. What it tells the server, and what the server tells it:
//   -> join                                      after every connect
//   <- sensors {machine, interval, sensors: [{id, name, unit, range: [low, high or null], note}, ...]}
//   <- history [{time, values}, ...]             the last ten minutes; both to who joined
//   <- values {time, values: [number, ...]}      to all, every `interval` ms; null for what could not be read

import { RocketIO } from '/rocketio/rocketio.mjs';
import { Card } from './card.js';
import { Series } from './series.js';

const TRANSPORTS = { websocket: 'WebSocket', comet: 'Comet' };
const MINUTE = 60 * 1000;

const $ = (id) => document.getElementById(id);
const io = new RocketIO({ type: new URLSearchParams(location.search).get('transport') });
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
const still = matchMedia('(prefers-reduced-motion: reduce)');
const series = new Series();

let about = { interval: 1000, sensors: [] };
let cards = [];
let ahead = -Infinity; // how far the clock of the server is ahead of ours, in ms
let minutes = Number(recall('minutes', 1));
let read = null; // what is read: {fraction} of the width under the mouse, or a {time}

// What a browser keeps for us, if it does.
function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`sensors.${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(`sensors.${key}`, JSON.stringify(value));
  } catch {
    // then it begins with one minute next time
  }
}

/* The plots */

// Ends one interval ago: the newest value then comes in from the right, as a line and not as a jump.
function view() {
  const last = series.last.time;
  const offline = io.state !== 'connected';
  const now = Date.now() + ahead - about.interval;
  const to = still.matches && !offline ? last : Math.max(now, last - about.interval);
  return { from: to - minutes * MINUTE, to, minutes, interval: about.interval, offline };
}

function cursor({ from, to }) {
  if (!read) return null;
  if (read.fraction === undefined && read.time < from) read = null;
  if (!read) return null;
  const time = read.time ?? from + read.fraction * (to - from);
  const row = series.nearest(time, about.interval * 1.25);
  return { time: row?.time ?? time, row };
}

function draw() {
  if (!series.last) return;
  const shown = view();
  const at = cursor(shown);
  for (const card of cards) card.draw(series, shown, at);
}

// Only as often as it makes a difference, that is one pixel.
let drawn = 0;

function animate() {
  requestAnimationFrame(animate);
  const width = $('cards').querySelector('canvas')?.width;
  if (!width) return;
  const now = Math.floor(Date.now() / (still.matches ? 1000 : minutes * MINUTE / width));
  if (now === drawn) return;
  drawn = now;
  draw();
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

const board = {
  draw,
  point(fraction, fixed) {
    const { from, to } = view();
    read = fixed ? { time: from + fraction * (to - from) } : { fraction };
    draw();
  },
  step(steps) {
    const shown = view();
    const seen = series.between(shown.from, shown.to + about.interval);
    const time = cursor(shown)?.time ?? series.last.time;
    const wanted = Number.isFinite(steps) ? series.step(time, steps) : seen.at(steps < 0 ? 0 : -1);
    read = { time: Math.max(seen[0]?.time ?? 0, wanted?.time ?? 0) };
    draw();
  },
  leave() {
    read = null;
    draw();
  },
};

document.addEventListener('pointerdown', (event) => {
  if (!event.target.closest('.plot') && read) board.leave();
});

/* What the server tells */

function describe(told) {
  if (JSON.stringify(told) === JSON.stringify(about)) return;
  about = told;
  series.clear();
  cards = about.sensors.map((sensor, index) => new Card(sensor, index, board));
  $('cards').replaceChildren(...cards.map(({ element }) => element));
  $('machine').textContent = about.machine || 'Sensors';
  document.title = `${about.machine || 'Sensors'} · RocketIO sensors`;
}

function add(...rows) {
  series.add(...rows);
  const { last } = series;
  if (!last) return;
  ahead = Math.max(ahead, last.time - Date.now());
  for (const card of cards) card.show(last);
  $('empty').hidden = true;
  showUpdated();
  draw();
}

function showUpdated() {
  if (!series.last) return;
  const time = document.createElement('time');
  time.dateTime = new Date(series.last.time).toISOString();
  time.textContent = clock.format(series.last.time);
  $('updated').replaceChildren(io.state === 'connected' ? 'Live · ' : 'Last values of ', time);
}

/* How much is shown */

for (const input of document.querySelectorAll('[name="span"]')) {
  input.checked = Number(input.value) === minutes;
  input.addEventListener('change', () => {
    minutes = Number(input.value);
    remember('minutes', minutes);
    draw();
  });
}

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
  document.body.classList.toggle('offline', everConnected && state !== 'connected');
  showState();
  showUpdated();
  if (state === 'connected') {
    notice(everConnected ? 'Connected again.' : '');
    setTimeout(() => io.state === 'connected' && notice(''), 3000);
    everConnected = true;
  } else if (state === 'waiting') {
    notice('No connection. What is missed is filled in later.');
  }
});

setInterval(() => io.state === 'waiting' && showState(), 250);

io.on('connect', () => {
  ahead = -Infinity;
  io.push('join');
});
io.on('sensors', describe);
io.on('history', (rows) => add(...rows ?? []));
io.on('values', (row) => cards.length && add(row));
io.on('error', (error) => console.warn(error.message ?? error));

showState();
animate();
io.connect();
