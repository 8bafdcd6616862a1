// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A server that has told as many messages as one ever goes on from (protocol 2, point 4.1).

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestapp } from './help.mjs';

export const FAR = 2n ** 53n - 1n - 2n ** 40n;

const NUMBER = 8; // where it is in a state, behind two numbers of 32 bits

// Starts the test server, ends it, and starts it again with a state that says `number`.
export async function startFar(options, number, ...args) {
  const directory = await mkdtemp(join(tmpdir(), 'rocketio-'));
  const file = join(directory, 'state');
  const before = await startTestapp({}, '--state-file', file, ...args);
  await (await fetch(`${before.url}/rocketio/settings`)).text(); // so it runs, and is not just ended by a signal
  await before.stop();
  const state = await readFile(file);
  if (endianness() === 'LE') state.writeBigUInt64LE(number, NUMBER);
  else state.writeBigUInt64BE(number, NUMBER);
  await writeFile(file, state);
  const server = await startTestapp(options, '--state-file', file, ...args);
  const stop = async (signal) => {
    const status = await server.stop(signal);
    await rm(directory, { recursive: true });
    return status;
  };
  return { ...server, stop };
}
