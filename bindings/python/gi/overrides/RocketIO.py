# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What introspection cannot say: JSON as Python values, handlers by name, async. The guide is docs/python.md."""

import asyncio
import contextlib
import functools
import inspect
import json
import logging
import math
import os
import signal
import sys
import threading
import weakref
from collections import deque
from collections.abc import Coroutine, Iterable

from gi.repository import Gio, GLib, GObject, Json

from ..module import get_introspection_module
from ..overrides import override

RocketIO = get_introspection_module('RocketIO')

__all__ = ['Request', 'RequestError', 'Server', 'Session']

BACKLOG = 1024    # what a client may leave for later: events of an iteration, calls of async handlers
MAX_UINT = 2**32 - 1

_log = logging.getLogger('RocketIO')

_NEEDS_ASYNCIO = (
    'without asyncio a handler may await only what RocketIO returns; for everything else run the main loop by asyncio: '
    'on Debian 12 install python3-gbulb, call asyncio.set_event_loop_policy(gbulb.GLibEventLoopPolicy()) first, and '
    'then io.run(); with PyGObject 3.50 the policy is gi.events.GLibEventLoopPolicy()')


# Errors

class RequestError(Exception):
    """A request that fails, for a `code` that programs look at and a message for people.

    A handler of on_request raises it, and so does session.request() if the client answers with one.
    """

    def __init__(self, code, message=None):
        if not isinstance(code, str):
            raise TypeError(f'The code of a RequestError is a str such as "not-found", not {type(code).__name__}')
        super().__init__(code, message)
        self.code = code
        self.message = code if message is None else message

    def __str__(self):
        return f'{self.code}: {self.message}'


def _is_ours(error, *codes):
    return any(error.matches(RocketIO.error_quark(), code) for code in codes)


def _translate(doing, error):
    """The exception that a Python program expects in place of a GLib.Error, which is that itself for most."""
    if _is_ours(error, RocketIO.Error.INVALID_NAME, RocketIO.Error.INVALID_JSON, RocketIO.Error.TOO_LARGE):
        return ValueError(f'Cannot {doing}: {error.message}')
    if _is_ours(error, RocketIO.Error.REFUSED):
        code, _, message = error.message.partition(': ')
        return RequestError(code, message)
    if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT):
        return TimeoutError(f'Cannot {doing}: {error.message}')

    return error


@contextlib.contextmanager
def _translated(doing):
    try:
        yield
    except GLib.Error as error:
        translated = _translate(doing, error)
        if translated is error:
            raise
        raise translated from error


# Values

_BYTES = (bytes, bytearray, memoryview, GLib.Bytes)


def _from_bytes(data):
    return data.get_data() or b''


def _to_bytes(data):
    return data if isinstance(data, GLib.Bytes) else GLib.Bytes.new(bytes(data))


def _from_value(value):
    """What a client sent, as it comes with a signal."""
    return _from_bytes(value) if isinstance(value, GLib.Bytes) else json.loads(RocketIO.json_to_string(value))


def _to_json(doing, data):
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(',', ':'))
        text.encode()
    except TypeError as error:
        raise TypeError(f'Cannot {doing}: {error}; give it dict, list, str, int, float, bool or None, or '
                        'convert it to these') from error
    except UnicodeEncodeError as error:
        raise ValueError(f'Cannot {doing}: a string has a lone surrogate, which is no character; decode it with '
                         'errors="replace", say') from error
    except RecursionError as error:
        raise ValueError(f'Cannot {doing}: the data is nested too deeply; make it flatter') from error
    except ValueError as error:
        raise ValueError(f'Cannot {doing}: {error}; JSON has neither NaN nor infinity nor anything that '
                         'contains itself: leave it out or make it None') from error

    return text


def _to_node(doing, data):
    """For what takes nothing else. JSON-GLib changes in silence what it cannot keep."""
    if isinstance(data, Json.Node):
        return data
    text = _to_json(doing, data)
    node = Json.from_string(text)
    if _from_value(node) != json.loads(text):
        raise ValueError(f'Cannot {doing}: there is an integer of more than 64 bits in it, or a null character; send '
                         'it as a str, without these')

    return node


def _send(doing, data, send_node, send_json, send_bytes):
    """Calls the one that fits, with the errors that a Python program expects."""
    with _translated(doing):
        if isinstance(data, Json.Node):
            return send_node(data)
        if isinstance(data, _BYTES):
            return send_bytes(_to_bytes(data))
        return send_json(_to_json(doing, data))


def _check_text(doing, what, text):
    """C would take it up to its null character."""
    if not isinstance(text, str):
        raise TypeError(f'{what} is a str, not {type(text).__name__}')
    if '\0' in text:
        raise ValueError(f'Cannot {doing} {text!r}: the name has a null character; leave it out')


def _push(event, data, *ways):
    _check_text('push', 'The name of an event', event)
    return _send(f'push "{event}"', data, *ways)


# Whom a push is for

def _list(given, argument, convert):
    """One, or several, as the list that C wants; None is not the same as none of them."""
    if given is None:
        return None
    if isinstance(given, (str, Session)) or not isinstance(given, (Iterable, Gio.ListModel)):
        given = [given]

    return [convert(one, argument) for one in given]


def _to_id(one, argument):
    if isinstance(one, Session):
        return one.get_id()
    if isinstance(one, str):
        return one
    raise TypeError(f'{argument}= is a RocketIO.Session, the id of one, or several of these; not {type(one).__name__}')


def _to_channel(one, argument):
    if isinstance(one, str):
        return one
    raise TypeError(f'{argument}= is the name of a channel as a str, or several of these; not {type(one).__name__}')


def _to_milliseconds(argument, seconds, least=1):
    milliseconds = math.ceil(seconds * 1000)
    if not least <= milliseconds <= MAX_UINT:
        raise ValueError(f'{argument}= is a number of seconds {"above" if least else "from"} 0 and below '
                         f'{MAX_UINT // 1000:,}, not {seconds}')

    return milliseconds


def _options(to, channel, exclude, volatile, ttl, retain, conflate_key, policy):
    options = RocketIO.PushOptions.new()
    options.set_to(_list(to, 'to', _to_id))
    options.set_channels(_list(channel, 'channel', _to_channel))
    options.set_except(_list(exclude, 'exclude', _to_id))
    options.set_volatile(volatile)
    options.set_retain(retain)
    if ttl is not None:
        options.set_ttl(_to_milliseconds('ttl', ttl))
    if conflate_key is not None:
        _check_text('push with the conflate_key', 'conflate_key=', conflate_key)
        options.set_conflate_key(conflate_key)
    if policy is not None:
        options.set_policy(policy)

    return options


# Waiting

class _Pending:
    """Something to be awaited: by asyncio's tasks, or by _Driver where there is no asyncio."""

    def __init__(self):
        self._waiting = []    # whom to wake; None: it is there
        self._value = None
        self._error = None

    def _finish(self, value=None, error=None):
        waiting, self._waiting = self._waiting, None
        self._value, self._error = value, error
        for wake in waiting or ():
            wake()

    def _cancel(self):
        """The task that waits was cancelled."""

    def __await__(self):
        if self._waiting is not None:
            yield from self._wait()
        if self._error is not None:
            raise self._error
        return self._value

    def _wait(self):
        loop = asyncio._get_running_loop()
        if loop is None or asyncio.current_task(loop) is None:
            yield self
            return

        future = loop.create_future()
        self._waiting.append(lambda: future.done() or future.set_result(None))
        try:
            yield from future
        except asyncio.CancelledError:
            self._cancel()
            raise


class _Operation(_Pending):
    """An ..._async call that is under way."""

    def __init__(self, start, finish, cancellable):
        super().__init__()
        self._cancellable = cancellable or Gio.Cancellable()
        self._get_result = finish
        start(self._cancellable, self._done)

    def _done(self, source, result):
        try:
            value = self._get_result(result)
        except Exception as error:
            self._finish(error=error)
        else:
            self._finish(value)

    def _cancel(self):
        self._cancellable.cancel()


def _awaitable(start, finish, leading=0):
    """Makes of `start`, with `leading` arguments before its cancellable, what is awaited if it gets no callback."""
    @functools.wraps(start, ('__name__', '__doc__'), ())
    def method(self, *args, cancellable=None, callback=None):
        given, optional = args[:leading], args[leading:]
        cancellable = optional[0] if optional else cancellable
        callback = optional[1] if len(optional) > 1 else callback
        if callback is not None:
            return start(self, *given, cancellable, callback, *optional[2:])

        return _Operation(functools.partial(start, self, *given), functools.partial(finish, self), cancellable)

    return method


class _Driver:
    """Runs a coroutine without asyncio, from one _Pending to the next."""

    _running = set()    # nobody else may know of a coroutine that waits

    def __init__(self, coroutine, ended):
        self._coroutine = coroutine
        self._ended = ended
        self._running.add(self)
        self._step()

    def _step(self):
        resume = functools.partial(self._coroutine.send, None)
        try:
            while not isinstance(pending := resume(), _Pending):
                resume = functools.partial(self._coroutine.throw, RuntimeError(_NEEDS_ASYNCIO))
        except StopIteration:
            self._end(None)
        except (Exception, asyncio.CancelledError) as error:
            self._end(error)
        except BaseException:
            self._running.discard(self)
            raise
        else:
            pending._waiting.append(self._step)

    def _end(self, error):
        self._running.discard(self)
        self._ended(error)


_tasks = set()    # asyncio itself does not keep them


def _start(coroutine, ended):
    """Runs a coroutine, as a task if the main loop is asyncio's, and calls `ended` with its error or None."""
    def done(task):
        _tasks.discard(task)
        ended(None if task.cancelled() else task.exception())

    if asyncio._get_running_loop() is None:
        _Driver(coroutine, ended)
        return

    task = asyncio.get_running_loop().create_task(coroutine)
    _tasks.add(task)
    task.add_done_callback(done)


def _get_glib_loop():
    """The loop of this thread that asyncio would run by GLib, if the program has chosen so and does not run it yet."""
    if asyncio._get_running_loop() is not None or not sys.modules.keys() & {'gbulb', 'gi.events'}:
        return None
    policy = asyncio.get_event_loop_policy()
    if type(policy).__module__.split('.')[0] not in ('gbulb', 'gi'):
        return None

    try:
        return policy.get_event_loop()
    except RuntimeError:
        return None


@contextlib.contextmanager
def _asyncio_running(quit):
    """Whoever runs GLib's main loop inside runs asyncio's by that, if they are the same."""
    loop = _get_glib_loop()
    if loop is None:
        yield
    elif hasattr(loop, 'running'):    # PyGObject 3.50
        with loop.running(quit):
            yield
    else:
        asyncio._set_running_loop(loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)


@contextlib.contextmanager
def _signals_kept():
    """GLib leaves signals that it has caught with the system's default, Python's Ctrl-C too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)


# Handlers

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


# The classes

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

        `timeout` is in seconds, 10 by default; after that it is a TimeoutError. An answer that is an error is a
        RequestError, and the end of the session a GLib.Error.
        """
        doing = f'ask "{name}"'
        _check_text('ask', 'The name of a request', name)
        milliseconds = 0 if timeout is None else _to_milliseconds('timeout', timeout)
        node = _to_node(doing, data)

        def start(cancellable, done):
            RocketIO.Session.request_async(self, name, node, milliseconds, cancellable, done)

        def finish(result):
            with _translated(doing):
                return _from_value(self.request_finish(result))

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
