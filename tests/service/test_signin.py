"""Signing in, against a real store: the same answer for every wrong guess, new cookies, dead old ones, few hashes at once."""

from __future__ import annotations

import asyncio
import threading
from base64 import b32decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.accounts import Agent, passwords, sessions, tokens, totp
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
        return asyncio.run(coroutine)

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


@pytest.fixture
def house(tmp_path):
    """A house with one agent."""
    made = House(tmp_path)
    yield made
    made.store.close()


def test_a_right_password_opens_a_session(house):
    """The cookie says nothing by itself, and its agent is found by it; the login's letters may be large."""
    opened = house.sign_in(login=" Maria ")

    assert (opened.agent.id, opened.stage) == ("maria", "full")
    assert house.who(opened.cookie) == "maria"
    assert "maria" not in opened.cookie


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("maria", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        ("maria", "x" * 4096),
        ("maria", f"{PASSWORD}\0"),
        ("mаria", PASSWORD),  # a Cyrillic а
        ("x" * 10_000, PASSWORD),
        ("maria\0", PASSWORD),
        ("ﬁ", "\ud800"),
    ],
)
def test_every_wrong_guess_is_answered_alike(house, login, password):
    """Unknown login, wrong password, and what can be neither: one answer."""
    assert house.refused(house.door.sign_in(login, password, HOME)) == "wrong"


def test_an_unknown_login_costs_a_hash_too(house, monkeypatch):
    """The time of the answer does not tell who works here."""
    seen = []
    right = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda *words: seen.append(words[0]) or right(*words))
    for login in ("nobody", "maria"):
        house.refused(house.door.sign_in(login, "wrong", HOME))

    assert seen == ["", ENCODED]


def test_who_left_does_not_come_in(house):
    """A disabled agent's right password is a wrong one, and their sessions are over at the next request."""
    opened = house.sign_in()
    house.change(disabled=True)

    assert house.who(opened.cookie) is None
    assert house.refused(house.door.sign_in("maria", PASSWORD, HOME)) == "wrong"


def test_other_roles_end_a_session_and_other_teams_count_at_once(house):
    """What was taken away is gone at the next request."""
    opened = house.sign_in()
    house.change(teams=frozenset({"delivery"}))

    assert house.run(house.door.who(opened.cookie)).teams == {"delivery"}

    house.change(roles=frozenset({"lead"}))

    assert house.who(opened.cookie) is None


def test_a_cookie_from_before_means_nothing_after(house):
    """Signing in gives a new value; one that was planted, and the one that was there, open nothing."""
    first = house.sign_in()
    planted = "A" * 43
    second = house.sign_in(old_cookie=first.cookie)
    third = house.sign_in(old_cookie=planted)

    assert len({first.cookie, second.cookie, third.cookie, planted}) == 4
    assert [house.who(each) for each in (first.cookie, second.cookie, third.cookie, planted)] == [None, "maria", "maria", None]


def test_signing_out_ends_this_browser_only(house):
    """Two browsers are two sessions."""
    one, other = house.sign_in(), house.sign_in()
    house.run(house.door.sign_out(one.cookie))

    assert (house.who(one.cookie), house.who(other.cookie)) == (None, "maria")


@pytest.mark.parametrize("cookie", ["", "x", "x" * 8192, "' OR 1=1 --", "é", "\0"])
def test_what_is_no_cookie(house, cookie):
    """Empty, huge, odd: nobody."""
    assert house.who(cookie) is None


def test_sessions_end_by_themselves(house):
    """30 minutes after the last request, and 12 hours after the first whatever happens."""
    used, left = house.sign_in(), house.sign_in()
    start = house.now
    while house.now < start + timedelta(hours=11, minutes=50):
        house.now += timedelta(minutes=25)
        if house.now < start + sessions.LONGEST:
            assert house.who(used.cookie) == "maria"
    house.now = start + sessions.LONGEST

    assert (house.who(used.cookie), house.who(left.cookie)) == (None, None)


def test_a_new_password_ends_all_sessions(house):
    """The browser that changed it goes on with a new cookie; the old password is over."""
    here, there = house.sign_in(), house.sign_in()

    assert house.refused(house.door.change_password(here.cookie, "wrong", "another good one", HOME)) == "wrong"
    assert house.refused(house.door.change_password(here.cookie, PASSWORD, "short", HOME)) == "too_short"

    new = house.run(house.door.change_password(here.cookie, PASSWORD, "another good one", HOME))

    assert [house.who(each.cookie) for each in (here, there, new)] == [None, None, "maria"]
    assert house.refused(house.door.sign_in("maria", PASSWORD, HOME)) == "wrong"
    assert house.sign_in("another good one").stage == "full"


def test_the_second_factor(house):
    """After it was set up, a password opens nothing but the question for a code; the code gives a new cookie, once."""
    before = house.sign_in()
    secret, inside = house.set_up_totp(before.cookie)

    assert [house.who(each.cookie) for each in (before, inside)] == [None, "maria"]

    half = house.sign_in()

    assert half.stage == "second_factor"
    assert house.who(half.cookie) is None
    assert house.refused(house.door.second_factor(half.cookie, house.code(secret), HOME)) == "wrong"  # the code of the set-up

    house.now += timedelta(seconds=30)
    code = house.code(secret)

    assert house.refused(house.door.second_factor(half.cookie, "000000" if code != "000000" else "111111", HOME)) == "wrong"

    full = house.run(house.door.second_factor(half.cookie, code, HOME))

    assert house.who(full.cookie) == "maria"
    assert house.refused(house.door.second_factor(half.cookie, code, HOME)) == "ended"
    assert house.refused(house.door.second_factor(house.sign_in().cookie, code, HOME)) == "wrong"


def test_one_code_at_once_opens_one_session(house):
    """Two browsers with the same code in the same moment: one of them is told that it is wrong."""
    secret, _ = house.set_up_totp(house.sign_in().cookie)
    house.now += timedelta(seconds=30)
    halves = [house.sign_in().cookie for _ in range(2)]

    async def both():
        code = house.code(secret)
        return await asyncio.gather(*(house.door.second_factor(half, code, HOME) for half in halves), return_exceptions=True)

    answers = house.run(both())

    assert sorted(type(answer).__name__ for answer in answers) == ["Opened", "SignInError"]


def test_an_admin_without_a_second_factor_sets_one_up_first(house):
    """Until then the session opens nothing else."""
    house.change(roles=frozenset({"admin"}))
    opened = house.sign_in()

    assert (opened.stage, house.who(opened.cookie)) == ("enrol", None)

    _, inside = house.set_up_totp(opened.cookie)

    assert house.who(inside.cookie) == "maria"


@pytest.mark.parametrize("secret", ["", "ABC", "é" * 32, "A" * 32, "A" * 320])
def test_a_second_factor_is_kept_when_it_works(house, secret):
    """A secret that is none, or a code that does not fit, changes nothing."""
    cookie = house.sign_in().cookie

    assert house.refused(house.door.take_totp(cookie, secret, "123456")) == "wrong"
    assert house.who(cookie) == "maria"


def test_guessing_waits(house):
    """Five wrong ones, then a minute; a right one from elsewhere is not kept out."""
    for _ in range(5):
        assert house.refused(house.door.sign_in("maria", "wrong", HOME)) == "wrong"
    with pytest.raises(SignInError) as caught:
        house.sign_in()

    assert (caught.value.reason, caught.value.wait) == ("wait", 60)
    assert house.sign_in(address="192.0.2.2").stage == "full"

    house.now += timedelta(seconds=60)

    assert house.sign_in().stage == "full"


def test_at_most_four_hashes_at_once(house, monkeypatch):
    """200 sign-ins in one moment: four are tried, the others are asked to come again, and nothing stays blocked."""
    busy, most, lock = [0], [0], threading.Lock()
    right = passwords.verify

    def counted(*words):
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        try:
            return right(*words)
        finally:
            with lock:
                busy[0] -= 1

    monkeypatch.setattr(passwords, "verify", counted)

    async def storm():
        guesses = (house.door.sign_in(f"a{number}", "wrong", f"198.51.{number}.1") for number in range(200))
        return await asyncio.gather(*guesses, return_exceptions=True)

    reasons = [answer.reason for answer in house.run(storm())]

    assert most[0] <= 4
    assert set(reasons) == {"wrong", "wait"}
    assert house.sign_in().stage == "full"


def test_an_old_hash_is_made_anew(house):
    """A hash of other settings still opens, and is replaced without ending a session."""
    from argon2.low_level import Type, hash_secret

    old = hash_secret(PASSWORD.encode(), bytes(16), 1, 1024, 1, 32, Type.ID).decode()
    house.store.write(people.set_password, "maria", old)
    first = house.sign_in()

    assert not passwords.is_outdated(house.store.read(people.credentials_of, "maria").password)
    assert house.sign_in().stage == "full"
    assert house.who(first.cookie) == "maria"


def test_a_link_sets_a_password_once(house):
    """Good once, and not for anything else."""
    secret, token = tokens.password_token(bytes(range(32)), house.store.read(people.agent_of, "maria"), house.now)
    house.store.write(people.put_token, token, house.now)

    assert house.refused(house.door.set_password_by(secret, "maria maria maria")) == "names_you"
    assert house.run(house.door.bearer(f"Bearer {secret}")) is None

    house.run(house.door.set_password_by(secret, "another good one"))

    assert house.sign_in("another good one").stage == "full"
    assert house.refused(house.door.set_password_by(secret, "yet another good one")) == "ended"
    assert house.refused(house.door.set_password_by("", "yet another good one")) == "ended"


def test_an_api_token_stands_for_its_agent(house):
    """Until it is revoked, is too old, or the agent leaves; it is no cookie and no link."""
    secret, token = house.run(house.door.new_token(MARIA, "CRM", reads_only=True))

    def whom(header):
        return house.run(house.door.bearer(header))

    assert whom(f"Bearer {secret}") == replace(house.store.read(people.agent_of, "maria"), reads_only=True)
    assert whom(f"bearer {secret}") is not None
    assert [whom(each) for each in ("", secret, f"Basic {secret}", f"Bearer {secret[:-1]}", "Bearer ", "Bearer é")] == [None] * 6
    assert house.who(secret) is None
    assert house.refused(house.door.set_password_by(secret, "another good one")) == "ended"
    assert house.store.read(people.tokens_of, "maria") == (token,)
    assert house.store.write(people.revoke_token, token.key, house.now)
    assert not house.store.write(people.revoke_token, token.key, house.now)
    assert whom(f"Bearer {secret}") is None
    assert house.store.read(people.tokens_of, "maria") == ()


def test_old_sessions_and_tokens_are_forgotten(house):
    """What cannot open anything any more is not kept."""
    house.sign_in()
    house.run(house.door.new_token(MARIA, "CRM", reads_only=False))

    assert house.store.write(people.prune_sessions, house.now) == 0
    assert house.store.write(people.prune_sessions, house.now + timedelta(days=100)) == 2


def test_a_login_is_never_given_twice(house):
    """The history names people by it."""
    with pytest.raises(ValueError, match="maria"):
        house.store.write(people.add_agent, MARIA, house.now)
    with pytest.raises(LookupError, match="jordi"):
        house.store.write(people.change_agent, replace(MARIA, id="jordi"))
    assert [agent.id for agent in house.store.read(people.all_agents)] == ["maria"]


def test_nothing_secret_is_in_the_store(house, tmp_path):
    """A copy of the file opens nothing: cookies, tokens and passwords are there as digests."""
    opened = house.sign_in()
    secret, _ = house.run(house.door.new_token(MARIA, "CRM", reads_only=False))
    house.store.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    assert len(kept) > 1000
    for word in (PASSWORD, opened.cookie, secret):
        assert word.encode() not in kept

    house.store = open_store(tmp_path)
