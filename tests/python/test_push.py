# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""push: whom it reaches, from where, and what it refuses."""

import threading
from unittest import mock

from client import WebSocket2
from helpers import RocketIO, ServerTest, tap, wait_for

from gi.repository import GLib, Json


class Push(ServerTest):
    def setUp(self):
        super().setUp()
        self.a, self.session_a = self.connect('red')
        self.b, self.session_b = self.connect('blue')
        self.c, _ = self.connect('')

    def reached(self):
        """Who has got 'x' since the last time, as letters."""
        self.io.push('end')
        wait_for(lambda: all(one.got('end') for one in (self.a, self.b, self.c)))
        who = ''.join(letter * len(getattr(self, letter).got('x')) for letter in 'abc')
        for one in (self.a, self.b, self.c):
            one.messages.clear()
        return who

    def test_whom(self):
        a, b = self.session_a, self.session_b
        for expected, options in (
            ('abc', {}),
            ('abc', {'to': None, 'channel': None, 'exclude': None}),
            ('a', {'to': a}),
            ('a', {'to': a.id}),
            ('ab', {'to': [a, b.id]}),
            ('ab', {'to': (one for one in (a, b, a))}),
            ('abc', {'to': self.io.sessions}),
            ('', {'to': []}),
            ('', {'to': 'nobody'}),
            ('a', {'channel': 'red'}),
            ('c', {'channel': ''}),
            ('ab', {'channel': {'red', 'blue'}}),
            ('', {'channel': []}),
            ('a', {'to': [], 'channel': 'red'}),
            ('ab', {'to': a, 'channel': ['red', 'blue']}),
            ('bc', {'exclude': a}),
            ('c', {'exclude': [a.id, b]}),
            ('abc', {'exclude': []}),
            ('b', {'channel': ['red', 'blue'], 'exclude': a}),
        ):
            with self.subTest(options=options):
                self.assertIs(self.io.push('x', 1, **options), True)
                self.assertEqual(self.reached(), expected)

    def test_other_forms(self):
        self.session_a.push('x', {'a': 1})
        self.io.push_to(self.session_b.id, 'x', {'a': 1})
        self.io.push_to_channel('', 'x', {'a': 1})
        options = RocketIO.PushOptions()
        options.set_except([self.session_a.id])
        self.io.push_full('x', {'a': 1}, options)
        self.io.push_json('x', '{"a":1}', options)
        self.io.push_variant('x', GLib.Variant('a{si}', {'a': 1}), options)
        self.assertEqual(self.reached(), 'abbbbcccc')

    def test_keeping(self):
        for options, expected in (
            ({'volatile': True}, (True, False, 0, None, 'default')),
            ({'retain': True, 'conflate_key': 'a'}, (False, True, 0, 'a', 'default')),
            ({'ttl': 0.0001, 'policy': RocketIO.SlowPolicy.DROP_OLDEST}, (False, False, 1, None, 'drop-oldest')),
            ({'ttl': 2.5, 'policy': None, 'to': self.session_a}, (False, False, 2500, None, 'default')),
        ):
            with self.subTest(options=options), mock.patch.object(RocketIO.Server, 'push_full') as push_full:
                self.io.push('x', 1, **options)
                made = push_full.call_args.args[2]
                self.assertEqual((made.get_volatile(), made.get_retain(), made.get_ttl(), made.get_conflate_key(),
                                  made.get_policy().value_nick), expected)
                self.assertEqual(made.get_to(), [self.session_a.id] if 'to' in options else [])

    def test_retained(self):
        self.io.push('state', {'on': True}, channel='red', retain=True)
        one, _ = self.connect('red', WebSocket2)
        wait_for(lambda: one.got('state') == [{'on': True}])

    def test_node(self):
        node = Json.from_string('{"a": [1, null]}')
        self.io.push('x', node)
        self.session_a.push('x', node)
        wait_for(lambda: self.a.got('x') == [{'a': [1, None]}] * 2 and self.b.got('x') == [{'a': [1, None]}])

    def test_no_data(self):
        self.io.push('x')
        self.session_a.push('x')
        wait_for(lambda: self.a.got('x') == [None, None])

    def test_threads(self):
        def work(number):
            for i in range(100):
                self.io.push('x', [number, i])
                self.session_a.push('y', [number, i])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(self.a.got('x')) == len(self.a.got('y')) == len(self.b.got('x')) == 400)
        for thread in threads:
            thread.join()
        for got in (self.a.got('x'), self.a.got('y'), self.b.got('x')):
            for number in range(4):
                self.assertEqual([i for who, i in got if who == number], list(range(100)))
        self.assertEqual(self.b.got('y'), [])

    def test_closed(self):
        self.session_a.close()
        self.assertTrue(self.session_a.push('x'))
        self.io.close()
        self.assertTrue(self.io.push('x'))


class Refused(ServerTest):
    def check(self, error, pattern, *args, **options):
        with self.assertRaisesRegex(error, pattern):
            self.io.push(*args, **options)

    def test_data(self):
        loop = []
        loop.append(loop)
        deep = []
        for _ in range(100_000):
            deep = [deep]
        self.check(TypeError, '"x": Object of type bytes .* convert', 'x', {'a': [b'']})
        self.check(TypeError, '"x": keys must be str.* convert', 'x', {(1, 2): 3})
        self.check(ValueError, '"x": .*None', 'x', [float('nan')])
        self.check(ValueError, '"x": .*None', 'x', -float('inf'))
        self.check(ValueError, '"x": .*contains itself', 'x', loop)
        self.check(ValueError, '"x": .*flatter', 'x', deep)
        self.check(ValueError, '"x": .*levels', 'x', [[[[[[[[[[]]]]]]]]]] and eval('[' * 65 + ']' * 65))
        self.check(ValueError, '"x": .*surrogate', 'x', ['\ud800'])

    def test_names(self):
        for name in ('', 'connect', '*', '__x', 'x' * 256):
            self.check(ValueError, f'Cannot push "{name}": '.replace('*', r'\*'), name)
        self.check(ValueError, 'null character', 'a\0b')
        self.check(TypeError, 'is a str, not int', 5)

    def test_session(self):
        _, session = self.connect()
        for error, args in ((TypeError, ('x', [b''])), (ValueError, ('', 1)), (TypeError, (None, 1))):
            with self.assertRaises(error):
                session.push(*args)

    def test_whom(self):
        self.check(ValueError, 'ttl= is a number of seconds above 0', 'x', ttl=0)
        self.check(TypeError, 'conflate_key= is a str', 'x', conflate_key=5)
        self.check(ValueError, 'null character', 'x', conflate_key='a\0b')
        self.check(TypeError, 'to= is a RocketIO.Session, .*; not int', 'x', to=5)
        self.check(TypeError, 'exclude= is .*; not NoneType', 'x', exclude=[None])
        self.check(TypeError, 'channel= is the name .*; not bytes', 'x', channel=[b'red'])


if __name__ == '__main__':
    tap.main()
