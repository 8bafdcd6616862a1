// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the build makes of the modules: it loads everywhere, and is small.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { next } from './help.mjs';
import { setUp } from './wire-2.mjs';

const run = promisify(execFile);
const js = fileURLToPath(new URL('../../js/', import.meta.url));
const LARGEST = 8 * 1024;

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
    assert.ok(size <= LARGEST, `${file} has ${size} bytes`);
  }
});

test('minified, it speaks version 2, and no member of the API has lost its name', async (t) => {
  if (!await hasEsbuild()) {
    t.skip('no esbuild');
    return;
  }
  await bundle('--esbuild', 'esbuild');
  const { RocketIO } = await import(pathToFileURL(join(directory, 'rocketio.mjs')));
  const types = await readFile(join(js, 'rocketio.d.ts'), 'utf8');
  const internal = /^INTERNAL = \[([^\]]*)\]/m.exec(await readFile(join(js, 'bundle.py'), 'utf8'))[1];
  for (const [, name] of internal.matchAll(/'(\w+)'/g)) {
    assert.ok(!new RegExp(`^ *(readonly )?${name}\\b[?(:<]`, 'm').test(types), name);
  }
  for (const type of ['websocket', 'sse', 'comet']) {
    const { server, io } = await setUp(t, { type, channel: 'c' }, { Client: RocketIO });
    server.handlers.add = ({ a, b }) => a + b;
    io.handle('who', () => new Uint8Array([1]));
    await next(io.connect(server.origin), 'connect');
    assert.equal(await io.request('add', { a: 1, b: 2 }), 3);
    assert.deepEqual(await server.session.request('who'), { id: 1, bin: true, data: 'AQ==' });
    server.cut();
    await io.push('a', new Uint8Array([1, 2]));
    assert.deepEqual(server.events.at(-1), ['a', new Uint8Array([1, 2])]);
    assert.equal(io.recovered, true);
    assert.deepEqual((await io.join('lobby')).history, []);
    io.close();
  }
});

test('packed for npm, it is found by import and by types', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'rocketio-npm-'));
  t.after(() => rm(place, { recursive: true }));
  const home = { cwd: place, env: { ...process.env, npm_config_cache: join(place, 'cache'), npm_config_offline: 'true' } };
  const { stdout } = await run('npm', ['pack', js, '--json', '--ignore-scripts'], home);
  const [{ filename, files }] = JSON.parse(stdout);
  const sources = (await readdir(join(js, 'src'))).map((name) => `src/${name}`);
  assert.deepEqual(files.map(({ path }) => path).sort(),
    ['LICENSE', 'README.md', 'package.json', 'rocketio.d.ts', ...sources].sort());
  const target = join(place, 'node_modules/@rocketio-glib/client');
  await mkdir(target, { recursive: true });
  await run('tar', ['-xzf', join(place, filename), '-C', target, '--strip-components=1']);
  await writeFile(join(place, 'main.mjs'), `import { RocketIO, RocketIOError } from '@rocketio-glib/client';
    console.log(new RocketIO().state, new RocketIOError('a', 'b').code);`);
  assert.equal((await run('node', ['main.mjs'], home)).stdout, 'closed a\n');
  await writeFile(join(place, 'main.mts'), `import { RocketIO } from '@rocketio-glib/client';
    const io: RocketIO = new RocketIO();\nio.retryNow();`);
  await run('node', [join(js, '../tests/node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--module', 'nodenext',
    '--lib', 'es2022,dom', 'main.mts'], home);
});

test('what is not used is left out', async (t) => {
  if (!await hasEsbuild()) {
    t.skip('no esbuild');
    return;
  }
  const entry = join(directory, 'entry.mjs');
  await writeFile(entry, `import { WebSocketIO } from ${JSON.stringify(join(js, 'src/index.mjs'))};\nnew WebSocketIO();`);
  const { stdout } = await run('esbuild', ['--bundle', '--format=esm', entry]);
  assert.ok(!stdout.includes('__hello') && !stdout.includes('CometLink'));
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
