// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A guide with its servers and its pages. tests/guides/guides.py builds it, and tells what it needs in the environment.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../js/help.mjs';
import { newPage } from './browser.mjs';

const BUILDER = fileURLToPath(new URL('../guides/guides.py', import.meta.url));

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

// The programs of a guide, in a directory of their own until the test ends.
export class Guide {
  static async build(t, browser, name) {
    const directory = await mkdtemp(join(tmpdir(), 'rocketio-guide-'));
    t.after(() => rm(directory, { recursive: true }));
    const { stdout } = await promisify(execFile)('python3', [BUILDER, '--prepare', name, directory]);
    return Object.assign(new Guide(), { t, browser, directory, ...JSON.parse(stdout) });
  }

  // Returns what stops it.
  async start(command) {
    const server = spawn('sh', ['-c', `exec ${command}`], { cwd: this.directory, env: this.env, stdio: 'inherit' });
    const ended = once(server, 'exit');
    const stop = (signal = 'SIGKILL') => {
      server.kill(signal);
      return ended;
    };
    this.t.after(() => stop());
    await until(() => isListening(this.port), `server on port ${this.port}`);
    return stop;
  }

  async open(path = '/') {
    const page = await newPage(this.t, this.browser);
    await page.goto(new URL(path, `http://127.0.0.1:${this.port}`).href);
    return page;
  }
}
