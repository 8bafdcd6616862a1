// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import { newPage } from './browser.mjs';

// Somebody in the chat, with a page of their own.
export class Visitor {
  constructor(page) {
    this.page = page;
  }

  static async enter(t, browser, name, { url, path = '/', transport, options }) {
    const page = await newPage(t, browser, options);
    const visitor = new Visitor(page);
    await page.goto(url + path + (transport ? `?transport=${transport}` : ''));
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('Your name').press('Enter');
    await visitor.sees(name);
    return visitor;
  }

  // Waits until `name` is among the people here.
  async sees(name) {
    await this.page.locator('#people .who').getByText(name, { exact: true }).waitFor({ state: 'attached' });
  }

  async counts(number) {
    await this.page.locator('#count').getByText(number === 1 ? '1 person here' : `${number} people here`).waitFor();
  }

  async say(text) {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.getByLabel('Message', { exact: true }).press('Enter');
  }

  async reads(text, own = false) {
    await this.page.locator(`#log .message${own ? '.own' : ':not(.own)'} .words`).getByText(text, { exact: true }).waitFor();
  }

  async isLinked(state) {
    await this.page.locator(`#link[data-state="${state}"]`).waitFor();
  }

  words() {
    return this.page.locator('#log .words').allTextContents();
  }
}
