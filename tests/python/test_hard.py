# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What handlers do to their server and their session, at the worst moments."""

import gc
import time
import weakref

from helpers import RocketIO, ServerTest, settle, tap, wait_for

PLACES = ('connect', 'x', 'disconnect')


class Handlers(ServerTest):
    def provoke(self, place, action):
        """Has `action` called, with the session, by a handler of that event; returns the client."""
        done = []

        def handler(session):
            if not done:
                done.append(True)
                action(session)

        if place == 'x':
            self.io.on('x', lambda data, session: handler(session))
        else:
            self.io.on(place, handler)
        one = self.start_client()
        if place != 'connect':
            wait_for(lambda: self.is_open(one))
        if place == 'x':
            one.push('x')
        if place == 'disconnect':
            one.close()
        wait_for(lambda: done)
        settle()
        return one

    def renew(self):
        self.io.close()
        self.io = RocketIO.Server()
        self.io.listen()

    def check_others(self):
        """The server serves on."""
        other, session = self.connect()
        session.push('y', 1)
        wait_for(lambda: other.got('y') == [1])

    def test_close_server(self):
        for place in PLACES:
            with self.subTest(place):
                self.provoke(place, lambda session: self.io.close())
                self.assertEqual(self.io.get_uris(), [])
                self.assertEqual(self.io.get_sessions().get_n_items(), 0)
                self.renew()

    def test_drop_server(self):
        for place in ('connect', 'x'):
            with self.subTest(place):
                gone = weakref.ref(self.io)

                def drop(session):
                    self.io.close()
                    self.io = None

                self.provoke(place, drop)
                gc.collect()
                settle()
                gc.collect()
                self.assertIsNone(gone())
                self.io = RocketIO.Server()
                self.io.listen()

    def test_close_session(self):
        for place in PLACES:
            with self.subTest(place):
                self.provoke(place, lambda session: session.close())
                wait_for(lambda: self.io.get_sessions().get_n_items() == 0)
                self.check_others()
                self.renew()

    def test_push_within_a_push(self):
        """A push that makes a client push, which makes the server push, ends nothing and mixes up nothing."""
        def handler(data, session):
            self.io.push('y', data)
            session.push('z', data)
            if data < 50:
                one.push('x', data + 1)

        self.io.on('x', handler)
        one, _ = self.connect()
        one.push('x', 0)
        wait_for(lambda: len(one.got('z')) == 51)
        self.assertEqual(one.got('y'), list(range(51)))
        self.assertEqual(one.got('z'), list(range(51)))

    def test_block(self):
        """Whoever blocks for a second loses nothing: what came meanwhile is there afterwards, in order."""
        other, _ = self.connect()
        self.io.on('n', lambda data, session: session.push('n', data))

        def block(session):
            for number in range(100):
                other.push('n', number)
            time.sleep(1)

        self.provoke('x', block)
        wait_for(lambda: other.got('n') == list(range(100)))
        self.check_others()

    def test_throw(self):
        for place in PLACES:
            with self.subTest(place), self.assertLogs('RocketIO') as logs:
                self.provoke(place, lambda session: 1 // 0)
                wait_for(lambda: logs.output)
                self.check_others()
                self.renew()


if __name__ == '__main__':
    tap.main()
