// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The guides vite.md and react.md: a development server of Vite in front of a server, and a page in a browser.

import assert from 'node:assert/strict';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer, mergeConfig } from 'vite';
import { launch } from './browser.mjs';
import { Guide } from './guide.mjs';

const TOP = fileURLToPath(new URL('../../', import.meta.url));

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

// The packages that the pages import, as npm would install them.
async function install(directory) {
  const packages = join(directory, 'page/node_modules');
  await mkdir(join(packages, '@rocketio-glib'), { recursive: true });
  await cp(join(TOP, 'js'), join(packages, '@rocketio-glib/client'), { recursive: true });
  for (const name of ['react', 'react-dom']) await symlink(join(TOP, 'tests/node_modules', name), join(packages, name));
}

// Vite as vite.config.js has it, but for `proxy`. Returns its URL.
async function startVite(t, guide, configFile, proxy = {}) {
  await writeFile(join(guide.directory, 'package.json'), '{"type":"module"}'); // as `npm create vite` makes it
  const { default: config } = await import(configFile);
  const changed = mergeConfig(config, { server: { proxy: { '/rocketio': proxy } } });
  const vite = await createServer({
    ...changed, root: join(guide.directory, config.root), configFile: false, logLevel: 'error',
    optimizeDeps: { noDiscovery: true, include: guide.packages },
  });
  t.after(() => vite.close());
  await vite.listen();
  return vite.resolvedUrls.local[0];
}

// `packages` are those that have to be made modules of.
async function setUp(t, name = 'vite.md', packages = []) {
  const guide = await Guide.build(t, browser, name);
  await install(guide.directory);
  await guide.start('./server');
  return Object.assign(guide, { packages });
}

test('vite: the page connects through the proxy', async (t) => {
  const guide = await setUp(t);
  const page = await guide.open(await startVite(t, guide, join(guide.directory, 'vite.config.js')));
  await page.locator('#state').getByText('connected websocket').waitFor();
  await page.click('#add');
  await page.locator('#total').getByText('1', { exact: true }).waitFor();
});

test('vite: without WebSockets it is on server-sent events', async (t) => {
  const guide = await setUp(t);
  const url = await startVite(t, guide, join(guide.directory, 'vite.config.js'), { ws: false });
  const page = await guide.open(url);
  await page.locator('#state').getByText('connected sse').waitFor();
  await page.click('#add');
  await page.locator('#total').getByText('1', { exact: true }).waitFor();
});

test('vite: changeOrigin makes it a page of another origin', async (t) => {
  const guide = await setUp(t);
  const configFile = join(guide.directory, 'vite.config.js');
  const hello = async (url) => {
    const { origin } = new URL(url);
    const body = '{"messages":[{"type":"__hello","data":{}}]}';
    return (await fetch(`${origin}/rocketio/send`, { method: 'POST', headers: { origin }, body })).status;
  };
  assert.equal(await hello(await startVite(t, guide, configFile)), 200);
  assert.equal(await hello(await startVite(t, guide, configFile, { changeOrigin: true })), 403);
});

test('react: the hooks, in StrictMode', async (t) => {
  const guide = await setUp(t, 'react.md', ['react', 'react-dom/client']);
  const page = await guide.open(await startVite(t, guide, join(guide.directory, 'vite.config.js')));
  await page.locator('#state').getByText('connected').waitFor();
  await page.locator('#total').getByText('0', { exact: true }).waitFor();
  await page.click('#add');
  await page.locator('#total').getByText('1', { exact: true }).waitFor();
});
