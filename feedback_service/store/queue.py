"""Lists of cases: what an agent sees of the queue, how many wait in each view, and what else the same person asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true

from feedback_service.can import Sight
from feedback_service.domain.nouns import PRIORITIES, STATUSES, Case, Status
from feedback_service.reports import Period
from feedback_service.store import findable
from feedback_service.store.rows import case_of
from feedback_service.store.tables import cases, messages, particulars
from feedback_service.store.tx import Tx, micros, moment_or_none

View = Literal["mine", "unassigned", "open", "late", "waiting", "snoozed", "resolved", "all"]
Sort = Literal["due", "updated", "newest", "oldest", "priority"]
VIEWS: tuple[View, ...] = get_args(View)
SORTS: tuple[Sort, ...] = get_args(Sort)

OURS: tuple[Status, ...] = ("new", "open", "on_hold")
UNSOLVED: tuple[Status, ...] = (*OURS, "pending")
SOON = timedelta(hours=1)  # a promise that ends within it is nearly late
PAGE = 50
DEEPEST = 200  # pages; who wants more narrows the list
MOST_COUNTED = 1_000  # counts end here: what lies beyond is "more", at a price that does not grow with the store
EXCERPT = 200  # characters


@dataclass(frozen=True, slots=True)
class Wish:
    """Which cases somebody wants to see.  Each "" is "any"; all that is given must hold."""

    view: View = "all"
    words: str = ""  # a number, or how words of subject, name, address, messages or notes begin
    status: str = ""
    priority: str = ""
    team: str = ""
    assignee: str = ""  # a login; "-": nobody
    tag: str = ""
    sort: Sort = "due"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as a list shows it."""

    case: Case
    subject: str
    requester: str  # the name, or the address where there is none
    excerpt: str  # how the requester's last words begin
    due_at: datetime | None = None  # of the clock that ends first
    clock: str = ""  # its kind


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list; `total` counts all pages, up to MOST_COUNTED."""

    rows: tuple[Listed, ...]
    total: int


def find(tx: Tx, sight: Sight, agent: str, wish: Wish, now: datetime) -> Found:
    """
    List cases.

    Args:
        sight: What the reader sees at all (`can.visible_to`); every list starts from it.
        agent: The reader's login, for "mine".
        wish: Page, order and filters; a page beyond DEEPEST is the last one.
    """
    where = and_(seen_by(sight), _view(wish.view, agent, now), *_filters(wish))
    offset = (min(max(wish.page, 1), DEEPEST) - 1) * PAGE
    if words := _words(wish):
        return _mentioning(tx, and_(where, findable.mentions(tx, words)), wish.sort, offset)
    if wish.sort == "due":
        timed = and_(seen_by(sight), _view(wish.view, agent, now, by_due=True), *_filters(wish), cases.c.clock_due.is_not(None))
        rows = _by_due(tx, timed, where, offset)
    else:
        rows = tx.all(select(cases).where(where).order_by(*_order(wish.sort)).offset(offset).limit(PAGE))
    return Found(_listed(tx, rows), _count(tx, where))


def listed_in(tx: Tx, sight: Sight, period: Period) -> tuple[tuple[Case, str], ...]:
    """List every case that came in during a period, with its subject, for an export; those that were erased are left out."""
    columns = cases.c
    within = and_(columns.created_at >= micros(period.start), columns.created_at < micros(period.end))
    wanted = select(cases, particulars.c.subject.label("subject")).select_from(cases.join(particulars))
    left = columns.close_reason.is_distinct_from("erased")
    return tuple((case_of(row), row["subject"]) for row in tx.all(wanted.where(seen_by(sight), within, left).order_by(columns.number)))


def counts(tx: Tx, sight: Sight, agent: str, now: datetime, views: Iterable[View] = VIEWS[:6]) -> dict[str, int]:
    """Count the cases of views, each up to MOST_COUNTED."""
    return {view: _count(tx, and_(seen_by(sight), _view(view, agent, now))) for view in views}


def others_of(tx: Tx, sight: Sight, one: Case, most: int = 10) -> tuple[Listed, ...]:
    """List the other cases of the same person and those tied to it, as far as the reader may see them, the newest first."""
    tied = {name for name in (one.merged_into, one.split_from, one.follow_up_of, *one.absorbed) if name}
    same = or_(cases.c.requester == one.requester, cases.c.id.in_(tied))  # a split or a follow-up has the same requester
    where = and_(seen_by(sight), same, cases.c.id != one.id, cases.c.close_reason.is_distinct_from("erased"))
    return _listed(tx, tx.all(select(cases).where(where).order_by(*_order("newest")).limit(most)))


def seen_by(sight: Sight) -> ColumnElement[bool]:
    """Write what somebody sees as a condition; `Sight.holds` says the same of one case."""
    if sight.all:
        return true()
    teams = [*(("",) if sight.teamless else ()), *sorted(sight.teams)]
    # A coalesced column has no index: what somebody sees is most of what there is, and lists follow the index of their order instead.
    ways: list[ColumnElement[bool]] = [func.coalesce(cases.c.team, "").in_(teams)] if teams else []
    ways += [func.coalesce(cases.c.assignee, "") == sight.assignee] if sight.assignee else []
    return or_(*ways) if ways else false()


def _view(view: View, agent: str, now: datetime, *, by_due: bool = False) -> ColumnElement[bool]:
    """
    Write a view as a condition.

    Args:
        by_due: Say it so that a database follows the index of due moments, where only cases that run are, instead of that of statuses.
    """
    asleep = cases.c.snoozed_until > micros(now)
    awake = or_(cases.c.snoozed_until.is_(None), cases.c.snoozed_until <= micros(now))
    unsolved = _has_status(UNSOLVED, by_due=by_due or view == "late")
    match view:
        case "mine":
            return and_(cases.c.assignee == agent, unsolved, awake)
        case "unassigned":
            return and_(cases.c.assignee.is_(None), unsolved, awake)
        case "open":
            return and_(_has_status(OURS, by_due=by_due), awake)
        case "late":
            return and_(cases.c.clock_due <= micros(now + SOON), unsolved, awake)
        case "waiting":
            return and_(cases.c.status == "pending", awake)
        case "snoozed":
            return and_(unsolved, asleep)
        case "resolved":
            return cases.c.status == "resolved"
        case "all":
            return true()


def _has_status(statuses: Iterable[Status], *, by_due: bool) -> ColumnElement[bool]:
    wanted = set(statuses)
    return cases.c.status.not_in([each for each in STATUSES if each not in wanted]) if by_due else cases.c.status.in_(sorted(wanted))


def _filters(wish: Wish) -> list[ColumnElement[bool]]:
    equal = {"status": wish.status, "priority": wish.priority, "team": wish.team}
    found = [cases.c[name] == value for name, value in equal.items() if value]
    if wish.assignee:
        found.append(cases.c.assignee.is_(None) if wish.assignee == "-" else cases.c.assignee == wish.assignee)
    if wish.tag:
        quoted = '"' + wish.tag.replace("\\", "\\\\").replace('"', '\\"') + '"'  # as JSON writes it in the row
        found.append(cases.c.tags.contains(quoted, autoescape=True))
    words = wish.words.strip().lstrip("#")
    if words and not _words(wish):
        found.append(cases.c.number == int(words))
    return found


def _words(wish: Wish) -> str:
    """Take what is looked for in what people wrote; a number is none of it."""
    words = wish.words.strip().lstrip("#")
    return "" if words.isdecimal() and len(words) <= 12 else words


def _mentioning(tx: Tx, where: ColumnElement[bool], sort: Sort, offset: int) -> Found:
    """Find cases by their words.  They are asked for once, for the list and its count."""
    ids = [row["id"] for row in tx.all(select(cases.c.id).where(where).limit(MOST_COUNTED))]
    rows = tx.all(select(cases).where(cases.c.id.in_(ids)).order_by(*_order(sort)).offset(offset).limit(PAGE)) if ids else []
    return Found(_listed(tx, rows), len(ids))


def _by_due(tx: Tx, timed: ColumnElement[bool], where: ColumnElement[bool], offset: int) -> list[dict[str, Any]]:
    """List first what has a due moment, in the order of its index, then the rest: one sort of both would read every case."""
    rows = tx.all(select(cases).where(timed).order_by(cases.c.clock_due, cases.c.number).offset(offset).limit(PAGE))
    if len(rows) == PAGE:
        return rows
    before = offset + len(rows) if rows else int(tx.conn.execute(select(func.count()).select_from(cases).where(timed)).scalar() or 0)
    rest = select(cases).where(where, cases.c.clock_due.is_(None)).order_by(*_order("updated"))
    return rows + tx.all(rest.offset(max(0, offset - before)).limit(PAGE - len(rows)))


def _order(sort: Sort) -> list[ColumnElement[Any]]:
    match sort:
        case "newest":
            return [cases.c.number.desc()]
        case "oldest":
            return [cases.c.number.asc()]
        case "priority":
            rank = case({name: place for place, name in enumerate(reversed(PRIORITIES))}, value=cases.c.priority)
            return [rank.asc(), cases.c.updated_at.desc(), cases.c.number.asc()]
        case "due":
            return [cases.c.clock_due.is_(None).asc(), cases.c.clock_due.asc(), cases.c.updated_at.desc(), cases.c.number.asc()]
        case "updated":
            return [cases.c.updated_at.desc(), cases.c.number.asc()]


def _count(tx: Tx, where: ColumnElement[bool]) -> int:
    inner = select(cases.c.id).where(where).limit(MOST_COUNTED).subquery()
    return int(tx.conn.execute(select(func.count()).select_from(inner)).scalar() or 0)


def _listed(tx: Tx, rows: list[dict[str, Any]]) -> tuple[Listed, ...]:
    ids = [row["id"] for row in rows]
    if not ids:
        return ()
    body = func.substr(particulars.c.body, 1, EXCERPT).label("body")
    told = {row["case"]: row for row in tx.all(_told(body).where(particulars.c.case.in_(ids)))}
    said = func.substr(messages.c.text, 1, EXCERPT).label("text")
    last = select(messages.c.case, said).where(messages.c.case.in_(ids), messages.c.sender == "requester").order_by(messages.c.at)
    words = {row["case"]: row["text"] for row in tx.all(last)}
    return tuple(_one(row, told[row["id"]], words.get(row["id"], "")) for row in rows)


def _told(body: Any) -> Select[Any]:
    columns = particulars.c
    return select(columns.case, columns.subject, columns.requester_name, columns.requester_email, body)


def _one(row: Mapping[str, Any], told: Mapping[str, Any], last: str) -> Listed:
    who = told["requester_name"] or told["requester_email"]
    return Listed(
        case_of(row), told["subject"], who, " ".join((last or told["body"]).split()), moment_or_none(row["clock_due"]), row["clock"] or ""
    )
