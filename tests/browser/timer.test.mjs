// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The timer: a GApplication with an HTTP server of its own, into which RocketIO came later. ROCKETIO_TIMER names it,
// unless the build leaves Vala out.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTimer } from '../js/help.mjs';
import { launch, newPage, PHONE, picture } from './browser.mjs';

const STATUS = /^\d+ seconds left, (not )?running\n$/;

let browser;
let server;

async function open(t, query = '', options = undefined) {
  const page = await newPage(t, browser, options);
  await page.goto(`${server.url}/${query}`);
  await page.locator('#link[data-state="connected"]').waitFor();
  return page;
}

async function status() {
  return (await fetch(`${server.url}/status`)).text();
}

// Waits until the page says so.
function shows(page, time, state) {
  return page.locator(`#dial[data-state="${state}"] #time`).getByText(time, { exact: true }).waitFor();
}

describe('the timer', { skip: !process.env.ROCKETIO_TIMER }, () => {
  before(async () => {
    browser = await launch();
    server = await startTimer();
  });

  after(() => browser.close());

  test('is the same on all pages', async (t) => {
    const desk = await open(t);
    const phone = await open(t, '?transport=comet', { ...PHONE, colorScheme: 'dark' });
    assert.match(await status(), STATUS);
    await shows(desk, '5:00', 'paused');
    await shows(phone, '5:00', 'paused');

    await phone.getByRole('button', { name: '+1 minute' }).click();
    await shows(desk, '6:00', 'paused');
    await desk.getByRole('button', { name: 'Start' }).click();
    await shows(phone, '5:59', 'running');
    assert.match(await status(), /, running/);
    await picture(desk, 'timer');
    await picture(phone, 'timer-phone-dark');

    await phone.getByRole('button', { name: 'Pause' }).click();
    await desk.getByRole('button', { name: 'Start' }).waitFor();
  });

  test('obeys keys', async (t) => {
    const page = await open(t);
    await page.keyboard.press('r');
    await shows(page, '5:00', 'paused');
    await page.keyboard.press('m');
    await shows(page, '6:00', 'paused');
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('r');
    await shows(page, '5:00', 'paused');
  });

  test('ends when it is told to, and pages say so', async (t) => {
    const page = await open(t);
    assert.equal(await server.stop('SIGTERM'), 0);
    await page.locator('#link[data-state="waiting"], #link[data-state="connecting"]').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Start' }).isDisabled());
  });
});
