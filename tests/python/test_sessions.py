# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What clients of version 2 of the wire have more: coming back, several channels, bytes."""

import asyncio
import base64
import tempfile

from gi.repository import Gio

from helpers import GLib, RocketIO, ServerTest, client, run_asyncio, tap, until, wait_for


class Version2(ServerTest):
    def connect(self, channel='', kind=client.WebSocket2):
        return super().connect(channel, kind)

    def resume(self, one):
        self.clients.append(one.resume())
        wait_for(lambda: self.clients[-1].id)
        return self.clients[-1]


class Return(Version2):
    def test_detached_and_resumed(self):
        calls = []

        @self.io.on_detached
        def detached(session):
            calls.append(('detached', session, session.transport))

        self.io.on_resumed(lambda session, recovered: calls.append(('resumed', session, recovered)))
        self.io.on_detached(lambda: calls.append('none'))
        self.io.on_resumed(lambda session: calls.append(session))
        self.io.on('disconnect', lambda session, reason: calls.append(reason))
        one, session = self.connect()
        one.cut()
        wait_for(lambda: len(calls) == 2)
        self.assertEqual(calls, [('detached', session, RocketIO.TransportType.NONE), 'none'])
        self.io.push('missed', 1)
        again = self.resume(one)
        wait_for(lambda: again.got('missed') == [1])
        self.assertEqual(calls[2:], [('resumed', session, True), session])
        again.close()
        wait_for(lambda: calls[4:] == [RocketIO.CloseReason.CLIENT])

    def test_async(self):
        calls = []

        async def main():
            @self.io.on_detached
            async def detached(session):
                await asyncio.sleep(0.01)
                calls.append(session.id)

            one = self.start_client(kind=client.WebSocket2)
            await until(lambda: one.id)
            one.cut()
            await until(lambda: calls == [one.id])

        run_asyncio(main())

    def test_failing(self):
        @self.io.on_detached
        def broken(session):
            return 1 / 0

        self.io.on_resumed(broken)
        one, _ = self.connect()
        with self.assertLogs('RocketIO') as logs:
            one.cut()
            wait_for(lambda: logs.output)
            self.resume(one)
            wait_for(lambda: len(logs.output) == 2)
        self.assertRegex(logs.output[0], 'A handler of on_detached failed\n')
        self.assertRegex(logs.output[1], 'A handler of on_resumed failed\n')

    def test_off(self):
        calls = []
        handler = self.io.on_detached(lambda: calls.append(1))
        self.io.off(handler)
        self.io.on_detached(lambda: calls.append(2))
        one, _ = self.connect()
        one.cut()
        wait_for(lambda: calls == [2])
        with self.assertRaisesRegex(TypeError, r'on_detached is called with \(session\)'):
            self.io.on_detached(lambda a, b: 1)
        with self.assertRaisesRegex(TypeError, 'on_resumed is a function'):
            self.io.on_resumed(5)

    def test_window(self):
        reasons = []
        self.io.resume_window = 1
        self.io.on('disconnect', lambda session, reason: reasons.append(reason))
        one, _ = self.connect()
        one.cut()
        wait_for(lambda: reasons == [RocketIO.CloseReason.TIMEOUT])

    def test_properties(self):
        self.io.heartbeat, self.io.heartbeat_timeout = 7, 8
        one, session = self.connect()
        welcome, = one.got('__welcome')
        self.assertEqual([welcome[name] for name in ('window', 'heartbeat', 'timeout')], [120, 7, 8])
        self.assertEqual(session.round_trip_time, -1)


class Channels(Version2):
    def test_by_the_app(self):
        one, session = self.connect('red')
        self.assertIs(session.join('blue'), True)
        self.assertIs(session.join('blue'), True)
        self.assertEqual((session.channels, session.channel), (['blue', 'red'], 'blue'))
        session.leave('red')
        session.leave('nowhere')
        self.io.push('x', 1, channel='red')
        self.io.push('x', 2, channel='blue')
        wait_for(lambda: one.got('x') == [2])
        self.assertEqual([joined['ch'] for joined in one.got('__joined')], ['red', 'blue'])
        self.assertEqual(one.got('__left'), [{'ch': 'red'}])

    def test_names(self):
        _, session = self.connect()
        for name in ('a\0b', 'x' * 256):
            with self.assertRaisesRegex(ValueError, 'Cannot join'):
                session.join(name)
        with self.assertRaises(TypeError):
            session.join(5)
        with self.assertRaises(ValueError):
            session.leave('a\0b')
        for number in range(127):
            session.join(f'{number}')
        with self.assertRaises(GLib.Error) as raised:
            session.join('one more')
        self.assertTrue(raised.exception.matches(RocketIO.error_quark(), RocketIO.Error.TOO_MANY))

    def test_history(self):
        self.io.set_history('news', 2)
        for number in range(3):
            self.io.push('x', number, channel='news')
        one, _ = self.connect()
        id = one.request('__join', {'ch': 'news', 'history': 10})
        wait_for(lambda: id in one.answers)
        self.assertEqual([message['data'] for message in one.answers[id][0]['history']], [1, 2])


class AuthorizeEvent(Version2):
    def ask(self, one, name):
        id = one.request(name)
        wait_for(lambda: id in one.answers)
        answer, = one.answers[id]
        return (answer or {}).get('code', 'answered')

    def test_decision(self):
        calls = []

        @self.io.authorize_event('delete')
        def may_delete(session, name):
            calls.append((session, name))
            return session.identity == 'ann'

        self.io.on_request('delete', lambda: None)
        self.io.on_request('read', lambda: None)
        one, session = self.connect()
        self.assertEqual([self.ask(one, name) for name in ('delete', 'read')], ['denied', 'answered'])
        session.identity = 'ann'
        self.assertEqual(self.ask(one, 'delete'), 'answered')
        self.assertEqual(calls, [(session, 'delete')] * 2)
        self.io.off(may_delete)
        session.identity = None
        self.assertEqual(self.ask(one, 'delete'), 'answered')

    def test_all(self):
        self.io.on_request('read', lambda: None)
        self.io.authorize_event('*')(lambda session, name: name != 'read')
        one, _ = self.connect()
        self.assertEqual(self.ask(one, 'read'), 'denied')

    def test_name(self):
        for name in ('', '__join', 'connect', None):
            with self.assertRaises((TypeError, ValueError)):
                self.io.authorize_event(name)


class AuthorizeJoin(Version2):
    def setUp(self):
        super().setUp()
        self.one, self.session = self.connect()

    def join(self, channel):
        id = self.one.request('__join', {'ch': channel})
        wait_for(lambda: id in self.one.answers)
        answer, = self.one.answers[id]
        return answer.get('code', 'joined')

    def test_decision(self):
        calls = []

        @self.io.authorize_join
        def authorize(session, channel):
            calls.append(session)
            return channel != 'staff'

        self.assertEqual([self.join('staff'), self.join('lobby')], ['denied', 'joined'])
        self.assertEqual(calls, [self.session, self.session])
        self.assertTrue(self.session.join('staff'))
        self.assertEqual(len(calls), 2)
        self.io.off(authorize)
        self.session.leave('staff')
        self.assertEqual(self.join('staff'), 'joined')

    def test_all_have_to_agree(self):
        self.io.authorize_join(lambda session, channel: channel != 'a')
        self.io.authorize_join(lambda session: 1)
        self.io.authorize_join(lambda session, channel: channel != 'b')
        self.assertEqual([self.join(name) for name in 'abc'], ['denied', 'denied', 'joined'])

    def test_nothing_is_no(self):
        self.io.authorize_join(lambda: None)
        self.assertEqual(self.join('lobby'), 'denied')

    def test_failing(self):
        @self.io.authorize_join
        def broken(session, channel):
            return 1 / 0

        with self.assertLogs('RocketIO') as logs:
            self.assertEqual(self.join('lobby'), 'denied')
        self.assertRegex(logs.output[0], 'A handler of authorize_join failed\n(.*\n)*ZeroDivisionError')

    def test_async(self):
        async def authorize(session, channel):
            return True

        with self.assertRaisesRegex(TypeError, 'authorize has to answer at once'):
            self.io.authorize_join(authorize)
        self.io.authorize_join(lambda session, channel: authorize(session, channel))
        with self.assertLogs('RocketIO') as logs:
            self.assertEqual(self.join('lobby'), 'denied')
        self.assertRegex(logs.output[0], 'has to be answered at once')


class Authenticate(Version2):
    def come(self, auth):
        """The code of the end, or who it is."""
        one = client.WebSocket2(self.port, hello={'auth': auth})
        self.clients.append(one)
        wait_for(lambda: one.id or one.end)
        self.reason = [disconnect['reason'] for disconnect in one.got('__disconnect')]
        return one.end or self.io.get_session(one.id).identity

    def test_decision(self):
        @self.io.authenticate
        def authenticate(auth, session):
            self.assertIsInstance(session, RocketIO.Session)
            if auth is None:
                raise RocketIO.RequestError('unknown', 'who is it?')
            return auth['name']

        self.assertEqual([self.come({'name': name}) for name in ('ann', True, False, '')], ['ann', None, 4503, 4503])
        self.assertEqual(self.come(None), 4503)
        self.assertEqual(self.reason, ['who is it?'])
        with self.assertRaisesRegex(ValueError, 'only one can decide'):
            self.io.authenticate(lambda: True)
        self.io.off(authenticate)
        self.assertIsNone(self.come(None))

    def test_handshake(self):
        seen = []

        @self.io.authenticate
        def authenticate(auth, session, handshake):
            seen.append((handshake.version, handshake.uri.get_path(), handshake.get_header('host'),
                         handshake.dup_cookie('login'), handshake.dup_query('a'), handshake.peer_certificate))
            return True

        self.assertIsNone(self.come(None))
        one = self.start_client()
        wait_for(lambda: one.id)
        self.assertEqual(seen, [(2, '/rocketio/ws', 'localhost', None, None, None),
                                (1, '/websocketio/io', 'localhost', None, None, None)])

    def test_later(self):
        @self.io.authenticate
        async def authenticate(auth, session):
            await asyncio.sleep(0.01)
            return auth

        async def main():
            ann = client.WebSocket2(self.port, hello={'auth': 'ann'})
            nobody = client.WebSocket2(self.port)
            self.clients += [ann, nobody]
            await until(lambda: ann.id and nobody.end)
            self.assertEqual((self.io.get_session(ann.id).identity, nobody.end), ('ann', 4503))

        run_asyncio(main())

    def test_failing(self):
        @self.io.authenticate
        def broken():
            raise KeyError('secret')

        with self.assertLogs('RocketIO') as logs:
            self.assertEqual(self.come('ann'), 4503)
        self.assertRegex(logs.output[0], 'A handler of authenticate failed\n(.*\n)*KeyError')
        self.assertEqual(self.reason, ['the server failed to answer'])


class Presence(Version2):
    def test_who_is_there(self):
        self.io.set_presence('lobby', True)
        self.io.authenticate(lambda: 'ann')
        one, session = self.connect('lobby')
        wait_for(lambda: one.got('__presence'))
        other, _ = self.connect('lobby')
        wait_for(lambda: other.got('__joined'))
        self.assertEqual(other.got('__joined')[0]['present'], [{'id': session.id, 'identity': 'ann'}])


class Drain(Version2):
    def test_await(self):
        async def main():
            one = self.start_client(kind=client.WebSocket2)
            await until(lambda: one.id)
            drained = self.io.drain(spread=0.02)
            with self.assertRaises(GLib.Error):
                await self.io.drain()
            self.assertIs(await drained, True)
            await until(lambda: one.end == 4000)
            self.assertEqual(len(self.io._handlers), 0)
            with self.assertRaises(GLib.Error):
                await self.io.drain_async(0)

        reasons = []
        self.io.on('disconnect', lambda session, reason: reasons.append(reason))
        run_asyncio(main())
        self.assertEqual(reasons, [RocketIO.CloseReason.SHUTDOWN])
        with self.assertRaisesRegex(ValueError, 'spread= is a number of seconds from 0'):
            self.io.drain(-1)


    def test_state(self):
        """The next server goes on with the sessions of the last one."""
        with tempfile.TemporaryDirectory() as directory:
            state = Gio.File.new_for_path(f'{directory}/state')
            self.io.state_file = state
            one, session = self.connect('red')
            session.identity = 'ann'
            run_asyncio(self.drain())
            self.io = RocketIO.Server(state_file=state)
            self.io.listen()
            again = client.WebSocket2(self.port, hello=one.resume_data())
            self.clients.append(again)
            wait_for(lambda: again.id)
            self.assertTrue(again.got('__welcome')[0]['resumed'])
            session = self.io.get_session(one.id)
            self.assertEqual((session.channels, session.identity), (['red'], 'ann'))

    async def drain(self):
        await self.io.drain()


class Close(Version2):
    def test_codes(self):
        for args, expected in (((), (4500, '')), ((4600, 'kicked'), (4600, 'kicked')), ((4000,), (4000, ''))):
            one, session = self.connect()
            session.close(*args)
            wait_for(lambda: one.end)
            disconnect, = one.got('__disconnect')
            self.assertEqual(one.end, expected[0])
            if args:
                self.assertEqual((disconnect['code'], disconnect['reason']), expected)

    def test_refused(self):
        _, session = self.connect()
        for args in ((1000,), (5000, 'x'), (4600, 'x' * 101)):
            with self.assertRaises(GLib.Error) as raised:
                session.close(*args)
            self.assertTrue(raised.exception.matches(RocketIO.error_quark(), RocketIO.Error.INVALID_SETTING))


class Bytes(Version2):
    def test_push(self):
        one, session = self.connect()
        old, _ = self.connect(kind=client.WebSocket)
        for data in (b'', b'\0\xff', bytearray(b'abc'), memoryview(b'x' * 100_000), GLib.Bytes.new(b'y')):
            self.io.push('all', data)
            session.push('one', data)
            expected = data.get_data() if isinstance(data, GLib.Bytes) else bytes(data)
            wait_for(lambda: one.got('all') and one.got('one') and old.got('all'))
            self.assertEqual((one.got('all'), one.got('one')), ([expected], [expected]))
            self.assertEqual(old.got('all'), [base64.b64encode(expected).decode()])
            one.messages.clear()
            old.messages.clear()
        with self.assertRaisesRegex(ValueError, 'Cannot push "__x": '):
            self.io.push('__x', b'')

    def test_events(self):
        calls = []
        self.io.on('x', lambda data, session: calls.append((data, session)))
        self.io.on('*', lambda data, session, name: calls.append((data, name)))
        one, session = self.connect()
        one.push('x', b'\0\xff')
        one.push('x', b'')
        one.push('x', 'text')
        wait_for(lambda: len(calls) == 6)
        self.assertCountEqual(calls, [(data, who) for data in (b'\0\xff', b'', 'text') for who in (session, 'x')])

    def test_once_and_off(self):
        calls = []
        self.io.once('x', lambda data: calls.append(data))
        handler = self.io.on('x', lambda data: calls.append(-1))
        self.io.off('x', handler)
        self.io.on('end', lambda: calls.append('end'))
        one, _ = self.connect()
        for data in (b'1', '2', b'3'):
            one.push('x', data)
        one.push('end')
        wait_for(lambda: calls[-1:] == ['end'])
        self.assertEqual(calls, [b'1', 'end'])

    def test_iteration(self):
        async def main():
            events = self.io.events('x')
            one = self.start_client(kind=client.WebSocket2)
            await until(lambda: one.id)
            one.push('x', b'a')
            one.push('x', 'b')
            got = []
            async for data, _ in events:
                got.append(data)
                if len(got) == 2:
                    break
            self.assertEqual(got, [b'a', 'b'])

        run_asyncio(main())


if __name__ == '__main__':
    tap.main()
