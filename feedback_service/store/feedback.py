"""What readers said and searched for, as writers ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select, update

from feedback_service.exports import Answer
from feedback_service.ratings import Rating, State, check_move
from feedback_service.reports import Period
from feedback_service.searches import SearchEvent, full_hour
from feedback_service.store.errors import NotThereError
from feedback_service.store.tables import answers, ratings, search_events
from feedback_service.store.tx import Tx, micros, moment

PAGE = 20

# A yes without a word is counted and is no work.
_WITH_WORK = or_(ratings.c.comment != "", ratings.c.reason.is_not(None), ratings.c.helpful.is_(False))


def to_work_on(tx: Tx, state: State, page: int = 1) -> tuple[Rating, ...]:
    """List the ratings of a state that a writer can learn from, the newest first."""
    wanted = select(ratings).where(ratings.c.state == state, _WITH_WORK).order_by(ratings.c.at.desc(), ratings.c.seq.desc())
    return tuple(map(rating_of, tx.all(wanted.offset((max(page, 1) - 1) * PAGE).limit(PAGE))))


def work_counts(tx: Tx) -> dict[str, int]:
    """Count them by state."""
    wanted = select(ratings.c.state, func.count().label("times")).where(_WITH_WORK).group_by(ratings.c.state)
    return {row["state"]: row["times"] for row in tx.all(wanted)}


def move_rating(tx: Tx, seq: int, to: State, *, seen: State) -> Rating:
    """
    Take the work on a rating a step further.

    Args:
        seen: The state on the page where it was decided.
    Raises: NotThereError: Also where it has another state by now; RefusedError: No such step.
    """
    check_move(seen, to)
    if not tx.run(update(ratings).where(ratings.c.seq == seq, ratings.c.state == seen).values(state=to)):
        raise NotThereError(str(seq))
    row = tx.one(select(ratings).where(ratings.c.seq == seq))
    assert row is not None
    return rating_of(row)


def all_ratings(tx: Tx, period: Period | None = None) -> tuple[Rating, ...]:
    """Read the ratings, those of a period or all."""
    wanted = select(ratings).order_by(ratings.c.seq)
    if period is not None:
        wanted = wanted.where(ratings.c.at >= micros(period.start), ratings.c.at < micros(period.end))
    return tuple(map(rating_of, tx.all(wanted)))


def searches_in(tx: Tx, period: Period) -> tuple[SearchEvent, ...]:
    """Read the searches of a period, whose hours count as whole ones."""
    columns = search_events.c
    wanted = select(columns.hour, columns.locale, columns.query, columns.hits, columns.clicked, columns.next)
    rows = tx.conn.execute(wanted.where(columns.hour >= micros(full_hour(period.start)), columns.hour < micros(period.end)))
    return tuple(SearchEvent(moment(hour), locale, query, hits, clicked, then) for hour, locale, query, hits, clicked, then in rows)


def misses_in(tx: Tx, period: Period, most: int = 50) -> tuple[tuple[str, str, int], ...]:
    """List what was searched for in vain: (locale, query, times), the most frequent first; counted by the database."""
    columns, times = search_events.c, func.count().label("times")
    wanted = select(columns.locale, columns.query, times).where(columns.hits == 0, columns.query != "")
    wanted = wanted.where(columns.hour >= micros(full_hour(period.start)), columns.hour < micros(period.end))
    rows = tx.all(wanted.group_by(columns.locale, columns.query).order_by(times.desc(), columns.locale, columns.query).limit(most))
    return tuple((row["locale"], row["query"], row["times"]) for row in rows)


def approved(tx: Tx) -> tuple[Answer, ...]:
    """Read the public questions with their answers, as a moderator approved them."""
    rows = tx.all(select(answers).order_by(answers.c.at, answers.c.id))
    return tuple(Answer(row["article"], row["locale"], row["question"], row["answer"], moment(row["at"])) for row in rows)


def rating_of(row: Mapping[str, Any]) -> Rating:
    """Read a rating out of its row."""
    values = {name: row[name] for name in Rating.__slots__ if name not in {"at", "helpful"}}
    return Rating(**values, at=moment(row["at"]), helpful=bool(row["helpful"]))
