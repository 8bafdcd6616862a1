# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A client that can do just enough of version 2 of the protocol, over a WebSocket that can be cut."""

import base64
import json
import os
import socket

from programs import PATIENCE

HANDSHAKE = (b'GET /rocketio/ws HTTP/1.1\r\n%sUpgrade: websocket\r\nConnection: Upgrade\r\n'
             b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
             b'Sec-WebSocket-Protocol: rocketio.v2\r\n\r\n')
OWN = ('__ackn', '__heartbeat')
CLOSE = 8


def make_frame(opcode, payload):
    size = len(payload)
    head = bytes([0x80 | opcode]) + (bytes([0x80 | size]) if size < 126 else b'\xfe' + size.to_bytes(2, 'big'))
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Peer:
    """`handlers` answer what the server asks, by name; `welcome` is what it said at the beginning."""

    def __init__(self, port, *channels, handlers=None, buffer=None, headers=b'Host: 127.0.0.1\r\n', **hello):
        self.port = port
        self.handlers = handlers or {}
        self.asked = 0
        self.waiting = []
        self.pos = None
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(('127.0.0.1', port))
        self.file = self.socket.makefile('rb')
        self.socket.sendall(HANDSHAKE % headers)
        self.status = int(self.file.readline().split()[1])
        if self.status != 101:
            self.cut()
            raise ConnectionError(self.status)
        while self.file.readline() != b'\r\n':
            pass
        self.push('__hello', {'join': channels, **hello})
        self.name, self.welcome = self.next()
        self.pos = self.pos or self.welcome.get('pos')

    def push(self, event, data=None, **more):
        if isinstance(data, bytes):
            data, more = base64.b64encode(data).decode(), {'bin': True, **more}
        self.socket.sendall(make_frame(1, json.dumps({'type': event, 'data': data, **more}).encode()))

    def cut(self):
        """It is gone without a goodbye."""
        self.file.close()
        self.socket.close()

    def leave(self):
        self.socket.sendall(make_frame(CLOSE, (1000).to_bytes(2, 'big')))
        self.cut()

    def resume(self, pos=None):
        """Another one, with the same session."""
        return Peer(self.port, id=self.welcome['id'], token=self.welcome['token'], pos=pos or self.pos,
                    handlers=self.handlers)

    def read(self):
        """What the next frame has; EOFError after the last."""
        head = self.file.read(2)
        if len(head) < 2:
            raise EOFError
        size = head[1]
        if size > 125:
            size = int.from_bytes(self.file.read(2 if size == 126 else 8), 'big')
        payload = self.file.read(size)
        if head[0] & 15 == CLOSE:
            raise EOFError(int.from_bytes(payload[:2], 'big'), payload[2:].decode())
        if head[0] & 15 == 2:
            end = 5 + int.from_bytes(payload[1:5], 'big')
            return [{**json.loads(payload[5:end]), 'data': payload[end:]}]
        messages = json.loads(payload) if head[0] & 15 == 1 else []
        return messages if isinstance(messages, list) else [messages]

    def next(self):
        """The next event, as a pair of a name and data."""
        while not self.waiting:
            for message in self.read():
                self.pos = message.get('pos', self.pos)
                name, data = message['type'], message.get('data')
                if name == '__ack' and data.pop('bin', False):
                    data['data'] = base64.b64decode(data['data'])
                if message.get('bin') and isinstance(data, str):
                    data = base64.b64decode(data)
                if name in self.handlers:
                    self.push('__ack', {'id': message['id'], **self.handlers[name](data)})
                elif name not in OWN:
                    self.waiting.append((name, data))
        return self.waiting.pop(0)

    def expect(self, *events):
        got = [self.next() for _ in events]
        if got != list(events):
            raise AssertionError(f'expected {events}, got {got}')

    def ask(self, name, data=None):
        """What the answer has: `data`, or an `error`."""
        self.asked += 1
        self.push(name, data, id=self.asked)
        others = []
        while True:
            event, data = self.next()
            if event == '__ack' and data.pop('id') == self.asked:
                self.waiting[:0] = others
                return data
            others.append((event, data))
