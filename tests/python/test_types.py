# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The stub says what there is, neither less nor more, and a type checker finds what is wrong by it."""

import ast
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from helpers import RocketIO, tap

STUB = Path(os.environ['ROCKETIO_STUB'])
HERE = Path(__file__).parent
OVERRIDDEN = ('Handshake', 'Request', 'Server', 'Session')


def get_raw(cls):
    """The class that introspection makes, below the override."""
    return next(base for base in cls.__mro__ if base.__module__ == 'gi.repository.RocketIO')


def get_names(infos):
    return {info.get_name().replace('-', '_') for info in infos}


def is_public(name):
    return not name.startswith('_')


class Stub(unittest.TestCase):
    """Beside the typelib and the override."""

    def setUp(self):
        self.module = ast.parse(STUB.read_text())
        self.classes = {node.name: node for node in self.module.body
                        if isinstance(node, ast.ClassDef) and is_public(node.name)}

    def get_members(self, node, kinds=(ast.FunctionDef, ast.AsyncFunctionDef, ast.AnnAssign, ast.Assign, ast.ClassDef)):
        names = set()
        for item in node.body:
            if isinstance(item, kinds):
                target = item.target if isinstance(item, ast.AnnAssign) else item
                target = item.targets[0] if isinstance(item, ast.Assign) else target
                names.add(getattr(target, 'name', getattr(target, 'id', None)))
        return {name for name in names if is_public(name)}

    def test_module(self):
        public = {name for name in dir(RocketIO._introspection_module) if is_public(name)}
        self.assertEqual(self.get_members(self.module), public | {'RequestError'})

    def test_objects(self):
        for name in OVERRIDDEN:
            cls, info = getattr(RocketIO, name), get_raw(getattr(RocketIO, name)).__info__
            properties = get_names(info.get_properties())
            own = {name for name in vars(cls) if is_public(name)}
            expected = get_names(info.get_methods()) | own | properties | {'props', 'Props'}
            self.assertEqual(self.get_members(self.classes[name]), expected)
            props = next(item for item in self.classes[name].body if isinstance(item, ast.ClassDef))
            self.assertEqual(self.get_members(props), properties)

    def test_others(self):
        for name in set(self.classes) - {*OVERRIDDEN, 'RequestError'}:
            info = getattr(RocketIO, name).__info__
            with self.subTest(name=name):
                if hasattr(info, 'get_values'):
                    values = {value.get_name().upper(): value.get_value() for value in info.get_values()}
                    stub = {item.targets[0].id: item.value.value for item in self.classes[name].body}
                    self.assertEqual(stub, values)
                else:
                    self.assertEqual(self.get_members(self.classes[name]),
                                     get_names(info.get_methods()) | get_names(info.get_fields()))

    def get_signature(self, node):
        names = [argument.arg for argument in node.args.args]
        first = len(names) - len(node.args.defaults)
        return [name + ('=' if i >= first else '') for i, name in enumerate(names) if name not in ('self', 'cls')]

    def test_parameters(self):
        for name in (*OVERRIDDEN, 'PushOptions'):
            cls = getattr(RocketIO, name)
            methods = {item.name: item for item in self.classes[name].body if isinstance(item, ast.FunctionDef)}
            overridden = set() if cls is get_raw(cls) else set(vars(cls))
            for method in get_names(get_raw(cls).__info__.get_methods()) - overridden:
                documented = re.match(r'\w+\((.*?)\)( |$)', getattr(cls, method).__doc__)[1]
                expected = [re.sub(r':.*?(=?)(None)?$', r'\1', part) for part in documented.split(', ')]
                expected = [part for part in expected if part not in ('self', '')]
                with self.subTest(method=f'{name}.{method}'):
                    self.assertEqual(self.get_signature(methods[method]), expected)

    def test_defaults_are_none(self):
        """So that a parameter with a default may be named in the stub by `...`."""
        text = STUB.read_text()
        self.assertNotRegex(text, '= None')


class Mypy(unittest.TestCase):
    """Tells of each line of uses.py that has a comment about it, and of no other."""

    def setUp(self):
        mypy = shutil.which('mypy')
        self.assertTrue(mypy, 'mypy is missing: install it (mypy on Debian), or build with -Dpython=disabled')
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = Path(directory.name)
        self.command = [mypy, '--strict', '--no-error-summary', '--cache-dir', self.path / 'cache',
                        '--python-version', '3.9']
        # A type checker looks for gi-stubs in site-packages only; what is not ours there is pygobject-stubs' to have.
        shutil.copytree(HERE / 'stubs' / 'gi', self.path / 'gi')
        shutil.copy(STUB, self.path / 'gi' / 'repository')

    def run_mypy(self, *files):
        done = subprocess.run([*self.command, *files], env={**os.environ, 'MYPYPATH': str(self.path)},
                              capture_output=True, text=True, cwd=self.path)
        self.assertEqual(done.stderr, '')
        return done.stdout

    def test_stub(self):
        self.assertEqual(self.run_mypy(self.path / 'gi' / 'repository' / 'RocketIO.pyi'), '')

    def test_uses(self):
        uses = HERE / 'stubs' / 'uses.py'
        expected = {number for number, line in enumerate(uses.read_text().splitlines(), 1) if '# wrong' in line}
        told = self.run_mypy(uses)
        found = {int(match[1]) for match in re.finditer(r'uses\.py:(\d+): error', told)}
        self.assertEqual(found, expected, told)


if __name__ == '__main__':
    tap.main()
