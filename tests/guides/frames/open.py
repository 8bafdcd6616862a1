# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The fragments of open-internet.md: "who" tells where one comes from."""

import gi

gi.require_version("RocketIO", "1.0")
from gi.repository import RocketIO

io = RocketIO.Server()
# @names@
# @proxies@
# @limits@


@io.on("who")
def who(data, session):
    session.push("you", session.remote_address.get_address().to_string())


io.listen(port=5000)
io.run()
