#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the library exports is what rocketio-glib.symbols says. `symbols.py --write` brings that up to date.

ROCKETIO_LIBRARY   the shared library
ROCKETIO_SYMBOLS   the file
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import tap  # noqa: E402

FILE = Path(os.environ['ROCKETIO_SYMBOLS'])


def read_library():
    output = subprocess.run(['nm', '-D', '--defined-only', '--format=posix', os.environ['ROCKETIO_LIBRARY']],
                            check=True, capture_output=True, text=True).stdout
    names = {line.split()[0] for line in output.splitlines()}
    # AddressSanitizer adds some of its own.
    return sorted(name for name in names if not name.startswith(('__odr_asan', '__asan')))


class Symbols(unittest.TestCase):
    maxDiff = None

    def test_exported(self):
        self.assertEqual(read_library(), FILE.read_text().split(),
                         'the ABI has changed: if that is meant, run this test with --write')

    def test_prefix(self):
        self.assertEqual([name for name in read_library() if not name.startswith('rocketio_')], [])


if __name__ == '__main__':
    if sys.argv[1:] == ['--write']:
        FILE.write_text('\n'.join(read_library()) + '\n')
    else:
        tap.main()
