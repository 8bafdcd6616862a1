// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar.
import RocketIO from 'gi://RocketIO?version=1.0';
import { serve } from './serve.js';

const io = new RocketIO.Server();
const histories = { __proto__: null };

function pushMembers({ channel }) {
  if (channel !== null) io.push('members', io.list_channel(channel).map((one) => one.identity), { channel });
}
io.on('join', (name, session) => {
  session.identity = String(name);
  session.push('history', histories[session.channel]);
  pushMembers(session);
});
io.on('disconnect', pushMembers);
io.on('chat', (text, { channel, identity }) => {
  const line = { name: identity ?? 'somebody', text: String(text), time: Date.now() };
  histories[channel] = [...histories[channel] ?? [], line].slice(-50);
  io.push('chat', line, { channel: channel ?? [] });
});
serve(io, 'chat');
