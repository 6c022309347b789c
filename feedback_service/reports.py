"""
The reports: numbers with their definitions.  A Figure is never shown without the sentence that says what was counted.

What a case adds to them is found once for each case (row_of) and kept by the store, whose sums come in here: a report counts no clocks.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, sqrt
from types import MappingProxyType
from typing import Literal

from feedback_service.clocks import Clock
from feedback_service.domain.nouns import Case, CloseReason
from feedback_service.searches import FormEvent, SearchEvent

Dimension = Literal["category", "type", "channel", "article", "query"]
Step = Literal["day", "week", "month"]
Votes = tuple[str, str, int, int]  # article, revision, yes, no
Day = tuple[date, str, int]  # UTC, one fact of cases, how many

FEWEST_VOTES = 10  # below it no share of helped readers is shown
Z_95 = 1.959963984540054  # two-sided 95 % of the normal distribution
AGES = (1, 3, 7, 30)  # days at which the backlog is cut

DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "link_rate": "Resolved cases with a linked article ÷ resolved cases. Spam and duplicates are left out.",
        "known": "Cases resolved with an article that was there before (used or sent) ÷ resolved cases. Spam and duplicates are left out.",
        "helpfulness": "Yes ÷ (yes + no), of one revision of an article: each reader's last vote. Hidden below 10 votes.",
        "helpfulness_low": "Lower end of the Wilson 95 % interval of that share: at least so good, as far as so few votes can tell.",
        "search_success": "Searches after which a hit was opened, and neither a new search nor the contact form followed ÷ searches.",
        "zero_results": "Searches without a hit ÷ searches.",
        "deflection": "Views of the contact form where an offered article was opened and nothing was sent ÷ views where one was offered.",
        "first_response_median": "Half of the first public replies came within so much open time (real time where nothing was promised).",
        "first_response_90": "Nine of ten first public replies came within so much open time (nearest rank).",
        "resolution_median": "Half of the resolved cases took at most so much open time (real time where nothing was promised).",
        "resolution_90": "Nine of ten resolved cases took at most so much open time in the statuses that count (nearest rank).",
        "sla_met": "Of cases created in the period: promises met ÷ (met + breached). Cancelled and running ones are left out.",
        "backlog": "Cases that are neither resolved nor closed at the end of the period, by the days since they were created.",
    }
)


@dataclass(frozen=True, slots=True)
class Period:
    """From start to end, UTC; the end is not part of it."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether a moment lies in it."""
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: a share (of 1), or seconds; None where nothing was counted, or too little to say."""

    key: str
    value: float | None
    part: int
    whole: int

    @property
    def definition(self) -> str:
        """What was counted."""
        return DEFINITIONS[self.key]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What reports ask of a case beyond its own fields."""

    linked: bool = False
    known: bool = False  # by an article that was there before
    response_seconds: float | None = None  # open time
    resolution_seconds: float | None = None
    sla_met: int = 0
    sla_breached: int = 0


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """The cases of a period: how many were resolved, with a link, by a known article; promises of those that came in; seconds."""

    resolved: int = 0
    linked: int = 0
    known: int = 0
    met: int = 0
    breached: int = 0
    responses: Sequence[float] = ()
    resolutions: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class SearchCounts:
    """The searches of a period: all of them, those that led somewhere, those without a hit."""

    all: int = 0
    good: int = 0
    empty: int = 0


@dataclass(frozen=True, slots=True)
class ArticleScore:
    """How one revision of an article fares with readers."""

    article: str
    revision: str
    yes: int
    no: int
    share: Figure
    low: Figure


def row_of(case: Case, clocks: Iterable[Clock]) -> CaseRow:
    """Boil a case and its clocks down to what is counted.  Promises of spam and duplicates are nobody's."""
    counted = [] if _left_out(case.close_reason) else list(clocks)
    seconds = {clock.kind: clock.elapsed.total_seconds() for clock in counted if clock.ended is not None and clock.state != "cancelled"}
    states = Counter(clock.state for clock in counted)
    return CaseRow(
        linked=bool(case.links),
        known=any(link.kind in {"used", "sent"} for link in case.links),
        response_seconds=seconds.get("first_response", _real(case.created_at, case.first_response_at)),
        resolution_seconds=seconds.get("resolution", _real(case.created_at, case.resolved_at)),
        sla_met=states["met"],
        sla_breached=states["breached"],
    )


def case_figures(counts: CaseCounts) -> tuple[Figure, ...]:
    """Tell link rate, known cases and times of what was resolved or first answered in the period, and promises of what came in."""
    return (
        share("link_rate", counts.linked, counts.resolved),
        share("known", counts.known, counts.resolved),
        *_ranks("first_response", counts.responses),
        *_ranks("resolution", counts.resolutions),
        share("sla_met", counts.met, counts.met + counts.breached),
    )


def helpfulness(votes: Iterable[Votes]) -> tuple[ArticleScore, ...]:
    """Score each revision of each article, the surest good ones first and those with too few votes last."""
    scores = [_score(*each) for each in votes]
    return tuple(sorted(scores, key=lambda score: (-(score.low.value or -1), score.article, score.revision)))


def search_figures(counts: SearchCounts) -> tuple[Figure, ...]:
    """Tell how often a search led somewhere, and how often it found nothing."""
    return share("search_success", counts.good, counts.all), share("zero_results", counts.empty, counts.all)


def misses(searches: Iterable[SearchEvent], most: int = 50) -> tuple[tuple[str, str, int], ...]:
    """List what was searched for in vain: (locale, query, times), the most frequent first."""
    counts = Counter((row.locale, row.query) for row in searches if row.hits == 0 and row.query)
    return tuple((*key, times) for key, times in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most])


def deflection(forms: Iterable[tuple[FormEvent, int]]) -> Figure:
    """Count the readers whom an offered article spared the writing; each view comes with how often it happened."""
    offered = [(form, times) for form, times in forms if form.offered]
    return share("deflection", sum(times for form, times in offered if form.deflected), sum(times for _, times in offered))


def backlog(counts: Sequence[int]) -> dict[str, int]:
    """Name the cases that wait, counted by the spans of AGES: "<1", "1-3", "3-7", "7-30" and ">30" days since creation."""
    names = (f"<{AGES[0]}", *(f"{young}-{old}" for young, old in itertools.pairwise(AGES)), f">{AGES[-1]}")
    return dict(zip(names, counts, strict=True))


def trend(days: Iterable[Day], step: Step = "week") -> dict[str, dict[str, int]]:
    """
    Sum up the cases that came in, by time and by one of their facts.

    Returns: {"2026-03-02": {"billing": 7, …}, …}: the first day of each step (UTC, weeks begin on Monday) that has any, in order.
    """
    counts: dict[str, Counter[str]] = {}
    for day, fact, times in days:
        counts.setdefault(_step(day, step), Counter())[fact] += times
    return {day: dict(counts[day].most_common()) for day in sorted(counts)}


def share(key: str, part: int, whole: int) -> Figure:
    """Make a share; of nothing there is none."""
    return Figure(key, part / whole if whole else None, part, whole)


def wilson_low(yes: int, votes: int, z: float = Z_95) -> float:
    """
    Tell the lower end of the Wilson score interval of a share.

    Args:
        yes, votes: Counts; 0 <= yes <= votes, and votes at least 1.
        z: How sure, as a quantile of the normal distribution.
    Returns: A share between 0 and yes / votes.
    Raises: ValueError: If the counts are none.
    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927.
    """
    if not 0 <= yes <= votes or votes < 1:
        raise ValueError(f"{yes} of {votes} is no share.")
    seen, spread = yes / votes, z * z / votes
    low = (seen + spread / 2 - z * sqrt((seen * (1 - seen) + spread / 4) / votes)) / (1 + spread)
    return min(max(0.0, low), seen)


def percentile(values: Sequence[float], part: float) -> float:
    """Tell the smallest of sorted values that at least *part* (above 0, at most 1) of all do not exceed: nearest rank, nothing made up."""
    return values[max(0, ceil(part * len(values)) - 1)]


def _ranks(name: str, values: Sequence[float]) -> Iterator[Figure]:
    ranked = sorted(values)
    for key, part in ((f"{name}_median", 0.5), (f"{name}_90", 0.9)):
        yield Figure(key, percentile(ranked, part) if ranked else None, len(ranked), len(ranked))


def _score(article: str, revision: str, yes: int, no: int) -> ArticleScore:
    votes = yes + no
    low = wilson_low(yes, votes) if votes >= FEWEST_VOTES else None
    seen = yes / votes if votes >= FEWEST_VOTES else None
    return ArticleScore(article, revision, yes, no, Figure("helpfulness", seen, yes, votes), Figure("helpfulness_low", low, yes, votes))


def _real(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds()


def _left_out(reason: CloseReason | None) -> bool:
    return reason in {"spam", "duplicate"}


def _step(day: date, step: Step) -> str:
    if step == "week":
        day -= timedelta(days=day.weekday())
    return (day.replace(day=1) if step == "month" else day).isoformat()
