"""What reports count, of cases, votes, searches and views of the form: sums that the database makes, so that a report reads no case."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from feedback_service.reports import AGES, CaseCounts, Day, Dimension, Period, SearchCounts, Votes
from feedback_service.searches import FormEvent, full_hour
from feedback_service.store.tables import cases, form_events, particulars, ratings, search_events
from feedback_service.store.tx import Tx, micros, moment

_DAY = 86_400_000_000  # microseconds
_EPOCH = date(1970, 1, 1)
_FACTS: dict[Dimension, ColumnElement[Any]] = {
    "category": cases.c.category,
    "type": cases.c.type,
    "channel": cases.c.channel,
    "article": cases.c.source_article,
    "query": particulars.c.source_query,
}


def cases_in(tx: Tx, period: Period) -> CaseCounts:
    """Count what was resolved, first answered or came in during a period; spam and duplicates are left out."""
    columns = cases.c
    came, resolved = _within(columns.created_at, period), _within(columns.resolved_at, period)
    answered = _within(columns.first_response_at, period)
    wanted = select(
        _times(resolved),
        _times(and_(resolved, columns.linked)),
        _times(and_(resolved, columns.known)),
        func.coalesce(func.sum(columns.sla_met).filter(came), 0),
        func.coalesce(func.sum(columns.sla_breached).filter(came), 0),
    )
    sums = tx.conn.execute(wanted.where(_counted(), or_(came, resolved))).one()
    seconds = select(case((answered, columns.response_seconds)), case((resolved, columns.resolution_seconds)))
    rows = tx.conn.execute(seconds.where(_counted(), or_(answered, resolved))).all()
    responses, resolutions = ([value for row in rows if (value := row[place]) is not None] for place in (0, 1))
    total, linked, known, met, broken = map(int, sums)
    return CaseCounts(total, linked, known, met, broken, responses, resolutions)


def ages_of(tx: Tx, period: Period, now: datetime) -> tuple[int, ...]:
    """Count the cases that wait, of those that came in before the end of a period, by age at a moment: one count for each span of AGES."""
    older = [cases.c.created_at <= micros(now - timedelta(days=days)) for days in AGES]
    wanted = select(func.count(), *map(_times, older)).where(
        cases.c.status.not_in(("resolved", "closed")), cases.c.created_at < micros(period.end)
    )
    counts = (*map(int, tx.conn.execute(wanted).one()), 0)
    return tuple(counts[place] - counts[place + 1] for place in range(len(counts) - 1))


def days_of(tx: Tx, period: Period, dimension: Dimension) -> tuple[Day, ...]:
    """Count the cases that came in, by day (UTC) and one of their facts; "" is "none"."""
    day, fact = (cases.c.created_at // _DAY).label("day"), func.coalesce(_FACTS[dimension], "").label("fact")
    source = cases.join(particulars) if dimension == "query" else cases
    wanted = select(day, fact, func.count()).select_from(source).where(_counted(), _within(cases.c.created_at, period))
    rows = tx.conn.execute(wanted.group_by("day", "fact").order_by("day", func.count().desc(), "fact"))
    return tuple((_EPOCH + timedelta(days=number), name, times) for number, name, times in rows)


def votes_in(tx: Tx, period: Period) -> tuple[Votes, ...]:
    """Count the votes of a period by article and revision: of each reader the last one, which is the only one kept; spam counts nowhere."""
    columns = ratings.c
    wanted = select(columns.article, columns.revision, _times(columns.helpful), func.count())
    wanted = wanted.where(_within(columns.at, period), columns.state != "spam").group_by(columns.article, columns.revision)
    return tuple((article, revision, yes, votes - yes) for article, revision, yes, votes in tx.conn.execute(wanted))


def search_counts(tx: Tx, period: Period) -> SearchCounts:
    """Count the searches of a period, whose hours count as whole ones."""
    columns = search_events.c
    good = and_(columns.clicked.is_not(None), columns.next == "none")
    wanted = select(func.count(), _times(good), _times(columns.hits == 0)).where(*_hours(columns.hour, period))
    return SearchCounts(*map(int, tx.conn.execute(wanted).one()))


def forms_in(tx: Tx, period: Period) -> tuple[tuple[FormEvent, int], ...]:
    """Read the views of the contact form of a period, and how many were alike."""
    columns = form_events.c
    alike = columns.offered, columns.opened, columns.outcome
    wanted = select(func.min(columns.hour), func.min(columns.locale), *alike, func.count()).where(*_hours(columns.hour, period))
    return tuple(
        (FormEvent(moment(hour), locale, tuple(json.loads(offered)), tuple(json.loads(opened)), outcome), times)
        for hour, locale, offered, opened, outcome, times in tx.conn.execute(wanted.group_by(*alike))
    )


def _counted() -> ColumnElement[bool]:
    return func.coalesce(cases.c.close_reason, "").not_in(("spam", "duplicate"))


def _within(column: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    return and_(column >= micros(period.start), column < micros(period.end))


def _hours(column: ColumnElement[Any], period: Period) -> tuple[ColumnElement[bool], ...]:
    return column >= micros(full_hour(period.start)), column < micros(period.end)


def _times(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(holds)
