# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What this machine does, read every second and shown by the page in sensors/. What it cannot tell is left out."""
import os
import platform
import time
from collections import deque
from pathlib import Path

from serve import GLib, RocketIO, serve

INTERVAL = 1000  # ms
HISTORY = 10 * 60  # readings
PROC = Path("/proc")
SYS = Path("/sys")
VIRTUAL = ("lo", "veth", "docker", "br-", "virbr", "ifb", "tun", "tap", "wg")  # their bytes pass another one as well


# What the kernel counts


def cpu_times():
    """How long all processors were busy, and how long they ran at all, in ticks."""
    times = [int(word) for word in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(times) - times[3] - times[4], sum(times)


def memory():
    """How many bytes there are, and how many of them are used."""
    lines = dict(line.split(":", 1) for line in (PROC / "meminfo").read_text().splitlines())
    total, free = (int(lines[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    return total, total - free


def load():
    return float((PROC / "loadavg").read_text().split()[0])


def network_bytes(column):
    """What all interfaces have received (0) or sent (8) since they are there."""
    lines = (line.split(":", 1) for line in (PROC / "net" / "dev").read_text().splitlines()[2:])
    return sum(int(counts.split()[column]) for name, counts in lines if not name.strip().startswith(VIRTUAL))


def disk_bytes(column):
    """What all disks have read (5) or written (9); partitions and what is made of disks are no disks."""
    lines = [line.split() for line in (PROC / "diskstats").read_text().splitlines()]
    counts = [int(words[column]) for words in lines if (SYS / "block" / words[2] / "device").exists()]
    if not counts:
        raise OSError("no disks")
    return sum(counts) * 512


def temperature():
    """The hottest place, in degrees Celsius."""
    places = list((SYS / "class" / "thermal").glob("thermal_zone*/temp"))
    places = places or list((SYS / "class" / "hwmon").glob("hwmon*/temp*_input"))
    degrees = [value for value in map(tried, [place.read_text for place in places]) if value is not None]
    return max(int(value) for value in degrees) / 1000


# What is made of it


def tried(read):
    """What `read` gives; None if this machine cannot tell."""
    try:
        return read()
    except (OSError, ValueError, LookupError, ArithmeticError):
        return None


def rate(count):
    """A function that tells how fast `count` has grown since it was last asked, per second."""
    last = time.monotonic(), count()

    def read():
        nonlocal last
        before, last = last, (time.monotonic(), count())
        return max(0, (last[1] - before[1]) / (last[0] - before[0]))

    return read


def cpu_use():
    """A function that tells how much of its time the machine was busy since it was last asked, in %."""
    last = cpu_times()

    def read():
        nonlocal last
        before, last = last, cpu_times()
        return min(100, max(0, 100 * (last[0] - before[0]) / (last[1] - before[1])))

    return read


def sensor(name, title, unit, make, high=None, note=""):
    """One that this machine has: how it is described, and the function that reads it; None if there is no such one."""
    read = tried(make)
    return read and ({"id": name, "name": title, "unit": unit, "range": [0, high], "note": note}, read)


def find_sensors():
    total = (tried(memory) or [None])[0]
    cores = os.cpu_count() or 1
    found = [
        sensor("cpu", "Processor", "%", cpu_use, 100, f"{cores} cores" if cores > 1 else "1 core"),
        sensor("memory", "Memory", "B", lambda: memory() and (lambda: memory()[1]), total),
        sensor("load", "Load", "", lambda: load() >= 0 and load, note="1 min average"),
        sensor("temperature", "Temperature", "°C", lambda: temperature() and temperature, 100, "hottest sensor"),
        sensor("net-in", "Network in", "B/s", lambda: rate(lambda: network_bytes(0))),
        sensor("net-out", "Network out", "B/s", lambda: rate(lambda: network_bytes(8))),
        sensor("disk-read", "Disk read", "B/s", lambda: rate(lambda: disk_bytes(5))),
        sensor("disk-write", "Disk write", "B/s", lambda: rate(lambda: disk_bytes(9))),
    ]
    return [one for one in found if one]


def reading(sensors):
    """All values now, in the order of the sensors; None for one that failed this time."""
    values = [tried(read) for _, read in sensors]
    return {"time": int(time.time() * 1000), "values": [None if one is None else round(one, 2) for one in values]}


def main():
    io = RocketIO.Server()
    sensors = find_sensors()
    history = deque(maxlen=HISTORY)

    @io.on("join")
    def join(data, session):
        about = [description for description, _ in sensors]
        session.push("sensors", {"machine": platform.node(), "interval": INTERVAL, "sensors": about})
        session.push("history", list(history))

    def tick():
        history.append(reading(sensors))
        io.push("values", history[-1])
        return GLib.SOURCE_CONTINUE

    GLib.timeout_add(INTERVAL, tick)
    serve(io, "sensors")


if __name__ == "__main__":
    main()
