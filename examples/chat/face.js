// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Text only ever becomes textContent: names and messages are never markup.
export function make(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  element.dir = 'auto';
  return element;
}

function initials(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [name];
  return words.slice(0, 2).map((word) => [...word][0]).join('').toUpperCase();
}

function hue(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return sum;
}

// A colour and initials for everybody.
export function face(name, element = make('span', 'avatar')) {
  element.textContent = initials(name);
  element.setAttribute('aria-hidden', 'true');
  element.style.setProperty('--hue', hue(name));
  return element;
}
