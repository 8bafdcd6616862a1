// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

const STRING = /"(?:[^"\\]|\\.)*"/g;
const BAD_TEXT = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/; // U+0000 and half surrogate pairs, as stringify() has them
const INNERMOST = /[[{][^[\]{}]*[\]}]/g;

// Whether a server takes such a message (protocol 2, points 2.4 and 2.5): dropping it, it would drop all that are numbered
// after it.
export function isSpeakable(type, text, max) {
  return length(type) <= 255 && length(text) <= max && !BAD_TEXT.test(text) && depth(text) <= 65;
}

function length(text) {
  return new TextEncoder().encode(text).length;
}

function depth(text) {
  let levels = 0;
  for (let rest = text.replace(STRING, ''); /[[{]/.test(rest); levels++) rest = rest.replace(INNERMOST, '');
  return levels;
}
