# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar."""
import time
from collections import defaultdict, deque
from serve import RocketIO, serve
io = RocketIO.Server()
histories = defaultdict(lambda: deque(maxlen=50))

@io.on("join")
def join(name, session):
    session.identity = str(name)
    session.push("history", list(histories[session.channel]))
    members(session)
@io.on("disconnect")
def members(session):
    if session.channel is not None:
        io.push("members", [one.identity for one in io.list_channel(session.channel)], channel=session.channel)
@io.on("chat")
def chat(text, session):
    line = {"name": session.identity or "somebody", "text": str(text), "time": time.time() * 1000}
    histories[session.channel].append(line)
    io.push("chat", line, channel=session.channel or [])
serve(io, "chat")
