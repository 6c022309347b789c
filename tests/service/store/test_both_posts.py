"""What readers, mail and workers bring to a store, the same on SQLite and PostgreSQL; several doors stand for several replicas."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from service.made import HOUR, JOAN, MONDAY, at
from service.staff import MARIA
from service.store.stories import ASKED, ask

from feedback_service.can import Sight, visible_to
from feedback_service.domain import Actor
from feedback_service.domain.refused import RefusedError
from feedback_service.intake import RatingForm
from feedback_service.moderation import Ban
from feedback_service.reports import Period
from feedback_service.searches import SearchEvent
from feedback_service.store import (
    KeyReusedError,
    NotThereError,
    agents,
    cases,
    deliveries,
    feedback,
    held,
    mailbox,
    outbox,
    people,
    posts,
    queue,
)
from feedback_service.store.deliveries import Delivery
from feedback_service.store.mailbox import Taken
from feedback_service.store.queue import Wish
from feedback_service.store.tables import deliveries as deliveries_table
from feedback_service.store.tables import idempotency, ratings

MANY = 50
MODERATOR = at(2, by=Actor("agent", "maria"))
VOTE = RatingForm("a1", "ca", helpful=False, revision="r1", reason="unclear", comment="No ho entenc", voter="v1")


@pytest.fixture
def doors(open_again):
    """Open a store as two replicas have it; SQLite has one."""
    return [open_again()] if open_again.kind == "sqlite" else [open_again(), open_again()]


def at_once(doors, work, times=MANY):
    """Do the same many times at once, at each door in turn; work(store, n)."""
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(lambda n: work(doors[n % len(doors)], n), range(times)))


def take(tx, key, body, n):
    """Take a case once per key, as the public API does."""
    if (before := posts.answered(tx, key, body, MONDAY)) is not None:
        return before["number"]
    number = cases.open_case(tx, ASKED, at(by=JOAN)).case.number
    posts.remember(tx, key, body, {"number": number}, MONDAY)
    return number


def test_fifty_posts_with_one_key_are_one_case(doors):
    """R8: whoever comes second, even at the same moment at another replica, has the first one's answer."""
    numbers = at_once(doors, lambda store, n: store.write(take, "k1", "body", n))

    assert set(numbers) == {1001}
    assert len(doors[0].read(lambda tx: tx.all(idempotency.select()))) == 1
    assert doors[0].read(queue.find, Sight(all=True), "maria", Wish(), MONDAY).total == 1


def test_fifty_keys_are_fifty_cases(doors):
    """Different keys at once do not take each other's numbers, and nobody sees an error."""
    numbers = at_once(doors, lambda store, n: store.write(take, f"k{n}", "body", n))

    assert sorted(numbers) == list(range(1001, 1001 + MANY))


def test_a_key_with_another_body_is_refused_and_grows_old(store):
    """The same key with other words is an error; after two days it is new."""
    store.write(take, "k1", "body", 0)
    with pytest.raises(KeyReusedError):
        store.write(take, "k1", "another", 0)

    assert store.write(posts.answered, "k1", "another", MONDAY + timedelta(hours=49)) is None
    assert store.write(posts.forget_old, MONDAY + timedelta(days=9)) == 0


def test_a_forms_token_is_good_once(doors):
    """Of fifty who use one token together, one may."""
    assert sum(at_once(doors, lambda store, _: store.write(posts.use_token, "1.nonce.sig", MONDAY))) == 1


def test_a_voter_has_one_vote(doors):
    """Fifty votes of one voter at once are one row, and the last word counts."""
    at_once(doors, lambda store, _: store.write(posts.rate, VOTE, "v1", MONDAY))
    doors[0].write(posts.rate, replace(VOTE, helpful=True, comment="Ara sí"), "v1", MONDAY + HOUR)
    kept = doors[0].read(feedback.all_ratings)

    assert [(vote.helpful, vote.comment, vote.at) for vote in kept] == [(True, "Ara sí", MONDAY + HOUR)]


def test_a_rating_becomes_work_once(doors):
    """Of two who take the same step on a rating, one does; the other is told."""
    doors[0].write(posts.rate, VOTE, "v1", MONDAY)
    seq = doors[0].read(lambda tx: tx.one(ratings.select()))["seq"]

    def move(store, n):
        try:
            return store.write(feedback.move_rating, seq, "triaged", seen="new").state
        except NotThereError:
            return "too late"

    assert sorted(at_once(doors, move, 8)) == ["too late"] * 7 + ["triaged"]
    assert doors[0].read(feedback.work_counts) == {"triaged": 1}


def test_searches_are_counted(store):
    """Searches in vain are listed by how often, those that found something are not."""
    for query, hits in (("factura", 0), ("factura", 0), ("comptes", 0), ("preu", 3)):
        store.write(posts.note_search, SearchEvent(MONDAY, "ca", query, hits))
    week = Period(MONDAY, MONDAY + timedelta(days=7))

    assert store.read(feedback.misses_in, week) == (("ca", "factura", 2), ("ca", "comptes", 1))


def test_two_workers_never_take_the_same_mail(doors):
    """Forty mails, eight workers at once: each mail is taken once, and none twice before its lease is over."""
    for _ in range(40):
        ask(doors[0])
    now, lease = MONDAY + HOUR, MONDAY + 2 * HOUR
    taken = at_once(doors, lambda store, _: [due.id for due in store.write(outbox.take_due, now, lease, 5)], 8)
    ids = [one for some in taken for one in some]
    left = doors[0].write(outbox.take_due, now, lease, 100)

    assert len(ids) == len(set(ids))
    assert len(ids) + len(left) == 40
    assert doors[0].write(outbox.take_due, now, lease, 100) == ()
    assert len(doors[0].write(outbox.take_due, lease, lease + HOUR, 100)) == 40


def test_who_waits_for_a_mail_does_not_wait_for_another_worker(replicas):
    """SKIP LOCKED: while one worker's transaction is open, another takes other mails at once instead of standing in line."""
    one, other = replicas
    for _ in range(4):
        ask(one)
    now, lease = MONDAY + HOUR, MONDAY + 2 * HOUR

    def inside(tx):
        mine = outbox.take_due(tx, now, lease, 2)
        return mine, other.write(outbox.take_due, now, lease, 9)

    mine, theirs = one.write(inside)

    assert (len(mine), len(theirs)) == (2, 2)
    assert {due.id for due in mine}.isdisjoint(due.id for due in theirs)


def test_messages_to_other_programs_are_claimed_once(doors):
    """Eight workers, thirty messages: nobody sends what another one sends."""
    waiting = {"webhook": "crm", "body": "{}", "at": 0, "next_try": 0, "tries": 0, "state": "waiting", "error": ""}
    doors[0].write(lambda tx: tx.put(deliveries_table, *({**waiting, "message": f"m{n}"} for n in range(30))))
    claimed: list[Delivery] = [
        one for some in at_once(doors, lambda store, _: store.write(deliveries.claim_deliveries, MONDAY, 5), 8) for one in some
    ]
    left = doors[0].write(deliveries.claim_deliveries, MONDAY, 99)

    assert len({one.message for one in (*claimed, *left)}) == len(claimed) + len(left) == 30


def test_what_is_held_is_let_out_once(doors):
    """Of eight moderators who release the same post together, one does, and one case is opened; its number and link are as promised."""
    secret = "a-secret-of-24-characters"
    number = doors[0].write(held.hold_case, replace(ASKED, secret=secret), ("honeypot",), MONDAY)
    ((one, _),) = doors[0].read(held.held_list)

    def let_out(store, n):
        try:
            return store.write(held.release_held, one.id, one.digest, MODERATOR).case.number
        except RefusedError as error:
            return error.reason

    assert sorted(at_once(doors, let_out, 8), key=str) == [number] + ["decided"] * 7
    assert doors[0].read(cases.case, doors[0].read(people.opened_by, secret, MONDAY)).number == number
    assert doors[0].read(held.held_count) == 0


def test_a_ban_is_one_ban(doors):
    """Banned by eight at once is banned once; the list ends with the ban."""
    one = Ban("address", "joan@example.org", MONDAY + timedelta(days=5))
    at_once(doors, lambda store, _: store.write(held.ban, one, MODERATOR), 8)

    assert doors[0].read(held.bans_of, MONDAY) == (one,)
    assert doors[0].read(held.bans_of, MONDAY + timedelta(days=6)) == ()


def test_a_mail_is_kept_with_its_bytes(store):
    """The original comes back byte for byte, and a second copy is known."""
    raw = bytes(range(256)) * 40
    store.write(mailbox.keep_mail, Taken("key", MONDAY, "r1", "c1", "", "<a@b>", raw))

    assert store.read(mailbox.original_of, "c1") == raw
    assert store.read(mailbox.is_taken, "key")
    assert store.read(mailbox.last_message_ids, "c1") == ("<a@b>",)


def test_a_login_is_given_once(doors):
    """Of eight who add the same agent together, one does; the others are told in words."""

    def add(store, n):
        try:
            store.write(agents.add_agent, MARIA, MONDAY)
        except ValueError as error:
            return str(error)[:20]
        return "added"

    assert sorted(at_once(doors, add, 8)) == ["There is an agent ma"] * 7 + ["added"]


def test_a_code_is_spent_once(doors):
    """The same second factor at two replicas at once lets one in."""
    doors[0].write(agents.add_agent, MARIA, MONDAY)

    assert sum(at_once(doors, lambda store, _: store.write(agents.spend_code, "maria", 5), 8)) == 1


def test_the_queue_is_the_same_everywhere(store):
    """Order, counts, filters and words find the same cases on both databases, in letters of every script."""
    opened = [ask(store, when=n / 10, subject=subject).case for n, subject in enumerate(("Èxit 100%", "فاکتور", "plain_text", "退貨 A"))]
    everything = visible_to(replace(MARIA, roles=frozenset({"admin"})))

    def found(**wish):
        return [row.case.number - 1000 for row in store.read(queue.find, everything, "maria", Wish(**wish), MONDAY).rows]

    assert [found(sort=sort) for sort in queue.SORTS] == [[1, 2, 3, 4], [4, 3, 2, 1], [4, 3, 2, 1], [1, 2, 3, 4], [4, 3, 2, 1]]
    assert [found(words=words) for words in ("èxit", "EXI", "100%", "_", "فاكتور", "退貨", "退", "貨", "PLAIN", "1003", "%%%", "joan@", "\\", '"')] == [
        [1], [1], [1], [], [2], [4], [4], [4], [3], [3], [], [1, 2, 3, 4], [], [],
    ]  # fmt: skip
    assert store.read(queue.counts, everything, "maria", MONDAY)["unassigned"] == len(opened)
    assert found(tag='x"') == []
