"""A store with an agent in it and a doorkeeper, with a clock that tests set; shared by the tests of signing in and of the desk's API."""

from __future__ import annotations

from base64 import b32decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from service.made import run_apart

from feedback_service.accounts import Agent, passwords, totp
from feedback_service.signin import Doorkeeper, SignInError
from feedback_service.store import agents as people
from feedback_service.store import open_store

PASSWORD = "correct horse battery"
MARIA = Agent("maria", "Maria Puig", frozenset({"agent"}), frozenset({"billing"}))
HOME = "192.0.2.1"
ENCODED = passwords.hash_password(PASSWORD, bytes(16))


class House:
    """A store with Maria in it, a doorkeeper, and a clock that tests set."""

    def __init__(self, folder):
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.store = open_store(folder)
        self.store.write(people.add_agent, MARIA, self.now)
        self.store.write(people.set_password, "maria", ENCODED)
        self.door = Doorkeeper(self.store, clock=lambda: self.now, seconds=self.seconds)

    def seconds(self):
        """Tell the time as seconds."""
        return self.now.timestamp()

    def run(self, coroutine):
        """Wait for an answer."""
        return run_apart(coroutine)

    def sign_in(self, password=PASSWORD, login="maria", address=HOME, **more):
        """Sign in, as Maria unless said otherwise."""
        return self.run(self.door.sign_in(login, password, address, **more))

    def refused(self, coroutine) -> str:
        """Tell why something was refused."""
        with pytest.raises(SignInError) as caught:
            self.run(coroutine)
        return caught.value.reason

    def who(self, cookie):
        """Tell who a cookie is."""
        found = self.run(self.door.who(cookie))
        return found and found.id

    def change(self, **more):
        """Change Maria's account."""
        self.store.write(people.change_agent, replace(self.store.read(people.agent_of, "maria"), **more))

    def set_up_totp(self, cookie):
        """Give the agent of a session a second factor; returns its secret and the new session."""
        secret, uri = self.run(self.door.new_totp(cookie))

        assert secret in uri

        return secret, self.run(self.door.take_totp(cookie, secret, self.code(secret)))

    def code(self, secret):
        """Make the code that an app shows now."""
        return totp.code_at(b32decode(secret), int(self.now.timestamp()) // 30)
