"""Lists of cases, work on ratings and splits: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from service.made import JOAN, MARIA, MONDAY

from feedback_service.can import Sight
from feedback_service.domain import Act, Message, Particulars, RefusedError
from feedback_service.domain.acts import assign, set_priority, set_tags, snooze
from feedback_service.domain.messages import note, receive, reply
from feedback_service.intake import RatingForm
from feedback_service.reports import Period
from feedback_service.searches import SearchEvent
from feedback_service.store import NotThereError, cases, feedback, posts, queue
from feedback_service.store.joins import split_case
from feedback_service.store.redaction import strike

EVERYTHING = Sight(all=True)
BILLING = Sight(teams=frozenset({"billing"}), teamless=True, assignee="maria")
NOON = MONDAY + timedelta(hours=3)
DAY = timedelta(days=1)


def opened(store, subject, *, team=None, body="A question", name="Joan", email="joan@example.org", at=MONDAY, **more) -> cases.Acted:
    """Open a case."""
    new = cases.NewCase(Particulars(subject, body, name, email), "en", "web", team=team, **more)
    return store.write(cases.open_case, new, Act(JOAN, at))


def did(store, case, step) -> None:
    """Let Maria do something."""
    how = Act(MARIA, NOON)
    store.write(cases.act, case.id, how, lambda now: step(now, how))


def subjects(store, sight=EVERYTHING, **wish) -> list[str]:
    """List subjects as Maria's queue has them."""
    return [row.subject for row in store.read(queue.find, sight, "maria", queue.Wish(**wish), NOON).rows]


@pytest.fixture
def five(store):
    """Open five cases of two teams and none."""
    made = {
        "refund": opened(store, "Refund", team="billing", priority="high"),
        "parcel": opened(store, "Parcel", team="delivery", at=MONDAY + timedelta(minutes=1)),
        "asleep": opened(store, "Asleep", team="billing", at=MONDAY + timedelta(minutes=2)),
        "nobodys": opened(store, "Nobody's", at=MONDAY + timedelta(minutes=3), body="FACTURACIÓ 100%"),
        "mine": opened(store, "Mine", team="delivery", at=MONDAY + timedelta(minutes=4), priority="urgent"),
    }
    did(store, made["mine"].case, lambda now, how: assign(now, how, "maria", ["maria"]))
    did(store, made["asleep"].case, lambda now, how: snooze(now, how, NOON + DAY))
    return store


def test_who_sees_which_cases(five):
    """Teams, cases without one and one's own; a list says the same as `Sight.holds`."""
    assert set(subjects(five, sort="oldest")) == {"Refund", "Parcel", "Asleep", "Nobody's", "Mine"}
    assert set(subjects(five, BILLING)) == {"Refund", "Asleep", "Nobody's", "Mine"}
    assert subjects(five, Sight()) == []


@pytest.mark.parametrize(
    ("view", "held"),
    [
        ("mine", {"Mine"}),
        ("unassigned", {"Refund", "Parcel", "Nobody's"}),
        ("open", {"Refund", "Parcel", "Nobody's", "Mine"}),
        ("late", {"Refund", "Parcel", "Nobody's", "Mine"}),
        ("waiting", set()),
        ("snoozed", {"Asleep"}),
        ("resolved", set()),
    ],
)
def test_views(five, view, held):
    """Each view holds what it says, and its count says the same."""
    assert set(subjects(five, view=view)) == held
    assert five.read(queue.counts, EVERYTHING, "maria", NOON, [view]) == {view: len(held)}


def test_orders_and_pages(five):
    """Every order is one of all cases; a page beyond the end is empty."""
    assert subjects(five, sort="priority")[:2] == ["Mine", "Refund"]
    assert subjects(five, sort="newest") == subjects(five, sort="oldest")[::-1]
    assert sorted(subjects(five, sort="due")) == sorted(subjects(five, sort="updated"))
    assert subjects(five, page=2) == []


@pytest.mark.parametrize(
    ("wish", "held"),
    [
        ({"words": "facturació"}, {"Nobody's"}),
        ({"words": "100%"}, {"Nobody's"}),
        ({"words": "_"}, set()),
        ({"words": "refund joan"}, {"Refund"}),
        ({"words": "#1001"}, {"Refund"}),
        ({"words": "99999999999999999999"}, set()),
        ({"team": "delivery", "priority": "urgent"}, {"Mine"}),
        ({"assignee": "-", "team": "delivery"}, {"Parcel"}),
        ({"tag": 'a"b'}, set()),
    ],
)
def test_filters(five, wish, held):
    """All filters must hold; signs of LIKE and quotes are letters; any alphabet has both its cases."""
    assert set(subjects(five, **wish)) == held


def test_tags_are_found_whole(store):
    """A tag finds itself, not the tags that hold it."""
    did(store, opened(store, "One").case, lambda now, how: set_tags(now, how, ["hub"]))
    did(store, opened(store, "Two").case, lambda now, how: set_tags(now, how, ["hub update", "100%"]))

    assert subjects(store, tag="hub") == ["One"]
    assert subjects(store, tag="100%") == ["Two"]


def test_due_pages_join_without_a_gap(store):
    """Cases with a due moment come first, the others after them, none twice and none left out, across pages."""
    for number in range(queue.PAGE + 5):
        case = opened(store, f"Case {number}", at=MONDAY + timedelta(seconds=number)).case
        if number % 2:
            did(store, case, lambda now, how: set_priority(now, how, "low"))
    pages = [subjects(store, page=page) for page in (1, 2)]

    assert len(pages[0]) == queue.PAGE
    assert sorted(pages[0] + pages[1]) == sorted(f"Case {number}" for number in range(queue.PAGE + 5))


def test_others_of_the_same_person(store):
    """The other cases of one person, and no stranger's."""
    one = opened(store, "One").case
    opened(store, "Two")
    opened(store, "Stranger", email="eve@example.org")

    assert [row.subject for row in store.read(queue.others_of, EVERYTHING, one)] == ["Two"]


def test_work_on_ratings(store):
    """A yes without words is no work; a step is taken from the state that was seen, once."""
    for voter, helpful, comment in (("voter-aaaaaaaaaaaa", True, ""), ("voter-bbbbbbbbbbbb", False, "Unclear")):
        store.write(posts.rate, RatingForm("kb-a", "en", helpful, "r1", comment=comment), voter, NOON)
    (rating,) = store.read(feedback.to_work_on, "new")
    assert store.read(feedback.work_counts) == {"new": 1}
    assert store.write(feedback.move_rating, rating.seq, "planned", seen="new").state == "planned"
    with pytest.raises(NotThereError):
        store.write(feedback.move_rating, rating.seq, "triaged", seen="new")
    with pytest.raises(RefusedError):
        store.write(feedback.move_rating, rating.seq, "new", seen="planned")

    assert len(store.read(feedback.all_ratings)) == 2


def test_misses(five):
    """Searches in vain are counted by the database."""
    for query, hits in (("dimmer", 0), ("dimmer", 0), ("lamp", 3)):
        five.write(posts.note_search, SearchEvent(NOON, "en", query, hits))
    period = Period(MONDAY - DAY, MONDAY + DAY)

    assert five.read(feedback.misses_in, period) == (("en", "dimmer", 2),)
    assert len(five.read(feedback.searches_in, period)) == 3


def test_a_split_is_written_whole_or_not_at_all(store):
    """Messages move into a case of the same requester; without one of the requester's nothing is written."""
    case = opened(store, "Two questions").case
    message = Message("0123456789abcdef01234567", case.id, "public", "requester", "", "And the parcel?", NOON)
    how = Act(JOAN, NOON)
    store.write(cases.act, case.id, how, lambda now: receive(now, how, message.id, reopen_within=DAY).events, wrote=[message])
    with pytest.raises(RefusedError):
        store.write(split_case, case.id, [], "Nothing", Act(MARIA, NOON))
    old, new = store.write(split_case, case.id, [message.id], "The parcel", Act(MARIA, NOON))
    file = store.read(cases.case_file, new.case.id, NOON)

    assert new.case.requester == old.case.requester
    assert (file.told.subject, [each.text for each in file.messages]) == ("The parcel", ["And the parcel?"])
    assert subjects(store, words="parcel") == ["The parcel"]


def test_words_of_messages_and_notes_are_found_and_those_that_went_are_not(store):
    """A case is found by what was written in it, by all of several words wherever each stands, and by nothing that was struck out."""
    case = opened(store, "Lamp").case
    for name, kind, text in (
        ("a" * 24, "public", "Please send the voucher number."),
        ("b" * 24, "note", "Called her: voucher 4111-2222, می\u200cآید"),
    ):
        how = Act(MARIA, NOON)
        act = note if kind == "note" else reply
        message = Message(name, case.id, kind, "agent", "maria", text, NOON)
        store.write(cases.act, case.id, how, lambda now, act=act, name=name, how=how: act(now, how, name), wrote=[message])
    before = [subjects(store, words=words) for words in ("vouch", "lamp 4111", "2222 lamp", "میآید", "می آید", "orchid")]
    store.write(strike, case.id, "b" * 24, {"4111-2222"}, Act(MARIA, NOON))

    assert before == [["Lamp"], ["Lamp"], ["Lamp"], ["Lamp"], ["Lamp"], []]
    assert [subjects(store, words=words) for words in ("4111", "2222", "called", "voucher")] == [[], [], ["Lamp"], ["Lamp"]]
