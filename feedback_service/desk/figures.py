"""The reports page: numbers with their units, tables that may be drawn, and the same as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, cast

from feedback_service.desk.boards import Number, Reports, Table
from feedback_service.manifest import Manifest
from feedback_service.reports import (
    CaseCounts,
    Day,
    Dimension,
    Figure,
    Period,
    SearchCounts,
    Step,
    Votes,
    backlog,
    case_figures,
    deflection,
    helpfulness,
    search_figures,
    trend,
)
from feedback_service.searches import FormEvent
from feedback_service.store import Tx, counting, feedback
from feedback_service.tables import Cell, csv_text

LONGEST = timedelta(days=732)  # of a period
USUAL = timedelta(days=56)
_FIRST_YEAR = 1970  # reports of earlier ones would be empty, and of the first ones there are no moments to count from
MOST_SERIES, MOST_ARTICLES = 12, 100
_SECONDS = ("first_response_median", "first_response_90", "resolution_median", "resolution_90")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which report: days of a period, both of them part of it, and how the trend is cut."""

    start: date
    end: date
    by: Dimension = "category"
    step: Step = "week"

    @property
    def period(self) -> Period:
        """The period as moments."""
        start = datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)
        return Period(start, datetime(self.end.year, self.end.month, self.end.day, tzinfo=UTC) + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Counted:
    """What reports are made of."""

    cases: CaseCounts
    ages: tuple[int, ...]
    days: tuple[Day, ...]
    votes: tuple[Votes, ...]
    searches: SearchCounts
    forms: tuple[tuple[FormEvent, int], ...]
    misses: tuple[tuple[str, str, int], ...]


def wish_of(query: dict[str, str], today: date) -> Wish:
    """Read a period and a cut.  Raises: ValueError: If a day is none, or the end lies before the start; LookupError: No such cut."""
    end = date.fromisoformat(query["end"]) if query.get("end") else today
    start = date.fromisoformat(query["start"]) if query.get("start") else max(end, date.min + USUAL) - USUAL
    by, step = query.get("by", "category"), query.get("step", "week")
    if not timedelta() <= end - start <= LONGEST or not _FIRST_YEAR < end.year <= today.year + 1:
        raise ValueError("The period is none, or too long.")
    if by not in {"category", "type", "channel", "article", "query"} or step not in {"day", "week", "month"}:
        raise LookupError(by)
    return Wish(start, end, cast("Dimension", by), cast("Step", step))


def count(tx: Tx, wish: Wish) -> Counted:
    """Count everything that a report tells."""
    period = wish.period
    return Counted(
        counting.cases_in(tx, period),
        counting.ages_of(tx, period, period.end),
        counting.days_of(tx, period, wish.by),
        counting.votes_in(tx, period),
        counting.search_counts(tx, period),
        counting.forms_in(tx, period),
        feedback.misses_in(tx, period),
    )


def reports(counted: Counted, wish: Wish, manifest: Manifest, locale: str) -> Reports:
    """Make the page."""
    figures = (*case_figures(counted.cases), *search_figures(counted.searches), deflection(counted.forms))
    return Reports(
        wish.start,
        wish.end,
        tuple(map(_number, figures)),
        (
            _trend(counted, wish),
            Table("backlog", ("age", "cases"), tuple(backlog(counted.ages).items()), "bars"),
            _articles(counted, manifest, locale),
            Table("misses", ("query", "locale", "times"), tuple((query, its, times) for its, query, times in counted.misses)),
        ),
        wish.by,
        wish.step,
    )


def csv_of(view: Reports, name: str) -> str:
    """
    Write one table of the page, or "figures", for a spreadsheet.

    Raises: LookupError: If there is no such table.
    """
    if name == "figures":
        rows: list[tuple[Cell, ...]] = [(each.key, each.value, each.part, each.whole) for each in view.numbers]
        return csv_text(("figure", "value", "part", "whole"), rows)
    table = next((each for each in view.tables if each.key == name), None)
    if table is None:
        raise LookupError(name)
    return csv_text(table.columns, table.rows)


def _number(figure: Figure) -> Number:
    unit: Literal["share", "seconds"] = "seconds" if figure.key in _SECONDS else "share"
    return Number(figure.key, figure.value, unit, figure.part, figure.whole)


def _trend(counted: Counted, wish: Wish) -> Table:
    """Cut the cases by time: one column for each value, the most frequent first."""
    days = trend(counted.days, wish.step)
    totals: dict[str, int] = {}
    for values in days.values():
        for name, times in values.items():
            totals[name] = totals.get(name, 0) + times
    names = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_SERIES]
    rows: list[tuple[str | int, ...]] = [(day, *(values.get(name, 0) for name in names)) for day, values in days.items()]
    return Table("trend", ("day", *names), tuple(rows), "stacks", "days")


def _articles(counted: Counted, manifest: Manifest, locale: str) -> Table:
    rows: list[tuple[str | float | int | None, ...]] = []
    for score in helpfulness(counted.votes)[:MOST_ARTICLES]:
        entry = manifest.find(score.article, locale)
        share, low = (None if each.value is None else round(each.value * 100, 1) for each in (score.share, score.low))
        rows.append((entry.title if entry else score.article, score.revision[:8], score.yes, score.no, share, low))
    return Table("articles", ("article", "revision", "yes", "no", "share", "low"), tuple(rows))
