"""Signing in, against a real store: the same answer for every wrong guess, new cookies, dead old ones."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from service.staff import ENCODED, HOME, PASSWORD, House

from feedback_service.accounts import passwords, sessions
from feedback_service.store import agents as people


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
def test_s34_every_wrong_guess_is_answered_alike(house, login, password):
    """Unknown login, wrong password, and what can be neither: one answer."""
    assert house.refused(house.door.sign_in(login, password, HOME)) == "wrong"


def test_s34_an_unknown_login_costs_a_hash_too(house, monkeypatch):
    """The time of the answer does not tell who works here."""
    seen = []
    right = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda *words: seen.append(words[0]) or right(*words))
    for login in ("nobody", "maria"):
        house.refused(house.door.sign_in(login, "wrong", HOME))

    assert seen == ["", ENCODED]


def test_s36_who_left_does_not_come_in(house):
    """A disabled agent's right password is a wrong one, and their sessions are over at the next request."""
    opened = house.sign_in()
    house.change(disabled=True)

    assert house.who(opened.cookie) is None
    assert house.refused(house.door.sign_in("maria", PASSWORD, HOME)) == "wrong"


def test_s36_other_roles_end_a_session_and_other_teams_count_at_once(house):
    """What was taken away is gone at the next request."""
    opened = house.sign_in()
    house.change(teams=frozenset({"delivery"}))

    assert house.run(house.door.who(opened.cookie)).teams == {"delivery"}

    house.change(roles=frozenset({"lead"}))

    assert house.who(opened.cookie) is None


def test_s35_a_cookie_from_before_means_nothing_after(house):
    """Signing in gives a new value; one that was planted, and the one that was there, open nothing."""
    first = house.sign_in()
    planted = "A" * 43
    second = house.sign_in(old_cookie=first.cookie)
    third = house.sign_in(old_cookie=planted)

    assert len({first.cookie, second.cookie, third.cookie, planted}) == 4
    assert [house.who(each) for each in (first.cookie, second.cookie, third.cookie, planted)] == [None, "maria", "maria", None]


def test_s35_signing_out_ends_this_browser_only(house):
    """Two browsers are two sessions."""
    one, other = house.sign_in(), house.sign_in()
    house.run(house.door.sign_out(one.cookie))

    assert (house.who(one.cookie), house.who(other.cookie)) == (None, "maria")


@pytest.mark.parametrize("cookie", ["", "x", "x" * 8192, "' OR 1=1 --", "é", "\0"])
def test_s35_what_is_no_cookie(house, cookie):
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


def test_s35_a_new_password_ends_all_sessions(house):
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


def test_a_second_factor_is_not_replaced_by_a_session(house):
    """Who took a session brings in no factor of theirs, which would keep the agent out and let them come back."""
    secret, inside = house.set_up_totp(house.sign_in().cookie)
    other, _ = house.run(house.door.new_totp(inside.cookie))

    assert house.refused(house.door.take_totp(inside.cookie, other, house.code(other))) == "wrong"
    assert house.store.read(people.credentials_of, "maria").totp == secret


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
