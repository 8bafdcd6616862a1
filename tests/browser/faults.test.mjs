// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Random schedules of faults, as in tests/faults, for the browser client. ROCKETIO_SCHEDULES says how many there are
// for each transport, ROCKETIO_SEED brings a run back (`ROCKETIO_SEED=SEED`) or a single schedule of it
// (`ROCKETIO_SEED=SEED/TRANSPORT/NUMBER`).

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { runSchedules, TRANSPORTS } from '../faults/schedules.mjs';
import { startTestapp } from '../js/help.mjs';
import { launch } from './browser.mjs';
import { ClientsPage } from './page-client.mjs';

const COUNT = Number(process.env.ROCKETIO_SCHEDULES ?? 10);
const PARALLEL = 10;
const DEADLINE = 60000; // chromium lets WebSockets wait, up to 5 s each, when many of a process have failed
const [SEED, ONLY, NUMBER] = (process.env.ROCKETIO_SEED ?? `${randomInt(2 ** 31)}`).split('/');

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await startTestapp({}, '--resume-window', '120', '--heartbeat', '1/2', '--cross-domain');
});

after(async () => {
  await browser.close();
  assert.equal(await server.stop(), 0, 'the server ends well');
});

for (const transport of ONLY ? [ONLY] : TRANSPORTS) {
  test(`the browser client, schedules over ${transport}`, async (t) => {
    t.diagnostic(`ROCKETIO_SEED=${SEED}`);
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await ClientsPage.open(context, server.url);
    const { reconnects, faults } = await runSchedules(server.url, {
      transport,
      seed: SEED,
      first: Number(NUMBER ?? 0),
      count: NUMBER === undefined ? COUNT : 1,
      parallel: PARALLEL,
      deadline: DEADLINE,
      makeClient: (proxy, options) => page.add(proxy, options),
    });
    t.diagnostic(`${faults} faults, ${reconnects} resumptions`);
  });
}
