// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

import { decode } from './envelope.mjs';

const HEAD = 5; // the kind of a frame, and how long its text is

// A copy of what is bytes; null of all else.
export function bytesOf(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data).slice();
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() : null;
}

export function toBase64(bytes) {
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

// What came as base64 is bytes from now on.
export function unpack(message) {
  if (message.bin) message.data = fromBase64(message.data);
  return message;
}

// A binary message (protocol 2, point 2.6).
export function frame(text, bytes) {
  const head = new TextEncoder().encode(text);
  const size = head.length;
  return Uint8Array.from([1, size >> 24, size >> 16, size >> 8, size, ...head, ...bytes]);
}

// Throws when it is none.
export function unframe(buffer) {
  const end = HEAD + new DataView(buffer).getUint32(1);
  const [message] = decode(new TextDecoder().decode(buffer.slice(HEAD, end)));
  message.data = new Uint8Array(buffer, end).slice();
  return message;
}
