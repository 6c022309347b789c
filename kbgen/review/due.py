"""
When articles have to be read again: their last attested review, or the day on which they came to this branch, plus their period.

What is unknown stays unknown: a shallow clone that does not hold the texts that were reviewed names no day.
"""

from __future__ import annotations

import calendar as days
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from kbgen.locales import day_of
from kbgen.model import Head, Problem, Risk
from kbgen.review.attest import Attestation
from kbgen.review.calendar import Task, spread

State = Literal["overdue", "due", "retire", "unknown"]


@dataclass(frozen=True, slots=True)
class Subject:
    """An article that may be due."""

    path: str
    locale: str
    head: Head
    blob: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the past."""

    created: Mapping[str, str]  # path -> ISO time
    reviews: Mapping[tuple[str, str], Attestation]  # by id and locale: the last one
    whole: bool = True  # False in a shallow clone: a review that is not known here may exist
    until: str = ""  # ISO time from which on a later review counts; "" for never


@dataclass(frozen=True, slots=True)
class Item:
    """An article and its next review."""

    subject: Subject
    state: State
    every: int  # months
    due: str  # ISO day; "" when it is not known
    reviewed: str = ""  # ISO day; "" for never, or not known
    by: str = ""  # who reviewed it
    edited: bool = False  # its text is another since
    week: str = field(default="")  # the Monday of the week in which it is planned; "" when it is not

    @property
    def key(self) -> str:
        """What names it in a calendar."""
        return f"{self.subject.head.id}.{self.subject.locale}"


RULES = {
    "KB750": "An article whose review is overdue. Read it as a customer would, mend what is wrong, and say so with  kbgen reviewed ID "
    "--result ok . A date in front matter counts for nothing.",
    "KB751": "An article that its last reviewer wants to be retired. Retire it, or read it again and say  kbgen reviewed ID --result ok .",
}


def every(head: Head, default: int) -> int:
    """
    Return the months between two reviews; 0: none are asked for.

    The site's default is halved at high risk and doubled at low risk.  It does not ask for reviews of translations: they follow their
    original, and `kbgen l10n` says when.  What an article says itself counts as it stands.
    """
    if head.review.every or head.translation.source_blob:
        return head.review.every
    return {"high": (default + 1) // 2, "normal": default, "low": 2 * default}[head.review.risk]


def after(day: str, months: int) -> str:
    """Return the day some months later; the last day of the month where that has no such day."""
    begin = date.fromisoformat(day)
    years, month = divmod(begin.month - 1 + months, 12)
    year = begin.year + years
    return date(year, month + 1, min(begin.day, days.monthrange(year, month + 1)[1])).isoformat()


def over(day: str, zone: str) -> str:
    """Return the moment, ISO in UTC, at which a day is over where the site is."""
    begin = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZoneInfo(zone))
    return begin.astimezone(UTC).isoformat()


def items(subjects: Iterable[Subject], known: Known, default: int, now: str, zone: str) -> list[Item]:
    """
    Say when each article that is shown has to be read again.

    Args:
        default: Months; 0: only articles that say so themselves.
        now: ISO time in UTC.
        zone: Whose days are counted.
    Returns: By day, the unknown ones last; articles that nobody has to read again are left out.
    """
    shown = (one for one in subjects if _shown(one.head, now))
    found = [_item(one, months, known, now, zone) for one in shown if (months := every(one.head, default))]
    return sorted(found, key=lambda one: (one.due or "9999", one.subject.path))


def _shown(head: Head, now: str) -> bool:
    return head.status == "published" and head.publish_at <= now and not (head.expire_at and head.expire_at <= now)


def _item(subject: Subject, months: int, known: Known, now: str, zone: str) -> Item:
    review = known.reviews.get((subject.head.id, subject.locale))
    if review:
        day = day_of(review.at, zone)
        due = day if review.result == "retire" else after(day, months)
        state: State = "retire" if review.result == "retire" else _state(due, now, zone)
        return Item(subject, state, months, due, day, review.name, edited=review.blob != subject.blob)
    begin = max(known.created.get(subject.path, ""), subject.head.publish_at)
    if not known.whole or subject.path not in known.created:
        return Item(subject, "unknown", months, "")
    due = after(day_of(begin, zone), months)
    return Item(subject, _state(due, now, zone), months, due)


def _state(due: str, now: str, zone: str) -> State:
    return "overdue" if due < day_of(now, zone) else "due"


def problems(found: Iterable[Item]) -> Iterator[Problem]:
    """Yield what reviewers have to do, as advice: time alone never fails a build."""
    for one in found:
        words = f"{one.subject.head.id} --locale {one.subject.locale}"
        last = f"last reviewed on {one.reviewed}" if one.reviewed else "never reviewed"
        if one.state == "overdue":
            remedy = f"Read it again, then run  kbgen reviewed {words} --result ok"
            yield Problem(one.subject.path, 0, 0, "KB750", f"the review is overdue since {one.due}, {last}", remedy, "advice")
        elif one.state == "retire":
            remedy = f"Run  kbgen retire {one.subject.head.id} , or read it again"
            yield Problem(one.subject.path, 0, 0, "KB751", f"{one.by} wants this to be retired since {one.reviewed}", remedy, "advice")


def planned(found: Sequence[Item], now: str, zone: str) -> list[Item]:
    """
    Give each review its week, so that no owner has more in one week than is needed: see `calendar`.

    Returns: In the order of the weeks; what is not known, or due after a year, has none.
    """
    today = date.fromisoformat(day_of(now, zone))
    monday = today - timedelta(days=today.weekday())
    owners: dict[str, list[Item]] = {}
    for one in found:
        if one.due:
            owners.setdefault(one.subject.owner, []).append(one)
    weeks = {key: week for mine in owners.values() for key, week in spread(_task(one, today, monday) for one in mine).items()}
    dated = [replace(one, week=(monday + timedelta(weeks=weeks[one.key])).isoformat()) if one.key in weeks else one for one in found]
    risks: list[Risk] = ["high", "normal", "low"]
    return sorted(
        dated, key=lambda one: (one.week or "9999", one.due or "9999", risks.index(one.subject.head.review.risk), one.subject.path)
    )


def _task(one: Item, today: date, monday: date) -> Task:
    due = date.fromisoformat(one.due)
    late = one.state in {"overdue", "retire"}
    week = -1 - (today - due).days if late else (due - monday).days // 7
    return Task(one.key, week, one.every * 52 // 12 // 4, one.subject.head.review.risk)  # a quarter of its period, in weeks
