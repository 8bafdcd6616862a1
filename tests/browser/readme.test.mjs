// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The server and the page that README shows, compiled as it says and opened in a browser.
//   ROCKETIO_README       the file
//   ROCKETIO_PKG_CONFIG   where the .pc file of the library is, next to the library itself
//   CPATH                 where the compiler finds the headers

import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { test } from 'node:test';
import { until } from '../js/help.mjs';
import { launch, newPage } from './browser.mjs';

// The first block of a language.
function snippet(text, language) {
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(text)[1];
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function build(directory, readme, port) {
  const code = snippet(readme, 'c').replace('5000', port);
  const env = { ...process.env, PKG_CONFIG_PATH: process.env.ROCKETIO_PKG_CONFIG };
  await writeFile(join(directory, 'server.c'), code);
  await mkdir(join(directory, 'page'));
  await writeFile(join(directory, 'page', 'index.html'), snippet(readme, 'html'));
  execFileSync('sh', ['-c', /cc server\.c .*$/m.exec(readme)[0]], { cwd: directory, env, stdio: 'inherit' });
}

test('the server and the page of README', async (t) => {
  const readme = await readFile(process.env.ROCKETIO_README, 'utf8');
  const directory = await mkdtemp(join(tmpdir(), 'rocketio-readme-'));
  const port = await freePort();
  await build(directory, readme, port);

  const env = { ...process.env, LD_LIBRARY_PATH: join(process.env.ROCKETIO_PKG_CONFIG, '..', 'rocketio-glib') };
  const server = spawn('./server', { cwd: directory, env, stdio: 'inherit' });
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    server.kill();
    await rm(directory, { recursive: true });
  });

  await until(() => isListening(port), `server on port ${port}`);
  const pages = [await newPage(t, browser), await newPage(t, browser)];
  for (const page of pages) await page.goto(`http://127.0.0.1:${port}/`);
  await pages[0].fill('#text', 'Hello');
  await pages[0].press('#text', 'Enter');
  for (const page of pages) await page.getByText('Hello').waitFor();
});
