// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Checks a server against version 2 of the protocol: run.mjs [--strict] [--only NUMBER] [URL]. See README.md.

import { parseArgs } from 'node:util';
import { within } from '../js/help.mjs';
import tap from '../tap.mjs';
import { findMissing } from './app.mjs';
import { Case, cases, Skipped } from './cases.mjs';
import { startOwn } from './own.mjs';
import { Server } from './server.mjs';

const AT_ONCE = 8;

for (let section = 1; section <= 11; section++) await import(`./section-${section}.mjs`);

// Why the case cannot be tried, if so.
function reasonToSkip({ app, kinds, own: wantsOwn }, { server, missing, own }) {
  const path = kinds.find((kind) => !server.paths[kind]);
  if (path) return `the settings name no path for ${path}`;
  const name = app.find((one) => missing.has(one));
  if (name) return `the app does not do what the README says of "${name}": ${missing.get(name)}`;
  return wantsOwn && !own ? 'wants a server that the runner has started itself' : undefined;
}

// An event as the reporter gets it from Node's own test runner.
async function runCase(one, context, { strict }) {
  const data = { name: one.name, nesting: 0 };
  const reason = reasonToSkip(one, context);
  if (reason !== undefined && !strict) return { type: 'test:pass', data: { ...data, skip: reason } };
  const t = new Case(context.server, context.own);
  const begun = Date.now();
  try {
    if (reason !== undefined) throw new Error(reason);
    await within(one.run(t), 'end of the case', one.ms);
    return { type: 'test:pass', data };
  } catch (error) {
    if (error instanceof Skipped) return { type: 'test:pass', data: { ...data, skip: error.message } };
    const stack = `${error.stack}\nafter ${Date.now() - begun} ms\n${t.transcript()}`;
    return { type: 'test:fail', data: { ...data, details: { error: { stack } } } };
  } finally {
    t.end();
  }
}

// Lets some in at a time.
class Gate {
  #queue = [];
  #free;

  constructor(size) {
    this.#free = size;
  }

  async pass(run) {
    if (this.#free === 0) await new Promise((resolve) => this.#queue.push(resolve));
    else this.#free--;
    try {
      return await run();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

// Begins them all; the results are in the order of the cases. Those that push to everybody come first, because others
// would be surprised by it. Then come those that wait for time to pass, all at once, and beside them the rest.
function runAll(chosen, context, options) {
  const results = new Map();
  const begin = (list, size, before) => {
    const gate = new Gate(size);
    for (const one of list) results.set(one, before.then(() => gate.pass(() => runCase(one, context, options))));
    return Promise.all(list.map((one) => results.get(one)));
  };
  const loud = chosen.filter(({ app }) => app.includes('broadcast'));
  const others = chosen.filter((one) => !loud.includes(one));
  const silence = begin(loud, AT_ONCE, Promise.resolve());
  begin(others.filter(({ waits }) => waits), Infinity, silence);
  const calm = begin(others.filter(({ waits, heavy }) => !waits && !heavy), AT_ONCE, silence);
  begin(others.filter(({ heavy }) => heavy), 1, calm);
  return chosen.map((one) => results.get(one));
}

async function* events(results) {
  for (const result of results) yield await result;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { strict: { type: 'boolean' }, only: { type: 'string', multiple: true } },
  });
  const own = positionals.length === 0 ? await startOwn() : undefined;
  const server = await Server.find(own?.url ?? positionals[0]);
  const missing = await findMissing(server);
  const only = values.only ?? [''];
  const chosen = cases.filter(({ name }) => only.some((start) => name.startsWith(start)));
  const results = runAll(chosen, { server, missing, own }, values);
  for await (const text of tap(events(results))) process.stdout.write(text);
  const failed = (await Promise.all(results)).some(({ type }) => type === 'test:fail');
  if (own) await own.stop();
  process.exit(failed ? 1 : 0);
}

await main();
