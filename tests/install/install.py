#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The library as others use it: installed, and as a subproject. The programs are those that README shows.

ROCKETIO_SOURCE      the top of the sources
ROCKETIO_LANGUAGES   which of c, vala, python and gjs there are
ROCKETIO_PYTHON      a python3 with PyGObject, if there is one
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import tap  # noqa: E402
from comet_client import CometClient  # noqa: E402
from programs import PATIENCE, free_port, is_listening, run, wait_for  # noqa: E402

SOURCE = Path(os.environ['ROCKETIO_SOURCE'])
LANGUAGES = os.environ['ROCKETIO_LANGUAGES'].split()


def snippet(language):
    """The first block of a language in README."""
    readme = (SOURCE / 'README.md').read_text()
    return re.search(rf'^```{language}\n(.*?)^```', readme, re.M | re.S)[1]


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = Path(tempfile.mkdtemp(prefix='rocketio-install-'))
        cls.addClassCleanup(shutil.rmtree, cls.top)
        cls.build = cls.top / 'build'
        cls.prefix = cls.top / 'prefix'
        features = [f'-D{name}={"enabled" if name in LANGUAGES else "disabled"}' for name in ('python', 'gjs')]
        introspected = len(LANGUAGES) > 1
        features += [f'-Dintrospection={"enabled" if introspected else "disabled"}',
                     f'-Dvapi={"enabled" if "vala" in LANGUAGES else "disabled"}']
        run('meson', 'setup', cls.build, SOURCE, f'--prefix={cls.prefix}', '--libdir=lib', '-Dtests=disabled',
            '-Dexamples=disabled', '-Ddocs=disabled', '-Dbuildtype=debug', *features)
        run('meson', 'compile', '-C', cls.build)
        run('meson', 'install', '-C', cls.build, '--no-rebuild')
        cls.environment = cls.make_environment()
        cls.directory = cls.top / 'programs'
        (cls.directory / 'page').mkdir(parents=True)
        (cls.directory / 'page' / 'index.html').write_text(snippet('html'))

    @classmethod
    def make_environment(cls):
        """Where the languages look for what is not in the system's own places."""
        library = cls.prefix / 'lib'
        environment = {name: value for name, value in os.environ.items() if name not in ('GI_TYPELIB_PATH', 'GJS_PATH')}
        environment |= {
            'PKG_CONFIG_PATH': str(library / 'pkgconfig'),
            'LD_LIBRARY_PATH': str(library),
            'GI_TYPELIB_PATH': str(library / 'girepository-1.0'),
            'XDG_DATA_DIRS': f'{cls.prefix}/share:/usr/local/share:/usr/share',
            'G_DEBUG': 'fatal-warnings',
        }
        for override in cls.prefix.glob('lib/**/gi/overrides/RocketIO'):
            environment['PYTHONPATH'] = str(override.parents[2])
        return environment

    def run_in_directory(self, *command):
        return run(*command, cwd=self.directory, env=self.environment)

    def start(self, *command):
        process = subprocess.Popen([str(word) for word in command], cwd=self.directory, env=self.environment)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def write(self, name, language):
        """A program with a port of its own, which is returned."""
        port = free_port()
        text = snippet(language)
        self.assertEqual(text.count('5000'), 1)
        (self.directory / name).write_text(text.replace('5000', str(port)))
        return port

    def speak(self, process, port):
        wait_for(lambda: process.poll() is not None or is_listening(port), f'port {port}')
        self.assertIsNone(process.poll(), 'the program has ended')
        client, other = CometClient(port), CometClient(port)
        self.assertIn('rocketio.mjs', client.fetch('/'))
        client.push('chat', {'text': 'Grüße', 'number': 1.5})
        for peer in (client, other):
            self.assertEqual(peer.poll(), [{'type': 'chat', 'data': {'text': 'Grüße', 'number': 1.5}}])
        process.terminate()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_files(self):
        listed = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob('*') if not path.is_dir()}
        include = 'include/rocketio-glib-1.0/rocketio-glib'
        expected = {f'{include}/{path.name}' for path in (SOURCE / 'rocketio-glib').glob('*.h')
                    if not path.name.endswith('-private.h')}
        expected |= {f'{include}/rocketio-version.h', 'lib/pkgconfig/rocketio-glib-1.0.pc'}
        expected |= {f'lib/librocketio-glib-1.0.so{version}' for version in ('', '.0', '.0.0.0')}
        if len(LANGUAGES) > 1:
            expected |= {'share/gir-1.0/RocketIO-1.0.gir', 'lib/girepository-1.0/RocketIO-1.0.typelib'}
        if 'vala' in LANGUAGES:
            expected |= {f'share/vala/vapi/rocketio-glib-1.0.{suffix}' for suffix in ('vapi', 'deps')}
        if 'gjs' in LANGUAGES:
            expected.add('share/gjs-1.0/overrides/RocketIO.js')
        overrides = [path.name for path in (SOURCE / 'bindings/python/gi/overrides/RocketIO').glob('*.py')]
        python = {path for path in listed if path.endswith('repository/RocketIO.pyi')}
        python |= {path for name in overrides for path in listed if path.endswith(f'/gi/overrides/RocketIO/{name}')}
        self.assertEqual(len(python), 1 + len(overrides) if 'python' in LANGUAGES else 0)
        self.assertEqual({path for path in listed if '__pycache__' not in path}, expected | python)

    def test_destdir(self):
        destination = self.top / 'destination'
        run('meson', 'install', '-C', self.build, '--no-rebuild', '--destdir', destination)
        staged = destination / self.prefix.relative_to('/')
        for path in self.prefix.rglob('*'):
            self.assertTrue((staged / path.relative_to(self.prefix)).exists() or '__pycache__' in str(path), path)

    def test_c(self):
        port = self.write('server.c', 'c')
        command = re.search(r'cc server\.c .*$', (SOURCE / 'README.md').read_text(), re.M)[0]
        strict = 'cc -Wall -Wextra -Wno-unused-parameter -Werror '
        self.assertEqual(self.run_in_directory('sh', '-c', command.replace('cc ', strict, 1)), '')
        self.speak(self.start('./server'), port)

    def test_versions(self):
        """The macros tell the version, and refuse nonsense."""
        version = run('pkg-config', '--modversion', 'rocketio-glib-1.0', env=self.environment).strip()
        (self.directory / 'version.c').write_text(
            '#include <rocketio-glib/rocketio-glib.h>\n'
            'int main (void)\n'
            '{\n'
            '  g_assert (ROCKETIO_CHECK_VERSION (0, 1, 0) && !ROCKETIO_CHECK_VERSION (99, 0, 0));\n'
            '  g_assert (rocketio_get_major_version () == ROCKETIO_MAJOR_VERSION);\n'
            '  g_assert (rocketio_get_minor_version () == ROCKETIO_MINOR_VERSION);\n'
            '  g_assert (rocketio_get_micro_version () == ROCKETIO_MICRO_VERSION);\n'
            '  g_print ("%s", ROCKETIO_VERSION_S);\n'
            '  return 0;\n'
            '}\n')
        build = 'cc -Wall -Wextra -Werror {} version.c -o version $(pkg-config --cflags --libs rocketio-glib-1.0)'
        limits = ' '.join(f'-DROCKETIO_VERSION_{name}=ROCKETIO_VERSION_0_1' for name in ('MIN_REQUIRED', 'MAX_ALLOWED'))
        self.run_in_directory('sh', '-c', build.format(limits))
        self.assertEqual(self.run_in_directory('./version'), version)
        with self.assertRaisesRegex(AssertionError, 'first version'):
            self.run_in_directory('sh', '-c', build.format('-DROCKETIO_VERSION_MAX_ALLOWED=0'))

    @unittest.skipUnless('vala' in LANGUAGES, 'built without vapi')
    def test_vala(self):
        port = self.write('server.vala', 'vala')
        command = re.search(r'valac .*server\.vala$', (SOURCE / 'README.md').read_text(), re.M)[0]
        self.assertEqual(self.run_in_directory('sh', '-c', command.replace('valac ', 'valac --fatal-warnings ', 1)), '')
        self.speak(self.start('./server'), port)

    @unittest.skipUnless('python' in LANGUAGES, 'built without python')
    def test_python(self):
        port = self.write('server.py', 'python')
        self.speak(self.start(os.environ['ROCKETIO_PYTHON'], 'server.py'), port)

    @unittest.skipUnless('gjs' in LANGUAGES, 'built without gjs')
    def test_gjs(self):
        port = self.write('server.js', 'js')
        self.speak(self.start('gjs', '-m', 'server.js'), port)


class Subproject(unittest.TestCase):
    def test_subproject(self):
        top = Path(tempfile.mkdtemp(prefix='rocketio-subproject-'))
        self.addCleanup(shutil.rmtree, top)
        (top / 'subprojects').mkdir()
        (top / 'subprojects' / 'rocketio-glib').symlink_to(SOURCE)
        (top / 'server.c').write_text(snippet('c'))
        (top / 'meson.build').write_text(
            "project('server', 'c')\n"
            "executable('server', 'server.c', dependencies: dependency('rocketio-glib-1.0', "
            "fallback: 'rocketio-glib'))\n")
        run('meson', 'setup', top / 'build', top, '--force-fallback-for=rocketio-glib-1.0',
            '-Drocketio-glib:introspection=disabled')
        built = json.loads(run('meson', 'introspect', '--targets', top / 'build'))
        names = {target['name'] for target in built}
        self.assertIn('rocketio-glib-1.0', names)
        self.assertFalse({name for name in names if name.startswith(('test', 'rocketio-chat'))})
        run('meson', 'compile', '-C', top / 'build', 'server')
        self.assertTrue((top / 'build' / 'server').exists())


if __name__ == '__main__':
    tap.main()
