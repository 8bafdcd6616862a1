// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

export function encode(type, data) {
  return JSON.stringify({ type, data });
}

// One envelope or an array of them; what is none is left out. Throws when it is not JSON.
export function decode(text) {
  return [].concat(JSON.parse(text)).filter((message) =>
    typeof message?.type === 'string' && message.type !== '' && message.type !== '*');
}
