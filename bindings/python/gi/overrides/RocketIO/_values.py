# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What Python programs give and get: JSON as Python values, whom a push is for, and the errors of both."""

import contextlib
import json
import math
from collections.abc import Iterable

from gi.repository import Gio, GLib, Json

from ...module import get_introspection_module

RocketIO = get_introspection_module('RocketIO')

MAX_UINT = 2**32 - 1


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


def _translate(doing, error, refusal=None):
    """The exception that a Python program expects in place of a GLib.Error, which is that itself for most.

    `refusal` is the code of a client's answer, if that is what the error is.
    """
    if _is_ours(error, RocketIO.Error.INVALID_NAME, RocketIO.Error.INVALID_JSON, RocketIO.Error.TOO_LARGE):
        return ValueError(f'Cannot {doing}: {error.message}')
    if refusal is not None:
        return RequestError(refusal, error.message[len(refusal) + len(': '):])
    if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT):
        return TimeoutError(f'Cannot {doing}: {error.message}')

    return error


@contextlib.contextmanager
def _translated(doing, get_refusal=lambda: None):
    try:
        yield
    except GLib.Error as error:
        translated = _translate(doing, error, get_refusal())
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
    if isinstance(given, (str, RocketIO.Session)) or not isinstance(given, (Iterable, Gio.ListModel)):
        given = [given]

    return [convert(one, argument) for one in given]


def _to_id(one, argument):
    if isinstance(one, RocketIO.Session):
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
