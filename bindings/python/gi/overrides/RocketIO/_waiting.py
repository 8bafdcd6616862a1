# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is awaited, by asyncio's tasks or where there is no asyncio, and GLib's main loop as asyncio's."""

import asyncio
import contextlib
import functools
import signal
import sys
import threading

from gi.repository import Gio

_NEEDS_ASYNCIO = (
    'without asyncio a handler may await only what RocketIO returns; for everything else run the main loop by asyncio: '
    'on Debian 12 install python3-gbulb, call asyncio.set_event_loop_policy(gbulb.GLibEventLoopPolicy()) first, and '
    'then io.run(); with PyGObject 3.50 the policy is gi.events.GLibEventLoopPolicy()')


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
