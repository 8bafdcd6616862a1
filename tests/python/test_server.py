# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Servers and sessions as Python objects: attributes, lists, listening, pages, embedding."""

import gc
import http.client
import tempfile
import threading
import unittest
from pathlib import Path

from helpers import GLib, RocketIO, ServerTest, client, tap, wait_for

from gi.repository import Soup


class Sessions(ServerTest):
    def test_list(self):
        self.assertEqual((len(self.io.sessions), list(self.io.sessions)), (0, []))
        sessions = {self.connect()[1] for _ in range(3)}
        self.assertEqual(len(self.io.sessions), 3)
        self.assertEqual({session for session in self.io.sessions}, sessions)
        self.assertIn(self.io.sessions[0], sessions)

    def test_attributes_live_as_long_as_the_session(self):
        class Player:
            pass

        ended = []

        @self.io.on('connect')
        def connected(session):
            session.player = Player()
            session.player.score = 0

        @self.io.on('hit')
        def hit(data, session):
            session.player.score += data
            session.push('score', session.player.score)

        self.io.on('disconnect', lambda session: ended.append(session.player.score))
        one = self.start_client()
        wait_for(lambda: one.id and self.is_open(one))
        for i in range(3):
            gc.collect()
            one.push('hit', 5)
            wait_for(lambda: len(one.got('score')) == i + 1)
        self.assertEqual(one.got('score'), [5, 10, 15])
        one.close()
        wait_for(lambda: ended == [15])
        gc.collect()
        self.assertEqual([item for item in gc.get_objects() if isinstance(item, Player)], [])

    def test_properties(self):
        one, session = self.connect('red')
        self.assertEqual((session.id, session.channel, session.channels), (one.id, 'red', ['red']))
        self.assertEqual(session.transport, RocketIO.TransportType.WEBSOCKET)
        self.assertEqual(session.remote_address.get_address().to_string(), '127.0.0.1')
        self.assertIsNone(session.identity)
        session.identity = 'ann'
        self.assertEqual(session.get_identity(), 'ann')
        with self.assertRaises(AttributeError):
            session.channel = 'blue'
        self.io.max_queue_bytes = 5000
        self.assertEqual(self.io.props.max_queue_bytes, 5000)
        self.io.log_bytes = 4096
        self.assertEqual((self.io.log_bytes, self.io.total_log_bytes, self.io.log_age), (4096, 64 << 20, 0))

    def test_lookup(self):
        one, session = self.connect('red')
        self.assertIs(self.io.get_session(one.id), session)
        self.assertIsNone(self.io.get_session('nobody'))
        self.assertEqual(self.io.list_channel('red'), [session])
        self.assertEqual(self.io.dup_channels(), ['red'])
        self.assertEqual(self.io.count_sessions(RocketIO.TransportType.WEBSOCKET), 1)


class Listening(unittest.TestCase):
    def test_forms(self):
        for args, options in (((), {}), ((None, 0, None), {}), (('127.0.0.1',), {'port': 0}),
                              ((), {'address': 'localhost', 'port': 0, 'certificate': None})):
            with RocketIO.Server() as io:
                self.assertIs(io.listen(*args, **options), True)
                self.assertGreater(io.get_uris()[0].get_port(), 0)

    def test_errors(self):
        with RocketIO.Server() as io:
            io.listen()
            with self.assertRaises(GLib.Error):
                RocketIO.Server().listen(port=io.get_uris()[0].get_port())
            with self.assertRaisesRegex(TypeError, r'write listen\(port=5000\)'):
                io.listen(5000)
            with self.assertRaises(GLib.Error) as raised:
                io.listen('nonsense')
            self.assertTrue(raised.exception.matches(RocketIO.error_quark(), RocketIO.Error.INVALID_SETTING))

    def test_context_manager(self):
        ended = []
        with self.assertRaisesRegex(KeyError, 'through'):
            with RocketIO.Server() as io:
                io.listen()
                one = client.WebSocket(io.get_uris()[0].get_port())
                io.on('disconnect', lambda session, reason: ended.append(reason))
                wait_for(lambda: one.id and io.get_session(one.id).channel == '')
                raise KeyError('through')
        self.assertEqual(ended, [RocketIO.CloseReason.SHUTDOWN])
        wait_for(lambda: one.closed)
        with self.assertRaises(GLib.Error):
            io.listen()

    def test_constructors(self):
        soup = Soup.Server()
        for io in (RocketIO.Server(soup_server=soup, post_interval=2), RocketIO.Server.new_for_soup_server(soup)):
            self.assertIs(io.soup_server, soup)
            io.on('x', print)
            io.close()


class Pages(ServerTest):
    def get(self, path):
        """In a thread, as the server is in this one."""
        answers, port = [], self.port

        def work():
            connection = http.client.HTTPConnection('127.0.0.1', port, timeout=20)
            connection.request('GET', path, headers={'Accept': 'text/html'})
            answer = connection.getresponse()
            answers.append((answer.status, answer.read()))
            connection.close()

        threading.Thread(target=work).start()
        wait_for(lambda: answers)
        return answers[0]

    def test_directory(self):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, 'index.html').write_text('hello')
            self.assertIs(self.io.serve_directory(Path(directory)), True)
            self.assertEqual(self.get('/'), (200, b'hello'))
            self.assertEqual(self.get('/deep')[0], 404)
            self.io.serve_directory(directory, flags=RocketIO.ServeFlags.FALLBACK_TO_INDEX)
            self.assertEqual(self.get('/deep'), (200, b'hello'))
            with self.assertRaises(GLib.Error):
                self.io.serve_directory(Path(directory) / 'missing')
            with self.assertRaises(TypeError):
                self.io.serve_directory(5)

    def test_resource(self):
        with self.assertRaises(GLib.Error):
            self.io.serve_resource('/org/example/nothing')


class Embedded(Pages):
    """In a Soup.Server that the program has anyway."""

    def setUp(self):
        super().setUp()
        self.io.close()
        self.soup = Soup.Server()
        self.soup.add_handler('/app', self.answer)
        self.io = RocketIO.Server(soup_server=self.soup)
        self.soup.listen_local(0, Soup.ServerListenOptions.IPV4_ONLY)

    def answer(self, soup, message, path, query):
        message.set_status(200, None)
        message.set_response('text/plain', Soup.MemoryUse.COPY, b'mine')

    @property
    def port(self):
        return self.soup.get_uris()[0].get_port()

    def test_both(self):
        self.io.on('chat', lambda data, session: session.push('chat', [data]))
        self.assertEqual(self.get('/app'), (200, b'mine'))
        one, _ = self.connect()
        one.push('chat', 1)
        wait_for(lambda: one.got('chat') == [[1]])
        self.io.close()
        self.assertEqual(self.get('/app'), (200, b'mine'))


if __name__ == '__main__':
    tap.main()
