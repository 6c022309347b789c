"""From what the store knows to what the pages of queue and case show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.accounts import Agent
from feedback_service.can import can
from feedback_service.clocks import Clock
from feedback_service.desk.replies import filled
from feedback_service.desk.request import House
from feedback_service.desk.suggest import Asked, suggest
from feedback_service.desk.views import Article, CasePage, Change, Choice, Draft, Entry, File, Other, Present, Row, Sla
from feedback_service.desk.words import Words
from feedback_service.domain.moves import allowed_moves
from feedback_service.domain.nouns import Attachment, Case, Event, Fact, Message, Particulars, Status
from feedback_service.manifest import ArticleEntry, Manifest
from feedback_service.store.cases import CaseFile
from feedback_service.store.queue import SOON, Listed

# What the thread tells between messages; everything else stands in the history.
_TOLD = frozenset(
    """
    status assigned transferred priority tag due snoozed woken merged unmerged split article_linked draft_requested reopened follow_up
    rated auto_closed sla_breached redacted
    """.split()
)
_SHOWN = (
    "status",
    "close_reason",
    "priority",
    "team",
    "assignee",
    "tags",
    "due_at",
    "snoozed_until",
    "article",
    "link",
    "clock",
    "satisfaction",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a case page is made of: the file, who works here, the portal's manifest, and who is here now."""

    file: CaseFile
    house: House
    manifest: Manifest
    agent: Agent
    words: Words
    zone: str
    now: datetime
    others: tuple[Listed, ...] = ()
    present: tuple[Present, ...] = ()
    bounced: frozenset[str] = frozenset()  # ids of replies that were not delivered
    came: tuple[File, ...] = ()  # files of the mail that opened the case


def row(listed: Listed, house: House, now: datetime) -> Row:
    """Show a case in the queue."""
    case = listed.case
    return Row(
        case.number,
        case.version,
        listed.subject,
        listed.requester,
        listed.excerpt,
        case.locale,
        case.status,
        case.priority,
        case.channel,
        case.updated_at,
        case.team or "",
        house.name(case.assignee),
        case.tags,
        case.unanswered_since is not None and case.status not in {"resolved", "closed"},
        _row_sla(listed, now),
        case.snoozed_until if case.snoozed_until and case.snoozed_until > now else None,
    )


def digest_of(rows: Iterable[Row], total: int) -> str:
    """Fingerprint what a list shows, without what only time changes."""
    facts = [(each.number, each.version, each.sla.state if each.sla else "", each.snoozed_until) for each in rows]
    return hashlib.sha256(repr((total, facts)).encode()).hexdigest()[:16]


def case_page(seen: Seen, draft: Draft, message: str) -> CasePage:
    """
    Show a case.

    Args:
        message: An id for what is written next.
    """
    file, house = seen.file, seen.house
    case, told = file.case, file.told
    moves: tuple[Status, ...] = allowed_moves(case, "agent") if can(seen.agent, "work", case) else ()
    if "resolved" in moves:
        moves = (*moves, "closed")
    return CasePage(
        number=case.number,
        version=case.version,
        subject=told.subject,
        status=case.status,
        priority=case.priority,
        locale=case.locale,
        language=seen.words.language(case.locale),
        channel=case.channel,
        created_at=case.created_at,
        requester=told.requester_name or told.requester_email or seen.words.text("case.unnamed"),
        thread=tuple(sorted(_thread(seen), key=lambda entry: entry.at)),
        moves=() if case.status == "closed" else (case.status, *moves),
        type=case.type,
        category=case.category or "",
        email=told.requester_email,
        close_reason=case.close_reason or "",
        team=case.team or "",
        team_name=case.team or "",
        assignee=case.assignee or "",
        assignee_name=house.name(case.assignee),
        tags=case.tags,
        due_at=case.due_at,
        snoozed_until=case.snoozed_until if case.snoozed_until and case.snoozed_until > seen.now else None,
        query=told.source_query,
        satisfaction=case.satisfaction or "",
        reopened=case.reopened,
        needs_reason=case.last_reply == 0,
        merged_into=next((each.case.number for each in seen.others if each.case.id == case.merged_into), 0),
        slas=tuple(map_clocks(file.clocks, seen.now)),
        teams=teams_of(house, seen.manifest, case.team),
        agents=house.choices(house.directory.members(case.team) | ({case.assignee} if case.assignee else set())),
        linked=tuple(_linked(case, seen.manifest)),
        suggested=tuple(_suggested(seen)),
        replies=filled(seen.manifest, case, told, seen.agent.name),
        others=tuple(_other(each, case) for each in seen.others),
        present=seen.present,
        history=tuple(changes(file.events, seen)),
        draft=draft,
        message=message,
        may=_may(seen.agent, case),
    )


def _may(agent: Agent, case: Case) -> frozenset[str]:
    """List what this agent may do to this case beside working on it."""
    asked = {
        "split": can(agent, "work", case),
        "redact": can(agent, "redact", case),
        "export": can(agent, "read", "export"),
        "person": can(agent, "read", "person"),
    }
    return frozenset(name for name, may in asked.items() if may)


def map_clocks(clocks: Iterable[Clock], now: datetime) -> Iterator[Sla]:
    """Show promises, those that run first; what nobody owes any more is left out."""
    shown = [(clock, _clock_sla(clock, now)) for clock in clocks if clock.state != "cancelled"]
    for _, sla in sorted(shown, key=lambda pair: (pair[0].ended is not None, pair[0].due_at or now + timedelta(days=9999))):
        yield sla


def teams_of(house: House, manifest: Manifest, *more: str | None) -> tuple[Choice, ...]:
    """List the teams that a case may go to: those with agents, and those that the portal names."""
    names = {*house.directory.teams, *(entry.queue for entry in manifest.articles.values()), *more} - {"", None}
    return tuple(Choice(name, name) for name in sorted(filter(None, names)))


def changes(events: Iterable[Event], seen: Seen) -> Iterator[Change]:
    """Show events as lines of the history."""
    for event in events:
        details = tuple(
            (name, _said(name, event.before.get(name), seen), _said(name, value, seen))
            for name, value in event.after.items()
            if name in _SHOWN
        )
        yield Change(event.seq, event.at, _actor(event, seen.house), event.actor.kind, event.type, details, event.why)


def entries_of(messages: Iterable[Message], seen: Seen) -> Iterator[Entry]:
    """Show messages."""
    told, house = seen.file.told, seen.house
    numbers = {case.id: case.number for case, _ in seen.file.absorbed}
    for message in messages:
        kind = "note" if message.kind == "note" else "auto" if message.auto else "requester" if message.sender == "requester" else "reply"
        author = message.author or told.requester_name or told.requester_email
        if message.sender == "agent":
            author = house.name(message.author)
        elif message.sender == "robot" and seen.words.has(f"actor.{author}"):
            author = seen.words.text(f"actor.{author}")
        yield Entry(
            kind,  # type: ignore[arg-type] # mypy sees a string where the four words stand
            message.at,
            author,
            message.text,
            "" if message.kind == "note" else seen.file.case.locale,
            message.id,
            files=tuple(_file(each, message, numbers.get(message.case, seen.file.case.number)) for each in message.attachments),
            bounced=message.id in seen.bounced,
            from_case=numbers.get(message.case, 0),
        )


def _file(each: Attachment, message: Message, number: int) -> File:
    return File(each.name, each.size, f"/desk/cases/{number}/files/{message.id}/{each.sha256}")


def _thread(seen: Seen) -> Iterator[Entry]:
    file = seen.file
    for case, told in ((file.case, file.told), *file.absorbed):
        if told.body:
            yield _opening(case, told, 0 if case is file.case else case.number, seen.came if case is file.case else ())
    yield from entries_of(file.messages, seen)
    for event in file.events:
        if event.type in _TOLD:
            field, value = next(((name, value) for name, value in event.after.items() if name in _SHOWN), ("", None))
            after = {"field": field, "to": _said(field, value, seen)}
            yield Entry("event", event.at, _actor(event, seen.house), event=event.type, after=after)


def _opening(case: Case, told: Particulars, number: int, files: tuple[File, ...]) -> Entry:
    author = told.requester_name or told.requester_email
    return Entry("requester", case.created_at, author, told.body, case.locale, files=files, from_case=number)


def _actor(event: Event, house: House) -> str:
    if event.actor.kind == "agent":
        return house.name(event.actor.id)
    return "requester" if event.actor.kind == "requester" else event.actor.id


def _said(name: str, value: Fact, seen: Seen) -> str:
    """Write a value of an event as people read it."""
    if isinstance(value, datetime):
        return seen.words.moment(value, seen.zone)
    if isinstance(value, tuple):
        return ", ".join(value)
    if name == "assignee":
        return seen.house.name(str(value or ""))
    if name == "article" and value:
        entry = seen.manifest.find(str(value), seen.file.case.locale)
        return entry.title if entry else str(value)
    return "" if value is None else str(value)


def _row_sla(listed: Listed, now: datetime) -> Sla | None:
    if listed.due_at is None:
        return Sla("resolution", "paused") if listed.case.sla_policy and listed.case.status == "pending" else None
    left = listed.due_at - now
    return Sla(listed.clock, "late" if left < timedelta() else "soon" if left <= SOON else "fine", listed.due_at)


def _clock_sla(clock: Clock, now: datetime) -> Sla:
    match clock.state:
        case "paused":
            return Sla(clock.kind, "paused")
        case "met":
            return Sla(clock.kind, "met", clock.due_at)
        case "breached":
            return Sla(clock.kind, "broken" if clock.ended is not None else "late", clock.due_at)
        case _:
            return Sla(clock.kind, "soon" if clock.warn_at is not None and now >= clock.warn_at else "fine", clock.due_at)


def _linked(case: Case, manifest: Manifest) -> Iterator[Article]:
    for link in case.links:
        entry = manifest.find(link.article, case.locale)
        yield (
            _article(entry, manifest, linked=link.kind)
            if entry
            else Article(link.article, link.revision, link.article, "", "", linked=link.kind)
        )


def _suggested(seen: Seen) -> Iterator[Article]:
    case, told = seen.file.case, seen.file.told
    last = [message.text for message in seen.file.messages if message.sender == "requester"][-1:]
    asked = Asked(told.source_query, told.subject, "\n".join([told.body[:2000], *last]), case.category or "", case.source_article)
    for entry in suggest(seen.manifest, case.locale, asked, {link.article for link in case.links}):
        yield _article(entry, seen.manifest, source=entry.id == case.source_article)


def _article(entry: ArticleEntry, manifest: Manifest, **more: object) -> Article:
    url = f"{manifest.base_url.rstrip('/')}/{entry.url.lstrip('/')}"
    facts: Mapping[str, object] = {"category": entry.category, **more}
    return Article(entry.id, entry.revision, entry.title, url, entry.locale, **facts)  # type: ignore[arg-type] # linked and source


def _other(listed: Listed, case: Case) -> Other:
    other = listed.case
    ties = {case.merged_into: "merged_into", case.split_from: "split_from", case.follow_up_of: "follow_up_of"}
    tie = "absorbed" if other.id in case.absorbed else ties.get(other.id, "same_requester")
    return Other(other.number, listed.subject, other.status, tie)
