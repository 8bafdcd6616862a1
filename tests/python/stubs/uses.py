# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""For mypy alone: a line that ends in `wrong` must be told of."""

from pathlib import Path
from typing import Any, TypedDict

import gi

gi.require_version("RocketIO", "1.0")
from gi.repository import Gio, GLib, Json, RocketIO, Soup


class Point(TypedDict):
    x: int
    y: int


io = RocketIO.Server(soup_server=Soup.Server(), poll_time=60)
RocketIO.Server(poll_time="60")  # wrong
RocketIO.Server(port=5)  # wrong


@io.on("chat")
def chat(data: str, session: RocketIO.Session) -> None:
    io.push("chat", data)
    session.name = data
    name: str = session.name
    session.push("name", name)
    session.id = "x"  # wrong


@io.on("chat")
def few(data: dict[str, Any]) -> int:
    return len(data)


@io.on("chat")
async def slow(data: Any, session: RocketIO.Session) -> None:
    flushed: bool = await session.flush_async()
    await session.flush_async(Gio.Cancellable())
    text: str = await session.flush_async()  # wrong
    session.flush_async(None, lambda source, result: source.flush_finish(result))
    session.push("flushed", [flushed, text])


@io.once("chat")  # wrong
def many(data: Any, session: RocketIO.Session, name: str) -> None: ...


@io.on("chat")  # wrong
def swapped(data: Any, session: str) -> None: ...


@io.on("*")
def every(data: Any, session: RocketIO.Session, name: str) -> None: ...


@io.on("connect")
def connected(session: RocketIO.Session) -> None: ...


@io.on("connect")  # wrong
def connected_with(session: RocketIO.Session, data: Any) -> None: ...


@io.on("disconnect")
def disconnected(session: RocketIO.Session, reason: RocketIO.CloseReason) -> None:
    if reason == RocketIO.CloseReason.CLIENT:
        io.push("left", session.id)
    if reason == RocketIO.CloseReason.NONE:  # wrong
        pass


io.on("x", chat)
io.once("x", slow)
io.on("x", 5)  # wrong
io.on(chat)  # wrong
io.off("x", chat)
io.off("x")
io.off()  # wrong

point: Point = {"x": 1, "y": 2}
names: list[str] = ["a"]
io.push("x")
io.push("x", point)
io.push("x", names)
io.push("x", (1, None))
io.push("x", {"a": [1, {"b": 2.5}]})
io.push("x", Json.Node())
io.push("x", b"bytes")  # wrong
io.push("x", {1, 2})  # wrong
io.push("x", object())  # wrong
io.push(5)  # wrong
io.push("x", 1, to=io.sessions, exclude=[session for session in io.sessions], channel={"a", "b"})
io.push("x", 1, to="id", channel="a", exclude=None)
io.push("x", 1, to=["id", io.list_channel("a")[0]])
io.push("x", 1, to=5)  # wrong
io.push("x", 1, channel=io.list_channel("a"))  # wrong
io.push("x", 1, "id")  # wrong
io.push_full("x", [1], RocketIO.PushOptions())
io.push_json("x", "[1]")
io.push_variant("x", GLib.Variant("i", 1))

io.listen(port=5000)
io.listen("*", 5000, None)
io.listen(5000)  # wrong
io.serve_directory(Path("page"), RocketIO.ServeFlags.FALLBACK_TO_INDEX)
io.serve_directory(b"page")  # wrong
io.poll_time = 60
io.poll_time = "60"  # wrong
io.sessions = []  # wrong
uris: list[str] = [uri.to_string() for uri in io.get_uris()]
io.get_session("id").id  # wrong


async def read() -> None:
    async for data, session in io.events("chat"):
        session.push("chat", data)
    async for session in io.events("connect"):
        session.push("hello")
    async for session, reason in io.events("disconnect"):
        print(session.id, int(reason))
    async for data, session, name in io.events("*"):
        print(name.upper())
    for item in io.events("chat"):  # wrong
        pass


with RocketIO.Server() as other:
    other.run()
