// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The board: who logs in is let in, and sees what is for them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPython } from '../js/help.mjs';
import { DESKTOP, launch, newPage, PHONE, picture } from './browser.mjs';

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await startPython(fileURLToPath(new URL('../../examples/board.py', import.meta.url)));
});

after(async () => {
  await browser.close();
  assert.equal(await server.stop(), 0);
});

async function open(t, { options = DESKTOP, transport } = {}) {
  const page = await newPage(t, browser, options);
  await page.goto(server.url + (transport ? `/?transport=${transport}` : ''));
  return page;
}

// By the keyboard alone: the form has the focus.
async function logIn(page, name, password = 'rocket') {
  await page.locator('#login').waitFor();
  await page.waitForFunction(() => document.activeElement?.name === 'name');
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
}

async function enter(t, name, options) {
  const page = await open(t, options);
  await logIn(page, name);
  await page.locator('#link[data-state="connected"]').waitFor();
  await page.getByRole('heading', { name: 'For everybody' }).waitFor();
  return page;
}

const notes = (page, board) => page.locator('.board').filter({ hasText: board }).locator('.text').allTextContents();

async function pin(page, board, text) {
  const section = page.locator('.board').filter({ hasText: board });
  await section.getByLabel('Your note').fill(text);
  await section.getByLabel('Your note').press('Enter');
}

describe('the board', () => {
  test('who has no cookie sees a form, and a wrong password helps nobody', async (t) => {
    const page = await open(t);
    await logIn(page, 'ann', 'wrong');
    await page.getByRole('alert').getByText('That is not the password.').waitFor();
    await picture(page, 'board-door');
    assert.equal(await page.locator('#boards').isVisible(), false);
    assert.deepEqual(await page.context().cookies(), []);
  });

  for (const transport of ['websocket', 'sse', 'comet']) {
    test(`notes reach those who may see them, over ${transport}`, async (t) => {
      const ann = await enter(t, 'ann', { transport });
      const bob = await enter(t, 'bob', { transport });
      await ann.getByRole('heading', { name: 'Staff only' }).waitFor();
      assert.equal(await bob.getByRole('heading', { name: 'Staff only' }).count(), 0);
      await pin(ann, 'Staff only', `secret over ${transport}`);
      await pin(ann, 'For everybody', `news over ${transport}`);
      await bob.getByText(`news over ${transport}`).waitFor();
      await ann.getByText(`secret over ${transport}`).waitFor();
      assert.ok(!(await bob.content()).includes('secret'));
      await bob.getByText('Here: ann, bob').waitFor();
      await picture(ann, `board-${transport}`);
    });
  }

  test('the page cannot push where it may not be', async (t) => {
    const bob = await enter(t, 'bob');
    const answers = await bob.evaluate(async () => {
      const { RocketIO } = await import('/rocketio/rocketio.mjs');
      const io = new RocketIO().connect();
      const said = [];
      for (const ask of [() => io.join('staff'), () => io.request('post', { board: 'staff', text: 'hi' })]) {
        said.push(await ask().then(() => 'allowed', (error) => error.code));
      }
      io.close();
      return said;
    });
    assert.deepEqual(answers, ['denied', 'denied']);
  });

  test('the cookie lets in again, and logging out ends it in all pages', async (t) => {
    const page = await enter(t, 'ann', { options: PHONE });
    await pin(page, 'For everybody', 'still here');
    await page.reload();
    await page.getByText('still here').waitFor();
    await picture(page, 'board-phone');
    const other = await page.context().newPage();
    await other.goto(server.url);
    await other.getByText('still here').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.locator('#login').waitFor();
    await other.locator('#login').waitFor();
    await other.reload();
    await other.locator('#login').waitFor();
    assert.deepEqual(await notes(page, 'For everybody'), []);
    await logIn(page, 'bob');
    await page.getByText('still here').waitFor();
  });

  test('a page of another origin can neither log in nor read', async (t) => {
    const page = await newPage(t, browser);
    await page.goto('data:text/html,<title>elsewhere</title>');
    const outcome = await page.evaluate(async (url) => {
      const body = '{"name":"ann","password":"rocket"}';
      const json = { method: 'POST', body, headers: { 'Content-Type': 'application/json' } };
      const said = [];
      said.push(await fetch(`${url}/login`, json).then(({ status }) => status, () => 'refused'));
      said.push(await fetch(`${url}/rocketio/send`, { method: 'POST', body: '{"messages":[{"type":"__hello"}]}' })
        .then(({ status }) => status, () => 'refused'));
      return said;
    }, server.url);
    assert.deepEqual(outcome, ['refused', 'refused']);
  });
});
