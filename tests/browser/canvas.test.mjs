// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The canvas, on two screens and more. ROCKETIO_GJS names what runs its server, unless the build leaves GJS out.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGjs, until } from '../js/help.mjs';
import { launch, newPage, PHONE, picture } from './browser.mjs';

const SERVER = fileURLToPath(new URL('../../examples/canvas.js', import.meta.url));

let browser;
let server;

async function open(t, query = '', options = undefined) {
  const page = await newPage(t, browser, options);
  await page.goto(`${server.url}/${query}`);
  await page.locator('#link[data-state="connected"]').waitFor();
  await page.locator('#people li').first().waitFor();
  return page;
}

// Draws from one place to the other, each a part of the sheet.
async function draw(page, [x1, y1], [x2, y2]) {
  const { x, y, width, height } = await page.locator('#drawing').boundingBox();
  await page.mouse.move(x + x1 * width, y + y1 * height);
  await page.mouse.down();
  await page.mouse.move(x + x2 * width, y + y2 * height, { steps: 8 });
  await page.mouse.up();
}

// Whether something is drawn at a place.
function isInked(page, [x, y]) {
  return page.evaluate(([px, py]) => {
    const canvas = document.getElementById('drawing');
    return canvas.getContext('2d').getImageData(px * canvas.width, py * canvas.height, 1, 1).data[3] > 0;
  }, [x, y]);
}

const inked = (page, place) => until(() => isInked(page, place), `ink at ${place}`);
const bare = (page, place) => until(async () => !await isInked(page, place), `no ink at ${place}`);

describe('the canvas', { skip: !process.env.ROCKETIO_GJS }, () => {
  before(async () => {
    browser = await launch();
    server = await startGjs(SERVER);
  });

  after(async () => {
    await browser.close();
    assert.equal(await server.stop('SIGTERM'), 0);
  });

  beforeEach(async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: 'Wipe it' }).click();
    await page.locator('#hint').waitFor();
    await page.close();
  });

  test('is drawn on by several at once, and shown to who comes later', async (t) => {
    const ann = await open(t);
    const bob = await open(t, '?transport=comet');
    await Promise.all([draw(ann, [0.1, 0.2], [0.9, 0.2]), draw(bob, [0.1, 0.6], [0.9, 0.6])]);
    for (const page of [ann, bob]) {
      await inked(page, [0.5, 0.2]);
      await inked(page, [0.5, 0.6]);
      await bare(page, [0.5, 0.4]);
    }
    const eve = await open(t);
    await inked(eve, [0.5, 0.2]);
    await inked(eve, [0.5, 0.6]);
  });

  test('takes back one\'s own strokes only', async (t) => {
    const ann = await open(t);
    const bob = await open(t);
    await draw(ann, [0.1, 0.2], [0.9, 0.2]);
    await draw(ann, [0.1, 0.4], [0.9, 0.4]);
    await draw(bob, [0.1, 0.6], [0.9, 0.6]);
    await inked(ann, [0.5, 0.6]);
    await ann.keyboard.press('Control+z');
    await bare(bob, [0.5, 0.4]);
    await ann.getByRole('button', { name: 'Undo' }).click();
    await bare(bob, [0.5, 0.2]);
    await ann.getByRole('button', { name: 'Undo' }).click();
    await draw(ann, [0.1, 0.8], [0.9, 0.8]);
    await inked(bob, [0.5, 0.8]);
    await inked(bob, [0.5, 0.6]);
  });

  test('shows where the others point, by name', async (t) => {
    const ann = await open(t);
    const bob = await open(t);
    await ann.getByLabel('Your name').fill('Ann');
    await ann.getByLabel('Your name').press('Enter');
    await bob.locator('#people li[title="Ann"]').waitFor();
    const { x, y, width, height } = await ann.locator('#drawing').boundingBox();
    await ann.mouse.move(x + width / 2, y + height / 2);
    await bob.locator('.cursor').getByText('Ann', { exact: true }).and(bob.locator(':visible')).waitFor();
    await ann.context().close();
    await bob.locator('.cursor').getByText('Ann', { exact: true }).waitFor({ state: 'detached' });
  });

  test('takes no nonsense', async (t) => {
    const ann = await open(t);
    await ann.evaluate(async () => {
      const { RocketIO } = await import('/rocketio/rocketio.mjs');
      const io = new RocketIO().connect();
      await new Promise((resolve) => io.once('connect', resolve));
      for (const data of [null, 1, 'x', [], {}, { id: -1 }, { id: 1, color: 99, size: 0, path: [1, 1] },
        { id: 1, color: 1, size: 1, path: [-1, 1] }, { id: 1, color: 1, size: 1, path: ['a', {}] },
        { id: 1, color: 1, size: 1, path: [1] }, { id: 1, color: 1, size: 1, path: Array(9000).fill(1) }]) {
        for (const event of ['draw', 'point', 'name', 'undo']) io.push(event, data);
      }
      io.push('draw', { id: 2, color: 1, size: 2, path: [800, 500] });
    });
    await inked(ann, [0.5, 0.5]);
    await bare(ann, [0.01, 0.01]);
  });

  test('keeps what it can show, and brings it over Comet, too', async (t) => {
    const ann = await open(t);
    await ann.evaluate(async () => {
      const { RocketIO } = await import('/rocketio/rocketio.mjs');
      const io = new RocketIO().connect();
      await new Promise((resolve) => io.once('connect', resolve));
      io.push('draw', { id: 0, color: 1, size: 2, path: [800, 500] });
      for (let id = 1; id <= 101; id++) {
        const path = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? id * 10 : 100));
        io.push('draw', { id, color: 1, size: 0, path });
      }
    });
    await inked(ann, [101 / 160, 0.1]);
    await bare(ann, [0.5, 0.5]);
    const bob = await open(t, '?transport=comet');
    await inked(bob, [101 / 160, 0.1]);
    await bare(bob, [0.5, 0.5]);
  });

  test('looks well', { skip: !process.env.ROCKETIO_SCREENSHOTS }, async (t) => {
    const desk = await open(t);
    const phone = await open(t, '', { ...PHONE, colorScheme: 'dark' });
    for (let i = 0; i < 7; i++) {
      await desk.locator('#colors label').nth(i).click();
      await desk.locator('#sizes label').nth(i % 3).click();
      await draw(desk, [0.1 + i * 0.1, 0.2], [0.2 + i * 0.1, 0.8]);
    }
    await desk.getByLabel('Your name').fill('Ann');
    await desk.getByLabel('Your name').press('Enter');
    await draw(desk, [0.2, 0.5], [0.8, 0.4]);
    await phone.locator('.cursor:visible').first().waitFor();
    await picture(desk, 'canvas');
    await picture(phone, 'canvas-phone-dark');
  });
});
