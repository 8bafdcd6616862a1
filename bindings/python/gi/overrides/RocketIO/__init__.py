# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What introspection cannot say: JSON as Python values, handlers by name, async. The guide is docs/python.md."""

import functools
import os
import weakref

from gi.repository import GObject

from ...module import get_introspection_module
from .. import override
from ._handlers import (_AuthenticateHandler, _AuthorizeHandler, _check_name, _check_request_name, _EventHandler,
                        _Events, _Handler, _RequestHandler)
from ._values import RequestError, _check_text, _from_value, _options, _push, _send, _to_milliseconds, _translated
from ._waiting import _asyncio_running, _awaitable, _Operation, _signals_kept

RocketIO = get_introspection_module('RocketIO')

__all__ = ['Request', 'RequestError', 'Server', 'Session']


def _add_properties(cls):
    """Makes attributes of the properties: session.id is session.get_property('id')."""
    for spec in GObject.list_properties(cls):
        def get(self, name=spec.name):
            return self.get_property(name)

        def set(self, value, name=spec.name):
            self.set_property(name, value)

        name = spec.name.replace('-', '_')
        writable = spec.flags & GObject.ParamFlags.WRITABLE and not spec.flags & GObject.ParamFlags.CONSTRUCT_ONLY
        if name not in vars(cls):
            setattr(cls, name, property(get, set if writable else None))


class Session(RocketIO.Session):
    """One client. Attributes that a program sets live as long as the session."""

    def push(self, event, data=None):
        """Calls `event` at this client, from any thread. `data` is what json.dumps takes, bytes, or a Json.Node."""
        return _push(event, data,
                     lambda node: RocketIO.Session.push(self, event, node),
                     lambda text: self.push_json(event, text),
                     lambda data: self.push_bytes(event, data))

    def request(self, name, data=None, *, timeout=None, cancellable=None):
        """Asks the client, whose answer is awaited: `answer = await session.request("add", [1, 2], timeout=5)`.

        `data` and the answer are what push() takes, bytes included. `timeout` is in seconds, 10 by default; after that
        it is a TimeoutError. An answer that is an error is a RequestError, and the end of the session a GLib.Error.
        """
        doing = f'ask "{name}"'
        _check_text('ask', 'The name of a request', name)
        milliseconds = 0 if timeout is None else _to_milliseconds('timeout', timeout)
        begin = _send(doing, data,
                      lambda node: functools.partial(RocketIO.Session.request_async, self, name, node),
                      lambda text: functools.partial(RocketIO.Session.request_json_async, self, name, text),
                      lambda data: functools.partial(RocketIO.Session.request_bytes_async, self, name, data))

        def start(cancellable, done):
            begin(milliseconds, cancellable, done)

        def finish(result):
            with _translated(doing, lambda: self.request_get_code(result)):
                node = self.request_finish(result)
            data = self.request_get_bytes(result)
            return _from_value(node if data is None else data)

        return _Operation(start, finish, cancellable)

    def join(self, channel):
        """Puts the session into a channel, besides those that it is in."""
        _check_text('join', 'The name of a channel', channel)
        with _translated(f'join "{channel}"'):
            return super().join(channel)

    def leave(self, channel):
        """Takes the session out of a channel."""
        _check_text('leave', 'The name of a channel', channel)
        super().leave(channel)

    def close(self, code=None, reason=''):
        """Closes the session. `code`, from 4000 to 4999, and `reason` tell the client why; below 4500 it comes back."""
        if code is None:
            super().close()
        else:
            self.close_full(code, reason)

    flush_async = _awaitable(RocketIO.Session.flush_async, RocketIO.Session.flush_finish)
    request_async = _awaitable(RocketIO.Session.request_async, RocketIO.Session.request_finish, leading=3)
    request_json_async = _awaitable(RocketIO.Session.request_json_async, RocketIO.Session.request_json_finish,
                                    leading=3)
    request_variant_async = _awaitable(RocketIO.Session.request_variant_async,
                                       RocketIO.Session.request_variant_finish, leading=3)
    request_bytes_async = _awaitable(RocketIO.Session.request_bytes_async, RocketIO.Session.request_bytes_finish,
                                     leading=3)


Session = override(Session)
_add_properties(Session)


class Request(RocketIO.Request):
    """What a client asks. Handlers of on_request do without; those of the signal answer by it, in any thread."""

    @property
    def data(self):
        """What the client sent: as json has it, or bytes."""
        data = self.get_bytes()
        return _from_value(self.get_data() if data is None else data)

    def reply(self, data=None):
        """Answers with what json.dumps takes, bytes, or a Json.Node."""
        return _send(f'answer "{self.name}"', data, super().reply, self.reply_json, self.reply_bytes)

    def fail(self, code, message=None):
        """Answers with an error."""
        with _translated(f'fail "{self.name}"'):
            return super().fail(code, code if message is None else message)


Request = override(Request)
_add_properties(Request)


class Handshake(RocketIO.Handshake):
    """The HTTP request that a client came in by."""


Handshake = override(Handshake)
_add_properties(Handshake)


class Server(RocketIO.Server):
    """Calls events at browsers, and hears theirs."""

    # What `on` and `events` keep. An object from C has no __init__ of ours.
    @property
    def _handlers(self):
        return self.__dict__.setdefault('_rocketio_handlers', {})

    @property
    def _iterations(self):
        return self.__dict__.setdefault('_rocketio_iterations', weakref.WeakSet())

    @property
    def _awaited(self):
        return self.__dict__.setdefault('_rocketio_awaited', [])

    def _add(self, handler):
        handler.ids = [self.connect(signal, handler) for signal in handler.signals]
        self._handlers[handler.ids[0]] = handler
        return handler

    def _remove(self, handler):
        if self._handlers.pop(handler.ids[0], None) is not None:
            for id in handler.ids:
                self.disconnect(id)

    def _get_request_handler(self, name):
        return next((handler for handler in self._handlers.values() if getattr(handler, 'request', None) == name), None)

    def _add_iteration(self, events):
        if self.__dict__.get('_rocketio_closed'):
            return False
        self._iterations.add(events)
        return True

    def on(self, name, function=None):
        """Has `function` called for each event `name`; without it, decorates one.

        It is called with (data, session), or fewer of these: one for each parameter that has no default. Special names
        are "connect" (session), "disconnect" (session, reason) and "*", every event (data, session, name).
        """
        if function is None:
            _check_name(name)
            return functools.partial(self.on, name)
        self._add(_EventHandler(name, function))
        return function

    def once(self, name, function=None):
        """The same for the next time only."""
        if function is None:
            _check_name(name)
            return functools.partial(self.once, name)
        self._add(_EventHandler(name, function, once=True))
        return function

    def off(self, name, function=None):
        """Ends what `on` and `once` began: for one function, or for all of that name.

        With a function alone it ends whatever that was given for, on_request and its kin included.
        """
        for handler in list(self._handlers.values()):
            if handler.function == name or (handler.name == name and function in (None, handler.function)):
                self._remove(handler)

    def on_request(self, name, function=None):
        """Has `function` answer the requests `name`; without it, decorates one.

        It is called with (data, session), or fewer of these, and returns the answer: what json.dumps takes, or bytes.
        A RequestError that it raises is what the client gets; of any other exception it gets the code "error" alone.
        `async def` answers when it ends. "*" is for all requests that nobody else answers: (data, session, name).
        """
        if function is None:
            _check_request_name(name)
            return functools.partial(self.on_request, name)
        handler = _RequestHandler(name, function)
        if self._get_request_handler(name) is not None:
            raise ValueError(f'The request "{name}" has a handler already, and only one can answer: end that by '
                             f'io.off_request("{name}") first')
        self._add(handler)
        return function

    def off_request(self, name):
        """Ends what `on_request` began."""
        handler = self._get_request_handler(name)
        if handler is not None:
            self._remove(handler)

    def on_detached(self, function):
        """Has `function` called when a client has lost its connection and may come back: (session)."""
        self._add(_Handler('on_detached', function, ('session-detached',), ('session',)))
        return function

    def on_resumed(self, function):
        """Has `function` called when it is back: (session, recovered), the latter False if it has missed something."""
        self._add(_Handler('on_resumed', function, ('session-resumed',), ('session', 'recovered')))
        return function

    def authenticate(self, function):
        """Has `function` decide who comes in: (auth, session, handshake), of which `auth` is what the client shows.

        The handshake has the headers, the cookies and the query that it came with.

        What it returns keeps the client out if it is not true, and is its identity if it is a str. It may raise a
        RequestError for what the client is told, and be `async def`, for up to 10 seconds.
        """
        handler = _AuthenticateHandler(function)
        if self._get_request_handler(handler.request) is not None:
            raise ValueError('There is a handler of authenticate already, and only one can decide: end that by '
                             'io.off(function) first')
        self._add(handler)
        return function

    def authorize_join(self, function):
        """Has `function` decide who may join a channel: (session, channel), which returns a bool. All have to agree."""
        self._add(_AuthorizeHandler('authorize_join', function, 'authorize-join', 'channel'))
        return function

    def authorize_event(self, name):
        """Has the function below decide who may push an event, or make a request, of that name: (session, name).

        The name "*" is for all of them. It returns a bool. All have to agree.
        """
        if name != '*':
            _check_request_name(name)
        signal = 'authorize-event' if name == '*' else f'authorize-event::{name}'

        def decorate(function):
            self._add(_AuthorizeHandler('authorize_event', function, signal, 'name'))
            return function

        return decorate

    def events(self, name):
        """Iterates over the calls of an event: `async for data, session in io.events("chat")`.

        It begins now, and ends when the server is closed.
        """
        return _Events(self, name)

    def push(self, event, data=None, *, to=None, channel=None, exclude=None, volatile=False, ttl=None, retain=False,
             conflate_key=None, policy=None):
        """Calls `event` at clients, from any thread. `data` is what json.dumps takes, bytes, or a Json.Node.

        It is for everybody, or for those named by `to` and `channel` together, but not for those of `exclude`. Each is
        one or several: sessions, or their ids, and names of channels. An empty list names nobody.

        What is `volatile` may get lost, and is of no use after `ttl` seconds. What is to be retained goes to those who
        come later, too. Of several with one `conflate_key` that wait for a client only the newest is of use, and
        `policy`, a RocketIO.SlowPolicy, is for clients that read too slowly.
        """
        given = (to, channel, exclude, volatile, ttl, retain, conflate_key, policy)
        is_plain = all(one is None or one is False for one in given)
        return self.push_full(event, data, None if is_plain else _options(*given))

    def push_full(self, event, data=None, options=None):
        """The same with a RocketIO.PushOptions."""
        return _push(event, data,
                     lambda node: RocketIO.Server.push_full(self, event, node, options),
                     lambda text: self.push_json(event, text, options),
                     lambda data: self.push_bytes(event, data, options))

    def push_to(self, session_id, event, data=None):
        """The same as push(event, data, to=session_id)."""
        return self.push(event, data, to=session_id)

    def push_to_channel(self, channel, event, data=None):
        """The same as push(event, data, channel=channel)."""
        return self.push(event, data, channel=channel)

    def listen(self, address=None, port=0, certificate=None):
        """Accepts connections, as a Gio.TlsCertificate is given over TLS. Errors are GLib.Error."""
        if isinstance(address, int):
            raise TypeError(f'listen() has the address first: write listen(port={address})')
        return super().listen(address, port, certificate)

    def serve_directory(self, path, flags=RocketIO.ServeFlags.NONE):
        """Serves the files of a directory at /. Errors are GLib.Error."""
        return super().serve_directory(os.fspath(path), flags)

    def serve_resource(self, path, flags=RocketIO.ServeFlags.NONE):
        """Serves the files of a folder among the resources at /. Errors are GLib.Error."""
        return super().serve_resource(path, flags)

    def drain(self, spread=0, *, cancellable=None):
        """Closes the server gently, which is awaited: sends the clients away over a time of `spread` seconds."""
        milliseconds = _to_milliseconds('spread', spread, 0)

        def finish(result):
            drained = self.drain_finish(result)
            self.close()
            return drained

        return _Operation(functools.partial(RocketIO.Server.drain_async, self, milliseconds), finish, cancellable)

    drain_async = _awaitable(RocketIO.Server.drain_async, RocketIO.Server.drain_finish, leading=1)

    def run(self):
        """Runs the main loop until SIGINT, SIGTERM or close(), and asyncio's with it if its policy is a GLib one."""
        with _signals_kept(), _asyncio_running(self.close):
            super().run()
        self.close()

    def close(self):
        """Closes all sessions, stops listening, and lets go of all handlers."""
        super().close()
        self._rocketio_closed = True
        for events in list(self._iterations):
            events._end()
        for handler in list(self._handlers.values()):
            self._remove(handler)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


Server = override(Server)
_add_properties(Server)
