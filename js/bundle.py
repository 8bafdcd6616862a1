#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: MIT
"""Joins the ES modules of src/ into the files that the server serves.

Only what these modules use is understood: named imports and re-exports of files beside them, and
`export` before a declaration. Names at the top of a module must differ from those of all others.
"""

import argparse
import re
import subprocess
from pathlib import Path

SRC = Path(__file__).parent / 'src'

# output: the modules it offers
BUNDLES = {
    'rocketio.js': ['rocket-io', 'comet-io', 'websocket-io', 'error', 'event-emitter'],
    'rocketio.mjs': ['rocket-io', 'comet-io', 'websocket-io', 'error', 'event-emitter'],
    'cometio.js': ['comet-io', 'error', 'event-emitter'],
    'websocketio.js': ['websocket-io', 'error', 'event-emitter'],
}

# Members that only these modules know, not those of the API, of browsers or of the wire: minifying shortens them.
INTERNAL = [
    'abandon', 'acknowledge', 'ahead', 'alone', 'ended', 'facts', 'flush', 'forget', 'frame', 'greet', 'hear', 'hello',
    'leavePage', 'Link', 'lose', 'news', 'opened', 'outbox', 'pollTimeout', 'pong', 'posts', 'putBack', 'rank', 'recall',
    'receive', 'refuse', 'resting', 'rewind', 'say', 'seamless', 'settle', 'skip', 'submit', 'take', 'talk', 'toJoin', 'turn', 'unwant',
    'wake', 'want', 'ways', 'welcomed',
]

IMPORT = re.compile(r"^import \{[^}]*\} from '\./([\w-]+)\.mjs';\n", re.M)
EXPORT = re.compile(r'^export (?=(?:async )?(?:class|function|const) (\w+))', re.M)
TOP = re.compile(r'^(?:async )?(?:class|function|const|let) (\w+)', re.M)
HEADER = re.compile(r'\A(?://.*\n)+\n')


def collect(name, seen):
    """The modules that `name` needs, dependencies first."""
    if name not in seen:
        text = (SRC / f'{name}.mjs').read_text()
        seen[name] = None  # keeps a circle from going round
        for needed in IMPORT.findall(text):
            collect(needed, seen)
        seen[name] = seen.pop(name) or text
    return seen


def strip(text):
    return EXPORT.sub('', IMPORT.sub('', HEADER.sub('', text))).strip()


def join(modules):
    texts = {}
    for name in modules:
        collect(name, texts)
    body = '\n\n'.join(strip(text) for text in texts.values())
    tops = TOP.findall(body)
    twice = {name for name in tops if tops.count(name) > 1}
    left = re.findall(r'^(?:import|export)\b.*', body, re.M)
    if twice or left:
        raise SystemExit(f'bundle.py: declared twice: {sorted(twice)}, not understood: {left}')
    names = [name for module in modules for name in EXPORT.findall(texts[module])]
    return body, names


def bundle(output, modules, banner):
    body, names = join(modules)
    if output.endswith('.mjs'):
        return f'{banner}{body}\n\nexport {{ {", ".join(names)} }};\n'
    body = body.replace('import.meta.url', 'globalThis.document?.currentScript?.src')
    return f'{banner}(() => {{\n{body}\n\nObject.assign(globalThis, {{ {", ".join(names)} }});\n}})();\n'


def minify(esbuild, text):
    # The format makes the top of a module a scope of its own, whose names may shrink too.
    return subprocess.run([esbuild, '--minify', '--format=esm', '--target=es2022', '--legal-comments=inline',
                           f'--mangle-props=^({"|".join(INTERNAL)})$'],
                          input=text, text=True, capture_output=True, check=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--version', required=True)
    parser.add_argument('--esbuild', help='minifies with it')
    parser.add_argument('directory', type=Path)
    args = parser.parse_args()
    banner = f'/*! rocketio-glib {args.version}, the browser client. SPDX-License-Identifier: MIT */\n'
    for output, modules in BUNDLES.items():
        text = bundle(output, modules, banner)
        if args.esbuild:
            text = minify(args.esbuild, text)
        (args.directory / output).write_text(text)


if __name__ == '__main__':
    main()
