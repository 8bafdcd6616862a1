// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The sheet has the same places on every screen: 1600 by 1000 of them, whatever size it is shown in.
export const [WIDTH, HEIGHT] = [1600, 1000];
export const COLORS = ['#1d1a29', '#c2373b', '#d9730d', '#e0b400', '#18864b', '#1c71d8', '#7b3fb8', '#ffffff'];
export const SIZES = [4, 12, 40];

// What is drawn, and how it gets onto a canvas.
export class Sheet {
  #canvas;
  #context;
  #strokes = new Map();

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  get isEmpty() {
    return this.#strokes.size === 0;
  }

  // Puts a stroke there, or more of one that is there.
  add(stroke) {
    const key = `${stroke.by}/${stroke.id}`;
    const known = this.#strokes.get(key);
    if (!known) this.#strokes.set(key, { ...stroke, path: [...stroke.path] });
    const from = known ? known.path.length - 2 : 0;
    known?.path.push(...stroke.path);
    this.#draw(this.#strokes.get(key), from);
  }

  remove({ by, id }) {
    if (this.#strokes.delete(`${by}/${id}`)) this.#redraw();
  }

  // What there is from now on.
  reset(strokes = []) {
    this.#strokes = new Map(strokes.map((stroke) => [`${stroke.by}/${stroke.id}`, stroke]));
    this.#redraw();
  }

  // The place under a pointer.
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const whole = (value, end) => Math.min(Math.max(Math.round(value), 0), end - 1);
    return [whole((clientX - left) / width * WIDTH, WIDTH), whole((clientY - top) / height * HEIGHT, HEIGHT)];
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.#canvas.height = Math.round(clientHeight * devicePixelRatio);
    this.#redraw();
  }

  #redraw() {
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#context.setTransform(this.#canvas.width / WIDTH, 0, 0, this.#canvas.height / HEIGHT, 0, 0);
    for (const stroke of this.#strokes.values()) this.#draw(stroke);
  }

  #draw({ path, color, size }, from = 0) {
    const context = this.#context;
    context.strokeStyle = COLORS[color];
    context.lineWidth = SIZES[size];
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.beginPath();
    context.moveTo(path[from], path[from + 1] + 0.01);    // a line without a length would not show
    for (let i = from; i < path.length; i += 2) context.lineTo(path[i], path[i + 1]);
    context.stroke();
  }
}
