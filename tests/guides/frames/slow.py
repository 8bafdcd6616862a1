# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The fragments of slow-clients.md that are Python: "trade" fills the line of who asks, and then tells 50 prices."""

import gi

gi.require_version("RocketIO", "1.0")
from gi.repository import GLib, RocketIO

io = RocketIO.Server(max_queue_bytes=100_000_000)


def read_parts():
    return (str(number) + "." * 300_000 for number in range(10))


# @pushes@


# @flush@


@io.on("trade")
def trade(data, session):
    session.push("much", "." * 20_000_000)
    prices = iter(range(50))

    def tell():
        price = next(prices, None)
        if price is not None:
            tell_price("ACME", price)
        else:
            io.push("closed")
        return price is not None

    GLib.timeout_add(5, tell)


io.listen(port=5000)
io.run()
