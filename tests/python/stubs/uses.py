# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""For mypy alone: a line that ends in `wrong` must be told of."""

from pathlib import Path
from typing import Any, Optional, TypedDict

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
io.push("x", b"bytes")
io.push("x", [b"bytes"], GLib.Bytes.new(b""))  # wrong
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


@io.on_request("add")
def add(data: dict[str, int], session: RocketIO.Session) -> int:
    if "a" not in data:
        raise RocketIO.RequestError("bad-request", "no a")
    return data["a"] + data["b"]


@io.on_request("bytes")
async def answer_bytes() -> bytes:
    return b"x"


@io.on_request("*")
async def every_request(data: Any, session: RocketIO.Session, name: str) -> Any: ...


@io.on_request("object")  # wrong
def answer_object(data: Any) -> object: ...


@io.on_request("many")  # wrong
def many_arguments(data: Any, session: RocketIO.Session, name: str) -> None: ...


@io.on_request  # wrong
def nameless() -> None: ...


io.on_request("x", add)
io.off_request("x")
io.off(add)


@io.on_detached
def detached(session: RocketIO.Session) -> None: ...


@io.on_resumed
async def resumed(session: RocketIO.Session, recovered: bool) -> None:
    answer = await session.request("add", {"a": 1}, timeout=0.5)
    session.push("answer", answer)
    node: Json.Node = await session.request_async("add", None, 500)
    session.request_async("add", node, 0, None, lambda source, result: source.request_finish(result))
    await session.request("add", b"bytes")  # wrong
    await session.request("add", 1, 5)  # wrong
    session.join("lobby")
    session.leave("lobby")
    session.close(4600, "gone")
    session.close()
    print(session.round_trip_time + 1)


@io.on_resumed  # wrong
def resumed_with(session: RocketIO.Session, recovered: str) -> None: ...


@io.authorize_join
def authorize(session: RocketIO.Session, channel: str) -> bool:
    return channel != "staff"


@io.authorize_join  # wrong
async def authorize_later(session: RocketIO.Session, channel: str) -> bool:
    return True


def asked(server: RocketIO.Server, request: RocketIO.Request, session: RocketIO.Session, name: str) -> None:
    try:
        request.reply(request.data["a"])
        request.reply(b"bytes")
        request.reply(object())  # wrong
    except RocketIO.RequestError as error:
        request.fail(error.code, error.message)
    if request.session.id and not request.answered:
        request.fail("failed")


@io.authenticate
async def authenticate(auth: Any, session: RocketIO.Session) -> bool:
    return bool(auth)


@io.authenticate
def authenticate_by_cookie(auth: Any, session: RocketIO.Session, handshake: RocketIO.Handshake) -> Optional[str]:
    return handshake.dup_cookie("login")


@io.authorize_event("say")
def authorize_event(session: RocketIO.Session, name: str) -> bool:
    return session.identity is not None


@io.authenticate  # wrong
def authenticate_wrongly(session: RocketIO.Session, auth: str) -> str:
    return auth


async def end() -> None:
    drained: bool = await io.drain(spread=0.5)
    drained = await io.drain_async(500)
    io.drain_async(500, None, lambda source, result: source.drain_finish(result))
    await io.drain("5")  # wrong


io.push("x", 1, volatile=True, ttl=0.5, retain=True, conflate_key="x", policy=RocketIO.SlowPolicy.DROP_OLDEST)
io.push("x", 1, policy="oldest")  # wrong
io.slow_policy = RocketIO.SlowPolicy.DISCONNECT
io.set_presence("lobby", True)
io.state_file = Gio.File.new_for_path("state")
io.heartbeat = 10
io.set_history("lobby", 50)

with RocketIO.Server() as other:
    other.run()
