// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Never run: what tsc accepts here is what the .d.ts promises.
import { CometIO, EventEmitter, RocketIO, RocketIOError, WebSocketIO } from '@rocketio-glib/client';
import type { Arrival, Channel, Snapshot, State, StateChange, Transport } from '@rocketio-glib/client';

const io: RocketIO = new RocketIO({ channel: 'lobby', type: 'comet', session: null }).connect('https://example.org');
io.on('connect', (session) => session.toUpperCase());
io.on('error', (error) => error.message);
io.on('state', ({ state, retryIn = 0 }: StateChange) => state === 'waiting' && retryIn.toFixed());
io.on('*', (event, ...data) => event.length + data.length);
io.on('chat', ({ name, text }: { name: string; text: string }) => name + text);
const id: number = io.once('chat', () => {});
io.removeListener(id);
io.removeListener('chat');
io.push('join', { name: 'Ann' });
io.push('ping');
io.close();
const facts: [string | null, Transport | null, string | null, State] = [io.session, io.type, io.channel, io.state];

const one: CometIO = new CometIO('/cometio/io').connect();
const other: WebSocketIO = new WebSocketIO(null, { session: 'x' }).connect();
new EventEmitter().apply(facts);
new RocketIO();

// @ts-expect-error there are two transports
new RocketIO({ type: 'pigeon' });
// @ts-expect-error the state is told, not set
io.state = 'closed';
// @ts-expect-error an event has a name
one.push(5);
// @ts-expect-error a listener is a function
other.on('chat', 'text');

// Version 2, without types of the app
const { signal } = new AbortController();
new RocketIO({ type: 'sse', auth: async () => 'ticket', persist: 'tab', debug: true, version: 1 });
io.on('connect', (session, info) => info?.recovered && session.length);
io.on('chat', (data, { channel }) => data.text + channel?.length, { signal });
io.on('missed', ({ count }) => count?.toFixed());
io.on('presence', ({ channel, joined, left }) => channel + joined[0].identity + left[0]);
io.on('left', ({ channel, error }) => channel + error?.code);
const undo: () => void = io.subscribe('chat', () => {});
io.off('chat', undo);
const snapshot: Snapshot = io.getState();
snapshot.retryAt?.toFixed();
const stop: () => void = io.subscribeState(() => {});
io.retryNow().retryNow();
const sum: Promise<number> = io.request('add', { a: 1, b: 2 }, { timeout: 1000, signal });
io.handle('who', async (data) => data.name);
const arrival: Promise<Arrival> = io.join('lobby', { history: 20 });
arrival.then(({ history, present = [] }) => history[0].type + present[0].id);
const left: Promise<void> = io.leave('lobby');
const lobby: Channel = io.in('lobby');
lobby.on('chat', (data, meta) => data.text + meta.channel);
lobby.on('presence', ({ joined }) => joined.length);
io.push('cursor', [1, 2], { volatile: true }).catch((error: RocketIOError) => error.code);
io.push('file', new Uint8Array(5));

// And with them
type Events = { chat: { text: string }; file: Uint8Array };
type Pushes = { chat: { text: string }; bye: undefined };
type Requests = { add: { data: { a: number; b: number }; answer: number } };
type Questions = { name: { data: null; answer: string } };
const typed = new RocketIO<Events, Pushes, Requests, Questions>();
typed.on('chat', ({ text }, { channel }) => text + channel);
typed.on('file', (bytes) => bytes.byteLength);
typed.in('lobby').on('chat', ({ text }) => text.length);
typed.push('chat', { text: 'hello' });
typed.push('bye');
const answer: Promise<number> = typed.request('add', { a: 1, b: 2 });
typed.handle('name', () => 'Ann');
typed.handle('name', async (data) => String(data));

// @ts-expect-error no such event
typed.on('chta', () => {});
// @ts-expect-error not what it brings
typed.on('chat', (data: number) => data);
// @ts-expect-error nothing of this name is pushed
typed.push('chta', { text: '' });
// @ts-expect-error not what is pushed
typed.push('chat', { txet: '' });
// @ts-expect-error not what is asked
typed.request('add', { a: 1 });
// @ts-expect-error not what is answered
const text: Promise<string> = typed.request('add', { a: 1, b: 2 });
// @ts-expect-error not the answer
typed.handle('name', () => 5);
// @ts-expect-error the only memory is that of the tab
new RocketIO({ persist: 'disk' });
