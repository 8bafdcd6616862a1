// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The page of the sensors, with what this machine has of them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPython, until } from '../js/help.mjs';
import { DESKTOP, launch, newPage, PHONE, picture } from './browser.mjs';
import { Proxy } from './proxy.mjs';

const STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await startPython(fileURLToPath(new URL('../../examples/sensors.py', import.meta.url)));
});

after(async () => {
  await browser.close();
  assert.equal(await server.stop(), 0);
});

class Board {
  constructor(page) {
    this.page = page;
    this.cpu = page.getByRole('slider', { name: 'Processor, past values' });
  }

  // Without motion unless told, which is less work for a busy machine.
  static async open(t, { options = DESKTOP, url = server.url, transport, reducedMotion = 'reduce' } = {}) {
    const board = new Board(await newPage(t, browser, { ...options, reducedMotion }));
    await board.page.goto(url + (transport ? `/?transport=${transport}` : ''));
    await board.cpu.waitFor();
    await board.page.locator('#updated time').waitFor();
    return board;
  }

  // The values of all cards as one reads them.
  async values() {
    return (await this.page.locator('.value').allTextContents()).map((text) => text.trim());
  }

  time(selector) {
    return this.page.locator(selector).first().evaluate(({ dateTime }) => Date.parse(dateTime));
  }

  // Presses a key on the plot of the processor, and gives the time that is read then.
  async press(key) {
    await this.cpu.press(key);
    return this.time('.readout time');
  }

  // The times of all values since then, by going through the plot.
  async times(since) {
    const times = [await this.press('End')];
    while (times[0] > since) times.unshift(await this.press('ArrowLeft'));
    return times;
  }

  // Waits for the value of a time after `time`.
  async isPast(time) {
    await until(async () => await this.time('#updated time') > time, `value after ${new Date(time).toISOString()}`);
  }

  async isLinked(state) {
    await this.page.locator(`#link[data-state="${state}"]`).waitFor();
  }
}

// Most of the time they wait for the next value.
describe('the page of the sensors', { concurrency: 2 }, () => {
  for (const transport of ['websocket', 'comet']) {
    describe(`over ${transport}`, () => {
      test('values arrive and change', async (t) => {
        const board = await Board.open(t, { transport, reducedMotion: 'no-preference' });
        const words = await board.page.locator('#link .words').textContent();
        assert.equal(words, { websocket: 'WebSocket', comet: 'Comet' }[transport]);
        const first = await board.values();
        assert.ok(first.length >= 3, `${first}`);
        for (const value of first) assert.match(value, /^\d[\d.,]*( (%|°C|[kMGT]?B(\/s)?))?$/);
        await board.isPast(await board.time('#updated time') + 1000);
        await until(async () => String(await board.values()) !== String(first), 'other values');
        assert.match(await board.page.locator('.low').first().textContent(), /^\d/);
      });

      test('after a cut it goes on, and what was missed is filled in', async (t) => {
        const proxy = await Proxy.start(t, server.url);
        const board = await Board.open(t, { url: proxy.url, transport });
        const last = await board.time('#updated time');
        proxy.cut();
        await board.isLinked('waiting');
        await board.page.getByRole('status').getByText('No connection').waitFor();
        await board.page.locator('#updated').getByText('Last values of').waitFor();
        await until(() => Date.now() > last + 3600, 'time without a connection');
        const { x, y, width, height } = await board.cpu.boundingBox();
        await board.page.mouse.move(x + width - 2, y + height / 2);
        await board.cpu.getByText('No data').waitFor();
        await picture(board.page, `sensors-${transport}-lost`);
        proxy.mend();
        await board.page.evaluate(() => dispatchEvent(new Event('online')));
        await board.isLinked('connected');
        await board.isPast(last + 5000);
        const times = await board.times(last);
        assert.ok(times.at(-1) > last + 3500, `${times}`);
        const longest = Math.max(...times.slice(1).map((time, index) => time - times[index]));
        assert.ok(longest < 2500, `${longest} ms without a value`);
      });
    });
  }

  test('who comes later has what was before, in a strict page, by WebSocket without a wish', async (t) => {
    const first = await Board.open(t);
    await first.isPast(await first.time('#updated time') + 1000);
    const opened = Date.now();
    const { url } = await Proxy.start(t, server.url, { policy: STRICT });
    const board = await Board.open(t, { url });
    assert.equal(await board.page.locator('#link .words').textContent(), 'WebSocket');
    const oldest = await board.press('Home');
    assert.ok(oldest < opened - 900, `${oldest} is before ${opened}`);
    assert.ok(await board.press('ArrowRight') < opened);
  });

  test('the mouse reads all plots at once', async (t) => {
    const { page, cpu } = await Board.open(t);
    const { x, y, width, height } = await cpu.boundingBox();
    await page.mouse.move(x + width - 3, y + height / 2);
    await cpu.locator('.readout b').getByText('%').waitFor();
    assert.equal(await page.locator('.readout:visible').count(), await page.locator('.card').count());
    assert.equal(new Set(await page.locator('.readout time').allTextContents()).size, 1);
    await picture(page, 'sensors-hover');
    await page.mouse.move(x + 3, y + height / 2);
    await cpu.getByText('No data').waitFor();
    await page.mouse.move(1, 1);
    await page.locator('.readout').first().waitFor({ state: 'hidden' });
  });

  test('a finger reads too, and what it has read stays', async (t) => {
    const { page, cpu } = await Board.open(t, { options: PHONE });
    const { width, height } = await cpu.boundingBox();
    await cpu.tap({ position: { x: width - 3, y: height / 2 } });
    await cpu.locator('.readout b').getByText('%').waitFor();
    await page.locator('h1').tap();
    await cpu.locator('.readout').waitFor({ state: 'hidden' });
  });

  test('keys are enough', async (t) => {
    const board = await Board.open(t);
    const { page, cpu } = board;
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.value), '1');
    await page.keyboard.press('Tab');
    assert.equal(await cpu.evaluate((plot) => plot === document.activeElement), true);
    await board.isPast(await board.time('#updated time'));
    const end = await board.press('End');
    const told = await cpu.getAttribute('aria-valuetext');
    assert.match(told, /% .*\d/);
    const left = await board.press('ArrowLeft');
    assert.ok(left < end && left > end - 2500);
    assert.equal(await cpu.getAttribute('aria-valuetext'), (await cpu.locator('.readout').textContent()).trim());
    // It stays with what was read, whatever comes.
    await board.isPast(end + 1000);
    assert.equal(await board.time('.readout time'), left);
    await cpu.press('Escape');
    await cpu.locator('.readout').waitFor({ state: 'hidden' });
  });

  test('how much is shown can be chosen, and is kept', async (t) => {
    const { page, cpu } = await Board.open(t);
    assert.equal(await cpu.getAttribute('aria-valuemin'), '-60');
    await page.getByText('10 min', { exact: true }).click();
    assert.equal(await cpu.getAttribute('aria-valuemin'), '-600');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await cpu.getAttribute('aria-valuemin'), '-300');
    await page.reload();
    await cpu.waitFor();
    assert.equal(await page.getByLabel('5 min', { exact: true }).isChecked(), true);
  });

  test('on every width there is nothing beside the page', async (t) => {
    const tablet = { viewport: { width: 820, height: 1180 } };
    await Promise.all(Object.entries({ desktop: DESKTOP, phone: PHONE, tablet }).map(async ([device, options]) => {
      const { page } = await Board.open(t, { options });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), device);
      await picture(page, `sensors-${device}-light`);
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.evaluate(() => new Promise(requestAnimationFrame));
      await picture(page, `sensors-${device}-dark`);
    }));
  });
});
