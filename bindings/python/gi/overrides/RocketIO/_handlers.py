# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The functions of a program that hear events, answer requests and decide."""

import asyncio
import contextlib
import functools
import inspect
import logging
import weakref
from collections import deque
from collections.abc import Coroutine

from gi.repository import GLib

from ._values import RequestError, _from_value
from ._waiting import _NEEDS_ASYNCIO, _Pending, _start

BACKLOG = 1024    # what a client may leave for later: events of an iteration, calls of async handlers

_log = logging.getLogger('RocketIO')

_SIGNALS = {'connect': ('session-opened',), 'disconnect': ('session-closed',), '*': ('event', 'binary')}
_VALUES = {'connect': ('session',), 'disconnect': ('session', 'reason'), '*': ('data', 'session', 'name')}


def _check_name(name, what='event', decorator='on'):
    if not isinstance(name, str):
        raise TypeError(f'The name of an event is a str, not {type(name).__name__}: write @io.{decorator}("chat"), say')
    if name.startswith('__') or name in ('error', 'start'):
        raise ValueError(f'No client can call the {what} "{name}", whose name is reserved: choose one that does not '
                         'start with "__" and is not error or start; "connect" and "disconnect" tell who comes and '
                         'goes, and "*" hears every event')
    if not 1 <= len(name.encode()) <= 255 or '\0' in name:
        raise ValueError(f'The name of an {what} has 1 to 255 bytes in UTF-8 and no null character: choose another '
                         f'one, instead of "{name[:32]}"')


def _check_request_name(name):
    _check_name(name, 'request', 'on_request')
    if name in ('connect', 'disconnect'):
        raise ValueError(f'No client can ask for "{name}", whose name is reserved: choose another one')


def _count_parameters(function, label, values):
    """How many values the handler takes: one for each parameter without a default."""
    if not callable(function):
        raise TypeError(f'A handler of {label} is a function, not {type(function).__name__}')
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:    # some of those written in C have none
        return len(values)

    if any(one.kind == one.VAR_POSITIONAL for one in parameters):
        return len(values)
    needed = [one for one in parameters if one.default is one.empty and one.kind != one.VAR_KEYWORD]
    if len(needed) > len(values) or any(one.kind == one.KEYWORD_ONLY for one in needed):
        who = getattr(function, '__qualname__', function)
        raise TypeError(f'A handler of {label} is called with ({", ".join(values)}), or with the first of these, or '
                        f'without; give the other parameters of {who} a default')

    return len(needed)


class _Load:
    """How many calls of async handlers one client has under way."""

    def __init__(self):
        self.count = 0
        self.told = False

    @classmethod
    def of(cls, session):
        return session.__dict__.setdefault('_rocketio_load', cls())

    def is_full(self, what):
        if self.count < BACKLOG:
            return False
        if not self.told:
            _log.error('%s, and so will be others: %d calls of async handlers are still under way for it; let them '
                       'end sooner', what, self.count)
        self.told = True

        return True


class _Handler:
    """What the program gave, as the callback of signals. This one gets what the signal has, a session first."""

    name = None    # for `off`

    def __init__(self, label, function, signals, values, once=False):
        self.label = label
        self.function = function
        self.signals = signals
        self.ids = []
        self._once = once
        self._parameters = _count_parameters(function, label, values)

    def __call__(self, io, session, *more):
        self._call(io, session, (session, *more))

    def _call(self, io, session, values, *context):
        if self._once:
            io._remove(self)
        try:
            result = self.function(*values[:self._parameters])
        except Exception as error:
            return self._fail(error, *context)

        return self._take(result, session, *context)

    def _take(self, result, session, *context):
        """What the function returned."""
        if isinstance(result, Coroutine):
            self._start(result, session, *context)

    def _fail(self, error, *context):
        """What it raised, now or later."""
        if not isinstance(error, asyncio.CancelledError):
            self._tell(error)

    def _start(self, coroutine, session, *context):
        load = _Load.of(session)

        def ended(error):
            load.count -= 1
            if error is not None:
                self._fail(error, *context)

        load.count += 1
        _start(coroutine, ended)

    def _tell(self, error):
        hint = ''
        if isinstance(error, RuntimeError) and str(error) == 'no running event loop':
            hint = f': {_NEEDS_ASYNCIO}'
        _log.error('A handler of %s failed%s', self.label, hint, exc_info=error)


class _EventHandler(_Handler):
    """What `on` was given."""

    def __init__(self, name, function, once=False):
        _check_name(name)
        self.name = name
        signals = _SIGNALS.get(name, (f'event::{name}', f'binary::{name}'))
        super().__init__(f'"{name}"', function, signals, _VALUES.get(name, ('data', 'session')), once)

    def __call__(self, io, *arguments):
        if self.name in ('connect', 'disconnect'):
            self._call(io, arguments[0], arguments)
            return

        data, session, name = arguments
        self._call(io, session, (_from_value(data), session, name)[:3 if self.name == '*' else 2])

    def _start(self, coroutine, session):
        is_events = self.name not in ('connect', 'disconnect')
        if is_events and _Load.of(session).is_full(f'An event "{self.name}" of a client was dropped'):
            coroutine.close()
        else:
            super()._start(coroutine, session)


class _AuthorizeHandler(_Handler):
    """What `authorize_join` or `authorize_event` was given: whatever goes wrong means no."""

    def __init__(self, label, function, signal, value):
        super().__init__(label, function, (signal,), ('session', value))
        if inspect.iscoroutinefunction(function):
            raise TypeError(f'{function.__qualname__} has to answer at once, so it cannot be async: find out what it '
                            'awaits before the client wants to know')

    def __call__(self, io, session, value):
        return self._call(io, session, (session, value))

    def _take(self, result, session):
        if isinstance(result, Coroutine):
            result.close()
            return self._fail(TypeError(f'{self.label} has to be answered at once, not by a coroutine'))

        return bool(result)

    def _fail(self, error):
        self._tell(error)
        return False


class _RequestHandler(_Handler):
    """What `on_request` was given: what it returns is the answer."""

    def __init__(self, name, function):
        _check_request_name(name)
        self.request = name
        signal = 'request' if name == '*' else f'request::{name}'
        super().__init__(f'the request "{name}"', function, (signal,), _VALUES.get(name, ('data', 'session')))

    def __call__(self, io, request, session, name):
        if self.request == '*' and io._get_request_handler(name) is not None:
            return
        values = (request.data, session, name)
        self._call(io, session, values[:3 if self.request == '*' else 2], request)

    def _take(self, result, session, request):
        if isinstance(result, Coroutine):
            self._start(result, session, request)
            return
        try:
            self._reply(request, result)
        except Exception as error:
            self._fail(error, request)

    def _reply(self, request, value):
        request.reply(value)

    def _start(self, coroutine, session, request):
        if _Load.of(session).is_full(f'A request "{request.name}" of a client was refused'):
            coroutine.close()
            request.fail('too-many', 'too many requests are under way')
        else:
            super()._start(self._answer(coroutine, request), session, request)

    async def _answer(self, coroutine, request):
        self._reply(request, await coroutine)

    def _fail(self, error, request):
        if isinstance(error, RequestError):
            try:
                request.fail(error.code, error.message)
                return
            except Exception as reason:
                error = reason
        with contextlib.suppress(GLib.Error):    # it may have been answered by other means
            if isinstance(error, asyncio.CancelledError):
                request.fail('unanswered', 'the app gave the request up')
                return
            # What went wrong is nothing for clients.
            request.fail('error', 'the server failed to answer')
        self._tell(error)


class _AuthenticateHandler(_RequestHandler):
    """What `authenticate` was given: what is not true keeps the client out, and a str is who it is."""

    def __init__(self, function):
        self.request = '__hello'    # which no other handler can be for
        _Handler.__init__(self, 'authenticate', function, ('authenticate',), ('auth', 'session', 'handshake'))

    def __call__(self, io, request, session):
        self._call(io, session, (request.data, session, request.handshake), request)

    def _reply(self, request, value):
        if not value:
            request.fail('denied', 'the app does not let this client in')
            return
        if isinstance(value, str):
            request.session.identity = value
        request.reply()


class _Events:
    """The calls of one event, as they come; what Server.events returns."""

    def __init__(self, io, name):
        self._io = io
        self._name = name
        self._backlog = deque()
        self._arrival = None
        self._handler = None
        # Weakly: an iteration that was left ends, without anybody saying so.
        if io._add_iteration(self):
            self._handler = io._add(_EventHandler(name, functools.partial(_Events._receive, weakref.ref(self))))

    @staticmethod
    def _receive(reference, *values):
        self = reference()
        if self is None:
            return

        if len(self._backlog) < BACKLOG:
            self._backlog.append(values if len(values) > 1 else values[0])
        else:
            self._backlog.append(asyncio.QueueFull(
                f'{BACKLOG:,} calls of "{self._name}" are waiting: they come faster than the iteration takes them; do '
                'less in its body, or hand the work on to tasks'))
            self._end()
        self._wake()

    def _wake(self):
        arrival, self._arrival = self._arrival, None
        if arrival is not None:
            arrival._finish()

    def _end(self):
        """Nothing comes any more behind what is there."""
        handler, self._handler = self._handler, None
        if handler is not None:
            self._io._remove(handler)
        self._wake()

    def __aiter__(self):
        return self

    async def __anext__(self):
        while not self._backlog:
            if self._handler is None:
                raise StopAsyncIteration
            if self._arrival is None:
                self._arrival = _Pending()
            # Whoever waits may be known to nobody else: asyncio does not keep its tasks.
            self._io._awaited.append(self)
            try:
                await self._arrival
            finally:
                self._io._awaited.remove(self)

        values = self._backlog.popleft()
        if isinstance(values, asyncio.QueueFull):
            raise values

        return values

    async def aclose(self):
        """Ends the iteration, with what is waiting."""
        self._backlog.clear()
        self._end()

    def __del__(self):
        self._end()
