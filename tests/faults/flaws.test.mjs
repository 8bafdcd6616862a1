// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The schedules pass with a server that does it right, and do not with one that has a flaw.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeServer } from './fake-server.mjs';
import { runSchedules, TRANSPORTS } from './schedules.mjs';

const SEED = 1;

async function run(t, transport, flaw) {
  const server = await FakeServer.start({ flaw });
  t.after(() => server.stop());
  return runSchedules(server.url, { transport, seed: SEED, count: 5, deadline: flaw ? 3000 : undefined });
}

describe('flaws', { concurrency: 10 }, () => {
  for (const transport of TRANSPORTS) {
    test(`${transport}: without a flaw`, async (t) => {
      const { reconnects, faults } = await run(t, transport);
      assert.ok(reconnects > 0, 'there were resumptions');
      assert.ok(faults > 0, 'there were faults');
    });

    for (const flaw of ['loses', 'doubles', 'swaps', 'forgets']) {
      test(`${transport}: one that ${flaw} is found out`, async (t) => {
        await assert.rejects(run(t, transport, flaw), /went wrong/);
      });
    }
  }
});
