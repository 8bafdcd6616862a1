# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Nothing stays behind, however servers, sessions and handlers go, and nothing is called after."""

import asyncio
import gc
import json
import logging
import resource
import sys
import unittest
import weakref

from helpers import GLib, RocketIO, ServerTest, client, run_asyncio, settle, tap, until, wait_for

overrides = sys.modules[RocketIO.Server.__module__]
MIB = 1024 * 1024


def get_memory():
    with open('/proc/self/statm') as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def count(*types):
    return sum(isinstance(item, types) for item in gc.get_objects())


class Leaks(unittest.TestCase):
    def setUp(self):
        self.ended = 0

    def watch(self, thing):
        """Counts the end of the GObject, not of the Python object for it."""
        thing.weak_ref(self.end)

    def end(self):
        self.ended += 1

    def repeat(self, work, times, growth=4 * MIB):
        """Does something often, and looks what it leaves."""
        for _ in range(times // 4):
            work()
        settle()
        gc.collect()
        memory, self.ended = get_memory(), 0
        for _ in range(times):
            work()
        settle()
        gc.collect()
        settle()
        self.assertLess(get_memory() - memory, growth)
        self.assertEqual(count(RocketIO.Server, RocketIO.Session, RocketIO.Request), 0)
        self.assertEqual(count(overrides._Handler, overrides._Events, overrides._Operation), 0)
        self.assertEqual((overrides._waiting._Driver._running, overrides._waiting._tasks), (set(), set()))

    def make_server(self):
        io = RocketIO.Server()
        self.watch(io)
        io.payload = ['x' * 1000]

        @io.on('x')
        async def heard(data, session):
            io.push('x', data)

        io.once('*', lambda: io)
        return io

    def test_closed_servers(self):
        def work():
            with self.make_server() as io:
                io.listen()

        gc.disable()    # no cycles are left: what is closed goes at once
        self.addCleanup(gc.enable)
        self.repeat(work, 1000)
        self.assertEqual(self.ended, 1000)

    def test_dropped_servers(self):
        def work():
            self.make_server().listen()

        self.repeat(work, 1000)
        self.assertEqual(self.ended, 1000)

    def test_off(self):
        io = RocketIO.Server()

        def work():
            handler = io.on('x', lambda: (io, 'x' * 1000))
            io.once('y', handler)
            io.off('x', handler)
            io.off('y')

        io.on('z', work)
        for _ in range(1000):
            work()
        io.off('z')
        gc.collect()
        self.assertEqual(count(overrides._Handler), 0)
        reference = weakref.ref(io)
        work = None
        io = None
        gc.collect()
        self.assertIsNone(reference())

    def connect(self, io):
        one = client.WebSocket(io.get_uris()[0].get_port())
        wait_for(lambda: one.id and io.get_session(one.id) and io.get_session(one.id).channel == '')
        return one

    def test_sessions(self):
        io = self.make_server()
        io.listen()

        def work():
            one = self.connect(io)
            self.watch(io.get_session(one.id))
            one.push('x', ['data'] * 100)
            wait_for(lambda: one.got('x'))
            one.close()
            wait_for(lambda: len(io.sessions) == 0)

        for _ in range(200):
            work()
        gc.collect()
        memory, self.ended = get_memory(), 0
        for _ in range(1000):
            work()
        gc.collect()
        settle()
        self.assertEqual((self.ended, count(RocketIO.Session)), (1000, 0))
        self.assertLess(get_memory() - memory, 4 * MIB)
        io.close()

    def test_servers_with_sessions(self):
        def work():
            io = self.make_server()
            io.listen()
            one = self.connect(io)
            session = io.get_session(one.id)
            session.server = io    # such a cycle ends by close() only: Python cannot see that the server has sessions
            self.watch(session)
            io.close()
            wait_for(lambda: one.closed)

        self.repeat(work, 300)
        self.assertEqual(self.ended, 600)

    def test_dropped_with_sessions(self):
        calls = []

        def begin():
            io = self.make_server()
            io.listen()
            io.on('disconnect', lambda session: calls.append((io, session)))
            one = self.connect(io)
            one.push('x')
            return one

        def work():
            one = begin()
            gc.collect()
            wait_for(lambda: one.closed)

        self.repeat(work, 100)
        self.assertEqual((self.ended, calls), (100, []))

    def test_values(self):
        io = self.make_server()
        text = json.dumps({'data': ['x' * 100] * 100})

        def work():
            io.push('x', {'data': ['x' * 100] * 100}, to=['a', 'b'], channel=['c'], exclude='d')
            with self.assertRaises(ValueError):
                io.push('__x', text)
            io.emit('event::x', overrides._values.Json.from_string(text), RocketIO.Session(), 'x')
            settle()

        for _ in range(500):
            work()
        gc.collect()
        memory = get_memory()
        for _ in range(5000):
            work()
        gc.collect()
        self.assertLess(get_memory() - memory, 4 * MIB)
        io.close()

    def test_waiting(self):
        async def main():
            with RocketIO.Server() as io:
                self.watch(io)
                io.listen()
                io.on('x', self.answer)
                events = io.events('*')
                one = client.WebSocket(io.get_uris()[0].get_port())
                await until(lambda: one.id)
                one.push('x')
                async for _, session, _ in events:
                    await session.flush_async()
                    break
                task = asyncio.create_task(self.read(io))
                await asyncio.sleep(0)
                one.close()
            await task

        self.repeat(lambda: run_asyncio(main()), 50)
        self.assertEqual(self.ended, 50)

    def test_waiting_without_asyncio(self):
        def work():
            io = RocketIO.Server()
            self.watch(io)
            io.listen()

            @io.on('connect')
            async def connected(session):
                await session.flush_async()
                await self.read(io)

            one = self.connect(io)
            io.close()
            one.close()

        self.repeat(work, 200)
        self.assertEqual(self.ended, 200)

    def make_answering_server(self):
        io = RocketIO.Server()
        self.watch(io)
        io.listen()

        @io.on_request('now')
        def now(data):
            return [data, io]

        @io.on_request('later')
        async def later(data, session):
            await session.flush_async()
            return data

        @io.on_request('ask')
        async def ask(data, session):
            return await session.request('echo', data)

        io.on_request('give-up', self.give_up)
        io.connect('request::drop', lambda io, request, session, name: self.watch(request))
        io.authenticate(self.let_in)
        io.authorize_join(lambda session, channel: io is not None)
        io.on_detached(lambda: io)
        io.on_resumed(lambda: io)
        return io

    async def let_in(self, auth, session):
        return session is not None

    async def give_up(self, data, session):
        raise asyncio.CancelledError

    def connect_2(self, io):
        one = client.WebSocket2(io.get_uris()[0].get_port())
        one.handlers['echo'] = lambda data: data
        wait_for(lambda: one.id)
        return one

    def test_requests(self):
        """Of each kind many, with one server and one client."""
        io = self.make_answering_server()
        one = self.connect_2(io)

        def work():
            for name in ('now', 'later', 'ask', 'give-up', 'drop', 'unknown'):
                one.request(name, ['data'] * 100)
            wait_for(lambda: len(one.answers) == 6)
            one.answers.clear()
            one.messages.clear()

        logging.disable(logging.ERROR)    # what `now` answers is no JSON
        self.addCleanup(logging.disable, logging.NOTSET)
        for _ in range(100):
            work()
        gc.collect()
        memory, self.ended = get_memory(), 0
        for _ in range(500):
            work()
        gc.collect()
        settle()
        self.assertEqual((self.ended, count(RocketIO.Request, overrides._Operation)), (500, 0))
        self.assertLess(get_memory() - memory, 4 * MIB)
        io.close()
        one.close()

    def test_requests_under_way(self):
        """Both ways, when the server is closed."""
        def work():
            io = self.make_answering_server()

            @io.on_request('forever')
            async def forever(data, session):
                return await session.request('never')

            one = self.connect_2(io)
            for name in ('forever', 'forever', 'drop'):
                one.request(name)
            wait_for(lambda: len(one.asked) == 2 and one.answers)
            self.watch(io.get_session(one.id))
            io.close()
            settle()
            one.close()

        logging.disable(logging.ERROR)    # what `forever` raises, as its session ended
        self.addCleanup(logging.disable, logging.NOTSET)
        self.repeat(work, 200)
        self.assertEqual(self.ended, 3 * 200)

    async def answer(self, data, session):
        await session.flush_async()

    async def read(self, io):
        async for _ in io.events('y'):
            pass


class AfterTheEnd(ServerTest):
    def test_nothing_is_called(self):
        calls = []
        self.io.on('x', lambda: calls.append('x'))
        self.io.on('*', lambda: calls.append('*'))
        one, session = self.connect()
        reference = weakref.ref(self.io)
        one.push('x')
        self.io.close()
        self.io.emit('event::x', overrides._values.Json.from_string('1'), session, 'x')
        settle()
        self.assertEqual(calls, [])
        self.assertIsNotNone(reference())
        del self.io
        self.assertIsNone(reference())
        self.assertTrue(session.push('x'))
        self.io = RocketIO.Server()
        GLib.MainContext.default().iteration(False)


if __name__ == '__main__':
    tap.main()
