# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A guide: the blocks of code in it, and what is built of them. guides.py says how they are marked."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from programs import free_port, run

SOURCE = Path(os.environ['ROCKETIO_SOURCE'])
BUILD = Path(os.environ['ROCKETIO_BUILD'])
LANGUAGES = os.environ['ROCKETIO_LANGUAGES'].split()
DOCS = SOURCE / 'rocketio-glib' / 'docs'
FRAMES = Path(__file__).parent / 'frames'

OURS = {'c', 'css', 'html', 'js', 'python', 'sh', 'text', 'vala', 'xml'}
THEIRS = {'ruby', 'socket.io'}

MARK = re.compile(r'<!-- (file:|in:|output of:|start|as in README\.md)(?: (\S+)(?: (\S+))?)? -->')
WITH = re.compile(r'^<!-- with: (\S+) (\S+) -->$', re.M)
SLOT = re.compile(r'^( *)(?:/\*|//|#|<!--) @(\S+)@(?: \*/| -->)?\n', re.M)
NEEDS = re.compile(r'^/\* (sources|packages): (.*) \*/$', re.M)

# How a frame is run that is not compiled.
RUN = {'.js': 'gjs -m ', '.py': 'python3 '}

# What the commands are here. The compilers are strict; the vapi is not where it tells valac by itself what it needs.
TOOLS = {
    'cc': 'cc -Wall -Wextra -Werror -Wno-unused-parameter',
    'valac': f'valac --fatal-warnings --vapidir={shlex.quote(str(BUILD / "rocketio-glib"))} '
             f'--pkg gio-2.0 --pkg json-glib-1.0 --pkg libsoup-3.0 --cc={shutil.which("cc")}',
    'python3': os.environ.get('ROCKETIO_PYTHON') or 'false',
}


@dataclass
class Block:
    line: int
    language: str
    mark: str
    arguments: tuple
    text: str = ''


def read_blocks(markdown):
    """All blocks; an AssertionError for one that is not marked as it has to be."""
    blocks = []
    inside = False
    before = ''
    for number, line in enumerate(markdown.splitlines(), 1):
        if not inside and re.match(r'\s+(```|~~~)|~~~|\s{4}|\t', line):
            raise AssertionError(f'line {number}: only blocks between ``` at the margin are looked at: {line}')
        if line.startswith('```'):
            inside = not inside
            if inside:
                blocks.append(make_block(number, line[3:], before))
        elif inside:
            blocks[-1].text += line + '\n'
        before = line
    if inside:
        raise AssertionError(f'line {blocks[-1].line}: the block does not end')
    return blocks


def make_block(number, language, before):
    if language not in OURS | THEIRS:
        raise AssertionError(f'line {number}: what is a block of "{language}"?')
    mark = MARK.fullmatch(before)
    if mark is None and language != 'sh' and language not in THEIRS:
        raise AssertionError(f'line {number}: nothing says what to do with this block')
    return Block(number, language, mark[1] if mark else '', mark.groups()[1:] if mark else ())


def links(markdown):
    """Where the relative links go."""
    prose = re.sub(r'^```.*?^```', '', markdown, flags=re.M | re.S)
    prose = re.sub(r'`[^`\n]*`', '', prose)
    targets = re.findall(r'\]\(([^)\s]+)\)', prose) + re.findall(r'^\[[^\]]+\]: (\S+)', prose, re.M)
    return [target for target in targets if not re.match(r'[a-z]+:', target)]


def headings(markdown):
    """What links may name. A heading for which a git host and gi-docgen have different names has none here."""
    prose = re.sub(r'^```.*?^```', '', markdown, flags=re.M | re.S)
    found = [re.sub(r'[^\w\s-]', '', title).strip().lower() for title in re.findall(r'^#+ (.*)$', prose, re.M)]
    return {title.replace(' ', '-') for title in found if not re.search(r'[-\s]{2}', title)}


def is_there(packages, environment):
    return subprocess.run(['pkg-config', '--exists', *packages.split()], env=environment).returncode == 0


class Guide:
    """`printed` is what the shell said, `port` is what 5000 in the guide has become."""

    def __init__(self, name, directory=None):
        self.name = name
        self.blocks = read_blocks((DOCS / name).read_text())
        for guide, file in WITH.findall((DOCS / name).read_text()):
            self.blocks += [block for block in read_blocks((DOCS / guide).read_text())
                            if block.mark == 'file:' and block.arguments[0] == file]
        self.port = free_port()
        self.directory = directory or Path(tempfile.mkdtemp(prefix='rocketio-guide-'))
        self.frames = []
        self.printed = ''
        self.environment = self.make_environment()

    def make_environment(self):
        tools = self.directory / '.tools'
        tools.mkdir(parents=True)
        for name, command in TOOLS.items():
            program, _, options = command.partition(' ')
            (tools / name).write_text(f'#!/bin/sh\nexec {shutil.which(program) or "false"} {options} "$@"\n')
            (tools / name).chmod(0o755)
        library = str(BUILD / 'rocketio-glib')
        return {**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}', 'CPATH': f'{SOURCE}:{BUILD}',
                'PKG_CONFIG_PATH': str(BUILD / 'meson-uninstalled'), 'LD_LIBRARY_PATH': library,
                'GI_TYPELIB_PATH': library, 'PYTHONPATH': str(SOURCE / 'bindings' / 'python'),
                'PYTHONDONTWRITEBYTECODE': '1', 'GJS_PATH': str(SOURCE / 'bindings' / 'gjs'), 'LC_ALL': 'C.UTF-8',
                'G_DEBUG': 'fatal-warnings'}

    def remove(self):
        shutil.rmtree(self.directory)

    def marked(self, mark):
        return [block for block in self.blocks if block.mark == mark]

    def with_port(self, text):
        return re.sub(r'\b5000\b', str(self.port), text)

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise AssertionError(f'{self.name} has two files {name}')
        path.write_text(self.with_port(text))

    def build(self):
        for block in self.marked('file:'):
            self.write(block.arguments[0], block.text)
        for frame in sorted({block.arguments[0] for block in self.marked('in:')}):
            self.fill(frame)
        for block in self.marked('as in README.md'):
            self.check_readme(block)
        for block in self.blocks:
            if block.language == 'sh' and not block.mark:
                self.printed += self.shell(block.text)
        for frame in self.frames:
            self.compile(frame)

    def fill(self, frame):
        """Puts the parts into a frame: each slot gets one."""
        parts = {}
        for block in self.marked('in:'):
            name, slot = block.arguments
            if name == frame and slot in parts:
                raise AssertionError(f'{self.name} has two blocks for {slot} in {frame}')
            if name == frame:
                parts[slot] = block.text

        def part(match):
            indentation, slot = match.groups()
            return re.sub(r'^(?=.)', indentation, parts.pop(slot), flags=re.M)

        self.write(frame, SLOT.sub(part, (FRAMES / frame).read_text()))
        if parts:
            raise AssertionError(f'{frame} has no place for {", ".join(parts)}')
        self.frames.append(frame)

    def compile(self, frame):
        program = Path(frame).stem
        needs = dict(NEEDS.findall((self.directory / frame).read_text()))
        sources, packages = needs.get('sources', ''), needs.get('packages', 'rocketio-glib-1.0')
        if frame.endswith('.c') and is_there(packages, self.environment):
            libraries = f'$(pkg-config --cflags --libs rocketio-glib-1.0 {packages})'
            self.shell(f'cc -g {frame} {sources} -o {program} {libraries}')
        elif frame.endswith('.vala'):
            self.shell(f'valac --pkg rocketio-glib-1.0 {frame} -o {program}')

    def check_readme(self, block):
        readme = [line.strip() for line in (SOURCE / 'README.md').read_text().splitlines()]
        for line in block.text.splitlines():
            if line not in readme:
                raise AssertionError(f'{self.name}: README.md does not say "{line}"')

    def check_output(self, program, printed):
        """Whether all that the guide says about what it prints is in there."""
        expected = [block.text for block in self.marked('output of:') if block.arguments[0] == program]
        if not expected:
            raise AssertionError(f'{self.name} does not say what {program} prints')
        for text in expected:
            if not text or text not in printed:
                raise AssertionError(f'{self.name} says that {program} prints\n{text}but it printed\n{printed}')

    def shell(self, commands):
        return run('sh', '-euc', self.with_port(commands), cwd=self.directory, env=self.environment)

    def start(self, command, **environment):
        """Starts a program: a command as the guide has it, or a frame."""
        known = {block.text.strip() for block in self.marked('start')}
        known |= {RUN[path.suffix] + path.name if path.suffix in RUN else f'./{path.stem}'
                  for path in map(Path, self.frames)}
        if command not in known and command.partition(' ')[0] not in known:
            raise AssertionError(f'{self.name} does not start {command}')
        return subprocess.Popen(['sh', '-c', re.sub(r'^(\w+=\w+ )?', r'\1exec ', self.with_port(command))],
                                cwd=self.directory, env={**self.environment, **environment}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
