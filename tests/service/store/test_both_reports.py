"""What the database counts for reports: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from service.made import DAYS, HOUR, MONDAY, Story, at, sla

from feedback_service.clocks import clocks_of
from feedback_service.domain.acts import Linked, link_article
from feedback_service.domain.moves import mark_spam, resolve
from feedback_service.domain.nouns import Particulars
from feedback_service.intake import RatingForm
from feedback_service.reports import Period, case_figures, deflection, helpfulness, search_figures, trend
from feedback_service.searches import FormEvent, SearchEvent
from feedback_service.store import Tx, counting, feedback, posts
from feedback_service.store.rows import case_row, particulars_row
from feedback_service.store.tables import cases, particulars

MARCH = Period(MONDAY, MONDAY + 30 * DAYS)


def answered(hours: float, link: str = "", **more) -> Story:
    """Make a case that is answered and resolved after so many hours."""
    story = Story(**more)
    if link:
        story.do(link_article, at(0), Linked("a1", "r1", link))
    return story.reply(hours).do(resolve, at(hours))


@pytest.fixture
def keep(store):
    """Keep stories as the cases of a store; returns it."""

    def kept(*stories: Story, hours: float = 100):
        def put(tx: Tx) -> None:
            for number, story in enumerate(stories, 1):
                clocks = clocks_of(story.events, sla(), MONDAY + hours * HOUR)
                row = case_row(story.case, clocks, None) | {"id": f"c{number}", "number": number}
                tx.put(cases, row)
                tx.put(particulars, particulars_row(f"c{number}", Particulars("A subject", "A question", source_query=f"q{number % 2}")))

        store.write(put)
        return store

    return kept


def figures(store) -> dict[str, tuple[float | None, int, int]]:
    """Return key -> (value, part, whole)."""
    return {figure.key: (figure.value, figure.part, figure.whole) for figure in case_figures(store.read(counting.cases_in, MARCH))}


def test_cases_of_the_period(keep):
    """Links, known answers, times in open hours, and promises; spam is nowhere."""
    late = Story(at(24 * 40)).reply(24 * 40 + 1)
    found = figures(keep(answered(0.5, "used"), answered(1, "created"), answered(2), Story().do(mark_spam, at(1)), late))

    assert found["link_rate"] == (2 / 3, 2, 3)
    assert found["known"] == (1 / 3, 1, 3)
    assert found["first_response_median"] == (3600, 3, 3)
    assert found["first_response_90"] == (7200, 3, 3)
    assert found["resolution_median"] == (3600, 3, 3)
    assert found["sla_met"] == (5 / 6, 5, 6)


def test_a_reopened_case_is_not_resolved(keep):
    """It counts again when it is."""
    assert figures(keep(answered(1).write(2)))["link_rate"] == (None, 0, 0)


def test_an_empty_report(store):
    """Of nothing there is no share, no time and no row."""
    assert {value for value, _, _ in figures(store).values()} == {None}
    assert store.read(counting.ages_of, MARCH, MONDAY) == (0, 0, 0, 0, 0)
    assert store.read(counting.days_of, MARCH, "query") == ()
    assert store.read(counting.votes_in, MARCH) == ()
    assert store.read(counting.forms_in, MARCH) == ()
    assert {figure.value for figure in search_figures(store.read(counting.search_counts, MARCH))} == {None}


def test_backlog_by_age(keep):
    """What is resolved waits for nobody; a case of exactly a day is a day old; what comes in after the period is not in it."""
    waiting = [Story(at(-24 * days)) for days in (0, 1, 3, 29.9, 400)]
    store = keep(*waiting, answered(1), Story(at(24 * 31)))

    assert store.read(counting.ages_of, MARCH, MONDAY) == (1, 1, 1, 1, 1)


def test_trends(keep):
    """By week and fact, duplicates and what lies outside the period left out; the most frequent fact of a day comes first."""
    days = ((0, "billing"), (6.5, "billing"), (1, None), (7, "login"), (31, "late"), (-0.1, "early"))
    store = keep(*(Story(at(24 * day), category=category) for day, category in days), Story(category="x").do(mark_spam, at(1)))
    read = store.read

    assert trend(read(counting.days_of, MARCH, "category")) == {"2026-03-02": {"billing": 2, "": 1}, "2026-03-09": {"login": 1}}
    assert list(trend(read(counting.days_of, MARCH, "channel"), "month")) == ["2026-03-01"]
    assert list(trend(read(counting.days_of, MARCH, "type"), "day"))[-1] == "2026-03-09"
    assert {fact for _, fact, _ in read(counting.days_of, MARCH, "query")} == {"q0", "q1"}
    assert {fact for _, fact, _ in read(counting.days_of, MARCH, "article")} == {""}


def test_votes(store):
    """By article and revision, as each reader voted last; spam, and what lies outside the period, counts nowhere."""

    def vote(voter: int, revision: str, days: float = 0, *, helpful: bool = True) -> None:
        store.write(posts.rate, RatingForm("a1", "ca", helpful, revision), f"voter-{voter:010}", MONDAY + days * DAYS)

    for voter in range(10):
        vote(voter, "r1", helpful=False)
        vote(voter, "r1", helpful=voter > 0)
    vote(1, "r2")
    vote(2, "r2", days=31)
    vote(3, "r2", helpful=False)
    spam = store.read(feedback.all_ratings)[-1]
    store.write(feedback.move_rating, spam.seq, "spam", seen="new")
    scores = helpfulness(store.read(counting.votes_in, MARCH))

    assert [(score.revision, score.yes, score.no) for score in scores] == [("r1", 9, 1), ("r2", 1, 0)]


def test_searches_and_forms(store):
    """A click that another search or the form followed is no success; views of the form that were alike are counted together."""
    clicks = ((1, "none", 3), (1, "refine", 3), (2, "form", 3), (None, "none", 3), (None, "none", 0))
    for clicked, then, hits in clicks:
        store.write(posts.note_search, SearchEvent(MONDAY, "ca", "llum", hits, clicked, then))
    store.write(posts.note_search, SearchEvent(MONDAY - timedelta(hours=1), "ca", "llum", 0))
    seen = FormEvent(MONDAY, "ca", ("a",), ("a",))
    for form in (seen, seen, FormEvent(MONDAY, "ca", ("a",), (), "sent"), FormEvent(MONDAY, "ca"), FormEvent(MARCH.end, "ca", ("a",))):
        store.write(posts.note_form, form)
    good, empty = search_figures(store.read(counting.search_counts, MARCH))
    spared = deflection(store.read(counting.forms_in, MARCH))

    assert (good.part, empty.part, good.whole) == (1, 1, 5)
    assert (spared.part, spared.whole) == (2, 3)
