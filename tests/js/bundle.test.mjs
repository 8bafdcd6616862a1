// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the build makes of the modules: it loads everywhere, and is small.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);
const js = fileURLToPath(new URL('../../js/', import.meta.url));
const LARGEST = 9 * 1024;

const CLASSIC = {
  'rocketio.js': ['CometIO', 'EventEmitter', 'RocketIO', 'RocketIOError', 'WebSocketIO'],
  'cometio.js': ['CometIO', 'EventEmitter', 'RocketIOError'],
  'websocketio.js': ['EventEmitter', 'RocketIOError', 'WebSocketIO'],
};

let directory;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rocketio-js-'));
});

after(() => rm(directory, { recursive: true }));

async function bundle(...options) {
  await run('python3', [join(js, 'bundle.py'), '--version', '0', ...options, directory]);
}

async function hasEsbuild() {
  return run('esbuild', ['--version']).then(() => true, () => false);
}

async function globalsOf(file, page) {
  const context = createContext({ ...page });
  const known = new Set(Object.keys(context));
  runInContext(await readFile(join(directory, file), 'utf8'), context);
  return { context, names: Object.keys(context).filter((name) => !known.has(name)).sort() };
}

async function check() {
  for (const [file, expected] of Object.entries(CLASSIC)) {
    const { context, names } = await globalsOf(file, {});
    assert.deepEqual(names, expected);
    assert.equal(typeof new context.EventEmitter().on, 'function');
  }
  const module = JSON.stringify(pathToFileURL(join(directory, 'rocketio.mjs')));
  const { stdout } = await run('node', ['-e', `import(${module}).then((m) => console.log(Object.keys(m).join()))`]);
  assert.equal(stdout, 'CometIO,EventEmitter,RocketIO,RocketIOError,WebSocketIO\n');
}

test('plain: the right globals and exports, without a window', async () => {
  await bundle();
  await check();
});

test('minified: the same, and small', async (t) => {
  if (!await hasEsbuild()) {
    t.skip('no esbuild');
    return;
  }
  await bundle('--esbuild', 'esbuild');
  await check();
  for (const file of [...Object.keys(CLASSIC), 'rocketio.mjs']) {
    const text = await readFile(join(directory, file));
    const size = gzipSync(text, { level: 9 }).length;
    t.diagnostic(`${file}: ${text.length} bytes, ${size} gzipped`);
    assert.ok(size < LARGEST, `${file} has ${size} bytes`);
  }
});

test('a classic script connects to where it came from', async () => {
  await bundle();
  const asked = [];
  const { context } = await globalsOf('rocketio.js', {
    document: { currentScript: { src: 'https://example.org:8443/rocketio/rocketio.js' }, addEventListener() {} },
    location: { href: 'https://page.example/' },
    fetch: (url) => asked.push(url) && new Promise(() => {}),
    AbortController, URL, setTimeout: () => 0, clearTimeout() {},
  });
  runInContext('new RocketIO().connect()', context);
  assert.deepEqual(asked, ['https://example.org:8443/rocketio/settings']);
});

test('the sources load in Node without a window', async () => {
  const index = JSON.stringify(pathToFileURL(join(js, 'src/index.mjs')));
  const { stdout } = await run('node', ['-e', `import(${index}).then((m) => console.log(Object.keys(m).join()))`]);
  assert.equal(stdout, 'CometIO,EventEmitter,RocketIO,RocketIOError,WebSocketIO\n');
});
