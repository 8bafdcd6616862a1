# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the tests share: a server on the loopback with its clients, and waiting with a deadline."""

import asyncio
import sys
import time
import unittest

import gi

gi.require_version('RocketIO', '1.0')
from gi.repository import GLib, RocketIO

import client
import tap

try:
    import gbulb
except ImportError:
    print('Bail out! gbulb is missing: install it (python3-gbulb on Debian), or build with -Dpython=disabled')
    sys.exit(1)

DEADLINE = 20    # seconds, for what takes milliseconds


def wait_for(condition):
    """Runs the default main context until the condition holds."""
    late = time.monotonic() + DEADLINE
    tick = GLib.timeout_add(20, lambda: True)    # conditions may change in other threads
    try:
        while not condition():
            assert time.monotonic() < late, 'it took too long'
            GLib.MainContext.default().iteration(True)
    finally:
        GLib.source_remove(tick)


def settle():
    """Lets the main context come to rest."""
    while GLib.MainContext.default().iteration(False):
        pass


async def until(condition):
    """Lets asyncio run until the condition holds."""
    late = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < late, 'it took too long'
        await asyncio.sleep(0.01)


def run_asyncio(coroutine):
    """Runs a coroutine by asyncio on GLib's main loop."""
    before = asyncio.get_event_loop_policy()
    policy = gbulb.GLibEventLoopPolicy()
    asyncio.set_event_loop_policy(policy)
    try:
        loop = policy.get_event_loop()
        return loop.run_until_complete(asyncio.wait_for(coroutine, DEADLINE))
    finally:
        loop.close()
        asyncio.set_event_loop_policy(before)


class ServerTest(unittest.TestCase):
    """A server `io` that listens, and no exception that gets lost."""

    def setUp(self):
        self.clients = []
        self.lost = []
        self.addCleanup(setattr, sys, 'excepthook', sys.excepthook)
        sys.excepthook = lambda *error: self.lost.append(error)
        self.io = RocketIO.Server()
        self.io.listen()

    def tearDown(self):
        for one in self.clients:
            one.close()
        self.io.close()
        settle()
        self.assertEqual(self.lost, [])

    @property
    def port(self):
        return self.io.get_uris()[0].get_port()

    def start_client(self, channel='', kind=client.WebSocket):
        """A client that connects as soon as the main context runs."""
        self.clients.append(kind(self.port, channel))
        return self.clients[-1]

    def is_open(self, one):
        session = one.id and self.io.get_session(one.id)
        return session and session.channel is not None

    def connect(self, channel='', kind=client.WebSocket):
        """A client, and its session."""
        one = self.start_client(channel, kind)
        wait_for(lambda: self.is_open(one))
        return one, self.io.get_session(one.id)
