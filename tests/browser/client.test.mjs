// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The client on pages of its own, against the test server.

/* global io, next, again, lost, long, back, echo, log, RocketIO -- in the pages */

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { FAR, startFar } from '../js/far.mjs';
import { startTestapp } from '../js/help.mjs';
import { launch, newPage } from './browser.mjs';
import { Proxy } from './proxy.mjs';

const PAGE = withScript('/rocketio/rocketio.js');
const STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'";
const WAYS = [
  ...['websocket', 'sse', 'comet'].map((type) => ({ type })),
  ...['websocket', 'comet'].map((type) => ({ type, version: 1 })),
];

let browser;
let server;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

beforeEach(async () => {
  server = await startTestapp({}, '--comet-timeout', '20');
});

afterEach(() => server.stop('SIGKILL'));

function withScript(src) {
  return { body: `<!doctype html><title>test</title><script src="${src}"></script>` };
}

// A page of what the browser takes for the server, with the client and, in `io`, a connection.
async function open(t, options, { documents, policy } = {}) {
  const proxy = await Proxy.start(t, server.url, { documents: { '/page': PAGE, ...documents }, policy });
  const page = await newPage(t, browser);
  await page.goto(`${proxy.url}/page`);
  await help(page);
  if (options) await connect(page, options);
  return Object.assign(page, { proxy });
}

// What the code in the pages uses.
function help(page) {
  return page.evaluate(() => {
    globalThis.next = (io, event) => new Promise((resolve, reject) => {
      io.once(event, resolve);
      setTimeout(() => reject(new Error(`no event "${event}"`)), 15000);
    });
  });
}

function connect(page, options, url) {
  return page.evaluate(async ([given, where]) => {
    globalThis.io = new RocketIO(given);
    await next(io.connect(where), 'connect');
  }, [options, url]);
}

for (const way of WAYS) {
  const { type, version = 2 } = way;
  describe(`over ${type}, version ${version}`, () => {
    test('connect, echo, broadcast, to an id, to a channel', async (t) => {
      const [one, two] = await Promise.all([open(t, { ...way, channel: 'c' }), open(t, { ...way, channel: 'd' })]);
      const facts = await one.evaluate(() => [io.type, io.state, io.channel]);
      assert.deepEqual(facts, [type, 'connected', 'c']);
      const session = await two.evaluate(() => io.session);
      assert.match(session, /^[0-9a-f]{32}$/);
      const data = { text: 'ü + & = % \u2028 "', list: [1, null, 2.5], deep: { a: [] } };
      const heard = await one.evaluate(async (value) => {
        const echo = next(io, 'echo');
        io.push('echo', value);
        return echo;
      }, data);
      assert.deepEqual(heard, data);
      const all = two.evaluate(async () => {
        const order = [];
        io.on('*', (event, value) => order.push([event, value]));
        io.on('foo', (value) => io.push('echo', value)); // behind it comes what is not for us
        await next(io, 'echo');
        return order;
      });
      await two.evaluate(() => 0); // listening now
      await one.evaluate(async (to) => {
        io.push('broadcast', 1);
        io.push('message', { to, text: 2 });
        io.push('message', { to: [to, 'nobody'], text: 3 });
        io.push('to_channel', 4);
        io.push('foo', 5);
        await next(io, 'to_channel');
      }, session);
      assert.deepEqual(await all, [
        ['broadcast', 1], ['message', { to: session, text: 2 }], ['message', { to: [session, 'nobody'], text: 3 }],
        ['foo', 5], ['echo', 5],
      ]);
    });

    test('order is kept, whatever the moment', async (t) => {
      const page = await open(t, way);
      const got = await page.evaluate(async () => {
        const heard = [];
        io.on('echo', (n) => heard.push(n));
        for (let i = 0; i < 300; i++) {
          io.push('echo', i);
          if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        }
        while (heard.at(-1) !== 299) await next(io, 'echo');
        return heard;
      });
      assert.deepEqual(got, [...Array(300).keys()]);
    });

    test('the server dies and comes back: what was pushed meanwhile is not lost', async (t) => {
      const page = await open(t, way);
      const session = await page.evaluate(() => {
        globalThis.log = [];
        io.on('state', ({ state }) => log.push(state));
        globalThis.lost = next(io, 'disconnect');
        return io.session;
      });
      const { port } = server;
      await server.stop('SIGKILL');
      await page.evaluate(async () => {
        await lost;
        globalThis.back = next(io, 'connect');
        globalThis.echo = next(io, 'echo');
        io.push('echo', 'meanwhile');
      });
      server = await startTestapp({ port });
      const [again, text, states] = await page.evaluate(async () => [await back, await echo, log]);
      assert.equal(again === session, version === 1); // a session of version 2 does not outlive its server
      assert.equal(text, 'meanwhile');
      assert.equal(states[0], 'waiting');
      assert.equal(states.at(-1), 'connected');
    });

    test('connect and close as often as one likes', async (t) => {
      const page = await open(t, way);
      const facts = await page.evaluate(async () => {
        let disconnects = 0;
        io.on('disconnect', () => disconnects++);
        const same = io.connect() === io && io.connect() === io;
        io.close();
        io.close();
        const { state } = io;
        const back = next(io, 'connect');
        io.connect();
        await back;
        const echo = next(io, 'echo');
        io.push('echo', 'again');
        return [same, disconnects, state, await echo];
      });
      assert.deepEqual(facts, [true, 1, 'closed', 'again']);
    });

    test('a page with a strict policy', async (t) => {
      const page = await open(t, way, { policy: STRICT });
      assert.equal(await page.evaluate(() => io.type), type);
    });

    test('a page of another origin, where that is allowed', async (t) => {
      await server.stop('SIGKILL');
      server = await startTestapp({}, '--cross-domain');
      const page = await foreign(t);
      await connect(page, way); // to where the script came from
      const text = await page.evaluate(async () => {
        const echo = next(io, 'echo');
        io.push('echo', 'far');
        return [await echo, io.type];
      });
      assert.deepEqual(text, ['far', type]);
    });

    test('a page of another origin, where that is not allowed', async (t) => {
      const page = await foreign(t);
      const state = await page.evaluate(async (given) => {
        const io = new RocketIO(given);
        let connected = false;
        io.on('connect', () => {
          connected = true;
        });
        await next(io.connect(), 'error');
        return [connected, io.state];
      }, way);
      assert.deepEqual(state, [false, 'waiting']);
    });
  });
}

// A page that is not of the server's origin, but its script is.
async function foreign(t) {
  const elsewhere = await Proxy.start(t, server.url, {
    documents: { '/page': withScript(`${server.url}/rocketio/rocketio.js`) },
  });
  const page = await newPage(t, browser);
  await page.goto(`${elsewhere.url}/page`);
  await help(page);
  return page;
}

test('listeners: on, once, "*", removal by id and by name, one that throws', async (t) => {
  const page = await open(t, {});
  const heard = await page.evaluate(async () => {
    const log = [];
    const echo = async (data) => {
      const back = next(io, 'echo');
      io.push('echo', data);
      await back;
    };
    globalThis.addEventListener('error', (event) => {
      log.push(`reported ${event.error.message}`);
      event.preventDefault();
    });
    io.once('echo', () => {
      throw new Error('on purpose');
    });
    const id = io.on('echo', (data) => log.push(`on ${data}`));
    io.once('echo', (data) => log.push(`once ${data}`));
    io.on('*', (event, data) => log.push(`* ${event} ${data}`));
    await echo(1);
    await echo(2);
    io.removeListener(id);
    await echo(3);
    io.removeListener('*');
    await echo(4);
    return log;
  });
  assert.deepEqual(heard, ['reported on purpose', 'on 1', 'once 1', '* echo 1', 'on 2', '* echo 2', '* echo 3']);
});

test('CometIO and WebSocketIO alone, from the script of each', async (t) => {
  for (const [script, name] of [['/cometio/cometio.js', 'CometIO'], ['/websocketio/websocketio.js', 'WebSocketIO']]) {
    const page = await open(t, null, { documents: { '/page': withScript(script) } });
    const [session, echo, globals] = await page.evaluate(async (which) => {
      const io = new globalThis[which]();
      const id = await next(io.connect(), 'connect');
      const back = next(io, 'echo');
      io.push('echo', which);
      return [id, await back, ['RocketIO', 'CometIO', 'WebSocketIO', 'EventEmitter'].filter((one) => one in globalThis)];
    }, name);
    assert.match(session, /^[0-9a-f]{32}$/);
    assert.equal(echo, name);
    assert.deepEqual(globals.sort(), [name, 'EventEmitter'].sort());
  }
});

test('every script to the server below the path that it came from', async (t) => {
  await server.stop('SIGKILL');
  server = await startTestapp({}, '--path-prefix', '/app');
  for (const name of ['RocketIO', 'CometIO', 'WebSocketIO']) {
    const way = name.toLowerCase();
    const page = await open(t, null, { documents: { '/page': withScript(`/app/${way}/${way}.js`) } });
    const echo = await page.evaluate(async (which) => {
      const io = new globalThis[which]();
      await next(io.connect(), 'connect');
      const back = next(io, 'echo');
      io.push('echo', which);
      return back;
    }, name);
    assert.equal(echo, name);
  }
});

test('as an ES module, to where it came from', async (t) => {
  const page = await open(t, null, {
    documents: {
      '/page': { body: '<!doctype html><script type="module" src="/page.mjs"></script>' },
      '/page.mjs': {
        type: 'text/javascript',
        body: `import * as all from '/rocketio/rocketio.mjs';
          const io = new all.RocketIO().connect();
          io.on('connect', () => { document.title = [...Object.keys(all), io.type].join(); });`,
      },
    },
  });
  await page.waitForFunction(() => document.title);
  assert.equal(await page.title(), 'CometIO,EventEmitter,RocketIO,RocketIOError,WebSocketIO,websocket');
});

test('a WebSocket port that never answers leads to Comet within 3 s', async (t) => {
  const silent = createServer(() => {});
  await new Promise((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => silent.close());
  const settings = {
    websocket: `ws://127.0.0.1:${silent.address().port}/websocketio/io`,
    comet: '/cometio/io',
    post_interval: 1,
    poll_timeout: 20,
  };
  const page = await open(t, null, {
    documents: { '/rocketio/settings': { type: 'application/json', body: JSON.stringify(settings) } },
  });
  const began = Date.now();
  await connect(page, {});
  const took = Date.now() - began;
  assert.equal(await page.evaluate(() => io.type), 'comet');
  assert.ok(took >= 2900 && took < 6000, `took ${took} ms`);
});

for (const way of WAYS) {
  const { type, version = 2 } = way;
  test(`a connection cut on its way is taken up when the browser is online again, over ${type}, version ${version}`, async (t) => {
    const page = await open(t, way);
    const session = await page.evaluate(() => {
      Math.random = () => 0.99;
      globalThis.long = new Promise((resolve) => {
        io.on('state', ({ retryIn }) => retryIn > 3000 && resolve());
      });
      return io.session;
    });
    page.proxy.cut();
    await page.evaluate(() => long);
    page.proxy.mend();
    const [again, took] = await page.evaluate(async () => {
      const began = performance.now();
      const back = next(io, 'connect');
      dispatchEvent(new Event('online'));
      return [await back, performance.now() - began];
    });
    assert.equal(again, session);
    assert.ok(took < 2000, `took ${took} ms`);
  });
}

for (const type of ['websocket', 'sse', 'comet']) {
  test(`where no server goes further from, numbers are told apart, over ${type}`, async (t) => {
    await server.stop('SIGKILL');
    server = await startFar({}, FAR);
    const [page, other] = await Promise.all([open(t, { type }), open(t, {})]);
    const session = await page.evaluate(() => {
      globalThis.log = [];
      io.on('message', ({ k }) => log.push(k));
      return io.session;
    });
    const say = (from) => other.evaluate(async ([to, begin]) => {
      for (let k = begin; k < begin + 10; k++) await io.push('message', { to, k });
    }, [session, from]);
    await say(0);
    page.proxy.cut();
    await say(10);
    page.proxy.mend();
    const heard = await page.evaluate(async () => {
      io.retryNow();
      const sum = await io.request('add', { a: 1, b: 2 });
      while (log.length < 20) await next(io, 'message');
      return [log, sum, io.session, io.recovered];
    });
    assert.deepEqual(heard, [[...Array(20).keys()], 3, session, true]);
  });

  test(`a tab that is reloaded goes on with its session, over ${type}`, async (t) => {
    const page = await open(t, { type, persist: 'tab' });
    const other = await open(t, {});
    const session = await page.evaluate(() => io.push('echo', 1).then(() => io.session));
    await page.goto('about:blank');
    await other.evaluate(() => io.push('broadcast', 'meanwhile'));
    await page.goto(`${page.proxy.url}/page`);
    await help(page);
    const heard = await page.evaluate(async (given) => {
      globalThis.io = new RocketIO(given);
      const missed = next(io, 'broadcast');
      io.connect();
      return [await missed, io.session, io.recovered, sessionStorage.length];
    }, { type, persist: 'tab' });
    assert.deepEqual(heard, ['meanwhile', session, true, 0]);
  });

  test(`bytes and requests, over ${type}`, async (t) => {
    const page = await open(t, { type });
    const got = await page.evaluate(async () => {
      const bytes = next(io, 'bytes');
      io.push('bytes', new Uint8Array([0, 128, 255]));
      const sum = await io.request('add', { a: 1, b: 2 });
      const refused = await io.request('fail').catch(({ code }) => code);
      const { history } = await io.join('history', { history: 5 });
      const echo = await bytes;
      return [echo instanceof Uint8Array, [...echo], sum, refused, history];
    });
    assert.deepEqual(got, [true, [0, 128, 255], 3, 'refused-by-app', []]);
  });
}

test('chromium posts a __hello again by itself when the connection breaks before the answer', async (t) => {
  const page = await open(t, { type: 'sse' });
  const posts = [];
  const session = await page.evaluate(() => {
    globalThis.again = next(io, 'error'); // so it asks for the settings next time, and keeps that connection
    return io.session;
  });
  page.proxy.cut();
  await page.evaluate(() => again);
  page.on('request', (request) => posts.push(request.postData() ?? ''));
  page.proxy.swallows = /^\/rocketio\/send/;
  page.proxy.mend();
  const back = await page.evaluate(async () => {
    const states = [];
    io.on('state', ({ state }) => states.push(state));
    io.retryNow();
    while (!/connected|failed/.test(io.state)) await new Promise((resolve) => io.once('state', resolve));
    return [io.session, io.recovered, states.at(-1)];
  });
  assert.deepEqual(back, [session, true, 'connected']);
  assert.equal(page.proxy.swallows, null);
  assert.equal(posts.filter((body) => body.includes('__hello')).length, 1, 'the client said it once');
});

test('a proxy that collects server-sent events is passed by', async (t) => {
  const page = await open(t);
  page.proxy.refuses = /^\/rocketio\/ws/;
  page.proxy.collects = /^\/rocketio\/sse/;
  await connect(page, {});
  assert.equal(await page.evaluate(() => io.type), 'comet');
  page.proxy.refuses = null;
  const heard = await page.evaluate(async () => {
    const states = [];
    io.on('state', ({ state }) => states.push(state));
    io.retryNow();
    while (io.type !== 'websocket') await io.push('echo', 1);
    return [await io.request('add', { a: 2, b: 3 }), states];
  });
  assert.deepEqual(heard, [5, []]);
});
