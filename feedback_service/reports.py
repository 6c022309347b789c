"""
The reports: numbers with their definitions.  A Figure is never shown without the sentence that says what was counted.

Rows are made once for each case (row_of) and kept by the store, so that a report counts rows and no clocks.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, sqrt
from types import MappingProxyType
from typing import Literal

from feedback_service.clocks import Clock
from feedback_service.domain.nouns import Case, CloseReason, Status
from feedback_service.ratings import Rating, live
from feedback_service.searches import FormEvent, SearchEvent

Dimension = Literal["category", "type", "channel", "article", "query"]
Step = Literal["day", "week", "month"]

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
    """What reports ask of a case."""

    created_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    responded_at: datetime | None
    status: Status
    close_reason: CloseReason | None
    type: str
    channel: str
    category: str = ""
    article: str = ""
    query: str = ""
    linked: bool = False
    known: bool = False  # by an article that was there before
    response_seconds: float | None = None  # open time
    resolution_seconds: float | None = None
    sla_met: int = 0
    sla_breached: int = 0


@dataclass(frozen=True, slots=True)
class ArticleScore:
    """How one revision of an article fares with readers."""

    article: str
    revision: str
    yes: int
    no: int
    share: Figure
    low: Figure


def row_of(case: Case, clocks: Iterable[Clock], query: str = "") -> CaseRow:
    """Boil a case and its clocks down to a row.  Promises of spam and duplicates are nobody's."""
    counted = [] if _left_out(case.close_reason) else list(clocks)
    seconds = {clock.kind: clock.elapsed.total_seconds() for clock in counted if clock.ended is not None and clock.state != "cancelled"}
    states = Counter(clock.state for clock in counted)
    return CaseRow(
        created_at=case.created_at,
        resolved_at=case.resolved_at,
        closed_at=case.closed_at,
        responded_at=case.first_response_at,
        status=case.status,
        close_reason=case.close_reason,
        type=case.type,
        channel=case.channel,
        category=case.category or "",
        article=case.source_article or "",
        query=query,
        linked=bool(case.links),
        known=any(link.kind in {"used", "sent"} for link in case.links),
        response_seconds=seconds.get("first_response", _real(case.created_at, case.first_response_at)),
        resolution_seconds=seconds.get("resolution", _real(case.created_at, case.resolved_at)),
        sla_met=states["met"],
        sla_breached=states["breached"],
    )


def case_figures(rows: Iterable[CaseRow], period: Period) -> tuple[Figure, ...]:
    """Count link rate, known cases and times of what was resolved or first answered in the period, and promises of what came in."""
    counted = [row for row in rows if not _left_out(row.close_reason)]
    resolved = [row for row in counted if period.holds(row.resolved_at)]
    responses = [row.response_seconds for row in counted if period.holds(row.responded_at) and row.response_seconds is not None]
    resolutions = [row.resolution_seconds for row in resolved if row.resolution_seconds is not None]
    met = sum(row.sla_met for row in counted if period.holds(row.created_at))
    breached = sum(row.sla_breached for row in counted if period.holds(row.created_at))
    return (
        share("link_rate", sum(row.linked for row in resolved), len(resolved)),
        share("known", sum(row.known for row in resolved), len(resolved)),
        _rank("first_response_median", responses, 0.5),
        _rank("first_response_90", responses, 0.9),
        _rank("resolution_median", resolutions, 0.5),
        _rank("resolution_90", resolutions, 0.9),
        share("sla_met", met, met + breached),
    )


def helpfulness(ratings: Iterable[Rating]) -> tuple[ArticleScore, ...]:
    """Score each revision of each article, the surest good ones first and those with too few votes last."""
    counts: dict[tuple[str, str], Counter[bool]] = {}
    for rating in live(ratings):
        counts.setdefault((rating.article, rating.revision), Counter())[rating.helpful] += 1
    scores = [_score(article, revision, votes[True], votes[False]) for (article, revision), votes in counts.items()]
    return tuple(sorted(scores, key=lambda score: (-(score.low.value or -1), score.article, score.revision)))


def search_figures(searches: Iterable[SearchEvent]) -> tuple[Figure, ...]:
    """Count how often a search led somewhere, and how often it found nothing."""
    rows = list(searches)
    good = sum(row.clicked is not None and row.next == "none" for row in rows)
    return share("search_success", good, len(rows)), share("zero_results", sum(row.hits == 0 for row in rows), len(rows))


def misses(searches: Iterable[SearchEvent], most: int = 50) -> tuple[tuple[str, str, int], ...]:
    """List what was searched for in vain: (locale, query, times), the most frequent first."""
    counts = Counter((row.locale, row.query) for row in searches if row.hits == 0 and row.query)
    return tuple((*key, times) for key, times in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most])


def deflection(forms: Iterable[FormEvent]) -> Figure:
    """Count the readers whom an offered article spared the writing."""
    offered = [form for form in forms if form.offered]
    return share("deflection", sum(form.deflected for form in offered), len(offered))


def backlog(rows: Iterable[CaseRow], now: datetime) -> dict[str, int]:
    """Count the cases that wait, by age: "<1", "1-3", "3-7", "7-30" and ">30" days since creation."""
    names = [f"<{AGES[0]}", *(f"{young}-{old}" for young, old in itertools.pairwise(AGES)), f">{AGES[-1]}"]
    counts = dict.fromkeys(names, 0)
    limits = [timedelta(days=days) for days in AGES]
    for row in rows:
        if row.status not in {"resolved", "closed"}:
            counts[names[sum(now - row.created_at >= limit for limit in limits)]] += 1
    return counts


def trend(rows: Iterable[CaseRow], period: Period, dimension: Dimension, step: Step = "week") -> dict[str, dict[str, int]]:
    """
    Count the cases that came in, by time and by one of their facts; "" is "none".

    Returns: {"2026-03-02": {"billing": 7, …}, …}: the first day of each step (UTC, weeks begin on Monday) that has any, in order.
    """
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        if period.holds(row.created_at) and not _left_out(row.close_reason):
            counts.setdefault(_step(row.created_at, step), Counter())[getattr(row, dimension)] += 1
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
    """Tell the smallest value that at least *part* (above 0, at most 1) of all values do not exceed: nearest rank, nothing made up."""
    return sorted(values)[max(0, ceil(part * len(values)) - 1)]


def _rank(key: str, values: Sequence[float], part: float) -> Figure:
    return Figure(key, percentile(values, part) if values else None, len(values), len(values))


def _score(article: str, revision: str, yes: int, no: int) -> ArticleScore:
    votes = yes + no
    low = wilson_low(yes, votes) if votes >= FEWEST_VOTES else None
    seen = yes / votes if votes >= FEWEST_VOTES else None
    return ArticleScore(article, revision, yes, no, Figure("helpfulness", seen, yes, votes), Figure("helpfulness_low", low, yes, votes))


def _real(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds()


def _left_out(reason: CloseReason | None) -> bool:
    return reason in {"spam", "duplicate"}


def _step(moment: datetime, step: Step) -> str:
    day = moment.astimezone(UTC).date()
    if step == "week":
        day -= timedelta(days=day.weekday())
    return (day.replace(day=1) if step == "month" else day).isoformat()
