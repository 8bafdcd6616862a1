// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Never run: what tsc accepts here is what the .d.ts promises.
import { CometIO, EventEmitter, RocketIO, WebSocketIO } from '@rocketio-glib/client';
import type { State, StateChange, Transport } from '@rocketio-glib/client';

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
