// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A server under strangers: soak.mjs [--minutes N] [--visitors N] [--csv FILE] [--seed N]
// Memory and descriptors have to stay flat, and no message of those who behave well may be lost.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Random } from '../faults/random.mjs';
import { startTestapp, tick } from '../js/help.mjs';
import { Meter } from './meter.mjs';
import { Regulars } from './regulars.mjs';
import { Visitors } from './visitors.mjs';

const WINDOW = 10;       // seconds that sessions which were cut off are kept
const REGULARS = 40;
const PAUSE = 250;       // milliseconds between two messages of each

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    visitors: { type: 'string', default: '1000' },
    csv: { type: 'string', default: 'soak.csv' },
    seed: { type: 'string', default: `${randomInt(2 ** 31)}` },
  },
});

function readNumber(name) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${name} wants a whole number, from 1 on; not "${values[name]}"`);
  process.exit(2);
}

async function soak(server, seconds) {
  const regulars = new Regulars(server.url, REGULARS, values.seed);
  const visitors = new Visitors(server.port, new Random(readNumber('seed')));
  const meter = new Meter(server.pid);
  const problems = [];

  await regulars.start();
  const { fds: before } = meter.measure();
  regulars.talk(PAUSE);
  meter.start(() => ({ visitors: visitors.present, visits: visitors.total, messages: regulars.heard }));
  const visits = visitors.run(readNumber('visitors'));
  await tick(seconds * 1000);
  meter.stop();
  visitors.stop();
  await visits;

  const { problems: lost, reconnected } = await regulars.finish(30000);
  problems.push(...lost, ...meter.findGrowth(Math.max(seconds / 4, 2 * WINDOW)));

  // Everybody else has gone: so have their descriptors.
  for (let i = 0; i < 50 && meter.measure().fds > before + 4; i++) await tick(200);
  const { fds: after } = meter.measure();
  if (after > before + 4) problems.push(`of ${before} descriptors there are ${after} afterwards`);

  console.log(meter.draw());
  meter.write(values.csv);
  console.log(`${visitors.total} visits: ${JSON.stringify(visitors.counts)}`);
  console.log(`${regulars.heard} of ${regulars.said} messages arrived; ${reconnected} of ${REGULARS} had to come back`);
  console.log(`descriptors: ${before} before, ${after} after; the curve is in ${values.csv}`);
  await regulars.close();
  return problems;
}

console.log(`--seed ${values.seed}`);
const server = await startTestapp({}, '--resume-window', `${WINDOW}`, '--heartbeat', '5/5', '--comet-timeout', '5');
let problems;
try {
  problems = await soak(server, readNumber('minutes') * 60);
} catch (error) {
  problems = [error.stack];
}
const status = await server.stop();
if (status !== 0) problems.push(`the server ended with ${status}`);
for (const problem of problems) console.log(`PROBLEM: ${problem}`);
console.log(problems.length === 0 ? 'well' : 'not well');
process.exit(problems.length === 0 ? 0 : 1);
