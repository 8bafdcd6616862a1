# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Exceptions in handlers: told with the event's name, and harmless to the server."""

import asyncio
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

from helpers import ServerTest, run_asyncio, tap, until, wait_for


class Handlers(ServerTest):
    def check(self, logs, name):
        self.assertRegex(logs.output[0], f'^ERROR:RocketIO:A handler of "{name}" failed\n')
        self.assertRegex(logs.output[0], r'in broken\n(.*\n)*ZeroDivisionError: division by zero$')

    def test_function(self):
        @self.io.on('x')
        def broken(data):
            return 1 / 0

        self.io.on('x', lambda data, session: session.push('y', data))
        one, _ = self.connect()
        with self.assertLogs('RocketIO') as logs:
            one.push('x', 1)
            wait_for(lambda: one.got('y') == [1])
        self.check(logs, 'x')

    def test_connect(self):
        @self.io.on('connect')
        def broken(session):
            return 1 / 0

        with self.assertLogs('RocketIO') as logs:
            self.connect()
        self.check(logs, 'connect')

    def test_once(self):
        @self.io.once('x')
        def broken():
            return 1 / 0

        one, _ = self.connect()
        with self.assertLogs('RocketIO') as logs:
            one.push('x')
            one.push('x')
            wait_for(lambda: logs.output)
        self.assertEqual(len(logs.output), 1)

    def test_coroutine(self):
        @self.io.on('x')
        async def broken(data, session):
            await session.flush_async()
            return 1 / 0

        one, _ = self.connect()
        with self.assertLogs('RocketIO') as logs:
            one.push('x')
            wait_for(lambda: logs.output)
        self.check(logs, 'x')

    def test_task(self):
        @self.io.on('x')
        async def broken(data, session):
            await asyncio.sleep(0)
            return 1 / 0

        async def main():
            one = self.start_client()
            await until(lambda: one.id)
            one.push('x')
            await until(lambda: logs.output)

        with self.assertLogs('RocketIO') as logs:
            run_asyncio(main())
        self.check(logs, 'x')

    def test_cancelled_is_no_error(self):
        @self.io.on('x')
        async def handler(data, session):
            session.push('y')
            raise asyncio.CancelledError

        one, _ = self.connect()
        with self.assertNoLogs('RocketIO'):
            one.push('x')
            wait_for(lambda: one.got('y'))


class Program(unittest.TestCase):
    """What a whole program does."""

    def run_program(self, handler, main='io.run()'):
        program = textwrap.dedent('''
            import asyncio, os, signal, sys
            from helpers import GLib, RocketIO, settle
            from client import WebSocket
            io = RocketIO.Server()
            io.listen()
            client = WebSocket(io.get_uris()[0].get_port())
            io.on('connect', lambda session: client.push('x'))
            GLib.timeout_add_seconds(20, lambda: os._exit(99))
        ''') + textwrap.dedent(handler) + f'\n{main}\nprint("ended")\n'
        return subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, timeout=60,
                              cwd=Path(__file__).parent)

    def test_visible_by_default(self):
        done = self.run_program('''
            @io.on('x')
            def handler():
                io.on('disconnect', lambda: None)
                GLib.idle_add(io.close)
                raise KeyError('cause')
        ''')
        self.assertEqual((done.returncode, done.stdout), (0, 'ended\n'))
        self.assertRegex(done.stderr, r'A handler of "x" failed\nTraceback(.*\n)*KeyError: .cause.')

    def test_system_exit(self):
        for kind in ('', 'async '):
            done = self.run_program(f'''
                @io.on('x')
                {kind}def handler():
                    sys.exit(7)
            ''')
            self.assertEqual((done.returncode, done.stdout, done.stderr), (7, '', ''))

    def test_keyboard_interrupt_is_pygobjects(self):
        done = self.run_program('''
            @io.on('x')
            def handler():
                GLib.idle_add(io.close)
                raise KeyboardInterrupt
        ''')
        self.assertEqual((done.returncode, done.stdout), (0, 'ended\n'))
        self.assertRegex(done.stderr, r'^Traceback(.*\n)*KeyboardInterrupt')
        self.assertNotIn('A handler of', done.stderr)

    def test_ctrl_c_ends_run(self):
        done = self.run_program('''
            @io.on('x')
            def handler():
                os.kill(os.getpid(), signal.SIGINT)
        ''', main='io.run(); assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n'
                  'try:\n    signal.raise_signal(signal.SIGINT)\nexcept KeyboardInterrupt: print("interrupted")')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, 'interrupted\nended\n', ''))


if __name__ == '__main__':
    tap.main()
