# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the examples in Python have in common."""

import argparse
from pathlib import Path

import gi

gi.require_version('RocketIO', '1.0')
from gi.repository import GLib, RocketIO  # noqa: E402


def serve(io, page):
    """Serves the folder `page` beside this file, as the options of the program say, until Ctrl-C."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--port', type=int, default=5000, help='the port to listen on; 0 is any that is free')
    parser.add_argument('--address', help='the address to listen on; * is all of them')
    options = parser.parse_args()

    try:
        io.serve_directory(Path(__file__).parent / page, RocketIO.ServeFlags.FALLBACK_TO_INDEX)
        io.listen(options.address, options.port)
    except GLib.Error as error:
        parser.exit(1, f'{error.message}\n')

    for uri in io.get_uris():
        print(f'listening on {uri.to_string()}', flush=True)
    io.run()
