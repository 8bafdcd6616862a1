#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""content.py DIRECTORY GUIDE...: copies guides, with their links to each other as those of gi-docgen's pages.

In the sources they are as a git host wants them, channels.md#others; gi-docgen makes channels.html of a guide, but leaves
links alone.
"""

import re
import sys
from pathlib import Path


def main(directory, *guides):
    for guide in map(Path, guides):
        text = re.sub(r'(\]\([\w-]+)\.md(#[\w-]+)?\)', r'\1.html\2)', guide.read_text(encoding='utf-8'))
        (Path(directory) / guide.name).write_text(text, encoding='utf-8')


if __name__ == '__main__':
    main(*sys.argv[1:])
