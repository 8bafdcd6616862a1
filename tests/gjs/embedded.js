// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import RocketIO from 'gi://RocketIO?version=1.0';
import Soup from 'gi://Soup?version=3.0';

import { Client, home, join, request, serve } from './client.js';
import { equal, ok, run, test, throws } from './tap.js';

test('next to the handlers of an app\'s Soup.Server', async () => {
  for (const make of [
    (soup) => RocketIO.Server.new_for_soup_server(soup),
    (soup) => new RocketIO.Server({ soup_server: soup }),
  ]) {
    const soup = new Soup.Server();
    soup.add_handler('/own', (_server, message) => {
      message.set_status(Soup.Status.OK, null);
      message.set_response('text/plain', Soup.MemoryUse.COPY, 'mine');
    });
    soup.listen_local(0, Soup.ServerListenOptions.IPV4_ONLY);
    const url = soup.get_uris()[0].to_string().replace(/\/$/, '');
    const io = make(soup);
    ok(io.soup_server === soup, 'the same server');
    io.on('ping', (data, session) => session.push('pong', data));

    const client = await Client.connect(url);
    client.push('ping', [1]);
    equal(await client.next('pong'), [1]);
    equal(await request('GET', `${url}/own`), { status: 200, body: 'mine' });
    io.close();
    equal((await request('GET', `${url}/rocketio/settings`)).status, 404);
    equal((await request('GET', `${url}/own`)).body, 'mine');
    soup.disconnect();
  }
});

test('a client by Comet', async () => {
  const io = serve();
  const url = `${home(io)}/cometio/io`;
  const came = io.events('hello');
  const [{ type, data: id }] = JSON.parse((await request('GET', url)).body);
  equal(type, '__session_id');
  const events = [{ type: '__channel_id', data: 'red' }, { type: 'hello', data: 'there' }];
  const json = JSON.stringify({ session: id, events });
  equal((await request('POST', url, { json })).status, 200);

  const { value: [data, session] } = await came.next();
  equal([data, session.id, session.channel], ['there', id, 'red']);
  equal(session.transport, RocketIO.TransportType.COMET);
  const poll = request('GET', `${url}?session=${id}`);
  io.push('news', { n: 1 }, { channel: 'red' });
  equal(JSON.parse((await poll).body), [{ type: 'news', data: { n: 1 } }]);
  io.close();
});

test('pages, with the flags left out', async () => {
  const directory = GLib.Dir.make_tmp('rocketio-gjs-XXXXXX');
  const file = GLib.build_filenamev([directory, 'index.html']);
  GLib.file_set_contents(file, '<p>page');
  const io = serve();
  io.serve_directory(directory);
  equal(await request('GET', `${home(io)}/`), { status: 200, body: '<p>page' });
  equal((await request('GET', `${home(io)}/else`)).status, 404);
  io.serve_directory(directory, RocketIO.ServeFlags.FALLBACK_TO_INDEX);
  equal((await request('GET', `${home(io)}/else`, null, { Accept: 'text/html' })).body, '<p>page');
  throws(() => io.serve_directory(file), /./);
  throws(() => io.serve_resource('/not/there'), /./);
  equal((await request('GET', `${home(io)}/rocketio/rocketio.mjs`)).status, 200);
  io.close();
  Gio.File.new_for_path(file).delete(null);
  Gio.File.new_for_path(directory).delete(null);
});

test('the forms of listen()', async () => {
  for (const form of [[0], [{ port: 0 }], [{ address: '127.0.0.1', port: 0 }], [null, 0, null], ['127.0.0.1', 0]]) {
    const io = new RocketIO.Server();
    ok(io.listen(...form), `listen(${JSON.stringify(form)})`);
    await join(io);
    io.close();
  }

  const io = new RocketIO.Server();
  for (const port of [-1, 65536, 1.5, NaN]) throws(() => io.listen(port), /A port is a number from 1 to 65535/);
  throws(() => io.listen({ port: '80' }), /A port is a number/);
  throws(() => io.listen({ address: '127.0.0.1' }), /not undefined/);
  throws(() => io.listen({ adress: '127.0.0.1', port: 0 }), /no option "adress"; there are address, port, certificate/);
  throws(() => io.listen(), /takes a port, or \{/);
  throws(() => io.listen(5000, '127.0.0.1'), /takes a port, or \{/);
  throws(() => io.listen('example.org', 0), /no IP address/);
});

test('a certificate', async () => {
  const [file, stream] = Gio.File.new_tmp('rocketio-gjs-XXXXXX.pem');
  stream.close(null);
  const path = file.get_path();
  const openssl = Gio.Subprocess.new(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-subj', '/CN=localhost', '-keyout', path, '-out', `${path}.crt`], Gio.SubprocessFlags.STDERR_SILENCE);
  ok(openssl.wait_check(null), 'openssl');
  const certificate = Gio.TlsCertificate.new_from_files(`${path}.crt`, path);
  for (const name of [path, `${path}.crt`]) Gio.File.new_for_path(name).delete(null);

  for (const form of [[{ port: 0, certificate }], [null, 0, certificate]]) {
    const io = new RocketIO.Server();
    io.listen(...form);
    ok(home(io).startsWith('https://'), home(io));
    io.close();
  }
});

await run();
