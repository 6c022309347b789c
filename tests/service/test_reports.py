"""Reports: what is counted, what is left out, and that a definition stands beside every number."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import DAYS, HOUR, MONDAY, Story, at, sla

from feedback_service.clocks import clocks_of
from feedback_service.domain.acts import Linked, link_article
from feedback_service.domain.moves import mark_spam, resolve
from feedback_service.reports import (
    DEFINITIONS,
    Z_95,
    CaseCounts,
    CaseRow,
    Period,
    SearchCounts,
    backlog,
    case_figures,
    deflection,
    helpfulness,
    misses,
    percentile,
    row_of,
    search_figures,
    wilson_low,
)
from feedback_service.searches import SearchEvent
from feedback_service.tables import csv_text, guarded

MARCH = Period(MONDAY, MONDAY + 30 * DAYS)


def test_what_is_kept_of_a_case():
    """Links, times in open hours, promises; those of spam are nobody's."""
    story = Story().do(link_article, at(0), Linked("a1", "r1", "used")).reply(2).do(resolve, at(3))
    spam = Story().do(mark_spam, at(1))
    clocks = clocks_of(story.events, sla(), MONDAY + 100 * HOUR)

    assert row_of(story.case, clocks) == CaseRow(
        linked=True, known=True, response_seconds=7200, resolution_seconds=10800, sla_met=1, sla_breached=1
    )
    assert row_of(spam.case, clocks_of(spam.events, sla(), MONDAY + 9 * HOUR)) == CaseRow()


def test_times_without_promises():
    """Where no policy is, real time counts."""
    boiled = row_of(Story().reply(30).do(resolve, at(30)).case, ())

    assert (boiled.response_seconds, boiled.resolution_seconds, boiled.sla_met) == (30 * 3600, 30 * 3600, 0)


def test_helpfulness_hides_few_votes():
    """Below ten votes no share is shown, though the votes are; the surest good ones come first."""
    scores = helpfulness([("a1", "r2", 9, 0), ("a1", "r3", 4, 16), ("a1", "r1", 9, 1)])

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


def test_misses():
    """What was not found is listed for writers, the most frequent first."""
    rows = [SearchEvent(MONDAY, "ca", query, hits) for query, hits in (("q", 1), ("y", 0), ("x", 0), ("x", 0))]

    assert misses(rows) == (("ca", "x", 2), ("ca", "y", 1))
    assert misses(rows, most=1) == (("ca", "x", 2),)


def test_the_backlog_has_its_spans():
    """One count for each, in order; one too few is a mistake of ours."""
    assert backlog((5, 4, 3, 2, 1)) == {"<1": 5, "1-3": 4, "3-7": 3, "7-30": 2, ">30": 1}
    with pytest.raises(ValueError, match="shorter"):
        backlog((1,))


def test_every_number_has_its_definition():
    """The reader of a report sees what was counted."""
    shown = [
        *case_figures(CaseCounts()),
        *search_figures(SearchCounts()),
        deflection([]),
        helpfulness([("a1", "r1", 1, 0)])[0].share,
        helpfulness([("a1", "r1", 1, 0)])[0].low,
    ]

    assert {figure.key for figure in shown} | {"backlog"} == set(DEFINITIONS)
    assert all(figure.definition.endswith(".") for figure in shown)


def test_percentiles_are_values_that_happened():
    """Nearest rank: nothing between two cases is made up."""
    assert [percentile([1, 2, 3, 4], part) for part in (0.01, 0.25, 0.5, 0.9, 1)] == [1, 1, 2, 4, 4]


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
