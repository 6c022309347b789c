"""Accounts: what is a password, how long a sign-in lasts, what a token opens."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.accounts import Agent, Credentials, attempts, passwords, sessions, tokens, totp
from feedback_service.limits import Bucket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MARIA = Agent("maria", "Maria Puig", frozenset({"agent"}), frozenset({"billing"}), email="maria@example.org")
CHANCE = bytes(range(32))
RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_of_rfc_6238(seconds, code):
    """Appendix B's values for SHA-1; six digits are the last six of eight."""
    assert totp.code_at(RFC_SECRET, seconds // totp.STEP, digits=8) == code
    assert totp.code_at(RFC_SECRET, seconds // totp.STEP) == code[-6:]


@pytest.mark.parametrize(("counter", "code"), [*enumerate("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split())])
def test_the_codes_of_rfc_4226(counter, code):
    """Appendix D's values of the counter that lies below."""
    assert totp.code_at(RFC_SECRET, counter) == code


def test_a_code_counts_once_and_clocks_may_differ():
    """One step early or late is taken; a code that was used, and any older one, is not."""
    secret = totp.new_secret(RFC_SECRET)
    step = int(NOON.timestamp()) // 30

    assert [totp.check_code(secret, totp.code_at(RFC_SECRET, step + by), NOON, 0) for by in (-2, -1, 0, 1, 2)] == [
        None,
        step - 1,
        step,
        step + 1,
        None,
    ]
    assert totp.check_code(secret, totp.code_at(RFC_SECRET, step), NOON, step) is None
    assert totp.check_code(secret, totp.code_at(RFC_SECRET, step - 1), NOON, step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12 34 5", "１２３４５", "²²²²²²", "9" * 10_000])
def test_what_is_no_code(typed):
    """Anything but six digits is wrong, and breaks nothing."""
    assert totp.check_code(totp.new_secret(RFC_SECRET), typed, NOON, 0) is None


def test_codes_in_digits_of_other_scripts():
    """A Persian keyboard types Persian digits; spaces are how apps show codes."""
    secret, step = totp.new_secret(RFC_SECRET), int(NOON.timestamp()) // 30
    code = totp.code_at(RFC_SECRET, step)

    for zero in "۰٠０":
        assert totp.check_code(secret, "".join(chr(ord(zero) + int(digit)) for digit in code), NOON, 0) == step
    assert totp.check_code(secret, f" {code[:3]} {code[3:]}\n", NOON, 0) == step


def test_no_secret_matches_no_code():
    """An account without a second factor is not opened by the code of an empty secret."""
    assert totp.check_code("", totp.code_at(b"", int(NOON.timestamp()) // 30), NOON, 0) is None
    with pytest.raises(ValueError, match="20"):
        totp.new_secret(b"short")


def test_the_address_that_apps_read():
    """Signs of the address in names are written so that they stay names."""
    assert totp.key_uri("ABC", "maria", "Help & Co") == "otpauth://totp/Help%20%26%20Co:maria?secret=ABC&issuer=Help%20%26%20Co"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too_short"),
        ("a1!" + "x" * 1022, "too_long"),
        ("é" * 513, "too_long"),
        ("twelve chars\0", "control_characters"),
        ("twelve chars\ud800", "control_characters"),
        ("aaaaaaaaaaaaaaaa", "too_simple"),
        ("abababababababab", "too_simple"),
        ("qwertyuiop1234", "too_simple"),
        ("9876543210abcd", "too_simple"),
        ("Password12345", "too_simple"),
        ("maria-puig-2026", "names_you"),
        ("maria@example.org", "names_you"),
        ("correct horse battery staple", None),
        ("密碼很長而且很難猜到哦真的", None),
        ("گذرواژهٔ بلند من خوب است", None),
    ],
)
def test_what_is_refused_as_a_password(password, why):
    """Length counts, in any script; what guessers try first is refused, and no kinds of signs are asked for."""
    assert passwords.weakness(password, "maria", "Maria Puig", "maria@example.org") == why


def test_a_hash_fits_its_password_only():
    """Composed and decomposed letters are one password; another one, or none, does not fit."""
    encoded = passwords.hash_password("contrasèña llarga", bytes(16))

    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(encoded)
    assert passwords.verify(encoded, unicodedata.normalize("NFD", "contrasèña llarga"))
    assert not passwords.verify(encoded, "contrasena llarga")
    assert passwords.is_outdated(encoded.replace("19456", "9456"))


@pytest.mark.parametrize("password", ["", "x\0y", "x" * 4096, "é" * 600, "\ud800", "nobody's"])
def test_no_account_is_opened_by_anything(password):
    """An account that is not there, or has no password, or has something else in its place, never matches."""
    assert not passwords.verify("", password)
    assert not passwords.verify("$argon2id$broken", password)
    assert not passwords.verify("é", password)


def test_a_salt_is_asked_for():
    """A hash without chance is none."""
    with pytest.raises(ValueError, match="16"):
        passwords.hash_password("correct horse", b"")


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(minutes=29), "good"),
        (timedelta(minutes=30), "idle"),
        (timedelta(hours=12), "old"),
        (timedelta(hours=-12), "old"),
        (timedelta(minutes=-5), "good"),
    ],
)
def test_how_long_a_session_lasts(after, state):
    """30 minutes without a request, 12 hours in all; a clock that was set back makes no session eternal."""
    _, session = sessions.open_session(CHANCE, MARIA, "full", NOON)

    assert sessions.state_of(session, MARIA, NOON + after) == state


def test_a_session_that_is_used_ends_all_the_same():
    """Requests keep it alive, for 12 hours; the note of the last one is written once a minute."""
    _, session = sessions.open_session(CHANCE, MARIA, "full", NOON)
    for minutes in range(20, 12 * 60, 20):
        moment = NOON + timedelta(minutes=minutes)

        assert sessions.state_of(session, MARIA, moment) == "good"
        assert sessions.seen(session, session.seen_at + timedelta(seconds=59)) is None

        session = sessions.seen(session, moment)

    assert sessions.state_of(session, MARIA, NOON + timedelta(hours=12)) == "old"


@pytest.mark.parametrize("now", [None, replace(MARIA, disabled=True), replace(MARIA, epoch=2), replace(MARIA, id="jordi")])
def test_a_session_dies_with_what_it_was_opened_for(now):
    """An agent who left, a new password or other roles end every session at the next request."""
    _, session = sessions.open_session(CHANCE, MARIA, "full", NOON)

    assert sessions.state_of(session, now, NOON) == "revoked"


def test_the_second_factor_may_take_five_minutes():
    """Half a sign-in does not lie about for half an hour."""
    _, session = sessions.open_session(CHANCE, MARIA, "second_factor", NOON)

    assert sessions.state_of(session, MARIA, NOON + timedelta(minutes=4)) == "good"
    assert sessions.state_of(session, MARIA, NOON + timedelta(minutes=5)) == "old"


@pytest.mark.parametrize(
    ("roles", "secret", "stage"),
    [
        ({"agent", "lead"}, "", "full"),
        ({"agent"}, "ABCD", "second_factor"),
        ({"admin"}, "ABCD", "second_factor"),
        ({"admin", "agent"}, "", "enrol"),
    ],
)
def test_what_a_right_password_opens(roles, secret, stage):
    """Who has a second factor is asked for it; an admin without one may only set one up."""
    assert sessions.first_stage(replace(MARIA, roles=frozenset(roles)), Credentials("x", secret)) == stage


@given(st.binary(min_size=16, max_size=64))
def test_a_secret_finds_its_row_and_no_other(chance):
    """A secret has the key of its row; one character off has another, and is no match."""
    secret = tokens.secret_of(chance, "kb_")
    other = secret[:-1] + ("A" if secret[-1] != "A" else "B")

    assert tokens.same(tokens.key_of(secret), tokens.key_of(secret))
    assert not tokens.same(tokens.key_of(secret), tokens.key_of(other))


@pytest.mark.parametrize("secret", ["", " ", "None", "x" * 21, "x" * 201, "x" * 100_000, "é" * 30, "x" * 30 + "\n", "\ud800" * 30])
def test_what_can_be_no_secret_has_no_key(secret):
    """Empty, short, long and odd ones never match, a row without a key least of all."""
    assert tokens.key_of(secret) == ""
    assert not tokens.same(tokens.key_of(secret), "")


def test_what_a_token_opens():
    """The purpose, the agent and the time must fit; a token that reads makes an agent who reads."""
    secret, token = tokens.api_token(CHANCE, MARIA, NOON, label="CRM", reads_only=True)

    assert secret.startswith("kb_")
    assert secret not in repr(token)
    assert tokens.bearer(token, MARIA, "api", NOON) == replace(MARIA, reads_only=True)
    assert tokens.bearer(token, replace(MARIA, epoch=9), "api", NOON) is not None
    assert tokens.bearer(token, MARIA, "password", NOON) is None
    assert tokens.bearer(token, MARIA, "api", token.expires_at) is None
    assert tokens.bearer(token, replace(MARIA, disabled=True), "api", NOON) is None
    assert tokens.bearer(token, replace(MARIA, id="jordi"), "api", NOON) is None
    assert tokens.bearer(replace(token, revoked_at=NOON), MARIA, "api", NOON) is None
    assert tokens.bearer(None, MARIA, "api", NOON) is None
    assert tokens.bearer(token, None, "api", NOON) is None


def test_a_link_to_set_a_password_is_good_once():
    """Once, for 24 hours, and not after another change of the account."""
    _, token = tokens.password_token(CHANCE, MARIA, NOON)

    assert tokens.bearer(token, MARIA, "password", NOON + timedelta(hours=23)) == MARIA
    assert tokens.bearer(token, MARIA, "password", NOON + timedelta(hours=24)) is None
    assert tokens.bearer(replace(token, used_at=NOON), MARIA, "password", NOON) is None
    assert tokens.bearer(token, replace(MARIA, epoch=2), "password", NOON) is None
    assert tokens.bearer(token, MARIA, "api", NOON) is None


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(days=-1), timedelta(days=367)])
def test_no_token_lasts_for_ever(lasts):
    """A year at most; and a secret without chance is refused."""
    with pytest.raises(ValueError, match="lasts"):
        tokens.api_token(CHANCE, MARIA, NOON, label="x", lasts=lasts)
    with pytest.raises(ValueError, match="16"):
        tokens.secret_of(b"short")


def attempt(kept: dict[str, Bucket], address: str, login: str, now: float) -> float:
    """Try once, keep the buckets, and tell how long to wait."""
    left, wait = attempts.try_once(kept, attempts.keys_of(address, login), now)
    kept |= left
    return wait


def test_guessing_is_slowed_by_address():
    """Five at once, then one a minute, whatever accounts are tried; another address is another matter."""
    kept: dict[str, Bucket] = {}

    assert [attempt(kept, "192.0.2.7", f"a{number}", 0) for number in range(5)] == [0] * 5
    assert attempt(kept, "192.0.2.7", "b", 0) == pytest.approx(60)
    assert attempt(kept, "192.0.2.8", "b", 0) == 0
    assert attempt(kept, "192.0.2.7", "b", 60) == 0


def test_guessing_is_slowed_by_account():
    """Ten from anywhere, then one in 90 seconds: a wait, never a lock."""
    kept: dict[str, Bucket] = {}

    assert [attempt(kept, f"192.0.2.{number}", "maria", 0) for number in range(10)] == [0] * 10
    assert attempt(kept, "192.0.2.99", "maria", 0) == pytest.approx(90)
    assert attempt(kept, "192.0.2.99", "jordi", 0) == 0


def test_a_refused_attempt_takes_nothing():
    """Who is told to wait by one bucket is not set back in the other."""
    kept: dict[str, Bucket] = {}
    for _ in range(5):
        attempt(kept, "192.0.2.7", "maria", 0)
    before = dict(kept)

    assert attempt(kept, "192.0.2.7", "maria", 0) > 0
    assert kept == before


def test_a_right_password_costs_nothing():
    """Who signs in a hundred times a day is no guesser."""
    kept: dict[str, Bucket] = {}
    limits = attempts.keys_of("2001:db8::1", "maria")
    for _ in range(100):
        assert attempt(kept, "2001:db8::1", "maria", 0) == 0

        kept |= attempts.give_back(kept, limits)
