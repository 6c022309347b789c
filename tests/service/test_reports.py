"""Reports: what is counted, what is left out, and that a definition stands beside every number."""

from __future__ import annotations

import csv
import io
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import DAYS, HOUR, MONDAY, Story, at, sla

from feedback_service.clocks import clocks_of
from feedback_service.domain.acts import Linked, link_article
from feedback_service.domain.moves import mark_spam, resolve
from feedback_service.ratings import Rating
from feedback_service.reports import (
    DEFINITIONS,
    Z_95,
    CaseRow,
    Period,
    backlog,
    case_figures,
    deflection,
    helpfulness,
    misses,
    percentile,
    row_of,
    search_figures,
    trend,
    wilson_low,
)
from feedback_service.searches import FormEvent, SearchEvent
from feedback_service.tables import csv_text, guarded

MARCH = Period(MONDAY, MONDAY + 30 * DAYS)


def row(story: Story, hours: float = 100) -> CaseRow:
    """Boil a story down, counted so many hours after Monday nine."""
    return row_of(story.case, clocks_of(story.events, sla(), MONDAY + hours * HOUR))


def figures(rows) -> dict[str, tuple[float | None, int, int]]:
    """Return key -> (value, part, whole)."""
    return {figure.key: (figure.value, figure.part, figure.whole) for figure in case_figures(rows, MARCH)}


def answered(hours: float, link: str = "") -> Story:
    """Make a case that is answered and resolved after so many hours."""
    story = Story()
    if link:
        story.do(link_article, at(0), Linked("a1", "r1", link))
    return story.reply(hours).do(resolve, at(hours))


def test_cases_of_the_period():
    """Links, known answers, times in open hours, and promises; spam is nowhere."""
    found = figures(
        [row(answered(0.5, "used")), row(answered(1, "created")), row(answered(2)), row(Story().do(mark_spam, at(1))), row(Story(), 1)]
    )

    assert found["link_rate"] == (2 / 3, 2, 3)
    assert found["known"] == (1 / 3, 1, 3)
    assert found["first_response_median"] == (3600, 3, 3)
    assert found["first_response_90"] == (7200, 3, 3)
    assert found["resolution_median"][0] == 3600
    assert found["sla_met"] == (5 / 6, 5, 6)


def test_nothing_counted_is_no_number():
    """An empty report is no zero per cent."""
    assert {value for value, _, _ in figures([]).values()} == {None}


def test_times_without_promises():
    """Where no policy is, real time counts."""
    boiled = row_of(answered(30).case, ())

    assert (boiled.response_seconds, boiled.resolution_seconds, boiled.sla_met) == (30 * 3600, 30 * 3600, 0)


def test_a_reopened_case_is_not_resolved():
    """It counts again when it is."""
    assert figures([row(answered(1).write(2))])["link_rate"] == (None, 0, 0)


def votes(yes: int, no: int, revision: str = "r1") -> list[Rating]:
    """Let readers vote, each once."""
    return [Rating(number, "a1", revision, "ca", number < yes, f"v{number}", MONDAY) for number in range(yes + no)]


def test_helpfulness_counts_revisions_apart_and_hides_few_votes():
    """A mended article starts anew; below ten votes no share is shown, though the votes are."""
    scores = helpfulness([*votes(9, 1), *votes(9, 0, "r2"), *votes(4, 16, "r3")])

    assert [(score.revision, score.yes, score.no, score.share.value) for score in scores] == [
        ("r1", 9, 1, 0.9),
        ("r3", 4, 16, 0.2),
        ("r2", 9, 0, None),
    ]
    assert scores[0].low.value == pytest.approx(0.5958, abs=1e-4)


@pytest.mark.parametrize(("yes", "of", "low"), [(0, 10, 0), (10, 10, 0.72247), (5, 10, 0.23659), (1, 1, 0.20655), (90, 100, 0.82563)])
def test_wilson_bound(yes, of, low):
    """Known values of the formula."""
    assert wilson_low(yes, of) == pytest.approx(low, abs=1e-5)


@given(st.integers(1, 40), st.data())
@settings(max_examples=40)
def test_wilson_solves_its_equation(of, data):
    """The share lies z standard errors of the bound above it; the bound grows with each yes."""
    yes = data.draw(st.integers(0, of))
    low = wilson_low(yes, of)

    assert 0 <= low <= yes / of
    assert yes == of or wilson_low(yes + 1, of) > low
    assert (yes / of - low) ** 2 == pytest.approx(Z_95**2 * low * (1 - low) / of)


@pytest.mark.parametrize(("yes", "of"), [(1, 0), (-1, 5), (6, 5)])
def test_counts_that_are_no_share(yes, of):
    """More yes than votes is a mistake of ours."""
    with pytest.raises(ValueError, match="no share"):
        wilson_low(yes, of)


def searched(query: str = "q", hits: int = 1, clicked: int | None = None, after: str = "none") -> SearchEvent:
    """Make a search."""
    return SearchEvent(MONDAY, "ca", query, hits, clicked, after)


def test_searches():
    """A click that another search or the form followed is no success; what was not found is listed for writers."""
    rows = [
        searched(clicked=1),
        searched(clicked=1, after="refine"),
        searched(clicked=2, after="form"),
        searched(),
        searched("x", 0),
        searched("x", 0),
        searched("y", 0),
    ]

    assert [(figure.key, figure.part, figure.whole) for figure in search_figures(rows)] == [
        ("search_success", 1, 7),
        ("zero_results", 3, 7),
    ]
    assert misses(rows) == (("ca", "x", 2), ("ca", "y", 1))
    assert misses(rows, most=1) == (("ca", "x", 2),)


def test_deflection():
    """Only views where something was offered count."""
    found = deflection([FormEvent(MONDAY, "ca", ("a",), ("a",)), FormEvent(MONDAY, "ca", ("a",), (), "sent"), FormEvent(MONDAY, "ca")])

    assert (found.part, found.whole, found.value) == (1, 2, 0.5)


def test_backlog_by_age():
    """What is resolved waits for nobody; a case of exactly a day is a day old."""
    rows = [row(Story(at(-24 * days))) for days in (0, 1, 3, 29.9, 400)] + [row(answered(1))]

    assert backlog(rows, MONDAY) == {"<1": 1, "1-3": 1, "3-7": 1, "7-30": 1, ">30": 1}


def test_trends():
    """By week and fact, duplicates and what lies outside the period left out."""
    rows = [
        row(Story(at(24 * day), category=category))
        for day, category in ((0, "billing"), (6.5, "billing"), (1, None), (7, "login"), (31, "late"))
    ]

    assert trend(rows, MARCH, "category") == {"2026-03-02": {"billing": 2, "": 1}, "2026-03-09": {"login": 1}}
    assert list(trend(rows, MARCH, "channel", "month")) == ["2026-03-01"]
    assert list(trend(rows, MARCH, "type", "day"))[-1] == "2026-03-09"


def test_every_number_has_its_definition():
    """The reader of a report sees what was counted."""
    shown = [
        *case_figures([], MARCH),
        *search_figures([]),
        deflection([]),
        helpfulness(votes(1, 0))[0].share,
        helpfulness(votes(1, 0))[0].low,
    ]

    assert {figure.key for figure in shown} | {"backlog"} == set(DEFINITIONS)
    assert all(figure.definition.endswith(".") for figure in shown)


def test_percentiles_are_values_that_happened():
    """Nearest rank: nothing between two cases is made up."""
    assert [percentile([4, 1, 3, 2], part) for part in (0.01, 0.25, 0.5, 0.9, 1)] == [1, 1, 2, 4, 4]


def test_a_report_over_100_000_cases():
    """It takes a second at most on a quiet machine; here, CPU time is counted, with room to spare."""
    rows = [row(answered(1, "used"))] * 100_000
    start = time.process_time()
    case_figures(rows, MARCH), backlog(rows, MONDAY), trend(rows, MARCH, "category")

    assert time.process_time() - start < 3


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "\ufeff=1"])
def test_formulas_are_shown_as_text(text):
    """The apostrophe is what spreadsheets take for "this is text"."""
    assert guarded(text) == "'" + text


@pytest.mark.parametrize(
    ("cell", "written"), [("a=1", "a=1"), ("", ""), (None, ""), (-5, "-5"), (0.5, "0.5"), ("سلام", "سلام"), ("'x", "'x")]
)
def test_other_cells_stay(cell, written):
    """Numbers are numbers, below zero too."""
    assert guarded(cell) == written


@given(st.lists(st.lists(st.one_of(st.text(max_size=12), st.integers(), st.none()), min_size=2, max_size=2), max_size=5))
@settings(max_examples=40)
def test_csv_is_read_back(rows):
    """Quotes, commas and line ends in cells break no table, and no text cell begins a formula."""
    text = csv_text(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(text, newline="")))

    assert read[1:] == [[guarded(cell) for cell in row] for row in rows]
    assert text.endswith("\r\n")


def test_a_crooked_table_is_refused():
    """A cell too few is a mistake of ours, not a shifted column."""
    with pytest.raises(ValueError, match="cells"):
        csv_text(["a", "b"], [["x"]])


def test_periods_touch_without_overlap():
    """The end of one is the start of the next."""
    later = Period(MARCH.end, MARCH.end + timedelta(days=1))

    assert not MARCH.holds(MARCH.end)
    assert later.holds(MARCH.end)
    assert not MARCH.holds(None)
