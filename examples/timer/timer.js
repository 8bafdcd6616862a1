// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The page of the timer.
//   <- time {seconds, running}                  on connecting, and whenever it changes
//   -> begin, pause, reset, extend

import { RocketIO } from '/rocketio/rocketio.mjs';

const TRANSPORTS = { websocket: 'WebSocket', comet: 'Comet' };
const KEYS = { s: 'toggle', m: 'extend', r: 'reset' };

const $ = (id) => document.getElementById(id);
const io = new RocketIO({ type: new URLSearchParams(location.search).get('transport') });

let running = false;

function clock(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

function stateOf(seconds) {
  if (seconds === 0) return 'over';
  return running ? 'running' : 'paused';
}

function show(time) {
  const state = stateOf(time.seconds, running = time.running);
  $('time').textContent = clock(time.seconds);
  $('state').textContent = { running: 'running', paused: 'paused', over: 'time is up' }[state];
  $('dial').dataset.state = state;
  $('toggle').textContent = running ? 'Pause' : 'Start';
  // A full turn is an hour, as on a clock; what is more does not show.
  document.querySelector('.left').style.strokeDasharray = `${Math.min(time.seconds / 60, 60)} 60`;
  document.title = `${clock(time.seconds)} – Workshop timer`;
  ready();
}

// Only what can be done now; nothing while there is no connection, for by then it would mean something else.
function ready() {
  const connected = io.state === 'connected';
  for (const id of ['reset', 'extend']) $(id).disabled = !connected;
  $('toggle').disabled = !connected || $('dial').dataset.state === 'over';
}

io.on('time', show);
io.on('state', ({ state }) => {
  $('link').dataset.state = state;
  $('link').querySelector('.words').textContent = {
    connected: TRANSPORTS[io.type] ?? io.type, connecting: 'Connecting…', waiting: 'Offline: trying again',
  }[state] ?? 'Not connected';
  ready();
});
io.on('error', (error) => console.warn(error.message ?? error));

$('toggle').addEventListener('click', () => io.push(running ? 'pause' : 'begin'));
$('extend').addEventListener('click', () => io.push('extend'));
$('reset').addEventListener('click', () => io.push('reset'));
addEventListener('keydown', (event) => {
  const id = KEYS[event.key.toLowerCase()];
  if (id && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat) $(id).click();
});

ready();
io.connect();
