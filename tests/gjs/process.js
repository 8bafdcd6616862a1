// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Programs of their own: what happens to the whole process.
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';

import { equal, ok, run, test, within } from './tap.js';

Gio._promisify(Gio.Subprocess.prototype, 'communicate_utf8_async', 'communicate_utf8_finish');
Gio._promisify(Gio.DataInputStream.prototype, 'read_line_async', 'read_line_finish_utf8');

const SERVER = `
  const io = new RocketIO.Server();
  io.listen({ address: '127.0.0.1', port: 0 });
  const tell = () => setTimeout(() => Promise.resolve('listening').then(print));
`;
const MODULE = 'import RocketIO from "gi://RocketIO?version=1.0";';

const PIPES = Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE;

function start(program, { isModule = true } = {}) {
  const [file, stream] = Gio.File.new_tmp('rocketio-gjs-XXXXXX.js');
  stream.close(null);
  GLib.file_set_contents(file.get_path(), program);
  const child = Gio.Subprocess.new(['gjs', ...isModule ? ['-m'] : [], file.get_path()], PIPES);
  return { child, file };
}

async function end({ child, file }) {
  const [out, err] = await within(child.communicate_utf8_async(null, null), 'the end of a program');
  file.delete(null);
  return { out, err, ok: child.get_successful() };
}

// Once it has told that it runs, and that promises go on, it gets the signal.
async function interrupt(program, signal) {
  const started = start(program);
  const lines = new Gio.DataInputStream({ base_stream: started.child.get_stdout_pipe(), close_base_stream: false });
  const [line] = await within(lines.read_line_async(GLib.PRIORITY_DEFAULT, null), 'the first line of a program');
  equal(line, 'listening');
  started.child.send_signal(signal);
  return end(started);
}

test('run() runs until a signal', async () => {
  for (const signal of [2, 15]) {
    equal(await interrupt(`${MODULE}${SERVER} tell(); io.run(); print('ran');`, signal), { out: 'ran\n', err: '', ok: true });
  }
});

test('run() runs until close()', async () => {
  const program = `${MODULE}${SERVER} tell(); setTimeout(() => io.close(), 1); io.run(); print('ran');`;
  equal(await end(start(program)), { out: 'listening\nran\n', err: '', ok: true });
});

test('run_async() is for code behind an await', async () => {
  const program = `${MODULE} await new Promise((resolve) => setTimeout(resolve, 1)); ${SERVER}
    const running = io.run_async(); tell(); await running; print('ran');`;
  equal(await interrupt(program, 15), { out: 'ran\n', err: '', ok: true });
});

test('scripts import it by imports.gi', async () => {
  const program = `imports.gi.versions.RocketIO = '1.0'; const { RocketIO } = imports.gi; ${SERVER}
    print(typeof io.on, typeof io.events, [...io.sessions].length); tell(); setTimeout(() => io.close(), 1); io.run();`;
  const result = await end(start(program, { isModule: false }));
  equal(result, { out: 'function function 0\nlistening\n', err: '', ok: true });
});

test('what a handler throws gets to stderr', async () => {
  const program = `${MODULE}
    const io = new RocketIO.Server();
    io.on('disconnect', function careless() { throw new Error('too bad'); });
    const node = imports.gi.Json.from_string('1');
    io.on('x', async () => { await null; throw new Error('worse'); });
    io.emit('event::x', node, new RocketIO.Session(), 'x');
    io.emit('session-closed', new RocketIO.Session(), 0);
    setTimeout(() => io.close(), 1);
    io.run();`;
  const { err, ok: fine } = await end(start(program));
  ok(fine, `it goes on: ${err}`);
  ok(/WARNING.*a handler of the event "disconnect" failed: Error: too bad\ncareless@/.test(err), err);
  ok(/WARNING.*a handler of the event "x" failed: Error: worse\n/.test(err), err);
});

await run();
