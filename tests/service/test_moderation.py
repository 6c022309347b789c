"""Who may post and how often: traps, bans, quarantine, limits."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import DAYS, HOUR, MONDAY, RULE, at

from feedback_service.domain import RefusedError
from feedback_service.http.throttle import MOST_BUCKETS, Throttle
from feedback_service.limits import Limit, admit, client_of, is_full, prefixes, take
from feedback_service.moderation import (
    Ban,
    Held,
    Post,
    Sender,
    Verdict,
    check_token,
    digest_of,
    discard,
    is_forgotten,
    issue_token,
    judge,
    release,
    rewritten,
    work_done,
)

SECRET, OLD = b"s" * 32, b"o" * 32
JOAN = Sender(("192.0.2.7/32", "192.0.2.0/24"), "Joan+a@mail.example.com", "v" * 22)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (-HOUR, "too_fast"),
        (1.9 * SECOND, "too_fast"),
        (2 * SECOND, "good"),
        (24 * HOUR, "good"),
        (24 * HOUR + SECOND, "expired"),
        (3 * DAYS, "expired"),
    ],
)
def test_the_time_trap(age, state):
    """A person needs two seconds, and a form is good for a day."""
    assert check_token([SECRET], "case", issue_token(SECRET, "case", MONDAY, "n" * 16), MONDAY + age) == state


def test_a_token_is_good_for_one_purpose_and_known_secrets():
    """Another form, another article or another secret is a forgery; a secret that was replaced today is still known."""
    token = issue_token(OLD, "rating:a1", MONDAY, "n" * 16)

    assert check_token([SECRET, OLD], "rating:a1", token, MONDAY + HOUR) == "good"
    assert check_token([SECRET, OLD], "rating:a2", token, MONDAY + HOUR) == "forged"
    assert check_token([SECRET], "rating:a1", token, MONDAY + HOUR) == "forged"
    assert check_token([], "rating:a1", token, MONDAY + HOUR) == "forged"
    assert check_token([SECRET], "rating:a1", "", MONDAY) == "missing"


@given(st.text(max_size=40), st.integers(0, 60))
@settings(max_examples=60)
def test_no_other_token_is_good(noise, place):
    """Whatever is changed, cut or added, the token is forged, and nothing raises."""
    token = issue_token(SECRET, "case", MONDAY, "n" * 16)
    changed = token[:place] + noise + token[place + 1 :]

    assert changed == token or check_token([SECRET], "case", changed, MONDAY + HOUR) in {"forged", "missing"}
    assert check_token([SECRET], "case", token * 1000, MONDAY + HOUR) == "forged"


@pytest.mark.parametrize(
    ("post", "verdict"),
    [
        (Post(JOAN, trap="good"), Verdict("accept")),
        (Post(JOAN, trap="good", honeypot="http://x"), Verdict("quarantine", ("honeypot",))),
        (Post(JOAN, trap="too_fast"), Verdict("quarantine", ("too_fast",))),
        (Post(JOAN, trap="forged", replayed=True), Verdict("quarantine", ("forged", "replayed"))),
        (Post(JOAN, trap="missing"), Verdict("quarantine", ("no_token",))),
        (Post(JOAN, trap="expired"), Verdict("again", ("expired",))),
        (Post(JOAN, trap="expired", honeypot="x"), Verdict("quarantine", ("honeypot", "expired"))),
        (Post(JOAN, trap="good", flooded=True), Verdict("quarantine", ("flood",))),
        (Post(JOAN, trap="good", idle=True), Verdict("quarantine", ("no_work",))),
        (Post(JOAN, trap="missing", idle=True), Verdict("quarantine", ("no_token",))),
    ],
)
def test_what_becomes_of_a_post(post, verdict):
    """Nothing is thrown away: it is taken, looked at first, or given back with its text."""
    assert judge(post, [], MONDAY) == verdict


def test_a_form_without_script():
    """Where a page of ours asks to confirm, no token is needed."""
    assert judge(Post(JOAN), [], MONDAY, token_needed=False) == Verdict("accept")


@pytest.mark.parametrize(
    ("ban", "fits"),
    [
        (Ban("network", "192.0.2.0/24"), True),
        (Ban("network", "192.0.2.8/32"), False),
        (Ban("address", "joan@mail.example.com"), True),
        (Ban("address", "joan@example.com"), False),
        (Ban("domain", "Example.com"), True),
        (Ban("domain", "ample.com"), False),
        (Ban("voter", "v" * 22), True),
        (Ban("voter", ""), False),
        (Ban("domain", "example.com", until=MONDAY), False),
        (Ban("domain", "example.com", until=MONDAY + SECOND), True),
    ],
)
def test_bans(ban, fits):
    """A ban looks at what it names, as long as it holds; the post waits for a person."""
    assert judge(Post(JOAN, trap="good"), [ban], MONDAY).reasons == (("banned",) if fits else ())
    assert judge(Post(Sender(), trap="good"), [ban], MONDAY) == Verdict("accept")


def held(text: str = "Hola") -> Held:
    """Put a question into quarantine."""
    return Held("q1", "question", ("flood",), MONDAY, digest_of(text))


def test_what_is_released_is_what_was_read():
    """An edit between reading and deciding is refused, and an edit afterwards brings the text back to the moderators."""
    out = release(held(), at(1), digest_of("Hola"))

    assert (out.state, out.by) == ("released", "maria")
    assert rewritten(out, "Hola") == out
    assert rewritten(out, "Hola!") == Held("q1", "question", ("flood",), MONDAY, digest_of("Hola!"))
    with pytest.raises(RefusedError, match="changed"):
        release(held(), at(1), digest_of("Adéu"))


def test_decisions_are_made_by_people_and_once():
    """Rubbish may still be released, what is out is out."""
    rubbish = discard(held(), at(1))

    assert release(rubbish, at(2), rubbish.digest).state == "released"
    for wrong in (
        lambda: discard(rubbish, at(2)),
        lambda: discard(release(held(), at(1), held().digest), at(2)),
        lambda: discard(held(), at(1, by=RULE)),
    ):
        with pytest.raises(RefusedError):
            wrong()


def test_what_nobody_looks_at_is_forgotten_in_the_end():
    """After 30 days; what was released lives on."""
    assert not is_forgotten(held(), MONDAY + 30 * DAYS)
    assert is_forgotten(held(), MONDAY + 31 * DAYS)
    assert not is_forgotten(release(held(), at(1), held().digest), MONDAY + 31 * DAYS)


def test_proof_of_work():
    """An answer is found by trying, and others are none."""
    answer = next(str(number) for number in range(100_000) if hashlib.sha256(f"c:{number}".encode()).digest()[0] == 0)

    assert work_done("c", answer, 8)
    assert not work_done("d", answer, 16)
    assert not work_done("c", "\ud800", 20)


LIMIT = Limit(burst=3, refill=1, seconds=10)


def test_a_bucket_lets_a_burst_through_and_then_drips():
    """Three at once, then one in ten seconds; waiting as long as was said is enough."""
    bucket, waits = None, []
    for now in (100.0, 100.0, 100.0, 100.0, 105.0, 110.0):
        bucket, wait = take(bucket, LIMIT, now)
        waits.append(wait)

    assert waits == [0, 0, 0, 10, 5, 0]


def test_more_than_a_bucket_holds_is_never_there():
    """What costs more than the burst is refused, and takes nothing."""
    bucket, wait = take(None, LIMIT, 100.0, cost=4)

    assert wait > 0
    assert is_full(bucket, 100.0)


@given(st.lists(st.floats(0, 30, allow_nan=False), max_size=40))
@settings(max_examples=60)
def test_no_run_of_posts_gets_more_than_the_limit(gaps):
    """In any span at most the burst and what dripped in that time; and whoever waits as told gets through."""
    bucket, now, taken = None, 0.0, 0
    for gap in gaps:
        now += gap
        before, (bucket, wait) = bucket, take(bucket, LIMIT, now)
        taken += wait == 0

        assert wait == 0 or take(before, LIMIT, now + wait + 1e-6)[1] == 0
    assert taken <= 3 + now / 10 + 1e-6


def test_full_buckets_are_forgotten():
    """A store that keeps them would grow for ever."""
    bucket, _ = take(None, LIMIT, 0)

    assert is_full(bucket, 10)
    assert not is_full(bucket, 9)


def test_a_throttle_keeps_what_matters():
    """However many networks come, few buckets are kept; of them are those that are drained, and nobody's limit begins anew."""
    now = 1_000.0
    throttle = Throttle(flood=1_000_000, clock=lambda: now)
    for _ in range(10):
        throttle.wait("case", "192.0.2.7")
    for number in range(100_000):
        throttle.wait("token", f"10.{number // 65_536}.{number // 256 % 256}.{number % 256}")
        now += 0.001

    assert len(throttle._buckets) <= MOST_BUCKETS
    assert throttle.wait("case", "192.0.2.7") > 0
    now += 3_600
    for number in range(2_000):
        throttle.wait("token", f"10.0.{number // 256}.{number % 256}")
    assert len(throttle._buckets) < 10_000


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, float("nan"))])
def test_limits_that_are_none(numbers):
    """A limit that lets nothing through is a mistake."""
    with pytest.raises(ValueError, match="limit"):
        Limit(*numbers)


@given(st.lists(st.floats(0, 20, allow_nan=False), max_size=30))
@settings(max_examples=60)
def test_a_window_is_exact(gaps):
    """No span of 60 seconds holds more than three, wherever it begins."""
    times, now, passed = (), 0.0, []
    for gap in gaps:
        now += gap
        times, wait = admit(times, 3, 60, now)
        if wait == 0:
            passed.append(now)
        else:
            assert admit(times, 3, 60, now + wait + 1e-6)[1] == 0

    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(passed, passed[3:], strict=False))


@pytest.mark.parametrize(
    ("address", "counts_for"),
    [
        ("192.0.2.7", ("192.0.2.7/32", "192.0.2.0/24")),
        ("::ffff:192.0.2.7", ("192.0.2.7/32", "192.0.2.0/24")),
        ("2001:db8:1:2:3::4", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("fe80::1%eth0", ("fe80::/64", "fe80::/48")),
    ],
)
def test_prefixes(address, counts_for):
    """A house full of addresses is one neighbour."""
    assert prefixes(address) == counts_for


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", ["1.1.1.1"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1", "10.0.0.2"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1", "<script>"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("unix", ["1.1.1.1"], "unix"),
    ],
)
def test_the_client_behind_our_proxies(peer, forwarded, client):
    """Only what our own proxies say counts, from the right; what a client wrote itself does not."""
    assert client_of(peer, forwarded, ["10.0.0.0/8"]) == client
