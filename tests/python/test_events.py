# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""on, once, off, and how handlers are called."""

from helpers import GLib, RocketIO, ServerTest, tap, wait_for
from client import Comet


class On(ServerTest):
    def test_decorator_and_function(self):
        calls = []

        @self.io.on('chat')
        def first(data, session):
            calls.append(('first', data, session))

        def second(data, session):
            calls.append(('second', data, session))

        self.assertIs(self.io.on('chat', second), second)
        one, session = self.connect()
        one.push('chat', 'hello')
        wait_for(lambda: len(calls) == 2)
        self.assertEqual(calls, [('first', 'hello', session), ('second', 'hello', session)])
        self.assertTrue(callable(first))

    def test_fewer_parameters(self):
        calls = []
        self.io.on('x', lambda: calls.append(()))
        self.io.on('x', lambda data: calls.append((data,)))
        self.io.on('x', lambda data, session, calls=calls: calls.append((data, session)))
        self.io.on('x', lambda *values: calls.append(values))
        self.io.on('x', lambda data, *, key=1, **more: calls.append((data, key)))
        one, session = self.connect()
        one.push('x', 7)
        wait_for(lambda: len(calls) == 5)
        self.assertEqual(calls, [(), (7,), (7, session), (7, session), (7, 1)])

    def test_methods_and_builtins(self):
        class App:
            def __init__(self):
                self.got = []

            def chat(self, data):
                self.got.append(data)

        app, got = App(), []
        self.io.on('chat', app.chat)
        self.io.on('chat', got.append)
        one, _ = self.connect()
        one.push('chat', 1)
        wait_for(lambda: got == [1] and app.got == [1])
        self.io.off('chat', app.chat)
        one.push('chat', 2)
        wait_for(lambda: got == [1, 2])
        self.assertEqual(app.got, [1])

    def test_each_handler_has_its_own_data(self):
        calls = []
        self.io.on('x', lambda data: data.clear())
        self.io.on('x', lambda data: calls.append(data))
        one, _ = self.connect()
        one.push('x', {'a': 1})
        wait_for(lambda: calls == [{'a': 1}])

    def test_every_event(self):
        calls = []
        self.io.on('*', lambda data, session, name: calls.append((data, session, name)))
        GLib.quark_from_string('known')    # as are the names of all signals, types and properties
        one, session = self.connect()
        one.push('known', 1)
        one.push('ü unknown', 2)
        wait_for(lambda: len(calls) == 2)
        self.assertEqual(calls, [(1, session, 'known'), (2, session, 'ü unknown')])

    def test_connect_and_disconnect(self):
        calls = []
        self.io.on('connect', lambda session: calls.append(session))
        self.io.on('disconnect', lambda session, reason: calls.append((session, reason)))
        self.io.on('disconnect', lambda session: calls.append(session))
        one, session = self.connect()
        one.close()
        wait_for(lambda: len(calls) == 3)
        self.assertEqual(calls, [session, (session, RocketIO.CloseReason.CLIENT), session])

    def test_comet(self):
        self.io.on('chat', lambda data, session: session.push('chat', [data]))
        one, _ = self.connect(kind=Comet)
        one.push('chat', 'hi')
        wait_for(lambda: one.got('chat') == [['hi']])

    def test_names(self):
        for name in ('', '__x', 'error', 'start', 'a\0b', 'ü' * 128):
            for method in (self.io.on, self.io.once, self.io.events):
                with self.assertRaisesRegex(ValueError, 'choose'):
                    method(name)
        with self.assertRaisesRegex(TypeError, r'@io.on\("chat"\)'):
            self.io.on(lambda data: None)

    def test_functions(self):
        with self.assertRaisesRegex(TypeError, r'"x" is called with \(data, session\).* of .*lambda.* a default'):
            self.io.on('x', lambda data, session, more: None)
        with self.assertRaisesRegex(TypeError, r'"connect" is called with \(session\)'):
            self.io.on('connect', lambda data, session: None)
        with self.assertRaisesRegex(TypeError, 'a default'):
            self.io.on('x', lambda data, *, key: None)
        with self.assertRaisesRegex(TypeError, 'is a function'):
            self.io.on('x', 5)


class OnceAndOff(ServerTest):
    def test_once(self):
        calls = []

        @self.io.once('x')
        def once(data):
            calls.append(data)

        self.io.on('x', lambda data: calls.append(-data))
        one, _ = self.connect()
        one.push('x', 1)
        one.push('x', 2)
        wait_for(lambda: len(calls) == 3)
        self.assertEqual(calls, [1, -1, -2])
        self.io.once('x', once)
        self.io.off('x', once)
        one.push('x', 3)
        wait_for(lambda: len(calls) == 4)
        self.assertEqual(calls[3], -3)

    def test_off(self):
        calls = []
        first = self.io.on('x', lambda: calls.append('first'))
        self.io.on('x', lambda: calls.append('second'))
        self.io.on('x', first)
        self.io.on('end', lambda: calls.append('end'))
        self.io.off('x', first)
        one, _ = self.connect()
        one.push('x')
        one.push('end')
        wait_for(lambda: calls == ['second', 'end'])
        self.io.off('x')
        self.io.off('x')
        self.io.off('unknown', first)
        one.push('x')
        one.push('end')
        wait_for(lambda: calls == ['second', 'end', 'end'])

    def test_off_while_called(self):
        calls = []

        @self.io.on('x')
        def first():
            calls.append('first')
            self.io.off('x')

        self.io.on('x', lambda: calls.append('second'))
        self.io.on('end', lambda: calls.append('end'))
        one, _ = self.connect()
        one.push('x')
        one.push('x')
        one.push('end')
        wait_for(lambda: calls[-1:] == ['end'])
        self.assertEqual(calls, ['first', 'end'])

    def test_close_ends_handlers(self):
        calls = []
        self.io.on('disconnect', lambda session, reason: calls.append(reason))
        self.connect()
        self.io.close()
        self.assertEqual(calls, [RocketIO.CloseReason.SHUTDOWN])
        self.io.emit('session-closed', RocketIO.Session(), RocketIO.CloseReason.LOST)
        self.assertEqual(len(calls), 1)


if __name__ == '__main__':
    tap.main()
