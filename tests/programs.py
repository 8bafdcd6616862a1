# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Programs, and the servers among them: to run them, and to wait for them."""

import socket
import subprocess
import time

PATIENCE = 10  # seconds


def run(*command, **options):
    """Runs it, silently unless it fails. Warnings are failures, too."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done.stdout


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f'waited {PATIENCE} s for {what}')
        time.sleep(0.02)
    return value


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as probe:
        return probe.getsockname()[1]


def is_listening(port):
    try:
        socket.create_connection(('127.0.0.1', port), 1).close()
    except OSError:
        return False
    return True
