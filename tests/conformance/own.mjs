// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The project's own test server, with times that a test can wait for.

import { startTestapp } from '../js/help.mjs';
import { Server } from './server.mjs';

const SHORT = ['--heartbeat', '2/2', '--resume-window', '4'];

async function start(options) {
  const { url, stop } = await startTestapp(options, ...SHORT);
  process.once('exit', () => stop('SIGKILL')); // whatever the runner has come to
  return { url, stop };
}

export async function startOwn() {
  const { url, stop } = await start({});
  return { url, stop, another, find: (where) => Server.find(where) };
}

// One more, for cases that stop it, or look into its log.
async function another(env = {}) {
  const log = [];
  const { url, stop } = await start({ env, onLog: (text) => log.push(text) });
  let stopped;
  return { url, stop: () => (stopped ??= stop()), log: () => log.join('') };
}
