"""
What agents do to a case besides its status: who has it, how urgent it is, when it is due, which article helped.

The first act of an agent on a new case opens it.  A transfer does not: in the other team nobody has taken it yet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.moves import check_due, check_snooze, not_closed, only_agents, to_open
from feedback_service.domain.nouns import LINK_KINDS, PRIORITIES, Act, Case, Event, EventType, Fact, LinkKind, Priority, Satisfaction
from feedback_service.domain.pen import Pen
from feedback_service.domain.refused import RefusedError, invalid

MOST_TAGS, LONGEST_TAG = 20, 50  # tags of a case; characters of a tag
# What joins or parts letters of scripts from Hebrew on is part of a word; elsewhere it would hide one tag behind another.
_JOINER = re.compile(r"(?<=[\u0590-\u1fff\u2c00-\U0010ffff])[\u200c\u200d](?=[\u0590-\u1fff\u2c00-\U0010ffff])")


@dataclass(frozen=True, slots=True)
class Linked:
    """Which article, as it stood at which revision, helped in which way."""

    article: str
    revision: str
    kind: LinkKind = "used"


def assign(case: Case, act: Act, assignee: str | None, members: Collection[str]) -> tuple[Event, ...]:
    """
    Give a case to an agent, or to nobody.  Agents and rules may.

    Args:
        members: The agents of the case's team, or all agents where it has none.
    """
    not_closed(case, "assign it")
    if act.actor.kind == "requester":
        only_agents(act, "assign a case")
    if assignee is not None and assignee not in members:
        allowed = tuple(sorted(members))
        raise invalid("assignee", "not_in_team", f"{assignee} is not in the team of case {case.number}.", allowed)
    pen = Pen(case, act)
    if assignee != case.assignee:
        pen.write("assigned", {"assignee": assignee})
        if assignee is not None:
            first_act(pen)
    return pen.events


def transfer(case: Case, act: Act, team: str, teams: Collection[str]) -> tuple[Event, ...]:
    """Give a case to another team, whose members will see to it: it has no assignee then."""
    not_closed(case, "transfer it")
    if act.actor.kind == "requester":
        only_agents(act, "transfer a case")
    if team not in teams:
        raise invalid("team", "unknown_team", f"There is no team {team}.", tuple(sorted(teams)))
    pen = Pen(case, act)
    if team != case.team:
        pen.write("transferred", {"team": team, "assignee": None})
    return pen.events


def set_priority(case: Case, act: Act, priority: Priority) -> tuple[Event, ...]:
    """Say how urgent a case is.  Its clocks keep their starts and pauses and get new targets."""
    not_closed(case, "change its priority")
    _agent_or_robot(act, "change the priority")
    if priority not in PRIORITIES:
        raise invalid("priority", "unknown_priority", "There is no such priority.", PRIORITIES)
    return _said(case, act, "priority", {"priority": priority}) if priority != case.priority else ()


def set_tags(case: Case, act: Act, tags: Collection[str]) -> tuple[Event, ...]:
    """Replace a case's tags.  They are kept in small letters, sorted, each once."""
    not_closed(case, "tag it")
    _agent_or_robot(act, "tag a case")
    kept = tuple(sorted({tag for tag in map(tidy_tag, tags) if tag}))
    if len(kept) > MOST_TAGS:
        raise invalid("tags", "too_many_tags", f"A case has at most {MOST_TAGS} tags.")
    if long := next((tag for tag in kept if len(tag) > LONGEST_TAG or not _JOINER.sub("", tag).isprintable()), None):
        raise invalid("tags", "bad_tag", f"A tag has at most {LONGEST_TAG} characters, all of them visible; one has {len(long)}.")
    return _said(case, act, "tag", {"tags": kept}) if kept != case.tags else ()


def tidy_tag(tag: str) -> str:
    """
    Write a tag the one way that finds it again: NFC, small letters, single spaces.

    One that is far too long stays as it is, cut and still too long: to put its accents in order takes the square of their number.
    """
    if len(tag) > LONGEST_TAG * 10:
        return tag[: LONGEST_TAG * 10]
    return " ".join(unicodedata.normalize("NFC", tag).casefold().split())


def set_due(case: Case, act: Act, due_at: datetime | None) -> tuple[Event, ...]:
    """Say by when an agent promised something; None forgets it.  Clocks of the SLA are counted apart."""
    not_closed(case, "change its due date")
    _agent_or_robot(act, "change the due date")
    check_due(case, due_at)
    return _said(case, act, "due", {"due_at": due_at}) if due_at != case.due_at else ()


def snooze(case: Case, act: Act, until: datetime) -> tuple[Event, ...]:
    """Put a case out of sight until a moment that lies ahead, or until the requester writes."""
    not_closed(case, "snooze it")
    only_agents(act, "snooze a case")
    if case.status == "resolved":
        raise RefusedError("resolved", f"Case {case.number} is resolved: there is nothing to put off.", allowed=("open", "closed"))
    check_snooze(until, act.at)
    pen = Pen(case, act)
    first_act(pen)  # before, for opening a case ends its snooze
    pen.write("snoozed", {"snoozed_until": until})
    return pen.events


def link_article(case: Case, act: Act, linked: Linked) -> tuple[Event, ...]:
    """Note that an article helped.  The same link twice is one."""
    not_closed(case, "link an article to it")
    only_agents(act, "link an article")
    if linked.kind not in LINK_KINDS:
        raise invalid("kind", "unknown_link", "An article is linked as one of these.", LINK_KINDS)
    if any((link.article, link.revision, link.kind) == (linked.article, linked.revision, linked.kind) for link in case.links):
        return ()
    return _said(case, act, "article_linked", {"article": linked.article, "revision": linked.revision, "link": linked.kind})


def request_draft(case: Case, act: Act, *, idea: str) -> tuple[Event, ...]:
    """Ask the writers for an article; *idea* is the id of their piece of work."""
    not_closed(case, "ask for an article")
    only_agents(act, "ask for an article")
    return _said(case, act, "draft_requested", {"idea": idea})


def publish_draft(case: Case, act: Act, linked: Linked, *, idea: str) -> tuple[Event, ...]:
    """Note that the article which a case asked for is there.  Closed cases take it too: it changes nothing of theirs."""
    _agent_or_robot(act, "say that an article is there")
    pen = Pen(case, act)
    pen.write("draft_published", {"idea": idea, "article": linked.article, "revision": linked.revision})
    return pen.events


def rate(case: Case, act: Act, satisfaction: Satisfaction) -> tuple[Event, ...]:
    """Take the requester's own verdict, once the case is resolved; the last one counts."""
    if act.actor.kind != "requester":
        raise RefusedError("requester_only", "Only the requester rates a case.", answer="forbidden", allowed=("requester",))
    if case.status not in {"resolved", "closed"} or case.close_reason in {"spam", "duplicate", "erased"}:
        raise RefusedError("not_resolved", f"Case {case.number} can be rated once it is resolved.")
    if satisfaction not in {"good", "bad"}:
        raise invalid("satisfaction", "unknown_satisfaction", "A case is rated good or bad.", ("good", "bad"))
    pen = Pen(case, act)
    pen.write("rated", {"satisfaction": satisfaction})
    return pen.events


def redact(case: Case, act: Act, message: str) -> tuple[Event, ...]:
    """Note that words were struck out of a message; the store strikes them out in the same transaction."""
    only_agents(act, "redact a message")
    pen = Pen(case, act)
    pen.write("redacted", {"message": message})
    return pen.events


def erase(case: Case, act: Act) -> tuple[Event, ...]:
    """
    Note that a person was erased; the store erases messages, particulars and files in the same transaction.

    Twice is once.  The requester's key leaves the case; in older events it stays, and names nobody any more.
    """
    if act.actor.kind == "requester":
        only_agents(act, "erase a case")
    if case.close_reason == "erased":
        return ()
    pen = Pen(case, act)
    said: dict[str, Fact] = {"status": "closed", "close_reason": "erased", "requester": "", "snoozed_until": None}
    pen.write("erased", {**said, "closed_at": case.closed_at or max(act.at, case.updated_at)})
    return pen.events


def first_act(pen: Pen) -> None:
    """Open a new case that somebody has begun to work on."""
    if pen.case.status == "new" and pen.act.actor.kind != "requester":
        to_open(pen)


def _said(case: Case, act: Act, kind: EventType, after: dict[str, Fact]) -> tuple[Event, ...]:
    pen = Pen(case, act)
    pen.write(kind, after)
    if act.actor.kind == "agent":
        first_act(pen)
    return pen.events


def _agent_or_robot(act: Act, wish: str) -> None:
    if act.actor.kind == "requester":
        only_agents(act, wish)
