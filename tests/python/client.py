# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Clients of the wire: WebSockets of both versions in the default main context, and Comet in a thread."""

import base64
import http.client
import json
import os
import socket
import threading
import urllib.parse

from gi.repository import GLib

HANDSHAKE = ('GET {} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
             'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{}\r\n')
TEXT, BINARY, CLOSE = 1, 2, 8


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


def make_message(event, data, **more):
    if isinstance(data, bytes):
        return {'type': event, 'data': base64.b64encode(data).decode(), 'bin': True, **more}
    return {'type': event, 'data': data, **more}


class WebSocket:
    """Connects at once; everything that comes is in `messages`, as (event, data)."""

    handshake = HANDSHAKE.format('/websocketio/io', '')

    def __init__(self, port, channel=''):
        self.messages = []
        self.closed = False
        self._port = port
        self._channel = channel
        self._is_open = False
        self._buffer = bytearray()
        self._socket = socket.create_connection(('127.0.0.1', port), timeout=10)
        self._socket.sendall(self.handshake.encode())
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
        self.send(json.dumps(make_message(event, data)))

    def send(self, text):
        self._send_frame(TEXT, text.encode())

    def _send_frame(self, opcode, payload):
        self._socket.setblocking(True)
        self._socket.sendall(make_frame(opcode, payload))
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
            self._begin()
        while self._is_open and (frame := take_frame(self._buffer)):
            self._take(*frame)
        if data:
            return GLib.SOURCE_CONTINUE

        self._watch = 0
        self.close()
        return GLib.SOURCE_REMOVE

    def _begin(self):
        self.push('__channel_id', self._channel)

    def _take(self, opcode, payload):
        if opcode == TEXT:
            message = json.loads(payload)
            self.messages.append((message['type'], message['data']))


class WebSocket2(WebSocket):
    """The same for version 2. `answers` has what has been answered to request(); `handlers` answer what is asked.

    A handler is called with the data, and returns the answer, with anything else to be answered by answer().
    """

    handshake = HANDSHAKE.format('/rocketio/ws', 'Sec-WebSocket-Protocol: rocketio.v2\r\n')

    def __init__(self, port, channel='', hello=None):
        self.handlers = {}
        self.answers = {}
        self.asked = []    # by the server, as (id, name, data)
        self.pos = None
        self.end = None    # the code of the close frame
        self._hello = {'join': [channel]} if hello is None else hello
        self._last = 0
        super().__init__(port, channel)

    @property
    def id(self):
        return next((welcome['id'] for welcome in self.got('__welcome')), None)

    def request(self, name, data=None):
        """Asks, and returns the id of the answer."""
        self._last += 1
        self.send(json.dumps(make_message(name, data, id=self._last)))
        return self._last

    def answer(self, id, data=None, error=None):
        if isinstance(data, bytes):
            self.push('__ack', {'id': id, 'bin': True, 'data': base64.b64encode(data).decode()})
        else:
            self.push('__ack', {'id': id, 'data': data} if error is None else {'id': id, 'error': error})

    def resume(self):
        """Another client, which goes on with the session of this one."""
        return type(self)(self._port, hello=self.resume_data())

    def resume_data(self):
        welcome = self.got('__welcome')[-1]
        return {'id': welcome['id'], 'token': welcome['token'], 'pos': self.pos}

    def cut(self):
        """Ends the connection without a goodbye, so that the session waits."""
        super().close()

    def close(self):
        if not self.closed and self._is_open:
            self._send_frame(CLOSE, (1000).to_bytes(2, 'big'))
        super().close()

    def _begin(self):
        self.push('__hello', self._hello)

    def _take(self, opcode, payload):
        if opcode == CLOSE:
            self.end = int.from_bytes(payload[:2], 'big')
        if opcode == BINARY:    # protocol 2, point 2.6
            length = int.from_bytes(payload[1:5], 'big')
            self._take_message(json.loads(payload[5:5 + length]), payload[5 + length:])
        if opcode != TEXT:
            return
        messages = json.loads(payload)
        for message in messages if isinstance(messages, list) else [messages]:
            data = message.get('data')
            self._take_message(message, base64.b64decode(data) if message.get('bin') else data)

    def _take_message(self, message, data):
        name = message['type']
        pos = data.get('pos') if name in ('__welcome', '__heartbeat') else message.get('pos')
        self.pos = pos or self.pos
        self.messages.append((name, data))
        if name == '__ack':
            value = base64.b64decode(data['data']) if data.get('bin') else data.get('data')
            self.answers.setdefault(data['id'], []).append(data['error'] if 'error' in data else value)
        elif name in self.handlers:
            self.answer(message['id'], self.handlers[name](data))
        elif 'id' in message:
            self.asked.append((message['id'], name, data))


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
