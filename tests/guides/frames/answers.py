# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The fragments of answers.md that are Python."""

import types

import gi

gi.require_version("RocketIO", "1.0")
from gi.repository import RocketIO

io = RocketIO.Server()


async def look_up(name):
    return types.SimpleNamespace(lat=41.5) if name == "Rome" else None


# @find@


# @bytes@


io.listen(port=5000)
io.run()
