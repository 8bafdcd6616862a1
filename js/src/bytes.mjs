// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

const HEAD = 5; // the kind of a frame, and how long its text is

// A copy of what is bytes; null of all else.
export function bytesOf(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() : null;
}

export function toBase64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
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
  const whole = new Uint8Array(HEAD + head.length + bytes.length);
  whole[0] = 1;
  new DataView(whole.buffer).setUint32(1, head.length);
  whole.set(head, HEAD);
  whole.set(bytes, HEAD + head.length);
  return whole;
}

// Its text, which is empty if it is none, and its bytes.
export function unframe(buffer) {
  const whole = new Uint8Array(buffer);
  const end = whole.length < HEAD ? NaN : HEAD + new DataView(buffer).getUint32(1);
  if (whole[0] !== 1 || !(end <= whole.length)) return { text: '' };
  return { text: new TextDecoder().decode(whole.subarray(HEAD, end)), bytes: whole.slice(end) };
}
