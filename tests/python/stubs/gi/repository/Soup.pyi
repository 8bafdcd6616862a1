# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

from gi.repository import GObject

class Server(GObject.Object): ...
