# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs unittest's tests and tells about them in the Test Anything Protocol: `import tap` and, last, `tap.main()`."""

import sys
import traceback
import unittest


class _Result(unittest.TestResult):
    """Writes a line for each test as it ends, with what went wrong in comments below."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def _tell(self, outcome, test, remark='', details=''):
        self.count += 1
        print(f"{outcome} {self.count} - {test.id().removeprefix('__main__.')}{remark}")
        for line in details.splitlines():
            print(f'#   {line}')
        sys.stdout.flush()

    def addSuccess(self, test):
        super().addSuccess(test)
        self._tell('ok', test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._tell('ok', test, f' # SKIP {reason}')

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._tell('not ok', test, details=''.join(traceback.format_exception(*err)))

    def addError(self, test, err):
        super().addError(test, err)
        self._tell('not ok', test, details=''.join(traceback.format_exception(*err)))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._tell('not ok', subtest, details=''.join(traceback.format_exception(*err)))


def main():
    """Runs all tests of the program, or those that its arguments name (`Class` or `Class.test`)."""
    loader = unittest.defaultTestLoader
    module = sys.modules['__main__']
    names = sys.argv[1:]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = _Result()
    suite.run(result)
    print(f'1..{result.count}')
    sys.exit(not result.wasSuccessful())
