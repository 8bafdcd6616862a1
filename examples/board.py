# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A notice board behind a login: a form, a cookie, and a channel that is for the staff alone.

There are ann, who belongs to the staff, and bob; each has the password "rocket".
"""
import hashlib
import hmac
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from serve import GLib, RocketIO, serve

LOGIN_TIME = 8 * 60 * 60  # s
MAX_LOGINS = 10000
MAX_WAITING = 50  # to be checked
MAX_NOTE = 500  # characters
LOGGED_OUT = 4600
COOKIE = "board-login"


def scrypt(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


class People:
    """Who there is. What is known of a password tells nobody what it is."""

    def __init__(self):
        self._passwords = {}
        self._staff = set()
        self._nobody = secrets.token_bytes(16)

    def add(self, name, password, staff=False):
        salt = secrets.token_bytes(16)
        self._passwords[name] = salt, scrypt(password, salt)
        if staff:
            self._staff.add(name)

    def is_staff(self, name):
        return name in self._staff

    def check(self, name, password):
        """Takes a while, as long for a name that there is as for one that there is not."""
        salt, expected = self._passwords.get(name, (self._nobody, b""))
        return hmac.compare_digest(scrypt(password, salt), expected)


class Logins:
    """Who is logged in, by the secret in the cookie."""

    def __init__(self):
        self._logins = {}

    def begin(self, name):
        while len(self._logins) >= MAX_LOGINS:
            self._logins.pop(next(iter(self._logins)))
        token = secrets.token_urlsafe(32)
        self._logins[token] = name, time.monotonic() + LOGIN_TIME
        return token

    def find(self, token):
        name, end = self._logins.get(token, (None, 0))
        return name if time.monotonic() < end else None

    def end(self, token):
        self._logins.pop(token, None)


class Door:
    """Where one logs in and out: two POSTs, on the HTTP server that RocketIO has."""

    def __init__(self, io, people, logins):
        self._io = io
        self._people = people
        self._logins = logins
        self._checks = ThreadPoolExecutor(1)  # passwords are slow to check, and the main loop has other work
        self._waiting = 0
        soup = io.get_soup_server()
        soup.add_handler("/login", self._log_in)
        soup.add_handler("/logout", self._log_out)

    def _log_in(self, soup, message, path, query):
        wanted = self._read(message)
        if wanted is None:
            return
        if self._waiting >= MAX_WAITING:
            message.set_status(503, None)
            return
        self._waiting += 1
        message.pause()
        check = self._checks.submit(self._people.check, *wanted)
        check.add_done_callback(lambda check: GLib.idle_add(self._answer, message, wanted[0], check.result()))

    def _read(self, message):
        """Name and password, as JSON: pages of other origins cannot send that without asking."""
        if message.get_method() != "POST":
            message.set_status(405, None)
            return None
        if message.get_request_headers().get_content_type()[0] != "application/json":
            message.set_status(415, None)
            return None
        try:
            wanted = json.loads(message.get_request_body().flatten().get_data())
            return str(wanted["name"]), str(wanted["password"])
        except (ValueError, TypeError, LookupError):
            message.set_status(400, None)
            return None

    def _answer(self, message, name, is_right):
        self._waiting -= 1
        if is_right:
            self._set_cookie(message, self._logins.begin(name), LOGIN_TIME)
        message.set_status(204 if is_right else 403, None)
        message.unpause()
        return GLib.SOURCE_REMOVE

    def _log_out(self, soup, message, path, query):
        if message.get_method() != "POST":
            message.set_status(405, None)
            return
        token = cookie_of(message)
        self._logins.end(token)
        for session in list(self._io.sessions):
            if session.login == token:
                session.close_full(LOGGED_OUT, "You have logged out")
        self._set_cookie(message, "", 0)
        message.set_status(204, None)

    @staticmethod
    def _set_cookie(message, value, seconds):
        secure = "; Secure" if message.get_uri().get_scheme() == "https" else ""
        message.get_response_headers().append(
            "Set-Cookie", f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")


def cookie_of(message):
    pairs = (message.get_request_headers().get_one("Cookie") or "").split(";")
    return dict(pair.strip().partition("=")[::2] for pair in pairs).get(COOKIE)


def main():
    io = RocketIO.Server()
    people, logins = People(), Logins()
    people.add("ann", "rocket", staff=True)
    people.add("bob", "rocket")
    Door(io, people, logins)
    for board in ("everybody", "staff"):
        io.set_history(board, 100)
        io.set_presence(board, True)

    @io.authenticate
    def authenticate(auth, session, handshake):
        session.login = handshake.dup_cookie(COOKIE)
        name = logins.find(session.login)
        if name is None:
            raise RocketIO.RequestError("login", "Please log in")
        return name

    @io.authorize_join
    def may_join(session, board):
        return board == "everybody" or (board == "staff" and people.is_staff(session.identity))

    @io.on_request("post")
    def post(note, session):
        board, text = note["board"], note["text"].strip()
        if board not in session.channels:
            raise RocketIO.RequestError("denied", "You are not at that board")
        if not 0 < len(text) <= MAX_NOTE:
            raise RocketIO.RequestError("length", f"A note has 1 to {MAX_NOTE} characters")
        io.push("note", {"from": session.identity, "text": text, "time": int(time.time() * 1000)}, channel=board)

    serve(io, "board")


if __name__ == "__main__":
    main()
