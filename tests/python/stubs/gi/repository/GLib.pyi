# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

class Bytes:
    @classmethod
    def new(cls, data: bytes) -> Bytes: ...

class Uri:
    def to_string(self) -> str: ...

class Variant:
    def __init__(self, format_string: str, value: object) -> None: ...
