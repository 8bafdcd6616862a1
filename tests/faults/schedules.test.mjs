// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Random schedules against the test server. ROCKETIO_SCHEDULES says how many there are for each transport,
// ROCKETIO_SEED brings a run back (`ROCKETIO_SEED=SEED`) or a single schedule of it
// (`ROCKETIO_SEED=SEED/TRANSPORT/NUMBER`).

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startTestapp } from '../js/help.mjs';
import { runSchedules, TRANSPORTS } from './schedules.mjs';

const COUNT = Number(process.env.ROCKETIO_SCHEDULES ?? 50);
const [SEED, ONLY, NUMBER] = (process.env.ROCKETIO_SEED ?? `${randomInt(2 ** 31)}`).split('/');

let server;

before(async () => {
  server = await startTestapp({}, '--resume-window', '60', '--heartbeat', '1/2');
});

after(async () => assert.equal(await server.stop(), 0, 'the server ends well'));

for (const transport of ONLY ? [ONLY] : TRANSPORTS) {
  test(`schedules over ${transport}`, async (t) => {
    t.diagnostic(`ROCKETIO_SEED=${SEED}`);
    const first = Number(NUMBER ?? 0);
    const count = NUMBER === undefined ? COUNT : 1;
    const { reconnects, faults } = await runSchedules(server.url, { transport, seed: SEED, count, first });
    t.diagnostic(`${count} schedules, ${faults} faults, ${reconnects} resumptions`);
  });
}
