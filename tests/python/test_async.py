# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Coroutines as handlers, awaiting, and iterating, with asyncio (gbulb) and without."""

import asyncio
import gc
import sys

from helpers import RocketIO, ServerTest, run_asyncio, settle, tap, until, wait_for

from gi.repository import Gio, GLib

overrides = sys.modules[RocketIO.Server.__module__]


class Forever:
    """A pair of methods that ends by its cancellable only."""

    cancelled = 0

    def wait_async(self, number, cancellable, callback, *user_data):
        assert number == 5
        cancellable.connect(lambda *_: GLib.idle_add(lambda: callback(self, 'result', *user_data)))

    def wait_finish(self, result):
        assert result == 'result'
        self.cancelled += 1


class Asyncio(ServerTest):
    def test_handler_is_a_task(self):
        @self.io.on('slow')
        async def slow(data, session):
            await asyncio.sleep(0.02)
            session.push('slow', [data, asyncio.current_task() is not None])

        async def main():
            one = self.start_client()
            await until(lambda: one.id)
            one.push('slow', 1)
            one.push('slow', 2)
            await until(lambda: one.got('slow') == [[1, True], [2, True]])

        run_asyncio(main())

    def test_connect_and_disconnect(self):
        calls = []

        async def connected(session):
            await session.flush_async()
            calls.append(session.id)

        async def disconnected(session, reason):
            await asyncio.sleep(0)
            calls.append(reason)

        self.io.on('connect', connected)
        self.io.on('disconnect', disconnected)

        async def main():
            one = self.start_client()
            await until(lambda: calls == [one.id])
            one.close()
            await until(lambda: calls[1:] == [RocketIO.CloseReason.CLIENT])

        run_asyncio(main())

    def test_flush(self):
        _, session = self.connect()

        async def main():
            session.push('x', 'y' * 100000)
            self.assertIs(await session.flush_async(), True)
            operation = session.flush_async()
            self.assertEqual(await asyncio.gather(self.wait(operation), self.wait(operation)), [True, True])
            session.close()
            with self.assertRaises(GLib.Error) as raised:
                await session.flush_async()
            self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CLOSED))

        run_asyncio(main())

    async def wait(self, operation):
        return await operation

    def test_cancelled_cancellable(self):
        _, session = self.connect()
        cancellable = Gio.Cancellable()
        cancellable.cancel()

        async def main():
            with self.assertRaises(GLib.Error) as raised:
                await session.flush_async(cancellable)
            self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

        run_asyncio(main())

    def test_cancelled_task(self):
        Forever.again_async = overrides._awaitable(Forever.wait_async, Forever.wait_finish, leading=1)
        forever = Forever()

        async def main():
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(self.wait(forever.again_async(5)), 0.02)
            await until(lambda: forever.cancelled == 1)

        run_asyncio(main())

    def test_run(self):
        import gbulb
        before = asyncio.get_event_loop_policy()
        self.addCleanup(asyncio.set_event_loop_policy, before)
        asyncio.set_event_loop_policy(gbulb.GLibEventLoopPolicy())

        @self.io.on('end')
        async def end(data, session):
            await asyncio.sleep(0.01)
            session.push('bye')
            self.io.close()

        one, _ = self.connect()
        one.push('end')
        self.io.run()
        wait_for(lambda: one.got('bye'))
        self.assertIsNone(asyncio._get_running_loop())
        asyncio.get_event_loop().close()

    def test_too_many(self):
        ended = []

        @self.io.on('slow')
        async def slow(data):
            await go.wait()
            ended.append(data)

        async def main():
            nonlocal go
            go = asyncio.Event()
            one = self.start_client()
            await until(lambda: one.id)
            with self.assertLogs('RocketIO') as logs:
                for i in range(overrides._handlers.BACKLOG + 10):
                    one.push('slow', i)
                one.push('end')
                await until(lambda: logs.output and at_end)
            self.assertEqual(len(logs.output), 1)
            self.assertRegex(logs.output[0], '"slow" of a client was dropped.*1024 calls')
            go.set()
            await until(lambda: len(ended) == overrides._handlers.BACKLOG)
            one.push('slow', 'again')
            await until(lambda: ended[-1] == 'again')

        go, at_end = None, []
        self.io.on('end', lambda: at_end.append(True))
        run_asyncio(main())


class Driver(ServerTest):
    """Where the main loop is not asyncio's."""

    def test_flush(self):
        calls = []

        @self.io.on('x')
        async def handler(data, session):
            session.push('first')
            calls.append(await session.flush_async())
            session.close()
            try:
                await session.flush_async()
            except GLib.Error as error:
                calls.append(error.code)

        one, _ = self.connect()
        one.push('x')
        wait_for(lambda: calls == [True, Gio.IOErrorEnum.CLOSED])
        wait_for(lambda: one.got('first'))

    def test_without_waiting(self):
        @self.io.on('x')
        async def handler(data, session):
            session.push('x', data)

        one, _ = self.connect()
        one.push('x', 1)
        wait_for(lambda: one.got('x') == [1])
        self.assertEqual(overrides._waiting._Driver._running, set())

    def test_asyncio_is_refused(self):
        async def sleep():
            await asyncio.sleep(0.01)

        async def none():
            await asyncio.sleep(0)

        async def future():
            loop = asyncio.new_event_loop()
            try:
                await loop.create_future()
            finally:
                loop.close()

        for function in (sleep, none, future):
            with self.subTest(function=function.__name__), self.assertLogs('RocketIO') as logs:
                self.io.once('x', function)
                one, _ = self.connect()
                one.push('x')
                wait_for(lambda: logs.output)
                self.assertIn('asyncio.set_event_loop_policy(gbulb.GLibEventLoopPolicy())', logs.output[0])
                self.assertIn(f'in {function.__name__}', logs.output[0])

    def test_refusal_can_be_handled(self):
        @self.io.on('x')
        async def handler(data, session):
            for _ in range(5000):
                try:
                    await asyncio.sleep(0)
                except RuntimeError:
                    pass
            session.push('done')

        one, _ = self.connect()
        one.push('x')
        wait_for(lambda: one.got('done'))

    def test_callback(self):
        calls = []

        def flushed(source, result, *user_data):
            calls.append((source, source.flush_finish(result), *user_data))

        _, session = self.connect()
        session.flush_async(None, flushed)
        session.flush_async(None, flushed, 'data')
        session.flush_async(cancellable=Gio.Cancellable(), callback=flushed)
        wait_for(lambda: len(calls) == 3)
        self.assertCountEqual(calls, [(session, True), (session, True, 'data'), (session, True)])


class Events(ServerTest):
    def test_asyncio(self):
        got = []

        async def main():
            one = self.start_client()
            async for session in self.io.events('connect'):
                break
            events = self.io.events('chat')
            for i in range(3):
                one.push('chat', i)
            async for data, who in events:
                got.append((data, who is session))
                await asyncio.sleep(0.01)
                if len(got) == 3:
                    asyncio.get_running_loop().call_later(0.01, self.io.close)

        run_asyncio(main())
        self.assertEqual(got, [(0, True), (1, True), (2, True)])

    def test_driver(self):
        @self.io.on('connect')
        async def connected(session):
            async for data, sender, name in self.io.events('*'):
                if name == 'stop':
                    break
                sender.push('got', data)
                await sender.flush_async()
            session.push('stopped')

        one, _ = self.connect()
        for i in range(20):
            one.push('x', i)
        one.push('stop')
        wait_for(lambda: one.got('stopped'))
        self.assertEqual(one.got('got'), list(range(20)))
        self.assertEqual(len(self.io._handlers), 1)

    def test_close_ends(self):
        ended = []

        @self.io.on('connect')
        async def connected(session):
            async for data, sender in self.io.events('x'):
                pass
            async for data, sender in self.io.events('x'):
                ended.append('never')
            ended.append(True)

        self.connect()
        gc.collect()
        self.io.close()
        self.assertEqual(ended, [True])

    def test_too_many(self):
        got, failed = [], []

        async def main():
            one = self.start_client()
            events = self.io.events('x')
            await until(lambda: one.id)
            for i in range(overrides._handlers.BACKLOG + 5):
                one.push('x', i)
            at_end = []
            self.io.on('end', lambda: at_end.append(True))
            one.push('end')
            await until(lambda: at_end)
            try:
                async for data, session in events:
                    got.append(data)
            except asyncio.QueueFull as error:
                failed.append(str(error))
            self.assertEqual([item async for item in events], [])

        run_asyncio(main())
        self.assertEqual(got, list(range(overrides._handlers.BACKLOG)))
        self.assertRegex(failed[0], '1,024 calls of "x" are waiting.*do less')

    def test_left(self):
        events = self.io.events('x')
        self.assertEqual(len(self.io._handlers), 1)
        del events
        self.assertEqual(len(self.io._handlers), 0)
        events = self.io.events('x')
        run_asyncio(events.aclose())
        self.assertEqual(len(self.io._handlers), 0)

    def test_cancelled(self):
        async def read():
            async for _ in self.io.events('x'):
                pass

        async def main():
            task = asyncio.create_task(read())
            await asyncio.sleep(0.01)
            self.assertEqual(len(self.io._handlers), 1)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        run_asyncio(main())
        gc.collect()
        self.assertEqual(len(self.io._handlers), 0)

    def test_several_readers(self):
        got = []

        async def read(events):
            async for data, _ in events:
                got.append(data)

        async def main():
            events = self.io.events('x')
            tasks = [asyncio.create_task(read(events)) for _ in range(3)]
            one = self.start_client()
            await until(lambda: one.id)
            for i in range(30):
                one.push('x', i)
            await until(lambda: len(got) == 30)
            self.io.close()
            await asyncio.gather(*tasks)

        run_asyncio(main())
        self.assertEqual(sorted(got), list(range(30)))
        settle()


if __name__ == '__main__':
    tap.main()
