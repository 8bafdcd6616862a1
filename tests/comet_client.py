# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Clients that can do just enough of the protocol, by long polling."""

import json
import urllib.parse
import urllib.request

from programs import PATIENCE


class CometClient:
    """Version 1. Without a channel it tells none, not even that it is in none: it is there from its first push on."""

    def __init__(self, port, channel=None, session='', scheme='http', prefix='', context=None):
        self.base = f'{scheme}://127.0.0.1:{port}{prefix}'
        self.context = context
        self.session = session
        self.session = self.poll()[0]['data']
        if channel is not None:
            self.push('__channel_id', channel)

    def fetch(self, path, body=None, **headers):
        request = urllib.request.Request(self.base + path, body, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE, context=self.context) as answer:
            return answer.read().decode()

    def poll(self):
        return json.loads(self.fetch(f'/cometio/io?session={self.session}'))

    def push(self, event, data):
        batch = {'session': self.session, 'events': [{'type': event, 'data': data}]}
        self.fetch('/cometio/io', urllib.parse.urlencode({'json': json.dumps(batch)}).encode())

    def expect(self, *events):
        """The next events, as pairs of a name and data, in however many polls they come."""
        got = []
        while len(got) < len(events):
            got += [(message['type'], message['data']) for message in self.poll() if message['type'] != '__heartbeat']
        if got != list(events):
            raise AssertionError(f'expected {events}, got {got}')


class PollClient(CometClient):
    """The same for version 2. What the server asks is answered by `handlers`, by name."""

    def __init__(self, port, *channels, handlers=None):
        self.base = f'http://127.0.0.1:{port}'
        self.context = None
        self.handlers = handlers or {}
        self.asked = 0
        welcome, = self.post('send', messages=[{'type': '__hello', 'data': {'join': channels}}])
        self.session, self.token, self.pos = (welcome['data'][name] for name in ('id', 'token', 'pos'))

    def post(self, path, **body):
        return json.loads(self.fetch(f'/rocketio/{path}', json.dumps(body).encode()))

    def poll(self):
        messages = self.post('poll', id=self.session, token=self.token, pos=self.pos)
        for message in messages:
            self.pos = message.get('pos', self.pos)
            if message['type'] in self.handlers:
                self.push('__ack', {'id': message['id'], **self.handlers[message['type']](message['data'])})
        return messages

    def push(self, event, data, **more):
        self.post('send', id=self.session, token=self.token, messages=[{'type': event, 'data': data, **more}])

    def ask(self, name, data):
        """What the answer has: `data`, or an `error`."""
        self.asked += 1
        self.push(name, data, id=self.asked)
        while True:
            for message in self.poll():
                if message['type'] == '__ack' and message['data'].pop('id') == self.asked:
                    return message['data']
