# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Requests both ways: on_request, session.request, and the Request behind them."""

import asyncio
import sys
import threading

from helpers import GLib, RocketIO, ServerTest, client, run_asyncio, tap, until, wait_for

from gi.repository import Gio, Json

overrides = sys.modules[RocketIO.Server.__module__]


class RequestTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.one, self.session = self.connect(kind=client.WebSocket2)

    def ask(self, name, data=None):
        """The one answer that comes."""
        id = self.one.request(name, data)
        wait_for(lambda: id in self.one.answers)
        self.io.push('end')
        wait_for(lambda: self.one.got('end'))
        self.one.messages.clear()
        self.assertEqual(len(self.one.answers[id]), 1)
        return self.one.answers[id][0]


class OnRequest(RequestTest):
    def test_decorator_and_function(self):
        @self.io.on_request('add')
        def add(data, session):
            self.assertIs(session, self.session)
            return data['a'] + data['b']

        def upper(data):
            return data.upper()

        self.assertIs(self.io.on_request('upper', upper), upper)
        self.assertEqual(self.ask('add', {'a': 1, 'b': 2}), 3)
        self.assertEqual(self.ask('upper', 'ü'), 'Ü')
        self.assertTrue(callable(add))

    def test_values(self):
        self.io.on_request('echo', lambda data: data)
        values = [None, True, 0, -1.5, 2**63 - 1, '', 'ü😀', [], {}, [1, {'a': [None]}], 'x' * 100_000, b'', b'\0\xff']
        for value in values:
            with self.subTest(value=value):
                self.assertEqual(self.ask('echo', value), value)

    def test_answers(self):
        for answer, expected in ((bytearray(b'a'), b'a'), (memoryview(b'b'), b'b'), (GLib.Bytes.new(b'c'), b'c'),
                                 (Json.from_string('{"a": 1}'), {'a': 1}), ((1, 2), [1, 2])):
            with self.subTest(expected=expected):
                self.io.on_request('x', lambda: answer)
                self.assertEqual(self.ask('x'), expected)
                self.io.off_request('x')

    def test_fewer_parameters(self):
        self.io.on_request('none', lambda: 'none')
        self.io.on_request('one', lambda data: data)
        self.io.on_request('default', lambda data, session, more=5: [data, more])
        self.io.on_request('all', lambda *values: len(values))
        self.assertEqual([self.ask(name, 1) for name in ('none', 'one', 'default', 'all')], ['none', 1, [1, 5], 2])
        with self.assertRaisesRegex(TypeError, r'the request "x" is called with \(data, session\).* a default'):
            self.io.on_request('x', lambda data, session, more: None)

    def test_unknown(self):
        self.io.on('x', lambda: None)
        self.assertEqual(self.ask('x')['code'], 'unknown-name')

    def test_all_others(self):
        self.io.on_request('*', lambda data, session, name: ['*', data, name])
        self.io.on_request('x', lambda data: ['x', data])
        self.assertEqual([self.ask('x', 1), self.ask('ü', 2)], [['x', 1], ['*', 2, 'ü']])

    def test_off(self):
        handler = self.io.on_request('x', lambda: 1)
        self.io.on('x', lambda: None)
        self.io.on('y', handler)
        with self.assertRaisesRegex(ValueError, r'"x" has a handler already.*off_request\("x"\)'):
            self.io.on_request('x', lambda: 2)
        self.io.off('x')
        self.assertEqual(self.ask('x'), 1)
        self.io.off_request('x')
        self.io.off_request('x')
        self.assertEqual(self.ask('x')['code'], 'unknown-name')
        self.io.on_request('x', handler)
        self.assertEqual(len(self.io._handlers), 2)
        self.io.off(handler)
        self.assertEqual(len(self.io._handlers), 0)

    def test_names(self):
        for name in ('', '__x', 'error', 'start', 'connect', 'disconnect', 'a\0b', 'ü' * 128):
            with self.assertRaisesRegex(ValueError, 'choose'):
                self.io.on_request(name)
        with self.assertRaisesRegex(TypeError, r'@io.on_request\("chat"\)'):
            self.io.on_request(lambda data: None)


class Failures(RequestTest):
    def test_request_error(self):
        @self.io.on_request('x')
        def handler(data):
            raise RocketIO.RequestError(*data)

        with self.assertNoLogs('RocketIO'):
            self.assertEqual(self.ask('x', ['not-found', 'no such thing: ü']),
                             {'code': 'not-found', 'message': 'no such thing: ü'})
            self.assertEqual(self.ask('x', ['not-found']), {'code': 'not-found', 'message': 'not-found'})

    def test_request_error_that_cannot_be(self):
        errors = iter([('', 'x'), ('x' * 256,), ('x', 5), (5,), ('\ud800',), ('x', '')])

        @self.io.on_request('x')
        def handler():
            raise RocketIO.RequestError(*next(errors))

        for _ in range(6):
            with self.assertLogs('RocketIO') as logs:
                self.assertEqual(self.ask('x'), {'code': 'error', 'message': 'the server failed to answer'})
            self.assertRegex(logs.output[0], 'A handler of the request "x" failed\n')

    def check_secret(self):
        with self.assertLogs('RocketIO') as logs:
            self.assertEqual(self.ask('x'), {'code': 'error', 'message': 'the server failed to answer'})
        self.assertEqual(len(logs.output), 1)
        self.assertRegex(logs.output[0], '^ERROR:RocketIO:A handler of the request "x" failed\nTraceback')
        self.assertRegex(logs.output[0], 'in broken\n(.*\n)*KeyError: .secret.$')

    def test_other_exceptions(self):
        @self.io.on_request('x')
        def broken():
            raise KeyError('secret')

        self.check_secret()

    def test_later(self):
        @self.io.on_request('x')
        async def broken(data, session):
            await session.flush_async()
            raise KeyError('secret')

        self.check_secret()

    def test_later_request_error(self):
        @self.io.on_request('x')
        async def handler(data, session):
            await session.flush_async()
            raise RocketIO.RequestError('later')

        with self.assertNoLogs('RocketIO'):
            self.assertEqual(self.ask('x')['code'], 'later')

    def test_answers_that_cannot_be(self):
        loop = []
        loop.append(loop)
        values = {'{1}': {1}, 'NaN': float('nan'), 'loop': loop, 'deep': eval('[' * 65 + ']' * 65)}

        async def later(data, session):
            await session.flush_async()
            return values[data]

        self.io.on_request('now', lambda data: values[data])
        self.io.on_request('later', later)
        for how in ('now', 'later'):
            for name in values:
                with self.assertLogs('RocketIO') as logs:
                    self.assertEqual(self.ask(how, name)['code'], 'error')
                self.assertRegex(logs.output[0], f'(Type|Value)Error: Cannot answer "{how}": ')

    def test_cancelled(self):
        @self.io.on_request('x')
        async def handler():
            raise asyncio.CancelledError

        with self.assertNoLogs('RocketIO'):
            self.assertEqual(self.ask('x')['code'], 'unanswered')

    def test_answered_already(self):
        self.io.connect('request::x', lambda io, request, session, name: request.reply([name, request.data]))
        self.io.on_request('x', lambda: 2)
        with self.assertLogs('RocketIO') as logs:
            self.assertEqual(self.ask('x', 1), ['x', 1])
            wait_for(lambda: logs.output)
        self.assertRegex(logs.output[0], 'has been answered already')


class Later(ServerTest):
    def test_without_asyncio(self):
        one, _ = self.connect(kind=client.WebSocket2)

        @self.io.on_request('x')
        async def handler(data, session):
            await session.flush_async()
            return data + 1

        id = one.request('x', 1)
        wait_for(lambda: one.answers.get(id) == [2])
        self.assertEqual(overrides._waiting._Driver._running, set())

    def test_asyncio(self):
        @self.io.on_request('x')
        async def handler(data, session):
            await asyncio.sleep(data / 100)
            return data

        async def main():
            one = self.start_client(kind=client.WebSocket2)
            await until(lambda: one.id)
            slow, fast = one.request('x', 5), one.request('x', 0)
            await until(lambda: len(one.answers) == 2)
            self.assertEqual(list(one.answers.items()), [(fast, [0]), (slow, [5])])

        run_asyncio(main())

    def test_too_many(self):
        async def main():
            go = asyncio.Event()
            self.io.on_request('x', go.wait)
            one = self.start_client(kind=client.WebSocket2)
            await until(lambda: one.id)
            with self.assertLogs('RocketIO') as logs:
                for _ in range(overrides._handlers.BACKLOG + 10):
                    one.request('x')
                await until(lambda: len(one.answers) == 10)
            self.assertEqual({answer['code'] for answer, in one.answers.values()}, {'too-many'})
            self.assertEqual(len(logs.output), 1)
            self.assertRegex(logs.output[0], 'A request "x" of a client was refused.*1024 calls')
            go.set()
            await until(lambda: len(one.answers) == overrides._handlers.BACKLOG + 10)
            self.assertEqual(one.answers[1], [True])

        run_asyncio(main())

    def test_session_that_is_gone(self):
        answered = []

        async def main():
            go = asyncio.Event()

            @self.io.on_request('x')
            async def handler():
                await go.wait()
                answered.append(True)
                return 5

            one = self.start_client(kind=client.WebSocket2)
            await until(lambda: one.id)
            one.request('x')
            self.io.on('disconnect', lambda: go.set())
            one.close()
            await until(lambda: answered)

        with self.assertNoLogs('RocketIO'):
            run_asyncio(main())


class Request(RequestTest):
    """As it comes with the signal."""

    def test_members(self):
        requests = []
        self.io.connect('request::x', lambda io, request, session, name: requests.append(request))
        self.one.request('x', {'a': 1})
        self.one.request('x', b'bytes')
        wait_for(lambda: len(requests) == 2)
        first, second = requests
        self.assertIsInstance(first, RocketIO.Request)
        self.assertEqual((first.name, first.data, first.bytes, first.answered), ('x', {'a': 1}, None, False))
        self.assertIs(first.session, self.session)
        self.assertEqual((second.data, second.bytes.get_data()), (b'bytes', b'bytes'))
        with self.assertRaisesRegex(TypeError, 'Cannot answer "x": '):
            first.reply({1})
        self.assertIs(first.reply({'b': 2}), True)
        self.assertTrue(first.answered)
        for again in (lambda: first.reply(1), lambda: first.fail('x')):
            with self.assertRaises(GLib.Error) as raised:
                again()
            self.assertTrue(raised.exception.matches(RocketIO.error_quark(), RocketIO.Error.ANSWERED))
        with self.assertRaisesRegex(ValueError, 'Cannot fail "x": '):
            second.fail('')
        second.fail('no', 'never')
        wait_for(lambda: self.one.answers == {1: [{'b': 2}], 2: [{'code': 'no', 'message': 'never'}]})

    def test_thread(self):
        threads = []

        def asked(io, request, session, name):
            threads.append(threading.Thread(target=lambda: request.reply(sum(request.data))))
            threads[-1].start()

        self.io.connect('request::x', asked)
        self.assertEqual(self.ask('x', [1, 2, 3]), 6)
        threads[0].join()

    def test_let_go(self):
        self.io.connect('request::x', lambda io, request, session, name: None)
        self.assertEqual(self.ask('x')['code'], 'unanswered')


class SessionRequest(RequestTest):
    def run_request(self, *args, **options):
        """What session.request gives without asyncio."""
        results = []

        async def ask():
            try:
                results.append(await self.session.request(*args, **options))
            except Exception as error:
                results.append(error)

        overrides._waiting._start(ask(), lambda error: None)
        wait_for(lambda: results)
        return results[0]

    def test_answer(self):
        self.one.handlers['add'] = lambda data: data['a'] + data['b']
        self.one.handlers['echo'] = lambda data: data
        self.assertEqual(self.run_request('add', {'a': 1, 'b': 2}), 3)
        for value in (None, True, -1.5, 2**63 - 1, -2**63, 'ü😀', [], {'a': [None, 1e300]}, 'x' * 100_000, (1, 2)):
            self.assertEqual(self.run_request('echo', value), list(value) if value == (1, 2) else value)
        self.assertEqual(self.run_request('echo'), None)
        self.assertEqual(self.run_request('echo', Json.from_string('[1]')), [1])

    def test_bytes(self):
        self.one.handlers['echo'] = lambda data: data
        self.one.handlers['count'] = len
        self.one.handlers['make'] = bytes
        for value in (b'', b'\0\xff', bytearray(b'x'), GLib.Bytes.new(b'yz'), b'x' * 50_000):
            answer = self.run_request('echo', value)
            self.assertEqual(answer, value.get_data() if isinstance(value, GLib.Bytes) else bytes(value))
            self.assertIsInstance(answer, bytes)
        self.assertEqual(self.run_request('count', b'123'), 3)
        self.assertEqual(self.run_request('make', 3), b'\0\0\0')

    def test_asyncio(self):
        self.one.handlers['echo'] = lambda data: data

        async def main():
            answers = [self.session.request('echo', i, timeout=5) for i in range(10)]
            self.assertEqual([await answer for answer in answers], list(range(10)))

        run_asyncio(main())

    def test_error(self):
        error = {'code': 'not: found', 'message': 'nothing: here'}
        results = []

        async def ask():
            try:
                await self.session.request('x')
            except RocketIO.RequestError as raised:
                results.append((raised.code, raised.message, str(raised)))

        overrides._waiting._start(ask(), results.append)
        wait_for(lambda: self.one.asked)
        self.one.answer(self.one.asked[0][0], error=error)
        wait_for(lambda: results)
        self.assertEqual(results[0], ('not: found', 'nothing: here', 'not: found: nothing: here'))

    def test_timeout(self):
        error = self.run_request('x', timeout=0.01)
        self.assertIsInstance(error, TimeoutError)
        self.assertRegex(str(error), 'Cannot ask "x": .* in time')

    def test_end(self):
        async def main():
            waiting = self.session.request('x')
            self.session.close()
            with self.assertRaises(GLib.Error) as raised:
                await waiting
            self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CLOSED))
            with self.assertRaises(GLib.Error) as raised:
                await self.session.request('x')
            self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CLOSED))

        run_asyncio(main())

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        GLib.idle_add(cancellable.cancel)
        error = self.run_request('x', cancellable=cancellable)
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

        async def main():
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(self.session.request('x', cancellable=cancellable_of_task), 0.02)
            await until(lambda: cancellable_of_task.is_cancelled())

        cancellable_of_task = Gio.Cancellable()
        run_asyncio(main())

    def test_version_1(self):
        _, self.session = self.connect()
        error = self.run_request('x')
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_SUPPORTED))

    def test_refused(self):
        for pattern, error, args, options in (
            ('a str, not int', TypeError, (5,), {}),
            ('null character', ValueError, ('a\0b',), {}),
            ('Cannot ask "x": .* set ', TypeError, ('x', {1}), {}),
            ('Cannot ask "x": .* NaN', ValueError, ('x', float('nan')), {}),
            ('seconds above 0', ValueError, ('x',), {'timeout': 0}),
            ('seconds above 0', ValueError, ('x',), {'timeout': -1}),
            ('seconds above 0', ValueError, ('x',), {'timeout': 10**9}),
        ):
            with self.subTest(args=args, options=options), self.assertRaisesRegex(error, pattern):
                self.session.request(*args, **options)
        for name in ('', '__x', 'connect', 'x' * 256):
            self.assertIsInstance(self.run_request(name), ValueError)
        self.assertRegex(str(self.run_request('x', {'a': 'b\0c'})), 'Cannot ask "x": .*u0000 is not allowed')

    def test_node_and_callback(self):
        self.one.handlers['echo'] = lambda data: data
        answers = []

        def answered(session, result):
            answers.append(RocketIO.json_to_string(session.request_finish(result)))

        async def ask():
            node = await self.session.request_async('echo', Json.from_string('[2]'), 0)
            answers.append(RocketIO.json_to_string(node))

        self.session.request_async('echo', Json.from_string('[1]'), 1000, None, answered)
        overrides._waiting._start(ask(), lambda error: None)
        wait_for(lambda: len(answers) == 2)
        self.assertEqual(answers, ['[1]', '[2]'])


if __name__ == '__main__':
    tap.main()
