// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The project's own test server, with times that a test can wait for.

import { startTestapp } from '../js/help.mjs';
import { Server } from './server.mjs';

const SHORT = ['--heartbeat', '2/2', '--resume-window', '4'];

export async function startOwn() {
  const { url, stop } = await startTestapp({}, ...SHORT);
  return { url, stop, another, find: (where) => Server.find(where) };
}

// One more, for cases that stop it, or look into its log.
async function another(env = {}) {
  const log = [];
  const { url, stop } = await startTestapp({ env, onLog: (text) => log.push(text) }, ...SHORT);
  let stopped;
  return { url, stop: () => (stopped ??= stop()), log: () => log.join('') };
}
