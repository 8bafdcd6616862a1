// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { mark, roundUp } from './units.js';

const AXIS = 22; // px below the plot, for the times
const TOP = 6;
const FONT = 11;
const LEAST = { '%': 1, 'B/s': 10_000, '': 1, '°C': 10 }; // so that nothing is not blown up to something
const STEPS = { 1: 15, 5: 60, 10: 120 }; // s between two times, by the minutes shown

const exact = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
const rough = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

// Splits [{time, value}, ...] where nothing is known for longer than `most` ms.
function split(points, most) {
  const runs = [];
  let last;
  for (const point of points) {
    if (point.value === null || point.value === undefined) continue;
    if (last && point.time - last.time <= most) runs.at(-1).push(point);
    else runs.push([point]);
    last = point;
  }
  return runs;
}

// The curve of one sensor on a canvas. Its colours are those that CSS gives the canvas.
export class Plot {
  #canvas;
  #context;
  #width = 0;
  #height = 0;
  #unit;
  #high;

  constructor(canvas, { unit, range }, resized) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#unit = unit;
    this.#high = range[1];
    new ResizeObserver(() => {
      this.#fit();
      resized();
    }).observe(canvas);
  }

  get width() {
    return this.#width;
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#width = clientWidth;
    this.#height = clientHeight;
    this.#canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.#canvas.height = Math.round(clientHeight * devicePixelRatio);
    this.#context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  }

  // view: {from, to, minutes, interval, offline}; cursor: {time, value} or nothing
  draw(points, view, cursor) {
    if (!this.#width) return;
    const style = getComputedStyle(this.#canvas);
    const colour = (name) => style.getPropertyValue(name);
    const bottom = this.#height - AXIS;
    const peak = Math.max(...points.map(({ value }) => value ?? 0), LEAST[this.#unit] ?? 1);
    const high = this.#high ?? roundUp(peak);
    const scale = {
      bottom,
      high,
      x: (time) => (time - view.from) / (view.to - view.from) * this.#width,
      y: (value) => bottom - Math.min(1, value / high) * (bottom - TOP),
    };
    const runs = split(points, view.interval * 2.5);
    this.#context.clearRect(0, 0, this.#width, this.#height);
    this.#context.font = `${FONT}px ${style.fontFamily}`;
    this.#grid(scale, colour);
    this.#times(scale, view, colour);
    this.#gaps(scale, view, runs, colour('--hatch'));
    for (const run of runs) this.#curve(scale, run, style.color);
    this.#marks(scale, colour);
    if (cursor) this.#cursor(scale, cursor, style.color, colour);
  }

  #grid({ y, high }, colour) {
    const context = this.#context;
    context.strokeStyle = colour('--grid');
    context.lineWidth = 1;
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const level = Math.round(y(part * high)) + 0.5;
      context.beginPath();
      context.moveTo(0, level);
      context.lineTo(this.#width, level);
      context.stroke();
    }
  }

  // Behind each number a little of the ground, since curves pass there.
  #marks({ y, high }, colour) {
    const context = this.#context;
    context.textAlign = 'left';
    context.textBaseline = 'top';
    context.lineJoin = 'round';
    context.lineWidth = 3;
    context.strokeStyle = colour('--surface');
    context.fillStyle = colour('--soft');
    for (const part of [0.5, 1]) {
      const text = mark(part * high, this.#unit);
      context.strokeText(text, 3, y(part * high) + 4);
      context.fillText(text, 3, y(part * high) + 4);
    }
  }

  #times({ x, bottom }, { from, to, minutes }, colour) {
    const context = this.#context;
    const format = minutes > 1 ? rough : exact;
    const room = (context.measureText(format.format(to)).width + 16) / this.#width * (to - from);
    let step = STEPS[minutes] * 1000;
    while (step < room) step *= 2;
    context.textAlign = 'center';
    context.textBaseline = 'alphabetic';
    context.lineWidth = 1;
    context.strokeStyle = colour('--grid');
    context.fillStyle = colour('--soft');
    for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
      const text = format.format(time);
      const half = context.measureText(text).width / 2;
      const at = x(time);
      context.beginPath();
      context.moveTo(at, TOP);
      context.lineTo(at, bottom + 4);
      context.stroke();
      // One that leaves fades away instead of being cut.
      context.globalAlpha = Math.max(0, Math.min(1, (at - half) / 8, (this.#width - half - at) / 8));
      context.fillText(text, at, this.#height - 4);
      context.globalAlpha = 1;
    }
  }

  // Where something is missing between what is known, and up to now while there is no connection.
  #gaps({ x, bottom }, { to, offline }, runs, colour) {
    const gaps = runs.slice(1).map((run, index) => [runs[index].at(-1).time, run[0].time]);
    const last = runs.at(-1)?.at(-1).time;
    if (offline && last < to) gaps.push([last, to]);
    for (const [begin, end] of gaps) this.#hatch(x(begin), x(end), bottom, colour);
  }

  #hatch(left, right, bottom, colour) {
    const context = this.#context;
    context.save();
    context.beginPath();
    context.rect(left, TOP, right - left, bottom - TOP);
    context.clip();
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    for (let at = left - bottom; at < right; at += 7) {
      context.moveTo(at, bottom);
      context.lineTo(at + bottom, 0);
    }
    context.stroke();
    context.restore();
  }

  #curve({ x, y, bottom }, run, colour) {
    const context = this.#context;
    const [first, last] = [run[0], run.at(-1)];
    const line = new Path2D();
    for (const { time, value } of run) line.lineTo(x(time), y(value));
    if (first === last) line.arc(x(first.time), y(first.value), 1, 0, 2 * Math.PI);
    const area = new Path2D(line);
    area.lineTo(x(last.time), bottom);
    area.lineTo(x(first.time), bottom);

    const shade = context.createLinearGradient(0, TOP, 0, bottom);
    shade.addColorStop(0, colour);
    shade.addColorStop(1, colour.replace(')', ' / 0)')); // "transparent" would be grey on the way
    context.save();
    context.beginPath();
    context.rect(0, 0, this.#width, bottom + 1);
    context.clip();
    context.globalAlpha = 0.3;
    context.fillStyle = shade;
    context.fill(area);
    context.globalAlpha = 1;
    context.strokeStyle = colour;
    context.lineWidth = 1.75;
    context.lineJoin = 'round';
    context.lineCap = 'round';
    context.stroke(line);
    context.restore();
  }

  #cursor({ x, y, bottom }, { time, value }, curve, colour) {
    const context = this.#context;
    const at = Math.max(0, Math.min(this.#width, x(time)));
    context.strokeStyle = colour('--soft');
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(at, TOP);
    context.lineTo(at, bottom);
    context.stroke();
    if (value === null || value === undefined) return;
    context.beginPath();
    context.arc(at, y(value), 4.5, 0, 2 * Math.PI);
    context.fillStyle = curve;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = colour('--surface');
    context.stroke();
  }
}
