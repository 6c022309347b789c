"""Guesses, hashes, tokens: how often somebody may try, what a link or a token opens, and what a copy of the store gives away."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from service.staff import HOME, MARIA, PASSWORD, House

from feedback_service import signin
from feedback_service.accounts import passwords, tokens
from feedback_service.signin import SignInError
from feedback_service.store import agents as people
from feedback_service.store import open_store


@pytest.fixture
def house(tmp_path):
    """A house with one agent."""
    made = House(tmp_path)
    yield made
    made.store.close()


def test_s34_guessing_waits(house):
    """Five wrong ones, then a minute; a right one from elsewhere is not kept out."""
    for _ in range(5):
        assert house.refused(house.door.sign_in("maria", "wrong", HOME)) == "wrong"
    with pytest.raises(SignInError) as caught:
        house.sign_in()

    assert (caught.value.reason, caught.value.wait) == ("wait", 60)
    assert house.sign_in(address="192.0.2.2").stage == "full"

    house.now += timedelta(seconds=60)

    assert house.sign_in().stage == "full"


def test_nobody_keeps_an_agent_out_by_guessing(house):
    """Who takes every guess of an account as it comes back, which one address can, keeps no agent out from where they work."""
    house.sign_in()
    for number in range(40):
        house.now += timedelta(seconds=61)
        house.refused(house.door.sign_in("maria", "wrong", f"198.51.100.{number % 3}"))
    with pytest.raises(SignInError) as elsewhere:
        house.sign_in(address="203.0.113.9")

    assert elsewhere.value.reason == "wait"
    assert house.sign_in().stage == "full"


def test_who_was_not_looked_at_has_not_guessed(house):
    """While others keep the processors busy, coming again costs nothing: the right password is taken once there is room."""
    for _ in range(4):
        house.door._slots.acquire()
    for _ in range(12):
        assert house.refused(house.door.sign_in("maria", PASSWORD, HOME)) == "wait"
    for _ in range(4):
        house.door._slots.release()

    assert house.sign_in().stage == "full"


def test_s34_at_most_four_hashes_at_once(house, monkeypatch):
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

    assert house.refused(house.door.set_password_by(secret, "maria maria maria", "192.0.2.1")) == "names_you"
    assert house.run(house.door.bearer(f"Bearer {secret}")) is None

    house.run(house.door.set_password_by(secret, "another good one", "192.0.2.1"))

    assert house.sign_in("another good one").stage == "full"
    assert house.refused(house.door.set_password_by(secret, "yet another good one", "192.0.2.1")) == "ended"
    assert house.refused(house.door.set_password_by("", "yet another good one", "192.0.2.1")) == "ended"


def test_an_api_token_stands_for_its_agent(house):
    """Until it is revoked, is too old, or the agent leaves; it is no cookie and no link."""
    secret, token = house.run(house.door.new_token(MARIA, "CRM", reads_only=True))

    def whom(header):
        return house.run(house.door.bearer(header))

    assert whom(f"Bearer {secret}") == replace(house.store.read(people.agent_of, "maria"), reads_only=True)
    assert whom(f"bearer {secret}") is not None
    assert [whom(each) for each in ("", secret, f"Basic {secret}", f"Bearer {secret[:-1]}", "Bearer ", "Bearer é")] == [None] * 6
    assert house.who(secret) is None
    assert house.refused(house.door.set_password_by(secret, "another good one", "192.0.2.1")) == "ended"
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


def test_sign_ins_are_logged_without_what_was_typed(house, monkeypatch):
    """Who came in, and whom somebody tried to be; never a login that nobody has, which may be a password, and never a password."""
    kept = structlog.testing.LogCapture()
    wrapper = structlog.make_filtering_bound_logger(0)
    monkeypatch.setattr(signin, "_log", structlog.wrap_logger(structlog.testing.ReturnLogger(), [kept], wrapper))
    house.sign_in()
    house.refused(house.door.sign_in("maria", "my wrong password", HOME))
    house.refused(house.door.sign_in("hunter2hunter2", "x", HOME))
    lines = kept.entries

    assert [(line["event"], line["agent"]) for line in lines] == [
        ("signed_in", "maria"),
        ("sign_in_refused", "maria"),
        ("sign_in_refused", None),
    ]
    assert not any(word in str(lines) for word in ("hunter2", "my wrong", PASSWORD))
