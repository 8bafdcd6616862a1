// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A canvas that everybody draws on at once. Its page, in canvas/, says what goes over the wire.
import RocketIO from 'gi://RocketIO?version=1.0';
import { serve } from './serve.js';

const [WIDTH, HEIGHT] = [1600, 1000];
const COLORS = 8;
const SIZES = 3;
const MOST_STROKES = 5000;        // then the oldest go
const MOST_POINTS = 100_000;
const MOST_AT_ONCE = 1000;

// A whole drawing may wait for somebody who comes by Comet, until the first poll.
const io = new RocketIO.Server({ max_queue_bytes: 8 * 2 ** 20 });
const strokes = new Map();        // in the order of their beginnings
let points = 0;
let number = 0;

// Clients can send anything.
const isIn = (value, end) => Number.isInteger(value) && value >= 0 && value < end;
const isPlace = (x, y) => isIn(x, WIDTH) && isIn(y, HEIGHT);
const isPath = (path) => Array.isArray(path) && path.length >= 2 && path.length <= 2 * MOST_AT_ONCE
  && path.length % 2 === 0 && path.every((value, i) => isIn(value, i % 2 === 0 ? WIDTH : HEIGHT));

// Ids of sessions are secrets, so people go by a number here.
function people() {
  return [...io.sessions].filter((one) => one.number).map(({ number: by, identity: name }) => ({ by, name }));
}

function forget({ by, id, path }) {
  strokes.delete(`${by}/${id}`);
  points -= path.length / 2;
  io.push('undo', { by, id });
}

function remember(stroke) {
  const key = `${stroke.by}/${stroke.id}`;
  const known = strokes.get(key);
  if (known) known.path.push(...stroke.path);
  else strokes.set(key, { ...stroke, path: [...stroke.path] });
  points += stroke.path.length / 2;
  while (points > MOST_POINTS || strokes.size > MOST_STROKES) forget(strokes.values().next().value);
}

io.on('connect', (session) => {
  session.number = ++number;
  session.identity = `Guest ${number}`;
  session.push('drawing', { you: number, strokes: [...strokes.values()] });
  io.push('people', people());
});

io.on('disconnect', () => io.push('people', people()));

io.on('name', (name, session) => {
  session.identity = [...String(name).trim()].slice(0, 24).join('') || `Guest ${session.number}`;
  io.push('people', people());
});

io.on('draw', (data, session) => {
  const { id, color, size, path } = data ?? {};
  if (!isIn(id, 2 ** 31) || !isIn(color, COLORS) || !isIn(size, SIZES) || !isPath(path)) return;
  const stroke = { by: session.number, id, color, size, path };
  remember(stroke);
  io.push('draw', stroke, { except: session });
});

io.on('undo', (data, session) => {
  const stroke = [...strokes.values()].reverse().find(({ by }) => by === session.number);
  if (stroke) forget(stroke);
});

io.on('clear', () => {
  strokes.clear();
  points = 0;
  io.push('clear');
});

io.on('point', (place, session) => {
  if (Array.isArray(place) && !isPlace(...place)) return;
  io.push('point', { by: session.number, place: Array.isArray(place) ? place.slice(0, 2) : null }, { except: session });
});

serve(io, 'canvas');
