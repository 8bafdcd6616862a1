# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A client that can do just enough of version 1 of the protocol."""

import json
import urllib.parse
import urllib.request

from programs import PATIENCE


class CometClient:
    """Without a channel it tells none, not even that it is in none: it is there from its first push on."""

    def __init__(self, port, channel=None, session='', scheme='http', context=None):
        self.base = f'{scheme}://127.0.0.1:{port}'
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
