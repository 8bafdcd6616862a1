// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The chat page, two windows and more, over both transports.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { startChat } from '../js/help.mjs';
import { DESKTOP, launch, newPage, PHONE, picture } from './browser.mjs';
import { Visitor } from './visitor.mjs';
import { Proxy } from './proxy.mjs';

const STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const NASTY = '<img src=x onerror="document.title=\'broken\'"> & <b>bold</b> "quoted"';

let browser;
let server;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

beforeEach(async () => {
  server = await startChat();
});

afterEach(() => server.stop('SIGKILL'));

function enter(t, name, options) {
  return Visitor.enter(t, browser, name, { url: server.url, ...options });
}

for (const transport of ['websocket', 'comet']) {
  describe(`over ${transport}`, () => {
    test('two windows talk', async (t) => {
      const ann = await enter(t, 'Ann', { transport });
      assert.equal(await ann.page.locator('#link .words').textContent(), { websocket: 'WebSocket', comet: 'Comet' }[transport]);
      await ann.counts(1);
      await picture(ann.page, `${transport}-empty`);
      const bob = await enter(t, 'Bob', { transport, options: { ...PHONE, colorScheme: 'dark' } });
      await ann.sees('Bob');
      await Promise.all([ann.counts(2), bob.counts(2)]);
      await ann.say('Hello Bob');
      await Promise.all([ann.reads('Hello Bob', true), bob.reads('Hello Bob')]);
      await bob.say('Hello Ann');
      await bob.say('How are you?');
      await Promise.all([ann.reads('How are you?'), bob.reads('How are you?', true)]);
      assert.deepEqual(await ann.words(), ['Hello Bob', 'Hello Ann', 'How are you?']);
      assert.deepEqual(await bob.words(), await ann.words());
      assert.equal(await ann.page.locator('#unsent li').count(), 0);
      await picture(ann.page, `${transport}-desktop`);
      await picture(bob.page, `${transport}-phone-dark`);
    });

    test('names and messages are text, never markup', async (t) => {
      const ann = await enter(t, '<b>Ann</b>', { transport });
      const bob = await enter(t, 'Bob', { transport });
      await bob.sees('<b>Ann</b>');
      await ann.say(NASTY);
      await Promise.all([ann.reads(NASTY, true), bob.reads(NASTY)]);
      assert.equal(await bob.page.locator('#log img, #log b, #people b').count(), 0);
      assert.match(await bob.page.title(), /lobby/);
      await picture(bob.page, `${transport}-escaped`);
    });

    test('a newcomer gets the last messages, who leaves is gone', async (t) => {
      const ann = await enter(t, 'Ann', { transport });
      for (const text of ['one', 'two', 'three']) await ann.say(text);
      await ann.reads('three', true);
      const bob = await enter(t, 'Bob', { transport });
      await bob.reads('three');
      assert.deepEqual(await bob.words(), ['one', 'two', 'three']);
      await Promise.all([ann.counts(2), bob.counts(2)]);
      if (transport === 'comet') return; // there it takes as long as a poll may
      await bob.page.close();
      await ann.counts(1);
    });

    test('rooms are apart', async (t) => {
      const ann = await enter(t, 'Ann', { transport, path: '/tea' });
      const bob = await enter(t, 'Bob', { transport, path: '/caf%C3%A9%20noir' });
      assert.equal(await bob.page.locator('h1').textContent(), 'café noir');
      await bob.say('only here');
      await bob.reads('only here', true);
      await ann.counts(1);
      await ann.page.getByLabel('Room to go to').fill('#café noir');
      await ann.page.getByLabel('Room to go to').press('Enter');
      await ann.page.waitForURL((url) => decodeURIComponent(url.pathname) === '/café-noir');
      await ann.page.goto(`${server.url}/caf%C3%A9%20noir?transport=${transport}`);
      await ann.reads('only here');
      await ann.counts(2);
    });

    test('it comes back when the server does', async (t) => {
      const ann = await enter(t, 'Ann', { transport });
      const bob = await enter(t, 'Bob', { transport });
      await ann.say('before');
      await bob.reads('before');
      const { port } = server;
      await server.stop('SIGKILL');
      await ann.page.locator('#notice').getByText('No connection').waitFor();
      await ann.say('meanwhile');
      await ann.page.locator('#unsent').getByText('meanwhile').waitFor();
      await picture(ann.page, `${transport}-lost`);
      server = await startChat({ port });
      await Promise.all([ann.isLinked('connected'), bob.isLinked('connected')]);
      await ann.reads('meanwhile', true);
      await bob.say('after');
      await Promise.all([ann.reads('after'), ann.counts(2), bob.counts(2)]);
      assert.deepEqual(await ann.words(), ['before', 'meanwhile', 'after']);
      assert.equal(await ann.page.locator('#unsent li').count(), 0);
    });
  });
}

test('without a wish it is WebSocket, and a strict policy is kept', async (t) => {
  const { url } = await Proxy.start(t, server.url, { policy: STRICT });
  const ann = await enter(t, 'Ann', { url });
  await ann.page.locator('#link .words').getByText('WebSocket').waitFor();
  await ann.say('strict');
  await ann.reads('strict', true);
});

test('the name is kept, and can be changed', async (t) => {
  const ann = await enter(t, 'Ann');
  const bob = await enter(t, 'Bob');
  await ann.page.reload();
  await ann.sees('Ann');
  assert.equal(await ann.page.locator('#hello').getAttribute('open'), null);
  await ann.page.getByRole('button', { name: 'Change name' }).click();
  await ann.page.getByLabel('Your name').fill('Anna');
  await ann.page.getByLabel('Your name').press('Enter');
  await Promise.all([ann.sees('Anna'), bob.sees('Anna'), bob.counts(2)]);
});

test('who reads back is left there, and told', async (t) => {
  const ann = await enter(t, 'Ann');
  const bob = await enter(t, 'Bob', { options: { ...PHONE, colorScheme: 'light' } });
  for (let i = 0; i < 30; i++) await ann.say(`line ${i}`);
  await bob.reads('line 29');
  const position = () => bob.page.locator('#scroll').evaluate(({ scrollTop, scrollHeight, clientHeight }) =>
    Math.round(scrollHeight - clientHeight - scrollTop));
  assert.ok(await position() <= 1, 'at the end');
  await bob.page.locator('#scroll').evaluate((scroll) => {
    scroll.scrollTop = 100;
  });
  await bob.page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  }));
  await ann.say('news');
  await bob.page.getByRole('button', { name: '1 new message' }).waitFor();
  assert.ok(await position() > 200, 'still back');
  await picture(bob.page, 'reading-back');
  await bob.page.getByRole('button', { name: '1 new message' }).click();
  assert.ok(await position() <= 1, 'at the end again');
});

test('keys are enough', async (t) => {
  const { page, ...ann } = await enter(t, 'Ann');
  assert.ok(page && ann);
  const focused = () => page.evaluate(() => document.activeElement.id);
  assert.equal(await focused(), 'text');
  await page.keyboard.type('two');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('lines');
  await page.keyboard.press('Enter');
  await page.locator('#log .own .words').getByText('two lines').waitFor();
  assert.equal(await page.locator('#log .words').textContent(), 'two\nlines');
  await page.locator('#scroll').focus();
  await page.keyboard.type('x');
  assert.equal(await focused(), 'text');
  assert.equal(await page.locator('#text').inputValue(), 'x');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'scroll');
});

test('on a phone rooms and people are a drawer', async (t) => {
  const { page } = await enter(t, 'Ann', { options: PHONE });
  assert.equal(await page.locator('#side').isVisible(), false);
  await page.getByRole('button', { name: 'Rooms and people' }).click();
  await page.getByRole('link', { name: 'lobby' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'lobby' }).getAttribute('aria-current'), 'page');
  await page.locator('#people .who').getByText('Ann').waitFor();
  await picture(page, 'drawer');
  await page.keyboard.press('Escape');
  await page.locator('#side').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'menu');
});

test('pictures of the first visit', { skip: !process.env.ROCKETIO_SCREENSHOTS }, async (t) => {
  for (const [device, options] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await newPage(t, browser, { ...options, colorScheme });
      await page.goto(server.url);
      await page.getByLabel('Your name').waitFor();
      await picture(page, `hello-${device}-${colorScheme}`);
    }
  }
});
