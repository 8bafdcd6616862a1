# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar."""
import time
from serve import RocketIO, serve
io = RocketIO.Server()

@io.on("join")
def join(name, session):
    session.identity = str(name)
    io.set_history(session.channel or "lobby", 50)  # for who comes later
    members(session)
@io.on("disconnect")
def members(session):
    if session.channel is not None:
        there = io.list_channel(session.channel)
        io.push("members", [one.identity for one in there], to=[one.id for one in there])
@io.on("chat")
def chat(text, session):
    line = {"name": session.identity or "somebody", "text": str(text), "time": time.time() * 1000}
    io.push("chat", line, channel=session.channel or [])
serve(io, "chat")
