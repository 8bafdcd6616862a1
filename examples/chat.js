// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar.
import RocketIO from 'gi://RocketIO?version=1.0';
import { serve } from './serve.js';

const io = new RocketIO.Server();

// To each of them, and not to the channel, which keeps its last messages for who comes later.
function pushMembers({ channel }) {
  if (channel === null) return;
  const there = io.list_channel(channel);
  io.push('members', there.map((one) => one.identity), { to: there.map((one) => one.id) });
}
io.on('join', (name, session) => {
  session.identity = String(name);
  io.set_history(session.channel ?? 'lobby', 50);
  pushMembers(session);
});
io.on('disconnect', pushMembers);
io.on('chat', (text, { channel, identity }) => {
  const line = { name: identity ?? 'somebody', text: String(text), time: Date.now() };
  io.push('chat', line, { channel: channel ?? [] });
});
serve(io, 'chat');
