// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const DEADLINE = 15000;

// The promise, or an error that says what was waited for.
export function within(promise, what, ms = DEADLINE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function tick(ms = 5) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Looks again and again until `probe` gives something.
export async function until(probe, what, ms = DEADLINE) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`no ${what} within ${ms} ms`);
    await tick();
  }
}

// What the next event of this name brings.
export function next(io, event, ms) {
  return within(new Promise((resolve) => {
    io.once(event, resolve);
  }), `event "${event}"`, ms);
}

// The server programs are named by ROCKETIO_TESTAPP, ROCKETIO_CHAT and so on.
// `onLog` gets what the program writes to its log.
export function startTestapp({ port = '0', env, onLog } = {}, ...args) {
  return startWith({ env, onLog }, program('ROCKETIO_TESTAPP'), '--port', port, ...args);
}

export function startChat({ port = '0' } = {}) {
  return start(program('ROCKETIO_CHAT'), '--port', port);
}

export function startChatVala() {
  return start(program('ROCKETIO_CHAT_VALA'), '--port', '0');
}

export function startTimer() {
  return start(program('ROCKETIO_TIMER'), '--port', '0');
}

// An example in a language that has to be run: Python or GJS, as ROCKETIO_PYTHON and ROCKETIO_GJS name them. The
// environment says where the library is.
export function startPython(path) {
  return start(program('ROCKETIO_PYTHON'), path, '--port', '0');
}

export function startGjs(path) {
  return start(program('ROCKETIO_GJS'), '-m', path, '--port', '0');
}

function program(variable) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} has to name the server program`);
  return path;
}

function start(path, ...args) {
  return startWith({}, path, ...args);
}

// Starts it and waits until it listens.
async function startWith({ env, onLog }, path, ...args) {
  const stdio = ['ignore', 'pipe', onLog ? 'pipe' : 'inherit'];
  const child = spawn(path, args, { stdio, env: { ...process.env, ...env } });
  if (onLog) child.stderr.setEncoding('utf8').on('data', onLog);
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
    child.once('error', resolve);
  });
  const listening = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /^listening on (http:\/\/\S+?)\/?$/.exec(line) ?? [];
      if (url) resolve(url);
      else onLog?.(`${line}\n`);
    });
  });
  const failed = ended.then((why) => {
    throw new Error(`${path} ended: ${why}`);
  });
  failed.catch(() => {});
  try {
    const url = await within(Promise.race([listening, failed]), `"listening on" from ${path}`);
    return {
      url,
      port: new URL(url).port,
      pid: child.pid,
      async stop(signal = 'SIGTERM') {
        child.kill(signal);
        return within(ended, `end of ${path}`);
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
