# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The blocks of docs/python.md are one program, which is run here and spoken to.

`io.run()` moves to the end, as the guide says, and the server takes any port. Each block has a check, in their order.
"""

import asyncio
import contextlib
import gc
import io as text_io
import logging
import os
import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from helpers import GLib, RocketIO, client, tap, until

GUIDE = Path(os.environ['ROCKETIO_GUIDE'])


def get_blocks():
    return re.findall(r'^```python\n(.*?)^```$', GUIDE.read_text(), re.M | re.S)


class Guide(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(directory.name)
        Path('page').mkdir()
        Path('page', 'index.html').write_text('the page')
        self.addCleanup(asyncio.set_event_loop_policy, asyncio.get_event_loop_policy())
        logger = logging.getLogger('RocketIO')
        self.addCleanup(setattr, logger, 'handlers', logger.handlers[:])
        self.printed = text_io.StringIO()

    def execute(self, blocks):
        """Runs them, all but `io.run()`, and returns what they define."""
        names = {'__name__': '__main__'}
        listen = RocketIO.Server.listen
        self.ports = []

        def listen_anywhere(io, address=None, port=0, certificate=None):
            self.ports.append(port)
            return listen(io, address, 0, certificate)

        with mock.patch.object(RocketIO.Server, 'listen', listen_anywhere), \
                mock.patch.object(RocketIO.Server, 'run') as run, contextlib.redirect_stdout(self.printed):
            for number, block in enumerate(blocks, 1):
                exec(compile(block, f'{GUIDE.name}, block {number}', 'exec'), names)
        self.assertEqual(run.call_count, 1)
        self.assertEqual(self.ports, [5000])

        return names

    def test_program(self):
        blocks = get_blocks()
        checks = [self.check_server, self.check_events, self.check_special, self.check_data, self.check_whom,
                  self.check_keeping, self.check_authenticate, self.check_authorize, self.check_channels,
                  self.check_coming_back, self.check_flush, self.check_asyncio, self.check_iteration, self.check_answer,
                  self.check_question, self.check_threads, self.check_exceptions]
        self.assertEqual(len(blocks), len(checks))
        names = self.execute(blocks)
        self.io = names['io']
        failures = []

        async def check_all():
            try:
                self.a, self.b = await self.connect('lobby'), await self.connect('')
                for check in checks:
                    self.a.messages.clear()
                    self.b.messages.clear()
                    await check()
            except BaseException as error:
                failures.append(error)
            self.io.close()

        def start():
            self.task = asyncio.get_running_loop().create_task(check_all())

        GLib.idle_add(start)
        with contextlib.redirect_stdout(self.printed):
            self.io.run()
        asyncio.get_event_loop().close()
        for failure in failures:
            raise failure

    async def connect(self, channel, kind=client.WebSocket):
        one = kind(self.io.get_uris()[0].get_port(), channel)
        self.addCleanup(one.close)
        await until(lambda: one.got('welcome'))
        return one

    async def check_server(self):
        self.a.push('chat', 'hello')
        await until(lambda: self.a.got('chat') == self.b.got('chat') == ['hello'])
        reader, writer = await asyncio.open_connection('127.0.0.1', self.io.get_uris()[0].get_port())
        writer.write(b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
        self.assertIn(b'the page', await reader.read())
        writer.close()

    async def check_events(self):
        for number in range(2):
            self.a.push('first', number)
            self.a.push('ping')
        await until(lambda: self.b.got('pong') == [None, None])
        self.assertIn('the first one said 0\n', self.printed.getvalue())
        self.assertNotIn('the first one said 1\n', self.printed.getvalue())

    async def check_special(self):
        c = await self.connect('')
        self.assertEqual(c.got('welcome'), [{'id': c.id, 'others': 2}])
        c.push('anything')
        c.push('chat')
        await until(lambda: c.got('chat'))
        c.close()
        await until(lambda: self.a.got('left') == [{'reason': 'client', 'since': 2}])

    async def check_data(self):
        self.assertRegex(self.printed.getvalue(), 'Cannot push "chat": .*NaN')

    async def check_whom(self):
        self.b.push('say', 1)
        await until(lambda: self.b.got('done'))
        await until(lambda: self.a.got('said') == [1, 1])
        self.assertEqual(self.b.got('said'), [1])

    async def ask(self, one, name, data):
        id = one.request(name, data)
        await until(lambda: id in one.answers)
        answer, = one.answers[id]
        return answer

    async def check_keeping(self):
        self.a.push('light', 'on')
        await until(lambda: self.b.got('mouse') == [[1, 2]])
        c = await self.connect('', client.WebSocket2)
        await until(lambda: c.got('light') == ['on'])
        self.assertEqual(c.got('mouse'), [])

    async def check_authenticate(self):
        for auth, expected in (('ann', 'ann'), (None, 'guest'), ('wrong', 4503)):
            one = client.WebSocket2(self.io.get_uris()[0].get_port(), hello={'auth': auth})
            self.addCleanup(one.close)
            await until(lambda: one.id or one.end)
            self.assertEqual(one.end or self.io.get_session(one.id).identity, expected)
            one.close()

    async def check_authorize(self):
        for auth, code in ((None, 'denied'), ('ann', 'unknown-name')):
            one = client.WebSocket2(self.io.get_uris()[0].get_port(), hello={'auth': auth})
            self.addCleanup(one.close)
            await until(lambda: one.id)
            self.assertEqual((await self.ask(one, 'delete', None))['code'], code)

    async def check_channels(self):
        for number in range(60):
            self.io.push('news', number, channel='lobby')
        c = await self.connect('', client.WebSocket2)
        self.assertEqual((await self.ask(c, '__join', {'ch': 'staff'}))['code'], 'denied')
        joined = await self.ask(c, '__join', {'ch': 'lobby', 'history': 100})
        self.assertEqual([message['data'] for message in joined['history']], list(range(10, 60)))
        c.push('hire', 'ann')
        await until(lambda: c.got('__left'))
        self.assertEqual(self.io.get_session(c.id).channels, ['staff', ''])

    async def check_coming_back(self):
        c = await self.connect('', client.WebSocket2)
        self.assertEqual(c.got('__welcome')[0]['window'], 60)
        c.cut()
        await until(lambda: self.a.got('away') == [c.id])
        d = c.resume()
        self.addCleanup(d.close)
        await until(lambda: d.id)
        d.push('misbehave')
        await until(lambda: d.end == 4600)
        self.assertEqual(d.got('__disconnect')[0]['reason'], 'that is not done')
        self.assertEqual(d.got('reload'), [])

    async def check_answer(self):
        c = await self.connect('', client.WebSocket2)
        self.assertEqual(await self.ask(c, 'mean', [1, 2, 6]), 3)
        self.assertEqual(await self.ask(c, 'mean', []), {'code': 'empty', 'message': 'there is no mean of nothing'})
        with self.assertLogs('RocketIO'):
            self.assertEqual((await self.ask(c, 'mean', ['a']))['code'], 'error')
        Path('errors.log').write_text('')

    async def check_question(self):
        c = await self.connect('', client.WebSocket2)
        c.handlers['sure?'] = lambda data: data == {'to': 'Rome'}
        self.assertEqual(await self.ask(c, 'travel', 'Rome'), 'to Rome')
        self.assertEqual(await self.ask(c, 'travel', 'Hell'), 'stay')
        c.handlers.clear()
        id = c.request('travel', 'Rome')
        await until(lambda: c.asked)
        c.answer(c.asked[0][0], error={'code': 'lazy', 'message': 'not now'})
        await until(lambda: c.answers.get(id) == ['no: lazy'])

    async def check_flush(self):
        c = await self.connect('')
        c.push('goodbye', 'x' * 100_000)
        await until(lambda: c.closed)
        self.assertEqual(c.got('goodbye'), ['x' * 100_000])

    async def check_asyncio(self):
        self.a.push('slow', 5)
        await until(lambda: self.a.got('slow') == [5])

    async def check_iteration(self):
        gc.collect()    # the task is nobody's but the iteration's
        for number in (1, 2, 3):
            self.a.push('add', number)
        await until(lambda: self.a.got('total') == [1, 3, 6])

    async def check_threads(self):
        self.a.push('work', 101)
        await until(lambda: self.a.got('result') == [5050])

    async def check_exceptions(self):
        self.a.push('divide', [1, 0])
        self.a.push('divide', [1, 2])
        await until(lambda: self.a.got('quotient') == [0.5])
        logged = Path('errors.log').read_text()
        self.assertRegex(logged, '^A handler of "divide" failed\nTraceback (.*\n)*ZeroDivisionError')
        self.assertEqual(logged.count('Traceback'), 1)

    def test_first_block_alone(self):
        io = self.execute(get_blocks()[:1])['io']
        self.assertIsInstance(io, RocketIO.Server)
        io.close()


if __name__ == '__main__':
    tap.main()
