// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { Plot } from './plot.js';
import { parts, words } from './units.js';

const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// One sensor: its value now, its low and high, and its plot. `board` has the time that is read, the same in all plots:
//   point(fraction, fixed)   read what is that far from the left
//   step(steps)              read the value so many before or behind; -Infinity is the first one
//   leave()                  read nothing
//   draw()                   show everything again
export class Card {
  #sensor;
  #index;
  #board;
  #plot;
  #slider;
  #readout;

  constructor(sensor, index, board) {
    this.#sensor = sensor;
    this.#index = index;
    this.#board = board;
    this.element = document.getElementById('card').content.firstElementChild.cloneNode(true);
    this.element.dataset.sensor = sensor.id;
    const icon = document.getElementById(`icon-${sensor.id}`) ?? document.getElementById('icon-other');
    this.#$('use').setAttribute('href', `#${icon.id}`);
    this.#$('.name').textContent = sensor.name;
    this.#$('.note').textContent = sensor.unit === 'B' && sensor.range[1]
      ? `of ${words(sensor.range[1], sensor.unit)}` : sensor.note;
    this.#slider = this.#$('.plot');
    this.#slider.setAttribute('aria-label', `${sensor.name}, past values`);
    this.#readout = this.#$('.readout');
    this.#plot = new Plot(this.#$('canvas'), sensor, () => board.draw());
    this.#listen();
  }

  #$(selector) {
    return this.element.querySelector(selector);
  }

  #listen() {
    const slider = this.#slider;
    const point = (event) => {
      const { left, width } = slider.getBoundingClientRect();
      this.#board.point(Math.max(0, Math.min(1, (event.clientX - left) / width)), event.pointerType !== 'mouse');
    };
    slider.addEventListener('pointerdown', point);
    slider.addEventListener('pointermove', point);
    // A finger covers what it points at, so that stays when it is taken away.
    slider.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && this.#board.leave());
    slider.addEventListener('blur', () => this.#board.leave());
    slider.addEventListener('keydown', (event) => {
      const steps = { ...KEYS, Home: -Infinity, End: Infinity }[event.key];
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === 'Escape') this.#board.leave();
      if (!steps) return;
      event.preventDefault();
      this.#board.step(steps);
      this.#tell();
    });
  }

  // Only for a key: told at each new value, it would never be quiet.
  #tell() {
    this.#slider.setAttribute('aria-valuetext', this.#readout.textContent);
  }

  show(row) {
    const { number, unit } = parts(row?.values[this.#index], this.#sensor.unit);
    put(this.#$('.number'), number);
    put(this.#$('.unit'), unit);
  }

  draw(series, view, cursor) {
    const point = ({ time, values }) => ({ time, value: values[this.#index] });
    const newest = view.to + view.interval; // which is about to come in
    const known = series.between(view.from, newest).map(point).map(({ value }) => value).filter(Number.isFinite);
    put(this.#$('.low'), words(known.length ? Math.min(...known) : null, this.#sensor.unit));
    put(this.#$('.high'), words(known.length ? Math.max(...known) : null, this.#sensor.unit));
    const read = cursor && { time: cursor.time, value: cursor.row?.values[this.#index] };
    this.#plot.draw(series.between(view.from, view.to, 1).map(point), view, read);
    this.#read(read, view);
  }

  #read(read, { from, to }) {
    this.#slider.setAttribute('aria-valuemin', Math.round((from - to) / 1000));
    this.#slider.setAttribute('aria-valuemax', 0);
    this.#slider.setAttribute('aria-valuenow', read ? Math.round((read.time - to) / 1000) : 0);
    this.#readout.hidden = !read;
    if (!read) {
      this.#slider.setAttribute('aria-valuetext', 'now');
      return;
    }
    const known = read.value !== null && read.value !== undefined;
    put(this.#readout.querySelector('b'), known ? words(read.value, this.#sensor.unit) : 'No data');
    put(this.#readout.querySelector('time'), clock.format(read.time));
    this.#readout.querySelector('time').dateTime = new Date(read.time).toISOString();
    const half = this.#readout.offsetWidth / 2;
    const at = (read.time - from) / (to - from) * this.#plot.width;
    this.#readout.style.left = `${Math.max(half, Math.min(this.#plot.width - half, at))}px`;
  }
}
