// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The chat in each of its languages behaves alike; the page is the same. Languages that the build leaves out are not
// named by the environment: ROCKETIO_CHAT, ROCKETIO_CHAT_VALA, ROCKETIO_PYTHON, ROCKETIO_GJS.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startChat, startChatVala, startGjs, startPython } from '../js/help.mjs';
import { launch } from './browser.mjs';
import { Visitor } from './visitor.mjs';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const LANGUAGES = [
  ['C', 'ROCKETIO_CHAT', () => startChat()],
  ['Python', 'ROCKETIO_PYTHON', () => startPython(`${EXAMPLES}chat.py`)],
  ['GJS', 'ROCKETIO_GJS', () => startGjs(`${EXAMPLES}chat.js`)],
  ['Vala', 'ROCKETIO_CHAT_VALA', () => startChatVala()],
];

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

for (const [language, variable, start] of LANGUAGES) {
  describe(`the chat in ${language}`, { skip: !process.env[variable] }, () => {
    let server;

    before(async () => {
      server = await start();
    });

    const enter = (t, name, options) => Visitor.enter(t, browser, name, { url: server.url, ...options });

    test('brings people of a room together', async (t) => {
      const ann = await enter(t, 'Ann', { transport: 'comet' });
      const bob = await enter(t, 'Bob');
      const eve = await enter(t, 'Eve', { path: '/elsewhere' });
      await ann.counts(2);
      await eve.counts(1);

      await ann.say('Hello "Bob" <b> & ü');
      await ann.reads('Hello "Bob" <b> & ü', true);
      await bob.reads('Hello "Bob" <b> & ü');
      await bob.say('Hi');
      await ann.reads('Hi');
      assert.deepEqual(await eve.words(), []);

      await bob.page.context().close();
      await ann.counts(1);
    });

    test('keeps the last fifty lines', async (t) => {
      const ann = await enter(t, 'Ann', { path: '/busy' });
      for (let i = 1; i <= 52; i++) await ann.say(`line ${i}`);
      await ann.reads('line 52', true);
      const bob = await enter(t, 'Bob', { path: '/busy' });
      await bob.reads('line 52');
      const words = await bob.words();
      assert.equal(words.length, 50);
      assert.equal(words[0], 'line 3');
    });

    test('survives nonsense', async (t) => {
      const ann = await enter(t, 'Ann', { path: '/nonsense' });
      await ann.page.evaluate(async () => {
        const { RocketIO } = await import('/rocketio/rocketio.mjs');
        for (const channel of [null, 'nonsense', '__proto__', '']) {
          const io = new RocketIO({ channel }).connect();
          await new Promise((resolve) => io.once('connect', resolve));
          for (const data of [null, 1, [], { a: 1 }, 'x']) {
            io.push('chat', data);
            io.push('join', data);
            io.push('chat', data);
          }
        }
      });
      await ann.say('Still here');
      await ann.reads('Still here', true);
    });

    test('ends when it is told to', async () => {
      assert.equal(await server.stop('SIGTERM'), 0);
    });
  });
}
