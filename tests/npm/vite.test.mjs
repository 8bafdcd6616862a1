// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The package @rocketio-glib/client, packed, installed in an app, and built with Vite; the page runs in a browser.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { launch, newPage } from '../browser/browser.mjs';
import { Proxy } from '../browser/proxy.mjs';
import { startTestapp } from '../js/help.mjs';

const run = promisify(execFile);
const js = fileURLToPath(new URL('../../js/', import.meta.url));

const HTML = '<!doctype html><title>starting</title><script type="module" src="/main.js"></script>';
const APP = `
  import { RocketIO } from '@rocketio-glib/client';
  const io = new RocketIO({ channel: 'lobby' }).connect();
  io.on('echo', async (text) => {
    document.title = [io.type, text, await io.request('add', { a: 1, b: 2 })].join(' ');
  });
  io.push('echo', 'hello');
`;

let app;

before(async () => {
  app = await mkdtemp(join(tmpdir(), 'rocketio-vite-'));
  const home = { cwd: app, env: { ...process.env, npm_config_cache: join(app, 'cache'), npm_config_offline: 'true' } };
  await writeFile(join(app, 'package.json'), '{ "name": "app", "private": true, "type": "module" }');
  const { stdout } = await run('npm', ['pack', js, '--json', '--ignore-scripts'], home);
  const [{ filename }] = JSON.parse(stdout);
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${filename}`], home);
});

after(() => rm(app, { recursive: true }));

// The names of what is built of `main`, and all of its JavaScript.
async function built(main) {
  await writeFile(join(app, 'index.html'), HTML);
  await writeFile(join(app, 'main.js'), main);
  await build({ root: app, configFile: false, logLevel: 'error', build: { emptyOutDir: true } });
  const files = await readdir(join(app, 'dist'), { recursive: true });
  const scripts = files.filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(scripts.map((name) => readFile(join(app, 'dist', name), 'utf8')));
  return { scripts, text: texts.join('\n') };
}

test('built, it connects, pushes, gets and asks', async (t) => {
  const { scripts } = await built(APP);
  const server = await startTestapp();
  t.after(() => server.stop());
  const documents = { '/': { body: await readFile(join(app, 'dist/index.html')) } };
  for (const name of scripts) {
    documents[`/${name}`] = { type: 'text/javascript', body: await readFile(join(app, 'dist', name)) };
  }
  const proxy = await Proxy.start(t, server.url, { documents });
  const browser = await launch();
  t.after(() => browser.close());
  const page = await newPage(t, browser);
  await page.goto(proxy.url);
  await page.waitForFunction('document.title === "websocket hello 3"');
});

test('what is not used is not in it', async () => {
  const whole = (await built(APP)).text;
  for (const word of ['__hello', '/cometio/io']) assert.ok(whole.includes(word) === (word === '__hello'), word);
  const part = (await built(`import { EventEmitter } from '@rocketio-glib/client';
    new EventEmitter().on('a', () => {});`)).text;
  assert.ok(part.includes('a listener is a function'));
  assert.ok(!part.includes('__hello') && part.length < whole.length / 5);
  const none = (await built(`import { RocketIO } from '@rocketio-glib/client';\ndocument.title = 'alone';`)).text;
  const bare = (await built(`document.title = 'alone';`)).text;
  assert.equal(none, bare);
});
