// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The page of the canvas. Everybody has a number; a path is [x, y, x, y, ...] in places of the sheet.
//   -> name text
//   -> draw {id, color, size, path}         a stroke, or more of it; `id` counts one's own strokes
//   -> undo, clear
//   -> point [x, y] or null                 where one's pointer is
//   <- drawing {you, strokes}               on connecting: all that there is
//   <- people [{by, name}, ...]
//   <- draw {by, id, color, size, path}     and undo {by, id}, clear, point {by, place}

import { RocketIO } from '/rocketio/rocketio.mjs';
import { COLORS, HEIGHT, Sheet, SIZES, WIDTH } from './sheet.js';

const TRANSPORTS = { websocket: 'WebSocket', comet: 'Comet' };
const NAMES = ['Black', 'Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Violet', 'Paper'];
const WIDTHS = ['Fine', 'Medium', 'Broad'];

const $ = (id) => document.getElementById(id);
const io = new RocketIO({ type: new URLSearchParams(location.search).get('transport') });
const sheet = new Sheet($('drawing'));
const cursors = new Map();      // number -> element
const pens = new Map();         // pointerId -> the stroke that it draws, with what is not told yet

let you = 0;
let strokes = 0;
let pointer;                    // where it is, not told yet
let frame = 0;

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// Tools

function offer(id, names, show) {
  names.forEach((name, i) => {
    const input = make('input', { type: 'radio', name: id, value: i, checked: i === 1 });
    const sample = make('span', { className: 'sample' });
    show(sample, i);
    const label = make('span', { className: 'unseen', textContent: name });
    $(id).append(make('label', { title: name }, input, sample, label));
  });
}

function chosen(id) {
  return Number(document.querySelector(`input[name="${id}"]:checked`).value);
}

// Drawing: told once a frame, whatever the number of events and pointers.

function tell() {
  frame = 0;
  for (const pen of pens.values()) {
    if (pen.path.length === 0) continue;
    io.push('draw', { id: pen.id, color: pen.color, size: pen.size, path: pen.path });
    pen.path = [];
  }
  if (pointer !== undefined) io.push('point', pointer);
  pointer = undefined;
}

function soon() {
  if (io.state === 'connected') frame ||= requestAnimationFrame(tell);
}

function extend(pen, event) {
  const events = event.getCoalescedEvents?.() ?? [];
  const path = (events.length > 0 ? events : [event]).flatMap((one) => sheet.place(one));
  sheet.add({ by: you, id: pen.id, color: pen.color, size: pen.size, path });
  pen.path.push(...path);
  $('hint').hidden = true;
}

$('drawing').addEventListener('pointerdown', (event) => {
  if (event.button !== 0 || io.state !== 'connected') return;
  $('drawing').setPointerCapture(event.pointerId);
  const pen = { id: strokes++, color: chosen('colors'), size: chosen('sizes'), path: [] };
  pens.set(event.pointerId, pen);
  extend(pen, event);
  soon();
});

$('drawing').addEventListener('pointermove', (event) => {
  const pen = pens.get(event.pointerId);
  if (pen) extend(pen, event);
  pointer = sheet.place(event);
  soon();
});

function lift(event) {
  if (!pens.has(event.pointerId)) return;
  tell();
  pens.delete(event.pointerId);
}

$('drawing').addEventListener('pointerup', lift);
$('drawing').addEventListener('pointercancel', lift);
$('drawing').addEventListener('pointerleave', () => {
  pointer = null;
  soon();
});

// Others

function showCursor({ by, place }) {
  const cursor = cursors.get(by);
  if (!cursor) return;
  cursor.hidden = place === null;
  if (place === null) return;
  cursor.style.left = `${place[0] / WIDTH * 100}%`;
  cursor.style.top = `${place[1] / HEIGHT * 100}%`;
}

function hue(by) {
  return `${by * 137 % 360}`;
}

function showPeople(people) {
  const others = new Set(people.map(({ by }) => by).filter((by) => by !== you));
  for (const [by, cursor] of cursors) {
    if (others.has(by)) continue;
    cursor.remove();
    cursors.delete(by);
  }
  for (const { by, name } of people) {
    if (!others.has(by)) continue;
    if (!cursors.has(by)) cursors.set(by, make('p', { className: 'cursor', hidden: true }));
    const cursor = cursors.get(by);
    cursor.textContent = name;
    cursor.style.setProperty('--hue', hue(by));
    $('cursors').append(cursor);
  }
  $('people').replaceChildren(...people.map(({ by, name }) => {
    const title = by === you ? `${name} (you)` : name;
    const item = make('li', { textContent: [...name][0]?.toUpperCase() ?? '?', title });
    item.style.setProperty('--hue', hue(by));
    item.setAttribute('aria-label', title);
    return item;
  }));
}

// The connection

io.on('drawing', (drawing) => {
  you = drawing.you;
  pens.clear();
  sheet.reset(drawing.strokes);
  $('hint').hidden = !sheet.isEmpty;
  if ($('name').value) io.push('name', $('name').value);
});
io.on('people', showPeople);
io.on('draw', (stroke) => {
  sheet.add(stroke);
  $('hint').hidden = true;
});
io.on('undo', ({ by, id }) => {
  sheet.remove({ by, id });
  for (const [pointerId, pen] of pens) if (by === you && pen.id === id) pens.delete(pointerId);
});
io.on('clear', () => {
  pens.clear();
  sheet.reset();
  $('hint').hidden = false;
});
io.on('point', showCursor);
io.on('error', (error) => console.warn(error.message ?? error));
io.on('state', ({ state }) => {
  $('link').dataset.state = state;
  $('link').querySelector('.words').textContent = {
    connected: TRANSPORTS[io.type] ?? io.type, connecting: 'Connecting…', waiting: 'Offline: trying again',
  }[state] ?? 'Not connected';
  document.body.classList.toggle('offline', state !== 'connected');
  for (const button of [$('undo'), $('clear')]) button.disabled = state !== 'connected';
});

$('undo').addEventListener('click', () => io.push('undo'));
$('clear').addEventListener('click', () => $('sure').showModal());
$('sure').addEventListener('close', () => {
  if ($('sure').returnValue === 'yes') io.push('clear');
  $('sure').returnValue = '';
});
$('name').addEventListener('change', () => io.push('name', $('name').value));
addEventListener('keydown', (event) => {
  if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.target === $('name')) return;
  event.preventDefault();
  $('undo').click();
});

offer('colors', NAMES, (sample, i) => sample.style.setProperty('--color', COLORS[i]));
offer('sizes', WIDTHS, (sample, i) => sample.style.setProperty('--size', `${Math.sqrt(SIZES[i]) * 3}px`));
document.body.classList.add('offline');
io.connect();
