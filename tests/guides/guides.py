#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The guides of rocketio-glib/docs: every block of code in them is run, and every relative link leads somewhere.

ROCKETIO_SOURCE      the top of the sources
ROCKETIO_BUILD       the build directory
ROCKETIO_LANGUAGES   which of c, vala, python and gjs there are
ROCKETIO_PYTHON      a python3 with PyGObject, if there is one

A comment right before a block says what the block is (guide.py does the work):

    <!-- file: NAME -->       the whole file NAME
    <!-- in: FRAME SLOT -->   a part of the program tests/guides/frames/FRAME, in place of its line /* @SLOT@ */
    <!-- output of: NAME -->  lines that the program NAME prints
    <!-- start -->            a command that does not end; a test starts it
    <!-- as in README.md -->  commands that README.md has, too, and that other tests run

and a comment by itself, <!-- with: GUIDE NAME -->, adds a file of another guide.

Blocks of shell without a comment are run, in their order, as soon as all files are there. Blocks in other people's
languages, `ruby` and `socket.io`, are not. Whatever else there is in a guide fails.

The pages are opened in a browser by tests/browser/guides.test.mjs. `guides.py --prepare GUIDE DIRECTORY` is for it:
it builds the programs of a guide there, and prints their port and their environment.
"""

import json
import os
import re
import socket
import ssl
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import tap  # noqa: E402
from comet_client import CometClient, PollClient  # noqa: E402
from guide import DOCS, LANGUAGES, Guide, headings, links  # noqa: E402
from peer import Peer  # noqa: E402
from programs import PATIENCE, is_listening, wait_for  # noqa: E402

SOURCE = Path(os.environ['ROCKETIO_SOURCE'])
REFERENCE = Path(os.environ['ROCKETIO_BUILD']) / 'rocketio-glib' / 'docs' / 'rocketio-glib-1.0'

# Those that others test, and those without code.
ELSEWHERE = {'comet-and-proxies.md', 'gjs.md', 'python.md', 'react.md', 'vite.md'}
WITHOUT_CODE = {'architecture.md', 'protocol-1.md', 'protocol-2.md', 'security.md'}


CLOSED_BY_SERVER = 3    # RocketIOCloseReason


def open_websocket(port, channel):
    """A client that tells its channel and says no more; to close it is to leave."""
    connection = socket.create_connection(('127.0.0.1', port), PATIENCE)
    connection.sendall(b'GET /websocketio/io HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n'
                       b'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
                       b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    message = json.dumps({'type': '__channel_id', 'data': channel}).encode()
    connection.sendall(bytes([0x81, 0x80 | len(message), 0, 0, 0, 0]) + message)
    return connection


class GuideTest(unittest.TestCase):
    """The programs of one guide, built once, and started by each test."""

    guide = None

    @classmethod
    def setUpClass(cls):
        cls.guide = Guide(cls.name)
        cls.addClassCleanup(cls.guide.remove)
        cls.guide.build()
        cls.port = cls.guide.port

    def start(self, command, **environment):
        """A program on the port of the guide, and what it prints, line by line."""
        process = self.guide.start(command, **environment)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for(lambda: process.poll() is not None or is_listening(self.port), f'{command} on port {self.port}')
        self.assertIsNone(process.poll(), f'{command} has ended')
        return process

    def end(self, process):
        """By SIGTERM, politely; and what it printed."""
        process.terminate()
        printed, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        return printed

    def join(self, channel=None, **options):
        return CometClient(self.port, channel, **options)

    def meet(self, *channels, **options):
        """A client of version 2."""
        peer = Peer(self.port, *channels, **options)
        self.addCleanup(peer.cut)
        return peer

    def meet_again(self, peer, pos=None):
        again = peer.resume(pos)
        self.addCleanup(again.cut)
        return again


class FirstServer(GuideTest):
    name = 'first-server.md'

    def test_total(self):
        self.assertRegex(self.guide.printed, r'(?m)^\d+\.\d+\.\d+$')
        process = self.start('./server')
        one, other = self.join(), self.join()
        self.assertIn('rocketio.mjs', one.fetch('/'))
        self.assertIn('export', one.fetch('/rocketio/rocketio.mjs'))
        for data in (None, 'x', {'a': 1}, [1], 1.5, 0, 11, 1 << 70):
            one.push('add', data)
        refused = ('refused', 'Add a number from 1 to 10')
        one.expect(('total', 0), *[refused] * 8)
        one.push('add', 3)
        other.push('add', 4)
        one.expect(('total', 3), ('total', 7))
        other.expect(('total', 3), ('total', 3), ('total', 7))
        self.end(process)

    def test_reconnect(self):
        self.start('./server').kill()
        wait_for(lambda: not is_listening(self.port), 'the end')
        process = self.start('ROCKETIO_DEBUG=wire ./server')
        client = self.join('', session='0123456789abcdef0123456789abcdef')
        self.assertEqual(client.session, '0123456789abcdef0123456789abcdef')
        client.push('add', 2)
        client.expect(('total', 0), ('total', 2))
        self.assertIn('"add"', self.end(process))

    def test_port_taken(self):
        process = self.start('./server')
        second = self.guide.start('./server')
        self.assertIn('in use', second.communicate(timeout=PATIENCE)[0])
        self.assertEqual(second.returncode, 1)
        self.end(process)

    def test_fragments(self):
        process = self.start('./first-server')
        client = self.join()
        client.push('note', {'a': [1]})
        client.expect(('news', {'a': [1]}), *[('news', {'title': title, 'stars': 4}) for title in ('Bread', None)])
        self.guide.check_output('first-server.c', self.end(process))


class Channels(GuideTest):
    name = 'channels.md'

    def test_rooms(self):
        process = self.start('./rooms')
        ann = self.join('kitchen')
        ann.expect(('count', 1))
        bob = self.join('kitchen')
        eve, nobody = self.join('garden'), self.join()
        for client, count in ((ann, 2), (bob, 2), (eve, 1)):
            client.expect(('count', count))
        for client in (nobody, eve, ann):
            client.push('say', 'Hello')
        ann.expect(('say', 'Hello'))
        bob.expect(('say', 'Hello'))
        eve.expect(('say', 'Hello'))
        self.assertIn('rocketio.mjs', ann.fetch('/kitchen', Accept='text/html'))
        bob.push('__channel_id', 'garden')
        bob.push('say', 'I have moved')
        eve.expect(('say', 'I have moved'))
        with open_websocket(self.port, 'garden'):
            eve.expect(('count', 3))
        eve.expect(('count', 2))
        self.end(process)

    def test_fragments(self):
        process = self.start('./channels')
        ann, bob, eve = self.join(''), self.join('kitchen'), self.join('attic')
        ann.push('login', 'token of ann')
        bob.push('login', 'token of bob')
        for points in (1, 2):
            ann.push('point', None)
            ann.expect(('points', points))
        eve.push('point', None)
        eve.push('shout', 'Dinner')
        bob.expect(('shout', 'Dinner'))
        ann.expect(('shout', 'Dinner'))
        eve.push('__channel_id', 'garden')
        eve.expect(('room', 'garden'))
        eve.push('__channel_id', None)
        eve.expect(('room', None))
        eve.push('__channel_id', 'garden')
        eve.push('shout', 'Nobody?')
        eve.expect(('room', 'garden'))
        ann.expect(('shout', 'Nobody?'))
        bob.push('list', None)
        eve.push('login', 'token of nobody')
        printed = self.end(process)
        self.assertIn('3 clients, 0 of them by WebSocket\n', printed)
        for line in (': ann', 'kitchen: bob', 'garden: (null)', 'closed ann with 2 points', 'closed bob with 0 points',
                     'closed (null) with -1 points'):
            self.assertIn(f'{line}\n', printed)


class Embedding(GuideTest):
    name = 'embedding.md'

    def test_soup(self):
        process = self.start('./app')
        one, other = self.join(), self.join()
        self.assertEqual(one.fetch('/health'), 'Fine.\n')
        one.push('chat', 'Hello')
        for client in (one, other):
            client.expect(('chat', 'Hello'))
        self.end(process)

    def test_application(self):
        process = self.start('./application')
        client = self.join()
        client.push('chat', 'Hello')
        client.expect(('chat', 'Hello'))
        self.end(process)

    def test_thread_and_resource(self):
        process = self.start('./embedding thread')
        client = self.join()
        client.expect(('degrees', 21.5))
        self.assertIn('Compiled in', client.fetch('/'))
        self.end(process)

    def test_prefix(self):
        process = self.start('./embedding prefix')
        client = self.join(prefix='/app')
        client.expect(('degrees', 21.5))
        self.assertIn('Compiled in', client.fetch('/'))
        self.assertIn('RocketIO', client.fetch('/rocketio/rocketio.js'))
        self.end(process)

    def test_flush(self):
        process = self.start('./embedding thread')
        client, other = self.join(), self.join()
        for one in (client, other):
            one.push('get', None)
        other.push('leave', None)
        parts = []
        while len(parts) < 20:
            parts += [message['data'] for message in client.poll() if message['type'] == 'part']
        self.assertEqual([int(part.rstrip('.')) for part in parts], list(range(20)))
        self.assertIn('gone after part 0: ', self.end(process))

    def test_own_thread(self):
        process = self.start('./embedding own')
        self.join().push('stop', None)
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_tls(self):
        process = self.start('./embedding tls')
        context = ssl._create_unverified_context()
        client = self.join(scheme='https', context=context)
        settings = json.loads(client.fetch('/rocketio/settings'))
        self.assertEqual([settings[name].partition(':')[0] for name in ('websocket', 'comet')], ['wss', 'https'])
        self.end(process)


class Resume(GuideTest):
    name = 'resume.md'

    def test_cuts(self):
        process = self.start('./resume')
        ann, bob = self.meet(), self.meet()
        self.assertEqual((ann.welcome['window'], ann.welcome['heartbeat'], ann.welcome['timeout']), (600, 10, 5))
        for peer, name in ((ann, 'ann'), (bob, 'bob')):
            peer.push('login', name)
            peer.expect(('state', 'the truth'))
        ann.cut()
        bob.push('say', 'Hello')
        bob.expect(('say', 'Hello'))
        again = self.meet_again(ann)
        self.assertEqual((again.welcome['resumed'], again.welcome['recovered']), (True, True))
        again.expect(('say', 'Hello'))
        again.cut()
        bob.push('fill')
        bob.push('say', 'Full')
        bob.expect(('say', 'Full'))
        last = self.meet_again(again)
        self.assertEqual((last.welcome['resumed'], last.welcome['recovered']), (True, False))
        last.expect(('state', 'the truth'))
        last.push('misbehave')
        last.expect(('__disconnect', {'code': 4600, 'reason': 'You have been logged out'}))
        with self.assertRaises(EOFError) as raised:
            last.next()
        self.assertEqual(raised.exception.args, (4600, 'You have been logged out'))
        bob.leave()
        bob.cut()
        self.assertEqual([line for line in self.end(process).splitlines() if 'ann' in line], [
            'ann is cut off', 'ann is back', 'ann is cut off', 'ann is back', f'ann is gone: {CLOSED_BY_SERVER}'])

    @unittest.skipUnless('python' in LANGUAGES, 'built without python')
    def test_restart(self):
        process = self.start('python3 server.py')
        ann = self.meet('notes')
        ann.expect(('__joined', {'ch': 'notes', 'history': []}), ('notes', []))
        ann.push('note', 'Milk', n=1)
        ann.expect(('note', 'Milk'))
        pos = ann.welcome['pos']
        process.terminate()
        name, verdict = ann.next()
        self.assertEqual((name, verdict['code']), ('__disconnect', 4000))
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        process = self.start('python3 server.py')
        again = self.meet_again(ann, pos)
        self.assertEqual((again.welcome['resumed'], again.welcome['recovered']), (True, True))
        self.assertEqual((again.welcome['ackn'], again.welcome['channels']), (1, ['notes']))
        again.expect(('__joined', {'ch': 'notes', 'history': []}), ('notes', []), ('note', 'Milk'), ('notes', ['Milk']))
        bob = self.meet('notes')
        bob.expect(('__joined', {'ch': 'notes', 'history': []}), ('notes', ['Milk']))
        bob.push('note', 'Bread')
        again.expect(('note', 'Bread'))
        self.end(process)


class Answers(GuideTest):
    name = 'answers.md'

    def check_find(self, peer):
        self.assertEqual(peer.ask('find', {'name': 'Rome'}), {'data': {'lat': 41.5}})
        self.assertEqual(peer.ask('find', {'name': 'Hell'}),
                         {'error': {'code': 'not-found', 'message': 'There is no such place'}})

    def check_delete(self, peer):
        for answer, outcome in (({'data': True}, 'gone'), ({'data': 'True'}, 'kept')):
            peer.handlers['sure'] = lambda data, answer=answer: answer
            self.assertEqual(peer.ask('delete', 'it'), {'data': outcome})

    def test_fragments(self):
        process = self.start('./answers')
        peer = self.meet()
        self.check_find(peer)
        self.assertEqual(peer.ask('find', 3)['error']['code'], 'bad')
        self.assertEqual(peer.ask('search', 'text'), {'data': [1, 2]})
        self.assertEqual(peer.ask('search')['error']['code'], 'unanswered')
        self.assertEqual(peer.ask('nothing')['error']['code'], 'unknown-name')
        self.check_delete(peer)
        peer.handlers['sure'] = lambda data: {'error': {'code': 'lazy', 'message': 'not now'}}
        self.assertEqual(peer.ask('delete'), {'error': {'code': 'silent', 'message': 'lazy: not now'}})
        self.assertEqual(peer.ask('shrink', b'1234')['data'], b'12')
        self.assertEqual(peer.ask('shrink', '1234')['error']['code'], 'bad')
        self.end(process)

    @unittest.skipUnless('python' in LANGUAGES, 'built without python')
    def test_python(self):
        process = self.start('python3 answers.py')
        peer = self.meet()
        self.check_find(peer)
        self.assertEqual(peer.ask('shrink', b'1234')['data'], b'13')
        self.end(process)

    @unittest.skipUnless('gjs' in LANGUAGES, 'built without gjs')
    def test_gjs(self):
        process = self.start('gjs -m answers.js')
        self.check_find(self.meet())
        self.end(process)

    @unittest.skipUnless('vala' in LANGUAGES, 'built without vapi')
    def test_vala(self):
        process = self.start('./asking')
        self.check_delete(self.meet())
        self.end(process)


class PresenceAndHistory(GuideTest):
    name = 'presence-and-history.md'

    @unittest.skipUnless('python' in LANGUAGES, 'built without python')
    def test_room(self):
        process = self.start('python3 server.py')
        nobody = self.meet()
        self.assertEqual((nobody.name, nobody.welcome['code']), ('__disconnect', 4503))
        ann, bob = self.meet(auth='ann'), self.meet(auth='bob')
        ann_is, bob_is = ({'id': peer.welcome['id'], 'identity': name} for peer, name in ((ann, 'ann'), (bob, 'bob')))
        self.assertEqual(bob.ask('__join', {'ch': 'attic'})['error']['code'], 'denied')
        self.assertNotIn('error', ann.ask('__join', {'ch': 'attic'}))
        self.assertEqual(ann.ask('__join', {'ch': 'room'})['data'], {'ch': 'room', 'history': [], 'present': []})
        ann.expect(('__presence', {'ch': 'room', 'joined': [ann_is], 'left': []}))
        bob.push('say', 'from outside')
        for line in ('Hello', 'Anybody?'):
            ann.push('say', line)
            ann.expect(('say', ['ann', line]))
        arrival = bob.ask('__join', {'ch': 'room', 'history': 1})['data']
        self.assertEqual([message['data'] for message in arrival['history']], [['ann', 'Anybody?']])
        self.assertEqual(arrival['present'], [ann_is])
        for peer in (ann, bob):
            peer.expect(('__presence', {'ch': 'room', 'joined': [bob_is], 'left': []}))
        ann.ask('__leave', {'ch': 'room'})
        bob.expect(('__presence', {'ch': 'room', 'joined': [], 'left': [ann_is['id']]}))
        self.end(process)

    def test_rooms(self):
        process = self.start('./rooms')
        peer = self.meet()
        peer.push('open', 12)
        peer.expect(('__joined', {'ch': 'document/12', 'history': []}))
        self.assertEqual(peer.ask('__join', {'ch': 'staff/1'})['error']['code'], 'denied')
        self.end(process)

    @unittest.skipUnless('gjs' in LANGUAGES, 'built without gjs')
    def test_doors(self):
        process = self.start('gjs -m doors.js')
        self.assertEqual(self.meet(auth='secret of ann').ask('who'), {'data': 'ann'})
        self.assertEqual(self.meet(auth='secret of bob').welcome, {'code': 4503, 'reason': 'Please log in'})
        self.end(process)

    @unittest.skipUnless('vala' in LANGUAGES, 'built without vapi')
    def test_states(self):
        process = self.start('./states')
        one = self.meet('house')
        one.expect(('__joined', {'ch': 'house', 'history': []}), ('light', ['stairs', True]), ('light', ['hall', False]))
        one.push('off', 'stairs')
        one.expect(('light', None))
        self.meet('house').expect(('__joined', {'ch': 'house', 'history': []}), ('light', ['hall', False]))
        old = self.join('house')
        old.expect(('light', ['hall', False]))
        self.end(process)


class SlowClients(GuideTest):
    name = 'slow-clients.md'

    def read_until(self, peer, last):
        got = []
        while not got or got[-1][0] != last:
            got.append(peer.next())
        return got

    def test_camera(self):
        process = self.start('./slow')
        slow, quick = self.meet('camera', buffer=4096), self.meet()
        quick.push('film')
        quick.expect(('end', None))
        names = [name for name, _ in self.read_until(slow, 'end')]
        dropped = names.count('__dropped')
        self.assertGreater(dropped, 0)
        self.assertLess(names.count('picture'), 300)
        self.end(process)

    @unittest.skipUnless('python' in LANGUAGES, 'built without python')
    def test_python(self):
        process = self.start('python3 slow.py')
        slow, quick = self.meet(buffer=4096), self.meet()
        slow.push('trade')
        prices = [('price', ['ACME', price]) for price in range(50)]
        quick.expect(*prices, ('closed', None))
        got = self.read_until(slow, 'closed')
        self.assertEqual(got[0][0], 'much')
        self.assertIn(prices[-1], got)
        self.assertNotIn(prices[10], got)
        quick.push('mouse', [1, 2])
        slow.expect(('mouse', [1, 2]))
        quick.push('call', 'ann')
        for peer in (slow, quick):
            peer.expect(('ringing', 'ann'))
        slow.push('export')
        parts = self.read_until(slow, 'end')
        self.assertEqual([data[0] for _, data in parts[:-1]], list('0123456789'))
        self.end(process)

    @unittest.skipUnless('gjs' in LANGUAGES, 'built without gjs')
    def test_pressure(self):
        process = self.start('gjs -m slow.js')
        slow = self.meet(buffer=4096)
        slow.push('fill')
        self.assertIn('small from now on, 0 left out so far', process.stdout.readline())
        self.read_until(slow, 'end')
        self.assertIn('large from now on, 0 left out so far', process.stdout.readline())
        self.end(process)


@unittest.skipUnless('python' in LANGUAGES, 'built without python')
class OpenInternet(GuideTest):
    name = 'open-internet.md'

    def try_to_meet(self, *headers):
        lines = ''.join(f'{line}\r\n' for line in headers).encode()
        try:
            peer = self.meet(headers=lines)
        except ConnectionError as error:
            return error.args[0]
        peer.push('who')
        return peer.next()

    def test_strangers(self):
        process = self.start('python3 open.py')
        client = 'X-Forwarded-For: 6.6.6.6, 192.0.2.1'
        self.assertEqual(self.try_to_meet('Host: evil.example'), 421)
        self.assertEqual(self.try_to_meet('Host: localhost', 'Origin: https://evil.example'), 403)
        self.assertEqual(self.try_to_meet('Host: localhost'), ('you', '127.0.0.1'))
        self.assertEqual(self.try_to_meet('Host: chat.example.org', 'Origin: https://a.example.net', client),
                         ('you', '192.0.2.1'))
        self.assertEqual(self.try_to_meet('Host: localhost', 'X-Forwarded-Host: chat.example.org', client,
                                          'Origin: https://chat.example.org'), ('you', '192.0.2.1'))
        self.end(process)


@unittest.skipUnless('vala' in LANGUAGES, 'built without vapi')
class Vala(GuideTest):
    name = 'vala.md'

    def test_total(self):
        process = self.start('./server')
        one, other = self.join(), self.join()
        for data in ('x', None, 11):
            one.push('add', data)
        one.push('add', 3)
        one.expect(('total', 0), *[('refused', 'Add a number from 1 to 10')] * 3, ('total', 3))
        other.expect(('total', 3))
        self.assertIn('rocketio.mjs', one.fetch('/'))
        self.end(process)

    def test_fragments(self):
        process = self.start('./vala')
        client, other, third = self.join('garden'), self.join('kitchen'), self.join()
        client.push('push', [1])
        client.push('join', {'name': 'Ann', 'age': 30})
        client.push('join', 'nonsense')
        client.push('age', None)
        client.push('last', None)
        pushes = [('told', [1]), ('nothing', None), ('text', 'Grüße'), ('number', 1.5), ('yes', True),
                  ('words', ['a', 'b']), ('person', {'name': 'Ann', 'age': 30}), ('json', [None, {}])]
        kept = [('light', 'on')]    # a place is for those who can take it at once
        client.expect(*pushes, ('mine', 1), *kept, ('age', 30), ('last', 'nonsense'))
        other.expect(*pushes, ('dinner', [1]), ('others', 2), *kept)
        self.check_version_2()
        third.push('get', None)
        third.push('leave', None)
        other.push('get', None)
        parts = []
        while len(parts) < 10:
            parts += [int(message['data'].rstrip('.')) for message in other.poll() if message['type'] == 'part']
        self.assertEqual(parts, list(range(10)))
        with open_websocket(self.port, None) as leaver:
            leaver.sendall(bytes([0x88, 0x80, 0, 0, 0, 0]))
            while leaver.recv(1024):
                pass
        with self.assertRaises(OSError):
            client.fetch('/quit')
        printed, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.guide.check_output('vala.vala', printed)
        for line in ('push has come', 'gone', 'somebody has left'):
            self.assertIn(f'{line}\n', printed)


    def check_version_2(self):
        client = PollClient(self.port, 'lobby')
        self.assertEqual(client.ask('mean', [1, 2, 6]), {'data': 3})
        self.assertEqual(client.ask('mean', []), {'error': {'code': 'empty', 'message': 'there is no mean of nothing'}})
        client.handlers['sure?'] = lambda data: {'data': data == 'Rome'}
        self.assertEqual(client.ask('travel', 'Rome'), {'data': 'off we go'})
        self.assertEqual(client.ask('travel', 'Hell'), {'data': 'stay'})
        client.handlers['sure?'] = lambda data: {'error': {'code': 'lazy', 'message': 'not now'}}
        self.assertEqual(client.ask('travel', 'Rome'), {'data': 'no: lazy: not now'})
        self.assertEqual(client.ask('__join', {'ch': 'staff'})['error']['code'], 'denied')
        client.push('hire', 'ann')
        self.assertNotIn('error', client.ask('__join', {'ch': 'staff'}))
        self.assertIn('present', client.ask('__join', {'ch': 'news'})['data'])
        client.push('picture', 'AAEC', bin=True)
        messages = []
        while 'size' not in messages:
            messages += [message['type'] for message in client.poll()]
        self.assertIn('picture', messages)
        client.push('misbehave', None)
        with self.assertRaises(OSError):
            client.poll()


@unittest.skipUnless('python' in LANGUAGES, 'built without python')
class FromSinatraRocketIO(GuideTest):
    name = 'from-sinatra-rocketio.md'

    def test_after(self):
        def system(message):
            return ('chat', {'name': 'system', 'message': message})

        process = self.start('python3 server.py')
        one, other, nowhere = self.join('1'), self.join('2'), self.join()
        one.expect(system('new comet client'), system('welcome'))
        other.expect(system('new comet client'), system('welcome'))
        nowhere.push('chat', {})
        nowhere.expect(system('welcome'))
        third = self.join('1')
        one.push('chat', {'name': 'one', 'message': 'Hello'})
        one.expect(system('new comet client'), ('chat', {'name': 'one', 'message': 'Hello'}))
        third.expect(system('new comet client'), system('welcome'), ('chat', {'name': 'one', 'message': 'Hello'}))
        settings = json.loads(one.fetch('/rocketio/settings'))
        self.assertEqual((settings['post_interval'], settings['poll_timeout']), (2, 110))
        self.assertIn('rocketio.js', one.fetch('/'))
        with open_websocket(self.port, '1'):
            one.expect(system('new websocket client'))
        one.expect(system('bye'))
        self.end(process)


@unittest.skipUnless('gjs' in LANGUAGES, 'built without gjs')
class FromSocketIO(GuideTest):
    name = 'from-socket-io.md'

    def test_after(self):
        process = self.start('gjs -m server.js')
        ann, bob, eve = self.join('lobby'), self.join('lobby'), self.join('attic')
        for client, name in ((ann, 'Ann'), (bob, 'Bob'), (eve, 'Eve')):
            client.push('join', name)
        ann.expect(('joined', 'Bob'))
        bob.push('chat', 'Hello')
        eve.push('chat', 'Hello?')
        said = ('chat', {'name': 'Bob', 'text': 'Hello'})
        ann.expect(said)
        bob.expect(('joined', 'Ann'), said)
        eve.expect(('chat', {'name': 'Eve', 'text': 'Hello?'}))
        nowhere = self.join()
        nowhere.push('chat', 'Anybody?')
        open_websocket(self.port, 'lobby').close()
        ann.expect(('left', None))
        self.assertIn('rocketio.mjs', ann.fetch('/'))
        self.end(process)


class Guides(unittest.TestCase):
    def test_all(self):
        """No guide is forgotten."""
        tested = {case.name for case in GuideTest.__subclasses__()}
        self.assertEqual({path.name for path in DOCS.glob('*.md')} - ELSEWHERE, tested | WITHOUT_CODE)
        for name in WITHOUT_CODE:
            self.assertNotIn('```', (DOCS / name).read_text())

    def test_heads(self):
        """gi-docgen wants a title before all else."""
        for path in DOCS.glob('*.md'):
            with self.subTest(path.name):
                lines = path.read_text().splitlines()
                self.assertRegex(lines[0], '^Title: ')
                self.assertEqual(lines[1], '')
                self.assertEqual(lines[5], lines[0].replace('Title:', '#'))

    def test_links(self):
        places = [SOURCE / name for name in ('README.md', 'CONTRIBUTING.md', 'js/README.md')]
        places += [*DOCS.glob('*.md'), *(SOURCE / 'tests').glob('*/README.md')]
        for path in places:
            for link in links(path.read_text()):
                with self.subTest(f'{path.name}: {link}'):
                    name, _, heading = link.partition('#')
                    target = path.parent / name if name else path
                    self.assertTrue(target.exists(), f'{path} has a link to {link}')
                    if heading:
                        self.assertIn(heading, headings(target.read_text()))


    @unittest.skipUnless(REFERENCE.exists(), 'built without docs')
    def test_reference(self):
        """The links of the pages that gi-docgen makes of the guides."""
        for path in DOCS.glob('*.md'):
            page = REFERENCE / f'{path.stem}.html'
            if not page.exists():
                self.assertIn(path.name, ELSEWHERE, 'rocketio-glib/docs/meson.build does not list it')
                continue
            content = page.read_text().partition('<section id="main"')[2].partition('</section>')[0]
            for link in re.findall(r'href="([^":]+)"', content):
                with self.subTest(f'{page.name}: {link}'):
                    name, _, heading = link.partition('#')
                    target = REFERENCE / name if name else page
                    self.assertTrue(target.exists())
                    if heading:
                        self.assertIn(f'id="{heading}"', target.read_text())


def prepare(name, directory):
    guide = Guide(name, Path(directory))
    guide.build()
    print(json.dumps({'port': guide.port, 'env': guide.environment}))


if __name__ == '__main__':
    if sys.argv[1:2] == ['--prepare']:
        prepare(*sys.argv[2:])
    else:
        tap.main()
