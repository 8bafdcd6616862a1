// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The server behind nginx and Caddy, with the configurations of docs/comet-and-proxies.md. That guide says nothing that
// is not tried here. It takes more than a minute, since a minute is how long proxies wait where nobody tells them.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DESKTOP, launch, newPage } from '../browser/browser.mjs';
import { startChat, startTestapp, tick, until, within } from '../js/help.mjs';
import { ask, CometPeer, hostOf, originOf, WebSocketPeer } from './peers.mjs';
import { Proxy, SITES } from './programs.mjs';

const KINDS = ['nginx', 'caddy'];
const IDLE = 66000;
const SHORT = ['proxy_read_timeout 330s;', 'proxy_read_timeout 2s;'];
const SCRIPTS = [
  '/rocketio/rocketio.js', '/rocketio/rocketio.mjs', '/cometio/cometio.js', '/websocketio/websocketio.js',
];
const FOREIGN = 'https://elsewhere.example';

const proxies = {};
const ends = [];
let server;
let direct;
let sleepers;

before(async () => {
  server = await startTestapp();
  ends.push(() => server.stop('SIGKILL'));
  direct = placeOf(server);
  sleepers = lieDown();
  sleepers.catch(() => {}); // its test tells
});

after(async () => {
  await sleepers?.catch(() => {});
  for (const end of ends.reverse()) await end();
});

function placeOf({ port }) {
  return { name: '127.0.0.1', port: Number(port), secure: false };
}

function place({ http, https }, name, secure) {
  return { name, secure, port: secure ? https : http };
}

// Connects to a server that nobody else disturbs, each way there is, and leaves it at that. The other tests go on
// meanwhile.
async function lieDown() {
  const t = { after: (end) => ends.push(end) };
  const other = await startTestapp();
  t.after(() => other.stop('SIGKILL'));
  const peers = {};
  for (const kind of KINDS) {
    const proxy = await Proxy.start(kind, other.port);
    t.after(() => proxy.stop());
    for (const [name, secure] of [[SITES[0], true], [SITES[1], false], [SITES[1], true]]) {
      const here = place(proxy, name, secure);
      const what = `${kind}, ${originOf(here)}`;
      peers[`${what}, WebSocket`] = await WebSocketPeer.connect(t, here);
      peers[`${what}, Comet`] = await CometPeer.connect(t, here);
      if (secure) peers[`${what}, Comet over HTTP/2`] = await CometPeer.connect(t, here, { overHttp2: true });
    }
  }
  return { peers: Object.entries(peers), other: placeOf(other), since: Date.now() };
}

// One of its own for a test: where it is reached, with TLS.
async function own(t, kind, port, options) {
  const proxy = await Proxy.start(kind, port, options);
  t.after(() => proxy.stop());
  return { name: SITES[0], secure: true, port: proxy.https };
}

async function poll(at, origin) {
  const { status } = await ask(at, '/cometio/io?session=', { headers: origin ? { origin } : {} });
  return status;
}

function handshake(t, at, headers) {
  return WebSocketPeer.connect(t, at, { headers }).then(() => 101, ({ status }) => status);
}

function describePlace(kind, name, secure) {
  let here;

  beforeEach(async () => {
    here = place(await proxies[kind], name, secure);
  });

  test('settings and scripts', async () => {
    for (const path of ['/rocketio/settings', '//rocketio/settings']) {
      const { status, body } = await ask(here, path);
      assert.equal(status, 200);
      const { websocket, comet } = JSON.parse(body);
      // That there is TLS the server does not know.
      assert.equal(websocket, `ws://${hostOf(here)}/websocketio/io`);
      assert.equal(comet, `http://${hostOf(here)}/cometio/io`);
    }
    for (const path of SCRIPTS) {
      const { status, headers, body } = await ask(here, path);
      assert.deepEqual([status, headers['content-type']], [200, 'text/javascript; charset=utf-8']);
      assert.match(body, /^\/\*! rocketio-glib/);
    }
  });

  test('what else there is', async () => {
    const [home, other] = [await ask(here, '/'), await ask(here, '/other')];
    if (name === SITES[0]) assert.equal(home.status, 404); // the test server has no pages
    else assert.match(home.body, /<title>static</);
    assert.equal(other.status, 404);
  });

  test('a WebSocket', async (t) => {
    const peer = await WebSocketPeer.connect(t, here);
    assert.match(peer.session, /^[0-9a-f]{32}$/);
    const data = { text: 'ü"'.repeat(1000), list: [1, null, 2.5] };
    peer.push('echo', data);
    assert.deepEqual(await peer.hears('echo'), data);
    const again = await WebSocketPeer.connect(t, here, { id: peer.session });
    assert.equal(again.session, peer.session);
    await within(peer.closed, 'end of the connection before');
  });

  for (const overHttp2 of secure ? [false, true] : [false]) {
    test(`Comet over HTTP/${overHttp2 ? 2 : 1.1}`, async (t) => {
      const peer = await CometPeer.connect(t, here, { overHttp2 });
      assert.match(peer.session, /^[0-9a-f]{32}$/);
      const data = { text: 'ü & + = % "'.repeat(1000), list: [1, null, 2.5] };
      const { status, body } = await peer.post({ type: 'echo', data }, { type: 'echo', data: 2 });
      assert.deepEqual([status, JSON.parse(body)], [200, { session: peer.session, success: true }]);
      assert.deepEqual([await peer.hears('echo'), await peer.hears('echo')], [data, 2]);
    });
  }

  test('pushes reach everybody', async (t) => {
    const one = await WebSocketPeer.connect(t, here);
    const two = await CometPeer.connect(t, here);
    const three = await WebSocketPeer.connect(t, direct);
    const all = (type) => Promise.all([one, two, three].map((peer) => peer.hears(type)));
    one.push('broadcast', 'from one');
    assert.deepEqual(await all('broadcast'), Array(3).fill('from one'));
    await two.post({ type: 'broadcast', data: 'from two' });
    assert.deepEqual(await all('broadcast'), Array(3).fill('from two'));
    three.push('broadcast', 'from three');
    assert.deepEqual(await all('broadcast'), Array(3).fill('from three'));
  });

  test('its own pages may, those of others may not', async (t) => {
    const origin = originOf(here);
    assert.deepEqual([await poll(here, origin), await handshake(t, here, { origin })], [200, 101]);
    assert.deepEqual([await poll(here, FOREIGN), await handshake(t, here, { origin: FOREIGN })], [403, 403]);
  });
}

for (const kind of KINDS) {
  describe(kind, () => {
    before(async () => {
      proxies[kind] = Proxy.start(kind, server.port);
      await proxies[kind].then((proxy) => ends.push(() => proxy.stop()), () => {}); // each test tells
    });

    for (const name of SITES) {
      for (const secure of [false, true]) {
        describe(originOf({ name, secure, port: secure ? 443 : 80 }), () => describePlace(kind, name, secure));
      }
    }
  });
}

describe('a proxy that waits for 2 s only', () => {
  test('cuts what is idle', async (t) => {
    const here = await own(t, 'nginx', server.port, { change: SHORT });
    const [one, two] = [await WebSocketPeer.connect(t, here), await CometPeer.connect(t, here)];
    assert.equal(await within(two.ended, 'end of the poll'), 504);
    await within(one.closed, 'end of the WebSocket');
  });

  test('is no matter when polls are shorter and something is pushed', async (t) => {
    const other = await startTestapp({}, '--comet-timeout', '1');
    t.after(() => other.stop('SIGKILL'));
    const here = await own(t, 'nginx', other.port, { change: SHORT });
    const poller = await CometPeer.connect(t, here);
    const [heard, speaker] = [await WebSocketPeer.connect(t, here), await WebSocketPeer.connect(t, here)];
    const timer = setInterval(() => {
      heard.push('echo', null); // the server pushes
      speaker.push('__heartbeat', null); // the client pushes
    }, 500);
    t.after(() => clearInterval(timer));
    for (let i = 0; i < 4; i++) await poller.hears('__heartbeat'); // each after 1 s
    await within((await WebSocketPeer.connect(t, here)).closed, 'end of a WebSocket that is silent');
    assert.deepEqual([heard.isClosed, speaker.isClosed], [false, false]);
    assert.ok(poller.polls.every((status) => status === 200));
  });
});

describe('each line is needed', () => {
  const host = 'proxy_set_header Host $http_host;';
  const faults = {
    'without Upgrade there is no WebSocket': ['nginx', ['proxy_set_header Upgrade $http_upgrade;', ''], 200, 426],
    'nor without Connection': ['nginx', ['proxy_set_header Connection $rocketio_connection;', ''], 200, 426],
    'nor by HTTP/1.0': ['nginx', ['proxy_http_version 1.1;', ''], 200, 426],
    'without Host requests are refused': ['nginx', [host, ''], 421, 421],
    'also if only the port is missing': ['nginx', [host, 'proxy_set_header Host $host;'], 403, 403],
    'also by Caddy': ['caddy', ['reverse_proxy 127.0.0.1:5000\n', `reverse_proxy 127.0.0.1:5000 {
      header_up Host {upstream_hostport}
    }\n`], 403, 403],
  };
  for (const [name, [kind, change, ofPoll, ofHandshake]] of Object.entries(faults)) {
    test(name, async (t) => {
      const here = await own(t, kind, server.port, { change });
      const origin = originOf(here);
      assert.deepEqual([await poll(here, origin), await handshake(t, here, { origin })], [ofPoll, ofHandshake]);
    });
  }

  test('without a server the answer is 502, and then it goes on', async (t) => {
    const first = await startTestapp();
    const { port } = first;
    t.after(() => first.stop('SIGKILL'));
    const places = [];
    for (const kind of KINDS) places.push(await own(t, kind, port));
    for (const here of places) assert.equal(await poll(here), 200);
    await first.stop('SIGKILL');
    for (const here of places) assert.equal(await poll(here), 502);
    const second = await startTestapp({ port });
    t.after(() => second.stop('SIGKILL'));
    for (const here of places) await until(async () => await poll(here) === 200, 'answer of the server that came back');
  });
});

describe('the chat', () => {
  let browser;
  let chat;

  before(async () => {
    [browser, chat] = await Promise.all([launch(), startChat()]);
  });

  after(async () => {
    await browser?.close();
    await chat?.stop('SIGKILL');
  });

  async function enter(t, url, name) {
    const page = await newPage(t, browser, { ...DESKTOP, ignoreHTTPSErrors: true });
    await page.goto(url);
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('Your name').press('Enter');
    await page.locator('#people .who').getByText(name, { exact: true }).waitFor({ state: 'attached' });
    return page;
  }

  async function say(page, text) {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByLabel('Message', { exact: true }).press('Enter');
  }

  test('without Upgrade it is a stream of events', async (t) => {
    const change = ['proxy_set_header Upgrade $http_upgrade;', ''];
    const page = await enter(t, `${originOf(await own(t, 'nginx', chat.port, { change }))}/no-upgrade`, 'Ann');
    assert.equal(await page.locator('#link .words').textContent(), 'SSE');
  });

  test('with HTTP/2 there is room for seven pages over Comet', async (t) => {
    const url = `${originOf(await own(t, 'nginx', chat.port))}/seven?transport=comet`;
    const first = await enter(t, url, 'Ann');
    for (let i = 0; i < 6; i++) {
      const page = await first.context().newPage();
      await page.goto(url);
      await page.locator('#link[data-state="connected"]').waitFor();
    }
  });

  for (const kind of KINDS) {
    for (const [transport, words] of [['', 'WebSocket'], ['comet', 'Comet']]) {
      test(`through ${kind} with TLS over ${words}`, async (t) => {
        const url = `${originOf(await own(t, kind, chat.port))}/room-${kind}-${words}?transport=${transport}`;
        const [ann, bob] = [await enter(t, url, 'Ann'), await enter(t, url, 'Bob')];
        for (const page of [ann, bob]) assert.equal(await page.locator('#link .words').textContent(), words);
        await say(ann, 'Hello Bob');
        await bob.locator('#log .words').getByText('Hello Bob').waitFor();
        await say(bob, 'Hello Ann');
        await ann.locator('#log .words').getByText('Hello Ann').waitFor();
      });
    }
  }
});

test('idle for longer than a minute', async (t) => {
  const { peers, other, since } = await sleepers;
  await tick(Math.max(0, since + IDLE - Date.now()));
  for (const [what, peer] of peers) {
    // The one answer so far told the session's id.
    if (peer instanceof CometPeer) assert.deepEqual(peer.polls, [200], what);
    else assert.equal(peer.isClosed, false, what);
  }
  const pusher = await WebSocketPeer.connect(t, other);
  pusher.push('broadcast', 'awake');
  for (const [what, peer] of peers) assert.equal(await peer.hears('broadcast'), 'awake', what);
});
