#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Adds up what test runs of meson have written: summary.py LABEL=FILE.json...

Every test of a program is counted by itself (its lines in the Test Anything Protocol). A program that failed without
telling which of them did it counts as one failure, and so does a run without any test. Ends with a line
`N passed, N failed`, and with the exit status 1 if anything failed.
"""

import json
import re
import sys

LINE = re.compile(r'^( *)(ok|not ok) \d+ *-? *([^#]*)(#.*)?$')


def read_tap(text):
    """Yields a name and an outcome for every test without tests of its own; those come before it, indented."""
    pending = []  # the indentation of tests that may belong to one that is still to come
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        indentation = len(match[1])
        inner = [outcome for depth, outcome in pending if depth > indentation]
        pending = [entry for entry in pending if entry[0] <= indentation]
        outcome = 'passed' if match[2] == 'ok' else 'failed'
        if 'SKIP' in (match[4] or '').upper():
            outcome = 'skipped'
        elif outcome == 'failed' and 'TODO' in (match[4] or '').upper():
            outcome = 'skipped'
        pending.append((indentation, outcome))
        if not inner or (outcome == 'failed' and 'failed' not in inner):
            yield match[3].strip(), outcome


def read_program(program):
    """Yields the same for one line of meson's log."""
    name = program['name'].split(' / ')[-1]
    result = program['result']
    outcomes = list(read_tap(program.get('stdout') or ''))
    yield from ((f'{name}: {test}', outcome) for test, outcome in outcomes)

    if result in ('OK', 'EXPECTEDFAIL', 'SKIP'):
        if not outcomes:
            yield name, 'skipped' if result == 'SKIP' else 'passed'
    elif all(outcome != 'failed' for _, outcome in outcomes):
        yield f'{name}: {result.lower()}', 'failed'


def read_run(path):
    try:
        with open(path, encoding='utf-8') as log:
            outcomes = [outcome for line in log for outcome in read_program(json.loads(line))]
    except FileNotFoundError:
        return [('did not run', 'failed')]
    return outcomes or [('has no tests', 'failed')]


def main():
    kinds = ('passed', 'failed', 'skipped')
    totals = dict.fromkeys(kinds, 0)
    failures = []

    print(f"{'':20}{'passed':>8}{'failed':>8}{'skipped':>8}")
    for argument in sys.argv[1:]:
        label, path = argument.split('=', 1)
        outcomes = read_run(path)
        counts = {kind: sum(outcome == kind for _, outcome in outcomes) for kind in kinds}
        failures += [f'{label}: {name}' for name, outcome in outcomes if outcome == 'failed']
        for kind in kinds:
            totals[kind] += counts[kind]
        print(f"{label:20}{counts['passed']:8}{counts['failed']:8}{counts['skipped']:8}")

    if failures:
        print('\nFailed:')
        print('\n'.join(f'  {failure}' for failure in failures))
    skipped = f", {totals['skipped']} skipped" if totals['skipped'] else ''
    print(f"\n{totals['passed']} passed, {totals['failed']} failed{skipped}")
    return 1 if totals['failed'] else 0


if __name__ == '__main__':
    sys.exit(main())
