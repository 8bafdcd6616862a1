// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A test is an async function with a deadline. It registers with test(); run() runs all of them, one after the other.
import GLib from 'gi://GLib?version=2.0';
import System from 'system';

const DEADLINE = 20000;    // milliseconds

const tests = [];

// `data` is anything that JSON can say.
export function equal(actual, expected, what = 'values') {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(value) ?? String(value));
  if (left !== right) throw new Error(`${what}: ${left} is not ${right}`);
}

export function ok(value, what = 'it') {
  if (!value) throw new Error(`${what} does not hold`);
}

function matches(error, expected) {
  if (!expected.test(String(error?.message ?? error))) throw new Error(`"${error}" is not like ${expected}`);
  return error;
}

// What `call` throws, whose message is like `expected`.
export function throws(call, expected) {
  try {
    call();
  } catch (error) {
    return matches(error, expected);
  }
  throw new Error(`nothing was thrown like ${expected}`);
}

export async function rejects(promise, expected) {
  try {
    await promise;
  } catch (error) {
    return matches(error, expected);
  }
  throw new Error(`nothing was rejected like ${expected}`);
}

export function within(promise, what, milliseconds = DEADLINE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Turns of the main loop until `condition` holds.
export async function until(condition, what = String(condition)) {
  const end = GLib.get_monotonic_time() + DEADLINE * 1000;
  while (!condition()) {
    if (GLib.get_monotonic_time() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

export function test(name, body) {
  tests.push({ name, body });
}

function line(number, ok_, name) {
  print(`${ok_ ? 'ok' : 'not ok'} ${number} - ${name.replaceAll('#', '\\#')}`);
}

export async function run() {
  let failed = 0;
  print(`TAP version 13\n1..${tests.length}`);
  for (const [index, { name, body }] of tests.entries()) {
    try {
      await within(Promise.resolve().then(body), name);
      line(index + 1, true, name);
    } catch (error) {
      failed++;
      line(index + 1, false, name);
      print(`${error}\n${error?.stack ?? ''}`.trim().replace(/^/gm, '# '));
    }
  }
  System.exit(failed > 0 ? 1 : 0);
}
