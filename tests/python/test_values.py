# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""JSON values, from Python to the client and from the client to Python."""

import sys

from helpers import ServerTest, tap, wait_for

VALUES = [
    None, True, False, 0, -1, 1.0, -0.0, 0.1, 1e-7, 1e300, 5e-324, sys.float_info.max, 2 ** 53 + 1, 2 ** 63 - 1,
    -2 ** 63, '', 'text', '"\\/\b\f\n\r\t', 'ä€😀', '\x7f\u2028\ufeff', '</script>', [], {}, [[], {}],
    [None, [1, [2.5, ['x']]]], {'': 1, 'ä': {'b': [True, False, None]}, 'a b': ''}, list(range(1000)), 'x' * 70000,
]


def nest(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


def describe(value):
    """1, 1.0 and True are equal, but not the same; nor are 0.0 and -0.0."""
    return repr(value)


class Values(ServerTest):
    def setUp(self):
        super().setUp()
        self.received = []
        self.io.on('x', lambda data: self.received.append(data))
        self.client, _ = self.connect()

    def test_to_client(self):
        for value in VALUES:
            self.io.push('x', value)
        wait_for(lambda: len(self.client.got('x')) == len(VALUES))
        self.assertEqual(list(map(describe, self.client.got('x'))), list(map(describe, VALUES)))

    def test_from_client(self):
        for value in VALUES:
            self.client.push('x', value)
        wait_for(lambda: len(self.received) == len(VALUES))
        self.assertEqual(list(map(describe, self.received)), list(map(describe, VALUES)))

    def test_nesting(self):
        self.io.push('x', nest(64))
        self.client.push('x', nest(64))
        wait_for(lambda: self.received == [nest(64)] and self.client.got('x') == [nest(64)])

    def test_integers_of_any_size_go_out(self):
        self.io.push('x', [2 ** 63, -2 ** 100])
        wait_for(lambda: self.client.got('x') == [[2 ** 63, -2 ** 100]])

    def test_integers_above_64_bits_come_as_floats(self):
        self.client.push('x', 2 ** 100)
        self.client.push('x', [2 ** 63])
        wait_for(lambda: list(map(describe, self.received)) == [describe(2.0 ** 100), describe([2.0 ** 63])])

    def test_tuples_and_subclasses(self):
        class Text(str):
            pass

        self.io.push('x', (1, Text('a'), {1: 2, None: 3}))
        wait_for(lambda: self.client.got('x') == [[1, 'a', {'1': 2, 'null': 3}]])

    def test_raw_signal(self):
        nodes = []
        self.io.connect('event::x', lambda io, node, session, name: nodes.append((node.get_int(), name)))
        self.client.push('x', 5)
        wait_for(lambda: nodes == [(5, 'x')])


if __name__ == '__main__':
    tap.main()
