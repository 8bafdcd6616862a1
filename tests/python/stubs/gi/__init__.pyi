# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

# As much of pygobject-stubs as our stub and uses.py need.

def require_version(namespace: str, version: str) -> None: ...
