// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

const LONGEST_NAME = 255;
const DEEPEST = 64;
const STRING = /"(?:[^"\\]|\\.)*"/g;
const UNPAIRED = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/; // JSON.stringify() writes these as escapes

// Why a server would drop a message (protocol 2, points 2.4 and 2.5), and with it all that are numbered after it; null
// if it would not.
export function unspeakable(type, text, max) {
  if (length(type) > LONGEST_NAME) return 'its name is too long';
  if (text.length * 3 > max && length(text) > max) return `it is longer than ${max} bytes`;
  if (UNPAIRED.test(text)) return 'its text has U+0000 or half a surrogate pair';
  return depth(text) > DEEPEST + 1 ? `it is nested more than ${DEEPEST} levels` : null;
}

function length(text) {
  return new TextEncoder().encode(text).length;
}

// Takes the innermost brackets away, level by level.
function depth(text) {
  let levels = 0;
  for (let rest = text.replace(STRING, ''); /[[{]/.test(rest); levels++) rest = rest.replace(/[[{][^[\]{}]*[\]}]/g, '');
  return levels;
}
