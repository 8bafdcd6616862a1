# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Clients of version 1 of the wire: a WebSocket in the default main context, and Comet in a thread."""

import http.client
import json
import os
import socket
import threading
import urllib.parse

from gi.repository import GLib

HANDSHAKE = ('GET /websocketio/io HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
             'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n')
TEXT, CLOSE = 1, 8


def make_frame(opcode, payload):
    length = len(payload)
    if length < 126:
        head = bytes([0x80 | opcode, 0x80 | length])
    elif length < 65536:
        head = bytes([0x80 | opcode, 0x80 | 126]) + length.to_bytes(2, 'big')
    else:
        head = bytes([0x80 | opcode, 0x80 | 127]) + length.to_bytes(8, 'big')
    mask = os.urandom(4)
    key = int.from_bytes((mask * (length // 4 + 1))[:length], 'big')

    return head + mask + (int.from_bytes(payload, 'big') ^ key).to_bytes(length, 'big')


def take_frame(buffer):
    """The first frame of a bytearray, taken off it: (opcode, payload), or None as long as it is not whole."""
    if len(buffer) < 2:
        return None
    length, start = buffer[1] & 0x7f, 2
    if length > 125:
        start = 4 if length == 126 else 10
        length = int.from_bytes(buffer[2:start], 'big')
    if len(buffer) < start:
        return None
    if len(buffer) < start + length:
        return None

    opcode, payload = buffer[0] & 0xf, bytes(buffer[start:start + length])
    del buffer[:start + length]
    return opcode, payload


class WebSocket:
    """Connects at once; everything that comes is in `messages`, as (event, data)."""

    def __init__(self, port, channel=''):
        self.messages = []
        self.closed = False
        self._channel = channel
        self._is_open = False
        self._buffer = bytearray()
        self._socket = socket.create_connection(('127.0.0.1', port), timeout=10)
        self._socket.sendall(HANDSHAKE.encode())
        self._socket.setblocking(False)
        self._watch = GLib.io_add_watch(self._socket.fileno(), GLib.PRIORITY_DEFAULT,
                                        GLib.IOCondition.IN | GLib.IOCondition.HUP, self._readable)

    @property
    def id(self):
        return next(iter(self.got('__session_id')), None)

    def got(self, event):
        """The data of all that came of an event."""
        return [data for name, data in self.messages if name == event]

    def push(self, event, data=None):
        self.send(json.dumps({'type': event, 'data': data}))

    def send(self, text):
        self._socket.setblocking(True)
        self._socket.sendall(make_frame(TEXT, text.encode()))
        self._socket.setblocking(False)

    def close(self):
        if self._watch:
            GLib.source_remove(self._watch)
        self._watch = 0
        self._socket.close()
        self.closed = True

    def _readable(self, source, condition):
        try:
            data = self._socket.recv(65536)
        except BlockingIOError:
            return GLib.SOURCE_CONTINUE
        except ConnectionError:
            data = b''
        self._buffer += data

        if not self._is_open and b'\r\n\r\n' in self._buffer:
            head, _, rest = self._buffer.partition(b'\r\n\r\n')
            assert head.startswith(b'HTTP/1.1 101 '), head
            self._buffer, self._is_open = rest, True
            self.push('__channel_id', self._channel)
        while self._is_open and (frame := take_frame(self._buffer)):
            self._take(*frame)
        if data:
            return GLib.SOURCE_CONTINUE

        self._watch = 0
        self.close()
        return GLib.SOURCE_REMOVE

    def _take(self, opcode, payload):
        if opcode == TEXT:
            message = json.loads(payload)
            self.messages.append((message['type'], message['data']))


class Comet(threading.Thread):
    """Polls until it is closed; to be used like a WebSocket."""

    def __init__(self, port, channel=''):
        super().__init__(daemon=True)
        self.messages = []
        self.closed = False
        self._port = port
        self._channel = channel
        self.start()

    id = WebSocket.id
    got = WebSocket.got

    def push(self, event, data=None):
        """Returns at once, as the server may be in this thread."""
        threading.Thread(target=self._post, args=(event, data), daemon=True).start()

    def close(self):
        self.closed = True

    def run(self):
        try:
            self._poll()
        except (OSError, http.client.HTTPException):    # the server is gone
            self.closed = True

    def _poll(self):
        connection = http.client.HTTPConnection('127.0.0.1', self._port, timeout=30)
        while not self.closed:
            connection.request('GET', f'/cometio/io?session={self.id or ""}')
            messages = json.loads(connection.getresponse().read())
            is_first = self.id is None
            self.messages += [(message['type'], message['data']) for message in messages]
            if is_first:
                self._post('__channel_id', self._channel)
        connection.close()

    def _post(self, event, data):
        connection = http.client.HTTPConnection('127.0.0.1', self._port, timeout=30)
        body = json.dumps({'session': self.id, 'events': [{'type': event, 'data': data}]})
        connection.request('POST', '/cometio/io', urllib.parse.urlencode({'json': body}),
                           {'Content-Type': 'application/x-www-form-urlencoded'})
        connection.getresponse().read()
        connection.close()
