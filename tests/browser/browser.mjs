// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the tests in a browser share.
//   CHROMIUM              the browser, /usr/bin/chromium unless told
//   ROCKETIO_SCREENSHOTS  a directory for pictures; without it none are taken

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { DEADLINE } from '../js/help.mjs';

const PICTURES = process.env.ROCKETIO_SCREENSHOTS;

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

// A page in a context of its own; the test fails when the page throws, or breaks its security policy.
export async function newPage(t, browser, options = DESKTOP) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults = [];
  page.setDefaultTimeout(DEADLINE);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) faults.push(message.text());
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, []);
  });
  return page;
}

export async function picture(page, name) {
  if (!PICTURES) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
