// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// nginx and Caddy, run with what the guide says. Only addresses, names and paths are replaced in it: see REPLACED.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { DEADLINE, until, within } from '../js/help.mjs';

const GUIDE = new URL('../../rocketio-glib/docs/comet-and-proxies.md', import.meta.url);
const PACKAGES = { nginx: 'nginx-light (Debian) or nginx', caddy: 'caddy' };
const HTML = '<!doctype html><title>static</title>';

// The two ways of the guide: the server has a name for itself, or its paths are beside other files.
export const SITES = ['chat.localhost', 'www.localhost'];

// What is replaced in the text of the guide, everywhere.
const REPLACED = ({ directory, upstream, http, https }) => [
  [/127\.0\.0\.1:5000\b/g, `127.0.0.1:${upstream}`],
  [/\/etc\/ssl\/(certs|private)\/example\.org\b/g, join(directory, 'certificate')],
  [/\bexample\.org\b/g, 'localhost'],
  [/\/srv\/www\b/g, join(directory, 'www')],
  [/\blisten 80\b/g, `listen 127.0.0.1:${http}`],
  [/\blisten 443\b/g, `listen 127.0.0.1:${https}`],
];

// Below those that systems choose by themselves, so that nobody takes it before the proxy does.
export async function freePort() {
  for (;;) {
    const port = 16384 + Math.floor(Math.random() * 16384);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch {
      continue;
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

// Whether it has a certificate for the name: Caddy listens before it does.
function serves(port, servername) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false)).once('close', () => resolve(false));
  });
}

// Debian has nginx where only root looks for programs.
function environment(directory) {
  const PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
  return { ...process.env, PATH, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
}

// The text of each block of a language, by the path in its first line.
async function blocks(language) {
  const guide = await readFile(GUIDE, 'utf8');
  const found = guide.matchAll(new RegExp(`^\`\`\`${language}\n(# (\\S+)\n.*?)^\`\`\``, 'gms'));
  return new Map([...found].map(([, text, path]) => [path, text]));
}

function makeCertificate(directory) {
  const names = SITES.map((name) => `DNS:${name}`).join();
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`,
    '-keyout', join(directory, 'certificate.key'), '-out', join(directory, 'certificate.pem'),
  ], { stdio: 'ignore' });
}

// One process is enough here, and needs no other user: what starts it may be root or not. The files of /etc/nginx go
// into the directory under their own names.
async function prepareNginx({ directory, write }) {
  makeCertificate(directory);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await write('nginx.conf', `
    daemon off;
    master_process off;
    pid ${directory}/nginx.pid;
    error_log stderr notice;
    events { worker_connections 1024; }
    http {
      access_log off;
      types { text/html html; }
      ${paths.map((path) => `${path}_temp_path ${directory}/${path};`).join('\n      ')}
      include conf.d/*.conf;
      include sites-enabled/*.conf;
    }`);
  for (const [path, text] of await blocks('nginx')) await write(path.replace('/etc/nginx/', ''), text);
  return ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'];
}

// Names below localhost get a certificate from Caddy's own authority. Each site is served without TLS as well.
async function prepareCaddy({ directory, write, http, https }) {
  const [[, text]] = await blocks('caddy');
  const options = `{
    admin off
    auto_https disable_redirects
    skip_install_trust
    default_bind 127.0.0.1
    http_port ${http}
    https_port ${https}
    storage file_system ${directory}
  }\n`;
  await write('Caddyfile', options + text.replace(/^(\S+) \{$/gm, 'http://$1, https://$1 {'));
  return ['run', '--adapter', 'caddyfile', '--config', join(directory, 'Caddyfile')];
}

const PREPARE = { nginx: prepareNginx, caddy: prepareCaddy };

export class Proxy {
  #directory;
  #child;
  #ended;
  #log = '';

  // `change` is [OLD, NEW], text that is somewhere in the guide and what takes its place here.
  static async start(name, upstream, { change } = {}) {
    const proxy = new Proxy();
    const directory = proxy.#directory = await mkdtemp(join(tmpdir(), `rocketio-${name}-`));
    const [http, https] = [proxy.http, proxy.https] = [await freePort(), await freePort()];
    const replaced = REPLACED({ directory, upstream, http, https });
    let changed = !change;
    const write = async (path, text) => {
      const file = join(directory, path);
      const other = change ? text.replace(change[0], () => change[1]) : text;
      changed ||= other !== text;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, replaced.reduce((old, [from, to]) => old.replace(from, to), other));
    };
    try {
      await mkdir(join(directory, 'www'));
      await writeFile(join(directory, 'www', 'index.html'), HTML);
      const args = await PREPARE[name]({ directory, write, http, https });
      if (!changed) throw new Error(`the guide does not say "${change[0]}"`);
      await proxy.#run(name, args);
    } catch (error) {
      await proxy.stop();
      throw error;
    }
    return proxy;
  }

  async #run(name, args) {
    this.#child = spawn(name, args, { env: environment(this.#directory), stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#log = (this.#log + text).slice(-20000);
    });
    const kill = () => this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        process.off('exit', kill);
        resolve(`${name} ended: ${signal ?? code}\n${this.#log}`);
      });
      this.#child.once('error', ({ code, message }) => resolve(
        code === 'ENOENT' ? `${name} is missing; please install the package ${PACKAGES[name]}` : message));
    });
    let why;
    this.#ended.then((reason) => {
      why = reason;
    });
    const ready = async () => why || (await Promise.all(SITES.map((site) => serves(this.https, site)))).every(Boolean);
    await until(ready, `answer of ${name}`).catch(({ message }) => {
      throw new Error(`${message}\n${this.#log}`);
    });
    if (why) throw new Error(why);
  }

  async stop() {
    this.#child?.kill('SIGKILL');
    if (this.#ended) await within(this.#ended, 'end of the proxy', DEADLINE);
    await rm(this.#directory, { recursive: true, force: true });
  }
}
