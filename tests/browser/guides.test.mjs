// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The pages that the guides show, with the servers that they show, in a browser.
// tests/guides/guides.py builds them, and tells what it needs in the environment.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../js/help.mjs';
import { launch } from './browser.mjs';
import { Guide } from './guide.mjs';

const LANGUAGES = process.env.ROCKETIO_LANGUAGES.split(' ');

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

test('first-server: the total, and what happens when the server comes back', async (t) => {
  const guide = await Guide.build(t, browser, 'first-server.md');
  const stop = await guide.start('./server');
  const pages = [await guide.open(), await guide.open()];
  for (const page of pages) await page.locator('#total').getByText('0', { exact: true }).waitFor();
  await pages[0].click('#add');
  for (const page of pages) await page.locator('#total').getByText('1', { exact: true }).waitFor();
  await stop();
  await pages[1].locator('#state').getByText(/waiting|connecting/).waitFor();
  for (let i = 0; i < 2; i++) await pages[1].click('#add');
  await guide.start('./server');
  for (const page of pages) {
    await page.locator('#state').getByText('connected').waitFor();
    await page.locator('#total').getByText('2', { exact: true }).waitFor();
  }
});

test('channels: rooms, and a page that moves', async (t) => {
  const guide = await Guide.build(t, browser, 'channels.md');
  await guide.start('./rooms');
  const kitchen = await guide.open('/kitchen');
  const garden = await guide.open('/garden');
  for (const page of [kitchen, garden]) await page.locator('#count').getByText('1', { exact: true }).waitFor();
  const mover = await guide.open('/moving.html');
  await mover.waitForFunction('globalThis.io?.state === "connected"');
  await until(async () => {
    await garden.fill('#text', 'Hello');
    await garden.press('#text', 'Enter');
    return await mover.title() === 'Hello';
  }, 'what is said in the garden');
  await garden.locator('#lines').getByText('Hello').first().waitFor();
  await kitchen.fill('#text', 'Dinner');
  await kitchen.press('#text', 'Enter');
  await kitchen.locator('#lines').getByText('Dinner').waitFor();
  await garden.fill('#text', 'Coming');
  await garden.press('#text', 'Enter');
  await garden.locator('#lines').getByText('Coming').waitFor();
  assert.equal(await garden.getByText('Dinner').count(), 0);
});

test('embedding: a page that is compiled in', async (t) => {
  const guide = await Guide.build(t, browser, 'embedding.md');
  await guide.start('./embedding thread');
  const page = await guide.open();
  await page.waitForFunction('document.title === "21.5"');
});

test('answers: a page that asks, and is asked', async (t) => {
  const guide = await Guide.build(t, browser, 'answers.md');
  await guide.start('./answers');
  const page = await guide.open('/answers.html');
  page.on('dialog', (dialog) => dialog.accept());
  await page.waitForFunction('document.getElementById("lines").children.length === 4');
  assert.deepEqual(await page.locator('#lines li').allTextContents(), ['41.5 north', '2 bytes', 'gone', 'stopped']);
});

test('slow-clients: what is missing', async (t) => {
  const guide = await Guide.build(t, browser, 'slow-clients.md');
  await guide.start('./slow');
  const page = await guide.open('/slow.html');
  await page.getByText('3 pictures are missing').waitFor();
});

describe('other languages', () => {
  test('from-sinatra-rocketio', { skip: !LANGUAGES.includes('python') }, async (t) => {
    const guide = await Guide.build(t, browser, 'from-sinatra-rocketio.md');
    await guide.start('python3 server.py');
    const page = await guide.open();
    for (const line of ['system : welcome', 'page : websocket']) await page.getByText(line).waitFor();
  });

  test('from-socket-io', { skip: !LANGUAGES.includes('gjs') }, async (t) => {
    const guide = await Guide.build(t, browser, 'from-socket-io.md');
    await guide.start('gjs -m server.js');
    const page = await guide.open();
    await page.getByText('Ann: Hello').waitFor();
    await guide.open();
    await page.getByText('Ann is here').waitFor();
  });

  test('resume: a restart', { skip: !LANGUAGES.includes('python') }, async (t) => {
    const guide = await Guide.build(t, browser, 'resume.md');
    const stop = await guide.start('python3 server.py');
    const page = await guide.open();
    await page.locator('#state').getByText('new').waitFor();
    await page.fill('#text', 'Milk');
    await page.press('#text', 'Enter');
    await page.getByText('Milk').waitFor();
    await stop('SIGTERM');
    await page.locator('#state').getByText('cut off').waitFor();
    await page.fill('#text', 'Bread');
    await page.press('#text', 'Enter');
    await guide.start('python3 server.py');
    await page.locator('#state').getByText('nothing missed').waitFor();
    await page.getByText('Bread').waitFor();
    assert.deepEqual(await page.locator('#notes li').allTextContents(), ['Milk', 'Bread']);
  });

  test('presence-and-history: a room', { skip: !LANGUAGES.includes('python') }, async (t) => {
    const guide = await Guide.build(t, browser, 'presence-and-history.md');
    await guide.start('python3 server.py');
    const ann = await guide.open('/#ann');
    await ann.locator('#here').getByText('ann', { exact: true }).waitFor();
    await ann.fill('#text', 'Hello');
    await ann.press('#text', 'Enter');
    await ann.getByText('ann: Hello').waitFor();
    const bob = await guide.open('/#bob');
    await bob.getByText('ann: Hello').waitFor();
    for (const page of [ann, bob]) await page.locator('#here').getByText('ann, bob').waitFor();
    await bob.close();
    await ann.locator('#here').getByText('ann', { exact: true }).waitFor();
  });

  test('vala', { skip: !LANGUAGES.includes('vala') }, async (t) => {
    const guide = await Guide.build(t, browser, 'vala.md');
    await guide.start('./server');
    const page = await guide.open();
    await page.click('#add');
    await page.locator('#total').getByText('1', { exact: true }).waitFor();
  });
});
