// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// In the classic scripts the build puts document.currentScript.src here.
const script = import.meta.url;

// Where this script came from, else where the page did. A server may have a prefix before its scripts.
export function home() {
  const place = [script, globalThis.location?.href].find((url) => /^https?:/.test(url));
  if (!place) throw new TypeError('outside a page a URL is needed');
  return /(.+)\/(rocket|comet|websocket)io\/\2io.m?js/.exec(place)?.[1] ?? new URL(place).origin;
}

// Behind a TLS proxy a server may not know that it is reached by https: what came from there stays there.
export function secure(url, from) {
  if (!from) return url;
  const { protocol, hostname } = new URL(from);
  const { href, hostname: target } = new URL(url, from);
  return protocol === 'https:' && hostname === target ? href.replace(/^(ws|http):/, '$1s:') : href;
}
